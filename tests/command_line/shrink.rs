//! `shrink`.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NO_DEDUP, scenario};
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
    // The first sentence goes on below itself.
    assert!(head.iter().all(|line| line.chars().count() <= 80), "{head:?}");
    let head = &head[1..];
    assert_eq!(head[1], "# 1-minimal: each fault was removed in turn, and the run then holds.");
    let body: String =
        shrunk.stdout.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect();
    assert_eq!(head[3], "# It no longer fails in this way with the right value of dedup.");
    let bob = body.replace("\"bob\"", "\"ann\"");
    assert_eq!(bob, expected, "{shrunk:?}");
    assert!(shrunk.stderr.starts_with("Shrunk from a.toml, seed 1, from "), "{shrunk:?}");
    // The same again, to the letter.
    let again = folder.onceproof(&["shrink", "a.toml", "--seed", "1"]);
    assert_eq!(again.stdout, shrunk.stdout);
}

/// Every ack is lost until the calm, so every seed fails, and seed 0 is taken.
#[test]
fn a_file_with_odds_and_no_seed_is_shrunk_under_seed_0() {
    let folder = Folder::new("shrink-odds");
    let no_ack = "\n[faults]\ndrop-ack = \"1/1\"\n";
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[no_ack, NO_DEDUP]));
    let shrunk = folder.onceproof(&["shrink", "a.toml"]).ends(0);
    assert!(shrunk.stdout.starts_with("# Shrunk from a.toml, seed 0, from "), "{shrunk:?}");
    assert_eq!(folder.onceproof(&["shrink", "a.toml", "--seed", "0"]).stdout, shrunk.stdout);
    folder.write("b.toml", scenario("a lost ack", EXACTLY_ONCE, &[no_ack]));
    let holds = folder.onceproof(&["shrink", "b.toml"]).ends(4);
    assert!(holds.stderr.contains("b.toml holds under seed 0"), "{holds:?}");
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
    assert_eq!((scenario.seed, scenario.trial.plan.faults.len()), (None, 1));
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
    let dedup = json!([{ "mechanism": "dedup", "step": null, "fails_with_right_value": false }]);
    assert_eq!(document["wrong_mechanisms"], dedup);
    let text = document["file"].as_str().expect("a text");
    Scenario::parse(text, Path::new("a.toml")).expect("a scenario");
}

#[test]
fn a_wrong_mechanism_that_the_failure_does_not_need_is_kept_and_named() {
    let folder = Folder::new("shrink-mechanisms");
    let wrong = [NO_DEDUP, "re-ack = false\n", LOST_ACK].concat();
    folder.write("a.toml", scenario("two bugs", DUPLICATED, &[&wrong]));
    let shrunk = folder.onceproof(&["shrink", "a.toml"]).ends(0);
    assert!(shrunk.stdout.contains("dedup = \"off\"\nre-ack = false\n"), "{shrunk:?}");
    let said = "It fails with the right value of re-ack, too.\n";
    assert!(shrunk.stdout.contains(&format!("# {said}")), "{shrunk:?}");
    assert!(shrunk.stderr.contains(said), "{shrunk:?}");
}

#[test]
fn what_holds_is_not_shrunk() {
    let folder = Folder::new("shrink-holds");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let run = folder.onceproof(&["shrink", "a.toml"]).ends(4);
    assert!(run.stderr.contains("a.toml holds in this run"), "{run:?}");
    assert_eq!(run.stdout, "");
}

#[test]
fn what_is_no_scenario_is_refused_and_what_is_not_there_is_an_error_of_input() {
    let folder = Folder::new("shrink-damaged");
    let text = scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]);
    folder.write("cut-off.toml", &text[..text.len() - 20]);
    folder.write("not-text.toml", "format = 1\nname = \"\u{0}\"");
    folder.onceproof(&["shrink", "cut-off.toml"]).ends(2);
    folder.onceproof(&["shrink", "not-text.toml"]).ends(2);
    folder.onceproof(&["shrink", "missing.toml"]).ends(6);
    folder.write("a.toml", text);
    folder.onceproof(&["shrink", "a.toml", "--out", "no-folder/b.toml"]).ends(6);
    folder.onceproof(&["shrink", "a.toml", "--kinds", "crash"]).ends(2);
    folder.onceproof(&["shrink", "a.toml", "--all", "--kinds", "flood"]).ends(2);
}

