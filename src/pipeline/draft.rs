//! What a pipeline comes to as a scenario: the text of a file in which the functions of maps are left open, and those
//! functions. So all that a file can say can be said, and what is wrong is told by the same reader.

use super::execution::Services;
use super::function::Body;
use crate::scenario::Strategy;
use onceproof_kernel::user::Carries;
use std::fmt::Display;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// A row of the source.
#[derive(Clone)]
pub(super) struct DraftRow {
    pub key: String,
    /// When it happened, and when it arrives, as they are written.
    pub event_time: String,
    pub at: String,
    pub carries: Carries<String>,
    pub id: Option<String>,
}

/// A step, with its function if it is a map of the user's.
#[derive(Clone)]
pub(super) struct DraftStep {
    pub table: Table,
    pub function: Option<Body>,
    pub may_differ: bool,
}

/// A pipeline as far as it was told.
#[derive(Clone, Default)]
pub(super) struct Draft {
    pub steps: Vec<DraftStep>,
    pub rows: Vec<DraftRow>,
    pub services: Services,
    /// Everything else of the file.
    rest: DocumentMut,
}

impl Draft {
    /// A step of this kind, below the last one.
    pub fn step(&mut self, name: &str, kind: &str) {
        let mut table = Table::new();
        table.insert("name", Item::Value(name.into()));
        table.insert("kind", Item::Value(kind.into()));
        self.steps.push(DraftStep { table, function: None, may_differ: false });
    }

    /// A map with a function of the user's.
    pub fn map(&mut self, name: &str) {
        self.step(name, "map");
        // The reader puts the function of the user in its place.
        self.last().table.insert("fn", Item::Value("identity".into()));
    }

    pub fn last(&mut self) -> &mut DraftStep {
        self.steps.last_mut().expect("a pipeline begins with its source")
    }

    /// The name of a step.
    pub fn name_of(&self, step: usize) -> &str {
        self.steps[step].table["name"].as_str().expect("a step has a name")
    }

    /// Sets a key of the last step.
    pub fn set_of_step(&mut self, key: &str, value: Value) {
        put(&mut self.last().table, &key.split('.').collect::<Vec<_>>(), value);
    }

    /// Sets a key of the file.
    pub fn set(&mut self, path: &str, value: Value) {
        put(self.rest.as_table_mut(), &path.split('.').collect::<Vec<_>>(), value);
    }

    /// What it is called: by its first and its last step.
    pub fn name(&self) -> String {
        format!("{} to {}", self.name_of(0), self.name_of(self.steps.len() - 1))
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut file = DocumentMut::new();
        file.insert("format", Item::Value(1.into()));
        file.insert("name", Item::Value(self.name().into()));
        file.insert("claim", Item::Value("Every record is reflected exactly once.".into()));
        file.insert("expect", Item::Value("exactly-once".into()));
        // What is no table stands above all tables.
        let (tables, values): (Vec<_>, Vec<_>) =
            self.rest.iter().partition(|(_, item)| item.is_table());
        for (key, item) in values.into_iter().chain(tables) {
            file.insert(key, item.clone());
        }
        let mut input = Table::new();
        input.insert("records", Item::Value(self.rows.iter().map(row).collect::<Array>().into()));
        file.insert("input", Item::Table(input));
        let steps: ArrayOfTables = self.steps.iter().map(|step| step.table.clone()).collect();
        file.insert("step", Item::ArrayOfTables(steps));
        file.to_string()
    }

    pub fn strategy(&mut self, strategy: Strategy) {
        self.set("strategy", strategy.word().into());
    }
}

fn row(row: &DraftRow) -> Value {
    let DraftRow { key, event_time, at, carries, id } = row;
    let mut table = InlineTable::new();
    table.insert("key", key.as_str().into());
    table.insert("at", at.as_str().into());
    if event_time != at {
        table.insert("event-time", event_time.as_str().into());
    }
    let value = match carries {
        Carries::Integer(value) => Value::from(*value),
        Carries::Text(text) => text.as_str().into(),
    };
    table.insert("value", value);
    if let Some(id) = id {
        table.insert("id", id.as_str().into());
    }
    let mut value = Value::from(table);
    value.decor_mut().set_prefix("\n    ");
    value
}

fn put(table: &mut Table, path: &[&str], value: Value) {
    match path {
        [] => {}
        [key] => {
            table.insert(key, Item::Value(value));
        }
        [key, rest @ ..] => {
            let inner = table.entry(key).or_insert_with(|| Item::Table(Table::new()));
            if !inner.is_table() {
                *inner = Item::Table(Table::new());
            }
            put(inner.as_table_mut().expect("it was made one"), rest, value);
        }
    }
}

/// What is written of a key: as a file writes it after the `=`, or a word without its quotes.
pub(super) fn value(written: impl Display) -> Value {
    let text = written.to_string();
    text.parse().unwrap_or_else(|_| text.into())
}
