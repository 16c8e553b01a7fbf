//! How a search runs the schedules that it comes to: each from where the one it extends stands just before the next fault, or,
//! where there is no copy of a run, from the beginning.

use super::space::Space;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::Brief;
use onceproof_sim::simulator::{Extensions, Forks, IsNew, Possibility};
use onceproof_systems::{Simulator, Trial};
use std::sync::atomic::AtomicBool;

/// What runs the schedules that one thread of a search comes to, one within the other.
pub(super) struct Runner<'a> {
    begins: Begins<'a>,
    seed: Option<u64>,
    space: &'a Space,
}

enum Begins<'a> {
    AtFork(Box<dyn Forks + 'a>),
    AtBeginning(Simulator<'a>),
}

impl<'a> Runner<'a> {
    /// For schedules of so many faults.
    pub fn new(trial: &'a Trial, seed: Option<u64>, space: &'a Space, most: u32) -> Runner<'a> {
        let begins = match trial.forks().filter(|_| space.forks) {
            Some(mut forks) => {
                forks.begin(seed, &space.kinds, most.saturating_sub(1) as usize);
                Begins::AtFork(forks)
            }
            None => Begins::AtBeginning(trial.simulator()),
        };
        Runner { begins, seed, space }
    }

    /// The run of a schedule that is extended, and what could come after its last fault, which is this one; none if it was
    /// stopped. Schedules that begin with it follow, until it is left.
    pub fn enter(
        &mut self,
        faults: &[Fault],
        last: &Possibility,
        is_new: Option<IsNew<'_>>,
        stop: &AtomicBool,
    ) -> Option<Extensions> {
        match &mut self.begins {
            Begins::AtFork(forks) => forks.branch(faults, last.question, is_new, stop),
            Begins::AtBeginning(simulator) => {
                simulator.place(faults);
                let (seed, kinds) = (self.seed, &self.space.kinds);
                let found = simulator.extensions_unless(seed, kinds, is_new.is_some(), stop)?;
                if let Some(is_new) = is_new {
                    found.states.iter().all(is_new);
                }
                Some(found)
            }
        }
    }

    /// No schedule that begins with the one that was entered last follows any more.
    pub fn leave(&mut self) {
        if let Begins::AtFork(forks) = &mut self.begins {
            forks.leave();
        }
    }

    /// The run of a schedule that is extended no more; none if it was stopped.
    pub fn run(
        &mut self,
        faults: &[Fault],
        last: &Possibility,
        stop: &AtomicBool,
    ) -> Option<Brief> {
        match &mut self.begins {
            Begins::AtFork(forks) => forks.twig(faults, last.question, stop),
            Begins::AtBeginning(simulator) => {
                simulator.place(faults);
                simulator.brief_unless(self.seed, stop)
            }
        }
    }

    /// Whether all faults of the schedule that was run last have fired.
    pub fn have_all_fired(&self) -> bool {
        match &self.begins {
            Begins::AtFork(forks) => forks.unfired().is_empty(),
            Begins::AtBeginning(simulator) => simulator.unfired().is_empty(),
        }
    }
}
