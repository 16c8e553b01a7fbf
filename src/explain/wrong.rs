//! The events at which a run goes wrong. For each class they are others: what is too many is applied once more, what is
//! lost is taken for done by somebody, what has no end is repeated.

use super::scene::{Course, Gain, Scene, Shape, Stands};
use super::slice::Lineage;
use super::victim::Victim;
use onceproof_sim::outcome::ClassTurn;
use std::collections::BTreeMap;

/// The events at which a victim goes wrong, the first being where it is told. `holds` is a run in which it does not,
/// and `faults` are those of the schedule that did it.
pub(super) fn wrong(
    fails: &Course,
    lineage: &Lineage,
    victim: &Victim,
    holds: Option<(&Course, &Lineage)>,
    faults: &[usize],
) -> Vec<usize> {
    let seen = Sight { fails, lineage, victim, holds, faults };
    let found = match victim.class.row().turn {
        ClassTurn::Repeated => seen.too_many(),
        ClassTurn::GivenUp => seen.given_up(),
        ClassTurn::Disagrees => seen.disagreeing(),
        ClassTurn::PutDown => seen.last_put_down(),
        ClassTurn::Endless => seen.last(|scene| {
            matches!(scene.shape, Shape::Wait | Shape::Send | Shape::Call | Shape::Commit)
                && scene.is_of(&lineage.roots)
        }),
        ClassTurn::Kept => {
            let learns = |scene: &&Scene| scene.learns && scene.is_of(&lineage.roots);
            let at = fails.scenes.iter().position(|scene| learns(&scene));
            at.into_iter().collect()
        }
    };
    if !found.is_empty() {
        return found;
    }
    // Nobody did anything wrong by itself: the fault is all that there is.
    let by_fault = seen.last(|scene| scene.fault.is_some_and(|fault| faults.contains(&fault)));
    if !by_fault.is_empty() {
        return by_fault;
    }
    seen.last(|scene| scene.is_of(&lineage.roots))
}

struct Sight<'a> {
    fails: &'a Course,
    lineage: &'a Lineage,
    victim: &'a Victim,
    holds: Option<(&'a Course, &'a Lineage)>,
    faults: &'a [usize],
}

