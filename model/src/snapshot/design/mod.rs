//! A design: a pipeline with its settings, and what follows from both: the tasks, the channels between them, and the topics
//! into which they write.

mod laid;

use super::alphabet;
use super::settings::{EndOfJob, OnAbort, Settings};
use crate::pipeline::{Edge, Pipeline, Step, StepKind};
use crate::stream::{Flow, Refused, Topology};
use laid::{layout, roles};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};

/// The name of the coordinator among the processes.
pub const COORDINATOR: &str = "coordinator";

/// What a process is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobRole {
    /// A task that reads a split.
    Reader(StepIndex),
    /// A task with the functions or the windows of a step.
    Operator(StepIndex),
    /// A task that writes rows of a step into its topic.
    Writer(StepIndex),
    /// A task that commits what the writer beside it has written.
    Committer(StepIndex),
    /// The coordinator of all tasks.
    Coordinator,
    /// A part of the topic of a step, which is none of the job's.
    Topic(StepIndex),
}

impl JobRole {
    /// Whether it is a task.
    pub fn is_task(self) -> bool {
        !matches!(self, JobRole::Coordinator | JobRole::Topic(_))
    }

    /// The step of which it is a part, or before which it stands.
    fn step(self) -> Option<StepIndex> {
        match self {
            JobRole::Reader(step)
            | JobRole::Operator(step)
            | JobRole::Writer(step)
            | JobRole::Committer(step)
            | JobRole::Topic(step) => Some(step),
            JobRole::Coordinator => None,
        }
    }
}

/// A checked pipeline with its settings.
#[derive(Clone, Debug)]
pub struct Design {
    /// The graph of its steps.
    pub pipeline: Pipeline,
    /// The names of the steps and processes, and the shards in which they run.
    pub layout: Layout,
    /// How snapshots are made, and what is done by them.
    pub settings: Settings,
    /// Which steps run together, and who sends to whom.
    pub topology: Topology,
    /// What each step of the layout is.
    roles: Vec<JobRole>,
    /// Of each shard: whose channels it takes from, and to whom it sends, in order.
    inputs: Vec<Vec<ShardIndex>>,
    outputs: Vec<Vec<ShardIndex>>,
    tasks: Vec<ShardIndex>,
}

impl Design {
    /// Checks the steps, each with whether it may run in the process of the step before it.
    ///
    /// # Errors
    /// What is wrong with the graph, or what cannot be had.
    pub fn new(steps: Vec<(Step, bool)>, settings: Settings) -> Result<Design, Refused> {
        let (steps, may_fuse): (Vec<Step>, Vec<bool>) = steps.into_iter().unzip();
        let pipeline = Pipeline::new(steps).map_err(Refused::Graph)?;
        let topology = Topology::with_panes(&pipeline, may_fuse)?;
        for (step, of) in pipeline.numbered() {
            if let StepKind::Source { queue: Some(_), .. } = of.kind {
                let why = "a snapshot has the offset of a source, and a queue has none";
                return Err(Refused::Step { step, what: "a `queue`", why });
            }
        }
        let roles = roles(&pipeline, &topology);
        let layout = layout(&pipeline, &topology, &roles, &settings);
        let mut design = Design {
            pipeline,
            layout,
            settings,
            topology,
            roles,
            inputs: Vec::new(),
            outputs: Vec::new(),
            tasks: Vec::new(),
        };
        let shards = || (0..design.layout.shards() as u32).map(ShardIndex);
        let inputs: Vec<Vec<ShardIndex>> = shards().map(|shard| design.senders(shard)).collect();
        let sends = |from: ShardIndex| {
            shards().filter(|to| inputs[to.at()].contains(&from)).collect::<Vec<ShardIndex>>()
        };
        let outputs = shards().map(sends).collect();
        let tasks = shards().filter(|&shard| design.role(shard).is_task()).collect();
        (design.inputs, design.outputs, design.tasks) = (inputs, outputs, tasks);
        Ok(design)
    }

    /// Whether a process beside the steps may have this name, whatever the pipeline.
    pub fn is_beside(name: &str) -> bool {
        let ends = [".writer", ".committer", ".output"];
        name == COORDINATOR || ends.into_iter().any(|end| name.ends_with(end))
    }

    /// The steps of which a design like this one is made.
    pub fn parts(&self) -> Vec<(Step, bool)> {
        let may_fuse = self.topology.may_fuse().iter().copied();
        self.pipeline.steps().iter().cloned().zip(may_fuse).collect()
    }

