//! The external services: what functions call, and the tables that sinks write to by calls. They stand
//! outside of the system under test, know nothing of its commits and keep what they were told to do. What
//! reaches a table is what the ledger reflects, whatever becomes of the sink's commit.

use crate::ledger::Ledger;
use crate::outcome::StepCalls;
use hashbrown::{HashMap, HashSet};
use onceproof_model::call::{Action, Answer, Call, Operation, Row};
use onceproof_model::name::{Name, Vocabulary};
use onceproof_model::pipeline::{Pipeline, ShardIndex, Sink, StepIndex, StepKind};
use onceproof_model::record::RecordId;
use onceproof_model::time::Time;
use rustc_hash::FxBuildHasher;
use std::cmp::Ordering;

/// All external services of a run.
#[derive(Debug, Default)]
pub(crate) struct Service {
    steps: Vec<Calls>,
    /// The objects that were deleted, by the hash of the source record or pane that they stood behind.
    deleted: HashSet<u64, FxBuildHasher>,
    /// When each insert id was last let in.
    inserted: HashMap<(StepIndex, RecordId), Time, FxBuildHasher>,
    /// Where the stream of each shard ends.
    streams: HashMap<ShardIndex, u64, FxBuildHasher>,
    /// Temporary files, and transactions.
    prepared: HashMap<(ShardIndex, u64), Prepared, FxBuildHasher>,
}

/// A row where nobody sees it, until it is shown.
#[derive(Clone, Copy, Debug)]
struct Prepared {
    step: StepIndex,
    row: Row,
    at: Time,
    is_shown: bool,
}

/// The calls of one step, by the name of the record.
#[derive(Debug, Default)]
struct Calls {
    made: Vec<u32>,
    /// How many side effects of the record stand.
    standing: Vec<u32>,
    most_standing: u32,
}

/// What came of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Handled {
    pub answer: Answer,
    /// Whether it was a side effect.
    pub is_effect: bool,
}

impl Service {
    /// Forgets everything and keeps its memory.
    pub fn reset(&mut self, pipeline: &Pipeline) {
        self.steps.resize_with(pipeline.steps().len(), Calls::default);
        for calls in &mut self.steps {
            calls.made.clear();
            calls.standing.clear();
            calls.most_standing = 0;
        }
        self.deleted.clear();
        self.inserted.clear();
        self.streams.clear();
        self.prepared.clear();
    }

    /// Counts one more call of a step for a record, and returns how many that makes: its attempt, counted
    /// from outside and across crashes.
    pub fn count(&mut self, step: StepIndex, name: Name) -> u32 {
        let made = entry(&mut self.steps[step.at()].made, name);
        *made += 1;
        *made
    }

    /// Does what a call says.
    pub fn handle(
        &mut self,
        call: &Call,
        pipeline: &Pipeline,
        now: Time,
        ledger: &mut Ledger,
        words: &Vocabulary,
    ) -> Handled {
        let Call { step, name, .. } = *call;
        let done = |is_effect| Handled { answer: Answer::Done, is_effect };
        match call.operation {
            Operation::Act(action) => self.act(action, step, name, words),
            Operation::Append(row) => {
                ledger.append(step, name, row, words);
                done(true)
            }
            Operation::AppendAt { row, offset } => {
                let end = self.streams.entry(call.shard).or_default();
                let answer = match offset.cmp(end) {
                    Ordering::Less => Answer::AlreadyExists,
                    Ordering::Greater => Answer::OutOfRange,
                    Ordering::Equal => {
                        *end += 1;
                        ledger.append(step, name, row, words);
                        Answer::Done
                    }
                };
                Handled { answer, is_effect: answer == Answer::Done }
            }
            Operation::Prepare { row, transaction } => {
                let prepared = Prepared { step, row, at: now, is_shown: false };
                let of = (call.shard, transaction);
                let is_new = !self.prepared.contains_key(&of);
                self.prepared.entry(of).or_insert(prepared);
                done(is_new)
            }
            Operation::Finish { transaction } => {
                let Some(prepared) = self.prepared.get_mut(&(call.shard, transaction)) else {
                    return Handled { answer: Answer::Missing, is_effect: false };
                };
                let answer = prepared.finish(&pipeline.step(step).kind, now);
                if answer == Answer::Done {
                    ledger.append(step, name, prepared.row, words);
                }
                Handled { answer, is_effect: answer == Answer::Done }
            }
            Operation::Insert { row, id } => {
                let is_new = self.lets_in(step, id, pipeline, now);
                if is_new {
                    ledger.append(step, name, row, words);
                }
                done(is_new)
            }
        }
    }

