//! Whether a scenario found what it expects, and the line that says so.

use super::heading::difference_in_words;
use super::shell::{check_command, run_command, sweep_command, with_folders};
use super::stated::{difference_of_rows, differences_of_sweep};
use super::style::{BAD, GOOD};
use super::words::fault_in_words;
use super::worth::Allowed;
use super::{class_list, exact_faults, printable};
use crate::figures::counted;
use crate::scenario::{Demand, Expect, Scenario, Unmet};
use crate::search::tally::Sweep;
use onceproof_sim::fault::{Fault, KindName};
use std::path::{Path, PathBuf};

/// A scenario beside what it expects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// Its file.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// What it expects, in words.
    pub expected: String,
    /// What it found, in words.
    pub found: String,
    /// How often it was run.
    pub runs: u64,
    /// Why it failed; empty if it did not.
    pub failures: Vec<Unmet>,
    /// Whether every run that was run again was the same.
    pub deterministic: bool,
    /// The first seed that shows what was found, if one does.
    pub seed: Option<Option<u64>>,
    /// The command that shows it again.
    pub replay: String,
}

/// What of a scenario is judged.
struct Claim<'a> {
    path: &'a Path,
    name: &'a str,
    expect: &'a Expect,
    folders: &'a [PathBuf],
}

/// Compares what a scenario found with what it expects. An exact fault that did not fire is a failure where
/// the scenario does not allow it, or where it is asked for strictly. A function that answers otherwise does so from
/// its second execution on; that there is none may be the very claim, so this fault is asked for only strictly.
pub fn compared(scenario: &Scenario, sweep: &Sweep, strict: bool) -> Comparison {
    let Scenario { path, name, expect, stated, unfired_is_allowed, trial, .. } = scenario;
    let folders = scenario.own_folders();
    let mut comparison = compare(&Claim { path, name, expect, folders }, sweep);
    comparison.failures.extend(difference_of_rows(scenario));
    let (differences, seed) = differences_of_sweep(stated, sweep, trial.design.pipeline());
    if let (Some(seed), true) = (seed, comparison.failures.is_empty()) {
        comparison.seed = Some(Some(seed));
        comparison.replay = with_folders(run_command(path, Some(seed)), folders);
    }
    comparison.failures.extend(differences);
    if strict {
        let shortfalls = Allowed::by(scenario).shortfalls_of_sweep(scenario, sweep);
        comparison.failures.extend(shortfalls.into_iter().map(unmet));
    }
    // Of a sweep that ended early nobody knows whether it would have fired.
    if (strict || !unfired_is_allowed) && !sweep.stopped_early() {
        let is_asked = |fault: &Fault| strict || fault.kind.name() != KindName::UserDiffers;
        for (&index, fault) in sweep.unfired.iter().zip(exact_faults(trial, &sweep.unfired)) {
            if is_asked(fault) {
                let words = fault_in_words(fault, trial);
                let words = format!("an exact fault did not fire, so this never happened: {words}");
                comparison.failures.push(Unmet::new(Demand::Fires(index), words));
            }
        }
    }
    comparison
}

/// That what must be found was not.
fn unmet(words: String) -> Unmet {
    Unmet::new(Demand::Found, words)
}

/// The words of what was not met.
pub(super) fn words(failures: &[Unmet]) -> Vec<&str> {
    failures.iter().map(|unmet| unmet.words.as_str()).collect()
}

fn compare(claim: &Claim, sweep: &Sweep) -> Comparison {
    let mut found: Vec<String> = Vec::new();
    if !sweep.found().is_empty() {
        found.push(class_list(sweep.found().iter()));
    }
    if sweep.inconclusive > 0 {
        found.push(counted(sweep.inconclusive, "inconclusive run"));
    }
    if sweep.runs == 0 {
        found.push("no run".to_owned());
    } else if found.is_empty() {
        found.push("exactly-once".to_owned());
    }
    let found = found.join(", ");
    let expected = expected_in_words(claim.expect);
    let met = match claim.expect {
        Expect::ExactlyOnce => sweep.violated == 0 && sweep.inconclusive == 0,
        Expect::Violates(classes) => classes.iter().all(|&class| sweep.count(class) > 0),
    };
    let mut failures = Vec::new();
    if !met || sweep.runs == 0 {
        failures.push(unmet(format!("expected {expected}, found {found}")));
    }
    if let Some(difference) = &sweep.difference {
        failures.push(unmet(format!("not deterministic: {}", difference_in_words(difference))));
    }
    let seed = sweep.failing.first().copied().or(sweep.first_inconclusive);
    let replay = match seed {
        Some(seed) => run_command(claim.path, seed),
        None => sweep_command(claim.path, &sweep.seeds),
    };
    Comparison {
        path: claim.path.to_owned(),
        name: claim.name.to_owned(),
        expected,
        found,
        runs: sweep.runs,
        failures,
        deterministic: sweep.difference.is_none(),
        seed,
        replay: with_folders(replay, claim.folders),
    }
}

