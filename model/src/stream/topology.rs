//! The steps of a pipeline as processes run them that take one record at a time: which steps run in the process of
//! another one, what is sent from one process to the next, and what cannot be had.

use crate::function::Function;
use crate::pipeline::{GraphError, Pipeline, Sink, Step, StepKind};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix;

/// What a pipeline has that a strategy cannot do, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The graph is none.
    Graph(GraphError),
    /// A step cannot be had.
    Step {
        /// Which.
        step: StepIndex,
        /// What it is: `a map below a count`.
        what: &'static str,
        /// Why not.
        why: &'static str,
    },
}

/// Which steps run together, and who takes what they make.
#[derive(Clone, Debug)]
pub struct Topology {
    /// Whether a step may run in the process of the one before it.
    may_fuse: Vec<bool>,
    heads: Vec<StepIndex>,
    /// Per step: who takes its outputs in process, who is sent them, and the sinks in which its results stand.
    fused: Vec<Vec<StepIndex>>,
    sent: Vec<Vec<StepIndex>>,
    mirrors: Vec<Vec<StepIndex>>,
}

impl Topology {
    /// That of a pipeline, with whether each step may run in the process of the step before it.
    ///
    /// # Errors
    /// What cannot be had.
    pub fn new(pipeline: &Pipeline, may_fuse: Vec<bool>) -> Result<Topology, Refused> {
        check(pipeline, &may_fuse)?;
        let heads = heads(pipeline, &may_fuse, true);
        Ok(Topology::of(pipeline, may_fuse, heads))
    }

    /// That of a pipeline whose aggregates make panes of what they took, so that what stands below one takes records as
    /// any other; and whose sinks are processes of their own.
    ///
    /// # Errors
    /// What cannot be had.
    pub fn with_panes(pipeline: &Pipeline, may_fuse: Vec<bool>) -> Result<Topology, Refused> {
        for (step, of) in pipeline.numbered() {
            if let Some((what, why)) = refused_of_each(of) {
                return Err(Refused::Step { step, what, why });
            }
        }
        let heads = heads(pipeline, &may_fuse, false);
        Ok(Topology::of(pipeline, may_fuse, heads))
    }

    fn of(pipeline: &Pipeline, may_fuse: Vec<bool>, heads: Vec<StepIndex>) -> Topology {
        let none = || vec![Vec::new(); pipeline.steps().len()];
        let (mut fused, mut sent, mut mirrors) = (none(), none(), none());
        for (index, step) in pipeline.numbered() {
            for &from in &step.from {
                let is_fused = heads[index.at()] != index;
                let list = match (&step.kind, is_fused) {
                    (StepKind::Sink(_), true) => &mut mirrors,
                    (_, true) => &mut fused,
                    (_, false) => &mut sent,
                };
                list[from.at()].push(index);
            }
        }
        // What a step makes first does not depend on where its steps stand in the file.
        for list in fused.iter_mut().chain(&mut sent).chain(&mut mirrors) {
            list.sort_by_cached_key(|step| mix::text(&pipeline.step(*step).name));
        }
        Topology { may_fuse, heads, fused, sent, mirrors }
    }

    /// Whether each step may run in the process of the step before it, as it was stated.
    pub fn may_fuse(&self) -> &[bool] {
        &self.may_fuse
    }

    /// The step in whose process a step runs.
    pub fn head(&self, step: StepIndex) -> StepIndex {
        self.heads[step.at()]
    }

    /// The steps that take the outputs of a step in its process, but for sinks.
    pub fn fused(&self, step: StepIndex) -> &[StepIndex] {
        &self.fused[step.at()]
    }

    /// The steps to which the outputs of a step are sent.
    pub fn sent(&self, step: StepIndex) -> &[StepIndex] {
        &self.sent[step.at()]
    }

    /// The sinks in which each result of a step stands, too.
    pub fn mirrors(&self, step: StepIndex) -> &[StepIndex] {
        &self.mirrors[step.at()]
    }

