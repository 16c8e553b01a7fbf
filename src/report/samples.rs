//! A plan and an outcome that tests of reports share.

use super::{Reported, RunReport, SweepReport, Timing};
use crate::search::blame::{Blame, Blamed};
use crate::search::chance::Chance;
use crate::search::marks::Reached;
use crate::search::tally::{Failure, RunsWith, Seeds, Sweep};
use crate::search::worth::{Worth, WorthOfAll};
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::layout::{Failing, StepIndex};
use onceproof_kernel::source::Progress;
use onceproof_kernel::time::{MILLISECOND, SECOND, Time};
use onceproof_model::dataflow::Design;
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::function::{Function, Into};
use onceproof_model::pipeline::{Sink, Step, StepKind};
use onceproof_model::window::Windowing;
use onceproof_sim::fault::{About, Climate, Fault, Kind, KindName, Pattern, Place};
use onceproof_sim::marks::{Marks, Strikes};
use onceproof_sim::outcome::{
    Brief, Class, Classes, Damage, Fired, Latency, LedgerFigures, Outcome, StepResult, Verdict,
    Work,
};
use onceproof_sim::plan::{Cluster, Network, Plan, SideEffects, Until};
use onceproof_sim::property::Properties;
use onceproof_systems::Trial;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// events, flip and per-side, with one exact fault.
pub fn flip_plan() -> Trial {
    flip_plan_with(|_| {})
}

/// The same with other mechanisms.
pub fn flip_plan_with(change: fn(&mut Mechanism)) -> Trial {
    let mut mechanism = Mechanism::default();
    change(&mut mechanism);
    let step = |name: &str, kind, from: &[u16], shards| {
        let from = from.iter().map(|&index| StepIndex(index)).collect();
        let (name, failing) = (name.to_owned(), Failing::default());
        (Step { name, kind, from, shards, failing }, mechanism)
    };
    let coin = Function::Coin { sides: 2, into: Into::Key };
    let windows = Windowing { length: 60 * SECOND, lateness: 0 };
    let steps = vec![
        step("events", StepKind::Source { watermark: Progress::Perfect, queue: None }, &[], 1),
        step("flip", StepKind::Map(coin), &[0], 1),
        step("per-side", StepKind::Count(windows), &[1], 2),
    ];
    let design = Design::new(steps).expect("a good graph");
    let plan = Plan {
        inputs: Vec::new(),
        cluster: Cluster::default(),
        network: Network::default(),
        climate: Climate::default(),
        faults: vec![lost_ack()],
        until: Until::default(),
        side_effects: SideEffects::default(),
        properties: Properties::default(),
    };
    Trial { design: onceproof_systems::Design::Dataflow(design), plan }
}

/// events, pass and table, a sink.
pub fn sink_plan() -> Trial {
    let mut trial = flip_plan();
    let mut steps = trial.design.pipeline().steps().to_vec();
    steps[1].name = "pass".to_owned();
    steps[2].name = "table".to_owned();
    steps[2].kind = StepKind::Sink(Sink::Upsert);
    let steps = steps.into_iter().map(|step| (step, Mechanism::default())).collect();
    let design = Design::new(steps).expect("a good graph");
    trial.design = onceproof_systems::Design::Dataflow(design);
    trial
}

/// Record n of the one source shard, as a place has it.
pub fn record(offset: u64) -> Option<About> {
    let pattern = Pattern::Source { step: StepIndex(0), shard: 0, offset, path: Vec::new() };
    Some(About::Record(pattern))
}

/// The first ack of the second record is lost.
pub fn lost_ack() -> Fault {
    let to = Some(StepIndex(2));
    let at = Place { to, record: record(1), attempt: Some(1), ..Place::default() };
    Fault { at, kind: Kind::DropAck }
}

