//! Sentences of faults.

use super::*;
use crate::report::samples::{flip_plan, record, sink_plan};
use onceproof_kernel::time::{MILLISECOND, SECOND};
use onceproof_model::dataflow::point;
use onceproof_sim::fault::{ClockWay, Leg};
use onceproof_sim::simulator::default_kinds;

fn check(at: Place, kind: Kind, expected: &str) {
    assert_eq!(fault_in_words(&Fault { at, kind }, &flip_plan()), expected);
}

fn step(number: u16) -> Option<StepIndex> {
    Some(StepIndex(number))
}

/// Whatever is wrong in what the table tells of a kind stands in its sentence as it is there.
#[test]
fn every_kind_is_told_in_a_sentence_with_all_its_parameters() {
    for kind in default_kinds() {
        let told = fault_in_words(&Fault { at: Place::default(), kind }, &flip_plan());
        assert!(!told.contains(['{', '}', '…']), "{told}");
        let row = kind.name().row();
        let struck = match (row.target, kind.leg()) {
            (FaultTarget::Message, Some(leg)) => leg.word(),
            (FaultTarget::Message, None) => ["request", "ack", "channel"]
                .into_iter()
                .find(|word| row.told.starts_with(word))
                .expect("one of them"),
            (FaultTarget::Link, _) => "link",
            (FaultTarget::Worker, _) => "worker",
            (FaultTarget::Shard, _) => "shard",
            (FaultTarget::Commit, _) => "commit",
            (FaultTarget::Function, _) => "function",
            (FaultTarget::Delivery, _) => "queue",
            (FaultTarget::Call, _) => "call",
        };
        let begins = [format!("a {struck} "), format!("the {struck} ")];
        assert!(begins.iter().any(|begins| told.starts_with(begins)), "{struck}: {told}");
        let length = kind.length().map(exact).unwrap_or_default();
        assert!(told.contains(&length), "{length}: {told}");
    }
}

#[test]
fn calls_are_told_by_record_ends_and_attempt() {
    let at = || Place { to: step(2), record: record(1), attempt: Some(1), ..Place::default() };
    check(at(), Kind::DropAck, "the ack of events/0#1 to per-side, attempt 1, was lost");
    check(
        at(),
        Kind::ErrorApplied,
        "the request of events/0#1 to per-side, attempt 1, was applied and answered with an error",
    );
    check(
        at(),
        Kind::Delay { by: SECOND, leg: Leg::Ack },
        "the ack of events/0#1 to per-side, attempt 1, took 1s longer",
    );
    let at = Place {
        from: step(1),
        from_shard: Some(0),
        to: step(2),
        shard: Some(1),
        record: Some(About::Control { word: 0, value: Some(60_000_000_000) }),
        nth: Some(2),
        ..Place::default()
    };
    check(
        at,
        Kind::DropRequest,
        "the second request of watermark 60s from flip/0 to per-side/1 was lost",
    );
    let leg = Leg::Request;
    check(Place::default(), Kind::Duplicate { leg }, "the request arrived twice");
}

#[test]
fn crashes_are_told_by_worker_or_by_step_of_the_protocol() {
    let kind = Kind::Crash { restart: 50 * MILLISECOND };
    let at = Place {
        step: step(1),
        shard: Some(0),
        record: record(0),
        before: Some(point::SETTLE),
        ..Place::default()
    };
    check(
        at,
        kind,
        "the worker of flip/0 crashed before settle of events/0#0 and came back after 50ms",
    );
    let at = Place { worker: Some(2), time: Some(SECOND), ..Place::default() };
    check(at, kind, "worker 2 crashed at 1s and came back after 50ms");
}

#[test]
fn long_times_are_told_in_units_that_people_read() {
    let at = Place { worker: Some(2), time: Some(90 * SECOND), ..Place::default() };
    let day = Kind::Crash { restart: 86_400 * SECOND };
    check(at, day, "worker 2 crashed at 1m30s and came back after 24h");
    assert_eq!(kind_in_words(&day), "crash (restart 24h)");
    let ack = Kind::Delay { by: 3_600 * SECOND, leg: Leg::Ack };
    assert_eq!(kind_in_words(&ack), "delay (by 1h, leg ack)");
}

