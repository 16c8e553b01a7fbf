//! `explain`: in words, as a document, as a page.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOST_ACK, NO_DEDUP, scenario};
use crate::common::schema::PrintedSchema;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn library(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    path.to_str().expect("a path").to_owned()
}

/// The document within a page.
fn document_in(page: &str) -> Value {
    let (_, data) = page.split_once("id=\"data\">").expect("the data");
    let (data, _) = data.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("a document")
}

#[test]
fn a_failure_is_explained_and_the_last_line_says_what_to_change() {
    let folder = Folder::new("explain-bad");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let told = folder.onceproof(&["explain", "a.toml"]).ends(0);
    assert!(told.stdout.starts_with("no dedup: duplicated\nonceproof run a.toml\n"), "{told:?}");
    let last = "to change: dedup = \"off\" in [mechanism] becomes dedup = \"catalog\"";
    assert_eq!(told.last_line(), last);
    assert_eq!(folder.onceproof(&["explain", "a.toml"]).stdout, told.stdout);
    assert!(!told.stdout.contains('\u{1b}'), "{told:?}");
    // The change is what makes it hold, also where it is asked for.
    folder.onceproof(&["run", "a.toml", "--mechanism", "dedup = \"catalog\""]).ends(0);
}

#[test]
fn what_holds_has_nothing_to_explain_and_a_record_that_is_right_no_story() {
    let folder = Folder::new("explain-good");
    folder.write("good.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let told = folder.onceproof(&["explain", "good.toml"]).ends(4);
    assert!(told.stderr.contains("good.toml holds in this run"), "{told:?}");
    let drawn = "[faults]\ndrop-ack = \"1/100\"\n[sweep]\nseeds = \"0..7\"\n";
    folder.write("drawn.toml", scenario("drawn", EXACTLY_ONCE, &[drawn]));
    let told = folder.onceproof(&["explain", "drawn.toml"]).ends(4);
    assert!(told.stderr.contains("drawn.toml holds under each of its 7 seeds"), "{told:?}");

    folder.write("bad.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let told = folder.onceproof(&["explain", "bad.toml", "--record", "events/0#0"]).ends(2);
    let said = told.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("damaged are events/0#1"), "{said}");
    folder.onceproof(&["explain", "bad.toml", "--record", "events/0#1"]).ends(0);
    folder.onceproof(&["explain", "nowhere.toml"]).ends(6);
}

#[test]
fn where_faults_are_drawn_the_first_seed_that_fails_is_explained() {
    let folder = Folder::new("explain-drawn");
    let drawn = "[faults]\ndrop-ack = \"1/10\"\n";
    folder.write("a.toml", scenario("drawn", DUPLICATED, &[NO_DEDUP, drawn]));
    let first = folder.onceproof(&["sweep", "a.toml", "--seeds", "0..1000", "--format", "json"]);
    let first = first.document()["first_failing_seed"].as_str().expect("a seed").to_owned();
    let told = folder.onceproof(&["explain", "a.toml"]).ends(0);
    assert!(told.stdout.contains(&format!("onceproof run a.toml --seed {first}\n")), "{told:?}");
}

#[test]
fn a_saved_failure_is_explained_as_it_was_saved() {
    let folder = Folder::new("explain-saved");
    let drawn = "[faults]\ndrop-ack = \"1/4\"\n";
    folder.write("a.toml", scenario("drawn", DUPLICATED, &[NO_DEDUP, drawn]));
    folder.onceproof(&["shrink", "a.toml", "--seed", "3", "--out", "small.toml"]).ends(0);
    let told = folder.onceproof(&["explain", "small.toml"]).ends(0);
    assert!(told.last_line().starts_with("to change: dedup = \"off\""), "{told:?}");
}

#[test]
fn the_document_is_as_its_schema_says_and_the_page_has_it_within() {
    let folder = Folder::new("explain-document");
    let schema = PrintedSchema::of("explain");
    for file in [
        "outputs/coin-flipped-again.toml",
        "at-least-once/global-dies.toml",
        "best-effort/random.toml",
        "lambda/append.toml",
        "chapter/no-dedup.toml",
        "sinks/in-place-pause.toml",
        "re-ack/off-lost-ack.toml",
        "gc/never.toml",
        "ids/same-id-twice.toml",
        "side-effects/put-zombie.toml",
        "windows/three-then-four-recompute.toml",
    ] {
        let path = library(file);
        let page = "page.html";
        let told = ["explain", path.as_str(), "--format", "json", "--html", page];
        let document = folder.onceproof(&told).ends(0).document();
        schema.check(&document, file);
        let page = fs::read_to_string(folder.path().join(page)).expect("a page");
        assert_eq!(document_in(&page), document, "{file}");
        assert!(page.len() < 200_000, "{file}: {} bytes", page.len());
        check(&document, file);
    }
}

/// That all numbers of a document lead to something.
fn check(document: &Value, file: &str) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let length = |key: &str| list(&document[key]).len() as i64;
    let (lanes, subjects, records) = (length("lanes"), length("subjects"), length("records"));
    let runs = list(&document["runs"]);
    for run in &runs {
        let events = &run["events"];
        let all = list(&events["dt"]).len();
        assert!(all > 0, "{file}");
        assert_eq!(events["k"].as_str().map(str::len), Some(all), "{file}");
        for (key, most) in [("l", lanes), ("o", lanes), ("s", subjects)] {
            let column = list(&events[key]);
            assert_eq!(column.len(), all, "{file}: {key}");
            let mut numbers = column.iter().filter_map(Value::as_i64);
            assert!(numbers.all(|number| number < most), "{file}: {key}");
        }
        let causes = list(&events["p"]);
        let mut causes = causes.iter().filter_map(Value::as_u64).enumerate();
        assert!(causes.all(|(at, back)| back as usize <= at), "{file}: a cause that comes later");
    }
    let first = &document["damage"][0];
    assert!(!list(&first["wrong"]).is_empty(), "{file}: nothing is wrong");
    assert!(first["record"].as_i64().is_none_or(|record| record < records), "{file}");
    let pairs = list(&document["pairs"]);
    assert!(pairs.iter().all(|pair| pair[0].is_u64() || pair[1].is_u64()), "{file}");
    if runs.len() == 2 {
        assert!(document["differs"].is_u64() && document["difference"].is_string(), "{file}");
    }
}

