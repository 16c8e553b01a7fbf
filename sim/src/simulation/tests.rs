//! A second system, the smallest that there can be: `letters` reads records and sends each once, by no id and
//! without a retry, and `box` writes a row for each that arrives. So a request that is lost is a record that is lost,
//! and a copy is a second row: the simulator knows both of a system that has nothing of the first one.

use super::*;
use crate::fault::{Climate, KindName, Leg, Place};
use crate::input::{InputRow, RowValue, SourceInput};
use crate::plan::{Cluster, Network, SideEffects, Until};
use onceproof_kernel::alphabet::{Alphabet, Moments, Point, PointWords, Subject};
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{Commit, Context, Effect, Input, Request};
use onceproof_kernel::env::Env;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{LaidStep, Layout, Results, ShardIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::RecordId;
use onceproof_kernel::right::{Expected, Right, Won, place};
use onceproof_kernel::source::{Progress, Read, Source, SourceRow};
use onceproof_kernel::system::{Carried, Process, Rows, Wait};
use onceproof_kernel::tell::{Tag, Tell, WrittenRow};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::{
    Detail, DetailKind, DetailWords, Details, Forgotten, Speaker, Tale, Told, ToldWords,
};
use std::sync::Arc;

const LETTERS: ShardIndex = ShardIndex(0);
const BOX: ShardIndex = ShardIndex(1);

/// The system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Post;

/// What travels, is written and is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Letter {
    /// None where nobody knows whose it is.
    name: Option<Name>,
    key: Key,
}

impl Letter {
    fn name(&self) -> Name {
        self.name.expect("a letter that is sent")
    }
}

const fn point(word: &'static str) -> PointWords {
    PointWords {
        word,
        about: "It happens.",
        verb: "does it to",
        is_each_steps: false,
        control: None,
    }
}

static WORDS: Alphabet = Alphabet {
    points: &[point("write"), point("send")],
    moments: Moments {
        apply: Point(0),
        deliver: Point(0),
        answer: Point(0),
        reply: Point(0),
        send: Point(1),
        call: Point(0),
    },
    told: TABLE,
    changes: TABLE,
    ..onceproof_kernel::alphabet::WORDLESS
};

/// What a letter says, as a change and when it is told of.
static TABLE: &[ToldWords] = &[ToldWords {
    word: "letter",
    about: "A page is written.",
    details: &[
        DetailWords::new("record", DetailKind::Text).optional(),
        DetailWords::new("key", DetailKind::Text),
    ],
}];

impl System for Post {
    type Design = Layout;
    type Process = Clerk;
    type Rows = Pages;
    type Change = Letter;
    type Request = Letter;
    type Reply = ();
    type Timer = ();
    type Right<'a> = Once;
    type Shared = ();

    const INPUT: () = ();

    fn layout(layout: &Layout) -> &Layout {
        layout
    }
    fn right(_: &Layout) -> Once {
        Once
    }
    fn wait((): ()) -> Wait {
        Wait::Input
    }
    fn subject(letter: &Letter) -> Subject {
        Subject::Record(letter.name())
    }
    fn carried(letter: &Letter) -> Option<Carried> {
        let name = letter.name();
        Some(Carried { name, key: letter.key, id: RecordId(name.0.into()), made: Time(0) })
    }
    fn parts_of_reply((): &()) -> Details {
        Vec::new()
    }
    fn forgotten(name: Option<Name>, key: Key, _: Forgotten) -> Told {
        Told::new(Letter { name, key })
    }
    fn digest_of_request(letter: &Letter, words: &Vocabulary) -> [u64; 2] {
        [words.names.hash(letter.name()), words.keys.hash(letter.key)]
    }
    fn digest_of_reply((): &()) -> u64 {
        0
    }
    fn digest_of_change(letter: &Letter, words: &Vocabulary) -> u64 {
        words.names.hash(letter.name())
    }
}

/// A process: the first reads and sends, the other writes.
#[derive(Debug)]
struct Clerk {
    shard: ShardIndex,
    token: u64,
    done: u64,
}

