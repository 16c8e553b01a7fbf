//! A design: a pipeline with the mechanisms of each step, and what follows from both: which steps run together, who
//! sends to whom, and whom a system watermark is of use to.

use super::defect::Defect;
use super::mechanism::{Fencing, Mechanism, Outputs, Settle, Stamps};
use super::point;
use super::stage::Stages;
use crate::pipeline::{Edge, GraphError, Pipeline, QueueRules, Step, StepKind};
use onceproof_kernel::layout::{LaidStep, Layout, ShardIndex, StepIndex, StoreRules};
use onceproof_kernel::source::{self, Source};

/// A checked pipeline with its mechanisms.
#[derive(Clone, Debug)]
pub struct Design {
    /// The graph of its steps.
    pub pipeline: Pipeline,
    /// The names of the steps, and the shards in which they run.
    pub layout: Layout,
    defect: Option<Defect>,
    mechanisms: Vec<Mechanism>,
    stages: Stages,
    senders: Vec<Vec<ShardIndex>>,
    /// The first of the senders of a step, where they are the shards of one step.
    only_senders: Vec<Option<u32>>,
    system_uses: Vec<SystemUse>,
}

impl Design {
    /// Checks the steps, each with its mechanisms, and works out what follows.
    ///
    /// # Errors
    /// The first thing found wrong with the graph.
    pub fn new(steps: Vec<(Step, Mechanism)>) -> Result<Design, GraphError> {
        let (steps, mechanisms): (Vec<Step>, Vec<Mechanism>) = steps.into_iter().unzip();
        let pipeline = Pipeline::new(steps)?;
        let stages = Stages::new(&pipeline, &mechanisms);
        let defect = None;
        let layout = layout(&pipeline, &mechanisms, &stages, defect);
        let (mut senders, mut only_senders) = (Vec::new(), Vec::new());
        for (index, step) in pipeline.numbered() {
            let mut heads: Vec<StepIndex> = Vec::new();
            if !stages.is_fused(index) {
                heads.extend(step.from.iter().map(|&from| stages.head(from)));
            }
            // Two steps of one stage are one sender.
            let mut met: Vec<StepIndex> = Vec::new();
            heads.retain(|head| {
                !met.contains(head) && {
                    met.push(*head);
                    true
                }
            });
            let shards = |head: &StepIndex| {
                let first = layout.shard(*head, 0).0;
                (first..first + layout.shards_of(*head)).map(ShardIndex)
            };
            senders.push(heads.iter().flat_map(shards).collect());
            only_senders.push(match heads[..] {
                [head] => Some(layout.shard(head, 0).0),
                _ => None,
            });
        }
        let system_uses = system_uses(&pipeline, &mechanisms, &stages);
        Ok(Design {
            pipeline,
            layout,
            defect,
            mechanisms,
            stages,
            senders,
            only_senders,
            system_uses,
        })
    }

    /// A rule that is left out on purpose, for the canaries of the tests.
    pub fn defect(&self) -> Option<Defect> {
        self.defect
    }

    /// Leaves a rule out, or none.
    pub fn set_defect(&mut self, defect: Option<Defect>) {
        self.defect = defect;
        self.layout = layout(&self.pipeline, &self.mechanisms, &self.stages, defect);
    }

    /// The steps, each with its mechanisms, of which a design like this one is made.
    pub fn parts(&self) -> Vec<(Step, Mechanism)> {
        self.steps().map(|(step, mechanism)| (step.clone(), *mechanism)).collect()
    }

    /// The steps in file order, each with its mechanisms.
    pub fn steps(&self) -> impl Iterator<Item = (&Step, &Mechanism)> {
        self.pipeline.steps().iter().zip(&self.mechanisms)
    }

    /// The mechanisms of a step.
    pub fn mechanism(&self, step: StepIndex) -> &Mechanism {
        &self.mechanisms[step.at()]
    }

    /// The mechanisms of all steps, in file order.
    pub fn mechanisms(&self) -> &[Mechanism] {
        &self.mechanisms
    }

    /// Which steps run together.
    pub fn stages(&self) -> &Stages {
        &self.stages
    }

    /// All shards that send to a step, in a fixed order.
    pub fn senders(&self, step: StepIndex) -> &[ShardIndex] {
        &self.senders[step.at()]
    }

