//! The report of an exhaustive search as text: the certificate or the causes, then how many schedules
//! there were, and last the command that replays the smallest cause.

use super::heading::heading;
use super::left_out::left_out;
use super::not_shown::not_shown_text;
use super::style::{BAD, GOOD, WARNING, warning};
use super::table::{Align, fitted, labelled, table};
use super::untried::untried;
use super::words::{fault_in_words, kind_in_words};
use super::worth::without_a_fault;
use super::{ExhaustReport, class_list};
use crate::figures::{self, counted, grouped};
use crate::scenario::{FORMAT, does_something};
use crate::search::causes::{Group, groups};
use crate::search::certificate::{Counts, CutOff, ENGINE, Exhaustion};
use crate::search::exhaust::needless_in_words;
use onceproof_sim::fault::{Fault, KindName};
use onceproof_systems::Trial;

/// The report of an exhaustive search.
pub fn exhaust_text(report: &ExhaustReport) -> String {
    let ExhaustReport {
        subject,
        found,
        not_shown,
        base,
        spent,
        saved,
        replay,
        runs_before,
        timing,
        ..
    } = *report;
    let mut text = heading(&subject);
    text.push_str(&format!("\n{}\n", verdict(found, spent)));
    text.push_str(&not_shown_text(not_shown));
    text.push_str(&without_a_fault(subject.trial, base));
    if !found.causes.is_empty() {
        text.push_str("\ncauses\n");
        let groups = groups(&found.causes);
        let varies = |group: &&Group| groups.iter().any(|other| group.varies(other));
        for group in groups.iter().filter(|group| !varies(group)) {
            text.push_str(&cause(group, found, subject.trial));
        }
        let more: u64 = groups.iter().filter(varies).map(|group| group.causes).sum();
        if more > 0 {
            let more = counted(more, "smallest schedule");
            text.push_str(&format!(
                "  and {more} of the kinds of one above and of others, which make another place for it\n"
            ));
        }
    }
    if let Some(schedule) = &found.first_inconclusive {
        text.push_str("\nthe first schedule that hit a limit\n");
        text.push_str(&in_words(schedule, subject.trial, "  "));
    }
    text.push_str(&format!("\n{}", levels(found)));
    text.push_str(&format!("\n{}", details(report)));
    for kind in found.never_placed() {
        let why = nowhere(kind, found, subject.trial).map(|why| format!(": {why}"));
        let why = why.unwrap_or_default();
        text.push_str(&warning(&format!("{} has no place in any schedule{why}", kind.word())));
    }
    for untried in untried(found, subject.trial) {
        text.push_str(&warning(&untried.in_words()));
    }
    if let Some(timing) = timing {
        let seconds = timing.in_words();
        let speed = grouped(timing.per_second(found.total().runs.saturating_sub(runs_before)));
        text.push_str(&format!("\ntime  {seconds}, {speed} runs/s\n"));
    }
    if let Some(saved) = saved {
        text.push_str(&format!("\nsaved as {}\n", saved.display()));
    }
    if let Some(replay) = replay {
        text.push_str(&format!("\n{replay}\n"));
    }
    fitted(&text)
}

/// Why faults of a kind have no place anywhere in a pipeline, if that is known before it runs.
fn nowhere(name: KindName, found: &Exhaustion, trial: &Trial) -> Option<String> {
    let kind = found.kinds.iter().find(|kind| kind.name() == name)?;
    let why = does_something(kind, &trial.design, trial.hosts() as u32).err()?;
    why.split_once('\n').map(|(_, reason)| reason.to_owned())
}

/// That so many faults of the file are left out, if it has any.
pub fn left_out_in_words(left_out: usize) -> String {
    if left_out == 0 {
        return String::new();
    }
    let faults = counted(left_out as u64, "fault");
    format!("{faults} of the file left out: the search places its own\n")
}

