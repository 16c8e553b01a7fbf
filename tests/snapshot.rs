//! Snapshots: no fault breaks the right design, and each rule of the protocol that is left out is found, by one fault where
//! one is enough, else in bad weather.

mod places;
mod time_out;

use super::common::rules::{
    is_found_by_one_fault, reached_in_bad_weather, scenario, search_small, wrong_values,
};
use onceproof::scenario::Scenario;
use onceproof_model::snapshot::alphabet;
use onceproof_sim::outcome::Class::{self, Duplicated, Lost, Phantom, Stuck, Torn, Unbounded};
use onceproof_sim::outcome::Verdict;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FOLDER: &str = "snapshot";
const UNALIGNED: &str = "mode = \"unaligned\"";
const INCREMENTAL: &str = "incremental = true";

/// Each wrong value that one fault breaks, or none, with the settings beside it and classes that are found.
const BY_ONE_FAULT: &[(&str, &str, &[Class])] = &[
    ("mode = \"at-least-once\"", "", &[Duplicated]),
    ("state = \"at-upload\"", "", &[Duplicated]),
    ("channel-state = false", UNALIGNED, &[Lost]),
    ("sink-channel = \"unaligned\"", UNALIGNED, &[Lost, Torn]),
    ("barriers = \"in-order\"", "", &[Stuck]),
    ("windows = \"dropped\"", "", &[Lost]),
    ("ended-source = \"silent\"", "", &[Stuck]),
    ("ack = \"on-barrier\"", "", &[Stuck]),
    ("precommit = \"sent\"", "", &[Lost]),
    ("precommit = \"unflushed\"", "", &[Lost]),
    ("writes = \"plain\"", "", &[Duplicated]),
    ("roll = false", "", &[Duplicated, Stuck]),
    ("scope = \"exact\"", "", &[Stuck]),
    ("handles = \"newest\"", "", &[Lost, Torn]),
    ("recommit = false", "", &[Lost, Torn]),
    ("on-abort = \"discard\"", "", &[Lost]),
    ("names = \"checkpoint\"", "", &[Lost, Torn]),
    ("epochs = false", "names = \"checkpoint\"", &[Unbounded]),
    ("cleanup = \"none\"", "", &[Unbounded]),
    ("commit = \"at-barrier\"", "", &[Duplicated, Phantom]),
    ("commits = \"append\"", "", &[Duplicated]),
    ("notify = \"before-record\"", "", &[Duplicated, Phantom]),
    ("delete = \"before-add\"", "", &[Duplicated]),
    ("channels = \"name\"", "", &[Duplicated]),
    ("broken = \"reopen\"", "", &[Lost, Stuck]),
    ("failover = \"task\"", "", &[Duplicated, Lost, Stuck]),
    ("assign = \"sent\"", "", &[Lost]),
    ("shared = \"deleted\"", INCREMENTAL, &[Stuck]),
    ("savepoint.is = \"commits\"", "savepoint.number = 2", &[Duplicated]),
    ("end = \"nothing\"", "", &[Lost]),
    ("end = \"commit\"", "", &[Phantom]),
    ("read = \"uncommitted\"", "", &[Duplicated]),
];

/// Each wrong value that takes more, with the settings beside it, a seed of the bad weather that shows it, and a class that
/// is found.
const IN_BAD_WEATHER: &[(&str, &str, u64, Class)] = &[
    ("recording = \"any-barrier\"", UNALIGNED, 63, Lost),
    ("begin = \"any\"", "", 837, Unbounded),
    ("fencing = false", "", 390, Lost),
    ("restore = \"read-first\"", "", 10, Lost),
    ("restore = \"old-token\"", "", 3078, Lost),
    ("restore = \"memory\"", "", 1829, Lost),
    ("unknown-record = \"discard\"", "", 9, Stuck),
    ("late-acks = \"complete\"", "", 2, Stuck),
    ("ids = \"restart\"", "acks = \"any\"", 360, Stuck),
    ("acks = \"any\"", "ids = \"restart\"", 360, Stuck),
    ("base = \"uploaded\"", INCREMENTAL, 0, Stuck),
];

/// Each file with the value that its comment says is right. The others have a second file that holds.
const WITH_THE_RIGHT_VALUE: &[(&str, &str)] = &[
    ("older-barrier.toml", "recording = \"exact\""),
    ("late-begin.toml", "begin = \"fenced\""),
    ("unfenced-leader.toml", "fencing = true"),
    ("kept-token.toml", "restore = \"token-first\""),
    ("remembered-record.toml", "restore = \"token-first\""),
    ("read-first.toml", "restore = \"token-first\""),
    ("late-ack.toml", "late-acks = \"drop\""),
    ("number-again.toml", "ids = \"counter\""),
    ("number-again.toml", "acks = \"attempt\""),
    ("base-uploaded.toml", "base = \"notified\""),
];

/// A value with the settings beside it.
fn beside(value: &str, other: &str) -> String {
    if other.is_empty() { value.to_owned() } else { format!("{other}, {value}") }
}

#[test]
fn no_fault_of_any_kind_breaks_snapshots() {
    for settings in ["", UNALIGNED, INCREMENTAL, "savepoint.number = 2", "tolerable-failed = 0"] {
        let found = search_small(FOLDER, settings);
        assert!(found.certificate().is_some(), "{settings}: {:?}", found.causes.first());
        assert!(found.total().runs > 1_500, "{settings}: {:?}", found.total());
    }
}

