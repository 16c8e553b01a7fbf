//! What a run found: the verdict, the ledger, the faults that fired and the work that was done.

mod class;

use crate::fault::{Fault, KindName};
use crate::marks::{Marks, Strikes};
use crate::property::Broken;
use crate::served::ServedFigures;
use onceproof_kernel::alphabet::{Alphabet, Counter};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::system::Fill;
use onceproof_kernel::time::{Nanos, Time};
use std::collections::BTreeMap;

pub use class::{AskedFor, Class, ClassRow, ClassTurn, Classes};

/// The verdict on a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every record is reflected exactly once, and the run drained.
    ExactlyOnce,
    /// At least one class was found.
    Violated,
    /// The limit of events was hit before the run ended, or the time to drain was over while something was still due;
    /// and nothing was found until then.
    Inconclusive,
}

impl Verdict {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::ExactlyOnce => "exactly-once",
            Verdict::Violated => "violated",
            Verdict::Inconclusive => "inconclusive",
        }
    }
}

/// The ledger, counting source records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LedgerFigures {
    /// How many source records there are.
    pub expected: u64,
    /// How many are neither duplicated nor lost nor divergent nor late nor dead letters.
    pub exact: u64,
    /// How many are reflected too often in the results of any one step.
    pub duplicated: u64,
    /// The sum, over records, of the most reflections too many in any one step.
    pub excess: u64,
    /// How many are reflected too seldom in the results of any one step, and were not late there.
    pub lost: u64,
    /// How many have committed traces that disagree.
    pub divergent: u64,
    /// How many are missing at a step which their own source had promised not to hand out any more.
    pub late: u64,
    /// How many a function failed on so often that they were given up, openly.
    pub dead_lettered: u64,
}

/// What was done, in numbers. What is a mark as well is counted among the [`Marks`] alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Work {
    /// Events of the run: arrivals, deliveries, commits applied and answered, timers that did something,
    /// crashes and restarts.
    pub events: u64,
    /// Requests sent, with records and without, retries included.
    pub messages: u64,
    /// Requests sent again. A record that is published to a queue again is another request.
    pub retries: u64,
    /// Commits applied.
    pub commits: u64,
    /// What the system counts itself, by the numbers of its counters.
    pub own: [u64; Counter::COUNT],
    /// Executions of user functions.
    pub user_calls: u64,
    /// Calls that changed something at an external service.
    pub side_effects: u64,
    /// The most ids held at a time, by which records are known again.
    pub ids_held_max: u64,
    /// The ids held at the end.
    pub ids_held_end: u64,
}

/// How often each kind of fault fired.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fired(pub [u64; KindName::ALL.len()]);

impl Fired {
    /// How often this kind fired.
    pub fn count(&self, kind: KindName) -> u64 {
        self.0[kind as usize]
    }
}

/// What every run reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Brief {
    /// The words of the system that was run.
    pub alphabet: &'static Alphabet,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found.
    pub classes: Classes,
    /// The ledger.
    pub ledger: LedgerFigures,
    /// How many source records belong into no result, since functions leave them out. If nothing else is wrong
    /// with them they are exact.
    pub filtered: u64,
    /// How many source records are missing somewhere and may still come, since the run did not drain.
    pub unfinished: u64,
    /// How often each kind of fault fired.
    pub fired: Fired,
    /// Which steps of the protocol they struck.
    pub strikes: Strikes,
    /// Which corners of the protocol were reached, and how often.
    pub marks: Marks,
    /// What was done.
    pub work: Work,
    /// How long the run took in virtual time.
    pub virtual_time: Nanos,
    /// The 128-bit fingerprint of the run's trace.
    pub fingerprint: u128,
}

