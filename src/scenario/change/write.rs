//! Writing: exact faults in the form of the file, and a failure as a file of its own. A saved failure is
//! the file that it came from, with its layout and comments, with a seed and exact faults instead of odds.

use crate::printable::{printable, printable_styled};
use crate::scenario::Scenario;
use crate::scenario::demand::stated::Figure;
use crate::scenario::rows::csv;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::time::Span;
use onceproof_sim::fault::kind::{Parameter, Takes};
use onceproof_sim::fault::place::Field;
use onceproof_sim::fault::{Fault, Kind};
use onceproof_sim::outcome::Classes;
use onceproof_sim::plan::SideEffects;
use onceproof_systems::Trial;
use std::path::{Component, Path, PathBuf};
use toml_edit::visit_mut::{VisitMut, visit_inline_table_mut};
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Key, RawString, Table, TableLike, Value,
};

/// One fault in the form of a scenario file: what stands after `at =` and after `do =`.
pub struct FaultText {
    /// The place: `{ to = "per-user", record = "events/0#1", attempt = 1 }`.
    pub at: String,
    /// What happens there: `"drop-ack"`, `{ crash = { restart = "50ms" } }`.
    pub what: String,
}

/// One exact fault as `{ "at": …, "do": … }`, with the same keys and values as in a scenario file.
pub fn fault_to_json(fault: &Fault, trial: &Trial) -> serde_json::Value {
    let at: serde_json::Map<String, serde_json::Value> = fault
        .at
        .fields(trial.layout())
        .into_iter()
        .map(|(key, field)| (key.to_owned(), json(field)))
        .collect();
    serde_json::json!({ "at": at, "do": kind_to_json(&fault.kind) })
}

/// A kind of fault with its parameters, as it stands after `do` in a scenario file.
pub fn kind_to_json(kind: &Kind) -> serde_json::Value {
    let word = kind.name().word();
    let parameters = parameters(kind);
    match parameters.is_empty() {
        true => serde_json::Value::from(word),
        false => {
            let parameters: serde_json::Map<_, _> =
                parameters.into_iter().map(|(key, field)| (key.to_owned(), json(field))).collect();
            serde_json::json!({ word: parameters })
        }
    }
}

/// One exact fault on one line: `at = { to = "per-user", attempt = 1 }, do = "drop-ack"`.
pub fn fault_on_a_line(fault: &Fault, layout: &Layout) -> String {
    let (at, what) = values(fault, layout);
    format!("at = {}, do = {what}", Value::from(at))
}

/// Exact faults as the `[[fault]]` tables of a scenario file.
pub fn faults_as_toml(faults: &[Fault], layout: &Layout) -> String {
    let mut document = DocumentMut::new();
    document.insert("fault", Item::ArrayOfTables(tables(faults, layout)));
    document.to_string()
}

impl Scenario {
    /// One exact fault as a scenario file writes it.
    pub fn fault_to_toml(&self, fault: &Fault) -> FaultText {
        let (at, what) = values(fault, self.trial.layout());
        FaultText { at: Value::from(at).to_string(), what: what.to_string() }
    }

    /// The text of a file that holds this failure alone: the same file with this seed, these exact faults
    /// and no odds, that expects these classes. Files that it names are found from where it will be.
    pub fn saved_failure(
        &self,
        seed: Option<u64>,
        faults: &[Fault],
        classes: Classes,
        destination: &Path,
    ) -> String {
        let mut document = document(&self.text);
        let root = document.as_table_mut();
        root.remove("faults");
        root.remove("fault");
        // All that are written down have fired.
        root.remove("unfired");
        match seed {
            Some(seed) => set(root, "seed", seed.to_string().into()),
            None => {
                root.remove("seed");
            }
        }
        set(root, "expect", expectation(classes, self.trial.plan.side_effects));
        if let Some(input) = root.get_mut("input").and_then(Item::as_table_like_mut) {
            self.move_csv(input, destination);
        }
        match root.get_mut("step") {
            Some(Item::ArrayOfTables(steps)) => {
                for step in steps.iter_mut() {
                    self.move_csv_of_step(step, destination);
                }
            }
            Some(Item::Value(Value::Array(steps))) => {
                for step in steps.iter_mut().filter_map(Value::as_inline_table_mut) {
                    self.move_csv_of_step(step, destination);
                }
            }
            _ => {}
        }
        if !faults.is_empty() {
            let mut tables = tables(faults, self.trial.layout());
            if let Some(first) = tables.get_mut(0) {
                first.decor_mut().set_prefix("\n");
            }
            document.insert("fault", Item::ArrayOfTables(tables));
        }
        Plain.visit_document_mut(&mut document);
        document.to_string()
    }

