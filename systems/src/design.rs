//! What is asked of a design, whichever system it is of.

use crate::{Design, Parts, SystemSettings};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_model::dataflow::{self, point};
use onceproof_model::in_memory::{self, alphabet};
use onceproof_model::micro_batch;
use onceproof_model::pipeline::{Edge, Pipeline, Step, StepKind};
use onceproof_model::snapshot;
use onceproof_model::transactions;
use onceproof_protocol as protocol;

impl Design {
    /// The names of the steps, and the shards in which they run.
    pub fn layout(&self) -> &Layout {
        match self {
            Design::Dataflow(design) => &design.layout,
            Design::InMemory(design) => &design.layout,
            Design::Transactions(design) => &design.layout,
            Design::Snapshot(design) => &design.layout,
            Design::MicroBatch(design) => &design.layout,
            Design::Own(design) => &design.layout,
        }
    }

    /// Its settings, if its system has a table of them.
    pub fn settings(&self) -> Option<SystemSettings> {
        match self {
            Design::Dataflow(_) | Design::Own(_) => None,
            Design::InMemory(design) => Some(SystemSettings::InMemory(design.settings)),
            Design::Transactions(design) => Some(SystemSettings::Transactions(design.settings)),
            Design::Snapshot(design) => Some(SystemSettings::Snapshot(design.settings)),
            Design::MicroBatch(design) => Some(SystemSettings::MicroBatch(design.settings)),
        }
    }

    /// The same with other settings of its system; none if its pipeline cannot be had with them.
    pub fn with_settings(&self, settings: SystemSettings) -> Option<Design> {
        match (self, settings) {
            (Design::InMemory(design), SystemSettings::InMemory(settings)) => {
                in_memory::Design::new(design.parts(), settings).ok().map(Design::InMemory)
            }
            (Design::Transactions(design), SystemSettings::Transactions(settings)) => {
                transactions::Design::new(design.parts(), settings).ok().map(Design::Transactions)
            }
            (Design::Snapshot(design), SystemSettings::Snapshot(settings)) => {
                snapshot::Design::new(design.parts(), settings).ok().map(Design::Snapshot)
            }
            (Design::MicroBatch(design), SystemSettings::MicroBatch(settings)) => {
                micro_batch::Design::new(design.parts(), settings).ok().map(Design::MicroBatch)
            }
            _ => None,
        }
    }

    /// Dataflow's design, if it is Dataflow.
    pub fn dataflow(&self) -> Option<&dataflow::Design> {
        match self {
            Design::Dataflow(design) => Some(design),
            Design::InMemory(_)
            | Design::Transactions(_)
            | Design::Snapshot(_)
            | Design::MicroBatch(_)
            | Design::Own(_) => None,
        }
    }

    /// The graph of its steps; of a user's protocol, its input and its results.
    pub fn pipeline(&self) -> &Pipeline {
        match self {
            Design::Dataflow(design) => &design.pipeline,
            Design::InMemory(design) => &design.pipeline,
            Design::Transactions(design) => &design.pipeline,
            Design::Snapshot(design) => &design.pipeline,
            Design::MicroBatch(design) => &design.pipeline,
            Design::Own(design) => &design.pipeline,
        }
    }

    /// All ways that requests go, by the steps or processes between which they go.
    pub fn ways(&self) -> Vec<Edge> {
        match self {
            Design::Dataflow(design) => design.ways(),
            Design::InMemory(design) => design.ways(),
            Design::Transactions(design) => design.ways(),
            Design::Snapshot(design) => design.ways(),
            Design::MicroBatch(design) => design.ways(),
            Design::Own(design) => design.ways(),
        }
    }

