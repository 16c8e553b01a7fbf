//! A saved failure against its scenario as it is now: the seed, the faults, the input, the shards and the
//! windows are those of the failure, the steps and their mechanisms those of the scenario. So a design that was
//! mended is seen to be mended, and one that was broken again is found by the schedule that broke it before.
//! Run as it was saved, a failure would fail for ever, whatever was mended.

use super::write::{document, forget_ledger, step_tables};
use crate::scenario::{Scenario, ScenarioError};
use toml_edit::{ArrayOfTables, Item, Table, TableLike};

/// What of a step belongs to the shape that a failure was found in.
const SHAPE: [&str; 3] = ["shards", "window", "input"];

impl Scenario {
    /// This saved failure with the steps and mechanisms of a scenario.
    ///
    /// # Errors
    /// It names what the scenario no longer has.
    pub fn as_of(&self, now: &Scenario) -> Result<Scenario, ScenarioError> {
        let (mut failure, current) = (document(&self.text), document(&now.text));
        forget_ledger(&mut failure);
        let old_steps = step_tables(&failure);
        let root = failure.as_table_mut();
        root.remove("mechanism");
        if let Some(mechanism) = current.get("mechanism") {
            root.insert("mechanism", mechanism.clone());
        }
        let mut steps = ArrayOfTables::new();
        for mut step in step_tables(&current) {
            let old = old_steps.iter().find(|old| name_of(old) == name_of(&step));
            for key in SHAPE.into_iter().filter(|_| old.is_some()) {
                step.remove(key);
                if let Some(item) = old.and_then(|old| old.get(key)) {
                    step.insert(key, item.clone());
                }
            }
            steps.push(step);
        }
        root.remove("step");
        root.insert("step", Item::ArrayOfTables(steps));
        self.reread(&failure.to_string(), &self.path)
    }
}

fn name_of(step: &Table) -> Option<&str> {
    TableLike::get(step, "name").and_then(Item::as_str)
}
