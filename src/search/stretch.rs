//! Which runs of a sweep are made, and what is done of them. A sweep that goes on where it was, one of several parts,
//! and one that is put together from parts are the same: some runs are done, and those after them are made.
//!
//! What is done is kept as what the first runs came to. Where a sweep may end early there is more than one such sum, each up
//! to a run that may be the last: whoever puts parts together ends with the run with which the whole sweep ends, which may
//! lie in the middle of a part.

use super::shard::Shard;
use super::tally::Seeds;
use onceproof_sim::outcome::Classes;
use std::ops::Range;

/// Who is told what runs came to.
pub type Tell<'a, T> = dyn Fn(&[T], &T) + Sync + 'a;

/// Who is told of a run that was violated: its seed, and what was found.
pub type TellViolated<'a> = dyn Fn(Option<u64>, Classes) + Sync + 'a;

/// The runs of a sweep that are made here, and what is done of them. `T` is what they come to.
pub struct Stretch<'a, T> {
    /// Which runs of all.
    pub shard: Shard,
    /// What the first of them came to, ever more of them. The last is what is done.
    pub done: Vec<T>,
    /// Told of what is done, now and then: as it was at each run that may be the last, and as it is.
    pub tell: Option<&'a Tell<'a, T>>,
    /// Told of each run that was violated, in the order of the seeds.
    pub violated: Option<&'a TellViolated<'a>>,
}

impl<T: Clone> Stretch<'_, T> {
    /// All runs, of which none is done.
    pub fn whole() -> Self {
        Stretch { shard: Shard::WHOLE, done: Vec::new(), tell: None, violated: None }
    }

    /// The runs that are made here, by their numbers among all.
    pub(super) fn numbers(&self, seeds: &Seeds) -> Range<u64> {
        self.shard.range(seeds.count())
    }

    /// The seeds of these runs.
    pub(super) fn seeds(&self, seeds: &Seeds) -> Seeds {
        let numbers = self.numbers(seeds);
        match seeds {
            Seeds::Range(all) => Seeds::Range(all.start + numbers.start..all.start + numbers.end),
            Seeds::One(seed) => Seeds::One(*seed),
        }
    }

    /// Whether anyone asks what is done.
    fn is_kept(&self) -> bool {
        self.tell.is_some() || !self.shard.is_whole()
    }

    /// The most runs between two times at which it is told what is done.
    pub(super) fn most_in_chunk(&self, most: u64) -> u64 {
        /// So few that little is lost of slow runs.
        const KEPT: u64 = 256;
        if self.is_kept() { most.min(KEPT) } else { most }
    }

    /// No more runs follow.
    pub(super) fn end(&mut self, all: &T, runs: impl Fn(&T) -> u64) {
        if self.is_kept() && self.done.last().is_none_or(|last| runs(last) != runs(all)) {
            self.done.push(all.clone());
        }
    }
}
