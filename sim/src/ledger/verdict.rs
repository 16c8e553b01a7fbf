//! The comparison of the ledger with the truth. A run whose counts all agree costs one pass over the
//! input; only where something differs is each record looked at again, to name what is wrong with it.

use super::Ledger;
use super::expectations::Expectations;
use crate::outcome::{self, ByItself, Class, Classes, Damage, Outcome};
use crate::sources::Sources;
use hashbrown::HashMap;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::right::{Came, Expected, GivenUp, Right, Won};
use rustc_hash::FxBuildHasher;

/// What the comparison found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Judgement {
    /// What is wrong.
    pub classes: Classes,
    /// The figures.
    pub totals: outcome::LedgerFigures,
    /// How many records belong into no result, since functions leave them out.
    pub filtered: u64,
    /// How many records are missing somewhere and may still come.
    pub unfinished: u64,
    /// Per step: how many reflections are right, and how many are missing because they were late.
    pub steps: Vec<(u64, u64)>,
    /// The damaged records, for a run in detail.
    pub damage: Vec<Damage>,
    /// The names of the damaged records.
    pub names: Vec<Name>,
    /// How many records are exact, late or dead letters.
    sound: u64,
}

/// What the digest of each step should be without the reflections that are missing because they were late; nothing
/// where it cannot be told which of several these are.
type Digests = Vec<Option<u64>>;

/// How often a source record, or what maps made of it, should be reflected at a step over all the ways it
/// takes there, and how often of these it may be missing because it was late on its way; and how often more
/// it would be, were it no dead letter.
#[derive(Clone, Copy, Debug)]
struct Due {
    step: StepIndex,
    leaf: Name,
    times: u64,
    late: u64,
    dead: u64,
}

/// What is wrong with one source record.
#[derive(Clone, Copy, Default)]
struct Record {
    duplicated: bool,
    lost: bool,
    divergent: bool,
    late: bool,
    dead_lettered: bool,
    pending: bool,
    /// Whether it is one, and no row that repeats another.
    is_expected: bool,
    excess: u64,
}

impl Ledger {
    /// Compares the committed results with the truth.
    pub(crate) fn judge(
        &self,
        right: &impl Right,
        layout: &Layout,
        sources: &Sources,
        words: &mut Vocabulary,
        expectations: &mut Expectations,
        has_drained: bool,
    ) -> Judgement {
        let mut judgement = Judgement::default();
        judgement.totals.expected = sources.records() as u64;
        expectations.evaluate(self, right, sources, words);
        judgement.filtered = expectations.filtered;
        judgement.steps = expectations.steps.iter().map(|expected| (expected.applied, 0)).collect();
        let is_clean = self.mentions.divergent.is_empty()
            && self.doubled.is_empty()
            && self.dead.letters.is_empty()
            && self.agrees(expectations);
        // Where every count agrees, a record under another key, window or value would still not show.
        let is_misplaced = |at: usize, digest: u64| {
            !expectations.is_unsure && expectations.is_placed[at] && digest != self.steps[at].digest
        };
        let misplaced = if is_clean {
            judgement.totals.exact = judgement.totals.expected;
            judgement.sound = judgement.totals.expected;
            let mut steps = expectations.steps.iter().enumerate();
            steps.any(|(at, expected)| is_misplaced(at, expected.digest))
        } else {
            let digests = self.judge_each(
                right,
                layout,
                sources,
                words,
                expectations,
                &mut judgement,
                has_drained,
            );
            let mut known = digests.into_iter().enumerate();
            known.any(|(at, digest)| digest.is_some_and(|digest| is_misplaced(at, digest)))
        };
        let is_counted = judgement.sound == judgement.totals.expected;
        if !self.phantom.is_empty() || (is_counted && misplaced) {
            judgement.classes.insert(Class::Phantom);
        }
        judgement
    }

    /// Whether each record is where it belongs, as often as it belongs there, as far as counts tell; and how many reflections
    /// that makes.
    pub(crate) fn is_exact(
        &self,
        right: &impl Right,
        sources: &Sources,
        words: &mut Vocabulary,
    ) -> (bool, u64) {
        let mut expectations = Expectations::default();
        expectations.evaluate(self, right, sources, words);
        let reflections = expectations.steps.iter().map(|expected| expected.applied).sum();
        (self.agrees(&expectations), reflections)
    }

    fn agrees(&self, expectations: &Expectations) -> bool {
        self.steps.iter().zip(&expectations.steps).all(|(ledger, expected)| {
            ledger.applied == expected.applied && are_reflected(&expected.counts, &ledger.counts)
        })
    }

