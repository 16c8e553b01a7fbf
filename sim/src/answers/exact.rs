//! Exact faults: each waits for its place. Most places give a record and which attempt on it, so they are found by
//! both, and those of a control by its value; the few others are tried one by one. Faults that differ in their number
//! alone count the same matches, so they count them together.

use super::moment::Moment;
use crate::fault::kind::Asked;
use crate::fault::place::About;
use crate::fault::{Fault, Kind, Pattern, Place};
use hashbrown::HashMap;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::layout::Layout;
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::time::Nanos;
use rustc_hash::FxBuildHasher;
use std::iter;

/// All exact faults of a run.
#[derive(Debug)]
pub(super) struct Exact {
    /// Each as it is told by its stage.
    faults: Vec<Fault>,
    has_fired: Vec<bool>,
    alike: Vec<Alike>,
    groups: [Group; Asked::ALL.len()],
    /// How many have not fired.
    left: usize,
    /// What [`Exact::awaited_repeats`] says of those.
    awaited: u64,
}

/// Faults of one kind at places that differ in `nth` alone.
#[derive(Debug)]
struct Alike {
    /// One of them, for all but `nth`.
    example: usize,
    /// The hash of the root of the record that the place gives.
    root: u64,
    /// The `nth` and the number of each, in the order of `nth`.
    all: Vec<(u32, usize)>,
    matches: u32,
    /// Of `all`, so many have fired before the first that has not.
    fired: usize,
    /// Of `all`, so many have been reached by the matches.
    reached: usize,
}

/// The faults that are asked at one sort of moment, each in the order of the file.
#[derive(Debug, Default)]
struct Group {
    /// By the hash of the source record or pane that the record comes from.
    by_root: HashMap<u64, Vec<usize>, FxBuildHasher>,
    /// The same, by the [`Pattern::key`] and the attempt that the place gives.
    by_record: HashMap<(u64, Option<u32>), Vec<usize>, FxBuildHasher>,
    by_control: HashMap<(u8, i64), Vec<usize>, FxBuildHasher>,
    any_control: Vec<usize>,
    any_record: Vec<usize>,
    is_empty: bool,
}

impl Exact {
    pub fn new(layout: &Layout, exact: &[Fault]) -> Exact {
        let mut groups: [Group; Asked::ALL.len()] = Default::default();
        for group in &mut groups {
            group.is_empty = true;
        }
        let faults: Vec<Fault> = exact.iter().map(|fault| fault.at_its_stage(layout)).collect();
        let mut alike: Vec<Alike> = Vec::new();
        // A place without `nth` is one of a kind.
        let mut numbered: HashMap<(Place, Kind), usize, FxBuildHasher> = HashMap::default();
        for (number, Fault { at, kind }) in faults.iter().enumerate() {
            if at.time.is_some() {
                continue;
            }
            if let Some(nth) = at.nth {
                let place = Place { nth: None, ..at.clone() };
                let known = *numbered.entry((place, *kind)).or_insert(alike.len());
                if let Some(known) = alike.get_mut(known) {
                    known.all.push((nth, number));
                    continue;
                }
            }
            let root = at.record.as_ref().map_or(0, |about| about.root(layout));
            let group = &mut groups[kind.asked_at() as usize];
            group.is_empty = false;
            let list = match at.record {
                Some(About::Record(ref pattern)) => {
                    let attempt = at.attempt.filter(|_| kind.asked_at().has_attempt());
                    let record = (pattern.key(root), attempt);
                    group.by_record.entry(record).or_default().push(alike.len());
                    group.by_root.entry(root).or_default()
                }
                Some(About::Control { word, value: Some(value) }) => {
                    group.by_control.entry((word, value)).or_default()
                }
                Some(About::Control { value: None, .. }) => &mut group.any_control,
                None => &mut group.any_record,
            };
            list.push(alike.len());
            let all = vec![(at.nth.unwrap_or(1), number)];
            alike.push(Alike { example: number, root, all, matches: 0, fired: 0, reached: 0 });
        }
        for alike in &mut alike {
            alike.all.sort_unstable();
        }
        let has_fired = vec![false; faults.len()];
        let mut all = Exact { faults, has_fired, alike, groups, left: 0, awaited: 0 };
        all.reset();
        all
    }

