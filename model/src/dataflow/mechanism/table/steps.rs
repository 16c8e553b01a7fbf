//! Which steps have something to do for a mechanism. At any other step each of its values is as good as another: one that
//! stands there is taken for what is run, and nothing comes of it.

use super::MechanismRow;
use crate::dataflow::mechanism::{Fuse, Mechanism};
use crate::pipeline::StepKind;

/// The steps that can have something to do for a mechanism.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MechanismSteps {
    /// Every step.
    All,
    /// Those that take records of other steps: a source reads its input, whose offsets or messages tell what was read.
    Receivers,
    /// Those whose outputs other steps take: all but sinks.
    Senders,
    /// Those that may run in the stage of the step before them: maps and sinks.
    Fusable,
    /// Those that aggregate.
    Aggregates,
}

impl MechanismSteps {
    /// Which they are: `steps that take outputs of others`.
    pub fn words(self) -> &'static str {
        match self {
            MechanismSteps::All => "every step",
            MechanismSteps::Receivers => "steps that take outputs of others",
            MechanismSteps::Senders => "steps whose outputs others take",
            MechanismSteps::Fusable => "a map or a sink that nothing else keeps apart",
            MechanismSteps::Aggregates => "a count, a sum or a global count",
        }
    }
}

impl MechanismRow {
    /// The same, where these steps have something to do for it.
    pub(super) const fn at(self, steps: MechanismSteps) -> MechanismRow {
        MechanismRow { steps, ..self }
    }

    /// Whether some value of it makes a difference at a step of this kind, with these mechanisms. `is_kept_apart` says that
    /// something else than a mechanism keeps the step a stage of its own, as shards of its own do.
    pub fn is_of(&self, kind: &StepKind, of: &Mechanism, is_kept_apart: bool) -> bool {
        let is_kept_apart = is_kept_apart || kind.calls();
        match self.steps {
            MechanismSteps::All => true,
            MechanismSteps::Receivers => !matches!(kind, StepKind::Source { .. }),
            // What a sink shares with the step before it decides whether it is fused into that one.
            MechanismSteps::Senders => {
                !matches!(kind, StepKind::Sink(_)) || !is_kept_apart && of.fuse == Fuse::Together
            }
            MechanismSteps::Fusable => {
                matches!(kind, StepKind::Map(_) | StepKind::Sink(_)) && !is_kept_apart
            }
            MechanismSteps::Aggregates => kind.windowing().is_some(),
        }
    }
}
