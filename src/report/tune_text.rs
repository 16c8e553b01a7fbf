//! The report of what varies as text.

use super::compare_text::{figures_markdown, figures_text, notes_of_runs};
use super::heading::heading;
use super::style::plain;
use super::table::fitted;
use super::tune::{Enough, TuneReport, Tuned, in_words, tables};
use super::{class_list, printable};
use crate::figures::{counted, grouped};

/// The report as text.
pub fn tune_text(report: &TuneReport) -> String {
    let mut text = heading(&report.subject);
    text.push_str(&format!("\n{}\n", what_was_run(report)));
    for varied in report.varied {
        let line = format!("{} is {}", varied.key, varied.values.join(", "));
        text.push_str(&format!("{}\n", printable(&line)));
    }
    if let Some(enough) = report.enough() {
        text.push_str(&format!("\n{}\n", printable(&enough_in_words(&enough))));
    }
    notes(report).iter().for_each(|note| text.push_str(note));
    tables(report).iter().for_each(|figures| text.push_str(&figures_text(figures)));
    let wrong: Vec<String> =
        report.tuned.iter().filter_map(|one| report.first_again(one)).collect();
    if !wrong.is_empty() {
        text.push_str("\nthe first seed that goes wrong, again\n");
        wrong.iter().for_each(|command| text.push_str(&format!("{command}\n")));
    }
    let runs: u64 = report.tuned.iter().map(|one| one.comparison.sweep.runs).sum();
    let speed = grouped(report.timing.per_second(runs));
    let seconds = report.timing.in_words();
    text.push_str(&format!("\ntime  {seconds}, {} runs, {speed} runs/s\n", grouped(runs)));
    fitted(&text)
}

/// The report as Markdown.
pub fn tune_markdown(report: &TuneReport) -> String {
    let mut text = format!("# {}\n", printable(report.subject.name));
    text.push_str(&format!("\n{}.\n\n", what_was_run(report)));
    for varied in report.varied {
        let line = format!("{} is {}", varied.key, varied.values.join(", "));
        text.push_str(&format!("- {}\n", printable(&line)));
    }
    for note in notes(report) {
        text.push_str(&format!("- {}\n", plain(&note).trim_end()));
    }
    if let Some(enough) = report.enough() {
        text.push_str(&format!("\n{}\n", printable(&enough_in_words(&enough))));
    }
    tables(report).iter().for_each(|figures| text.push_str(&figures_markdown(figures)));
    text
}

/// "mechanism.dedup.window: 10s is enough, and so is each value after it: none of 1,000 runs goes wrong. With 1s runs are
/// duplicated."
pub(super) fn enough_in_words(enough: &Enough<'_>) -> String {
    let Enough { key, value, is_least, has_more, wrong, runs } = enough;
    let more = match (has_more, is_least) {
        (false, _) => "",
        (true, true) => ", and so is each value after it",
        (true, false) => ", and so is each value before it",
    };
    let near = wrong.point.first().map_or("", |(_, value)| value);
    let sweep = &wrong.comparison.sweep;
    let not = match class_list(sweep.found().iter()) {
        classes if !classes.is_empty() => {
            format!(
                "With {near}, {} of {} are {classes}.",
                grouped(sweep.violated),
                counted(sweep.runs, "run")
            )
        }
        _ => format!("With {near} not every run came to its end."),
    };
    let runs = counted(*runs, "run");
    format!("{key}: {value} is enough{more}: none of {runs} goes wrong. {not}")
}

fn what_was_run(report: &TuneReport) -> String {
    let points = counted(report.tuned.len() as u64, "variation");
    let (start, end) = (report.seeds.start, report.seeds.end);
    format!("{points}, {} each, seeds {start}..{end}", counted(end.saturating_sub(start), "run"))
}

/// What the figures do not say, each on a line.
fn notes(report: &TuneReport) -> Vec<String> {
    let of = |one: &Tuned| {
        let words = in_words(&one.point);
        notes_of_runs(&printable(&words), &one.trial, &one.comparison, report.strict)
    };
    report.tuned.iter().flat_map(of).collect()
}
