//! What a green is worth, in words: for how many records it speaks, what it says nothing of, and which steps have
//! nothing to show. Strictly, what it says nothing of is no more than the file allows.

use crate::figures::{counted, grouped};
use crate::printable::item;
use crate::scenario::{Figure, Scenario};
use crate::search::tally::Sweep;
use crate::search::worth::{Worth, WorthOfAll, steps_with_records};
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::outcome::{Outcome, Verdict};
use onceproof_systems::Trial;

/// `3 records`, `174 of 1,000 records`, `3 records, 1 of them filtered out`, `none of 3 records`. As in the ledger, what is
/// filtered out is exact; but where nothing else is, nothing is shown.
pub fn records(worth: &Worth) -> String {
    let Worth { reflected, filtered, .. } = *worth;
    let records = exact_of_all(worth, reflected + filtered);
    match (reflected, filtered) {
        (0, _) => exact_of_all(worth, 0),
        (_, 0) => records,
        (_, filtered) => format!("{records}, {} of them filtered out", grouped(filtered)),
    }
}

/// `3 records`, `174 of 1,000 records`, `none of 3 records`.
fn exact_of_all(worth: &Worth, exact: u64) -> String {
    let all = counted(worth.expected, "record");
    match exact {
        0 => format!("none of {all}"),
        _ if exact == worth.expected => all,
        _ => format!("{} of {all}", grouped(exact)),
    }
}

/// `826 were late, 1 was a dead letter`; nothing where there is nothing to say. What is filtered out is named among the
/// records, if there are any.
pub fn left_out(worth: &Worth) -> String {
    match worth.reflected {
        0 => left_out_in_all(worth),
        _ => left_out_in_all(&Worth { filtered: 0, ..*worth }),
    }
}

/// The same of the runs of a sweep.
pub fn left_out_of_all(worth: &WorthOfAll) -> String {
    let WorthOfAll { least, is_of_each } = worth;
    if *is_of_each { left_out(least) } else { left_out_in_all(least) }
}

fn left_out_in_all(worth: &Worth) -> String {
    let Worth { late, dead_lettered, filtered, .. } = *worth;
    let parts = [
        (late, "late", "late"),
        (dead_lettered, "a dead letter", "dead letters"),
        (filtered, "filtered out", "filtered out"),
    ];
    let words = |(count, one, many): (u64, &str, &str)| match count {
        0 => None,
        1 => Some(format!("1 was {one}")),
        _ => Some(format!("{} were {many}", grouped(count))),
    };
    parts.into_iter().filter_map(words).collect::<Vec<_>>().join(", ")
}

/// The same with what precedes it: `; 826 were late`.
pub fn and_left_out(worth: &Worth) -> String {
    let words = left_out(worth);
    if words.is_empty() { words } else { format!("; {words}") }
}

/// `exactly-once for at least 174 of 1,000 records in each`, without the first word, of a sweep.
pub fn records_of_all(worth: &WorthOfAll) -> String {
    let WorthOfAll { least, is_of_each } = worth;
    match is_of_each {
        true => records(least),
        false if least.reflected == 0 => records(least),
        // The most that are filtered out need not be those of the run that speaks for the fewest.
        false => format!("at least {}", exact_of_all(least, least.reflected)),
    }
}

/// The names of the steps with results that are not among those with records. A system whose results are seen at its sinks
/// alone has none at an aggregate before one.
pub fn without_records(trial: &Trial, with: impl IntoIterator<Item = StepIndex>) -> Vec<String> {
    let with: Vec<StepIndex> = with.into_iter().collect();
    let with_results = trial.layout().all().filter(|(_, step)| step.results.is_some());
    let empty = with_results.map(|(step, _)| step).filter(|step| !with.contains(step));
    empty.map(|step| trial.layout().name(step).to_owned()).collect()
}

/// The steps that have nothing to show in a run.
pub fn without_records_in_run(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    without_records(trial, steps_with_records(&outcome.steps))
}

/// `no record belongs into table, per-side`; nothing if each step has one.
pub fn without_records_in_words(steps: &[String]) -> Option<String> {
    let steps: Vec<String> = steps.iter().map(|step| item(step)).collect();
    (!steps.is_empty()).then(|| format!("no record belongs into {}", steps.join(", ")))
}

/// What the run without a fault says nothing of, as what a search shows of its scenario is worth no more; nothing
/// if it speaks for all.
pub fn without_a_fault(trial: &Trial, outcome: &Outcome) -> String {
    let worth = Worth::of(&outcome.brief);
    let without = without_records_in_words(&without_records_in_run(trial, outcome));
    let is_whole = worth.reflected == worth.expected && without.is_none();
    if is_whole || outcome.brief.verdict != Verdict::ExactlyOnce {
        return String::new();
    }
    let without = without.map(|words| format!("; {words}")).unwrap_or_default();
    let (records, left_out) = (records(&worth), and_left_out(&worth));
    format!("without a fault it counts {records}{left_out}{without}\n")
}

/// How much of the input a green may say nothing of: what the file states, and where it states nothing, nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Allowed {
    late: u64,
    dead_lettered: u64,
    rows_skipped: u64,
}

