//! Log transactions: no fault breaks the right design, and each rule of the protocol that is left out is found, by one fault
//! where one is enough, else by those of a file of its own.

use super::common::rules;
use onceproof::scenario::Scenario;
use onceproof::search::exhaust::exhaust;
use onceproof::search::resume::Done;
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::shrink;
use onceproof::search::space::{Space, bare};
use onceproof::search::threads::Threads;
use onceproof_kernel::time::MILLISECOND;
use onceproof_model::transactions::alphabet;
use onceproof_sim::fault::{Direction, Fault, Kind, KindName, Place};
use onceproof_sim::outcome::Class::{self, Duplicated, Lost, Phantom, Stuck, Torn, Unbounded};
use onceproof_systems::Trial;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

const FOLDER: &str = "transactions";

fn scenario(file: &str, settings: &str) -> Scenario {
    rules::scenario(FOLDER, file, settings)
}

/// Each wrong value that one fault breaks, or none, with classes that are found.
const BY_ONE_FAULT: &[(&str, &[Class])] = &[
    ("version = 1", &[Torn]),
    ("version = 0", &[Unbounded]),
    ("sequence = false", &[Duplicated, Lost]),
    ("epoch-append = false", &[Lost]),
    ("overlap = \"append\"", &[Lost, Torn]),
    ("marker-epoch = \"no-repeat\"", &[Stuck]),
    ("markers = \"once\"", &[Lost, Stuck]),
    ("markers = \"forgotten\"", &[Lost, Stuck]),
    ("prepare = \"after-answer\"", &[Lost]),
    ("end = \"any-decision\"", &[Lost]),
    ("timeout-bump = false", &[Lost, Stuck]),
    ("transactional-id = \"shared\"", &[Stuck]),
    ("generation = false", &[Duplicated]),
    ("group-offsets = \"applied-later\"", &[Torn]),
    ("group-offsets = \"volatile\"", &[Torn]),
    ("offsets = \"after\"", &[Duplicated]),
    ("offsets = \"before\"", &[Lost]),
    ("flush = false", &[Lost, Torn]),
    ("end-unknown = \"committed\"", &[Lost]),
    ("isolation = \"unfiltered\"", &[Duplicated]),
    ("isolation = \"read-uncommitted\"", &[Duplicated]),
    ("restore = \"uncommitted\"", &[Duplicated]),
    ("store = \"keep\"", &[Duplicated]),
    ("store = \"checkpoint-running\"", &[Duplicated]),
    ("transaction-timeout = \"never\"", &[Stuck]),
    ("positions = \"memory\"", &[Duplicated]),
    ("producer-expiry.open-too = true", &[]),
];

/// Each wrong value that takes more: the right value, the file that shows it, and a class that is found.
const IN_A_FILE: &[(&str, &str, &str, Class)] = &[
    ("verify = \"unguarded\"", "verify = \"guarded\"", "unguarded.toml", Stuck),
    ("verify = \"any-epoch\"", "verify = \"guarded\"", "verify-any-epoch.toml", Phantom),
    ("marker-epoch = \"equal\"", "marker-epoch = \"greater\"", "marker-of-equal-epoch.toml", Torn),
    ("markers = \"first-completes\"", "markers = \"until-acked\"", "first-completes.toml", Stuck),
    ("end = \"any-epoch\"", "end = \"checked\"", "end-any-epoch.toml", Phantom),
    ("add = \"any-epoch\"", "add = \"checked\"", "add-any-epoch.toml", Phantom),
    ("init = \"joins-open\"", "init = \"fences\"", "joins-open.toml", Phantom),
    ("generation = \"member-only\"", "generation = true", "member-only.toml", Duplicated),
    ("end-unknown = \"aborted\"", "end-unknown = \"again\"", "end-taken-for-aborted.toml", Phantom),
    ("stable-fetch = false", "stable-fetch = true", "unstable-position.toml", Duplicated),
    ("restore = \"stable-end\"", "restore = \"log-end\"", "restore-stable-end.toml", Lost),
    ("store = \"checkpoint-end\"", "store = \"wipe\"", "checkpoint-end.toml", Lost),
];

#[test]
fn no_fault_of_any_kind_breaks_log_transactions() {
    for (settings, least) in [("", 1_500), ("batch = 100", 1_200)] {
        let found = rules::search_small(FOLDER, settings);
        assert!(found.certificate().is_some(), "{settings}: {:?}", found.causes.first());
        assert!(found.total().runs > least, "{settings}: {:?}", found.total());
    }
}

#[test]
fn however_many_clients_and_records_of_a_batch_there_are_every_count_is_exact() {
    for settings in
        ["batch = 100, poll = 100", "clients = 1", "clients = 3", "clients = 5, batch = 2"]
    {
        let trial = scenario("random.toml", settings).trial;
        let mut simulator = trial.simulator();
        for seed in 0..1_000 {
            let brief = simulator.brief(Some(seed));
            assert!(brief.classes.is_empty(), "{settings}, seed {seed}: {:?}", brief.classes);
        }
    }
}

#[test]
fn each_rule_that_is_left_out_is_found_by_one_fault_where_one_is_enough() {
    for &(settings, classes) in BY_ONE_FAULT {
        let under = match settings.starts_with("producer-expiry") {
            true => format!("producer-expiry.after = \"5ms\", {settings}"),
            false => settings.to_owned(),
        };
        rules::is_found_by_one_fault(FOLDER, &under, classes);
    }
}

