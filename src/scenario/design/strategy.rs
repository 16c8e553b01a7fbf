//! `strategy`: which system is simulated, with which of its settings. A file may have the tables of other strategies
//! beside its own: they are checked, and say how its pipeline is run where strategies are compared.

use super::settings::{self, OtherValue, overlay};
use super::steps::{Parts, checked, parts};
use crate::scenario::form::raw::settings::{
    AtLeastOnce, BestEffort, Given, Lambda, MicroBatch, Snapshot, Transactions,
};
use crate::scenario::form::raw::{self, At, Strategy};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::wrong::error::Errors;
use crate::scenario::wrong::graph_error::graph_error;
use onceproof_model::in_memory;
use onceproof_model::in_memory::settings::{Approach, Settings};
use onceproof_model::micro_batch;
use onceproof_model::pipeline::Step;
use onceproof_model::snapshot;
use onceproof_model::stream::Refused;
use onceproof_model::transactions;
use onceproof_systems::{Design, SystemSettings, with_settings};

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
    let transactions = file.transactions.as_ref().map(|Transactions(given)| given);
    let snapshot = file.snapshot.as_ref().map(|Snapshot(given)| given);
    let micro_batch = file.micro_batch.as_ref().map(|MicroBatch(given)| given);
    let mut of = |approach: Approach, given| {
        let first = SystemSettings::InMemory(Settings::of(approach));
        errors.keep_all(settings_of(source, first, given))
    };
    let best_effort = of(Approach::BestEffort, best_effort);
    let at_least_once = of(Approach::AtLeastOnce, at_least_once);
    let lambda = of(Approach::Lambda, lambda);
    let first = SystemSettings::Transactions(transactions::settings::Settings::FIRST);
    let transactions = errors.keep_all(settings_of(source, first, transactions));
    let first = SystemSettings::Snapshot(snapshot::settings::Settings::FIRST);
    let snapshot = errors.keep_all(settings_of(source, first, snapshot));
    let first = SystemSettings::MicroBatch(micro_batch::settings::Settings::FIRST);
    let micro_batch = errors.keep_all(settings_of(source, first, micro_batch));
    errors.keep(check_levels(source, file));
    let parts = errors.keep_all(parts(source, file));
    let made = parts.and_then(|parts| {
        errors.keep(match file.strategy {
            Strategy::Dataflow | Strategy::DataflowAtLeastOnce => {
                checked(source, &file.step, parts).map(Design::Dataflow)
            }
            Strategy::BestEffort => with_table(source, file, parts, best_effort?),
            Strategy::AtLeastOnce => with_table(source, file, parts, at_least_once?),
            Strategy::Lambda => with_table(source, file, parts, lambda?),
            Strategy::Transactions => with_table(source, file, parts, transactions?),
            Strategy::Snapshot => with_table(source, file, parts, snapshot?),
            Strategy::MicroBatch => with_table(source, file, parts, micro_batch?),
        })
    });
    errors.end(made)
}

/// The settings of a strategy, where its table may say something.
fn settings_of(
    source: &Source<'_>,
    first: SystemSettings,
    given: Option<&Given>,
) -> Result<SystemSettings, Vec<Diagnostic>> {
    match given {
        Some(given) => overlaid(source, first, given),
        None => Ok(first),
    }
}

/// Settings with what a table says over them.
///
/// # Errors
/// A key that the strategy does not have, or a value that the key cannot have.
pub(in crate::scenario) fn overlaid(
    source: &Source<'_>,
    mut all: SystemSettings,
    given: &Given,
) -> Result<SystemSettings, Vec<Diagnostic>> {
    let word = word(&all);
    with_settings!(&mut all, settings => overlay(source, word, given, settings)?);
    let timeout = given.0.iter().find(|(key, _)| key.value == "speed.timeout");
    if let (SystemSettings::InMemory(settings), Some((key, _))) = (&all, timeout)
        && !settings.tracks()
    {
        let error = source.error(key.span.clone(), "a speed leg that waits for nothing");
        return Err(vec![error.label("`best-effort` sends each record once")]);
    }
    Ok(all)
}

/// The name of the strategy that has these settings, and of its table.
pub fn word(settings: &SystemSettings) -> &'static str {
    match settings {
        SystemSettings::InMemory(settings) => match settings.approach() {
            Approach::BestEffort => Strategy::BestEffort.word(),
            Approach::AtLeastOnce => Strategy::AtLeastOnce.word(),
            Approach::Lambda => Strategy::Lambda.word(),
        },
        SystemSettings::Transactions(_) => Strategy::Transactions.word(),
        SystemSettings::Snapshot(_) => Strategy::Snapshot.word(),
        SystemSettings::MicroBatch(_) => Strategy::MicroBatch.word(),
    }
}

