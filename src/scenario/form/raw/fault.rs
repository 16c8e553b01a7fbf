//! `[faults]` and `[[fault]]` as they are written. A kind has the same parameters in both; in `[faults]` it
//! also has odds, and in `[[fault]]` it may not. Which kinds there are says their table.

use super::At;
use super::at::{AtSeed, OneOf};
use super::parameters::{Parameters, TableOf};
use super::place::Place;
use crate::scenario::form::units::Literal;
use onceproof_kernel::sorted::SortedMap;
use onceproof_sim::fault::KindName;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;

/// The odds of faults that a seed draws, by the kinds in their order.
#[derive(Default)]
pub(in crate::scenario) struct Faults(pub SortedMap<KindName, At<Drawn>>);

impl<'de> Deserialize<'de> for Faults {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Faults, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Faults;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Faults, A::Error> {
                let mut faults = Faults::default();
                while let Some(number) = map.next_key_seed(OneOf::keys(&KindName::WORDS))? {
                    let kind = KindName::ALL[number];
                    faults.0.insert(kind, map.next_value_seed(AtSeed(DrawnOf(kind)))?);
                }
                Ok(faults)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Odds alone, or a table of odds and parameters.
pub(in crate::scenario) enum Drawn {
    Odds(Literal),
    Table(Parameters<Literal>),
}

/// Reads the odds of a kind, with its parameters.
struct DrawnOf(KindName);

impl<'de> DeserializeSeed<'de> for DrawnOf {
    type Value = Drawn;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Drawn, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DrawnOf {
    type Value = Drawn;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("odds such as \"1/20\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Drawn, E> {
        Ok(Drawn::Odds(Literal::Text(text.to_owned())))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Drawn, E> {
        Ok(Drawn::Odds(Literal::Number))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Drawn, E> {
        Ok(Drawn::Odds(Literal::Number))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Drawn, E> {
        Ok(Drawn::Odds(Literal::Number))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Drawn, A::Error> {
        TableOf::new(self.0).visit_map(map).map(Drawn::Table)
    }
}

/// The odds of an exact fault: it has none.
pub(in crate::scenario) struct NoOdds;

impl<'de> Deserialize<'de> for NoOdds {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<NoOdds, D::Error> {
        Err(D::Error::custom("an exact fault has no odds\nit happens whenever its place comes"))
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for NoOdds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "NoOdds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(false)
    }
}

/// An exact fault.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Fault {
    /// Where.
    pub at: At<Place>,
    /// What.
    pub r#do: At<Do>,
}

/// What an exact fault does: a word, or a table of one word and its parameters.
pub(in crate::scenario) struct Do {
    pub kind: KindName,
    pub parameters: Parameters<NoOdds>,
}

impl<'de> Deserialize<'de> for Do {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Do, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Do;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of fault such as \"drop-ack\"")
            }

            /// A word alone is the word with an empty table.
            fn visit_str<E: Error>(self, word: &str) -> Result<Do, E> {
                let number = OneOf::names(&KindName::WORDS).visit_str(word)?;
                Ok(Do { kind: KindName::ALL[number], parameters: Parameters::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Do, A::Error> {
                let Some(number) = map.next_key_seed(OneOf::names(&KindName::WORDS))? else {
                    return Err(A::Error::custom("a fault that does nothing"));
                };
                let kind = KindName::ALL[number];
                let parameters = map.next_value_seed(TableOf::new(kind))?;
                match map.next_key::<IgnoredAny>()? {
                    None => Ok(Do { kind, parameters }),
                    Some(_) => {
                        Err(A::Error::custom("a fault does one thing\nwrite one `[[fault]]` each"))
                    }
                }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
