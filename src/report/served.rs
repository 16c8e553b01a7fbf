//! What is served before it is certain, as tables: the failings of two legs over one log, by the figures of a run or of
//! many.

use super::compare::{Figures, NONE, percent, percentiles};
use crate::figures::{grouped, measured, ratio};
use crate::search::served::{Apart, ServedTotals};
use crate::search::share::Share;
use crate::search::strategies::PerRun;

/// All tables of these strategies; none if none serves anything that is not certain.
pub fn served_tables(all: &[(&str, &ServedTotals)]) -> Vec<Figures> {
    if all.is_empty() {
        return Vec::new();
    }
    vec![inaccuracy(all), inconsistency(all), unpredictability(all), latency(all), windows(all)]
}

fn inaccuracy(all: &[(&str, &ServedTotals)]) -> Figures {
    let heads = ["strategy", "of its records, off", "p50", "p99", "max", "its seed"];
    let about = "what is served until it is certain, against all of the input; of each run: the worst cell, where one too \
                 many makes up for one too few (net) and where it does not (gross), and all windows together";
    let is_one_run = all.iter().all(|(_, served)| served.runs == 1);
    let heads = if is_one_run { &["strategy", "of its records, off", "part"][..] } else { &heads };
    let mut table = Figures::new("inaccuracy", about, 2, heads);
    for (strategy, served) in all {
        let rows = [
            ("worst cell, net", &served.worst_net),
            ("worst cell, gross", &served.worst_gross),
            ("all windows", &served.total),
        ];
        for (what, of) in rows {
            let PerRun { worst, .. } = of;
            let seed = worst.and_then(|(_, seed)| seed);
            let cells = [
                (*strategy).to_owned(),
                what.to_owned(),
                of_millionths(of.p50()),
                of_millionths(of.p99()),
                of_millionths(worst.map_or(0, |(most, _)| most)),
                seed.map_or(NONE.to_owned(), |seed| seed.to_string()),
            ];
            table.add(cells.into_iter().take(heads.len()));
        }
    }
    table
}

fn inconsistency(all: &[(&str, &ServedTotals)]) -> Figures {
    let heads = ["strategy", "runs", "records apart", "cells apart"];
    let about =
        "in how many of the records and of the cells what is served and what is certain differ";
    let mut table = Figures::new("inconsistency", about, 2, &heads);
    for (strategy, served) in all {
        for (what, apart) in [("without faults", &served.without_faults), ("as run", &served.apart)]
        {
            let Apart { records, of_records, cells, of_cells } = *apart;
            table.add([
                (*strategy).to_owned(),
                what.to_owned(),
                percent(Share { part: records, of: of_records }),
                percent(Share { part: cells, of: of_cells }),
            ]);
        }
    }
    table
}

fn unpredictability(all: &[(&str, &ServedTotals)]) -> Figures {
    let heads =
        ["strategy", "mean", "deviation", "up", "down", "none", "sign changes", "wrong cells"];
    let about = "by how much of its records a window is corrected when it is certain; how often the sign changes from one \
                 window to the next; and the cells that are certain and have another number than all of the input";
    let mut table = Figures::new("unpredictability", about, 1, &heads);
    for (strategy, served) in all {
        let corrections = &served.corrections;
        let of_all = |part| percent(Share { part, of: corrections.count() });
        let mean = corrections.mean();
        let sign = if mean < 0 { "-" } else { "" };
        table.add([
            (*strategy).to_owned(),
            format!("{sign}{}", of_millionths(mean.unsigned_abs())),
            of_millionths(corrections.deviation()),
            of_all(corrections.up),
            of_all(corrections.down),
            of_all(corrections.none),
            percent(Share { part: served.sign_changes, of: served.neighbours }),
            percent(Share { part: served.wrong_cells, of: served.apart.of_cells }),
        ]);
    }
    table
}

fn latency(all: &[(&str, &ServedTotals)]) -> Figures {
    let heads = ["strategy", "from the end of a window", "windows", "p50", "p99", "never"];
    let about = "until something of it is served, until what is served is right for good, and until it is certain; that \
                 it is right nobody knows before. Where nothing is counted over all keys, each key has windows of its own";
    let mut table = Figures::new("latency of windows", about, 2, &heads);
    for (strategy, served) in all {
        let share = |part| percent(Share { part, of: served.windows });
        let rows = [
            ("first served", &served.first_served),
            ("right", &served.right),
            ("certain", &served.certain),
        ];
        for (what, times) in rows {
            let never = share(served.windows.saturating_sub(times.count()));
            let cells = [(*strategy).to_owned(), what.to_owned()];
            table.add(cells.into_iter().chain(percentiles(times)).chain([never]));
        }
    }
    table
}

/// What happens to windows and cells beside that.
fn windows(all: &[(&str, &ServedTotals)]) -> Figures {
    let heads = ["strategy", "windows", "changes", "nothing served", "cells that should not be"];
    let about = "how often what is served of a window changes after its end, and for how long nothing is served of it that \
                 was served before, in the mean; and cells that were served and have no records by right";
    let mut table = Figures::new("windows after their ends", about, 1, &heads);
    for (strategy, served) in all {
        table.add([
            (*strategy).to_owned(),
            grouped(served.windows),
            ratio(served.changes, served.windows),
            measured(served.unserved / served.windows.max(1)),
            grouped(served.phantom_cells),
        ]);
    }
    table
}

/// Millionths in percent, with one decimal, rounded half up; what is not 0 is not told as 0.
fn of_millionths(millionths: u64) -> String {
    match (millionths / 1000 + u64::from(millionths % 1000 >= 500), millionths) {
        (0, 1..) => "< 0.1 %".to_owned(),
        (tenths, _) => format!("{}.{} %", grouped(tenths / 10), tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_may_be_more_than_all() {
        assert_eq!(of_millionths(0), "0.0 %");
        assert_eq!(of_millionths(4), "< 0.1 %");
        assert_eq!(of_millionths(333_333), "33.3 %");
        assert_eq!(of_millionths(1_500_000), "150.0 %");
    }
}