    #[expect(clippy::too_many_arguments, reason = "what is compared, and what it is told by")]
    fn judge_each(
        &self,
        right: &impl Right,
        layout: &Layout,
        sources: &Sources,
        words: &mut Vocabulary,
        expectations: &Expectations,
        judgement: &mut Judgement,
        has_drained: bool,
    ) -> Digests {
        let mut digests: Digests = vec![Some(0); self.steps.len()];
        let mut records = vec![Record::default(); sources.rows()];
        // By source record: the first disagreement that it is in, and where it was given up all the same.
        let mut disagreement: HashMap<Name, usize, FxBuildHasher> = HashMap::default();
        for (number, &(name, lineage)) in self.mentions.divergent.iter().enumerate() {
            let mut mark = |leaf| {
                if let Some(source) = words.names.source_of(leaf) {
                    records[source.0 as usize].divergent = true;
                    // Both mentions are on the list.
                    disagreement.entry(source).or_insert(number / 2);
                }
            };
            match lineage {
                0 => mark(name),
                lineage => self.leaves(lineage, &mut mark),
            }
        }
        for &(_, name, lineage) in &self.dead.letters {
            let mut mark = |leaf| {
                if let Some(source) = words.names.source_of(leaf) {
                    records[source.0 as usize].dead_lettered = true;
                }
            };
            match lineage {
                0 => mark(name),
                lineage => self.leaves(lineage, &mut mark),
            }
        }
        let mut doubled = Vec::new();
        for &(step, lineage) in &self.doubled {
            self.leaves(lineage, &mut |leaf| doubled.push((step, leaf)));
        }
        doubled.sort_unstable();
        let in_detail = self.is_detailed();
        let mut expected: Vec<Due> = Vec::new();
        let mut excess: Vec<(StepIndex, u64)> = Vec::new();
        sources.each(|source, row, promise| {
            let (name, record) = (row.name, &mut records[row.name.0 as usize]);
            record.is_expected = true;
            expected.clear();
            excess.clear();
            right.belongs(source, row, promise, words, self, &mut |e| {
                let counts = &expectations.steps[e.step.at()].counts;
                let all = counts.get(e.leaf.0 as usize).copied().unwrap_or(0);
                // What is reflected as often as can be is not late on any of its ways.
                let is_late = e.is_late && self.count(e.step, e.leaf) < u64::from(all);
                let times = u64::from(e.times);
                let (times, dead) = if e.is_dead { (0, times) } else { (times, 0) };
                let late = if is_late { times } else { 0 };
                if let (Some(digest), false) = (&mut digests[e.step.at()], is_late || e.is_dead) {
                    *digest = digest.wrapping_add(e.digest());
                }
                let same = |o: &&mut Due| o.step == e.step && o.leaf == e.leaf;
                match expected.iter_mut().find(same) {
                    Some(other) => {
                        other.times += times;
                        other.late += late;
                        other.dead += dead;
                    }
                    None => {
                        let Expected { step, leaf, .. } = e;
                        expected.push(Due { step, leaf, times, late, dead });
                    }
                }
                is_late
            });
            let mut given_up = None;
            for e in &expected {
                let (reflected, times) = (self.count(e.step, e.leaf), e.times);
                let is_doubled = doubled.binary_search(&(e.step, e.leaf)).is_ok();
                let class = if reflected > times + e.dead || is_doubled {
                    record.duplicated = true;
                    excess.push((
                        e.step,
                        (reflected - times.min(reflected)).max(u64::from(is_doubled)),
                    ));
                    Class::Duplicated
                } else if reflected > times {
                    // It was given up, and what an earlier execution made of it is there.
                    record.divergent = true;
                    given_up = given_up.or(Some(e.step));
                    continue;
                } else if reflected < times && reflected + e.late >= times {
                    record.late = true;
                    // Some of what may be missing is there.
                    if reflected + e.late > times {
                        digests[e.step.at()] = None;
                    }
                    judgement.steps[e.step.at()].1 += times - reflected;
                    continue;
                } else if reflected < times && !has_drained {
                    // It may still come.
                    record.pending = true;
                    continue;
                } else if reflected < times {
                    record.lost = true;
                    Class::Lost
                } else {
                    continue;
                };
                if in_detail {
                    judgement.hurt(class, e.step, name, times, reflected, layout, words);
                    let mistaken = self.taken_for(name).filter(|_| class == Class::Lost);
                    let by_itself = self.by_itself((class, e.step), name, sources, layout);
                    if let Some(damage) = judgement.damage_of(name) {
                        damage.taken_for = mistaken.map(|other| text_of(other, layout, words));
                        damage.by_itself = by_itself;
                    }
                }
            }
            let most = |&(step, _): &(StepIndex, u64)| {
                excess.iter().filter(|other| other.0 == step).map(|other| other.1).sum()
            };
            record.excess = excess.iter().map(most).max().unwrap_or(0);
            if record.divergent && in_detail {
                let of = disagreement.get(&name).map(|&at| &self.mentions.disagreements[at]);
                let of = of.map(|of| self.difference(of, layout, words));
                let step = of.as_ref().map(|of| of.step).or(given_up).unwrap_or(source);
                judgement.hurt(Class::Divergent, step, name, 1, 1, layout, words);
                let at = of.is_none().then(|| self.given_up_at(name, words)).flatten();
                if let Some(damage) = judgement.damage_of(name) {
                    damage.left = of.map(|of| of.left);
                    damage.given_up = at;
                }
            }
        });
        judgement.count(&records);
        let unexpected = || self.steps.iter().map(|step| step.applied).sum::<u64>();
        let right: u64 = judgement.steps.iter().map(|&(applied, late)| applied - late).sum();
        if judgement.classes.is_empty() && unexpected() > right {
            // Every record is where it belongs, and there is more.
            judgement.classes.insert(Class::Phantom);
        }
        digests
    }
}

