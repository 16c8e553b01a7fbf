//! The report of each value of each mechanism under many seeds, as text and as tables of Markdown: of the wrong
//! values, how many seeds it takes to find them; of the right ones, that every seed holds.

use super::heading::difference_in_words;
use super::heading::heading;
use super::markdown::row;
use super::shell::with_changes;
use super::style::{BAD, GOOD, WARNING, error};
use super::sweep_text::{bound, says_nothing_of};
use super::table::{Align, fitted, table};
use super::{MatrixReport, NO_WITNESS, class_list, printable};
use crate::figures::{counted, grouped};
use crate::search::matrix::{MatrixStanding, Tried, holds};
use crate::search::tally::Sweep;

const FULL: &str = "the full design";

/// The report as text.
pub fn matrix_text(report: &MatrixReport) -> String {
    let MatrixReport { subject, matrix, timing } = *report;
    let mut text = heading(&subject);
    text.push_str(&format!("\n{}", verdict(report)));
    for sweep in matrix.sweeps() {
        if let Some(difference) = &sweep.difference {
            let words = difference_in_words(difference);
            text.push_str(&error(&format!("not deterministic: {words}")));
        }
    }
    text.push_str(
        "\nwrong values, the number of the seed that first goes wrong, and how many do\n\n",
    );
    text.push_str(&table(&COLUMNS, &wrong_rows(report)));
    text.push_str("\nright values\n\n");
    text.push_str(&table(&COLUMNS, &right_rows(report)));
    let mut commands: Vec<(String, String)> = Vec::new();
    if let Some(seed) = matrix.full.failing.first() {
        commands.push((FULL.to_owned(), subject.run_again(*seed)));
    }
    for tried in matrix.right.iter().chain(&matrix.wrong) {
        commands.extend(replay(report, tried).map(|command| (words(tried), command)));
    }
    if !commands.is_empty() {
        text.push_str("\nto see the first seed that goes wrong\n");
        for (words, command) in commands {
            text.push_str(&format!("  {words}\n      {command}\n"));
        }
    }
    let runs = runs(report);
    let (seconds, speed) = (timing.in_words(), grouped(timing.per_second(runs)));
    text.push_str(&format!("\ntime  {seconds}, {} runs, {speed} runs/s\n", grouped(runs)));
    fitted(&text)
}

/// The tables as Markdown.
pub fn matrix_markdown(report: &MatrixReport) -> String {
    let mut text = format!("{}\n", printable(report.subject.name));
    for rows in [wrong_rows(report), right_rows(report)] {
        let mut rows = rows.iter();
        text.push('\n');
        text.push_str(&rows.next().map(|heads| row(heads)).unwrap_or_default());
        text.push_str("|---|---:|---:|---:|---|\n");
        rows.for_each(|cells| text.push_str(&row(cells)));
    }
    text
}

/// The value, with what else is so: `outputs = "recompute" (without user-differs)`.
pub fn words(tried: &Tried) -> String {
    let without: Vec<&str> = tried.design.without.iter().map(|kind| kind.word()).collect();
    let value = tried.design.value();
    match (tried.design.under, without.as_slice()) {
        (_, []) => tried.design.words(),
        (None, without) => format!("{value} (without {})", without.join(", ")),
        (Some(under), without) => {
            format!("{value} (under {under}, without {})", without.join(", "))
        }
    }
}

/// The command that shows the first seed that went wrong.
pub fn replay(report: &MatrixReport, tried: &Tried) -> Option<String> {
    let seed = tried.first()?;
    let command = report.subject.run_again(Some(seed));
    Some(with_changes(command, &tried.design.changes()))
}

/// How many seeds were run in all.
pub fn runs(report: &MatrixReport) -> u64 {
    report.matrix.sweeps().map(|sweep| sweep.runs).sum()
}

const COLUMNS: [Align; 5] = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Left];

fn heads(of: &str) -> Vec<String> {
    ["mechanism", "first", "wrong", of, "found"].map(str::to_owned).to_vec()
}

