//! What `[mechanism]` set for all steps and holds for none any more, once a step is gone or sets its own, and what a step
//! set for itself and has nothing to do for any more: a file that says so is refused, and nobody asked for it. So it goes
//! with the change that has made it void.

use super::write::each_step;
use crate::scenario::Scenario;
use crate::scenario::design::nowhere::{Unheld, unheld};
use crate::scenario::form::raw::mechanism::MechanismKey;
use crate::scenario::form::reading;
use crate::scenario::wrong::diagnostic::Source;
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::MechanismTakes;
use toml_edit::{DocumentMut, Item, TableLike};

impl Scenario {
    /// Takes out of `[mechanism]` what holds for no step any more, and out of a step what it has nothing to do for any more,
    /// but for what is asked for, of all steps or of one: that is told.
    pub(in crate::scenario) fn forget_unheld(
        &self,
        document: &mut DocumentMut,
        is_asked: impl Fn(Option<StepIndex>, MechanismKey) -> bool,
    ) {
        let of_steps = self.unheld_in(document).of_steps;
        for (index, key) in of_steps.into_iter().filter(|&(step, key)| !is_asked(Some(step), key)) {
            each_step(document, &mut |step, table| {
                if step == index {
                    remove(table, key);
                }
            });
        }
        let of_all = self.unheld_in(document).of_all;
        for key in of_all.into_iter().filter(|&key| !is_asked(None, key)) {
            remove(document.as_table_mut(), key);
        }
    }

    /// What does nothing where it stands; nothing of what is no scenario, which is told by whoever reads it.
    fn unheld_in(&self, document: &DocumentMut) -> Unheld {
        let text = document.to_string();
        let source = Source { path: &self.path, text: &text };
        reading::file(&source).map_or(Unheld::default(), |file| unheld(&source, &file))
    }
}

/// Takes a mechanism out of what has a table of them, which goes with its last one.
fn remove(of: &mut dyn TableLike, key: MechanismKey) {
    let Some(table) = of.get_mut("mechanism").and_then(Item::as_table_like_mut) else { return };
    match key.part {
        Some(part) => remove_part(table, key.row, part),
        None => remove_mechanism(table, key.row),
    }
    if table.is_empty() {
        of.remove("mechanism");
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
    use crate::scenario::Changes;
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

    /// Shards of its own keep a sink apart, and then nothing comes of how often it sends.
    #[test]
    fn what_a_step_has_nothing_to_do_for_any_more_goes_unless_it_is_asked_for() {
        let text = "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n\
             [input]\nrecords = [ { key = \"ann\", at = \"0s\" } ]\n\
             [[step]]\nname = \"events\"\nkind = \"source\"\n\
             [[step]]\nname = \"table\"\nkind = \"sink\"\n\
             mechanism = { bundle = 2, retry = { timeout = \"1ms\", give-up = 4 } }\n";
        let scenario = Scenario::parse(text, Path::new("a.toml")).expect("a scenario");
        let shards = ("step.table.shards".to_owned(), "2".to_owned());
        let left = scenario.at_point(std::slice::from_ref(&shards)).expect("a scenario");
        let own = "mechanism = { bundle = 2, retry = { timeout = \"1ms\"} }\nshards = 2\n";
        assert!(left.text().ends_with(own), "{}", left.text());
        let in_flight = ("step.table.mechanism.in-flight".to_owned(), "3".to_owned());
        let error = scenario.at_point(&[shards, in_flight]).expect_err("an error").to_string();
        assert!(error.contains("does nothing at `table`"), "{error}");
        let with = |mechanism: Option<&str>, step: &str| {
            scenario.redesigned(&Changes {
                mechanism: mechanism.map(str::to_owned),
                steps: vec![step.to_owned()],
                ..Changes::default()
            })
        };
        for left in [
            with(None, "table: shards = 2"),
            with(Some("fuse = false"), "table: mechanism.fencing = true"),
        ] {
            let left = left.expect("a scenario");
            assert!(!left.text().contains("give-up"), "{}", left.text());
        }
        let error = with(None, "table: shards = 2, mechanism.in-flight = 4").expect_err("an error");
        assert!(error.to_string().contains("does nothing at `table`"), "{error}");
    }
}