    /// The steps as functions are run by.
    pub fn flow(&self) -> Flow<'_> {
        Flow { pipeline: &self.pipeline, layout: &self.layout, topology: &self.topology }
    }

    /// What a process is.
    pub fn role(&self, shard: ShardIndex) -> JobRole {
        self.roles[self.layout.step_of(shard).at()]
    }

    /// All tasks, in order.
    pub fn tasks(&self) -> &[ShardIndex] {
        &self.tasks
    }

    /// The tasks that read the input.
    pub fn readers(&self) -> impl Iterator<Item = ShardIndex> {
        let is_reader = |shard: &ShardIndex| matches!(self.role(*shard), JobRole::Reader(_));
        self.tasks.iter().copied().filter(is_reader)
    }

    /// The tasks that commit.
    pub fn committers(&self) -> impl Iterator<Item = ShardIndex> {
        let is_one = |shard: &ShardIndex| matches!(self.role(*shard), JobRole::Committer(_));
        self.tasks.iter().copied().filter(is_one)
    }

    /// The coordinator.
    pub fn coordinator(&self) -> ShardIndex {
        self.layout.shard(self.at(JobRole::Coordinator), 0)
    }

    /// From whom a task takes, in the order of its channels.
    pub fn inputs(&self, shard: ShardIndex) -> &[ShardIndex] {
        &self.inputs[shard.at()]
    }

    /// To whom a task sends.
    pub fn outputs(&self, shard: ShardIndex) -> &[ShardIndex] {
        &self.outputs[shard.at()]
    }

    /// The part of the topic into which a writer writes, and from which its committer commits.
    pub fn topic(&self, shard: ShardIndex) -> ShardIndex {
        let step = self.role(shard).step().expect("the coordinator has no topic");
        self.layout.shard(self.at(JobRole::Topic(step)), self.layout.number_of(shard))
    }

    /// The task that takes a record of this key on its way to a step.
    pub fn route(&self, to: StepIndex, key: Key, keys: &Keys) -> ShardIndex {
        let taker = match self.roles[to.at()] {
            JobRole::Topic(_) => self.at(JobRole::Writer(to)),
            _ => to,
        };
        self.layout.route(taker, keys.hash(self.pipeline.key_at(to, key)))
    }

    /// The writer of a result of a step that is read itself, if it is.
    pub fn writer(&self, step: StepIndex, key: Key, keys: &Keys) -> Option<ShardIndex> {
        let writer = self.roles.iter().position(|&role| role == JobRole::Writer(step))?;
        Some(self.layout.route(StepIndex(writer as u16), keys.hash(key)))
    }

    fn at(&self, role: JobRole) -> StepIndex {
        let at = self.roles.iter().position(|&other| other == role);
        StepIndex(at.expect("each process of the job is laid out") as u16)
    }

    /// Whose channels a task takes from.
    fn senders(&self, shard: ShardIndex) -> Vec<ShardIndex> {
        let of_heads = |steps: &[StepIndex]| {
            let mut heads: Vec<StepIndex> =
                steps.iter().map(|&step| self.topology.head(step)).collect();
            heads.sort_unstable();
            heads.dedup();
            let all = |head| {
                (0..self.layout.shards_of(head)).map(move |number| self.layout.shard(head, number))
            };
            heads.into_iter().flat_map(all).collect()
        };
        match self.role(shard) {
            JobRole::Operator(step) => of_heads(&self.pipeline.step(step).from),
            JobRole::Writer(step) => match &self.pipeline.step(step).kind {
                StepKind::Sink(_) => of_heads(&self.pipeline.step(step).from),
                _ => of_heads(&[step]),
            },
            JobRole::Committer(step) => {
                let writer = self.at(JobRole::Writer(step));
                vec![self.layout.shard(writer, self.layout.number_of(shard))]
            }
            JobRole::Reader(_) | JobRole::Coordinator | JobRole::Topic(_) => Vec::new(),
        }
    }

    /// What is durable, by what it is.
    pub fn stores(&self) -> &'static [&'static str] {
        &["the log", "states", "records", "topics"]
    }

    /// The kinds of messages between processes.
    pub fn messages(&self) -> &'static [&'static str] {
        &[
            "record",
            "watermark",
            "barrier",
            "handle",
            "end",
            "start",
            "register",
            "fail",
            "trigger",
            "notify",
            "abort",
            "cancel",
            "assign",
            "no-more",
            "assigned",
            "ack",
            "decline",
            "cleanup",
            "begin",
            "write",
            "commit",
        ]
    }

    /// All ways that messages go.
    pub fn ways(&self) -> Vec<Edge> {
        let coordinator = self.at(JobRole::Coordinator);
        let mut ways = self.channels();
        for (from, role) in self.runners() {
            ways.extend([Edge { from, to: coordinator }, Edge { from: coordinator, to: from }]);
            if let JobRole::Writer(step) | JobRole::Committer(step) = role {
                ways.push(Edge { from, to: self.at(JobRole::Topic(step)) });
            }
        }
        ways
    }

    /// The ways that are channels.
    pub fn channels(&self) -> Vec<Edge> {
        let mut channels = Vec::new();
        for (from, _) in self.runners() {
            let outputs = &self.outputs[self.layout.shard(from, 0).at()];
            let mut to: Vec<StepIndex> =
                outputs.iter().map(|&shard| self.layout.step_of(shard)).collect();
            to.dedup();
            channels.extend(to.into_iter().map(|to| Edge { from, to }));
        }
        channels
    }

    /// The steps and processes that have tasks of their own.
    fn runners(&self) -> impl Iterator<Item = (StepIndex, JobRole)> {
        let all = self.roles.iter().enumerate().map(|(at, &role)| (StepIndex(at as u16), role));
        all.filter(|&(step, role)| role.is_task() && self.layout.head(step) == step)
    }

    /// Whether a step of the protocol is ever taken at a step of the pipeline or at another process, else why not.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(&self, point: Point, step: StepIndex) -> Result<(), &'static str> {
        let role = self.roles[step.at()];
        let settings = &self.settings;
        let is_coordinator = (role == JobRole::Coordinator, "only the coordinator does that");
        let is_reader = matches!(role, JobRole::Reader(_));
        let is_writer = (matches!(role, JobRole::Writer(_)), "only a writer does that");
        let is_committer = matches!(role, JobRole::Committer(_));
        let is_task = (role.is_task(), "it is no task");
        let (is_taken, why) = match point {
            alphabet::DEPLOY
            | alphabet::ASSIGN
            | alphabet::NO_MORE
            | alphabet::TRIGGER
            | alphabet::RECORD
            | alphabet::NOTIFY
            | alphabet::DELETE
            | alphabet::DISCARD
            | alphabet::CANCEL
            | alphabet::START => is_coordinator,
            alphabet::ABORT => {
                let rolls_back = is_committer && settings.on_abort == OnAbort::Discard;
                (is_coordinator.0 || rolls_back, "it aborts nothing")
            }
            alphabet::SEND => {
                let sends =
                    matches!(role, JobRole::Reader(_) | JobRole::Operator(_)) || is_writer.0;
                (sends, "it sends nothing on")
            }
            alphabet::BARRIER => (is_task.0 && !is_committer, "it passes no barrier on"),
            alphabet::UPLOAD
            | alphabet::ACK
            | alphabet::DECLINE
            | alphabet::REGISTER
            | alphabet::FAIL => is_task,
            alphabet::ASSIGNED => (is_reader, "it has no split"),
            alphabet::CLEANUP | alphabet::BEGIN | alphabet::WRITE | alphabet::PRECOMMIT => {
                is_writer
            }
            alphabet::COMMIT => (is_committer, "only a committer does that"),
            alphabet::FINISH => (
                is_committer && settings.end != EndOfJob::FinalCheckpoint,
                "no task ends by itself",
            ),
            alphabet::PROCESS => {
                let kind = self.pipeline.steps().get(step.at()).map(|step| &step.kind);
                let takes = kind.is_some_and(|kind| {
                    !matches!(kind, StepKind::Source { .. } | StepKind::Sink(_))
                });
                (takes, "it has no function and no count")
            }
            alphabet::ANSWER => (is_task.0 || is_coordinator.0, "nothing befalls what it answers"),
            alphabet::WRITTEN => (is_task.0 || is_coordinator.0, "it writes no rows"),
            _ => (false, "it is no step of this protocol"),
        };
        is_taken.then_some(()).ok_or(why)
    }

    /// The steps whose tasks write into topics.
    pub fn writers(&self) -> impl Iterator<Item = StepIndex> {
        let roles = (0..).map(StepIndex).zip(&self.roles);
        roles.filter(|(_, role)| matches!(role, JobRole::Writer(_))).map(|(step, _)| step)
    }

    /// Whether a step or process ever sends a commit that something may befall.
    ///
    /// # Errors
    /// Why not.
    pub fn commits(&self, step: StepIndex) -> Result<(), &'static str> {
        self.takes(alphabet::WRITTEN, step)
    }
}
