//! Stages: which steps run in one task, which stage reads the files of which, and how far what a stage makes is the same in
//! each execution.

use crate::function::Function;
use crate::pipeline::{Pipeline, StepKind};
use crate::stream::Topology;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::Nanos;

/// How far what a step makes is the same in each execution.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OutputLevel {
    /// The same rows in the same order.
    Determinate,
    /// The same rows.
    Unordered,
    /// Other rows.
    Indeterminate,
}

impl OutputLevel {
    /// All of them, the most that can be promised first.
    pub const ALL: [OutputLevel; 3] =
        [OutputLevel::Determinate, OutputLevel::Unordered, OutputLevel::Indeterminate];

    /// What it says: a sentence.
    pub fn about(self) -> &'static str {
        match self {
            OutputLevel::Determinate => "The same rows in the same order.",
            OutputLevel::Unordered => "The same rows in any order.",
            OutputLevel::Indeterminate => "Other rows.",
        }
    }

    /// As a scenario writes it.
    pub fn word(self) -> &'static str {
        match self {
            OutputLevel::Determinate => "determinate",
            OutputLevel::Unordered => "unordered",
            OutputLevel::Indeterminate => "indeterminate",
        }
    }
}

/// Steps that run in one task, without a shuffle between them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchStage {
    /// The first of them. The tasks of the stage are its shards.
    pub head: StepIndex,
    /// The stages whose files it reads, and those that read its files.
    pub parents: Vec<usize>,
    /// See `parents`.
    pub children: Vec<usize>,
    /// All stages below it.
    pub below: Vec<usize>,
    /// How much later than its source its input says that a time has passed.
    pub delay: Nanos,
    /// How far what it sends on is the same in each execution.
    pub level: OutputLevel,
    /// The steps whose results it makes.
    pub tables: Vec<StepIndex>,
    /// Whether it counts.
    pub is_stateful: bool,
}

/// Whether a sink takes what a step makes in the task of that step.
pub(super) fn is_direct(pipeline: &Pipeline, topology: &Topology, step: StepIndex) -> bool {
    let of = pipeline.step(step);
    matches!(of.kind, StepKind::Sink(_)) && of.from.len() == 1 && topology.may_fuse()[step.at()]
}

/// All stages of a pipeline, in the order of their heads. `declared` is what a step is said to be.
pub(super) fn stages(
    pipeline: &Pipeline,
    topology: &Topology,
    declared: &[Option<OutputLevel>],
) -> Vec<BatchStage> {
    let head = |step: StepIndex| match is_direct(pipeline, topology, step) {
        true => topology.head(pipeline.step(step).from[0]),
        false => topology.head(step),
    };
    let (levels, delays) = (levels(pipeline, topology, declared), delays(pipeline));
    let heads: Vec<StepIndex> =
        pipeline.numbered().map(|(step, _)| step).filter(|&step| head(step) == step).collect();
    let number = |step: StepIndex| heads.iter().position(|&other| other == head(step));
    let mut all: Vec<BatchStage> = Vec::new();
    for &first in &heads {
        let of = pipeline.step(first);
        let mut parents: Vec<usize> = of.from.iter().filter_map(|&from| number(from)).collect();
        parents.sort_unstable();
        parents.dedup();
        let members = || pipeline.numbered().filter(|&(step, _)| head(step) == first);
        let sends =
            |&(step, _): &(StepIndex, _)| topology.sent(step).iter().any(|&to| head(to) != first);
        let level = members().filter(sends).map(|(step, _)| levels[step.at()]).max();
        let tables = members().filter(|&(step, of)| match of.kind {
            StepKind::Sink(_) => true,
            _ => of.kind.windowing().is_some() && pipeline.edges(step).is_empty(),
        });
        all.push(BatchStage {
            head: first,
            parents,
            children: Vec::new(),
            below: Vec::new(),
            delay: of.from.iter().map(|from| delays[from.at()]).max().unwrap_or(0),
            level: level.unwrap_or(OutputLevel::Determinate),
            tables: tables.map(|(step, _)| step).collect(),
            is_stateful: of.kind.windowing().is_some(),
        });
    }
    for at in 0..all.len() {
        let is_child = |&child: &usize| all[child].parents.contains(&at);
        all[at].children = (0..all.len()).filter(is_child).collect();
    }
    for at in 0..all.len() {
        let mut below: Vec<usize> = Vec::new();
        let mut next = all[at].children.clone();
        while let Some(child) = next.pop() {
            if !below.contains(&child) {
                below.push(child);
                next.extend(&all[child].children);
            }
        }
        below.sort_unstable();
        all[at].below = below;
    }
    all
}

