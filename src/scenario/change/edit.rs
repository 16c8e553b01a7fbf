//! Editing a scenario as a text: its input written out, fewer rows, fewer shards, and what is left when a
//! failure was shrunk. The text stays the one that was given, as far as it is still true.

use super::rows::one_a_line;
use super::write::{Plain, each_step, forget_ledger, set};
use crate::printable::printable;
use crate::scenario::{Scenario, ScenarioError};
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::fault::Fault;
use onceproof_sim::input::{InputRow, RowValue, SourceInput};
use onceproof_sim::outcome::Classes;
use std::path::Path;
use toml_edit::visit_mut::{VisitMut, visit_table_like_kv_mut, visit_table_mut};
use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, KeyMut, RawString, Table, Value};

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

/// Who reads an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// The step that it stands at.
    OneStep,
    /// Every source without an input of its own.
    Rest,
}

impl Scenario {
    /// The same scenario with all input written out as `records`; what a seed generates, by this one. Its
    /// seed, odds and faults are left to who asks, and so is the ledger that they come to.
    ///
    /// # Errors
    /// Its input cannot be written as a text.
    pub fn written_out(&self, seed: Option<u64>) -> Result<Scenario, ScenarioError> {
        let mut document = self.document();
        for key in ["seed", "faults", "fault", "unfired", "sweep"] {
            document.remove(key);
        }
        forget_ledger(&mut document);
        let written = |(_, input): &(StepIndex, SourceInput)| match input {
            SourceInput::Rows(rows) => records(rows),
            SourceInput::Generate(generate) => records(&generate.rows(seed.unwrap_or(0))),
        };
        let records: Vec<Array> = self.trial.plan.inputs.iter().map(written).collect();
        self.each_input(&mut document, &mut |source, reader, input| {
            let is_written =
                input.as_table_like().is_some_and(|table| table.contains_key("records"));
            if is_written {
                return;
            }
            let records = records[source].clone();
            *input = match reader {
                Reader::OneStep => {
                    let mut table = InlineTable::new();
                    table.insert("records", records.into());
                    Item::Value(table.into())
                }
                Reader::Rest => {
                    let mut table = Table::new();
                    table.insert("records", Item::Value(records.into()));
                    Item::Table(table)
                }
            };
        });
        self.reread(&document.to_string(), &self.path)
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
        self.reread(&document.to_string(), &self.path)
    }

    /// The same scenario without a step that no other reads from.
    ///
    /// # Errors
    /// The scenario needs it.
    pub fn without_step(&self, step: StepIndex) -> Result<Scenario, ScenarioError> {
        let mut document = self.document();
        match document.get_mut("step") {
            Some(Item::ArrayOfTables(steps)) => {
                steps.remove(step.at());
            }
            Some(Item::Value(Value::Array(steps))) => drop(steps.remove(step.at())),
            _ => {}
        }
        self.forget_unheld(&mut document, |_, _| false);
        self.reread(&document.to_string(), &self.path)
    }

    /// The same scenario with other records, as many as there were, each made of the one with its number:
    /// all that a record has but its key and its arrival may go, and it may arrive earlier.
    ///
    /// # Errors
    /// The records do not stand in order of arrival any more.
    pub fn with_plain_records(
        &self,
        arrivals: &dyn Fn(usize) -> String,
    ) -> Result<Scenario, ScenarioError> {
        let mut document = self.document();
        self.each_input(&mut document, &mut |_, _, input| {
            let array = input.as_table_like_mut().and_then(|table| table.get_mut("records"));
            let Some(Item::Value(Value::Array(array))) = array else { return };
            for (row, record) in array.iter_mut().enumerate() {
                if let Some(record) = record.as_inline_table_mut() {
                    record.insert("at", arrivals(row).into());
                    record.remove("event-time");
                    record.remove("value");
                }
            }
        });
        self.reread(&document.to_string(), &self.path)
    }

    /// The same scenario with only these rows of its records.
    ///
    /// # Errors
    /// A source would have none.
    pub fn with_rows(&self, rows: &[Vec<usize>]) -> Result<Scenario, ScenarioError> {
        let mut document = self.document();
        self.keep_rows(&mut document, rows);
        self.reread(&document.to_string(), &self.path)
    }

