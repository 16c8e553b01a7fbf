//! The report of a sweep as JSON. All but `timing` is the same from run to run, with any number of
//! threads.

mod form;

use super::failures::failures_parts;
use super::parts_json::{
    FaultPart, Named, NotShownPart, Wide, WorthPart, counts, path_text, schema_of, seed_text, value,
};
use super::reached::{reached_parts, struck_parts};
use super::regressions::ReplayedPart;
use super::run_json::run_form;
use super::share_json::{Shares, number, runs_with};
use super::sweep_text::rate_below;
use super::untried::hardly_tried;
use super::untried_json::UntriedPart;
use super::worth::without_records;
use super::{RunReport, SweepReport, Timing};
use crate::figures;
use crate::search::tally::{Amount, Seeds, Spread, Sweep};
use form::{
    DifferencePart, FigurePart, LatenciesPart, SpreadPart, SweepDocument, SweepTiming,
    SweepsDocument,
};
use onceproof_kernel::alphabet::Alphabet;
use onceproof_sim::outcome::Class;
use serde_json::Value;

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
    let again = sweep.first_failure.as_ref().map(|failure| subject.run_again(failure.seed));
    let first_failure = sweep.first_failure.as_ref().zip(again.as_ref());
    let first_failure = first_failure.map(|(failure, replay)| {
        run_form(&RunReport {
            subject,
            seed: failure.seed,
            seed_is_assumed: false,
            outcome: &failure.outcome,
            served: None,
            blame,
            // What is expected of a sweep is compared by a test.
            differences: &[],
            not_shown: None,
            replay,
            smaller: None,
            shortfalls: &[],
            strict,
        })
    });
    let alphabet = subject.trial.layout().alphabet;
    let classes = Class::ALL.into_iter().map(|class| (class.word(), sweep.count(class)));
    let without = || without_records(subject.trial, sweep.with_records.iter().copied());
    let never_reached = sweep.never_reached.iter().map(|&mark| alphabet.mark_word(mark));
    value(&SweepDocument {
        schema: "onceproof.sweep/1",
        scenario: subject.name,
        path: path_text(subject.path),
        regressions: regressions.iter().map(ReplayedPart::of).collect(),
        weather,
        seeds: seeds(sweep),
        runs: sweep.runs,
        violated: sweep.violated,
        inconclusive: sweep.inconclusive,
        classes: counts(classes.filter(|&(_, count)| count > 0)),
        shares: Shares::of(sweep),
        not_shown: not_shown.map(NotShownPart::of),
        seeds_draw: sweep.chance.drawn().iter().map(|(name, _)| *name).collect(),
        rate_below: rate_below(sweep),
        untried: hardly_tried(sweep, subject.trial).iter().map(UntriedPart::of).collect(),
        faults: counts(figures::fired(&sweep.fired)),
        never_fired: sweep.never_fired.iter().map(|kind| kind.word()).collect(),
        runs_with: runs_with(sweep),
        reached: reached_parts(&sweep.reached, alphabet),
        struck: struck_parts(&sweep.reached, alphabet),
        never_reached: never_reached.collect(),
        unfired: FaultPart::unfired(subject.trial, &sweep.unfired),
        rows_skipped: subject.rows_skipped,
        worth: sweep.worth.map(|worth| WorthPart::new(&worth.least, without())),
        worth_of_each: sweep.worth.map(|worth| worth.is_of_each),
        shortfalls,
        first_failing_seed: sweep.failing.first().copied().and_then(seed_text),
        failing_seeds: sweep.failing.iter().map(|&seed| seed_text(seed)).collect(),
        first_inconclusive_seed: sweep.first_inconclusive.and_then(seed_text),
        events: sweep.events,
        work: (!sweep.work.is_empty()).then(|| work(&sweep.work, alphabet)),
        latency_ms: sweep.latency.as_ref().map(|latency| latencies(latency, sweep.sampled)),
        digest: figures::hex(sweep.digest),
        sampled: sweep.sampled,
        deterministic: sweep.difference.is_none(),
        difference: sweep.difference.as_ref().map(|difference| DifferencePart {
            seed: seed_text(difference.seed),
            field: &difference.field,
            first: &difference.first,
            again: &difference.again,
        }),
        interrupted: sweep.interrupted,
        stopped_early: sweep.stopped_early(),
        first_failure,
        failures: failures.map(failures_parts),
        saved: saved.map(path_text),
        replay,
        timing: timing_part(timing, sweep),
    })
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schema_of::<SweepDocument>()
}

fn timing_part(timing: Timing, sweep: &Sweep) -> SweepTiming {
    SweepTiming {
        seconds: number(&timing.seconds()),
        runs_per_second: timing.per_second(sweep.runs),
        events_per_second: timing.per_second(sweep.events),
    }
}

/// What was done: of each figure the sum over all runs, and how far it goes in one. What is held at a time adds up to
/// nothing.
fn work(work: &[Amount], alphabet: &Alphabet) -> Named<FigurePart> {
    let names = figures::work_names(alphabet).into_iter();
    let figure = |(name, Amount { sum, spread }): (&str, &Amount)| {
        let part = FigurePart {
            sum: (!name.starts_with("ids_held")).then(|| Wide::sum(*sum)),
            least: spread.least.0,
            most: spread.most.0,
        };
        (name.to_owned(), part)
    };
    names.into_iter().zip(work).map(figure).collect()
}

/// The percentiles of the latency, how far each goes in so many runs.
fn latencies(latency: &[Spread; 3], runs: u64) -> LatenciesPart {
    let of = |Spread { least, most }: &Spread| SpreadPart {
        least: number(&figures::milliseconds(least.0)),
        most: number(&figures::milliseconds(most.0)),
    };
    let [p50, p99, max] = latency;
    LatenciesPart { runs, p50: of(p50), p99: of(p99), max: of(max) }
}

/// The document of several sweeps.
pub fn sweeps_json(sweeps: Vec<Value>) -> Value {
    value(&SweepsDocument { schema: "onceproof.sweeps/1", sweeps })
}

/// The JSON Schema of the document of several sweeps.
pub fn sweeps_schema() -> Value {
    schema_of::<SweepsDocument>()
}

/// The seeds that were asked for, as a scenario writes them.
fn seeds(sweep: &Sweep) -> Option<String> {
    match &sweep.seeds {
        Seeds::Range(range) => Some(format!("{}..{}", range.start, range.end)),
        Seeds::One(seed) => seed_text(*seed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{flip_plan, lost_ack_blame, lost_ack_sweep, sweep_report};
    use serde_json::json;

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
