//! Requests that are sent again, given up, answered by errors or by stale acks.

use super::*;

#[test]
fn a_sender_that_gives_up_settles_after_so_many_sends() {
    let mut stage = Stage::map(Mechanism { give_up: GiveUp::After(2), ..Mechanism::default() });
    stage.sends_one();
    // The second wait is twice the first.
    let silence = stage.timer(0);
    stage.takes(silence, &["send events/0#0.0", "wake 60ms retry"]);
    let silence = stage.timer(1);
    stage.takes(silence, &["settle events/0#0.0 [settle]", LETS_GO[0], LETS_GO[1]]);
}

#[test]
fn silence_is_answered_by_sending_again_until_a_success() {
    let mut stage = Stage::map(Mechanism::default());
    stage.sends_one();
    // Doubled from 30 ms, and never more than 1 s.
    for (nth, wake) in ["60ms", "120ms", "240ms", "480ms", "960ms", "1s", "1s"].iter().enumerate() {
        let silence = stage.timer(nth);
        stage.takes(silence, &["send events/0#0.0", &format!("wake {wake} retry")]);
    }
    let ack = stage.reply_to(0);
    stage.takes(ack, &["settle events/0#0.0 [settle]", LETS_GO[0], LETS_GO[1]]);
}

#[test]
fn an_error_is_answered_by_sending_again_at_once() {
    let mut stage = Stage::map(Mechanism::default());
    stage.sends_one();
    let error = stage.error_to(0);
    stage.takes(error, &["send events/0#0.0", "wake 60ms retry"]);
}

#[test]
fn an_ack_of_another_request_or_another_life_changes_nothing() {
    let mut stage = Stage::map(Mechanism::default());
    stage.sends_one();
    let Input::Replied(mut stale) = stage.reply_to(0) else { unreachable!("it is a reply") };
    stale.rpc.serial = Serial::new(stale.rpc.serial.token(), 99);
    stage.takes(Input::Replied(stale), &[]);
    let record = stage.sent[0].body.record.expect("a record");
    stage.world.scan.last_stamp = Some(record.stamp);
    stage.world.scan.held = vec![Held { to: stage.sent[0].to, record }];
    stage.takes(Input::Boot, &["take token 2", "scan", "send events/0#0.0", "wake 30ms retry"]);
    let of_the_earlier_life = stage.reply_to(0);
    stage.takes(of_the_earlier_life, &[]);
    let ack = stage.reply_to(1);
    stage.takes(ack, &["settle events/0#0.0 [settle]", LETS_GO[0], LETS_GO[1]]);
    // Nor does the same ack once more.
    stage.takes(ack, &[]);
}

#[test]
fn a_boot_forgets_the_stamp_of_an_output_that_was_never_committed() {
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
    // It was stamped 0 s, and nothing of it is in the rows.
    assert_eq!(stage.worker.last_stamp, Time(0));
    stage.takes(Input::Boot, &["take token 2", "scan"]);
    assert_eq!(stage.worker.last_stamp, Time::MIN);
}
