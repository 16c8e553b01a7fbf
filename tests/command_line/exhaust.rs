//! `exhaust`: certificates, causes, and what is missing.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOST_ACK, NO_DEDUP, scenario};
use serde_json::{Value, json};
use std::fs;

/// The document without what depends on the clock.
pub fn timeless(mut document: Value) -> Value {
    let timing = document.as_object_mut().expect("an object").remove("timing");
    assert!(timing.expect("a timing")["seconds"].is_f64());
    document
}

#[test]
fn a_search_without_a_find_is_a_certificate() {
    let folder = Folder::new("exhaust-certificate");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let arguments = ["exhaust", "a.toml", "--faults", "2", "--kinds", "drop-ack,crash"];
    let search = |jobs: &str| {
        let more = ["--jobs", jobs, "--format", "json"];
        timeless(folder.onceproof(&[&arguments[..], &more].concat()).ends(0).document())
    };
    let document = search("1");
    assert_eq!(document["schema"], "onceproof.exhaust/1");
    assert_eq!(document["certificate"], "no schedule of at most 2 of these faults breaks it");
    assert_eq!(document["complete"], true);
    assert_eq!(document["violated"], 0);
    assert_eq!(document["causes"], json!([]));
    assert_eq!(document["kinds"], json!(["drop-ack", { "crash": { "restart": "50ms" } }]));
    assert_eq!((&document["faults_left_out"], &document["format"]), (&json!(1), &json!(1)));
    let left_out = document["left_out"].as_array().expect("a list");
    let says =
        |words: &str| left_out.iter().any(|line| line.as_str().unwrap_or("").contains(words));
    assert!(says("1 fault of the file") && says("other kinds: drop-request, duplicate"));
    assert!(says("other parameters") && says("more than 2 faults"), "{left_out:?}");
    // A hash of 64 bits of all sources.
    let engine = document["engine"].as_str().expect("a text");
    let (name, hash) = engine.split_once(" (sources ").expect("a hash");
    assert_eq!((name, hash.len()), (concat!("onceproof ", env!("CARGO_PKG_VERSION")), 17));
    assert!(folder.onceproof(&["--version"]).ends(0).stdout.contains(hash));
    let levels = document["levels"].as_array().expect("levels");
    let runs: u64 = levels.iter().filter_map(|level| level["runs"].as_u64()).sum();
    assert_eq!((levels.len(), document["runs"].as_u64()), (3, Some(runs)));
    assert!(document["needless"]["same-crash"].as_u64() > Some(0));
    assert_eq!(document["replay"], Value::Null);
    assert_eq!(document["fingerprint"].as_str().map(str::len), Some(32));
    assert_eq!(search("3"), document);

    let text = folder.onceproof(&arguments).ends(0);
    assert!(text.stdout.contains("certified: no schedule of at most 2"), "{text:?}");
    assert!(text.stdout.contains("left out  1 fault of the file: "), "{text:?}");
    assert!(text.stdout.contains("\nkinds     drop-ack, crash (restart 50ms)\n"), "{text:?}");
    assert!(!folder.path().join("onceproof-failures").exists());
}

#[test]
fn a_kind_without_a_place_is_told_with_why_there_is_none() {
    let folder = Folder::new("exhaust-nowhere");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[]));
    let text = folder.onceproof(&["exhaust", "a.toml", "--faults", "1"]).ends(0);
    let told = text.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for why in [
        "user-fails has no place in any schedule: there is no map",
        "redeliver has no place in any schedule: no source reads a `queue` that it acks after a commit",
        "call-unknown has no place in any schedule: no step calls an external service",
    ] {
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_search_ends_where_its_budget_does() {
    let folder = Folder::new("exhaust-budget");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[]));
    let arguments = ["exhaust", "a.toml", "--faults", "3", "--jobs", "1", "--runs", "200"];
    let text = folder.onceproof(&arguments).ends(3);
    let ended = "inconclusive: nothing found\n\
                 schedules of at most 3 faults: the budget of 200 runs ended it among those of 1\n\
                 fault\n";
    assert!(text.stdout.contains(ended), "{text:?}");
    // A kind of which no place was met yet may have one.
    assert!(!text.stdout.contains("has no place"), "{text:?}");
    let json = folder.onceproof(&[&arguments[..], &["--format", "json"]].concat()).ends(3);
    let document = json.document();
    assert_eq!(document["spent"], "the budget of 200 runs");
    assert_eq!((&document["interrupted"], &document["complete"]), (&json!(true), &json!(false)));
    assert!(document["runs"].as_u64() <= Some(200), "{document}");
    // One that is large enough changes nothing.
    let small = ["exhaust", "a.toml", "--faults", "1", "--runs", "100000", "--time", "1h"];
    assert!(folder.onceproof(&small).ends(0).stdout.contains("certified"));
    for bad in [["--runs", "0"], ["--time", "0s"], ["--time", "5"], ["--time", "soon"]] {
        folder.onceproof(&[&small[..4], &bad].concat()).ends(2);
    }
}