/// How far what each step makes is the same. What a task fetches comes in any order; what chance or a service decides may be
/// other rows, and so is everything below.
fn levels(
    pipeline: &Pipeline,
    topology: &Topology,
    declared: &[Option<OutputLevel>],
) -> Vec<OutputLevel> {
    let mut levels = vec![OutputLevel::Determinate; pipeline.steps().len()];
    for &step in pipeline.order() {
        let derived = made_by(pipeline, step, input_of(pipeline, topology, step, &levels));
        levels[step.at()] = declared[step.at()].unwrap_or(derived);
    }
    levels
}

/// How far what a step reads is the same, where these are the levels of the steps above it.
fn input_of(
    pipeline: &Pipeline,
    topology: &Topology,
    step: StepIndex,
    levels: &[OutputLevel],
) -> OutputLevel {
    let from = &pipeline.step(step).from;
    let input = from.iter().map(|from| levels[from.at()]).max();
    let is_fetched = topology.head(step) == step && !from.is_empty();
    let fetched = if is_fetched { OutputLevel::Unordered } else { OutputLevel::Determinate };
    input.unwrap_or(OutputLevel::Determinate).max(fetched)
}

/// How far what a step makes of such an input is the same, whatever is said of it.
fn made_by(pipeline: &Pipeline, step: StepIndex, input: OutputLevel) -> OutputLevel {
    match &pipeline.step(step).kind {
        StepKind::Map(function) => made_of(function, input),
        StepKind::Source { .. }
        | StepKind::Reshuffle
        | StepKind::Count(_)
        | StepKind::Sum(_)
        | StepKind::CountGlobally(_)
        | StepKind::Sink(_) => input,
    }
}

/// The steps that make other rows of the same input, by what they do themselves.
pub(super) fn differing(
    pipeline: &Pipeline,
    topology: &Topology,
    declared: &[Option<OutputLevel>],
) -> Vec<StepIndex> {
    let levels = levels(pipeline, topology, declared);
    let differs = |step: &StepIndex| {
        let input = input_of(pipeline, topology, *step, &levels);
        let made = made_by(pipeline, *step, input);
        input < OutputLevel::Indeterminate && made == OutputLevel::Indeterminate
    };
    pipeline.numbered().map(|(step, _)| step).filter(differs).collect()
}

/// How far what a function makes of such an input is the same. A clock reads the time of the batch, which is logged.
fn made_of(function: &Function, input: OutputLevel) -> OutputLevel {
    match function {
        Function::Identity
        | Function::KeyBy(_)
        | Function::Filter(_)
        | Function::Explode { .. }
        | Function::Clock { .. }
        | Function::Call(_) => input,
        Function::Coin { .. } | Function::Lookup { .. } => OutputLevel::Indeterminate,
        Function::Order { .. } if input == OutputLevel::Determinate => input,
        Function::Order { .. } => OutputLevel::Indeterminate,
        Function::User(_) if function.is_deterministic() => input,
        Function::User(_) => OutputLevel::Indeterminate,
    }
}

/// How much later than its source each step says that a time has passed: by the lateness of all aggregates on the way.
fn delays(pipeline: &Pipeline) -> Vec<Nanos> {
    let mut delays = vec![0; pipeline.steps().len()];
    for &step in pipeline.order() {
        let of = pipeline.step(step);
        let before: Nanos = of.from.iter().map(|from| delays[from.at()]).max().unwrap_or(0);
        let lateness = of.kind.windowing().map_or(0, |windowing| windowing.lateness);
        delays[step.at()] = before.saturating_add(lateness);
    }
    delays
}
