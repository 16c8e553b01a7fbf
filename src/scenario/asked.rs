//! What is asked of a scenario on the command line, in the letters of its file: mechanisms, keys of a step, faults.

use super::diagnostic::{Diagnostic, Source};
use super::explain::explain;
use super::faults;
use super::input::Inputs;
use super::mechanism::Mechanisms;
use super::raw::{self, At};
use super::write::document;
use onceproof_model::mechanism::Mechanism;
use onceproof_model::pipeline::{Pipeline, StepIndex};
use onceproof_sim::fault::Record;
use onceproof_sim::plan::Plan;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use toml_edit::{InlineTable, Item, Value};

/// Keys that one step is to have.
pub(super) struct AskedOfStep {
    pub step: StepIndex,
    pub keys: InlineTable,
}

/// Mechanisms with commas between them: what they mean, and as they are written.
///
/// # Errors
/// They are no mechanisms.
pub(super) fn mechanism(written: &str) -> Result<(Mechanism, InlineTable), Diagnostic> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        mechanism: raw::mechanism::Mechanism,
    }
    let line = format!("mechanism = {{ {written} }}\n");
    let (source, given) = read::<Line>("--mechanism", &line)?;
    let all = Mechanisms::default().overlaid(&source, Some(&given.mechanism))?.all;
    Ok((all, inline(&line, "mechanism")))
}

/// Keys with commas between them, the name of their step and a colon before them.
///
/// # Errors
/// There is no such step, or they are no keys with values.
pub(super) fn of_step(pipeline: &Pipeline, written: &str) -> Result<AskedOfStep, Diagnostic> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        step: At<toml::Table>,
    }
    let after_name = |name: &str| {
        let rest = written.strip_prefix(name).or(written.trim_start().strip_prefix(name));
        rest?.trim_start().strip_prefix(':')
    };
    // A name may have a colon in it, and begin with another name.
    let named = (0..)
        .zip(pipeline.steps())
        .filter_map(|(at, step)| Some((StepIndex(at), step.name.len(), after_name(&step.name)?)));
    let Some((step, _, keys)) = named.max_by_key(|&(_, length, _)| length) else {
        let source = Source { path: Path::new("--step"), text: written };
        let word = written.split(':').next().unwrap_or_default().trim();
        let known: Vec<&str> = pipeline.steps().iter().map(|step| step.name.as_str()).collect();
        let error = source.error(0..word.len(), "no step of this name before a colon");
        return Err(error.meant(word, &known));
    };
    let line = format!("step = {{ {keys} }}\n");
    let (source, given) = read::<Line>("--step", &line)?;
    if given.step.value.is_empty() {
        let error = source.error(given.step.span, "no key is changed");
        return Err(error.label("such as `table: write = \"append\"`"));
    }
    Ok(AskedOfStep { step, keys: inline(&line, "step") })
}

/// One exact fault, without the braces around it.
///
/// # Errors
/// It is no fault.
pub(super) fn fault(written: &str) -> Result<InlineTable, Diagnostic> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        fault: raw::fault::Fault,
    }
    let line = format!("fault = {{ {written} }}\n");
    let (source, given) = read::<Line>("--fault", &line)?;
    faults::kind(&source, &given.fault.r#do)?;
    Ok(inline(&line, "fault"))
}

/// The name of a record that a run of this plan may have, in the form that placed faults take.
///
/// # Errors
/// There can be no such record.
pub(super) fn record(plan: &Plan, written: &str) -> Result<Record, Diagnostic> {
    let source = Source { path: Path::new("--record"), text: written };
    let given = At { value: written.to_owned(), span: 0..written.len() };
    super::record::record(&source, &plan.pipeline, &Inputs::of_plan(plan), &given)
}

/// Reads a line that stands for the value of an option.
fn read<'a, T: DeserializeOwned>(
    option: &'a str,
    line: &'a str,
) -> Result<(Source<'a>, T), Diagnostic> {
    let source = Source { path: Path::new(option), text: line };
    let given = toml::from_str(line).map_err(|error| explain(&source, &error))?;
    Ok((source, given))
}

/// The table of a line that was read before.
fn inline(line: &str, key: &str) -> InlineTable {
    match document(line).remove(key) {
        Some(Item::Value(Value::InlineTable(table))) => table,
        _ => InlineTable::new(),
    }
}
