//! The failing runs of a sweep by what did it: of each run the plainest smallest set of faults that is enough for any of
//! its damage, and the runs together whose sets are of the same kinds and which fail in the same classes.

use super::damage::{candidates, plainest};
use super::damage_line::{by_itself, damage_line};
use super::parts_json::{class_words, seed_text};
use super::words::fault_in_words;
use crate::search::blame::{Blame, Blamed, blame};
use crate::search::shrink::bench::Watch;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::{Class, Damage, Outcome};
use onceproof_systems::Trial;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// The most failing runs that are looked at.
pub const MOST_RUNS: usize = 20;

/// Of how many damages of a run the faults are looked for. The plainest of them is told.
const MOST_DAMAGES: usize = 5;

/// What did one failing run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FailedRun {
    /// Its seed.
    pub seed: Option<u64>,
    /// The command that runs it again.
    pub replay: String,
    classes: Vec<Class>,
    /// The kinds of the faults that were enough, in their order; none where it is not known.
    kinds: Option<Vec<KindName>>,
    /// These faults in words.
    faults: Vec<String>,
    /// What they did to one record, if it was done to one.
    damage: Option<String>,
}

impl FailedRun {
    /// The faults that were enough, in words; none where it is not known.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Runs it again, and finds out what did it.
    pub fn of(trial: &Trial, seed: Option<u64>, replay: String, cancel: &AtomicBool) -> FailedRun {
        let outcome = trial.simulator().detail(seed);
        let mut which = candidates(&outcome, trial);
        which.truncate(MOST_DAMAGES);
        let watch = Watch { cancel, tell: &|_| {} };
        let blame = blame(trial, seed, &outcome, &which, watch);
        FailedRun::blamed(trial, seed, &outcome, &blame, replay)
    }

    /// The same of a run of which it was found out.
    pub fn blamed(
        trial: &Trial,
        seed: Option<u64>,
        outcome: &Outcome,
        blame: &Blame,
        replay: String,
    ) -> FailedRun {
        let (blamed, damage) = plainest(outcome, blame, trial);
        let set = match blamed {
            Some(Blamed::NoFault) => Some(&[][..]),
            Some(Blamed::Faults { sets, .. }) => sets.first().map(Vec::as_slice),
            Some(Blamed::Unknown(_)) | None => None,
        };
        let faults = set.into_iter().flatten().map(|&at| &outcome.schedule[at]);
        FailedRun {
            seed,
            replay,
            classes: outcome.brief.classes.iter().collect(),
            kinds: set.map(|_| faults.clone().map(|fault| fault.kind.name()).collect()),
            faults: faults.map(|fault| fault_in_words(fault, trial)).collect(),
            damage: damage.map(|at| told(&outcome.damage[at], trial)),
        }
    }
}

/// What happened to a record, and what did that without any fault, if it is known.
fn told(damage: &Damage, trial: &Trial) -> String {
    let line = damage_line(damage, trial);
    by_itself(damage, trial).map_or(line.clone(), |what| format!("{line}; {what}"))
}

/// Failing runs with one cause.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct FailuresPart<'a> {
    /// The classes in which they fail.
    classes: Vec<&'static str>,
    /// The kinds of the faults that were enough; none where it is not known.
    kinds: Option<Vec<&'static str>>,
    /// These faults in the first run, in words.
    faults: &'a [String],
    /// What they did to one record in the first run, if it was done to one.
    damage: Option<&'a str>,
    /// The runs.
    runs: Vec<FailedPart<'a>>,
}

/// A failing run.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FailedPart<'a> {
    /// Its seed, as a text.
    seed: Option<String>,
    /// The command that runs it again.
    replay: &'a str,
}

/// The failing runs by their causes, those that did most first.
pub(super) fn failures_parts(runs: &[FailedRun]) -> Vec<FailuresPart<'_>> {
    let mut groups: Vec<Vec<&FailedRun>> = Vec::new();
    for run in runs {
        let is_same =
            |other: &FailedRun| (&other.classes, &other.kinds) == (&run.classes, &run.kinds);
        match groups.iter_mut().find(|group| is_same(group[0])) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    // What is not known comes last.
    groups.sort_by_key(|group| (group[0].kinds.is_none(), usize::MAX - group.len()));
    groups.iter().map(|group| group_part(group)).collect()
}

fn group_part<'a>(group: &[&'a FailedRun]) -> FailuresPart<'a> {
    let FailedRun { classes, kinds, faults, damage, .. } = group[0];
    let words = |kinds: &Vec<KindName>| kinds.iter().map(|kind| kind.word()).collect();
    let run = |run: &&'a FailedRun| FailedPart { seed: seed_text(run.seed), replay: &run.replay };
    FailuresPart {
        classes: class_words(classes.iter().copied()),
        kinds: kinds.as_ref().map(words),
        faults,
        damage: damage.as_deref(),
        runs: group.iter().map(run).collect(),
    }
}
