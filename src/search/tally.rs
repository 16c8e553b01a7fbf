//! What a sweep found: sums over its runs, and the runs that went wrong. Runs are added in the order of
//! their seeds, so that the lists are the same however they were run.

use super::chance::Chance;
use super::compare::Difference;
use super::marks::Reached;
use super::worth::{Worth, WorthOfAll, steps_with_records};
use crate::figures;
use crate::scenario::Figure;
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix::{fold, scatter};
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::{
    Brief, Class, Classes, Fired, Latency, LedgerFigures, Outcome, StepResult, Verdict,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// Which runs a sweep is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
pub enum Seeds {
    /// One run for each seed of a range.
    Range(Range<u64>),
    /// One run, with this seed or none.
    One(Option<u64>),
}

impl Seeds {
    /// How many runs there are.
    pub fn count(&self) -> u64 {
        match self {
            Seeds::Range(range) => range.end.saturating_sub(range.start),
            Seeds::One(_) => 1,
        }
    }

    /// The seed of a run, by its number.
    pub(super) fn at(&self, number: u64) -> Option<u64> {
        match self {
            Seeds::Range(range) => Some(range.start + number),
            Seeds::One(seed) => *seed,
        }
    }
}

/// The most failing seeds that a sweep lists.
pub const MOST_FAILING: usize = 100;

/// What a sweep found. It covers the first `runs` seeds it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Sweep {
    /// What was asked for.
    pub seeds: Seeds,
    /// What its seeds draw.
    #[cfg_attr(feature = "cli", serde(skip))]
    pub chance: Chance,
    /// How many runs it covers.
    pub runs: u64,
    /// How many of them were violated.
    pub violated: u64,
    /// How many of them were inconclusive.
    pub inconclusive: u64,
    /// In how many runs each class was found, in the order of [`Class::ALL`].
    pub classes: [u64; Class::ALL.len()],
    /// How often each kind of fault fired.
    #[cfg_attr(feature = "cli", serde(with = "super::written::fired"))]
    pub fired: Fired,
    /// Of each kind, in the order of [`KindName::ALL`], what came of the runs in which it fired.
    pub with_kind: [RunsWith; KindName::ALL.len()],
    /// What the runs reached.
    pub reached: Reached,
    /// How far each figure of the ledger goes, in the order of [`Figure::ALL`]; none before the first run.
    pub figures: Option<[Spread; Figure::ALL.len()]>,
    /// The results of the first run.
    #[cfg_attr(feature = "cli", serde(skip))]
    pub results: Vec<StepResult>,
    /// What its runs speak for; none before the first run.
    pub worth: Option<WorthOfAll>,
    /// The steps into which a record belongs in any of the runs that were run again.
    #[cfg_attr(feature = "cli", serde(with = "super::written::steps"))]
    pub with_records: BTreeSet<StepIndex>,
    /// The seeds of the first violated runs, at most [`MOST_FAILING`].
    pub failing: Vec<Option<u64>>,
    /// The fingerprint of the first violated run.
    #[cfg_attr(feature = "cli", serde(with = "super::written::text_or_none"))]
    pub first_violated: Option<u128>,
    /// The seed of the first inconclusive run.
    pub first_inconclusive: Option<Option<u64>>,
    /// How many events there were.
    pub events: u64,
    /// What was done in all runs and in each, in the order of [`figures::work`]; none before the first run.
    pub work: Vec<Amount>,
    /// How far each percentile of the latency goes in the runs that were run again in detail, p50, p99 and the
    /// greatest; none where no record was taken in.
    pub latency: Option<[Spread; 3]>,
    /// The fingerprints of all runs in one word.
    #[cfg_attr(feature = "cli", serde(with = "super::written::text"))]
    pub digest: u128,
    /// The kinds with odds that never fired.
    #[cfg_attr(feature = "cli", serde(skip))]
    pub never_fired: Vec<KindName>,
    /// The marks that it ought to have reached, and never did.
    #[cfg_attr(feature = "cli", serde(skip))]
    pub never_reached: Vec<Mark>,
    /// How many runs were run again in detail.
    pub sampled: u64,
    /// The exact faults, as indices, that fired in none of the runs.
    pub unfired: Vec<usize>,
    /// The first run that was not the same when run again.
    pub difference: Option<Difference>,
    /// The first violated run in detail.
    #[cfg_attr(feature = "cli", serde(skip))]
    pub first_failure: Option<Failure>,
    /// Whether it was interrupted.
    #[cfg_attr(feature = "cli", serde(skip))]
    pub interrupted: bool,
}

