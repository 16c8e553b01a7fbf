//! The report of a run as JSON. Its keys are a promise: more may be added, these stay. Seeds are texts,
//! since a number of 64 bits does not survive every reader of JSON.

mod form;

use super::RunReport;
use super::damage_json::{class_parts, damage_parts};
use super::extremes::ExtremesPart;
use super::parts_json::{
    FaultPart, Named, NotShownPart, Wide, WorthPart, class_words, counts, path_text, schema_of,
    seed_text, value,
};
use super::served_json::served_part;
use super::share_json::number;
use crate::figures;
use crate::search::sweep::never_fired;
use form::{CallsPart, FilterPart, LatencyPart, LetterPart, StepPart};
use onceproof_kernel::time::Nanos;
use onceproof_sim::outcome::{FilterFill, Outcome, StepCalls, StepResult};
use onceproof_systems::Trial;
use serde_json::Value;

pub(super) use form::Run;

/// The document of a run.
pub fn run_json(report: &RunReport) -> Value {
    value(&run_form(report))
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schema_of::<Run>()
}

/// The form of the document.
pub(super) fn run_form<'a>(report: &RunReport<'a>) -> Run<'a> {
    let RunReport {
        subject,
        seed,
        seed_is_assumed,
        outcome,
        served,
        blame,
        differences,
        not_shown,
        replay,
        smaller,
        shortfalls,
        strict: _,
    } = *report;
    let trial = subject.trial;
    let brief = &outcome.brief;
    Run {
        schema: "onceproof.run/1",
        scenario: subject.name,
        path: path_text(subject.path),
        seed: seed_text(seed),
        seed_assumed: seed_is_assumed,
        verdict: brief.verdict.word(),
        classes: class_words(brief.classes.iter()),
        reason: outcome.reason.as_deref(),
        ledger: counts(figures::ledger(&brief.ledger)),
        steps: steps(&outcome.steps, trial),
        damage: damage_parts(outcome, blame, trial),
        blamed_classes: class_parts(blame),
        dead_letters: dead_letters(outcome, trial),
        calls: calls(&outcome.calls, trial),
        faults: counts(figures::fired(&brief.fired)),
        never_fired: never_fired(trial, &brief.fired).iter().map(|kind| kind.word()).collect(),
        schedule: FaultPart::all(&outcome.schedule, trial),
        unfired: FaultPart::unfired(trial, &outcome.unfired),
        unexpected: differences,
        not_shown: not_shown.map(NotShownPart::of),
        rows_skipped: subject.rows_skipped,
        unfinished: brief.unfinished,
        worth: WorthPart::of_run(trial, outcome),
        shortfalls,
        work: counts(figures::work(&brief.work, &brief.marks, brief.alphabet)),
        filters: outcome.filters.iter().map(|of| filter(of, trial)).collect(),
        extremes: ExtremesPart::of(outcome, trial),
        served: served.map(served_part),
        latency_ms: outcome.latency.map(|latency| LatencyPart {
            p50: number(&figures::milliseconds(latency.p50)),
            p99: number(&figures::milliseconds(latency.p99)),
            max: number(&figures::milliseconds(latency.max)),
        }),
        virtual_ms: number(&figures::milliseconds(brief.virtual_time)),
        fingerprint: figures::hex(brief.fingerprint),
        replay,
        shrink: smaller,
    }
}

/// A seed as text, or null.
pub fn seed_json(seed: Option<u64>) -> Value {
    seed_text(seed).into()
}

/// A number from its decimal text, so that no arithmetic on floats comes into it.
pub fn decimal(text: &str) -> Value {
    let number: f64 = text.parse().expect("a decimal number");
    number.into()
}

/// Nanoseconds as milliseconds.
pub fn milliseconds(nanos: Nanos) -> Value {
    decimal(&figures::milliseconds(nanos))
}

