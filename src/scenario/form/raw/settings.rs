//! The settings of a strategy as they are written: a table of its name. Which keys and values there are says the table
//! of the system.

use super::At;
use super::expect::Entries;
use onceproof_model::in_memory::settings::{Guarantee, Settings};
use onceproof_model::setting::{Setting, SettingChoice, WrittenAs as Right};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
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

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Written, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, `true` or `false`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
                Ok(Written::Text(text.to_owned()))
            }

            fn visit_bool<E: Error>(self, is_so: bool) -> Result<Written, E> {
                Ok(Written::Bool(is_so))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Written, E> {
                Ok(Written::Number(number))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Settings, by key.
pub(in crate::scenario) type Given = Entries<At<Written>>;

/// The settings of best effort.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct BestEffort(pub Given);

/// The settings of at-least-once.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct AtLeastOnce(pub Given);

impl JsonSchema for BestEffort {
    fn schema_name() -> Cow<'static, str> {
        "BestEffort".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of best effort.", Settings::table(Guarantee::BestEffort))
    }
}

impl JsonSchema for AtLeastOnce {
    fn schema_name() -> Cow<'static, str> {
        "AtLeastOnce".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of at-least-once.", Settings::table(Guarantee::AtLeastOnce))
    }
}

/// The schema of a table of settings.
fn schema<T: 'static>(about: &str, table: impl Iterator<Item = &'static Setting<T>>) -> Schema {
    let mut keys = Map::new();
    for setting in table {
        let choices = setting.choices.iter().map(choice);
        let length = setting.length.map(
            |length| json!({ "type": "string", "pattern": "^[0-9]", "description": length.about }),
        );
        let ways: Vec<Value> = choices.chain(length).collect();
        let about = format!("{} {}", setting.about, first(setting));
        keys.insert(setting.key.to_owned(), json!({ "description": about, "anyOf": ways }));
    }
    json_schema!({
        "type": "object",
        "description": about,
        "properties": keys,
        "additionalProperties": false,
    })
}

/// What holds where nothing is given.
fn first<T>(setting: &Setting<T>) -> String {
    match setting.choices.first() {
        Some(choice) => format!("{} where it is not given.", written(choice)),
        None => "`1s` where it is not given.".to_owned(),
    }
}

fn choice(choice: &SettingChoice) -> Value {
    let value = match choice.written {
        Right::Text(word) => json!(word),
        Right::Bool(is_so) => json!(is_so),
        Right::Number(number) => json!(number),
    };
    json!({ "const": value, "description": choice.about })
}

/// A value as the documentation writes it.
pub(in crate::scenario) fn written(choice: &SettingChoice) -> String {
    match choice.written {
        Right::Text(word) => format!("`{word}`"),
        Right::Bool(is_so) => format!("`{is_so}`"),
        Right::Number(number) => format!("`{number}`"),
    }
}
