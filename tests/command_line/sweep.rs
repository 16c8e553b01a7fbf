//! `sweep`, and the failures that it saves.

use super::folder::{
    DUPLICATED, EXACTLY_ONCE, Finished, Folder, LOSSY, LOST_ACK, NEVER, NO_DEDUP, scenario,
};
use serde_json::{Value, json};
use std::fs;

/// The document of a sweep, without what depends on the clock.
fn timeless(finished: &Finished) -> Value {
    let mut document = finished.document();
    let timing = document.as_object_mut().expect("an object").remove("timing");
    assert!(timing.expect("a timing")["runs_per_second"].is_u64());
    document
}

#[test]
fn a_sweep_is_the_same_with_any_number_of_threads() {
    let folder = Folder::new("sweep-threads");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    folder.write("b.toml", scenario("no dedup", DUPLICATED, &[LOSSY, NO_DEDUP]));
    let sweep = |file: &str, jobs: &str, code: i32| {
        let arguments = [
            "sweep",
            file,
            "--seeds",
            "3..150",
            "--jobs",
            jobs,
            "--format",
            "json",
            "--max-fail",
            "9",
        ];
        timeless(&folder.onceproof(&arguments).ends(code))
    };
    let one = sweep("a.toml", "1", 0);
    assert_eq!(one["schema"], "onceproof.sweep/1");
    assert_eq!(one["runs"], 147);
    assert_eq!(one["violated"], 0);
    assert_eq!(one["inconclusive"], 0);
    assert_eq!(one["classes"], json!({}));
    assert_eq!(one["first_failing_seed"], json!(null));
    assert_eq!(one["failing_seeds"], json!([]));
    assert!(one["faults"]["drop-ack"].as_u64() > Some(0), "{one}");
    assert!(one["events"].as_u64() > Some(0), "{one}");
    assert_eq!(one["digest"].as_str().map(str::len), Some(32));
    assert_eq!(one["interrupted"], false);
    assert_eq!(sweep("a.toml", "4", 0), one);
    // The first saves a failure, which the others replay.
    sweep("b.toml", "2", 1);
    assert_eq!(sweep("b.toml", "4", 1), sweep("b.toml", "1", 1));
}

#[test]
fn the_first_failure_is_saved_and_replays() {
    let folder = Folder::new("sweep-save");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOSSY, NO_DEDUP]));
    let sweep = folder.onceproof(&["sweep", "a.toml", "--seeds", "0..50"]).ends(1);
    let replay = sweep.last_line().strip_prefix("onceproof replay ").expect("a replay").to_owned();
    assert!(replay.starts_with("onceproof-regressions/a-duplicated-seed-"), "{replay}");
    let saved = fs::read_to_string(folder.path().join(&replay)).expect("the saved file");
    assert!(!saved.contains("[faults]"), "{saved}");
    let again = folder.onceproof(&["replay", &replay]).ends(1);
    assert!(again.stdout.contains("violated: duplicated"), "{again:?}");
    // What was saved is not swept when the folder is.
    let all = folder.onceproof(&["check", "."]).ends(0);
    assert_eq!(all.stdout.lines().count(), 1, "{all:?}");
}

#[test]
fn a_limit_on_failures_ends_a_sweep_with_the_seed_that_reaches_it() {
    let folder = Folder::new("sweep-limit");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOSSY, NO_DEDUP]));
    let sweep = |limit: &str| {
        let limited = ["sweep", "a.toml", "--max-fail", limit, "--out", "o", "--format", "json"];
        folder.onceproof(&limited).ends(1).document()
    };
    let third = sweep("3");
    let seeds: Vec<u64> = third["failing_seeds"]
        .as_array()
        .expect("seeds")
        .iter()
        .map(|seed| seed.as_str().expect("a text").parse().expect("a number"))
        .collect();
    assert_eq!(third["violated"], 3);
    assert_eq!(seeds.len(), 3);
    assert!(seeds.is_sorted());
    assert_eq!(third["runs"], seeds[2] + 1);
    assert_eq!(third["stopped_early"], true);
    assert_eq!(third["first_failing_seed"], seeds[0].to_string());
    let first = sweep("1");
    assert_eq!(first["runs"], seeds[0] + 1);
    assert!(folder.path().join(format!("o/a-duplicated-seed-{}.toml", seeds[0])).is_file());
}

