//! What `[mechanism]` set for all steps and holds for none any more, once a step is gone or sets its own: a file that says
//! so is refused, and nobody asked for it. So it goes with the change that has made it void.

use crate::scenario::Scenario;
use crate::scenario::design::nowhere::nowhere_now;
use crate::scenario::form::raw::mechanism::MechanismKey;
use crate::scenario::form::reading;
use crate::scenario::wrong::diagnostic::Source;
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::MechanismTakes;
use toml_edit::{DocumentMut, Item, TableLike};

impl Scenario {
    /// Takes out of `[mechanism]` what holds for no step any more, but for what is asked for there: that is told.
    pub(in crate::scenario) fn forget_unheld(
        &self,
        document: &mut DocumentMut,
        is_asked: impl Fn(MechanismKey) -> bool,
    ) {
        let text = document.to_string();
        let source = Source { path: &self.path, text: &text };
        // What is no scenario is told by whoever reads it.
        let Ok(file) = reading::file(&source) else { return };
        let Some(table) = document.get_mut("mechanism").and_then(Item::as_table_like_mut) else {
            return;
        };
        let unheld = nowhere_now(&source, &file).into_iter().map(|nowhere| nowhere.key);
        for key in unheld.filter(|&key| !is_asked(key)) {
            let inner = table.get_mut(key.row).and_then(Item::as_table_like_mut);
            match (key.part, inner) {
                (Some(part), Some(inner)) => {
                    inner.remove(part);
                    if inner.is_empty() {
                        table.remove(key.row);
                    }
                }
                (Some(_), None) => {}
                (None, _) => remove_mechanism(table, key.row),
            }
        }
        if table.is_empty() {
            document.remove("mechanism");
        }
    }
}

/// Takes a mechanism out of a table of them, also where it stands in the table of another.
pub(in crate::scenario) fn remove_mechanism(table: &mut dyn TableLike, key: &str) {
    table.remove(key);
    for row in Mechanism::table() {
        if let MechanismTakes::Parts { also, .. } = &row.takes
            && also.contains(&key)
            && let Some(other) = table.get_mut(row.key()).and_then(Item::as_table_like_mut)
        {
            other.remove(key);
        }
    }
}