impl Sight<'_> {
    fn last(&self, is_meant: impl Fn(&Scene) -> bool) -> Vec<usize> {
        self.fails.scenes.iter().rposition(is_meant).into_iter().collect()
    }

    /// The events at which the record is put into a result of the step where it goes wrong.
    fn gains(&self) -> Vec<usize> {
        let is_its = |scene: &Scene| {
            let mut gains = scene.gains.iter().filter(|gain| !gain.is_undone());
            !scene.is_vain && gains.any(|gain| self.lineage.gains(gain, self.victim))
        };
        let scenes = self.fails.scenes.iter().enumerate();
        scenes.filter(|(_, scene)| is_its(scene)).map(|(at, _)| at).collect()
    }

    /// The last event at which the record is put into a result of that step, or into anything that is kept.
    fn last_put_down(&self) -> Vec<usize> {
        match self.gains().last() {
            Some(&at) => vec![at],
            None => self.last(|scene| {
                scene.shape == Shape::Apply && !scene.is_vain && scene.is_of(&self.lineage.roots)
            }),
        }
    }

    /// The gains of its cells that say what the result comes to.
    fn totals<'b>(
        &'b self,
        course: &'b Course,
        lineage: &'b Lineage,
    ) -> impl Iterator<Item = (usize, &'b Gain, i64)> {
        let gains = course.scenes.iter().enumerate().filter(|(_, scene)| !scene.is_vain);
        let gains = gains.flat_map(|(at, scene)| scene.gains.iter().map(move |gain| (at, gain)));
        gains.filter_map(move |(at, gain)| {
            lineage.gains(gain, self.victim).then_some((at, gain, gain.total?))
        })
    }

    fn has_totals(&self) -> bool {
        self.totals(self.fails, self.lineage).next().is_some()
    }

    /// What each total comes to where it is right.
    fn right_totals(&self) -> BTreeMap<&str, i64> {
        let mut right = BTreeMap::new();
        // Another system may say nothing of totals.
        let is_same = |course: &&Course| {
            std::ptr::eq(course.outcome.brief.alphabet, self.fails.outcome.brief.alphabet)
        };
        if let Some((course, lineage)) = self.holds.filter(|(course, _)| is_same(course)) {
            for (_, gain, total) in self.totals(course, lineage) {
                right.insert(gain.cell.as_str(), total);
            }
        }
        right
    }

    /// The events at which a total rises because of the record itself.
    fn own_rises(&self) -> Vec<usize> {
        let mut last: BTreeMap<&str, i64> = BTreeMap::new();
        let mut rises = Vec::new();
        for (at, gain, total) in self.totals(self.fails, self.lineage) {
            let before = last.insert(gain.cell.as_str(), total);
            let is_own = self.fails.scenes[at].is_of(&self.lineage.roots);
            if is_own && before.is_none_or(|before| before < total) {
                rises.push(at);
            }
        }
        rises
    }

    /// What is put into a result once too often.
    fn too_many(&self) -> Vec<usize> {
        if self.has_totals() {
            let own = self.own_rises();
            let expected = usize::try_from(self.victim.expected()).unwrap_or(usize::MAX);
            if let Some(beyond) = own.get(expected..).filter(|beyond| !beyond.is_empty()) {
                return beyond.to_vec();
            }
            let right = self.right_totals();
            let beyond = self.totals(self.fails, self.lineage).filter(|(_, gain, total)| {
                right.get(gain.cell.as_str()).is_some_and(|right| total > right)
            });
            let mut beyond: Vec<usize> = beyond.map(|(at, ..)| at).collect();
            beyond.dedup();
            if !beyond.is_empty() {
                return beyond;
            }
        }
        let expected = usize::try_from(self.victim.expected()).unwrap_or(usize::MAX);
        let gains = self.gains();
        match gains.get(expected..) {
            Some(beyond) if !beyond.is_empty() => beyond.to_vec(),
            _ => gains.last().copied().into_iter().collect(),
        }
    }

    /// Where what a lost record had done is undone, or where it is taken for done.
    fn given_up(&self) -> Vec<usize> {
        let right = self.right_totals();
        let mut most: BTreeMap<&str, i64> = BTreeMap::new();
        // What a transaction that is undone had added is not lost.
        let stand = self.totals(self.fails, self.lineage).filter(|(_, gain, _)| !gain.is_undone());
        for (at, gain, total) in stand {
            let before = most.entry(gain.cell.as_str()).or_insert(total);
            if total < *before {
                return vec![at];
            }
            *before = total;
        }
        // What another record adds to a total that has forgotten this one.
        let mut too_few = self.totals(self.fails, self.lineage).filter(|(_, gain, _)| {
            let cell = gain.cell.as_str();
            right.get(cell).is_some_and(|right| most.get(cell).is_some_and(|most| most < right))
        });
        if let Some((at, ..)) = too_few.by_ref().last() {
            return vec![at];
        }
        if let Some(at) = self.without() {
            return vec![at];
        }
        // What was taken for done before anything went wrong was not wrong yet.
        let struck = self
            .fails
            .scenes
            .iter()
            .rposition(|scene| scene.fault.is_some_and(|fault| self.faults.contains(&fault)));
        let after = |found: Vec<usize>| {
            found.into_iter().filter(|&at| struck.is_none_or(|at_fault| at_fault < at)).collect()
        };
        let by_old_owner: Vec<usize> =
            after(self.last(|scene| scene.is_of_old_owner(self.victim.step)));
        let is_its = |scene: &Scene| scene.is_of(&self.lineage.roots);
        let drops = |scene: &Scene| matches!(scene.shape, Shape::Drop | Shape::Known);
        if let Some(&at) = by_old_owner.first() {
            // Whoever has the shard may still count the record when it comes again, unless it is taken for known, or
            // nobody sends it any more.
            let is_over = |scene: &Scene| {
                let is_known = drops(scene) && !scene.is_old;
                is_known && is_its(scene) || self.is_ended_by(scene)
            };
            let mut after = self.fails.scenes.iter().enumerate().skip(at + 1);
            let for_good = after.find(|(_, scene)| is_over(scene));
            return std::iter::once(at).chain(for_good.map(|(at, _)| at)).collect();
        }
        let dropped: Vec<usize> = after(self.last(|scene| drops(scene) && is_its(scene)));
        if !dropped.is_empty() {
            return dropped;
        }
        let undone: Vec<usize> = after(self.undone().into_iter().collect());
        if !undone.is_empty() {
            return undone;
        }
        after(self.last(|scene| self.is_ended_by(scene)))
    }

    /// The last event that undoes what had the record, of results that say themselves who is in them.
    fn undone(&self) -> Option<usize> {
        let gains = self.fails.scenes.iter().filter(|scene| !scene.is_vain);
        let gains = gains.flat_map(|scene| &scene.gains).filter(|gain| gain.total.is_none());
        let its = gains.filter(|gain| self.lineage.gains(gain, self.victim));
        let ended = its.filter_map(|gain| match gain.stands {
            Stands::Undone(end) => Some(end),
            Stands::AtOnce | Stands::Open(_) | Stands::Since(_) => None,
        });
        ended.max()
    }

    /// The commit that puts the record into its total where that is right, and here leaves it out.
    fn without(&self) -> Option<usize> {
        let (course, lineage) = self.holds?;
        let (at, gain, _) = self.totals(course, lineage).last()?;
        let right = &course.scenes[at];
        let is_like = |scene: &Scene| {
            scene.shape == right.shape
                && scene.shard == right.shard
                && !scene.is_vain
                && scene.topic.as_ref().map(|topic| &topic.name)
                    == right.topic.as_ref().map(|topic| &topic.name)
                && !scene
                    .gains
                    .iter()
                    .any(|other| other.cell == gain.cell && other.step == gain.step)
        };
        self.fails.scenes.iter().position(is_like)
    }

    /// Whether a commit says that the record is done with.
    fn is_ended_by(&self, scene: &Scene) -> bool {
        let ends = self.fails.outcome.brief.alphabet.account.ends;
        !scene.is_vain && scene.change_of(ends, &self.lineage.roots).is_some()
    }

    /// The second of two executions that disagree: where something of it is put down, or where it is run.
    fn disagreeing(&self) -> Vec<usize> {
        let is_second = |scene: &Scene| {
            let gives_up = scene.shape == Shape::Drop;
            let differs = scene.shape == Shape::Call && scene.is_vain;
            (differs || gives_up) && scene.is_of(&self.lineage.roots)
        };
        let Some(run) = self.fails.scenes.iter().position(is_second) else {
            return self.last(|scene| {
                let puts_down = !scene.gains.is_empty() || !scene.leaves.is_empty();
                puts_down && !scene.is_vain && scene.is_of(&self.lineage.roots)
            });
        };
        let after = self.fails.scenes.iter().enumerate().skip(run);
        let is_put_down = |scene: &Scene| {
            scene.shape == Shape::Apply
                && !scene.is_vain
                && !scene.gains.is_empty()
                && scene.is_of(&self.lineage.roots)
        };
        let put_down = after.filter(|(_, scene)| is_put_down(scene)).map(|(at, _)| at).next();
        vec![put_down.unwrap_or(run)]
    }
}
