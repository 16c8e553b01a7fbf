//! One shard and a scripted world around it: inputs in, what it asks and lists out, as short texts.

use super::super::Worker;
use super::script::Script;
use crate::dataflow::change::{Delta, Scan, Watermark};
use crate::dataflow::effect::{Context, Effect, Effects, Input, Payload, Replied, Request, Timer};
use crate::dataflow::mechanism::{Bundle, Fuse, Mechanism};
use crate::dataflow::record::Record;
use crate::dataflow::{Design, point};
use crate::function::Function;
use crate::pipeline::{Ack, MessageIds, QueueRules, Sink, Step, StepKind};
use crate::window::Windowing;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Answer, Call, Operation, Rpc, Serial};
use onceproof_kernel::effect::{self, KeptCommit};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Failing, ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::source::Progress;
use onceproof_kernel::system::Process;
use onceproof_kernel::time::{SECOND, Time};
use std::collections::{BTreeMap, VecDeque};

/// One shard and what is around it.
pub(super) struct Stage {
    pub(super) design: Design,
    pub(super) worker: Worker,
    pub(super) world: Script,
    pub(super) effects: Effects,
    /// The requests that it sent and the timers that it set, in order.
    pub(super) sent: Vec<Request>,
    pub(super) timers: Vec<Timer>,
    /// The calls that it made, in order.
    pub(super) calls: Vec<Call>,
    /// Where it waits for the answer to each commit, by the number of that.
    slots: BTreeMap<u64, u32>,
}

const STEPS: [&str; 3] = ["events", "under-test", "below"];

impl Stage {
    /// A source, the step under test with these mechanisms, and one more; a stage and a shard each.
    pub(super) fn new(kind: StepKind, below: StepKind, mechanism: Mechanism) -> Stage {
        Stage::made(kind, Failing::default(), below, mechanism, Fuse::Apart)
    }

    fn failing(kind: StepKind, failing: Failing, below: StepKind, mechanism: Mechanism) -> Stage {
        Stage::made(kind, failing, below, mechanism, Fuse::Apart)
    }

    /// The same, and whether the step below runs in the stage under test.
    pub(super) fn with(kind: StepKind, below: StepKind, mechanism: Mechanism, fuse: Fuse) -> Stage {
        Stage::made(kind, Failing::default(), below, mechanism, fuse)
    }

    fn made(
        kind: StepKind,
        failing: Failing,
        below: StepKind,
        mechanism: Mechanism,
        fuse: Fuse,
    ) -> Stage {
        let step = |at: usize, kind, failing, mechanism| {
            let from = at.checked_sub(1).map(|from| StepIndex(from as u16)).into_iter().collect();
            (Step { name: STEPS[at].into(), kind, from, shards: 1, failing }, mechanism)
        };
        let source = StepKind::Source { watermark: Progress::Perfect, queue: None };
        let design = Design::new(vec![
            step(0, source, Failing::default(), Mechanism::default()),
            step(1, kind, failing, Mechanism { fuse: Fuse::Apart, ..mechanism }),
            step(2, below, Failing::default(), Mechanism { fuse, ..Mechanism::default() }),
        ])
        .expect("a good graph");
        let mut words = Vocabulary::default();
        words.names.add_source(0, design.layout.hash(StepIndex(0)), 1, 10);
        let worker = Worker::new(&design, ShardIndex(1));
        let scan = Scan { watermarks: vec![Watermark::NONE], ..Scan::default() };
        let world = Script {
            words,
            tokens: 0,
            scan,
            known: Vec::new(),
            stamped: Vec::new(),
            answers: VecDeque::new(),
            rows: 0,
            asked: Vec::new(),
            pulled: 0,
        };
        let (sent, timers, calls) = (Vec::new(), Vec::new(), Vec::new());
        let (effects, slots) = (Effects::default(), BTreeMap::new());
        Stage { design, worker, world, effects, sent, timers, calls, slots }
    }

    /// A map that passes records on to a count.
    pub(super) fn map(mechanism: Mechanism) -> Stage {
        Stage::new(StepKind::Map(Function::Identity), count(0), mechanism)
    }

    /// A map whose records go to the dead letters after so many failures.
    pub(super) fn map_with_dead_letters(after: u32) -> Stage {
        let failing = Failing { poison: None, dead_letter_after: Some(after) };
        let function = StepKind::Map(Function::Identity);
        Stage::failing(function, failing, count(0), Mechanism::default())
    }

    /// A source of one message in a queue, which is acked as said.
    pub(super) fn queue(ack: Ack) -> Stage {
        let mut stage = Stage::map(Mechanism::default());
        let ids = MessageIds::Message;
        let queue = Some(QueueRules { deadline: SECOND, extend: true, ack, ids });
        let mut steps = stage.design.parts();
        steps[0].0.kind = StepKind::Source { watermark: Progress::Perfect, queue };
        stage.design = Design::new(steps).expect("a good graph");
        stage.world.rows = 1;
        stage.at(0)
    }