fn steps(steps: &[StepResult], trial: &Trial) -> Named<StepPart> {
    let entry = |result: &StepResult| {
        let results = result.results.iter().map(|(key, &of)| (key.clone(), Wide::total(of)));
        let windows = result.windows.iter().filter_map(|((key, start), &of)| {
            // As a scenario file states it.
            start.map(|start| (format!("{key}@{start}"), Wide::total(of)))
        });
        let part = StepPart {
            expected: result.expected,
            applied: result.applied,
            late: result.late,
            dead_lettered: result.dead_lettered,
            results: results.collect(),
            windows: windows.collect(),
        };
        (trial.layout().name(result.step).to_owned(), part)
    };
    steps.iter().map(entry).collect()
}

/// How often each step called an external service for a record.
fn calls(calls: &[StepCalls], trial: &Trial) -> Named<CallsPart> {
    let entry = |calls: &StepCalls| {
        let StepCalls { step, records, calls, p99, max, garbage, standing } = *calls;
        let mean = number(&figures::ratio(calls, records));
        let part = CallsPart { records, calls, mean, p99, max, garbage, standing };
        (trial.layout().name(step).to_owned(), part)
    };
    calls.iter().map(entry).collect()
}

fn dead_letters<'a>(outcome: &'a Outcome, trial: &'a Trial) -> Vec<LetterPart<'a>> {
    let letters = outcome.dead_letters.iter();
    let part = letters.map(|letter| LetterPart {
        step: trial.layout().name(letter.step),
        record: &letter.record,
        records: letter.records,
    });
    part.collect()
}

/// How full a filter is; it begins where its range does, on the axis of the input's times.
fn filter<'a>(filter: &FilterFill, trial: &'a Trial) -> FilterPart<'a> {
    let FilterFill { step, shard, fill } = *filter;
    FilterPart {
        step: trial.layout().name(step),
        shard,
        from: fill.first.to_string(),
        bits_set: fill.bits_set,
        bits: fill.bits,
        complete: fill.is_complete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use serde_json::json;

    #[test]
    fn the_document_has_the_promised_keys_in_order() {
        let document = samples::with_lost_ack_report(run_json);
        let promised = [
            "schema",
            "scenario",
            "seed",
            "verdict",
            "classes",
            "ledger",
            "steps",
            "faults",
            "schedule",
            "work",
            "latency_ms",
            "virtual_ms",
            "fingerprint",
            "replay",
        ];
        let keys: Vec<&String> = document.as_object().expect("an object").keys().collect();
        let found: Vec<&&str> =
            promised.iter().filter(|key| keys.iter().any(|k| k == *key)).collect();
        assert_eq!(found.len(), promised.len(), "{keys:?}");
        let work: Vec<&String> = document["work"].as_object().expect("an object").keys().collect();
        assert_eq!(
            work,
            [
                "events",
                "messages",
                "retries",
                "commits",
                "catalog_reads",
                "bloom_negatives",
                "bloom_false_positives",
                "duplicates_dropped",
                "remnants_dropped",
                "old_dropped",
                "user_calls",
                "side_effects",
                "ids_held_max",
                "ids_held_end",
            ]
        );
    }

    #[test]
    fn the_document_says_what_the_run_found() {
        let document = samples::with_lost_ack_report(run_json);
        assert_eq!(document["schema"], "onceproof.run/1");
        assert_eq!(document["seed"], "7");
        assert_eq!(document["verdict"], "violated");
        assert_eq!(document["classes"], json!(["duplicated"]));
        assert_eq!(
            document["ledger"],
            json!({
                "expected": 3, "exact": 2, "duplicated": 1, "excess": 1, "lost": 0,
                "divergent": 0, "late": 0, "dead_lettered": 0,
            })
        );
        assert_eq!(
            document["steps"]["per-side"],
            json!({
                "expected": 3, "applied": 4, "late": 0, "dead_lettered": 0,
                "results": { "ann": 2, "bob": 2 },
                "windows": { "ann@0s": 2, "bob@0s": 2 },
            })
        );
        assert_eq!(document["faults"], json!({ "drop-ack": 1 }));
        assert_eq!(document["schedule"].as_array().map(Vec::len), Some(1));
        assert_eq!(document["latency_ms"], json!({ "p50": 3.0, "p99": 34.0, "max": 34.001 }));
        assert_eq!(document["fingerprint"], "0000000000000000000000000000002a");
        assert_eq!(document["replay"], "onceproof run flip.toml --seed 7");
    }
}
