//! `compare`: the same input and weather under each strategy.

use super::folder::{Finished, Folder, LOSSY, LOST_ACK, scenario};
use crate::common::schema::PrintedSchema;
use serde_json::{Value, json};
use std::path::Path;

const ALL: [&str; 8] = [
    "dataflow",
    "transactions",
    "snapshot",
    "micro-batch",
    "dataflow-at-least-once",
    "at-least-once",
    "best-effort",
    "lambda",
];

/// The path of a scenario of the library.
fn library(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    path.to_str().expect("a path").to_owned()
}

/// The document of a comparison, without what depends on the clock.
fn timeless(finished: &Finished) -> Value {
    let mut document = finished.document();
    let timing = document.as_object_mut().expect("an object").remove("timing");
    assert!(timing.expect("a timing")["seconds"].is_f64());
    document
}

/// What the document says of a strategy.
#[track_caller]
fn of<'a>(document: &'a Value, strategy: &str) -> &'a Value {
    let all = document["strategies"].as_array().expect("strategies").iter();
    let mut found = all.filter(|one| one["strategy"] == strategy);
    found.next().unwrap_or_else(|| panic!("{strategy} is not in {document}"))
}

/// In so many runs a class was found.
fn class(of: &Value, class: &str) -> u64 {
    of["classes"][class].as_u64().unwrap_or(0)
}

#[test]
fn the_chapter_is_exact_with_ids_alone_and_late_with_them() {
    let folder = Folder::new("compare-chapter");
    let chapter = library("compare/chapter5.toml");
    let arguments = ["compare", &chapter, "--seeds", "0..30", "--format", "json"];
    let document = folder.onceproof(&arguments).ends(0).document();
    let names: Vec<&Value> = document["strategies"]
        .as_array()
        .expect("all")
        .iter()
        .map(|one| &one["strategy"])
        .collect();
    assert_eq!(names, ALL);
    let all = ALL.map(|strategy| of(&document, strategy));
    let [ids, transactions, snapshot, micro_batch, without, acked, best, lambda] = all;
    for one in all {
        assert_eq!((&one["runs"], &one["inconclusive"]), (&json!(30), &json!(0)), "{one}");
        // An empty comparison would say nothing.
        assert_eq!((&one["records"], &one["never_fired"]), (&json!(15_000), &json!([])), "{one}");
        assert!(
            one["crashes"].as_u64() > Some(0) && one["recovery_ms"]["count"].as_u64() > Some(0)
        );
    }
    assert_eq!((&ids["violated"], &ids["classes"]), (&json!(0), &json!({})));
    assert_eq!((&transactions["violated"], &transactions["classes"]), (&json!(0), &json!({})));
    assert_eq!((&snapshot["violated"], &snapshot["classes"]), (&json!(0), &json!({})));
    assert_eq!((&micro_batch["violated"], &micro_batch["classes"]), (&json!(0), &json!({})));
    assert!(class(without, "duplicated") > 0);
    assert_eq!(class(without, "lost"), 0);
    assert_eq!(
        (&without["lost"]["worst"], &without["lost"]["worst_seed"]),
        (&json!(0), &json!(null))
    );
    assert!(class(acked, "duplicated") > 0 && class(acked, "lost") > 0);
    assert!(class(best, "lost") > 0);
    let median = |one: &Value| one["first_seen_ms"]["p50"].as_f64().expect("records were seen");
    assert!(median(acked) <= median(ids) && median(best) <= median(ids));
    assert_eq!(ids["first_seen_ms"]["count"], 15_000);

    // Of Lambda the batch leg is exact, and the speed leg is not, but where nothing goes wrong.
    assert_eq!((&lambda["violated"], &lambda["classes"]), (&json!(0), &json!({})));
    let served = &lambda["served"];
    assert_eq!(served["inconsistency"], json!({ "records": 0.0, "cells": 0.0 }));
    assert_eq!((&served["wrong_cells"], &served["phantom_cells"]), (&json!(0.0), &json!(0)));
    for part in [
        &served["inaccuracy_net"]["max"],
        &served["inaccuracy_gross"]["p50"],
        &served["inaccuracy_total"]["max"],
        &served["differs"]["records"],
        &served["corrections"]["deviation"],
    ] {
        assert!(part.as_f64() > Some(0.01), "{served}");
    }
    // 20 s after the end of a window the log is read, and 10 s later its results land.
    let certain = &served["windows"]["certain_ms"];
    assert!(certain["p50"].as_f64().is_some_and(|p50| (29_990.0..30_001.1).contains(&p50)));
    assert!(median(lambda) <= median(ids));
    for others in [ids, without, acked, best] {
        assert_eq!(others["served"], json!(null));
        assert!(others["complexity"]["stores"].as_u64() < lambda["complexity"]["stores"].as_u64());
    }
}

