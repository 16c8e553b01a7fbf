//! What else is asked of a scenario on the command line, in the letters of its file: settings, keys of a step, faults.

use super::asked::{inline, read};
use super::typed::Typed;
use crate::scenario::design::strategy;
use crate::scenario::form::raw::expect::Entries;
use crate::scenario::form::raw::mechanism::MechanismKey;
use crate::scenario::form::raw::settings::Given;
use crate::scenario::form::raw::{self, At};
use crate::scenario::rows::input::Inputs;
use crate::scenario::schedule::faults;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::fault::About;
use onceproof_systems::{Design, SystemSettings, Trial};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::Path;
use toml_edit::{InlineTable, Value};

/// Keys that one step is to have.
pub(in crate::scenario) struct AskedOfStep {
    pub step: StepIndex,
    pub keys: InlineTable,
    /// Where they begin in what was written.
    pub keys_at: usize,
}

impl AskedOfStep {
    /// Whether this mechanism is asked for, by itself or in the table of another.
    pub fn has(&self, key: MechanismKey) -> bool {
        let own = self.keys.get("mechanism").and_then(Value::as_inline_table);
        own.is_some_and(|own| asks_for(own, key))
    }
}

/// Whether this mechanism is asked for in a table of them, by itself or in the table of another.
pub(in crate::scenario) fn asks_for(asked: &InlineTable, key: MechanismKey) -> bool {
    let mut tables = asked.iter().filter_map(|(_, value)| value.as_inline_table());
    asked.contains_key(key.row) || tables.any(|table| table.contains_key(key.row))
}

/// Settings of a strategy with commas between them, with the name of their table.
///
/// # Errors
/// All that is wrong with them.
pub(in crate::scenario) fn settings(
    settings: SystemSettings,
    written: &str,
) -> Result<(&'static str, InlineTable), Vec<Diagnostic>> {
    let table = strategy::word(&settings);
    let typed = Typed { option: "--mechanism", written, keys_at: 0 };
    let line = typed.line(table);
    let asked: Entries<Given> = read(&typed, &line, "such as `distinct = true`")?;
    for (_, given) in &asked.0 {
        let checked = strategy::overlaid(&line.source(), settings, given);
        checked.map_err(|wrong| -> Vec<Diagnostic> {
            wrong.into_iter().map(|error| typed.shown(error, &line)).collect()
        })?;
    }
    Ok((table, inline(&line.text, table)))
}

/// Keys with commas between them, the name of their step and a colon before them.
///
/// # Errors
/// There is no such step, or all that is wrong with its keys and values.
pub(in crate::scenario) fn of_step(
    design: &Design,
    written: &str,
) -> Result<AskedOfStep, Vec<Diagnostic>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        step: At<Entries<IgnoredAny>>,
    }
    let after_name = |name: &str| {
        let rest = written.strip_prefix(name).or(written.trim_start().strip_prefix(name));
        rest?.trim_start().strip_prefix(':')
    };
    // A name may have a colon in it, and begin with another name.
    let named = (0..)
        .zip(design.pipeline().steps())
        .filter_map(|(at, step)| Some((StepIndex(at), step.name.len(), after_name(&step.name)?)));
    let Some((step, _, keys)) = named.max_by_key(|&(_, length, _)| length) else {
        let source = Source { path: Path::new("--step"), text: written };
        let word = written.split(':').next().unwrap_or_default().trim();
        let known: Vec<&str> =
            design.pipeline().steps().iter().map(|step| step.name.as_str()).collect();
        let error = source.error(0..word.len(), "no step of this name before a colon");
        return Err(vec![error.meant(word, &known)]);
    };
    let keys_at = written.len() - keys.len();
    let typed = Typed { option: "--step", written, keys_at };
    let line = typed.line("step");
    let given: Asked = read(&typed, &line, "such as `window = \"1m\"`")?;
    if given.step.value.0.is_empty() {
        let error = line.source().error(given.step.span, "no key is changed");
        let error = error.label("such as `table: write = \"append\"`");
        return Err(vec![typed.shown(error, &line)]);
    }
    Ok(AskedOfStep { step, keys: inline(&line.text, "step"), keys_at })
}

/// One exact fault, without the braces around it.
///
/// # Errors
/// All that is wrong with it.
pub(in crate::scenario) fn fault(written: &str) -> Result<InlineTable, Vec<Diagnostic>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        fault: raw::fault::Fault,
    }
    let typed = Typed { option: "--fault", written, keys_at: 0 };
    let line = typed.line("fault");
    let given: Asked = read(&typed, &line, "a fault has `at = { … }` and `do = \"drop-ack\"`")?;
    let kind = faults::kind(&line.source(), &given.fault.r#do);
    kind.map_err(|error| vec![typed.shown(error, &line)])?;
    Ok(inline(&line.text, "fault"))
}

/// The name of a record that a run of this plan may have, in the form that placed faults take.
///
/// # Errors
/// There can be no such record.
pub(in crate::scenario) fn record(trial: &Trial, written: &str) -> Result<About, Diagnostic> {
    let source = Typed { option: "--record", written, keys_at: 0 }.source();
    let given = At { value: written.to_owned(), span: 0..written.len() };
    crate::scenario::schedule::record::record(
        &source,
        &trial.design,
        &Inputs::of_plan(trial),
        &given,
    )
}
