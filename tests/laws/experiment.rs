use crate::cases::*;
use crate::check;
use crate::faults::*;
use onceproof_model::defect::Defect;
use onceproof_sim::plan::Plan;
use onceproof_sim::simulator::Simulator;
use proptest::collection::vec;
use proptest::prelude::*;

fn shrink(defect: Defect) {
    check(200000, (cases(PLAIN2), vec(strikes(), 0..=4)), |(case, strikes)| {
        let scenario = case.scenario();
        let faults = on(&strikes, &scenario.plan);
        let mut plan = Plan { faults, ..scenario.plan.clone() };
        plan.pipeline.defect = Some(defect);
        let found = Simulator::new(&plan).detail(Some(case.seed));
        prop_assert!(found.brief.classes.is_empty(), "{:?}\n{}", found.damage, scenario.faults_as_toml(&found.schedule));
        Ok(())
    });
}
const PLAIN2: Choice = Choice { coins: false, bounds: true };
#[test] fn xp_ack() { shrink(Defect::DataAckConfirms) }
#[test] fn xp_lateness() { shrink(Defect::LatenessNotHeldBack) }
#[test] fn xp_pane() { shrink(Defect::LatePaneWaits) }
#[test] fn xp_fire() { shrink(Defect::FiringIgnoresBusyKey) }
#[test] fn xp_token() { shrink(Defect::NoTokenAtBoot) }
