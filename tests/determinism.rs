//! The same scenario and seed give the same run, to the last bit: in a debug and in a release build, with a
//! simulator that is new or was used before, for a verdict, a report or a trace, on any number of threads.

mod golden;

use crate::common::threads as so_many;
use onceproof::scenario::Scenario;
use onceproof::search::sweep::{Stop, sweep};
use onceproof::search::tally::{Seeds, Sweep};
use onceproof_sim::outcome::Brief;
use onceproof_sim::simulator::default_kinds;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

#[test]
fn a_simulator_that_was_used_before_runs_like_a_new_one() {
    for file in FILES {
        let scenario = load(file);
        let expected: Vec<Brief> = SEEDS.iter().map(|&seed| fresh(&scenario, seed)).collect();
        let mut simulator = scenario.trial.simulator();
        let forwards = 0..SEEDS.len();
        let backwards = forwards.clone().rev();
        // 3 and 7 have no common factor, so this too meets each seed, twice in a row.
        let jumping = (0..SEEDS.len()).flat_map(|n| [n * 3 % SEEDS.len(); 2]);
        for at in forwards.chain(backwards).chain(jumping) {
            assert_eq!(simulator.brief(SEEDS[at]), expected[at], "{file}, seed {:?}", SEEDS[at]);
        }
    }
}

#[test]
fn a_verdict_a_report_and_a_trace_are_of_one_run() {
    for file in FILES {
        let scenario = load(file);
        let mut reused = scenario.trial.simulator();
        for seed in [None, Some(1), Some(2)] {
            let expected = fresh(&scenario, seed);
            let in_detail = scenario.trial.simulator().detail(seed);
            let (mut lines, mut again) = (Vec::new(), Vec::new());
            let traced =
                scenario.trial.simulator().trace(seed, &mut |seen| lines.push(seen.line()));
            assert_eq!(in_detail.brief, expected, "{file}, seed {seed:?}");
            assert_eq!(traced, in_detail, "{file}, seed {seed:?}");
            assert!(!lines.is_empty());
            // The same once more, one after the other, with one simulator.
            assert_eq!(reused.detail(seed), in_detail, "{file}, seed {seed:?}");
            assert_eq!(reused.brief(seed), expected, "{file}, seed {seed:?}");
            let retraced = reused.trace(seed, &mut |seen| again.push(seen.line()));
            assert_eq!((retraced, again), (traced, lines), "{file}, seed {seed:?}");
            assert_eq!(reused.brief(seed), expected, "{file}, seed {seed:?}");
        }
    }
}

/// Where nobody looks, a moment at which no draw hits is passed over. In detail each is asked about.
#[test]
fn a_run_that_nobody_looks_at_draws_what_a_run_in_detail_draws() {
    let mut fired = 0;
    for file in RANDOM {
        let scenario = load(file);
        let mut simulator = scenario.trial.simulator();
        for seed in (0..20).map(Some) {
            let in_detail = simulator.detail(seed).brief;
            fired += in_detail.fired.0.iter().sum::<u64>();
            assert_eq!(simulator.brief(seed), in_detail, "{file}, seed {seed:?}");
        }
    }
    assert!(fired > 1_000, "{fired}");
}

#[test]
fn to_look_for_places_and_to_place_faults_leaves_no_trace() {
    let scenario = load("dedup/lost-ack.toml");
    let expected = fresh(&scenario, None);
    let mut simulator = scenario.trial.simulator();
    let (explored, possible) = simulator.explore(None, &default_kinds());
    assert_eq!(explored, expected);
    let mut met = BTreeSet::from([expected.fingerprint]);
    for fault in possible.iter().take(40) {
        simulator.place(std::slice::from_ref(fault));
        met.insert(simulator.brief(None).fingerprint);
    }
    assert!(met.len() > 10, "faults change runs: {}", met.len());
    simulator.place(&scenario.trial.plan.faults);
    assert_eq!(simulator.brief(None), expected);
}

#[test]
fn another_seed_is_another_run() {
    for file in RANDOM {
        let scenario = load(file);
        let mut simulator = scenario.trial.simulator();
        let met: BTreeSet<u128> =
            (0..20).map(|seed| simulator.brief(Some(seed)).fingerprint).collect();
        assert_eq!(met.len(), 20, "{file}");
    }
}

