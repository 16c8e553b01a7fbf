//! A value of a mechanism, or of a part of one: one of a few, a length or a number. Which there are says its row.

use super::at::{one_of, unknown};
#[cfg(feature = "schema")]
use super::mechanism_schema::schema_of_row;
use crate::scenario::form::units::{Duration, duration};
use onceproof_kernel::time::Nanos;
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::MechanismRow;
use onceproof_model::pipeline::Ack;
use onceproof_model::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs};
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, Unexpected, Visitor};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;

/// A value that is given.
#[derive(Clone, Copy)]
pub(in crate::scenario) enum GivenValue {
    /// One of a few, by its number.
    Choice(usize),
    /// A number that may be out of range.
    Number(u64),
    /// A length.
    Length(Nanos),
}

/// Reads a value of a setting.
#[derive(Clone, Copy)]
pub(super) struct ValueOf {
    choices: &'static [SettingChoice],
    free: Option<Free>,
}

impl ValueOf {
    pub fn of<T>(setting: &Setting<T>) -> ValueOf {
        ValueOf { choices: setting.choices, free: setting.free }
    }

    fn words(self) -> Vec<&'static str> {
        let word = |choice: &SettingChoice| match choice.written {
            WrittenAs::Text(word) => Some(word),
            WrittenAs::Bool(_) | WrittenAs::Number(_) => None,
        };
        self.choices.iter().filter_map(word).collect()
    }

    fn choice(self, written: WrittenAs) -> Option<GivenValue> {
        let found = self.choices.iter().position(|choice| choice.written == written);
        found.map(GivenValue::Choice)
    }

    /// What it may be beside its choices, in words.
    pub fn free_in_words(self) -> Option<&'static str> {
        self.free.map(|free| match free {
            Free::Length { .. } => "a length such as \"10m\"",
            Free::Number { .. } => "a whole number",
        })
    }
}

impl<'de> DeserializeSeed<'de> for ValueOf {
    type Value = GivenValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<GivenValue, D::Error> {
        let words = self.words();
        match (self.choices, self.free) {
            ([], Some(Free::Number { .. })) => {
                u64::deserialize(deserializer).map(GivenValue::Number)
            }
            ([], Some(Free::Length { .. })) => Duration::deserialize(deserializer)
                .map(|Duration(length)| GivenValue::Length(length)),
            (choices, None) if words.len() == choices.len() => {
                one_of(&words, deserializer).map(GivenValue::Choice)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl Visitor<'_> for ValueOf {
    type Value = GivenValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.free.is_none()
            && self.choices.iter().all(|choice| matches!(choice.written, WrittenAs::Bool(_)))
        {
            return f.write_str("a boolean");
        }
        let choices = self.choices.iter().map(|choice| choice.written.to_string());
        let all: Vec<String> = choices.chain(self.free_in_words().map(str::to_owned)).collect();
        match all.as_slice() {
            [] => f.write_str("nothing"),
            [only] => f.write_str(only),
            [others @ .., last] => write!(f, "{} or {last}", others.join(", ")),
        }
    }

    fn visit_bool<E: Error>(self, given: bool) -> Result<GivenValue, E> {
        let found = self.choice(WrittenAs::Bool(given));
        found.ok_or_else(|| E::invalid_value(Unexpected::Bool(given), &self))
    }

    fn visit_str<E: Error>(self, given: &str) -> Result<GivenValue, E> {
        let words = self.words();
        let is_meant = |choice: &SettingChoice| match choice.written {
            WrittenAs::Text(word) => word == given,
            WrittenAs::Bool(_) | WrittenAs::Number(_) => false,
        };
        if let Some(number) = self.choices.iter().position(is_meant) {
            return Ok(GivenValue::Choice(number));
        }
        let is_length = words.is_empty() || given.starts_with(|c: char| c.is_ascii_digit());
        match self.free {
            Some(Free::Length { .. }) if is_length => {
                duration(given).map(GivenValue::Length).map_err(E::custom)
            }
            _ if words.is_empty() => Err(E::invalid_type(Unexpected::Str(given), &self)),
            _ => Err(unknown("variant", given, &words)),
        }
    }

    fn visit_i64<E: Error>(self, given: i64) -> Result<GivenValue, E> {
        let choice = u32::try_from(given).ok().map(WrittenAs::Number);
        let free = match self.free {
            Some(Free::Number { .. }) => u64::try_from(given).ok().map(GivenValue::Number),
            Some(Free::Length { .. }) | None => None,
        };
        let found = choice.and_then(|choice| self.choice(choice)).or(free);
        found.ok_or_else(|| E::invalid_type(Unexpected::Signed(given), &self))
    }
}

/// When a record is acked, as the mechanism is written.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct AckWord(pub Ack);

impl AckWord {
    /// The mechanism that is written so.
    fn row() -> &'static MechanismRow {
        MechanismRow::of("ack").expect("a row")
    }
}

impl<'de> Deserialize<'de> for AckWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AckWord, D::Error> {
        let setting = AckWord::row().setting().expect("one of a few");
        let mut mechanism = Mechanism::default();
        if let GivenValue::Choice(number) = ValueOf::of(setting).deserialize(deserializer)? {
            (setting.set)(&mut mechanism, SettingValue::Choice(number));
        }
        Ok(AckWord(mechanism.ack))
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for AckWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AckWord".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of_row(generator, AckWord::row())
    }
}
