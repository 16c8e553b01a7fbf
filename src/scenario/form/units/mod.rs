//! Durations, times, odds and seeds, as a scenario writes them and as integers. Nothing goes through a
//! float: a number is read from its own letters, and what is not exact is refused.

mod odds;
mod seed;
mod stamp;
mod time;
mod total;
mod varied;

pub(in crate::scenario) use odds::{Literal, odds, thousandths};
pub(in crate::scenario) use seed::{Seed, Seeds};
pub(in crate::scenario) use stamp::stamp;
pub use time::duration;
pub(in crate::scenario) use time::{Duration, LONGEST, Moment, NO_DATE, moment};
pub(in crate::scenario) use total::Total;
pub(in crate::scenario) use varied::VariedValue;

#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use seed::{seed, seed_of_number, seeds};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;
use time::no_unit;
use total::{total, total_of_number};
use varied::{varied_value, varied_value_of_number};

/// Implements reading from a text, refusing numbers with a message of its own, and the schema.
macro_rules! read_from_text {
    ($type:ident, $parse:expr, $expected:literal, $number:expr, $schema:tt) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl Visitor<'_> for Reader {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$type, E> {
                        $parse(text).map_err(E::custom)
                    }

                    fn visit_i64<E: Error>(self, number: i64) -> Result<$type, E> {
                        $number(Some(i128::from(number))).map_err(E::custom)
                    }

                    fn visit_u64<E: Error>(self, number: u64) -> Result<$type, E> {
                        $number(Some(i128::from(number))).map_err(E::custom)
                    }

                    fn visit_i128<E: Error>(self, number: i128) -> Result<$type, E> {
                        $number(Some(number)).map_err(E::custom)
                    }

                    fn visit_u128<E: Error>(self, _: u128) -> Result<$type, E> {
                        $number(Some(i128::MAX)).map_err(E::custom)
                    }

                    fn visit_f64<E: Error>(self, number: f64) -> Result<$type, E> {
                        $number(if number < 0.0 { Some(-1) } else { None }).map_err(E::custom)
                    }
                }
                deserializer.deserialize_any(Reader)
            }
        }

        #[cfg(feature = "schema")]
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

read_from_text!(
    Duration,
    |text| duration(text).map(Duration),
    "a duration such as \"30ms\"",
    no_unit,
    {
        "type": "string",
        "description": "A duration with a unit: \"30ms\", \"1.5s\", \"1h30m\". Units: ns, us, ms, s, m, h, d.",
        "pattern": "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$"
    }
);
read_from_text!(
    Moment,
    |text| moment(text).map(Moment),
    "a time such as \"30s\"",
    no_unit,
    {
        "type": "string",
        "description": "A time as a duration since zero, perhaps before it: \"1s\", \"-2s\".",
        "pattern": "^-?([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$"
    }
);
read_from_text!(
    Seed,
    seed,
    "a seed",
    seed_of_number,
    {
        "description": "A whole number below 2^64, as a number or as a text.",
        "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": 18446744073709551615_u64 },
            { "type": "string", "pattern": "^[0-9]{1,20}$" }
        ]
    }
);
read_from_text!(
    Seeds,
    seeds,
    "a range of seeds such as \"0..1000\"",
    |_| Err("a range of seeds is a text\nsuch as \"0..1000\""),
    {
        "type": "string",
        "description": "A range of seeds without its end: \"0..1000\".",
        "pattern": "^ *[0-9]+ *\\.\\. *[0-9]+ *$"
    }
);
read_from_text!(
    VariedValue,
    varied_value,
    "a value or a range of values",
    varied_value_of_number,
    {
        "description": "A value as it would stand in the file, a text without its quotes: 4, \"10s\", \"off\". Or a \
                        range of nine values in equal ratios: \"1s..10m\", \"1..256\", \"1/1000..1/10\".",
        "anyOf": [{ "type": "integer" }, { "type": "string", "minLength": 1 }]
    }
);
read_from_text!(
    Total,
    total,
    "a total",
    total_of_number,
    {
        "description": "A whole number, as a number or as a text.",
        "anyOf": [
            { "type": "integer" },
            { "type": "string", "pattern": "^-?[0-9]{1,39}$" }
        ]
    }
);
read_from_text!(
    Literal,
    |text: &str| Ok::<_, &str>(Literal::Text(text.to_owned())),
    "a number",
    |_| Ok::<_, &str>(Literal::Number),
    {
        "description": "A decimal, 0.05, as a number or as a text; odds may be a fraction, \"1/20\".",
        "anyOf": [
            { "type": "number", "minimum": 0 },
            { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$|^ *[0-9]+ */ *[0-9]+ *$" }
        ]
    }
);
