//! The settings of a strategy as they are written: a table of its name. Which keys and values there are says the table
//! of the system.

use super::At;
use onceproof_kernel::time::Span;
use onceproof_model::in_memory::settings::{Approach, Settings};
use onceproof_model::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs as Right};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error, MapAccess, Visitor};
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

impl JsonSchema for BestEffort {
    fn schema_name() -> Cow<'static, str> {
        "BestEffort".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of best effort.", Approach::BestEffort)
    }
}

impl JsonSchema for AtLeastOnce {
    fn schema_name() -> Cow<'static, str> {
        "AtLeastOnce".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of at-least-once.", Approach::AtLeastOnce)
    }
}

impl JsonSchema for Lambda {
    fn schema_name() -> Cow<'static, str> {
        "Lambda".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of Lambda.", Approach::Lambda)
    }
}

/// The schema of a table of settings. A key with a dot is one of a table in it.
fn schema(about: &str, approach: Approach) -> Schema {
    let (mut keys, mut tables) = (Map::new(), Map::<String, Value>::new());
    for setting in Settings::table(approach) {
        let choices = setting.choices.iter().map(choice);
        let ways: Vec<Value> = choices.chain(setting.free.map(free)).collect();
        let about = about_with_first(setting, &Settings::of(approach));
        let of_key = json!({ "description": about, "anyOf": ways });
        match setting.key.split_once('.') {
            None => keys.insert(setting.key.to_owned(), of_key),
            Some((table, key)) => {
                let of_table = tables.entry(table).or_insert_with(|| Value::Object(Map::new()));
                of_table.as_object_mut().and_then(|all| all.insert(key.to_owned(), of_key))
            }
        };
    }
    for (table, of_table) in tables {
        let about = format!("The {table} leg; as its keys say where it is not given.");
        keys.insert(table, object(&about, of_table));
    }
    Schema::try_from(object(about, Value::Object(keys))).expect("an object")
}

fn object(about: &str, keys: Value) -> Value {
    json!({
        "type": "object",
        "description": about,
        "properties": keys,
        "additionalProperties": false,
    })
}

fn free(free: Free) -> Value {
    match free {
        Free::Length { about, .. } => {
            json!({ "type": "string", "pattern": "^[0-9]", "description": about })
        }
        Free::Number { about, least, most, .. } => {
            json!({ "type": "integer", "minimum": least, "maximum": most, "description": about })
        }
    }
}

/// What a setting is, and what holds where nothing is given.
fn about_with_first(setting: &Setting<Settings>, first: &Settings) -> String {
    let value = match (setting.get)(first) {
        SettingValue::Choice(at) => written(&setting.choices[at]),
        SettingValue::Length(length) => format!("`{}`", Span(length)),
        SettingValue::Number(number) => format!("`{number}`"),
        // What it is says it.
        SettingValue::Follows => return setting.about.to_owned(),
    };
    format!("{} {value} where it is not given.", setting.about)
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