    fn act(&mut self, action: Action, step: StepIndex, name: Name, words: &Vocabulary) -> Handled {
        let object = words.names.root(name);
        let is_there = !self.deleted.contains(&object);
        let (answer, is_effect) = match action {
            Action::Append | Action::Put => (Answer::Done, true),
            Action::Read | Action::Take if !is_there => (Answer::Missing, false),
            Action::Read => (Answer::Done, false),
            Action::Take => (Answer::Done, true),
            Action::Delete => (Answer::Done, is_there),
        };
        let calls = &mut self.steps[step.at()];
        let standing = entry(&mut calls.standing, name);
        match action {
            Action::Append => *standing += 1,
            Action::Put => *standing = 1,
            Action::Delete | Action::Take if is_effect => {
                self.deleted.insert(object);
                *standing = 1;
            }
            Action::Delete | Action::Take | Action::Read => {}
        }
        calls.most_standing = calls.most_standing.max(*standing);
        Handled { answer, is_effect }
    }

    /// Whether a table lets an insert id in: it has not seen it, or so long ago that it has forgotten it.
    fn lets_in(&mut self, step: StepIndex, id: RecordId, pipeline: &Pipeline, now: Time) -> bool {
        let StepKind::Sink(Sink::InsertId(ids)) = pipeline.step(step).kind else {
            unreachable!("only a sink with insert ids gives one");
        };
        let last = self.inserted.get(&(step, id));
        let is_new = last.is_none_or(|last| last.plus(ids.window) < now);
        if is_new {
            self.inserted.insert((step, id), now);
        }
        is_new
    }

    /// The records of which more than `most` side effects of one step stand, by step and name, with how
    /// many.
    pub fn repeated(&self, most: u32) -> impl Iterator<Item = (StepIndex, Name, u32)> {
        let steps = self.steps.iter().enumerate().filter(move |(_, of)| of.most_standing > most);
        steps.flat_map(move |(step, of)| {
            let all = of.standing.iter().enumerate();
            let repeated = all.filter(move |&(_, &standing)| standing > most);
            repeated
                .map(move |(name, &standing)| (StepIndex(step as u16), Name(name as u32), standing))
        })
    }

    /// How often each step called for a record, for the steps that call.
    pub fn calls(&self, pipeline: &Pipeline) -> Vec<StepCalls> {
        let steps = self.steps.iter().zip(pipeline.steps()).enumerate();
        let calling = steps.filter(|(_, (_, step))| step.kind.calls());
        let left = |step: StepIndex| {
            let prepared = self.prepared.values();
            prepared.filter(|prepared| prepared.step == step && !prepared.is_shown).count() as u64
        };
        let figures = |(at, (of, _)): (usize, (&Calls, _))| {
            let mut made: Vec<u64> =
                of.made.iter().filter(|&&n| n > 0).map(|&n| u64::from(n)).collect();
            made.sort_unstable();
            // 99 of 100 are at most this.
            let p99 = (made.len() * 99).div_ceil(100).checked_sub(1);
            StepCalls {
                step: StepIndex(at as u16),
                records: made.len() as u64,
                calls: made.iter().sum(),
                p99: p99.map_or(0, |at| made[at]),
                max: made.last().copied().unwrap_or(0),
                garbage: left(StepIndex(at as u16)),
            }
        };
        calling.map(figures).collect()
    }
}

impl Prepared {
    /// Shows it, if it is still there: a file that was renamed is not, nor a transaction that was aborted.
    fn finish(&mut self, kind: &StepKind, now: Time) -> Answer {
        let is_file = match *kind {
            StepKind::Sink(Sink::TwoPhase { timeout }) if self.at.plus(timeout) < now => {
                return if self.is_shown { Answer::AlreadyExists } else { Answer::Missing };
            }
            StepKind::Sink(Sink::TwoPhase { .. }) => false,
            _ => true,
        };
        match (std::mem::replace(&mut self.is_shown, true), is_file) {
            (false, _) => Answer::Done,
            (true, true) => Answer::Missing,
            (true, false) => Answer::AlreadyExists,
        }
    }
}

fn entry(counts: &mut Vec<u32>, name: Name) -> &mut u32 {
    let at = name.0 as usize;
    if at >= counts.len() {
        counts.resize(at + 1, 0);
    }
    &mut counts[at]
}