/// What came of it, and how far it went.
pub(super) fn verdict(found: &Exhaustion, spent: Option<&str>) -> String {
    if let Some(certificate) = found.certificate() {
        return format!("{GOOD}certified{GOOD:#}: {certificate}");
    }
    let faults = |count: usize| counted(count as u64, "fault");
    let last = faults(found.levels.len().saturating_sub(1));
    let searched = if found.interrupted {
        match spent {
            Some(budget) => format!("{budget} ended it among those of {last}"),
            None => format!("interrupted among those of {last}"),
        }
    } else if found.stopped {
        format!("ended with those of {last}, as asked")
    } else if found.is_complete() {
        "complete".to_owned()
    } else {
        "not complete: some hit a limit".to_owned()
    };
    let first = found.causes.first().map(|cause| cause.faults.len());
    let verdict = match (first, found.causes.len()) {
        (None, _) => format!("{WARNING}inconclusive{WARNING:#}: nothing found"),
        (Some(0), _) => format!("{BAD}violated{BAD:#}: it breaks without any fault"),
        (Some(first), 1) => {
            format!("{BAD}violated{BAD:#}: 1 smallest schedule breaks it, of {}", faults(first))
        }
        (Some(first), many) => {
            let causes = counted(many as u64, "smallest schedule");
            let first = faults(first);
            format!("{BAD}violated{BAD:#}: {causes} break it, the first of {first}")
        }
    };
    let most = faults(found.most as usize);
    format!("{verdict}\nschedules of at most {most}: {searched}{}", cut_off(found))
}

/// How much of the number of faults was searched at which it was interrupted: "of 2 faults: 12 of about 90 schedules".
fn cut_off(found: &Exhaustion) -> String {
    let (Some(CutOff { faults, runs, about }), Some(level)) = (found.cut_off, found.levels.last())
    else {
        return String::new();
    };
    let violated = match level.violated {
        0 => "none".to_owned(),
        violated => grouped(violated),
    };
    let faults = counted(faults.into(), "fault");
    let about = counted(about, "schedule");
    format!("\nof {faults}: {} of about {about}, {violated} violated", grouped(runs))
}

/// Causes of the same kinds, with the first of them in words.
fn cause(group: &Group, found: &Exhaustion, trial: &Trial) -> String {
    let Group { kinds, classes, first, causes, schedules } = group;
    let words = kinds_in_words(kinds);
    let (causes, schedules) = (counted(*causes, "smallest schedule"), grouped(*schedules));
    let classes = class_list(classes.iter());
    let line = format!("  {words}: {classes}; {causes}, explaining {schedules}\n");
    line + &in_words(&found.causes[*first].faults, trial, "      ")
}

/// `crash + user-differs`
pub fn kinds_in_words(kinds: &[KindName]) -> String {
    match kinds {
        [] => "without any fault".to_owned(),
        kinds => kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" + "),
    }
}

/// A schedule, one fault on a line.
pub fn in_words(schedule: &[Fault], trial: &Trial, indent: &str) -> String {
    let line = |fault| format!("{indent}{}\n", fault_in_words(fault, trial));
    schedule.iter().map(line).collect()
}

/// How many schedules there were of each number of faults.
fn levels(found: &Exhaustion) -> String {
    let heads = ["faults", "run", "violated", "inconclusive", "explained", "needless"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    let row = |name: String, level: &Counts| {
        let needless = level.needless.iter().sum();
        let Counts { runs, violated, inconclusive, explained, .. } = *level;
        let numbers = [runs, violated, inconclusive, explained, needless].map(grouped);
        std::iter::once(name).chain(numbers).collect::<Vec<_>>()
    };
    rows.extend(found.levels.iter().enumerate().map(|(at, level)| row(at.to_string(), level)));
    rows.push(row("all".to_owned(), &found.total()));
    table(&[Align::Right; 6], &rows)
}

fn details(report: &ExhaustReport) -> String {
    let found = report.found;
    let total = found.total();
    let kinds: Vec<String> = found.kinds.iter().map(kind_in_words).collect();
    let mut rows = vec![("kinds", kinds.join(", "))];
    rows.extend(left_out(report).into_iter().map(|words| ("left out", words)));
    rows.extend(needless_in_words(&total).into_iter().map(|(words, count)| {
        ("needless", format!("{} times {words}, each with all that could follow", grouped(count)))
    }));
    rows.push(("format", FORMAT.to_string()));
    rows.push(("engine", ENGINE.to_owned()));
    rows.push(("space", format!("{:016x}", found.space)));
    rows.push(("digest", figures::hex(total.digest)));
    labelled(&rows)
}
