//! Micro-batches: no fault breaks the right design, and each rule of the protocol that is left out is found, by one fault where
//! one is enough, else in bad weather or by an exact scenario.

use super::common::rules::{
    is_found_by_one_fault, reached_in_bad_weather, scenario, search_small, wrong_values,
};
use onceproof::scenario::Scenario;
use onceproof::search::necessity::Standing;
use onceproof::search::space::Space;
use onceproof::search::threads::Threads;
use onceproof::search::variants::{Setting, Variant, right, wrong};
use onceproof_model::micro_batch::alphabet;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Class::{self, Divergent, Duplicated, Lost, Stuck, Torn};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const FOLDER: &str = "micro-batch";
const RECOMPUTED: &str = "results = \"recompute\"";
const BY_TASK: &str = "sink = \"append-task\"";
const BY_VERSION: &str = "state = \"by-version\"";

/// Each wrong value that one fault breaks, or none, with the settings beside it and classes that are found.
const BY_ONE_FAULT: &[(&str, &str, &[Class])] = &[
    ("offsets = \"after\"", "", &[Lost]),
    ("watermark = \"max-seen\"", "", &[Lost]),
    ("watermark = \"memory\"", RECOMPUTED, &[Duplicated]),
    ("commit-row = \"before-sink\"", "", &[Lost]),
    ("sink = \"by-partition\"", "", &[Torn]),
    ("sink = \"by-partition-first\"", "", &[Torn]),
    ("sink = \"append-batch\"", "", &[Duplicated]),
    ("sink = \"append-task\"", "", &[Duplicated]),
    ("grant = \"once\"", BY_TASK, &[Stuck]),
    ("grant = \"sticky\"", BY_TASK, &[Stuck]),
    ("state = \"newest\"", "", &[Duplicated, Lost]),
    ("state = \"memory\"", "", &[Lost]),
    ("state-keep = 1", "", &[Lost]),
    ("unwanted = \"ignored\"", "", &[Stuck]),
    ("gap = \"skip\"", BY_VERSION, &[Lost]),
    ("release = \"before-commit\"", "", &[Stuck]),
];

/// Each wrong value that takes more, with a seed of the bad weather that shows it, and a class that is found.
const IN_BAD_WEATHER: &[(&str, u64, Class)] = &[
    ("log = \"overwrite\"", 71, Lost),
    ("loser = \"goes-on\"", 312, Lost),
    ("results = \"recompute\"", 49, Divergent),
    ("state = \"by-version\"", 17, Duplicated),
    ("state-cache = \"by-version\"", 32, Duplicated),
    ("rollback = \"missing\"", 11, Duplicated),
    ("winner = \"last\"", 3, Divergent),
    ("stale = \"counted\"", 29, Duplicated),
];

/// Each wrong value that an exact scenario shows.
const BY_FILE: &[(&str, &str, Class)] = &[
    ("batch-time = \"clock\"", "clock.toml", Lost),
    ("coordinator = false", "uncoordinated.toml", Duplicated),
    ("accepted = \"file\"", "name-with-file.toml", Lost),
];

#[test]
fn no_fault_of_any_kind_breaks_micro_batches() {
    for settings in ["", "speculation.after = false", "checksum = true", RECOMPUTED, BY_VERSION] {
        let found = search_small(FOLDER, settings);
        assert!(found.certificate().is_some(), "{settings}: {:?}", found.causes.first());
        assert!(found.total().runs > 800, "{settings}: {:?}", found.total());
    }
}

#[test]
fn each_rule_of_micro_batches_that_is_left_out_is_found_by_one_fault_where_one_is_enough() {
    for &(value, other, classes) in BY_ONE_FAULT {
        let all = if other.is_empty() { value.to_owned() } else { format!("{other}, {value}") };
        is_found_by_one_fault(FOLDER, &all, classes);
    }
}

#[test]
fn each_rule_of_micro_batches_that_takes_more_is_found_in_bad_weather_or_by_a_file() {
    for &(value, seed, class) in IN_BAD_WEATHER {
        let brief = scenario(FOLDER, "random.toml", value).trial.simulator().brief(Some(seed));
        assert!(brief.classes.contains(class), "{value}, seed {seed}: {:?}", brief.classes);
    }
    for &(value, file, class) in BY_FILE {
        let trial = scenario(FOLDER, file, value).trial;
        let brief = trial.simulator().brief(None);
        assert!(brief.classes.contains(class), "{value}, {file}: {:?}", brief.classes);
    }
}

#[test]
fn every_wrong_value_of_micro_batches_is_found() {
    let by_one = BY_ONE_FAULT.iter().map(|&(value, ..)| value);
    let in_weather = IN_BAD_WEATHER.iter().map(|&(value, ..)| value);
    let by_file = BY_FILE.iter().map(|&(value, ..)| value);
    let told = by_one.chain(in_weather).chain(by_file).map(str::to_owned);
    assert_eq!(wrong_values(FOLDER), told.collect::<BTreeSet<String>>());
}

