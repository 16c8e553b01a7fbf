//! A scenario that is built otherwise than its file says: with other mechanisms at every step, with other keys
//! at one of them, with other faults. The change is made in the text of the file, so that all that is done with
//! a file can be done with it: a failure of it can be saved, shrunk and replayed like any other. What fails
//! then is no regression of the file, and is not saved as one.

use super::asked;
use super::asked_of_step::{self, AskedOfStep, asks_for};
use super::pieces::{told, typed};
use super::unheld::remove_mechanism;
use super::write::{document, each_step, forget_ledger, set};
use crate::scenario::form::raw::mechanism::MechanismKey;
use crate::scenario::wrong::error::Errors;
use crate::scenario::{Scenario, ScenarioError};
use onceproof_model::dataflow::mechanism::{Dedup, Mechanism, Outputs};
use onceproof_sim::fault::KindName;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// How a scenario is built otherwise than its file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Mechanisms for every step, whatever the file and its steps say of them, as `[mechanism]` has them, with
    /// commas between: `outputs = "recompute", bundle = 4`.
    pub mechanism: Option<String>,
    /// Keys of single steps, each with the name of its step before it: `table: write = "append"`. A key with dots
    /// changes one of a table, `events: queue.ack = "on-receipt"`, and leaves the others.
    pub steps: Vec<String>,
    /// Kinds of faults whose odds are left out.
    pub without: Vec<KindName>,
    /// Whether all faults of the file are left out, drawn and exact ones.
    pub bare: bool,
    /// Exact faults, beside those of the file that are not left out: `at = { … }, do = "crash"`.
    pub faults: Vec<String>,
}

impl Changes {
    /// Only these mechanisms.
    pub fn of_mechanism(mechanism: &str) -> Changes {
        Changes { mechanism: Some(mechanism.to_owned()), ..Changes::default() }
    }

    /// Whether nothing is changed.
    pub fn is_none(&self) -> bool {
        *self == Changes::default()
    }
}

impl Scenario {
    /// This scenario with these changes. The ledger that the file states is not that of what comes of them.
    ///
    /// # Errors
    /// What is asked for cannot be read, or the scenario cannot have it.
    pub fn redesigned(&self, changes: &Changes) -> Result<Scenario, ScenarioError> {
        let Changes { mechanism, steps, without, bare, faults } = changes;
        let mut errors = Errors::default();
        let design = &self.trial.design;
        let read = steps.iter().map(|written| asked_of_step::of_step(design, written));
        let of_steps: Vec<AskedOfStep> = read.filter_map(|read| errors.keep_all(read)).collect();
        let of_all = mechanism.as_ref().and_then(|written| {
            errors.keep_all(match design.settings() {
                None => asked::mechanism(written)
                    .map(|(mechanism, asked)| OfAll::Mechanism(mechanism, asked)),
                Some(settings) => asked_of_step::settings(settings, written)
                    .map(|(table, asked)| OfAll::Settings(table, asked)),
            })
        });
        let read = faults.iter().map(|written| asked_of_step::fault(written));
        let added: Vec<InlineTable> = read.filter_map(|read| errors.keep_all(read)).collect();
        errors.end(Some(())).map_err(ScenarioError::Bad)?;
        let mut document = document(&self.text);
        forget_ledger(&mut document);
        leave_out(&mut document, without, *bare);
        match &of_all {
            Some(OfAll::Mechanism(all, asked)) => put_mechanism(&mut document, *all, asked),
            Some(OfAll::Settings(table, asked)) => put_settings(&mut document, table, asked),
            None => {}
        }
        each_step(&mut document, &mut |at, step| {
            for asked in of_steps.iter().filter(|asked| asked.step == at) {
                put(step, &asked.keys);
            }
        });
        if !of_steps.is_empty() {
            forget_newest(&mut document);
        }
        self.forget_unheld(&mut document, |step, key| match step {
            None => of_all.as_ref().is_some_and(|all| all.has(key)),
            Some(step) => of_steps.iter().any(|asked| asked.step == step && asked.has(key)),
        });
        for fault in added {
            add_fault(&mut document, fault);
        }
        let text = document.to_string();
        self.reread(&text, &self.path).map_err(|error| match error {
            ScenarioError::Bad(wrong) if !changes.is_none() => {
                let table = match &of_all {
                    Some(OfAll::Settings(table, _)) => table,
                    Some(OfAll::Mechanism(..)) | None => "mechanism",
                };
                let typed = typed(&text, changes, table, &of_steps);
                let wrong = wrong.into_iter().map(|error| told(error, &typed));
                ScenarioError::Bad(wrong.collect())
            }
            error => error,
        })
    }
}

