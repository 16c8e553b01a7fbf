//! What an exhaustive search found: its counts, level by level, and the causes. Without a cause, and
//! complete, it is a certificate.

use super::causes::Cause;
use onceproof_kernel::mix::scatter;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::{Brief, Verdict};
use onceproof_sim::simulator::Needless;

/// The version of this build: of the package, and a hash of the sources that a verdict depends on, so that two builds
/// of one version are told apart.
pub const VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION"), " (sources ", env!("ONCEPROOF_SOURCES"), ")");

/// What a certificate is by.
pub const ENGINE: &str =
    concat!("onceproof ", env!("CARGO_PKG_VERSION"), " (sources ", env!("ONCEPROOF_SOURCES"), ")");

/// Counts of schedules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Counts {
    /// How many were run.
    pub runs: u64,
    /// How many of these broke the scenario.
    pub violated: u64,
    /// How many of these hit a limit before they ended.
    pub inconclusive: u64,
    /// How many hold all of a cause.
    pub explained: u64,
    /// How many were left out with all that could follow them, by the reason, in the order of
    /// [`Needless::ALL`].
    pub needless: [u64; Needless::ALL.len()],
    /// How many were run whose last fault is of each kind, in the order of [`KindName::ALL`].
    #[cfg_attr(feature = "cli", serde(with = "super::written::row"))]
    pub kinds: [u64; KindName::ALL.len()],
    /// The fingerprints of all runs in one word: a sum, so that it can be put together from parts.
    #[cfg_attr(feature = "cli", serde(with = "super::written::text"))]
    pub digest: u128,
}

impl Counts {
    /// Counts a run.
    pub(super) fn count(&mut self, brief: &Brief, last: Option<&Fault>) {
        self.runs += 1;
        match brief.verdict {
            Verdict::ExactlyOnce => {}
            Verdict::Violated => self.violated += 1,
            Verdict::Inconclusive => self.inconclusive += 1,
        }
        if let Some(fault) = last {
            self.kinds[fault.kind.name() as usize] += 1;
        }
        let (low, high) = (brief.fingerprint as u64, (brief.fingerprint >> 64) as u64);
        let word = (u128::from(scatter(high)) << 64) | u128::from(scatter(!low));
        self.digest = self.digest.wrapping_add(word);
    }

    /// Adds other counts.
    pub(super) fn add(&mut self, other: &Counts) {
        let Counts { runs, violated, inconclusive, explained, needless, kinds, digest } = other;
        self.runs += runs;
        self.violated += violated;
        self.inconclusive += inconclusive;
        self.explained += explained;
        for (sum, count) in self.needless.iter_mut().zip(needless) {
            *sum += count;
        }
        for (sum, count) in self.kinds.iter_mut().zip(kinds) {
            *sum += count;
        }
        self.digest = self.digest.wrapping_add(*digest);
    }
}

/// How far a search had come among the schedules of so many faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CutOff {
    /// How many faults these have.
    pub faults: u32,
    /// How many of them were run.
    pub runs: u64,
    /// About how many there are.
    pub about: u64,
}

/// What an exhaustive search found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exhaustion {
    /// The most faults of a schedule that was asked for.
    pub most: u32,
    /// The kinds of faults, with their parameters.
    pub kinds: Vec<Kind>,
    /// The counts for each number of faults, from 0, as far as it came.
    pub levels: Vec<Counts>,
    /// The causes, smallest first.
    pub causes: Vec<Cause>,
    /// The first schedule that hit a limit.
    pub first_inconclusive: Option<Vec<Fault>>,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// How far it had come with the number of faults at which it was interrupted.
    pub cut_off: Option<CutOff>,
    /// Whether it ended, as it was asked to, with the smallest number of faults that breaks the scenario.
    pub stopped: bool,
    /// A hash of all that was searched: scenario, kinds, number of faults.
    pub space: u64,
}

impl Exhaustion {
    /// The counts over all levels.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.levels.iter().for_each(|level| total.add(level));
        total
    }

    /// Whether it says something of every schedule that was asked for.
    pub fn is_complete(&self) -> bool {
        // Where nothing at all breaks it, every schedule is explained by that.
        let reached_all = self.levels.len() > self.most as usize
            || self.causes.first().is_some_and(|cause| cause.faults.is_empty());
        reached_all && !self.interrupted && self.total().inconclusive == 0
    }

    /// The sentence that it certifies, if it does.
    pub fn certificate(&self) -> Option<String> {
        let most = self.most;
        (self.is_complete() && self.causes.is_empty())
            .then(|| format!("no schedule of at most {most} of these faults breaks it"))
    }

    /// The kinds that had no place in any schedule; none if it was interrupted, since they may have one further on.
    pub fn never_placed(&self) -> Vec<KindName> {
        if self.interrupted {
            return Vec::new();
        }
        let total = self.total();
        let mut names: Vec<KindName> = self.kinds.iter().map(Kind::name).collect();
        names.dedup();
        names.retain(|&name| self.most > 0 && total.kinds[name as usize] == 0);
        names
    }
}