/// The design of a strategy with settings.
fn with_table(
    source: &Source<'_>,
    file: &raw::File,
    parts: Parts,
    settings: SystemSettings,
) -> Result<Design, Diagnostic> {
    let steps = parts.into_iter().zip(&file.step);
    let may_fuse = |raw: &raw::Step| {
        raw.shards.is_none() && !raw.stable_input.as_ref().is_some_and(|given| given.value)
    };
    let steps: Vec<(Step, bool)> =
        steps.map(|((step, _), raw)| (step, may_fuse(&raw.value))).collect();
    let made = match settings {
        SystemSettings::InMemory(settings) => {
            check_names(source, file, |name| {
                in_memory::Design::beside_with(&settings).any(|process| process == name)
            })?;
            check_lateness(source, file, &settings)?;
            in_memory::Design::new(steps, settings).map(Design::InMemory)
        }
        SystemSettings::Transactions(settings) => {
            check_names(source, file, transactions::Design::is_beside)?;
            transactions::Design::new(steps, settings).map(Design::Transactions)
        }
        SystemSettings::Snapshot(settings) => {
            check_names(source, file, snapshot::Design::is_beside)?;
            snapshot::Design::new(steps, settings).map(Design::Snapshot)
        }
        SystemSettings::MicroBatch(settings) => {
            check_names(source, file, micro_batch::Design::is_beside)?;
            let levels = file.step.iter().map(|raw| raw.value.level.as_ref().map(|at| at.value.0));
            let with_level = |((step, may_fuse), level): ((Step, bool), _)| (step, may_fuse, level);
            let steps = steps.into_iter().zip(levels).map(with_level).collect();
            micro_batch::Design::new(steps, settings).map(Design::MicroBatch)
        }
    };
    made.map_err(|refused| match refused {
        Refused::Graph(error) => graph_error(source, &file.step, &error),
        Refused::Step { step, what, why } => {
            let strategy = word(&settings);
            let raw::Step { name, write, .. } = &file.step[step.at()].value;
            let error = source.error(name.span.clone(), format!("`{strategy}` cannot have {what}"));
            let error = error.label(why);
            match write {
                Some(_) => error.help(format!(
                    "leave `write` out; how results are written is set in `[{strategy}]`"
                )),
                None => error,
            }
        }
    })
}

/// Only a strategy that computes anew what is lost asks how far a step makes the same.
fn check_levels(source: &Source<'_>, file: &raw::File) -> Result<(), Diagnostic> {
    let mut levels = file.step.iter().filter_map(|step| step.value.level.as_ref());
    match levels.next().filter(|_| file.strategy != Strategy::MicroBatch) {
        None => Ok(()),
        Some(level) => {
            let title = format!("`{}` has no `level`", file.strategy.word());
            let error = source.error(source.key_of(&level.span), title);
            Err(error.label("`micro-batch` has one"))
        }
    }
}

/// A step does not have the name of a process beside the steps.
fn check_names(
    source: &Source<'_>,
    file: &raw::File,
    is_beside: impl Fn(&str) -> bool,
) -> Result<(), Diagnostic> {
    for At { value: step, .. } in &file.step {
        let name = step.name.value.as_str();
        if is_beside(name) {
            let title = format!("{} cannot name a step here", quote(name));
            let error = source.error(step.name.span.clone(), title);
            return Err(error.label("a process of the strategy has this name"));
        }
    }
    Ok(())
}

/// A batch leg has a time by which a record is there or not.
fn check_lateness(
    source: &Source<'_>,
    file: &raw::File,
    settings: &Settings,
) -> Result<(), Diagnostic> {
    let mut late = file.step.iter().filter_map(|step| step.value.lateness.as_ref());
    if let (Some(_), Some(lateness)) = (&settings.batch, late.next()) {
        let span = source.key_of(&lateness.span);
        let error = source.error(span, "`lambda` has no `lateness`");
        return Err(error.label("its batch leg has a `cut-off`, and its speed leg a `keep`"));
    }
    Ok(())
}

/// The settings that are not those that their strategy begins with, each as `key = value`.
pub fn given_settings(settings: &SystemSettings) -> Vec<String> {
    with_settings!(settings, settings => settings::given(settings))
}

/// Every value of every setting of a strategy, but for those that it has.
pub fn other_values(settings: &SystemSettings) -> Vec<OtherValue> {
    with_settings!(settings, settings => settings::others(settings))
}