/// The runs in which a kind of fault fired, whatever else did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct RunsWith {
    /// How many there were.
    pub runs: u64,
    /// How many of them were violated.
    pub violated: u64,
}

/// How far a figure goes in the runs of a sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Spread {
    /// Where it is least, and the first seed for which it is.
    pub least: (u64, Option<u64>),
    /// Where it is greatest, and the first seed for which it is.
    pub most: (u64, Option<u64>),
}

/// How much was done in the runs of a sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Amount {
    /// In all of them.
    #[cfg_attr(feature = "cli", serde(with = "super::written::text"))]
    pub sum: u128,
    /// In each.
    pub spread: Spread,
}

impl Spread {
    fn of(found: u64, seed: Option<u64>) -> Spread {
        Spread { least: (found, seed), most: (found, seed) }
    }

    pub(super) fn add(&mut self, found: u64, seed: Option<u64>) {
        if found < self.least.0 {
            self.least = (found, seed);
        }
        if found > self.most.0 {
            self.most = (found, seed);
        }
    }
}

/// A violated run in detail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Its seed.
    pub seed: Option<u64>,
    /// What it found.
    pub outcome: Outcome,
}

impl Sweep {
    /// A sweep before its first run.
    pub(super) fn of(seeds: Seeds) -> Sweep {
        Sweep {
            seeds,
            chance: Chance::default(),
            runs: 0,
            violated: 0,
            inconclusive: 0,
            classes: [0; Class::ALL.len()],
            fired: Fired::default(),
            with_kind: [RunsWith::default(); KindName::ALL.len()],
            reached: Reached::default(),
            figures: None,
            results: Vec::new(),
            worth: None,
            with_records: BTreeSet::new(),
            failing: Vec::new(),
            first_violated: None,
            first_inconclusive: None,
            events: 0,
            work: Vec::new(),
            latency: None,
            digest: 0,
            never_fired: Vec::new(),
            never_reached: Vec::new(),
            sampled: 0,
            unfired: Vec::new(),
            difference: None,
            first_failure: None,
            interrupted: false,
        }
    }

    /// Adds the next run.
    pub(crate) fn add(&mut self, seed: Option<u64>, ran: Ran) {
        let Ran { brief, unfired, again } = ran;
        match self.runs {
            0 => self.unfired = unfired,
            _ => self.unfired.retain(|fault| unfired.contains(fault)),
        }
        self.runs += 1;
        match brief.verdict {
            Verdict::ExactlyOnce => {}
            Verdict::Violated => {
                self.violated += 1;
                self.first_violated.get_or_insert(brief.fingerprint);
                if self.failing.len() < MOST_FAILING {
                    self.failing.push(seed);
                }
            }
            Verdict::Inconclusive => {
                self.inconclusive += 1;
                self.first_inconclusive.get_or_insert(seed);
            }
        }
        for class in brief.classes.iter() {
            self.classes[class as usize] += 1;
        }
        let sums = self.fired.0.iter_mut().zip(&mut self.with_kind);
        for ((sum, with), count) in sums.zip(brief.fired.0) {
            *sum += count;
            with.runs += u64::from(count > 0);
            with.violated += u64::from(count > 0 && brief.verdict == Verdict::Violated);
        }
        self.reached.add(&brief);
        self.add_ledger(&brief.ledger, seed);
        let worth = Worth::of(&brief);
        self.worth.get_or_insert(WorthOfAll::of(worth)).add(worth);
        self.events += brief.work.events;
        self.add_work(&brief, seed);
        self.digest = self.digest.wrapping_add(keyed(seed, brief.fingerprint));
        if let Some(again) = again {
            self.add_latency(again.latency, seed);
            self.with_records.extend(steps_with_records(&again.results));
            if self.sampled == 0 {
                self.results = again.results;
            }
            self.sampled += 1;
            if self.difference.is_none() {
                self.difference = again.difference;
            }
        }
    }

