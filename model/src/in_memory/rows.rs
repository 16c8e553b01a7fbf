//! What is durable: the offsets of spouts, the rows of the view, and counts, if they are kept there.

use super::InMemory;
use super::design::Design;
use super::message::{Age, Change, Landed, Shown, Wins};
use super::settings::BatchSettings;
use crate::stream::{CountedCell, Record, Sum, Windowed};
use hashbrown::HashMap;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{self, ToldWorld};
use onceproof_kernel::tell::{Served, Standing, Tell, WrittenRow};
use onceproof_kernel::time::{Nanos, Time};
use onceproof_kernel::told::Told;
use rustc_hash::FxBuildHasher;

/// What a result says: its weight and its value.
type Content = (i64, i64);

/// The rows of one shard.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Where a spout begins after a crash.
    pub offset: u64,
    /// What the view has of each result: how new it is, and what it says.
    results: HashMap<(StepIndex, CountedCell), (Age, Content), FxBuildHasher>,
    /// What the rows of sinks say.
    rows: HashMap<(StepIndex, RecordId), (Key, Value), FxBuildHasher>,
    /// The sinks in which the results of each step stand, too.
    mirrors: Vec<Vec<StepIndex>>,
    /// The counts of a bolt, and the ids that are kept beside them.
    counts: HashMap<CountedCell, Sum, FxBuildHasher>,
    known: HashMap<RecordId, Record, FxBuildHasher>,
    is_distinct: bool,
    windows: Option<Windowed>,
    /// What has landed, by when the windows end.
    landed: HashMap<Time, Batches, FxBuildHasher>,
    /// Of a view that serves until a batch lands: how long after the end of each step's windows, at most.
    serves: Option<Serves>,
}

/// What has landed of the windows that end at one time.
#[derive(Clone, Hash, Debug, Default)]
pub struct Batches {
    /// How often a batch of them has landed.
    pub runs: u32,
    /// The results, in the order in which they came.
    pub results: Vec<(StepIndex, CountedCell, Sum)>,
}

/// How long a view serves a result.
#[derive(Clone, Debug)]
struct Serves {
    windows: Vec<Option<Windowed>>,
    keep: Option<Nanos>,
}

impl Rows {
    /// What a durable count has.
    pub fn sum(&self, cell: CountedCell) -> Sum {
        self.counts.get(&cell).copied().unwrap_or_default()
    }

    /// The record of this id as a durable count has it, if it knows one.
    pub fn known(&self, id: RecordId) -> Option<Record> {
        self.known.get(&id).copied()
    }

    /// Whether the view has something newer than this.
    pub fn has_newer(&self, standing: &Standing, age: Age) -> bool {
        let cell = (standing.pane.key, standing.pane.start);
        self.results.get(&(standing.step, cell)).is_some_and(|&(newest, _)| newest > age)
    }

    fn tell_all(&self, state: &mut WorldState) {
        let Rows {
            offset,
            results,
            rows,
            mirrors: _,
            counts,
            known,
            is_distinct: _,
            windows: _,
            landed,
            serves: _,
        } = self;
        state.add(offset);
        state.add_set(results);
        state.add_set(rows);
        state.add_set(counts);
        state.add_set(known);
        state.add_set(landed);
    }

    /// What has landed of the windows that end at a time.
    pub fn landed(&self, end: Time) -> Option<&Batches> {
        self.landed.get(&end)
    }

    fn land(&mut self, landed: &Landed, tell: &mut impl Tell) {
        let Landed { end, standing, sum } = landed;
        let Standing { step, pane, .. } = *standing;
        let results = &mut self.landed.entry(*end).or_default().results;
        results.push((step, (pane.key, pane.start), *sum));
        tell.stand(standing);
        for &sink in &self.mirrors[step.at()] {
            tell.stand(&Standing { step: sink, ..*standing });
        }
    }

    /// What stands in the view until something else does.
    fn serve(&self, standing: &Standing, tell: &mut impl Tell) {
        let Some(Serves { windows, keep }) = &self.serves else { return tell.stand(standing) };
        let end = |windows: &Windowed| windows.end((standing.pane.key, standing.pane.start));
        let Some(end) = windows[standing.step.at()].as_ref().map(end) else { return };
        let until = keep.map(|keep| end.plus(keep));
        tell.serve(&Served { standing: *standing, end, until });
    }

    fn show(&mut self, standing: &Standing, age: Age, wins: Wins, tell: &mut impl Tell) {
        if wins == Wins::Newer && self.has_newer(standing, age) {
            return;
        }
        let Standing { step, pane, .. } = *standing;
        let content = (pane.weight, pane.value);
        self.results.insert((step, (pane.key, pane.start)), (age, content));
        self.serve(standing, tell);
        for &sink in &self.mirrors[step.at()] {
            self.serve(&Standing { step: sink, ..*standing }, tell);
        }
    }

