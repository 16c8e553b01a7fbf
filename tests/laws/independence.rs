//! An answer is a pure function of the seed and a named point. So a fault changes the answers of what it can
//! reach and no others, and neither does what stands elsewhere in the file.

use super::cases::{ANY, Case, Choice, PLAIN, cases, parse};
use super::check;
use super::faults::{climates, kinds, on, strikes};
use onceproof::scenario::Scenario;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{Nanos, SECOND};
use onceproof_model::dataflow::point;
use onceproof_model::pipeline::Pipeline;
use onceproof_sim::fault::{About, Fault, Kind, Leg, Pattern, Place};
use onceproof_sim::outcome::Outcome;
use onceproof_sim::plan::Until;
use proptest::collection::vec;
use proptest::prelude::*;

/// Runs a scenario with more exact faults. Drawn ones never end: else what was read when would matter.
fn run(scenario: &Scenario, faults: Vec<Fault>) -> Outcome {
    let until = Until { calm: Some(10_000 * 3600 * SECOND), ..scenario.trial.plan.until };
    let trial = scenario.trial.with(|plan| (plan.faults, plan.until) = (faults, until));
    trial.simulator().detail(scenario.seed)
}

/// The faults that fired at some steps, as text. Moments of one time may change places, so they are sorted,
/// and say nothing of which match of their place they are.
fn fired(scenario: &Scenario, outcome: &Outcome, is_here: impl Fn(&Fault) -> bool) -> Vec<String> {
    let text = |fault: &Fault| {
        let at = Place { nth: None, ..fault.at.clone() };
        let text = scenario.fault_to_toml(&Fault { at, kind: fault.kind });
        format!("{} {}", text.at, text.what)
    };
    let mut fired: Vec<String> =
        outcome.schedule.iter().filter(|fault| is_here(fault)).map(text).collect();
    fired.sort();
    fired
}

/// A case twice in one file, side by side, with its steps named after the side.
fn two_sides(case: &Case) -> Scenario {
    let steps = case.steps();
    let mut both = Vec::new();
    for side in ["left", "right"] {
        for (name, lines) in &steps {
            let mut lines = lines.clone();
            for (other, _) in &steps {
                lines = lines.replace(&format!("\"{other}\""), &format!("\"{side}-{other}\""));
            }
            both.push((format!("{side}-{name}"), lines));
        }
    }
    parse(&case.text_in_order(&both))
}

fn is_on(side: &str, pipeline: &Pipeline, fault: &Fault) -> bool {
    let Place { step, from, .. } = fault.at;
    let step = step.or(from).expect("a place has a step");
    pipeline.step(step).name.starts_with(side)
}

#[test]
fn faults_on_one_side_change_nothing_on_the_other() {
    check(1500, (cases(ANY), climates(), vec(strikes(), 1..=4)), |(mut case, climate, strikes)| {
        case.workers = None;
        case.climate = climate.lines(&case.steps(), case.workers);
        let mut scenario = two_sides(&case);
        // Every shard stays on a worker of its own: one that went to a worker of the other side would bring
        // its crashes along.
        scenario.trial.plan.cluster.lease = Nanos::MAX;
        scenario.trial.plan.climate.odds.retain(|(kind, _)| *kind != Kind::Move);
        let pipeline = scenario.trial.design.pipeline();
        let has_no_time = |fault: &Fault| fault.at.time.is_none();
        let mut faults = on(&strikes, &scenario.trial);
        faults.retain(|fault| has_no_time(fault) && is_on("left", pipeline, fault));
        faults.retain(|fault| fault.kind != Kind::Move);
        let without = run(&scenario, Vec::new());
        let with = run(&scenario, faults);
        let right =
            |outcome: &Outcome| fired(&scenario, outcome, |fault| is_on("right", pipeline, fault));
        prop_assert_eq!(right(&with), right(&without));
        let results = |outcome: &Outcome| {
            let mut steps = outcome.steps.clone();
            steps.retain(|step| pipeline.step(step.step).name.starts_with("right"));
            steps
        };
        prop_assert_eq!(results(&with), results(&without));
        Ok(())
    });
}

/// Two source shards and two counting shards: `ann` and `bob` belong to different ones, and each source
/// shard has records of one of them. One long window, so that nothing fires while records come.
const TWO_SHARDS: &str = r#"
format = 1
name = "two shards"
claim = "What happens to one record changes nothing for those of another shard."
expect = "exactly-once"
[input]
records = [
    { key = "ann", at = "0s" }, { key = "bob", at = "0s" },
    { key = "ann", at = "10ms" }, { key = "bob", at = "10ms" },
    { key = "ann", at = "20ms" }, { key = "bob", at = "20ms" },
    { key = "ann", at = "500ms" }, { key = "bob", at = "500ms" },
]
[[step]]
name = "events"
kind = "source"
shards = 2
[[step]]
name = "per-user"
kind = "count"
shards = 2
window = "1h"
[network]
latency = { min = "1ms", max = "20ms" }
[faults]
drop-request = "1/4"
drop-ack = "1/4"
duplicate = "1/6"
delay = { odds = "1/8", by = "70ms" }
error-applied = "1/8"
error-not-applied = "1/8"
commit-lost = "1/6"
commit-unknown = "1/6"
commit-delayed = "1/6"
"#;

