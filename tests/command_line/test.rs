//! `test`, `check` and `schema`.

use crate::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NEVER, NO_DEDUP, scenario};

#[test]
fn every_scenario_has_a_line_and_the_last_one_counts_them() {
    let folder = Folder::new("test-good");
    folder.write("s/a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("s/b.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let sweep = "\n[sweep]\nseeds = \"0..40\"\n";
    folder.write("s/c.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY, sweep]));
    let test = folder.onceproof(&["test", "s"]).ends(0);
    let expected = "\
ok   a lost ack (1 run)  s/a.toml
ok   no dedup (1 run)  s/b.toml
ok   lossy (40 runs)  s/c.toml
3 passed, 0 failed
";
    assert_eq!(test.stdout, expected);
    assert_eq!(folder.onceproof(&["test", "s", "--jobs", "1"]).ends(0).stdout, expected);
}

#[test]
fn an_expectation_that_is_not_met_is_told_with_the_command_that_shows_it() {
    let folder = Folder::new("test-bad");
    folder.write("a.toml", scenario("hopeful", EXACTLY_ONCE, &[LOST_ACK, NO_DEDUP]));
    folder.write("b.toml", scenario("a canary", DUPLICATED, &[LOST_ACK]));
    folder.write("c.toml", scenario("fine", EXACTLY_ONCE, &[LOST_ACK]));
    let test = folder.onceproof(&["test", "a.toml", "b.toml", "c.toml"]).ends(1);
    assert_eq!(
        test.stdout,
        "\
FAIL hopeful: expected exactly-once, found duplicated (1 run)  a.toml
     onceproof run a.toml
FAIL a canary: expected duplicated, found exactly-once (1 run)  b.toml
     onceproof run b.toml
ok   fine (1 run)  c.toml
1 passed, 2 failed
"
    );
    let json = ["test", "a.toml", "c.toml", "--format", "json"];
    let document = folder.onceproof(&json).ends(1).document();
    assert_eq!(document["schema"], "onceproof.test/1");
    assert_eq!((&document["passed"], &document["failed"]), (&1.into(), &1.into()));
    assert_eq!(document["scenarios"][0]["passed"], false);
    assert_eq!(document["scenarios"][1]["passed"], true);
}

#[test]
fn a_scenario_that_cannot_be_read_has_failed() {
    let folder = Folder::new("test-unreadable");
    folder.write("a.toml", "format = 1\nnonsense = true\n");
    folder.write("b.toml", scenario("fine", EXACTLY_ONCE, &[LOST_ACK]));
    let test = folder.onceproof(&["test", "."]).ends(2);
    assert!(test.stderr.contains("nonsense"), "{test:?}");
    assert_eq!(test.last_line(), "1 passed, 1 failed");
}

#[test]
fn an_exact_fault_that_does_not_fire_fails_strictly() {
    let folder = Folder::new("test-strict");
    folder.write("a.toml", scenario("never", EXACTLY_ONCE, &[NEVER]));
    folder.onceproof(&["test", "a.toml"]).ends(0);
    let test = folder.onceproof(&["test", "a.toml", "--strict"]).ends(1);
    assert!(test.stdout.contains("an exact fault did not fire"), "{test:?}");
}

#[test]
fn check_shows_what_is_wrong_with_every_file() {
    let folder = Folder::new("check");
    folder.write("a.toml", "format = 1\nnonsense = true\n");
    folder.write("b.toml", scenario("fine", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("c.toml", [0xff, 0xfe]);
    let check = folder.onceproof(&["check", "."]).ends(2);
    assert_eq!(check.stdout, "ok   b.toml\n");
    assert!(check.stderr.contains("a.toml") && check.stderr.contains("nonsense"), "{check:?}");
    assert!(check.stderr.contains("c.toml"), "{check:?}");
    folder.onceproof(&["check", "b.toml"]).ends(0);
    let document = folder.onceproof(&["check", ".", "--format", "json"]).ends(2).document();
    assert_eq!(document["files"][0]["ok"], false);
    assert_eq!(document["files"][1]["ok"], true);
    folder.onceproof(&["run", "a.toml"]).ends(2);
    folder.onceproof(&["sweep", "."]).ends(2);
}

#[test]
fn the_schema_is_a_document() {
    let folder = Folder::new("schema");
    assert!(folder.onceproof(&["schema"]).ends(0).document().is_object());
}