#[test]
fn of_late_data_the_batch_leg_knows_no_more_than_had_come_and_the_legs_differ() {
    let folder = Folder::new("compare-lambda");
    let late = library("compare/lambda.toml");
    let arguments =
        ["compare", &late, "--strategies", "lambda", "--seeds", "0..20", "--format", "json"];
    let document = folder.onceproof(&arguments).ends(0).document();
    let lambda = of(&document, "lambda");
    assert_eq!((&lambda["violated"], &lambda["runs"]), (&json!(0), &json!(20)));
    let served = &lambda["served"];
    // By the letter: 146 of 1,600 records and 78 of 120 cells; 42 cells that are certain and wrong.
    assert_eq!(served["inconsistency"], json!({ "records": 0.09125, "cells": 0.65 }));
    assert_eq!((&served["wrong_cells"], &served["phantom_cells"]), (&json!(0.35), &json!(280)));
    let windows = &served["windows"];
    assert_eq!((&windows["count"], &windows["never_right"]), (&json!(400), &json!(300)));
    let text = folder.onceproof(&["compare", &late, "--seeds", "0..2"]).ends(0).stdout;
    for title in
        ["inaccuracy", "inconsistency", "unpredictability", "latency of windows", "complexity"]
    {
        assert!(text.contains(&format!("\n{title}\n")), "{title}\n{text}");
    }
    let run = folder.onceproof(&["run", &late, "--seed", "1", "--format", "json"]).ends(0);
    let run = run.document();
    assert_eq!(run["served"]["inconsistency"], served["inconsistency"]);
    assert_eq!(run["served"]["windows"]["count"], 20);
}

#[test]
fn figures_are_those_that_are_worked_out_by_hand() {
    // Three records, 10 ms apart; a message takes 1 ms, a commit 1 ms each way. The end is the global count, of one
    // window, which all three are in.
    let folder = Folder::new("compare-by-hand");
    let small = library("best-effort/small.toml");
    let arguments = ["compare", &small, "--seeds", "0..1", "--format", "json"];
    let document = folder.onceproof(&arguments).ends(0).document();
    assert_eq!(
        (&document["ends"], &document["own_strategy"]),
        (&json!(["global"]), &json!("best-effort"))
    );
    // Each list is of the three records. The histogram has three digits.
    let check = |strategy: &str, first: [f64; 3], last: [f64; 3], work: Value| {
        let one = of(&document, strategy);
        for (key, wanted) in [("first_seen_ms", first), ("final_ms", last)] {
            let found = &one[key];
            let near = |key: &str, wanted: f64| {
                let found = found[key].as_f64().expect("a time");
                assert!((found - wanted).abs() <= wanted / 1000.0, "{strategy}, {key}: {found}");
            };
            assert_eq!(found["count"], 3, "{strategy}");
            near("p50", wanted[1]);
            near("max", wanted[2]);
        }
        assert_eq!(one["work"], work, "{strategy}");
        assert_eq!((&one["crashes"], &one["recovery_ms"]), (&json!(0), &json!(null)));
    };
    // To a bolt, to the next, to the view, to the store: 4 ms. The window changes last with the third record, which
    // comes after 20 ms, so what the first is in changes last 24 ms after it came. Of each record there are ten
    // messages: two tuples and two results that are shown, an ack of each of these, and the first and the last of its
    // tree. Two rows and an offset are written. The spout reads its offset once, when it begins.
    check(
        "at-least-once",
        [4.0, 4.0, 4.0],
        [4.0, 14.0, 24.0],
        json!({ "messages": 30, "answers": 0, "commits": 9, "reads": 1 }),
    );
    // The same, once the spout knows that its offset is committed: 2 ms more. Two tuples and two shows.
    check(
        "best-effort",
        [6.0, 6.0, 6.0],
        [6.0, 16.0, 26.0],
        json!({ "messages": 12, "answers": 0, "commits": 9, "reads": 1 }),
    );
    // The third record is committed at its source (22 ms), sent (23), committed at its count (25) and acked (26). The
    // watermark is infinite (27), and the window is fired (29) and its pane sent (30). That of bob is before it, so it
    // waits for its key (32), is committed (34) and acked (35). The watermark comes (36), and the pane of the global
    // count is in the store after 1 ms: at 37 ms, 17 ms after the third record came.
    let ids = of(&document, "dataflow");
    for key in ["first_seen_ms", "final_ms"] {
        let found = |figure: &str| ids[key][figure].as_f64().expect("a time").round();
        assert_eq!([found("p50"), found("max")], [27.0, 37.0], "{key}");
    }
}