/// What a run in detail reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// What every run reports.
    pub brief: Brief,
    /// The steps that have results, in file order.
    pub steps: Vec<StepResult>,
    /// The records that are not reflected as they should be, in order of the input, at most
    /// [`Outcome::MOST_DAMAGE`] of them.
    pub damage: Vec<Damage>,
    /// The dead letters, in the order of their commits, at most [`Outcome::MOST_DAMAGE`] of them.
    pub dead_letters: Vec<DeadLetter>,
    /// The faults that fired, in order, each with a place that only it has.
    pub schedule: Vec<Fault>,
    /// The exact faults of the plan that did not fire, as indices.
    pub unfired: Vec<usize>,
    /// From the arrival of a source record to the commit that took it into an aggregate or wrote it.
    pub latency: Option<Latency>,
    /// How old the oldest copy was that each step met: the time since the first commit of something of the record
    /// there. A window of ids that is shorter does not know it again. Steps that met none are left out.
    pub oldest_copies: Vec<Extreme>,
    /// For how long each step repeated a request, from the first time it was sent to the last, over crashes.
    pub longest_retries: Vec<Extreme>,
    /// How far the latest record of each source was behind what the source had promised when it read the record.
    pub greatest_lags: Vec<Extreme>,
    /// How full the filters are at the end, by shard and range.
    pub filters: Vec<FilterFill>,
    /// How often the steps that call external services did so, in file order.
    pub calls: Vec<StepCalls>,
    /// How what was served before it was certain differs from what was, for a system that does that.
    pub served: Option<ServedFigures>,
    /// Why a run is stuck, unbounded or inconclusive, in words.
    pub reason: Option<String>,
    /// How long after the last fault it was over, if its processes would have gone on for ever.
    pub never_ends: Option<Nanos>,
    /// The first property that it breaks.
    pub broken: Option<Broken>,
}

impl Outcome {
    /// The most damaged records that are listed one by one.
    pub const MOST_DAMAGE: usize = 1000;
}

/// A record or pane that was given up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeadLetter {
    /// At which step.
    pub step: StepIndex,
    /// Its name.
    pub record: String,
    /// How many source records it stands for.
    pub records: u64,
}

/// The committed results of one step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepResult {
    /// The step.
    pub step: StepIndex,
    /// How many reflections of source records are right.
    pub expected: u64,
    /// How many there are, with multiplicity.
    pub applied: u64,
    /// How many are missing because they were late.
    pub late: u64,
    /// How many more would be right, were they no dead letters.
    pub dead_lettered: u64,
    /// The committed totals by key over all windows.
    pub results: BTreeMap<String, i128>,
    /// The same totals by key and start of the window. A row has the window of the pane that it was made of,
    /// and none where it was made of a source record.
    pub windows: BTreeMap<(String, Option<Time>), i128>,
}

/// How full a filter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FilterFill {
    /// The step.
    pub step: StepIndex,
    /// The shard, by its number within the step.
    pub shard: u32,
    /// The range, its bits, and how many of them are set.
    pub fill: Fill,
}

/// How often a step called an external service for a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepCalls {
    /// The step.
    pub step: StepIndex,
    /// How many records it called for.
    pub records: u64,
    /// How many calls it made.
    pub calls: u64,
    /// For 99 of 100 records it called at most so often.
    pub p99: u64,
    /// For no record it called more often.
    pub max: u64,
    /// How many temporary files or transactions it has left behind.
    pub garbage: u64,
    /// How many side effects of its functions stand: an entry that is put again stands once for a record. None where
    /// it writes rows.
    pub standing: Option<u64>,
}

/// A record that is not reflected as it should be at a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// What is wrong.
    pub class: Class,
    /// At which step.
    pub step: StepIndex,
    /// The name of the record.
    pub record: String,
    /// How often it should be reflected.
    pub expected: u64,
    /// How often it is.
    pub reflected: u64,
    /// What should be there in its place: for an entry that is stale, the name of the record committed last.
    pub instead: Option<String>,
    /// For a record that is lost: the name of another one that it was taken for, if its id was known as that of
    /// another.
    pub taken_for: Option<String>,
    /// For a record that is divergent: what the two executions left, in the order of their commits; the step is
    /// then that of the executions. None where one of them was given up.
    pub left: Option<[String; 2]>,
    /// For a record that is divergent and was given up: at which step.
    pub given_up: Option<StepIndex>,
    /// What may have done it without any fault.
    pub by_itself: Option<ByItself>,
    /// The faults that hit it or what was made of it, or a worker that held it: indices into the
    /// schedule, in order. They need not have done it.
    pub touched: Vec<usize>,
}

/// What may damage a record without any fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ByItself {
    /// It was published so often, as so many messages of a queue.
    Published(u64),
    /// A filter took its id for one that is known.
    TakenForKnown,
    /// This step sent it again, so long after the first time.
    SentAgain(StepIndex, Nanos),
}

/// The greatest of some length of time at a step, and the record of which it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Extreme {
    /// The step.
    pub step: StepIndex,
    /// How long.
    pub nanos: Nanos,
    /// The name of the first such record.
    pub record: String,
}

/// Percentiles of a latency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Latency {
    /// Half are at most this.
    pub p50: Nanos,
    /// 99 of 100 are at most this.
    pub p99: Nanos,
    /// All are at most this.
    pub max: Nanos,
}
