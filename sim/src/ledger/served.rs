//! Results that are served before they are certain: what a reader saw of each result, and when; and, once the run is over,
//! how that differs from what was certain in the end, and from what is right of all the input. None of it is judged.

use super::Ledger;
use super::seen::Which;
use crate::served::{Fraction, ServedFigures};
use crate::sources::Sources;
use hashbrown::HashMap;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Layout, Results, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::right::{Right, place};
use onceproof_kernel::tell::{Served, Standing};
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;
use std::collections::BTreeMap;

/// What was served of the results of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServedResults {
    cells: HashMap<(StepIndex, Key, Time), Cell, FxBuildHasher>,
    /// When the results became certain whose windows end at each time.
    certain: HashMap<Time, Time, FxBuildHasher>,
    /// When the windows end whose results became certain last: what stands from then on is of them.
    landing: Option<Time>,
}

/// What was served of one result.
#[derive(Clone, Debug)]
struct Cell {
    /// When its window ends.
    end: Time,
    /// From when on it is shown no more unless it is certain.
    until: Option<Time>,
    /// What was shown of it before it was certain, and what stood then, each in order of time.
    shown: Vec<Showing>,
    stood: Vec<Showing>,
}

/// What was shown from a time on.
#[derive(Clone, Copy, Debug)]
struct Showing {
    at: Time,
    lineage: u32,
    weight: i64,
}

/// How often each record is in a result.
type Records = HashMap<Name, u64, FxBuildHasher>;

/// What is right of each result, by its step and place, with the hash of its key and when its window ends.
type AllRight = HashMap<(StepIndex, u64), (u64, Time, Records), FxBuildHasher>;

/// By how much each window of a step and key is corrected, with its end.
type Corrected = BTreeMap<(StepIndex, u64), Vec<(Time, i64)>>;

impl ServedResults {
    /// All results are certain since this time whose windows end at another one.
    pub(super) fn certain(&mut self, end: Time, since: Time) {
        self.certain.entry(end).or_insert(since);
        self.landing = Some(end);
    }

    /// A result stands for certain from now on.
    pub(super) fn stands(&mut self, standing: &Standing, now: Time) {
        let Some(end) = self.landing else { return };
        let showing = Showing::of(standing, now);
        self.cell(standing, end, None).stood.push(showing);
    }

    fn cell(&mut self, standing: &Standing, end: Time, until: Option<Time>) -> &mut Cell {
        let Standing { step, pane, .. } = standing;
        let none = || Cell { end, until, shown: Vec::new(), stood: Vec::new() };
        self.cells.entry((*step, pane.key, pane.start)).or_insert_with(none)
    }
}

impl Showing {
    fn of(standing: &Standing, at: Time) -> Showing {
        Showing { at, lineage: standing.pane.tag.lineage, weight: standing.pane.weight }
    }
}

impl Cell {
    /// Whether what is shown at a time is seen: what is certain stands in its place, and a view may drop it before.
    fn is_seen(&self, at: Time, certain: Option<Time>) -> bool {
        let is_before = |end: Option<Time>| end.is_none_or(|end| at < end);
        is_before(self.until) && is_before(certain)
    }

    /// What was seen last before it was certain.
    fn last_shown(&self, certain: Option<Time>) -> Option<&Showing> {
        self.shown.iter().rev().find(|showing| self.is_seen(showing.at, certain))
    }

    /// When it is shown no more before it is certain, if it was shown at all.
    fn hidden_at(&self, certain: Option<Time>) -> Option<Time> {
        let until = self.until.filter(|until| certain.is_none_or(|certain| *until < certain))?;
        self.last_shown(certain).map(|_| until)
    }

    /// How many records a reader saw from each time on, before which it was none: in order of time.
    fn seen(&self, certain: Option<Time>) -> Vec<(Time, i64)> {
        let shown = self.shown.iter().filter(|showing| self.is_seen(showing.at, certain));
        let mut seen: Vec<(Time, i64)> = shown.map(|s| (s.at, s.weight)).collect();
        seen.extend(self.hidden_at(certain).map(|until| (until, 0)));
        match (certain, self.stood.first()) {
            (Some(certain), first) if first.is_none_or(|first| first.at > certain) => {
                seen.push((certain, 0));
            }
            _ => {}
        }
        seen.extend(self.stood.iter().map(|s| (s.at, s.weight)));
        seen
    }
}

impl Ledger {
    /// Writes down what is served in the run that begins.
    pub(crate) fn watch_served(&mut self) {
        self.served = Some(Box::default());
    }