impl Process<Post> for Clerk {
    fn new(_: &Layout, shard: ShardIndex) -> Clerk {
        Clerk { shard, token: 0, done: 0 }
    }
    fn reset(&mut self) {
        *self = Clerk { shard: self.shard, token: 0, done: 0 };
    }
    fn handle<E: Env<Post>>(&mut self, input: &Input<Post>, context: &mut Context<'_, Post, E>) {
        if *input == Input::Boot {
            // A crash drops all memory: how far it has read, too.
            self.reset();
            self.token = context.ask().take_token(self.shard);
        }
        match *input {
            Input::Boot | Input::Wake(()) if self.shard == LETTERS => {
                // It asks first, and lists what it does after.
                let (mut rows, next) = (Vec::new(), self.done);
                let mut read = context.ask().read(LETTERS, next);
                while let Read::Row(row) = read {
                    rows.push(row);
                    read = context.ask().read(LETTERS, next + rows.len() as u64);
                }
                for row in rows {
                    self.done += 1;
                    let body = Letter { name: Some(row.name), key: row.key };
                    let serial = Serial::new(self.token, self.done);
                    let rpc = Rpc { slot: 0, attempt: 0, serial };
                    let request = Request { from: LETTERS, to: BOX, rpc, body };
                    context.effects.list.push(Effect::Send(request));
                }
                if let Read::NotYet { arrival } = read {
                    context.effects.list.push(Effect::Wake { at: arrival, timer: () });
                }
            }
            Input::Request(Request { body, .. }) => {
                let subject = Subject::Record(body.name());
                let (shard, token, number) = (BOX, self.token, self.done);
                let (point, ends_stay) = (Point(0), true);
                self.done += 1;
                let commit =
                    Commit { shard, token, number, sender_slot: 0, point, ends_stay, subject };
                context.effects.commit(commit, &mut vec![body]);
            }
            _ => {}
        }
    }
    fn awaits(&self, (): ()) -> bool {
        true
    }
    fn awaits_reply(&self, _: Rpc) -> bool {
        false
    }
    fn awaited_with(&self, (): ()) -> Option<Subject> {
        None
    }
}

/// The rows, of which only the number is kept.
#[derive(Debug, Default)]
struct Pages(u64);

impl Rows<Post> for Pages {
    fn reset(&mut self, _: &Layout, _: ShardIndex) {
        self.0 = 0;
    }
    fn apply(&mut self, letter: &Letter, _: Time, tell: &mut impl Tell) {
        let (step, tag) = (StepIndex(1), Tag { name: letter.name(), lineage: 0 });
        tell.write(&WrittenRow { step, row: self.0, tag, key: letter.key, weight: 1, value: 0 });
        self.0 += 1;
    }
    fn told(&self, letter: &Letter, _: &Layout, _: ShardIndex, (): &()) -> Told {
        Told::new(*letter)
    }
}

impl Tale for Letter {
    fn word(&self) -> &'static str {
        "letter"
    }
    fn details(&self) -> Details {
        let record = self.name.map(|name| ("record", Detail::Record(name)));
        record.into_iter().chain([("key", Detail::Key(self.key))]).collect()
    }
    fn sentence(&self, speaker: &dyn Speaker) -> String {
        format!("a page for {}", speaker.key(self.key))
    }
}

/// Each record once, in a row.
struct Once;

impl Right for Once {
    fn belongs(
        &self,
        _: StepIndex,
        row: SourceRow,
        _: Time,
        words: &mut Vocabulary,
        _: &dyn Won,
        each: &mut impl FnMut(Expected) -> bool,
    ) -> bool {
        let key_hash = words.keys.hash(row.key);
        let (step, place) = (StepIndex(1), place(key_hash, Time(0)));
        let (leaf, value) = (row.name, 0);
        let (end, is_late, is_dead) = (Time::MAX, false, false);
        each(Expected { step, leaf, times: 1, place, key_hash, value, end, is_late, is_dead });
        true
    }
    fn is_placed(&self) -> Vec<bool> {
        vec![true; 2]
    }
}