    fn take(&mut self, record: &Record, tell: &mut impl Tell) {
        let Some(windows) = self.windows else { return };
        if self.is_distinct {
            if self.known.contains_key(&record.id) {
                return;
            }
            self.known.insert(record.id, *record);
        }
        let &Record { tag, key, weight, value, event_time, .. } = record;
        let sum = self.counts.entry(windows.cell(key, event_time)).or_default();
        tell.add(&mut sum.pile, tag, key, weight, value.integer());
        sum.add(record);
    }
}

impl system::Rows<InMemory> for Rows {
    fn reset(&mut self, design: &Design, shard: ShardIndex) {
        let Rows {
            offset,
            results,
            rows,
            mirrors,
            counts,
            known,
            is_distinct,
            windows,
            landed,
            serves,
        } = self;
        *offset = 0;
        landed.clear();
        results.clear();
        rows.clear();
        counts.clear();
        known.clear();
        let step = design.layout.step_of(shard);
        let steps = design.pipeline.steps();
        *is_distinct = design.settings.is_distinct;
        *windows = steps.get(step.at()).and_then(|step| Windowed::of(&step.kind));
        if mirrors.is_empty() {
            let all = design.pipeline.numbered();
            mirrors.extend(all.map(|(step, _)| design.topology.mirrors(step).to_vec()));
            let keep =
                |batch: BatchSettings| Serves { windows: served(design), keep: batch.speed_keep };
            *serves = design.settings.batch.map(keep);
        }
    }

    fn changes_anything(&self, change: &Change) -> bool {
        match change {
            Change::Offset(offset) => *offset > self.offset,
            Change::Show(Shown::Cell { standing, age }, wins) => {
                let Standing { step, pane, .. } = standing;
                let stands = self.results.get(&(*step, (pane.key, pane.start)));
                let is_older = *wins == Wins::Newer && self.has_newer(standing, *age);
                !is_older && stands.map(|&(_, content)| content) != Some((pane.weight, pane.value))
            }
            Change::Show(Shown::Row { step, record }, _) => {
                self.rows.get(&(*step, record.id)) != Some(&(record.key, record.value))
            }
            Change::Take(record) => !self.is_distinct || !self.known.contains_key(&record.id),
            Change::Lands { .. } | Change::Land(_) => true,
        }
    }

    fn apply(&mut self, change: &Change, now: Time, tell: &mut impl Tell) {
        match change {
            Change::Offset(offset) => self.offset = self.offset.max(*offset),
            Change::Show(Shown::Cell { standing, age }, wins) => {
                self.show(standing, *age, *wins, tell);
            }
            Change::Show(Shown::Row { step, record }, _) => {
                let &Record { tag, key, id, weight, value, .. } = record;
                self.rows.insert((*step, id), (key, value));
                let (step, row, value) = (*step, id.0, value.integer());
                tell.replace(&WrittenRow { step, row, tag, key, weight, value });
            }
            Change::Take(record) => self.take(record, tell),
            // All that is to stand follows, also what stood before.
            Change::Lands { end, since } => {
                let landed = self.landed.entry(*end).or_default();
                landed.runs += 1;
                landed.results.clear();
                tell.certain(*end, since.unwrap_or(now));
            }
            Change::Land(landed) => self.land(landed, tell),
        }
    }

    fn told(&self, change: &Change, _: &Design, _: ShardIndex, (): &()) -> Told {
        Told::new(*change)
    }

    fn tell_state(&self, _: ToldWorld<'_, InMemory>, state: &mut WorldState) {
        self.tell_all(state);
    }

    fn ids(&self) -> u64 {
        self.known.len() as u64
    }
}

/// How each step's results are cut into windows: those of a sink are those of the aggregate above it.
fn served(design: &Design) -> Vec<Option<Windowed>> {
    let mut windows: Vec<Option<Windowed>> =
        design.pipeline.steps().iter().map(|step| Windowed::of(&step.kind)).collect();
    for (step, _) in design.pipeline.numbered() {
        for sink in design.topology.mirrors(step) {
            windows[sink.at()] = windows[step.at()];
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{assert_each_is_told, ignore, record};

    #[test]
    fn each_row_is_told() {
        let record = record();
        let cell = (Key(0), Time(0));
        let result = (StepIndex(0), cell);
        let age = Age { token: 1, number: 1 };
        let later = Age { token: 1, number: 2 };
        assert_each_is_told(
            &Rows::default(),
            Rows::tell_all,
            &[
                &|rows| rows.offset = 1,
                &|rows| ignore(rows.results.insert(result, (age, (1, 1)))),
                &|rows| ignore(rows.results.insert(result, (later, (1, 1)))),
                &|rows| ignore(rows.results.insert(result, (age, (2, 1)))),
                &|rows| {
                    let row = (Key(0), Value::Integer(1));
                    rows.rows.insert((StepIndex(0), RecordId(0)), row);
                },
                &|rows| ignore(rows.counts.insert(cell, Sum::default())),
                &|rows| ignore(rows.known.insert(RecordId(0), record)),
                &|rows| ignore(rows.landed.insert(Time(0), Batches::default())),
                &|rows| {
                    rows.landed.insert(Time(0), Batches { runs: 1, ..Batches::default() });
                },
            ],
        );
    }
}
