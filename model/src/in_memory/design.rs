//! A design: a pipeline with its settings, and what follows from both: which steps run in one process, who sends to
//! whom, and the processes beside the steps.

use super::alphabet::{self, ALPHABET};
use super::settings::{Counts, Settings};
use crate::pipeline::{Edge, Pipeline, QueueRules, Step, StepKind};
use crate::stream::{Flow, Refused, Topology};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::{LaidStep, Layout, ShardIndex, StepIndex};
use onceproof_kernel::retry::Retry;
use onceproof_kernel::source::{self, Source};

/// The name of the acker among the processes.
pub const ACKER: &str = "acker";
/// The name of the view.
pub const VIEW: &str = "view";
/// The name of the batch leg.
pub const BATCH: &str = "batch";

/// A checked pipeline with its settings.
#[derive(Clone, Debug)]
pub struct Design {
    /// The graph of its steps.
    pub pipeline: Pipeline,
    /// The names of the steps and processes, and the shards in which they run.
    pub layout: Layout,
    /// How records are handed on, counted and shown.
    pub settings: Settings,
    /// Which steps run together, and who sends to whom.
    pub topology: Topology,
}

impl Design {
    /// Checks the steps, each with whether it may run in the process of the step before it.
    ///
    /// # Errors
    /// What is wrong with the graph, or what bolts cannot do.
    pub fn new(steps: Vec<(Step, bool)>, settings: Settings) -> Result<Design, Refused> {
        let (steps, may_fuse): (Vec<Step>, Vec<bool>) = steps.into_iter().unzip();
        let pipeline = Pipeline::new(steps).map_err(Refused::Graph)?;
        let topology = Topology::new(&pipeline, may_fuse)?;
        if settings.batch.is_some() {
            check_batch(&pipeline)?;
        }
        let layout = layout(&pipeline, &topology, &settings);
        Ok(Design { pipeline, layout, settings, topology })
    }

    /// The steps as functions are run by.
    pub fn flow(&self) -> Flow<'_> {
        Flow { pipeline: &self.pipeline, layout: &self.layout, topology: &self.topology }
    }

    /// The names of the processes beside the steps that a design with these settings has.
    pub fn beside_with(settings: &Settings) -> impl Iterator<Item = &'static str> {
        let acker = settings.tracks().then_some(ACKER);
        acker.into_iter().chain([VIEW]).chain(settings.batch.map(|_| BATCH))
    }

    /// The steps of which a design like this one is made.
    pub fn parts(&self) -> Vec<(Step, bool)> {
        self.pipeline
            .steps()
            .iter()
            .cloned()
            .zip(self.topology.may_fuse().iter().copied())
            .collect()
    }

    /// The acker, if there is one.
    pub fn acker(&self) -> Option<ShardIndex> {
        self.beside(ACKER).map(|step| self.layout.shard(step, 0))
    }

    /// The process of this name beside the steps. A step may have the name of one that this strategy does not have.
    fn beside(&self, name: &str) -> Option<StepIndex> {
        self.layout.find(name).filter(|&step| self.layout.step(step).is_beside)
    }

    /// The view.
    pub fn view(&self) -> ShardIndex {
        let step = self.beside(VIEW).expect("there is always a view");
        self.layout.shard(step, 0)
    }

    /// The batch leg, if there is one.
    pub fn batch(&self) -> Option<StepIndex> {
        self.beside(BATCH)
    }

    /// The steps that take the outputs of a step, whatever process they run in, but for sinks below an aggregate.
    pub fn takers(&self, step: StepIndex) -> impl Iterator<Item = StepIndex> {
        self.topology.fused(step).iter().chain(self.topology.sent(step)).copied()
    }

    /// What is durable, by what it is.
    pub fn stores(&self) -> Vec<&'static str> {
        let counts = (self.settings.counts == Counts::Durable).then_some("counts");
        let batch = self.settings.batch.map(|_| "the results of batches");
        let always = ["the log", "offsets", "the view"];
        always.into_iter().chain(counts).chain(batch).collect()
    }

    /// The kinds of messages between processes.
    pub fn messages(&self) -> &'static [&'static str] {
        match self.settings.tracks() {
            true => &["tuple", "show", "init", "ack", "complete"],
            false => &["tuple", "show"],
        }
    }

    /// All ways that messages go, by the step that makes what they are about.
    pub fn ways(&self) -> Vec<Edge> {
        let [acker, view] = [ACKER, VIEW].map(|name| self.beside(name));
        let mut ways = Vec::new();
        for (from, step) in self.pipeline.numbered() {
            ways.extend(self.topology.sent(from).iter().map(|&to| Edge { from, to }));
            let is_head = self.topology.head(from) == from;
            if let (StepKind::Source { .. }, Some(acker)) = (&step.kind, acker) {
                ways.extend([Edge { from, to: acker }, Edge { from: acker, to: from }]);
            } else if let (true, Some(acker)) = (is_head, acker) {
                ways.push(Edge { from, to: acker });
            }
            if let (true, true, Some(to)) = (is_head, step.kind.has_results(), view) {
                ways.push(Edge { from, to });
            }
        }
        if let (true, Some(from), Some(to)) = (self.settings.view_acks(), view, acker) {
            ways.push(Edge { from, to });
        }
        ways
    }

    /// Whether a step of the protocol is ever taken at a step of the pipeline or at another process, else why not.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(&self, point: Point, step: StepIndex) -> Result<(), &'static str> {
        let Settings { counts, .. } = self.settings;
        let is = |name| self.beside(name) == Some(step);
        let here = self.pipeline.steps().get(step.at());
        let head = here.map(|_| &self.pipeline.step(self.topology.head(step)).kind);
        let is_spout = matches!(head, Some(StepKind::Source { .. }));
        let is_bolt = head.is_some() && !is_spout;
        let shows = is_bolt && head.is_some_and(StepKind::has_results);
        let counts_durably =
            counts == Counts::Durable && head.is_some_and(|kind| kind.windowing().is_some());
        let is_source = matches!(here.map(|step| &step.kind), Some(StepKind::Source { .. }));
        let is_batch = is(BATCH);
        let pulls = matches!(head, Some(StepKind::Source { queue: Some(_), .. }));
        // One that pulls commits only to hear whether it has lost its shard, when it sends a record again.
        let commits = !pulls || self.settings.tracks();
        let (is_taken, why) = match point {
            alphabet::READ | alphabet::COMPUTE | alphabet::LAND => (is_batch, "it runs no batches"),
            alphabet::ANSWER if is_batch => (true, ""),
            alphabet::INIT if is_spout => (self.settings.tracks(), "nobody follows its records"),
            alphabet::INIT => (false, "only a spout opens trees"),
            alphabet::EMIT => (is_spout, "only a spout emits"),
            alphabet::COMMIT => {
                (is_spout && commits, "only a spout that reads a log has an offset")
            }
            alphabet::APPLY => (here.is_some() && !is_source, "it has no function and no sum"),
            alphabet::SHOW => (shows, "it has no results"),
            alphabet::SEND => {
                (is_bolt && self.passes_on(self.topology.head(step)), "it passes nothing on")
            }
            alphabet::ACK => (
                pulls
                    || self.settings.tracks() && (is_bolt || is(VIEW) && self.settings.view_acks()),
                "it acks nothing",
            ),
            alphabet::COMPLETE => (is(ACKER), "only an acker knows that a tree is complete"),
            alphabet::WRITE => (is(VIEW) || counts_durably, "it writes no rows"),
            alphabet::ANSWER => {
                (is(VIEW) || counts_durably || is_spout && commits, "it commits nothing")
            }
            _ => (false, "it is no step of this protocol"),
        };
        is_taken.then_some(()).ok_or(why)
    }

    /// Whether a step or process ever sends a commit.
    ///
    /// # Errors
    /// Why not.
    pub fn commits(&self, step: StepIndex) -> Result<(), &'static str> {
        self.takes(alphabet::ANSWER, step)
    }

    /// Whether a process sends anything on.
    fn passes_on(&self, head: StepIndex) -> bool {
        self.topology.members(head).any(|step| !self.topology.sent(step).is_empty())
    }
}

