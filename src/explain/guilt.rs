//! The event at which it shows what is wrong, where that is not the event at which the record goes wrong: a position that
//! was moved too far, a transaction that was ended by nobody who may. It may be about another record, so that the story
//! of this one alone would leave it out.
//!
//! It is the first thing that a wrong setting does, and that the same run with that setting put right does not do. A
//! position of `offsets = "highest"` is moved beyond a gap long before its record is missed.

use super::cure::Cure;
use super::scene::{Course, Scene, Shape};
use super::sentences::lower;
use super::slice::Lineage;
use onceproof_sim::outcome::{Class, ClassTurn};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// The event at which it shows what is wrong.
pub(super) struct Guilty {
    /// Its number in the failing run.
    pub at: usize,
    /// What was believed there, in the words of its system; none for a protocol of a user's own, which says nothing.
    pub believed: Option<&'static str>,
    /// What was true.
    pub truth: String,
}

/// The event of a bad run at which its wrong setting acts, before the record goes wrong at `wrong`; at any time in a run
/// without end, where no event is the one that is wrong. None where what is to be changed acts on the record alone.
pub(super) fn guilty(
    fails: &Course,
    lineage: &Lineage,
    cure: &Cure,
    (class, wrong): (Class, usize),
    (seed, cancel): (Option<u64>, &AtomicBool),
) -> Option<Guilty> {
    let Cure::Settings { repairs, trial, .. } = cure else { return None };
    let repair = repairs.first()?;
    let account = fails.outcome.brief.alphabet.account;
    let acts = account.acts(repair.key)?;
    let right = Course::of(trial, seed, cancel)?;
    let before = match class.row().turn {
        ClassTurn::Endless => fails.scenes.len(),
        _ => wrong,
    };
    let at = first_of_its_own(&fails.scenes[..before], &right.scenes, acts.words, lineage)?;
    let guard = account.guard(repair.key, &repair.was)?;
    Some(Guilty { at, believed: Some(acts.believed), truth: lower(guard.misses) })
}

/// The first event that does one of these things, and that another run does not have: of those that are about the record
/// itself, or else of all.
fn first_of_its_own(
    fails: &[Scene],
    right: &[Scene],
    words: &[&str],
    lineage: &Lineage,
) -> Option<usize> {
    let tells = |scene: &Scene| scene.told.as_ref().is_some_and(|(told, _)| words.contains(told));
    let is_done = |scene: &Scene| scene.shape == Shape::Apply && !scene.is_vain;
    let does = |scene: &Scene| {
        let mut changes = scene.changes.iter();
        tells(scene) || is_done(scene) && changes.any(|change| words.contains(&change.word))
    };
    let does_to_it = |scene: &Scene| {
        let roots = &lineage.roots;
        tells(scene) && scene.is_of(roots)
            || is_done(scene) && scene.change_of(words, roots).is_some()
    };
    let known: BTreeSet<(u64, &str)> =
        right.iter().map(|scene| (scene.at, scene.sentence.as_str())).collect();
    let own = || {
        let scenes = fails.iter().enumerate();
        scenes.filter(|(_, scene)| does(scene) && !known.contains(&(scene.at, &scene.sentence)))
    };
    let about_it = own().find(|(_, scene)| does_to_it(scene));
    about_it.or_else(|| own().next()).map(|(at, _)| at)
}
