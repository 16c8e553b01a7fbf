//! The scenario format as a user meets it: whole files are read, bad ones are refused with a message that
//! says where and what, and a saved failure is a file that can be read again.

use onceproof::scenario::{Expect, Scenario, faults_as_toml, schema};
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow::point;
use onceproof_sim::fault::{About, Fault, Kind, Pattern, Place};
use onceproof_sim::input::SourceInput;
use onceproof_sim::outcome::{Class, Classes};
use std::path::{Path, PathBuf};

mod csv;
mod reference;

const LOST_ACK: &str = r#"
format = 1
name   = "a lost ack"
claim  = "The retry of a committed record is dropped by the catalog and acked again."
expect = "exactly-once"

[input]
records = [ { key = "ann", at = "0s" }, { key = "bob", at = "1s" }, { key = "ann", at = "2s" } ]

[[step]]
name = "events"
kind = "source"

[[step]]
name   = "per-user"
kind   = "count"
shards = 2
window = "1m"

# Its sender never hears of it.
[[fault]]
at = { to = "per-user", record = "events/0#1", attempt = 1 }
do = "drop-ack"
"#;

const COIN: &str = r#"
format = 1
name   = "a coin is flipped again"
claim  = "Dedup alone is not enough."
expect = { violates = "duplicated" }

[input]
records = [ { key = "ann", at = "0s" }, { key = "bob", at = "1s" } ]

[[step]]
name = "events"
kind = "source"

[[step]]
name = "flip"
kind = "map"
fn   = { coin = { sides = 2, into = "key" } }

[[step]]
name   = "per-side"
kind   = "count"
shards = 2
window = "1m"

[mechanism]
outputs = "recompute"

[[fault]]
at = { step = "flip", record = "events/0#0", before = "settle" }
do = { crash = { restart = "50ms" } }

[[fault]]
at = { step = "flip", record = "events/0#0", attempt = 2 }
do = { user-differs = { answer = 1 } }
"#;

const CHAPTER: &str = r#"
format = 1
name   = "chapter 5: count per user, then globally"
claim  = "Every count stays exact."
expect = "exactly-once"

[input]
generate = { records = 500, users = 40, skew = 1.1, every = "5ms", out-of-order = "2s" }

[[step]]
name   = "events"
kind   = "source"
shards = 2

[[step]]
name = "tag"
kind = "map"
fn   = { coin = { sides = 4, into = "key" } }     # ann becomes ann/0 .. ann/3

[[step]]
name   = "per-user"
kind   = "count"
shards = 4
window = "1s"
lateness = "5s"

[[step]]
name   = "global"
kind   = "count-globally"
window = "1s"

[[step]]
name  = "table"
kind  = "sink"
write = "upsert"

[mechanism]
retry   = { timeout = "30ms", backoff = 2, max = "1s" }
ack     = "after-commit"
outputs = "checkpoint"

[cluster]
workers = 4

[network]
latency = { min = "1ms", max = "10ms" }

[faults]
drop-request  = "1/10"
delay         = { odds = "1/100", by = "500ms" }
crash         = { odds = "1/200", restart = "50ms" }
user-differs  = "1/2"

[until]
calm  = "10s"
drain = "10m"

[sweep]
seeds = "0..50"
"#;

const FLIGHTS: &str = r#"
format = 1
name   = "New York flights, counted per carrier"
claim  = "Real events out of order are counted exactly."
expect = "exactly-once"

[input]
csv = { path = "data/nycflights13_jan_feb_events.csv", key = "carrier", event-time = "event_s", arrival = "arrival_s", id = ["event_s", "carrier", "flight", "origin"] }

[[step]]
name   = "departures"
kind   = "source"
shards = 3
watermark = { bound = "12h" }

[[step]]
name   = "per-carrier"
kind   = "count"
shards = 4
window = "1h"
lateness = "1d"

