//! `dedup` as it is written: a word alone, or a table of the word and its parameters.

use super::At;
use super::forgetting::DedupWindow;
use crate::scenario::form::units::Duration;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;

const WORDS: &[&str] = &["catalog", "bloom", "bloom-only", "off"];

/// How a duplicate is known.
pub(in crate::scenario) enum Dedup {
    /// By the exact catalog of its key.
    Catalog,
    /// By filters in front of the catalog.
    Bloom(Filter),
    /// By filters alone. Wrong.
    BloomOnly(Filter),
    /// By a catalog that forgets after a while. Wrong once a retry comes later.
    Window(DedupWindow),
    /// Not at all. Wrong.
    Off,
}

/// The designs that have parameters.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum Table {
    /// By filters in front of the catalog.
    Bloom(Filter),
    /// By filters alone, which are read again by every boot. Wrong.
    BloomOnly(Filter),
    /// By a catalog that forgets after a while. Wrong once a retry comes later.
    Window(DedupWindow),
}

/// Filters, one per range of the senders' timestamps.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Filter {
    /// How long a range is; `10m` where it is not given.
    pub bucket: Option<At<Duration>>,
    /// How many bits there are for each id that is expected; 10 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1, max = 64)))]
    pub bits_per_id: Option<At<u64>>,
    /// How many bits an id sets; 7 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1, max = 32)))]
    pub hashes: Option<At<u64>>,
    /// How many ids are expected in a range; 1000 where it is not given.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<u32>", range(min = 1, max = 10_000_000))
    )]
    pub expect: Option<At<u64>>,
    /// Of `bloom`: what decides the range of a record; `stamp` where it is not given.
    pub bucket_by: Option<At<BucketBy>>,
    /// Of `bloom`: how filters come back after a restart; `scan` where it is not given.
    pub rebuild: Option<At<Rebuild>>,
    /// Of `bloom` with `rebuild = "lazy"`: the record of a range that makes its ids be read; 100 where it is
    /// not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub threshold: Option<At<u64>>,
}

/// What decides the range of a record.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum BucketBy {
    /// The timestamp that its sender gave it.
    Stamp,
    /// When it arrives. Wrong.
    Arrival,
}

/// How filters come back after a restart.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Rebuild {
    /// The boot reads all ids.
    Scan,
    /// The ids of a range are read once so many of its records have come; until then all are looked up in
    /// the catalog.
    Lazy,
    /// Not at all: an empty filter is taken for a complete one. Wrong.
    None,
}

impl<'de> Deserialize<'de> for Dedup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Dedup, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Dedup;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a design such as \"catalog\"")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Dedup, E> {
                match word {
                    "catalog" => Ok(Dedup::Catalog),
                    "bloom" => Ok(Dedup::Bloom(Filter::default())),
                    "bloom-only" => Ok(Dedup::BloomOnly(Filter::default())),
                    "off" => Ok(Dedup::Off),
                    word => Err(E::unknown_variant(word, WORDS)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Dedup, A::Error> {
                if map.size_hint() == Some(0) {
                    return Err(A::Error::custom("a `dedup` of nothing"));
                }
                let table = Table::deserialize(MapAccessDeserializer::new(&mut map))?;
                match map.next_key::<IgnoredAny>()? {
                    None => Ok(match table {
                        Table::Bloom(filter) => Dedup::Bloom(filter),
                        Table::BloomOnly(filter) => Dedup::BloomOnly(filter),
                        Table::Window(window) => Dedup::Window(window),
                    }),
                    Some(_) => Err(A::Error::custom("`dedup` is one design")),
                }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Dedup {
    fn schema_name() -> Cow<'static, str> {
        "Dedup".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Table>();
        json_schema!({
            "description": "How a duplicate is known: a design, alone or with its parameters. `bloom-only` and \
                `off` are wrong.",
            "anyOf": [{ "enum": WORDS }, table]
        })
    }
}
