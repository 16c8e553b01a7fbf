//! What of a run is told: what happens to one record and to what was made of it, the faults that did the damage with
//! what came of them, and what led to the event that is wrong. Watermarks and acks tie everything to everything, so all
//! that happened before is no story.

use super::scene::{Course, Gain, Scene, Shape, Stands};
use super::victim::Victim;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_sim::outcome::Class;
use onceproof_systems::Trial;
use std::collections::BTreeSet;

/// How many events of a story are told at its beginning.
pub(super) const FIRST_EVENTS: usize = 400;
/// How many at its end.
const LAST_EVENTS: usize = 60;

/// What belongs to a record in one run.
pub(super) struct Lineage {
    /// The roots of the record, and of the panes that hold it below the step where it goes wrong.
    pub roots: Vec<u64>,
    /// The results of that step that it belongs to.
    pub cells: BTreeSet<String>,
    /// Whether these are known by what was shown because of the record, and not by its key alone.
    is_sure: bool,
    /// The roots of another record, by which this one went wrong: of its way, what matters is told too.
    pub other: Vec<u64>,
}

impl Lineage {
    /// That of a victim, in the run in which it goes wrong or in another one.
    pub fn of(course: &Course, victim: &Victim, trial: &Trial) -> Lineage {
        let mut roots: Vec<u64> = victim.root.into_iter().collect();
        let depths = trial.design.pipeline().depths();
        let is_above = |step: StepIndex| {
            // Two executions of an aggregate are seen in its panes.
            let is_same = victim.class == Class::Divergent && victim.step == Some(step);
            is_same || victim.step.is_none_or(|of| of != step && depths.of(step) < depths.of(of))
        };
        let mut holding: BTreeSet<(u16, String)> = BTreeSet::new();
        for scene in &course.scenes {
            for gain in &scene.gains {
                if gain.roots.iter().any(|root| roots.contains(root)) && is_above(gain.step) {
                    holding.insert((gain.step.0, gain.cell.clone()));
                }
            }
            if let Some((step, cell)) = &scene.takes
                && scene.is_of(&roots)
                && is_above(*step)
            {
                holding.insert((step.0, cell.clone()));
            }
            for (step, cell, root) in &scene.leaves {
                if holding.remove(&(step.0, cell.clone())) && !roots.contains(root) {
                    roots.push(*root);
                }
            }
        }
        let (cells, is_sure) = cells(course, victim, &roots);
        Lineage { roots, cells, is_sure, other: Vec::new() }
    }

    /// Has two runs agree on the results that the record belongs to: one may show what the other does not.
    pub fn agree(&mut self, other: &mut Lineage) {
        let all = match (self.is_sure, other.is_sure) {
            (true, false) => self.cells.clone(),
            (false, true) => other.cells.clone(),
            (true, true) | (false, false) => self.cells.union(&other.cells).cloned().collect(),
        };
        (self.cells, other.cells) = (all.clone(), all);
    }

    /// Whether a gain is one of the record at the step where it goes wrong.
    pub fn gains(&self, gain: &Gain, victim: &Victim) -> bool {
        let is_its = match gain.total {
            Some(_) => self.cells.contains(&gain.cell),
            None => gain.roots.iter().any(|root| self.roots.contains(root)),
        };
        is_its && victim.step.is_none_or(|step| step == gain.step)
    }
}

/// The totals that a record belongs to: those that were shown because of it, or else those of its key.
fn cells(course: &Course, victim: &Victim, roots: &[u64]) -> (BTreeSet<String>, bool) {
    let totals = || {
        let gains = course
            .scenes
            .iter()
            .flat_map(|scene| scene.gains.iter().map(move |gain| (scene, gain)));
        let is_there = |gain: &Gain| victim.step.is_none_or(|step| step == gain.step);
        gains.filter(move |(_, gain)| gain.total.is_some() && is_there(gain))
    };
    let because: BTreeSet<String> = totals()
        .filter(|(scene, _)| scene.is_of(roots))
        .map(|(_, gain)| gain.cell.clone())
        .collect();
    if !because.is_empty() {
        return (because, true);
    }
    let key = |cell: &str| cell.rsplit_once('@').map_or(cell.to_owned(), |(key, _)| key.to_owned());
    let is_its = |cell: &str| [victim.key.as_str(), "*", ""].contains(&key(cell).as_str());
    let of_key = totals().filter(|(_, gain)| is_its(&gain.cell));
    (of_key.map(|(_, gain)| gain.cell.clone()).collect(), false)
}

