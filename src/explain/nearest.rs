//! The nearest run that holds: the same run with one fault taken away, the last that leaves something to be sent or
//! done again, since a run without any trouble shows nothing of what a mechanism does. Where several faults are enough
//! each, one of each is taken away; where none did it, or no such run holds, it is the run with what is to be changed.

use super::cure::Cure;
use super::scene::{Course, Shape};
use super::victim::Victim;
use crate::search::blame::Blamed;
use crate::search::space::bare;
use onceproof_sim::fault::Fault;
use onceproof_systems::Trial;

/// A run that holds.
pub(super) struct Nearest {
    pub course: Course,
    /// The faults of the failing run that it does without, by their numbers in the schedule of that.
    pub without: Vec<usize>,
    /// Whether what is to be changed is changed in it.
    pub is_cured: bool,
    /// Whether the record is right at all steps; else it only goes wrong in another way.
    pub is_whole: bool,
}

/// The nearest run that holds, if there is one.
pub(super) fn nearest(
    trial: &Trial,
    seed: Option<u64>,
    schedule: &[Fault],
    victim: &Victim,
    blamed: &Blamed,
    cure: &Cure,
) -> Option<Nearest> {
    let sets = match blamed {
        Blamed::Faults { sets, .. } => sets.as_slice(),
        Blamed::NoFault | Blamed::Unknown(_) => &[],
    };
    let (mut plain, mut partial) = (None, None);
    for without in candidates(sets) {
        let trial = bare(trial).with(|plan| {
            let kept = schedule.iter().enumerate().filter(|(at, _)| !without.contains(at));
            plan.faults = kept.map(|(_, fault)| fault.clone()).collect();
        });
        let course = Course::of(&trial, seed);
        if victim.is_same_in(&course.outcome) {
            continue;
        }
        let (is_whole, has_retry) = (!victim.is_in(&course.outcome), has_retry(&course, victim));
        let found = Nearest { course, without, is_cured: false, is_whole };
        match (is_whole, has_retry) {
            (true, true) => return Some(found),
            (true, false) => drop(plain.get_or_insert(found)),
            (false, _) => drop(partial.get_or_insert(found)),
        }
    }
    let cured = || {
        let course = Course::of(cure.trial()?, seed);
        let is_whole = !victim.is_in(&course.outcome);
        is_whole.then_some(Nearest { course, without: Vec::new(), is_cured: true, is_whole })
    };
    plain.or(partial).or_else(cured)
}

/// Which faults are taken away, in the order in which that is tried.
fn candidates(sets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let sorted = |mut faults: Vec<usize>| {
        faults.sort_unstable();
        faults.dedup();
        faults
    };
    match sets {
        [] => Vec::new(),
        [set] => set.iter().rev().map(|&fault| vec![fault]).collect(),
        sets => {
            let last = sets.iter().filter_map(|set| set.last().copied()).collect();
            vec![sorted(last), sorted(sets.concat())]
        }
    }
}

/// Whether anything is sent, read or done again for a record.
fn has_retry(course: &Course, victim: &Victim) -> bool {
    let Some(root) = victim.root else { return false };
    let again = |shape| matches!(shape, Shape::Send | Shape::Call | Shape::Read | Shape::Ask);
    let mut of_it = course.scenes.iter().filter(|scene| scene.is_of(&[root]));
    of_it.any(|scene| scene.shape == Shape::Known || scene.is_again && again(scene.shape))
}
