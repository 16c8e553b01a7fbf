//! Editing a scenario as a text: its input written out, fewer rows, fewer shards, and what is left when a
//! failure was shrunk. The text stays the one that was given, as far as it is still true.

use super::{Scenario, ScenarioError};
use onceproof_model::pipeline::StepIndex;
use onceproof_model::record::Value as Content;
use onceproof_sim::fault::Fault;
use onceproof_sim::input::{Input, Row};
use onceproof_sim::outcome::Classes;
use std::path::Path;
use toml_edit::visit_mut::{VisitMut, visit_table_like_kv_mut, visit_table_mut};
use toml_edit::{
    Array, Decor, DocumentMut, InlineTable, Item, KeyMut, RawString, Table, TableLike, Value,
};

/// What is left of a scenario when a failure was shrunk.
pub struct Remains<'a> {
    /// Per source, which of its rows are left.
    pub rows: &'a [Vec<usize>],
    /// The faults, placed among these rows.
    pub faults: &'a [Fault],
    /// The seed, where it fails only under the latencies of one.
    pub seed: Option<u64>,
    /// What it shows.
    pub classes: Classes,
    /// The sentence that the file then proves.
    pub claim: &'a str,
    /// What is said at the head of the file, line by line.
    pub head: &'a [String],
}

impl Scenario {
    /// The same scenario with all input written out as `records`; what a seed generates, by this one.
    ///
    /// # Errors
    /// Its input cannot be written as a text.
    pub fn written_out(&self, seed: Option<u64>) -> Result<Scenario, ScenarioError> {
        let mut document = self.document();
        let inputs: Vec<(StepIndex, Array)> = self
            .plan
            .inputs
            .iter()
            .map(|(step, input)| match input {
                Input::Rows(rows) => (*step, records(rows)),
                Input::Generate(generate) => (*step, records(&generate.rows(seed.unwrap_or(0)))),
            })
            .collect();
        each_input(&mut document, &mut |step, input| {
            let is_written = input.as_table_like().is_some_and(|table| table.contains_key("records"));
            let own = |&&(source, _): &&(StepIndex, Array)| step.is_none_or(|step| step == source);
            // All sources without an input of their own read the same.
            let Some((_, array)) = inputs.iter().find(own).filter(|_| !is_written) else { return };
            *input = match step {
                Some(_) => {
                    let mut table = InlineTable::new();
                    table.insert("records", array.clone().into());
                    Item::Value(table.into())
                }
                None => {
                    let mut table = Table::new();
                    table.insert("records", Item::Value(array.clone().into()));
                    Item::Table(table)
                }
            };
        });
        Scenario::parse(&document.to_string(), &self.path)
    }

    /// The same scenario with another number of shards at a step.
    ///
    /// # Errors
    /// The step needs its shards.
    pub fn with_shards(&self, step: StepIndex, shards: u32) -> Result<Scenario, ScenarioError> {
        let mut document = self.document();
        each_step(&mut document, &mut |at, table| {
            if at == step {
                match shards {
                    1 => drop(table.remove("shards")),
                    shards => drop(table.insert("shards", Item::Value(i64::from(shards).into()))),
                }
            }
        });
        Scenario::parse(&document.to_string(), &self.path)
    }

    /// The text of the file that is left of this scenario, whose input is written out, when a failure of it
    /// was shrunk. Its comments go, since what they worked out is no longer so.
    pub fn shrunk(&self, remains: &Remains<'_>, destination: &Path) -> String {
        let Remains { rows, faults, seed, classes, claim, head } = *remains;
        let text = self.saved_failure(seed, faults, classes, destination);
        let mut document = parsed(&text);
        let name = format!("{}, shrunk", self.name.trim_end_matches(", shrunk"));
        let root = document.as_table_mut();
        root.insert("name", Item::Value(name.into()));
        root.insert("claim", Item::Value(claim.into()));
        root.remove("sweep");
        let sources: Vec<StepIndex> = self.plan.inputs.iter().map(|&(step, _)| step).collect();
        let mut is_read_by_all = vec![true; sources.len()];
        each_input(&mut document, &mut |step, _| {
            if let Some(at) = step.and_then(|step| sources.iter().position(|&s| s == step)) {
                is_read_by_all[at] = false;
            }
        });
        each_input(&mut document, &mut |step, input| {
            let at = match step {
                Some(step) => sources.iter().position(|&source| source == step),
                None => is_read_by_all.iter().position(|&is_read| is_read),
            };
            let array = input.as_table_like_mut().and_then(|table| table.get_mut("records"));
            if let (Some(at), Some(Item::Value(Value::Array(array)))) = (at, array) {
                *array = rows[at].iter().filter_map(|&row| array.get(row).cloned()).collect();
                one_a_line(array);
            }
        });
        Bare.visit_document_mut(&mut document);
        document.set_trailing("");
        let head: String = head.iter().map(|line| format!("# {line}\n")).collect();
        format!("{head}\n{}\n", document.to_string().trim())
    }

