# How the scripts beside this one count what a program does, by valgrind's cachegrind; they source it with `name` set to
# their own. The figures are the same on every machine with the same compiler, however busy it is.

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

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# Builds the example `lossy_shuffle` for release, and sets `program` to its path.
build_program() {
    cargo build --quiet --release --package onceproof-systems --example lossy_shuffle
    program=$(cargo metadata --quiet --no-deps --format-version 1 |
        sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/examples/lossy_shuffle
}

# What the program printed under a word.
printed() {
    sed -n "s/^$1 //p" "$scratch/out"
}

# Runs something with cachegrind's options first.
under_cachegrind() {
    valgrind --tool=cachegrind --cachegrind-out-file="$scratch/counts" "$@" >"$scratch/out" 2>"$scratch/err" || {
        cat "$scratch/err" >&2
        fail "it failed under valgrind: $*"
    }
}

# What cachegrind counted of these sorts in all, by its own words for them.
counted() {
    awk -v sorts="$*" '
        /^events:/ { for (i = 2; i <= NF; i++) at[$i] = i }
        /^summary:/ {
            for (n = split(sorts, sort, " "); n > 0; n--) sum += $(at[sort[n]])
            printf "%.0f\n", sum
        }' "$scratch/counts"
}

# Runs a program with these arguments, and sets `all` to its instructions; its mispredictions, the jumps that went
# elsewhere than was predicted; and its misses of code and of data, what was not in the first-level caches. Predictor and
# caches are modelled, of 32 KiB each, whatever those of this machine are.
count_all() {
    under_cachegrind --cache-sim=yes --branch-sim=yes --I1=32768,8,64 --D1=32768,8,64 --LL=8388608,16,64 "$@"
    all="$(counted Ir) $(counted Bcm Bim) $(counted I1mr) $(counted D1mr D1mw)"
}

# Prints by how much each figure of `all` is more than before, for each of so many records.
per_record_since() { # what `all` was, how many records
    echo "$1 $all" | awk -v records="$2" '{
        for (i = 1; i <= NF / 2; i++) printf "%d%s", ($(i + NF / 2) - $i) / records, i < NF / 2 ? " " : "\n"
    }'
}

# Runs the lossy shuffle with these arguments, and sets `instructions`, `events`, `records` and `runs`.
count() {
    under_cachegrind --cache-sim=no "$program" "$@"
    instructions=$(counted Ir)
    events=$(printed events) records=$(printed records) runs=$(printed runs)
}

# A quotient with one decimal.
tenths() {
    echo "$(($1 / $2)).$(($1 * 10 / $2 % 10))"
}
