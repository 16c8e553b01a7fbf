//! The JSON Schema of `[faults]` and of `do = …`, made of the table of the kinds. It refers to one definition for each
//! table of parameters, with odds and without: schemars would number two of one name, and so it is done here.

use super::at::{At, OneOrMany};
use super::fault::{Do, Faults, NoOdds};
use super::parameters::{Direction, Leg, ODDS};
use crate::scenario::form::units::{Duration, Literal};
use onceproof_kernel::time::Span;
use onceproof_sim::fault::kind::{Asked, Parameter, Takes};
use onceproof_sim::fault::{Kind, KindName};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::num::NonZeroU32;

/// The longest line of a description, as it is in comments.
const WIDTH: usize = 109;

impl JsonSchema for Faults {
    fn schema_name() -> Cow<'static, str> {
        "Faults".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties: Map<String, Value> = Map::new();
        for kind in KindName::searched() {
            let drawn = define(generator, &format!("Drawn_{}", name(kind)), |generator| {
                let odds = generator.subschema_for::<Literal>();
                let table = table::<Literal>(generator, kind, "");
                json_schema!({ "anyOf": [odds, table] })
            });
            let property = json_schema!({
                "anyOf": [drawn, { "type": "null" }],
                "description": lines(&format!(
                    "{} Odds {}; never where it is not given.",
                    kind.row().about,
                    counted(kind),
                ))
            });
            properties.insert(kind.word().to_owned(), property.into());
        }
        let about = "The odds of faults that a seed draws: per request, per ack, per commit, per call, per \
                     execution of a function, per delivery of a message or, for what befalls a worker, per step \
                     of the protocol.";
        json_schema!({
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
            "description": lines(about)
        })
    }
}

impl JsonSchema for Do {
    fn schema_name() -> Cow<'static, str> {
        "Do".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = define(generator, "DoTable", |generator| {
            let of_kind = |kind: KindName| {
                let word = kind.word();
                let table = table::<NoOdds>(generator, kind, "2");
                json!({
                    "type": "object",
                    "properties": { word: table },
                    "required": [word],
                    "additionalProperties": false,
                    "description": kind.row().about
                })
            };
            json_schema!({
                "oneOf": KindName::ALL.map(of_kind),
                "description": "A kind and its parameters."
            })
        });
        json_schema!({
            "description": "A kind of fault, alone or with its parameters.",
            "anyOf": [{ "enum": KindName::WORDS }, table]
        })
    }
}

/// A reference to a definition, which is made where it is referred to first.
pub(super) fn define(
    generator: &mut SchemaGenerator,
    name: &str,
    make: impl FnOnce(&mut SchemaGenerator) -> Schema,
) -> Schema {
    if !generator.definitions().contains_key(name) {
        // It stands before those that it refers to.
        generator.definitions_mut().insert(name.to_owned(), Value::Null);
        let schema = make(generator);
        generator.definitions_mut().insert(name.to_owned(), schema.into());
    }
    Schema::new_ref(format!("#/$defs/{name}"))
}

/// The name of the table of a kind. All kinds without parameters have one.
fn name(kind: KindName) -> String {
    match kind.row().parameters {
        [] => "Plain".to_owned(),
        _ => format!("{kind:?}"),
    }
}

/// The table of a kind, with its odds.
fn table<O: JsonSchema>(generator: &mut SchemaGenerator, kind: KindName, number: &str) -> Schema {
    define(generator, &format!("{}{number}", name(kind)), |generator| {
        let mut properties: Map<String, Value> = Map::new();
        let mut insert = |key: &str, mut schema: Schema, about: String| {
            schema.insert("description".to_owned(), about.into());
            properties.insert(key.to_owned(), schema.into());
        };
        let odds = generator.subschema_for::<Option<At<O>>>();
        let about = "How often: a drawn fault needs it, an exact one has none.";
        insert(ODDS, odds, about.to_owned());
        for parameter in kind.row().parameters {
            let schema = match parameter.takes {
                Takes::Length | Takes::Step(_) => {
                    generator.subschema_for::<Option<OneOrMany<Duration>>>()
                }
                Takes::Leg => generator.subschema_for::<Option<Leg>>(),
                Takes::Direction => generator.subschema_for::<Option<Direction>>(),
                Takes::Answer => generator.subschema_for::<Option<OneOrMany<NonZeroU32>>>(),
            };
            let about = format!("{}; {}.", parameter.about, default(parameter, kind.row().default));
            insert(parameter.key, schema, about);
        }
        let about = match kind.row().parameters {
            [] => "A kind without parameters.".to_owned(),
            _ => format!("`{}`.", kind.word()),
        };
        json_schema!({
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
            "description": about
        })
    })
}

/// What holds where a parameter is not given.
fn default(parameter: &Parameter, mut kind: Kind) -> String {
    let length = Span(kind.length().unwrap_or(0));
    let parts = kind.parts();
    match parameter.takes {
        Takes::Length => format!("`{length}` where it is not given"),
        Takes::Step(way) => match parts.way {
            Some(other) if *other != way => format!("{} where neither is given", other.word()),
            _ => format!("`{length}` where neither is given"),
        },
        Takes::Leg => {
            let word = parts.leg.map(|leg| leg.word()).unwrap_or_default();
            format!("`{word}` where it is not given")
        }
        Takes::Direction => {
            let word = parts.direction.map(|direction| direction.word()).unwrap_or_default();
            format!("`{word}` where it is not given")
        }
        Takes::Answer => {
            let answer = parts.answer.map(|answer| *answer).unwrap_or_default();
            format!("{answer} where it is not given")
        }
    }
}

/// What the odds of a kind are counted by.
fn counted(kind: KindName) -> String {
    let row = kind.row();
    let by = row.asked.word();
    let or = match row.parameters.iter().any(|parameter| parameter.takes == Takes::Leg) {
        true => format!(", or per {} with `leg = \"ack\"`", Asked::Ack.word()),
        false => String::new(),
    };
    format!("per {by}{or}{}", row.odds)
}

/// A description in lines.
fn lines(text: &str) -> String {
    textwrap::fill(text, WIDTH)
}
