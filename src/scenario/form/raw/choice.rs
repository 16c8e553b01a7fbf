//! A mechanism that is one of a few values. How each is written says the table of the model.

use super::at::one_of;
use onceproof_model::dataflow::mechanism::choices::MechanismChoice;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
#[cfg(feature = "schema")]
use serde_json::{Value, json};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A value that was chosen.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Chosen<T>(pub T);

impl<'de, T: MechanismChoice> Deserialize<'de> for Chosen<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Chosen<T>, D::Error> {
        match T::BOOLS {
            [] => Ok(Chosen(T::VALUES[one_of(T::WORDS, deserializer)?])),
            _ => deserializer.deserialize_any(BoolOrWord(PhantomData)),
        }
    }
}

/// Reads a value that is `true` or `false` or one of a few words.
struct BoolOrWord<T>(PhantomData<T>);

impl<T: MechanismChoice> Visitor<'_> for BoolOrWord<T> {
    type Value = Chosen<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bools = T::BOOLS.iter().map(|(is_so, _)| is_so.to_string());
        let all: Vec<String> =
            bools.chain(T::WORDS.iter().map(|word| format!("\"{word}\""))).collect();
        match all.split_last() {
            Some((last, others)) if !T::WORDS.is_empty() => {
                write!(f, "{} or {last}", others.join(", "))
            }
            _ => f.write_str("a boolean"),
        }
    }

    fn visit_bool<E: Error>(self, given: bool) -> Result<Chosen<T>, E> {
        let found = T::BOOLS.iter().find(|&&(is_so, _)| is_so == given);
        let found = found.map(|&(_, value)| Chosen(value));
        found.ok_or_else(|| E::invalid_value(Unexpected::Bool(given), &self))
    }

    fn visit_str<E: Error>(self, given: &str) -> Result<Chosen<T>, E> {
        if T::WORDS.is_empty() {
            return Err(E::invalid_type(Unexpected::Str(given), &self));
        }
        let found = T::WORDS.iter().position(|word| *word == given);
        found
            .map(|number| Chosen(T::VALUES[number]))
            .ok_or_else(|| E::unknown_variant(given, T::WORDS))
    }
}

#[cfg(feature = "schema")]
impl<T: MechanismChoice> JsonSchema for Chosen<T> {
    fn inline_schema() -> bool {
        T::WORDS.is_empty()
    }

    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = T::WORDS.iter().zip(T::ABOUTS);
        match (T::BOOLS, T::WORDS) {
            ([], _) => {
                let word = |(word, about)| json!({ "type": "string", "const": word, "description": about });
                let words: Vec<Value> = words.map(word).collect();
                json_schema!({ "oneOf": words, "description": T::ABOUT })
            }
            (_, []) => json_schema!({ "type": "boolean" }),
            (bools, words) => {
                let bools = bools.iter().map(|(is_so, _)| json!(is_so));
                let all: Vec<Value> = bools.chain(words.iter().map(|word| json!(word))).collect();
                json_schema!({ "description": T::ABOUT, "enum": all })
            }
        }
    }
}
