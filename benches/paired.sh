#!/usr/bin/env bash
# How much processor time a program takes beside another one: runs of the two take turns, each pair in the other order
# than the pair before, so that a machine which changes its speed changes both. Prints the ratio of the second to the
# first with its spread. What is compared is a program, or a commit, of which the example `lossy_shuffle` is built for
# release in a checkout of its own and kept in `target/paired`. A figure of either that is printed and differs is told:
# then they did not do the same work.
#
#   benches/paired.sh BASE PRESENT [--rounds N] [-- ARGUMENTS]      15 rounds; of 100,000 records
#
#   benches/paired.sh main HEAD -- 10000 --shards 256
#   benches/paired.sh old/onceproof target/release/onceproof -- sweep scenarios/chapter/chapter5.toml --jobs 1
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."
root=$PWD

fail() {
    echo "paired.sh: $1" >&2
    exit 2
}

[ $# -ge 2 ] || fail "usage: paired.sh BASE PRESENT [--rounds N] [-- ARGUMENTS]"
base=$1 present=$2 rounds=15
shift 2
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
    --rounds)
        [ "${2:-0}" -gt 0 ] 2>/dev/null || fail "--rounds takes a number above 0"
        rounds=$2
        shift 2
        ;;
    *) fail "$1 is no option; what comes after -- is for the programs" ;;
    esac
done
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- 100000

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The path of a program, or of what is built of a commit.
program() {
    case $1 in
    /*) [ ! -x "$1" ] || { echo "$1" && return; } ;;
    *) [ ! -f "$here/$1" ] || [ ! -x "$here/$1" ] || { echo "$here/$1" && return; } ;;
    esac
    local commit kept
    commit=$(git rev-parse --quiet --verify "$1^{commit}") || fail "$1 is neither a program nor a commit"
    kept=$root/target/paired/$commit
    if [ ! -x "$kept" ]; then
        mkdir -p "$scratch/$commit" target/paired
        git archive "$commit" | tar -x -C "$scratch/$commit"
        (cd "$scratch/$commit" && CARGO_TARGET_DIR="$root/target/paired/build" \
            cargo build --quiet --release --package onceproof-systems --example lossy_shuffle) >&2
        cp target/paired/build/release/examples/lossy_shuffle "$kept"
    fi
    echo "$kept"
}
base=$(program "$base")
present=$(program "$present")

# Runs a program, and prints its processor time in milliseconds.
TIMEFORMAT='%3U %3S'
measure() {
    { time "$2" "${@:3}" >"$scratch/$1.out" 2>"$scratch/$1.err"; } 2>"$scratch/time" || {
        cat "$scratch/$1.err" >&2
        fail "$2 ${*:3} failed"
    }
    awk '{ printf "%.0f\n", ($1 + $2) * 1000 }' "$scratch/time"
}

for ((round = 0; round < rounds; round++)); do
    if ((round % 2)); then
        of_present=$(measure present "$present" "$@")
        of_base=$(measure base "$base" "$@")
    else
        of_base=$(measure base "$base" "$@")
        of_present=$(measure present "$present" "$@")
    fi
    echo "$of_base $of_present" >>"$scratch/times"
done

# What hangs on the machine, and not on the work, may differ.
changed=$(diff <(grep -v '^peak_kib ' "$scratch/base.out") <(grep -v '^peak_kib ' "$scratch/present.out") | head -n 6) || true
[ -z "$changed" ] || printf 'They did not print the same:\n%s\n' "$changed"

awk '
    function sort(list, n,    i, j, x) {
        for (i = 2; i <= n; i++) {
            x = list[i]
            for (j = i - 1; j >= 1 && list[j] > x; j--) list[j + 1] = list[j]
            list[j + 1] = x
        }
    }
    function quarter(list, n, which) { return list[int((n - 1) * which / 4 + 1.5)] }
    $1 == 0 || $2 == 0 { short = 1; next }
    { base[++n] = $1; present[n] = $2; ratio[n] = $2 / $1 }
    END {
        if (short) { print "paired.sh: a run took less than a millisecond" > "/dev/stderr"; exit 2 }
        sort(base, n); sort(present, n); sort(ratio, n)
        printf "%d pairs, processor time in ms, least and median\n", n
        printf "  base     %6d %6d\n", base[1], quarter(base, n, 2)
        printf "  present  %6d %6d\n", present[1], quarter(present, n, 2)
        printf "  ratio    %6.3f %6.3f   half of them %.3f to %.3f, all %.3f to %.3f\n", present[1] / base[1],
            quarter(ratio, n, 2), quarter(ratio, n, 1), quarter(ratio, n, 3), ratio[1], ratio[n]
    }
' "$scratch/times"