    fn add_ledger(&mut self, ledger: &LedgerFigures, seed: Option<u64>) {
        let of = |figure: Figure| figure.of(ledger);
        let first = |figure| Spread::of(of(figure), seed);
        let figures = self.figures.get_or_insert_with(|| Figure::ALL.map(first));
        for (spread, figure) in figures.iter_mut().zip(Figure::ALL) {
            spread.add(of(figure), seed);
        }
    }

    fn add_work(&mut self, brief: &Brief, seed: Option<u64>) {
        let found = figures::work(&brief.work, &brief.marks, brief.alphabet);
        if self.work.is_empty() {
            let first = |&(_, count)| Amount { sum: 0, spread: Spread::of(count, seed) };
            self.work = found.iter().map(first).collect();
        }
        for (Amount { sum, spread }, (_, count)) in self.work.iter_mut().zip(found) {
            *sum += u128::from(count);
            spread.add(count, seed);
        }
    }

    fn add_latency(&mut self, latency: Option<Latency>, seed: Option<u64>) {
        let Some(Latency { p50, p99, max }) = latency else { return };
        let found = [p50, p99, max];
        let all = self.latency.get_or_insert_with(|| found.map(|nanos| Spread::of(nanos, seed)));
        for (spread, nanos) in all.iter_mut().zip(found) {
            spread.add(nanos, seed);
        }
    }

    /// In how many runs a class was found.
    pub fn count(&self, class: Class) -> u64 {
        self.classes[class as usize]
    }

    /// The classes that were found in any run.
    pub fn found(&self) -> Classes {
        let mut found = Classes::default();
        Class::ALL.into_iter().filter(|&class| self.count(class) > 0).for_each(|c| found.insert(c));
        found
    }

    /// Whether it ended before its last seed because it had found enough.
    pub fn stopped_early(&self) -> bool {
        !self.interrupted && self.runs < self.seeds.count()
    }
}

/// What came of one seed.
pub(crate) struct Ran {
    /// What it found.
    pub(crate) brief: Brief,
    /// The exact faults that did not fire.
    pub(crate) unfired: Vec<usize>,
    /// The same in detail, by a simulator of its own, if the seed is in the sample.
    pub(crate) again: Option<Again>,
}

/// What came of a seed that was run again.
pub(crate) struct Again {
    /// In what it differs from the first time.
    pub(super) difference: Option<Difference>,
    /// The results of its steps.
    pub(super) results: Vec<StepResult>,
    /// Its latency.
    pub(super) latency: Option<Latency>,
}

/// A fingerprint scattered by its seed, so that a sum of them tells which seed had which. A sum, unlike a
/// chain, can be put together from parts.
fn keyed(seed: Option<u64>, fingerprint: u128) -> u128 {
    let key = scatter(seed.unwrap_or(0)) ^ u64::from(seed.is_none());
    let low = fold(key, scatter(fingerprint as u64));
    let high = fold(scatter(key), scatter((fingerprint >> 64) as u64));
    (u128::from(high) << 64) | u128::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_tells_which_seed_had_which_fingerprint() {
        assert_ne!(keyed(Some(1), 7).wrapping_add(keyed(Some(2), 8)), {
            keyed(Some(1), 8).wrapping_add(keyed(Some(2), 7))
        });
        assert_ne!(keyed(None, 7), keyed(Some(0), 7));
    }
}