#[test]
fn the_time_to_recover_is_that_from_a_crash_to_the_next_result() {
    let folder = Folder::new("compare-recovery");
    let records =
        "[input]\nrecords = [ { key = \"ann\", at = \"0s\" }, { key = \"ann\", at = \"200ms\" } ]";
    let small = std::fs::read_to_string(library("best-effort/small.toml")).expect("a scenario");
    let (head, rest) = small.split_once("[input]").expect("an input");
    let (_, steps) = rest.split_once("]\n").expect("records");
    let crash = "[[fault]]\nat = { worker = 2, time = \"50ms\" }\ndo = \"crash\"\n";
    folder.write("a.toml", format!("{head}{records}\n{steps}\n{crash}"));
    let arguments = ["compare", "a.toml", "--seeds", "0..1", "--format", "json"];
    let document = folder.onceproof(&arguments).ends(0).document();
    // Worker 2 has the count of ann. It is back after 100 ms, and has nothing to do before the second record. That is
    // shown to the view, and is in the store 3 ms after it was emitted: at 203 ms, or 2 ms later where its offset is
    // committed before.
    for (strategy, wanted) in [("at-least-once", 153.0), ("best-effort", 155.0)] {
        let one = of(&document, strategy);
        assert_eq!(one["crashes"], 1, "{strategy}");
        let found = one["recovery_ms"]["p50"].as_f64().expect("a time").round();
        assert!((found - wanted).abs() < 0.5, "{strategy}: {found}");
        assert_eq!(class(one, "lost"), 1, "{strategy}");
        assert_eq!((&one["lost"]["worst"], &one["lost"]["worst_seed"]), (&json!(1), &json!("0")));
    }
}

#[test]
fn a_document_is_what_the_schema_says() {
    let folder = Folder::new("compare-schema");
    folder.write("lossy.toml", scenario("lossy", "\"exactly-once\"", &[LOSSY, LOST_ACK]));
    folder.write("view.toml", VIEW);
    let schema = PrintedSchema::of("compare");
    let chapter = library("compare/chapter5.toml");
    for file in ["lossy.toml", "view.toml", &chapter] {
        let arguments = ["compare", file, "--seeds", "0..5", "--format", "json"];
        schema.check(&folder.onceproof(&arguments).ends(0).document(), file);
    }
}

#[test]
fn a_comparison_is_the_same_with_any_number_of_threads() {
    let folder = Folder::new("compare-threads");
    let chapter = library("compare/chapter5.toml");
    let compare = |jobs: &str| {
        // Some are begun at a time, and twice as many the next time: these are three times of one thread and two of three.
        let seeds = ["--seeds", "3..40", "--jobs", jobs, "--format", "json"];
        timeless(&folder.onceproof(&[&["compare", &chapter], &seeds[..]].concat()).ends(0))
    };
    let one = compare("1");
    assert_eq!(one["deterministic"], true);
    assert_eq!(compare("3"), one);
}

#[test]
fn a_strategy_has_the_same_runs_as_a_sweep_of_its_file() {
    let folder = Folder::new("compare-sweep");
    let file = library("compare/chapter5.toml");
    let chapter = std::fs::read_to_string(&file).expect("a scenario");
    let seeds = ["--seeds", "0..9", "--format", "json"];
    let compared = folder.onceproof(&[&["compare", &file], &seeds[..]].concat()).ends(0).document();
    for strategy in ALL {
        let text = chapter.replace("\"dataflow\"", &format!("\"{strategy}\""));
        let text = match strategy {
            "dataflow-at-least-once" => text.replace("dedup = \"bloom\"", ""),
            "lambda" => text.replace("lateness = \"5s\"", ""),
            _ => text,
        };
        folder.write("own.toml", text);
        let swept =
            folder.onceproof(&[&["sweep", "own.toml", "--out", strategy], &seeds[..]].concat());
        let (swept, found) = (swept.document(), of(&compared, strategy));
        for key in ["runs", "violated", "classes", "faults", "digest"] {
            assert_eq!(found[key], swept[key], "{strategy}, {key}");
        }
    }
}

/// A pipeline with a step whose name a strategy has for a process of its own.
const VIEW: &str = r#"format = 1
name   = "a step called view"
claim  = "A claim."
expect = "exactly-once"
[input]
records = [ { key = "ann", at = "0s" } ]
[[step]]
name = "events"
kind = "source"
[[step]]
name   = "view"
kind   = "count"
window = "1m"
"#;