/// Whether each name is reflected as often as it should be. What should not be at all is not looked at: there are more
/// reflections in all then.
pub(super) fn are_reflected(expected: &[u32], reflected: &[u32]) -> bool {
    let known = expected.len().min(reflected.len());
    let (here, beyond) = expected.split_at(known);
    let mut pairs = here.iter().zip(reflected);
    pairs.all(|(&times, &count)| times == 0 || times == count)
        && beyond.iter().all(|&times| times == 0)
}

impl Ledger {
    /// What may have damaged a record without any fault. It is none the less asked of the run without faults whether it
    /// was damaged there.
    fn by_itself(
        &self,
        (class, step): (Class, StepIndex),
        source: Name,
        sources: &Sources,
        layout: &Layout,
    ) -> Option<ByItself> {
        let published = sources.publications(source);
        match class {
            Class::Lost => self.was_filtered(source).then_some(ByItself::TakenForKnown),
            Class::Duplicated if published > 1 => Some(ByItself::Published(published)),
            // What is certain there was worked out from the log: no message that was sent again is in it.
            Class::Duplicated if self.served.is_some() => None,
            Class::Duplicated => {
                let again = self.sent_again(source, step, layout);
                again.map(|(step, after)| ByItself::SentAgain(step, after))
            }
            Class::Divergent
            | Class::Phantom
            | Class::Stuck
            | Class::Unbounded
            | Class::Torn
            | Class::Repeated
            | Class::Stale
            | Class::Broken => None,
        }
    }
}

impl Won for Ledger {
    fn winner(&self, name: Name) -> Option<(Key, i64)> {
        self.mentions.winner(name)
    }

    fn executions(&self, step: StepIndex, name: Name) -> &[Came] {
        self.executions.of(step, name)
    }

    fn is_reflected(&self, name: Name) -> bool {
        self.steps.iter().any(|step| step.counts.get(name.0 as usize).is_some_and(|&n| n > 0))
    }

    fn given_up(&self, record: &GivenUp) -> u32 {
        self.dead.times(record)
    }
}

impl Judgement {
    fn count(&mut self, records: &[Record]) {
        let totals = &mut self.totals;
        for record in records.iter().filter(|record| record.is_expected) {
            totals.duplicated += u64::from(record.duplicated);
            totals.excess += record.excess;
            totals.lost += u64::from(record.lost);
            totals.divergent += u64::from(record.divergent);
            totals.late += u64::from(record.late);
            totals.dead_lettered += u64::from(record.dead_lettered);
            let Record { duplicated, lost, divergent, late, pending, dead_lettered, .. } = *record;
            let is_sound = !(duplicated || lost || divergent || pending);
            self.sound += u64::from(is_sound);
            self.unfinished += u64::from(pending && !(duplicated || lost || divergent));
            totals.exact += u64::from(is_sound && !late && !dead_lettered);
        }
        let found = [
            (totals.duplicated, Class::Duplicated),
            (totals.lost, Class::Lost),
            (totals.divergent, Class::Divergent),
        ];
        for (count, class) in found {
            if count > 0 {
                self.classes.insert(class);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one line of the report")]
    fn hurt(
        &mut self,
        class: Class,
        step: StepIndex,
        record: Name,
        expected: u64,
        reflected: u64,
        layout: &Layout,
        words: &Vocabulary,
    ) {
        if self.damage.len() < Outcome::MOST_DAMAGE {
            self.names.push(record);
            let record = text_of(record, layout, words);
            self.damage.push(Damage {
                class,
                step,
                record,
                expected,
                reflected,
                instead: None,
                taken_for: None,
                left: None,
                given_up: None,
                by_itself: None,
                touched: Vec::new(),
            });
        }
    }

    /// What was last written down, if it is about this record: beyond the most nothing is.
    fn damage_of(&mut self, record: Name) -> Option<&mut Damage> {
        let is_of = self.names.last() == Some(&record);
        self.damage.last_mut().filter(|_| is_of)
    }
}

/// The name of a record, as reports have it.
pub(super) fn text_of(record: Name, layout: &Layout, words: &Vocabulary) -> String {
    let name = |step| layout.name(StepIndex(step));
    words.names.text(record, &words.keys, name)
}
