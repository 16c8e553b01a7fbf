//! What the runs of a sweep reached: each mark with the kinds of faults that fired in the runs that reached
//! it, and how often each kind struck each step of the protocol. A mark that the scenario ought to reach
//! and never did means that the sweep has not tested what it was meant to.

use onceproof_kernel::time::Nanos;
use onceproof_model::mechanism::{Dedup, Fencing, GiveUp, Outputs};
use onceproof_model::pipeline::{Step, StepKind};
use onceproof_sim::fault::{Kind, KindName, Leg};
use onceproof_sim::marks::{Mark, Strikes, Struck};
use onceproof_sim::outcome::Brief;
use onceproof_sim::plan::Plan;

/// What was reached, over many runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    times: [u64; Mark::ALL.len()],
    runs: [u64; Mark::ALL.len()],
    runs_with: [[u64; KindName::ALL.len()]; Mark::ALL.len()],
    strikes: [[u64; Struck::COUNT]; KindName::ALL.len()],
}

impl Default for Reached {
    fn default() -> Reached {
        Reached {
            times: [0; Mark::ALL.len()],
            runs: [0; Mark::ALL.len()],
            runs_with: [[0; KindName::ALL.len()]; Mark::ALL.len()],
            strikes: [[0; Struck::COUNT]; KindName::ALL.len()],
        }
    }
}

impl Reached {
    /// Adds a run.
    pub(super) fn add(&mut self, brief: &Brief) {
        for mark in Mark::ALL {
            let times = brief.marks.count(mark);
            if times == 0 {
                continue;
            }
            self.times[mark as usize] += times;
            self.runs[mark as usize] += 1;
            for kind in KindName::ALL {
                let fired = brief.fired.count(kind) > 0;
                self.runs_with[mark as usize][kind as usize] += u64::from(fired);
            }
        }
        for kind in KindName::ALL {
            if brief.fired.count(kind) > 0 {
                self.add_strikes(kind, &brief.strikes);
            }
        }
    }

    fn add_strikes(&mut self, kind: KindName, strikes: &Strikes) {
        for (sum, struck) in self.strikes[kind as usize].iter_mut().zip(Struck::all()) {
            *sum += u64::from(strikes.count(kind, struck));
        }
    }

    /// How often a mark was reached.
    pub fn times(&self, mark: Mark) -> u64 {
        self.times[mark as usize]
    }

    /// In how many runs a mark was reached.
    pub fn runs(&self, mark: Mark) -> u64 {
        self.runs[mark as usize]
    }

    /// In how many runs a mark was reached and this kind of fault fired.
    pub fn runs_with(&self, mark: Mark, kind: KindName) -> u64 {
        self.runs_with[mark as usize][kind as usize]
    }

    /// How often a kind of fault struck each step of the protocol, in the order of [`Struck::all`].
    pub fn strikes(&self, kind: KindName) -> [u64; Struck::COUNT] {
        self.strikes[kind as usize]
    }
}

/// The marks that runs of this plan ought to reach if there are enough of them: those for which it draws
/// the faults that lead there, and has the mechanism that is visited. What hangs on the input alone, or on
/// a rare coincidence, is never asked for.
pub fn awaited(plan: &Plan) -> Vec<Mark> {
    Mark::ALL.into_iter().filter(|&mark| is_awaited(plan, mark)).collect()
}