fn wrong_rows(report: &MatrixReport) -> Vec<Vec<String>> {
    let row = |tried: &Tried| {
        let found = |sweep: &Sweep| match tried.as_wrong() {
            MatrixStanding::Good => class_list(sweep.found().iter()),
            MatrixStanding::Bad => NO_WITNESS.to_owned(),
            MatrixStanding::Incomplete | MatrixStanding::NotRun => incomplete(sweep),
        };
        cells(report, words(tried), tried.sweep.as_ref().ok_or(tried.lacks), found)
    };
    std::iter::once(heads("of")).chain(report.matrix.wrong.iter().map(row)).collect()
}

fn right_rows(report: &MatrixReport) -> Vec<Vec<String>> {
    let found = |sweep: &Sweep| match holds(sweep) {
        MatrixStanding::Good => "nothing".to_owned(),
        MatrixStanding::Bad => class_list(sweep.found().iter()),
        MatrixStanding::Incomplete | MatrixStanding::NotRun => incomplete(sweep),
    };
    let matrix = report.matrix;
    let full = cells(report, FULL.to_owned(), Ok(&matrix.full), found);
    let row =
        |tried: &Tried| cells(report, words(tried), tried.sweep.as_ref().ok_or(tried.lacks), found);
    [heads("of"), full].into_iter().chain(matrix.right.iter().map(row)).collect()
}

/// A row: the value, which seed of the range first went wrong, counted from 1, how many of how many did, and
/// what is wrong with them.
fn cells(
    report: &MatrixReport,
    words: String,
    sweep: Result<&Sweep, Option<&'static str>>,
    found: impl Fn(&Sweep) -> String,
) -> Vec<String> {
    match sweep {
        Err(lacks) => {
            let needs = format!("not run: needs {}", lacks.unwrap_or("more"));
            vec![words, String::new(), String::new(), String::new(), needs]
        }
        Ok(sweep) => {
            let first = sweep.failing.first().copied().flatten();
            let number = first.map(|seed| grouped(seed - report.matrix.seeds.start + 1));
            let none = || "·".to_owned();
            let wrong = if sweep.violated > 0 { grouped(sweep.violated) } else { none() };
            let number = number.unwrap_or_else(none);
            vec![words, number, wrong, grouped(sweep.runs), found(sweep)]
        }
    }
}

/// Seeds mean nothing that hit a limit, or that go wrong without a wrong value too.
fn incomplete(sweep: &Sweep) -> String {
    match sweep.inconclusive {
        0 => "not complete".to_owned(),
        inconclusive => format!("not complete: {} of no meaning", grouped(inconclusive)),
    }
}

