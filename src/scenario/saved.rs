//! A failure that a test saved: not a scenario, since what was tested is written in Rust, but all that makes one run of
//! it the failure: which rows of its input are left, and the exact faults. It is written to be read by people, too.

use super::change::rows::{one_a_line, row_in_words};
use super::change::write::{Plain, document, faults_as_toml};
use super::form::raw;
use super::form::raw::{At, ClassWord};
use super::form::reading;
use super::form::units::Seed;
use super::rows::input::Inputs;
use super::schedule::{faults, place::Places};
use super::wrong::diagnostic::{Diagnostic, Source};
use super::{FORMAT, ScenarioError, files};
use crate::printable::printable;
use crate::report::shell::replay_test_command;
use crate::search::shrink::written_out;
use onceproof_kernel::layout::Layout;
use onceproof_sim::fault::{Climate, Fault};
use onceproof_sim::input::SourceInput;
use onceproof_sim::outcome::Class;
use onceproof_systems::Trial;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml_edit::visit_mut::VisitMut;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// A saved failure. Its faults are read against a trial.
pub struct SavedFailure {
    /// Its file.
    pub path: PathBuf,
    /// The test that found it; empty where its name was not known.
    pub test: String,
    /// The name of the check in that test.
    pub check: String,
    /// What was wrong.
    pub class: Class,
    text: String,
    form: Form,
}

/// What is written into the file of a failure.
#[derive(Clone, Copy, Debug)]
pub struct FailureText<'a> {
    /// What is said at its head, line by line.
    pub head: &'a [String],
    /// The test that found it; empty where its name is not known.
    pub test: &'a str,
    /// The name of the check in that test.
    pub check: &'a str,
    /// What was wrong.
    pub class: Class,
    /// The seed of latencies and first answers, where it fails only under those of one.
    pub seed: Option<u64>,
    /// The seed that generated the rows, where one did.
    pub input_seed: Option<u64>,
    /// Per source of the plan, which of its rows are left.
    pub rows: &'a [Vec<usize>],
    /// The faults, placed among these rows.
    pub faults: &'a [Fault],
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Form {
    #[serde(rename = "format")]
    _format: At<i64>,
    test: String,
    check: String,
    class: ClassWord,
    seed: Option<Seed>,
    input_seed: Option<Seed>,
    #[serde(default)]
    input: Vec<At<RowsLeft>>,
    #[serde(default)]
    fault: Vec<At<raw::fault::Fault>>,
}

/// The rows of a source that are left.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowsLeft {
    source: At<String>,
    rows: Vec<At<RowLeft>>,
}

/// A row by its number, and what it said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowLeft {
    number: usize,
    says: String,
}

/// The key that no scenario has, and every failure that a test saved.
const KEY: &str = "check";

/// That a table is a failure that a test saved, where a scenario was expected.
pub(in crate::scenario) fn is_of_a_test(
    source: &Source<'_>,
    table: &toml::de::DeTable<'_>,
) -> Option<Diagnostic> {
    let (key, _) = table.get_key_value(KEY)?;
    let test = table.get("test").and_then(|test| test.get_ref().as_str()).unwrap_or_default();
    let error = source.error(key.span(), "a failure that a test saved, and no scenario");
    let help = format!("where its crate is, run `{}`", replay_test_command(source.path, test));
    Some(error.label("what was tested is written in Rust").help(help))
}

impl SavedFailure {
    /// Reads the file of a failure; nothing if it is another file, such as a scenario.
    ///
    /// # Errors
    /// It cannot be read, or it is wrong.
    pub fn read(path: &Path) -> Result<Option<SavedFailure>, ScenarioError> {
        let text = String::from_utf8_lossy(&files::scenario(path)?).into_owned();
        SavedFailure::parse(text, path)
    }

    /// The same of a text.
    ///
    /// # Errors
    /// It is wrong.
    pub fn parse(text: String, path: &Path) -> Result<Option<SavedFailure>, ScenarioError> {
        let source = Source { path, text: &text };
        let table = reading::table(&source).map_err(ScenarioError::Bad)?;
        if !table.get_ref().contains_key(KEY) {
            return Ok(None);
        }
        reading::check_format(&source, table.get_ref())?;
        let form: Form =
            reading::read(&source, table, Vec::new(), &[]).map_err(ScenarioError::Bad)?;
        let (test, check, class) = (form.test.clone(), form.check.clone(), form.class.0);
        Ok(Some(SavedFailure { path: path.to_owned(), test, check, class, text, form }))
    }