    /// The steps that run in the process of a head.
    pub fn members(&self, head: StepIndex) -> impl Iterator<Item = StepIndex> {
        let steps = (0..self.heads.len() as u16).map(StepIndex);
        steps.filter(move |step| self.heads[step.at()] == head)
    }
}

/// What no process that takes a record at a time can do, wherever the step stands: what it is, and why not.
fn refused_of_each(step: &Step) -> Option<(&'static str, &'static str)> {
    match &step.kind {
        StepKind::Map(Function::Call(_)) => {
            return Some(("a map that calls a service", "its processes call nobody"));
        }
        StepKind::Sink(sink) if *sink != Sink::Upsert => {
            return Some(("a sink that calls a table", "results stand in what it writes itself"));
        }
        _ => {}
    }
    let fails = step.failing.poison.is_some() || step.failing.dead_letter_after.is_some();
    fails.then_some((
        "`poison` or `dead-letter`",
        "a record on which a function fails is tried again for ever",
    ))
}

/// What a process that takes a record at a time cannot do, step by step.
fn check(pipeline: &Pipeline, may_fuse: &[bool]) -> Result<(), Refused> {
    // Of each step: whether an aggregate is above it, and whether an answer since then decides keys or values.
    let mut above = vec![(false, false); pipeline.steps().len()];
    for &index in pipeline.order() {
        let step = pipeline.step(index);
        let refuse = |what, why| Err(Refused::Step { step: index, what, why });
        let of = |&from: &StepIndex| (above[from.at()], pipeline.step(from).kind.windowing());
        let from: Vec<_> = step.from.iter().map(of).collect();
        let is_below = from.iter().any(|(above, is)| above.0 || is.is_some());
        let is_decided = from.iter().any(|(above, is)| above.1 && is.is_none());
        let mut here = (is_below, is_decided);
        if let Some((what, why)) = refused_of_each(step) {
            return refuse(what, why);
        }
        match &step.kind {
            StepKind::Map(_) if is_below => {
                return refuse("a map below an aggregate", "a record is passed on, and no pane");
            }
            StepKind::Map(Function::KeyBy(_) | Function::Filter(_)) if is_decided => {
                return refuse(
                    "a map that reads what chance decided",
                    "nothing durable says which answer won",
                );
            }
            StepKind::Map(function) => here.1 |= !function.is_deterministic(),
            StepKind::Sink(_) if is_below && !may_fuse[index.at()] => {
                return refuse(
                    "a sink with `shards` below an aggregate",
                    "the process of the aggregate writes its rows",
                );
            }
            StepKind::Sink(_) if is_below && step.from.len() > 1 => {
                return refuse(
                    "a sink of several steps below an aggregate",
                    "a process writes its own results",
                );
            }
            StepKind::Sink(_) if is_below && from.iter().any(|(_, is)| is.is_none()) => {
                return refuse(
                    "a sink behind a reshuffle below an aggregate",
                    "a process writes its own results",
                );
            }
            StepKind::Source { .. }
            | StepKind::Reshuffle
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::CountGlobally(_)
            | StepKind::Sink(_) => {}
        }
        above[index.at()] = here;
    }
    Ok(())
}

/// The step in whose process each runs: a map joins the one step whose outputs it takes, unless it is kept apart, and a
/// sink below an aggregate may be shown by that.
fn heads(pipeline: &Pipeline, may_fuse: &[bool], shows_sinks: bool) -> Vec<StepIndex> {
    let mut heads: Vec<StepIndex> = (0..pipeline.steps().len() as u16).map(StepIndex).collect();
    for &index in pipeline.order() {
        let step = pipeline.step(index);
        let [from] = step.from[..] else { continue };
        let joins = match step.kind {
            StepKind::Map(_) => may_fuse[index.at()],
            StepKind::Sink(_) => shows_sinks && pipeline.step(from).kind.windowing().is_some(),
            StepKind::Source { .. }
            | StepKind::Reshuffle
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::CountGlobally(_) => false,
        };
        if joins {
            heads[index.at()] = heads[from.at()];
        }
    }
    heads
}