/// The second of three records was counted twice.
pub fn lost_ack_outcome() -> Outcome {
    let mut classes = Classes::default();
    classes.insert(Class::Duplicated);
    let mut fired = Fired::default();
    fired.0[KindName::DropAck as usize] = 1;
    let step = StepIndex(2);
    let results = BTreeMap::from([("ann".to_owned(), 2), ("bob".to_owned(), 2)]);
    let windows =
        results.iter().map(|(key, &total)| ((key.clone(), Some(Time(0))), total)).collect();
    let damage = Damage {
        class: Class::Duplicated,
        step,
        record: "events/0#1".to_owned(),
        expected: 1,
        reflected: 2,
        instead: None,
        taken_for: None,
        left: None,
        given_up: None,
        by_itself: None,
        touched: vec![0],
    };
    Outcome {
        brief: Brief {
            alphabet: &onceproof_model::dataflow::point::ALPHABET,
            verdict: Verdict::Violated,
            classes,
            ledger: LedgerFigures {
                expected: 3,
                exact: 2,
                duplicated: 1,
                excess: 1,
                ..LedgerFigures::default()
            },
            filtered: 0,
            unfinished: 0,
            fired,
            strikes: Strikes::default(),
            marks: Marks::default(),
            work: Work { events: 1234, messages: 9, retries: 1, commits: 12, ..Work::default() },
            virtual_time: 2_034 * MILLISECOND,
            fingerprint: 42,
        },
        steps: vec![StepResult {
            step,
            expected: 3,
            applied: 4,
            late: 0,
            dead_lettered: 0,
            results,
            windows,
        }],
        damage: vec![damage],
        dead_letters: Vec::new(),
        schedule: vec![lost_ack()],
        unfired: Vec::new(),
        latency: Some(Latency {
            p50: 3 * MILLISECOND,
            p99: 34 * MILLISECOND,
            max: 34 * MILLISECOND + 1_000,
        }),
        served: None,
        oldest_copies: Vec::new(),
        longest_retries: Vec::new(),
        greatest_lags: Vec::new(),
        filters: Vec::new(),
        calls: Vec::new(),
        reason: None,
        never_ends: None,
        broken: None,
    }
}

/// The lost ack did it.
pub fn lost_ack_blame() -> Blame {
    let blamed = Blamed::Faults { sets: vec![vec![0]], is_all: true, without: None };
    Blame { damage: vec![Some(blamed)], ..Blame::default() }
}

/// What reports say of the plan.
pub fn subject(trial: &Trial) -> Reported<'_> {
    Reported {
        path: Path::new("flip.toml"),
        name: "a coin",
        claim: "It is flipped once.",
        trial,
        rows_skipped: 0,
        unfired_is_allowed: false,
        folders: &[],
    }
}

/// What `render` makes of the outcome.
pub fn with_lost_ack_report<T>(render: impl Fn(&RunReport) -> T) -> T {
    let (trial, outcome) = (flip_plan(), lost_ack_outcome());
    let replay = "onceproof run flip.toml --seed 7";
    render(&RunReport {
        subject: subject(&trial),
        seed: Some(7),
        seed_is_assumed: false,
        outcome: &outcome,
        served: None,
        blame: &lost_ack_blame(),
        differences: &[],
        not_shown: None,
        replay,
        smaller: Some("onceproof shrink flip.toml --seed 7"),
        shortfalls: &[],
        strict: false,
    })
}

/// A text without its colours.
pub fn plain(text: &str) -> String {
    crate::report::style::plain(text)
}

/// A sweep that met it twice.
pub fn lost_ack_sweep() -> Sweep {
    let outcome = lost_ack_outcome();
    let mut fired = Fired::default();
    fired.0[KindName::DropAck as usize] = 1200;
    Sweep {
        seeds: Seeds::Range(0..1000),
        chance: Chance { latency: true, faults: true, ..Chance::default() },
        runs: 1000,
        violated: 2,
        inconclusive: 0,
        classes: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        fired,
        with_kind: [RunsWith::default(); KindName::ALL.len()],
        reached: Reached::default(),
        figures: None,
        results: Vec::new(),
        worth: Some(WorthOfAll::of(Worth::of(&outcome.brief))),
        with_records: BTreeSet::from([StepIndex(2)]),
        failing: vec![Some(7), Some(31)],
        first_violated: None,
        first_inconclusive: None,
        events: 1_234_000,
        work: Vec::new(),
        latency: None,
        digest: 17,
        never_fired: vec![KindName::Crash],
        never_reached: vec![Mark::COMMIT_FENCED],
        sampled: 16,
        unfired: Vec::new(),
        difference: None,
        first_failure: Some(Failure { seed: Some(7), outcome }),
        interrupted: false,
    }
}

/// The report of the sweep.
pub fn sweep_report<'a>(trial: &'a Trial, sweep: &'a Sweep, blame: &'a Blame) -> SweepReport<'a> {
    SweepReport {
        subject: subject(trial),
        regressions: &[],
        sweep,
        not_shown: None,
        blame,
        failures: None,
        weather: None,
        saved: Some(Path::new("failures/flip-seed-7.toml")),
        replay: Some("onceproof replay failures/flip-seed-7.toml"),
        timing: Timing { nanos: 2_000_000_000 },
        matrix: false,
        shortfalls: &[],
        strict: false,
    }
}
