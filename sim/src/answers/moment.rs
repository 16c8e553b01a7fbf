//! The moments at which answers are asked for, each with the point that its draws are made by. A point is
//! logical: who, from where, to where, which attempt, which step of the protocol; never "the 491st draw".

use crate::fault::Leg;
use crate::fault::kind::Asked;
use crate::fault::place::{About, Pattern, Place};
use onceproof_kernel::alphabet::{Moments, Point, Subject};
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::system::Passage;

/// A request, or the ack that answers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// The sender of the request.
    pub from: ShardIndex,
    /// Its receiver.
    pub to: ShardIndex,
    /// What it is about.
    pub subject: Subject,
    /// Which send of it, from 1.
    pub attempt: u32,
    /// Before which step of the protocol it is sent, where a system has several messages.
    pub sent: Option<Point>,
    /// How it travels.
    pub passage: Passage,
    pub(super) point: u64,
}

impl Exchange {
    /// A request from one shard to another.
    #[inline(always)]
    pub fn new(
        layout: &Layout,
        from: ShardIndex,
        to: ShardIndex,
        subject: Subject,
        attempt: u32,
        words: &Vocabulary,
    ) -> Exchange {
        let who = match subject {
            Subject::Record(name) => words.names.hash(name),
            Subject::Control { word, value } => {
                let (from, to) = (layout.number_of(from), layout.number_of(to));
                let shards = (u64::from(from) << 32) | u64::from(to);
                fold(of_control(word, value), scatter(!shards))
            }
        };
        let way = fold(layout.hash_of(from), layout.hash_of(to));
        // The last bit is left to the leg.
        let point = fold(who, way ^ u64::from(attempt).rotate_right(8)) & !1;
        Exchange { from, to, subject, attempt, sent: None, passage: Passage::Answered, point }
    }

    /// The point of the request, or of the ack.
    pub(super) fn point_of(&self, leg: Leg) -> u64 {
        match leg {
            Leg::Request => self.point,
            Leg::Ack => self.point ^ 1,
        }
    }

    fn is_at(&self, place: &Place, layout: &Layout) -> bool {
        place.from.is_none_or(|step| step == layout.step_of(self.from))
            && place.to.is_none_or(|step| step == layout.step_of(self.to))
            && place.from_shard.is_none_or(|shard| shard == layout.number_of(self.from))
            && place.shard.is_none_or(|shard| shard == layout.number_of(self.to))
            && place.attempt.is_none_or(|attempt| attempt == self.attempt)
    }

    fn place(&self, layout: &Layout, words: &Vocabulary) -> Place {
        let mut place = Place {
            from: Some(layout.step_of(self.from)),
            to: Some(layout.step_of(self.to)),
            record: Some(about(self.subject, words)),
            attempt: Some(self.attempt),
            ..Place::default()
        };
        // A record goes to one shard of a step; a control goes to all.
        if let Subject::Control { .. } = self.subject {
            place.from_shard = Some(layout.number_of(self.from));
            place.shard = Some(layout.number_of(self.to));
        }
        place
    }
}

/// A commit on its way to the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommitSent {
    /// The step and the number of its shard.
    pub at: (StepIndex, u32),
    /// The step of the protocol.
    pub before: Point,
    /// What it is about.
    pub subject: Subject,
    pub(super) point: u64,
}

impl CommitSent {
    /// A commit of a shard.
    pub fn new(
        layout: &Layout,
        shard: ShardIndex,
        before: Point,
        subject: Subject,
        words: &Vocabulary,
    ) -> CommitSent {
        let (step, number) = (layout.step_of(shard), layout.number_of(shard));
        let point = point(layout, step, number, subject, 0x10, words);
        CommitSent { at: (step, number), before, subject, point }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.step.is_none_or(|step| step == self.at.0)
            && place.shard.is_none_or(|shard| shard == self.at.1)
            && place.before.is_none_or(|before| before == self.before)
    }

    /// Of two commits about one thing at one shard, its number tells which.
    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.at.0),
            shard: Some(self.at.1),
            record: Some(about(self.subject, words)),
            ..Place::default()
        }
    }
}

/// What is done for a record at a step, and may be done again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// A user function is executed on it.
    Execute,
    /// A queue hands out the message that carries it.
    Deliver,
    /// An external service is called for it.
    Call,
}

impl Act {
    /// The part of a point that tells acts apart. A step that reads a queue calls nobody.
    fn number(self) -> u64 {
        match self {
            Act::Execute => 0x20,
            Act::Deliver | Act::Call => 0x30,
        }
    }

    /// The step of the protocol that it belongs to.
    fn before(self, moments: &Moments) -> Point {
        match self {
            Act::Execute => moments.apply,
            Act::Deliver => moments.deliver,
            Act::Call => moments.call,
        }
    }
}

/// An execution, a delivery or a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// What is done.
    pub act: Act,
    /// The step: the map, the source, or the one that calls.
    pub step: StepIndex,
    /// The record.
    pub name: Name,
    /// Which time this is, from 1.
    pub attempt: u32,
    pub(super) record_point: u64,
    pub(super) point: u64,
}

impl Attempt {
    /// What a step does for a record, with how often that is.
    pub fn new(
        act: Act,
        layout: &Layout,
        step: StepIndex,
        name: Name,
        attempt: u32,
        words: &Vocabulary,
    ) -> Attempt {
        let record_point = point(layout, step, 0, Subject::Record(name), act.number(), words);
        let point = fold(record_point, scatter(attempt.into()));
        Attempt { act, step, name, attempt, record_point, point }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.step.is_none_or(|step| step == self.step)
            && place.attempt.is_none_or(|attempt| attempt == self.attempt)
    }

    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.step),
            record: Some(about(Subject::Record(self.name), words)),
            attempt: Some(self.attempt),
            ..Place::default()
        }
    }
}