    fn move_csv_of_step(&self, step: &mut dyn TableLike, destination: &Path) {
        if let Some(input) = step.get_mut("input").and_then(Item::as_table_like_mut) {
            self.move_csv(input, destination);
        }
    }

    /// Makes the path of a csv input one that is right from the destination.
    fn move_csv(&self, input: &mut dyn TableLike, destination: &Path) {
        let Some(csv) = input.get_mut("csv").and_then(Item::as_table_like_mut) else {
            return;
        };
        let Some(path) = csv.get("path").and_then(Item::as_str) else {
            return;
        };
        if Path::new(path).is_absolute() {
            return;
        }
        let file = csv::path(&self.path, path);
        let from = destination.parent().unwrap_or(Path::new(""));
        set(csv, "path", relative(&file, from).into());
    }
}

/// The text of a scenario that was read.
pub(in crate::scenario) fn document(text: &str) -> DocumentMut {
    match text.parse() {
        Ok(document) => document,
        // The reader of the file has read this text before.
        Err(error) => unreachable!("a scenario that was read is TOML: {error}"),
    }
}

/// Takes out what is stated of the ledger, since it is no longer true.
pub(in crate::scenario) fn forget_ledger(document: &mut DocumentMut) {
    let Some(table) = document.get_mut("expect").and_then(Item::as_table_like_mut) else { return };
    for key in Figure::ALL.map(Figure::word).into_iter().chain(["rows-skipped", "results"]) {
        table.remove(key);
    }
    if table.is_empty() {
        table.insert("holds", Item::Value("exactly-once".into()));
    }
}

/// The steps of a scenario as tables, however they are written.
#[cfg(feature = "cli")]
pub(in crate::scenario) fn step_tables(document: &DocumentMut) -> Vec<Table> {
    match document.get("step") {
        Some(Item::ArrayOfTables(steps)) => steps.iter().cloned().collect(),
        Some(Item::Value(Value::Array(steps))) => {
            let inline = steps.iter().filter_map(Value::as_inline_table);
            inline.cloned().map(InlineTable::into_table).collect()
        }
        _ => Vec::new(),
    }
}

/// Every step, with its number.
pub(in crate::scenario) fn each_step(
    document: &mut DocumentMut,
    each: &mut dyn FnMut(StepIndex, &mut dyn TableLike),
) {
    match document.get_mut("step") {
        Some(Item::ArrayOfTables(steps)) => {
            for (at, step) in steps.iter_mut().enumerate() {
                each(StepIndex(at as u16), step);
            }
        }
        Some(Item::Value(Value::Array(steps))) => {
            let steps = steps.iter_mut().filter_map(Value::as_inline_table_mut);
            for (at, step) in steps.enumerate() {
                each(StepIndex(at as u16), step);
            }
        }
        _ => {}
    }
}

/// Sets a value, and keeps what stood around the old one.
pub(in crate::scenario) fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        _ => {
            table.remove(key);
            table.insert(key, Item::Value(value));
        }
    }
}

fn expectation(classes: Classes, side_effects: SideEffects) -> Value {
    let words: Vec<&str> = classes.iter().map(|class| class.word()).collect();
    let (key, found): (&str, Value) = match words.as_slice() {
        [] => ("holds", "exactly-once".into()),
        [word] => ("violates", (*word).into()),
        words => ("violates", words.iter().copied().collect::<Array>().into()),
    };
    let mut table = InlineTable::new();
    let SideEffects { at_most, newest } = side_effects;
    let mut demands = InlineTable::new();
    if let Some(most) = at_most {
        demands.insert("at-most", i64::from(most).into());
    }
    if newest {
        demands.insert("newest", true.into());
    }
    if !demands.is_empty() {
        table.insert("side-effects", demands.into());
    } else if words.is_empty() {
        return found;
    }
    table.insert(key, found);
    table.into()
}

fn tables(faults: &[Fault], layout: &Layout) -> ArrayOfTables {
    let table = |fault: &Fault| {
        let (at, what) = values(fault, layout);
        let mut table = Table::new();
        table.insert("at", Item::Value(at.into()));
        table.insert("do", Item::Value(what));
        table
    };
    faults.iter().map(table).collect()
}

/// What stands after `at =` and after `do =`.
fn values(fault: &Fault, layout: &Layout) -> (InlineTable, Value) {
    let at = inline(fault.at.fields(layout));
    let word = fault.kind.name().word();
    let parameters = parameters(&fault.kind);
    let what = match parameters.is_empty() {
        true => word.into(),
        false => {
            let mut table = InlineTable::new();
            table.insert(word, inline(parameters).into());
            table.into()
        }
    };
    (at, what)
}

