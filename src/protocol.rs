//! A user's own protocol, put to the test: an outbox and an inbox around a database, a consumer that writes and acks, a
//! leader with a lease. It is written as `async fn`s whose awaits are its effects, and [`Setup`] gives it its input and the
//! world that it runs in.
//!
//! ```
//! use onceproof::prelude::*;
//!
//! const SEEN: Table<()> = Table::new("seen");
//!
//! /// Takes records from a queue, counts each in its database, and tells the queue that it is done.
//! #[derive(Debug)]
//! struct Consumer {
//!     is_distinct: bool,
//! }
//!
//! impl Protocol for Consumer {
//!     fn steps(&self) -> Vec<Step> {
//!         vec![Step::process("consumer").reads_queue(), Step::result("counts")]
//!     }
//!
//!     async fn run(&self, cx: Cx<'_>) {
//!         loop {
//!             let Record { id, of, key, value } = cx.recv().await;
//!             let count = |tx: &mut Tx| {
//!                 if self.is_distinct {
//!                     tx.insert(SEEN, id, ()); // refuses the commit where the row is there
//!                 }
//!                 tx.result("counts", key, of, value);
//!             };
//!             cx.commit_until_known(of, count).await;
//!             cx.done(of).await; // two lines further up, a crash loses the record
//!         }
//!     }
//!
//!     fn wrong(&self) -> Vec<(&'static str, Consumer)> {
//!         vec![("ids are not kept", Consumer { is_distinct: false })]
//!     }
//! }
//!
//! // Every schedule of one fault, and a hundred seeds with many: none breaks it, and one breaks the wrong design.
//! let right = Consumer { is_distinct: true };
//! Setup::of(right).records([100, 250, 100]).check().seeds(0..100).exhaust(1);
//! ```
//!
//! # What an await is
//!
//! | await | what happens | where the process may die or stand still | what it may hear |
//! |---|---|---|---|
//! | [`commit`](Cx::commit) | checks are looked at and rows change at once, a moment later; only then do its [results](Tx::result) count | before it is sent, before its answer is handled | [`Applied`], [`Refused`]; [`Unknown`] where no answer came: applied, or not, or still on its way |
//! | [`send`](Cx::send) | a request, again and again until a reply is heard | before each time it is sent | the reply; the receiver may have had it several times |
//! | [`call`](Cx::call) | a request, once | before it | `None` where no reply came |
//! | [`sleep`](Cx::sleep) | time passes, on the clock of the process | | |
//! | [`done`](Cx::done), and the reply that [`serve`](Cx::serve) gives | the queue, or the sender, is told | before it | |
//! | [`recv`](Cx::recv), [`each`](Cx::each), [`until`](Cx::until) | nothing: what a crash here loses, one before the next effect loses, too | | |
//!
//! What has been sent or is being committed when a process dies stays under way. A process that stood still goes on as if
//! nothing had happened: with what it read before, however old that is by now.
//!
//! # What async code must not do
//!
//! A future that is not of this world, such as one of a runtime's timers, is never woken: the records that wait for it are
//! lost in the first run, without a fault. A borrow of a `RefCell` that is held over an await panics once two handlers
//! meet. A destructor cannot commit: an effect is asked for when it is awaited. Whatever is told to a process by another
//! than its [`Cx`] (a clock, the order of a `HashMap`, a static variable) makes its runs differ, and a search that finds one
//! that goes another way under the same faults panics and says where.

pub use onceproof_protocol::Misfit;
pub use onceproof_protocol::cx::Cx;
pub use onceproof_protocol::protocol::Protocol;
pub use onceproof_protocol::step::Step;
pub use onceproof_protocol::tx::Tx;
pub use onceproof_protocol::words::{
    Applied, Log, Millis, Produced, Producer, Record, Refused, Route, START, Sum, Table, Tag,
    Unknown, Value, Written,
};

use crate::check::Check;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{MILLISECOND, Nanos, Time};
use onceproof_protocol::{Design as Protocols, FOR_EVER, LOG};
use onceproof_sim::fault::Climate;
use onceproof_sim::input::{InputRow, RowValue, SourceInput};
use onceproof_sim::plan::{Cluster, Network, Plan, SideEffects, Until};
use onceproof_sim::property::Properties;
use onceproof_systems::{Design, Trial};
use std::any::type_name;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A protocol with its input and its world.
///
/// Without more, there are no records; a record arrives every 2 ms, and its key is its number modulo 2; a message and a
/// commit take 1 ms each way, and with a seed a message takes 1 ms to 5 ms; a process that crashed or stands still is taken
/// over by nobody, and goes on in the same place; with a seed faults happen until 10 s after the last record; and a run whose
/// processes never end is over 10 minutes after the last fault and the last change of a result, and after one if each record is
/// where it belongs by then.
#[derive(Clone, Debug)]
pub struct Setup<P> {
    protocol: P,
    world: Around,
}

