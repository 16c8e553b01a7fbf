//! Exact faults: each waits for its place. Most places give a record, so they are found by the hash of
//! the source record or pane that a name comes from; the few others are tried one by one.

use super::canonical;
use super::moment::{Call, CommitSent, Execution, StepTaken};
use crate::fault::kind::Asked;
use crate::fault::place::Record;
use crate::fault::{Fault, Kind, Place};
use hashbrown::HashMap;
use onceproof_model::commit::Subject;
use onceproof_model::name::Vocabulary;
use onceproof_model::pipeline::{Pipeline, StepKind};
use onceproof_model::time::Nanos;
use rustc_hash::FxBuildHasher;

/// All exact faults of a run.
#[derive(Debug)]
pub(super) struct Exact {
    faults: Vec<Waiting>,
    groups: [Group; 5],
}

#[derive(Debug)]
struct Waiting {
    fault: Fault,
    /// The hash of the root of the record that the place gives.
    root: u64,
    matches: u32,
    has_fired: bool,
}

/// The faults that are asked at one sort of moment.
#[derive(Debug, Default)]
struct Group {
    by_root: HashMap<u64, Vec<usize>, FxBuildHasher>,
    others: Vec<usize>,
    is_empty: bool,
}

impl Exact {
    pub fn new(pipeline: &Pipeline, exact: &[Fault]) -> Exact {
        let mut groups: [Group; 5] = Default::default();
        let mut faults = Vec::new();
        for group in &mut groups {
            group.is_empty = true;
        }
        for (number, fault) in exact.iter().enumerate() {
            let mut fault = fault.clone();
            if let (Some(before), Some(step)) = (fault.at.before, fault.at.step) {
                let is_sink = matches!(pipeline.step(step).kind, StepKind::Sink(_));
                fault.at.before = Some(canonical(before, is_sink));
            }
            let root = match &fault.at.record {
                Some(Record::Name(pattern)) => pattern.root(pipeline),
                Some(Record::Watermark(_)) | None => 0,
            };
            if fault.at.time.is_none() {
                let group = &mut groups[fault.kind.asked_at() as usize];
                group.is_empty = false;
                match fault.at.record {
                    Some(Record::Name(_)) => group.by_root.entry(root).or_default().push(number),
                    Some(Record::Watermark(_)) | None => group.others.push(number),
                }
            }
            faults.push(Waiting { fault, root, matches: 0, has_fired: false });
        }
        Exact { faults, groups }
    }

    pub fn reset(&mut self) {
        for waiting in &mut self.faults {
            waiting.matches = 0;
            waiting.has_fired = false;
        }
    }

    pub fn has(&self, asked: Asked) -> bool {
        !self.groups[asked as usize].is_empty
    }

    pub fn unfired(&self) -> Vec<usize> {
        let unfired = |&(_, waiting): &(usize, &Waiting)| !waiting.has_fired;
        self.faults.iter().enumerate().filter(unfired).map(|(number, _)| number).collect()
    }

    pub fn has_unfired(&self) -> bool {
        self.faults.iter().any(|waiting| !waiting.has_fired)
    }

    /// The faults that are placed at a time: when, and their number.
    pub fn timed(&self) -> impl Iterator<Item = (Nanos, usize)> {
        let timed = |(number, waiting): (usize, &Waiting)| Some((waiting.fault.at.time?, number));
        self.faults.iter().enumerate().filter_map(timed)
    }

    /// The exact fault of this number, which fires now since its time has come.
    pub fn at_time(&mut self, number: usize) -> &Fault {
        self.faults[number].has_fired = true;
        &self.faults[number].fault
    }

    pub fn call(
        &mut self,
        asked: Asked,
        call: &Call,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> Option<Kind> {
        self.find(asked, call.subject, words, |place, _| {
            place.from.is_none_or(|step| step == pipeline.step_of(call.from))
                && place.to.is_none_or(|step| step == pipeline.step_of(call.to))
                && place.from_shard.is_none_or(|shard| shard == pipeline.number_of(call.from))
                && place.shard.is_none_or(|shard| shard == pipeline.number_of(call.to))
                && place.attempt.is_none_or(|attempt| attempt == call.attempt)
        })
    }

    pub fn commit(&mut self, commit: &CommitSent, words: &Vocabulary) -> Option<Kind> {
        self.find(Asked::Commit, commit.subject, words, |place, _| {
            place.step.is_none_or(|step| step == commit.at.0)
                && place.shard.is_none_or(|shard| shard == commit.at.1)
        })
    }

    pub fn execution(
        &mut self,
        execution: &Execution,
        may: impl Fn(&Kind) -> bool,
        words: &Vocabulary,
    ) -> Option<Kind> {
        let subject = Subject::Record(execution.name);
        self.find(Asked::Execute, subject, words, |place, kind| {
            place.step.is_none_or(|step| step == execution.step)
                && place.attempt.is_none_or(|attempt| attempt == execution.attempt)
                && may(kind)
        })
    }

    pub fn before(&mut self, taken: &StepTaken, words: &Vocabulary) -> Option<Kind> {
        self.find(Asked::Before, taken.subject, words, |place, _| {
            place.before == Some(taken.before)
                && place.step.is_none_or(|step| step == taken.at.0)
                && place.shard.is_none_or(|shard| shard == taken.at.1)
        })
    }

    /// The first fault whose place this is. Every fault that matches counts the match.
    #[inline(always)]
    fn find(
        &mut self,
        asked: Asked,
        subject: Subject,
        words: &Vocabulary,
        is_here: impl Fn(&Place, &Kind) -> bool,
    ) -> Option<Kind> {
        if !self.has(asked) {
            return None;
        }
        let Exact { faults, groups } = self;
        let group = &groups[asked as usize];
        let rooted = match subject {
            Subject::Record(name) => group.by_root.get(&words.names.root(name)),
            Subject::Watermark(_) => None,
        };
        let mut found = None;
        for &number in rooted.into_iter().flatten().chain(&group.others) {
            let waiting = &mut faults[number];
            let place = &waiting.fault.at;
            if waiting.has_fired || !is_about(place, waiting.root, subject, words) {
                continue;
            }
            if !is_here(place, &waiting.fault.kind) {
                continue;
            }
            waiting.matches += 1;
            if found.is_none() && waiting.matches >= place.nth.unwrap_or(1) {
                waiting.has_fired = true;
                found = Some(waiting.fault.kind);
            }
        }
        found
    }
}

/// Whether a place is about this record or watermark. It is about a watermark only if it says so.
fn is_about(place: &Place, root: u64, subject: Subject, words: &Vocabulary) -> bool {
    match (subject, &place.record) {
        (Subject::Record(_), None) => true,
        (Subject::Record(name), Some(Record::Name(pattern))) => {
            pattern.matches(name, &words.names, root)
        }
        (Subject::Watermark(_), Some(Record::Watermark(None))) => true,
        (Subject::Watermark(value), Some(Record::Watermark(Some(at)))) => value == *at,
        (Subject::Record(_), Some(Record::Watermark(_)))
        | (Subject::Watermark(_), Some(Record::Name(_)) | None) => false,
    }
}