    /// A sink behind a source, with so many records in a commit.
    pub(super) fn sink(sink: Sink, records: u32) -> Stage {
        let mut stage = Stage::map(Mechanism::default());
        let mut steps = stage.design.parts();
        steps.truncate(2);
        steps[1].0.kind = StepKind::Sink(sink);
        steps[1].1.bundle = Bundle { records };
        stage.design = Design::new(steps).expect("a good graph");
        stage.at(1)
    }

    /// A count in windows of 10 s, above a sink, which waits for no watermarks.
    pub(super) fn count(lateness: u64) -> Stage {
        Stage::new(count(lateness), StepKind::Sink(Sink::Upsert), Mechanism::default())
    }

    /// The same with another shard under test.
    pub(super) fn at(mut self, shard: u32) -> Stage {
        self.worker = Worker::new(&self.design, ShardIndex(shard));
        let senders = self.design.senders(StepIndex(shard as u16)).len();
        self.world.scan.watermarks = vec![Watermark::NONE; senders];
        self
    }

    /// Hands an input to the worker; it must ask and then list exactly this, in this order. `ready` at the
    /// end says that it has more to do at once.
    #[track_caller]
    pub(super) fn takes(&mut self, mut input: Input, expected: &[&str]) {
        if let Input::Committed { number, sender_slot, .. } = &mut input {
            *sender_slot = self.slots[number];
        }
        let Stage { design, worker, world, effects, .. } = self;
        let mut moment = Context { now: Time(0), design, env: world, effects };
        worker.handle(&input, &mut moment);
        let mut texts = std::mem::take(&mut self.world.asked);
        for effect in std::mem::take(&mut self.effects.list) {
            texts.push(self.text(&effect));
            match effect {
                Effect::Send(request) => self.sent.push(request),
                Effect::Wake { timer, .. } => self.timers.push(timer),
                Effect::Call(call) => self.calls.push(call),
                Effect::Commit(slot) => {
                    let commit = self.effects.kept(slot).commit;
                    self.slots.insert(commit.number, commit.sender_slot);
                }
                Effect::Reply(_) | Effect::AckMessage(_) | Effect::Step { .. } => {}
            }
        }
        if self.worker.is_ready() {
            texts.push("ready".into());
        }
        assert_eq!(texts, expected);
    }

