//! The report of a sweep as JSON. All but `timing` is the same from run to run, with any number of
//! threads.

use super::failures::failures_json;
use super::not_shown::not_shown_json;
use super::reached::{reached_json, struck_json};
use super::regressions::regression_json;
use super::run_json::{counts, decimal, milliseconds, run_json, seed_json, unfired};
use super::share_json::{Shares, runs_with, value};
use super::sweep_text::rate_below;
use super::worth::{without_records, worth_json};
use super::{RunReport, SweepReport, Timing};
use crate::figures;
use crate::search::tally::{Amount, Seeds, Spread, Sweep};
use onceproof_kernel::alphabet::Alphabet;
use onceproof_sim::outcome::Class;
use serde_json::{Value, json};

/// The document of a sweep.
pub fn sweep_json(report: &SweepReport) -> Value {
    let SweepReport {
        subject,
        regressions,
        sweep,
        not_shown,
        blame,
        failures,
        weather,
        saved,
        replay,
        timing,
        strict,
        shortfalls,
        matrix: _,
    } = *report;
    let classes = Class::ALL.into_iter().map(|class| (class.word(), sweep.count(class)));
    let first_failure = sweep.first_failure.as_ref().map(|failure| {
        let replay = subject.run_again(failure.seed);
        let (seed, outcome) = (failure.seed, &failure.outcome);
        run_json(&RunReport {
            subject,
            seed,
            seed_is_assumed: false,
            outcome,
            served: None,
            blame,
            // What is expected of a sweep is compared by a test.
            differences: &[],
            not_shown: None,
            replay: &replay,
            smaller: None,
            shortfalls: &[],
            strict,
        })
    });
    let alphabet = subject.trial.layout().alphabet;
    let drawn: Vec<&str> = sweep.chance.drawn().iter().map(|(name, _)| *name).collect();
    let never_fired: Vec<&str> = sweep.never_fired.iter().map(|kind| kind.word()).collect();
    let never_reached = sweep.never_reached.iter().map(|&mark| alphabet.mark_word(mark));
    let never_reached: Vec<&str> = never_reached.collect();
    let without = without_records(subject.trial, sweep.with_records.iter().copied());
    let difference = sweep.difference.as_ref().map(|difference| {
        json!({
            "seed": seed_json(difference.seed),
            "field": difference.field,
            "first": difference.first,
            "again": difference.again,
        })
    });
    json!({
        "schema": "onceproof.sweep/1",
        "scenario": subject.name,
        "path": subject.path.to_string_lossy(),
        "regressions": regressions.iter().map(regression_json).collect::<Vec<_>>(),
        "weather": weather,
        "seeds": seeds(sweep),
        "runs": sweep.runs,
        "violated": sweep.violated,
        "inconclusive": sweep.inconclusive,
        "classes": counts(classes.filter(|&(_, count)| count > 0)),
        "shares": value(Shares::of(sweep)),
        "not_shown": not_shown_json(not_shown),
        "seeds_draw": drawn,
        "rate_below": rate_below(sweep),
        "faults": counts(figures::fired(&sweep.fired)),
        "never_fired": never_fired,
        "runs_with": value(runs_with(sweep)),
        "reached": reached_json(&sweep.reached, alphabet),
        "struck": struck_json(&sweep.reached, alphabet),
        "never_reached": never_reached,
        "unfired": unfired(subject.trial, &sweep.unfired),
        "rows_skipped": subject.rows_skipped,
        "worth": sweep.worth.map(|worth| worth_json(&worth.least, &without)),
        "worth_of_each": sweep.worth.map(|worth| worth.is_of_each),
        "shortfalls": shortfalls,
        "first_failing_seed": sweep.failing.first().map_or(Value::Null, |&seed| seed_json(seed)),
        "failing_seeds": sweep.failing.iter().map(|&seed| seed_json(seed)).collect::<Vec<_>>(),
        "first_inconclusive_seed": sweep.first_inconclusive.map_or(Value::Null, seed_json),
        "events": sweep.events,
        "work": (!sweep.work.is_empty()).then(|| work(&sweep.work, alphabet)),
        "latency_ms": sweep.latency.as_ref().map(|latency| latency_json(latency, sweep.sampled)),
        "digest": figures::hex(sweep.digest),
        "sampled": sweep.sampled,
        "deterministic": sweep.difference.is_none(),
        "difference": difference,
        "interrupted": sweep.interrupted,
        "stopped_early": sweep.stopped_early(),
        "first_failure": first_failure,
        "failures": failures.map(failures_json),
        "saved": saved.map(|path| path.to_string_lossy()),
        "replay": replay,
        "timing": timing_json(timing, sweep),
    })
}

