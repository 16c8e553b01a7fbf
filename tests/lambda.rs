//! Lambda: the batch leg is exact for what had come by its cut-off whatever befalls, and how far the speed leg is off is
//! said by figures, which are those of its letter on the letter's input.

use super::common::library::{search, trial_of};
use onceproof::scenario::Scenario;
use onceproof::search::certificate::Exhaustion;
use onceproof_kernel::time::{MILLISECOND, SECOND};
use onceproof_model::in_memory::alphabet::{BATCH_RERAN, BATCH_RESTARTED, REPLAYED};
use onceproof_sim::fault::KindName::{self, *};
use onceproof_sim::outcome::Verdict;
use onceproof_sim::served::{Fraction, ServedFigures};
use onceproof_sim::times::Times;
use std::path::Path;

fn served(settings: &str) -> ServedFigures {
    let trial = trial_of("compare/lambda.toml", settings, &[]);
    let outcome = trial.simulator().detail(None);
    assert_eq!(outcome.brief.fired.0.iter().sum::<u64>(), 0);
    outcome.served.expect("a speed leg")
}

/// What the letter says of a run: the worst cell, net and gross, and all windows, in thousandths; records and cells
/// apart; windows corrected up and down, and changes of the sign; windows never right; cells that are certain and wrong.
#[derive(PartialEq, Eq, Debug)]
struct Letter {
    worst: [u64; 3],
    apart: [u64; 2],
    corrected: [usize; 3],
    never_right: u64,
    wrong_cells: u64,
}

impl Letter {
    fn of(figures: &ServedFigures) -> Letter {
        let thousandths = |millionths: u64| (millionths + 500) / 1000;
        let corrected = |sign| figures.corrections.iter().filter(|c| c.signum() == sign).count();
        Letter {
            worst: [figures.worst_net, figures.worst_gross, figures.total]
                .map(|part| thousandths(part.millionths())),
            apart: [figures.apart_records, figures.apart_cells],
            corrected: [corrected(1), corrected(-1), figures.sign_changes as usize],
            never_right: figures.never_right,
            wrong_cells: figures.wrong_cells,
        }
    }
}

#[track_caller]
fn check(settings: &str, letter: &Letter) {
    let figures = served(settings);
    // 800 records, each per user and globally, in 20 windows; 5 users and all.
    assert_eq!((figures.records, figures.cells, figures.windows), (1600, 120, 20));
    assert_eq!(&Letter::of(&figures), letter, "{settings}");
}

const BY_EVENT: &str = "speed.window-clock = \"event\"";

#[test]
fn on_the_letters_stream_the_figures_are_the_letters() {
    // Of 1,600 records in cells 1.0 % is 16, and of 120 cells 11.7 % is 14 and 35 % is 42; of 20 windows 75 % is 15.
    let late = Letter {
        worst: [333, 333, 26],
        apart: [16, 14],
        corrected: [0, 6, 0],
        never_right: 15,
        wrong_cells: 42,
    };
    check(BY_EVENT, &late);
    // Without a fault nothing is lost by a speed leg that waits for nothing.
    check(&format!("{BY_EVENT}, speed.strategy = \"best-effort\""), &late);
    // 43.3 % of 120 cells are 52, 13.3 % are 16.
    let short = Letter {
        worst: [400, 400, 40],
        apart: [16, 16],
        corrected: [0, 8, 0],
        never_right: 16,
        wrong_cells: 52,
    };
    check(&format!("{BY_EVENT}, cut-off = \"5s\""), &short);
    // No record is later than a minute.
    let long = Letter {
        worst: [0, 0, 0],
        apart: [0, 0],
        corrected: [0, 0, 0],
        never_right: 0,
        wrong_cells: 0,
    };
    check(&format!("{BY_EVENT}, cut-off = \"60s\""), &long);
    // 45.75 % of 1,600 records are 732, 97.5 % of 120 cells are 117, 98.3 % are 118.
    let forgetful = Letter {
        worst: [333, 333, 26],
        apart: [732, 117],
        corrected: [0, 20, 0],
        never_right: 20,
        wrong_cells: 118,
    };
    check(&format!("{BY_EVENT}, retention = \"25s\""), &forgetful);
    // 0.375 % of 1,600 records are 6, 5 % of 120 cells are 6.
    let hole = Letter {
        worst: [400, 400, 40],
        apart: [6, 6],
        corrected: [3, 0, 0],
        never_right: 15,
        wrong_cells: 42,
    };
    check(&format!("{BY_EVENT}, speed-keep = \"15s\""), &hole);
    // From 15 s after each window until its commit is in the store, 1 ms after 30 s.
    let unserved = served(&format!("{BY_EVENT}, speed-keep = \"15s\"")).unserved;
    assert_eq!(unserved, 20 * (15 * SECOND + MILLISECOND));
    // By arrival 9.125 % of the records are 146, and of 19 times the sign changes at 9.
    let by_arrival = Letter {
        worst: [500, 833, 13],
        apart: [146, 78],
        corrected: [6, 13, 9],
        never_right: 15,
        wrong_cells: 42,
    };
    check("", &by_arrival);
    assert_eq!(served("").phantom_cells, 14);
}

