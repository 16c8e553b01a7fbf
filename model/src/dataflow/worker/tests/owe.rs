//! Sinks that write by calls: in what order they call, commit, and say that nothing is owed any more.

use super::stage::{Stage, committed};
use crate::dataflow::effect::Input;
use crate::pipeline::{OffsetGiven, Sink};
use onceproof_kernel::call::Answer;
use onceproof_kernel::system::Process;
use onceproof_kernel::time::SECOND;

/// Boots a sink and hands it ann and bob, which share a unit.
fn with_two_records(sink: Sink, calls: [&str; 2]) -> Stage {
    let mut stage = Stage::sink(sink, 2);
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let ann = stage.request(0, "ann");
    stage.takes(ann, &["ask catalog events/0#0", "wake 0s close"]);
    let bob = stage.request(1, "bob");
    let [first, second] = calls;
    let recall = "wake 30ms recall";
    stage.takes(bob, &["ask catalog events/0#1", first, recall, second, recall]);
    stage
}

const PREPARED: [&str; 2] = ["prepare 0 of 2 events/0#0", "prepare 1 of 2 events/0#1"];

#[test]
fn the_rows_of_a_unit_are_prepared_then_committed_and_then_shown_by_one_call() {
    for sink in [Sink::Rename, Sink::TwoPhase { timeout: SECOND }] {
        let mut stage = with_two_records(sink, PREPARED);
        let second = stage.called(1, Answer::Done);
        stage.takes(second, &[]);
        let first = stage.called(0, Answer::Done);
        stage.takes(first, &["emit events/0#0 [id ann, id bob, owe 0]"]);
        // The same answer once more means nothing.
        stage.takes(first, &[]);
        let acked = ["ack events/0#0", "ack events/0#1", "finish events/0#0", "wake 30ms recall"];
        stage.takes(committed(0), &acked);
        let shown = stage.called(2, Answer::Done);
        stage.takes(shown, &["settle events/0#0 [paid 0]"]);
    }
}

#[test]
fn a_row_that_is_not_answered_is_prepared_again_in_its_place() {
    let mut stage = with_two_records(Sink::Rename, PREPARED);
    let first = stage.called(0, Answer::Done);
    stage.takes(first, &[]);
    assert!(!stage.worker.awaits(stage.timers[1]));
    let silence = stage.timer(2);
    stage.takes(silence, &[PREPARED[1], "wake 60ms recall"]);
    assert_eq!(stage.calls[1].operation, stage.calls[2].operation);
}

#[test]
fn in_place_nothing_is_owed_since_readers_see_the_rows_already() {
    let written = ["write 0 of 2 events/0#0", "write 1 of 2 events/0#1"];
    let mut stage = with_two_records(Sink::InPlace, written);
    let first = stage.called(0, Answer::Done);
    stage.takes(first, &[]);
    let second = stage.called(1, Answer::Done);
    stage.takes(second, &["emit events/0#0 [id ann, id bob]"]);
    stage.takes(committed(0), &["ack events/0#0", "ack events/0#1"]);
}

#[test]
fn a_boot_forgets_a_unit_and_makes_another() {
    let mut stage = with_two_records(Sink::Rename, PREPARED);
    stage.takes(Input::Boot, &["take token 2", "scan"]);
    let stale = stage.called(0, Answer::Done);
    stage.takes(stale, &[]);
    let ann = stage.request(0, "ann");
    stage.takes(ann, &["ask catalog events/0#0", "wake 0s close"]);
    let close = stage.timer(3);
    stage.takes(close, &["prepare 0 of 1 events/0#0", "wake 30ms recall"]);
    let unit = |nth: usize| match stage.calls[nth].operation {
        onceproof_kernel::call::Operation::Prepare { part, .. } => part.unit,
        ref other => panic!("{other:?}"),
    };
    assert_ne!(unit(0), unit(2));
}

#[test]
fn a_new_stream_begins_at_0_in_each_life_and_leaves_no_offset() {
    let mut stage = Stage::sink(Sink::Offset(OffsetGiven::InNewStream), 1);
    for (token, call) in [(1, 0), (2, 1)] {
        let take = format!("take token {token}");
        stage.takes(Input::Boot, &[&take, "scan"]);
        let ann = stage.request(0, "ann");
        let asked = "ask catalog events/0#0";
        stage.takes(ann, &[asked, "append at 0 events/0#0", "wake 30ms recall"]);
        let answer = stage.called(call, Answer::Done);
        stage.takes(answer, &["ready"]);
        stage.takes(Input::Resume, &[asked, "emit events/0#0 [id ann]"]);
    }
}
