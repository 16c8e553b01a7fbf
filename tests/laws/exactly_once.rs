//! The full design holds under every schedule, and what only changes the cost of a run never changes its
//! results.

use super::cases::{ANY, Case, MOVING, PLAIN, cases, parse};
use super::faults::{Strike, climates, drawn, on, strikes};
use super::{check, naive, runner};
use onceproof::scenario::Scenario;
use onceproof_kernel::time::Nanos;
use onceproof_model::dataflow::point;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::{Outcome, Verdict};
use onceproof_sim::plan::SideEffects;
use onceproof_systems::Trial;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestCaseError;
use std::collections::BTreeMap;

/// Runs a scenario with more exact faults. Entries are fenced, so the newest must stand.
fn run(scenario: &Scenario, faults: Vec<Fault>) -> Outcome {
    let side_effects = SideEffects { at_most: None, newest: true };
    let trial = scenario.trial.with(|plan| {
        (plan.faults, plan.side_effects) = (faults, side_effects);
    });
    trial.simulator().detail(scenario.seed)
}

/// Every record is reflected exactly once; else the failure is told as a scenario file.
fn is_exactly_once(scenario: &Scenario, outcome: &Outcome) -> Result<(), TestCaseError> {
    if outcome.brief.verdict == Verdict::ExactlyOnce && outcome.damage.is_empty() {
        return Ok(());
    }
    let file = scenario.saved_failure(
        scenario.seed,
        &outcome.schedule,
        outcome.brief.classes,
        &scenario.path,
    );
    let Outcome { brief, damage, reason, .. } = outcome;
    let (ledger, damage) = (brief.ledger, &damage[..damage.len().min(4)]);
    Err(TestCaseError::fail(format!("{ledger:?} {damage:?} {reason:?}\n{file}")))
}

/// The results of each step with results.
fn results(trial: &Trial, outcome: &Outcome) -> BTreeMap<String, naive::Totals> {
    let name = |step| trial.layout().name(step).to_owned();
    outcome.steps.iter().map(|step| (name(step.step), step.results.clone())).collect()
}

#[test]
fn every_schedule_of_exact_faults_is_exactly_once() {
    check(3000, (cases(MOVING), vec(strikes(), 0..=8)), |(case, strikes)| {
        let scenario = case.scenario();
        let faults = on(&strikes, &scenario.trial);
        is_exactly_once(&scenario, &run(&scenario, faults))
    });
}

#[test]
fn every_seed_of_every_climate_is_exactly_once() {
    check(3000, (cases(MOVING), climates()), |(mut case, climate)| {
        case.climate = climate.lines(&case.steps(), case.workers);
        let scenario = case.scenario();
        is_exactly_once(&scenario, &run(&scenario, Vec::new()))
    });
}

#[test]
fn exact_faults_on_top_of_drawn_ones_change_nothing_either() {
    check(
        1500,
        (cases(MOVING), climates(), vec(strikes(), 0..=5)),
        |(mut case, climate, strikes)| {
            case.climate = climate.lines(&case.steps(), case.workers);
            let scenario = case.scenario();
            let faults = on(&strikes, &scenario.trial);
            is_exactly_once(&scenario, &run(&scenario, faults))
        },
    );
}

/// Else the laws above are empty.
#[test]
fn every_kind_of_fault_fires_in_the_cases_of_the_laws() {
    let strategy = (cases(MOVING), vec(strikes(), 8));
    let mut runner = runner(1);
    let mut fired = [0_u64; KindName::ALL.len()];
    let (mut late, mut dead_lettered) = (0, 0);
    for _ in 0..400 {
        let (case, strikes): (Case, Vec<Strike>) =
            strategy.new_tree(&mut runner).expect("a case").current();
        let scenario = case.scenario();
        let outcome = run(&scenario, on(&strikes, &scenario.trial));
        for (sum, count) in fired.iter_mut().zip(outcome.brief.fired.0) {
            *sum += count;
        }
        late += outcome.brief.ledger.late;
        dead_lettered += outcome.brief.ledger.dead_lettered;
    }
    for kind in drawn() {
        assert!(fired[kind as usize] >= 10, "{} fired {} times", kind.word(), fired[kind as usize]);
    }
    assert!(late > 0, "no record was ever late");
    assert!(dead_lettered > 0, "no record was ever given up");
}

#[test]
fn recompute_is_exactly_once_where_functions_and_watermarks_are_sure() {
    check(
        600,
        (cases(PLAIN), climates(), vec(strikes(), 0..=5)),
        |(mut case, climate, strikes)| {
            case.mechanism = "outputs = \"recompute\"";
            case.climate = climate.lines(&case.steps(), case.workers);
            let scenario = case.scenario();
            let faults = on(&strikes, &scenario.trial);
            is_exactly_once(&scenario, &run(&scenario, faults))
        },
    );
}

/// Filters that are too small and too short, in both of the right ways to come back.
const FILTERS: [&str; 2] = [
    "dedup = { bloom = { bucket = \"40ms\", expect = 2, bits-per-id = 3, hashes = 2 } }",
    "dedup = { bloom = { bucket = \"1s\", expect = 3, rebuild = \"lazy\", threshold = 3 } }",
];

