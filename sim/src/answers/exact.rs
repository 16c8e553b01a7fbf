//! Exact faults: each waits for its place. Most places give a record, so they are found by the hash of
//! the source record or pane that a name comes from; the few others are tried one by one.

use super::moment::Moment;
use crate::fault::kind::Asked;
use crate::fault::place::Record;
use crate::fault::{Fault, Kind, Place};
use hashbrown::HashMap;
use onceproof_model::commit::Subject;
use onceproof_model::name::Vocabulary;
use onceproof_model::pipeline::Pipeline;
use onceproof_model::time::Nanos;
use rustc_hash::FxBuildHasher;

/// All exact faults of a run.
#[derive(Debug)]
pub(super) struct Exact {
    faults: Vec<Waiting>,
    groups: [Group; Asked::ALL.len()],
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
        let mut groups: [Group; Asked::ALL.len()] = Default::default();
        let mut faults = Vec::new();
        for group in &mut groups {
            group.is_empty = true;
        }
        for (number, fault) in exact.iter().enumerate() {
            let fault = fault.at_its_stage(pipeline);
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

    /// How often something must be sent or done again, at most, until every fault that has not fired would have.
    pub fn awaited_repeats(&self) -> u64 {
        let waiting = self.faults.iter().filter(|waiting| !waiting.has_fired);
        let repeats = |Fault { at, .. }: &Fault| {
            u64::from(at.attempt.unwrap_or(0)).saturating_add(at.nth.unwrap_or(0).into())
        };
        waiting.map(|waiting| repeats(&waiting.fault)).fold(0, u64::saturating_add)
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

    /// The first fault whose place this is, and that may be here. Every fault that matches counts the
    /// match.
    pub fn find(
        &mut self,
        asked: Asked,
        moment: &Moment,
        may: impl Fn(&Kind) -> bool,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> Option<Kind> {
        let subject = moment.subject();
        let Exact { faults, groups } = self;
        let group = &groups[asked as usize];
        let mut candidates: Vec<usize> = Vec::new();
        if let Subject::Record(name) = subject
            && !group.by_root.is_empty()
        {
            match words.names.members(name) {
                [] => candidates
                    .extend(group.by_root.get(&words.names.root(name)).into_iter().flatten()),
                _ => {
                    for root in words.names.roots(name) {
                        candidates.extend(group.by_root.get(&root).into_iter().flatten());
                    }
                }
            }
        }
        let mut found = None;
        for &number in candidates.iter().chain(&group.others) {
            let waiting = &mut faults[number];
            let Fault { at: place, kind } = &waiting.fault;
            if waiting.has_fired
                || !is_about(place, waiting.root, subject, words)
                || !moment.is_at(place, pipeline)
                || !may(kind)
            {
                continue;
            }
            waiting.matches += 1;
            if found.is_none() && waiting.matches >= place.nth.unwrap_or(1) {
                waiting.has_fired = true;
                found = Some(*kind);
            }
        }
        found
    }
}

/// Whether a place is about this record or watermark. It is about a watermark only if it says so.
pub(super) fn is_about(place: &Place, root: u64, subject: Subject, words: &Vocabulary) -> bool {
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