fn verdict(report: &MatrixReport) -> String {
    let matrix = report.matrix;
    let full = &matrix.full;
    let (runs, seeds) = (counted(full.runs, "run"), &matrix.seeds);
    let range = format!("seeds {}..{}", seeds.start, seeds.start + full.runs);
    let mut text = match holds(full) {
        MatrixStanding::Good => format!("{GOOD}the full design holds{GOOD:#} in {runs}, {range}\n"),
        MatrixStanding::Bad => {
            let violated = grouped(full.violated);
            format!("{BAD}the full design is violated{BAD:#} in {violated} of {runs}, {range}\n")
        }
        MatrixStanding::Incomplete | MatrixStanding::NotRun => {
            let words = incomplete(full);
            format!("{WARNING}the full design{WARNING:#} is {words} in {runs}, {range}\n")
        }
    };
    text.push_str(&says_nothing_of(full, report.subject.trial));
    text.push_str(&bound(full));
    let (found, right) = matrix.count(MatrixStanding::Good);
    text.push_str(&counted(found, "wrong value"));
    text.push_str(" found");
    let (unfound, failing) = matrix.count(MatrixStanding::Bad);
    let (wrong_open, right_open) = matrix.count(MatrixStanding::Incomplete);
    let (wrong_not_run, right_not_run) = matrix.count(MatrixStanding::NotRun);
    let more = |text: &mut String, counts: [(u64, &str); 3]| {
        for (count, words) in counts.into_iter().filter(|&(count, _)| count > 0) {
            text.push_str(&format!(", {} {words}", grouped(count)));
        }
    };
    let open = "not decided";
    more(&mut text, [(unfound, "not found"), (wrong_open, open), (wrong_not_run, "not run")]);
    text.push_str(&format!("; {} held", counted(right, "other right value")));
    more(&mut text, [(failing, "did not"), (right_open, open), (right_not_run, "not run")]);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Timing;
    use crate::report::samples::{flip_plan, lost_ack_sweep, plain, subject};
    use crate::search::matrix::Matrix;
    use crate::search::variants::{Variant, right_mechanisms, wrong_mechanisms};

    fn find(designs: Vec<Variant>, words: &str) -> Variant {
        designs.into_iter().find(|design| design.words() == words).expect("a design")
    }

    /// A wrong value that was found, one that was not, one that was not run; two that are right, one of which
    /// was interrupted.
    fn matrix() -> Matrix {
        let (found, clean) = (lost_ack_sweep(), clean());
        let found = Sweep { seeds: clean.seeds.clone(), ..found };
        let interrupted = Sweep { runs: 12, interrupted: true, ..clean.clone() };
        let tried = |design, sweep| Tried { design, lacks: None, sweep: Some(sweep) };
        let fresh = find(wrong_mechanisms(), "ids = \"fresh\" (under outputs = \"recompute\")");
        let clock = find(wrong_mechanisms(), "stamps = \"wall-clock\"");
        Matrix {
            seeds: 0..1000,
            full: clean.clone(),
            wrong: vec![
                tried(fresh, found),
                tried(find(wrong_mechanisms(), "re-ack = false"), clean.clone()),
                Tried { design: clock, lacks: Some("clock-step"), sweep: None },
            ],
            right: vec![
                tried(find(right_mechanisms(), "bundle = 4"), clean),
                tried(find(right_mechanisms(), "lift = false"), interrupted),
            ],
        }
    }

    fn clean() -> Sweep {
        let sweep = lost_ack_sweep();
        let classes = sweep.classes.map(|_| 0);
        Sweep { violated: 0, classes, failing: Vec::new(), first_failure: None, ..sweep }
    }

    fn check(text: fn(&MatrixReport) -> String, expected: &str) {
        let (trial, matrix) = (flip_plan(), matrix());
        let timing = Timing { nanos: 2_000_000_000 };
        let report = MatrixReport { subject: subject(&trial), matrix: &matrix, timing };
        assert_eq!(plain(&text(&report)), expected);
    }

    #[test]
    fn each_value_has_a_row_and_what_was_found_a_command() {
        let expected = "\
a coin
It is flipped once.

the full design holds in 1,000 runs, seeds 0..1000
with 95 % confidence, fewer than 3 in 1,000 seeds go wrong
seeds draw latency, faults
1 wrong value found, 1 not found, 1 not run; 1 other right value held, 1 not
decided

wrong values, the number of the seed that first goes wrong, and how many do

mechanism                      first  wrong     of  found
ids = \"fresh\" (under outputs       8      2  1,000  duplicated
= \"recompute\", without
user-differs)
re-ack = false                     ·      ·  1,000  no witness with these
                                                    settings
stamps = \"wall-clock\"                               not run: needs clock-step

right values

mechanism        first  wrong     of  found
the full design      ·      ·  1,000  nothing
bundle = 4           ·      ·  1,000  nothing
lift = false         ·      ·     12  not complete

to see the first seed that goes wrong
  ids = \"fresh\" (under outputs = \"recompute\", without user-differs)
      onceproof run flip.toml --seed 7 --mechanism 'outputs = \"recompute\", ids = \"fresh\"' --without user-differs

time  2 s, 4,012 runs, 2,006 runs/s
";
        check(matrix_text, expected);
    }

    #[test]
    fn the_tables_are_markdown() {
        let expected = "\
a coin

| mechanism | first | wrong | of | found |
|---|---:|---:|---:|---|
| ids = \"fresh\" (under outputs = \"recompute\", without user-differs) | 8 | 2 | 1,000 | duplicated |
| re-ack = false | · | · | 1,000 | no witness with these settings |
| stamps = \"wall-clock\" |  |  |  | not run: needs clock-step |

| mechanism | first | wrong | of | found |
|---|---:|---:|---:|---|
| the full design | · | · | 1,000 | nothing |
| bundle = 4 | · | · | 1,000 | nothing |
| lift = false | · | · | 12 | not complete |
";
        check(matrix_markdown, expected);
    }
}
