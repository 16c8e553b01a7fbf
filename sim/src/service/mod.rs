//! The external services: what functions call, and the tables that sinks write to by calls. They stand outside
//! of the system under test, know nothing of its commits and keep what they were told to do. The rows of such a
//! sink are what its table has, whatever became of the sink's commit. They count as written, for latencies too,
//! when readers see them.

mod entries;
mod table;
mod wrongs;

use crate::ledger::Ledger;
use crate::outcome::StepCalls;
use entries::{Entries, Stale};
use hashbrown::HashSet;
use onceproof_kernel::call::{Action, Answer, Call, Operation};
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{LaidStep, Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;
use table::{Tables, Torn};

pub(crate) use wrongs::Wrongs;

/// All external services of a run.
#[derive(Debug, Default)]
pub(crate) struct Service {
    steps: Vec<Calls>,
    /// The objects that were deleted, by the hash of the source record or pane that they stood behind.
    deleted: HashSet<u64, FxBuildHasher>,
    entries: Entries,
    tables: Tables,
}

copied_by_field!(Service { steps, deleted, entries, tables });

/// The calls of one step, by the name of the record.
#[derive(Debug, Default)]
struct Calls {
    made: Vec<u32>,
    /// How many side effects of the record stand.
    standing: Vec<u32>,
    most_standing: u32,
}

copied_by_field!(Calls { made, standing, most_standing });

/// What came of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Handled {
    pub answer: Answer,
    /// Whether it was a side effect.
    pub is_effect: bool,
}

impl Service {
    /// Forgets everything and keeps its memory.
    pub fn reset(&mut self, layout: &Layout) {
        self.steps.resize_with(layout.steps(), Calls::default);
        for calls in &mut self.steps {
            calls.made.clear();
            calls.standing.clear();
            calls.most_standing = 0;
        }
        self.deleted.clear();
        self.entries.clear();
        self.tables.clear();
    }