fn is_awaited(plan: &Plan, mark: Mark) -> bool {
    let draws = |is_meant: fn(&Kind) -> bool| {
        plan.climate.odds.iter().any(|(kind, odds)| odds.numerator > 0 && is_meant(kind))
    };
    let steps = || plan.pipeline.steps().iter();
    let receivers = || steps().filter(|step| !matches!(step.kind, StepKind::Source { .. }));
    // A request that was applied is sent again, and by someone who has not given up.
    let repeats = || {
        let resends = steps().all(|step| step.mechanism.give_up == GiveUp::Never);
        let copies = draws(|kind| matches!(kind, Kind::Duplicate { leg: Leg::Request }));
        let unheard = draws(|kind| matches!(kind, Kind::DropAck | Kind::ErrorApplied));
        copies || (resends && unheard)
    };
    let knows = |step: &Step| step.mechanism.dedup != Dedup::Off;
    let crashes = || draws(|kind| matches!(kind, Kind::Crash { .. }));
    match mark {
        Mark::DuplicateDropped => receivers().all(knows) && repeats(),
        Mark::DuplicateDroppedAfterRestart => receivers().all(knows) && repeats() && crashes(),
        Mark::FilterSavedRead => receivers()
            .any(|step| matches!(step.mechanism.dedup, Dedup::Bloom(_) | Dedup::BloomOnly(_))),
        Mark::CommitRepeated => draws(|kind| matches!(kind, Kind::CommitUnknown)),
        Mark::CommitFenced => {
            let fences = steps().all(|step| step.mechanism.fencing == Fencing::Token);
            fences && changes_hands(plan)
        }
        Mark::CommitOutlived => {
            crashes() && draws(|kind| matches!(kind, Kind::CommitDelayed { .. }))
        }
        Mark::SentAgainAfterRestart => {
            crashes()
                && draws(|kind| matches!(kind, Kind::DropRequest | Kind::DropAck))
                && steps().all(|step| step.mechanism.give_up == GiveUp::Never)
        }
        Mark::ErrorAnswered => {
            draws(|kind| matches!(kind, Kind::ErrorApplied | Kind::ErrorNotApplied))
        }
        Mark::FunctionRanAgain => {
            let mut maps = steps().filter(|step| matches!(step.kind, StepKind::Map(_)));
            let runs_again = |step: &Step| step.mechanism.outputs == Outputs::Recompute;
            let fails = draws(|kind| matches!(kind, Kind::UserFails));
            maps.any(|step| fails || (runs_again(step) && crashes()))
        }
        Mark::ZombieAsked => changes_hands(plan),
        Mark::RemnantDropped
        | Mark::OldDropped
        | Mark::CallFenced
        | Mark::ShardNotThere
        | Mark::WatermarkAlone
        | Mark::WatermarkSentAgain
        | Mark::RecordLate => false,
    }
}

/// Whether shards are granted to other workers while their owners go on.
fn changes_hands(plan: &Plan) -> bool {
    let lease: Nanos = plan.cluster.lease;
    let outlasts = |kind: &Kind| match *kind {
        Kind::Move => true,
        Kind::Pause { lasts } => lasts > lease,
        _ => false,
    };
    let drawn = &plan.climate.odds;
    plan.hosts() > 1 && drawn.iter().any(|(kind, odds)| odds.numerator > 0 && outlasts(kind))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::search::fake::brief;
    use onceproof_model::mechanism::Mechanism;
    use onceproof_sim::fault::{Before, Climate, Odds};
    use onceproof_sim::outcome::Fired;

    /// Two runs with one lost ack each; in the first its retry was dropped.
    pub(crate) fn lost_acks() -> Reached {
        let mut run = brief(1);
        run.fired = Fired::default();
        run.fired.0[KindName::DropAck as usize] = 1;
        run.strikes.strike(KindName::DropAck, Struck::Step(Before::Ack));
        let mut reached = Reached::default();
        let without = run;
        run.marks.reach(Mark::DuplicateDropped);
        reached.add(&run);
        reached.add(&without);
        reached
    }

    #[test]
    fn a_mark_is_awaited_where_its_faults_are_drawn_and_its_mechanism_is_there() {
        let check = |kinds: &[KindName], change: fn(&mut Mechanism), expected: &[Mark]| {
            let mut plan = crate::report::samples::flip_plan_with(change);
            let odds = Odds { numerator: 1, denominator: 10 };
            let odds = kinds.iter().map(|kind| (kind.with_defaults(), odds)).collect();
            plan.climate = Climate { odds, others: Vec::new() };
            assert_eq!(awaited(&plan), expected, "{kinds:?}");
        };
        let as_it_is = |_: &mut Mechanism| {};
        check(&[], as_it_is, &[]);
        check(&[KindName::DropRequest], as_it_is, &[]);
        check(&[KindName::DropAck], as_it_is, &[Mark::DuplicateDropped]);
        check(&[KindName::DropAck], |mechanism| mechanism.dedup = Dedup::Off, &[]);
        check(&[KindName::UserFails], as_it_is, &[Mark::FunctionRanAgain]);
        check(&[KindName::Move], as_it_is, &[Mark::CommitFenced, Mark::ZombieAsked]);
        let unfenced = |mechanism: &mut Mechanism| mechanism.fencing = Fencing::Off;
        check(&[KindName::Move], unfenced, &[Mark::ZombieAsked]);
    }
}