/// A step of the protocol that is about to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepTaken {
    /// The step of the pipeline and the number of its shard.
    pub at: (StepIndex, u32),
    /// The step of the protocol.
    pub before: Point,
    /// What it is about.
    pub subject: Subject,
    /// Which attempt it is part of, from 1, where a process makes several at what a place names.
    pub attempt: Option<u32>,
    pub(super) point: u64,
}

impl StepTaken {
    /// A step of the protocol at a shard, taken for this step of its stage.
    pub fn new(
        layout: &Layout,
        shard: ShardIndex,
        step: StepIndex,
        before: Point,
        subject: Subject,
        words: &Vocabulary,
    ) -> StepTaken {
        let number = layout.number_of(shard);
        let point = point(layout, step, number, subject, before.0.into(), words);
        StepTaken { at: (step, number), before, subject, attempt: None, point }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.before == Some(self.before)
            && place.step.is_none_or(|step| step == self.at.0)
            && place.shard.is_none_or(|shard| shard == self.at.1)
            && (place.attempt.is_none() || place.attempt == self.attempt)
    }

    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.at.0),
            shard: Some(self.at.1),
            record: Some(about(self.subject, words)),
            attempt: self.attempt,
            before: Some(self.before),
            ..Place::default()
        }
    }
}

/// Any of the moments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Moment {
    Exchange(Exchange),
    Commit(CommitSent),
    Attempt(Attempt),
    Step(StepTaken),
}

impl Moment {
    /// What it is about.
    pub fn subject(&self) -> Subject {
        match self {
            Moment::Exchange(exchange) => exchange.subject,
            Moment::Commit(commit) => commit.subject,
            Moment::Attempt(attempt) => Subject::Record(attempt.name),
            Moment::Step(step) => step.subject,
        }
    }

    /// The step of the protocol that it belongs to.
    pub fn step(&self, asked: Asked, moments: &Moments) -> Point {
        match self {
            Moment::Exchange(_) if asked == Asked::Ack => moments.reply,
            Moment::Exchange(exchange) => exchange.sent.unwrap_or(moments.send),
            Moment::Commit(commit) => commit.before,
            Moment::Attempt(attempt) => attempt.act.before(moments),
            Moment::Step(step) => step.before,
        }
    }

    /// Which attempt it is, where there are several; see [`Asked::has_attempt`].
    pub fn attempt(&self) -> Option<u32> {
        match self {
            Moment::Exchange(exchange) => Some(exchange.attempt),
            Moment::Attempt(attempt) => Some(attempt.attempt),
            Moment::Commit(_) | Moment::Step(_) => None,
        }
    }

    /// Whether a place is here, its record and its number aside.
    pub fn is_at(&self, place: &Place, layout: &Layout) -> bool {
        match self {
            Moment::Exchange(exchange) => exchange.is_at(place, layout),
            Moment::Commit(commit) => commit.is_at(place),
            Moment::Attempt(attempt) => attempt.is_at(place),
            Moment::Step(step) => step.is_at(place),
        }
    }

    /// What all moments have in common that are at the place of this one, as a number.
    pub fn sort(&self, layout: &Layout) -> u64 {
        let at = |step: StepIndex, number: u32| u64::from(step.0) << 32 | u64::from(number);
        match self {
            Moment::Exchange(exchange) => {
                let (from, to) = (layout.step_of(exchange.from), layout.step_of(exchange.to));
                let steps = at(from, exchange.attempt) ^ u64::from(to.0) << 48;
                match exchange.subject {
                    Subject::Record(_) => steps,
                    // The place of a control says the shards.
                    Subject::Control { .. } => fold(steps, at_shards(exchange.from, exchange.to)),
                }
            }
            Moment::Commit(commit) => at(commit.at.0, commit.at.1),
            Moment::Attempt(attempt) => at(attempt.step, attempt.attempt),
            Moment::Step(step) => {
                let attempt = u64::from(step.attempt.unwrap_or(0)).rotate_right(8);
                at(step.at.0, step.at.1) ^ u64::from(step.before.0) << 48 ^ attempt
            }
        }
    }

    /// Its place, which other moments may share.
    pub fn place(&self, layout: &Layout, words: &Vocabulary) -> Place {
        match self {
            Moment::Exchange(exchange) => exchange.place(layout, words),
            Moment::Commit(commit) => commit.place(words),
            Moment::Attempt(attempt) => attempt.place(words),
            Moment::Step(step) => step.place(words),
        }
    }
}

fn point(
    layout: &Layout,
    step: StepIndex,
    shard: u32,
    subject: Subject,
    what: u64,
    words: &Vocabulary,
) -> u64 {
    let who = match subject {
        Subject::Record(name) => words.names.hash(name),
        Subject::Control { word, value } => {
            fold(of_control(word, value), scatter(!u64::from(shard)))
        }
    };
    fold(who, layout.hash(step) ^ (what << 56) ^ (u64::from(shard) << 24))
}

fn at_shards(from: ShardIndex, to: ShardIndex) -> u64 {
    u64::from(from.0) << 32 | u64::from(to.0)
}

fn of_control(word: u8, value: i64) -> u64 {
    scatter(value as u64 ^ u64::from(word) << 56)
}

fn about(subject: Subject, words: &Vocabulary) -> About {
    match subject {
        Subject::Record(name) => About::Record(Pattern::of(name, &words.names, &words.keys)),
        Subject::Control { word, value } => About::Control { word, value: Some(value) },
    }
}
