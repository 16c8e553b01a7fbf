//! A design: a pipeline with its settings, and what follows from both: the tasks, the topics between them, and who sends
//! to whom.

use super::alphabet::{self, ALPHABET};
use super::settings::{Settings, Version};
use crate::pipeline::{Edge, Pipeline, Step, StepKind};
use crate::stream::{Flow, Refused, Topology};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::layout::{LaidStep, Layout, Session, ShardIndex, StepIndex};
use onceproof_kernel::retry::Retry;
use onceproof_kernel::source::Source;

/// The name of the transaction coordinator among the processes.
pub const COORDINATOR: &str = "txn";
/// The name of the group.
pub const GROUP: &str = "group";
/// The name of the clients.
pub const CLIENT: &str = "client";

/// What a topic is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// Records on their way to a step, by its keys.
    Shuffle,
    /// What the cells of the store of a step have had.
    Changelog,
    /// What a sink has.
    Output,
}

impl Topic {
    /// What its name ends with.
    pub fn word(self) -> &'static str {
        match self {
            Topic::Shuffle => "shuffle",
            Topic::Changelog => "changelog",
            Topic::Output => "output",
        }
    }
}

/// What a process is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A partition of the input, which nobody writes here.
    Input,
    /// The coordinator of transactions.
    Coordinator,
    /// The coordinator of the group.
    Group,
    /// A client.
    Client,
    /// The leader of a partition of a topic of a step.
    Partition((StepIndex, Topic)),
}

/// A part of the work, which one client does at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TopicTask {
    /// The step whose records it takes, and which runs others after it.
    pub step: StepIndex,
    /// What it reads: a partition of the input, or of a topic.
    pub reads: ShardIndex,
    /// Whether that is the input.
    pub is_source: bool,
    /// Where the changes of its store are written, if it has one.
    pub changelog: Option<ShardIndex>,
}

/// A checked pipeline with its settings.
#[derive(Clone, Debug)]
pub struct Design {
    /// The graph of its steps.
    pub pipeline: Pipeline,
    /// The names of the steps and processes, and the shards in which they run.
    pub layout: Layout,
    /// How logs are written and read.
    pub settings: Settings,
    /// Which steps run together, and who sends to whom.
    pub topology: Topology,
    /// What each step of the layout is, from the first beside the pipeline on.
    beside: Vec<Role>,
    tasks: Vec<TopicTask>,
}

impl Design {
    /// Checks the steps, each with whether it may run in the process of the step before it.
    ///
    /// # Errors
    /// What is wrong with the graph, or what cannot be had.
    pub fn new(steps: Vec<(Step, bool)>, settings: Settings) -> Result<Design, Refused> {
        let (steps, may_fuse): (Vec<Step>, Vec<bool>) = steps.into_iter().unzip();
        let pipeline = Pipeline::new(steps).map_err(Refused::Graph)?;
        let topology = Topology::new(&pipeline, may_fuse)?;
        for (step, of) in pipeline.numbered() {
            if let StepKind::Source { queue: Some(_), .. } = of.kind {
                let why = "the positions of a transaction are offsets, and a queue has none";
                return Err(Refused::Step { step, what: "a `queue`", why });
            }
        }
        let beside = beside(&pipeline, &topology);
        let layout = layout(&pipeline, &beside, &settings);
        let mut design = Design { pipeline, layout, settings, topology, beside, tasks: Vec::new() };
        design.tasks = design.all_tasks().collect();
        Ok(design)
    }

