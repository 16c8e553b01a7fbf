#!/bin/sh
# Counts the instructions of the lossy shuffle with valgrind: per event and per record between two numbers
# of records, so that what a process needs to begin is left out; per run of 100 records; and of the floor,
# a bare loop with as many heap operations, keyed draws and set insertions. The figures are the same on
# every machine with the same compiler, however busy it is.
#
#   benches/instructions.sh                                  with 10,000 and 100,000 records
#   benches/instructions.sh FEW MANY                         with other numbers
#   benches/instructions.sh --at-most EVENT RECORD [FEW MANY]
#                        fails with 1 if an event or a record takes more instructions than that
set -eu

fail() {
    echo "instructions.sh: $1" >&2
    exit 2
}

event_most= record_most=
if [ "${1-}" = --at-most ]; then
    [ $# -ge 3 ] || fail "--at-most takes instructions per event and per record"
    event_most=$2 record_most=$3
    shift 3
fi
few=${1-10000} many=${2-100000}
[ "$many" -gt "$few" ] 2>/dev/null || fail "the second number of records is not above the first"

command -v valgrind >/dev/null 2>&1 ||
    fail "valgrind is missing; it counts the instructions (package \`valgrind\` of most systems)"

cd "$(dirname "$0")/.."
cargo build --quiet --release --example lossy_shuffle
target=$(cargo metadata --quiet --no-deps --format-version 1 |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
program=$target/release/examples/lossy_shuffle

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# Runs the program with these arguments, and sets `instructions`, `events`, `records` and `runs`.
count() {
    valgrind --tool=callgrind --callgrind-out-file="$scratch/callgrind" "$program" "$@" \
        >"$scratch/out" 2>"$scratch/err" || {
        cat "$scratch/err" >&2
        fail "lossy_shuffle $* failed under valgrind"
    }
    instructions=$(sed -n 's/.*Collected : *\([0-9][0-9]*\).*/\1/p' "$scratch/err")
    events=$(sed -n 's/^events //p' "$scratch/out")
    records=$(sed -n 's/^records //p' "$scratch/out")
    runs=$(sed -n 's/^runs //p' "$scratch/out")
}

# A quotient with one decimal.
tenths() {
    echo "$(($1 / $2)).$(($1 * 10 / $2 % 10))"
}

count "$few"
few_instructions=$instructions few_events=$events
count "$few" --floor
few_floor=$((instructions - few_instructions))
count "$many"
spent=$((instructions - few_instructions)) both=$instructions
spent_events=$((events - few_events)) spent_records=$((many - few))
count "$many" --floor
# Both sizes run the floor after the same preparation, which this leaves out.
spent_floor=$((instructions - both - few_floor))

per_event=$((spent / spent_events)) per_record=$((spent / spent_records))
echo "lossy shuffle, from $few to $many records: $spent_events events more"
echo "  $per_event instructions per event"
echo "  $per_record instructions per record, at $(tenths $spent_events $spent_records) events a record"
echo "  $(tenths $spent $spent_floor) times the floor of $((spent_floor / spent_records)) per record"

count 100 --runs 40
short=$instructions short_events=$events short_runs=$runs
count 100 --runs 240
short=$((instructions - short)) short_events=$((events - short_events))
short_runs=$((runs - short_runs))
echo "runs of 100 records, with memory used again: $((short_events / short_runs)) events each"
echo "  $((short / short_events)) instructions per event, $((short / short_runs)) per run"

if [ -n "$event_most" ] && [ "$per_event" -gt "$event_most" ]; then
    echo "instructions.sh: $per_event instructions per event, more than $event_most" >&2
    exit 1
fi
if [ -n "$record_most" ] && [ "$per_record" -gt "$record_most" ]; then
    echo "instructions.sh: $per_record instructions per record, more than $record_most" >&2
    exit 1
fi