/// `exactly-once`, or the classes.
pub fn expected_in_words(expect: &Expect) -> String {
    match expect {
        Expect::ExactlyOnce => "exactly-once".to_owned(),
        Expect::Violates(classes) => class_list(classes.iter().copied()),
    }
}

/// A line that says that it passed; or lines that say why it failed, and how to see it again.
pub fn comparison_text(comparison: &Comparison) -> String {
    let Comparison { path, name, failures, runs, replay, .. } = comparison;
    let (name, path, runs) =
        (printable(name), printable(&path.to_string_lossy()), counted(*runs, "run"));
    if failures.is_empty() {
        return format!("{GOOD}ok{GOOD:#}   {name} ({runs})  {path}\n");
    }
    let why = printable(&words(failures).join("; "));
    format!("{BAD}FAIL{BAD:#} {name}: {why} ({runs})  {path}\n     {replay}\n")
}

/// The lines of a scenario that cannot be used, and how to see why.
pub fn unusable_text(path: &Path, why: &str) -> String {
    format!(
        "{BAD}FAIL{BAD:#} {}: {why}\n     {}\n",
        printable(&path.to_string_lossy()),
        check_command(path)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{lost_ack_sweep, plain};
    use onceproof_sim::outcome::Class;

    fn check(expect: Expect, change: impl FnOnce(&mut Sweep), expected: &str) {
        let mut sweep = lost_ack_sweep();
        change(&mut sweep);
        let claim =
            Claim { path: Path::new("flip.toml"), name: "a coin", expect: &expect, folders: &[] };
        assert_eq!(plain(&comparison_text(&compare(&claim, &sweep))), expected);
    }

    fn clean(sweep: &mut Sweep) {
        sweep.violated = 0;
        sweep.classes = [0; Class::ALL.len()];
        sweep.failing.clear();
    }

    #[test]
    fn a_scenario_passes_when_it_finds_what_it_expects() {
        let ok = "ok   a coin (1,000 runs)  flip.toml\n";
        check(Expect::ExactlyOnce, clean, ok);
        check(Expect::Violates(vec![Class::Duplicated]), |_| {}, ok);
        let once = |sweep: &mut Sweep| {
            clean(sweep);
            sweep.runs = 1;
        };
        check(Expect::ExactlyOnce, once, "ok   a coin (1 run)  flip.toml\n");
    }

    #[test]
    fn a_scenario_that_fails_says_what_it_found_and_how_to_see_it_again() {
        check(
            Expect::ExactlyOnce,
            |_| {},
            "FAIL a coin: expected exactly-once, found duplicated (1,000 runs)  flip.toml
     onceproof run flip.toml --seed 7\n",
        );
        check(
            Expect::Violates(vec![Class::Duplicated, Class::Lost]),
            |_| {},
            "FAIL a coin: expected duplicated, lost, found duplicated (1,000 runs)  flip.toml
     onceproof run flip.toml --seed 7\n",
        );
        check(
            Expect::Violates(vec![Class::Lost]),
            clean,
            "FAIL a coin: expected lost, found exactly-once (1,000 runs)  flip.toml
     onceproof sweep flip.toml --seeds 0..1000\n",
        );
        let unsure = |sweep: &mut Sweep| {
            clean(sweep);
            sweep.inconclusive = 1;
            sweep.first_inconclusive = Some(Some(4));
        };
        check(
            Expect::ExactlyOnce,
            unsure,
            "FAIL a coin: expected exactly-once, found 1 inconclusive run (1,000 runs)  flip.toml
     onceproof run flip.toml --seed 4\n",
        );
    }

    #[test]
    fn a_scenario_that_was_not_run_has_not_passed() {
        let none = |sweep: &mut Sweep| {
            clean(sweep);
            sweep.runs = 0;
        };
        check(
            Expect::ExactlyOnce,
            none,
            "FAIL a coin: expected exactly-once, found no run (0 runs)  flip.toml
     onceproof sweep flip.toml --seeds 0..1000\n",
        );
    }
}
