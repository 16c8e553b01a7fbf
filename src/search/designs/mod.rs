//! Every value of every mechanism but the first, which is what holds where a scenario says nothing: the wrong
//! ones, and those that are right too and only cost more or less. Each is written as in `[mechanism]`, so that
//! a reader can try it: `onceproof run FILE --mechanism 'dedup = "off"'`.
//!
//! Some values matter, or are right, only under another. Where outputs are recomputed, a function that answers
//! otherwise the second time is damage enough; there, `user-differs` is left out of the faults that are drawn, so
//! that what goes wrong is the value's own doing.

use crate::scenario::{Scenario, ScenarioError};
use onceproof_model::pipeline::{SourceWatermark, StepKind};
use onceproof_sim::fault::KindName;
use onceproof_sim::plan::Plan;

/// One value of a mechanism.
#[derive(Clone, Copy, Debug)]
pub struct Design {
    /// The mechanism with its value, as `[mechanism]` has it.
    pub mechanism: &'static str,
    /// What else must be so for it to matter or to be right, if anything.
    pub under: Option<&'static str>,
    /// The kinds of faults that would break alone what it stands under.
    pub without: &'static [KindName],
    /// What a scenario must have.
    pub needs: Needs,
    /// Whether it takes more records than fit an exhaustive search, or more faults.
    pub is_rare: bool,
}

/// What a scenario must have for a value to be tried in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Anything.
    Nothing,
    /// A kind of fault, without which the value does no harm.
    Kind(KindName),
    /// Sources at offsets: what is read from a queue may be read again, and is known by its id alone.
    Offsets,
    /// Functions whose answers are decided by faults alone, sources at offsets and perfect watermarks: then
    /// an output that is made again is the same.
    Repeatable,
}

/// What is lacking where the scenario, with this value, is none: its steps or its other mechanisms forbid it.
pub const ANOTHER_SCENARIO: &str = "a scenario that can have it";

const RECOMPUTE: &str = "outputs = \"recompute\"";
const RECOMPUTE_BUNDLES: &str = "outputs = \"recompute\", bundle = 4";
const DIFFERS: &[KindName] = &[KindName::UserDiffers];

/// Every wrong value. A time of 10 ms is shorter than any retry takes, and one of an hour longer; a filter of
/// one bit is full with its first record.
pub const WRONG: &[Design] = &[
    plain("give-up = 1"),
    plain("ack = \"on-receipt\""),
    plain("dedup = \"off\""),
    plain("dedup = { window = \"10ms\" }"),
    plain("dedup = { window = { length = \"10ms\", unknown-old = \"drop\" } }"),
    plain("dedup = { window = { length = \"1h\", updated-at = \"receive\" } }"),
    plain("dedup = { bloom-only = { bits-per-id = 1, hashes = 1, expect = 1 } }"),
    plain("dedup = { bloom = { bucket = \"10ms\", bucket-by = \"arrival\" } }"),
    plain("dedup = { bloom = { rebuild = \"none\" } }"),
    plain("gc = \"never\""),
    plain("gc = { ttl = \"10ms\" }"),
    plain("gc = { ttl = \"10ms\", unknown-old = \"drop\" }"),
    plain(RECOMPUTE),
    // Under checkpoint an output is made once, whatever its id.
    Design { under: Some(RECOMPUTE), without: DIFFERS, ..plain("ids = \"fresh\"") },
    Design { under: Some(RECOMPUTE), without: DIFFERS, ..plain("stamps = \"fresh\"") },
    // Under checkpoint a stamp is given anew only when an output is resent after a crash.
    Design { is_rare: true, ..plain("stamps = \"fresh\"") },
    Design { needs: Needs::Kind(KindName::ClockStep), ..plain("stamps = \"wall-clock\"") },
    plain("atomic = \"state-first\""),
    plain("atomic = \"id-first\""),
    plain("re-ack = false"),
    plain("fencing = false"),
    // Its bundles must be cut otherwise after a crash.
    Design {
        under: Some(RECOMPUTE_BUNDLES),
        without: DIFFERS,
        is_rare: true,
        ..plain("lift = \"force\"")
    },
];

