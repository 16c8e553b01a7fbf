//! Whether each mechanism and each setting of a step is needed: it is switched to each wrong value, one at a
//! time, and the smallest schedules that then break the scenario are searched for. One without such a witness
//! is not put to the test by the scenario, its other settings, the faults or the oracle.
//!
//! The faults of the file are left out before a design is built, since they may have no place in it: a crash
//! before the `commit` of a count has none where outputs are recomputed. A witness is shown with commands that
//! place its faults one by one.

use super::causes::Cause;
use super::certificate::Exhaustion;
use super::exhaust::{Advance, exhaust};
use super::resume::Done;
use super::space::Space;
use super::threads::Threads;
use super::variants::{Variant, wrong};
use crate::scenario::Scenario;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::Verdict;
use onceproof_systems::Trial;
use std::convert::Infallible;
use std::sync::atomic::AtomicBool;

/// The wrong values of a scenario that are searched for: all but those for which one of a few records is too small.
pub fn searched(scenario: &Scenario) -> Vec<Variant> {
    let mut variants = wrong(scenario);
    variants.retain(|variant| !variant.is_rare);
    variants
}

impl Variant {
    /// What comes of this wrong value, by a search from the beginning; see [`Variant::search_by`].
    pub fn search(
        &self,
        threads: Threads,
        scenario: &Scenario,
        space: &Space,
        cancel: &AtomicBool,
        tell: &(dyn Fn(Advance<'_>) + Sync),
    ) -> Finding {
        let found = self.search_by(scenario, space, |trial, space| {
            let all =
                exhaust(threads, trial, scenario.seed, space, &mut Done::default(), cancel, tell);
            Ok::<Exhaustion, Infallible>(all)
        });
        let Ok(found) = found;
        found
    }

    /// What comes of this wrong value at every step of a scenario: the smallest schedules of a space that break
    /// it. A schedule is a witness only if it does not break the scenario without the wrong value. A value that
    /// matters only under `outputs = "recompute"` is set beside that, and a schedule that breaks the scenario
    /// under that alone is no witness.
    ///
    /// `exhaust` searches a space; it is asked once, or a second time with a space that does not end with the smallest
    /// number of faults.
    ///
    /// # Errors
    /// Those of `exhaust`.
    pub fn search_by<E>(
        &self,
        scenario: &Scenario,
        space: &Space,
        mut exhaust: impl FnMut(&Trial, &Space) -> Result<Exhaustion, E>,
    ) -> Result<Finding, E> {
        let (design, seed) = (self.clone(), scenario.seed);
        let kinds: Vec<KindName> = space.kinds.iter().map(Kind::name).collect();
        if let Some(lacks) = self.lacks(&scenario.trial, &kinds) {
            return Ok(Finding { design, lacks: Some(lacks), found: None });
        }
        // The search places all faults, so those of the file need no place in the design.
        let (base, wrong) = match self.without_and_with(scenario, true) {
            Ok((base, wrong)) => (base.trial, wrong.trial),
            Err(lacks) => return Ok(Finding { design, lacks: Some(lacks), found: None }),
        };
        let mut found = None;
        for stops_at_cause in [true, false] {
            let space = Space { stops_at_cause, ..space.clone() };
            let mut result = exhaust(&wrong, &space)?;
            let mut simulator = base.simulator();
            result.causes.retain(|cause| {
                simulator.place(&cause.faults);
                simulator.brief(seed).verdict == Verdict::ExactlyOnce
            });
            let smallest = result.causes.first().map(|cause| cause.faults.len());
            result.causes.retain(|cause| Some(cause.faults.len()) == smallest);
            result.causes.sort_by_cached_key(plainness);
            // Where all that it stopped at breaks without it too, something larger may be its own.
            let is_over = !(result.stopped && result.causes.is_empty());
            found = Some(result);
            if is_over {
                break;
            }
        }
        Ok(Finding { design, lacks: None, found })
    }
}

/// How plain the faults of a cause are, the least plain first.
fn plainness(cause: &Cause) -> Vec<u8> {
    let mut kinds: Vec<u8> =
        cause.faults.iter().map(|fault| fault.kind.name().plainness()).collect();
    kinds.sort_unstable_by(|a, b| b.cmp(a));
    kinds
}

/// What came of one wrong value.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The value.
    pub design: Variant,
    /// What it needs and does not have, if so; then it was not searched.
    pub lacks: Option<&'static str>,
    /// What was found, up to the smallest number of faults that breaks the scenario; of its causes the plainest
    /// comes first.
    pub found: Option<Exhaustion>,
}

impl Finding {
    /// The plainest of the smallest schedules that break it.
    pub fn witness(&self) -> Option<&Cause> {
        self.found.as_ref()?.causes.first()
    }

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
    /// There is none in this scenario, with its other settings.
    Unwitnessed,
    /// The search did not come to its end.
    Incomplete,
    /// It was not searched, since the scenario, or the kinds of faults asked for, lack something.
    NotSearched,
}

/// What is needed in a scenario.
#[derive(Clone, Debug)]
pub struct Necessity {
    /// The search with the mechanisms of the file.
    pub full: Exhaustion,
    /// Each wrong value.
    pub findings: Vec<Finding>,
}

impl Necessity {
    /// How many findings stand so.
    pub fn count(&self, standing: Standing) -> u64 {
        self.findings.iter().filter(|finding| finding.standing() == standing).count() as u64
    }
}