#[test]
fn pauses_moves_and_clock_steps_are_told_by_worker_or_by_shard() {
    let before = || Place {
        step: step(2),
        shard: Some(1),
        record: record(0),
        before: Some(point::COMMIT),
        ..Place::default()
    };
    let timed = || Place { time: Some(SECOND), ..Place::default() };
    let pause = Kind::Pause { lasts: 400 * MILLISECOND };
    let text = "the worker of per-side/1 stood still before the commit of events/0#0 for 400ms";
    check(before(), pause, text);
    check(Place { worker: Some(2), ..timed() }, pause, "worker 2 stood still at 1s for 400ms");
    let text = "per-side/1 moved to another worker before the commit of events/0#0";
    check(before(), Kind::Move, text);
    let at = Place { step: step(2), shard: Some(0), ..timed() };
    check(at, Kind::Move, "per-side/0 moved to another worker at 1s");
    let back = Kind::ClockStep { by: 5 * SECOND, way: ClockWay::Back };
    let at = Place { worker: Some(0), ..timed() };
    check(at, back, "worker 0 stepped its clock 5s back at 1s");
}

#[test]
fn functions_are_told_by_execution() {
    let at = || Place { step: step(1), record: record(0), attempt: Some(2), ..Place::default() };
    let differs = |answer| Kind::UserDiffers { answer };
    check(at(), differs(1), "flip answered otherwise on events/0#0, execution 2");
    check(at(), differs(3), "flip answered otherwise, by 3, on events/0#0, execution 2");
    check(at(), Kind::Redeliver, "the queue of flip handed events/0#0 out again, delivery 2");
    check(at(), Kind::UserFails, "flip failed on events/0#0, execution 2");
}

#[test]
fn calls_to_services_are_told_by_step_and_record() {
    let at = Place { step: step(1), record: record(0), attempt: Some(1), ..Place::default() };
    check(
        at,
        Kind::CallUnknown,
        "the call of flip for events/0#0, attempt 1, was done, and its answer was lost",
    );
}

#[test]
fn commits_are_told_by_step_and_record() {
    let at = |before| Place { step: step(1), record: record(0), before, ..Place::default() };
    check(at(None), Kind::CommitLost, "the commit of events/0#0 at flip was lost");
    check(
        at(Some(point::SETTLE)),
        Kind::CommitUnknown,
        "the settle commit of events/0#0 at flip was applied, and its answer was lost",
    );
}

#[test]
fn which_of_several_it_was_stands_before_its_noun() {
    let at = |nth, before| Place {
        step: step(1),
        record: record(0),
        nth: Some(nth),
        before,
        ..Place::default()
    };
    let lost = |nth, words| {
        check(
            at(nth, None),
            Kind::CommitLost,
            &format!("the {words} of events/0#0 at flip was lost"),
        );
    };
    lost(1, "commit");
    lost(2, "second commit");
    lost(10, "tenth commit");
    lost(11, "11th commit");
    lost(22, "22nd commit");
    let crash = Kind::Crash { restart: 50 * MILLISECOND };
    let back = "and came back after 50ms";
    let text = format!("the worker of flip crashed before the third settle of events/0#0 {back}");
    check(at(3, Some(point::SETTLE)), crash, &text);
    check(at(2, None), Kind::UserFails, "flip failed on events/0#0, the second time");
    let text = "the second call of flip for events/0#0 was done, and its answer was lost";
    check(at(2, None), Kind::CallUnknown, text);
}

#[test]
fn a_sink_commits_its_rows_and_a_window_is_emitted() {
    let crash = Kind::Crash { restart: 50 * MILLISECOND };
    let at = |nth| Place {
        step: step(2),
        record: record(0),
        nth,
        before: Some(point::EMIT),
        ..Place::default()
    };
    let of = |trial: &Trial, nth, kind| fault_in_words(&Fault { at: at(nth), kind }, trial);
    let (window, sink) = (flip_plan(), sink_plan());
    let back = "and came back after 50ms";
    let emit = format!("the worker of per-side crashed before emit of events/0#0 {back}");
    assert_eq!(of(&window, None, crash), emit);
    let commit = format!("the worker of table crashed before the commit of events/0#0 {back}");
    assert_eq!(of(&sink, None, crash), commit);
    let second = "table moved to another worker before the second commit of events/0#0";
    assert_eq!(of(&sink, Some(2), Kind::Move), second);
    let lost = "the commit of events/0#0 at table was lost";
    assert_eq!(of(&sink, None, Kind::CommitLost), lost);
    let lost = "the emit commit of events/0#0 at per-side was lost";
    assert_eq!(of(&window, None, Kind::CommitLost), lost);
}

#[test]
fn links_are_told_by_their_ends_and_when_they_were_cut() {
    let kind = Kind::Partition { lasts: SECOND, direction: Direction::Both };
    let at = Place { to: step(2), time: Some(5 * SECOND), ..Place::default() };
    check(at, kind, "the link to per-side was cut both ways from 5s on, for 1s");
    let at = Place { to: step(2), record: record(1), attempt: Some(1), ..Place::default() };
    let kind = Kind::Partition { lasts: SECOND, direction: Direction::Backward };
    check(
        at,
        kind,
        "the link to per-side was cut for acks from the request of events/0#1, attempt 1, on, for 1s",
    );
}
