//! What executions of functions of the user's own came to, seen where they were executed, outside the system under test.
//! Of an execution that asks for nothing nothing is kept: it can be done again.

use hashbrown::HashMap;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::right::Came;
use onceproof_kernel::state::WorldState;
use rustc_hash::FxBuildHasher;

/// What the executions on each record came to, each once, in the order in which it was first come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Executions(HashMap<(StepIndex, Name), Vec<Came>, FxBuildHasher>);

impl Executions {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn tell_state(&self, state: &mut WorldState) {
        state.add_set(&self.0);
    }

    pub fn add(&mut self, step: StepIndex, name: Name, came: Came) {
        let all = self.0.entry((step, name)).or_default();
        if !all.contains(&came) {
            all.push(came);
        }
    }

    pub fn of(&self, step: StepIndex, name: Name) -> &[Came] {
        self.0.get(&(step, name)).map_or(&[], Vec::as_slice)
    }
}