#[test]
fn several_scenarios_have_a_report_each() {
    let folder = Folder::new("sweep-several");
    folder.write("s/a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    folder.write("s/deep/b.toml", scenario("no dedup", DUPLICATED, &[LOSSY, NO_DEDUP]));
    folder.write("s/notes.txt", "no scenario");
    let text = folder.onceproof(&["sweep", "s", "--seeds", "0..30"]).ends(1);
    assert_eq!(
        text.last_line(),
        "2 scenarios, 60 runs: 1 exactly-once, 1 violated, 0 inconclusive"
    );
    let json = ["sweep", "s", "--seeds", "0..30", "--format", "json"];
    let document = folder.onceproof(&json).ends(1).document();
    assert_eq!(document["schema"], "onceproof.sweeps/1");
    assert_eq!(document["sweeps"][0]["scenario"], "lossy");
    assert_eq!(document["sweeps"][1]["scenario"], "no dedup");
}

#[test]
fn a_clean_sweep_says_which_rate_it_excludes() {
    let folder = Folder::new("sweep-rate");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let sweep = folder.onceproof(&["sweep", "a.toml", "--seeds", "0..200"]).ends(0);
    assert!(
        sweep.stdout.contains("exactly-once for 3 records in each of 200 runs, seeds 0..200\n"),
        "{sweep:?}"
    );
    assert!(sweep.stdout.contains("fewer than 3 in 200 seeds"), "{sweep:?}");
    assert!(!folder.path().join("onceproof-regressions").exists());
}

#[test]
fn a_sweep_in_which_seeds_change_nothing_is_one_run_and_bounds_nothing() {
    let folder = Folder::new("sweep-one");
    let sweep = |tables: &[&str], code: i32, said: &str, drawn: Value, rate: Value| {
        folder.write("a.toml", scenario("n", EXACTLY_ONCE, tables));
        let arguments = ["sweep", "a.toml", "--seeds", "0..100", "--out", "o"];
        let text = folder.onceproof(&arguments).ends(code).stdout;
        assert!(text.contains(said), "{text}");
        assert_eq!(text.contains("confidence"), !rate.is_null(), "{text}");
        let json = [&arguments[..], &["--format", "json"]].concat();
        let document = folder.onceproof(&json).ends(code).document();
        assert_eq!((&document["seeds_draw"], &document["rate_below"]), (&drawn, &rate));
    };
    let one = "seeds change nothing here, so this is one run, 100 times\n";
    sweep(&[LOST_ACK], 0, one, json!([]), Value::Null);
    sweep(&[LOST_ACK, NO_DEDUP], 1, one, json!([]), Value::Null);
    let slow = "\n[network]\nlatency = { min = \"1ms\", max = \"9ms\" }\n";
    let said = "3 in 100 seeds go wrong\nseeds draw latency, and no fault\n";
    sweep(&[slow], 0, said, json!(["latency"]), json!("3 in 100"));
    let said = "seeds draw latency, faults\n";
    sweep(&[slow, LOSSY], 0, said, json!(["latency", "faults"]), json!("3 in 100"));
}

#[test]
fn a_kind_that_never_fires_is_told_and_strictly_a_failure() {
    let folder = Folder::new("sweep-never");
    let rare = "\n[faults]\ndrop-ack = \"1/2\"\ncrash = \"1/1000000000000\"\n";
    folder.write("a.toml", scenario("rare", EXACTLY_ONCE, &[rare]));
    folder.write("b.toml", scenario("never", EXACTLY_ONCE, &[NEVER]));
    let sweep = folder.onceproof(&["sweep", "a.toml", "--seeds", "0..20"]).ends(0);
    assert!(sweep.stdout.contains("warning: crash has odds and never fired"), "{sweep:?}");
    folder.onceproof(&["sweep", "a.toml", "--seeds", "0..20", "--strict"]).ends(1);
    let json = ["sweep", "a.toml", "--seeds", "0..20", "--format", "json"];
    let document = folder.onceproof(&json).ends(0).document();
    assert_eq!(document["never_fired"], json!(["crash"]));
    folder.onceproof(&["sweep", "b.toml", "--seeds", "0..2"]).ends(0);
    folder.onceproof(&["sweep", "b.toml", "--seeds", "0..2", "--strict"]).ends(1);
}

#[test]
fn a_failure_that_cannot_be_saved_is_an_error_that_names_the_folder() {
    let folder = Folder::new("sweep-unwritable");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    folder.write("file", "not a folder");
    let out = ["sweep", "a.toml", "--seeds", "0..4", "--out", "file/failures"];
    let sweep = folder.onceproof(&out).ends(6);
    assert!(sweep.stderr.contains("file/failures"), "{sweep:?}");
    assert!(sweep.stdout.contains("violated"), "{sweep:?}");
    assert_eq!(sweep.last_line(), "onceproof run a.toml --seed 0");
}

#[test]
fn without_seeds_nothing_is_selected() {
    let folder = Folder::new("sweep-empty");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let sweep = folder.onceproof(&["sweep", "a.toml", "--seeds", "5..5"]).ends(4);
    assert!(sweep.stderr.contains("no seeds"), "{sweep:?}");
    assert_eq!(sweep.stdout, "");
}

#[test]
#[cfg(unix)]
fn an_interrupted_sweep_reports_what_it_has() {
    let folder = Folder::new("sweep-interrupt");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let arguments = ["sweep", "a.toml", "--seeds", "0..1000000000000", "--format", "json"];
    let sweep = folder.interrupted(&arguments).ends(0);
    let document = sweep.document();
    assert_eq!(document["interrupted"], true);
    assert!(document["runs"].as_u64() > Some(0), "{document}");
    assert_eq!(document["violated"], 0);
}

/// The one run of this sweep would take seconds more, and ends as a run of its own would have: exactly-once.
#[test]
#[cfg(unix)]
fn an_interrupted_sweep_gives_up_the_run_that_is_under_way() {
    let folder = Folder::new("sweep-interrupt-run");
    let long = "format = 1\nname = \"long\"\nclaim = \"It is long.\"\nexpect = \"exactly-once\"\n\
                input = { generate = { records = 3000000, every = \"1ms\" } }\n\
                until = { events = 1000000000 }\n\
                [[step]]\nname = \"events\"\nkind = \"source\"\n\
                [[step]]\nname = \"count\"\nkind = \"count\"\nwindow = \"1h\"\n";
    folder.write("a.toml", long);
    let arguments = ["sweep", "a.toml", "--seeds", "0..1", "--format", "json"];
    let document = folder.interrupted(&arguments).ends(3).document();
    assert_eq!((&document["interrupted"], &document["runs"]), (&json!(true), &json!(0)));
}

/// A saved failure says by its name whose it is. Another file of that name would be blamed for it, or cleared of it.
#[test]
fn two_scenarios_with_the_name_of_a_saved_failure_are_refused() {
    let folder = Folder::new("sweep-names");
    folder.write("a.toml", scenario("a count", DUPLICATED, &[LOSSY, NO_DEDUP]));
    folder.onceproof(&["sweep", "a.toml", "--seeds", "0..50"]).ends(1);
    folder.write("b.toml", scenario("a count", EXACTLY_ONCE, &[LOSSY]));
    for command in
        [&["sweep", "a.toml", "b.toml", "--seeds", "0..2"][..], &["test", "a.toml", "b.toml"]]
    {
        let refused = folder.onceproof(command).ends(2);
        assert!(
            refused.stderr.contains("a.toml and b.toml are both called \"a count\""),
            "{refused:?}"
        );
    }
    folder.write("b.toml", scenario("another count", EXACTLY_ONCE, &[LOSSY]));
    folder.onceproof(&["test", "a.toml", "b.toml"]).ends(0);
}

#[test]
fn saved_failures_are_replayed_first_with_the_scenario_as_it_is_now() {
    let folder = Folder::new("sweep-regressions");
    folder.write("a.toml", scenario("a count", EXACTLY_ONCE, &[LOSSY, NO_DEDUP]));
    let sweep = ["sweep", "a.toml", "--seeds", "0..50"];
    folder.onceproof(&sweep).ends(1);
    // Broken as it was: the first of the tests that fail is the one that failed before.
    let test = folder.onceproof(&["test", "a.toml"]).ends(1);
    assert!(test.stdout.contains("the regression onceproof-regressions/a-duplicated"), "{test:?}");
    // Mended: the schedule that broke it does not any more.
    folder.write("a.toml", scenario("a count", EXACTLY_ONCE, &[LOSSY]));
    let swept = folder.onceproof(&sweep).ends(0);
    assert!(swept.stdout.contains("1 regression replayed\n"), "{swept:?}");
    folder.onceproof(&["test", "a.toml"]).ends(0);
    // A step that is gone takes the place of the fault with it.
    let renamed = scenario("a count", EXACTLY_ONCE, &[LOSSY]).replace("per-user", "by-user");
    folder.write("a.toml", renamed);
    let stale = folder.onceproof(&sweep).ends(2);
    assert!(stale.stdout.contains("-seed-") && stale.stdout.contains("is stale"), "{stale:?}");
    assert!(stale.stdout.contains("per-user"), "{stale:?}");
    folder.onceproof(&["test", "a.toml"]).ends(1);
}

#[test]
fn what_has_odds_is_no_saved_failure() {
    let folder = Folder::new("sweep-odds-saved");
    folder.write("a.toml", scenario("a count", EXACTLY_ONCE, &[]));
    // Without a seed it would run as if no ack were lost, and hold.
    folder.write("saved/a.toml", scenario("a count", DUPLICATED, &[LOSSY, NO_DEDUP]));
    let sweep = ["sweep", "a.toml", "--seeds", "0..2", "--out", "saved"];
    let sweep = folder.onceproof(&sweep).ends(2);
    assert!(sweep.stdout.contains("saved/a.toml is stale: it has odds in [faults]"), "{sweep:?}");
}

#[test]
fn a_swarm_prints_the_weather_of_its_first_failure_and_it_can_be_pinned() {
    let folder = Folder::new("sweep-swarm");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOSSY, NO_DEDUP]));
    let sweep = ["sweep", "a.toml", "--seeds", "0..200", "--swarm", "--format", "json"];
    let document = folder.onceproof(&sweep).ends(1).document();
    let seed = document["first_failing_seed"].as_str().expect("a seed").to_owned();
    let weather = document["weather"].as_str().expect("a weather");
    assert!(weather.contains("[faults]"), "{weather}");
    // The seed in its weather, and the weather in a file of its own, are the same run.
    let run = |arguments: &[&str]| {
        let mut all = vec!["run", "--format", "json", "--seed", &seed];
        all.extend(arguments);
        folder.onceproof(&all).ends(1).document()["fingerprint"].clone()
    };
    folder.write("pinned.toml", weather);
    assert_eq!(run(&["pinned.toml"]), run(&["a.toml", "--swarm"]));
    assert_eq!(run(&["pinned.toml"]), document["first_failure"]["fingerprint"]);
    // Any number of threads gives the same digest.
    folder.write("b.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let digest = |jobs: &str| {
        let sweep =
            ["sweep", "b.toml", "--seeds", "0..60", "--swarm", "--jobs", jobs, "--format", "json"];
        folder.onceproof(&sweep).ends(0).document()["digest"].clone()
    };
    assert_eq!(digest("1"), digest("3"));
}

