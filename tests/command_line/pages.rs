//! Pages beside the report of a command: each holds the document of the command, and no other file is lost to one.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NO_DEDUP, scenario};
use serde_json::{Value, json};
use std::fs;

/// The document that a page holds.
#[track_caller]
fn held(folder: &Folder, page: &str) -> Value {
    let html = fs::read_to_string(folder.path().join(page)).expect("a page");
    assert!(html.starts_with("<!doctype html>\n<!-- made by onceproof -->\n"), "{html}");
    let (_, data) = html.split_once("id=\"data\">").expect("a document");
    let (data, _) = data.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("a document")
}

fn without_timing(mut document: Value) -> Value {
    document.as_object_mut().expect("an object").remove("timing");
    document
}

#[test]
fn a_page_holds_the_document_of_its_command() {
    let folder = Folder::new("pages");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    folder.write("b.toml", scenario("lossy, too", EXACTLY_ONCE, &[LOSSY]));
    for (arguments, schema) in [
        (&["compare", "a.toml", "--seeds", "0..3"][..], "onceproof.compare/1"),
        (
            &["tune", "a.toml", "--vary", "mechanism.dedup=off,catalog", "--seeds", "0..3"],
            "onceproof.tune/1",
        ),
        (&["necessity", "a.toml", "--seeds", "0..2"], "onceproof.necessity-seeds/1"),
        (&["necessity", "a.toml", "--faults", "1", "--kinds", "drop-ack"], "onceproof.necessity/1"),
        (&["sweep", "a.toml", "--seeds", "0..3"], "onceproof.sweep/1"),
        (&["sweep", "a.toml", "b.toml", "--seeds", "0..3"], "onceproof.sweeps/1"),
    ] {
        let page = [arguments, &["--html", "page.html"]].concat();
        let made = folder.onceproof(&page);
        let held = held(&folder, "page.html");
        assert_eq!(held["schema"], schema, "{arguments:?}");
        let json = folder.onceproof(&[arguments, &["--format", "json"]].concat());
        assert_eq!(json.code, made.code, "{arguments:?}");
        if schema == "onceproof.sweeps/1" {
            assert_eq!(held["sweeps"].as_array().map(Vec::len), Some(2));
        } else {
            let mut document = without_timing(json.document());
            // Only a page asks for the causes of all failures.
            if schema == "onceproof.sweep/1" {
                assert_eq!(document["failures"], Value::Null);
                document["failures"] = json!([]);
            }
            assert_eq!(without_timing(held), document, "{arguments:?}");
        }
    }
}

#[test]
fn failing_runs_are_told_by_what_did_it_with_the_command_for_each() {
    let folder = Folder::new("pages-causes");
    folder.write("a b.toml", scenario("a lost ack", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    folder.onceproof(&["sweep", "a b.toml", "--seeds", "4..7", "--html", "page.html"]).ends(1);
    let run = |seed: &str| json!({ "seed": seed, "replay": format!("onceproof run 'a b.toml' --seed {seed}") });
    let cause = json!({
        "classes": ["duplicated"],
        "kinds": ["drop-ack"],
        "faults": ["the ack of events/0#1 from events to per-user, attempt 1, was lost"],
        "damage": "duplicated: events/0#1 at per-user, reflected 2 times instead of 1; events sent it again after 30 ms",
        "runs": [run("4"), run("5"), run("6")],
    });
    assert_eq!(held(&folder, "page.html")["failures"], json!([cause]));
    // Each of them fails in every seed; another design fails otherwise.
    let bare = ["--mechanism", "give-up = 1", "--bare", "--html", "page.html"];
    folder.onceproof(&[&["sweep", "a b.toml", "--seeds", "0..1"], &bare[..]].concat()).ends(0);
    assert_eq!(held(&folder, "page.html")["failures"], json!([]));
}

#[test]
fn the_runs_with_a_kind_of_fault_are_counted_and_how_many_of_them_go_wrong() {
    let folder = Folder::new("pages-kinds");
    folder.write("a.toml", scenario("a lost ack", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let arguments = ["sweep", "a.toml", "--seeds", "0..4", "--format", "json"];
    let document = folder.onceproof(&arguments).ends(1).document();
    // Wilson's interval of 4 of 4: 3.841459 / (4 + 3.841459) below 1.
    let all = json!({ "runs": 4, "violated": 4, "share": 1.0, "interval": [0.510109, 1.0] });
    assert_eq!(document["runs_with"], json!({ "drop-ack": all }));
    let document =
        folder.onceproof(&[&arguments[..], &["--mechanism", "dedup = \"catalog\""]].concat());
    let none = json!({ "runs": 4, "violated": 0, "share": 0.0, "interval": [0.0, 0.489891] });
    assert_eq!(document.ends(0).document()["runs_with"], json!({ "drop-ack": none }));
}

#[test]
fn a_page_is_made_again_and_nothing_else_is_written_over() {
    let folder = Folder::new("pages-again");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let sweep =
        |page: &str| folder.onceproof(&["sweep", "a.toml", "--seeds", "0..2", "--html", page]);
    sweep("page.html").ends(0);
    let again = sweep("page.html").ends(0);
    assert!(again.stdout.contains("exactly-once"), "{again:?}");
    for (page, code) in [("a.toml", 2), (".", 2), ("nowhere/page.html", 6)] {
        let refused = sweep(page).ends(code);
        assert_eq!(refused.stdout, "", "{refused:?}");
        assert!(refused.stderr.contains(page), "{refused:?}");
    }
    let kept = fs::read_to_string(folder.path().join("a.toml")).expect("a scenario");
    assert!(kept.contains("a lost ack"), "{kept}");
}
