//! Windows that fire: at a boot, by a watermark in band or alone, and again for what is late.

use super::*;

#[test]
fn a_boot_takes_a_token_scans_resends_and_fires_before_it_reports_a_watermark() {
    let global = StepKind::CountGlobally(Windowing { length: 10 * SECOND, lateness: 0 });
    let mut stage = Stage::new(count(0), global, Mechanism::default());
    // The window of bob is a pane that is not acked; that of ann is due at 10 s and in no pane.
    let (ann, bob) = (stage.key("ann"), stage.key("bob"));
    let pane = stage.pane("bob", 0);
    let end = Time(10 * SECOND as i64);
    let record = Record { name: pane, event_time: end.before(), ..stage.record(0, bob) };
    stage.world.scan.held = vec![Held { to: ShardIndex(2), record }];
    stage.world.scan.windows = vec![(ann, Time(0))];
    stage.world.scan.watermarks =
        vec![crate::dataflow::change::Watermark { event: end, system: Time::MIN }];
    stage.takes(
        Input::Boot,
        &["take token 1", "scan", "send under-test/bob@0s#0", "wake 30ms retry", "ready"],
    );
    stage.takes(
        Input::Resume,
        &[
            "read content ann@0s",
            "emit under-test/ann@0s#0 [fire ann@0s, hold under-test/ann@0s#0]",
        ],
    );
    stage.takes(committed(0), &["send under-test/ann@0s#0", "wake 30ms retry"]);
    let ack = stage.reply_to(0);
    stage.takes(ack, &["settle under-test/bob@0s#0 [settle]"]);
    // Only now does nothing pin.
    let ack = stage.reply_to(1);
    stage.takes(
        ack,
        &["settle under-test/ann@0s#0 [settle]", "send watermark 10s", "wake 30ms retry-watermark"],
    );
}

#[test]
fn a_late_record_leaves_its_id_only() {
    // Lateness 5 s: under a watermark of 15 s the window [0 s, 10 s) is over, and [10 s, 20 s) is not.
    let mut stage = Stage::count(5);
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    let request = stage.request_at(0, "ann", 20, 15);
    stage.takes(
        request,
        &["ask catalog events/0#0", "commit events/0#0 [take ann@20s, id ann, watermark 15s]"],
    );
    stage.takes(committed(0), &["ack events/0#0"]);
    let late = stage.request_at(1, "bob", 9, 15);
    stage.takes(late, &["ask catalog events/0#1", "commit events/0#1 [id bob]"]);
    stage.takes(committed(1), &["ack events/0#1"]);
    let in_time = stage.request_at(2, "carl", 10, 15);
    stage.takes(in_time, &["ask catalog events/0#2", "commit events/0#2 [take carl@10s, id carl]"]);
}

#[test]
fn the_pane_of_a_late_record_comes_before_the_next_record_of_its_key() {
    let mut stage = Stage::count(5);
    stage.takes(Input::Boot, &["take token 1", "scan"]);
    // The window [0 s, 10 s) is due under 10 s, and takes records until 15 s.
    let late = stage.request_at(0, "ann", 3, 10);
    stage.takes(
        late,
        &["ask catalog events/0#0", "commit events/0#0 [take ann@0s, id ann, watermark 10s]"],
    );
    let next = stage.request_at(1, "ann", 4, 10);
    stage.takes(next, &[]);
    stage.takes(committed(0), &["ack events/0#0", "ready"]);
    stage.takes(
        Input::Resume,
        &[
            "read content ann@0s",
            "emit under-test/ann@0s#0 [fire ann@0s, hold under-test/ann@0s#0]",
        ],
    );
    stage.takes(committed(1), &["send under-test/ann@0s#0", "wake 30ms retry", "ready"]);
    stage.takes(
        Input::Resume,
        &["ask catalog events/0#1", "commit events/0#1 [take ann@0s, id ann]"],
    );
}

#[test]
fn a_watermark_in_band_fires_a_window_before_it_is_committed() {
    let mut stage = Stage::count(0);
    stage.takes_ann();
    // Bob at 12 s says that nothing before 10 s comes any more. That is on its way to the store when the
    // window of ann fires, and no answer is waited for.
    let request = stage.request_at(1, "bob", 12, 10);
    stage.takes(
        request,
        &[
            "ask catalog events/0#1",
            "commit events/0#1 [take bob@10s, id bob, watermark 10s]",
            "ready",
        ],
    );
    stage.takes(
        Input::Resume,
        &[
            "read content ann@0s",
            "emit under-test/ann@0s#0 [fire ann@0s, hold under-test/ann@0s#0]",
        ],
    );
}

#[test]
fn a_record_waits_for_the_window_of_its_key_that_its_own_watermark_fires() {
    let mut stage = Stage::count(0);
    stage.takes_ann();
    let request = stage.request_at(1, "ann", 12, 10);
    stage.takes(request, &["ready"]);
    stage.takes(
        Input::Resume,
        &[
            "read content ann@0s",
            "emit under-test/ann@0s#0 [fire ann@0s, hold under-test/ann@0s#0]",
        ],
    );
    stage.takes(committed(1), &["send under-test/ann@0s#0", "wake 30ms retry", "ready"]);
    stage.takes(
        Input::Resume,
        &["ask catalog events/0#1", "commit events/0#1 [take ann@10s, id ann, watermark 10s]"],
    );
}

#[test]
fn a_lone_watermark_is_acked_only_after_what_it_fired_and_it_are_committed() {
    let mut stage = Stage::count(0);
    stage.takes_ann();
    let watermark = stage.watermark(10);
    stage.takes(watermark, &["ready"]);
    stage.takes(
        Input::Resume,
        &[
            "read content ann@0s",
            "emit under-test/ann@0s#0 [fire ann@0s, hold under-test/ann@0s#0]",
        ],
    );
    stage.takes(
        committed(1),
        &["send under-test/ann@0s#0", "wake 30ms retry", "commit watermark 10s [watermark 10s]"],
    );
    stage.takes(committed(2), &["ack watermark 10s"]);
    // What is committed is acked at once.
    let again = stage.watermark(10);
    stage.takes(again, &["ack watermark 10s"]);
}
