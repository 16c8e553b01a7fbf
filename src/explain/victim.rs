//! What of a bad run is explained: one record, or the run as a whole by the record that shows it.

use super::scene::{Course, Scene, Shape, Stands};
use crate::report::damage::candidates;
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::outcome::{Class, Damage, Outcome};
use onceproof_systems::Trial;
use std::collections::{BTreeMap, BTreeSet};

/// Of so many damaged records the faults are looked for, so that the plainest can be told.
const MOST_CANDIDATES: usize = 8;

/// The record whose story is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Victim {
    /// What is wrong.
    pub class: Class,
    /// At which step, where that is known.
    pub step: Option<StepIndex>,
    /// The record; empty where the run has none.
    pub record: String,
    /// Its key.
    pub key: String,
    /// By what it is known, and what was made of it.
    pub root: Option<u64>,
    /// What is known of its damage, and which of those of the outcome it is; none for a class that damages no record.
    pub damage: Option<(usize, Damage)>,
}

impl Victim {
    /// The damaged records of which one may be told, by their numbers in the outcome: those of the name that is asked
    /// for, or else the first few that the fewest faults touched.
    pub fn candidates(course: &Course, trial: &Trial, asked: Option<&str>) -> Vec<usize> {
        let outcome = &course.outcome;
        let mut listed = candidates(outcome, trial);
        match asked {
            None => listed.truncate(MOST_CANDIDATES),
            Some(name) => {
                let others = (0..outcome.damage.len()).filter(|at| !listed.contains(at));
                listed.extend(others.collect::<Vec<_>>());
                listed.retain(|&at| outcome.damage[at].record == name);
                listed.truncate(1);
            }
        }
        listed
    }

    /// A class that damages no record, by the record that shows it. None if the run has none, or not the one that is
    /// asked for.
    pub fn of_class(course: &Course, asked: Option<&str>) -> Option<Victim> {
        let outcome = &course.outcome;
        let class = outcome.brief.classes.iter().next().filter(|_| outcome.damage.is_empty())?;
        let (roots, step) = course.shows(class)?;
        let roots = course.made_of(roots);
        let of_it = || course.scenes.iter().filter(|scene| scene.is_of(&roots));
        let read = of_it().find(|scene| scene.shape == Shape::Read);
        let topic = read.or_else(|| of_it().next()).and_then(|scene| scene.topic.clone());
        let record = topic.as_ref().map_or_else(String::new, |topic| topic.name.clone());
        if asked.is_some_and(|name| name != record) {
            return None;
        }
        let key = topic.map_or_else(String::new, |topic| topic.key);
        Some(Victim { class, step, record, key, root: roots.first().copied(), damage: None })
    }

    /// The record of the damage with this number.
    pub fn damaged(course: &Course, at: usize) -> Option<Victim> {
        Victim::all_damaged(course, &[at]).pop()
    }

    /// The records of the damages with these numbers, found by one look at the run.
    pub fn all_damaged(course: &Course, which: &[usize]) -> Vec<Victim> {
        let damage = &course.outcome.damage;
        let mut of_records: BTreeMap<&str, Vec<&Scene>> =
            which.iter().map(|&at| (damage[at].record.as_str(), Vec::new())).collect();
        for scene in &course.scenes {
            let Some(topic) = &scene.topic else { continue };
            if let Some(of_it) = of_records.get_mut(topic.name.as_str())
                && of_it.len() < 2
            {
                of_it.push(scene);
            }
        }
        let victim = |&at: &usize| {
            let damage = damage[at].clone();
            let of_it = &of_records[damage.record.as_str()];
            let mut keys = of_it.iter().filter_map(|scene| scene.topic.as_ref()).map(|of| &of.key);
            Victim {
                class: damage.class,
                step: Some(damage.step),
                record: damage.record.clone(),
                key: keys.find(|key| !key.is_empty()).cloned().unwrap_or_default(),
                root: of_it.first().and_then(|scene| scene.roots.first().copied()),
                damage: Some((at, damage)),
            }
        };
        which.iter().map(victim).collect()
    }