    pub fn reset(&mut self) {
        self.has_fired.fill(false);
        for alike in &mut self.alike {
            (alike.matches, alike.fired, alike.reached) = (0, 0, 0);
        }
        self.left = self.faults.len();
        self.awaited = self.faults.iter().map(repeats).sum();
    }

    pub fn has(&self, asked: Asked) -> bool {
        !self.groups[asked as usize].is_empty
    }

    pub fn unfired(&self) -> Vec<usize> {
        (0..self.faults.len()).filter(|&number| !self.has_fired[number]).collect()
    }

    pub fn has_unfired(&self) -> bool {
        self.left > 0
    }

    /// How often something must be sent or done again, at most, until every fault that has not fired would have.
    pub fn awaited_repeats(&self) -> u64 {
        self.awaited
    }

    /// The faults that are placed at a time: when, and their number.
    pub fn timed(&self) -> impl Iterator<Item = (Nanos, usize)> {
        let timed = |(number, fault): (usize, &Fault)| Some((fault.at.time?, number));
        self.faults.iter().enumerate().filter_map(timed)
    }

    /// What the exact fault of this number does.
    pub fn kind(&self, number: usize) -> Kind {
        self.faults[number].kind
    }

    /// The exact fault of this number, which fires now since its time has come.
    pub fn at_time(&mut self, number: usize) -> &Fault {
        self.fire(number);
        &self.faults[number]
    }

    fn fire(&mut self, number: usize) {
        if !std::mem::replace(&mut self.has_fired[number], true) {
            self.left -= 1;
            self.awaited -= repeats(&self.faults[number]);
        }
    }

    /// The first fault whose place this is, and that may be here: those that give a record come before the others,
    /// and, where this is a partial aggregate, those that give its first record before those that give its next.
    /// Every fault that matches counts the match.
    pub fn find(
        &mut self,
        asked: Asked,
        moment: &Moment,
        may: impl Fn(&Kind) -> bool,
        layout: &Layout,
        words: &Vocabulary,
    ) -> Option<Kind> {
        if self.left == 0 {
            return None;
        }
        let subject = moment.subject();
        let Exact { faults, has_fired, alike, groups, .. } = self;
        let group = &groups[asked as usize];
        let is_here = |alike: &Alike| {
            let Fault { at, kind } = &faults[alike.example];
            moment.is_at(at, layout) && may(kind) && is_about(at, alike.root, subject, words)
        };
        let mut look = |list: &[usize], first: Option<usize>| {
            let due = |&at: &usize| alike[at].meet(&is_here, has_fired);
            first.or(list.iter().filter_map(due).min())
        };
        let mut first = None;
        match subject {
            Subject::Record(name) if !group.by_root.is_empty() => match words.names.members(name) {
                [] if group.by_root.contains_key(&words.names.root(name)) => {
                    let attempts = || iter::once(None).chain(moment.attempt().map(Some));
                    let keys = Pattern::keys_of(name, &words.names).into_iter();
                    let places = keys.flat_map(|key| attempts().map(move |attempt| (key, attempt)));
                    let lists = places.filter_map(|place| group.by_record.get(&place));
                    first = lists.filter_map(|list| look(list, None)).min();
                }
                [] => {}
                _ => {
                    for root in words.names.roots(name) {
                        let list = group.by_root.get(&root);
                        first = look(list.map_or(&[], Vec::as_slice), first);
                    }
                }
            },
            Subject::Record(_) | Subject::Control { .. } => {}
        }
        match subject {
            Subject::Record(_) => first = look(&group.any_record, first),
            Subject::Control { word, value } => {
                let of_value = group.by_control.get(&(word, value)).map_or(&[][..], Vec::as_slice);
                let (any, exact) = (look(&group.any_control, None), look(of_value, None));
                first = any.into_iter().chain(exact).min();
            }
        }
        let number = first?;
        self.fire(number);
        Some(self.faults[number].kind)
    }
}