/// Each seed is a run of `run`, so its figures are among those of the sweep; the runs of one seed are 0, 64, and so on.
#[test]
fn the_document_of_a_sweep_has_the_work_and_the_latency_of_its_runs() {
    let folder = Folder::new("sweep-work");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let json = ["--format", "json"];
    let sweep = [&["sweep", "a.toml", "--seeds", "0..5"][..], &json].concat();
    let sweep = folder.onceproof(&sweep).ends(0).document();
    let run = |seed: u64| {
        let seed = seed.to_string();
        let run = [&["run", "a.toml", "--seed", &seed][..], &json].concat();
        folder.onceproof(&run).ends(0).document()
    };
    let runs: Vec<Value> = (0..5).map(run).collect();
    let of_run = runs[0]["work"].as_object().expect("figures");
    assert!(of_run.len() > 10);
    for name in of_run.keys() {
        let counts: Vec<u64> =
            runs.iter().map(|run| run["work"][name].as_u64().expect("a count")).collect();
        let found = &sweep["work"][name];
        let sum = match name.starts_with("ids_held") {
            true => Value::Null,
            false => counts.iter().sum::<u64>().into(),
        };
        assert_eq!(found["sum"], sum, "{name}");
        assert_eq!(found["least"], *counts.iter().min().expect("runs"), "{name}");
        assert_eq!(found["most"], *counts.iter().max().expect("runs"), "{name}");
    }
    // Of these seeds the first alone is run again in detail.
    let latency = &sweep["latency_ms"];
    assert_eq!(latency["runs"], 1);
    for percentile in ["p50", "p99", "max"] {
        let of = &runs[0]["latency_ms"][percentile];
        assert_eq!((&latency[percentile]["least"], &latency[percentile]["most"]), (of, of));
    }
}
