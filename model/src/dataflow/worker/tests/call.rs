//! Calls to external services.

use super::stage::{Stage, committed, count};
use crate::dataflow::effect::Input;
use crate::dataflow::mechanism::{Bundle, Mechanism};
use crate::function::Function;
use crate::pipeline::StepKind;
use onceproof_kernel::call::{Action, Answer, Operation};
use onceproof_kernel::system::Process;
use std::collections::VecDeque;

/// A map that calls, with its first record on its way.
fn calling(action: Action, mechanism: Mechanism) -> Stage {
    let mut stage = Stage::new(StepKind::Map(Function::Call(action)), count(0), mechanism);
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(request, &["ask catalog events/0#0", "call events/0#0", "wake 30ms recall"]);
    stage
}

const APPLIED: [&str; 3] = [
    "ask catalog events/0#0",
    "run function events/0#0",
    "commit events/0#0 [id ann, hold events/0#0.0]",
];

#[test]
fn a_record_waits_for_its_call_and_others_wait_for_it() {
    let mut stage = calling(Action::Append, Mechanism::default());
    let other = stage.request(1, "ann");
    stage.takes(other, &[]);
    let answer = stage.called(0, Answer::Done);
    stage.takes(answer, &["ready"]);
    stage.takes(Input::Resume, &APPLIED);
    // The same answer once more means nothing.
    stage.takes(answer, &[]);
    stage.takes(committed(0), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry", "ready"]);
    stage.takes(Input::Resume, &["ask catalog events/0#1", "call events/0#1", "wake 30ms recall"]);
}

#[test]
fn a_call_that_is_not_answered_is_made_again() {
    let mut stage = calling(Action::Append, Mechanism::default());
    let silence = stage.timer(0);
    stage.takes(silence, &["call events/0#0", "wake 60ms recall"]);
    // An answer is an answer, whichever call it is to.
    let answer = stage.called(0, Answer::Done);
    stage.takes(answer, &["ready"]);
    assert!(!stage.worker.awaits(stage.timers[1]));
    stage.takes(Input::Resume, &APPLIED);
}

#[test]
fn a_function_that_fails_after_its_call_calls_again() {
    let mut stage = calling(Action::Append, Mechanism::default());
    stage.world.answers = VecDeque::from([None, Some(0)]);
    let answer = stage.called(0, Answer::Done);
    stage.takes(answer, &["ready"]);
    stage.takes(Input::Resume, &[APPLIED[0], APPLIED[1], "wake 30ms reapply"]);
    let again = stage.timer(1);
    stage.takes(again, &["ready"]);
    stage.takes(Input::Resume, &["ask catalog events/0#0", "call events/0#0", "wake 30ms recall"]);
    let answer = stage.called(1, Answer::Done);
    stage.takes(answer, &["ready"]);
    stage.takes(Input::Resume, &APPLIED);
}

#[test]
fn a_boot_forgets_calls_and_their_answers() {
    let mut stage = calling(Action::Append, Mechanism::default());
    stage.takes(Input::Boot, &["take token 2", "scan"]);
    let stale = stage.called(0, Answer::Done);
    stage.takes(stale, &[]);
    let request = stage.request(0, "ann");
    stage.takes(request, &["ask catalog events/0#0", "call events/0#0", "wake 30ms recall"]);
}

#[test]
fn a_function_that_finds_nothing_leaves_its_id_and_nothing_else() {
    let mut stage = calling(Action::Take, Mechanism::default());
    let answer = stage.called(0, Answer::Missing);
    stage.takes(answer, &["ready"]);
    stage.takes(Input::Resume, &[APPLIED[0], APPLIED[1], "commit events/0#0 [id ann]"]);
    stage.takes(committed(0), &["ack events/0#0"]);
}

#[test]
fn a_record_whose_key_is_in_the_open_bundle_calls_once_that_is_committed() {
    let mechanism = Mechanism { bundle: Bundle { records: 2 }, ..Mechanism::default() };
    let mut stage = calling(Action::Append, mechanism);
    let answer = stage.called(0, Answer::Done);
    stage.takes(answer, &["ready"]);
    stage.takes(Input::Resume, &[APPLIED[0], APPLIED[1], "wake 0s close"]);
    let next = stage.request(1, "ann");
    stage.takes(next, &["ask catalog events/0#1"]);
    let end = stage.timer(1);
    stage.takes(end, &[APPLIED[2]]);
    stage.takes(committed(0), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry", "ready"]);
    stage.takes(Input::Resume, &["ask catalog events/0#1", "call events/0#1", "wake 30ms recall"]);
}

#[test]
fn a_put_carries_its_key_and_token_and_its_commit_says_whose_entry_it_is() {
    let function = StepKind::Map(Function::Call(Action::PutFenced));
    let mut stage = Stage::new(function, count(0), Mechanism::default());
    // The service hears of the token before anything is read.
    stage.takes(Input::Boot, &["take token 1", "announce token 1", "scan"]);
    stage.takes(Input::Boot, &["take token 2", "announce token 2", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(request, &["ask catalog events/0#0", "call events/0#0", "wake 30ms recall"]);
    let key = stage.key("ann");
    let act = Operation::Act { action: Action::PutFenced, key, token: 2 };
    assert_eq!(stage.calls[0].operation, act);
    let answer = stage.called(0, Answer::Done);
    stage.takes(answer, &["ready"]);
    let commit = "commit events/0#0 [id ann, put events/0#0, hold events/0#0.0]";
    stage.takes(Input::Resume, &[APPLIED[0], APPLIED[1], commit]);
}

#[test]
fn nobody_is_told_of_a_token_that_no_call_carries() {
    let _ = calling(Action::Put, Mechanism::default());
}