impl Alike {
    /// Counts a match, if this is one, and returns the first in the file whose number has come.
    fn meet(&mut self, is_here: &impl Fn(&Alike) -> bool, has_fired: &[bool]) -> Option<usize> {
        let is_due = |&&(_, number): &&(u32, usize)| has_fired[number];
        self.fired += self.all[self.fired..].iter().take_while(is_due).count();
        if self.fired == self.all.len() || !is_here(self) {
            return None;
        }
        self.matches += 1;
        let reached = self.all[self.reached..].iter();
        self.reached += reached.take_while(|&&(nth, _)| nth <= self.matches).count();
        let due = self.all.get(self.fired..self.reached)?.iter();
        due.map(|&(_, number)| number).filter(|&number| !has_fired[number]).min()
    }
}

/// How often something must be sent or done again, at most, until this fault would have fired.
fn repeats(Fault { at, .. }: &Fault) -> u64 {
    u64::from(at.attempt.unwrap_or(0)).saturating_add(at.nth.unwrap_or(0).into())
}

/// Whether a place is about this record or control. It is about a control only if it says so.
pub(super) fn is_about(place: &Place, root: u64, subject: Subject, words: &Vocabulary) -> bool {
    match (subject, place.record.as_ref()) {
        (Subject::Record(_), None) => true,
        (Subject::Record(name), Some(About::Record(pattern))) => {
            pattern.matches(name, &words.names, root)
        }
        (Subject::Control { word, value }, Some(&About::Control { word: of, value: at })) => {
            word == of && at.is_none_or(|at| at == value)
        }
        (Subject::Record(_), Some(About::Control { .. }))
        | (Subject::Control { .. }, Some(About::Record(_)) | None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::moment::{CommitSent, Exchange};
    use super::*;
    use crate::draw::{INPUT, generated_words, scale};
    use crate::fault::Leg;
    use onceproof_kernel::alphabet::{Point, WORDLESS};
    use onceproof_kernel::layout::{LaidStep, ShardIndex, StepIndex};
    use onceproof_kernel::name::Name;
    use onceproof_kernel::time::SECOND;

    /// The same, fault by fault: each counts its own matches.
    struct Plain(Vec<(Fault, u32, bool)>);

    impl Plain {
        fn find(
            &mut self,
            asked: Asked,
            moment: &Moment,
            may: impl Fn(&Kind) -> bool,
            layout: &Layout,
            words: &Vocabulary,
        ) -> Option<Kind> {
            let mut found = None;
            // Those with a record come first; of a partial aggregate, those with its first record.
            let roots = match moment.subject() {
                Subject::Record(name) => words.names.roots(name),
                Subject::Control { .. } => Vec::new(),
            };
            for root in roots.into_iter().map(Some).chain([None]) {
                for (Fault { at, kind }, matches, has_fired) in &mut self.0 {
                    let of = match &at.record {
                        Some(about @ About::Record(_)) => Some(about.root(layout)),
                        _ => None,
                    };
                    if of != root
                        || *has_fired
                        || at.time.is_some()
                        || kind.asked_at() != asked
                        || !is_about(at, root.unwrap_or(0), moment.subject(), words)
                        || !moment.is_at(at, layout)
                        || !may(kind)
                    {
                        continue;
                    }
                    *matches += 1;
                    if found.is_none() && *matches >= at.nth.unwrap_or(1) {
                        *has_fired = true;
                        found = Some(*kind);
                    }
                }
            }
            found
        }
    }

    fn layout() -> Layout {
        let step = |name: &str, index, shards| LaidStep::plain(name, StepIndex(index), shards);
        Layout::new(&WORDLESS, vec![step("events", 0, 1), step("per-user", 1, 2)])
    }

    /// A fault at a place that words of chance decide.
    fn fault(pick: &mut impl FnMut(u64) -> u64) -> Fault {
        let kinds = [
            Kind::DropAck,
            Kind::Duplicate { leg: Leg::Ack },
            Kind::Delay { by: SECOND, leg: Leg::Ack },
            Kind::DropRequest,
            Kind::CommitLost,
        ];
        let path = (0..pick(3)).map(|_| pick(2) as u32).collect();
        let step = StepIndex(0);
        let record = match pick(6) {
            0 => Some(About::Control { word: 0, value: None }),
            1 => Some(About::Control { word: 0, value: Some(pick(2) as i64) }),
            2 | 3 => None,
            _ => {
                let (shard, offset) = (0, pick(3));
                Some(About::Record(Pattern::Source { step, shard, offset, path }))
            }
        };
        let at = Place {
            to: (pick(2) == 0).then_some(StepIndex(1)),
            shard: (pick(3) == 0).then(|| pick(2) as u32),
            attempt: (pick(4) == 0).then(|| 1 + pick(2) as u32),
            nth: (pick(3) > 0).then(|| 1 + pick(6) as u32),
            time: (pick(9) == 0).then_some(SECOND),
            record,
            ..Place::default()
        };
        Fault { at, kind: kinds[pick(5) as usize] }
    }

    #[test]
    fn faults_that_count_together_fire_as_if_each_counted_alone() {
        let layout = layout();
        let mut words = Vocabulary::default();
        words.names.add_source(0, layout.hash(StepIndex(0)), 1, 3);
        let mut records: Vec<Name> = (0..3).map(|row| words.names.source(0, 0, row)).collect();
        // Two outputs of each, and two of each of those.
        for made in 0..18 {
            records.push(words.names.output(records[made / 2], 0, 7, made as u32 % 2));
        }
        for members in [[0, 1], [4, 2], [9, 10]] {
            records.push(words.names.partial(members.iter().map(|&member| records[member])));
        }
        let mut fired = 0;
        for seed in 0..400 {
            let mut words_of_chance = generated_words(seed, INPUT);
            let mut pick = |below| scale(words_of_chance(), below);
            let faults: Vec<Fault> = (0..1 + pick(24)).map(|_| fault(&mut pick)).collect();
            let mut exact = Exact::new(&layout, &faults);
            for _ in 0..2 {
                let mut plain = Plain(faults.iter().map(|f| (f.clone(), 0, false)).collect());
                exact.reset();
                for _ in 0..60 {
                    let subject = match pick(3) {
                        0 => Subject::Control { word: 0, value: pick(3) as i64 },
                        _ => Subject::Record(records[pick(records.len() as u64) as usize]),
                    };
                    let (from, to) = (ShardIndex(0), ShardIndex(1 + pick(2) as u32));
                    let attempt = 1 + pick(3) as u32;
                    let exchange = Exchange::new(&layout, from, to, subject, attempt, &words);
                    let (asked, moment) = match pick(5) {
                        0 => (Asked::Request, Moment::Exchange(exchange)),
                        1 => {
                            let commit = CommitSent::new(&layout, to, Point(0), subject, &words);
                            (Asked::Commit, Moment::Commit(commit))
                        }
                        _ => (Asked::Ack, Moment::Exchange(exchange)),
                    };
                    let refused = pick(8) as usize;
                    let may = |kind: &Kind| kind.name() as usize % 8 != refused;
                    let found = exact.find(asked, &moment, may, &layout, &words);
                    assert_eq!(found, plain.find(asked, &moment, may, &layout, &words));
                    fired += usize::from(found.is_some());
                }
                let left: Vec<usize> = (0..faults.len()).filter(|&at| !plain.0[at].2).collect();
                assert_eq!(
                    (exact.unfired(), exact.has_unfired()),
                    (left.clone(), !left.is_empty())
                );
                let repeats: u64 = left.iter().map(|&at| repeats(&faults[at])).sum();
                assert_eq!(exact.awaited_repeats(), repeats);
            }
        }
        assert!(fired > 1_000, "{fired}");
    }
}
