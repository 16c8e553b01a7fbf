//! `[input]` as it is written.

use super::At;
use crate::scenario::form::units::{Duration, Literal, Moment};
use onceproof_sim::input::RowValue;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;

/// What a source reads: exactly one of the three.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Input {
    /// Records that a seed draws; another of the three where it is not given.
    pub generate: Option<At<Generate>>,
    /// Records written out; another of the three where it is not given.
    pub records: Option<At<Vec<At<Record>>>>,
    /// Records from a file; another of the three where it is not given.
    pub csv: Option<At<Csv>>,
}

/// Records that a seed draws.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Generate {
    /// How many.
    #[cfg_attr(feature = "schema", schemars(with = "u32", range(min = 1, max = 10000000)))]
    pub records: At<u64>,
    /// How many different keys; 1 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1, max = 1000000)))]
    pub users: Option<At<u64>>,
    /// How uneven the keys are: user r is drawn in proportion to 1 / r^skew; 0, even, where it is not given;
    /// at most 10, with at most 3 decimals.
    pub skew: Option<At<Literal>>,
    /// The time between two arrivals; none where it is not given.
    pub every: Option<At<Duration>>,
    /// How far before its arrival a record may have happened; none where it is not given.
    pub out_of_order: Option<Duration>,
    /// Records that arrive later than `every` says; none where it is not given.
    pub late: Option<At<Late>>,
    /// Values are drawn from 1 to this; 1 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub values: Option<At<u64>>,
}

/// Records that are late.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Late {
    /// How often a record is late: `"1/20"`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub odds: At<Literal>,
    /// How much later such a record arrives at most.
    pub by: At<Duration>,
}

/// A record.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Record {
    /// Its key.
    pub key: String,
    /// When it arrives and, unless `event-time` says otherwise, when it happened.
    pub at: At<Moment>,
    /// When it happened; when it arrives where it is not given.
    pub event_time: Option<Moment>,
    /// What it carries; 1 where it is not given.
    pub value: Option<Content>,
    /// Its id; shard and offset where it is not given. In a queue, what its publisher gives: records of one id are one
    /// record that was published several times.
    pub id: Option<String>,
}

/// What a record carries: a whole number, or a text.
pub(in crate::scenario) struct Content(pub RowValue);

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Content, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or a text")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Content, E> {
                Ok(Content(RowValue::Integer(number)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Content, E> {
                Ok(Content(RowValue::Text(text.into())))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Content {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"], "description": "A whole number, or a text." })
    }
}

/// Records from a file, whose first line names the columns.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Csv {
    /// Where the file is, seen from this one.
    pub path: At<String>,
    /// The column of the key.
    pub key: At<String>,
    /// The column of the time when it happened.
    pub event_time: At<String>,
    /// The column of the time when it arrives; the one of `event-time` where it is not given. Rows stand
    /// in order of arrival, unless `sort` is true.
    pub arrival: Option<At<String>>,
    /// How times are written; `s` where it is not given.
    #[serde(default)]
    pub time_format: TimeFormat,
    /// Whether rows are put in order of arrival; those of one time stay as they are. Offsets in the names of
    /// records count rows in that order, and errors give the row of the file. False where it is not given.
    #[serde(default)]
    pub sort: bool,
    /// What parts the fields of a row: one ASCII character; a comma where it is not given.
    pub delimiter: Option<At<String>>,
    /// The columns that make its id; shard and offset where it is not given.
    pub id: Option<At<Vec<At<String>>>>,
    /// The column of the value: a whole number of 64 bits, else a text; 1 where it is not given.
    pub value: Option<At<String>>,
    /// What to do with a row that cannot be read; `fail` where it is not given.
    #[serde(default)]
    pub on_bad_row: OnBadRow,
}

/// How the times of a file are written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum TimeFormat {
    /// Seconds since 1970, with a fraction or without: `1357035300.25`.
    #[default]
    S,
    /// Milliseconds since 1970, with a fraction or without.
    Ms,
    /// Dates and times of RFC 3339, with an offset: `2013-01-01T10:15:00Z`.
    Rfc3339,
}

/// What to do with a row that cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum OnBadRow {
    /// Refuse the scenario.
    #[default]
    Fail,
    /// Leave it out, and count it.
    Skip,
}
