//! `tune`: keys of a scenario with several values.

use super::folder::{EXACTLY_ONCE, Folder, LOSSY, scenario};
use serde_json::{Value, json};
use std::path::Path;

/// The path of a study.
fn study(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/studies").join(file);
    path.to_str().expect("a path").to_owned()
}

/// What came of each value, under these seeds or those of the file.
#[track_caller]
fn tuned(file: &str, more: &[&str]) -> Value {
    let folder = Folder::new(&format!("tune-{file}"));
    let path = study(file);
    let arguments = [&["tune", &path, "--format", "json"], more].concat();
    let document = folder.onceproof(&arguments).ends(0).document();
    assert_eq!(document["deterministic"], json!(true));
    document
}

/// A figure of each variation.
fn each<'a>(document: &'a Value, pointer: &str) -> Vec<&'a Value> {
    let all = document["variations"].as_array().expect("variations").iter();
    all.map(|one| one.pointer(pointer).expect("a figure")).collect()
}

fn numbers(document: &Value, pointer: &str) -> Vec<f64> {
    each(document, pointer).into_iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// In the mean 20/4, 20/8, 20/16 and 20/32 records of a run are duplicated, and none where the window is longer than 15
/// minutes: the file has the calculation. The mean of 200 runs is off by less than a sixth, but for the rarest.
#[test]
fn the_dedup_window_has_its_knee_where_the_longest_wait_is() {
    let found = tuned("dedup-window.toml", &[]);
    let duplicated = numbers(&found, "/duplicated/mean");
    for (mean, expected) in duplicated.iter().zip([5.0, 2.5, 1.25]) {
        assert!((mean - expected).abs() < expected / 6.0, "{mean} for {expected}");
    }
    assert!(duplicated[3] > 0.4 && duplicated[3] < 0.85, "{duplicated:?}");
    assert_eq!(duplicated[4..], [0.0, 0.0]);
    let is_duplicated = |classes: &Value| classes["duplicated"].as_u64() > Some(0);
    let classes: Vec<bool> = each(&found, "/classes").into_iter().map(is_duplicated).collect();
    assert_eq!(classes, [true, true, true, true, false, false]);
    let enough = found["enough"].as_str().expect("a sentence");
    assert!(enough.contains("16m is enough") && enough.contains("With 14m"), "{enough}");
}

/// The file has the odds of a filter that says "maybe", and their means over the ids of a bucket.
#[test]
fn a_bloom_bucket_that_is_too_long_costs_the_reads_that_its_formula_says() {
    let found = tuned("bloom-buckets.toml", &[]);
    let maybes = each(&found, "/sum/bloom_false_positives").into_iter();
    let maybes =
        maybes.map(|sum| sum.as_str().and_then(|sum| sum.parse::<f64>().ok()).expect("a number"));
    for (maybes, expected) in maybes.zip([0.0, 0.0, 0.0027, 0.0238, 0.2732, 0.5727]) {
        // As many as are 4 standard deviations of so many coins, and one.
        let of = 7_200.0 * expected;
        assert!((maybes - of).abs() <= 4.0 * f64::sqrt(of) + 1.0, "{maybes} for {of}");
    }
}

/// The file has the mean number of users in a bundle. Without lifting each record is a message; one in a thousand is sent
/// again. A bundle that is cut short costs more for each of its records: less than a fifteenth in all.
#[test]
fn lifting_saves_what_the_users_of_a_bundle_have_in_common() {
    let found = tuned("lift-and-skew.toml", &[]);
    let messages = numbers(&found, "/per_record/messages");
    for (messages, expected) in messages.iter().zip([1.0, 1.0, 1.0, 0.9105, 0.6935, 0.2808]) {
        assert!((messages - expected).abs() < expected / 15.0, "{messages} for {expected}");
    }
}

/// As many as two columns of the input say, without any system.
#[test]
fn a_batch_leaves_out_what_comes_after_its_cut_off() {
    let found = tuned("lambda-cut-off.toml", &[]);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/data/late_clicks.csv");
    let mut rows = csv::Reader::from_path(data).expect("a table");
    let times: Vec<(u64, u64)> = rows
        .records()
        .map(|row| row.expect("a row"))
        .map(|row| (row[1].parse().expect("a time"), row[2].parse().expect("a time")))
        .collect();
    let late = |cut_off: u64| {
        let is_late = |&&(event, arrival): &&(u64, u64)| {
            arrival > (event / 10_000 + 1) * 10_000 + cut_off * 1_000
        };
        times.iter().filter(is_late).count() as f64
    };
    let expected = [1, 5, 10, 20, 40, 70].map(late);
    assert_eq!(expected[0], 42.0);
    assert_eq!(numbers(&found, "/late/mean"), expected);
    // A batch that reads 10 s later is certain 10 s later.
    let latest = numbers(&found, "/final_ms/p99");
    assert!((latest[3] - latest[2] - 10_000.0).abs() < 100.0, "{latest:?}");
}

/// An interval and five minutes: the file has the calculation.
#[test]
fn a_transaction_must_be_open_for_an_interval_and_an_outage() {
    let found = tuned("transaction-timeout.toml", &[]);
    let lost = numbers(&found, "/lost/mean");
    let expected = [3.0, 0.0, 0.0, 0.0, 6.0, 6.0, 0.0, 0.0, 12.0, 12.0, 12.0, 0.0];
    assert_eq!(lost, expected);
}

#[test]
fn the_figures_are_the_same_on_any_number_of_threads_and_as_a_table() {
    let folder = Folder::new("tune-threads");
    let path = study("dedup-window.toml");
    let run = |jobs: &str, csv: &str| {
        let arguments =
            ["tune", &path, "--seeds", "0..20", "--jobs", jobs, "--csv", csv, "--format", "json"];
        let mut document = folder.onceproof(&arguments).ends(0).document();
        document.as_object_mut().expect("an object").remove("timing");
        (document, std::fs::read_to_string(folder.path().join(csv)).expect("a table"))
    };
    let (document, csv) = run("1", "one.csv");
    assert_eq!((document.clone(), csv.clone()), run("3", "three.csv"));
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let heads = rows.headers().expect("heads").clone();
    assert_eq!(
        (&heads[0], &heads[1], &heads[2]),
        ("variation", "mechanism.dedup.window.length", "runs")
    );
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let at = heads.iter().position(|head| head == "violated").expect("a column");
    let violated: Vec<&str> = rows.iter().map(|row| &row[at]).collect();
    let expected: Vec<String> =
        each(&document, "/violated").iter().map(|count| count.to_string()).collect();
    assert_eq!(violated, expected);
}

#[test]
fn each_value_of_a_key_meets_each_of_another() {
    let folder = Folder::new("tune-grid");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let vary = ["--vary", "mechanism.dedup=off,catalog", "--vary", "step.per-user.shards=1,2"];
    let arguments =
        [&["tune", "a.toml", "--seeds", "0..4", "--format", "json"], &vary[..]].concat();
    let document = folder.onceproof(&arguments).ends(0).document();
    let values = [["off", "1"], ["off", "2"], ["catalog", "1"], ["catalog", "2"]];
    assert_eq!(
        each(&document, "/values"),
        values.map(|values| json!(values)).iter().collect::<Vec<_>>()
    );
    assert_eq!(document["enough"], Value::Null);
    // A number of shards is one of the design: the runs are others.
    let digests = each(&document, "/digest");
    assert!(digests[0] != digests[1] && digests[0] != digests[2], "{digests:?}");
    // What goes wrong is shown again by the command that is told.
    let first = &document["variations"][0];
    let replay = first["replay"].as_str().expect("a command");
    let again: Vec<&str> = replay.split(' ').skip(1).collect();
    let again = folder.onceproof(&[&again[..], &["--format", "json"]].concat()).ends(0).document();
    assert_eq!(again["variations"][0]["violated"], json!(1), "{replay}");
}

#[test]
fn what_cannot_vary_is_told_before_anything_runs() {
    let folder = Folder::new("tune-wrong");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let check = |vary: &[&str], why: &str| {
        let refused = folder.onceproof(&[&["tune", "a.toml"], vary].concat()).ends(2);
        assert!(refused.stderr.contains(why) && refused.stdout.is_empty(), "{refused:?}");
    };
    check(&[], "nothing varies");
    check(&["--vary", "mechanism.dedup"], "are written as");
    check(&["--vary", "mechanism.dedupe=off"], "did you mean `dedup`?");
    check(&["--vary", "mechanism.dedup=off,often"], "often");
    check(&["--vary", "step.nobody.shards=1,2"], "there is no step `nobody`");
    check(&["--vary", "input=1s..soon"], "from 1s to 10m");
    check(&["--vary", "cluster.workers=1", "--vary", "cluster.workers=2"], "varies twice");
    folder.write(
        "b.toml",
        scenario("lossy", EXACTLY_ONCE, &[LOSSY, "[sweep]\nvary = { \"a b\" = [1] }\n"]),
    );
    let refused = folder.onceproof(&["tune", "b.toml"]).ends(2);
    assert!(
        refused.stderr.contains("`a b` is no key") && refused.stderr.contains("b.toml:"),
        "{refused:?}"
    );
}