impl Allowed {
    /// What a scenario allows.
    pub fn by(scenario: &Scenario) -> Allowed {
        let stated = &scenario.stated;
        let most = |figure| stated.figures.get(&figure).map_or(0, |bound| bound.most());
        Allowed {
            late: most(Figure::Late),
            dead_lettered: most(Figure::DeadLettered),
            rows_skipped: stated.rows_skipped.map_or(0, |bound| bound.most()),
        }
    }

    /// What a green says nothing of and should.
    fn shortfalls(&self, worth: &Worth, rows_skipped: u64, without: &[String]) -> Vec<String> {
        let figures = [
            (worth.late, self.late, "late", "late"),
            (worth.dead_lettered, self.dead_lettered, "dead letters", "dead-lettered"),
            (rows_skipped, self.rows_skipped, "rows of the data left out", "rows-skipped"),
        ];
        let beyond = figures.into_iter().filter(|(found, allowed, ..)| found > allowed);
        let words = |(found, allowed, what, key): (u64, u64, &str, &str)| {
            let (found, allowed) = (grouped(found), grouped(allowed));
            format!("{found} {what}, and the file allows {allowed}; `expect` has `{key}` for it")
        };
        without_records_in_words(without).into_iter().chain(beyond.map(words)).collect()
    }

    /// What a run says nothing of and should.
    pub fn shortfalls_of_run(&self, scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
        let without = without_records_in_run(&scenario.trial, outcome);
        self.shortfalls(&Worth::of(&outcome.brief), scenario.rows_skipped, &without)
    }

    /// What the runs of a sweep say nothing of and should.
    pub fn shortfalls_of_sweep(&self, scenario: &Scenario, sweep: &Sweep) -> Vec<String> {
        let Some(worth) = sweep.worth else { return Vec::new() };
        let without = without_records(&scenario.trial, sweep.with_records.iter().copied());
        self.shortfalls(&worth.least, scenario.rows_skipped, &without)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(expected: u64, reflected: u64, late: u64, dead: u64, filtered: u64) -> Worth {
        Worth { expected, reflected, late, dead_lettered: dead, filtered }
    }

    #[test]
    fn a_green_says_for_how_many_records_it_speaks_and_what_became_of_the_others() {
        let check = |worth: Worth, expected: &str| {
            assert_eq!(format!("{}{}", records(&worth), and_left_out(&worth)), expected);
        };
        check(worth(1, 1, 0, 0, 0), "1 record");
        check(worth(1_000, 1_000, 0, 0, 0), "1,000 records");
        check(worth(1_000, 174, 826, 0, 0), "174 of 1,000 records; 826 were late");
        check(worth(3, 0, 0, 0, 3), "none of 3 records; 3 were filtered out");
        // By hand, as in the ledger: of two records one is filtered out, and both are exact.
        check(worth(2, 1, 0, 0, 1), "2 records, 1 of them filtered out");
        let three = "6 of 8 records, 1 of them filtered out; 1 was late, 1 was a dead letter";
        check(worth(8, 5, 1, 1, 1), three);
        // A record may be late at one step and a dead letter at another.
        check(worth(3, 1, 2, 2, 0), "1 of 3 records; 2 were late, 2 were dead letters");
    }

    #[test]
    fn of_runs_that_differ_the_poorest_counts() {
        let check = |is_of_each, reflected, expected: &str| {
            let all = WorthOfAll { least: worth(3, reflected, 0, 0, 0), is_of_each };
            assert_eq!(records_of_all(&all), expected);
        };
        check(true, 3, "3 records");
        check(true, 2, "2 of 3 records");
        check(false, 2, "at least 2 of 3 records");
        check(false, 0, "none of 3 records");
    }

    #[test]
    fn what_is_filtered_out_at_most_is_no_part_of_the_least_that_is_reflected() {
        let of = |is_of_each| {
            let all = WorthOfAll { least: worth(9, 5, 2, 0, 2), is_of_each };
            [records_of_all(&all), left_out_of_all(&all)]
        };
        assert_eq!(of(true), ["7 of 9 records, 2 of them filtered out", "2 were late"]);
        assert_eq!(of(false), ["at least 5 of 9 records", "2 were late, 2 were filtered out"]);
    }

    #[test]
    fn what_a_green_says_nothing_of_is_no_more_than_is_allowed() {
        let check = |allowed, found, rows, without: &[&str], expected: &[&str]| {
            let [late, dead_lettered, rows_skipped] = allowed;
            let allowed = Allowed { late, dead_lettered, rows_skipped };
            let without: Vec<String> = without.iter().map(|&step| step.to_owned()).collect();
            assert_eq!(allowed.shortfalls(&found, rows, &without), expected);
        };
        check([0, 0, 0], worth(3, 3, 0, 0, 0), 0, &[], &[]);
        check([2, 1, 5], worth(9, 6, 2, 1, 0), 5, &[], &[]);
        check(
            [0, 1, 4],
            worth(9, 5, 2, 2, 0),
            5,
            &["table"],
            &[
                "no record belongs into table",
                "2 late, and the file allows 0; `expect` has `late` for it",
                "2 dead letters, and the file allows 1; `expect` has `dead-lettered` for it",
                "5 rows of the data left out, and the file allows 4; `expect` has `rows-skipped` for it",
            ],
        );
        // What is filtered out is left out on purpose, unless nothing is left.
        check([0, 0, 0], worth(9, 1, 0, 0, 8), 0, &[], &[]);
    }
}
