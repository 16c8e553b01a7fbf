//! Stages: fusion merges steps between shuffles into one stage, which one worker runs under one commit
//! (*Streaming Systems*, ch. 5, graph optimization). A map or a sink joins the stage of the one step whose
//! outputs it takes. Sources, reshuffles and aggregates are heads of stages, and so is what is kept apart. A
//! stage is a tree: all that is sent to it is sent to its head.
//!
//! A step that calls an external service is the head of its stage, as if it were told to be apart: only what
//! comes through a shuffle can wait for the answer, at the front of its key. What follows it may be fused into
//! it, and runs once the call is answered.
//!
//! A step that may give a record up is a stage of its own, so that only its own function decides that. In one
//! stage with others, a failure of a function behind it would give the record up, too.

use crate::dataflow::mechanism::{Fuse, Mechanism};
use crate::pipeline::{Edge, Pipeline, Step, StepKind};
use onceproof_kernel::layout::{Failing, StepIndex};
use onceproof_kernel::mix;

/// Which steps run together.
#[derive(Clone, Debug)]
pub struct Stages {
    heads: Vec<StepIndex>,
    /// Per step: who takes its outputs in process, and who through a shuffle.
    fused: Vec<Vec<StepIndex>>,
    shuffles: Vec<Vec<Edge>>,
    /// Per head: the steps of its stage, and the heads that the stage sends to.
    members: Vec<Vec<StepIndex>>,
    receivers: Vec<Vec<StepIndex>>,
    /// Per head: whether its stage writes rows.
    writes_rows: Vec<bool>,
}

impl Stages {
    /// The stages of a graph, whose steps come in an order in which each is after all that it takes outputs
    /// of.
    pub(super) fn new(pipeline: &Pipeline, mechanisms: &[Mechanism]) -> Stages {
        let steps = pipeline.steps();
        let mut heads: Vec<StepIndex> = (0..steps.len()).map(|at| StepIndex(at as u16)).collect();
        for &index in pipeline.order() {
            if let Some(head) = stage_of(steps, mechanisms, &heads, index) {
                heads[index.at()] = head;
            }
        }
        let mut stages = Stages {
            fused: vec![Vec::new(); steps.len()],
            shuffles: vec![Vec::new(); steps.len()],
            members: vec![Vec::new(); steps.len()],
            receivers: vec![Vec::new(); steps.len()],
            writes_rows: vec![false; steps.len()],
            heads,
        };
        for (at, step) in steps.iter().enumerate() {
            let (index, head) = (StepIndex(at as u16), stages.heads[at]);
            stages.members[head.at()].push(index);
            stages.writes_rows[head.at()] |= matches!(step.kind, StepKind::Sink(_));
            for &edge in pipeline.edges(index) {
                if stages.heads[edge.to.at()] == edge.to {
                    stages.shuffles[at].push(edge);
                    let receivers = &mut stages.receivers[head.at()];
                    if !receivers.contains(&edge.to) {
                        receivers.push(edge.to);
                    }
                } else {
                    stages.fused[at].push(edge.to);
                }
            }
        }
        // What a stage makes first does not depend on where its steps stand in the file.
        for fused in &mut stages.fused {
            fused.sort_by_cached_key(|step| mix::text(&steps[step.at()].name));
        }
        stages
    }

    /// The first step of a step's stage: itself, if it is fused into none.
    pub fn head(&self, step: StepIndex) -> StepIndex {
        self.heads[step.at()]
    }

    /// Whether a step runs in the stage of the step before it.
    pub fn is_fused(&self, step: StepIndex) -> bool {
        self.head(step) != step
    }

    /// The steps that take the outputs of a step in process, in an order that their names decide.
    pub fn fused(&self, step: StepIndex) -> &[StepIndex] {
        &self.fused[step.at()]
    }

    /// The ways out of a step through a shuffle, in file order of the receivers.
    pub fn shuffles(&self, step: StepIndex) -> &[Edge] {
        &self.shuffles[step.at()]
    }

    /// All steps of the stage with this head, in file order.
    pub fn members(&self, head: StepIndex) -> &[StepIndex] {
        &self.members[head.at()]
    }

    /// The heads of the stages that the stage with this head sends to, each once.
    pub fn receivers(&self, head: StepIndex) -> &[StepIndex] {
        &self.receivers[head.at()]
    }

    /// Whether the stage with this head writes rows.
    pub fn writes_rows(&self, head: StepIndex) -> bool {
        self.writes_rows[head.at()]
    }
}

/// The head of the stage that a step joins, if it may.
fn stage_of(
    steps: &[Step],
    mechanisms: &[Mechanism],
    heads: &[StepIndex],
    index: StepIndex,
) -> Option<StepIndex> {
    let step = &steps[index.at()];
    match step.kind {
        // Only what comes through a shuffle can wait for an answer, at the front of its key.
        StepKind::Map(_) | StepKind::Sink(_) if step.kind.calls() => return None,
        StepKind::Map(_) | StepKind::Sink(_) => {}
        StepKind::Source { .. }
        | StepKind::Reshuffle
        | StepKind::Count(_)
        | StepKind::Sum(_)
        | StepKind::CountGlobally(_) => return None,
    }
    let [from] = step.from[..] else { return None };
    let head = heads[from.at()];
    // What may be given up is given up where it came in, for what its own function did and not one behind it;
    // and what a queue hands out again must meet the catalog of the step that follows.
    let reads_queue = matches!(steps[head.at()].kind, StepKind::Source { queue: Some(_), .. });
    let may_fail = [step, &steps[head.at()]].iter().any(|s| s.failing != Failing::default());
    if may_fail || reads_queue {
        return None;
    }
    let (own, of_head) = (mechanisms[index.at()], mechanisms[head.at()]);
    match own.fuse {
        Fuse::Together if is_alike(own, of_head) => Some(head),
        Fuse::Together | Fuse::Apart => None,
    }
}

/// Whether steps with these mechanisms can share a commit: all but those that speak of the graph are equal.
fn is_alike(a: Mechanism, b: Mechanism) -> bool {
    a == Mechanism { fuse: a.fuse, lift: a.lift, ..b }
}