/// The search would take years.
#[test]
fn a_search_that_takes_long_says_so_beforehand_and_ends_in_time() {
    let folder = Folder::new("exhaust-time");
    let generate = "[input]\ngenerate = { records = 1000, users = 100, every = \"10ms\" }\n";
    let long = scenario("many", EXACTLY_ONCE, &[]);
    let (head, tail) =
        (long.find("[input]").expect("input"), long.find("\n[[step]]").expect("steps"));
    folder.write("a.toml", format!("{}{generate}{}", &long[..head], &long[tail..]));
    let text = folder.onceproof(&["exhaust", "a.toml", "--faults", "2", "--time", "1s"]).ends(3);
    assert!(text.stdout.contains("the budget of time ended it among those of"), "{text:?}");
    assert!(text.stderr.contains("places for a fault: about "), "{text:?}");
}

#[test]
fn the_causes_are_told_and_the_smallest_is_saved_and_replays() {
    let folder = Folder::new("exhaust-causes");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[NO_DEDUP]));
    let arguments = ["exhaust", "a.toml", "--faults", "1", "--kinds", "drop-ack"];
    let text = folder.onceproof(&arguments).ends(1);
    assert!(
        text.stdout.contains("  drop-ack: duplicated; 3 smallest schedules, explaining 3\n"),
        "{text:?}"
    );
    let replay: Vec<&str> = text.last_line().split(' ').skip(1).collect();
    assert_eq!(replay.first(), Some(&"replay"), "{text:?}");
    folder.onceproof(&replay).ends(1);

    let json = folder.onceproof(&[&arguments[..], &["--format", "json"]].concat()).ends(1);
    let document = timeless(json.document());
    let causes = document["causes"].as_array().expect("causes");
    // One lost ack for each of the three records.
    assert_eq!(causes.len(), 3, "{document:#}");
    for cause in causes {
        assert_eq!((&cause["class"], &cause["runs"]), (&json!("duplicated"), &json!(1)));
        assert_eq!(cause["faults"].as_array().map(Vec::len), Some(1));
        assert_eq!(cause["schedule"][0]["do"], "drop-ack");
    }
    assert_eq!(document["violated"], 3);
    assert_eq!(document["certificate"], Value::Null);
}

#[test]
fn what_is_done_is_kept_in_a_file() {
    let folder = Folder::new("exhaust-resume");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[]));
    let search = |more: &[&str]| {
        let first =
            ["exhaust", "a.toml", "--faults", "1", "--resume", "r.json", "--format", "json"];
        folder.onceproof(&[&first[..], more].concat())
    };
    let first = timeless(search(&[]).ends(0).document());
    let kept = fs::read_to_string(folder.path().join("r.json")).expect("a file");
    assert_eq!(timeless(search(&[]).ends(0).document()), first);
    assert_eq!(fs::read_to_string(folder.path().join("r.json")).expect("a file"), kept);
    let other = search(&["--kinds", "crash"]).ends(2);
    assert!(other.stderr.contains("another search"), "{other:?}");
    folder.write("r.json", "no JSON");
    search(&[]).ends(2);
}

#[test]
fn a_run_that_hits_the_limit_of_events_makes_a_search_inconclusive() {
    let folder = Folder::new("exhaust-limit");
    let until = "\n[until]\nevents = 10\n";
    folder.write("a.toml", scenario("too short", EXACTLY_ONCE, &[until]));
    let text = folder.onceproof(&["exhaust", "a.toml", "--faults", "0"]).ends(3);
    assert!(text.stdout.contains("inconclusive: nothing found"), "{text:?}");
}

