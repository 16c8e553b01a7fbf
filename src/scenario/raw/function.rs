//! Functions that answer otherwise by themselves, and how functions fail, as they are written.

use super::{At, Into};
use crate::scenario::units::Duration;
use schemars::JsonSchema;
use serde::Deserialize;

/// A clock.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Clock {
    /// How long a step is.
    pub every: At<Duration>,
    /// Where the number of the step goes; `key` where it is not given.
    #[serde(default)]
    pub into: Into,
}

/// A service that is asked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Lookup {
    /// How long an answer of the service stands.
    pub changes_every: At<Duration>,
    /// How many values it has; it goes from each to the next.
    #[schemars(with = "u32", range(min = 2, max = 1_000_000))]
    pub values: At<u64>,
    /// Where the value goes; `key` where it is not given.
    #[serde(default)]
    pub into: Into,
}

/// A number in order of execution.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Order {
    /// Where the number goes; `key` where it is not given.
    #[serde(default)]
    pub into: Into,
}

/// The records on which a function fails.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Poison {
    /// Those of this key.
    pub key: String,
}

/// When a record goes to the dead letters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct DeadLetter {
    /// After so many failures in one life of the worker.
    #[schemars(with = "u32", range(min = 1, max = 1_000_000))]
    pub after: At<u64>,
}