/// No shard ever has two owners: the filter of a zombie may take for new what another owner has committed,
/// which its fencing makes up for.
fn without_zombies(mut scenario: Scenario) -> Scenario {
    scenario.trial.plan.cluster.lease = Nanos::MAX;
    scenario.trial.plan.climate.odds.retain(|(kind, _)| *kind != Kind::Move);
    scenario
}

#[test]
fn filters_change_nothing_but_what_is_read() {
    let saved = std::cell::Cell::new(0);
    check(
        800,
        (cases(ANY), climates(), vec(strikes(), 0..=4), 0..FILTERS.len()),
        |(mut case, climate, strikes, filters)| {
            // Where a read takes no time, a read that is saved changes no event.
            case.read = 0;
            case.climate = climate.lines(&case.steps(), case.workers);
            let plain = without_zombies(case.scenario());
            let mut faults = on(&strikes, &plain.trial);
            faults.retain(|fault| fault.kind != Kind::Move);
            let without = run(&plain, faults.clone()).brief;
            case.mechanism = FILTERS[filters];
            let filtered = without_zombies(case.scenario());
            let outcome = run(&filtered, faults);
            is_exactly_once(&filtered, &outcome)?;
            let with = outcome.brief;
            prop_assert_eq!(with.fingerprint, without.fingerprint);
            prop_assert_eq!(with.ledger, without.ledger);
            let negatives = with.marks.count(point::FILTER_SAVED_READ);
            let looked_at = with.work.own[0] + negatives;
            prop_assert_eq!(looked_at, without.work.own[0]);
            prop_assert!(with.work.own[1] <= with.work.own[0]);
            saved.set(saved.get() + negatives);
            Ok(())
        },
    );
    assert!(saved.get() > 0, "no read was ever saved");
}

#[test]
fn a_run_without_faults_agrees_with_the_same_pipeline_worked_out_naively() {
    check(2000, cases(ANY), |mut case| {
        case.bound = None;
        let trial = case.trial().with(|plan| plan.network = Default::default());
        // Without a seed every coin falls on 0.
        let outcome = trial.simulator().detail(None);
        prop_assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce);
        prop_assert_eq!(outcome.brief.ledger.exact, case.records.len() as u64);
        prop_assert_eq!(results(&trial, &outcome), naive::evaluate(&trial));
        Ok(())
    });
}

#[test]
fn bundles_windows_of_requests_workers_and_shards_change_no_result() {
    check(
        1000,
        (cases(ANY), 1..=5_u32, 1..=8_u32, 1..=3_u32),
        |(mut case, bundle, flight, shards)| {
            case.bound = None;
            let all = |case: &Case| {
                let scenario = case.scenario();
                results(&scenario.trial, &run(&scenario, Vec::new()))
            };
            // A coin falls by the name of a record, which has the number of its source shard in it: the
            // source keeps its shards, all else changes.
            let expected = all(&case);
            case.bundle = bundle;
            prop_assert_eq!(&all(&case), &expected, "bundle");
            case.in_flight = flight;
            prop_assert_eq!(&all(&case), &expected, "in-flight");
            case.mechanism = "settle = \"with-next\"";
            prop_assert_eq!(&all(&case), &expected, "settle");
            case.workers = case.workers.map_or(Some(1), |_| None);
            prop_assert_eq!(&all(&case), &expected, "workers");
            case.last.shards = shards;
            for middle in &mut case.middle {
                middle.aggregate.shards = shards;
            }
            prop_assert_eq!(&all(&case), &expected, "shards");
            Ok(())
        },
    );
}

#[test]
fn fusion_and_lifting_change_no_result() {
    let designs = ["", "fuse = false", "lift = false", "fuse = false\nlift = false"];
    check(1000, cases(ANY), |mut case| {
        case.bound = None;
        let mut all = Vec::new();
        for design in designs {
            case.mechanism = design;
            let scenario = case.scenario();
            let outcome = run(&scenario, Vec::new());
            prop_assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce, "{}", design);
            all.push(results(&scenario.trial, &outcome));
        }
        prop_assert!(all.iter().all(|other| *other == all[0]), "{:?}", all);
        Ok(())
    });
}

/// The records of a bundle, all of one instant and one window, are one message each time: with a bundle of
/// 1,000 a global count of 100,000 records costs 100 messages, and one for the last watermark.
#[test]
fn a_lifted_global_count_costs_a_message_for_each_bundle() {
    let messages = |lift: bool| {
        let text = format!(
            "format = 1\nname = \"all at once\"\nclaim = \"Lifted, it costs a hundredth.\"\n\
             expect = \"exactly-once\"\n\
             [input]\ngenerate = {{ records = 100_000, users = 1000, every = \"0s\" }}\n\
             [[step]]\nname = \"events\"\nkind = \"source\"\n\
             [[step]]\nname = \"global\"\nkind = \"count-globally\"\nwindow = \"1m\"\n\
             [mechanism]\nbundle = 1000\nlift = {lift}\n"
        );
        let outcome = run(&parse(&text), Vec::new());
        assert_eq!(outcome.brief.ledger.exact, 100_000);
        assert_eq!(outcome.steps[0].results["*"], 100_000);
        outcome.brief.work.messages
    };
    assert_eq!((messages(true), messages(false)), (101, 100_001));
}