/// A coin is said to be none: where files are not compared, one crash beside another side of it breaks what holds without.
#[test]
fn a_coin_that_is_declared_determinate_is_tried_and_found() {
    let words = |variants: Vec<Variant>| -> Vec<String> {
        let of_steps = variants.iter().filter(|one| matches!(one.setting, Setting::Step { .. }));
        of_steps.map(Variant::words).collect()
    };
    let declared = "step side: level = \"determinate\"";
    let coin = scenario(FOLDER, "coin.toml", "");
    assert_eq!(words(wrong(&coin)), [declared]);
    assert_eq!(words(right(&coin)), [""; 0]);
    let compared = scenario(FOLDER, "coin.toml", "checksum = true");
    assert_eq!(words(wrong(&compared)), [""; 0]);
    assert_eq!(words(right(&compared)), [declared]);
    assert_eq!(words(wrong(&scenario(FOLDER, "declared.toml", ""))), [""; 0]);
    let space = Space::new(&coin.trial, &[KindName::Crash, KindName::UserDiffers], 2);
    for (scenario, expected) in [(&coin, Standing::Witnessed), (&compared, Standing::Unwitnessed)] {
        let all = [wrong(scenario), right(scenario)].concat();
        let one = all.iter().find(|one| one.words() == declared).expect("what is declared");
        let finding =
            one.search(Threads::per_core(), scenario, &space, &AtomicBool::new(false), &|_| {});
        assert_eq!(finding.standing(), expected, "{:?}", finding.witness());
    }
}

#[test]
fn in_bad_weather_every_defence_of_micro_batches_is_used_and_every_count_is_exact() {
    let full = reached_in_bad_weather(FOLDER, "", 400);
    let consumers = reached_in_bad_weather(FOLDER, "rollback = \"consumers\"", 400);
    for mark in [
        alphabet::BATCH_RUN_AGAIN,
        alphabet::RESULTS_FOUND,
        alphabet::FILE_COMPUTED_AGAIN,
        alphabet::ERA_RAISED,
        alphabet::SPECULATED,
        alphabet::EXECUTOR_LOST,
        alphabet::REPORT_UNWANTED,
        alphabet::ROW_FOUND,
        alphabet::RANGE_GONE,
        alphabet::DRIVER_GONE,
    ] {
        for reached in [full, consumers] {
            assert!(reached[mark.at()] > 0, "{}", alphabet::ALPHABET.mark_word(mark));
        }
    }
}

/// A file of the folder with something in the place of something else, read or refused.
fn read(file: &str, from: &str, to: &str) -> Result<Scenario, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(FOLDER).join(file);
    let text = fs::read_to_string(&path).expect("a text");
    assert!(text.contains(from), "{from} is not in {file}");
    Scenario::parse(&text.replace(from, to), &path).map_err(|error| error.to_string())
}

#[test]
fn what_micro_batches_cannot_have_or_do_is_refused_by_name() {
    let refused = |file: &str, from: &str, to: &str, why: &str| {
        let error = read(file, from, to).map(|_| ()).expect_err("what cannot be had");
        assert!(error.contains(why), "{to}: {error}");
    };
    let level = "level = \"determinate\"\n";
    refused(
        "declared.toml",
        "strategy = \"micro-batch\"",
        "strategy = \"dataflow\"",
        "`dataflow` has no `level`",
    );
    let leveled_sink = format!("kind  = \"sink\"\n{level}");
    refused("declared.toml", "kind  = \"sink\"\n", &leveled_sink, "a `sink` has no `level`");
    let second = "attempt = 1, before = \"report\"";
    refused("append-task.toml", second, "nth = 1, before = \"spill\"", "nobody reads its files");
    refused("append-task.toml", second, "nth = 1, before = \"fresh\"", "only the driver does that");
    let by_driver =
        "{ process = \"driver\", record = \"batch#1\", attempt = 1, before = \"commit\" }";
    let driver = "{ process = \"driver\", record = \"batch#1\", before = \"commit\" }";
    refused("append-batch.toml", driver, by_driver, "`commit` has no `attempt`");
    let no_commit = "do = \"commit-lost\"";
    let services = "only services outside commit";
    refused("append-batch.toml", "do = \"crash\"", no_commit, services);
    let unread = "may#0.per-user/7.1";
    refused("grant-once.toml", "may#0.per-user/0.1", unread, "has 2 shards, counted from 0");
}

#[test]
fn speculation_is_switched_off_by_one_word() {
    let off = read("small.toml", "{ after = \"100ms\" }", "false").expect("a scenario");
    let long =
        read("small.toml", "speculation      = { after = \"100ms\" }", "speculation.after = false")
            .expect("a scenario");
    assert_eq!(off.trial.design.settings(), long.trial.design.settings());
}
