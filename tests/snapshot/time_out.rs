//! How long a transaction must be able to stay open. It is open from its first row until the commit of its handle, and that
//! is a sum: what is left of the checkpoint under way, the interval, the next checkpoint, each failed one in between, and the
//! time that the job is down with its restart.

use onceproof::scenario::Scenario;
use std::fs;
use std::path::Path;

/// The least time-out, in milliseconds, with which nothing goes wrong under these settings and faults: with one millisecond
/// less something does.
fn least_ms(settings: &str, faults: &[(&str, &str)]) -> u64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/snapshot/small.toml");
    let small = fs::read_to_string(&path).expect("a text");
    let holds = |ms: u64| {
        let timeout = format!("transaction-timeout = \"{ms}ms\"");
        let mut text = small.replace("transaction-timeout = \"10s\"", &timeout);
        for setting in settings.lines() {
            let key = setting.split('=').next().unwrap_or_default().trim();
            let is_it = |line: &&str| line.split('=').next().map(str::trim) == Some(key);
            let line = text.lines().find(is_it).expect("a setting").to_owned();
            text = text.replace(&line, setting);
        }
        for (at, what) in faults {
            text.push_str(&format!("\n[[fault]]\nat = {at}\ndo = {what}\n"));
        }
        let scenario = Scenario::parse(&text, &path).unwrap_or_else(|error| panic!("{error}"));
        let outcome = scenario.trial.simulator().brief(None);
        outcome.classes.is_empty()
    };
    let (mut fails, mut holds_at) = (1, 200_000);
    assert!(!holds(fails) && holds(holds_at), "{settings} {faults:?}");
    while holds_at - fails > 1 {
        let between = fails + (holds_at - fails) / 2;
        match holds(between) {
            true => holds_at = between,
            false => fails = between,
        }
    }
    holds_at
}

/// The times of the small pipeline, in milliseconds. A checkpoint takes so long from its trigger to its record.
const INTERVAL: u64 = 10;
const DURATION: u64 = 22;
const TIMEOUT: u64 = 60;
const REQUEST_TIMEOUT: u64 = 30;
/// Until an attempt begins: the restart, its token, its start, and the first commit.
const RESTART: u64 = 20 + 6;

/// A transaction whose first row comes right after a barrier is open for the rest of that checkpoint, for the interval and
/// for the next checkpoint. Each failed one adds its time-out and an interval, a lost notice an interval and a checkpoint,
/// a lost request its repeat, and a leader that is down adds that and the restart.
const ALL: u64 = INTERVAL + 2 * DURATION;
const FAILED: u64 = TIMEOUT + INTERVAL;
const UNTOLD: u64 = INTERVAL + DURATION;

/// An ack of so many checkpoints is lost, one after the other, so each of them times out.
const LOST_ACKS: [(&str, &str); 2] = [
    (
        "{ from = \"table.committer/1\", to = \"coordinator\", record = \"ack#2\" }",
        "\"drop-request\"",
    ),
    (
        "{ from = \"table.committer/1\", to = \"coordinator\", record = \"ack#3\" }",
        "\"drop-request\"",
    ),
];
const LOST_NOTICE: (&str, &str) = (
    "{ from = \"coordinator\", to = \"table.committer/1\", record = \"notify#2\" }",
    "\"drop-request\"",
);
const LOST_COMMIT: (&str, &str) =
    ("{ from = \"table.committer/1\", message = \"commit\", nth = 2 }", "\"drop-request\"");

#[test]
fn how_long_a_transaction_must_be_able_to_stay_open_is_a_sum() {
    let least = |settings: &str, faults: &[(&str, &str)]| least_ms(settings, faults);
    for (faults, sum, expected) in [
        (&[][..], ALL, 34),
        (&LOST_ACKS[..1], ALL + FAILED, 103),
        (&LOST_ACKS[..], ALL + 2 * FAILED, 173),
        (&[LOST_NOTICE][..], ALL + UNTOLD, 63),
        (&[LOST_COMMIT][..], ALL + REQUEST_TIMEOUT, 64),
        (&[LOST_ACKS[0], LOST_COMMIT][..], ALL + FAILED + REQUEST_TIMEOUT, 133),
    ] {
        let found = least("", faults);
        assert_eq!(found, expected, "{faults:?}");
        assert!(found <= sum, "{faults:?}: {found} is more than {sum}");
    }
    // Where no failed checkpoint is tolerated the job begins anew, and what was open is aborted.
    assert_eq!(least("tolerable-failed    = 0", &LOST_ACKS[..1]), 17);
}

#[test]
fn a_leader_that_is_down_adds_just_that_and_the_restart() {
    for (down, ms) in [("1s", 1_000), ("10s", 10_000), ("90s", 90_000)] {
        let dies = format!("{{ crash = {{ restart = \"{down}\" }} }}");
        for (notice, failed, sum, expected) in [
            (1, 0, ALL + RESTART, 38),
            (2, 0, ALL + RESTART, 58),
            (3, 1, ALL + FAILED + RESTART, 127),
        ] {
            let at = format!(
                "{{ process = \"coordinator\", before = \"notify\", record = \"notify#{notice}\" }}"
            );
            let faults: Vec<(&str, &str)> =
                LOST_ACKS[..failed].iter().copied().chain([(at.as_str(), dies.as_str())]).collect();
            let found = least_ms("lease = \"10m\"", &faults);
            assert_eq!(found, ms + expected, "{down}, notice {notice}");
            assert!(
                found <= ms + sum,
                "{down}, notice {notice}: {found} is more than {}",
                ms + sum
            );
        }
    }
}