/// What a batch leg cannot do: it waits for the end of each window.
fn check_batch(pipeline: &Pipeline) -> Result<(), Refused> {
    for (index, step) in pipeline.numbered() {
        if let StepKind::Source { queue: Some(_), .. } = step.kind {
            let (what, why) = ("a `queue`", "its batch leg reads a log, and a queue keeps none");
            return Err(Refused::Step { step: index, what, why });
        }
        let is_of_window = |from: &StepIndex| pipeline.step(*from).kind.windowing().is_some();
        if let (StepKind::Sink(_), false) = (&step.kind, step.from.iter().any(is_of_window)) {
            let what = "a sink of records that are in no window";
            let why = "a batch is of what is in a window, and runs after its end";
            return Err(Refused::Step { step: index, what, why });
        }
    }
    Ok(())
}

fn layout(pipeline: &Pipeline, topology: &Topology, settings: &Settings) -> Layout {
    let retry = Retry { timeout: settings.timeout, backoff: 1, max: settings.timeout };
    let mut laid: Vec<LaidStep> = Vec::new();
    for (index, step) in pipeline.numbered() {
        laid.push(LaidStep {
            head: topology.head(index),
            from: step.from.clone(),
            copies: match &step.kind {
                StepKind::Map(function) => function.copies(),
                _ => 1,
            },
            // A tree that is not complete is what is waited for.
            retry: if settings.tracks() { retry } else { Retry::default() },
            source: match step.kind {
                StepKind::Source { watermark: progress, queue } => {
                    let rules = |QueueRules { deadline, extend, .. }| source::Queue {
                        deadline,
                        extend,
                        holds_back: true,
                    };
                    Some(Source { progress, queue: queue.map(rules) })
                }
                _ => None,
            },
            results: step.kind.results(),
            is_global: matches!(step.kind, StepKind::CountGlobally(_)),
            may_differ: step.kind.may_differ(),
            ..LaidStep::plain(&step.name, index, step.shards)
        });
    }
    for name in Design::beside_with(settings) {
        let index = StepIndex(laid.len() as u16);
        let batch = settings.batch.filter(|_| name == BATCH);
        let longest_wait = batch.map_or(0, |batch| batch.is_over_after());
        laid.push(LaidStep { is_beside: true, longest_wait, ..LaidStep::plain(name, index, 1) });
    }
    Layout::new(&ALPHABET, laid)
}