    /// Whether a process beside the steps may have this name, whatever the pipeline.
    pub fn is_beside(name: &str) -> bool {
        let topics = [Topic::Shuffle, Topic::Changelog, Topic::Output];
        let is_topic = |topic: Topic| name.ends_with(&format!(".{}", topic.word()));
        [COORDINATOR, GROUP, CLIENT].contains(&name) || topics.into_iter().any(is_topic)
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
    pub fn role(&self, shard: ShardIndex) -> Role {
        self.role_of(self.layout.step_of(shard))
    }

    fn role_of(&self, step: StepIndex) -> Role {
        let beside = step.at().checked_sub(self.pipeline.steps().len());
        beside.map_or(Role::Input, |at| self.beside[at])
    }

    /// All tasks, in the order of their numbers.
    pub fn tasks(&self) -> &[TopicTask] {
        &self.tasks
    }

    /// The coordinator.
    pub fn coordinator(&self) -> ShardIndex {
        self.layout.shard(self.at(Role::Coordinator), 0)
    }

    /// The group.
    pub fn group(&self) -> ShardIndex {
        self.layout.shard(self.at(Role::Group), 0)
    }

    /// All clients.
    pub fn clients(&self) -> impl Iterator<Item = ShardIndex> {
        let client = self.at(Role::Client);
        (0..self.settings.clients).map(move |number| self.layout.shard(client, number))
    }

    /// The partition of a topic to which a record of this key goes.
    pub fn route(&self, step: StepIndex, topic: Topic, key: Key, keys: &Keys) -> ShardIndex {
        let key = self.pipeline.key_at(step, key);
        self.layout.route(self.at(Role::Partition((step, topic))), keys.hash(key))
    }

    /// The partition of the shuffle to a step from which the tasks of the step read.
    fn partition(&self, step: StepIndex, topic: Topic, number: u32) -> ShardIndex {
        self.layout.shard(self.at(Role::Partition((step, topic))), number)
    }

    fn at(&self, role: Role) -> StepIndex {
        let at = self.beside.iter().position(|&other| other == role);
        let at = at.expect("each topic of the pipeline is laid out");
        StepIndex((self.pipeline.steps().len() + at) as u16)
    }

    fn all_tasks(&self) -> impl Iterator<Item = TopicTask> {
        let heads =
            self.pipeline.numbered().filter(|&(step, of)| is_task(&self.topology, step, of));
        heads.flat_map(move |(step, of)| {
            (0..of.shards).map(move |number| {
                let is_source = matches!(of.kind, StepKind::Source { .. });
                let counts = of.kind.windowing().is_some();
                TopicTask {
                    step,
                    reads: match is_source {
                        true => self.layout.shard(step, number),
                        false => self.partition(step, Topic::Shuffle, number),
                    },
                    is_source,
                    changelog: counts.then(|| self.partition(step, Topic::Changelog, number)),
                }
            })
        })
    }

    /// What is durable, by what it is.
    pub fn stores(&self) -> Vec<&'static str> {
        let has = |topic| self.beside.iter().any(|role| is_topic(*role, topic));
        let stores = has(Topic::Changelog);
        let always = ["the log", "transactions", "offsets"];
        let topics = [Topic::Shuffle, Topic::Changelog, Topic::Output].into_iter();
        let topics = topics.filter(|&topic| has(topic)).map(|topic| match topic {
            Topic::Shuffle => "shuffles",
            Topic::Changelog => "changelogs",
            Topic::Output => "outputs",
        });
        always.into_iter().chain(topics).chain(stores.then_some("disks")).collect()
    }

    /// The kinds of messages between processes.
    pub fn messages(&self) -> &'static [&'static str] {
        match self.settings.version {
            Version::EpochPerTransaction => {
                &["init", "join", "fetch", "produce", "offsets", "end", "abort", "verify", "marker"]
            }
            Version::Verified => &[
                "init", "join", "fetch", "add", "produce", "offsets", "end", "abort", "verify",
                "marker",
            ],
            Version::Unverified => {
                &["init", "join", "fetch", "add", "produce", "offsets", "end", "abort", "marker"]
            }
        }
    }

    /// All ways that messages go.
    pub fn ways(&self) -> Vec<Edge> {
        let [coordinator, group, client] =
            [Role::Coordinator, Role::Group, Role::Client].map(|role| self.at(role));
        let mut ways =
            vec![Edge { from: client, to: coordinator }, Edge { from: client, to: group }];
        let topics = self.beside.iter().filter(|role| matches!(role, Role::Partition(_)));
        let logs: Vec<StepIndex> = topics.map(|&role| self.at(role)).collect();
        ways.extend(logs.iter().map(|&to| Edge { from: client, to }));
        let logs = || logs.iter().copied().chain([group]);
        if self.settings.version != Version::Unverified {
            ways.extend(logs().map(|from| Edge { from, to: coordinator }));
        }
        ways.extend(logs().map(|to| Edge { from: coordinator, to }));
        ways
    }

    /// Whether a step of the protocol is ever taken at a step of the pipeline or at another process, else why not.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(
        &self,
        point: Point,
        step: StepIndex,
        is_control: bool,
    ) -> Result<(), &'static str> {
        let role = self.role_of(step);
        let here = self.pipeline.steps().get(step.at());
        let is_partition = matches!(role, Role::Partition(_));
        let is_log = is_partition || role == Role::Group;
        let asks = self.settings.version != Version::Unverified;
        let adds = self.settings.version != Version::EpochPerTransaction;
        let client = (role == Role::Client, "only a client does that");
        let (is_taken, why) = match point {
            alphabet::INIT
            | alphabet::JOIN
            | alphabet::FETCH
            | alphabet::OFFSETS
            | alphabet::END
            | alphabet::ABORT => client,
            alphabet::PRODUCE if is_control => (false, "what is appended is a record"),
            alphabet::PRODUCE => client,
            alphabet::ADD => (client.0 && adds, "in this version a partition adds itself"),
            alphabet::PROCESS => {
                let is_source = |step: &Step| matches!(step.kind, StepKind::Source { .. });
                let takes = here.is_some_and(|step| !is_source(step) && !is_sink(step));
                (takes, "it has no function and no count")
            }
            alphabet::VERIFY => (is_log && asks, "it asks for no transaction"),
            alphabet::APPEND => (is_log, "it has no log"),
            alphabet::LOG | alphabet::MARKER => {
                (role == Role::Coordinator, "only the coordinator does that")
            }
            alphabet::ANSWER => (is_log || role == Role::Coordinator, "nobody asks it anything"),
            alphabet::WRITTEN => (is_log || role == Role::Coordinator, "it writes no rows"),
            _ => (false, "it is no step of this protocol"),
        };
        is_taken.then_some(()).ok_or(why)
    }

    /// Whether a step or process ever sends a commit.
    ///
    /// # Errors
    /// Why not.
    pub fn commits(&self, step: StepIndex) -> Result<(), &'static str> {
        self.takes(alphabet::WRITTEN, step, false)
    }
}

