//! The systems that there are, each with the simulator. The simulator is generic over its system, and this is the one
//! place where it is made for each. So where tests are built, this crate is optimised and the application, which reads
//! and tells, is not.

mod design;

use onceproof_kernel::alphabet::Alphabet;
use onceproof_kernel::layout::Layout;
use onceproof_model::dataflow::{self, Dataflow, point};
use onceproof_model::in_memory::{self, InMemory, alphabet};
use onceproof_model::micro_batch::{self, MicroBatch};
use onceproof_model::snapshot::{self, Snapshot};
use onceproof_model::transactions::{self, Transactions};
use onceproof_protocol::{self as protocol, Own};
use onceproof_sim::plan::Plan;
use onceproof_sim::simulator::{Forks, Runs, Simulation};

/// The words of all systems that a scenario can name.
pub static ALPHABETS: [&Alphabet; 5] = [
    &point::ALPHABET,
    &alphabet::ALPHABET,
    &transactions::alphabet::ALPHABET,
    &snapshot::alphabet::ALPHABET,
    &micro_batch::alphabet::ALPHABET,
];

/// What runs a trial, again and again.
pub type Simulator<'a> = Box<dyn Runs + 'a>;

/// What is put to the test: a design, and a plan to run it by.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The system, with its steps and mechanisms.
    pub design: Design,
    /// Its input, the cluster, the faults, and when it ends.
    pub plan: Plan,
}

/// A design of one of the systems.
#[derive(Clone, Debug)]
pub enum Design {
    /// Dataflow's exactly-once shuffle.
    Dataflow(dataflow::Design),
    /// Streams that are counted in memory: best effort, or at-least-once.
    InMemory(in_memory::Design),
    /// Log transactions.
    Transactions(transactions::Design),
    /// Snapshots.
    Snapshot(snapshot::Design),
    /// Micro-batches.
    MicroBatch(micro_batch::Design),
    /// A user's own protocol.
    Own(protocol::Design),
}

/// The settings of a system that has a table of them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SystemSettings {
    /// Those of streams that are counted in memory.
    InMemory(in_memory::settings::Settings),
    /// Those of log transactions.
    Transactions(transactions::settings::Settings),
    /// Those of snapshots.
    Snapshot(snapshot::settings::Settings),
    /// Those of micro-batches.
    MicroBatch(micro_batch::settings::Settings),
}

/// Does something with the settings of whichever system it is.
#[macro_export]
macro_rules! with_settings {
    ($of:expr, $settings:ident => $does:expr) => {
        match $of {
            $crate::SystemSettings::InMemory($settings) => $does,
            $crate::SystemSettings::Transactions($settings) => $does,
            $crate::SystemSettings::Snapshot($settings) => $does,
            $crate::SystemSettings::MicroBatch($settings) => $does,
        }
    };
}

/// Of what a design is made, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parts {
    /// Processes that do different things, each of them once however many shards it has.
    pub processes: u64,
    /// What is durable, by what it is.
    pub stores: u64,
    /// Kinds of messages between processes, answers among them.
    pub messages: u64,
}

impl Trial {
    /// The names of the steps, and the shards in which they run.
    pub fn layout(&self) -> &Layout {
        self.design.layout()
    }

    /// How many workers there are.
    pub fn hosts(&self) -> usize {
        self.plan.hosts(self.layout())
    }

    /// The same with another plan.
    pub fn with(&self, change: impl FnOnce(&mut Plan)) -> Trial {
        let mut trial = self.clone();
        change(&mut trial.plan);
        trial
    }

    /// Prepares its runs.
    pub fn simulator(&self) -> Simulator<'_> {
        match &self.design {
            Design::Dataflow(design) => Box::new(Simulation::<Dataflow>::new(design, &self.plan)),
            Design::InMemory(design) => Box::new(Simulation::<InMemory>::new(design, &self.plan)),
            Design::Transactions(design) => {
                Box::new(Simulation::<Transactions>::new(design, &self.plan))
            }
            Design::Snapshot(design) => Box::new(Simulation::<Snapshot>::new(design, &self.plan)),
            Design::MicroBatch(design) => {
                Box::new(Simulation::<MicroBatch>::new(design, &self.plan))
            }
            Design::Own(design) => Box::new(Simulation::<Own>::new(design, &self.plan)),
        }
    }

    /// Prepares runs that may begin in the middle of each other; none if they cannot. A user's process is a future, of which
    /// there is no copy; and what properties are asked of is known only where a run is looked at in detail.
    pub fn forks(&self) -> Option<Box<dyn Forks + '_>> {
        let plan = &self.plan;
        if !plan.properties.is_empty() {
            return None;
        }
        Some(match &self.design {
            Design::Dataflow(design) => Box::new(Simulation::<Dataflow>::new(design, plan)),
            Design::InMemory(design) => Box::new(Simulation::<InMemory>::new(design, plan)),
            Design::Transactions(design) => Box::new(Simulation::<Transactions>::new(design, plan)),
            Design::Snapshot(design) => Box::new(Simulation::<Snapshot>::new(design, plan)),
            Design::MicroBatch(design) => Box::new(Simulation::<MicroBatch>::new(design, plan)),
            Design::Own(_) => return None,
        })
    }
}