[faults]
drop-request = "1/50"
"#;

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn read(text: &str) -> Scenario {
    Scenario::parse(text, &scenarios().join("a.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    match Scenario::parse(text, Path::new("a.toml")) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("it was read"),
    }
}

#[test]
fn whole_files_are_read() {
    let scenario = read(LOST_ACK);
    assert_eq!(scenario.name, "a lost ack");
    assert_eq!(scenario.expect, Expect::ExactlyOnce);
    assert_eq!((scenario.seed, scenario.sweep.clone()), (None, 0..1000));
    let at = Place {
        to: Some(StepIndex(1)),
        record: Some(About::Record(Pattern::Source {
            step: StepIndex(0),
            shard: 0,
            offset: 1,
            path: vec![],
        })),
        attempt: Some(1),
        ..Place::default()
    };
    assert_eq!(scenario.trial.plan.faults, [Fault { at, kind: Kind::DropAck }]);

    let scenario = read(COIN);
    assert_eq!(scenario.expect, Expect::Violates(vec![Class::Duplicated]));
    assert_eq!(scenario.trial.plan.faults[0].at.before, Some(point::SETTLE));
    read(&COIN.replace("recompute", "checkpoint"));

    let scenario = read(CHAPTER);
    // The tag is fused into the source, and the table into the global count.
    assert_eq!(scenario.trial.layout().shards(), 2 + 4 + 1);
    assert_eq!(scenario.trial.plan.cluster.workers, Some(4));
    assert_eq!(scenario.trial.plan.climate.odds.len(), 4);
    assert_eq!(scenario.sweep, 0..50);
    let SourceInput::Generate(generate) = &scenario.trial.plan.inputs[0].1 else {
        panic!("generated")
    };
    assert_eq!((generate.records, generate.skew_thousandths), (500, 1100));
}

#[test]
fn a_real_file_is_read_whole_and_in_order() {
    let scenario = read(FLIGHTS);
    let SourceInput::Rows(rows) = &scenario.trial.plan.inputs[0].1 else { panic!("rows") };
    assert_eq!((rows.len(), scenario.rows_skipped), (50_173, 0));
    assert!(rows.is_sorted_by_key(|row| row.arrival));
    let out_of_order = rows.windows(2).filter(|pair| pair[1].event_time < pair[0].event_time);
    assert!(out_of_order.count() > 10_000);
    let mut ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 50_173);
}

#[test]
fn the_first_line_says_what_is_wrong_and_the_second_where() {
    for (old, new, first, second) in [
        ("name   = \"a lost ack\"\n", "", "`name` is missing", "a.toml:1:1"),
        ("kind = \"source\"", "kind = \"sauce\"", "unknown name `sauce`", "a.toml:12:8"),
        ("shards = 2", "shard = 2", "unknown key `shard`", "a.toml:17:1"),
        ("\"1m\"", "\"1 minute\"", "unknown unit ` minute`", "a.toml:18:10"),
        ("\"1m\"", "\"0s\"", "a window of 0", "a.toml:18:10"),
        ("\"1m\"", "60", "a duration needs a unit", "a.toml:18:10"),
        ("\"per-user\", r", "\"per-usr\", r", "there is no step `per-usr`", "a.toml:22:13"),
        ("attempt = 1", "attempt = 0", "`attempt` 0", "a.toml:22:58"),
        ("#1\"", "#3\"", "`events/0#3` is no record", "a.toml:22:34"),
        ("\"drop-ack\"", "\"drop-ac\"", "unknown name `drop-ac`", "a.toml:23:6"),
        ("\"drop-ack\"", "\"user-fails\"", "`user-fails` can do nothing here", "a.toml:23:6"),
        ("\"drop-ack\"", "\"crash\"", "`crash` is not placed by `to`", "a.toml:22:8"),
        ("at = \"2s\"", "at = \"0s\"", "record 2 arrives before the one above it", "a.toml:8:89"),
    ] {
        let text = LOST_ACK.replace(old, new);
        assert_ne!(text, LOST_ACK, "{old} is there");
        let error = refused(&text);
        let mut lines = error.lines();
        assert_eq!(lines.next(), Some(format!("error: {first}").as_str()), "{error}");
        let place = lines.next().map(|line| line.trim_start_matches([' ', '-', '>']));
        assert_eq!(place, Some(second), "{error}");
    }
}

