//! Regressions: failures that were saved, run again before anything else, with their scenario as it is now.
//! One whose faults find no place any more proves nothing, and is an error that says which.

use crate::report::words::fault_in_words;
use crate::scenario::{Demand, Scenario};
use onceproof_sim::outcome::{Classes, Verdict};
use std::path::PathBuf;

/// A regression that was run again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replayed {
    /// Its file.
    pub path: PathBuf,
    /// The line of its file with a fault that finds no place any more, if that is why it is stale.
    pub line: Option<usize>,
    /// What came of it.
    pub result: Replay,
}

/// What came of a regression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Replay {
    /// All of its faults fire, and nothing is wrong any more.
    Holds,
    /// It is violated.
    Fails(Classes),
    /// A limit was hit.
    Inconclusive,
    /// It does not match the scenario any more: why.
    Stale(String),
}

/// Runs those of the saved failures again that belong to a scenario: they have its name.
pub fn replay(scenario: &Scenario, saved: &[Scenario]) -> Vec<Replayed> {
    let own = saved.iter().filter(|failure| failure.name == scenario.name);
    own.map(|failure| {
        let (result, line) = again(scenario, failure);
        Replayed { path: failure.path.clone(), line, result }
    })
    .collect()
}

/// What came of it, and the line of its file that says why where one does.
fn again(scenario: &Scenario, failure: &Scenario) -> (Replay, Option<usize>) {
    if !failure.trial.plan.climate.odds.is_empty() {
        let why = "it has odds in [faults], and a saved failure has exact faults only";
        return (Replay::Stale(why.to_owned()), None);
    }
    let now = match failure.as_of(scenario) {
        Ok(now) => now,
        Err(error) => return (Replay::Stale(error.to_string()), None),
    };
    let outcome = now.trial.simulator().detail(now.seed);
    match (outcome.brief.verdict, outcome.unfired.first()) {
        (Verdict::Violated, _) => (Replay::Fails(outcome.brief.classes), None),
        (Verdict::Inconclusive, _) => (Replay::Inconclusive, None),
        (Verdict::ExactlyOnce, None) => (Replay::Holds, None),
        (Verdict::ExactlyOnce, Some(&fault)) => {
            let why = format!(
                "its fault number {} finds no place any more: {}",
                fault + 1,
                fault_in_words(&now.trial.plan.faults[fault], &now.trial)
            );
            (Replay::Stale(why), Some(failure.line_of(Demand::Fires(fault))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_sim::outcome::Class;
    use std::path::Path;

    /// ann and bob, counted; `count` are more keys of the count.
    fn scenario(count: &str, more: &str) -> Scenario {
        let text = format!(
            "format = 1\nname = \"two\"\nclaim = \"Two records.\"\nexpect = \"exactly-once\"\n{more}\n\
             [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }}, {{ key = \"bob\", at = \"1s\" }} ]\n\
             [[step]]\nname = \"events\"\nkind = \"source\"\n\
             [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n{count}\n"
        );
        Scenario::parse(&text, Path::new("two.toml")).expect("a scenario")
    }

    /// A lost ack, without dedup.
    fn saved(attempt: u32) -> Scenario {
        let fault = format!(
            "[[fault]]\nat = {{ to = \"per-user\", record = \"events/0#1\", attempt = {attempt} }}\n\
             do = \"drop-ack\""
        );
        scenario(&format!("mechanism = {{ dedup = \"off\" }}\n{fault}"), "")
    }

    #[test]
    fn a_regression_fails_with_the_mechanism_that_broke_and_holds_with_the_one_that_is_right() {
        let check = |scenario: &Scenario, attempt| {
            let mut replayed = replay(scenario, &[saved(attempt)]);
            replayed.pop().expect("a regression of this name").result
        };
        // The first ack of bob is lost; its retry is counted again without a catalog, and dropped with one.
        let mut duplicated = Classes::default();
        duplicated.insert(Class::Duplicated);
        let broken = scenario("mechanism = { dedup = \"off\" }", "");
        assert_eq!(check(&broken, 1), Replay::Fails(duplicated));
        assert_eq!(check(&scenario("", ""), 1), Replay::Holds);
        // Without the first fault there is no second attempt whose ack could be lost.
        let Replay::Stale(why) = check(&scenario("", ""), 2) else { panic!("stale") };
        assert!(why.contains("fault number 1"), "{why}");
    }

    #[test]
    fn a_regression_that_names_a_step_which_is_gone_is_stale() {
        let mut now = scenario("", "");
        let text = "format = 1\nname = \"two\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n\
                    input = { records = [ { key = \"ann\", at = \"0s\" } ] }\n\
                    step = [ { name = \"events\", kind = \"source\" }, \
                    { name = \"by-user\", kind = \"count\", window = \"1m\" } ]\n";
        now = Scenario::parse(text, &now.path).expect("a scenario");
        let replayed = replay(&now, &[saved(1)]);
        let Replay::Stale(why) = &replayed[0].result else { panic!("stale") };
        assert!(why.contains("per-user"), "{why}");
        now.name = "another".to_owned();
        assert_eq!(replay(&now, &[saved(1)]), []);
    }
}
