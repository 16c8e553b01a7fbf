//! What is tried of a scenario: every other value of its mechanisms and of the settings of its steps, wrong and
//! right. Each is written as in the file, so that a reader can try it:
//! `onceproof run FILE --mechanism 'dedup = "off"'`, `onceproof run FILE --step 'table: write = "append"'`.

mod levels;
mod mechanisms;
mod steps;
mod own;

use crate::scenario::{Changes, OtherValue, Scenario, ScenarioError, other_values};
use onceproof_kernel::source::Progress;
use onceproof_kernel::time::Span;
use onceproof_model::dataflow::mechanism::table::MechanismRow;
use onceproof_model::pipeline::StepKind;
use onceproof_model::setting::HasTable;
use onceproof_sim::fault::KindName;
use onceproof_systems::{SystemSettings, Trial, with_settings};
use std::collections::BTreeSet;

pub use mechanisms::{right as right_mechanisms, wrong as wrong_mechanisms};

/// One value of a mechanism, or of a setting of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variant {
    /// What it sets.
    pub setting: Setting,
    /// Which mechanisms must be so for it to matter or to be right, if any, as `[mechanism]` has them.
    pub under: Option<&'static str>,
    /// The kinds of faults that would break alone what it stands under, or that it has no place for.
    pub without: &'static [KindName],
    /// What a scenario must have.
    pub needs: Needs,
    /// Whether it takes more records than fit an exhaustive search, or more faults.
    pub is_rare: bool,
}

/// What a value is set for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Setting {
    /// A mechanism at every step, as `[mechanism]` has it.
    Mechanism(String),
    /// Keys of one step.
    Step {
        /// Its name.
        step: String,
        /// The keys with their values, as the step has them.
        keys: String,
    },
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
    /// What this scenario is known not to have.
    Missing(&'static str),
}

/// Whether a value is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Soundness {
    /// It breaks a scenario that holds without it.
    Wrong,
    /// It breaks none.
    Right,
}

/// What is lacking where the scenario, with this value, is none: its steps or its other mechanisms forbid it.
pub const ANOTHER_SCENARIO: &str = "a scenario that can have it";

/// What is lacking where only the scenario's own faults forbid it.
pub const OTHER_FAULTS: &str = "faults that it has a place for";

/// Every wrong value that is tried of a scenario.
pub fn wrong(scenario: &Scenario) -> Vec<Variant> {
    if let Some(settings) = scenario.trial.design.settings() {
        let of_levels = levels::of(&scenario.trial.design, Soundness::Wrong);
        return [of_settings(&settings, Soundness::Wrong), of_levels].concat();
    }
    let of_steps = steps::of(scenario, Soundness::Wrong);
    let mut variants = [mechanisms::wrong(), of_steps].concat();
    let is_of_ids =
        |variant: &Variant| MechanismRow::of(variant.key()).is_some_and(|row| row.is_of_ids);
    variants.retain(|variant| scenario.strategy.keeps_ids() || !is_of_ids(variant));
    for variant in own::wrong(&scenario.trial) {
        if variants.iter().all(|other| other.setting != variant.setting) {
            variants.push(variant);
        }
    }
    variants
}

/// How many settings of a scenario can be such that results are wrong.
pub fn settings_that_break(scenario: &Scenario) -> u64 {
    if let Some(settings) = scenario.trial.design.settings() {
        let may_lie = !levels::of(&scenario.trial.design, Soundness::Wrong).is_empty();
        return with_settings!(settings, settings => breaking(&settings)) + u64::from(may_lie);
    }
    let wrong = wrong(scenario);
    wrong.iter().map(Variant::key).collect::<BTreeSet<_>>().len() as u64
}

/// Every other right value that is tried of a scenario.
pub fn right(scenario: &Scenario) -> Vec<Variant> {
    if let Some(settings) = scenario.trial.design.settings() {
        let of_levels = levels::of(&scenario.trial.design, Soundness::Right);
        return [of_settings(&settings, Soundness::Right), of_levels].concat();
    }
    [mechanisms::right(), steps::of(scenario, Soundness::Right)].concat()
}

/// Every other value of the settings of a system that has a table of them.
fn of_settings(settings: &SystemSettings, soundness: Soundness) -> Vec<Variant> {
    let others = other_values(settings).into_iter();
    let meant = others.filter(|other| other.is_wrong == (soundness == Soundness::Wrong));
    let variant = |other: OtherValue| Variant {
        under: other.under,
        ..Variant::of(Setting::Mechanism(other.words))
    };
    // A log that forgets a record before the end of its window and the cut-off are over.
    let batch = match settings {
        SystemSettings::InMemory(settings) => settings.batch,
        SystemSettings::Transactions(_)
        | SystemSettings::Snapshot(_)
        | SystemSettings::MicroBatch(_) => None,
    };
    let too_short = batch.filter(|_| soundness == Soundness::Wrong).map(|batch| {
        let cut_off = Span(batch.cut_off);
        Variant::of(Setting::Mechanism(format!("retention = \"{cut_off}\"")))
    });
    meant.map(variant).chain(too_short).collect()
}

