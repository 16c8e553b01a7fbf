//! What a scenario expects, as it is written.

use super::{At, ClassWord, OneOrMany};
use crate::scenario::demand::stated::Figure as LedgerFigure;
use crate::scenario::form::units::Total;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A word, or a table.
pub(in crate::scenario) enum Expect {
    Holds,
    Table(Box<Table>),
}

/// That all is as it should be.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Holds {
    /// Every record is reflected exactly once.
    ExactlyOnce,
}

/// What is expected, part by part.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Table {
    /// All is as it should be, which is so where nothing is violated; implied where it is not given.
    pub holds: Option<At<Holds>>,
    /// These classes must be found; others may be too. None may be found where it is not given.
    pub violates: Option<At<OneOrMany<ClassWord>>>,
    /// How many source records are exact; any number where it is not given.
    pub exact: Option<At<Figure>>,
    /// How many are duplicated; any number where it is not given.
    pub duplicated: Option<At<Figure>>,
    /// How often records are reflected too many times, all together; any number where it is not given.
    pub excess: Option<At<Figure>>,
    /// How many are lost; any number where it is not given.
    pub lost: Option<At<Figure>>,
    /// How many are divergent; any number where it is not given.
    pub divergent: Option<At<Figure>>,
    /// How many are late; any number where it is not given.
    pub late: Option<At<Figure>>,
    /// How many are dead letters; any number where it is not given.
    pub dead_lettered: Option<At<Figure>>,
    /// How many rows of csv files may be left out, since they could not be used; any number where it is not given.
    pub rows_skipped: Option<At<Figure>>,
    /// The results of steps: all that each of these steps has, by key, or by key and start of the window. Any where it
    /// is not given.
    pub results: Option<At<Entries<At<Entries<Total>>>>>,
    /// What is demanded of calls to external services; nothing where it is not given.
    pub side_effects: Option<At<SideEffects>>,
}

impl Table {
    /// What is given for each figure of the ledger.
    pub fn figures(&self) -> [(LedgerFigure, &Option<At<Figure>>); LedgerFigure::ALL.len()] {
        LedgerFigure::ALL.map(|figure| {
            let given = match figure {
                LedgerFigure::Exact => &self.exact,
                LedgerFigure::Duplicated => &self.duplicated,
                LedgerFigure::Excess => &self.excess,
                LedgerFigure::Lost => &self.lost,
                LedgerFigure::Divergent => &self.divergent,
                LedgerFigure::Late => &self.late,
                LedgerFigure::DeadLettered => &self.dead_lettered,
            };
            (figure, given)
        })
    }
}

/// A figure of the ledger: a number, or a limit.
pub(in crate::scenario) enum Figure {
    Is(u64),
    AtMost(At<u64>),
}

/// A limit.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Limit {
    /// At most so many.
    #[cfg_attr(feature = "schema", schemars(with = "u64", range(min = 1)))]
    at_most: At<u64>,
}

/// A table whose keys are names, in the order of the file.
pub(in crate::scenario) struct Entries<T>(pub Vec<(At<String>, T)>);

/// What is demanded of the side effects of functions.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct SideEffects {
    /// How many side effects of one step may stand for a record; any number where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub at_most: Option<At<u64>>,
    /// Whether the entry of each key must be, at the end, that of the record committed last for the key; false where
    /// it
    /// is not given.
    pub newest: Option<At<bool>>,
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Expect, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Expect;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"exactly-once\", or a table such as `{ violates = \"lost\" }`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Expect, E> {
                Holds::deserialize(StrDeserializer::new(word))
                    .map(|Holds::ExactlyOnce| Expect::Holds)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expect, A::Error> {
                let table = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Expect::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Expect {
    fn schema_name() -> Cow<'static, str> {
        "Expect".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<Holds>();
        let table = generator.subschema_for::<Table>();
        json_schema!({ "description": "What must be found.", "anyOf": [word, table] })
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Figure, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Figure;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of records, or `{ at-most = … }`")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Figure, E> {
                u64::try_from(number)
                    .map(Figure::Is)
                    .map_err(|_| E::custom("a negative number of records\nnone is written as `0`"))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Figure, E> {
                Ok(Figure::Is(number))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Figure, A::Error> {
                let Limit { at_most } = Limit::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Figure::AtMost(at_most))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Figure {
    fn schema_name() -> Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let limit = generator.subschema_for::<Limit>();
        let number = json_schema!({ "type": "integer", "minimum": 0 });
        json_schema!({ "description": "A number, or a limit.", "anyOf": [number, limit] })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries<T>, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

#[cfg(feature = "schema")]
impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Entries_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}
