//! The schema of the settings of strategies, made of the tables of their system.

use super::settings::{
    AtLeastOnce, BestEffort, Lambda, MicroBatch, Snapshot, Transactions, written,
};
use onceproof_kernel::time::Span;
use onceproof_model::in_memory::settings::{Approach, Settings};
use onceproof_model::setting::{
    Free, HasTable, Setting, SettingChoice, SettingValue, WrittenAs as Right,
};
use onceproof_model::{micro_batch, snapshot, transactions};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

impl JsonSchema for BestEffort {
    fn schema_name() -> Cow<'static, str> {
        "BestEffort".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of best effort.", &Settings::of(Approach::BestEffort))
    }
}

impl JsonSchema for AtLeastOnce {
    fn schema_name() -> Cow<'static, str> {
        "AtLeastOnce".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of at-least-once.", &Settings::of(Approach::AtLeastOnce))
    }
}

impl JsonSchema for Lambda {
    fn schema_name() -> Cow<'static, str> {
        "Lambda".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("The settings of Lambda.", &Settings::of(Approach::Lambda))
    }
}

impl JsonSchema for Transactions {
    fn schema_name() -> Cow<'static, str> {
        "Transactions".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let first = transactions::settings::Settings::FIRST;
        schema("The settings of log transactions.", &first)
    }
}

impl JsonSchema for Snapshot {
    fn schema_name() -> Cow<'static, str> {
        "Snapshot".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let first = snapshot::settings::Settings::FIRST;
        schema("The settings of snapshots.", &first)
    }
}

impl JsonSchema for MicroBatch {
    fn schema_name() -> Cow<'static, str> {
        "MicroBatch".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let first = micro_batch::settings::Settings::FIRST;
        schema("The settings of micro-batches.", &first)
    }
}

/// The schema of a table of settings. A key with a dot is one of a table in it.
fn schema<T: HasTable>(about: &str, first: &T) -> Schema {
    let (mut keys, mut tables) = (Map::new(), Map::<String, Value>::new());
    for setting in first.rows() {
        let choices = setting.choices.iter().map(choice);
        let ways: Vec<Value> = choices.chain(setting.free.map(free)).collect();
        let about = about_with_first(setting, first);
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
        let about = format!("What is set of `{table}`; as its keys say where it is not given.");
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
fn about_with_first<T>(setting: &Setting<T>, first: &T) -> String {
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
