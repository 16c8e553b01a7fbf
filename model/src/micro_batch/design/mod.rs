//! A design: a pipeline with its settings, and what follows from both: the stages, and the processes that run them.

mod laid;
mod stages;

pub use stages::{BatchStage, OutputLevel};

use super::alphabet;
use super::settings::{ResultsLog, Settings, StateRule};
use crate::pipeline::{Edge, Pipeline, Step, StepKind};
use crate::stream::{Flow, Refused, Topology};
use laid::{layout, roles};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use stages::{differing, is_direct, stages};

/// The names of the processes beside the steps.
pub const DRIVER: &str = "driver";
/// See [`DRIVER`].
pub const EXECUTOR: &str = "executor";
/// See [`DRIVER`].
pub const STORE: &str = "store";

/// What a process is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchRole {
    /// The log that a source reads.
    Log(StepIndex),
    /// The states of a step.
    State(StepIndex),
    /// The table of the results of a step.
    Table(StepIndex),
    /// The driver.
    Driver,
    /// An executor.
    Executor,
    /// The logs of the driver.
    Store,
}

/// A step with whether it may run in the task of the step before it, and what is said of how far it makes the same in each
/// execution.
pub type BatchStep = (Step, bool, Option<OutputLevel>);

/// A checked pipeline with its settings.
#[derive(Clone, Debug)]
pub struct Design {
    /// The graph of its steps.
    pub pipeline: Pipeline,
    /// The names of the steps and processes, and the shards in which they run.
    pub layout: Layout,
    /// How batches are run.
    pub settings: Settings,
    /// Which steps run together, and who takes what they make.
    pub topology: Topology,
    declared: Vec<Option<OutputLevel>>,
    stages: Vec<BatchStage>,
    roles: Vec<BatchRole>,
    sources: Vec<ShardIndex>,
}

impl Design {
    /// Checks the steps.
    ///
    /// # Errors
    /// What is wrong with the graph, or what cannot be had.
    pub fn new(steps: Vec<BatchStep>, settings: Settings) -> Result<Design, Refused> {
        let (mut of, mut may_fuse, mut declared) = (Vec::new(), Vec::new(), Vec::new());
        for (step, may, level) in steps {
            of.push(step);
            may_fuse.push(may);
            declared.push(level);
        }
        let pipeline = Pipeline::new(of).map_err(Refused::Graph)?;
        let topology = Topology::with_panes(&pipeline, may_fuse)?;
        for (step, of) in pipeline.numbered() {
            let (what, why) = match of.kind {
                StepKind::Source { queue: Some(_), .. } => {
                    ("a `queue`", "a batch is a range of offsets, and a queue has none")
                }
                _ if of.kind.windowing().is_some()
                    && pipeline.edges(step).is_empty()
                    && settings.sink.is_by_task() =>
                {
                    ("an aggregate at the end", "a task that writes by itself writes into a `sink`")
                }
                _ => continue,
            };
            return Err(Refused::Step { step, what, why });
        }
        let stages = stages(&pipeline, &topology, &declared);
        let roles = roles(&pipeline, &topology);
        let layout = layout(&pipeline, &topology, &roles, &settings);
        let is_source = |shard: &ShardIndex| {
            let step = layout.step_of(*shard);
            layout.step(step).source.is_some()
        };
        let sources = (0..layout.shards() as u32).map(ShardIndex).filter(is_source).collect();
        Ok(Design { pipeline, layout, settings, topology, declared, stages, roles, sources })
    }

    /// Whether a process beside the steps may have this name, whatever the pipeline.
    pub fn is_beside(name: &str) -> bool {
        [DRIVER, EXECUTOR, STORE].contains(&name) || name.ends_with(".output")
    }

    /// The steps of which a design like this one is made.
    pub fn parts(&self) -> Vec<BatchStep> {
        let steps = self.pipeline.steps().iter().cloned();
        let may_fuse = self.topology.may_fuse().iter().copied();
        let all = steps.zip(may_fuse).zip(self.declared.iter().copied());
        all.map(|((step, may), level)| (step, may, level)).collect()
    }

    /// The steps that make other rows of the same input, by what they do themselves.
    pub fn differing(&self) -> Vec<StepIndex> {
        differing(&self.pipeline, &self.topology, &self.declared)
    }