#[test]
fn a_picture_and_a_diagram_tell_the_same_story() {
    let folder = Folder::new("explain-picture");
    let path = library("outputs/coin-flipped-again.toml");
    folder.onceproof(&["explain", &path, "--svg", "a.svg"]).ends(0);
    let picture = fs::read_to_string(folder.path().join("a.svg")).expect("a picture");
    for said in ["<svg ", "once too often", "first difference", "without fault 2", "ann/1, 2"] {
        assert!(picture.contains(said), "{said}");
    }
    assert!(!picture.contains("<script"), "{picture}");
    // Every element that is opened is closed.
    for name in ["svg", "g", "text", "defs", "marker", "style", "title"] {
        let opened = picture.matches(&format!("<{name} ")).count()
            + picture.matches(&format!("<{name}>")).count();
        assert_eq!(opened, picture.matches(&format!("</{name}>")).count(), "{name}");
    }

    let told = folder.onceproof(&["explain", &path, "--mermaid"]).ends(0);
    assert!(told.stdout.starts_with("sequenceDiagram\n"), "{told:?}");
    for said in [
        "participant s0 as events/0",
        "s0->>s1: 1.000 ms events/0#35;0.0\n",
        "s0->>s1: 55.000 ms events/0#35;0.0, attempt 2\n",
        "Note over s0,s1: the first difference. ",
        "Note over s1: wrong: events/0#35;0 is in per-side since 2.000 ms",
    ] {
        assert!(told.stdout.contains(said), "{said}\n{}", told.stdout);
    }
    folder.onceproof(&["explain", &path, "--mermaid", "--format", "json"]).ends(2);
}

#[test]
fn a_page_is_written_anew_and_nothing_else_is_lost() {
    let folder = Folder::new("explain-page");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let write = || folder.onceproof(&["explain", "a.toml", "--html", "page.html"]);
    let told = write().ends(0);
    assert!(told.stderr.contains("the page is in page.html"), "{told:?}");
    let page = fs::read_to_string(folder.path().join("page.html")).expect("a page");
    write().ends(0);
    assert_eq!(fs::read_to_string(folder.path().join("page.html")).expect("a page"), page);
    folder.write("page.html", "<p>something else</p>");
    let told = write().ends(2);
    assert!(told.stderr.contains("page.html is there already"), "{told:?}");
    let kept = fs::read_to_string(folder.path().join("page.html")).expect("a text");
    assert_eq!(kept, "<p>something else</p>");
}

/// Runs that take seconds, each of whose events is told.
#[test]
#[cfg(unix)]
fn an_interrupted_run_that_is_traced_ends_soon_and_leaves_nothing_behind() {
    let folder = Folder::new("explain-interrupt");
    let long = "format = 1\nname = \"long\"\nclaim = \"It is long.\"\nexpect = { violates = \"duplicated\" }\n\
                input = { generate = { records = 300000, every = \"1ms\" } }\n\
                until = { events = 1000000000 }\nmechanism = { dedup = \"off\" }\n\
                [[step]]\nname = \"events\"\nkind = \"source\"\n\
                [[step]]\nname = \"count\"\nkind = \"count\"\nwindow = \"1h\"\n\
                [[fault]]\nat = { to = \"count\", record = \"events/0#9\" }\ndo = \"drop-ack\"\n";
    folder.write("a.toml", long);
    for arguments in [
        &["explain", "a.toml", "--html", "page.html"][..],
        &["run", "a.toml", "--perfetto", "a.json"],
        &["run", "a.toml", "--trace", "--record", "events/0#9"],
    ] {
        let told = folder.interrupted(arguments).ends(3);
        assert!(told.stderr.contains("interrupted: "), "{told:?}");
    }
    let names = fs::read_dir(folder.path()).expect("a folder");
    let names: Vec<_> = names.map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names, ["a.toml"]);
}
