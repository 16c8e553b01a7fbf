//! Fewer rows and fewer shards: what of the input and of the pipeline's width a failure does not need.

use super::bench::{Bench, Hit};
use super::case::Case;
use super::ddmin::ddmin;
use onceproof_sim::fault::{Fault, Pattern, Record};
use onceproof_sim::input::Input;
use std::sync::Arc;

/// Leaves out rows as long as the failure stays. Rows that carry a fault stay.
pub fn fewer_rows(bench: &mut Bench, case: &mut Case) {
    let groups = groups(case);
    let all: Vec<(usize, usize)> = groups
        .iter()
        .enumerate()
        .flat_map(|(group, sources)| case.rows[sources[0]].iter().map(move |&row| (group, row)))
        .collect();
    // Without a row there is nothing to lose.
    if all.len() <= groups.len() {
        return;
    }
    let from = case.clone();
    ddmin(all, |part| {
        let mut rows = vec![Vec::new(); from.rows.len()];
        for &(group, row) in part {
            for &source in &groups[group] {
                rows[source].push(row);
            }
        }
        let mut fewer = from.with_rows(rows)?;
        let hit = bench.hits(&fewer)?;
        fewer.faults = hit.fired;
        *case = fewer;
        Some(part.to_vec())
    });
}

/// The sources that read one input together.
fn groups(case: &Case) -> Vec<Vec<usize>> {
    let inputs = &case.scenario.plan.inputs;
    let is_shared = |a: usize, b: usize| match (&inputs[a].1, &inputs[b].1) {
        (Input::Rows(a), Input::Rows(b)) => Arc::ptr_eq(a, b),
        _ => false,
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for source in 0..inputs.len() {
        match groups.iter_mut().find(|group| is_shared(group[0], source)) {
            Some(group) => group.push(source),
            None => groups.push(vec![source]),
        }
    }
    groups
}

/// Gives each step one shard, or failing that two, as long as the failure stays.
pub fn fewer_shards(bench: &mut Bench, case: &mut Case) {
    let steps: Vec<_> = case.scenario.plan.pipeline.order().to_vec();
    for step in steps {
        let shards = case.scenario.plan.pipeline.step(step).shards;
        for fewer in (1..shards).take(2) {
            // Some steps need as many shards as they have.
            let Ok(scenario) = case.scenario.with_shards(step, fewer) else { continue };
            let mut narrow = Case { scenario: Arc::new(scenario), ..case.clone() };
            for fault in &mut narrow.faults {
                narrow_place(fault, step, (shards, fewer));
            }
            if let Some(hit) = all_fired(bench, &narrow) {
                narrow.faults = hit.fired;
                *case = narrow;
                break;
            }
        }
    }
}

fn all_fired(bench: &mut Bench, case: &Case) -> Option<Hit> {
    bench.hits(case).filter(|hit| hit.fired.len() == case.faults.len())
}

/// A place in a step that had other shards before: the row stays the same, and which shard has the key is
/// left open.
fn narrow_place(
    fault: &mut Fault,
    step: onceproof_model::pipeline::StepIndex,
    (old, new): (u32, u32),
) {
    if let Some(Record::Name(Pattern::Source { step: source, shard, offset, .. })) =
        &mut fault.at.record
        && *source == step
    {
        let row = *offset * u64::from(old) + u64::from(*shard);
        (*shard, *offset) = ((row % u64::from(new)) as u32, row / u64::from(new));
    }
    let place = &mut fault.at;
    if place.step == Some(step) || place.to == Some(step) {
        place.shard = None;
    }
    if place.from == Some(step) {
        place.from_shard = None;
    }
}