#[test]
fn a_kind_that_does_not_exist_is_bad_usage() {
    let folder = Folder::new("exhaust-usage");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[]));
    let check = |arguments: &[&str]| {
        let finished = folder.onceproof(arguments).ends(2);
        assert_eq!(finished.stdout, "");
        finished.stderr
    };
    check(&["exhaust", "a.toml"]);
    check(&["exhaust", "a.toml", "--faults", "-1"]);
    check(&["exhaust", "a.toml", "--faults", "10"]);
    let why = check(&["exhaust", "a.toml", "--faults", "1", "--kinds", "drop-ack,fire"]);
    assert!(why.contains("fire") && why.contains("drop-request"), "{why}");
}

/// The longest wait of the plan is that of a retry, 1 s. Two crashes of 50 ms, with a wait before and after each, keep
/// nothing back for more than 3 × 1 s + 2 × 50 ms.
#[test]
fn a_memory_that_no_faults_of_the_search_outlast_is_said_to_be_untried() {
    const SINK: &str = "[[step]]\nname = \"table\"\nkind = \"sink\"\nwrite = { insert-id = { window = \"1m\" } }\n";
    let folder = Folder::new("exhaust-untried");
    let untried = |tables: &[&str], more: &[&str]| -> Vec<String> {
        folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, tables));
        let arguments = ["exhaust", "a.toml", "--faults", "2", "--kinds", "drop-ack,crash"];
        let finished = folder.onceproof(&[&arguments[..], more].concat());
        let lines = finished.stdout.split("warning: ").skip(1);
        lines.map(|told| told.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    let window = |length: &str| format!("\n[mechanism]\ndedup = {{ window = \"{length}\" }}\n");
    let restart = "\n[faults]\ncrash = { odds = \"1/100\", restart = \"20m\" }\n";

    assert_eq!(untried(&[&window("3100ms")], &[]), [""; 0]);
    let told = untried(&[&window("3101ms")], &[]);
    let [told] = &told[..] else { panic!("{told:?}") };
    assert!(
        told.starts_with(
            "ids at per-user are kept for 3101ms, and 2 faults of these keep nothing back for more than 3100ms: \
             whether that is long enough was not tried; with crash = { odds = \"1/100\", restart = \"6202ms\" } in \
             [faults] it is"
        ),
        "{told}"
    );
    let told = untried(&[SINK], &[]);
    assert!(
        told.len() == 1 && told[0].starts_with("insert ids at table are kept for 60s,"),
        "{told:?}"
    );
    // What it says helps.
    for tables in [&[&window("10m"), restart][..], &[SINK, restart]] {
        assert_eq!(untried(tables, &[]), [""; 0]);
    }

    // Of a sweep there may be more than ten faults in a row, but hardly: 11 waits of 1 s, and ten restarts.
    let swept = |length: &str, restart: &str| {
        let faults =
            format!("\n[faults]\ncrash = {{ odds = \"1/100\", restart = \"{restart}\" }}\n");
        folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[&window(length), &faults]));
        folder
            .onceproof(&["sweep", "a.toml", "--seeds", "0..20", "--format", "json"])
            .ends(0)
            .document()
    };
    let expected = json!([
        { "memory": "ids", "steps": ["per-user"], "kept_ms": 600_000.0, "kept_back_ms": 11_500.0 }
    ]);
    assert_eq!(swept("10m", "50ms")["untried"], expected);
    assert_eq!(swept("11500ms", "50ms")["untried"], json!([]));
    assert_eq!(swept("10m", "20m")["untried"], json!([]));
    let text = folder.onceproof(&[
        "sweep",
        "a.toml",
        "--seeds",
        "0..20",
        "--mechanism",
        "dedup = { window = \"5h\" }",
    ]);
    let text = text.ends(0).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("10 faults of these in a row keep nothing back for more than"), "{text}");

    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[&window("10m")]));
    let arguments = ["exhaust", "a.toml", "--faults", "1", "--kinds", "crash", "--format", "json"];
    let document = folder.onceproof(&arguments).ends(0).document();
    let expected = json!([{ "memory": "ids", "steps": ["per-user"], "kept_ms": 600_000.0, "kept_back_ms": 2050.0 }]);
    assert_eq!(document["untried"], expected);
}
