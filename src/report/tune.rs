//! What came of each value of the keys that vary, as tables: of these the text, the CSV and the page are made.

use super::compare::{Figures, NONE, interval, percent, percentiles};
use super::shell::{tune_command, with_folders};
use super::{Reported, class_list};
use crate::figures::{self, grouped, ratio};
use crate::report::Timing;
use crate::scenario::{Point, Varied};
use crate::search::share::Share;
use crate::search::strategies::Comparison;
use crate::search::tally::Amount;
use onceproof_systems::Trial;
use std::ops::Range;

/// What each value of the keys that vary comes to under many seeds, and all that is said of it.
#[derive(Clone, Copy, Debug)]
pub struct TuneReport<'a> {
    /// What varies.
    pub subject: Reported<'a>,
    /// The keys and their values.
    pub varied: &'a [Varied],
    /// Under which seeds.
    pub seeds: &'a Range<u64>,
    /// The steps at the ends of its pipeline, where latencies are taken.
    pub ends: &'a [String],
    /// What was found, in the order of the values.
    pub tuned: &'a [Tuned],
    /// How long it took.
    pub timing: Timing,
    /// Whether a fault that did not fire is a failure.
    pub strict: bool,
}

/// One value of each key, and what came of it.
#[derive(Clone, Debug)]
pub struct Tuned {
    /// The values.
    pub point: Point,
    /// What was run.
    pub trial: Trial,
    /// What was found.
    pub comparison: Comparison,
}

/// The values of keys: `mechanism.dedup.window = 10s`.
pub fn in_words(point: &Point) -> String {
    let words = point.iter().map(|(key, value)| format!("{key} = {value}"));
    words.collect::<Vec<_>>().join(", ")
}

impl Tuned {
    /// Whether every run was whole and none went wrong.
    fn holds(&self) -> bool {
        let sweep = &self.comparison.sweep;
        sweep.runs > 0 && sweep.violated == 0 && sweep.inconclusive == 0 && !sweep.interrupted
    }

    /// How much of a figure was done in all runs, and the most in one. None if there was no run.
    pub(super) fn amount(&self, name: &str) -> Option<Amount> {
        let names = figures::work_names(self.trial.layout().alphabet);
        let at = names.iter().position(|other| *other == name)?;
        self.comparison.sweep.work.get(at).copied()
    }
}

impl TuneReport<'_> {
    /// The command that shows the first seed again under which these values go wrong, if there is one.
    pub(super) fn first_again(&self, one: &Tuned) -> Option<String> {
        let seed = one.comparison.sweep.failing.first().copied().flatten()?;
        let command = tune_command(self.subject.path, &one.point, seed);
        Some(with_folders(command, self.subject.folders))
    }

    /// Which value of the one key that varies is enough: from it on, or up to it, no run goes wrong. None if several keys
    /// vary, if no value is enough, or if all are.
    pub(super) fn enough(&self) -> Option<Enough<'_>> {
        let [Varied { key, .. }] = self.varied else { return None };
        let holds: Vec<bool> = self.tuned.iter().map(Tuned::holds).collect();
        let (first, last) = (holds.first()?, holds.last()?);
        let at = match (first, last) {
            (false, true) => holds.iter().rposition(|holds| !holds)? + 1,
            (true, false) => holds.iter().position(|holds| !holds)? - 1,
            (true, true) | (false, false) => return None,
        };
        let beyond = if *last { at - 1 } else { at + 1 };
        let one = &self.tuned[at];
        Some(Enough {
            key,
            value: &one.point.first()?.1,
            is_least: *last,
            has_more: if *last { at + 1 < holds.len() } else { at > 0 },
            wrong: &self.tuned[beyond],
            runs: one.comparison.sweep.runs,
        })
    }
}

/// The value of a key that is enough.
pub(super) struct Enough<'a> {
    pub key: &'a str,
    pub value: &'a str,
    /// Whether those after it are enough, too; else those before it.
    pub is_least: bool,
    /// Whether there are such.
    pub has_more: bool,
    /// The nearest that is not.
    pub wrong: &'a Tuned,
    /// How many runs say so of it.
    pub runs: u64,
}

/// All tables of a report.
pub(super) fn tables(report: &TuneReport) -> Vec<Figures> {
    vec![runs(report), records(report), latency(report), work(report)]
}

/// A table whose first columns are the keys that vary.
fn of_keys(
    report: &TuneReport,
    title: &str,
    about: &'static str,
    words: usize,
    heads: &[&str],
) -> Figures {
    let keys = report.varied.iter().map(|varied| short(&varied.key));
    let keys: Vec<&str> = keys.chain(heads.iter().copied()).collect();
    Figures::new(title, about, report.varied.len() + words, &keys)
}

/// The last part of a key.
fn short(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn values(one: &Tuned) -> impl Iterator<Item = String> {
    one.point.iter().map(|(_, value)| value.clone())
}

fn runs(report: &TuneReport) -> Figures {
    let heads = ["classes", "runs", "violated", "share", "95 % interval"];
    let mut table = of_keys(report, "runs", "", 1, &heads);
    for one in report.tuned {
        let sweep = &one.comparison.sweep;
        let share = Share { part: sweep.violated, of: sweep.runs };
        let classes = match class_list(sweep.found().iter()) {
            words if words.is_empty() => NONE.to_owned(),
            words => words,
        };
        let cells = [
            classes,
            grouped(sweep.runs),
            grouped(sweep.violated),
            percent(share),
            interval(share),
        ];
        table.add(values(one).chain(cells));
    }
    table
}

fn records(report: &TuneReport) -> Figures {
    let heads = ["duplicated", "p99", "worst", "lost", "p99", "worst", "late"];
    let about = "of each run, in the mean, in 99 of 100 runs at most, and in the worst run; late in the mean";
    let mut table = of_keys(report, "records duplicated, lost and late", about, 0, &heads);
    for one in report.tuned {
        let Comparison { duplicated, lost, late, sweep, .. } = &one.comparison;
        let cells = [duplicated, lost].into_iter().flat_map(|of| {
            let worst = of.worst.map_or(0, |(most, _)| most);
            [ratio(of.sum(), sweep.runs), grouped(of.p99()), grouped(worst)]
        });
        table.add(values(one).chain(cells).chain([ratio(late.sum(), sweep.runs)]));
    }
    table
}

fn latency(report: &TuneReport) -> Figures {
    let heads = ["records", "first seen p50", "p99", "final p50", "p99"];
    let about = "from the arrival of a record until it is first seen in a result, and until what it is in changes for \
                 the last time";
    let title = format!("result latency at {}", report.ends.join(", "));
    let mut table = of_keys(report, &title, about, 0, &heads);
    for one in report.tuned {
        let [count, first, first_p99] = percentiles(&one.comparison.first_seen);
        let [_, last, last_p99] = percentiles(&one.comparison.last_changed);
        table.add(values(one).chain([count, first, first_p99, last, last_p99]));
    }
    table
}

fn work(report: &TuneReport) -> Figures {
    let heads = ["messages", "writes", "reads", "ids held"];
    let about = "per record: requests sent, those sent again too; durable writes and reads. Ids held at a time, at most";
    let mut table = of_keys(report, "work", about, 0, &heads);
    for one in report.tuned {
        let Comparison { messages, commits, reads, records, .. } = &one.comparison;
        let held =
            one.amount("ids_held_max").map_or(NONE.to_owned(), |ids| grouped(ids.spread.most.0));
        let per_record = [messages, commits, reads].map(|count| ratio(*count, *records));
        table.add(values(one).chain(per_record).chain([held]));
    }
    table
}
