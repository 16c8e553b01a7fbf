//! What a clock says, seen where it ends: in the stamps that the store keeps; commits that are sent again, and ids that
//! grow old. One source that reads `ann` at 0 s and `bob` at 1 s, on worker 0, and one count, on worker 1; the source
//! stamps each as it reads it.

use super::*;
use crate::fault::{Climate, ClockWay, Fault, Kind, Place};
use crate::input::{InputRow, RowValue, SourceInput};
use crate::plan::{Cluster, Network, SideEffects, Until};
use crate::property::Properties;
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::layout::{Failing, StepIndex};
use onceproof_kernel::source::Progress;
use onceproof_kernel::time::{MILLISECOND, SECOND};
use onceproof_model::dataflow::mechanism::{CommitRetry, Gc, Mechanism, UnknownOld};
use onceproof_model::dataflow::{Dataflow, Design};
use onceproof_model::pipeline::{Step, StepKind};
use onceproof_model::window::Windowing;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

mod state;

/// The steps.
fn chain() -> [Step; 2] {
    let step = |name: &str, kind, from: &[u16]| Step {
        name: name.to_owned(),
        kind,
        from: from.iter().map(|&index| StepIndex(index)).collect(),
        shards: 1,
        failing: Failing::default(),
    };
    let windows = Windowing { length: 60 * SECOND, lateness: 0 };
    [
        step("events", StepKind::Source { watermark: Progress::Perfect, queue: None }, &[]),
        step("per-user", StepKind::Count(windows), &[0]),
    ]
}

/// Their input, and what befalls them.
fn plan(faults: Vec<Fault>) -> (Design, Plan) {
    let row = |(key, at): (&str, i64)| InputRow {
        key: Arc::from(key),
        event_time: Time(at * SECOND as i64),
        arrival: Time(at * SECOND as i64),
        value: RowValue::Integer(1),
        id: None,
    };
    let rows = [("ann", 0), ("bob", 1)].map(row).to_vec();
    let steps = chain().map(|step| (step, Mechanism::default()));
    let design = Design::new(steps.to_vec()).expect("a chain");
    let plan = Plan {
        inputs: vec![(StepIndex(0), SourceInput::Rows(Arc::new(rows)))],
        cluster: Cluster::default(),
        network: Network::default(),
        climate: Climate::default(),
        faults,
        until: Until::default(),
        side_effects: SideEffects::default(),
        properties: Properties::default(),
    };
    (design, plan)
}

/// The last stamp of the source, and how long the run took.
fn last_stamp(faults: Vec<Fault>) -> (Time, u64) {
    let (design, plan) = plan(faults);
    let mut world: World<'_, Dataflow> = World::new(&design, &plan);
    world.reset(None, false);
    assert_eq!(world.run(&AtomicBool::new(false), |_, _| {}), Some(End::Drained));
    let Outside { store, words, .. } = &world.outside;
    let scan = store.rows(ShardIndex(0)).scan(&words.keys);
    (scan.last_stamp.expect("two outputs were stamped"), world.now)
}

fn at_half_a_second(by: Nanos, way: ClockWay) -> Vec<Fault> {
    let time = Some(500 * MILLISECOND);
    let at = Place { worker: Some(0), time, ..Place::default() };
    vec![Fault { at, kind: Kind::ClockStep { by, way } }]
}

#[test]
fn a_clock_step_changes_stamps_and_no_length_of_time() {
    let (stamp, took) = last_stamp(Vec::new());
    assert_eq!(stamp, Time(SECOND as i64));
    // An hour ahead: bob is stamped an hour later.
    let hour = 3600 * SECOND;
    let ahead = last_stamp(at_half_a_second(hour, ClockWay::Ahead));
    assert_eq!(ahead, (stamp.plus(hour), took));
    // The clock says -4 s when bob is read: he is stamped just after ann, who was stamped 0.
    let back = last_stamp(at_half_a_second(5 * SECOND, ClockWay::Back));
    assert_eq!(back, (Time(1), took));
}

#[test]
fn no_sum_of_clock_steps_overflows() {
    let steps = |way| {
        let ages = at_half_a_second(u64::MAX, way);
        let mut faults = ages.clone();
        faults.extend(ages.iter().map(|fault| {
            let time = Some(600 * MILLISECOND);
            Fault { at: Place { time, ..fault.at.clone() }, ..fault.clone() }
        }));
        last_stamp(faults)
    };
    let (_, took) = last_stamp(Vec::new());
    assert_eq!(steps(ClockWay::Back), (Time(1), took));
    assert_eq!(steps(ClockWay::Ahead).1, took);
}

/// How often the store was sent a commit that it had applied, where each takes 2 s each way.
fn repeated_commits(commit_retry: CommitRetry) -> u64 {
    let (design, mut plan) = plan(Vec::new());
    plan.cluster.commit = 2 * SECOND;
    let mut steps = design.parts();
    steps.iter_mut().for_each(|(_, mechanism)| mechanism.commit_retry = commit_retry);
    let design = Design::new(steps).expect("a chain");
    let mut world: World<'_, Dataflow> = World::new(&design, &plan);
    world.reset(None, false);
    assert_eq!(world.run(&AtomicBool::new(false), |_, _| {}), Some(End::Drained));
    world.outside.marks.count(Mark::COMMIT_REPEATED)
}

#[test]
fn a_commit_that_is_only_slow_is_not_repeated_unless_its_time_out_is_short() {
    assert_eq!(repeated_commits(CommitRetry::default()), 0);
    let timeout = Some(30 * MILLISECOND);
    let every_30_ms = CommitRetry { timeout, backoff: Some(1), max: None };
    // 4 s are 133 times 30 ms, and there is more than one commit.
    let often = repeated_commits(every_30_ms);
    assert!(often >= 2 * 133, "{often}");
    // 30, 60, 120, 240, 480, 960, 1000, 1000 ms come to less than 4 s.
    let seldom = repeated_commits(CommitRetry { backoff: None, ..every_30_ms });
    assert!(seldom > 0 && seldom * 133 <= often * 8, "{seldom}");
}

#[test]
fn an_id_grows_old_after_another_one_did_though_no_commit_comes_between() {
    let (design, plan) = plan(Vec::new());
    let mut steps = design.parts();
    let gc = Gc::Ttl { ttl: 10 * SECOND, unknown_old: UnknownOld::default() };
    steps.iter_mut().for_each(|(_, mechanism)| mechanism.gc = gc);
    let design = Design::new(steps).expect("a chain");
    let mut world: World<'_, Dataflow> = World::new(&design, &plan);
    world.reset(None, false);
    assert_eq!(world.run(&AtomicBool::new(false), |_, _| {}), Some(End::Drained));
    let ids_held_at = |half_seconds: u64| {
        let now = Time((half_seconds * SECOND / 2) as i64);
        world.outside.store.ids_held(now)
    };
    // Those of ann and bob are 10 s old soon after 10 s and 11 s.
    assert_eq!([19, 21, 23].map(ids_held_at), [(2, 2), (1, 2), (0, 2)]);
}
