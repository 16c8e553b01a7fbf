//! Canaries: for each rule of the protocol, the smallest schedule that breaks the results when the rule is
//! left out, and under which the full design holds. What is expected is worked out by hand from the rule.

mod table;
mod texts;

use crate::common::exhaust;
use onceproof::scenario::Scenario;
use onceproof_model::dataflow::defect::Defect;
use onceproof_sim::outcome::{Class, Verdict};
use onceproof_systems::Design;
use std::path::Path;
use table::{ALL, Canary, canary};

impl Canary {
    fn scenario(&self, defect: Option<Defect>, faults: &str) -> Scenario {
        let Canary { records, steps, .. } = self;
        let head = "format = 1\nname = \"canary\"\nclaim = \"A rule.\"\nexpect = \"exactly-once\"";
        let text = format!("{head}\n[input]\nrecords = [ {records} ]\n{steps}{faults}");
        let mut scenario = Scenario::parse(&text, Path::new("canary.toml"))
            .unwrap_or_else(|error| panic!("{error}"));
        let Design::Dataflow(design) = &mut scenario.trial.design else {
            panic!("its rules are those of Dataflow");
        };
        design.set_defect(defect);
        scenario.trial.plan.side_effects.newest = true;
        scenario
    }
}

#[test]
fn every_defect_is_in_the_table_once() {
    for (at, defect) in ALL.iter().enumerate() {
        assert!(!ALL[..at].contains(defect), "{defect:?}");
    }
}

#[test]
fn each_defect_is_found_by_the_schedule_worked_out_by_hand_under_which_the_full_design_holds() {
    for &defect in ALL {
        let canary = canary(defect);
        let run = |defect| {
            let scenario = canary.scenario(defect, canary.faults);
            let outcome = scenario.trial.simulator().detail(None);
            (outcome.brief, outcome.unfired)
        };
        let (brief, unfired) = run(Some(defect));
        let found: Vec<Class> = brief.classes.iter().collect();
        assert_eq!((&found[..], unfired), (canary.classes, vec![]), "{defect:?}");
        let (brief, unfired) = run(None);
        assert_eq!(brief.verdict, Verdict::ExactlyOnce, "without {defect:?}");
        assert_eq!(unfired, [0; 0], "without {defect:?}");
    }
}

#[test]
fn each_defect_is_found_by_an_exhaustive_search_that_finds_nothing_in_the_full_design() {
    for &defect in ALL {
        let canary = canary(defect);
        let search = |defect| exhaust(&canary.scenario(defect, "").trial, canary.most);
        let (_, classes, first) = search(Some(defect));
        for &class in canary.classes {
            assert!(classes.contains(class), "{defect:?}: {classes:?}");
        }
        if canary.classes.is_empty() {
            assert!(classes.is_empty(), "{defect:?}: {classes:?} by {first:?}");
        }
        let (_, classes, first) = search(None);
        assert!(classes.is_empty(), "without {defect:?}: {classes:?} by {first:?}");
    }
}
