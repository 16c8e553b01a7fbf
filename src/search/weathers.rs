//! Weathers: each seed has faults of other kinds, with other odds. Some kinds are off, and the odds of the others are drawn
//! over orders of magnitude, since a storm of everything drowns what needs a calm (Groce and others, *Swarm Testing*,
//! ISSTA 2012).

use super::stretch::Stretch;
use super::sweep::{Runner, Stop, sweep_with};
use super::tally::{Seeds, Sweep};
use super::threads::Threads;
use crate::scenario::{Latitude, Weather, arrivals};
use onceproof_sim::draw::{CLIMATE, generated_words, scale};
use onceproof_sim::fault::{Climate, Kind, KindName, Odds};
use onceproof_sim::outcome::{Brief, Outcome};
use onceproof_sim::plan::Until;
use onceproof_systems::Trial;
use std::sync::atomic::AtomicBool;

/// Odds are from one in 2^3 down to less than one in 2^`MOST_SHIFT`.
const MOST_SHIFT: u64 = 13;

/// A trial, and faults of which each seed has others, with other odds. All else stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct Weathers<'a> {
    /// What is run.
    pub trial: &'a Trial,
    /// The kinds of faults that there may be, with their parameters.
    pub kinds: &'a [Kind],
}

impl Weathers<'_> {
    /// The trial in the weather of a seed.
    pub fn of(&self, seed: u64) -> Trial {
        let mut names: Vec<KindName> = self.kinds.iter().map(Kind::name).collect();
        names.sort_unstable();
        names.dedup();
        let latitude = Latitude {
            kinds: names,
            shards: Vec::new(),
            windows: Vec::new(),
            workers: false,
            records: None,
        };
        let faults = weather(&latitude, seed).faults;
        self.trial.with(|plan| {
            // As in a swarm, a storm ends though the input may never be read to its end.
            let calm = arrivals(self.trial).saturating_add(Until::CALM_AFTER_INPUT);
            plan.until.calm.get_or_insert(calm);
            plan.climate = climate(self.kinds, &faults);
        })
    }

    /// Runs each seed in its own weather; see [`super::sweep::sweep`].
    pub fn sweep(&self, threads: Threads, seeds: Seeds, stop: Stop, cancel: &AtomicBool) -> Sweep {
        sweep_with(threads, || *self, seeds, &mut Stretch::whole(), stop, cancel, &|_| {})
    }
}

impl Runner for Weathers<'_> {
    fn brief(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<(Brief, Vec<usize>)> {
        Runner::brief(&mut self.of(seed.unwrap_or(0)).simulator(), seed, stop)
    }

    fn detail(&mut self, seed: Option<u64>) -> Outcome {
        self.of(seed.unwrap_or(0)).simulator().detail(seed)
    }
}

/// Kinds with odds by their names. Of those with one name, each strikes as often as the next.
pub fn climate(kinds: &[Kind], faults: &[(KindName, u64)]) -> Climate {
    let mut climate = Climate::default();
    for kind in kinds {
        let Some((_, denominator)) = faults.iter().find(|(name, _)| *name == kind.name()) else {
            continue;
        };
        let is_same = |(other, _): &(Kind, Odds)| {
            other.name() == kind.name() && other.asked_at() == kind.asked_at()
        };
        match climate.odds.iter().any(is_same) {
            true => climate.others.push(*kind),
            false => {
                climate.odds.push((*kind, Odds { numerator: 1, denominator: *denominator }));
            }
        }
    }
    climate
}

/// The least shift of the odds of a kind. What strikes a whole worker or link is asked for at each of its
/// effects or requests and hits all of them. A worker resends up to 64 outputs when it takes a shard over;
/// if a shard moved before one send of 8, none would come through that in (8/7)^64 boots, or 5,000, and as a
/// move takes no time the storm would not come to its end either. One of 64 leaves a boot in three whole.
fn least_shift(kind: KindName) -> u64 {
    if kind.row().target.is_whole() { 6 } else { 3 }
}

/// The weather of a seed. As many words are drawn for what is off or fixed as for what is not, so one more
/// kind of fault leaves the others as they were.
pub(super) fn weather(latitude: &Latitude, seed: u64) -> Weather {
    let mut words = generated_words(seed, CLIMATE);
    let mut below = |bound: u64| scale(words(), bound);
    let records = (below(2), below(8));
    let workers = (below(2), below(4));
    let window = below(4);
    let steps = latitude.shards.iter().map(|&varies| (below(2), below(4), varies));
    let shards = steps
        .map(|(is_other, shards, varies)| (varies && is_other == 1).then_some(shards as u32 + 1))
        .collect();
    let mut faults = Vec::new();
    for kind in KindName::ALL {
        let is_on = below(2) == 1;
        let least = least_shift(kind);
        let shift = least + below(MOST_SHIFT - least);
        let denominator = (1 << shift) + below(1 << shift);
        if is_on && latitude.kinds.contains(&kind) {
            faults.push((kind, denominator));
        }
    }
    Weather {
        faults,
        shards,
        // From half as long to four times, all by one factor.
        windows: latitude.windows.iter().map(|length| length.map(|l| (l << window) / 2)).collect(),
        // A shard that is to move needs another worker.
        workers: (latitude.workers && workers.0 == 1).then_some(workers.1 as u32 + 2),
        // From an eighth to all of them.
        records: latitude
            .records
            .filter(|_| records.0 == 1)
            .map(|all| (all * (records.1 + 1) / 8).max(1)),
    }
}
