//! The moments at which answers are asked for, each with the point that its draws are made by. A point is
//! logical: who, from where, to where, which attempt, which step of the protocol; never "the 491st draw".

use crate::fault::Before;
use crate::fault::kind::Asked;
use crate::fault::place::{Pattern, Place, Record};
use onceproof_model::commit::Subject;
use onceproof_model::mix::{fold, scatter};
use onceproof_model::name::{Name, Vocabulary};
use onceproof_model::pipeline::{Pipeline, ShardIndex, StepIndex};

/// A request, or the ack that answers it.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The sender of the request.
    pub from: ShardIndex,
    /// Its receiver.
    pub to: ShardIndex,
    /// What it is about.
    pub subject: Subject,
    /// Which send of it, from 1.
    pub attempt: u32,
    pub(super) point: u64,
}

impl Call {
    /// A request from one shard to another.
    pub fn new(
        pipeline: &Pipeline,
        from: ShardIndex,
        to: ShardIndex,
        subject: Subject,
        attempt: u32,
        words: &Vocabulary,
    ) -> Call {
        let who = match subject {
            Subject::Record(name) => words.names.hash(name),
            Subject::Watermark(value) => {
                let (from, to) = (pipeline.number_of(from), pipeline.number_of(to));
                let shards = (u64::from(from) << 32) | u64::from(to);
                fold(scatter(value.0 as u64), scatter(!shards))
            }
        };
        let way = fold(pipeline.hash_of(from), pipeline.hash_of(to));
        // The last bit is left to the leg.
        let point = fold(who, way ^ u64::from(attempt).rotate_right(8)) & !1;
        Call { from, to, subject, attempt, point }
    }

    fn is_at(&self, place: &Place, pipeline: &Pipeline) -> bool {
        place.from.is_none_or(|step| step == pipeline.step_of(self.from))
            && place.to.is_none_or(|step| step == pipeline.step_of(self.to))
            && place.from_shard.is_none_or(|shard| shard == pipeline.number_of(self.from))
            && place.shard.is_none_or(|shard| shard == pipeline.number_of(self.to))
            && place.attempt.is_none_or(|attempt| attempt == self.attempt)
    }

    fn place(&self, pipeline: &Pipeline, words: &Vocabulary) -> Place {
        let mut place = Place {
            from: Some(pipeline.step_of(self.from)),
            to: Some(pipeline.step_of(self.to)),
            record: Some(record(self.subject, words)),
            attempt: Some(self.attempt),
            ..Place::default()
        };
        // A record goes to one shard of a step; a watermark goes to all.
        if let Subject::Watermark(_) = self.subject {
            place.from_shard = Some(pipeline.number_of(self.from));
            place.shard = Some(pipeline.number_of(self.to));
        }
        place
    }
}

/// A commit on its way to the store.
#[derive(Clone, Copy, Debug)]
pub struct CommitSent {
    /// The step and the number of its shard.
    pub at: (StepIndex, u32),
    /// The step of the protocol.
    pub before: Before,
    /// What it is about.
    pub subject: Subject,
    pub(super) point: u64,
}

impl CommitSent {
    /// A commit of a shard.
    pub fn new(
        pipeline: &Pipeline,
        shard: ShardIndex,
        before: Before,
        subject: Subject,
        words: &Vocabulary,
    ) -> CommitSent {
        let (step, number) = (pipeline.step_of(shard), pipeline.number_of(shard));
        let point = point(pipeline, step, number, subject, 0x10, words);
        CommitSent { at: (step, number), before, subject, point }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.step.is_none_or(|step| step == self.at.0)
            && place.shard.is_none_or(|shard| shard == self.at.1)
    }

    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.at.0),
            shard: Some(self.at.1),
            record: Some(record(self.subject, words)),
            ..Place::default()
        }
    }
}

/// An execution of a user function.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    /// The map step.
    pub step: StepIndex,
    /// The record.
    pub name: Name,
    /// Which execution on it, from 1.
    pub attempt: u32,
    /// How many different answers there are.
    pub answers: u32,
    pub(super) record_point: u64,
    pub(super) point: u64,
}

impl Execution {
    /// An execution of a map's function on a record.
    pub fn new(
        pipeline: &Pipeline,
        step: StepIndex,
        name: Name,
        attempt: u32,
        answers: u32,
        words: &Vocabulary,
    ) -> Execution {
        let record_point = point(pipeline, step, 0, Subject::Record(name), 0x20, words);
        let point = fold(record_point, scatter(attempt.into()));
        Execution { step, name, attempt, answers, record_point, point }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.step.is_none_or(|step| step == self.step)
            && place.attempt.is_none_or(|attempt| attempt == self.attempt)
    }

    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.step),
            record: Some(record(Subject::Record(self.name), words)),
            attempt: Some(self.attempt),
            ..Place::default()
        }
    }
}

/// A message that a queue hands out.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// The source.
    pub step: StepIndex,
    /// What the message carries.
    pub name: Name,
    /// Which delivery of it, from 1.
    pub attempt: u32,
    pub(super) point: u64,
}

impl Delivery {
    /// A delivery of a message to a source.
    pub fn new(
        pipeline: &Pipeline,
        step: StepIndex,
        name: Name,
        attempt: u32,
        words: &Vocabulary,
    ) -> Delivery {
        let record_point = point(pipeline, step, 0, Subject::Record(name), 0x30, words);
        let point = fold(record_point, scatter(attempt.into()));
        Delivery { step, name, attempt, point }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.step.is_none_or(|step| step == self.step)
            && place.attempt.is_none_or(|attempt| attempt == self.attempt)
    }

    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.step),
            record: Some(record(Subject::Record(self.name), words)),
            attempt: Some(self.attempt),
            ..Place::default()
        }
    }
}