    /// The text of the file that is left of this scenario, whose input is written out, when a failure of it
    /// was shrunk. Its comments go, since what they worked out is no longer so.
    pub fn shrunk(&self, remains: &Remains<'_>, destination: &Path) -> String {
        let Remains { rows, faults, seed, classes, claim, head } = *remains;
        let text = self.saved_failure(seed, faults, classes, destination);
        let mut document = parsed(&text);
        let name = format!("{}, shrunk", self.name.trim_end_matches(", shrunk"));
        let root = document.as_table_mut();
        set(root, "name", name.into());
        set(root, "claim", claim.into());
        root.remove("sweep");
        self.keep_rows(&mut document, rows);
        Bare.visit_document_mut(&mut document);
        Plain.visit_document_mut(&mut document);
        document.set_trailing("");
        let comment = |line: &String| format!("{}\n", format!("# {}", printable(line)).trim_end());
        let head: String = head.iter().map(comment).collect();
        format!("{head}\n{}\n", document.to_string().trim())
    }

    fn keep_rows(&self, document: &mut DocumentMut, rows: &[Vec<usize>]) {
        self.each_input(document, &mut |source, _, input| {
            let array = input.as_table_like_mut().and_then(|table| table.get_mut("records"));
            if let Some(Item::Value(Value::Array(array))) = array {
                *array = rows[source].iter().filter_map(|&row| array.get(row).cloned()).collect();
                one_a_line(array);
            }
        });
    }

    /// Every input, with the number of a source that reads it: of those that read the input of the whole
    /// file, the first, since all of them read the same.
    fn each_input(
        &self,
        document: &mut DocumentMut,
        each: &mut dyn FnMut(usize, Reader, &mut Item),
    ) {
        let sources: Vec<StepIndex> =
            self.trial.plan.inputs.iter().map(|&(step, _)| step).collect();
        let mut of_the_rest = sources.clone();
        each_step(document, &mut |at, step| {
            if let Some(input) = step.get_mut("input")
                && let Some(source) = sources.iter().position(|&source| source == at)
            {
                each(source, Reader::OneStep, input);
                of_the_rest.retain(|&source| source != at);
            }
        });
        let first = sources.iter().position(|source| of_the_rest.contains(source));
        if let (Some(source), Some(input)) = (first, document.get_mut("input")) {
            each(source, Reader::Rest, input);
        }
    }

    pub(super) fn document(&self) -> DocumentMut {
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

/// Rows as `records`. The id of a row is known by its hash only, so it gets a text that stands for it.
fn records(rows: &[InputRow]) -> Array {
    let mut array: Array = rows.iter().map(|row| Value::from(record(row))).collect();
    one_a_line(&mut array);
    array
}

fn record(row: &InputRow) -> InlineTable {
    let mut table = InlineTable::new();
    table.insert("key", row.key.as_ref().into());
    table.insert("at", row.arrival.to_string().into());
    if row.event_time != row.arrival {
        table.insert("event-time", row.event_time.to_string().into());
    }
    match &row.value {
        RowValue::Integer(1) => {}
        RowValue::Integer(value) => drop(table.insert("value", (*value).into())),
        RowValue::Text(text) => drop(table.insert("value", text.as_ref().into())),
    }
    if let Some(id) = row.id {
        table.insert("id", format!("{id:016x}").into());
    }
    table
}

/// Takes comments away.
struct Bare;

impl Bare {
    fn strip(decor: &mut Decor) {
        let bare = |raw: Option<&RawString>| {
            let text = raw.and_then(RawString::as_str)?;
            let is_comment = |line: &&str| line.trim_start().starts_with('#');
            let lines: String =
                text.split_inclusive('\n').filter(|line| !is_comment(line)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The first source has an input of its own, which is not what the others read.
    #[test]
    fn the_input_of_the_whole_file_is_written_out_as_those_read_it_who_have_no_other() {
        let generate = |records: u32| format!("generate = {{ records = {records}, users = 9 }}");
        let source = |name: &str| format!("[[step]]\nname = \"{name}\"\nkind = \"source\"\n");
        let text = format!(
            "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n[input]\n{}\n\
             {}input = {{ {} }}\n{}{}\
             [[step]]\nname = \"per-user\"\nkind = \"count\"\nfrom = [\"own\", \"a\", \"b\"]\nwindow = \"1m\"\n",
            generate(2),
            source("own"),
            generate(3),
            source("a"),
            source("b"),
        );
        let scenario = Scenario::parse(&text, Path::new("a.toml")).expect("a scenario");
        let written = scenario.written_out(Some(5)).expect("a scenario");
        let rows = |(_, input): &(StepIndex, SourceInput)| match input {
            SourceInput::Rows(rows) => rows.to_vec(),
            SourceInput::Generate(generate) => generate.rows(5),
        };
        let all =
            |of: &Scenario| of.trial.plan.inputs.iter().map(rows).collect::<Vec<Vec<InputRow>>>();
        assert_eq!(all(&written), all(&scenario));
        assert_eq!(all(&written).iter().map(Vec::len).collect::<Vec<usize>>(), [3, 2, 2]);
    }
}
