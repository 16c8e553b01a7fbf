//! The full design holds in every schedule of at most two faults, of all kinds and at every place, on three
//! records and two chained counts with windows and a late pane. The same loop finds what breaks when one
//! mechanism is missing, so it is not blind.

use crate::common::exhaust;
use onceproof::scenario::{Changes, Scenario};
use onceproof_sim::outcome::{Class, Verdict};
use std::path::Path;

/// Three records in windows of 10 s. After `bob` at 30 s the watermark is 25 s, 5 s behind, so `ann`'s
/// window [0 s, 10 s) fires. Then comes `ann` at 8 s, which is within the lateness of 20 s: the window
/// fires again, and `per-user/ann@0s#1` follows `#0`.
fn pipeline(mechanism: &str) -> Scenario {
    let text = format!(
        r#"
format = 1
name   = "three records, two counts"
claim  = "The full design holds in every schedule of at most two faults."
expect = "exactly-once"

[input]
records = [
    {{ key = "ann", at = "0s" }},
    {{ key = "bob", at = "30s" }},
    {{ key = "ann", at = "31s", event-time = "8s" }},
]

[[step]]
name      = "events"
kind      = "source"
watermark = {{ bound = "5s" }}

[[step]]
name     = "per-user"
kind     = "count"
shards   = 2
window   = "10s"
lateness = "20s"

[[step]]
name     = "global"
kind     = "count-globally"
window   = "10s"

[mechanism]
{mechanism}
"#
    );
    Scenario::parse(&text, Path::new("three-records.toml"))
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_full_design_holds_in_every_schedule_of_at_most_two_faults() {
    let (runs, classes, first) = exhaust(&pipeline("").trial, 2);
    assert!(classes.is_empty(), "{classes:?} by {first:?}");
    // Some 60 calls and 30 commits with several kinds of faults each make hundreds of single faults.
    assert!(runs > 10_000, "{runs}");
}

/// Two records that follow each other. The source deletes the first by the commit of the second; the reshuffle deletes it by
/// that of the last watermark, since it hears the ack after it has sent the commit of the second.
fn busy(settle: &str) -> Scenario {
    let text = format!(
        r#"
format = 1
name   = "two records, one after the other"
claim  = "Deletions that wait change no result."
expect = "exactly-once"

[input]
records = [ {{ key = "ann", at = "0s" }}, {{ key = "ann", at = "0s" }} ]

[[step]]
name = "events"
kind = "source"

[[step]]
name = "spread"
kind = "reshuffle"

[[step]]
name   = "per-user"
kind   = "count"
window = "1m"

[mechanism]
in-flight = 1
settle    = "{settle}"
"#
    );
    Scenario::parse(&text, Path::new("two-records.toml")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn deletions_that_go_with_the_next_commit_hold_in_every_schedule_of_at_most_two_faults() {
    let commits = |settle| busy(settle).trial.simulator().brief(None).work.commits;
    let (alone, with_next) = (commits("alone"), commits("with-next"));
    assert!(with_next < alone, "{with_next} of {alone}");
    let (fewer, ..) = exhaust(&busy("with-next").trial, 1);
    let (more, ..) = exhaust(&busy("alone").trial, 1);
    // A commit that is not sent is no place for a fault.
    assert!(fewer < more, "{fewer} of {more}");
    let (runs, classes, first) = exhaust(&busy("with-next").trial, 2);
    assert!(classes.is_empty(), "{classes:?} by {first:?}");
    assert!(runs > 10_000, "{runs}");
}

#[test]
fn so_does_the_pipeline_of_the_chapter_in_small_where_only_faults_make_a_deletion_wait() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/chapter/small.toml");
    let small = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let changes = Changes::of_mechanism("settle = \"with-next\"");
    let small = small.redesigned(&changes).unwrap_or_else(|error| panic!("{error}"));
    let (runs, classes, first) = exhaust(&small.trial, 2);
    assert!(classes.is_empty(), "{classes:?} by {first:?}");
    assert!(runs > 50_000, "{runs}");
}

#[test]
fn the_pipeline_has_a_late_pane() {
    let scenario = pipeline("");
    let mut panes = 0;
    let outcome = scenario.trial.simulator().trace(None, &mut |seen| {
        let line = seen.line();
        panes += u32::from(line.contains("per-user/1 emits per-user/ann@0s#"));
        panes += u32::from(line.contains("per-user/0 emits per-user/ann@0s#"));
    });
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce);
    assert_eq!(panes, 2);
}

#[test]
fn each_missing_mechanism_is_found_with_at_most_two_faults() {
    let check = |mechanism: &str, class: Class| {
        let (_, classes, _) = exhaust(&pipeline(mechanism).trial, 1);
        let classes = match classes.contains(class) {
            true => classes,
            false => exhaust(&pipeline(mechanism).trial, 2).1,
        };
        assert!(classes.contains(class), "{mechanism}: {classes:?}");
    };
    check("dedup = \"off\"", Class::Duplicated);
    check("dedup = { bloom-only = { expect = 1, bits-per-id = 1, hashes = 1 } }", Class::Lost);
    check("dedup = { bloom = { bucket = \"30ms\", bucket-by = \"arrival\" } }", Class::Duplicated);
    check("dedup = { bloom = { rebuild = \"none\" } }", Class::Duplicated);
    check("ack = \"on-receipt\"", Class::Lost);
    check("give-up = 1", Class::Lost);
    check("atomic = \"state-first\"", Class::Duplicated);
    check("atomic = \"id-first\"", Class::Lost);
    check("re-ack = false", Class::Stuck);
    check("fencing = false", Class::Lost);
    check("fencing = false", Class::Duplicated);
    check("outputs = \"recompute\"\nids = \"fresh\"", Class::Duplicated);
}

/// Two records, the second after a crash of the sink is over, into an external table.
fn into_table(write: &str) -> Scenario {
    table(write, "60ms", 1)
}

/// Two records at once, which share a file or a transaction.
fn into_table_together(write: &str) -> Scenario {
    table(write, "0s", 2)
}

fn table(write: &str, second: &str, bundle: u32) -> Scenario {
    let text = format!(
        r#"
format = 1
name   = "two records into a table"
claim  = "What the table has is what there is to have."
expect = "exactly-once"

[input]
records = [ {{ key = "ann", at = "0s" }}, {{ key = "bob", at = "{second}" }} ]

[[step]]
name = "events"
kind = "source"

[[step]]
name  = "table"
kind  = "sink"
write = {write}

[mechanism]
bundle = {bundle}
"#
    );
    Scenario::parse(&text, Path::new("table.toml")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_sink_that_names_its_rows_holds_under_every_two_faults_and_any_other_breaks_under_one() {
    let holds = [
        "\"upsert\"",
        "\"offset\"",
        "\"rename\"",
        "{ two-phase = { timeout = \"1m\" } }",
        "{ insert-id = { window = \"1m\" } }",
    ];
    for write in holds {
        let (_, classes, first) = exhaust(&into_table(write).trial, 2);
        assert!(classes.is_empty(), "{write}: {classes:?} by {first:?}");
    }
    let breaks = [
        ("\"append\"", vec![Class::Duplicated]),
        ("{ insert-id = { window = \"1m\", random = true } }", vec![Class::Duplicated]),
        ("{ insert-id = { window = \"20ms\" } }", vec![Class::Duplicated]),
        ("{ two-phase = { timeout = \"40ms\" } }", vec![Class::Lost]),
        ("\"offset-in-memory\"", vec![Class::Duplicated, Class::Lost]),
        ("\"offset-new-stream\"", vec![Class::Duplicated]),
        // A file of one row is whole as soon as it is seen.
        ("\"in-place\"", vec![Class::Duplicated]),
    ];
    for (write, expected) in breaks {
        let (_, classes, _) = exhaust(&into_table(write).trial, 1);
        let found: Vec<Class> = classes.iter().collect();
        assert_eq!(found, expected, "{write}");
    }
}

#[test]
fn what_is_shown_by_one_call_is_whole_under_every_two_faults_and_what_is_not_is_torn_by_one() {
    for write in ["\"rename\"", "{ two-phase = { timeout = \"1m\" } }"] {
        let (_, classes, first) = exhaust(&into_table_together(write).trial, 2);
        assert!(classes.is_empty(), "{write}: {classes:?} by {first:?}");
    }
    let (_, classes, _) = exhaust(&into_table_together("\"in-place\"").trial, 1);
    assert!(classes.contains(Class::Torn), "{classes:?}");
    // What is aborted goes as a whole.
    let aborted = into_table_together("{ two-phase = { timeout = \"40ms\" } }");
    let (_, classes, _) = exhaust(&aborted.trial, 1);
    assert_eq!(classes.iter().collect::<Vec<Class>>(), [Class::Lost]);
}