#[test]
fn each_rule_that_takes_more_is_found_in_its_file_and_holds_there_where_it_is_kept() {
    for &(wrong, right, file, class) in IN_A_FILE {
        let classes = |settings| scenario(file, settings).trial.simulator().brief(None).classes;
        let of_settings = |settings| scenario(file, settings).trial.design.settings();
        assert_eq!(of_settings(""), of_settings(wrong), "{file}");
        assert!(classes(wrong).contains(class), "{wrong}: {:?}", classes(wrong));
        assert!(classes(right).is_empty(), "{right}: {:?}", classes(right));
    }
}

#[test]
fn a_member_that_the_group_does_not_hear_of_for_a_session_is_expelled() {
    let expelled = |cuts: &[(&str, u64)]| {
        let trial = scenario("small.toml", "").trial;
        let find = |name| trial.layout().find(name).expect("a process");
        let (from, to) = (find("client"), find("group"));
        let fault = |&(direction, time): &(&str, u64)| {
            let (direction, lasts) = match direction.split_once(' ') {
                Some(("backward", lasts)) => (Direction::Backward, lasts),
                Some((_, lasts)) => (Direction::Forward, lasts),
                None => (Direction::Both, direction),
            };
            let lasts = lasts.parse::<u64>().expect("milliseconds") * MILLISECOND;
            let time = Some(time * MILLISECOND);
            let at = Place { from: Some(from), to: Some(to), time, ..Place::default() };
            Fault { at, kind: Kind::Partition { lasts, direction } }
        };
        let trial = trial.with(|plan| plan.faults = cuts.iter().map(fault).collect());
        let brief = trial.simulator().brief(None);
        assert!(brief.classes.is_empty(), "{cuts:?}: {:?}", brief.classes);
        brief.marks.count(alphabet::EXPELLED)
    };
    // Both clients are members from 8 ms on, and a session is 100 ms.
    assert_eq!(expelled(&[("150", 20)]), 2);
    assert_eq!(expelled(&[("90", 20)]), 0);
    assert_eq!(expelled(&[("forward 150", 20)]), 2);
    assert_eq!(expelled(&[("backward 150", 20)]), 0);
    // Two cuts without a pause between them are one; two that are short are none.
    assert_eq!(expelled(&[("60", 20), ("90", 70)]), 2);
    assert_eq!(expelled(&[("60", 20), ("60", 90)]), 0);
}

#[test]
fn no_design_survives_a_log_that_is_truncated_and_no_search_asks_for_that() {
    let trial = scenario("small.toml", "").trial;
    let names = [KindName::CommitForgotten];
    assert_eq!(Space::new(&trial, &names, 1).kinds, []);
    let space = Space { kinds: vec![Kind::CommitForgotten], ..Space::new(&trial, &names, 1) };
    let search = |trial: &Trial| {
        let (trial, cancel) = (bare(trial), AtomicBool::new(false));
        exhaust(Threads::per_core(), &trial, None, &space, &mut Done::default(), &cancel, &|_| {})
    };
    let found = search(&trial);
    let classes: BTreeSet<Class> =
        found.causes.iter().flat_map(|cause| cause.classes.iter()).collect();
    assert_eq!(classes, BTreeSet::from([Lost, Stuck, Torn, Unbounded]));
}

#[test]
fn a_failure_at_a_process_beside_the_steps_is_shrunk() {
    let torn = scenario("version-1-late-offsets.toml", "");
    let shrunk = shrink(&torn, None, Watch::none()).expect("a failure");
    assert_eq!((shrunk.goal.class, shrunk.case.faults.len()), (Torn, 1));
}

#[test]
fn every_wrong_value_is_found() {
    let by_one = BY_ONE_FAULT.iter().map(|&(settings, _)| settings);
    let in_a_file = IN_A_FILE.iter().map(|&(settings, ..)| settings);
    let told: BTreeSet<String> = by_one.chain(in_a_file).map(str::to_owned).collect();
    assert_eq!(rules::wrong_values(FOLDER), told);
}

#[test]
fn in_bad_weather_every_defence_is_used_and_every_count_is_exact() {
    let reached = rules::reached_in_bad_weather(FOLDER, "", 300);
    for mark in [
        alphabet::TIMED_OUT,
        alphabet::INIT_ABORTED,
        alphabet::CLIENT_FENCED,
        alphabet::CLIENT_ABORTED,
        alphabet::GENERATION_REFUSED,
        alphabet::EPOCH_REFUSED,
        alphabet::BATCH_KNOWN,
        alphabet::OUT_OF_SEQUENCE,
        alphabet::POSITION_UNSTABLE,
        alphabet::RESTORE_WAITED,
        alphabet::RESTORED,
        alphabet::OVERLAPPED,
        alphabet::MARKER_STALE,
        alphabet::VERIFICATION_STALE,
        alphabet::MARKERS_RESENT,
        alphabet::END_REFUSED,
        alphabet::EXPELLED,
    ] {
        assert!(reached[mark.at()] > 0, "{}", alphabet::ALPHABET.mark_word(mark));
    }
}