    /// Whether a run shows the same.
    pub fn is_in(&self, outcome: &Outcome) -> bool {
        match &self.damage {
            None => outcome.brief.classes.contains(self.class),
            // A record that goes wrong otherwise does not hold either.
            Some(_) => outcome.damage.iter().any(|other| other.record == self.record),
        }
    }

    /// Whether a run shows this damage, whatever else it shows of the record.
    pub fn is_same_in(&self, outcome: &Outcome) -> bool {
        match &self.damage {
            None => self.is_in(outcome),
            Some(_) => outcome.damage.iter().any(|other| {
                other.record == self.record
                    && other.class == self.class
                    && Some(other.step) == self.step
            }),
        }
    }

    /// How often it should be there.
    pub fn expected(&self) -> u64 {
        self.damage.as_ref().map_or(1, |(_, damage)| damage.expected)
    }

    /// The record with its key.
    pub fn named(&self) -> String {
        match self.key.is_empty() || self.key == self.record {
            true => self.record.clone(),
            false => format!("{} ({})", self.record, self.key),
        }
    }
}

impl Course {
    /// What a class that damages no record is seen by: the roots of a record, and the step.
    fn shows(&self, class: Class) -> Option<(Vec<u64>, Option<StepIndex>)> {
        let repeats =
            |shape| matches!(shape, Shape::Wait | Shape::Send | Shape::Call | Shape::Commit);
        let mut of_records = self.scenes.iter().filter(|scene| !scene.roots.is_empty());
        let scene = match class {
            Class::Stuck => {
                let done = self.done();
                let is_done = |scene: &Scene| scene.roots.iter().all(|root| done.contains(root));
                let mut open = of_records.clone().filter(|scene| !is_done(scene));
                let last = open.rfind(|scene| repeats(scene.shape));
                last.or_else(|| of_records.rfind(|scene| repeats(scene.shape)))
            }
            Class::Unbounded => of_records.find(|scene| scene.learns),
            _ => of_records.rfind(|scene| !scene.gains.is_empty()),
        };
        let first = || self.scenes.iter().find(|scene| !scene.roots.is_empty());
        let scene = scene.or_else(first)?;
        let step = scene.gains.first().map(|gain| gain.step);
        Some((scene.roots.clone(), step))
    }

    /// The roots of all that stands in a result at the end, and of what was held in it: it waits for nothing any more.
    fn done(&self) -> BTreeSet<u64> {
        let gains = self.scenes.iter().flat_map(|scene| &scene.gains);
        let stand =
            gains.filter(|gain| gain.total.is_none() && matches!(gain.stands, Stands::Since(_)));
        let mut done: BTreeSet<u64> = stand.flat_map(|gain| gain.roots.iter().copied()).collect();
        let mut cells = BTreeSet::new();
        for scene in self.scenes.iter().rev() {
            let left = scene.leaves.iter().filter(|(.., root)| done.contains(root));
            cells.extend(left.map(|(step, cell, _)| (*step, cell.clone())));
            if scene.takes.as_ref().is_some_and(|taken| cells.contains(taken)) {
                done.extend(&scene.roots);
            }
        }
        done
    }

    /// The roots of a record that is read and is in what has these, where that is held in memory: a pane is read by nobody.
    fn made_of(&self, mut roots: Vec<u64>) -> Vec<u64> {
        for at in (0..self.scenes.len()).rev() {
            let left = self.scenes[at].leaves.iter().find(|(.., root)| roots.contains(root));
            let Some((step, cell, _)) = left else { continue };
            let is_it = |scene: &&Scene| {
                scene.takes.as_ref().is_some_and(|(of, taken)| (of, taken) == (step, cell))
            };
            if let Some(taken) = self.scenes[..at].iter().find(is_it) {
                roots.clone_from(&taken.roots);
            }
        }
        roots
    }
}