fn inline(fields: Vec<(&'static str, Field)>) -> InlineTable {
    let mut table = InlineTable::new();
    for (key, field) in fields {
        let value = match field {
            Field::Text(text) => text.into(),
            Field::Number(number) => i64::try_from(number).unwrap_or(i64::MAX).into(),
        };
        table.insert(key, value);
    }
    table
}

fn json(field: Field) -> serde_json::Value {
    match field {
        Field::Text(text) => text.into(),
        Field::Number(number) => number.into(),
    }
}

/// The parameters of a kind as a file writes them. What every fault of the kind has by default is left
/// out where it is a choice, and written where it is a length.
fn parameters(kind: &Kind) -> Vec<(&'static str, Field)> {
    let (mut kind, row) = (*kind, kind.name().row());
    let mut default = row.default;
    let (own, default) = (kind.parts(), default.parts());
    let word = |word: &str| Field::Text(word.to_owned());
    let length = || own.length.as_ref().map(|length| word(&Span(**length).to_string()));
    let written = |parameter: &Parameter| match parameter.takes {
        Takes::Length => length(),
        Takes::Step(way) => length().filter(|_| own.way.as_deref() == Some(&way)),
        Takes::Leg if own.leg == default.leg => None,
        Takes::Leg => own.leg.as_ref().map(|leg| word(leg.word())),
        Takes::Direction if own.direction == default.direction => None,
        Takes::Direction => own.direction.as_ref().map(|direction| word(direction.word())),
        Takes::Answer => own.answer.as_ref().map(|answer| Field::Number(u64::from(**answer))),
    };
    let parameters = row.parameters.iter();
    parameters.filter_map(|parameter| Some((parameter.key, written(parameter)?))).collect()
}

/// A path to a file as seen from a directory, with `/` between its parts.
fn relative(file: &Path, directory: &Path) -> String {
    let absolute = |path: &Path| {
        let path = match path.as_os_str().is_empty() {
            true => Path::new("."),
            false => path,
        };
        let real = path.canonicalize().or_else(|_| std::path::absolute(path));
        real.unwrap_or_else(|_| path.to_owned())
    };
    let (file, directory) = (absolute(file), absolute(directory));
    let shared = file.components().zip(directory.components()).take_while(|(a, b)| a == b).count();
    let begins_alike =
        file.components().zip(directory.components()).next().is_some_and(|(a, b)| a == b);
    if !begins_alike {
        return file.to_string_lossy().into_owned();
    }
    let up = directory.components().skip(shared).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(file.components().skip(shared)).collect();
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Makes what TOML 1.1 allows and 1.0 does not into what both allow: line breaks, comments and a last
/// comma within an inline table, and two escapes. Texts that hold what nobody would see are written with escapes.
pub(in crate::scenario) struct Plain;

impl VisitMut for Plain {
    fn visit_inline_table_mut(&mut self, table: &mut InlineTable) {
        let spreads = |raw: Option<&RawString>| {
            raw.and_then(RawString::as_str).is_some_and(|text| text.contains('\n'))
        };
        let key_spreads = |key: &Key| {
            let decor = key.leaf_decor();
            spreads(decor.prefix()) || spreads(decor.suffix())
        };
        let value_spreads =
            |value: &Value| spreads(value.decor().prefix()) || spreads(value.decor().suffix());
        let entries_spread = table
            .iter()
            .filter_map(|(key, value)| table.key(key).map(|key| (key, value)))
            .any(|(key, value)| key_spreads(key) || value_spreads(value));
        if entries_spread || spreads(Some(table.trailing())) || table.trailing_comma() {
            table.fmt();
            table.set_trailing("");
            table.set_trailing_comma(false);
        }
        visit_inline_table_mut(self, table);
    }

    fn visit_value_mut(&mut self, value: &mut Value) {
        if let Value::String(text) = value {
            let written = text.as_repr().and_then(|repr| repr.as_raw().as_str());
            let shown = written.unwrap_or(text.value());
            let is_hidden = printable_styled(shown) != shown;
            let has_new_escape =
                written.is_some_and(|written| written.starts_with('"') && has_new_escape(written));
            if is_hidden || has_new_escape {
                let decor = text.decor().clone();
                *value = basic(text.value());
                *value.decor_mut() = decor;
            }
        }
        toml_edit::visit_mut::visit_value_mut(self, value);
    }
}

fn has_new_escape(written: &str) -> bool {
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' && matches!(letters.next(), Some('e' | 'x')) {
            return true;
        }
    }
    false
}

/// A text as TOML 1.0 writes it, in which everything shows itself.
fn basic(text: &str) -> Value {
    let shown = printable_styled(text) == text;
    let escaped = printable(&text.replace('\\', "\\\\").replace('"', "\\\""));
    match format!("\"{escaped}\"").parse() {
        Ok(value) if !shown => value,
        Ok(_) | Err(_) => text.into(),
    }
}