/// A lost ack is the one cause of its kind, since the retry that is counted again is acked.
#[test]
fn all_smallest_sets_of_the_kinds_of_the_failure() {
    let folder = Folder::new("shrink-all");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let shrunk = folder.onceproof(&["shrink", "a.toml", "--all"]).ends(0);
    let line = "# All: 1 smallest set of at most 4 faults of the kinds drop-ack, in 6 runs; no\n\
                # part of one breaks it.\n";
    assert!(shrunk.stdout.contains(line), "{shrunk:?}");
    assert!(
        shrunk.stdout.contains("#   1. the ack of events/0#0 to per-user, attempt 1, was lost")
    );
    Scenario::parse(&shrunk.stdout, Path::new("a.toml")).expect("a scenario");
    assert!(shrunk.stderr.contains("All: 1 smallest set of at most 4 faults"), "{shrunk:?}");
}

/// With copies beside lost acks there are two: of one request both copies are counted.
#[test]
fn other_kinds_widen_the_search_and_each_set_replays() {
    let folder = Folder::new("shrink-all-kinds");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let args = ["shrink", "a.toml", "--all", "--kinds", "duplicate", "--out", "b.toml"];
    let shrunk = folder.onceproof(&args).ends(0);
    let sets = "\n  1. the ack of events/0#0 to per-user, attempt 1, was lost\n     \
                onceproof replay b.toml\n\n  2. the request of events/0#0 to per-user, attempt 1, \
                arrived twice\n     onceproof replay b-2.toml\n";
    assert!(shrunk.stdout.contains(sets), "{shrunk:?}");
    assert_eq!(shrunk.last_line(), "onceproof replay b.toml");
    for file in ["b.toml", "b-2.toml"] {
        folder.onceproof(&["replay", file]).ends(1);
        folder.onceproof(&["test", file]).ends(0);
    }
    assert!(!folder.path().join("b-3.toml").exists());
    // What has the name of a set may be anything, and is not written over.
    std::fs::remove_file(folder.path().join("b.toml")).expect("a file");
    let again = folder.onceproof(&args).ends(2);
    assert!(again.stderr.contains("b-2.toml is there already"), "{again:?}");
    // What is shown without a file holds the other set, too: in place of its own it fails the same.
    let shown = folder.onceproof(&args[..5]).ends(0).stdout;
    let (head, body) = shown.split_once("\n\nformat").expect("a head");
    let other = head.split("#   2. ").nth(1).expect("a second set");
    let faults: String = other.lines().skip(1).map(|line| format!("{}\n", &line[1..])).collect();
    let own = body.find("[[fault]]").expect("a fault");
    folder.write("c.toml", format!("format{}{faults}", &body[..own]));
    folder.onceproof(&["replay", "c.toml"]).ends(1);
}

#[test]
fn a_search_for_all_sets_that_gave_up_is_inconclusive() {
    let folder = Folder::new("shrink-all-limit");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let args = ["shrink", "a.toml", "--all", "--kinds", "crash", "--runs", "100"];
    let shrunk = folder.onceproof(&args).ends(3);
    assert!(shrunk.stderr.contains("Gave up at the sets of 2 faults"), "{shrunk:?}");
    assert!(shrunk.stdout.contains("# Not all: "), "{shrunk:?}");
    let jobs = folder.onceproof(&[&args[..], &["--jobs", "3"]].concat()).ends(3);
    assert_eq!(jobs.stdout, shrunk.stdout);
}

