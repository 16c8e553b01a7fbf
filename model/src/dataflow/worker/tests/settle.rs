//! Deletions that wait for the next commit.

use super::*;
use crate::dataflow::mechanism::Settle;

fn stage() -> Stage {
    Stage::map(Mechanism { settle: Settle::WithNext, ..Mechanism::default() })
}

/// A record of this number arrives, and its commit has these deltas at its end.
fn commits(stage: &mut Stage, number: u64, key: &str, more: &str) {
    let request = stage.request(number, key);
    let record = format!("events/0#{number}");
    stage.takes(
        request,
        &[
            &format!("ask catalog {record}"),
            &format!("run function {record}"),
            &format!("commit {record} [id {key}, hold {record}.0{more}]"),
        ],
    );
}

#[test]
fn what_is_acked_while_a_record_is_in_work_is_deleted_with_the_next_commit() {
    let mut stage = stage();
    stage.sends_one();
    commits(&mut stage, 1, "bob", "");
    // The commit of bob has left already.
    let ack = stage.reply_to(0);
    stage.takes(ack, &[]);
    stage.takes(committed(1), &["ack events/0#1", "send events/0#1.0", "wake 30ms retry"]);
    commits(&mut stage, 2, "cid", ", settle");
    // Nothing waits for the commit that has taken it along, and no later one takes it again.
    let ack = stage.reply_to(1);
    stage.takes(ack, &[]);
    stage.takes(committed(2), &["ack events/0#2", "send events/0#2.0", "wake 30ms retry"]);
    let ack = stage.reply_to(2);
    stage.takes(ack, &["settle events/0#1.0 [settle, settle]", LETS_GO[0], LETS_GO[1]]);
}

#[test]
fn who_has_nothing_else_in_work_deletes_at_once() {
    let mut stage = stage();
    stage.sends_one();
    let ack = stage.reply_to(0);
    stage.takes(ack, &["settle events/0#0.0 [settle]", LETS_GO[0], LETS_GO[1]]);
    stage.takes(committed(1), &[]);
}

#[test]
fn a_copy_that_ends_what_was_in_work_commits_nothing_and_ends_the_wait() {
    let mut stage = stage();
    stage.sends_one();
    // The copy waits for its key.
    commits(&mut stage, 1, "bob", "");
    let copy = stage.request(1, "bob");
    stage.takes(copy, &[]);
    let ack = stage.reply_to(0);
    stage.takes(ack, &[]);
    stage.learns(1, "bob");
    let done = ["ack events/0#1", "send events/0#1.0", "wake 30ms retry", "ready"];
    stage.takes(committed(1), &done);
    let ack = stage.reply_to(1);
    stage.takes(ack, &["ready"]);
    stage.takes(
        Input::Resume,
        &[
            "ask catalog events/0#1",
            "ack events/0#1",
            "settle events/0#0.0 [settle, settle]",
            LETS_GO[0],
            LETS_GO[1],
        ],
    );
}

#[test]
fn a_boot_sends_again_what_waited() {
    let mut stage = stage();
    stage.sends_one();
    commits(&mut stage, 1, "bob", "");
    let ack = stage.reply_to(0);
    stage.takes(ack, &[]);
    let record = stage.sent[0].body.record.expect("a record");
    stage.world.scan.last_stamp = Some(record.stamp);
    stage.world.scan.held = vec![Held { to: stage.sent[0].to, record }];
    stage.takes(Input::Boot, &["take token 2", "scan", "send events/0#0.0", "wake 30ms retry"]);
    // What waited in the earlier life goes with no commit of this one.
    commits(&mut stage, 2, "cid", "");
}