/// What is around a protocol.
#[derive(Clone, Debug)]
struct Around {
    values: Vec<i64>,
    keys: u64,
    every: Millis,
    latency: RangeInclusive<Millis>,
    commit: Millis,
    lease: Nanos,
    calm: Option<Millis>,
    drain: Millis,
    drain_if_exact: Option<Millis>,
}

impl<P: Protocol> Setup<P> {
    /// A protocol without records.
    pub fn of(protocol: P) -> Setup<P> {
        let (values, keys, every) = (Vec::new(), 2, 2);
        let (latency, commit, lease) = (1..=5, 1, FOR_EVER);
        let (calm, drain, drain_if_exact) = (None, 600_000, Some(60_000));
        let world =
            Around { values, keys, every, latency, commit, lease, calm, drain, drain_if_exact };
        Setup { protocol, world }
    }

    fn with(mut self, change: impl FnOnce(&mut Around)) -> Setup<P> {
        change(&mut self.world);
        self
    }

    /// The values of the records, in the order in which they arrive.
    #[must_use]
    pub fn records(self, values: impl IntoIterator<Item = i64>) -> Setup<P> {
        self.with(|world| world.values = values.into_iter().collect())
    }

    /// How many keys there are, at least 1: record `i` has the key `i` modulo this.
    ///
    /// # Panics
    /// If it is 0.
    #[must_use]
    pub fn keys(self, keys: u64) -> Setup<P> {
        assert!(keys > 0, "records have keys, so `keys` takes at least 1");
        self.with(|world| world.keys = keys)
    }

    /// The time between two arrivals.
    #[must_use]
    pub fn every(self, every: Millis) -> Setup<P> {
        self.with(|world| world.every = every)
    }

    /// How long a message takes, one way. A search of schedules takes the least; a seed draws from all.
    ///
    /// # Panics
    /// If the range is empty, or begins with 0: a message takes time.
    #[must_use]
    pub fn latency(self, latency: RangeInclusive<Millis>) -> Setup<P> {
        assert!(!latency.is_empty() && *latency.start() > 0, "a message takes at least 1 ms");
        self.with(|world| world.latency = latency)
    }

    /// How long a commit takes, one way, at least 1.
    ///
    /// # Panics
    /// If it is 0: a commit takes time.
    #[must_use]
    pub fn commit(self, commit: Millis) -> Setup<P> {
        assert!(commit > 0, "a commit takes at least 1 ms");
        self.with(|world| world.commit = commit)
    }

    /// A process that was away for so long is started somewhere else, too. If it only stood still, there are two of it from
    /// then on, and the old one does not know.
    ///
    /// # Panics
    /// If it is 0: then every process would be taken over at once.
    #[must_use]
    pub fn takeover_after(self, lease: Millis) -> Setup<P> {
        assert!(lease > 0, "a process is taken over after at least 1 ms");
        self.with(|world| world.lease = lease.saturating_mul(MILLISECOND).min(FOR_EVER))
    }

    /// Until when faults may happen under a seed, since the start. A protocol that does its work long after it has read
    /// needs that: else they are over before. A search of schedules places faults at any time; a run of it whose processes
    /// never end lasts until then, too.
    ///
    /// # Panics
    /// If it is more than 1,000,000 s, or some 11 days.
    #[must_use]
    pub fn faults_until(self, calm: Millis) -> Setup<P> {
        assert!(calm <= FOR_EVER / MILLISECOND, "faults end within 1,000,000 s");
        self.with(|world| world.calm = Some(calm))
    }