#[test]
fn each_rule_of_snapshots_that_is_left_out_is_found_by_one_fault_where_one_is_enough() {
    for &(value, other, classes) in BY_ONE_FAULT {
        is_found_by_one_fault(FOLDER, &beside(value, other), classes);
    }
}

#[test]
fn each_rule_of_snapshots_that_takes_more_is_found_in_bad_weather() {
    for &(value, other, seed, class) in IN_BAD_WEATHER {
        let trial = scenario(FOLDER, "random.toml", &beside(value, other)).trial;
        let brief = trial.simulator().brief(Some(seed));
        assert!(brief.classes.contains(class), "{value}, seed {seed}: {:?}", brief.classes);
    }
}

/// What goes wrong in a file goes well with the right value in the same file, and the same faults.
#[test]
fn with_the_right_value_the_same_faults_do_nothing() {
    for &(file, right) in WITH_THE_RIGHT_VALUE {
        let wrong = scenario(FOLDER, file, "").trial.simulator().brief(None);
        assert!(!wrong.classes.is_empty(), "{file}");
        let brief = scenario(FOLDER, file, right).trial.simulator().brief(None);
        assert!(brief.classes.is_empty(), "{file}, {right}: {:?}", brief.classes);
    }
}

#[test]
fn every_wrong_value_of_snapshots_is_found() {
    let by_one = BY_ONE_FAULT.iter().map(|&(value, ..)| value);
    let in_weather = IN_BAD_WEATHER.iter().map(|&(value, ..)| value);
    let told: BTreeSet<String> = by_one.chain(in_weather).map(str::to_owned).collect();
    assert_eq!(wrong_values(FOLDER), told);
}

#[test]
fn in_bad_weather_every_defence_of_snapshots_is_used_and_every_count_is_exact() {
    let aligned = reached_in_bad_weather(FOLDER, "", 300);
    let unaligned = reached_in_bad_weather(FOLDER, UNALIGNED, 300);
    let incremental = reached_in_bad_weather(FOLDER, INCREMENTAL, 300);
    for mark in [
        alphabet::COMPLETED_AFTER_RESTART,
        alphabet::ALIGNED,
        alphabet::CHECKPOINT_ABORTED,
        alphabet::CHECKPOINT_TIMED_OUT,
        alphabet::RESTORED,
        alphabet::LEADER_REFUSED,
        alphabet::RECOMMITTED,
        alphabet::CLEANED_UP,
        alphabet::FOREIGN_ITEM,
        alphabet::CHANNEL_BROKEN,
        alphabet::ACK_LATE,
        alphabet::UNASSIGNED,
        alphabet::ORPHANED,
    ] {
        assert!(aligned[mark.at()] > 0, "{}", alphabet::ALPHABET.mark_word(mark));
    }
    for mark in [alphabet::OVERTAKEN, alphabet::REPLAYED] {
        assert!(unaligned[mark.at()] > 0, "{}", alphabet::ALPHABET.mark_word(mark));
    }
    assert!(incremental[alphabet::STATE_SHARED.at()] > 0);
}

/// A job that puts up with so many checkpoints that come to nothing fails over after one more, and all is well. Who says
/// before that that it is stuck is wrong; it was said from 50 on.
#[test]
fn a_job_that_fails_over_after_many_checkpoints_is_not_stuck_before() {
    for most in [0, 3, 50, 1_000] {
        let settings = format!("tolerable-failed = {most}");
        let trial = scenario(FOLDER, "waiting-barrier.toml", &settings).trial;
        let brief = trial.simulator().brief(None);
        assert_eq!(brief.verdict, Verdict::ExactlyOnce, "{most}: {:?}", brief.classes);
    }
}

/// How long a transaction may have to stay open: a checkpoint is complete, the job is down, and committers commit when it is
/// back. With the times of the small pipeline that is little more than the time that it is down.
#[test]
fn what_was_promised_is_lost_only_where_transactions_are_open_for_less_than_the_job_is_down() {
    let lost = |timeout: &str| {
        let settings = format!("transaction-timeout = \"{timeout}\"");
        let trial = scenario(FOLDER, "timed-out.toml", &settings).trial;
        trial.simulator().brief(None).classes.contains(Lost)
    };
    assert_eq!(["60s", "90s", "91s", "2m"].map(lost), [true, true, false, false]);
}

#[test]
fn a_fault_of_a_channel_is_refused_elsewhere_and_a_fault_of_a_message_there() {
    let refused = |strategy: &str, at: &str, kind: &str, why: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/snapshot/small.toml");
        let text = fs::read_to_string(&path)
            .expect("a text")
            .replace("strategy = \"snapshot\"", &format!("strategy = \"{strategy}\""));
        let text = format!("{text}\n[[fault]]\nat = {at}\ndo = \"{kind}\"\n");
        let error =
            Scenario::parse(&text, &path).map(|_| ()).expect_err("a fault that does nothing");
        assert!(error.to_string().contains(why), "{at} {kind}: {error}");
    };
    let channel = "{ from = \"events\", to = \"per-user\" }";
    let way = "{ from = \"coordinator\", to = \"events\" }";
    let breaks = "what goes over a channel is late, or the channel breaks";
    for kind in ["drop-request", "drop-ack", "duplicate", "error-applied", "error-not-applied"] {
        refused("snapshot", channel, kind, breaks);
    }
    refused("snapshot", way, "disconnect", "there is no channel: each message travels by itself");
    refused("dataflow", channel, "disconnect", "each message travels by itself");
}
