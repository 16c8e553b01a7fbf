//! A scenario under another strategy than its file says: the same pipeline, input and weather. What the file expects
//! and states was worked out for its own strategy, and is left out; so is what another strategy does not have, and that
//! is named.

use super::write::{document, each_step, forget_ledger, set};
use crate::scenario::form::raw::Strategy;
use crate::scenario::{Scenario, ScenarioError};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Value};

/// A scenario under a strategy.
#[derive(Clone, Debug)]
pub struct Under {
    /// The scenario as it is run.
    pub scenario: Scenario,
    /// What of the file the strategy does not have.
    pub left_out: Vec<LeftOut>,
}

/// Something of a file that a strategy does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// What, as the file writes it: a kind of fault, a mechanism, an exact fault by its number.
    pub what: String,
    /// Why the strategy does not have it.
    pub why: String,
}

impl Scenario {
    /// This scenario under a strategy.
    ///
    /// # Errors
    /// The strategy cannot have this pipeline.
    pub fn under(&self, strategy: Strategy) -> Result<Under, ScenarioError> {
        let mut all = document(&self.text);
        set(all.as_table_mut(), "strategy", strategy.word().into());
        forget_expectation(&mut all);
        let mut left_out = Vec::new();
        if !strategy.keeps_ids() {
            leave_out_ids(&mut all, &mut left_out);
        }
        if strategy == Strategy::Lambda {
            leave_out_lateness(&mut all, &mut left_out);
        }
        if strategy != Strategy::MicroBatch {
            leave_out_levels(&mut all, &mut left_out);
        }
        let mut bare = all.clone();
        keep_faults(&mut bare, |_| false, |_| false);
        self.reread(&bare.to_string(), &self.path)?;
        if let Ok(scenario) = self.reread(&all.to_string(), &self.path) {
            return Ok(Under { scenario, left_out });
        }
        // Each fault alone, beside none: so it is known which ones there cannot be.
        let why = |kind: &dyn Fn(&str) -> bool, exact: &dyn Fn(usize) -> bool| {
            let mut one = all.clone();
            keep_faults(&mut one, kind, exact);
            self.reread(&one.to_string(), &self.path).err().map(|error| error.in_a_sentence())
        };
        let (mut kinds, mut numbers) = (Vec::new(), Vec::new());
        for what in drawn(&all) {
            if let Some(why) = why(&|kind| kind == what, &|_| false) {
                kinds.push(what.clone());
                left_out.push(LeftOut { what, why });
            }
        }
        for number in 0..exact(&all) {
            if let Some(why) = why(&|_| false, &|other| other == number) {
                numbers.push(number);
                left_out.push(LeftOut { what: format!("[[fault]] {}", number + 1), why });
            }
        }
        let is_had = |kind: &str| !kinds.iter().any(|other| other == kind);
        keep_faults(&mut all, is_had, |number| !numbers.contains(&number));
        Ok(Under { scenario: self.reread(&all.to_string(), &self.path)?, left_out })
    }
}

/// What the file expects is that of its own strategy. What it demands of side effects says what a violation is, and
/// stays.
fn forget_expectation(document: &mut DocumentMut) {
    forget_ledger(document);
    let Some(table) = document.get_mut("expect").and_then(Item::as_table_like_mut) else { return };
    if table.remove("violates").is_some() {
        table.insert("holds", Item::Value("exactly-once".into()));
    }
}

/// Takes out what is said of ids, for a strategy that keeps none.
fn leave_out_ids(document: &mut DocumentMut, left_out: &mut Vec<LeftOut>) {
    let mut of = |table: Option<&mut Item>| {
        let Some(table) = table.and_then(Item::as_table_like_mut) else { return };
        for key in ["dedup", "gc"] {
            let is_new = |left_out: &[LeftOut]| left_out.iter().all(|left| left.what != key);
            if table.remove(key).is_some() && is_new(left_out) {
                left_out.push(LeftOut { what: key.to_owned(), why: "it keeps no ids".to_owned() });
            }
        }
    };
    of(document.get_mut("mechanism"));
    each_step(document, &mut |_, step| of(step.get_mut("mechanism")));
}

/// Takes out how late a record may be, for a strategy that has a time by which it is there or not.
fn leave_out_lateness(document: &mut DocumentMut, left_out: &mut Vec<LeftOut>) {
    let mut is_left_out = false;
    each_step(document, &mut |_, step| is_left_out |= step.remove("lateness").is_some());
    if is_left_out {
        let why = "its batch leg has a cut-off".to_owned();
        left_out.push(LeftOut { what: "lateness".to_owned(), why });
    }
}

/// Takes out what is said of how far a step makes the same, for a strategy that asks for it nowhere.
fn leave_out_levels(document: &mut DocumentMut, left_out: &mut Vec<LeftOut>) {
    let mut is_left_out = false;
    each_step(document, &mut |_, step| is_left_out |= step.remove("level").is_some());
    if is_left_out {
        let why = "nothing of it hangs on that".to_owned();
        left_out.push(LeftOut { what: "level".to_owned(), why });
    }
}