/// Every other value that is right, if at another cost.
pub const RIGHT: &[Design] = &[
    // Shorter than the round trip, and longer than most faults.
    plain("retry = { timeout = \"5ms\", backoff = 1 }"),
    plain("retry = { timeout = \"2s\" }"),
    plain("dedup = \"bloom\""),
    plain("dedup = { bloom = { bucket = \"20ms\", bits-per-id = 3, hashes = 2, expect = 2 } }"),
    plain("dedup = { bloom = { bucket = \"20ms\", rebuild = \"lazy\", threshold = 4 } }"),
    plain("dedup = { window = \"1h\" }"),
    plain("dedup = { window = { length = \"1h\", refresh-on-hit = true } }"),
    plain("dedup = { window = { length = \"1h\", unknown-old = \"drop\" } }"),
    plain("gc = { ttl = \"1h\" }"),
    plain("gc = { ttl = \"1h\", unknown-old = \"drop\" }"),
    repeatable(RECOMPUTE),
    repeatable(RECOMPUTE_BUNDLES),
    // What is durable before it is sent is made once.
    Design {
        under: Some("outputs = \"checkpoint\""),
        needs: Needs::Offsets,
        ..plain("ids = \"fresh\"")
    },
    plain("bundle = 4"),
    plain("bundle = 16"),
    plain("in-flight = 1"),
    plain("fuse = false"),
    plain("lift = false"),
    // A bundle that is committed is cut once.
    Design { under: Some("outputs = \"checkpoint\", bundle = 4"), ..plain("lift = \"force\"") },
];

const fn plain(mechanism: &'static str) -> Design {
    Design { mechanism, under: None, without: &[], needs: Needs::Nothing, is_rare: false }
}

const fn repeatable(mechanism: &'static str) -> Design {
    Design { without: DIFFERS, needs: Needs::Repeatable, ..plain(mechanism) }
}

impl Design {
    /// The value, with what else is so: `ids = "fresh" (under outputs = "recompute")`.
    pub fn words(&self) -> String {
        match self.under {
            None => self.mechanism.to_owned(),
            Some(under) => format!("{} (under {under})", self.mechanism),
        }
    }

    /// All that it changes, as `[mechanism]` has it.
    pub fn mechanisms(&self) -> String {
        match self.under {
            None => self.mechanism.to_owned(),
            Some(under) => format!("{under}, {}", self.mechanism),
        }
    }

    /// A scenario with this value at every step, beside what else must be so.
    ///
    /// # Errors
    /// The scenario cannot have it.
    pub fn of(&self, scenario: &Scenario, without: &[KindName]) -> Result<Scenario, ScenarioError> {
        scenario.redesigned(&self.mechanisms(), without)
    }

    /// A scenario with only what else must be so.
    ///
    /// # Errors
    /// The scenario cannot have it.
    pub fn base_of(
        &self,
        scenario: &Scenario,
        without: &[KindName],
    ) -> Result<Scenario, ScenarioError> {
        scenario.redesigned(self.under.unwrap_or_default(), without)
    }

    /// What a scenario with this plan and these kinds of faults lacks.
    pub fn lacks(&self, plan: &Plan, kinds: &[KindName]) -> Option<&'static str> {
        let is_met = match self.needs {
            Needs::Nothing => true,
            Needs::Kind(kind) => kinds.contains(&kind),
            Needs::Offsets => has_offsets(plan),
            Needs::Repeatable => has_offsets(plan) && is_repeatable(plan),
        };
        let words = match self.needs {
            Needs::Nothing => "",
            Needs::Kind(kind) => kind.word(),
            Needs::Offsets => "sources at offsets",
            Needs::Repeatable => "repeatable steps",
        };
        (!is_met).then_some(words)
    }
}

/// Whether no source reads a queue.
fn has_offsets(plan: &Plan) -> bool {
    let reads_queue = |kind: &StepKind| matches!(kind, StepKind::Source { queue: Some(_), .. });
    !plan.pipeline.steps().iter().any(|step| reads_queue(&step.kind))
}

/// Whether an output that is made again is the same as long as no function is made to differ.
fn is_repeatable(plan: &Plan) -> bool {
    plan.pipeline.steps().iter().all(|step| match &step.kind {
        StepKind::Source { watermark, .. } => *watermark == SourceWatermark::Perfect,
        // The answers of a coin are counted, and only a fault gives another one the second time.
        StepKind::Map(function) => function.is_deterministic() || function.answers() > 1,
        StepKind::Reshuffle
        | StepKind::Count(_)
        | StepKind::Sum(_)
        | StepKind::CountGlobally(_)
        | StepKind::Sink(_) => true,
    })
}
