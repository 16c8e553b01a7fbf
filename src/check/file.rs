//! Scenario files in a test.

use super::Check;
use super::environment::Environment;
use crate::report::expectation::compared;
use crate::scenario::Scenario;
use crate::search::as_stated::tested;
use std::path::Path;
use std::sync::atomic::AtomicBool;

impl Check {
    /// A check of a scenario file, whose path begins at the `Cargo.toml` of the crate. It has the faults and the seeds of
    /// the file until it is given others. [`Check::as_stated`] is what the file itself expects.
    ///
    /// # Panics
    /// The file cannot be used: where it is wrong, and what would be right.
    #[track_caller]
    pub fn file(path: impl AsRef<Path>) -> Check {
        let path = path.as_ref();
        let scenario = match Scenario::load(&Check::path_of(path)) {
            Ok(scenario) => scenario,
            Err(error) => panic!("\n{error}"),
        };
        let seeds = match (scenario.is_swept(), scenario.seed) {
            (true, _) => scenario.sweep.clone(),
            (false, seed) => seed.unwrap_or(0)..seed.unwrap_or(0).saturating_add(1),
        };
        Check {
            faults: None,
            seeds,
            scenario: Some(Box::new(scenario.clone())),
            ..Check::of(&scenario.name, scenario.trial)
        }
    }

    /// Passes if the file shows what it expects, as `onceproof test` finds it: with its own faults, seeds and figures.
    ///
    /// # Panics
    /// It does not, or this is no check of a file.
    #[track_caller]
    pub fn as_stated(self) {
        let Some(scenario) = self.scenario.as_deref() else {
            panic!("{}: only a check of a file is as it states: Check::file(…)", self.name)
        };
        let compared = Environment::read().map(|environment| {
            let cancel = AtomicBool::new(false);
            compared(scenario, &tested(environment.threads(), scenario, &cancel), false)
        });
        let failures: Vec<String> = match compared {
            Ok(compared) => compared.failures.into_iter().map(|unmet| unmet.words).collect(),
            Err(why) => vec![why],
        };
        if !failures.is_empty() {
            let path = scenario.path.display();
            panic!("{}, {path}:\n  {}", self.name, failures.join("\n  "));
        }
    }
}
