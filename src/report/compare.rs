//! What a comparison of strategies found, as tables: of these both the text and the Markdown are made.

use super::served::served_tables;
use super::table::Align;
use super::{CompareReport, Compared};
use crate::figures::{grouped, measured, ratio};
use crate::search::share::{MILLION, Share};
use crate::search::strategies::PerRun;
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::outcome::{Class, Latency};
use onceproof_sim::times::Times;
use onceproof_systems::{Parts, Trial};

/// One table of a report.
pub struct Figures {
    /// What it is about.
    pub title: String,
    /// What its columns mean, where their heads do not say it.
    pub about: &'static str,
    /// How its columns are set; the first are words.
    pub columns: Vec<Align>,
    /// Its rows, the heads first.
    pub rows: Vec<Vec<String>>,
}

impl Figures {
    /// A table whose first `words` columns are words and the others numbers.
    pub(super) fn new(title: &str, about: &'static str, words: usize, heads: &[&str]) -> Figures {
        let align = |at| if at < words { Align::Left } else { Align::Right };
        Figures {
            title: title.to_owned(),
            about,
            columns: (0..heads.len()).map(align).collect(),
            rows: vec![heads.iter().map(|&head| head.to_owned()).collect()],
        }
    }

    pub(super) fn add(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// All tables of a report.
pub fn tables(report: &CompareReport) -> Vec<Figures> {
    let all = report.compared;
    let mut tables = vec![runs(all)];
    tables.extend(classes(all));
    tables.extend([records(all), latency(report), work(all)]);
    tables.extend(recovery(all));
    let served = all.iter().filter_map(|one| {
        let served = one.comparison.served.as_ref()?;
        Some((one.strategy.word(), served))
    });
    tables.extend(served_tables(&served.collect::<Vec<_>>()));
    tables.push(parts(all));
    tables
}

fn runs(all: &[Compared]) -> Figures {
    let heads = ["strategy", "runs", "violated", "share", "95 % interval", "inconclusive"];
    let mut table = Figures::new("runs", "", 1, &heads);
    for Compared { strategy, comparison, .. } in all {
        let sweep = &comparison.sweep;
        let share = Share { part: sweep.violated, of: sweep.runs };
        table.add([
            strategy.word().to_owned(),
            grouped(sweep.runs),
            grouped(sweep.violated),
            percent(share),
            interval(share),
            grouped(sweep.inconclusive),
        ]);
    }
    table
}

/// In how many runs each class was found; none if no class was.
fn classes(all: &[Compared]) -> Option<Figures> {
    let heads = ["strategy", "class", "runs", "share", "95 % interval"];
    let mut table = Figures::new("runs by what is wrong with them", "", 2, &heads);
    for Compared { strategy, comparison, .. } in all {
        let sweep = &comparison.sweep;
        for class in Class::ALL.into_iter().filter(|&class| sweep.count(class) > 0) {
            let share = Share { part: sweep.count(class), of: sweep.runs };
            table.add([
                strategy.word().to_owned(),
                class.word().to_owned(),
                grouped(share.part),
                percent(share),
                interval(share),
            ]);
        }
    }
    (table.rows.len() > 1).then_some(table)
}

fn records(all: &[Compared]) -> Figures {
    let heads = ["strategy", "records", "mean", "p99", "worst", "its seed"];
    let about = "of each run; in 99 of 100 runs there are at most p99";
    let mut table = Figures::new("records duplicated and lost", about, 2, &heads);
    for Compared { strategy, comparison, .. } in all {
        let runs = comparison.sweep.runs;
        for (what, of) in [("duplicated", &comparison.duplicated), ("lost", &comparison.lost)] {
            let PerRun { worst, .. } = of;
            let seed = worst.and_then(|(_, seed)| seed);
            table.add([
                strategy.word().to_owned(),
                what.to_owned(),
                ratio(of.sum(), runs),
                grouped(of.p99()),
                grouped(worst.map_or(0, |(most, _)| most)),
                seed.map_or(NONE.to_owned(), |seed| seed.to_string()),
            ]);
        }
    }
    table
}

fn latency(report: &CompareReport) -> Figures {
    let heads = ["strategy", "until", "records", "p50", "p99"];
    let about = "from the arrival of a record until it is first seen in a result, and until what it is in changes for \
                 the last time";
    let title = format!("result latency at {}", report.ends.join(", "));
    let mut table = Figures::new(&title, about, 2, &heads);
    for Compared { strategy, comparison, .. } in report.compared {
        let rows = [("first seen", &comparison.first_seen), ("final", &comparison.last_changed)];
        for (what, times) in rows {
            let cells = [strategy.word().to_owned(), what.to_owned()];
            table.add(cells.into_iter().chain(percentiles(times)));
        }
    }
    table
}

fn work(all: &[Compared]) -> Figures {
    let heads = ["strategy", "messages", "answers", "durable writes", "durable reads"];
    let about = "what was sent again counts again; a write is a commit that was applied";
    let mut table = Figures::new("work per record", about, 1, &heads);
    for Compared { strategy, comparison, .. } in all {
        let per_record = |count| ratio(count, comparison.records);
        table.add([
            strategy.word().to_owned(),
            per_record(comparison.messages),
            per_record(comparison.answers),
            per_record(comparison.commits),
            per_record(comparison.reads),
        ]);
    }
    table
}

/// Of what each strategy is made.
fn parts(all: &[Compared]) -> Figures {
    let heads = ["strategy", "processes", "stores", "messages", "settings to get wrong"];
    let about = "processes that do different things, what is durable, kinds of messages, and settings that can be such \
                 that a result is wrong";
    let mut table = Figures::new("complexity", about, 1, &heads);
    for Compared { strategy, trial, settings_that_break, .. } in all {
        let Parts { processes, stores, messages } = trial.design.parts();
        let numbers = [processes, stores, messages, *settings_that_break];
        table.add([strategy.word().to_owned()].into_iter().chain(numbers.map(grouped)));
    }
    table
}

/// The time after crashes; none if nothing crashed.
fn recovery(all: &[Compared]) -> Option<Figures> {
    let heads = ["strategy", "crashes", "recovered", "p50", "p99"];
    let about = "from the crash of a worker until one of its shards commits or shows something again; one that has no \
                 more to do never does";
    let mut table = Figures::new("time to recover", about, 1, &heads);
    for Compared { strategy, comparison, .. } in all {
        let cells = [strategy.word().to_owned(), grouped(comparison.crashes)];
        table.add(cells.into_iter().chain(percentiles(&comparison.recoveries)));
    }
    all.iter().any(|one| one.comparison.crashes > 0).then_some(table)
}

/// The steps at the ends of a pipeline, by name.
pub fn ends(trial: &Trial) -> Vec<String> {
    let pipeline = trial.design.pipeline();
    let name = |step: StepIndex| pipeline.step(step).name.clone();
    pipeline.ends().into_iter().map(name).collect()
}

/// Where there is nothing to say.
pub(super) const NONE: &str = "·";

/// How many there are, half, and 99 of 100.
pub(super) fn percentiles(times: &Times) -> [String; 3] {
    let of = |nanos: fn(Latency) -> u64| {
        times.percentiles().map_or(NONE.to_owned(), |found| measured(nanos(found)))
    };
    [grouped(times.count()), of(|found| found.p50), of(|found| found.p99)]
}

/// A share in percent, with one decimal, rounded half up: `12.3 %`. What is not 0 is not told as 0.
pub(super) fn percent(share: Share) -> String {
    let tenths = (share.millionths() + 500) / 1000;
    match (tenths, share.part) {
        (0, 1..) => "< 0.1 %".to_owned(),
        (tenths, _) => format!("{} %", decimal(tenths)),
    }
}

/// Its interval in percent, rounded to the outside.
pub(super) fn interval(share: Share) -> String {
    let Some((least, most)) = share.interval() else { return NONE.to_owned() };
    let (least, most) = (least / 1000, most.div_ceil(1000).min(MILLION / 1000));
    format!("{} to {} %", decimal(least), decimal(most))
}

/// Tenths as a decimal.
fn decimal(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_one_decimal_and_what_is_there_is_not_nothing() {
        let check = |part, of, share: &str, around: &str| {
            let found = Share { part, of };
            assert_eq!((percent(found).as_str(), interval(found).as_str()), (share, around));
        };
        check(0, 1000, "0.0 %", "0.0 to 0.4 %");
        check(1, 100_000, "< 0.1 %", "0.0 to 0.1 %");
        check(50, 100, "50.0 %", "40.3 to 59.7 %");
        check(1000, 1000, "100.0 %", "99.6 to 100.0 %");
        check(0, 0, "0.0 %", "·");
    }
}
