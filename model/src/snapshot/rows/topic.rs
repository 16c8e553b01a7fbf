//! A part of a topic: the transactions of one writer. Readers see what is committed, in the order of the commits: a row that
//! is committed twice is there twice.

use crate::pipeline::StepKind;
use crate::snapshot::design::Design;
use crate::snapshot::message::{Change, FlowingRow, ReadPane, TransactionHandle, TransactionName};
use crate::snapshot::settings::{CommitRule, Settings};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::{Pane, Tell, WrittenRow};
use onceproof_kernel::time::Time;

/// What has become of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TransactionFate {
    /// It is open.
    Open,
    /// Its rows stand.
    Committed,
    /// Its rows are gone.
    Aborted,
}

/// A transaction.
#[derive(Clone, Hash, Debug)]
struct TopicTransaction {
    epoch: u32,
    fate: TransactionFate,
    /// Its rows, by their numbers.
    rows: SortedMap<u32, FlowingRow>,
    /// The same, where writes have no numbers.
    plain: Vec<FlowingRow>,
    /// When its first row was written.
    first: Option<Time>,
}

/// The rows of a part of a topic.
#[derive(Clone, Debug)]
pub struct TopicRows {
    settings: Settings,
    step: StepIndex,
    is_sink: bool,
    /// The number of this part among all rows of the topic.
    part: u64,
    named: SortedMap<TransactionName, TopicTransaction>,
    /// The first attempt whose transactions may begin.
    pub fence: u32,
    /// How many rows readers see.
    seen: u64,
}

impl TopicRows {
    pub(super) fn new(design: &Design, shard: ShardIndex, step: StepIndex) -> TopicRows {
        TopicRows {
            settings: design.settings,
            step,
            is_sink: matches!(design.pipeline.step(step).kind, StepKind::Sink(_)),
            part: design.layout.number_of(shard).into(),
            named: SortedMap::new(),
            fence: 0,
            seen: 0,
        }
    }

    pub(super) fn tell_state(&self, state: &mut WorldState) {
        let TopicRows { settings: _, step: _, is_sink: _, part: _, named, fence, seen } = self;
        state.add((named, fence, seen));
    }

    /// The epoch of a transaction, and what has become of it.
    pub fn find(&self, name: TransactionName) -> Option<(u32, TransactionFate)> {
        self.named.get(&name).map(|transaction| (transaction.epoch, transaction.fate))
    }

    /// The open transactions, each with the time of its first row.
    pub fn all_open(&self) -> impl Iterator<Item = (TransactionName, Option<Time>)> {
        let is_open = |(_, transaction): &(&TransactionName, &TopicTransaction)| {
            transaction.fate == TransactionFate::Open
        };
        self.named.iter().filter(is_open).map(|(&name, open)| (name, open.first))
    }

    /// Whether readers see what is not committed.
    pub(super) fn shows_at_once(&self) -> bool {
        !self.settings.reads_committed
    }

    /// Whether a commit makes rows visible.
    pub(super) fn would_commit(&self, handle: &TransactionHandle) -> bool {
        let found = self.find(handle.transaction);
        found == Some((handle.epoch, TransactionFate::Open))
    }

    /// How many transactions with rows are open.
    pub(super) fn open(&self) -> u64 {
        self.all_open().filter(|(_, first)| first.is_some()).count() as u64
    }

    pub(super) fn apply(&mut self, change: &Change, now: Time, tell: &mut impl Tell) {
        match *change {
            Change::Fence { attempt } => self.fence = attempt,
            Change::Begin(name) => self.begin(name),
            Change::Write { transaction, number, row } => {
                let Some(open) = self.named.get_mut(&transaction) else { return };
                open.first = open.first.or(Some(now));
                let is_new = match self.settings.numbers_writes {
                    true => open.rows.insert(number, row).is_none(),
                    false => {
                        open.plain.push(row);
                        true
                    }
                };
                if is_new && !self.settings.reads_committed {
                    self.show(&row, tell);
                }
            }
            Change::Commit(handle) => {
                let Some(open) = self.named.get_mut(&handle.transaction) else { return };
                let was = std::mem::replace(&mut open.fate, TransactionFate::Committed);
                let rows: Vec<FlowingRow> =
                    open.rows.values().chain(&open.plain).copied().collect();
                let is_again = was == TransactionFate::Committed;
                if is_again && self.settings.commits == CommitRule::Idempotent {
                    return;
                }
                tell.part(handle.unit(), Some(handle.first));
                if self.settings.reads_committed {
                    rows.iter().for_each(|row| self.show(row, tell));
                }
            }
            Change::Rollback(name) => self.abort(name),
            other => unreachable!("{other:?} is no change of a topic"),
        }
    }

    /// A transaction begins. Where its name has no attempt, one that is there gives way.
    fn begin(&mut self, name: TransactionName) {
        let fresh = |epoch| TopicTransaction {
            epoch,
            fate: TransactionFate::Open,
            rows: SortedMap::new(),
            plain: Vec::new(),
            first: None,
        };
        match self.named.get_mut(&name) {
            None => {
                self.named.insert(name, fresh(0));
            }
            Some(found) if self.settings.has_epochs => *found = fresh(found.epoch + 1),
            Some(found) => found.fate = TransactionFate::Open,
        }
    }

    fn abort(&mut self, name: TransactionName) {
        let Some(open) = self.named.get_mut(&name) else { return };
        open.fate = TransactionFate::Aborted;
        open.rows.clear();
        open.plain.clear();
    }

    /// Readers see a row.
    fn show(&mut self, row: &FlowingRow, tell: &mut impl Tell) {
        let FlowingRow { record, pane } = row;
        let (tag, key, weight) = (record.tag, record.key, record.weight);
        if let Some(ReadPane { start, value }) = *pane {
            return tell.pane_of(self.step, &Pane { tag, key, start, weight, value });
        }
        debug_assert!(self.is_sink, "what is no pane goes into a sink");
        let row = self.part << 40 | self.seen;
        self.seen += 1;
        let value = record.value.integer();
        tell.replace(&WrittenRow { step: self.step, row, tag, key, weight, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore, record};

    #[test]
    fn each_row_of_a_topic_is_told() {
        let rows = TopicRows {
            settings: Settings::FIRST,
            step: StepIndex(0),
            is_sink: true,
            part: SHARD.0.into(),
            named: SortedMap::new(),
            fence: 0,
            seen: 0,
        };
        let name = |attempt| TransactionName { writer: 0, attempt, checkpoint: 1 };
        let record = record();
        let row = FlowingRow { record, pane: None };
        let open = |rows: &mut TopicRows, change: &dyn Fn(&mut TopicTransaction)| {
            rows.begin(name(1));
            change(rows.named.get_mut(&name(1)).expect("it has begun"));
        };
        assert_each_is_told(
            &rows,
            TopicRows::tell_state,
            &[
                &|rows| rows.begin(name(1)),
                &|rows| rows.begin(name(2)),
                &|rows| open(rows, &|it| it.epoch = 1),
                &|rows| open(rows, &|it| it.fate = TransactionFate::Committed),
                &|rows| open(rows, &|it| it.fate = TransactionFate::Aborted),
                &|rows| open(rows, &|it| ignore(it.rows.insert(1, row))),
                &|rows| open(rows, &|it| ignore(it.rows.insert(2, row))),
                &|rows| open(rows, &|it| it.plain.push(row)),
                &|rows| open(rows, &|it| it.first = Some(Time(1))),
                &|rows| rows.fence = 1,
                &|rows| rows.seen = 1,
            ],
        );
    }
}