fn timing_json(timing: Timing, sweep: &Sweep) -> Value {
    json!({
        "seconds": decimal(&timing.seconds()),
        "runs_per_second": timing.per_second(sweep.runs),
        "events_per_second": timing.per_second(sweep.events),
    })
}

/// What was done: of each figure the sum over all runs, and how far it goes in one. What is held at a time adds up to
/// nothing.
fn work(work: &[Amount], alphabet: &Alphabet) -> Value {
    let names = figures::work_names(alphabet).into_iter();
    let figure = |(name, Amount { sum, spread }): (&str, &Amount)| {
        let mut figure = serde_json::Map::new();
        if !name.starts_with("ids_held") {
            figure.insert("sum".to_owned(), count(*sum));
        }
        figure.insert("least".to_owned(), spread.least.0.into());
        figure.insert("most".to_owned(), spread.most.0.into());
        (name.to_owned(), Value::Object(figure))
    };
    Value::Object(names.into_iter().zip(work).map(figure).collect())
}

/// A sum as a number, or as a text where it is one of more than 64 bits.
fn count(sum: u128) -> Value {
    u64::try_from(sum).map_or_else(|_| sum.to_string().into(), Value::from)
}

/// The percentiles of the latency, how far each goes in so many runs.
fn latency_json(latency: &[Spread; 3], runs: u64) -> Value {
    let of = |Spread { least, most }: &Spread| json!({ "least": milliseconds(least.0), "most": milliseconds(most.0) });
    let [p50, p99, max] = latency;
    json!({ "runs": runs, "p50": of(p50), "p99": of(p99), "max": of(max) })
}

/// The document of several sweeps.
pub fn sweeps_json(sweeps: Vec<Value>) -> Value {
    json!({ "schema": "onceproof.sweeps/1", "sweeps": sweeps })
}

/// The seeds that were asked for, as a scenario writes them.
fn seeds(sweep: &Sweep) -> Value {
    match &sweep.seeds {
        Seeds::Range(range) => format!("{}..{}", range.start, range.end).into(),
        Seeds::One(seed) => seed_json(*seed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{flip_plan, lost_ack_blame, lost_ack_sweep, sweep_report};

    #[test]
    fn the_document_says_what_the_sweep_found() {
        let (trial, sweep) = (flip_plan(), lost_ack_sweep());
        let document = sweep_json(&sweep_report(&trial, &sweep, &lost_ack_blame()));
        assert_eq!(document["schema"], "onceproof.sweep/1");
        assert_eq!(document["runs"], 1000);
        assert_eq!(document["violated"], 2);
        assert_eq!(document["inconclusive"], 0);
        assert_eq!(document["classes"], json!({ "duplicated": 2 }));
        assert_eq!(document["faults"], json!({ "drop-ack": 1200 }));
        assert_eq!(document["never_fired"], json!(["crash"]));
        assert_eq!(document["first_failing_seed"], "7");
        assert_eq!(document["failing_seeds"], json!(["7", "31"]));
        assert_eq!(document["events"], 1_234_000);
        assert_eq!(document["digest"], "00000000000000000000000000000011");
        assert_eq!(document["interrupted"], false);
        assert_eq!(document["first_failure"]["replay"], "onceproof run flip.toml --seed 7");
        assert_eq!(document["replay"], "onceproof replay failures/flip-seed-7.toml");
        assert_eq!(document["timing"]["seconds"], 2.0);
    }

    #[test]
    fn nothing_but_the_timing_depends_on_the_clock() {
        let (trial, sweep) = (flip_plan(), lost_ack_sweep());
        let blame = lost_ack_blame();
        let mut slow = sweep_report(&trial, &sweep, &blame);
        slow.timing.nanos *= 3;
        let without_timing = |report| {
            let mut document = sweep_json(report);
            document.as_object_mut().expect("an object").remove("timing");
            document.to_string()
        };
        assert_eq!(without_timing(&slow), without_timing(&sweep_report(&trial, &sweep, &blame)));
    }
}
