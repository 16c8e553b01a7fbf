//! The view: the rows that readers see. It writes each result that it is shown, and acks it when the row is there, if it
//! is a leaf of the tree.

use super::Context;
use super::hands::Hands;
use crate::in_memory::InMemory;
use crate::in_memory::alphabet::{OLDER_IGNORED, WRITE};
use crate::in_memory::message::{Branch, Change, Dispatch, Shown, Wins};
use crate::in_memory::settings::ViewRule;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;

/// The memory of a view.
#[derive(Clone, Debug, Default)]
pub(super) struct ViewProcess {
    /// What is acked once its row is there, by the numbers of the commits.
    writing: SortedMap<u64, (Name, Branch)>,
}

impl ViewProcess {
    pub fn tell_state(&self, shard: ShardIndex, state: &mut WorldState) {
        let ViewProcess { writing } = self;
        state.add_commits(shard, writing);
    }

    /// A result is shown.
    pub fn takes<E: Env<InMemory>>(
        &mut self,
        message: &Dispatch,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let &Dispatch::Show { name, shown, branch } = message else { return };
        let wins = match m.design.settings.view {
            ViewRule::Anchored | ViewRule::Newest => Wins::Newer,
            ViewRule::LastArrival => Wins::Later,
        };
        if let (Wins::Newer, Shown::Cell { standing, age }) = (wins, &shown)
            && m.env.rows(hands.shard).has_newer(standing, *age)
        {
            m.env.reach(OLDER_IGNORED);
        }
        let number = hands.commit(WRITE, name, Change::Show(shown, wins), m);
        if let Some(branch) = branch {
            self.writing.insert(number, (name, branch));
        }
    }

    /// The row is there.
    pub fn stands<E: Env<InMemory>>(
        &mut self,
        number: u64,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some((name, branch)) = self.writing.remove(&number) else { return };
        let Some(acker) = m.design.acker() else { return };
        let edges = branch.edge.bits(m.design.settings.edge_bits);
        hands.send(acker, Dispatch::Ack { name, branch, edges }, m);
    }
}
