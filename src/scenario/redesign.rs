//! A scenario with other mechanisms at every step: what would become of it if it were built otherwise. The
//! change is made in the text of the file, so that a failure of it can be saved, shrunk and replayed like any
//! other.

use super::diagnostic::{Diagnostic, Source};
use super::explain::explain;
use super::mechanism::Mechanisms;
use super::write::{document, each_step, forget_ledger};
use super::{Scenario, ScenarioError, raw};
use onceproof_model::mechanism::{Dedup, Mechanism};
use onceproof_sim::fault::KindName;
use serde::Deserialize;
use std::path::Path;
use toml_edit::{InlineTable, Item, Table, TableLike};

impl Scenario {
    /// This scenario with these mechanisms at every step, whatever the file and its steps say of them, and
    /// without the odds of some kinds of faults. They are written as in `[mechanism]`, with commas between
    /// them: `outputs = "recompute", bundle = 4`. The ledger that the file states is not that of this design.
    ///
    /// # Errors
    /// They are no mechanisms, or the scenario cannot have them.
    pub fn redesigned(
        &self,
        mechanisms: &str,
        without: &[KindName],
    ) -> Result<Scenario, ScenarioError> {
        let line = line(mechanisms);
        let all = read(&line)?;
        let asked = match document(&line).remove("mechanism") {
            Some(Item::Value(toml_edit::Value::InlineTable(asked))) => asked,
            _ => InlineTable::new(),
        };
        let mut document = document(&self.text);
        forget_ledger(&mut document);
        each_step(&mut document, &mut |_, step| {
            if let Some(own) = step.get_mut("mechanism").and_then(Item::as_table_like_mut) {
                remove(own, &asked);
            }
        });
        let table = document.entry("mechanism").or_insert(Item::Table(Table::new()));
        if let Some(table) = table.as_table_like_mut() {
            remove(table, &asked);
            if let (Dedup::Window(_) | Dedup::Off, false) = (all.dedup, asked.contains_key("gc")) {
                // There are no ids for it to forget.
                table.remove("gc");
            }
            for (key, value) in &asked {
                let mut value = value.clone();
                value.decor_mut().clear();
                table.insert(key, Item::Value(value));
            }
        }
        if let Some(faults) = document.get_mut("faults").and_then(Item::as_table_like_mut) {
            for kind in without {
                faults.remove(kind.word());
            }
        }
        self.reread(&document.to_string(), &self.path)
    }
}

/// What mechanisms mean that are written with commas between them.
///
/// # Errors
/// They are no mechanisms.
pub fn mechanisms(written: &str) -> Result<Mechanism, ScenarioError> {
    Ok(read(&line(written))?)
}

fn line(mechanisms: &str) -> String {
    format!("mechanism = {{ {mechanisms} }}\n")
}

fn read(line: &str) -> Result<Mechanism, Diagnostic> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        mechanism: raw::mechanism::Mechanism,
    }
    let source = Source { path: Path::new("--mechanism"), text: line };
    let given: Line = toml::from_str(line).map_err(|error| explain(&source, &error))?;
    let read = Mechanisms::default().overlaid(&source, Some(&given.mechanism))?;
    Ok(read.all)
}

/// Takes out of a table of mechanisms what is asked for otherwise.
fn remove(table: &mut dyn TableLike, asked: &InlineTable) {
    for (key, _) in asked {
        table.remove(key);
        let retry = table.get_mut("retry").and_then(Item::as_table_like_mut);
        if let (Some(retry), "give-up") = (retry, key) {
            retry.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_model::mechanism::{Gc, GiveUp, Outputs};

    const TEXT: &str = r#"
        format = 1
        name   = "two steps"
        claim  = "It holds."
        expect = "exactly-once"
        [input]
        records = [ { key = "ann", at = "0s" } ]
        [[step]]
        name = "events"
        kind = "source"
        mechanism = { outputs = "checkpoint", bundle = 2 }
        [[step]]
        name = "per-user"
        kind = "count"
        window = "1s"
        [mechanism]
        retry = { timeout = "40ms", give-up = 9 }
        gc    = "never"
        [faults]
        drop-ack = "1/2"
        crash    = "1/9"
    "#;

    fn redesigned(mechanisms: &str, without: &[KindName]) -> Result<Scenario, ScenarioError> {
        let scenario = Scenario::parse(TEXT, Path::new("a.toml")).expect("a scenario");
        scenario.redesigned(mechanisms, without)
    }

    #[test]
    fn what_is_asked_for_stands_at_every_step_and_the_rest_stays() {
        let scenario = redesigned(r#"outputs = "recompute", give-up = 3"#, &[]).expect("a design");
        assert!(scenario.text().contains("\noutputs = \"recompute\"\n"), "{}", scenario.text());
        for (step, bundle) in scenario.plan.pipeline.steps().iter().zip([2, 1]) {
            let Mechanism { outputs, give_up, retry, gc, bundle: found, .. } = step.mechanism;
            assert_eq!((outputs, give_up, gc), (Outputs::Recompute, GiveUp::After(3), Gc::Never));
            assert_eq!((retry.timeout, found.records), (40_000_000, bundle));
        }
    }

    #[test]
    fn without_ids_nothing_is_left_for_gc_to_forget() {
        let scenario = redesigned(r#"dedup = "off""#, &[]).expect("a design");
        assert!(scenario.plan.pipeline.steps().iter().all(|step| {
            (step.mechanism.dedup, step.mechanism.gc) == (Dedup::Off, Gc::Watermark)
        }));
        assert!(redesigned(r#"dedup = "off", gc = "never""#, &[]).is_err());
    }

    #[test]
    fn the_odds_of_some_kinds_of_faults_are_left_out() {
        let scenario = redesigned("", &[KindName::Crash, KindName::Pause]).expect("a design");
        let odds = &scenario.plan.climate.odds;
        let kinds: Vec<KindName> = odds.iter().map(|(kind, _)| kind.name()).collect();
        assert_eq!(kinds, [KindName::DropAck]);
    }

    #[test]
    fn what_is_no_mechanism_is_shown() {
        let shown = |mechanisms: &str| match redesigned(mechanisms, &[]) {
            Ok(_) => panic!("{mechanisms} is read"),
            Err(error) => error.to_string(),
        };
        assert!(shown("dedupe = \"off\"").contains("--mechanism:1:15"));
        assert!(shown("dedup = \"of\"").contains("off"));
        shown("bundle = 0");
        shown("dedup");
        shown("bundle = 1 }\nformat = { a = 1");
    }
}
