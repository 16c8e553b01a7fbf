//! `strategy`: which system is simulated, with which of its settings. A file may have the tables of other strategies
//! beside its own: they are checked, and say how its pipeline is run where strategies are compared.

use super::settings::{self, overlay};
use super::steps::{Parts, checked, parts};
use crate::scenario::form::raw::settings::{AtLeastOnce, BestEffort, Given, Lambda};
use crate::scenario::form::raw::{self, At, Strategy};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::wrong::error::Errors;
use crate::scenario::wrong::graph_error::graph_error;
use onceproof_model::in_memory::settings::{Approach, Settings};
use onceproof_model::in_memory::{self, Refused};
use onceproof_model::setting::{SettingValue, Worth};
use onceproof_systems::Design;

/// The design that a file states.
///
/// # Errors
/// All that is wrong with its steps, its mechanisms and its settings.
pub(in crate::scenario) fn design(
    source: &Source<'_>,
    file: &raw::File,
) -> Result<Design, Vec<Diagnostic>> {
    let mut errors = Errors::default();
    let best_effort = file.best_effort.as_ref().map(|BestEffort(given)| given);
    let at_least_once = file.at_least_once.as_ref().map(|AtLeastOnce(given)| given);
    let lambda = file.lambda.as_ref().map(|Lambda(given)| given);
    let best_effort = errors.keep_all(settings_of(source, Approach::BestEffort, best_effort));
    let at_least_once = errors.keep_all(settings_of(source, Approach::AtLeastOnce, at_least_once));
    let lambda = errors.keep_all(settings_of(source, Approach::Lambda, lambda));
    let parts = errors.keep_all(parts(source, file));
    let made = parts.and_then(|parts| {
        errors.keep(match file.strategy {
            Strategy::Dataflow | Strategy::DataflowAtLeastOnce => {
                checked(source, &file.step, parts).map(Design::Dataflow)
            }
            Strategy::BestEffort => in_memory(source, file, parts, best_effort?),
            Strategy::AtLeastOnce => in_memory(source, file, parts, at_least_once?),
            Strategy::Lambda => in_memory(source, file, parts, lambda?),
        })
    });
    errors.end(made)
}

/// The settings of a strategy that counts in memory.
fn settings_of(
    source: &Source<'_>,
    approach: Approach,
    given: Option<&Given>,
) -> Result<Settings, Vec<Diagnostic>> {
    match given {
        Some(given) => overlaid(source, Settings::of(approach), given),
        None => Ok(Settings::of(approach)),
    }
}

/// Settings with what a table says over them.
///
/// # Errors
/// A key that the strategy does not have, or a value that the key cannot have.
pub(in crate::scenario) fn overlaid(
    source: &Source<'_>,
    mut settings: Settings,
    given: &Given,
) -> Result<Settings, Vec<Diagnostic>> {
    let table: Vec<_> = Settings::table(settings.approach()).collect();
    overlay(source, word(settings.approach()), given, &table, &mut settings)?;
    let timeout = given.0.iter().find(|(key, _)| key.value == "speed.timeout");
    if let (Some((key, _)), false) = (timeout, settings.tracks()) {
        let error = source.error(key.span.clone(), "a speed leg that waits for nothing");
        return Err(vec![error.label("`best-effort` sends each record once")]);
    }
    Ok(settings)
}

/// The name of a strategy that counts in memory.
pub(in crate::scenario) fn word(approach: Approach) -> &'static str {
    match approach {
        Approach::BestEffort => Strategy::BestEffort.word(),
        Approach::AtLeastOnce => Strategy::AtLeastOnce.word(),
        Approach::Lambda => Strategy::Lambda.word(),
    }
}

fn in_memory(
    source: &Source<'_>,
    file: &raw::File,
    parts: Parts,
    settings: Settings,
) -> Result<Design, Diagnostic> {
    for At { value: step, .. } in &file.step {
        let name = step.name.value.as_str();
        if in_memory::Design::beside_with(&settings).any(|process| process == name) {
            let title = format!("{} cannot name a step here", quote(name));
            let error = source.error(step.name.span.clone(), title);
            return Err(error.label("a process of the strategy has this name"));
        }
    }
    let mut late = file.step.iter().filter_map(|step| step.value.lateness.as_ref());
    if let (Some(_), Some(lateness)) = (&settings.batch, late.next()) {
        let span = source.key_of(&lateness.span);
        let error = source.error(span, "`lambda` has no `lateness`");
        return Err(error.label("its batch leg has a `cut-off`, and its speed leg a `keep`"));
    }
    let steps = parts.into_iter().zip(&file.step);
    let may_fuse = |raw: &raw::Step| {
        raw.shards.is_none() && !raw.stable_input.as_ref().is_some_and(|given| given.value)
    };
    let steps = steps.map(|((step, _), raw)| (step, may_fuse(&raw.value))).collect();
    let made = in_memory::Design::new(steps, settings);
    made.map(Design::InMemory).map_err(|refused| match refused {
        Refused::Graph(error) => graph_error(source, &file.step, &error),
        Refused::Step { step, what, why } => {
            let strategy = word(settings.approach());
            let name = &file.step[step.at()].value.name;
            let error = source.error(name.span.clone(), format!("`{strategy}` cannot have {what}"));
            error.label(why)
        }
    })
}

/// The settings of a strategy that counts in memory that are not those it begins with, each as `key = value`.
pub fn given_settings(settings: &Settings) -> Vec<String> {
    let approach = settings.approach();
    settings::given(Settings::table(approach), settings, &Settings::of(approach))
}

/// Another value of a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherValue {
    /// As a scenario writes it: `ack = "on-receipt"`.
    pub words: String,
    /// Whether it is there to be found wrong, or promises less than another one.
    pub is_wrong: bool,
    /// Other settings with which it matters, where it does not without them.
    pub under: Option<&'static str>,
}

/// Every value of every setting of a strategy that counts in memory, but for those that it has.
pub fn other_values(settings: &Settings) -> Vec<OtherValue> {
    let mut others = Vec::new();
    for setting in Settings::table(settings.approach()) {
        for (at, choice) in setting.choices.iter().enumerate() {
            let value = SettingValue::Choice(at);
            if value != (setting.get)(settings) {
                let words = settings::in_words(setting, value);
                others.push(OtherValue {
                    words,
                    is_wrong: settings.worth(setting, choice) != Worth::Right,
                    under: choice.under,
                });
            }
        }
    }
    others
}