/// Which events of a run are told, in order. `faults` are those of its schedule that did it, and `must` are events that
/// are told whatever they are about.
pub(super) fn slice(
    course: &Course,
    lineage: &Lineage,
    victim: &Victim,
    faults: &[usize],
    must: &[usize],
) -> Vec<usize> {
    let is_fault = |scene: &Scene| scene.fault.is_some_and(|fault| faults.contains(&fault));
    let befalls = |scene: &Scene| {
        is_fault(scene) && matches!(scene.shape, Shape::Crash | Shape::Pause | Shape::Move)
    };
    // Each worker that a fault befell, and at which event it did first.
    let mut workers: SortedMap<u32, usize> = SortedMap::new();
    for (at, scene) in course.scenes.iter().enumerate().filter(|(_, scene)| befalls(scene)) {
        if let Some(worker) = scene.worker {
            workers.or_insert_with(worker, || at);
        }
    }
    let comes_of_it = |at: usize, scene: &Scene| {
        let is_struck = |worker: u32| workers.get(&worker).is_some_and(|&since| since < at);
        let is_of_worker = scene.worker.is_some_and(is_struck);
        let is_of_move =
            scene.shape == Shape::Move && u32::try_from(scene.number).is_ok_and(is_struck);
        let has_no_shard = scene.shard.is_none();
        let is_back = matches!(scene.shape, Shape::Back | Shape::GoesOn);
        let begins = scene.roots.is_empty() && scene.told.is_some();
        let is_note = scene.shape == Shape::Note && (has_no_shard || begins);
        is_of_move || is_of_worker && (is_back || is_note)
    };
    let is_on_its_way = |scene: &Scene| {
        let moves =
            matches!(scene.shape, Shape::Read | Shape::Send | Shape::Receive | Shape::Known);
        moves && !scene.is_aside && scene.is_of(&lineage.other)
    };
    // What ends a transaction is what puts the record into a result.
    let is_its = |gain: &&Gain| lineage.gains(gain, victim);
    let ends: BTreeSet<usize> = course
        .scenes
        .iter()
        .flat_map(|scene| scene.gains.iter().filter(is_its))
        .filter_map(|gain| match gain.stands {
            Stands::Since(end) | Stands::Undone(end) => Some(end),
            Stands::AtOnce | Stands::Open(_) => None,
        })
        .collect();
    let is_told = |at: usize, scene: &Scene| {
        scene.is_of(&lineage.roots)
            || ends.contains(&at)
            || is_on_its_way(scene)
            || is_fault(scene)
            || comes_of_it(at, scene)
            || scene.gains.iter().any(|gain| lineage.gains(gain, victim))
    };
    let scenes = course.scenes.iter().enumerate();
    let told = scenes.filter(|&(at, scene)| must.contains(&at) || is_told(at, scene));
    shortened(told.map(|(at, _)| at).collect(), |at| {
        must.contains(&at) || is_fault(&course.scenes[at])
    })
}

/// The first events of a story and the last, with those between that must be told. What repeats itself without end would
/// be told without end.
fn shortened(told: Vec<usize>, must: impl Fn(usize) -> bool) -> Vec<usize> {
    let end = told.len().saturating_sub(LAST_EVENTS).max(FIRST_EVENTS);
    let is_kept =
        |&(number, at): &(usize, usize)| number < FIRST_EVENTS || number >= end || must(at);
    told.into_iter().enumerate().filter(is_kept).map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_story_keeps_its_beginning_its_end_and_what_must_be_told() {
        let all = FIRST_EVENTS + LAST_EVENTS;
        assert_eq!(shortened((0..all).collect(), |_| false).len(), all);
        let long = shortened((0..10 * all).collect(), |at| at == 5 * all);
        assert_eq!(long.len(), all + 1);
        assert!(long.contains(&0) && long.contains(&(5 * all)) && long.contains(&(10 * all - 1)));
    }
}