    /// How long after the last fault, and the last change of a result, a run goes on whose processes never end: heartbeats,
    /// looks whether there is anything to do, leases that are renewed. Without it, that is 10 minutes, and 1 where each record
    /// is where it belongs by then.
    /// What has not come by then is lost, what is still asked for again and again makes the run stuck, and what is counted
    /// twice later is not seen. So it is longer than whatever a process counts up to, and than what takes long without
    /// any result: who takes over after 15 minutes of silence does not do so in a run of 10. One sleep, however long, is
    /// waited for. The less it is the faster is a search, which tries faults at each heartbeat.
    ///
    /// # Panics
    /// If it is more than 1,000,000 s, or some 11 days.
    ///
    /// ```
    /// use onceproof::prelude::*;
    ///
    /// /// Counts what it is handed, and looks around each second for as long as it lives.
    /// #[derive(Debug)]
    /// struct Member;
    ///
    /// impl Protocol for Member {
    ///     fn steps(&self) -> Vec<Step> {
    ///         vec![Step::process("member").reads_queue(), Step::result("counts")]
    ///     }
    ///
    ///     async fn run(&self, cx: Cx<'_>) {
    ///         const SEEN: Table<()> = Table::new("seen");
    ///         let beat = async {
    ///             loop {
    ///                 cx.sleep(1_000).await;
    ///             }
    ///         };
    ///         let take = cx.each(async |Record { id, of, key, value }| {
    ///             let count = |tx: &mut Tx| {
    ///                 tx.insert(SEEN, id, ());
    ///                 tx.result("counts", key, of, value);
    ///             };
    ///             cx.commit_until_known(of, count).await;
    ///             cx.done(of).await;
    ///         });
    ///         cx.both(beat, take).await;
    ///     }
    /// }
    ///
    /// Setup::of(Member).records([100, 250]).over_within(5_000).check().exhaust(1);
    /// ```
    #[must_use]
    pub fn over_within(self, drain: Millis) -> Setup<P> {
        assert!(drain <= FOR_EVER / MILLISECOND, "a run is over within 1,000,000 s");
        self.with(|world| (world.drain, world.drain_if_exact) = (drain, None))
    }

    /// The protocol as a check, with its wrong designs ([`Protocol::wrong`]), which must be found wrong. Its name is that of
    /// the protocol's type.
    ///
    /// # Panics
    /// Its steps do not fit together.
    #[track_caller]
    pub fn check(self) -> Check {
        let name = type_name::<P>().rsplit("::").next().unwrap_or("protocol").to_owned();
        let (wrong, world) = (self.protocol.wrong(), self.world.clone());
        let right = self.trial().unwrap_or_else(|misfit| panic!("{name}: {misfit}"));
        wrong.into_iter().fold(Check::of(&name, right), |check, (what, protocol)| {
            let trial = Setup { protocol, world: world.clone() }.trial();
            check.wrong(what, trial.unwrap_or_else(|misfit| panic!("{name}, {what}: {misfit}")))
        })
    }

    /// The protocol as a trial, for the searches.
    ///
    /// # Errors
    /// What is wrong with its steps.
    pub fn trial(self) -> Result<Trial, Misfit> {
        let steps = self.protocol.steps();
        let design = Protocols::new(self.protocol, self.world.lease < FOR_EVER)?;
        let queue = steps.iter().map(Step::name).find(|name| design.reads_queue(name));
        let source = design.layout.find(queue.unwrap_or(LOG)).expect("a design has its input");
        Ok(Trial { design: Design::Own(design), plan: self.world.plan(source) })
    }
}

impl Around {
    fn plan(&self, source: StepIndex) -> Plan {
        let millis = |length: Millis| length.saturating_mul(MILLISECOND);
        let row = |(number, &value): (u64, &i64)| {
            let at = Time(0).plus(millis(number.saturating_mul(self.every)));
            InputRow {
                key: (number % self.keys).to_string().into(),
                event_time: at,
                arrival: at,
                value: RowValue::Integer(value),
                id: None,
            }
        };
        let rows = (0..).zip(&self.values).map(row).collect();
        let (commit, lease) = (millis(self.commit), self.lease);
        Plan {
            inputs: vec![(source, SourceInput::Rows(Arc::new(rows)))],
            cluster: Cluster { commit, lease, ..Cluster::default() },
            network: Network {
                latency_min: millis(*self.latency.start()),
                latency_max: millis(*self.latency.end()),
            },
            climate: Climate::default(),
            faults: Vec::new(),
            until: Until {
                calm: self.calm.map(millis),
                drain: Some(millis(self.drain)),
                drain_if_exact: self.drain_if_exact.map(millis),
                ..Until::default()
            },
            side_effects: SideEffects::default(),
            properties: Properties::default(),
        }
    }
}
