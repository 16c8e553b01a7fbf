//! What is shrunk keeps the settings of its file, but for those that only cost and break nothing: set right, one of
//! them may leave a failure of the same class that is another bug. Of each wrong setting, be it one of all steps or of
//! one, it is found out whether the failure needs it.

use super::bench::Bench;
use super::case::Case;
#[cfg(feature = "cli")]
use crate::scenario::Scenario;
#[cfg(feature = "cli")]
use crate::search::repair::Repair;
use crate::search::repair::{Rank, RepairPlace, each_wrong};
#[cfg(feature = "cli")]
use onceproof_model::dataflow::mechanism::Mechanism;
#[cfg(feature = "cli")]
use onceproof_systems::Design;

/// A setting of the failure that is wrong, or may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// The step that it is set for; none if it stands for all.
    pub step: Option<String>,
    /// Its key: a mechanism, `queue.ack`, `write`.
    pub mechanism: &'static str,
    /// Whether it no longer fails in this way with the right value.
    pub is_needed: bool,
}

/// The mechanisms without what only costs.
#[cfg(feature = "cli")]
fn without_costs(mechanism: &Mechanism) -> Mechanism {
    let mut without = *mechanism;
    for row in Mechanism::table().iter().filter(|row| !row.may_break_in(mechanism)) {
        row.put(&mut without, &Mechanism::default());
    }
    without
}

/// Whether a scenario with the same steps has the same settings, but for those that are right and only cost.
#[cfg(feature = "cli")]
pub fn are_kept(before: &Scenario, after: &Scenario) -> bool {
    let of_steps = |scenario: &Scenario| match &scenario.trial.design {
        Design::Dataflow(design) => design.mechanisms().iter().map(without_costs).collect(),
        _ => Vec::new(),
    };
    // A length in the table of a strategy may do as well as the one that holds where none is given.
    let is_length = |repair: &Repair| {
        matches!((repair.rank, &repair.place), (Rank::Length, RepairPlace::Table(_)))
    };
    let wrong = |scenario: &Scenario| {
        let wrong = each_wrong(&scenario.trial, &|_, _| false).into_iter();
        let wrong = wrong.filter(|repair| !is_length(repair));
        wrong.map(|repair| (repair.place, repair.key, repair.was)).collect::<Vec<_>>()
    };
    of_steps(before) == of_steps(after) && wrong(before) == wrong(after)
}

/// Every wrong setting of a failure, and whether it is needed.
pub fn wrong(bench: &mut Bench<'_>, case: &Case) -> Vec<Wrong> {
    let trial = case.trial(bench.most_events);
    let own = case.subject.own_mechanisms();
    let is_own = |step: usize, key: &str| own.get(step).is_some_and(|own| own.contains(&key));
    // What else a run with a right value breaks is no failure of this scenario.
    let (goal, watch) = (bench.goal.clone(), bench.watch);
    let mut alone = Bench { runs: bench.runs, ..Bench::new(goal, watch) };
    let mut found = Vec::new();
    // What only promises less than another value is not wrong.
    let wrong = each_wrong(&trial, &is_own).into_iter().filter(|repair| repair.rank < Rank::Less);
    for repair in wrong {
        if let Some(right) = repair.make(&trial) {
            let hit = alone.hits_with(&mut right.simulator(), case, &case.faults);
            let step = match repair.place {
                RepairPlace::Step(name) => Some(name),
                RepairPlace::Top | RepairPlace::Table(_) => None,
            };
            found.push(Wrong { step, mechanism: repair.key, is_needed: hit.is_none() });
        }
    }
    bench.runs = alone.runs;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::mechanisms;
    use crate::search::variants::{right_mechanisms, wrong_mechanisms};
    use onceproof_sim::outcome::Verdict;
    use std::path::Path;

    #[test]
    fn what_is_said_of_a_coin_is_set_right() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/micro-batch");
        let levels = |file: &str| {
            let scenario = Scenario::load(&folder.join(file)).expect("a scenario");
            let wrong = each_wrong(&scenario.trial, &|_, _| false).into_iter();
            let right = wrong.filter(|repair| repair.key == "level");
            right.map(|repair| repair.make(&scenario.trial)).collect::<Vec<_>>()
        };
        let [Some(right)] = &levels("declared.toml")[..] else { panic!("one level") };
        assert_eq!(right.simulator().brief(None).verdict, Verdict::ExactlyOnce);
        assert!(levels("derived.toml").is_empty());
    }

    #[test]
    fn every_wrong_value_of_every_mechanism_is_known_and_is_set_right() {
        let right = Mechanism::default();
        let wrong = wrong_mechanisms();
        for value in wrong.iter().chain(&right_mechanisms()).map(|design| design.value()) {
            let mut mechanism = mechanisms(&value).expect("a mechanism");
            let costs = without_costs(&mechanism) == without_costs(&right);
            let only_costs =
                ["retry", "bundle", "in-flight", "settle", "fuse", "lift = false", "dedup = \"bl"];
            let is_wrong = wrong.iter().any(|wrong| wrong.value() == value);
            if only_costs.iter().any(|cost| value.starts_with(cost)) {
                assert!(costs, "{value}");
            } else if is_wrong {
                assert!(!costs, "{value}");
            }
            let wrong = Mechanism::table().iter().filter(|row| row.may_break());
            wrong.for_each(|row| row.put(&mut mechanism, &right));
            assert_eq!(without_costs(&mechanism), without_costs(&right), "{value}");
        }
    }
}
