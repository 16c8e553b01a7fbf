//! What is durable, all of it outside of driver and executors: the logs of the driver, versions of states, tables, and how far
//! sources have released their logs.

mod table;

pub use table::TableRows;

use super::MicroBatch;
use super::design::{BatchRole, Design};
use super::kept::{Kept, KeptBatchState, KeptLogRow};
use super::message::{Change, LogOf, StateVersion};
use super::pending::add_log_row;
use super::settings::StateRule;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{self, ToldWorld};
use onceproof_kernel::tell::Tell;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;

/// The rows of one shard, by what it is.
#[derive(Clone, Debug, Default)]
pub enum Rows {
    /// Those of a driver or an executor: none.
    #[default]
    None,
    /// The logs of the driver.
    Store(LogRows),
    /// The versions of a state.
    State(StateRows),
    /// How far a source has released its log: the first offset that is still there.
    Log(u64),
    /// A table.
    Table(TableRows),
}

/// The logs of the driver.
#[derive(Clone, Debug, Default)]
pub struct LogRows {
    offsets: SortedMap<u32, KeptLogRow>,
    results: SortedMap<u32, KeptLogRow>,
    commits: SortedMap<u32, KeptLogRow>,
}

impl LogRows {
    fn tell_state(&self, kept: &Kept, state: &mut WorldState) {
        let LogRows { offsets, results, commits } = self;
        for log in [offsets, results, commits] {
            state.add(log.len());
            for (batch, &row) in log {
                state.add(batch);
                add_log_row(row, kept, state);
            }
        }
    }

    fn log(&self, log: LogOf) -> &SortedMap<u32, KeptLogRow> {
        match log {
            LogOf::Offsets => &self.offsets,
            LogOf::Results => &self.results,
            LogOf::Commits => &self.commits,
        }
    }

    /// The row of a batch.
    pub fn row(&self, log: LogOf, batch: u32) -> Option<KeptLogRow> {
        self.log(log).get(&batch).copied()
    }

    /// The last row, with its batch.
    pub fn last(&self, log: LogOf) -> Option<(u32, KeptLogRow)> {
        self.log(log).last_key_value().map(|(&batch, &row)| (batch, row))
    }
}

/// The versions of a state.
#[derive(Clone, Debug)]
pub struct StateRows {
    keep: u32,
    versions: SortedMap<StateVersion, KeptBatchState>,
}

impl StateRows {
    /// Adds all versions. A state that is put again is known by its handle, which is the same as that of the version of this
    /// name where each attempt has a name of its own; elsewhere it cannot be told.
    fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        let StateRows { keep: _, versions } = self;
        state.requires(of.design.settings.state == StateRule::Accepted);
        state.add_list(versions.iter().map(|(name, &made)| (name, of.shared.get(made))));
    }

    /// The state of this name.
    pub fn get(&self, version: StateVersion) -> Option<KeptBatchState> {
        self.versions.get(&version).copied()
    }

    /// The newest of all.
    pub fn newest(&self) -> Option<KeptBatchState> {
        self.versions.last_key_value().map(|(_, &state)| state)
    }
}

impl Rows {
    /// The logs of the driver.
    ///
    /// # Panics
    /// If these are other rows, as with those below.
    pub fn logs(&self) -> &LogRows {
        match self {
            Rows::Store(rows) => rows,
            other => unreachable!("{other:?} are no logs"),
        }
    }

    /// The versions of a state.
    ///
    /// # Panics
    /// If these are other rows.
    pub fn states(&self) -> &StateRows {
        match self {
            Rows::State(rows) => rows,
            other => unreachable!("{other:?} are no states"),
        }
    }

    /// The first offset that a source has not released.
    ///
    /// # Panics
    /// If these are other rows.
    pub fn released(&self) -> u64 {
        match self {
            Rows::Log(released) => *released,
            other => unreachable!("{other:?} is no log of a source"),
        }
    }

    /// A table.
    ///
    /// # Panics
    /// If these are other rows.
    pub fn table(&self) -> &TableRows {
        match self {
            Rows::Table(rows) => rows,
            other => unreachable!("{other:?} is no table"),
        }
    }
}

impl system::Rows<MicroBatch> for Rows {
    fn reset(&mut self, design: &Design, shard: ShardIndex) {
        *self = match design.role(shard) {
            BatchRole::Driver | BatchRole::Executor => Rows::None,
            BatchRole::Store => Rows::Store(LogRows::default()),
            BatchRole::Log(_) => Rows::Log(0),
            BatchRole::State(_) => {
                let keep = design.settings.state_keep;
                Rows::State(StateRows { keep, versions: SortedMap::new() })
            }
            BatchRole::Table(step) => Rows::Table(TableRows::new(design, step)),
        };
    }

    fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        match self {
            Rows::None => {}
            Rows::Store(rows) => {
                of.shared.tell_state(state);
                rows.tell_state(of.shared, state);
            }
            Rows::State(rows) => rows.tell_state(of, state),
            Rows::Log(released) => state.add(released),
            Rows::Table(rows) => rows.tell_state(state),
        }
    }

    /// Only a row that is new leads anywhere. A job that fails again and again stores states for ever.
    fn changes_anything(&self, change: &Change) -> bool {
        match (self, change) {
            (Rows::Store(rows), Change::Row { log, batch, .. }) => rows.row(*log, *batch).is_none(),
            (Rows::Log(released), Change::Release { to, .. }) => to > released,
            (Rows::Table(rows), change) => rows.changes_anything(change),
            _ => false,
        }
    }

    fn apply(&mut self, change: &Change, _: Time, tell: &mut impl Tell) {
        match (self, *change) {
            (Rows::Store(rows), Change::Row { log, batch, row }) => {
                let rows = match log {
                    LogOf::Offsets => &mut rows.offsets,
                    LogOf::Results => &mut rows.results,
                    LogOf::Commits => &mut rows.commits,
                };
                rows.insert(batch, row);
            }
            (Rows::Store(_), Change::Accept(lineage)) => tell.mention_members(lineage),
            (Rows::State(rows), Change::State { version, state }) => {
                let keep = rows.keep;
                rows.versions.retain(|other, _| other.version + keep > version.version);
                rows.versions.insert(version, state);
            }
            (Rows::Log(released), Change::Release { to, .. }) => *released = to.max(*released),
            (Rows::Table(rows), change) => rows.apply(&change, tell),
            (rows, change) => unreachable!("{change:?} is no change of {rows:?}"),
        }
    }

    fn told(&self, change: &Change, _: &Design, _: ShardIndex, _: &Kept) -> Told {
        Told::new(*change)
    }
}

#[cfg(test)]
mod tests {
    use super::system::Rows as _;
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
    use crate::micro_batch::kept::{BatchState, LogRow};
    use crate::micro_batch::message::TaskName;
    use crate::micro_batch::settings::Settings;
    use onceproof_kernel::tell::Pile;

    #[test]
    fn each_row_is_told() {
        let steps = steps().map(|step| (step, true, None)).to_vec();
        let design = Design::new(steps, Settings::FIRST).expect("a chain");
        let mut shared = Kept::default();
        let [row, other] = [1, 2].map(|by| shared.keep(LogRow { by, ..LogRow::default() }, 0));
        let [empty, filled] = [0, 1].map(|piles| {
            let added = vec![Pile::default(); piles];
            shared.keep(BatchState { added, ..BatchState::default() }, 0)
        });
        let of = ToldWorld { design: &design, shared: &shared };
        assert_each_is_told(
            &LogRows::default(),
            |rows, state| rows.tell_state(&shared, state),
            &[
                &|rows| ignore(rows.offsets.insert(0, row)),
                &|rows| ignore(rows.offsets.insert(1, row)),
                &|rows| ignore(rows.offsets.insert(0, other)),
                &|rows| ignore(rows.results.insert(0, row)),
                &|rows| ignore(rows.commits.insert(0, row)),
            ],
        );
        let name = |attempt| StateVersion {
            version: 1,
            by: Some(TaskName { batch: 0, shard: SHARD, attempt }),
        };
        assert_each_is_told(
            &StateRows { keep: 1, versions: SortedMap::new() },
            |rows, state| rows.tell_state(of, state),
            &[
                &|rows| ignore(rows.versions.insert(name(1), empty)),
                &|rows| ignore(rows.versions.insert(name(2), empty)),
                &|rows| ignore(rows.versions.insert(name(1), filled)),
            ],
        );
        let released = |rows: &Rows, state: &mut WorldState| rows.tell_state(of, state);
        assert_each_is_told(&Rows::Log(0), released, &[&|rows| *rows = Rows::Log(1)]);
    }

    #[test]
    fn how_often_a_task_was_begun_is_told_with_the_logs() {
        let steps = steps().map(|step| (step, true, None)).to_vec();
        let design = Design::new(steps, Settings::FIRST).expect("a chain");
        let state = |attempts| {
            let mut shared = Kept::default();
            (0..attempts).for_each(|_| ignore(shared.next_attempt(1, SHARD)));
            let mut state = WorldState::default();
            let of = ToldWorld { design: &design, shared: &shared };
            Rows::Store(LogRows::default()).tell_state(of, &mut state);
            state.state()
        };
        assert_ne!(state(0), state(1));
        assert_ne!(state(1), state(2));
    }
}