fn is_sink(step: &Step) -> bool {
    matches!(step.kind, StepKind::Sink(_))
}

fn is_topic(role: Role, topic: Topic) -> bool {
    matches!(role, Role::Partition((_, other)) if other == topic)
}

/// Whether a step has tasks of its own.
fn is_task(topology: &Topology, step: StepIndex, of: &Step) -> bool {
    topology.head(step) == step && !is_sink(of)
}

/// The processes beside the steps, in order.
fn beside(pipeline: &Pipeline, topology: &Topology) -> Vec<Role> {
    let mut beside = vec![Role::Coordinator, Role::Group, Role::Client];
    for (step, of) in pipeline.numbered() {
        let topic = |topic| Role::Partition((step, topic));
        if is_sink(of) {
            beside.push(topic(Topic::Output));
        } else if is_task(topology, step, of) && !matches!(of.kind, StepKind::Source { .. }) {
            beside.push(topic(Topic::Shuffle));
            beside.extend(of.kind.windowing().map(|_| topic(Topic::Changelog)));
        }
    }
    beside
}

fn name(pipeline: &Pipeline, role: Role) -> String {
    match role {
        Role::Coordinator => COORDINATOR.to_owned(),
        Role::Group => GROUP.to_owned(),
        Role::Client => CLIENT.to_owned(),
        Role::Input => unreachable!("the input is a step"),
        Role::Partition((step, topic)) => {
            format!("{}.{}", pipeline.step(step).name, topic.word())
        }
    }
}

fn layout(pipeline: &Pipeline, beside: &[Role], settings: &Settings) -> Layout {
    let steps = pipeline.steps().len();
    let index = |role: Role| {
        let at = beside.iter().position(|&other| other == role).unwrap_or_default();
        StepIndex((steps + at) as u16)
    };
    let timeout = settings.request_timeout;
    let retry = Retry { timeout, backoff: 1, max: timeout };
    let mut laid: Vec<LaidStep> = Vec::new();
    for (step, of) in pipeline.numbered() {
        let source = match of.kind {
            StepKind::Source { watermark: progress, .. } => Some(Source { progress, queue: None }),
            _ => None,
        };
        laid.push(LaidStep {
            // All functions run in clients, and nothing befalls the input.
            head: if source.is_some() { step } else { index(Role::Client) },
            is_outside: source.is_some(),
            from: of.from.clone(),
            copies: match &of.kind {
                StepKind::Map(function) => function.copies(),
                _ => 1,
            },
            source,
            results: of.kind.results(),
            is_global: matches!(of.kind, StepKind::CountGlobally(_)),
            may_differ: of.kind.may_differ(),
            ..LaidStep::plain(&of.name, step, of.shards)
        });
    }
    for (at, &role) in beside.iter().enumerate() {
        let step = StepIndex((steps + at) as u16);
        let shards = match role {
            Role::Client => settings.clients,
            Role::Partition((of, Topic::Shuffle | Topic::Changelog | Topic::Output)) => {
                pipeline.step(of).shards
            }
            Role::Coordinator | Role::Group | Role::Input => 1,
        };
        let longest_wait = match role {
            Role::Coordinator => settings.transaction_timeout.unwrap_or(0),
            Role::Group => settings.rebalance.saturating_add(settings.session),
            Role::Client => settings.expelled_hears.max(settings.heartbeat),
            Role::Partition(_) | Role::Input => 0,
        };
        let session = Session { length: settings.session, keeper: index(Role::Group) };
        laid.push(LaidStep {
            is_beside: true,
            retry,
            longest_wait,
            session: (role == Role::Client).then_some(session),
            ..LaidStep::plain(&name(pipeline, role), step, shards)
        });
    }
    Layout::new(&ALPHABET, laid)
}