/// The same events at the same times, with other contents.
#[test]
fn another_input_is_another_fingerprint() {
    let of = |record: &str| {
        let text = format!(
            r#"
            format = 1
            name = "one record"
            claim = "It is counted."
            expect = "exactly-once"
            input = {{ records = [ {record} ] }}
            [[step]]
            name = "events"
            kind = "source"
            [[step]]
            name = "per-user"
            kind = "sum"
            window = "1m"
            "#
        );
        let scenario = Scenario::parse(&text, Path::new("one-record.toml"));
        fresh(&scenario.unwrap_or_else(|error| panic!("{error}")), None).fingerprint
    };
    let met: BTreeSet<u128> = [
        r#"{ key = "ann", at = "0s" }"#,
        r#"{ key = "bob", at = "0s" }"#,
        r#"{ key = "ann", at = "0s", value = 2 }"#,
        r#"{ key = "ann", at = "0s", value = 3 }"#,
        r#"{ key = "ann", at = "0s", id = "1" }"#,
        r#"{ key = "ann", at = "0s", event-time = "1s" }"#,
        r#"{ key = "ann", at = "0s", event-time = "1m" }"#,
    ]
    .into_iter()
    .map(of)
    .collect();
    assert_eq!(met.len(), 7);
}

#[test]
fn the_number_of_threads_changes_no_sweep() {
    for file in SWEPT {
        let scenario = load(file);
        let on = |threads: usize, stop: Stop| -> Sweep {
            let (seeds, cancel) = (Seeds::Range(3..73), AtomicBool::new(false));
            sweep(so_many(threads), &scenario.trial, seeds, stop, &cancel, &|_| {})
        };
        for stop in [Stop::Never, Stop::AfterViolated(2)] {
            let one = on(1, stop);
            assert_eq!(one.difference, None, "{file}");
            // The sweeps are not equal because nothing was found in any of them.
            assert_eq!(one.violated > 0, file == VIOLATED, "{file}");
            for threads in [2, 5] {
                assert_eq!(on(threads, stop), one, "{file}, {threads} threads");
            }
        }
    }
}

#[test]
fn the_number_of_jobs_changes_no_document() {
    let documents = |jobs: &str| -> Vec<serde_json::Value> {
        let failures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("determinism-failures");
        // What a sweep saves, the next one replays; each of these begins without.
        if failures.exists() {
            std::fs::remove_dir_all(&failures).expect("removed");
        }
        let run = |file: &&str| {
            let output = Command::new(env!("CARGO_BIN_EXE_onceproof"))
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .args(["sweep", "--seeds", "3..43", "--format", "json", "--jobs", jobs, "--out"])
                .arg(&failures)
                .arg(scenarios().join(file))
                .output()
                .expect("the program runs");
            let mut document: serde_json::Value =
                serde_json::from_slice(&output.stdout).expect("one document");
            // All but how long it took.
            document.as_object_mut().and_then(|all| all.remove("timing")).expect("a timing");
            let code = if *file == VIOLATED { 1 } else { 0 };
            assert_eq!(output.status.code(), Some(code), "{file}");
            assert_eq!(document["runs"], 40, "{file}");
            assert_eq!(document["digest"].as_str().map(str::len), Some(32), "{file}");
            document
        };
        SWEPT.iter().map(run).collect()
    };
    assert_eq!(documents("1"), documents("2"));
}

/// No seed, and some.
const SEEDS: [Option<u64>; 7] =
    [None, Some(0), Some(1), Some(2), Some(3), Some(1 << 40), Some(u64::MAX)];

const RANDOM: [&str; 4] = [
    "random/branch-and-join.toml",
    "random/bundles.toml",
    "random/coin-and-late-panes.toml",
    "random/recomputed.toml",
];

/// Two that hold, and one in which runs are violated.
const SWEPT: [&str; 3] = [RANDOM[0], RANDOM[3], VIOLATED];

const VIOLATED: &str = "chapter/no-dedup.toml";

/// Some that hold and some that do not, of several kinds.
const FILES: [&str; 7] = [
    "dedup/lost-ack.toml",
    "functions/user-differs.toml",
    "chapter/chapter5.toml",
    RANDOM[0],
    RANDOM[1],
    RANDOM[2],
    RANDOM[3],
];

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn load(file: &str) -> Scenario {
    Scenario::load(&scenarios().join(file)).unwrap_or_else(|error| panic!("{error}"))
}

fn fresh(scenario: &Scenario, seed: Option<u64>) -> Brief {
    scenario.trial.simulator().brief(seed)
}