    /// Boots a map and takes a record to where its output is sent.
    #[track_caller]
    pub(super) fn sends_one(&mut self) {
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
    pub(super) fn takes_ann(&mut self) {
        self.takes(Input::Boot, &["take token 1", "scan"]);
        let request = self.request(0, "ann");
        self.takes(request, &["ask catalog events/0#0", "commit events/0#0 [take ann@0s, id ann]"]);
        self.takes(committed(0), &["ack events/0#0"]);
    }

    pub(super) fn key(&mut self, text: &str) -> Key {
        self.world.words.keys.intern(text)
    }

    /// The catalog of a key has the id of this record from now on.
    pub(super) fn learns(&mut self, offset: u64, key: &str) {
        let key = self.key(key);
        self.world.known.push((key, RecordId(offset)));
    }

    pub(super) fn record(&self, offset: u64, key: Key) -> Record {
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
    pub(super) fn pane(&mut self, key: &str, start: i64) -> Name {
        let key = self.key(key);
        let (step, hash) = (StepIndex(1), self.design.layout.hash(StepIndex(1)));
        let Vocabulary { keys, names } = &mut self.world.words;
        names.pane(step.0, hash, key, Time(start), 0, keys)
    }

    /// A record of event time 0 s arrives, from a source that promises nothing.
    pub(super) fn request(&mut self, offset: u64, key: &str) -> Input {
        let key = self.key(key);
        self.arrival(offset, Time::MIN, Some(self.record(offset, key)))
    }

    /// A record arrives with its event time and its source's watermark, in seconds.
    pub(super) fn request_at(
        &mut self,
        offset: u64,
        key: &str,
        event_time: i64,
        watermark: i64,
    ) -> Input {
        let key = self.key(key);
        let second = SECOND as i64;
        let event_time = Time(event_time * second);
        let record = Record { event_time, ..self.record(offset, key) };
        self.arrival(offset, Time(watermark * second), Some(record))
    }

    /// The source's watermark arrives alone, in seconds.
    pub(super) fn watermark(&self, watermark: i64) -> Input {
        self.arrival(9, Time(watermark * SECOND as i64), None)
    }

    pub(super) fn arrival(&self, number: u64, event: Time, record: Option<Record>) -> Input {
        let watermark = Watermark { event, system: Time::MIN };
        let rpc = Rpc { slot: number as u32, attempt: 0, serial: Serial::new(0, 100 + number) };
        Input::Request(Request {
            from: ShardIndex(0),
            to: ShardIndex(1),
            rpc,
            body: Payload { watermark, record },
        })
    }

    /// The ack of the request that was sent as number `nth`, which confirms nothing.
    pub(super) fn reply_to(&self, nth: usize) -> Input {
        self.reply(nth, Some(Time::MIN))
    }

    /// An error in place of that ack.
    pub(super) fn error_to(&self, nth: usize) -> Input {
        self.reply(nth, None)
    }

    pub(super) fn reply(&self, nth: usize, watermark: Option<Time>) -> Input {
        let Request { to, rpc, .. } = self.sent[nth];
        Input::Replied(Replied { from: to, rpc, body: watermark })
    }

    /// The service answers the call that was made as number `nth`.
    pub(super) fn called(&self, nth: usize, answer: Answer) -> Input {
        Input::Called { rpc: self.calls[nth].rpc, answer }
    }

    /// The timer that was set as number `nth` is due. It must mean something still.
    #[track_caller]
    pub(super) fn timer(&self, nth: usize) -> Input {
        assert!(self.worker.awaits(self.timers[nth]), "{:?} is stale", self.timers[nth]);
        Input::Wake(self.timers[nth])
    }

    pub(super) fn text(&self, effect: &Effect) -> String {
        match effect {
            Effect::Commit(slot) => {
                let KeptCommit { commit, changes, .. } = self.effects.kept(*slot);
                let kind = point::ALPHABET.word(commit.point);
                let deltas: Vec<String> = changes.iter().map(|d| self.delta(d)).collect();
                format!("{kind} {} [{}]", self.subject(commit.subject), deltas.join(", "))
            }
            Effect::Reply(ack) => format!("ack {}", self.subject(ack.subject)),
            Effect::AckMessage(ack) => format!("ack message {}", self.name(ack.name)),
            Effect::Step { point, .. } => format!("step {}", point.0),
            Effect::Send(request) => format!("send {}", self.subject(request.subject())),
            Effect::Call(call) => {
                let verb = match call.operation {
                    Operation::Act { .. } | Operation::Append(_) | Operation::Insert { .. } => {
                        "call".into()
                    }
                    Operation::AppendAt { offset, .. } => format!("append at {offset}"),
                    Operation::Prepare { part, .. } => {
                        format!("prepare {} of {}", part.at, part.of)
                    }
                    Operation::WriteInPlace { part, .. } => {
                        format!("write {} of {}", part.at, part.of)
                    }
                    Operation::Finish { .. } => "finish".into(),
                };
                format!("{verb} {}", self.name(call.name))
            }
            Effect::Wake { at, timer } => {
                let timer = match timer {
                    Timer::Retry { .. } => "retry",
                    Timer::RetryWatermark { .. } => "retry-watermark",
                    Timer::Recall { .. } => "recall",
                    Timer::Arrival => "arrival",
                    Timer::Close => "close",
                    Timer::Reapply(_) => "reapply",
                    Timer::Reread => "reread",
                };
                format!("wake {at} {timer}")
            }
        }
    }

    pub(super) fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Record(name) => self.name(name),
            Subject::Control { value, .. } => format!("watermark {}", Time(value)),
        }
    }

    pub(super) fn delta(&self, delta: &Delta) -> String {
        let key = |key: &Key| self.world.words.keys.text(*key);
        match delta {
            Delta::Offset(offset) => format!("offset {offset}"),
            Delta::Id { key: of, .. } => format!("id {}", key(of)),
            Delta::Take { key: of, start, .. } => format!("take {}@{start}", key(of)),
            Delta::Fire { key: of, start, .. } => format!("fire {}@{start}", key(of)),
            Delta::Hold(held) => format!("hold {}", self.name(held.record.name)),
            Delta::Settle(_) => "settle".into(),
            Delta::Stamped(stamp) => format!("stamped {stamp}"),
            Delta::Watermark { value, .. } => format!("watermark {}", value.event),
            Delta::Decided { name, .. } => format!("decided {}", self.name(*name)),
            Delta::DeadLetter { name, .. } => format!("dead letter {}", self.name(*name)),
            Delta::Put { name, .. } => format!("put {}", self.name(*name)),
            Delta::Owe(owed) => format!("owe {}", owed.number),
            Delta::Paid(number) => format!("paid {number}"),
            Delta::Row { name, .. } => format!("row {}", self.name(*name)),
        }
    }

    pub(super) fn name(&self, name: Name) -> String {
        let Vocabulary { keys, names } = &self.world.words;
        names.text(name, keys, |step| STEPS[usize::from(step)])
    }
}

/// A count in windows of 10 s; its lateness in seconds.
pub(super) fn count(lateness: u64) -> StepKind {
    StepKind::Count(Windowing { length: 10 * SECOND, lateness: lateness * SECOND })
}

/// The store has applied a commit; where that is waited for, the stage knows.
pub(super) fn committed(number: u64) -> Input {
    Input::Committed { number, sender_slot: 0, written: effect::Written::Applied }
}
