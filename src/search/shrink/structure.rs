//! A smaller scenario: fewer shards, no step that nothing needs, no key whose default does as well, and
//! records that say no more than they must. Each is an edit of the text; what does not fail in the same way,
//! with every fault, is not taken.

use super::bench::Bench;
use super::case::{Case, Subject};
use super::mechanisms::are_kept;
use crate::scenario::{Scenario, ScenarioError};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{MILLISECOND, SECOND, Span};
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::{About, Fault, Pattern};
use std::sync::Arc;

/// Makes the scenario of a failure as small as the failure allows. What has no text stays as it is.
pub fn smaller_scenario(bench: &mut Bench<'_>, case: &mut Case) {
    if case.subject.scenario().is_some() {
        fewer_steps(bench, case);
        fewer_shards(bench, case);
        fewer_keys(bench, case);
        plainer_records(bench, case);
    }
}

/// Takes an edited scenario with these faults, if it fails in the same way with all of them.
fn take(
    bench: &mut Bench<'_>,
    case: &mut Case,
    edited: Result<Scenario, ScenarioError>,
    faults: Vec<Fault>,
) -> bool {
    // A text that is no scenario is an edit that cannot be made.
    let Ok(scenario) = edited else { return false };
    let subject = Subject::Scenario(Arc::new(scenario));
    let candidate = Case { subject, faults, ..case.clone() };
    let is_taken =
        bench.hits(&candidate).is_some_and(|hit| hit.fired.len() == candidate.faults.len());
    if is_taken {
        *case = candidate;
    }
    is_taken
}

/// Leaves out steps that no other reads from, the last first.
fn fewer_steps(bench: &mut Bench<'_>, case: &mut Case) {
    for at in (0..case.subject.trial().design.pipeline().steps().len()).rev() {
        let Some(scenario) = case.subject.scenario() else { return };
        let step = StepIndex(at as u16);
        let pipeline = scenario.trial.design.pipeline();
        let is_source = matches!(pipeline.step(step).kind, StepKind::Source { .. });
        let is_hit = bench.goal.step == Some(step);
        if is_source || is_hit || !pipeline.edges(step).is_empty() {
            continue;
        }
        let Ok(edited) = scenario.without_step(step) else { continue };
        let Some(faults) = moved(&case.faults, scenario, &edited) else { continue };
        let goal = bench.goal.clone();
        let (here, there) = (scenario.trial.layout(), edited.trial.layout());
        let step_hit = goal.step.map(|step| there.find(here.name(step)));
        if step_hit == Some(None) {
            continue;
        }
        bench.goal.step = step_hit.flatten();
        if !take(bench, case, Ok(edited), faults) {
            bench.goal = goal;
        }
    }
}

/// The faults of a scenario at the same steps and processes of another one; none if one of them is not there.
fn moved(faults: &[Fault], from: &Scenario, to: &Scenario) -> Option<Vec<Fault>> {
    let (here, there) = (from.trial.layout(), to.trial.layout());
    let moved = |step: StepIndex| there.find(here.name(step));
    faults.iter().map(|fault| in_layout(fault, &moved)).collect()
}

/// The fault in a layout where each step is the one that this returns; none if it is about one that is not there. With a
/// step of the pipeline the processes go that are there for it alone.
fn in_layout(fault: &Fault, moved: &dyn Fn(StepIndex) -> Option<StepIndex>) -> Option<Fault> {
    let mut fault = fault.clone();
    let place = &mut fault.at;
    let record = match &mut place.record {
        Some(About::Record(Pattern::Source { step, .. } | Pattern::Pane { step, .. })) => {
            Some(step)
        }
        Some(About::Control { .. }) | None => None,
    };
    let steps = [place.step.as_mut(), place.from.as_mut(), place.to.as_mut(), record];
    for step in steps.into_iter().flatten() {
        *step = moved(*step)?;
    }
    Some(fault)
}

/// Gives each step one shard, or failing that two.
fn fewer_shards(bench: &mut Bench<'_>, case: &mut Case) {
    let steps: Vec<StepIndex> = case.subject.trial().design.pipeline().order().to_vec();
    for step in steps {
        let shards = case.subject.trial().layout().shards_of(step);
        for fewer in (1..shards).take(2) {
            let Some(scenario) = case.subject.scenario() else { return };
            let Ok(edited) = scenario.with_shards(step, fewer) else { continue };
            let (here, there) = (scenario.trial.layout(), edited.trial.layout());
            let is_other = |step: StepIndex| here.shards_of(step) != there.shards_of(step);
            let narrow = |fault: &Fault| with_shards(fault, step, (shards, fewer), &is_other);
            let faults = case.faults.iter().map(narrow).collect();
            if take(bench, case, Ok(edited), faults) {
                break;
            }
        }
    }
}

/// The fault where a step had other shards before: the row stays the same, and which shard has the key is
/// left open, also at the processes that have as many shards as the step.
fn with_shards(
    fault: &Fault,
    step: StepIndex,
    (old, new): (u32, u32),
    is_other: &dyn Fn(StepIndex) -> bool,
) -> Fault {
    let mut fault = fault.clone();
    let place = &mut fault.at;
    if let Some(About::Record(Pattern::Source { step: source, shard, offset, .. })) =
        &mut place.record
        && *source == step
    {
        let row = *offset * u64::from(old) + u64::from(*shard);
        (*shard, *offset) = ((row % u64::from(new)) as u32, row / u64::from(new));
    }
    if place.step.or(place.to).is_some_and(is_other) {
        place.shard = None;
    }
    if place.from.is_some_and(is_other) {
        place.from_shard = None;
    }
    fault
}

/// Leaves out keys whose defaults do as well, but for settings that may be wrong.
fn fewer_keys(bench: &mut Bench<'_>, case: &mut Case) {
    let keys = case.subject.scenario().map(Scenario::spare_keys).unwrap_or_default();
    for key in keys {
        let Some(scenario) = case.subject.scenario() else { return };
        // It may have gone with its table.
        if !scenario.spare_keys().contains(&key) {
            continue;
        }
        let Ok(edited) = scenario.without_key(&key) else { continue };
        // Set right, a setting that is wrong may leave another bug of the same class.
        if !are_kept(scenario, &edited) {
            continue;
        }
        // A setting may do without a process.
        let Some(faults) = moved(&case.faults, scenario, &edited) else { continue };
        take(bench, case, Ok(edited), faults);
    }
}

/// Records that happen when they arrive, carry 1, and arrive at the same time, every millisecond or every
/// second.
fn plainer_records(bench: &mut Bench<'_>, case: &mut Case) {
    let fewer = case.subject.scenario().map(|scenario| scenario.with_rows(&case.rows));
    let Some(Ok(fewer)) = fewer else { return };
    let alone = Case::new(Subject::Scenario(Arc::new(fewer)), case.faults.clone(), case.seed);
    if bench.hits(&alone).is_none_or(|hit| hit.fired.len() < alone.faults.len()) {
        return;
    }
    *case = alone;
    for every in [0, MILLISECOND, SECOND] {
        let Some(scenario) = case.subject.scenario() else { return };
        let edited =
            scenario.with_plain_records(&|row| Span(every.saturating_mul(row as u64)).to_string());
        let faults = case.faults.clone();
        if take(bench, case, edited, faults) {
            return;
        }
    }
}