#[test]
fn a_fault_on_a_record_changes_nothing_for_records_of_other_shards() {
    let scenario = parse(TWO_SHARDS);
    let layout = scenario.trial.layout();
    let shard_of = |key: &str| layout.route(StepIndex(1), onceproof_kernel::mix::text(key));
    assert_ne!(shard_of("ann"), shard_of("bob"));
    let record = |shard, offset| {
        let (step, path) = (StepIndex(0), Vec::new());
        Some(About::Record(Pattern::Source { step, shard, offset, path }))
    };
    let of_bob = |fault: &Fault| {
        matches!(&fault.at.record, Some(About::Record(Pattern::Source { shard: 1, .. })))
    };
    check(
        1500,
        (0..1_000_000_u64, kinds(), 0..4_u64, any::<bool>()),
        |(seed, kind, offset, down)| {
            let mut scenario = scenario.clone();
            scenario.seed = Some(seed);
            let step = Some(StepIndex(u16::from(down)));
            let record = record(0, offset);
            let at = match kind {
                Kind::UserDiffers { .. } | Kind::UserFails | Kind::Redeliver => return Ok(()),
                Kind::Crash { .. } | Kind::Pause { .. } | Kind::Move | Kind::ClockStep { .. } => {
                    Place { step, record, before: Some(point::COMMIT), ..Place::default() }
                }
                Kind::CommitLost | Kind::CommitUnknown | Kind::CommitDelayed { .. } => {
                    Place { step, record, ..Place::default() }
                }
                _ => Place { to: Some(StepIndex(1)), record, attempt: Some(1), ..Place::default() },
            };
            let without = run(&scenario, Vec::new());
            let with = run(&scenario, vec![Fault { at, kind }]);
            prop_assert_eq!(fired(&scenario, &with, of_bob), fired(&scenario, &without, of_bob));
            Ok(())
        },
    );
}

/// A sender that waits for as long as it takes, and faults that lose no request without an error: how often
/// a record is sent then depends on the answers alone, and not on what else its receiver had to do.
const PATIENT: &str = r#"retry = { timeout = "1h", max = "1h" }"#;

fn patient(case: &mut Case, odds: &[u32]) {
    case.mechanism = PATIENT;
    case.bundle = 1;
    case.workers = None;
    // A commit is answered before it would be repeated.
    case.commit = 1;
    let words = ["error-applied", "error-not-applied", "commit-lost", "commit-unknown"];
    let line = |(word, odds): (&str, &u32)| format!("{word} = \"1/{odds}\"\n");
    case.climate = words.into_iter().zip(odds).map(line).collect();
}

/// What fired on records, not on watermarks: which of those travel alone depends on who is idle when.
fn on_records(scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
    fired(scenario, outcome, |fault| matches!(fault.at.record, Some(About::Record(_))))
}

const STEADY: Choice = Choice { bounds: false, ..ANY };

#[test]
fn the_answers_do_not_depend_on_the_order_of_steps_in_the_file() {
    let order = vec(any::<prop::sample::Index>(), 12);
    check(1500, (cases(STEADY), vec(3..9_u32, 4), order), |(mut case, odds, order)| {
        patient(&mut case, &odds);
        let mut steps = case.steps();
        let first = case.scenario();
        for (at, other) in order.iter().enumerate().take(steps.len()) {
            let other = other.index(steps.len());
            steps.swap(at, other);
        }
        let second = parse(&case.text_in_order(&steps));
        let (a, b) = (run(&first, Vec::new()), run(&second, Vec::new()));
        prop_assert_eq!(on_records(&first, &a), on_records(&second, &b));
        Ok(())
    });
}

/// Another source whose records have the same keys the other way round makes every key another handle.
#[test]
fn the_answers_do_not_depend_on_which_key_was_met_first() {
    check(1500, (cases(PLAIN), vec(3..9_u32, 4)), |(mut case, odds)| {
        patient(&mut case, &odds);
        let steps = case.steps();
        let strange = r#"kind = "source"
input = { records = [{ key = "c/d", at = "0s" }, { key = "b", at = "0s" }, { key = "a", at = "0s" }] }
"#;
        let aside = [
            ("strange".to_owned(), strange.to_owned()),
            ("aside".to_owned(), "kind = \"sink\"\nfrom = [\"strange\"]\n".to_owned()),
        ];
        let other = [&aside[..], &steps[..]].concat();
        let other = parse(&case.text_in_order(&other));
        let same = [&steps[..], &aside[..]].concat();
        let same = parse(&case.text_in_order(&same));
        let all = |scenario: &Scenario| {
            let outcome = run(scenario, Vec::new());
            let pipeline = scenario.trial.design.pipeline();
            let fired = fired(scenario, &outcome, |fault| {
                let Place { step, from, .. } = fault.at;
                let step = step.or(from).expect("a place has a step");
                !["strange", "aside"].contains(&pipeline.step(step).name.as_str())
                    && matches!(fault.at.record, Some(About::Record(_)))
            });
            (fired, outcome.brief.virtual_time)
        };
        prop_assert_eq!(all(&same), all(&other));
        Ok(())
    });
}

/// The two legs of a call are two points: a fault on the one says nothing of the other.
#[test]
fn a_request_and_its_ack_are_two_points() {
    let at = || Place { to: Some(StepIndex(1)), attempt: Some(1), ..Place::default() };
    let scenario = parse(TWO_SHARDS);
    for seed in 0..200 {
        let mut scenario = scenario.clone();
        scenario.seed = Some(seed);
        scenario.trial.plan.climate.odds.retain(|(kind, _)| {
            matches!(
                kind,
                Kind::DropAck | Kind::Duplicate { .. } | Kind::Delay { leg: Leg::Ack, .. }
            )
        });
        let without = run(&scenario, Vec::new());
        let with = run(
            &scenario,
            vec![Fault { at: at(), kind: Kind::Delay { by: 1_000_000, leg: Leg::Request } }],
        );
        let acks = |outcome: &Outcome| {
            fired(&scenario, outcome, |fault| {
                fault.kind == Kind::DropAck && fault.at.attempt == Some(1)
            })
        };
        assert_eq!(acks(&with), acks(&without), "seed {seed}");
    }
}
