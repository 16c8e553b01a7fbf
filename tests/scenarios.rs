//! The library of scenarios: one file per claim in `scenarios/`. The exact ones are checked against what
//! was worked out by hand, number by number; those with random faults against what they expect. Together
//! they use every kind of fault and every value of every mechanism.

mod blame;
mod services;
mod table;

use crate::common::values::{all_values, values};
use onceproof::figures;
use onceproof::scenario::{Expect, Figure, Scenario, given_settings, other_values};
use onceproof::search::chance::Chance;
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow::point::ALPHABET;
use onceproof_model::in_memory::settings::{Approach, Settings};
use onceproof_sim::fault::{ClockWay, Direction, Kind, KindName, Leg};
use onceproof_sim::outcome::{Class, Classes, Outcome};
use onceproof_systems::{Design, SystemSettings};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use table::{RANDOM, Row, Step, rows};

/// How many seeds of a random scenario must hold where all of them should.
const SEEDS: u64 = 3;

#[test]
fn every_exact_scenario_comes_to_what_was_worked_out_by_hand() {
    let differences: Vec<String> = rows().filter_map(difference).collect();
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn every_file_is_in_the_table_and_in_the_contents() {
    let files: BTreeSet<String> = files().collect();
    let named: Vec<&str> = rows().map(|row| row.file).chain(RANDOM.iter().copied()).collect();
    let in_table: BTreeSet<String> = named.iter().map(|&file| file.to_owned()).collect();
    assert_eq!(in_table.len(), named.len(), "a file is in the table twice");
    assert_eq!(files, in_table);

    let contents = fs::read_to_string(folder().join("README.md")).expect("a table of contents");
    let links = contents.matches(".toml)").count();
    assert_eq!(links, files.len(), "the contents name a file twice, or one that is not there");
    for file in &files {
        let Scenario { name, claim, .. } = load(file);
        let line = contents.lines().find(|line| line.contains(&format!("({file})")));
        let line = line.unwrap_or_else(|| panic!("{file} is not in the contents"));
        assert!(line.contains(&claim) && line.contains(&name), "{file}: {line}");
    }
}

/// Whether a seed draws any fault: one whose odds are 0 only says how long it lasts where a search places it.
fn draws(scenario: &Scenario) -> bool {
    scenario.trial.plan.climate.odds.iter().any(|(_, odds)| odds.numerator > 0)
}

#[test]
fn every_exact_scenario_states_its_ledger_and_the_results_of_each_step() {
    for file in files() {
        let scenario = load(&file);
        if draws(&scenario) {
            continue;
        }
        let Scenario { stated, trial, .. } = scenario;
        assert!(stated.figures.contains_key(&Figure::Exact), "{file}: how many are exact?");
        for (at, step) in trial.design.pipeline().steps().iter().enumerate() {
            let is_stated = stated.results.contains_key(&StepIndex(at as u16));
            let is_read = trial.layout().step(StepIndex(at as u16)).results.is_some();
            assert!(is_stated || !is_read, "{file}: what comes of {}?", step.name);
        }
    }
}

#[test]
fn every_exact_scenario_is_exact_and_every_random_one_meets_its_claim() {
    for row in rows() {
        let scenario = load(row.file);
        assert!(scenario.seed.is_none() && !draws(&scenario), "{}", row.file);
    }
    for file in RANDOM {
        let Scenario { expect, sweep, trial, .. } = load(file);
        let run = |seed| trial.simulator().brief(Some(seed)).classes;
        match expect {
            Expect::ExactlyOnce => {
                for seed in sweep.take(SEEDS as usize) {
                    let found: Vec<_> = run(seed).iter().collect();
                    assert!(found.is_empty(), "{file}, seed {seed}: {found:?}");
                }
            }
            Expect::Violates(classes) => {
                let mut missing = classes;
                for seed in sweep {
                    let found = run(seed);
                    missing.retain(|&class| !found.contains(class));
                    if missing.is_empty() {
                        break;
                    }
                }
                assert!(missing.is_empty(), "{file}: {missing:?} was never found");
            }
        }
    }
}

#[test]
fn where_seeds_draw_nothing_every_seed_is_one_run() {
    let mut unchanged = 0;
    for row in rows() {
        let Scenario { trial, .. } = load(row.file);
        if Chance::of(&trial).is_none() {
            let mut simulator = trial.simulator();
            let first = simulator.brief(None);
            for seed in 0..SEEDS {
                assert_eq!(simulator.brief(Some(seed)), first, "{}, seed {seed}", row.file);
            }
            unchanged += 1;
        }
    }
    assert!(unchanged > 0);
    for file in RANDOM {
        assert!(Chance::of(&load(file).trial).faults, "{file}");
    }
}

#[test]
fn each_way_to_call_or_to_write_holds_under_a_fault_or_is_found_by_what_is_wrong_with_it() {
    let mut found: BTreeSet<(&str, Option<Class>)> = BTreeSet::new();
    for row in rows() {
        let Scenario { trial, .. } = load(row.file);
        for way in
            trial.design.pipeline().steps().iter().filter_map(|step| services::way(&step.kind))
        {
            found.extend(row.classes.iter().map(|&class| (way, Some(class))));
            if row.classes.is_empty() && !trial.plan.faults.is_empty() {
                found.insert((way, None));
            }
        }
    }
    for &(way, classes) in services::WAYS {
        let wanted: Vec<Option<Class>> = match classes {
            [] => vec![None],
            classes => classes.iter().copied().map(Some).collect(),
        };
        for class in wanted {
            assert!(found.contains(&(way, class)), "{way}: {class:?} is in no scenario");
        }
    }
}

#[test]
fn no_fault_and_no_mechanism_is_left_out() {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for row in rows() {
        let scenario = load(row.file);
        let outcome = scenario.trial.simulator().detail(None);
        let alphabet = scenario.trial.layout().alphabet;
        for (number, fault) in scenario.trial.plan.faults.iter().enumerate() {
            if !outcome.unfired.contains(&number) {
                used.insert(fault_in_word(&fault.kind));
                used.extend(
                    fault.at.before.map(|before| format!("before {}", alphabet.word(before))),
                );
                used.extend(fault.at.time.map(|_| format!("{} by time", fault.kind.name().word())));
            }
        }
        match &scenario.trial.design {
            Design::Dataflow(design) => {
                let mechanisms = design.mechanisms().iter();
                used.extend(mechanisms.flat_map(values));
            }
            Design::InMemory(design) => {
                let of = design.settings.approach();
                let settings = SystemSettings::InMemory(design.settings);
                let given = given_settings(&settings).into_iter();
                used.extend(given.map(|setting| format!("{of:?}: {setting}")));
            }
            // Which of their values are found where, say the tables of their own tests.
            Design::Transactions(_) | Design::Snapshot(_) | Design::MicroBatch(_) => {}
            Design::Own(_) => unreachable!("no file is of a user's own protocol"),
        }
    }
    let faults = KindName::ALL.map(|name| fault_in_word(&name.with_defaults()));
    let more_faults = [
        Kind::Duplicate { leg: Leg::Ack },
        Kind::Delay { by: 1, leg: Leg::Ack },
        Kind::Partition { lasts: 1, direction: Direction::Forward },
        Kind::Partition { lasts: 1, direction: Direction::Backward },
        Kind::ClockStep { by: 1, way: ClockWay::Ahead },
    ];
    let befores = ALPHABET.points.iter().map(|point| format!("before {}", point.word));
    let by_time = ["crash", "partition", "pause", "move", "clock-step"];
    let by_time = by_time.map(|word| format!("{word} by time"));
    let wanted = faults.into_iter().chain(more_faults.iter().map(fault_in_word));
    let others = Approach::ALL.into_iter().flat_map(|of| {
        let others = other_values(&SystemSettings::InMemory(Settings::of(of))).into_iter();
        others.map(move |other| format!("{of:?}: {}", other.words))
    });
    let wanted = wanted.chain(befores).chain(by_time).chain(all_values()).chain(others);
    let unused: Vec<String> = wanted.filter(|word| !used.contains(word)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// A kind of fault, and which way it goes where there are several.
fn fault_in_word(kind: &Kind) -> String {
    let word = kind.name().word();
    match kind {
        Kind::Duplicate { leg } | Kind::Delay { leg, .. } => format!("{word} {leg:?}"),
        Kind::Partition { direction, .. } => format!("{word} {direction:?}"),
        Kind::ClockStep { way, .. } => format!("{word} {way:?}"),
        _ => word.to_owned(),
    }
}

/// How a run of an exact scenario differs from its row, if it does.
fn difference(row: &Row) -> Option<String> {
    let scenario = load(row.file);
    let outcome = scenario.trial.simulator().detail(scenario.seed);
    let mut classes = Classes::default();
    row.classes.iter().for_each(|&class| classes.insert(class));
    let derived = described(
        classes,
        row.ledger,
        row.dead_lettered,
        row.damaged,
        row.unfired,
        row.work,
        row.steps,
    );
    let run = of_run(&outcome, &scenario, row.work);
    let meets = match &scenario.expect {
        Expect::ExactlyOnce => row.classes.is_empty(),
        Expect::Violates(expected) => expected.iter().all(|class| row.classes.contains(class)),
    };
    let expects = if meets { "" } else { "  and the file expects something else\n" };
    let differs = derived != run || !meets;
    differs.then(|| format!("{}\n  by hand: {derived}\n  by run:  {run}\n{expects}", row.file))
}

fn of_run(outcome: &Outcome, scenario: &Scenario, wanted: &[(&str, u64)]) -> String {
    let ledger = outcome.brief.ledger;
    let numbers = [
        ledger.expected,
        ledger.exact,
        ledger.duplicated,
        ledger.excess,
        ledger.lost,
        ledger.divergent,
        ledger.late,
    ];
    let names = |step| scenario.trial.layout().name(step);
    let results: Vec<Vec<(&str, i128)>> = outcome
        .steps
        .iter()
        .map(|step| step.results.iter().map(|(key, &total)| (key.as_str(), total)).collect())
        .collect();
    let steps: Vec<Step<'_>> = outcome
        .steps
        .iter()
        .zip(&results)
        .map(|(step, results)| (names(step.step), step.expected, step.applied, &results[..]))
        .collect();
    let damaged: Vec<&str> = outcome.damage.iter().map(|damage| damage.record.as_str()).collect();
    let done = figures::work(&outcome.brief.work, &outcome.brief.marks, outcome.brief.alphabet);
    let work: Vec<(&str, u64)> = wanted
        .iter()
        .map(|(name, _)| *done.iter().find(|(known, _)| known == name).expect("a figure"))
        .collect();
    described(
        outcome.brief.classes,
        numbers,
        ledger.dead_lettered,
        &damaged,
        outcome.unfired.len(),
        &work,
        &steps,
    )
}

/// What is compared, in words.
fn described(
    classes: Classes,
    ledger: [u64; 7],
    dead_lettered: u64,
    damaged: &[&str],
    unfired: usize,
    work: &[(&str, u64)],
    steps: &[Step<'_>],
) -> String {
    let classes: Vec<&str> = classes.iter().map(|class| class.word()).collect();
    let [expected, exact, duplicated, excess, lost, divergent, late] = ledger;
    let damaged: BTreeSet<&str> = damaged.iter().copied().collect();
    let mut text = format!(
        "{classes:?}, expected {expected}, exact {exact}, duplicated {duplicated}, \
         excess {excess}, lost {lost}, divergent {divergent}, late {late}, \
         dead lettered {dead_lettered}, damaged {damaged:?}, unfired {unfired}"
    );
    for (name, count) in work {
        let _ = write!(text, ", {name} {count}");
    }
    for (name, expected, applied, results) in steps {
        let _ = write!(text, "; {name}: expected {expected}, applied {applied}, {results:?}");
    }
    text
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn load(file: &str) -> Scenario {
    Scenario::load(&folder().join(file)).unwrap_or_else(|error| panic!("{error}"))
}

/// The scenarios in the folders of the library, as `folder/file.toml`.
fn files() -> impl Iterator<Item = String> {
    let list = |path: PathBuf| {
        let entries = fs::read_dir(path).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path())
    };
    let folders = list(folder()).filter(|path| path.is_dir());
    let files = folders.flat_map(list).filter(|path| path.extension().is_some_and(|e| e == "toml"));
    files.map(|path| {
        let parts: Vec<_> = path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
        format!("{}/{}", parts[1], parts[0])
    })
}
