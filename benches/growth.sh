#!/usr/bin/env bash
# How what a record costs grows with shards, keys, steps and records: events per record and instructions per event of
# the lossy shuffle, by valgrind where a run has few enough events for it, and processor time and memory. Prints a table
# in Markdown. Each series changes one figure; an event must not take more than 1.5 times the instructions that it takes
# in the first run of its series, a run of 10,000,000 records must fit in 2 GiB, and one from 1,024 source shards to as many
# counting ones must end within 10 seconds of processor time. Fails with 1 otherwise.
#
# Where records are sparse, each source shard is idle after each of its records, and tells so.
#
#   benches/growth.sh              all series
#   benches/growth.sh SERIES …     shards, sparse, keys, steps or records
set -euo pipefail
cd "$(dirname "$0")/.."
name=growth.sh
. benches/common/count.sh
build_program

# An event of a run with more is not counted: ten million take about a minute.
events_counted=10000000
worst=150 # percent of the first of a series

above=()
declare -A first
echo '| series | options | events per record | instructions per event | instructions per record | ns per event | processor time | MiB |'
echo '|---|---|---|---|---|---|---|---|'

# One run of a series: its name, and the arguments of the program.
row() {
    local series=$1 milliseconds counted=- each=- percent
    shift
    TIMEFORMAT='%3U %3S'
    { time "$program" "$@" >"$scratch/out"; } 2>"$scratch/time"
    milliseconds=$(awk '{ printf "%.0f", ($1 + $2) * 1000 }' "$scratch/time")
    events=$(printed events) records=$(printed records)
    local mib=$(($(printed peak_kib) / 1024))
    if [ "$events" -le $events_counted ]; then
        # What a process needs to begin, and to make the keys, is a part of it.
        count "$@"
        counted=$((instructions / events)) each=$((instructions / records))
        first[$series]=${first[$series]-$counted}
        percent=$((counted * 100 / ${first[$series]}))
        [ $percent -le $worst ] || above+=("an event of $* takes $percent in 100 of the first of $series")
    fi
    echo "| $series | \`$*\` | $(tenths "$events" "$records") | $counted | $each | $((milliseconds * 1000000 / events)) |" \
        "$((milliseconds / 1000)).$(printf %02d $((milliseconds % 1000 / 10))) s | $mib |"
    case $* in
    10000000) [ $mib -le 2048 ] || above+=("10,000,000 records take $mib MiB") ;;
    "10000 --shards 1024")
        [ $milliseconds -le 10000 ] || above+=("a run of $* takes $milliseconds ms of processor time")
        ;;
    esac
}

[ $# -gt 0 ] || set -- shards sparse keys steps records
for series; do
    case $series in
    shards) for shards in 4 64 256 1024; do row shards 10000 --shards $shards; done ;;
    sparse) for shards in 4 64 256 1024; do row sparse 10000 --every 100 --shards $shards; done ;;
    keys) for keys in 1000 10000 100000 1000000; do row keys 300000 --keys $keys; done ;;
    steps) for steps in 2 5 10 20; do row steps 10000 --steps $steps; done ;;
    records) for records in 10000 100000 1000000 10000000; do row records $records; done ;;
    *) fail "$series is no series" ;;
    esac
done
for what in "${above[@]}"; do
    echo "$name: $what" >&2
done
[ ${#above[@]} -eq 0 ]
