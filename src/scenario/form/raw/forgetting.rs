//! How ids are forgotten, as it is written: `gc`, and the `window` of `dedup`. Both are a word or a length,
//! or a table that says more.

use crate::scenario::form::units::Duration;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;

/// When an id is forgotten.
#[derive(Clone, Copy)]
pub(in crate::scenario) enum Gc {
    Watermark,
    Never,
    Ttl(Ttl),
}

/// By age.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Ttl {
    /// How long after its commit.
    pub ttl: Duration,
    /// What becomes of an unknown record that is older; `accept` where it is not given.
    #[serde(default)]
    pub unknown_old: UnknownOld,
}

/// What becomes of a record that is not in the catalog and older than the catalog remembers.
#[derive(Clone, Copy, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum UnknownOld {
    /// It is taken. Wrong for a late retry.
    #[default]
    Accept,
    /// It is dropped and acked. Wrong for a late first delivery.
    Drop,
}

/// A finite window: its length alone, or a table.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct DedupWindow(pub WindowTable);

/// A finite window.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct WindowTable {
    /// How long an id is remembered.
    pub length: Duration,
    /// Whether a duplicate makes its id young again; false where it is not given.
    #[serde(default)]
    pub refresh_on_hit: bool,
    /// What becomes of an unknown record that is older; `accept` where it is not given.
    #[serde(default)]
    pub unknown_old: UnknownOld,
    /// When an id is written; `commit` where it is not given.
    #[serde(default)]
    pub updated_at: UpdatedAt,
}

/// When an id is written.
#[derive(Clone, Copy, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum UpdatedAt {
    /// In the commit of the record's effects.
    #[default]
    Commit,
    /// When the record is received. Wrong.
    Receive,
}

impl<'de> Deserialize<'de> for Gc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Gc, D::Error> {
        const WORDS: &[&str] = &["watermark", "never"];
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Gc;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"watermark\", \"never\" or a table with `ttl`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Gc, E> {
                match word {
                    "watermark" => Ok(Gc::Watermark),
                    "never" => Ok(Gc::Never),
                    word => Err(E::unknown_variant(word, WORDS)),
                }
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Gc, M::Error> {
                Ttl::deserialize(MapAccessDeserializer::new(map)).map(Gc::Ttl)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for DedupWindow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DedupWindow, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = WindowTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length such as \"10m\" or a table with `length`")
            }

            fn visit_str<E: Error>(self, length: &str) -> Result<WindowTable, E> {
                let length = Duration::deserialize(StrDeserializer::new(length))?;
                let (refresh_on_hit, unknown_old) = (false, UnknownOld::default());
                let updated_at = UpdatedAt::default();
                Ok(WindowTable { length, refresh_on_hit, unknown_old, updated_at })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<WindowTable, M::Error> {
                WindowTable::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Reader).map(DedupWindow)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Gc {
    fn schema_name() -> Cow<'static, str> {
        "Gc".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Ttl>();
        json_schema!({
            "description": "By the system watermark, never, or by age.",
            "anyOf": [{ "enum": ["watermark", "never"] }, table]
        })
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for DedupWindow {
    fn schema_name() -> Cow<'static, str> {
        "DedupWindow".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let length = generator.subschema_for::<Duration>();
        let table = generator.subschema_for::<WindowTable>();
        json_schema!({
            "description": "How long an id is remembered, or a table that says more.",
            "anyOf": [length, table]
        })
    }
}