    /// A world that calls a service has no rest any more.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Service { steps, deleted: _, entries: _, tables: _ } = self;
        state.requires(steps.iter().all(|calls| calls.made.is_empty()));
    }

    /// Counts one more call of a step for a record, and returns how many that makes: its attempt, counted
    /// from outside and across crashes.
    pub fn count(&mut self, step: StepIndex, name: Name) -> u32 {
        let made = entry(&mut self.steps[step.at()].made, name);
        *made += 1;
        *made
    }

    /// A shard has a new owner, under this token.
    pub fn announce(&mut self, shard: ShardIndex, token: u64) {
        self.entries.announce(shard, token);
    }

    /// Does what a call says.
    pub fn handle(
        &mut self,
        call: &Call,
        layout: &Layout,
        now: Time,
        ledger: &mut Ledger,
        words: &Vocabulary,
    ) -> Handled {
        let Call { shard, step, name, .. } = *call;
        let done = |is_effect| Handled { answer: Answer::Done, is_effect };
        let answered = |answer| Handled { answer, is_effect: answer == Answer::Done };
        match call.operation {
            Operation::Act { action, key, token } => self.act(action, call, key, token, words),
            Operation::Append(row) => {
                ledger.append(step, name, row, words);
                done(true)
            }
            Operation::AppendAt { row, stream, offset } => {
                let answer = self.tables.append_at((shard, stream), offset);
                if answer == Answer::Done {
                    ledger.append(step, name, row, words);
                }
                answered(answer)
            }
            Operation::Prepare { row, part } => {
                done(self.tables.prepare(shard, step, part, (name, row), now))
            }
            Operation::Finish { unit } => {
                let show = |(name, row)| ledger.append(step, name, row, words);
                answered(self.tables.finish((shard, unit), layout, now, show))
            }
            Operation::WriteInPlace { row, part } => {
                let is_new = self.tables.write_in_place(shard, step, part, (name, row), now);
                if is_new {
                    ledger.append(step, name, row, words);
                }
                done(is_new)
            }
            Operation::Insert { row, id } => {
                let is_new = self.tables.lets_in(step, id, layout, now);
                if is_new {
                    ledger.append(step, name, row, words);
                }
                done(is_new)
            }
        }
    }

    fn act(
        &mut self,
        action: Action,
        call: &Call,
        key: Key,
        token: u64,
        words: &Vocabulary,
    ) -> Handled {
        let Call { step, name, .. } = *call;
        let object = words.names.root(name);
        let is_there = !self.deleted.contains(&object);
        let (answer, is_effect) = match action {
            Action::Append => (Answer::Done, true),
            Action::Put => {
                self.entries.put(step, key, name);
                (Answer::Done, true)
            }
            Action::PutFenced => {
                let answer = self.entries.put_fenced((call.shard, token), step, key, name);
                (answer, answer == Answer::Done)
            }
            Action::Read | Action::Take if !is_there => (Answer::Missing, false),
            Action::Read => (Answer::Done, false),
            Action::Take => (Answer::Done, true),
            Action::Delete => (Answer::Done, is_there),
        };
        if !is_effect {
            return Handled { answer, is_effect };
        }
        let calls = &mut self.steps[step.at()];
        let standing = entry(&mut calls.standing, name);
        match action {
            Action::Append => *standing += 1,
            Action::Put | Action::PutFenced => *standing = 1,
            Action::Delete | Action::Take => {
                self.deleted.insert(object);
                *standing = 1;
            }
            Action::Read => unreachable!("a read has no effect"),
        }
        calls.most_standing = calls.most_standing.max(*standing);
        Handled { answer, is_effect }
    }

    /// The records of which more than `most` side effects of one step stand, by step and name, with how
    /// many.
    fn repeated(&self, most: u32) -> impl Iterator<Item = (StepIndex, Name, u32)> {
        let steps = self.steps.iter().enumerate().filter(move |(_, of)| of.most_standing > most);
        steps.flat_map(move |(step, of)| {
            let all = of.standing.iter().enumerate();
            let repeated = all.filter(move |&(_, &standing)| standing > most);
            repeated
                .map(move |(name, &standing)| (StepIndex(step as u16), Name(name as u32), standing))
        })
    }

    /// The entries that are not those of the records committed last, in no order.
    fn stale(&self, ledger: &Ledger) -> impl Iterator<Item = Stale> {
        self.entries.stale(|step, key| ledger.newest(step, key))
    }

    /// The files and transactions of which readers met a part, in no order.
    fn torn(&self) -> impl Iterator<Item = Torn> {
        self.tables.torn()
    }

    /// How often each step called for a record, for the steps that call.
    pub fn calls(&self, layout: &Layout) -> Vec<StepCalls> {
        let steps = self.steps.iter().zip(layout.all());
        let calling = steps.filter(|(_, (_, step))| step.calls.is_some());
        let figures = |(of, (step, laid)): (&Calls, (StepIndex, &LaidStep))| {
            let standing = of.standing.iter().map(|&n| u64::from(n)).sum();
            let mut made: Vec<u64> =
                of.made.iter().filter(|&&n| n > 0).map(|&n| u64::from(n)).collect();
            made.sort_unstable();
            // 99 of 100 are at most this.
            let p99 = (made.len() * 99).div_ceil(100).checked_sub(1);
            StepCalls {
                step,
                records: made.len() as u64,
                calls: made.iter().sum(),
                p99: p99.map_or(0, |at| made[at]),
                max: made.last().copied().unwrap_or(0),
                garbage: self.tables.garbage(step),
                standing: laid.results.is_none().then_some(standing),
            }
        };
        calling.map(figures).collect()
    }
}

fn entry(counts: &mut Vec<u32>, name: Name) -> &mut u32 {
    let at = name.0 as usize;
    if at >= counts.len() {
        counts.resize(at + 1, 0);
    }
    &mut counts[at]
}
