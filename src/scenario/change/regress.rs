//! A saved failure against its scenario as it is now: the seed, the faults, the input, the shards, the windows and the
//! number of workers are those of the failure. The design is that of the scenario: its strategy with all its settings,
//! steps and mechanisms, the times of its cluster, and what it demands of side effects. So a design that was mended is seen
//! to be mended, and one that was broken again is found by the schedule that broke it before.
//!
//! Run as it was saved, a failure would fail for ever, whatever was mended. So it was with `[snapshot]`, when only steps and
//! `[mechanism]` were those of the scenario: a sweep held under every seed and failed by a failure that it had mended.

use super::write::{document, set, step_tables};
use crate::scenario::form::raw::Strategy;
use crate::scenario::{Scenario, ScenarioError};
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike};

/// What of a step belongs to the shape that a failure was found in.
const SHAPE: [&str; 3] = ["shards", "window", "input"];

/// The same of the cluster.
const SHAPE_OF_CLUSTER: [&str; 1] = ["workers"];

impl Scenario {
    /// This saved failure with the design of a scenario.
    ///
    /// # Errors
    /// It names what the scenario no longer has.
    pub fn as_of(&self, now: &Scenario) -> Result<Scenario, ScenarioError> {
        let (mut failure, current) = (document(&self.text), document(&now.text));
        let old_steps = step_tables(&failure);
        let root = failure.as_table_mut();
        set(root, "expect", expectation(&current).into());
        // The settings of a strategy stand in a table of its name.
        for key in Strategy::ALL.map(Strategy::word).into_iter().chain(["strategy", "mechanism"]) {
            put(root, key, current.get(key));
        }
        let old_cluster = root.get("cluster").and_then(Item::as_table_like);
        let shape =
            SHAPE_OF_CLUSTER.map(|key| (key, old_cluster.and_then(|old| old.get(key)).cloned()));
        put(root, "cluster", current.get("cluster"));
        for (key, item) in shape {
            if item.is_some() || root.contains_key("cluster") {
                let cluster = root.entry("cluster").or_insert(Item::Table(Table::new()));
                put(cluster.as_table_like_mut().expect("a table"), key, item.as_ref());
            }
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

/// Puts a key in place of the one that is there, or takes that away.
fn put(table: &mut dyn TableLike, key: &str, item: Option<&Item>) {
    table.remove(key);
    if let Some(item) = item {
        table.insert(key, item.clone());
    }
}

/// Expects that all is well, and of side effects what the scenario as it is now demands of them. The class that was found
/// may be none any more: that a side effect is repeated is only wrong where one may not be.
fn expectation(current: &DocumentMut) -> InlineTable {
    const DEMAND: &str = "side-effects";
    let mut expect = InlineTable::new();
    expect.insert("holds", "exactly-once".into());
    let of_current = current.get("expect").and_then(Item::as_table_like);
    if let Some(demand) = of_current.and_then(|expect| expect.get(DEMAND)) {
        let demand = demand.clone().into_value().expect("a table of its own");
        expect.insert(DEMAND, demand);
    }
    expect
}

fn name_of(step: &Table) -> Option<&str> {
    TableLike::get(step, "name").and_then(Item::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn scenario(strategy: &str, more: &str, faults: &str) -> Scenario {
        let text = format!(
            "format = 1\nname = \"two\"\nclaim = \"c\"\n{more}\nstrategy = \"{strategy}\"\n\
             [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }}, {{ key = \"bob\", at = \"1s\" }} ]\n\
             [[step]]\nname = \"events\"\nkind = \"source\"\n\
             [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n\
             [[step]]\nname = \"table\"\nkind = \"sink\"\n{faults}"
        );
        Scenario::parse(&text, Path::new("two.toml"))
            .unwrap_or_else(|error| panic!("{text}{error}"))
    }

    /// Where each strategy says how it is built: a key with a wrong value, and with the one that is there by default.
    const SETTINGS: [(&str, &str, &str); 8] = [
        ("dataflow", "mechanism = { dedup = \"off\" }", ""),
        ("dataflow-at-least-once", "mechanism = { ack = \"on-receipt\" }", ""),
        ("transactions", "transactions = { offsets = \"after\" }", ""),
        ("snapshot", "snapshot = { commit = \"at-barrier\" }", "snapshot = { interval = \"1s\" }"),
        ("micro-batch", "micro-batch = { sink = \"append-batch\" }", ""),
        ("at-least-once", "at-least-once = { offsets = \"emitted\" }", ""),
        ("best-effort", "best-effort = { view = \"last-arrival\" }", ""),
        ("lambda", "lambda = { landing = \"append\" }", ""),
    ];

    #[test]
    fn the_design_is_that_of_the_scenario_as_it_is_now_under_every_strategy() {
        let fault = "[[fault]]\nat = { time = \"1ms\", worker = 0 }\ndo = \"crash\"\n";
        for (strategy, wrong, right) in SETTINGS {
            let expects = |of: &str, design: &str| format!("expect = {of}\n{design}");
            let broken = "{ violates = \"lost\" }";
            let failure = scenario(strategy, &expects(broken, wrong), fault);
            let now = scenario(strategy, &expects("\"exactly-once\"", right), "");
            let again = failure.as_of(&now).expect("a scenario");
            let design = |of: &Scenario| format!("{:?}", of.trial.design);
            assert_eq!(design(&again), design(&now), "{strategy}");
            assert_ne!(design(&again), design(&failure), "{strategy}: {wrong} does nothing");
            assert_eq!(again.trial.plan.faults, failure.trial.plan.faults);
        }
    }

    #[test]
    fn workers_are_those_of_the_failure_and_the_times_of_the_cluster_those_of_the_scenario() {
        let of = |cluster: &str| {
            scenario("dataflow", &format!("expect = \"exactly-once\"\n{cluster}"), "")
        };
        for (failure, now, is) in [
            ("cluster = { workers = 3, lease = \"1s\" }", "", "cluster = { workers = 3 }"),
            ("", "cluster = { workers = 3, lease = \"1s\" }", "cluster = { lease = \"1s\" }"),
            ("cluster = { workers = 1 }", "cluster = { workers = 3 }", "cluster = { workers = 1 }"),
        ] {
            let again = of(failure).as_of(&of(now)).expect("a scenario");
            assert_eq!(again.trial.plan.cluster, of(is).trial.plan.cluster, "{failure}, {now}");
        }
    }

    #[test]
    fn what_is_demanded_of_side_effects_is_what_the_scenario_demands_now() {
        let of = |expect: &str| {
            let text = format!(
                "format = 1\nname = \"two\"\nclaim = \"c\"\nexpect = {expect}\n\
                 [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }} ]\n\
                 [[step]]\nname = \"events\"\nkind = \"source\"\n\
                 [[step]]\nname = \"mail\"\nkind = \"map\"\nfn = {{ call = {{ write = \"append\" }} }}\n\
                 [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n"
            );
            Scenario::parse(&text, Path::new("mail.toml")).unwrap_or_else(|error| panic!("{error}"))
        };
        let failure = of("{ violates = \"repeated\", side-effects = { at-most = 1 } }");
        for now in
            ["{ holds = \"exactly-once\", side-effects = { at-most = 2 } }", "\"exactly-once\""]
        {
            let now = of(now);
            let again = failure.as_of(&now).expect("a scenario");
            assert_eq!(again.trial.plan.side_effects, now.trial.plan.side_effects);
        }
    }
}