#[test]
fn what_is_certain_is_so_when_the_batch_has_landed() {
    let figures = served(BY_EVENT);
    let certain = figures.certain.percentiles().expect("20 windows");
    // The commit takes 1 ms to the store.
    let read = 30 * SECOND + MILLISECOND;
    assert!(certain.p50 <= read && read - certain.p50 < read / 1000, "{certain:?}");
    assert_eq!((figures.certain.count(), certain.p50, figures.changes), (20, certain.max, 41));
}

#[test]
fn no_fault_of_any_kind_breaks_what_had_come_by_the_cut_off() {
    let trial = trial_of("lambda/small.toml", "", &[]);
    let runs = |found: &Exhaustion| found.levels.iter().map(|level| level.runs).sum::<u64>();
    let one = search(&trial, &KindName::ALL, 1);
    assert!(one.causes.is_empty() && runs(&one) > 300, "{:?}", one.causes);
    let two = search(&trial, &[DropRequest, Crash, CommitLost], 2);
    assert!(two.causes.is_empty() && runs(&two) > 3000, "{:?}", two.causes);
}

#[test]
fn a_batch_that_reads_too_early_or_adds_is_found() {
    let causes = |settings: &str, kinds: &[KindName]| {
        search(&trial_of("lambda/small.toml", settings, &[]), kinds, 1).causes.len()
    };
    assert_eq!(causes("landing = \"append\"", &[Crash, CommitUnknown]), 0);
    assert!(causes("landing = \"append\", reruns = 1", &[Crash]) > 0);
    // The first record is of 0 s, and the log is read at 30 s. A batch that dies when it should land, at 40 s, reads it
    // again 50 ms later.
    let short = search(&trial_of("lambda/small.toml", "retention = \"29s\"", &[]), &[Crash], 1);
    assert_eq!(short.causes.iter().map(|cause| cause.faults.len()).collect::<Vec<_>>(), [0]);
    assert!(causes("retention = \"31s\"", &[Crash]) > 0);
    assert_eq!(causes("retention = \"41s\"", &[Crash]), 0);
}

#[test]
fn in_bad_weather_batches_begin_again_and_land_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/lambda/random.toml");
    let trial = Scenario::load(&path).expect("a scenario").trial;
    let mut simulator = trial.simulator();
    let mut reached = [0; 3];
    for seed in 0..10 {
        let brief = simulator.brief(Some(seed));
        assert_eq!(brief.verdict, Verdict::ExactlyOnce, "seed {seed}");
        let marks = [BATCH_RESTARTED, BATCH_RERAN, REPLAYED];
        for (reached, mark) in reached.iter_mut().zip(marks) {
            *reached += brief.marks.0[mark.at()];
        }
    }
    assert!(reached.iter().all(|&times| times > 0), "{reached:?}");
}