#[test]
fn a_strategy_that_cannot_have_the_pipeline_is_named_and_fails_where_it_was_asked_for() {
    let folder = Folder::new("compare-cannot");
    folder.write("view.toml", VIEW);
    let by_default = folder.onceproof(&["compare", "view.toml", "--seeds", "0..2"]).ends(0);
    let why = "best-effort is left out: `view` cannot name a step here";
    assert!(by_default.stdout.contains(why), "{by_default:#?}");
    let asked = ["compare", "view.toml", "--seeds", "0..2", "--strategies", "dataflow,best-effort"];
    let asked = folder.onceproof(&asked).ends(2);
    assert!(asked.stdout.contains(why) && asked.stdout.contains("dataflow  "), "{asked:#?}");
    let alone = folder.onceproof(&["compare", "view.toml", "--strategies", "best-effort"]).ends(2);
    assert!(alone.stderr.contains("view.toml") && alone.stdout.is_empty(), "{alone:#?}");
    folder.onceproof(&["compare", "view.toml", "--seeds", "3..3"]).ends(4);
    let unknown = folder.onceproof(&["compare", "view.toml", "--strategies", "best-efort"]).ends(2);
    assert!(unknown.stderr.contains("did you mean best-effort?"), "{unknown:#?}");
}

#[test]
fn what_a_strategy_does_not_have_is_left_out_and_named() {
    let folder = Folder::new("compare-left-out");
    let bloom = "\n[mechanism]\ndedup = \"bloom\"\n";
    folder.write("a.toml", scenario("lossy", "\"exactly-once\"", &[LOSSY, LOST_ACK, bloom]));
    let text = folder.onceproof(&["compare", "a.toml", "--seeds", "0..20"]).ends(0).stdout;
    let text = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    for line in [
        "best-effort runs without drop-ack: `drop-ack` can do nothing here",
        "at-least-once runs without [[fault]] 1: `drop-ack` can do nothing here",
        "dataflow-at-least-once runs without dedup: it keeps no ids",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("dataflow runs without"), "{text}");
    // In a run it is refused.
    let own = scenario("lossy", "\"exactly-once\"", &[LOSSY]);
    folder.write("own.toml", own.replacen("[input]", "strategy = \"best-effort\"\n[input]", 1));
    let refused = folder.onceproof(&["run", "own.toml"]).ends(2);
    assert!(refused.stderr.contains("`drop-ack` can do nothing here"), "{refused:#?}");
}

#[test]
fn a_kind_that_never_fires_is_a_failure_when_it_is_taken_strictly() {
    let folder = Folder::new("compare-strict");
    let crash = "\n[faults]\ncrash = \"1/1000000\"\n";
    folder.write("a.toml", scenario("calm", "\"exactly-once\"", &[crash]));
    let arguments = ["compare", "a.toml", "--seeds", "0..3"];
    let mild = folder.onceproof(&arguments).ends(0);
    assert!(mild.stdout.contains("warning: dataflow: crash has odds and never fired"), "{mild:#?}");
    folder.onceproof(&[&arguments[..], &["--strict"]].concat()).ends(1);
}

#[test]
fn a_comparison_is_a_table_of_markdown() {
    let folder = Folder::new("compare-markdown");
    let chapter = library("compare/chapter5.toml");
    let arguments = ["compare", &chapter, "--seeds", "0..3", "--format", "markdown"];
    let text = folder.onceproof(&arguments).ends(0).stdout;
    assert!(
        text.starts_with("# chapter 5, to compare strategies\n\n8 strategies, 3 runs each"),
        "{text}"
    );
    assert!(text.contains("\n| dataflow | 3 | 0 | 0.0 % | 0.0 to 56.2 % | 0 |\n"), "{text}");
    let rows =
        text.lines().filter(|line| line.starts_with('|')).map(|row| row.matches(" | ").count());
    assert!(rows.max() == Some(7), "{text}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_comparison_says_how_far_it_came() {
    let folder = Folder::new("compare-interrupt");
    let chapter = library("compare/chapter5.toml");
    let arguments = ["compare", &chapter, "--seeds", "0..1000000", "--format", "json"];
    let document = folder.interrupted(&arguments).ends(3).document();
    let first = of(&document, "dataflow");
    assert!(first["runs"].as_u64() > Some(0) && first["interrupted"] == true, "{first}");
    let last = of(&document, "best-effort");
    assert_eq!((&last["runs"], &last["interrupted"]), (&json!(0), &json!(true)));
    assert_eq!(
        (&last["first_seen_ms"], &last["shares"]["violated"]["interval"]),
        (&json!(null), &json!(null))
    );
}