/// A directory of its own for a test, gone with it.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(path.join("deep/er")).expect("a directory can be made");
        Directory(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a file can be written");
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_is_not_text_is_no_scenario() {
    let directory = Directory::new("not_text");
    let file = directory.write("a.toml", b"format = 1\nname = \"\xff\xfe\"\n");
    let error = Scenario::load(&file).expect_err("not UTF-8").to_string();
    assert!(error.starts_with("error: not UTF-8\n") && error.contains("a.toml:2:9"), "{error}");
    let bytes: Vec<u8> =
        (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let file = directory.write("a.toml", bytes);
    let error = Scenario::load(&file).expect_err("random bytes").to_string();
    assert!(error.starts_with("error: ") && error.len() < 900, "{error}");
    assert!(Scenario::load(&directory.0).is_err());
}

fn classes(all: &[Class]) -> Classes {
    let mut classes = Classes::default();
    for &class in all {
        classes.insert(class);
    }
    classes
}

#[test]
fn a_saved_failure_is_read_again_with_the_same_seed_and_faults() {
    let faults = [read(COIN).trial.plan.faults, read(COIN).trial.plan.faults].concat();
    let some_faults = &faults[..2];
    for (text, faults) in
        [(LOST_ACK, &read(LOST_ACK).trial.plan.faults[..]), (COIN, some_faults), (CHAPTER, &[])]
    {
        for seed in [None, Some(7), Some(u64::MAX)] {
            let scenario = read(text);
            let lost = classes(&[Class::Lost, Class::Stuck]);
            let destination = scenarios().join("saved.toml");
            let saved = scenario.saved_failure(seed, faults, lost, &destination);
            let again = read(&saved);
            assert_eq!(again.seed, seed);
            assert_eq!(again.trial.plan.faults, faults);
            assert_eq!(again.expect, Expect::Violates(vec![Class::Lost, Class::Stuck]));
            assert!(again.trial.plan.climate.odds.is_empty());
            assert_eq!(
                again.trial.design.pipeline().steps(),
                scenario.trial.design.pipeline().steps()
            );
            // Saving again changes nothing.
            assert_eq!(again.saved_failure(seed, faults, lost, &destination), saved);
        }
    }
}

#[test]
fn a_saved_failure_keeps_the_layout_of_its_file() {
    let scenario = read(LOST_ACK);
    let destination = scenarios().join("saved.toml");
    let duplicated = classes(&[Class::Duplicated]);
    let saved =
        scenario.saved_failure(Some(7), &scenario.trial.plan.faults, duplicated, &destination);
    let expected = LOST_ACK
        .replace("\"exactly-once\"\n", "{ violates = \"duplicated\" }\nseed = \"7\"\n")
        .replace("# Its sender never hears of it.\n", "");
    assert_eq!(saved, expected);
}

#[test]
fn a_file_of_toml_1_1_is_saved_as_toml_1_0() {
    let text = LOST_ACK.replace(
        "\"per-user\", record = \"events/0#1\", attempt = 1 }",
        "\"per-user\", # the count\n record = \"events/0#1\",\n attempt = 1,\n}",
    );
    let text = text.replace(
        "records = [ { key = \"ann\", at = \"0s\" },",
        "records = [ {\n  key = \"\\e\\x41\", # escaped\n  at = \"0s\",\n},",
    );
    let scenario = read(&text);
    let destination = scenarios().join("saved.toml");
    let saved =
        scenario.saved_failure(None, &scenario.trial.plan.faults, Classes::default(), &destination);
    let records = saved.lines().find(|line| line.starts_with("records")).expect("records");
    assert!(records.contains("{ key = \"\\u001BA\", at = \"0s\" }"), "{records}");
    let rows = |scenario: Scenario| match &scenario.trial.plan.inputs[0].1 {
        SourceInput::Rows(rows) => rows.to_vec(),
        SourceInput::Generate(_) => panic!("rows"),
    };
    assert_eq!(rows(read(&saved)), rows(scenario));
}

#[test]
fn faults_are_written_as_they_are_read() {
    let scenario = read(COIN);
    let json: Vec<String> = scenario
        .trial
        .plan
        .faults
        .iter()
        .map(|fault| onceproof::scenario::fault_to_json(fault, &scenario.trial).to_string())
        .collect();
    assert_eq!(
        json,
        [
            r#"{"at":{"step":"flip","record":"events/0#0","before":"settle"},"do":{"crash":{"restart":"50ms"}}}"#,
            r#"{"at":{"step":"flip","record":"events/0#0","attempt":2},"do":{"user-differs":{"answer":1}}}"#,
        ]
    );
    let toml = faults_as_toml(&scenario.trial.plan.faults[..1], scenario.trial.layout());
    assert_eq!(
        toml.trim(),
        "[[fault]]\n\
        at = { step = \"flip\", record = \"events/0#0\", before = \"settle\" }\n\
        do = { crash = { restart = \"50ms\" } }"
    );
    let text = scenario.fault_to_toml(&scenario.trial.plan.faults[1]);
    assert_eq!(text.what, "{ user-differs = { answer = 1 } }");
}

#[test]
fn the_schema_describes_the_format() {
    let schema = schema();
    assert_eq!(schema["title"], "onceproof scenario");
    assert_eq!(
        schema["required"],
        serde_json::json!(["format", "name", "claim", "expect", "step"])
    );
}
