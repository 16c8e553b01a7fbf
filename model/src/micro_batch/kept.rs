//! What messages and changes refer to: files, states, results, orders, and rows of logs. Messages and changes own nothing.

use super::message::{ExecutorLife, ResultRow, TaskName};
use crate::stream::{CountedWindows, Record};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix::words;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::Pile;
use onceproof_kernel::time::Time;
use std::marker::PhantomData;

/// The handle of something that the run keeps.
#[derive(Debug)]
pub struct Handle<T> {
    at: u32,
    /// The same for equal contents.
    pub hash: u64,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Handle<T> {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Handle<T>) -> bool {
        self.at == other.at
    }
}

impl<T> Eq for Handle<T> {}

/// A partition of a file.
pub type KeptFile = Handle<Vec<Record>>;
/// Files, by the attempts that wrote them.
pub type KeptFiles = Handle<Vec<TaskName>>;
/// A state.
pub type KeptBatchState = Handle<BatchState>;
/// Results.
pub type KeptRows = Handle<Vec<ResultRow>>;
/// What a task is to do.
pub type KeptOrder = Handle<TaskOrder>;
/// A row of a log.
pub type KeptLogRow = Handle<LogRow>;

/// A version of the state of a partition.
#[derive(Clone, Hash, Debug, Default)]
pub struct BatchState {
    /// What is counted.
    pub windows: CountedWindows,
    /// What the batch that made it has added to it, and is still there.
    pub added: Vec<Pile>,
}

/// Which attempt has made the accepted state of each partition.
pub type AcceptedStates = SortedMap<ShardIndex, TaskName>;

/// A row of a log of the driver: what a batch is, what came out of it, and which states it leaves.
#[derive(Clone, Debug, Default)]
pub struct LogRow {
    /// The life of the driver that has put it.
    pub by: u64,
    /// The first offset of each source shard, and the first that is not in the batch.
    pub starts: Vec<u64>,
    /// See `starts`.
    pub ends: Vec<u64>,
    /// The watermark of the batch, and that of the batch before.
    pub watermark: Time,
    /// See `watermark`.
    pub before: Time,
    /// The time of the batch.
    pub time: Time,
    /// The accepted states.
    pub states: AcceptedStates,
    /// The results.
    pub rows: Option<KeptRows>,
}

/// What a task is to do.
#[derive(Clone, Hash, Debug)]
pub struct TaskOrder {
    /// Of a source: the first offset, and the first that it does not read.
    pub range: (u64, u64),
    /// The files that it reads, each with the executor that has it.
    pub files: Vec<(ShardIndex, ExecutorLife, TaskName)>,
    /// Which attempt has made the state that it begins with.
    pub base: Option<TaskName>,
    /// The watermark of the batch, and that of the batch before.
    pub watermark: Time,
    /// See `watermark`.
    pub before: Time,
    /// The time of the batch.
    pub time: Time,
}

/// All that a run keeps.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    files: Vec<Vec<Record>>,
    fetched: Vec<Vec<TaskName>>,
    states: Vec<BatchState>,
    rows: Vec<Vec<ResultRow>>,
    orders: Vec<TaskOrder>,
    log_rows: Vec<LogRow>,
    attempts: SortedMap<(u32, ShardIndex), u32>,
}

/// Something that a run keeps.
pub trait Keepable: Sized {
    /// Where all of its kind are.
    fn all(kept: &mut Kept) -> &mut Vec<Self>;
    /// The same, to look at.
    fn seen(kept: &Kept) -> &[Self];
}

macro_rules! keepable {
    ($($of:ty => $field:ident),+ $(,)?) => {$(
        impl Keepable for $of {
            fn all(kept: &mut Kept) -> &mut Vec<$of> {
                &mut kept.$field
            }

            fn seen(kept: &Kept) -> &[$of] {
                &kept.$field
            }
        }
    )+};
}

keepable!(
    Vec<Record> => files,
    Vec<TaskName> => fetched,
    BatchState => states,
    Vec<ResultRow> => rows,
    TaskOrder => orders,
    LogRow => log_rows,
);

impl Kept {
    /// Keeps something. `hash` is the same for equal contents.
    pub fn keep<T: Keepable>(&mut self, it: T, hash: u64) -> Handle<T> {
        let all = T::all(self);
        all.push(it);
        Handle { at: all.len() as u32 - 1, hash, of: PhantomData }
    }

    /// What is kept.
    pub fn get<T: Keepable>(&self, handle: Handle<T>) -> &T {
        &T::seen(self)[handle.at as usize]
    }

    /// Adds what is kept beside what handles refer to: how many attempts of each task there were.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Kept { files: _, fetched: _, states: _, rows: _, orders: _, log_rows: _, attempts } =
            self;
        state.add(attempts);
    }

    /// The number of the next attempt of a task, counted over all drivers.
    pub fn next_attempt(&mut self, batch: u32, shard: ShardIndex) -> u32 {
        let attempts = self.attempts.or_default((batch, shard));
        *attempts += 1;
        *attempts
    }
}

/// What an attempt is, as a number.
pub fn of_task(&TaskName { batch, shard, attempt }: &TaskName) -> u64 {
    words([batch.into(), shard.0.into(), attempt.into()])
}

impl LogRow {
    /// The same for equal rows.
    pub fn hash(&self) -> u64 {
        let LogRow { by, starts, ends, watermark, before, time, states, rows } = self;
        let times = [watermark.0, before.0, time.0].map(|time| time as u64);
        let mut hash = words([*by, words(times), rows.map_or(0, |rows| rows.hash)]);
        for offset in starts.iter().chain(ends) {
            hash = words([hash, *offset]);
        }
        states.values().fold(hash, |hash, task| words([hash, of_task(task)]))
    }
}
