//! Whether each mechanism is needed: it is switched to each wrong value, one at a time, and the smallest
//! schedules that then break the scenario are searched for. A mechanism without such a witness is one that
//! the scenario, the faults or the oracle do not put to the test.

use super::certificate::Exhaustion;
use super::designs::{ANOTHER_SCENARIO, Design, WRONG};
use super::exhaust::{Space, Told, bare, exhaust};
use super::resume::Done;
use crate::scenario::Scenario;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::Verdict;
use onceproof_sim::simulator::Simulator;
use std::sync::atomic::AtomicBool;

/// The wrong values that are searched for: all but those for which a scenario of a few records is too small.
pub fn searched() -> impl Iterator<Item = &'static Design> {
    WRONG.iter().filter(|design| !design.is_rare)
}

impl Design {
    /// What comes of this wrong value at every step of a scenario: the smallest schedules of a space that break
    /// it. What breaks it without the wrong value too, also because of what that stands under, is no witness.
    pub fn search(
        &self,
        scenario: &Scenario,
        space: &Space,
        cancel: &AtomicBool,
        tell: &(dyn Fn(Told<'_>) + Sync),
    ) -> Row {
        let (words, seed) = (self.words(), scenario.seed);
        let kinds: Vec<KindName> = space.kinds.iter().map(Kind::name).collect();
        if let Some(lacks) = self.lacks(&scenario.plan, &kinds) {
            return Row { words, lacks: Some(lacks), found: None };
        }
        let (Ok(base), Ok(wrong)) = (self.base_of(scenario, &[]), self.of(scenario, &[])) else {
            return Row { words, lacks: Some(ANOTHER_SCENARIO), found: None };
        };
        let (base, wrong) = (bare(&base.plan), bare(&wrong.plan));
        let mut found = None;
        for stops_at_cause in [true, false] {
            let space = Space { stops_at_cause, ..space.clone() };
            let mut result = exhaust(&wrong, seed, &space, &mut Done::default(), cancel, tell);
            let mut simulator = Simulator::new(&base);
            result.causes.retain(|cause| {
                simulator.place(&cause.faults);
                simulator.brief(seed).verdict == Verdict::ExactlyOnce
            });
            let smallest = result.causes.first().map(|cause| cause.faults.len());
            result.causes.retain(|cause| Some(cause.faults.len()) == smallest);
            // Where all that it stopped at breaks without it too, something larger may be its own.
            let is_over = !(result.stopped && result.causes.is_empty());
            found = Some(result);
            if is_over {
                break;
            }
        }
        Row { words, lacks: None, found }
    }
}

/// What came of one wrong value.
#[derive(Clone, Debug)]
pub struct Row {
    /// The mechanism and its value.
    pub words: String,
    /// What it needs and does not have, if so; then it was not searched.
    pub lacks: Option<&'static str>,
    /// What was found, up to the smallest number of faults that breaks the scenario.
    pub found: Option<Exhaustion>,
}

impl Row {
    /// How many of the smallest schedules have a fault of this kind.
    pub fn count(&self, kind: KindName) -> u64 {
        let has = |fault: &Fault| fault.kind.name() == kind;
        let causes = self.found.iter().flat_map(|found| &found.causes);
        causes.filter(|cause| cause.faults.iter().any(has)).count() as u64
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        match &self.found {
            None => Standing::NotSearched,
            Some(found) if !found.causes.is_empty() => Standing::Witnessed,
            Some(found) if found.is_complete() => Standing::Unwitnessed,
            Some(_) => Standing::Incomplete,
        }
    }
}

/// How a wrong value stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// A schedule was found that breaks it.
    Witnessed,
    /// There is none.
    Unwitnessed,
    /// The search did not come to its end.
    Incomplete,
    /// It was not searched, since a kind of fault is not among those asked for.
    NotSearched,
}

/// What is needed in a scenario.
#[derive(Clone, Debug)]
pub struct Necessity {
    /// The search with the mechanisms of the file.
    pub full: Exhaustion,
    /// Each wrong value.
    pub rows: Vec<Row>,
}

impl Necessity {
    /// How many rows stand so.
    pub fn count(&self, standing: Standing) -> u64 {
        self.rows.iter().filter(|row| row.standing() == standing).count() as u64
    }
}
