//! The place of an exact fault as it is written.

use super::At;
use crate::scenario::form::units::Duration;
use onceproof_kernel::alphabet::PointWords;
use onceproof_systems::ALPHABETS;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
#[cfg(feature = "schema")]
use serde_json::{Value, json};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::sync::LazyLock;

/// Where an exact fault happens. What is not given matches anything.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Place {
    /// The step of a commit, of a function, or of a step of the protocol; any where it is not given.
    pub step: Option<At<String>>,
    /// A process beside the steps, such as `acker/0`; `graph` prints them. Any where it is not given.
    pub process: Option<At<String>>,
    /// The sender of a request; any where it is not given.
    pub from: Option<At<String>>,
    /// The receiver of a request; any where it is not given.
    pub to: Option<At<String>>,
    /// What a request is, by its word, where a system has several: `end`, `marker`, `write`; any that carries a record where
    /// it is not given.
    pub message: Option<At<String>>,
    /// The number of the shard within `step` or `to`, from 0; any where it is not given.
    pub shard: Option<At<u32>>,
    /// The number of the shard within `from`, from 0; any where it is not given.
    pub from_shard: Option<At<u32>>,
    /// The record: `events/0#2`, `per-user/ann@60s#0`, `watermark`; any where it is not given.
    pub record: Option<At<String>>,
    /// Which send of the record to the step, which execution of the function on it, or which call for it,
    /// from 1; any where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub attempt: Option<At<u32>>,
    /// Before which step of the protocol. What befalls a worker needs it, unless `time` is given. Of a commit it is the step
    /// at which that is sent; any where it is not given.
    pub before: Option<At<BeforeWord>>,
    /// Which worker, from 0. What befalls a worker at a `time` needs it.
    pub worker: Option<At<u32>>,
    /// When, since the start of the run; by its place in the protocol where it is not given.
    pub time: Option<At<Duration>>,
    /// Which of the matches, from 1; the first where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub nth: Option<At<u32>>,
}

/// A step of the protocol, by its word: one of those of any system.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct BeforeWord(pub &'static str);

/// The words for all steps of all protocols, each once, with what happens there.
static WORDS: LazyLock<Vec<&PointWords>> = LazyLock::new(|| {
    let mut words: Vec<&PointWords> = Vec::new();
    for point in ALPHABETS.iter().flat_map(|alphabet| alphabet.points) {
        if words.iter().all(|other| other.word != point.word) {
            words.push(point);
        }
    }
    words
});

impl<'de> Deserialize<'de> for BeforeWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<BeforeWord, D::Error> {
        static NAMES: LazyLock<Vec<&str>> =
            LazyLock::new(|| WORDS.iter().map(|point| point.word).collect());
        let word = String::deserialize(deserializer)?;
        let known = NAMES.iter().find(|known| **known == word);
        known
            .map(|known| BeforeWord(known))
            .ok_or_else(|| D::Error::unknown_variant(&word, NAMES.as_slice()))
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for BeforeWord {
    fn schema_name() -> Cow<'static, str> {
        "Before".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let word = |point: &&PointWords| {
            let about: Vec<&str> = ALPHABETS
                .iter()
                .flat_map(|alphabet| alphabet.points)
                .filter(|other| other.word == point.word)
                .map(|other| other.about)
                .collect();
            json!({ "type": "string", "const": point.word, "description": about.join(" Or: ") })
        };
        let words: Vec<Value> = WORDS.iter().map(word).collect();
        json_schema!({ "oneOf": words, "description": "A step of the protocol." })
    }
}
