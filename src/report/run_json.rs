//! The report of a run as JSON. Its keys are a promise: more may be added, these stay. Seeds are texts,
//! since a number of 64 bits does not survive every reader of JSON.

use super::damage_json::{classes_json, damage_json};
use super::extremes::extremes_json;
use super::not_shown::not_shown_json;
use super::served_json::served_json;
use super::worth::worth_of_run_json;
use super::{RunReport, exact_faults};
use crate::figures;
use crate::scenario::fault_to_json;
use crate::search::sweep::never_fired;
use onceproof_kernel::time::Nanos;
use onceproof_sim::outcome::{Brief, DeadLetter, FilterFill, Outcome, StepCalls, StepResult};
use onceproof_systems::Trial;

use serde_json::{Map, Value, json};

/// The document of a run.
pub fn run_json(report: &RunReport) -> Value {
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
    json!({
        "schema": "onceproof.run/1",
        "scenario": subject.name,
        "path": subject.path.to_string_lossy(),
        "seed": seed_json(seed),
        "seed_assumed": seed_is_assumed,
        "verdict": brief.verdict.word(),
        "classes": brief.classes.iter().map(|class| class.word()).collect::<Vec<_>>(),
        "reason": outcome.reason,
        "ledger": counts(figures::ledger(&brief.ledger)),
        "steps": steps(&outcome.steps, trial),
        "damage": damage_json(outcome, blame, trial),
        "blamed_classes": classes_json(blame),
        "dead_letters": dead_letters(outcome, trial),
        "calls": calls(&outcome.calls, trial),
        "faults": counts(figures::fired(&brief.fired)),
        "never_fired": never_fired(trial, &brief.fired).iter().map(|k| k.word()).collect::<Vec<_>>(),
        "schedule": outcome.schedule.iter().map(|f| fault_to_json(f, trial)).collect::<Vec<_>>(),
        "unfired": unfired(trial, &outcome.unfired),
        "unexpected": differences,
        "not_shown": not_shown_json(not_shown),
        "rows_skipped": subject.rows_skipped,
        "unfinished": brief.unfinished,
        "worth": worth_of_run_json(trial, outcome),
        "shortfalls": shortfalls,
        "work": work(brief),
        "filters": outcome.filters.iter().map(|f| filter(f, trial)).collect::<Vec<_>>(),
        "extremes": extremes_json(outcome, trial),
        "served": served.map(served_json),
        "latency_ms": outcome.latency.map(|latency| json!({
            "p50": milliseconds(latency.p50),
            "p99": milliseconds(latency.p99),
            "max": milliseconds(latency.max),
        })),
        "virtual_ms": milliseconds(brief.virtual_time),
        "fingerprint": figures::hex(brief.fingerprint),
        "replay": replay,
        "shrink": smaller,
    })
}

/// The exact faults with these indices.
pub fn unfired(trial: &Trial, indices: &[usize]) -> Value {
    exact_faults(trial, indices).map(|fault| fault_to_json(fault, trial)).collect()
}

/// A seed as text, or null.
pub fn seed_json(seed: Option<u64>) -> Value {
    seed.map(|seed| seed.to_string()).into()
}

/// Counts by name.
pub fn counts(counts: impl IntoIterator<Item = (&'static str, u64)>) -> Value {
    let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), count.into()));
    Value::Object(counts.collect())
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

fn steps(steps: &[StepResult], trial: &Trial) -> Value {
    let entry = |result: &StepResult| {
        let results: Map<String, Value> =
            result.results.iter().map(|(key, &of)| (key.clone(), total(of))).collect();
        let windows = result.windows.iter().filter_map(|((key, start), &of)| {
            // As a scenario file states it.
            start.map(|start| (format!("{key}@{start}"), total(of)))
        });
        let value = json!({
            "expected": result.expected,
            "applied": result.applied,
            "late": result.late,
            "dead_lettered": result.dead_lettered,
            "results": results,
            "windows": windows.collect::<Map<String, Value>>(),
        });
        (trial.layout().name(result.step).to_owned(), value)
    };
    Value::Object(steps.iter().map(entry).collect())
}

/// A total; one of more than 64 bits is a text, as few readers of JSON have numbers for it.
fn total(total: i128) -> Value {
    match i64::try_from(total) {
        Ok(total) => total.into(),
        Err(_) => total.to_string().into(),
    }
}

/// How often each step called an external service for a record.
fn calls(calls: &[StepCalls], trial: &Trial) -> Value {
    let entry = |calls: &StepCalls| {
        let StepCalls { step, records, calls, p99, max, garbage, standing } = *calls;
        let mean = decimal(&figures::ratio(calls, records));
        let value = json!({
            "records": records, "calls": calls, "mean": mean, "p99": p99, "max": max,
            "garbage": garbage, "standing": standing,
        });
        (trial.layout().name(step).to_owned(), value)
    };
    Value::Object(calls.iter().map(entry).collect())
}

fn dead_letters(outcome: &Outcome, trial: &Trial) -> Value {
    let letter = |DeadLetter { step, record, records }: &DeadLetter| {
        let step = trial.layout().name(*step);
        json!({ "step": step, "record": record, "records": records })
    };
    outcome.dead_letters.iter().map(letter).collect()
}

/// How full a filter is; it begins where its range does, on the axis of the input's times.
fn filter(filter: &FilterFill, trial: &Trial) -> Value {
    let FilterFill { step, shard, fill } = filter;
    json!({
        "step": trial.layout().name(*step),
        "shard": shard,
        "from": fill.first.to_string(),
        "bits_set": fill.bits_set,
        "bits": fill.bits,
        "complete": fill.is_complete,
    })
}

/// What was done.
fn work(brief: &Brief) -> Value {
    let figures = figures::work(&brief.work, &brief.marks, brief.alphabet);
    figures.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_of_more_than_64_bits_is_a_text() {
        assert_eq!(total(i64::MAX.into()), json!(9_223_372_036_854_775_807_i64));
        assert_eq!(total(i128::from(i64::MAX) + 1), json!("9223372036854775808"));
        assert_eq!(total(i64::MIN.into()), json!(-9_223_372_036_854_775_808_i64));
    }
    use crate::report::samples;

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

    #[test]
    fn a_run_without_a_seed_has_the_seed_null() {
        assert_eq!(seed_json(None), Value::Null);
        assert_eq!(seed_json(Some(u64::MAX)), "18446744073709551615");
    }
}
