#!/bin/sh
# What a record costs under each strategy, by valgrind: instructions, mispredictions and misses of the first-level caches,
# between two and six seeds of `onceproof compare` of `scenarios/compare/chapter5.toml`, 500 records through a coin, two
# counts and a sink, built as for tests. What is measured of a run for a comparison is a part of it. Prints a table in
# Markdown.
#
#   benches/systems.sh                 builds the program
#   benches/systems.sh PROGRAM         with this one
set -eu
cd "$(dirname "$0")/.."
name=systems.sh
. benches/common/count.sh

onceproof=${1-}
if [ -z "$onceproof" ]; then
    cargo build --quiet --bin onceproof
    onceproof=${CARGO_TARGET_DIR:-target}/debug/onceproof
fi
[ -x "$onceproof" ] || fail "there is no $onceproof"

echo '| strategy | instructions per record | mispredictions | misses of code | misses of data |'
echo '|---|---|---|---|---|'
for strategy in dataflow dataflow-at-least-once transactions snapshot micro-batch at-least-once best-effort lambda; do
    set -- "$onceproof" compare scenarios/compare/chapter5.toml --strategies $strategy --jobs 1 --seeds
    count_all "$@" 0..2
    before=$all
    count_all "$@" 0..6
    set -- $(per_record_since "$before" 2000)
    echo "| \`$strategy\` | $1 | $2 | $3 | $4 |"
done
