//! The same scenario and seed give the same run, to the last bit: in a debug and in a release build, with a
//! simulator that is new or was used before, for a verdict, a report or a trace, on any number of threads.

use onceproof::scenario::Scenario;
use onceproof::search::sweep::{Stop, sweep};
use onceproof::search::tally::{Seeds, Sweep};
use onceproof_sim::outcome::Brief;
use onceproof_sim::simulator::Simulator;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

/// What a run came to when it was last looked at.
struct Golden {
    /// The scenario, in `scenarios/`.
    file: &'static str,
    seed: Option<u64>,
    fingerprint: &'static str,
    events: u64,
}

/// Golden fingerprints guard against change, not against error: what a run should come to is worked out by
/// hand elsewhere. After a deliberate change, run
///
/// ```sh
/// cargo test --test determinism golden
/// ```
///
/// and put the table that it prints in place of this one.
const GOLDEN: &[Golden] = &[
    Golden {
        file: "dedup/lost-ack.toml",
        seed: None,
        fingerprint: "30468c05538d9c36a073e43701078858",
        events: 52,
    },
    Golden {
        file: "functions/user-differs.toml",
        seed: None,
        fingerprint: "48c493b17cdbf7921c511602ee7f0c1b",
        events: 28,
    },
    Golden {
        file: "chapter/chapter5.toml",
        seed: Some(1),
        fingerprint: "557f082f62716f714511c9ff37e67a7c",
        events: 7909,
    },
    Golden {
        file: "random/branch-and-join.toml",
        seed: Some(1),
        fingerprint: "d2465c06518c64b9432f90f12c232f67",
        events: 1417,
    },
    Golden {
        file: "random/bundles.toml",
        seed: Some(1),
        fingerprint: "bb016fb484adc02552fd81bd6b2775ac",
        events: 3383,
    },
    Golden {
        file: "random/coin-and-late-panes.toml",
        seed: Some(1),
        fingerprint: "820b035484c68410b9e40dac02479479",
        events: 2302,
    },
    Golden {
        file: "random/recomputed.toml",
        seed: Some(1),
        fingerprint: "b0140bd2ea4514c1eb71bf8e94bb906e",
        events: 1190,
    },
];

#[test]
fn golden_fingerprints_hold() {
    let rows: Vec<String> = GOLDEN
        .iter()
        .map(|&Golden { file, seed, .. }| {
            let Brief { fingerprint, work, .. } = fresh(&load(file), seed);
            row(file, seed, &format!("{fingerprint:032x}"), work.events)
        })
        .collect();
    let golden: Vec<String> =
        GOLDEN.iter().map(|g| row(g.file, g.seed, g.fingerprint, g.events)).collect();
    assert!(rows == golden, "the table is now\n{}\n", rows.join("\n"));
}

#[test]
fn a_simulator_that_was_used_before_runs_like_a_new_one() {
    for file in files() {
        let scenario = load(file);
        let expected: Vec<Brief> = SEEDS.iter().map(|&seed| fresh(&scenario, seed)).collect();
        let mut simulator = Simulator::new(&scenario.plan);
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
    for file in files() {
        let scenario = load(file);
        let mut reused = Simulator::new(&scenario.plan);
        for seed in [None, Some(1), Some(2)] {
            let expected = fresh(&scenario, seed);
            let in_detail = Simulator::new(&scenario.plan).detail(seed);
            let (mut lines, mut again) = (Vec::new(), Vec::new());
            let traced =
                Simulator::new(&scenario.plan).trace(seed, &mut |line| lines.push(line.to_owned()));
            assert_eq!(in_detail.brief, expected, "{file}, seed {seed:?}");
            assert_eq!(traced, in_detail, "{file}, seed {seed:?}");
            assert!(!lines.is_empty());
            // The same once more, one after the other, with one simulator.
            assert_eq!(reused.detail(seed), in_detail, "{file}, seed {seed:?}");
            assert_eq!(reused.brief(seed), expected, "{file}, seed {seed:?}");
            let retraced = reused.trace(seed, &mut |line| again.push(line.to_owned()));
            assert_eq!((retraced, again), (traced, lines), "{file}, seed {seed:?}");
            assert_eq!(reused.brief(seed), expected, "{file}, seed {seed:?}");
        }
    }
}

#[test]
fn to_look_for_places_and_to_place_faults_leaves_no_trace() {
    let scenario = load("dedup/lost-ack.toml");
    let expected = fresh(&scenario, None);
    let mut simulator = Simulator::new(&scenario.plan);
    let (explored, possible) = simulator.explore(None);
    assert_eq!(explored, expected);
    let mut met = BTreeSet::from([expected.fingerprint]);
    for fault in possible.iter().take(40) {
        simulator.place(std::slice::from_ref(fault));
        met.insert(simulator.brief(None).fingerprint);
    }
    assert!(met.len() > 10, "faults change runs: {}", met.len());
    simulator.place(&scenario.plan.faults);
    assert_eq!(simulator.brief(None), expected);
}

#[test]
fn another_seed_is_another_run() {
    for file in RANDOM {
        let scenario = load(file);
        let mut simulator = Simulator::new(&scenario.plan);
        let met: BTreeSet<u128> =
            (0..20).map(|seed| simulator.brief(Some(seed)).fingerprint).collect();
        assert_eq!(met.len(), 20, "{file}");
    }
}

#[test]
fn the_number_of_threads_changes_no_sweep() {
    for file in SWEPT {
        let scenario = load(file);
        let on = |threads: usize, stop: Stop| -> Sweep {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let run = || {
                let seeds = Seeds::Range(3..73);
                sweep(&scenario.plan, seeds, stop, &AtomicBool::new(false), &|_| {})
            };
            pool.expect("threads").install(run)
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

/// The scenarios of the golden table, each once.
fn files() -> BTreeSet<&'static str> {
    GOLDEN.iter().map(|golden| golden.file).collect()
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn load(file: &str) -> Scenario {
    Scenario::load(&scenarios().join(file)).unwrap_or_else(|error| panic!("{error}"))
}

fn fresh(scenario: &Scenario, seed: Option<u64>) -> Brief {
    Simulator::new(&scenario.plan).brief(seed)
}

fn row(file: &str, seed: Option<u64>, fingerprint: &str, events: u64) -> String {
    format!(
        "    Golden {{\n        file: {file:?},\n        seed: {seed:?},\n        \
         fingerprint: {fingerprint:?},\n        events: {},\n    }},",
        thousands(events)
    )
}

/// A number as the sources write it: `12_345`.
fn thousands(number: u64) -> String {
    match number {
        0..=9_999 => number.to_string(),
        _ => format!("{}_{:03}", thousands(number / 1000), number % 1000),
    }
}
