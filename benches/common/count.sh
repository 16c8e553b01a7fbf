# How the scripts beside this one count instructions; they source it with `name` set to their own.

fail() {
    echo "$name: $1" >&2
    exit 2
}

# Fails with 1: something is more than it may be.
too_much() {
    echo "$name: $1" >&2
    exit 1
}

command -v valgrind >/dev/null 2>&1 ||
    fail "valgrind is missing; it counts the instructions (package \`valgrind\` of most systems)"

cargo build --quiet --release --package onceproof-systems --example lossy_shuffle
target=$(cargo metadata --quiet --no-deps --format-version 1 |
    sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
program=$target/release/examples/lossy_shuffle

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# What the program printed under a word.
printed() {
    sed -n "s/^$1 //p" "$scratch/out"
}

# Runs the program with these arguments, and sets `instructions`, `events`, `records` and `runs`.
count() {
    valgrind --tool=callgrind --callgrind-out-file="$scratch/callgrind" "$program" "$@" \
        >"$scratch/out" 2>"$scratch/err" || {
        cat "$scratch/err" >&2
        fail "lossy_shuffle $* failed under valgrind"
    }
    instructions=$(sed -n 's/.*Collected : *\([0-9][0-9]*\).*/\1/p' "$scratch/err")
    events=$(printed events) records=$(printed records) runs=$(printed runs)
}

# A quotient with one decimal.
tenths() {
    echo "$(($1 / $2)).$(($1 * 10 / $2 % 10))"
}
