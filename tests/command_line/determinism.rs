//! `--check-determinism`: the same in a fresh process, or the first event that differs.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NO_DEDUP, scenario};

#[test]
fn a_run_and_a_sweep_are_the_same_in_a_fresh_process() {
    let folder = Folder::new("determinism-same");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let run = folder.onceproof(&["run", "a.toml", "--seed", "7", "--check-determinism"]).ends(0);
    assert_eq!(run.last_line(), "the same in a fresh process, event by event", "{run:?}");
    let sweep = ["sweep", "a.toml", "--seeds", "3..40", "--check-determinism"];
    let sweep = folder.onceproof(&sweep).ends(0);
    assert_eq!(sweep.last_line(), "the same in a fresh process, all of 37 runs", "{sweep:?}");
    // A violated run is compared like any other.
    folder.write("b.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    folder.onceproof(&["run", "b.toml", "--check-determinism"]).ends(1);
}

/// The source's arrival timer for bob at 1 s is event 12 or so; whatever it is, the event after the first
/// three comes later by as many milliseconds as the process has a number.
#[test]
fn a_planted_nondeterminism_is_named_with_both_contexts() {
    let folder = Folder::new("determinism-planted");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let planted = ["run", "a.toml", "--check-determinism", "--plant-nondeterminism", "3"];
    let run = folder.onceproof(&planted).ends(5);
    assert!(run.stderr.contains("is the first that differs"), "{run:?}");
    let after = |title: &str| {
        let (_, rest) = run.stderr.split_once(title).expect("a context");
        rest.lines().nth(1).expect("a line").to_owned()
    };
    assert!(after("before it, in both").contains(" ms  "), "{run:?}");
    assert_ne!(after("in this process"), after("in a fresh one"), "{run:?}");
}
