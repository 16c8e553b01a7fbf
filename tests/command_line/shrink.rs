//! `shrink`.

use crate::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NO_DEDUP, scenario};
use onceproof::scenario::Scenario;
use serde_json::json;
use std::path::Path;

#[test]
fn a_failing_seed_becomes_a_scenario_that_a_person_would_have_written() {
    let folder = Folder::new("shrink-seed");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOSSY, NO_DEDUP]));
    let shrunk = folder.onceproof(&["shrink", "a.toml", "--seed", "1"]).ends(0);
    // One record, one step that counts it, and one lost ack: its retry is counted again.
    let expected = r#"
format = 1
name = "no dedup, shrunk"
claim = "One fault is enough: events/0#0 is reflected 2 times instead of 1 at per-user."
expect = { violates = "duplicated" }

[input]
records = [ { key = "ann", at = "0s" } ]

[[step]]
name = "events"
kind = "source"

[[step]]
name   = "per-user"
kind   = "count"
window = "1m"

[mechanism]
dedup = "off"

[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = "drop-ack"
"#;
    let is_comment = |line: &&str| line.starts_with('#');
    let head: Vec<&str> = shrunk.stdout.lines().take_while(is_comment).collect();
    assert_eq!(head[1], "# 1-minimal: each fault was removed in turn, and the run then holds.");
    let body: String =
        shrunk.stdout.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect();
    let bob = body.replace("\"bob\"", "\"ann\"");
    assert_eq!(bob, expected, "{shrunk:?}");
    assert!(shrunk.stderr.starts_with("Shrunk from a.toml, seed 1, from "), "{shrunk:?}");
    // The same again, to the letter.
    let again = folder.onceproof(&["shrink", "a.toml", "--seed", "1"]);
    assert_eq!(again.stdout, shrunk.stdout);
}

#[test]
fn what_is_written_replays_and_is_as_it_expects() {
    let folder = Folder::new("shrink-out");
    folder.write("a.toml", scenario("no dedup", EXACTLY_ONCE, &[LOSSY, NO_DEDUP]));
    let args = ["shrink", "a.toml", "--seed", "1", "--out", "b.toml"];
    let shrunk = folder.onceproof(&args).ends(0);
    assert_eq!(shrunk.last_line(), "onceproof replay b.toml");
    assert!(shrunk.stdout.contains("violated: duplicated\n  the ack of "), "{shrunk:?}");
    folder.onceproof(&["replay", "b.toml"]).ends(1);
    folder.onceproof(&["test", "b.toml"]).ends(0);
    // What is smallest stays as it is.
    let again = folder.onceproof(&["shrink", "b.toml", "--out", "c.toml"]).ends(0);
    assert!(
        again.stdout.contains("from 1 fault and 1 record to 1 fault and 1 record"),
        "{again:?}"
    );
    folder.onceproof(&["replay", "c.toml"]).ends(1);
}

#[test]
fn a_saved_failure_is_shrunk_too() {
    let folder = Folder::new("shrink-saved");
    folder.write("a.toml", scenario("no dedup", EXACTLY_ONCE, &[LOSSY, NO_DEDUP]));
    folder.onceproof(&["sweep", "a.toml", "--seeds", "1..2", "--out", "saved"]).ends(1);
    let shrunk = folder.onceproof(&["shrink", "saved/a-duplicated-seed-1.toml"]).ends(0);
    let scenario = Scenario::parse(&shrunk.stdout, Path::new("a.toml")).expect("a scenario");
    assert_eq!((scenario.seed, scenario.plan.faults.len()), (None, 1));
}

#[test]
fn the_document_of_a_shrunk_failure_is_as_promised() {
    let folder = Folder::new("shrink-json");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let document = folder.onceproof(&["shrink", "a.toml", "--format", "json"]).ends(0).document();
    assert_eq!(document["schema"], "onceproof.shrink/1");
    assert_eq!(document["class"], "duplicated");
    assert_eq!(document["record"], "events/0#0");
    assert_eq!(document["before"], json!({ "faults": 1, "records": 3 }));
    assert_eq!(document["after"], json!({ "faults": 1, "records": 1 }));
    assert_eq!(document["schedule"][0]["do"], "drop-ack");
    assert_eq!(document["needs_seed"], json!(null));
    assert_eq!(
        (&document["holds_without_any"], &document["is_exhausted"]),
        (&json!(true), &json!(true))
    );
    let text = document["file"].as_str().expect("a text");
    Scenario::parse(text, Path::new("a.toml")).expect("a scenario");
}

#[test]
fn what_holds_is_not_shrunk() {
    let folder = Folder::new("shrink-holds");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let run = folder.onceproof(&["shrink", "a.toml"]).ends(4);
    assert!(run.stderr.contains("a.toml holds in this run"), "{run:?}");
    assert_eq!(run.stdout, "");
}
