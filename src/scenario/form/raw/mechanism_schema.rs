//! The JSON Schema of `[mechanism]`, made of the table of the mechanisms.

use super::fault_schema::define;
use super::mechanism::Mechanism;
use crate::scenario::form::units::Duration;
use onceproof_kernel::time::Span;
use onceproof_model::dataflow::mechanism;
use onceproof_model::dataflow::mechanism::table::{
    MechanismDesign, MechanismRow, MechanismSteps, MechanismTakes,
};
use onceproof_model::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A setting that is a mechanism, or a part of one.
type Part = Setting<mechanism::Mechanism>;

impl JsonSchema for Mechanism {
    fn schema_name() -> Cow<'static, str> {
        "Mechanism".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let first = mechanism::Mechanism::default();
        let mut properties = Map::new();
        for row in mechanism::Mechanism::table() {
            let about = match row.setting() {
                Some(setting) => with_first(setting, &first),
                None => where_not_given(row.about(), "the default of each key"),
            };
            let mut schema = schema_of_row(generator, row);
            let about = match row.steps {
                MechanismSteps::All => about,
                steps => format!("{about} Of use to {}.", steps.words()),
            };
            schema.insert("description".to_owned(), about.into());
            properties.insert(row.key().to_owned(), schema.into());
        }
        let about = "The mechanisms. What holds of each where it is not given is correct.";
        table(about, properties, None)
    }
}

/// What a mechanism takes.
pub(super) fn schema_of_row(generator: &mut SchemaGenerator, row: &MechanismRow) -> Schema {
    let first = mechanism::Mechanism::default();
    match &row.takes {
        MechanismTakes::Value(setting) => value(generator, setting),
        MechanismTakes::Parts { key, about, parts, also } => {
            define(generator, &name(key), |generator| {
                let mut properties = of_parts(generator, parts, &first, None);
                for other in also.iter().filter_map(|key| MechanismRow::of(key)) {
                    let mut schema = schema_of_row(generator, other);
                    let about = format!("{} It may stand beside `{key}` too.", other.about());
                    schema.insert("description".to_owned(), about.into());
                    properties.insert(other.key().to_owned(), schema.into());
                }
                table(about, properties, None)
            })
        }
        MechanismTakes::Designs { setting, designs, is_named } => {
            define(generator, &name(setting.key), |generator| {
                let needs_more =
                    |number| designs.iter().any(|of| of.choice == number && of.needs_first);
                let choices = setting.choices.iter().enumerate();
                let words = choices.filter(|(number, _)| !needs_more(*number));
                let mut ways: Vec<Value> = words.map(|(_, word)| choice(word)).collect();
                for design in *designs {
                    let of_design = of_design(generator, setting, design, *is_named);
                    let word = design.word(setting);
                    ways.push(match is_named {
                        false => of_design.into(),
                        true => json!({
                            "type": "object",
                            "properties": { word: of_design },
                            "required": [word],
                            "additionalProperties": false,
                            "description": setting.choices[design.choice].about
                        }),
                    });
                }
                json_schema!({ "description": setting.about, "anyOf": ways })
            })
        }
    }
}

/// The table of a design, or the part that is needed in its place.
fn of_design(
    generator: &mut SchemaGenerator,
    setting: &Part,
    design: &MechanismDesign,
    is_named: bool,
) -> Schema {
    let mut first = mechanism::Mechanism::default();
    (setting.set)(&mut first, SettingValue::Choice(design.choice));
    let needed = design.parts.first().filter(|_| design.needs_first);
    let of_table = define(generator, &name(design.name), |generator| {
        let properties = of_parts(generator, design.parts, &first, needed);
        table(design.about, properties, needed)
    });
    match needed.filter(|_| is_named) {
        None => of_table,
        Some(needed) => define(generator, &format!("{}Alone", name(design.name)), |generator| {
            let alone = value(generator, needed);
            let about = format!("{} A table says more.", needed.about);
            json_schema!({ "description": about, "anyOf": [alone, of_table] })
        }),
    }
}

fn of_parts(
    generator: &mut SchemaGenerator,
    parts: &[Part],
    first: &mechanism::Mechanism,
    needed: Option<&Part>,
) -> Map<String, Value> {
    let mut properties = Map::new();
    for part in parts {
        let about = match needed {
            Some(needed) if needed.key == part.key => part.about.to_owned(),
            Some(_) | None => with_first(part, first),
        };
        let mut schema = value(generator, part);
        schema.insert("description".to_owned(), about.into());
        properties.insert(part.key.to_owned(), schema.into());
    }
    properties
}

fn table(about: &str, properties: Map<String, Value>, needed: Option<&Part>) -> Schema {
    let mut schema = json_schema!({
        "type": "object",
        "description": about,
        "properties": properties,
        "additionalProperties": false
    });
    if let Some(needed) = needed {
        schema.insert("required".to_owned(), json!([needed.key]));
    }
    schema
}

/// What a setting takes.
fn value(generator: &mut SchemaGenerator, setting: &Part) -> Schema {
    if let (Some(free), []) = (setting.free, setting.choices) {
        return of_free(generator, free);
    }
    let is_bool = |choice: &SettingChoice| matches!(choice.written, WrittenAs::Bool(_));
    if setting.free.is_none() && setting.choices.iter().all(is_bool) {
        return json_schema!({ "type": "boolean" });
    }
    define(generator, &name(setting.key), |generator| {
        let mut ways: Vec<Value> = setting.choices.iter().map(choice).collect();
        if let Some(free) = setting.free {
            let (Free::Length { about, .. } | Free::Number { about, .. }) = free;
            let mut schema = of_free(generator, free);
            schema.insert("description".to_owned(), about.into());
            ways.push(schema.into());
        }
        json_schema!({ "oneOf": ways, "description": setting.about })
    })
}

/// A length or a number.
fn of_free(generator: &mut SchemaGenerator, free: Free) -> Schema {
    match free {
        Free::Length { .. } => generator.subschema_for::<Duration>(),
        Free::Number { least, most: u32::MAX, .. } => {
            json_schema!({ "type": "integer", "format": "uint32", "minimum": least })
        }
        Free::Number { least, most, .. } => json_schema!({
            "type": "integer", "format": "uint32", "minimum": least, "maximum": most
        }),
    }
}

fn choice(choice: &SettingChoice) -> Value {
    let (kind, value) = match choice.written {
        WrittenAs::Text(word) => ("string", json!(word)),
        WrittenAs::Bool(is_so) => ("boolean", json!(is_so)),
        WrittenAs::Number(number) => ("integer", json!(number)),
    };
    json!({ "type": kind, "const": value, "description": choice.about })
}

/// The name of a definition: `MechanismReAck`. No type of the reader has a name that begins so.
fn name(key: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    format!("Mechanism{}", key.split('-').map(word).collect::<String>())
}

/// What a setting is, and what holds where it is not given.
fn with_first(setting: &Part, first: &mechanism::Mechanism) -> String {
    let value = match (setting.get)(first) {
        // What it is says it.
        SettingValue::Follows => return setting.about.to_owned(),
        SettingValue::Length(length) => format!("`{}`", Span(length)),
        SettingValue::Number(number) => number.to_string(),
        SettingValue::Choice(number) => match setting.choices[number].written {
            WrittenAs::Text(word) => format!("`{word}`"),
            written @ (WrittenAs::Bool(_) | WrittenAs::Number(_)) => written.to_string(),
        },
    };
    where_not_given(setting.about, &value)
}

fn where_not_given(about: &str, value: &str) -> String {
    format!("{}; {value} where it is not given.", about.trim_end_matches('.'))
}
