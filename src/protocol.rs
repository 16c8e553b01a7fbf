//! A user's own protocol, put to the test. What a protocol is made of stands in [`onceproof_protocol`], and is here by the
//! same names; [`Setup`] gives it its input and the world that it runs in.

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
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND, Time};
use onceproof_protocol::{Design as Protocols, LOG};
use onceproof_sim::fault::Climate;
use onceproof_sim::input::{InputRow, RowValue, SourceInput};
use onceproof_sim::plan::{Cluster, Network, Plan, SideEffects, Until};
use onceproof_sim::property::Properties;
use onceproof_systems::{Design, Trial};
use std::any::type_name;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Nobody takes a process over: a lease that outlasts every run.
const FOR_EVER: Nanos = 1_000_000 * SECOND;

/// A protocol with its input and its world.
///
/// Without more, there are no records; a record arrives every 2 ms, and its key is its number modulo 2; a message and a
/// commit take 1 ms each way, and with a seed a message takes 1 ms to 5 ms; a process that crashed or stands still is taken
/// over by nobody, and goes on in the same place; a run is over 10 minutes after the last fault.
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
    drain: Millis,
}

impl<P: Protocol> Setup<P> {
    /// A protocol without records.
    pub fn of(protocol: P) -> Setup<P> {
        let (values, keys, every) = (Vec::new(), 2, 2);
        let (latency, commit, lease, drain) = (1..=5, 1, FOR_EVER, 600_000);
        let world = Around { values, keys, every, latency, commit, lease, drain };
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

    /// How long after the last fault the run may take until all has come that is to come. One that changes something after
    /// that is inconclusive.
    #[must_use]
    pub fn over_within(self, drain: Millis) -> Setup<P> {
        self.with(|world| world.drain = drain)
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
            until: Until { drain: Some(millis(self.drain)), ..Until::default() },
            side_effects: SideEffects::default(),
            properties: Properties::default(),
        }
    }
}
