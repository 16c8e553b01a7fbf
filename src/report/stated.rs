//! Where what was found differs from the ledger that a scenario states: which figure, or which total of which
//! step.

use super::{class_list, printable};
use crate::figures::counted;
use crate::printable::item;
use crate::scenario::{Bound, Demand, Expect, Figure, Scenario, Stated, Totals, Unmet};
use crate::search::tally::{Spread, Sweep};
use onceproof_kernel::time::Time;
use onceproof_model::pipeline::Pipeline;
use onceproof_sim::outcome::{Outcome, StepResult, Verdict};

/// The most totals of one step that are told one by one.
const MOST_TOLD: usize = 10;

/// Where one run of a scenario differs from what the file expects of this run. It expects nothing of a run
/// under another seed than its own.
pub fn differences_of_run(
    scenario: &Scenario,
    seed: Option<u64>,
    outcome: &Outcome,
) -> Vec<String> {
    let Scenario { expect, stated, trial, .. } = scenario;
    let is_swept = scenario.is_swept();
    if seed != scenario.seed && !is_swept {
        return Vec::new();
    }
    let brief = &outcome.brief;
    let missed = match expect {
        Expect::ExactlyOnce => {
            (brief.verdict != Verdict::ExactlyOnce).then(|| "exactly-once".to_owned())
        }
        // Under which seed they are found is not said.
        Expect::Violates(_) if is_swept => None,
        Expect::Violates(classes) => {
            let is_found = classes.iter().all(|&class| brief.classes.contains(class));
            (!is_found).then(|| class_list(classes.iter().copied()))
        }
    };
    let mut differences: Vec<Unmet> = Vec::new();
    if let Some(expected) = missed {
        let found = match brief.classes.is_empty() {
            true => brief.verdict.word().to_owned(),
            false => class_list(brief.classes.iter()),
        };
        let words = format!("expected {expected}, found {found}");
        differences.push(Unmet::new(Demand::Found, words));
    }
    for (&figure, &bound) in &stated.figures {
        let found = figure.of(&brief.ledger);
        differences.extend(difference(figure, bound, (found, None)));
    }
    differences.extend(difference_of_rows(scenario));
    differences.extend(results(stated, &outcome.steps, trial.design.pipeline()));
    differences.into_iter().map(|unmet| unmet.words).collect()
}

/// Whether other rows of its data were left out than a scenario states.
pub fn difference_of_rows(scenario: &Scenario) -> Option<Unmet> {
    let (bound, found) = (scenario.stated.rows_skipped?, scenario.rows_skipped);
    let words = || format!("rows-skipped: expected {bound}, found {found}");
    (!bound.admits(found)).then(|| Unmet::new(Demand::RowsSkipped, words()))
}

/// Where the runs of a sweep differ from the ledger that is stated for each of them, and the seed of the
/// first figure that does.
pub fn differences_of_sweep(
    stated: &Stated,
    sweep: &Sweep,
    pipeline: &Pipeline,
) -> (Vec<Unmet>, Option<u64>) {
    let Some(spreads) = &sweep.figures else { return (Vec::new(), None) };
    let mut differences: Vec<Unmet> = Vec::new();
    let mut first = None;
    for (figure, &Spread { least, most }) in Figure::ALL.into_iter().zip(spreads) {
        let Some(&bound) = stated.figures.get(&figure) else { continue };
        for (found, seed) in [most, least] {
            if let Some(difference) = difference(figure, bound, (found, seed)) {
                differences.push(difference);
                first = first.or(seed);
                break;
            }
        }
    }
    differences.extend(results(stated, &sweep.results, pipeline));
    (differences, first)
}

/// `lost: expected 1, found 2 under seed 7`.
fn difference(figure: Figure, bound: Bound, (found, seed): (u64, Option<u64>)) -> Option<Unmet> {
    let under = seed.map(|seed| format!(" under seed {seed}")).unwrap_or_default();
    let word = figure.word();
    let words = || format!("{word}: expected {bound}, found {found}{under}");
    (!bound.admits(found)).then(|| Unmet::new(Demand::Figure(figure), words()))
}

fn results(stated: &Stated, steps: &[StepResult], pipeline: &Pipeline) -> Vec<Unmet> {
    let mut differences = Vec::new();
    for (&step, totals) in &stated.results {
        if let Some(result) = steps.iter().find(|result| result.step == step) {
            let name = &pipeline.step(step).name;
            let mut all = totals_that_differ(totals, result, name);
            let more = all.len().saturating_sub(MOST_TOLD);
            all.truncate(MOST_TOLD);
            if more > 0 {
                let more = counted(more as u64, "more total");
                all.push(format!("and {more} at {}", printable(name)));
            }
            let unmet = |words| Unmet::new(Demand::Results(step), words);
            differences.extend(all.into_iter().map(unmet));
        }
    }
    differences
}

