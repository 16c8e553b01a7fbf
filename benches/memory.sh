#!/bin/sh
# Runs the lossy shuffle over 1,000,000 records with an address space of 1 GiB: the run fails if it needs
# more. Prints the most memory that it held, where the system tells it.
#
#   benches/memory.sh [RECORDS]
set -eu
records=${1-1000000}
cd "$(dirname "$0")/.."
cargo build --quiet --release --package onceproof-systems --example lossy_shuffle
target=$(cargo metadata --quiet --no-deps --format-version 1 |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
ulimit -v 1048576
exec "$target/release/examples/lossy_shuffle" "$records"
