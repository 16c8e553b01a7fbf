//! What an exhaustive search is about: which kinds of faults, how many at a time, and what need not be run.

use super::certificate::ENGINE;
use onceproof_kernel::mix;
use onceproof_sim::fault::{Climate, Kind, KindName};
use onceproof_sim::simulator::legs;
use onceproof_systems::Trial;

/// What is searched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Space {
    /// The kinds of faults, with their parameters.
    pub kinds: Vec<Kind>,
    /// The most faults of a schedule.
    pub most: u32,
    /// Whether what leads to the very same state is left out.
    pub prunes: bool,
    /// Whether schedules that a cause explains are run, too.
    pub runs_explained: bool,
    /// Whether runs begin where a shorter schedule stands just before their last fault, where that can be. What is found is
    /// the same; a test compares both.
    pub forks: bool,
    /// Whether to end with the smallest number of faults that breaks the scenario.
    pub stops_at_cause: bool,
}

impl Space {
    /// The schedules of at most so many faults of these kinds: each with every parameter that the plan gives it in
    /// its odds, or else with that of its first exact fault of the kind, else with the default one; and for either
    /// leg. A kind that no design survives is left out.
    pub fn new(trial: &Trial, names: &[KindName], most: u32) -> Space {
        let with_parameters = |&name: &KindName| {
            let of_name = |kind: &Kind| kind.name() == name;
            let mut given: Vec<Kind> = trial.plan.climate.kinds().filter(of_name).collect();
            if given.is_empty() {
                let exact = trial.plan.faults.iter().map(|fault| fault.kind).find(of_name);
                given.push(exact.unwrap_or_else(|| name.with_defaults()));
            }
            let mut kinds: Vec<Kind> = given.into_iter().flat_map(legs).collect();
            // Either leg may have been given its own odds.
            let mut seen = Vec::new();
            kinds.retain(|kind| {
                !seen.contains(kind) && {
                    seen.push(*kind);
                    true
                }
            });
            kinds
        };
        let searched = names.iter().filter(|name| name.row().is_searched);
        let kinds = searched.flat_map(with_parameters).collect();
        Space {
            kinds,
            most,
            prunes: true,
            runs_explained: false,
            forks: true,
            stops_at_cause: false,
        }
    }

    /// Without the kinds that can do nothing in this system: a clock that nobody reads may stand as it likes, where
    /// there is no group nobody is a member of it, and where each message travels by itself no channel breaks.
    pub(super) fn without_idle_kinds(&self, trial: &Trial) -> Space {
        let mut space = self.clone();
        let is_idle = |kind: &Kind| match kind {
            Kind::ClockStep { .. } => !trial.design.reads_clocks(),
            Kind::Gone => !trial.layout().has_members(),
            Kind::Disconnect => trial.design.channels().is_empty(),
            _ => false,
        };
        space.kinds.retain(|kind| !is_idle(kind));
        space
    }

    /// How many threads a search can keep busy at most: each takes a first fault, of which there are no more.
    pub fn most_jobs(&self, trial: &Trial, seed: Option<u64>) -> u64 {
        match self.most {
            0 => 1,
            _ => {
                let Space { kinds, .. } = self.without_idle_kinds(trial);
                trial.simulator().extensions(seed, &kinds).possible.len() as u64
            }
        }
    }

    /// A hash of a plan and of what is searched in it.
    pub fn hash(&self, trial: &Trial, seed: Option<u64>) -> u64 {
        // Where runs begin changes nothing of what is found.
        let space = Space { forks: true, ..self.clone() };
        mix::text(&format!("{ENGINE} {trial:?} {seed:?} {space:?}"))
    }
}

/// The plan that a search is about: the faults that it has of its own are left out, since the search
/// places them all.
pub fn bare(trial: &Trial) -> Trial {
    trial.with(|plan| {
        plan.climate = Climate::default();
        plan.faults = Vec::new();
    })
}