    fn document(&self) -> DocumentMut {
        parsed(&self.text)
    }
}

fn parsed(text: &str) -> DocumentMut {
    match text.parse() {
        Ok(document) => document,
        // The reader of the file has read this text before, or it was just written.
        Err(error) => unreachable!("a scenario that was read is TOML: {error}"),
    }
}

/// Every step, with its number.
fn each_step(document: &mut DocumentMut, each: &mut dyn FnMut(StepIndex, &mut dyn TableLike)) {
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

/// The input that several sources may read, and those that steps have of their own.
fn each_input(document: &mut DocumentMut, each: &mut dyn FnMut(Option<StepIndex>, &mut Item)) {
    if let Some(input) = document.get_mut("input") {
        each(None, input);
    }
    each_step(document, &mut |at, step| {
        if let Some(input) = step.get_mut("input") {
            each(Some(at), input);
        }
    });
}

/// Rows as `records`. The id of a row is known by its hash only, so it gets a text that stands for it.
fn records(rows: &[Row]) -> Array {
    let mut array: Array = rows.iter().map(|row| Value::from(record(row))).collect();
    one_a_line(&mut array);
    array
}

fn record(row: &Row) -> InlineTable {
    let mut table = InlineTable::new();
    table.insert("key", row.key.as_ref().into());
    table.insert("at", row.arrival.to_string().into());
    if row.event_time != row.arrival {
        table.insert("event-time", row.event_time.to_string().into());
    }
    match &row.value {
        Content::Integer(1) => {}
        Content::Integer(value) => drop(table.insert("value", (*value).into())),
        Content::Bytes(bytes) => {
            drop(table.insert("value", String::from_utf8_lossy(bytes).as_ref().into()));
        }
    }
    if let Some(id) = row.id {
        table.insert("id", format!("{id:016x}").into());
    }
    table
}

fn one_a_line(array: &mut Array) {
    if array.len() == 1 {
        for value in array.iter_mut() {
            *value.decor_mut() = Decor::new(" ", " ");
        }
        array.set_trailing("");
        array.set_trailing_comma(false);
        return;
    }
    for value in array.iter_mut() {
        *value.decor_mut() = Decor::new("\n    ", "");
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
}

/// Takes comments away.
struct Bare;

impl Bare {
    fn strip(decor: &mut Decor) {
        let bare = |raw: Option<&RawString>| {
            let text = raw.and_then(RawString::as_str)?;
            let is_comment = |line: &&str| line.trim_start().starts_with('#');
            let lines: String = text.split_inclusive('\n').filter(|line| !is_comment(line)).collect();
            text.contains('#').then(|| lines.trim_start_matches("\n\n").to_owned())
        };
        if let Some(prefix) = bare(decor.prefix()) {
            decor.set_prefix(prefix);
        }
        if let Some(suffix) = bare(decor.suffix()) {
            decor.set_suffix(suffix);
        }
    }
}

impl VisitMut for Bare {
    fn visit_table_mut(&mut self, table: &mut Table) {
        Bare::strip(table.decor_mut());
        visit_table_mut(self, table);
    }

    fn visit_table_like_kv_mut(&mut self, mut key: KeyMut<'_>, node: &mut Item) {
        Bare::strip(key.leaf_decor_mut());
        visit_table_like_kv_mut(self, key, node);
    }

    fn visit_value_mut(&mut self, value: &mut Value) {
        Bare::strip(value.decor_mut());
        toml_edit::visit_mut::visit_value_mut(self, value);
    }
}

