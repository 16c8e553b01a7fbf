//! Places of commits by the step of the protocol at which they are sent, in every system, and of the writes of a writer.

use super::FOLDER;
use onceproof::scenario::Scenario;
use onceproof_sim::fault::{Fault, Place};
use std::fs;
use std::path::Path;

/// A scenario of the library with one fault and no other.
fn with_fault(folder: &str, file: &str, at: &str, kind: &str) -> Result<Scenario, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(folder).join(file);
    let text = fs::read_to_string(&path).expect("a text");
    let text = text.split("\n[[fault]]").next().unwrap_or_default();
    let text = format!("{text}\n[[fault]]\nat = {at}\ndo = \"{kind}\"\n");
    Scenario::parse(&text, &path).map_err(|error| error.to_string())
}

/// The place that is written down for it, in the order of the run.
fn written_down(folder: &str, file: &str, at: &str, kind: &str) -> Place {
    let scenario = with_fault(folder, file, at, kind).unwrap_or_else(|error| panic!("{error}"));
    let outcome = scenario.trial.simulator().detail(None);
    let [Fault { at: place, .. }] = &outcome.schedule[..] else {
        panic!("{folder} {at}: {:?}", outcome.schedule)
    };
    // What is written down does the same again.
    let text = scenario.fault_to_toml(&outcome.schedule[0]).at;
    let again = with_fault(folder, file, &text, kind).unwrap_or_else(|error| panic!("{error}"));
    let again = again.trial.simulator().detail(None);
    assert_eq!(again.brief.fingerprint, outcome.brief.fingerprint, "{folder} {at}: {text}");
    place.clone()
}

#[test]
fn a_commit_is_placed_by_the_step_at_which_it_is_sent_in_every_system() {
    for (folder, at) in [
        (
            FOLDER,
            "{ step = \"per-user\", shard = 0, before = \"upload\", record = \"checkpoint#2\" }",
        ),
        (FOLDER, "{ process = \"coordinator\", before = \"deploy\" }"),
        (FOLDER, "{ before = \"record\", nth = 2 }"),
        (FOLDER, "{ before = \"delete\" }"),
        ("transactions", "{ process = \"txn\", before = \"log\" }"),
        ("transactions", "{ process = \"group\", before = \"append\", record = \"join\" }"),
        ("at-least-once", "{ step = \"events\", before = \"commit\" }"),
        ("at-least-once", "{ process = \"view\", before = \"write\" }"),
        ("lambda", "{ process = \"batch\", before = \"land\" }"),
    ] {
        for kind in ["commit-lost", "commit-unknown"] {
            written_down(folder, "small.toml", at, kind);
        }
    }
    for before in ["commit", "settle", "emit"] {
        let at = format!("{{ before = \"{before}\" }}");
        written_down("crash", "before-ack.toml", &at, "commit-lost");
    }
}

#[test]
fn of_two_commits_about_one_checkpoint_the_step_tells_which_is_meant() {
    let nth = |before: &str| {
        let at = format!("{{ before = \"{before}\", record = \"checkpoint#2\" }}");
        written_down(FOLDER, "small.toml", &at, "commit-lost").nth
    };
    assert_eq!([nth("record"), nth("delete")], [None, Some(2)]);
}

#[test]
fn a_commit_that_is_never_sent_there_is_refused() {
    let refused = |folder: &str, at: &str, why: &str| {
        let error = with_fault(folder, "small.toml", at, "commit-lost").map(|_| ());
        let error = error.expect_err("a place that no run reaches");
        assert!(error.contains(why), "{at}: {error}");
    };
    refused(FOLDER, "{ before = \"send\" }", "no commit is sent at `send`");
    refused(FOLDER, "{ before = \"send\" }", "`deploy`, `upload`, `record`, `delete` and");
    let never = "there is never a commit of `upload` at `coordinator`";
    refused(FOLDER, "{ process = \"coordinator\", before = \"upload\" }", never);
    refused("transactions", "{ before = \"produce\" }", "no commit is sent at `produce`");
    refused("at-least-once", "{ step = \"events\", before = \"write\" }", "it writes no rows");
}

#[test]
fn the_writes_of_a_writer_are_a_message() {
    for kind in ["drop-request", "drop-ack"] {
        let at = "{ message = \"write\", nth = 2 }";
        let scenario = with_fault(FOLDER, "small.toml", at, kind).expect("a place");
        let layout = scenario.trial.layout();
        let outcome = scenario.trial.simulator().detail(None);
        let [Fault { at: place, .. }] = &outcome.schedule[..] else {
            panic!("{:?}", outcome.schedule)
        };
        assert_eq!(place.from.map(|step| layout.name(step)), Some("table.writer"));
        assert_eq!(place.to.map(|step| layout.name(step)), Some("table"));
    }
    let refused = |folder: &str, at: &str, why: &str| {
        let error = with_fault(folder, "small.toml", at, "drop-request").map(|_| ());
        let error = error.expect_err("nobody writes there");
        assert!(error.contains(why), "{at}: {error}");
    };
    let at = "{ from = \"per-user\", message = \"write\" }";
    refused(FOLDER, at, "`per-user` sends no `write`");
    refused("transactions", "{ message = \"write\" }", "there is no message `write`");
}
