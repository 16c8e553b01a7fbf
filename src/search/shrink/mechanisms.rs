//! What is shrunk keeps the mechanisms that its file sets, but for those that only cost and break nothing: set
//! right, one of them may leave a failure of the same class that is another bug. Of each wrong mechanism it is
//! found out whether the failure needs it.

use super::bench::Bench;
use super::case::Case;
#[cfg(feature = "cli")]
use crate::scenario::Scenario;
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow;
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::MechanismRow;
use onceproof_model::micro_batch::OutputLevel;
use onceproof_model::setting::HasTable;
use onceproof_systems::{Design, SystemSettings, Trial};

/// A mechanism that some step of the failure has another value of than the first, which is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// Its name, as in `[mechanism]`.
    pub mechanism: &'static str,
    /// Whether it no longer fails in this way with the right value at every step.
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

/// Whether a scenario with the same steps has the same mechanisms, but for what only costs.
#[cfg(feature = "cli")]
pub fn are_kept(before: &Scenario, after: &Scenario) -> bool {
    match (&before.trial.design, &after.trial.design) {
        (Design::Dataflow(before), Design::Dataflow(after)) => {
            let before = before.mechanisms().iter().map(without_costs);
            before.eq(after.mechanisms().iter().map(without_costs))
        }
        (Design::Own(_), Design::Own(_)) => true,
        (before, after) => before.settings().is_some() && before.settings() == after.settings(),
    }
}

/// Every wrong mechanism of a failure, and whether it is needed.
pub fn wrong(bench: &mut Bench<'_>, case: &Case) -> Vec<Wrong> {
    let trial = case.trial(bench.most_events);
    let others: Vec<(&'static str, Option<Trial>)> = match &trial.design {
        Design::Dataflow(design) => of_dataflow(design, &trial),
        design if design.settings().is_some() => of_settings(&trial),
        // Its wrong designs are the user's, and have no names here.
        _ => Vec::new(),
    };
    // What else a run with a right value breaks is no failure of this scenario.
    let (goal, watch) = (bench.goal.clone(), bench.watch);
    let mut alone = Bench { runs: bench.runs, ..Bench::new(goal, watch) };
    let mut found = Vec::new();
    for (mechanism, right) in others {
        if let Some(right) = right {
            let hit = alone.hits_with(&mut right.simulator(), case, &case.faults);
            found.push(Wrong { mechanism, is_needed: hit.is_none() });
        }
    }
    bench.runs = alone.runs;
    found
}

/// Each mechanism of Dataflow that is wrong somewhere, with the plan in which it is right.
fn of_dataflow(design: &dataflow::Design, trial: &Trial) -> Vec<(&'static str, Option<Trial>)> {
    let is_wrong = |row: &&MechanismRow| {
        design.mechanisms().iter().any(|mechanism| row.may_break_in(mechanism))
    };
    let wrong = Mechanism::table().iter().filter(is_wrong);
    wrong.map(|row| (row.key(), with_right(design, trial, row))).collect()
}

/// Each setting that is wrong, with the plan in which it is right.
fn of_settings(trial: &Trial) -> Vec<(&'static str, Option<Trial>)> {
    let with = |settings: SystemSettings| {
        let design = trial.design.with_settings(settings)?;
        Some(Trial { design, plan: trial.plan.clone() })
    };
    match trial.design.settings() {
        None => Vec::new(),
        Some(SystemSettings::InMemory(settings)) => wrong_of(&settings)
            .map(|(key, right)| (key, with(SystemSettings::InMemory(right))))
            .collect(),
        Some(SystemSettings::Transactions(settings)) => wrong_of(&settings)
            .map(|(key, right)| (key, with(SystemSettings::Transactions(right))))
            .collect(),
        Some(SystemSettings::Snapshot(settings)) => wrong_of(&settings)
            .map(|(key, right)| (key, with(SystemSettings::Snapshot(right))))
            .collect(),
        Some(SystemSettings::MicroBatch(settings)) => wrong_of(&settings)
            .map(|(key, right)| (key, with(SystemSettings::MicroBatch(right))))
            .chain(of_levels(trial))
            .collect(),
    }
}

/// Each step of micro-batches that is said to make the same and may not, with the plan in which that is not said.
fn of_levels(trial: &Trial) -> Vec<(&'static str, Option<Trial>)> {
    let Design::MicroBatch(design) = &trial.design else { return Vec::new() };
    let right = |step: StepIndex| {
        let design = design.with_level(step, OutputLevel::Indeterminate).ok()?;
        Some(Trial { design: Design::MicroBatch(design), plan: trial.plan.clone() })
    };
    design.misdeclared().into_iter().map(|(step, _)| ("level", right(step))).collect()
}

/// The key of each setting that is wrong, and all settings with that one right.
fn wrong_of<T: HasTable>(settings: &T) -> impl Iterator<Item = (&'static str, T)> {
    let rows = settings.rows().into_iter().filter(|setting| settings.is_wrong(setting));
    rows.map(|setting| (setting.key, settings.with_first(setting)))
}

/// The plan with a mechanism that is right at every step; none if that is no design.
fn with_right(design: &dataflow::Design, trial: &Trial, row: &MechanismRow) -> Option<Trial> {
    let mut steps = design.parts();
    steps.iter_mut().for_each(|(_, mechanism)| row.put(mechanism, &Mechanism::default()));
    let design = Design::Dataflow(dataflow::Design::new(steps).ok()?);
    Some(Trial { design, plan: trial.plan.clone() })
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
            of_settings(&scenario.trial)
        };
        let [("level", Some(right))] = &levels("declared.toml")[..] else { panic!("one level") };
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
