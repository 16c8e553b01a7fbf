#!/bin/sh
# What it costs to forget ids, and what it saves. Counts the instructions of an event of the lossy shuffle
# with valgrind, with the plainest catalog (`catalog`, `gc = "never"`) and with filters and a watermark that
# lets ids go (`bloom`, `gc = "watermark"`), from 10,000 to 100,000 records; then runs 1,000,000 records and
# looks at how many ids were held. Fails with 1 if the second takes more than 130 of 100 instructions of the
# first, or holds more than one id for every 100 records at any time, or any at the end.
#
#   benches/forgetting.sh [PERCENT]
set -eu
cd "$(dirname "$0")/.."
name=forgetting.sh
. benches/common/count.sh
build_program

most=${1-130} few=10000 many=100000 all=1000000
[ "$most" -gt 0 ] 2>/dev/null || fail "$most is no number of instructions in 100"

# Sets `per_event` for these mechanisms.
count_event() {
    count "$few" --dedup "$1" --gc "$2"
    few_instructions=$instructions few_events=$events
    count "$many" --dedup "$1" --gc "$2"
    per_event=$(((instructions - few_instructions) / (events - few_events)))
    echo "dedup = \"$1\", gc = \"$2\", from $few to $many records: $per_event instructions per event"
}

count_event catalog never
never=$per_event
count_event bloom watermark
percent=$(((per_event * 100 + never - 1) / never))
echo "  $percent in 100 of the first"

"$program" "$all" --dedup bloom --gc watermark >"$scratch/out"
held_most=$(printed ids_held_max) held_end=$(printed ids_held_end)
echo "$all records: $held_most ids held at most, $held_end at the end"

[ "$percent" -le "$most" ] || too_much "forgetting takes $percent in 100, more than $most"
[ "$((held_most * 100))" -le "$all" ] || too_much "more than one id held for every 100 records"
[ "$held_end" -eq 0 ] || too_much "$held_end ids are held at the end"