/// What is served of these records in windows of 10 s, with these settings; `after` is more of the pipeline.
fn served_of(records: &[(&str, &str, &str)], settings: &str, after: &str) -> ServedFigures {
    let row = |(key, at, event_time): &(&str, &str, &str)| {
        format!("{{ key = \"{key}\", at = \"{at}\", event-time = \"{event_time}\" }}")
    };
    let rows: Vec<String> = records.iter().map(row).collect();
    let text = format!(
        "format = 1\nname = \"served\"\nclaim = \"It holds.\"\nexpect = \"exactly-once\"\n\
         strategy = \"lambda\"\ninput = {{ records = [{}] }}\n[lambda]\n{settings}\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n\
         [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"10s\"\n{after}",
        rows.join(", ")
    );
    let scenario = Scenario::parse(&text, Path::new("served.toml"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    scenario.trial.simulator().detail(None).served.expect("a speed leg")
}

/// Half of the lengths are at most this, in whole seconds.
fn half(times: &Times) -> Option<u64> {
    times.percentiles().map(|found| (found.p50 + SECOND / 2) / SECOND)
}

#[test]
fn what_is_served_ends_when_its_window_has_landed_whatever_the_batch_has_of_it() {
    // By arrival the record is in the window from 10 s; that of 0 s, in which it is by right, lands with nothing at 16 s.
    let settings = "cut-off = \"5s\"\ntakes = \"1s\"\nbatch = { window-clock = \"arrival\" }";
    let figures = served_of(&[("ann", "12s", "5s")], settings, "");
    assert_eq!((figures.never_right, figures.right.count(), figures.changes), (1, 0, 2));
    assert_eq!(
        (half(&figures.certain), figures.corrections.as_slice()),
        (Some(6), &[-1_000_000][..])
    );
    // A record that comes when its window has landed is never served, whether or not another one was in time.
    let late = ("ann", "45s", "2s");
    for records in [&[late][..], &[("bob", "1s", "1s"), late]] {
        let figures = served_of(records, "", "");
        assert_eq!((figures.worst_net, figures.apart_cells), (Fraction { part: 1, of: 1 }, 0));
        assert!(figures.corrections.iter().all(|&correction| correction == 0), "{figures:?}");
        assert_eq!((figures.never_right, figures.certain.count()), (1, figures.windows));
    }
}

#[test]
fn a_window_that_nobody_has_seen_is_certain_too_and_stands_between_its_neighbours() {
    // The speed leg drops the record of the second window, which comes after the cut-off; the first and the third are
    // corrected by one that it has dropped and that was in time.
    let records = [
        ("ann", "1s", "1s"),
        ("ann", "26s", "26s"),
        ("ann", "27s", "2s"),
        ("ann", "46s", "46s"),
        ("ann", "47s", "22s"),
        ("ann", "61s", "12s"),
    ];
    let global = "[[step]]\nname = \"global\"\nkind = \"count-globally\"\nwindow = \"10s\"\n";
    let figures = served_of(&records, "speed = { keep = \"5s\" }", global);
    assert_eq!((figures.windows, figures.certain.count(), figures.neighbours), (4, 4, 3));
    assert_eq!(figures.corrections, [500_000, 0, 500_000, 0]);
}

#[test]
fn what_a_view_drops_before_it_shows_it_was_never_served() {
    let figures = served_of(&[("ann", "16s", "2s")], "speed-keep = \"5s\"", "");
    assert_eq!((figures.unserved, figures.changes, half(&figures.first_served)), (0, 1, Some(30)));
    // By arrival it would be shown in the window from 10 s, at 28 s, when that is over for longer.
    let settings = "speed-keep = \"5s\"\nspeed = { window-clock = \"arrival\" }";
    let figures = served_of(&[("ann", "16s", "2s")], settings, "");
    assert_eq!((figures.phantom_cells, figures.unserved), (1, 0));
}

#[test]
fn a_batch_that_ran_twice_is_not_blamed_on_what_the_speed_leg_sent_again() {
    let settings = "landing = \"append\", reruns = 1, speed.timeout = \"50ms\"";
    let trial = trial_of("lambda/speed-doubles.toml", settings, &[]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/lambda/speed-doubles.toml");
    let lost = Scenario::load(&path).expect("a scenario").trial.plan.faults;
    let outcome = trial.with(|plan| plan.faults = lost).simulator().detail(None);
    assert!(outcome.brief.marks.0[REPLAYED.at()] > 0 && outcome.unfired.is_empty());
    // Three records at two steps.
    let damaged: Vec<_> = outcome.damage.iter().map(|damage| &damage.by_itself).collect();
    assert_eq!(damaged, [&None; 6]);
}