    /// The run that failed, of a trial as it is now, and its seed.
    ///
    /// # Errors
    /// The trial does not have its rows or the places of its faults any more.
    pub fn of(&self, trial: &Trial) -> Result<(Trial, Option<u64>), ScenarioError> {
        let source = Source { path: &self.path, text: &self.text };
        let seed = |seed: Option<Seed>| seed.map(|seed| seed.0);
        let mut now = written_out(trial, seed(self.form.input_seed));
        for left in &self.form.input {
            keep_rows(&source, &mut now, &left.value)?;
        }
        let inputs = Inputs::of_plan(&now);
        let shards = u32::try_from(now.layout().shards()).unwrap_or(u32::MAX);
        let hosts = u32::try_from(now.hosts()).unwrap_or(u32::MAX);
        let workers = hosts.min(shards);
        let design = &now.design;
        let places = Places { source: &source, design, inputs: &inputs, hosts, workers };
        let faults = faults::exact(&places, &self.form.fault).map_err(ScenarioError::Bad)?;
        let now = now.with(|plan| {
            plan.climate = Climate::default();
            plan.faults = faults;
        });
        Ok((now, seed(self.form.seed)))
    }
}

fn keep_rows(source: &Source<'_>, trial: &mut Trial, left: &RowsLeft) -> Result<(), Diagnostic> {
    let step = trial.layout().find(&left.source.value);
    let input = trial.plan.inputs.iter_mut().find(|(of, _)| Some(*of) == step);
    let Some((_, SourceInput::Rows(rows))) = input else {
        let title = "there is no such source any more";
        return Err(source.error(left.source.span.clone(), title));
    };
    let mut kept = Vec::with_capacity(left.rows.len());
    for At { value: RowLeft { number, says }, span } in &left.rows {
        let row = rows.get(*number);
        let now = row.map(row_in_words);
        if now.as_ref() != Some(says) {
            let error = source.error(span.clone(), format!("row {number} is another one now"));
            return Err(match now {
                Some(now) => error.label(format!("it says {now}")),
                None => error.label(format!("there are {} rows", rows.len())),
            });
        }
        kept.extend(row.cloned());
    }
    *rows = Arc::new(kept);
    Ok(())
}

/// The text of the file of a failure, which [`SavedFailure::of`] finds again in the trial it was found in. Its rows
/// are those of the trial with its input written out.
pub fn failure_text(failure: &FailureText<'_>, written_out: &Trial) -> String {
    let FailureText { head, test, check, class, seed, input_seed, rows, faults } = *failure;
    let mut document = DocumentMut::new();
    let root = document.as_table_mut();
    root.insert("format", Item::Value(i64::from(FORMAT).into()));
    root.insert("test", Item::Value(test.into()));
    root.insert(KEY, Item::Value(check.into()));
    root.insert("class", Item::Value(class.word().into()));
    for (key, seed) in [("seed", seed), ("input-seed", input_seed)] {
        if let Some(seed) = seed {
            root.insert(key, Item::Value(seed.to_string().into()));
        }
    }
    root.insert("input", Item::ArrayOfTables(inputs(rows, written_out)));
    Plain.visit_document_mut(&mut document);
    let comment = |line: &String| format!("{}\n", format!("# {}", printable(line)).trim_end());
    let head: String = head.iter().map(comment).collect();
    let faults = plain_faults(faults, written_out.layout());
    let between = if faults.is_empty() { "" } else { "\n" };
    format!("{head}\n{}\n{between}{faults}", document.to_string().trim())
}

fn plain_faults(faults: &[Fault], layout: &Layout) -> String {
    let text = faults_as_toml(faults, layout);
    let mut document = document(&text);
    Plain.visit_document_mut(&mut document);
    document.to_string()
}

fn inputs(rows: &[Vec<usize>], trial: &Trial) -> ArrayOfTables {
    let mut tables = ArrayOfTables::new();
    for ((step, input), kept) in trial.plan.inputs.iter().zip(rows) {
        let SourceInput::Rows(all) = input else { continue };
        let mut list: Array = kept
            .iter()
            .map(|&number| {
                let mut row = InlineTable::new();
                row.insert("number", i64::try_from(number).unwrap_or(i64::MAX).into());
                row.insert("says", row_in_words(&all[number]).into());
                Value::from(row)
            })
            .collect();
        one_a_line(&mut list);
        let mut table = Table::new();
        table.insert("source", Item::Value(trial.layout().name(*step).into()));
        table.insert("rows", Item::Value(list.into()));
        tables.push(table);
    }
    tables
}
