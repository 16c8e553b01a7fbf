//! The functions of maps, and how they fail, as they are written.

use super::{At, service};
use crate::scenario::form::units::Duration;
use onceproof_kernel::user::SharedFunction;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

/// The function of a map.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Function {
    /// The record as it came.
    Identity,
    /// The record under another key.
    KeyBy(KeyBy),
    /// The record, or nothing.
    Filter(Filter),
    /// Copies of the record.
    Explode(Explode),
    /// One of so many sides, perhaps another when run again.
    Coin(Coin),
    /// The processing time in steps, later when run again.
    Clock(Clock),
    /// What a service says of the key, something else some time later.
    Lookup(Lookup),
    /// The number of the record in order of execution, counted from 0 again after a crash.
    Order(Order),
    /// A side effect on an external service.
    Call(service::Call),
    /// A function of the user's own, which no file can write.
    #[serde(skip)]
    User(SharedFunction),
}

/// Where `key-by` takes the key from.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum KeyBy {
    /// The value as text.
    Value,
    /// What comes before the first of this text in the key.
    Before(String),
    /// One fixed key.
    Fixed(String),
}

/// What `filter` keeps.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Filter {
    /// Records of this key.
    Key(String),
    /// Records of any other key.
    NotKey(String),
    /// Records whose value is at least this.
    ValueAtLeast(i64),
}

/// The copies of `explode`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Explode {
    /// How many.
    #[cfg_attr(feature = "schema", schemars(with = "u32", range(min = 1, max = 1000)))]
    pub copies: At<u64>,
}

/// A coin.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Coin {
    /// How many sides.
    #[cfg_attr(feature = "schema", schemars(with = "u32", range(min = 2, max = 1_000_000)))]
    pub sides: At<u64>,
    /// Where the side goes; `key` where it is not given.
    #[serde(default)]
    pub into: Into,
}

/// Where a function's answer goes.
#[derive(Clone, Copy, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Into {
    /// Appended to the key.
    #[default]
    Key,
    /// Taken as the value.
    Value,
}

/// A clock.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Clock {
    /// How long a step is.
    pub every: At<Duration>,
    /// Where the number of the step goes; `key` where it is not given.
    #[serde(default)]
    pub into: Into,
}

/// A service that is asked.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Lookup {
    /// How long an answer of the service stands.
    pub changes_every: At<Duration>,
    /// How many values it has; it goes from each to the next.
    #[cfg_attr(feature = "schema", schemars(with = "u32", range(min = 2, max = 1_000_000)))]
    pub values: At<u64>,
    /// Where the value goes; `key` where it is not given.
    #[serde(default)]
    pub into: Into,
}

/// A number in order of execution.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Order {
    /// Where the number goes; `key` where it is not given.
    #[serde(default)]
    pub into: Into,
}

/// The records on which a function fails.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Poison {
    /// Those of this key.
    pub key: String,
}

/// When a record goes to the dead letters.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct DeadLetter {
    /// After so many failures in one life of the worker.
    #[cfg_attr(feature = "schema", schemars(with = "u32", range(min = 1, max = 1_000_000)))]
    pub after: At<u64>,
}