    /// A result is shown for a while.
    pub(super) fn serve(&mut self, shown: &Served, now: Time) {
        let Served { standing, end, until } = shown;
        let Some(served) = &mut self.served else { return };
        if served.certain.contains_key(end) {
            return;
        }
        let showing = Showing::of(standing, now);
        let cell = served.cell(standing, *end, *until);
        let before = cell.shown.last().map_or(0, |before| before.lineage);
        cell.shown.push(showing);
        let Standing { step, pane, .. } = standing;
        let floor = match self.goes_on_from(showing.lineage, before) {
            true => self.head_of(before),
            false => 0,
        };
        if until.is_some_and(|until| until <= now) {
            return;
        }
        let Some(mut seen) = self.seen.take() else { return };
        seen.changes(*step, Which::Cell(pane.key, pane.start));
        let mut at = self.head_of(showing.lineage);
        while at != floor && at != 0 {
            let member = self.members[at as usize];
            match member.lineage {
                0 => seen.comes(*step, member.name),
                lineage => self.leaves(lineage, &mut |name| seen.comes(*step, name)),
            }
            at = member.next;
        }
        self.seen = Some(seen);
    }

    /// The run is over: how what was served differs from what was certain, and from what is right of all the input.
    /// None where nothing was written down.
    pub(crate) fn served_figures(
        &self,
        right: &impl Right,
        layout: &Layout,
        sources: &Sources,
        words: &mut Vocabulary,
    ) -> Option<ServedFigures> {
        let served = self.served.as_ref()?;
        let is_counted = |step: StepIndex| {
            matches!(layout.step(step).results, Some(Results::Counted | Results::Summed))
        };
        let mut all_right = AllRight::default();
        sources.each(|source, row, promise| {
            let name = sources.first_with_id(row.name);
            // Without an answer that won it cannot be told where a record belongs, and it is nowhere.
            right.belongs(source, row, promise, words, self, &mut |expected| {
                if is_counted(expected.step) && !expected.is_dead {
                    let none = || (expected.key_hash, expected.end, Records::default());
                    let result = all_right.entry((expected.step, expected.place));
                    let (_, _, records) = result.or_insert_with(none);
                    *records.entry(name).or_default() += u64::from(expected.times);
                }
                false
            });
        });
        let has_global = layout.all().any(|(step, laid)| is_counted(step) && laid.is_global);
        let is_window = |step: StepIndex| !has_global || layout.step(step).is_global;
        let mut figures = ServedFigures::default();
        let mut corrected = Corrected::new();
        let mut cells: Vec<(&(StepIndex, Key, Time), &Cell)> =
            served.cells.iter().filter(|((step, ..), _)| is_counted(*step)).collect();
        cells.sort_unstable_by_key(|&(&(step, key, start), _)| (step, start, key.0));
        for (&(step, key, start), cell) in cells {
            let key = words.keys.hash(key);
            let place = place(key, start);
            let of = |lineage| self.records_of(lineage, sources, words);
            let certain = served.certain.get(&cell.end).copied();
            let speed = cell.last_shown(certain).map_or_else(Records::default, |s| of(s.lineage));
            let batch = cell.stood.last().map_or_else(Records::default, |s| of(s.lineage));
            let Some((_, _, right)) = all_right.remove(&(step, place)) else {
                figures.phantom_cells += u64::from(!speed.is_empty() || !batch.is_empty());
                continue;
            };
            let [in_right, in_speed, in_batch] = [&right, &speed, &batch].map(count);
            figures.add_cell(
                [in_right, in_speed, in_batch],
                difference(&speed, &right),
                difference(&speed, &batch),
            );
            if is_window(step) {
                figures.add_window([in_right, in_speed], &cell.seen(certain), cell.end, certain);
                let hidden = cell.hidden_at(certain).zip(certain);
                figures.unserved += hidden.map_or(0, |(from, until)| until.0.abs_diff(from.0));
                let correction = Fraction::signed(in_batch, in_speed, in_right);
                corrected.entry((step, key)).or_default().push((cell.end, correction));
            }
        }
        // What nobody ever saw.
        for ((step, _), (key, end, right)) in all_right {
            let all = count(&right);
            figures.add_cell([all, 0, 0], all, 0);
            if is_window(step) {
                let certain = served.certain.get(&end).copied();
                figures.add_window([all, 0], &[], end, certain);
                corrected.entry((step, key)).or_default().push((end, 0));
            }
        }
        for of_key in corrected.values_mut() {
            of_key.sort_unstable();
            let of_key: Vec<i64> = of_key.iter().map(|&(_, correction)| correction).collect();
            figures.correct(&of_key);
        }
        Some(figures)
    }

    /// How often each source record was read under a lineage. Of records with one id it is the first.
    fn records_of(&self, lineage: u32, sources: &Sources, words: &Vocabulary) -> Records {
        let mut records = Records::default();
        self.leaves(lineage, &mut |leaf| {
            if let Some(source) = words.names.source_of(leaf) {
                *records.entry(sources.first_with_id(source)).or_default() += 1;
            }
        });
        records
    }
}

fn count(records: &Records) -> u64 {
    records.values().sum()
}

/// The sum over all records of the differences in how often they are in two results.
fn difference(one: &Records, other: &Records) -> u64 {
    let of = |records: &Records, name| records.get(name).copied().unwrap_or(0);
    let in_one: u64 = one.iter().map(|(name, &times)| times.abs_diff(of(other, name))).sum();
    let not_in_one = other.iter().filter(|(name, _)| !one.contains_key(*name));
    in_one + not_in_one.map(|(_, &times)| times).sum::<u64>()
}