/// A total that is stated must be found, and each total that is found must be stated: by its key, or by its
/// key and window.
fn totals_that_differ(stated: &Totals, found: &StepResult, step: &str) -> Vec<String> {
    let in_words = |total: Option<i128>| total.map_or("nothing".to_owned(), |t| t.to_string());
    let differ = |key: &str, start: Option<Time>, expected, total| {
        let start = start.map(|start| format!("@{start}")).unwrap_or_default();
        let (place, step) = (format!("{}{start}", item(key)), item(step));
        let (expected, total) = (in_words(expected), in_words(total));
        format!("{place} at {step}: expected {expected}, found {total}")
    };
    let mut differences = Vec::new();
    for (place @ (key, start), &expected) in stated {
        let total = match start {
            None => found.results.get(key),
            Some(_) => found.windows.get(place),
        };
        let total = total.copied();
        if total != Some(expected) {
            differences.push(differ(key, *start, Some(expected), total));
        }
    }
    for ((key, start), &total) in &found.windows {
        let is_stated = |start| stated.contains_key(&(key.clone(), start));
        if !is_stated(None) && !is_stated(*start) {
            differences.push(differ(key, *start, None, Some(total)));
        }
    }
    differences
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{flip_plan, lost_ack_outcome, lost_ack_sweep};
    use onceproof_kernel::layout::StepIndex;
    use onceproof_kernel::time::SECOND;
    use std::collections::BTreeMap;

    fn words(unmet: Vec<Unmet>) -> Vec<String> {
        unmet.into_iter().map(|unmet| unmet.words).collect()
    }

    /// What is said of totals that are stated, where ann and bob have 2 each in the window at 0 s.
    fn check(stated: &[(&str, Option<u64>, i128)], expected: &[&str]) {
        let place = |&(key, start, total): &(&str, Option<u64>, i128)| {
            ((key.to_owned(), start.map(|start| Time((start * SECOND) as i64))), total)
        };
        let totals: Totals = stated.iter().map(place).collect();
        let stated =
            Stated { results: BTreeMap::from([(StepIndex(2), totals)]), ..Stated::default() };
        let unmet = results(&stated, &lost_ack_outcome().steps, flip_plan().design.pipeline());
        assert_eq!(words(unmet), expected);
    }

    #[test]
    fn every_total_is_stated_by_its_key_or_by_its_window() {
        check(&[("ann", None, 2), ("bob", None, 2)], &[]);
        check(&[("ann", Some(0), 2), ("bob", None, 2)], &[]);
        check(&[("ann", None, 2), ("ann", Some(0), 2), ("bob", Some(0), 2)], &[]);
        check(&[("ann", None, 2)], &["bob@0s at per-side: expected nothing, found 2"]);
        check(
            &[("ann", None, 1), ("bob", None, 2), ("carl", None, 1)],
            &[
                "ann at per-side: expected 1, found 2",
                "carl at per-side: expected 1, found nothing",
            ],
        );
        check(
            &[("ann", None, 2), ("bob", Some(60), 2)],
            &[
                "bob@60s at per-side: expected 2, found nothing",
                "bob@0s at per-side: expected nothing, found 2",
            ],
        );
    }

    #[test]
    fn a_step_with_many_wrong_totals_does_not_tell_them_all() {
        let keys: Vec<String> = (10..30).map(|number| format!("k{number}")).collect();
        let totals: Totals = keys.iter().map(|key| ((key.clone(), None), 1)).collect();
        let stated =
            Stated { results: BTreeMap::from([(StepIndex(2), totals)]), ..Stated::default() };
        let told = results(&stated, &lost_ack_outcome().steps, flip_plan().design.pipeline());
        let told = words(told);
        assert_eq!(told.len(), MOST_TOLD + 1);
        // 20 that are not there, and 2 that are not stated.
        assert_eq!(told.last().map(String::as_str), Some("and 12 more totals at per-side"));
    }

    #[test]
    fn a_figure_that_differs_in_any_run_is_told_with_its_seed() {
        let check = |bound, expected: &[&str], seed| {
            let mut sweep = lost_ack_sweep();
            for (seed, lost) in [(Some(5), 1), (Some(6), 0), (Some(7), 3)] {
                let mut brief = lost_ack_outcome().brief;
                brief.ledger.lost = lost;
                sweep.add(
                    seed,
                    crate::search::tally::Ran { brief, unfired: Vec::new(), again: None },
                );
            }
            let figures = BTreeMap::from([(Figure::Lost, bound)]);
            let stated = Stated { figures, ..Stated::default() };
            let found = differences_of_sweep(&stated, &sweep, flip_plan().design.pipeline());
            assert_eq!(words(found.0), expected);
            assert_eq!(found.1, seed);
        };
        check(Bound::AtMost(3), &[], None);
        check(Bound::AtMost(2), &["lost: expected at most 2, found 3 under seed 7"], Some(7));
        check(Bound::Is(3), &["lost: expected 3, found 0 under seed 6"], Some(6));
    }
}