/// How many of these settings can be such that results are wrong.
fn breaking<T: HasTable>(settings: &T) -> u64 {
    settings.rows().into_iter().filter(|setting| settings.may_break(setting)).count() as u64
}

impl Variant {
    /// A value that stands under nothing and needs nothing.
    fn of(setting: Setting) -> Variant {
        Variant { setting, under: None, without: &[], needs: Needs::Nothing, is_rare: false }
    }

    /// The key that it sets, the first of several.
    pub fn key(&self) -> &str {
        let (Setting::Mechanism(keys) | Setting::Step { keys, .. }) = &self.setting;
        keys.split([' ', '=']).next().unwrap_or_default()
    }

    /// The value, as the file has it.
    pub fn value(&self) -> String {
        match &self.setting {
            Setting::Mechanism(mechanism) => mechanism.clone(),
            Setting::Step { step, keys } => format!("step {step}: {keys}"),
        }
    }

    /// The value, with what else is so: `ids = "fresh" (under outputs = "recompute")`.
    pub fn words(&self) -> String {
        match self.under {
            None => self.value(),
            Some(under) => format!("{} (under {under})", self.value()),
        }
    }

    /// All that it changes in a scenario.
    pub fn changes(&self) -> Changes {
        let base = self.base();
        match &self.setting {
            Setting::Mechanism(mechanism) => {
                let all: Vec<&str> = self.under.into_iter().chain([mechanism.as_str()]).collect();
                Changes { mechanism: Some(all.join(", ")), ..base }
            }
            Setting::Step { step, keys } => {
                Changes { steps: vec![format!("{step}: {keys}")], ..base }
            }
        }
    }

    /// What else must be so.
    fn base(&self) -> Changes {
        let (mechanism, without) = (self.under.map(str::to_owned), self.without.to_vec());
        Changes { mechanism, without, ..Changes::default() }
    }

    /// The scenario with only what else must be so, and the scenario with the value beside that; with all faults
    /// of the file, or with none of them.
    ///
    /// # Errors
    /// The scenario cannot have it: what is lacking.
    pub fn without_and_with(
        &self,
        scenario: &Scenario,
        bare: bool,
    ) -> Result<(Scenario, Scenario), &'static str> {
        let build = |bare| -> Result<_, ScenarioError> {
            let base = scenario.redesigned(&Changes { bare, ..self.base() })?;
            let with = scenario.redesigned(&Changes { bare, ..self.changes() })?;
            Ok((base, with))
        };
        build(bare).map_err(|_| match build(true) {
            Ok(_) if scenario.own_faults() > 0 => OTHER_FAULTS,
            Ok(_) | Err(_) => ANOTHER_SCENARIO,
        })
    }

    /// What a scenario with this plan and these kinds of faults lacks.
    pub fn lacks(&self, trial: &Trial, kinds: &[KindName]) -> Option<&'static str> {
        let (is_met, words) = match self.needs {
            Needs::Nothing => return None,
            Needs::Kind(kind) => (kinds.contains(&kind), kind.word()),
            Needs::Offsets => (has_offsets(trial), "sources at offsets"),
            Needs::Repeatable => (has_offsets(trial) && is_repeatable(trial), "repeatable steps"),
            Needs::Missing(words) => (false, words),
        };
        (!is_met).then_some(words)
    }
}

/// Whether no source reads a queue.
fn has_offsets(trial: &Trial) -> bool {
    let reads_queue = |kind: &StepKind| matches!(kind, StepKind::Source { queue: Some(_), .. });
    !trial.design.pipeline().steps().iter().any(|step| reads_queue(&step.kind))
}

/// Whether an output that is made again is the same as long as no function is made to differ.
fn is_repeatable(trial: &Trial) -> bool {
    trial.design.pipeline().steps().iter().all(|step| match &step.kind {
        StepKind::Source { watermark, .. } => *watermark == Progress::Perfect,
        // The answers of a coin are counted, and only a fault gives another one the second time.
        StepKind::Map(function) => !function.differs_by_itself(),
        StepKind::Reshuffle
        | StepKind::Count(_)
        | StepKind::Sum(_)
        | StepKind::CountGlobally(_)
        | StepKind::Sink(_) => true,
    })
}
