//! The protocol, one input at a time: what a worker asks and then lists, in order. Each expectation is the
//! order that the protocol demands, worked out by hand.
//!
//! The shard under test stands between a source and one more step. Its clock stands still at 0 s.

use super::Worker;
use crate::commit::{CommitKind, Content, Delta, Held, Scan, Subject};
use crate::effect::{
    Effect, Effects, Env, Input, Moment, Read, Reply, Request, Rpc, SourceRow, Timer,
};
use crate::function::Function;
use crate::key::Key;
use crate::mechanism::{Ack, Atomic, Bundle, GiveUp, Mechanism, Outputs, ReAck};
use crate::name::{Name, Vocabulary};
use crate::pipeline::{Pipeline, ShardIndex, Sink, SourceWatermark, Step, StepIndex, StepKind};
use crate::record::{Record, RecordId, Value};
use crate::time::{SECOND, Time};
use crate::window::Windowing;
use std::collections::VecDeque;

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
    stage.takes(ack, &["settle events/0#0.0 [settle]"]);
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
    stage.takes(ack, &["settle events/0#0 [id ann]"]);
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
fn a_sender_that_gives_up_settles_after_so_many_sends() {
    let mut stage = Stage::map(Mechanism { give_up: GiveUp::After(2), ..Mechanism::default() });
    stage.sends_one();
    // The second wait is twice the first.
    let silence = stage.timer(0);
    stage.takes(silence, &["send events/0#0.0", "wake 60ms retry"]);
    let silence = stage.timer(1);
    stage.takes(silence, &["settle events/0#0.0 [settle]"]);
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
    stage.takes(ack, &["settle events/0#0.0 [settle]"]);
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
    let Input::Reply(mut stale) = stage.reply_to(0) else { unreachable!("it is a reply") };
    stale.rpc.serial += 1;
    stage.takes(Input::Reply(stale), &[]);
    let record = stage.sent[0].record.clone().expect("a record");
    stage.world.scan.held = vec![Held { to: stage.sent[0].to, record }];
    stage.takes(Input::Boot, &["take token 2", "scan", "send events/0#0.0", "wake 30ms retry"]);
    let of_the_earlier_life = stage.reply_to(0);
    stage.takes(of_the_earlier_life, &[]);
    let ack = stage.reply_to(1);
    stage.takes(ack.clone(), &["settle events/0#0.0 [settle]"]);
    // Nor does the same ack once more.
    stage.takes(ack, &[]);
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
    stage.world.scan.watermarks = vec![end];
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

/// One shard and what is around it.
struct Stage {
    pipeline: Pipeline,
    worker: Worker,
    world: Script,
    effects: Effects,
    /// The requests that it sent and the timers that it set, in order.
    sent: Vec<Request>,
    timers: Vec<Timer>,
}

/// A world that answers what it is told to, and writes down what it is asked.
struct Script {
    words: Vocabulary,
    tokens: u64,
    scan: Scan,
    known: Vec<(Key, RecordId)>,
    /// What functions answer, in order; 0 from then on.
    answers: VecDeque<Option<u32>>,
    /// How many records the source has.
    rows: u64,
    asked: Vec<String>,
}

impl Env for Script {
    fn vocabulary(&mut self) -> &mut Vocabulary {
        &mut self.words
    }

    fn take_token(&mut self, _: ShardIndex) -> u64 {
        self.tokens += 1;
        self.asked.push(format!("take token {}", self.tokens));
        self.tokens
    }

    fn scan(&mut self, _: ShardIndex) -> Scan {
        self.asked.push("scan".into());
        self.scan.clone()
    }

    fn admit(&mut self, _: ShardIndex, _: Name) {}

    fn is_known(&mut self, _: ShardIndex, key: Key, id: RecordId) -> bool {
        // The ids of records are their offsets.
        self.asked.push(format!("ask catalog events/0#{}", id.0));
        self.known.contains(&(key, id))
    }

    fn apply(&mut self, _: ShardIndex, _: Name) {}

    fn content(&mut self, _: ShardIndex, key: Key, start: Time) -> Content {
        self.asked.push(format!("read content {}@{start}", self.words.keys.text(key)));
        Content { records: 1, weight: 1, ..Content::default() }
    }

    fn read(&mut self, _: ShardIndex, offset: u64) -> Read {
        self.asked.push(format!("read {offset}"));
        if offset >= self.rows {
            return Read::End;
        }
        let key = self.words.keys.intern("ann");
        Read::Row(SourceRow {
            name: self.words.names.source(0, 0, offset),
            key,
            id: None,
            event_time: Time(0),
            arrival: Time(0),
            value: Value::Integer(0),
            watermark: Time(0),
        })
    }

    fn source_watermark(&mut self, _: ShardIndex, _: u64) -> Time {
        Time(0)
    }

    fn execute(&mut self, _: StepIndex, name: Name, _: u32) -> Option<u32> {
        let text = self.words.names.text(name, &self.words.keys, |_| "events");
        self.asked.push(format!("run function {text}"));
        self.answers.pop_front().unwrap_or(Some(0))
    }
}

const STEPS: [&str; 3] = ["events", "under-test", "below"];

impl Stage {
    /// A source, the step under test with these mechanisms, and one more; a shard each.
    fn new(kind: StepKind, below: StepKind, mechanism: Mechanism) -> Stage {
        let step = |at: usize, kind, mechanism| Step {
            name: STEPS[at].into(),
            kind,
            from: at.checked_sub(1).map(|from| StepIndex(from as u16)).into_iter().collect(),
            shards: 1,
            mechanism,
        };
        let source = StepKind::Source { watermark: SourceWatermark::Perfect };
        let pipeline = Pipeline::new(vec![
            step(0, source, Mechanism::default()),
            step(1, kind, mechanism),
            step(2, below, Mechanism::default()),
        ])
        .expect("a good graph");
        let mut words = Vocabulary::default();
        words.names.add_source(0, pipeline.hash(StepIndex(0)), 1, 10);
        let worker = Worker::new(&pipeline, ShardIndex(1));
        let scan = Scan { watermarks: vec![Time::MIN], ..Scan::default() };
        let world = Script {
            words,
            tokens: 0,
            scan,
            known: Vec::new(),
            answers: VecDeque::new(),
            rows: 0,
            asked: Vec::new(),
        };
        let (sent, timers) = (Vec::new(), Vec::new());
        Stage { pipeline, worker, world, effects: Effects::default(), sent, timers }
    }

    /// A map that passes records on to a count.
    fn map(mechanism: Mechanism) -> Stage {
        Stage::new(StepKind::Map(Function::Identity), count(0), mechanism)
    }

    /// A count in windows of 10 s, above a sink, which waits for no watermarks.
    fn count(lateness: u64) -> Stage {
        Stage::new(count(lateness), StepKind::Sink(Sink::Upsert), Mechanism::default())
    }

    /// The same with another shard under test.
    fn at(mut self, shard: u32) -> Stage {
        self.worker = Worker::new(&self.pipeline, ShardIndex(shard));
        let senders = self.pipeline.senders(StepIndex(shard as u16)).len();
        self.world.scan.watermarks = vec![Time::MIN; senders];
        self
    }

    /// Hands an input to the worker; it must ask and then list exactly this, in this order. `ready` at the
    /// end says that it has more to do at once.
    #[track_caller]
    fn takes(&mut self, input: Input, expected: &[&str]) {
        let Stage { pipeline, worker, world, effects, .. } = self;
        let mut moment = Moment { now: Time(0), pipeline, env: world, effects };
        worker.handle(input, &mut moment);
        let mut texts = std::mem::take(&mut self.world.asked);
        for effect in std::mem::take(&mut self.effects.list) {
            texts.push(self.text(&effect));
            match effect {
                Effect::Send(request) => self.sent.push(request),
                Effect::Wake { timer, .. } => self.timers.push(timer),
                Effect::Commit(_) | Effect::Ack(_) => {}
            }
        }
        if self.worker.is_ready() {
            texts.push("ready".into());
        }
        assert_eq!(texts, expected);
    }

    /// Boots a map and takes a record to where its output is sent.
    #[track_caller]
    fn sends_one(&mut self) {
        self.takes(Input::Boot, &["take token 1", "scan"]);
        let request = self.request(0, "ann");
        self.takes(
            request,
            &[
                "ask catalog events/0#0",
                "run function events/0#0",
                "commit events/0#0 [id ann, hold events/0#0.0]",
            ],
        );
        self.takes(committed(0), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry"]);
    }

    /// Boots a count and has it take a record of ann into the window [0 s, 10 s).
    #[track_caller]
    fn takes_ann(&mut self) {
        self.takes(Input::Boot, &["take token 1", "scan"]);
        let request = self.request(0, "ann");
        self.takes(request, &["ask catalog events/0#0", "commit events/0#0 [take ann@0s, id ann]"]);
        self.takes(committed(0), &["ack events/0#0"]);
    }

    fn key(&mut self, text: &str) -> Key {
        self.world.words.keys.intern(text)
    }

    /// The catalog of a key has the id of this record from now on.
    fn learns(&mut self, offset: u64, key: &str) {
        let key = self.key(key);
        self.world.known.push((key, RecordId(offset)));
    }

    fn record(&self, offset: u64, key: Key) -> Record {
        Record {
            name: self.world.words.names.source(0, 0, offset),
            key,
            id: RecordId(offset),
            stamp: Time(offset as i64),
            event_time: Time(0),
            weight: 1,
            value: Value::Integer(0),
            lineage: 0,
        }
    }

    /// The name of the first pane of a window of the step under test.
    fn pane(&mut self, key: &str, start: i64) -> Name {
        let key = self.key(key);
        let (step, hash) = (StepIndex(1), self.pipeline.hash(StepIndex(1)));
        let Vocabulary { keys, names } = &mut self.world.words;
        names.pane(step.0, hash, key, Time(start), 0, keys)
    }

    /// A record of event time 0 s arrives, from a source that promises nothing.
    fn request(&mut self, offset: u64, key: &str) -> Input {
        let key = self.key(key);
        self.arrival(offset, Time::MIN, Some(self.record(offset, key)))
    }

    /// A record arrives with its event time and its source's watermark, in seconds.
    fn request_at(&mut self, offset: u64, key: &str, event_time: i64, watermark: i64) -> Input {
        let key = self.key(key);
        let second = SECOND as i64;
        let event_time = Time(event_time * second);
        let record = Record { event_time, ..self.record(offset, key) };
        self.arrival(offset, Time(watermark * second), Some(record))
    }

    /// The source's watermark arrives alone, in seconds.
    fn watermark(&self, watermark: i64) -> Input {
        self.arrival(9, Time(watermark * SECOND as i64), None)
    }

    fn arrival(&self, number: u64, watermark: Time, record: Option<Record>) -> Input {
        let rpc = Rpc { slot: number as u32, attempt: 0, serial: 100 + number };
        Input::Request(Request { from: ShardIndex(0), to: ShardIndex(1), rpc, watermark, record })
    }

    /// The ack of the request that was sent as number `nth`, which confirms nothing.
    fn reply_to(&self, nth: usize) -> Input {
        self.reply(nth, Some(Time::MIN))
    }

    /// An error in place of that ack.
    fn error_to(&self, nth: usize) -> Input {
        self.reply(nth, None)
    }

    fn reply(&self, nth: usize, watermark: Option<Time>) -> Input {
        let Request { to, rpc, .. } = self.sent[nth];
        Input::Reply(Reply { from: to, rpc, watermark })
    }

    /// The timer that was set as number `nth` is due. It must mean something still.
    #[track_caller]
    fn timer(&self, nth: usize) -> Input {
        assert!(self.worker.awaits(self.timers[nth]), "{:?} is stale", self.timers[nth]);
        Input::Wake(self.timers[nth])
    }

    fn text(&self, effect: &Effect) -> String {
        match effect {
            Effect::Commit(commit) => {
                let kind = match commit.kind {
                    CommitKind::Commit | CommitKind::Watermark => "commit",
                    CommitKind::Settle => "settle",
                    CommitKind::Emit => "emit",
                };
                let deltas: Vec<String> = commit.deltas.iter().map(|d| self.delta(d)).collect();
                format!("{kind} {} [{}]", self.subject(commit.subject), deltas.join(", "))
            }
            Effect::Ack(ack) => format!("ack {}", self.subject(ack.subject)),
            Effect::Send(request) => format!("send {}", self.subject(request.subject())),
            Effect::Wake { at, timer } => {
                let timer = match timer {
                    Timer::Retry { .. } => "retry",
                    Timer::RetryWatermark { .. } => "retry-watermark",
                    Timer::Arrival => "arrival",
                    Timer::Close => "close",
                    Timer::Reapply(_) => "reapply",
                };
                format!("wake {at} {timer}")
            }
        }
    }

    fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Record(name) => self.name(name),
            Subject::Watermark(at) => format!("watermark {at}"),
        }
    }

    fn delta(&self, delta: &Delta) -> String {
        let key = |key: &Key| self.world.words.keys.text(*key);
        match delta {
            Delta::Offset(offset) => format!("offset {offset}"),
            Delta::Id { key: of, .. } => format!("id {}", key(of)),
            Delta::Take { key: of, start, .. } => format!("take {}@{start}", key(of)),
            Delta::Fire { key: of, start, .. } => format!("fire {}@{start}", key(of)),
            Delta::Hold(held) => format!("hold {}", self.name(held.record.name)),
            Delta::Settle(_) => "settle".into(),
            Delta::Watermark { value, .. } => format!("watermark {value}"),
            Delta::Row { name, .. } => format!("row {}", self.name(*name)),
        }
    }

    fn name(&self, name: Name) -> String {
        let Vocabulary { keys, names } = &self.world.words;
        names.text(name, keys, |step| STEPS[usize::from(step)])
    }
}

/// A count in windows of 10 s; its lateness in seconds.
fn count(lateness: u64) -> StepKind {
    StepKind::Count(Windowing { length: 10 * SECOND, lateness: lateness * SECOND })
}

/// The store has applied a commit.
fn committed(number: u64) -> Input {
    Input::Committed { number }
}
