//! Fewer rows: what of the input a failure does not need.

use super::bench::Bench;
use super::case::Case;
use super::ddmin::ddmin;
use onceproof_sim::input::SourceInput;
use std::sync::Arc;

/// Leaves out rows as long as the failure stays. Rows that carry a fault stay.
pub fn fewer_rows(bench: &mut Bench<'_>, case: &mut Case) {
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
    let inputs = &case.subject.trial().plan.inputs;
    let is_shared = |a: usize, b: usize| match (&inputs[a].1, &inputs[b].1) {
        (SourceInput::Rows(a), SourceInput::Rows(b)) => Arc::ptr_eq(a, b),
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