/// A call to an external service.
#[derive(Clone, Copy, Debug)]
pub struct CallMade {
    /// The step whose function or sink calls.
    pub step: StepIndex,
    /// The record.
    pub name: Name,
    /// Which call for it, from 1.
    pub attempt: u32,
    pub(super) point: u64,
}

impl CallMade {
    /// A call of a step for a record.
    pub fn new(
        pipeline: &Pipeline,
        step: StepIndex,
        name: Name,
        attempt: u32,
        words: &Vocabulary,
    ) -> CallMade {
        let record = point(pipeline, step, 0, Subject::Record(name), 0x30, words);
        CallMade { step, name, attempt, point: fold(record, scatter(attempt.into())) }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.step.is_none_or(|step| step == self.step)
            && place.attempt.is_none_or(|attempt| attempt == self.attempt)
    }

    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.step),
            record: Some(record(Subject::Record(self.name), words)),
            attempt: Some(self.attempt),
            ..Place::default()
        }
    }
}

/// A step of the protocol that is about to be taken.
#[derive(Clone, Copy, Debug)]
pub struct StepTaken {
    /// The step of the pipeline and the number of its shard.
    pub at: (StepIndex, u32),
    /// The step of the protocol.
    pub before: Before,
    /// What it is about.
    pub subject: Subject,
    pub(super) point: u64,
}

impl StepTaken {
    /// A step of the protocol at a shard, taken for this step of its stage.
    pub fn new(
        pipeline: &Pipeline,
        shard: ShardIndex,
        step: StepIndex,
        before: Before,
        subject: Subject,
        words: &Vocabulary,
    ) -> StepTaken {
        let number = pipeline.number_of(shard);
        let point = point(pipeline, step, number, subject, before as u64, words);
        StepTaken { at: (step, number), before, subject, point }
    }

    fn is_at(&self, place: &Place) -> bool {
        place.before == Some(self.before)
            && place.step.is_none_or(|step| step == self.at.0)
            && place.shard.is_none_or(|shard| shard == self.at.1)
    }

    fn place(&self, words: &Vocabulary) -> Place {
        Place {
            step: Some(self.at.0),
            shard: Some(self.at.1),
            record: Some(record(self.subject, words)),
            before: Some(self.before),
            ..Place::default()
        }
    }
}

/// Any of the moments.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    Call(Call),
    Commit(CommitSent),
    Execution(Execution),
    Step(StepTaken),
    Delivery(Delivery),
    CallMade(CallMade),
}

impl Moment {
    /// What it is about.
    pub fn subject(&self) -> Subject {
        match self {
            Moment::Call(call) => call.subject,
            Moment::Commit(commit) => commit.subject,
            Moment::Execution(execution) => Subject::Record(execution.name),
            Moment::Step(step) => step.subject,
            Moment::Delivery(delivery) => Subject::Record(delivery.name),
            Moment::CallMade(call) => Subject::Record(call.name),
        }
    }

    /// The step of the protocol that it belongs to.
    pub fn step(&self, asked: Asked) -> Before {
        match self {
            Moment::Call(_) if asked == Asked::Ack => Before::Ack,
            Moment::Call(_) => Before::Send,
            Moment::Commit(commit) => commit.before,
            Moment::Execution(_) => Before::Apply,
            Moment::Step(step) => step.before,
            // A message comes in where a request would be admitted.
            Moment::Delivery(_) => Before::Admit,
            Moment::CallMade(_) => Before::Call,
        }
    }

    /// Whether a place is here, its record and its number aside.
    pub fn is_at(&self, place: &Place, pipeline: &Pipeline) -> bool {
        match self {
            Moment::Call(call) => call.is_at(place, pipeline),
            Moment::Commit(commit) => commit.is_at(place),
            Moment::Execution(execution) => execution.is_at(place),
            Moment::Step(step) => step.is_at(place),
            Moment::Delivery(delivery) => delivery.is_at(place),
            Moment::CallMade(call) => call.is_at(place),
        }
    }

    /// Its place, which other moments may share.
    pub fn place(&self, pipeline: &Pipeline, words: &Vocabulary) -> Place {
        match self {
            Moment::Call(call) => call.place(pipeline, words),
            Moment::Commit(commit) => commit.place(words),
            Moment::Execution(execution) => execution.place(words),
            Moment::Step(step) => step.place(words),
            Moment::Delivery(delivery) => delivery.place(words),
            Moment::CallMade(call) => call.place(words),
        }
    }
}

fn point(
    pipeline: &Pipeline,
    step: StepIndex,
    shard: u32,
    subject: Subject,
    what: u64,
    words: &Vocabulary,
) -> u64 {
    let who = match subject {
        Subject::Record(name) => words.names.hash(name),
        Subject::Watermark(value) => fold(scatter(value.0 as u64), scatter(!u64::from(shard))),
    };
    fold(who, pipeline.hash(step) ^ (what << 56) ^ (u64::from(shard) << 24))
}

fn record(subject: Subject, words: &Vocabulary) -> Record {
    match subject {
        Subject::Record(name) => Record::Name(Pattern::of(name, &words.names, &words.keys)),
        Subject::Watermark(value) => Record::Watermark(Some(value)),
    }
}