    /// Whether a step of the protocol is ever taken at a step or process, for a record or for what travels without one.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(
        &self,
        point: Point,
        step: StepIndex,
        is_control: bool,
    ) -> Result<(), &'static str> {
        match self {
            Design::Dataflow(design) => design.takes(point, step, is_control),
            Design::InMemory(design) => design.takes(point, step),
            Design::Transactions(design) => design.takes(point, step, is_control),
            Design::Snapshot(design) => design.takes(point, step),
            Design::MicroBatch(design) => design.takes(point, step),
            Design::Own(design) => design.takes(step),
        }
    }

    /// Whether a step or process ever sends a commit.
    ///
    /// # Errors
    /// Why not.
    pub fn commits(&self, step: StepIndex) -> Result<(), &'static str> {
        match self {
            Design::Dataflow(_) => Ok(()),
            Design::InMemory(design) => design.commits(step),
            Design::Transactions(design) => design.commits(step),
            Design::Snapshot(design) => design.commits(step),
            Design::MicroBatch(design) => design.commits(step),
            Design::Own(design) => design.takes(step),
        }
    }

    /// Whether the attempts at a step of the protocol are counted, so that a place may say which.
    pub fn counts_attempts(&self, point: Point) -> bool {
        match self {
            Design::MicroBatch(design) => design.counts_attempts(point),
            Design::Dataflow(_)
            | Design::InMemory(_)
            | Design::Transactions(_)
            | Design::Snapshot(_)
            | Design::Own(_) => false,
        }
    }

    /// The steps of the protocol at which commits are sent.
    pub fn commit_points(&self) -> &'static [Point] {
        match self {
            Design::Dataflow(_) => point::COMMITS,
            Design::InMemory(_) => alphabet::COMMITS,
            Design::Transactions(_) => transactions::alphabet::COMMITS,
            Design::Snapshot(_) => snapshot::alphabet::COMMITS,
            // Only services commit, and no fault befalls these.
            Design::MicroBatch(_) => &[],
            Design::Own(_) => protocol::COMMITS,
        }
    }

    /// The steps of the protocol at which records are sent to others than those that take a step's outputs, with those who
    /// do that and send no record elsewhere.
    pub fn writes(&self) -> Vec<(Point, StepIndex)> {
        match self {
            Design::Dataflow(_)
            | Design::InMemory(_)
            | Design::Transactions(_)
            | Design::MicroBatch(_)
            | Design::Own(_) => Vec::new(),
            Design::Snapshot(design) => {
                let write = snapshot::alphabet::WRITE;
                design.writers().map(|step| (write, step)).collect()
            }
        }
    }

    /// Whether an aggregate makes panes, which have names of their own. Else it passes on the records that it took.
    pub fn makes_panes(&self) -> bool {
        match self {
            Design::Dataflow(_) | Design::Snapshot(_) | Design::MicroBatch(_) => true,
            Design::InMemory(_) | Design::Transactions(_) | Design::Own(_) => false,
        }
    }

    /// The ways that are channels, which keep the order of what goes over them, and break as a whole.
    pub fn channels(&self) -> Vec<Edge> {
        match self {
            Design::Snapshot(design) => design.channels(),
            Design::Dataflow(_)
            | Design::InMemory(_)
            | Design::Transactions(_)
            | Design::MicroBatch(_)
            | Design::Own(_) => Vec::new(),
        }
    }

    /// Whether it serves results before they are certain.
    pub fn serves_before_certain(&self) -> bool {
        self.batch_leg().is_some()
    }

    /// The process that runs batches, if there is one. What it does is named by the windows that it does it for, and not
    /// by a record.
    pub fn batch_leg(&self) -> Option<StepIndex> {
        match self {
            Design::Dataflow(_)
            | Design::Transactions(_)
            | Design::Snapshot(_)
            | Design::MicroBatch(_)
            | Design::Own(_) => None,
            Design::InMemory(design) => design.batch(),
        }
    }

    /// Of what it is made.
    pub fn parts(&self) -> Parts {
        let layout = self.layout();
        let processes = layout.all().filter(|&(step, _)| layout.head(step) == step).count() as u64;
        match self {
            // Records, what is promised of those to come, and acks; the log of the source, and the rows of the shards.
            Design::Dataflow(_) => Parts { processes, stores: 2, messages: 3 },
            Design::InMemory(design) => Parts {
                processes,
                stores: design.stores().len() as u64,
                messages: design.messages().len() as u64,
            },
            Design::Transactions(design) => Parts {
                processes,
                stores: design.stores().len() as u64,
                messages: design.messages().len() as u64,
            },
            Design::Snapshot(design) => Parts {
                processes,
                stores: design.stores().len() as u64,
                messages: design.messages().len() as u64,
            },
            Design::MicroBatch(design) => Parts {
                processes,
                stores: design.stores().len() as u64,
                messages: design.messages().len() as u64,
            },
            // Only the user knows what is kept and sent.
            Design::Own(_) => Parts { processes, stores: 0, messages: 0 },
        }
    }

    /// Whether a record whose id stands before it in the log belongs nowhere.
    pub fn leaves_out_repeats(&self) -> bool {
        match self {
            Design::Dataflow(_)
            | Design::Transactions(_)
            | Design::Snapshot(_)
            | Design::MicroBatch(_)
            | Design::Own(_) => false,
            Design::InMemory(design) => {
                design.settings.batch.is_some_and(|batch| batch.is_distinct)
            }
        }
    }

    /// Whether a process decides anything by its clock. A batch leg reads the log when its clock says so. A spout waits
    /// by it, but what it waits for is set when it begins to.
    pub fn reads_clocks(&self) -> bool {
        match self {
            Design::Dataflow(_) | Design::Own(_) => true,
            // The coordinator tells by its clock how long a transaction is open.
            Design::Transactions(_) => true,
            Design::InMemory(design) => {
                design.settings.batch.is_some() || has_clock(&design.pipeline)
            }
            // What tasks and the coordinator wait for is set when they begin to.
            Design::Snapshot(design) => has_clock(&design.pipeline),
            // A function reads the time at which its batch was planned, and the driver tells by its clock when the next is.
            Design::MicroBatch(design) => {
                has_clock(&design.pipeline) || design.settings.trigger > 0
            }
        }
    }

    /// Whether a process that was away for long, or is to be moved, is started by another worker.
    pub fn takes_over(&self) -> bool {
        match self {
            Design::Dataflow(_)
            | Design::InMemory(_)
            | Design::Transactions(_)
            | Design::Snapshot(_)
            | Design::MicroBatch(_) => true,
            Design::Own(design) => design.takes_over,
        }
    }

    /// What keeps a step out of the process of the step before it, as a scenario writes it.
    pub fn keeps_apart(&self) -> Option<&'static str> {
        match self {
            Design::Dataflow(_) => Some("`fuse = false` in its `mechanism`"),
            Design::InMemory(_)
            | Design::Transactions(_)
            | Design::Snapshot(_)
            | Design::MicroBatch(_)
            | Design::Own(_) => None,
        }
    }
}

/// Whether a function reads the clock of its process.
fn has_clock(pipeline: &Pipeline) -> bool {
    let mut steps = pipeline.steps().iter();
    let is_clock = |step: &Step| match &step.kind {
        StepKind::Map(function) => function.reads_clock(),
        _ => false,
    };
    steps.any(is_clock)
}