/// What is asked for every step.
enum OfAll {
    /// Mechanisms of Dataflow.
    Mechanism(Mechanism, InlineTable),
    /// Settings of another strategy, in the table of its name.
    Settings(&'static str, InlineTable),
}

impl OfAll {
    /// Whether this mechanism is asked for, by itself or in the table of another.
    fn has(&self, key: MechanismKey) -> bool {
        matches!(self, OfAll::Mechanism(_, asked) if asks_for(asked, key))
    }
}

/// Sets settings in the table of their strategy.
fn put_settings(document: &mut DocumentMut, table: &str, asked: &InlineTable) {
    let table = document.entry(table).or_insert(Item::Table(Table::new()));
    if let Some(table) = table.as_table_like_mut() {
        put(table, asked);
    }
}

fn leave_out(document: &mut DocumentMut, without: &[KindName], bare: bool) {
    if bare {
        for key in ["faults", "fault", "unfired"] {
            document.remove(key);
        }
    }
    if let Some(faults) = document.get_mut("faults").and_then(Item::as_table_like_mut) {
        for kind in without {
            faults.remove(kind.word());
        }
    }
}

/// Sets mechanisms at every step. What has nothing to do beside them goes.
fn put_mechanism(document: &mut DocumentMut, all: Mechanism, asked: &InlineTable) {
    let forgets = matches!(all.dedup, Dedup::Window(_) | Dedup::Off);
    let void = [("gc", forgets), ("settle", all.outputs == Outputs::Recompute)];
    let void = void.into_iter().filter(|&(key, is_void)| is_void && !asked.contains_key(key));
    let gone: Vec<&str> =
        asked.iter().map(|(key, _)| key).chain(void.map(|(key, _)| key)).collect();
    let remove = |table: &mut dyn TableLike| {
        gone.iter().for_each(|key| remove_mechanism(table, key));
    };
    each_step(document, &mut |_, step| {
        if let Some(own) = step.get_mut("mechanism").and_then(Item::as_table_like_mut) {
            remove(own);
        }
    });
    let table = document.entry("mechanism").or_insert(Item::Table(Table::new()));
    if let Some(table) = table.as_table_like_mut() {
        remove(table);
        for (key, value) in asked {
            let mut value = value.clone();
            value.decor_mut().clear();
            table.insert(key, Item::Value(value));
        }
    }
}

/// Sets keys in a table; one with dots in the table that it names.
fn put(table: &mut dyn TableLike, asked: &InlineTable) {
    for (key, value) in asked {
        match value {
            Value::InlineTable(inner) if inner.is_dotted() => {
                if !table.get(key).is_some_and(Item::is_table_like) {
                    table.insert(key, Item::Value(InlineTable::new().into()));
                }
                if let Some(table) = table.get_mut(key).and_then(Item::as_table_like_mut) {
                    put(table, inner);
                }
            }
            value => {
                let mut value = value.clone();
                value.decor_mut().clear();
                set(table, key, value);
            }
        }
    }
}

/// Where nothing puts an entry any more, nothing can be demanded of entries.
fn forget_newest(document: &mut DocumentMut) {
    let mut puts = false;
    each_step(document, &mut |_, step| {
        let inside = |item: Option<&Item>, key: &str| {
            item.and_then(Item::as_table_like).and_then(|table| table.get(key)).cloned()
        };
        let write = inside(inside(step.get("fn"), "call").as_ref(), "write");
        let write = write.as_ref().and_then(Item::as_str);
        puts |= write.is_some_and(|write| write == "put" || write == "put-fenced");
    });
    let expect = document.get_mut("expect").and_then(Item::as_table_like_mut);
    let demands = expect.and_then(|table| table.get_mut("side-effects"));
    if let (Some(demands), false) = (demands.and_then(Item::as_table_like_mut), puts)
        && demands.contains_key("at-most")
    {
        demands.remove("newest");
    }
}

fn add_fault(document: &mut DocumentMut, fault: InlineTable) {
    let all = document.entry("fault").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    match all {
        Item::ArrayOfTables(tables) => tables.push(fault.into_table()),
        Item::Value(Value::Array(array)) => array.push(fault),
        Item::None | Item::Value(_) | Item::Table(_) => {}
    }
}

#[cfg(test)]
mod tests;
