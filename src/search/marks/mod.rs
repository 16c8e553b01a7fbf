//! What the runs of a sweep reached: each mark with the kinds of faults that fired in the runs that reached it,
//! and how often each kind struck each step of the protocol. A mark that the scenario ought to reach and never
//! did means that the sweep has not tested what it was meant to.
//!
//! A mark ought to be reached only where the faults that the scenario draws, and the mechanisms that it has,
//! lead there. What hangs on the input or on a rare coincidence is counted and never asked for: a good scenario
//! may well miss it. Exact faults ask for none, since that they fired is checked already.

mod dataflow;
mod in_memory;
mod micro_batch;
mod snapshot;
mod transactions;

use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::time::Nanos;
use onceproof_sim::fault::{Kind, KindName};
use onceproof_sim::marks::Struck;
use onceproof_sim::outcome::Brief;
use onceproof_systems::{Design, Trial};

/// What was reached, over many runs.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Reached {
    #[cfg_attr(feature = "cli", serde(with = "super::written::row"))]
    pub(super) times: [u64; Mark::COUNT],
    #[cfg_attr(feature = "cli", serde(with = "super::written::row"))]
    pub(super) runs: [u64; Mark::COUNT],
    #[cfg_attr(feature = "cli", serde(with = "super::written::rows"))]
    pub(super) runs_with: [[u64; KindName::ALL.len()]; Mark::COUNT],
    #[cfg_attr(feature = "cli", serde(with = "super::written::rows"))]
    pub(super) strikes: [[u64; Struck::COUNT]; KindName::ALL.len()],
}

impl Default for Reached {
    fn default() -> Reached {
        Reached {
            times: [0; Mark::COUNT],
            runs: [0; Mark::COUNT],
            runs_with: [[0; KindName::ALL.len()]; Mark::COUNT],
            strikes: [[0; Struck::COUNT]; KindName::ALL.len()],
        }
    }
}

impl Reached {
    /// Adds a run.
    pub(super) fn add(&mut self, brief: &Brief) {
        for &(mark, _) in brief.alphabet.marks {
            let times = brief.marks.count(mark);
            if times == 0 {
                continue;
            }
            self.times[mark.at()] += times;
            self.runs[mark.at()] += 1;
            for kind in KindName::ALL {
                let fired = brief.fired.count(kind) > 0;
                self.runs_with[mark.at()][kind as usize] += u64::from(fired);
            }
        }
        for kind in KindName::ALL {
            if brief.fired.count(kind) > 0 {
                self.add_strikes(kind, brief);
            }
        }
    }

    fn add_strikes(&mut self, kind: KindName, brief: &Brief) {
        for struck in Struck::all(brief.alphabet) {
            let times = brief.strikes.count(kind, struck);
            self.strikes[kind as usize][struck.number()] += u64::from(times);
        }
    }

    /// How often a mark was reached.
    pub fn times(&self, mark: Mark) -> u64 {
        self.times[mark.at()]
    }

    /// In how many runs a mark was reached.
    pub fn runs(&self, mark: Mark) -> u64 {
        self.runs[mark.at()]
    }

    /// In how many runs a mark was reached and this kind of fault fired.
    pub fn runs_with(&self, mark: Mark, kind: KindName) -> u64 {
        self.runs_with[mark.at()][kind as usize]
    }

    /// How often a kind of fault struck there.
    pub fn struck(&self, kind: KindName, struck: Struck) -> u64 {
        self.strikes[kind as usize][struck.number()]
    }

    /// Whether a kind of fault struck at all.
    pub fn has_struck(&self, kind: KindName) -> bool {
        self.strikes[kind as usize].iter().any(|&times| times > 0)
    }
}

/// The marks that runs of this plan ought to reach if there are enough of them.
pub fn awaited(trial: &Trial) -> Vec<Mark> {
    let marks = trial.layout().alphabet.marks.iter().map(|&(mark, _)| mark);
    marks.filter(|&mark| is_awaited(trial, mark)).collect()
}

fn is_awaited(trial: &Trial, mark: Mark) -> bool {
    match &trial.design {
        Design::Dataflow(design) => dataflow::is_awaited(design, trial, mark),
        Design::InMemory(design) => in_memory::is_awaited(design, trial, mark),
        Design::Transactions(design) => transactions::is_awaited(design, trial, mark),
        Design::Snapshot(design) => snapshot::is_awaited(design, trial, mark),
        Design::MicroBatch(design) => micro_batch::is_awaited(design, trial, mark),
        // Only its user knows what it should reach.
        Design::Own(_) => false,
    }
}

/// Whether a scenario draws a fault of this kind.
fn draws(trial: &Trial, is_meant: impl Fn(&Kind) -> bool) -> bool {
    trial.plan.climate.odds.iter().any(|(kind, odds)| odds.numerator > 0 && is_meant(kind))
}

/// Whether shards are granted to other workers while their owners go on.
fn changes_hands(trial: &Trial) -> bool {
    let lease: Nanos = trial.plan.cluster.lease;
    let outlasts = |kind: &Kind| match *kind {
        Kind::Move => true,
        Kind::Pause { lasts } => lasts > lease,
        _ => false,
    };
    trial.hosts() > 1 && draws(trial, outlasts)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::search::fake::brief;
    use onceproof_model::dataflow::mechanism::{Dedup, Fencing, Mechanism};
    use onceproof_model::dataflow::point;
    use onceproof_sim::fault::{Climate, Odds};
    use onceproof_sim::outcome::Fired;

    /// Two runs with one lost ack each; in the first its retry was dropped.
    pub(crate) fn lost_acks() -> Reached {
        let mut run = brief(1);
        run.fired = Fired::default();
        run.fired.0[KindName::DropAck as usize] = 1;
        run.strikes.strike(KindName::DropAck, Struck::Step(point::ACK));
        let mut reached = Reached::default();
        let without = run.clone();
        run.marks.reach(point::DUPLICATE_DROPPED);
        reached.add(&run);
        reached.add(&without);
        reached
    }

    #[test]
    fn a_mark_is_awaited_where_its_faults_are_drawn_and_its_mechanism_is_there() {
        let check = |kinds: &[KindName], change: fn(&mut Mechanism), expected: &[Mark]| {
            let mut trial = crate::report::samples::flip_plan_with(change);
            let odds = Odds { numerator: 1, denominator: 10 };
            let odds = kinds.iter().map(|kind| (kind.with_defaults(), odds)).collect();
            trial.plan.climate = Climate { odds, others: Vec::new() };
            assert_eq!(awaited(&trial), expected, "{kinds:?}");
        };
        let as_it_is = |_: &mut Mechanism| {};
        check(&[], as_it_is, &[]);
        check(&[KindName::DropRequest], as_it_is, &[]);
        check(&[KindName::DropAck], as_it_is, &[point::DUPLICATE_DROPPED]);
        check(&[KindName::DropAck], |mechanism| mechanism.dedup = Dedup::Off, &[]);
        check(&[KindName::UserFails], as_it_is, &[Mark::FUNCTION_RAN_AGAIN]);
        check(&[KindName::Move], as_it_is, &[Mark::COMMIT_FENCED, Mark::ZOMBIE_ASKED]);
        let unfenced = |mechanism: &mut Mechanism| mechanism.fencing = Fencing::Off;
        check(&[KindName::Move], unfenced, &[Mark::ZOMBIE_ASKED]);
    }
}
