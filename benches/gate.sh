#!/bin/sh
# Holds what a record costs to limits, in programs that are built as for tests: the lossy shuffle, and the scenario that
# compares strategies under one strategy of each system. Counts with valgrind, so that the figures hang on the compiler
# alone; the limits leave room for another one. Prints a table, and fails with 1 if a figure is above its limit.
#
#   benches/gate.sh                 builds the programs
#   benches/gate.sh TARGET/debug    with those that are there
set -eu
cd "$(dirname "$0")/.."
name=gate.sh
. benches/common/count.sh

# Per record: instructions, mispredictions, misses of the first-level caches of code and of data together.
limits='
lossy-shuffle  15700 125  690
transactions   69000 550 1760
snapshot       54200 390 1410
micro-batch    48700 440 1460
at-least-once  89400 650 2820
'

built=${1-}
if [ -z "$built" ]; then
    cargo build --quiet --bin onceproof
    cargo build --quiet --package onceproof-systems --example lossy_shuffle
    built=${CARGO_TARGET_DIR:-target}/debug
fi
shuffle=$built/examples/lossy_shuffle onceproof=$built/onceproof
[ -x "$shuffle" ] && [ -x "$onceproof" ] || fail "there is no $shuffle or no $onceproof"
# Valgrind reads the names of all functions, which takes as long as a run, and nobody asks for them here.
strip -o "$scratch/lossy_shuffle" "$shuffle" && strip -o "$scratch/onceproof" "$onceproof" || fail "strip is missing"
shuffle=$scratch/lossy_shuffle onceproof=$scratch/onceproof

sed 's/records = 500/records = 100/' scenarios/compare/chapter5.toml >"$scratch/compared.toml"
grep -q 'records = 100' "$scratch/compared.toml" || fail "scenarios/compare/chapter5.toml has no 500 records"

# The first run is left out, with all that a process needs to begin.
count_strategy() {
    set -- "$onceproof" compare "$scratch/compared.toml" --strategies "$1" --jobs 1 --seeds
    count_all "$@" 0..1
    before=$all records=400
    count_all "$@" 0..5
}

is_above=
printf '%-14s %21s %21s %21s   per record, and at most\n' '' instructions mispredictions 'first-level misses'
for what in $(echo "$limits" | awk '{ print $1 }'); do
    if [ "$what" = lossy-shuffle ]; then
        count_all "$shuffle" 1000
        before=$all records=3000
        count_all "$shuffle" 4000
    else
        count_strategy "$what"
    fi
    set -- $(per_record_since "$before" $records) $(echo "$limits" | awk -v what="$what" '$1 == what { print $2, $3, $4 }')
    misses=$(($3 + $4))
    printf '%-14s %10d %10d %10d %10d %10d %10d\n' "$what" "$1" "$5" "$2" "$6" $misses "$7"
    if [ "$1" -gt "$5" ] || [ "$2" -gt "$6" ] || [ $misses -gt "$7" ]; then
        is_above="$is_above $what"
    fi
done
[ -z "$is_above" ] || too_much "a record costs more than it may:$is_above"
