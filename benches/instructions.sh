#!/bin/sh
# Counts the instructions of the lossy shuffle with valgrind: per event and per record between two numbers
# of records, so that what a process needs to begin is left out, with the mispredictions and the misses of the
# first-level caches; per run of 100 records; and of the floor, a bare loop with as many heap operations, keyed
# draws and set insertions. The figures are the same on every machine with the same compiler, however busy it is.
#
#   benches/instructions.sh                                  with 10,000 and 100,000 records
#   benches/instructions.sh FEW MANY                         with other numbers
#   benches/instructions.sh --ids DEDUP GC [FEW MANY]        with other mechanisms than catalog and watermark
#   benches/instructions.sh --settle with-next [FEW MANY]    where acked outputs are deleted with the next commit
#   benches/instructions.sh --at-most EVENT RECORD           fails with 1 above so many instructions an event or a record
set -eu
cd "$(dirname "$0")/.."
name=instructions.sh
. benches/common/count.sh
build_program

dedup=catalog gc=watermark settle=alone most_per_event= most_per_record=
while [ $# -gt 0 ]; do
    case $1 in
    --ids)
        [ $# -ge 3 ] || fail "--ids takes values of dedup and gc"
        dedup=$2 gc=$3
        shift 3
        ;;
    --settle)
        [ $# -ge 2 ] || fail "--settle takes alone or with-next"
        settle=$2
        shift 2
        ;;
    --at-most)
        { [ "${2:-0}" -gt 0 ] && [ "${3:-0}" -gt 0 ]; } 2>/dev/null ||
            fail "--at-most takes how many instructions an event and a record may take"
        most_per_event=$2 most_per_record=$3
        shift 3
        ;;
    *) break ;;
    esac
done
few=${1-10000} many=${2-100000}
[ "$many" -gt "$few" ] 2>/dev/null || fail "the second number of records is not above the first"

# The same for all that is counted here.
count_shuffle() {
    count "$@" --dedup "$dedup" --gc "$gc" --settle "$settle"
}

count_shuffle "$few"
few_instructions=$instructions few_events=$events
count_shuffle "$many"
many_instructions=$instructions
spent=$((many_instructions - few_instructions))
spent_events=$((events - few_events)) spent_records=$((many - few))

per_event=$((spent / spent_events)) per_record=$((spent / spent_records))
echo "lossy shuffle, dedup = \"$dedup\", gc = \"$gc\", settle = \"$settle\", from $few to $many records: $spent_events events more"
echo "  $per_event instructions per event"
echo "  $per_record instructions per record, at $(tenths $spent_events $spent_records) events a record"

count_all "$program" "$few" --dedup "$dedup" --gc "$gc" --settle "$settle"
of_few=$all
count_all "$program" "$many" --dedup "$dedup" --gc "$gc" --settle "$settle"
set -- $(per_record_since "$of_few" "$spent_records")
echo "  $2 mispredictions per record, $3 misses of code and $4 of data in the first-level caches"

# Both sizes run the floor after the same preparation, which this leaves out.
count_shuffle "$few" --floor
few_floor=$((instructions - few_instructions))
count_shuffle "$many" --floor
spent_floor=$((instructions - many_instructions - few_floor))
echo "  $(tenths $spent $spent_floor) times the floor of $((spent_floor / spent_records)) per record"

count_shuffle 100 --runs 40
short=$instructions short_events=$events short_runs=$runs
count_shuffle 100 --runs 240
short=$((instructions - short)) short_events=$((events - short_events))
short_runs=$((runs - short_runs))
echo "runs of 100 records, with memory used again: $((short_events / short_runs)) events each"
echo "  $((short / short_events)) instructions per event, $((short / short_runs)) per run"

[ "$per_event" -le "${most_per_event:-$per_event}" ] || too_much "an event takes more than $most_per_event instructions"
[ "$per_record" -le "${most_per_record:-$per_record}" ] || too_much "a record takes more than $most_per_record instructions"
