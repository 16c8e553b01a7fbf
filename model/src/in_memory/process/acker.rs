//! The acker: one sum per tree, of all edges that were sent and all that were handled. Each edge comes into it twice, so
//! the sum is 0 when all were handled (Storm's acker bolt does the same, and does not look whether a message comes
//! twice; its links do not repeat one, and those of this simulator do).

use super::Context;
use super::hands::Hands;
use crate::in_memory::InMemory;
use crate::in_memory::alphabet::ACK_KNOWN;
use crate::in_memory::message::{Dispatch, Root};
use crate::in_memory::settings::Acks;
use crate::in_memory::told::Story;
use hashbrown::HashMap;
use onceproof_kernel::env::Env;
use onceproof_kernel::name::Name;
use onceproof_kernel::state::WorldState;
use rustc_hash::FxBuildHasher;

/// The memory of an acker.
#[derive(Clone, Debug, Default)]
pub(super) struct Acker {
    trees: HashMap<Root, Tree, FxBuildHasher>,
}

/// What an acker knows of a tree.
#[derive(Clone, Hash, Debug, Default)]
struct Tree {
    sum: u64,
    /// The source record, once the spout has told of the tree.
    name: Option<Name>,
    /// The edges whose messages have come.
    seen: Vec<u64>,
    is_complete: bool,
}

impl Acker {
    pub fn tell_state(&self, state: &mut WorldState) {
        let Acker { trees } = self;
        state.add_set(trees);
    }

    pub fn hears<E: Env<InMemory>>(
        &mut self,
        message: &Dispatch,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let (name, root, edge, edges) = match *message {
            Dispatch::Init { name, root, edges } => (name, root, root.edge().0, edges),
            Dispatch::Ack { name, branch, edges } => (name, branch.root, branch.edge.0, edges),
            Dispatch::Tuple { .. } | Dispatch::Complete { .. } | Dispatch::Show { .. } => return,
        };
        let tree = self.trees.entry(root).or_default();
        if m.design.settings.acks == Acks::Distinct {
            if tree.seen.contains(&edge) {
                m.env.reach(ACK_KNOWN);
                return hands.tell(Story::IgnoresAck(name), m);
            }
            tree.seen.push(edge);
        }
        tree.sum ^= edges;
        if let Dispatch::Init { .. } = message {
            tree.name = Some(name);
        }
        if let (0, Some(name), false) = (tree.sum, tree.name, tree.is_complete) {
            tree.is_complete = true;
            hands.send(root.spout, Dispatch::Complete { name, root }, m);
        }
    }
}