#[test]
fn the_document_of_all_sets_is_as_promised() {
    let folder = Folder::new("shrink-all-json");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let args = ["shrink", "a.toml", "--all", "--kinds", "duplicate", "--format", "json"];
    let document = folder.onceproof(&args).ends(0).document();
    let all = &document["all"];
    assert_eq!((&all["faults"], &all["complete"]), (&json!(4), &json!(true)));
    assert_eq!((&all["complete_up_to"], &all["in_another_way"]), (&json!(4), &json!(0)));
    assert_eq!(all["kinds"][0], "drop-ack");
    assert_eq!((&all["has_failure"], &all["interrupted"]), (&json!(true), &json!(false)));
    let sets = all["sets"].as_array().expect("sets");
    assert_eq!(sets.len(), 2);
    assert_eq!(sets[0]["file"], document["file"]);
    assert_eq!(
        sets[1]["faults"][0],
        "the request of events/0#0 to per-user, attempt 1, arrived twice"
    );
    assert_eq!(sets[1]["classes"], json!(["duplicated"]));
    let text = sets[1]["file"].as_str().expect("a text");
    Scenario::parse(text, Path::new("a.toml")).expect("a scenario");
    // Without --all nothing is said of other sets.
    let document = folder.onceproof(&["shrink", "a.toml", "--format", "json"]).ends(0).document();
    assert_eq!(document["all"], json!(null));
}

/// Without fencing a late commit and a crash lose, double or strand a record, and which of these it is may
/// change on the way.
const UNFENCED: &str = "\n[mechanism]\nfencing = false\n\n[faults]\n\
                        commit-delayed = { odds = \"1/6\", by = \"25ms\" }\n\
                        crash = { odds = \"1/12\", restart = \"5ms\" }\n";

#[test]
fn another_class_that_is_met_is_saved_beside_the_result_and_not_followed() {
    let folder = Folder::new("shrink-other");
    // The records come so close that one is under way when the next comes.
    let text = scenario("unfenced", EXACTLY_ONCE, &[UNFENCED]).replace("shards = 2", "");
    folder.write("a.toml", text.replace("\"1s\"", "\"1ms\"").replace("\"2s\"", "\"2ms\""));
    let met = (0..2000).find_map(|seed: u32| {
        let seed = seed.to_string();
        let shrunk = folder.onceproof(&["shrink", "a.toml", "--seed", &seed, "--out", "b.toml"]);
        // One that holds under this seed has written none.
        let _ = std::fs::remove_file(folder.path().join("b.toml"));
        let saved = shrunk.stdout.lines().find_map(|line| line.strip_prefix("saved beside it: "));
        saved.map(|file| (seed, file.to_owned(), shrunk.stdout.clone()))
    });
    let (seed, file, stdout) = met.expect("a seed that meets two classes");
    let class = file.strip_prefix("b-").and_then(|file| file.strip_suffix(".toml"));
    let class = class.expect("a name with a class");
    assert!(stdout.contains(&format!("Also met, and not followed: {class}")), "{stdout}");
    let verdict = stdout.lines().find(|line| line.starts_with("violated: ")).expect("a verdict");
    assert!(!verdict.contains(class), "{stdout}");
    let replayed = folder.onceproof(&["replay", &file]).ends(1);
    assert!(replayed.stdout.contains(class), "{replayed:?}");
    // Found again it stands where it is, and beside what has taken its place.
    for (there, saved) in [(None, file.clone()), (Some("mine"), format!("b-{class}-2.toml"))] {
        if let Some(there) = there {
            folder.write(&file, there);
        }
        let again = folder.onceproof(&["shrink", "a.toml", "--seed", &seed, "--out", "b.toml"]);
        assert!(again.stdout.contains(&format!("saved beside it: {saved}\n")), "{again:?}");
        std::fs::remove_file(folder.path().join("b.toml")).expect("a file");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join(&file)).expect("a file"), "mine");
    // Where no file is asked for none is written, and it is said how to have it.
    std::fs::remove_file(folder.path().join(&file)).expect("a file");
    let shown = folder.onceproof(&["shrink", "a.toml", "--seed", &seed]).ends(0);
    let line = format!("Also met, and not followed: {class}. --out FILE saves it.");
    assert!(shown.stderr.contains(&line), "{shown:?}");
    assert!(!folder.path().join(&file).exists());
}
