//! The protocol, one input at a time: what a worker asks and then lists, in order. Each expectation is the
//! order that the protocol demands, worked out by hand.
//!
//! The shard under test stands between a source and one more step. Its clock stands still at 0 s.

mod call;
mod filter;
mod fire;
mod owe;
mod state;
mod script;
mod send;
mod settle;
mod stage;

use crate::dataflow::Design;
use crate::dataflow::change::Held;
use crate::dataflow::effect::Input;
use crate::dataflow::mechanism::{Atomic, Bundle, Fuse, GiveUp, Mechanism, Outputs, ReAck};
use crate::dataflow::record::Record;
use crate::function::Function;
use crate::pipeline::{Ack, Sink, StepKind};
use crate::window::Windowing;
use onceproof_kernel::call::Serial;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::time::{SECOND, Time};
use stage::{Stage, committed, count};
use std::collections::VecDeque;

/// A sender that is idle tells the receiver, which may hold ids, that none as old comes any more. Of event
/// time it has nothing to promise.
const LETS_GO: [&str; 2] = ["send watermark -infinity", "wake 30ms retry-watermark"];

#[test]
fn under_checkpoint_the_commit_comes_before_ack_and_send() {
    let mut stage = Stage::map(Mechanism::default());
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id ann, hold events/0#0.0]",
        ],
    );
    stage.takes(committed(0), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry"]);
    let ack = stage.reply_to(0);
    stage.takes(ack, &["settle events/0#0.0 [settle]", LETS_GO[0], LETS_GO[1]]);
    stage.takes(committed(1), &[]);
}

#[test]
fn on_receipt_the_ack_comes_before_the_catalog_is_asked_and_the_commit() {
    let mut stage = Stage::map(Mechanism { ack: Ack::OnReceipt, ..Mechanism::default() });
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(request, &["ack events/0#0", "ready"]);
    stage.takes(
        Input::Resume,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id ann, hold events/0#0.0]",
        ],
    );
    stage.takes(committed(0), &["send events/0#0.0", "wake 30ms retry"]);
}

#[test]
fn under_recompute_an_output_is_sent_then_all_is_settled_then_the_input_is_acked() {
    let mut stage = Stage::map(Mechanism { outputs: Outputs::Recompute, ..Mechanism::default() });
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "send events/0#0.0",
            "wake 30ms retry",
        ],
    );
    let ack = stage.reply_to(0);
    stage.takes(ack, &["settle events/0#0 [id ann, stamped 0s]"]);
    stage.takes(committed(0), &["ack events/0#0"]);
}

#[test]
fn a_duplicate_is_acked_and_nothing_is_committed() {
    let mut stage = Stage::map(Mechanism::default());
    stage.learns(0, "ann");
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(request, &["ask catalog events/0#0", "ack events/0#0"]);
    // Its key is free again.
    let request = stage.request(1, "ann");
    stage.takes(
        request,
        &[
            "ask catalog events/0#1",
            "run function events/0#1",
            "commit events/0#1 [id ann, hold events/0#1.0]",
        ],
    );
}

#[test]
fn without_re_ack_a_duplicate_is_dropped_in_silence() {
    let mut stage = Stage::map(Mechanism { re_ack: ReAck::Never, ..Mechanism::default() });
    stage.learns(0, "ann");
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(request, &["ask catalog events/0#0"]);
}

#[test]
fn each_key_has_a_catalog_of_its_own() {
    let mut stage = Stage::map(Mechanism::default());
    stage.learns(0, "bob");
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id ann, hold events/0#0.0]",
        ],
    );
}

#[test]
fn a_record_waits_for_its_busy_key_and_meets_the_catalog_when_its_turn_comes() {
    let mut stage = Stage::map(Mechanism::default());
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id ann, hold events/0#0.0]",
        ],
    );
    // A copy of the same record and another one of its key: neither is asked about while the catalog
    // cannot know better. Another key goes on beside them.
    let again = stage.request(0, "ann");
    stage.takes(again, &[]);
    let other = stage.request(1, "ann");
    stage.takes(other, &[]);
    let bob = stage.request(2, "bob");
    stage.takes(
        bob,
        &[
            "ask catalog events/0#2",
            "run function events/0#2",
            "commit events/0#2 [id bob, hold events/0#2.0]",
        ],
    );
    stage.learns(0, "ann");
    stage.takes(committed(0), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry", "ready"]);
    stage.takes(Input::Resume, &["ask catalog events/0#0", "ack events/0#0", "ready"]);
    stage.takes(
        Input::Resume,
        &[
            "ask catalog events/0#1",
            "run function events/0#1",
            "commit events/0#1 [id ann, hold events/0#1.0]",
        ],
    );
}

#[test]
fn state_first_and_id_first_list_two_commits_in_their_order_and_wait_for_both() {
    let state = "commit events/0#0 [hold events/0#0.0]";
    let id = "commit events/0#0 [id ann]";
    for (atomic, first, second) in [(Atomic::StateFirst, state, id), (Atomic::IdFirst, id, state)] {
        let mut stage = Stage::map(Mechanism { atomic, ..Mechanism::default() });
        stage.takes(Input::Boot, &["take token 1", "scan"]);
        let request = stage.request(0, "ann");
        stage.takes(request, &["ask catalog events/0#0", "run function events/0#0", first, second]);
        stage.takes(committed(0), &[]);
        stage.takes(committed(1), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry"]);
    }
}

#[test]
fn a_function_that_fails_is_tried_again_and_its_key_stays_busy() {
    let mut stage = Stage::map(Mechanism::default());
    stage.world.answers = VecDeque::from([None, Some(0)]);
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &["ask catalog events/0#0", "run function events/0#0", "wake 30ms reapply"],
    );
    let other = stage.request(1, "ann");
    stage.takes(other, &[]);
    let again = stage.timer(0);
    stage.takes(again, &["ready"]);
    // The one that failed comes first.
    stage.takes(
        Input::Resume,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id ann, hold events/0#0.0]",
        ],
    );
}

