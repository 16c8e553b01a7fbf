//! The report of what is needed, as text and as a table of Markdown: each mechanism with a wrong value, how
//! few faults then break the scenario, and of which kinds these are.

use super::exhaust_text::{in_words, left_out_in_words};
use super::heading::heading;
use super::markdown::row;
use super::run_text;
use super::shell::with_changes;
use super::style::{BAD, GOOD, WARNING};
use super::table::{Align, fitted, rows_of_table};
use super::worth::without_a_fault;
use super::{NO_WITNESS, NecessityReport, class_list, printable};
use crate::figures::{counted, grouped};
use crate::scenario::{Changes, fault_on_a_line};
use crate::search::causes::Cause;
use crate::search::certificate::Exhaustion;
use crate::search::necessity::{Finding, Standing};
use crate::search::variants::Variant;
use onceproof_sim::fault::{Fault, KindName};
use onceproof_sim::outcome::Class;

/// The report as text.
pub fn necessity_text(report: &NecessityReport) -> String {
    let NecessityReport { subject, necessity, timing, .. } = *report;
    let names = names(&necessity.full);
    let mut text = heading(&subject);
    text.push_str(&left_out_in_words(report.left_out));
    text.push_str(&format!("\n{}\n", verdict(report)));
    text.push_str(&without_a_fault(subject.trial, report.base));
    text.push_str(
        "\nthe smallest schedules that break each wrong value, and how many have each kind\n\n",
    );
    let heads = ["mechanism", "faults", "found"].map(str::to_owned).to_vec();
    let rows =
        [heads, full_row(&necessity.full)].into_iter().chain(necessity.findings.iter().map(cells));
    let columns = [Align::Left, Align::Right, Align::Left];
    let mut rows = rows_of_table(&columns, &rows.collect::<Vec<_>>()).into_iter();
    text.extend(rows.next());
    let with = std::iter::once(full_counts(&necessity.full, &names));
    let with = with.chain(necessity.findings.iter().map(|finding| counts_of(finding, &names)));
    for (row, counts) in rows.zip(with) {
        text.push_str(&row);
        let counts: Vec<(&'static str, u64)> = names
            .iter()
            .map(|name| name.word())
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .collect();
        if !counts.is_empty() {
            text.push_str(&fitted(&format!("    {}\n", run_text::counts(&counts))));
        }
    }
    text.push_str("\nwitnesses\n");
    for finding in &necessity.findings {
        if let Some(cause) = finding.witness() {
            text.push_str(&format!("  {}\n", finding.design.words()));
            match cause.faults.as_slice() {
                [] => text.push_str("      without any fault\n"),
                faults => text.push_str(&in_words(faults, subject.trial, "      ")),
            }
            text.push_str(&format!("      {}\n", replay(report, &finding.design, cause)));
        }
    }
    let runs = runs(report);
    let (seconds, speed) = (timing.in_words(), grouped(timing.per_second(runs)));
    text.push_str(&format!("\ntime  {seconds}, {} runs, {speed} runs/s\n", grouped(runs)));
    fitted(&text)
}

/// The matrix as a table of Markdown.
pub fn necessity_markdown(report: &NecessityReport) -> String {
    let necessity = report.necessity;
    let names = names(&necessity.full);
    let mut heads = vec!["mechanism".to_owned(), "faults".to_owned(), "found".to_owned()];
    heads.extend(names.iter().map(|name| format!("`{}`", name.word())));
    let mut text = format!("{}\n\n", printable(report.subject.name));
    text.push_str(&row(&heads));
    text.push_str(&format!("|---|---:|---|{}\n", "---:|".repeat(names.len())));
    let mut add = |mut cells: Vec<String>, counts: Vec<u64>| {
        cells.extend(counts.into_iter().map(figure));
        text.push_str(&row(&cells));
    };
    add(full_row(&necessity.full), full_counts(&necessity.full, &names));
    necessity.findings.iter().for_each(|finding| add(cells(finding), counts_of(finding, &names)));
    if report.left_out > 0 {
        text.push_str(&format!("\n{}", left_out_in_words(report.left_out)));
    }
    text
}

/// The command that shows a witness again.
pub fn replay(report: &NecessityReport, design: &Variant, witness: &Cause) -> String {
    let trial = report.subject.trial;
    let line = |fault: &Fault| fault_on_a_line(fault, trial.layout());
    let changes = Changes {
        // All that the file draws is left out, of whatever kind.
        without: Vec::new(),
        bare: report.left_out > 0,
        faults: witness.faults.iter().map(line).collect(),
        ..design.changes()
    };
    with_changes(report.subject.run_again(None), &changes)
}

/// How many schedules were run in all.
pub fn runs(report: &NecessityReport) -> u64 {
    let necessity = report.necessity;
    let searches = necessity.findings.iter().filter_map(|finding| finding.found.as_ref());
    searches.chain([&necessity.full]).map(|found| found.total().runs).sum()
}

/// The classes that the smallest schedules of a search break.
pub fn classes(found: &Exhaustion) -> Vec<Class> {
    let has = |class: &Class| found.causes.iter().any(|cause| cause.classes.contains(*class));
    Class::ALL.into_iter().filter(has).collect()
}

fn names(full: &Exhaustion) -> Vec<KindName> {
    let mut names: Vec<KindName> = full.kinds.iter().map(|kind| kind.name()).collect();
    names.dedup();
    names
}

fn verdict(report: &NecessityReport) -> String {
    let necessity = report.necessity;
    let full = match necessity.full.certificate() {
        Some(certificate) => format!("{GOOD}the full design holds{GOOD:#}: {certificate}"),
        None if necessity.full.causes.is_empty() => {
            format!("{WARNING}the full design{WARNING:#}: its search is not complete")
        }
        None => format!("{BAD}the full design breaks{BAD:#}: onceproof exhaust says how"),
    };
    let witnessed = counted(necessity.count(Standing::Witnessed), "wrong value");
    let mut text = format!("{full}\n{witnessed} with a witness");
    for (standing, words) in [
        (Standing::Unwitnessed, "without any with these settings"),
        (Standing::Incomplete, "not searched to the end"),
        (Standing::NotSearched, "not searched, for want of what they need"),
    ] {
        let count = necessity.count(standing);
        if count > 0 {
            text.push_str(&format!(", {count} {words}"));
        }
    }
    text
}

fn full_row(full: &Exhaustion) -> Vec<String> {
    let found = match full.certificate() {
        Some(_) => format!("nothing with {}", full.most),
        None if full.causes.is_empty() => "not complete".to_owned(),
        None => class_list(classes(full)),
    };
    let smallest = full.causes.first().map(|cause| cause.faults.len().to_string());
    vec!["the full design".to_owned(), smallest.unwrap_or_default(), found]
}

/// How many of the smallest schedules of the full design have each kind.
fn full_counts(full: &Exhaustion, names: &[KindName]) -> Vec<u64> {
    let count = |name: &KindName| {
        let has = |fault: &Fault| fault.kind.name() == *name;
        full.causes.iter().filter(|cause| cause.faults.iter().any(has)).count() as u64
    };
    names.iter().map(count).collect()
}

fn cells(finding: &Finding) -> Vec<String> {
    let (faults, found) = match (&finding.found, finding.lacks) {
        (None, lacks) => (String::new(), format!("needs {}", lacks.unwrap_or("more"))),
        (Some(found), _) => match (found.causes.first(), finding.standing()) {
            (Some(cause), _) => (cause.faults.len().to_string(), class_list(classes(found))),
            (None, Standing::Unwitnessed) => (String::new(), NO_WITNESS.to_owned()),
            (None, _) => (String::new(), "not complete".to_owned()),
        },
    };
    vec![finding.design.words(), faults, found]
}

fn counts_of(finding: &Finding, names: &[KindName]) -> Vec<u64> {
    names.iter().map(|&name| finding.count(name)).collect()
}

/// A count, or a dot for none.
fn figure(count: u64) -> String {
    if count == 0 { "·".to_owned() } else { grouped(count) }
}
