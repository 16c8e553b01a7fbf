//! What is set of a pipeline and of its steps, as a scenario file writes it; and the trial that all of it comes to.

use super::draft::{Draft, value};
use super::execution::Service;
use super::{Pipeline, probe};
use crate::scenario::{Readable, Scenario, Strategy};
use onceproof_kernel::time::{Nanos, Span};
use onceproof_systems::Trial;
use std::fmt::Display;
use std::path::Path;

impl<T> Pipeline<T> {
    /// How long the windows of the count or sum above are.
    pub fn window(self, length: Nanos) -> Pipeline<T> {
        self.with("window", Span(length))
    }

    /// How long after the end of a window the count or sum above still takes a late record.
    pub fn lateness(self, length: Nanos) -> Pipeline<T> {
        self.with("lateness", Span(length))
    }

    /// How many shards the step above has: 1, where nothing is said. It then runs in processes of its own.
    pub fn shards(self, number: u32) -> Pipeline<T> {
        self.with("shards", number)
    }

    /// Says of the map above that its function may ask its context for anything, where it does so on no record of the
    /// input.
    ///
    /// # Panics
    /// The step above is no map with a function.
    pub fn may_differ(mut self) -> Pipeline<T> {
        let step = self.draft.last();
        let is_map = step.table.get("kind").and_then(|kind| kind.as_str()) == Some("map");
        assert!(is_map, "`may_differ` stands behind a map, and is said of its function");
        step.may_differ = true;
        self
    }

    /// Sets a key of the step above, as a scenario file writes it: `.with("mechanism.dedup", "off")`,
    /// `.with("watermark", "{ bound = \"30s\" }")`. A word needs no quotes.
    pub fn with(mut self, key: &str, written: impl Display) -> Pipeline<T> {
        self.draft.set_of_step(key, value(written));
        self
    }

    /// The system in which the pipeline runs; Dataflow, where nothing is said.
    pub fn strategy(mut self, strategy: Strategy) -> Pipeline<T> {
        self.draft.strategy(strategy);
        self
    }

    /// Sets a mechanism of all steps, as a scenario file writes it: `.mechanism("outputs", "recompute")`.
    pub fn mechanism(self, key: &str, written: impl Display) -> Pipeline<T> {
        self.setting(&format!("mechanism.{key}"), written)
    }

    /// Sets anything else that a scenario file can set, by its path: `.setting("cluster.workers", 2)`,
    /// `.setting("network.latency", "{ min = \"1ms\", max = \"9ms\" }")`, `.setting("at-least-once.timeout", "2s")`.
    pub fn setting(mut self, path: &str, written: impl Display) -> Pipeline<T> {
        self.draft.set(path, value(written));
        self
    }

    /// How a service answers that functions ask by [`super::Execution::lookup`]: with a number below `answers`, and another
    /// one each time `changes_every` has passed.
    ///
    /// # Panics
    /// Its answer could never change.
    pub fn service(mut self, name: &str, changes_every: Nanos, answers: u32) -> Pipeline<T> {
        assert!(changes_every > 0, "the answers of `{name}` change every 0 s: at least 1 ns");
        assert!(answers > 1, "the service `{name}` has {answers} answers: at least 2");
        self.draft.services.insert(name.to_owned(), Service { changes_every, answers });
        self
    }
}

/// The trial that a draft comes to.
///
/// # Panics
/// The reader of scenario files refuses it, or a function is not deterministic.
pub(super) fn trial(draft: &Draft) -> Trial {
    let readable = Readable::default().with_functions(probe::functions(draft));
    match Scenario::parse_with(&draft.text(), Path::new("pipeline.toml"), &readable) {
        Ok(scenario) => {
            for warning in &scenario.warnings {
                eprintln!("{warning}");
            }
            scenario.trial
        }
        Err(error) => panic!("the pipeline cannot be had, as a scenario file says it:\n{error}"),
    }
}
