//! `lift`: an aggregate may be lifted before its shuffle: a sender adds up what of one bundle belongs to one
//! key and window, and sends the partial aggregate alone (*Streaming Systems*, ch. 5, graph optimization). It
//! changes the cost of a run, and how much one message weighs.
//!
//! Where outputs are computed again after a crash, and bundles are larger than 1, nothing may be lifted: the
//! bundle is cut differently the second time. The size of a partial aggregate is part of its id, so the second
//! one is taken as new, and what is in both counts twice. Known by its first record alone, the second one would
//! be dropped as a duplicate, and what the first one did not hold would be lost.

use super::{Mechanism, Outputs};

/// Whether partial aggregates are made before the shuffle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lift {
    /// Wherever a bundle is the same in every execution, or is committed before it is sent.
    #[default]
    Sure,
    /// Nowhere: every record is sent.
    Never,
    /// Everywhere. Wrong where bundles larger than 1 are computed again.
    Force,
}

impl Lift {
    /// Whether outputs of a sender with these mechanisms are added up for this aggregate.
    pub fn is_due(self, sender: &Mechanism) -> bool {
        match self {
            Lift::Sure => sender.outputs == Outputs::Checkpoint || sender.bundle.records == 1,
            Lift::Never => false,
            Lift::Force => true,
        }
    }
}