fn layout() -> Layout {
    let source = Some(Source { progress: Progress::Perfect, queue: None });
    let steps = vec![
        LaidStep { source, ..LaidStep::plain("letters", StepIndex(0), 1) },
        LaidStep {
            from: vec![StepIndex(0)],
            results: Some(Results::Written),
            ..LaidStep::plain("box", StepIndex(1), 1)
        },
    ];
    Layout::new(&WORDS, steps)
}

/// Two records, the second of which arrives a second later.
fn plan(faults: Vec<Fault>) -> Plan {
    let row = |(key, at): (&str, i64)| InputRow {
        key: Arc::from(key),
        event_time: Time(0),
        arrival: Time(at * 1_000_000_000),
        value: RowValue::Integer(0),
        id: None,
    };
    let rows = [("ann", 0), ("bob", 1)].map(row).to_vec();
    Plan {
        inputs: vec![(StepIndex(0), SourceInput::Rows(Arc::new(rows)))],
        cluster: Cluster::default(),
        network: Network::default(),
        climate: Climate::default(),
        faults,
        until: Until::default(),
        side_effects: SideEffects::default(),
        properties: crate::property::Properties::default(),
    }
}

fn outcome(faults: Vec<Fault>) -> Outcome {
    let (layout, plan) = (layout(), plan(faults));
    Simulation::<Post>::new(&layout, &plan).detail(None)
}

#[test]
fn a_second_system_is_exactly_once_without_a_fault() {
    let outcome = outcome(Vec::new());
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce, "{outcome:?}");
    assert_eq!((outcome.brief.ledger.exact, outcome.brief.work.messages), (2, 2));
}

#[test]
fn what_it_loses_and_doubles_is_found_with_its_class_and_its_record() {
    let check = |at: Place, kind, class| {
        let outcome = outcome(vec![Fault { at, kind }]);
        let found: Vec<Class> = outcome.brief.classes.iter().collect();
        let records: Vec<&str> = outcome.damage.iter().map(|d| d.record.as_str()).collect();
        assert_eq!((found, records), (vec![class], vec!["letters/0#0"]), "{kind:?}");
        assert_eq!(outcome.damage[0].touched, [0], "{kind:?}");
    };
    let sent = || Place { to: Some(StepIndex(1)), nth: Some(1), ..Place::default() };
    check(sent(), Kind::DropRequest, Class::Lost);
    check(sent(), Kind::Duplicate { leg: Leg::Request }, Class::Duplicated);
    // Whoever starts again begins to read again: the first record is sent twice.
    let second = || Place {
        step: Some(StepIndex(0)),
        before: Some(Point(1)),
        nth: Some(2),
        ..Place::default()
    };
    check(second(), Kind::Crash { restart: 1_000_000 }, Class::Duplicated);
}

#[test]
fn a_commit_of_it_that_is_lost_is_sent_again_by_the_kernel() {
    let at = Place { step: Some(StepIndex(1)), nth: Some(1), ..Place::default() };
    let outcome = outcome(vec![Fault { at, kind: Kind::CommitLost }]);
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce);
    assert_eq!(outcome.brief.fired.count(KindName::CommitLost), 1);
}

#[test]
fn every_single_fault_on_it_can_be_placed_and_its_trace_can_be_told() {
    let (layout, plan) = (layout(), plan(Vec::new()));
    let mut simulation = Simulation::<Post>::new(&layout, &plan);
    let kinds: Vec<Kind> = KindName::ALL.into_iter().map(KindName::with_defaults).collect();
    let possible = simulation.explore(None, &kinds).1;
    assert!(possible.len() > 10, "{possible:?}");
    for fault in possible {
        simulation.place(std::slice::from_ref(&fault));
        let mut lines = Vec::new();
        let brief = simulation.trace(None, &mut |seen| lines.push(seen.line())).brief;
        assert_eq!(brief.fingerprint, simulation.brief(None).fingerprint, "{fault:?}");
        assert!(lines.iter().any(|line| line.contains("a page for")), "{fault:?} {lines:?}");
    }
}
