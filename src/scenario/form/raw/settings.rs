//! The settings of a strategy as they are written: a table of its name. Which keys and values there are says the table
//! of the system.

use super::At;
use onceproof_model::setting::{SettingChoice, WrittenAs as Right};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// The value of a setting as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) enum Written {
    /// A word, or a time.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(i64),
}

/// Settings, by key. A key in a table of its own has the name of that before it: `speed.keep`.
pub(in crate::scenario) struct Given(pub Vec<(At<String>, At<Written>)>);

/// What stands under a key: a value, or a table of more.
enum Branch {
    Value(Written),
    Table(Given),
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Given, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Given;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("map")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Given, A::Error> {
                given(map)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

fn given<'de, A: MapAccess<'de>>(mut map: A) -> Result<Given, A::Error> {
    let mut all = Vec::new();
    while let Some((key, At { value, span })) = map.next_entry::<At<String>, At<Branch>>()? {
        match value {
            // A quoted key with a dot in it is none of a table.
            Branch::Value(value) if key.value.contains('.') => {
                let name = format!("\"{}\"", key.value);
                all.push((At { value: name, ..key }, At { value, span }));
            }
            Branch::Value(value) => all.push((key, At { value, span })),
            Branch::Table(Given(more)) => {
                let below = |(below, value): (At<String>, At<Written>)| {
                    let name = format!("{}.{}", key.value, below.value);
                    (At { value: name, span: below.span }, value)
                };
                all.extend(more.into_iter().map(below));
            }
        }
    }
    Ok(Given(all))
}

impl<'de> Deserialize<'de> for Branch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Branch, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Branch;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, `true` or `false`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Branch, E> {
                Ok(Branch::Value(Written::Text(text.to_owned())))
            }

            fn visit_bool<E: Error>(self, is_so: bool) -> Result<Branch, E> {
                Ok(Branch::Value(Written::Bool(is_so)))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Branch, E> {
                Ok(Branch::Value(Written::Number(number)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Branch, A::Error> {
                given(map).map(Branch::Table)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The settings of best effort.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct BestEffort(pub Given);

/// The settings of at-least-once.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct AtLeastOnce(pub Given);

/// The settings of Lambda.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct Lambda(pub Given);

/// The settings of log transactions.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct Transactions(pub Given);

/// The settings of snapshots.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct Snapshot(pub Given);

/// The settings of micro-batches.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct MicroBatch(pub Given);

/// A value as the documentation writes it.
pub(in crate::scenario) fn written(choice: &SettingChoice) -> String {
    match choice.written {
        Right::Text(word) => format!("`{word}`"),
        Right::Bool(is_so) => format!("`{is_so}`"),
        Right::Number(number) => format!("`{number}`"),
    }
}
