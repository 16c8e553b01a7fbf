//! What every scenario came to when it was last looked at: verdict, ledger, results, work and fingerprint. Golden
//! figures guard against change, not against error: what a run should come to is worked out by hand in its file. After
//! a deliberate change, run
//!
//! ```sh
//! INSTA_UPDATE=always cargo test --test all golden
//! ```
//!
//! and read what has changed in `tests/golden/`, line by line.

use super::{load, scenarios};
use onceproof::figures;
use onceproof::scenario::Scenario;
use onceproof_kernel::alphabet::Counted;
use onceproof_kernel::mix::{fold, scatter};
use onceproof_sim::outcome::{Brief, LedgerFigures, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Where a file draws something, it is run under these seeds, else once.
const SEEDS: [u64; 2] = [0, 1];

/// A step with more keys than this is shown by its number of keys, their sum and a hash.
const MOST_KEYS: usize = 16;

#[test]
fn golden_figures_hold() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (subject, files) in subjects() {
            let text: String = files.iter().map(|file| figures(file)).collect();
            insta::assert_snapshot!(subject, text);
        }
    });
}

/// The scenario files, by the folder that they are in.
pub fn subjects() -> BTreeMap<String, BTreeSet<String>> {
    let mut subjects: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in entries(&scenarios()) {
        for file in entries(&scenarios().join(&folder)) {
            if file.ends_with(".toml") {
                subjects.entry(folder.clone()).or_default().insert(format!("{folder}/{file}"));
            }
        }
    }
    assert!(subjects.len() > 20, "the folders of scenarios were found");
    subjects
}

fn entries(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect()
}

/// The seeds under which a file is run here.
pub fn seeds(scenario: &Scenario) -> Vec<Option<u64>> {
    let draws = scenario.trial.plan.climate.odds.iter().any(|(_, odds)| odds.numerator > 0);
    match scenario.seed {
        None if draws => SEEDS.map(Some).to_vec(),
        seed => vec![seed],
    }
}

fn figures(file: &str) -> String {
    let scenario = load(file);
    let mut text = String::new();
    for seed in seeds(&scenario) {
        let outcome = scenario.trial.simulator().detail(seed);
        let seed = seed.map_or(String::new(), |seed| format!(", seed {seed}"));
        write!(text, "{file}{seed}\n{}\n", of_run(&scenario, &outcome)).expect("a text");
    }
    text
}

fn of_run(scenario: &Scenario, outcome: &Outcome) -> String {
    let brief = &outcome.brief;
    let classes: Vec<&str> = brief.classes.iter().map(|class| class.word()).collect();
    let mut text = format!("  {} {}\n", brief.verdict.word(), classes.join(" "));
    for step in &outcome.steps {
        let name = scenario.trial.layout().name(step.step);
        let (expected, applied, late) = (step.expected, step.applied, step.late);
        writeln!(text, "  {name}: expected {expected} applied {applied} late {late}")
            .expect("text");
        if step.results.len() <= MOST_KEYS {
            let results: Vec<String> =
                step.results.iter().map(|(key, total)| format!("{key:?}={total}")).collect();
            writeln!(text, "    {}", results.join(" ")).expect("text");
        } else {
            let hash = step.results.iter().fold(0, |all, (key, total)| {
                let key = key.bytes().fold(0, |all, byte| scatter(all ^ u64::from(byte)));
                fold(all, key ^ scatter(*total as u64))
            });
            let sum = step.results.values().sum::<i128>();
            writeln!(text, "    {} keys, sum {sum}, {hash:016x}", step.results.len())
                .expect("text");
        }
    }
    writeln!(text, "  {}", of_ledger(&brief.ledger)).expect("text");
    writeln!(text, "  {}", of_work(brief)).expect("text");
    writeln!(text, "  {} ns, {:032x}", brief.virtual_time, brief.fingerprint).expect("text");
    text
}

fn of_ledger(ledger: &LedgerFigures) -> String {
    without_zeros(&format!("{ledger:?}"))
}

/// What was done, but for what is a mark as well, without zeros.
fn of_work(brief: &Brief) -> String {
    let is_mark =
        |name: &str| {
            brief.alphabet.figures.iter().any(|&(of_system, counted)| {
                of_system == name && matches!(counted, Counted::Mark(_))
            })
        };
    let all = figures::work(&brief.work, &brief.marks, brief.alphabet).into_iter();
    let shown = all.filter(|&(name, count)| count > 0 && !is_mark(name));
    shown.map(|(name, count)| format!("{name} {count}")).collect::<Vec<String>>().join(", ")
}

/// A struct of numbers as it is printed for debugging, without its name and the fields that are 0.
fn without_zeros(text: &str) -> String {
    let fields = text.split_once('{').map_or("", |(_, fields)| fields).trim_end_matches('}').trim();
    let is_shown = |field: &&str| !field.ends_with(": 0");
    let shown: Vec<String> =
        fields.split(", ").filter(is_shown).map(|field| field.replace(": ", " ")).collect();
    shown.join(", ")
}
