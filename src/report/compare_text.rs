//! The report of a comparison of strategies as text, and as Markdown: a row for each strategy in a table for each group
//! of figures.

use super::compare::{Figures, tables};
use super::heading::difference_in_words;
use super::heading::heading;
use super::markdown::row;
use super::shell::{compare_command, with_folders};
use super::style::{HEAD, error, plain, warning, warning_or_error};
use super::table::{Align, fitted, table};
use super::words::fault_in_words;
use super::{CompareReport, Compared, exact_faults, printable};
use crate::figures::{counted, grouped};
use crate::search::strategies::Comparison;
use onceproof_systems::Trial;

/// The report as text.
pub fn compare_text(report: &CompareReport) -> String {
    let mut text = heading(&report.subject);
    text.push_str(&format!("\n{}\n", what_was_run(report)));
    for line in notes(report) {
        text.push_str(&line);
    }
    tables(report).iter().for_each(|figures| text.push_str(&figures_text(figures)));
    let commands = worst_runs(report);
    if !commands.is_empty() {
        text.push_str("\nthe first seed that goes wrong, again\n");
        commands.iter().for_each(|command| text.push_str(&format!("{command}\n")));
    }
    let runs: u64 = report.compared.iter().map(|one| one.comparison.sweep.runs).sum();
    let speed = grouped(report.timing.per_second(runs));
    let seconds = report.timing.in_words();
    text.push_str(&format!("\ntime  {seconds}, {} runs, {speed} runs/s\n", grouped(runs)));
    fitted(&text)
}

/// A table with its title.
pub(super) fn figures_text(Figures { title, about, columns, rows }: &Figures) -> String {
    let mut text = format!("\n{HEAD}{}{HEAD:#}\n", printable(title));
    if !about.is_empty() {
        text.push_str(&format!("{about}\n"));
    }
    text.push_str(&format!("\n{}", table(columns, rows)));
    text
}

/// The report as Markdown.
pub fn compare_markdown(report: &CompareReport) -> String {
    let mut text = format!("# {}\n", printable(report.subject.name));
    text.push_str(&format!("\n{}.\n", what_was_run(report)));
    let notes = notes(report);
    if !notes.is_empty() {
        text.push('\n');
        for note in notes {
            let note = plain(&note);
            text.push_str(&format!("- {}\n", note.trim_end()));
        }
    }
    tables(report).iter().for_each(|figures| text.push_str(&figures_markdown(figures)));
    text
}

/// A table with its title, as Markdown.
pub(super) fn figures_markdown(Figures { title, about, columns, rows }: &Figures) -> String {
    let mut text = format!("\n## {}\n\n", printable(title));
    if !about.is_empty() {
        text.push_str(&format!("{about}\n\n"));
    }
    let rule = |align: &Align| if *align == Align::Left { "---" } else { "---:" };
    let rules: Vec<&str> = columns.iter().map(rule).collect();
    let mut rows = rows.iter();
    text.push_str(&rows.next().map(|heads| row(heads)).unwrap_or_default());
    text.push_str(&format!("|{}|\n", rules.join("|")));
    rows.for_each(|cells| text.push_str(&row(cells)));
    text
}

fn what_was_run(report: &CompareReport) -> String {
    let strategies = match report.compared.len() {
        1 => "1 strategy".to_owned(),
        count => format!("{count} strategies"),
    };
    let (start, end) = (report.seeds.start, report.seeds.end);
    let asked = end.saturating_sub(start);
    let runs = counted(asked, "run");
    format!("{strategies}, {runs} each, seeds {start}..{end}")
}

/// What the figures do not say, each on a line: what was left out, what was not run, and what is not so.
fn notes(report: &CompareReport) -> Vec<String> {
    let mut notes = Vec::new();
    for cannot in report.cannot {
        let line = format!("{} is left out: {}", cannot.strategy.word(), printable(&cannot.why));
        notes.push(warning_or_error(&line, cannot.is_asked));
    }
    for Compared { strategy, trial, left_out, comparison, .. } in report.compared {
        let word = strategy.word();
        for left in left_out {
            let (what, why) = (printable(&left.what), printable(&left.why));
            notes.push(format!("{word} runs without {what}: {why}\n"));
        }
        notes.extend(notes_of_runs(word, trial, comparison, report.strict));
    }
    notes
}

/// What the figures of these runs do not say, each on a line that begins with what was run.
pub(super) fn notes_of_runs(
    word: &str,
    trial: &Trial,
    comparison: &Comparison,
    strict: bool,
) -> Vec<String> {
    let (sweep, mut notes) = (&comparison.sweep, Vec::new());
    if sweep.interrupted {
        let (runs, all) = (grouped(sweep.runs), counted(sweep.seeds.count(), "run"));
        notes.push(warning(&format!("{word} was interrupted after {runs} of {all}")));
    }
    if sweep.chance.is_none() && sweep.runs > 1 {
        notes.push(format!("{word}: seeds change nothing here, so all of its runs are one\n"));
    }
    if let Some(difference) = &sweep.difference {
        let words = difference_in_words(difference);
        notes.push(error(&format!("{word} is not deterministic: {words}")));
    }
    for kind in sweep.never_fired.iter().filter(|_| sweep.runs > 0) {
        let line = format!("{word}: {} has odds and never fired", kind.word());
        notes.push(warning_or_error(&line, strict));
    }
    for fault in exact_faults(trial, &sweep.unfired) {
        let words = fault_in_words(fault, trial);
        let line = format!("{word}: an exact fault did not fire: {words}");
        notes.push(warning_or_error(&line, strict));
    }
    notes
}

/// The commands that show the first violated run of each strategy: the strategy of the file is run in detail, of
/// another one its figures are shown.
fn worst_runs(report: &CompareReport) -> Vec<String> {
    report.compared.iter().filter_map(|one| first_again(report, one)).collect()
}

/// The command that shows the first seed again under which a strategy goes wrong, if there is one.
pub(super) fn first_again(report: &CompareReport, one: &Compared) -> Option<String> {
    let seed = one.first_violated()?;
    Some(match one.strategy == report.own {
        true => report.subject.run_again(Some(seed)),
        false => {
            let command = compare_command(report.subject.path, one.strategy.word(), seed);
            with_folders(command, report.subject.folders)
        }
    })
}
