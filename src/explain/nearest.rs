//! The nearest run that holds: the same run with one fault taken away, the last that leaves something to be sent or
//! done again, since a run without any trouble shows nothing of what a mechanism does. Where several faults are enough
//! each, one of each is taken away; where none did it, or no such run holds, it is the run with what is to be changed.

use super::cure::{Cure, Failure};
use super::scene::{Course, Shape};
use super::victim::Victim;
use crate::search::blame::Blamed;
use crate::search::space::bare;

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

/// How near a run is to what is asked for, the nearest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fit {
    /// The record is right, and something is done again for it.
    Again,
    /// The record is right.
    Plain,
    /// The record goes wrong in another way.
    Partly,
}

/// The nearest run that holds, if there is one.
pub(super) fn nearest(
    failure: Failure<'_>,
    victim: &Victim,
    blamed: &Blamed,
    cure: &Cure,
) -> Option<Nearest> {
    let Failure { trial, seed, schedule, cancel, .. } = failure;
    let sets = match blamed {
        Blamed::Faults { sets, .. } => sets.as_slice(),
        Blamed::NoFault | Blamed::Unknown(_) => &[],
    };
    let found = candidates(sets).into_iter().filter_map(|without| {
        let trial = bare(trial).with(|plan| {
            let kept = schedule.iter().enumerate().filter(|(at, _)| !without.contains(at));
            plan.faults = kept.map(|(_, fault)| fault.clone()).collect();
        });
        let course = Course::of(&trial, seed, cancel)?;
        if victim.is_same_in(&course.outcome) {
            return None;
        }
        let fit = match (victim.is_in(&course.outcome), has_retry(&course, victim)) {
            (true, _) => Fit::Partly,
            (false, true) => Fit::Again,
            (false, false) => Fit::Plain,
        };
        Some((fit, Nearest { course, without, is_cured: false, is_whole: fit != Fit::Partly }))
    });
    let cured = || {
        let course = Course::of(cure.trial()?, seed, cancel)?;
        let is_whole = !victim.is_in(&course.outcome);
        is_whole.then_some(Nearest { course, without: Vec::new(), is_cured: true, is_whole })
    };
    best(found).or_else(cured)
}

/// The first of those that fit best. None is asked for after one that fits as well as any can.
fn best<T>(found: impl Iterator<Item = (Fit, T)>) -> Option<T> {
    let mut best: Option<(Fit, T)> = None;
    for (fit, one) in found {
        if best.as_ref().is_none_or(|(so_far, _)| fit < *so_far) {
            best = Some((fit, one));
        }
        if fit == Fit::Again {
            break;
        }
    }
    best.map(|(_, one)| one)
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

#[cfg(test)]
mod tests {
    use super::Fit::{Again, Partly, Plain};
    use super::*;

    #[test]
    fn the_last_fault_is_left_out_first_and_of_several_sets_the_last_of_each() {
        let check = |sets: &[&[usize]], expected: &[&[usize]]| {
            let sets: Vec<Vec<usize>> = sets.iter().map(|set| set.to_vec()).collect();
            assert_eq!(candidates(&sets), expected, "{sets:?}");
        };
        check(&[], &[]);
        check(&[&[4]], &[&[4]]);
        check(&[&[1, 4, 7]], &[&[7], &[4], &[1]]);
        check(&[&[1, 4], &[2, 4]], &[&[4], &[1, 2, 4]]);
        check(&[&[1, 7], &[2], &[3, 5]], &[&[2, 5, 7], &[1, 2, 3, 5, 7]]);
    }

    #[test]
    fn the_first_run_with_a_retry_is_nearest_then_one_that_holds_then_one_that_goes_wrong_otherwise()
     {
        let check = |fits: &[Fit], expected: Option<usize>, asked: usize| {
            let mut runs = 0;
            let found = fits.iter().copied().enumerate().map(|(at, fit)| (fit, at));
            assert_eq!(best(found.inspect(|_| runs += 1)), expected, "{fits:?}");
            assert_eq!(runs, asked, "{fits:?}");
        };
        check(&[], None, 0);
        check(&[Partly], Some(0), 1);
        check(&[Partly, Plain, Plain], Some(1), 3);
        check(&[Plain, Partly], Some(0), 2);
        check(&[Partly, Plain, Again, Again], Some(2), 3);
        check(&[Again, Plain], Some(0), 1);
    }
}