/// The kinds of faults with odds.
fn drawn(document: &DocumentMut) -> Vec<String> {
    let faults = document.get("faults").and_then(Item::as_table_like);
    faults.map_or(Vec::new(), |faults| faults.iter().map(|(kind, _)| kind.to_owned()).collect())
}

/// How many exact faults there are.
fn exact(document: &DocumentMut) -> usize {
    match document.get("fault") {
        Some(Item::ArrayOfTables(faults)) => faults.len(),
        Some(Item::Value(Value::Array(faults))) => faults.len(),
        _ => 0,
    }
}

/// Leaves out all faults but the drawn ones of these kinds and the exact ones with these numbers.
fn keep_faults(
    document: &mut DocumentMut,
    is_kept: impl Fn(&str) -> bool,
    is_kept_exact: impl Fn(usize) -> bool,
) {
    let kinds = drawn(document);
    if let Some(faults) = document.get_mut("faults").and_then(Item::as_table_like_mut) {
        for kind in kinds.iter().filter(|kind| !is_kept(kind)) {
            faults.remove(kind);
        }
    }
    match document.get_mut("fault") {
        Some(Item::ArrayOfTables(faults)) => {
            let kept = faults.iter().enumerate().filter(|(number, _)| is_kept_exact(*number));
            *faults = kept.map(|(_, fault)| fault.clone()).collect::<ArrayOfTables>();
        }
        Some(Item::Value(Value::Array(faults))) => {
            let mut number = 0;
            faults.retain(|_| {
                number += 1;
                is_kept_exact(number - 1)
            });
        }
        _ => {}
    }
    if exact(document) == 0 {
        // Nothing is left that might not fire.
        document.remove("fault");
        document.remove("unfired");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_sim::fault::KindName;
    use std::path::Path;

    const TEXT: &str = r#"
        format = 1
        name   = "two steps"
        claim  = "It holds."
        expect = { violates = "lost", lost = { at-most = 3 } }
        [input]
        records = [ { key = "ann", at = "0s" } ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "per-user"
        kind = "count"
        window = "1s"
        mechanism = { gc = "never" }
        [mechanism]
        dedup = "bloom"
        [faults]
        drop-request = "1/9"
        drop-ack = "1/2"
        delay = { odds = "1/2", leg = "ack" }
        [[fault]]
        at = { step = "per-user", before = "admit", nth = 1 }
        do = "crash"
        [[fault]]
        at = { step = "per-user", before = "apply", nth = 1 }
        do = "crash"
    "#;

    fn under(text: &str, strategy: Strategy) -> Result<Under, ScenarioError> {
        Scenario::parse(text, Path::new("a.toml")).expect("a scenario").under(strategy)
    }

    fn check(strategy: Strategy, left_out: &[&str], kinds: &[KindName], exact: usize) {
        let under = under(TEXT, strategy).expect("a scenario");
        let named: Vec<&str> = under.left_out.iter().map(|left| left.what.as_str()).collect();
        assert_eq!(named, left_out, "{strategy:?}");
        let plan = &under.scenario.trial.plan;
        assert_eq!(plan.climate.drawn(), kinds, "{strategy:?}");
        assert_eq!(plan.faults.len(), exact, "{strategy:?}");
        assert!(under.scenario.stated.figures.is_empty(), "{strategy:?}");
    }

    #[test]
    fn what_a_strategy_lacks_is_left_out_and_named() {
        use KindName::{Delay, DropAck, DropRequest};
        check(Strategy::Dataflow, &[], &[DropRequest, DropAck, Delay], 2);
        let shuffle = [DropRequest, DropAck, Delay];
        check(Strategy::DataflowAtLeastOnce, &["dedup", "gc"], &shuffle, 2);
        let lacks = ["drop-ack", "delay", "[[fault]] 1"];
        check(Strategy::BestEffort, &lacks, &[DropRequest], 1);
        check(Strategy::AtLeastOnce, &lacks, &[DropRequest], 1);
        let found = under(TEXT, Strategy::BestEffort).expect("a scenario");
        assert!(found.left_out[0].why.contains("nobody answers"), "{:?}", found.left_out);
    }

    #[test]
    fn a_pipeline_that_a_strategy_cannot_have_is_an_error() {
        let of_view = TEXT.replace("per-user", "view").replace("[[fault]]", "[[later]]");
        let of_view = of_view.split("[[later]]").next().expect("a text").to_owned();
        assert!(under(&of_view, Strategy::Dataflow).is_ok());
        let error = under(&of_view, Strategy::BestEffort).expect_err("no scenario");
        assert!(error.in_a_sentence().contains("cannot name a step here"), "{error}");
    }
}
