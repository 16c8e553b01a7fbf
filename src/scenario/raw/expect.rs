//! What a scenario expects, as it is written.

use super::{At, ClassWord, OneOrMany};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A word, or a table.
pub(in crate::scenario) enum Expect {
    Holds,
    Table(Table),
}

/// That all is as it should be.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Holds {
    /// Every record is reflected exactly once.
    ExactlyOnce,
}

/// What is expected, part by part.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Table {
    /// All is as it should be, which is so where nothing else is given.
    pub holds: Option<At<Holds>>,
    /// These classes must be found; others may be too.
    pub violates: Option<At<OneOrMany<ClassWord>>>,
    /// What is demanded of calls to external services; nothing where it is not given.
    pub side_effects: Option<At<SideEffects>>,
}

/// What is demanded of the side effects of functions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct SideEffects {
    /// How many side effects of one step may stand for a record.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub at_most: Option<At<u64>>,
    /// Whether the entry of each key must be, at the end, that of the record committed last for the key.
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
                Table::deserialize(MapAccessDeserializer::new(map)).map(Expect::Table)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

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
