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
            match key.part {
                Some(part) => remove_part(table, key.row, part),
                None => remove_mechanism(table, key.row),
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
        {
            remove_part(table, row.key(), key);
        }
    }
}

/// Takes a part out of the table of a mechanism, which goes with its last part.
fn remove_part(table: &mut dyn TableLike, mechanism: &str, part: &str) {
    let Some(inner) = table.get_mut(mechanism).and_then(Item::as_table_like_mut) else { return };
    if inner.remove(part).is_some() && inner.is_empty() {
        table.remove(mechanism);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::layout::StepIndex;
    use std::path::Path;

    #[test]
    fn what_only_a_step_had_that_is_gone_goes_with_it() {
        let sink = |name: &str, own: &str| {
            format!("[[step]]\nname = \"{name}\"\nkind = \"sink\"\nfrom = \"events\"\n{own}")
        };
        let text = format!(
            "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n\
             [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }} ]\n\
             [mechanism]\nbundle = 3\nin-flight = 5\nretry = {{ timeout = \"40ms\", give-up = 9 }}\n\
             [[step]]\nname = \"events\"\nkind = \"source\"\nmechanism = {{ bundle = 1, retry.timeout = \"1ms\", give-up = 2 }}\n\
             {}{}",
            sink("own", "mechanism = { bundle = 2, give-up = 4, retry.timeout = \"2ms\" }\n"),
            sink("all", ""),
        );
        let scenario = Scenario::parse(&text, Path::new("a.toml")).expect("a scenario");
        let left = scenario.without_step(StepIndex(2)).expect("a scenario");
        let (_, table) = left.text().split_once("[mechanism]\n").expect("a table");
        assert!(table.starts_with("in-flight = 5\n[[step]]"), "{table}");
    }
}
