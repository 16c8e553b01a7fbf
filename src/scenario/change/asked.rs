//! Mechanisms that are asked of a scenario, in the letters of its file; how such a line is read.

use super::typed::{Line, Typed, without_value};
use super::write::document;
use crate::scenario::ScenarioError;
use crate::scenario::design::mechanism::Mechanisms;
use crate::scenario::form::raw::{self, Strategy};
use crate::scenario::form::reading;
use crate::scenario::wrong::diagnostic::{Diagnostic, quote};
use onceproof_model::dataflow::mechanism::Mechanism;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml_edit::{InlineTable, Item, Value};

/// What mechanisms mean that are written with commas between them.
///
/// # Errors
/// They are no mechanisms.
pub fn mechanisms(written: &str) -> Result<Mechanism, ScenarioError> {
    Ok(mechanism(written).map_err(ScenarioError::Bad)?.0)
}

/// Mechanisms with commas between them: what they mean, and as they are written.
///
/// # Errors
/// All that is wrong with them.
pub(in crate::scenario) fn mechanism(
    written: &str,
) -> Result<(Mechanism, InlineTable), Vec<Diagnostic>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        mechanism: raw::mechanism::Mechanism,
    }
    let typed = Typed { option: "--mechanism", written, keys_at: 0 };
    let line = typed.line("mechanism");
    let given: Asked = read(&typed, &line, "such as `dedup = \"off\"`")?;
    let all = Mechanisms::of(Strategy::Dataflow).overlaid(&line.source(), Some(&given.mechanism));
    let all = all.map_err(|error| vec![typed.shown(error, &line)])?.all;
    Ok((all, inline(&line.text, "mechanism")))
}

/// Reads a line that stands for the value of an option. `such_as` says how a key and its value look.
pub(super) fn read<T: DeserializeOwned>(
    typed: &Typed<'_>,
    line: &Line,
    such_as: &str,
) -> Result<T, Vec<Diagnostic>> {
    if let Some(key) = without_value(typed.keys()) {
        let (start, end) = (typed.keys_at + key.start, typed.keys_at + key.end);
        let title = format!("{} has no value", quote(&typed.keys()[key]));
        return Err(vec![typed.source().error(start..end, title).label(such_as)]);
    }
    let source = line.source();
    let read =
        reading::table(&source).and_then(|table| reading::read(&source, table, Vec::new(), &[]));
    read.map_err(|wrong| wrong.into_iter().map(|error| typed.shown(error, line)).collect())
}

/// The table of a line that was read before.
pub(super) fn inline(line: &str, key: &str) -> InlineTable {
    match document(line).remove(key) {
        Some(Item::Value(Value::InlineTable(table))) => table,
        _ => InlineTable::new(),
    }
}