#[test]
fn a_record_on_which_a_function_fails_too_often_is_done_with_and_makes_nothing() {
    let mut stage = Stage::map_with_dead_letters(2);
    stage.world.answers = VecDeque::from([None, None]);
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &["ask catalog events/0#0", "run function events/0#0", "wake 30ms reapply"],
    );
    let again = stage.timer(0);
    stage.takes(again, &["ready"]);
    stage.takes(
        Input::Resume,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "commit events/0#0 [dead letter events/0#0, id ann]",
        ],
    );
    stage.takes(committed(0), &["ack events/0#0"]);
}

#[test]
fn a_bundle_closes_when_it_is_full_and_at_the_end_of_the_instant() {
    let bundle = Bundle { records: 2 };
    let mut stage = Stage::map(Mechanism { bundle, ..Mechanism::default() });
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let first = stage.request(0, "ann");
    stage.takes(first, &["ask catalog events/0#0", "run function events/0#0", "wake 0s close"]);
    let second = stage.request(1, "bob");
    stage.takes(
        second,
        &[
            "ask catalog events/0#1",
            "run function events/0#1",
            "commit events/0#0 [id ann, id bob, hold events/0#0.0, hold events/0#1.0]",
        ],
    );
    let third = stage.request(2, "carl");
    stage.takes(third, &["ask catalog events/0#2", "run function events/0#2", "wake 0s close"]);
    let end = stage.timer(1);
    stage.takes(end, &["commit events/0#2 [id carl, hold events/0#2.0]"]);
    stage.takes(
        committed(0),
        &[
            "ack events/0#0",
            "ack events/0#1",
            "send events/0#0.0",
            "wake 30ms retry",
            "send events/0#1.0",
            "wake 30ms retry",
        ],
    );
}

#[test]
fn a_source_commits_offset_and_output_before_it_sends() {
    let mut stage = Stage::map(Mechanism::default()).at(0);
    stage.world.rows = 1;
    stage.takes(Input::Boot, &["take token 1", "scan", "ready"]);
    stage.takes(
        Input::Resume,
        &["read 0", "commit events/0#0 [offset 0, hold events/0#0]", "ready"],
    );
    stage.takes(Input::Resume, &["read 1"]);
    stage.takes(committed(0), &["send events/0#0", "wake 30ms retry"]);
}

#[test]
fn a_message_is_acked_when_what_it_became_is_durable_or_wrongly_before() {
    let mut stage = Stage::queue(Ack::AfterCommit);
    stage.takes(Input::Boot, &["take token 1", "scan", "ready"]);
    stage.takes(Input::Resume, &["read 0", "commit events/0#0 [hold events/0#0]", "ready"]);
    stage.takes(
        committed(0),
        &["ack message events/0#0", "send events/0#0", "wake 30ms retry", "ready"],
    );

    let mut stage = Stage::queue(Ack::OnReceipt);
    stage.takes(Input::Boot, &["take token 1", "scan", "ready"]);
    stage.takes(
        Input::Resume,
        &["read 0", "ack message events/0#0", "commit events/0#0 [hold events/0#0]", "ready"],
    );
    stage.takes(committed(0), &["send events/0#0", "wake 30ms retry", "ready"]);
}

#[test]
fn a_stage_with_a_fused_sink_writes_its_row_in_the_one_commit() {
    let (map, sink) = (StepKind::Map(Function::Identity), StepKind::Sink(Sink::Upsert));
    let mut stage = Stage::with(map, sink, Mechanism::default(), Fuse::Together);
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "emit events/0#0 [row events/0#0.0, id ann]",
        ],
    );
    stage.takes(committed(0), &["ack events/0#0"]);
}

#[test]
fn a_source_record_whose_function_fails_waits_at_its_offset() {
    let mechanism = Mechanism::default();
    let map = StepKind::Map(Function::Identity);
    let mut stage = Stage::new(map, count(0), mechanism);
    // The map joins its source, which is the shard under test.
    let mut steps = stage.design.parts();
    steps[1].1.fuse = Fuse::Together;
    stage.design = Design::new(steps).expect("a good graph");
    let mut stage = stage.at(0);
    stage.world.rows = 1;
    stage.world.answers = VecDeque::from([None]);
    stage.takes(Input::Boot, &["take token 1", "scan", "ready"]);
    // It is idle until then, and says what it promised before that record.
    stage.takes(
        Input::Resume,
        &[
            "read 0",
            "run function events/0#0",
            "wake 30ms reread",
            "send watermark 0s",
            "wake 30ms retry-watermark",
        ],
    );
    let reread = stage.timer(0);
    stage.takes(reread, &["ready"]);
    stage.takes(
        Input::Resume,
        &[
            "read 0",
            "run function events/0#0",
            "commit events/0#0 [offset 0, hold events/0#0.0]",
            "ready",
        ],
    );
}

#[test]
fn outputs_of_one_unit_for_one_window_become_one_with_its_own_name() {
    let twice = StepKind::Map(Function::Explode { copies: 2 });
    let mut stage = Stage::new(twice, count(0), Mechanism::default());
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &[
            "ask catalog events/0#0",
            "run function events/0#0",
            "combine 2",
            "commit events/0#0 [id ann, hold events/0#0.0 and 1 more]",
        ],
    );
}