    /// Those of them that are said to make the same, each with what is said.
    pub fn misdeclared(&self) -> Vec<(StepIndex, OutputLevel)> {
        let said = self.differing().into_iter().map(|step| (step, self.declared[step.at()]));
        let said = said.filter_map(|(step, level)| Some((step, level?)));
        said.filter(|(_, level)| *level < OutputLevel::Indeterminate).collect()
    }

    /// The same design, with this said of a step.
    ///
    /// # Errors
    /// As [`Design::new`].
    pub fn with_level(&self, step: StepIndex, level: OutputLevel) -> Result<Design, Refused> {
        let mut parts = self.parts();
        parts[step.at()].2 = Some(level);
        Design::new(parts, self.settings)
    }

    /// Whether tasks of another stage read what a step makes.
    pub fn is_shuffled(&self, step: StepIndex) -> bool {
        let head = self.topology.head(step);
        self.stages.iter().any(|stage| stage.head == head && !stage.children.is_empty())
    }

    /// The steps as functions are run by.
    pub fn flow(&self) -> Flow<'_> {
        Flow { pipeline: &self.pipeline, layout: &self.layout, topology: &self.topology }
    }

    /// All stages, by their numbers.
    pub fn stages(&self) -> &[BatchStage] {
        &self.stages
    }

    /// The number of the stage of which a shard is a partition.
    ///
    /// # Panics
    /// If it is none.
    pub fn stage_of(&self, shard: ShardIndex) -> usize {
        let head = self.layout.step_of(shard);
        let found = self.stages.iter().position(|stage| stage.head == head);
        found.expect("a task is of a stage")
    }

    /// The partitions of a stage.
    pub fn partitions(&self, stage: usize) -> impl Iterator<Item = ShardIndex> {
        let head = self.stages[stage].head;
        (0..self.layout.shards_of(head)).map(move |number| self.layout.shard(head, number))
    }

    /// How many tasks write into the table of a step.
    pub fn parts_of_table(&self, step: StepIndex) -> u32 {
        let writes = |stage: &&BatchStage| stage.tables.contains(&step);
        self.stages.iter().find(writes).map_or(0, |stage| self.layout.shards_of(stage.head))
    }

    /// What a process is.
    pub fn role(&self, shard: ShardIndex) -> BatchRole {
        self.roles[self.layout.step_of(shard).at()]
    }

    /// The shards of all sources, in order.
    pub fn sources(&self) -> &[ShardIndex] {
        &self.sources
    }

    /// The driver.
    pub fn driver(&self) -> ShardIndex {
        self.layout.shard(self.at(BatchRole::Driver), 0)
    }

    /// The logs of the driver.
    pub fn store(&self) -> ShardIndex {
        self.layout.shard(self.at(BatchRole::Store), 0)
    }

    /// All executors.
    pub fn executors(&self) -> impl Iterator<Item = ShardIndex> {
        let step = self.at(BatchRole::Executor);
        (0..self.settings.executors).map(move |number| self.layout.shard(step, number))
    }

    /// The tables of all steps with results.
    pub fn tables(&self) -> Vec<StepIndex> {
        self.stages.iter().flat_map(|stage| stage.tables.iter().copied()).collect()
    }

    /// The table of a step with results.
    pub fn table(&self, step: StepIndex) -> ShardIndex {
        let at = self.roles.iter().rposition(|&role| role == BatchRole::Table(step));
        self.layout.shard(StepIndex(at.expect("a step with results") as u16), 0)
    }

    /// Where a record goes on its way to a step; none, if that takes it in the task that has made it.
    pub fn route(&self, to: StepIndex, key: Key, keys: &Keys) -> Option<ShardIndex> {
        if is_direct(&self.pipeline, &self.topology, to) {
            return None;
        }
        Some(self.layout.route(to, keys.hash(self.pipeline.key_at(to, key))))
    }

    fn at(&self, role: BatchRole) -> StepIndex {
        let at = self.roles.iter().position(|&other| other == role);
        StepIndex(at.expect("each process is laid out") as u16)
    }

    /// What is durable, by what it is.
    pub fn stores(&self) -> &'static [&'static str] {
        &["the log", "states", "offsets", "results", "commits", "tables"]
    }

    /// The kinds of messages between processes.
    pub fn messages(&self) -> &'static [&'static str] {
        &[
            "fresh",
            "run",
            "done",
            "may",
            "fetch",
            "put-state",
            "put-row",
            "publish",
            "write",
            "release",
        ]
    }

    /// All ways that messages go.
    pub fn ways(&self) -> Vec<Edge> {
        let [driver, executor, store] =
            [BatchRole::Driver, BatchRole::Executor, BatchRole::Store].map(|role| self.at(role));
        let mut ways = vec![
            Edge { from: driver, to: store },
            Edge { from: driver, to: executor },
            Edge { from: executor, to: driver },
            Edge { from: executor, to: executor },
        ];
        for (at, &role) in self.roles.iter().enumerate() {
            let to = StepIndex(at as u16);
            let from = match role {
                _ if self.layout.head(to) != to => continue,
                BatchRole::Log(_) => driver,
                BatchRole::State(step) if self.pipeline.step(step).kind.windowing().is_some() => {
                    executor
                }
                BatchRole::Table(_) if self.settings.sink.is_by_task() => executor,
                BatchRole::Table(_) => driver,
                BatchRole::State(_)
                | BatchRole::Driver
                | BatchRole::Executor
                | BatchRole::Store => continue,
            };
            ways.push(Edge { from, to });
        }
        ways
    }

    /// Whether the attempts at a step of the protocol are counted.
    pub fn counts_attempts(&self, point: Point) -> bool {
        matches!(
            point,
            alphabet::FETCH
                | alphabet::APPLY
                | alphabet::STATE
                | alphabet::SPILL
                | alphabet::ASK
                | alphabet::WRITE
                | alphabet::REPORT
        )
    }

    /// Whether a step of the protocol is ever taken at a step of the pipeline or at another process, else why not.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(&self, point: Point, step: StepIndex) -> Result<(), &'static str> {
        let role = self.roles[step.at()];
        let settings = &self.settings;
        let is_driver = role == BatchRole::Driver;
        let by_task = settings.sink.is_by_task();
        let asks = by_task && settings.has_coordinator;
        let stage = self.stages.iter().find(|stage| stage.head == step);
        let of_driver = (is_driver, "only the driver does that");
        let (is_taken, why) = match point {
            alphabet::OFFSETS
            | alphabet::LAUNCH
            | alphabet::COMMIT
            | alphabet::RELEASE
            | alphabet::FRESH => of_driver,
            alphabet::AUTHORIZE => (is_driver && asks, "nobody asks whether it may write"),
            alphabet::PREPARE if is_driver => {
                (settings.results == ResultsLog::Prepared, "no results are logged")
            }
            alphabet::PUBLISH if is_driver => (!by_task, "tasks write by themselves"),
            alphabet::PREPARE | alphabet::PUBLISH => of_driver,
            alphabet::FETCH => {
                (stage.is_some_and(|stage| !stage.parents.is_empty()), "its tasks fetch nothing")
            }
            alphabet::APPLY => {
                let kind = self.pipeline.steps().get(step.at()).map(|step| &step.kind);
                let is_map = matches!(kind, Some(StepKind::Map(_)));
                (stage.is_some() || is_map, "it has no tasks and no function")
            }
            alphabet::STATE => {
                let stores = settings.state != StateRule::Memory;
                (stores && stage.is_some_and(|stage| stage.is_stateful), "it stores no state")
            }
            alphabet::SPILL => {
                (stage.is_some_and(|stage| !stage.children.is_empty()), "nobody reads its files")
            }
            alphabet::ASK | alphabet::WRITE => {
                let writes = stage.is_some_and(|stage| !stage.tables.is_empty());
                let does = if point == alphabet::ASK { asks } else { by_task };
                (writes && does, "its tasks write nothing")
            }
            alphabet::REPORT => (stage.is_some(), "it has no tasks"),
            alphabet::ANSWER => {
                (is_driver || role == BatchRole::Executor, "nothing befalls what it answers")
            }
            _ => (false, "it is no step of this protocol"),
        };
        is_taken.then_some(()).ok_or(why)
    }

    /// Whether a step or process ever sends a commit that something may befall.
    ///
    /// # Errors
    /// Why not.
    pub fn commits(&self, _: StepIndex) -> Result<(), &'static str> {
        Err("a row is put by a request, and no fault befalls what is outside")
    }
}
