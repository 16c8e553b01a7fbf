//! The keys that a file may go without: what holds where they are not given may do as well.

use super::write::each_step;
use crate::scenario::design::nowhere::own;
use crate::scenario::design::strategy;
use crate::scenario::form::reading;
use crate::scenario::wrong::diagnostic::Source;
use crate::scenario::{Scenario, ScenarioError};
use onceproof_kernel::layout::StepIndex;
use toml_edit::{Item, TableLike};

/// A key that a file may go without: one of a table, of a step, or of a table of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpareKey {
    step: Option<StepIndex>,
    table: Option<&'static str>,
    key: String,
}

/// The tables of a file whose keys have defaults; a strategy may have one more.
const TABLES: [&str; 4] = ["cluster", "network", "until", "mechanism"];

/// The keys of a step that have defaults.
const OF_STEP: [&str; 9] = [
    "lateness",
    "watermark",
    "queue",
    "stable-input",
    "level",
    "poison",
    "dead-letter",
    "write",
    "mechanism",
];

/// The tables of a step whose keys have defaults.
const TABLES_OF_STEP: [&str; 2] = ["queue", "mechanism"];

fn keys_of<'a>(table: Option<&'a Item>) -> impl Iterator<Item = String> + 'a {
    let keys = table.and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
    keys.map(|(key, _)| key.to_owned())
}

impl Scenario {
    /// The keys without which the file may still say a scenario: what has a default. A table of a step comes before its
    /// keys.
    pub fn spare_keys(&self) -> Vec<SpareKey> {
        let mut spare = Vec::new();
        let mut document = self.document();
        let settings = self.trial.design.settings();
        for table in TABLES.into_iter().chain(settings.as_ref().map(strategy::word)) {
            let keys = keys_of(document.get(table));
            spare.extend(keys.map(|key| SpareKey { step: None, table: Some(table), key }));
        }
        each_step(&mut document, &mut |at, step| {
            let step_of = Some(at);
            let is_spare = |key: &&str| step.contains_key(key);
            for key in OF_STEP.into_iter().filter(is_spare) {
                spare.push(SpareKey { step: step_of, table: None, key: key.to_owned() });
            }
            for table in TABLES_OF_STEP {
                let keys = keys_of(step.get(table));
                spare.extend(keys.map(|key| SpareKey { step: step_of, table: Some(table), key }));
            }
        });
        spare
    }

    /// The same scenario without a key.
    ///
    /// # Errors
    /// The scenario needs it.
    pub fn without_key(&self, spare: &SpareKey) -> Result<Scenario, ScenarioError> {
        let SpareKey { step, table, key } = spare;
        let mut document = self.document();
        match step {
            None => without(document.as_table_mut(), *table, key),
            Some(step) => each_step(&mut document, &mut |at, own| {
                if at == *step {
                    without(own, *table, key);
                }
            }),
        }
        self.reread(&document.to_string(), &self.path)
    }

    /// The mechanisms that each step sets for itself, by their keys.
    pub fn own_mechanisms(&self) -> Vec<Vec<&'static str>> {
        let source = Source { path: &self.path, text: &self.text };
        let Ok(file) = reading::file(&source) else { return Vec::new() };
        let rows = |step| own(step).into_iter().map(|key| key.row).collect();
        file.step.iter().map(|step| rows(&step.value)).collect()
    }
}

/// Takes a key out of a table, or out of a table in it, which goes with its last key: but a queue without a key is one.
fn without(all: &mut dyn TableLike, table: Option<&str>, key: &str) {
    let Some(table) = table else {
        all.remove(key);
        return;
    };
    let Some(item) = all.get_mut(table) else { return };
    if let Some(inner) = item.as_table_like_mut() {
        inner.remove(key);
    }
    if let Some(inner) = item.as_inline_table_mut() {
        // The space before its end went with its last key.
        inner.fmt();
    }
    if item.as_table_like().is_some_and(TableLike::is_empty) && table != "queue" {
        all.remove(table);
    }
}