    /// The place of a sender among the senders of a step.
    pub fn sender_number(&self, step: StepIndex, sender: ShardIndex) -> usize {
        match self.only_senders[step.at()] {
            Some(first) => (sender.0 - first) as usize,
            None => {
                let senders = &self.senders[step.at()];
                senders.iter().position(|&s| s == sender).expect("a sender of this step")
            }
        }
    }

    /// Whom the system watermark that reaches a step is of use to.
    pub fn system_use(&self, step: StepIndex) -> SystemUse {
        self.system_uses[step.at()]
    }
}

/// Shards belong to stages: a fused step has those of its head.
fn layout(
    pipeline: &Pipeline,
    mechanisms: &[Mechanism],
    stages: &Stages,
    defect: Option<Defect>,
) -> Layout {
    let laid = |(index, step): (StepIndex, &Step)| LaidStep {
        name: step.name.clone(),
        is_beside: false,
        head: stages.head(index),
        shards: step.shards,
        from: step.from.clone(),
        copies: match &step.kind {
            StepKind::Map(function) => function.copies(),
            _ => 1,
        },
        retry: mechanisms[index.at()].retry,
        commit_retry: mechanisms[index.at()].commit_retry,
        repeats_commits: true,
        is_fenced: mechanisms[index.at()].fencing == Fencing::Token,
        shares_rows: false,
        is_outside: false,
        session: None,
        forgets_after: mechanisms[index.at()].forgets_after().map(|(length, _)| length),
        looked_up_for: mechanisms[index.at()].looked_up_for(),
        keeps_acked: mechanisms[index.at()].settle == Settle::WithNext,
        source: match step.kind {
            StepKind::Source { watermark: progress, queue } => {
                let queue = queue.map(|QueueRules { deadline, extend, .. }| source::Queue {
                    deadline,
                    extend,
                    holds_back: defect != Some(Defect::UnackedMessageDoesNotPin),
                });
                Some(Source { progress, queue })
            }
            _ => None,
        },
        longest_wait: 0,
        tries: 0,
        longest_idle: 0,
        may_never_end: false,
        results: step.kind.results(),
        is_global: matches!(step.kind, StepKind::CountGlobally(_)),
        calls: step.kind.target(),
        failing: step.failing.clone(),
        may_differ: step.kind.may_differ(),
        // The commit of a record's effects is the emit of a stage that writes rows, unless they are rows of panes.
        same: match stages.writes_rows(index) && step.kind.windowing().is_none() {
            true => vec![(point::COMMIT, point::EMIT)],
            false => Vec::new(),
        },
        // To settle is to let go of what was held until it was acked, or owed until it was paid, and nothing else:
        // under recompute that step of the protocol commits.
        told: match mechanisms[index.at()].outputs {
            Outputs::Recompute => vec![(point::SETTLE, point::COMMIT)],
            Outputs::Checkpoint => Vec::new(),
        },
    };
    let mut layout = Layout::new(&point::ALPHABET, pipeline.numbered().map(laid).collect());
    layout.store = StoreRules {
        are_commits_numbered: defect != Some(Defect::CommitsUnnumbered),
        are_repeats_answered: defect != Some(Defect::RepeatsUnanswered),
    };
    layout
}

/// Whom the system watermark that reaches a step is of use to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SystemUse {
    /// To the step itself: it forgets ids by it.
    pub forgets: bool,
    /// To a later step. This step forwards the system watermark, since it has none of its own; or it forwards
    /// that its input has ended, to one that does.
    pub passes_on: bool,
}

/// For each step, whom the system watermark that reaches it is of use to.
fn system_uses(pipeline: &Pipeline, mechanisms: &[Mechanism], stages: &Stages) -> Vec<SystemUse> {
    let mut uses = vec![SystemUse::default(); mechanisms.len()];
    for &index in pipeline.order().iter().rev() {
        let (kind, mechanism) = (&pipeline.step(index).kind, &mechanisms[index.at()]);
        let inherits = (mechanism.outputs, mechanism.stamps)
            == (Outputs::Recompute, Stamps::Stable)
            && kind.windowing().is_none();
        let passes_on = |edge: &Edge| {
            let below: SystemUse = uses[edge.to.at()];
            // A step in the same stage only hands over.
            let forgets = below.forgets && !stages.is_fused(edge.to);
            below.passes_on || (forgets && inherits)
        };
        let passes_on = pipeline.edges(index).iter().any(passes_on);
        uses[index.at()] = SystemUse { forgets: mechanism.forgets_by_watermark(), passes_on };
    }
    uses
}
