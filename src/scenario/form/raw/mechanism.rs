//! `[mechanism]` as it is written. Every key is optional, so that a step may override any of them.

use super::At;
use super::dedup::Dedup;
use super::forgetting::Gc;
use crate::scenario::form::units::Duration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The mechanisms. The first value of each is what holds where it is not given, and is correct.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Mechanism {
    /// When an unanswered request is sent again; the default of each key where it is not given.
    pub retry: Option<Retry>,
    /// After how many sends a sender gives up; never where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub give_up: Option<At<u64>>,
    /// When an unanswered commit is sent again; the default of each key where it is not given.
    pub commit_retry: Option<CommitRetry>,
    /// When a record is acked; `after-commit` where it is not given.
    pub ack: Option<Ack>,
    /// How a duplicate is known; `catalog` where it is not given.
    pub dedup: Option<At<Dedup>>,
    /// When an id is forgotten; `watermark` where it is not given.
    pub gc: Option<At<Gc>>,
    /// Whether outputs are durable before they are sent; `checkpoint` where it is not given.
    pub outputs: Option<Outputs>,
    /// Where the ids of outputs come from; `derived` where it is not given.
    pub ids: Option<Ids>,
    /// Where the stamps of outputs come from; `stable` where it is not given.
    pub stamps: Option<Stamps>,
    /// Whether id and state are committed together; true where it is not given.
    pub atomic: Option<Atomic>,
    /// Whether a duplicate is acked; true where it is not given.
    pub re_ack: Option<bool>,
    /// How many records share a commit; 1 where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1, max = 100_000))]
    pub bundle: Option<At<u64>>,
    /// How many requests of a shard may be unacked; 64 where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1, max = 1_000_000))]
    pub in_flight: Option<At<u64>>,
    /// Whether the store refuses a commit of a worker that has lost its shard; true where it is not given.
    pub fencing: Option<bool>,
    /// Whether a map or a sink runs in the stage of the step before it; true where it is not given.
    pub fuse: Option<bool>,
    /// Whether partial aggregates for this aggregate are made before the shuffle; where that is sure to be
    /// right, if it is not given.
    pub lift: Option<Lift>,
}

/// When an unanswered request is sent again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Retry {
    /// How long the first send waits for its answer; `30ms` where it is not given.
    pub timeout: Option<At<Duration>>,
    /// What each further wait is multiplied by; 2 where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub backoff: Option<At<u64>>,
    /// The longest wait; `1s` where it is not given.
    pub max: Option<At<Duration>>,
    /// After how many sends a sender gives up, which may also stand beside `retry`; never where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub give_up: Option<At<u64>>,
}

/// When an unanswered commit is sent again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct CommitRetry {
    /// How long the first send waits for its answer; where it is not given twice as long as a commit and its answer
    /// take, and at least `30ms`.
    pub timeout: Option<At<Duration>>,
    /// What each further wait is multiplied by; 2 where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub backoff: Option<At<u64>>,
    /// The longest wait; `1s` where it is not given, or the time-out if that is longer.
    pub max: Option<At<Duration>>,
}

/// When a record is acked.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Ack {
    /// When the commit of its effects is answered.
    AfterCommit,
    /// When it arrives. Wrong.
    OnReceipt,
}

/// Whether outputs are durable before they are sent.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Outputs {
    /// Committed before they are sent.
    Checkpoint,
    /// Sent before anything is committed. Wrong for functions that are not deterministic.
    Recompute,
}

/// Where the ids of outputs come from.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Ids {
    /// From the id of the input and the number of the output.
    Derived,
    /// New in each execution. Wrong.
    Fresh,
}

/// Where the stamps of outputs come from.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Stamps {
    /// Strictly increasing and durable, or those of the inputs.
    Stable,
    /// Given anew whenever an output is made or, after a restart, sent again. Wrong.
    Fresh,
    /// What the clock says. Wrong.
    WallClock,
}

/// Whether id and state are committed together: `true`, or in which order they are not.
#[derive(Clone, Copy)]
pub(in crate::scenario) enum Atomic {
    /// In one commit.
    Together,
    /// State first. Wrong.
    StateFirst,
    /// The id first. Wrong.
    IdFirst,
}

/// Whether partial aggregates are made before the shuffle: `true`, `false` or `"force"`.
#[derive(Clone, Copy)]
pub(in crate::scenario) enum Lift {
    /// Where that is sure to be right.
    Sure,
    /// Nowhere.
    Never,
    /// Everywhere. Wrong under `recompute` with bundles.
    Force,
}

/// Reads a value that is `true` or `false` or one of a few words.
struct BoolOrWord<T: 'static> {
    expecting: &'static str,
    bools: &'static [(bool, T)],
    words: &'static [&'static str],
    of_word: fn(&str) -> Option<T>,
}

impl<T: Copy> Visitor<'_> for BoolOrWord<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_bool<E: Error>(self, given: bool) -> Result<T, E> {
        let found = self.bools.iter().find(|&&(value, _)| value == given);
        found
            .map(|&(_, value)| value)
            .ok_or_else(|| E::invalid_value(Unexpected::Bool(given), &self))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        (self.of_word)(word).ok_or_else(|| E::unknown_variant(word, self.words))
    }
}

impl<'de> Deserialize<'de> for Atomic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Atomic, D::Error> {
        deserializer.deserialize_any(BoolOrWord {
            expecting: "true, \"state-first\" or \"id-first\"",
            bools: &[(true, Atomic::Together)],
            words: &["state-first", "id-first"],
            of_word: |word| match word {
                "state-first" => Some(Atomic::StateFirst),
                "id-first" => Some(Atomic::IdFirst),
                _ => None,
            },
        })
    }
}

impl<'de> Deserialize<'de> for Lift {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Lift, D::Error> {
        deserializer.deserialize_any(BoolOrWord {
            expecting: "true, false or \"force\"",
            bools: &[(true, Lift::Sure), (false, Lift::Never)],
            words: &["force"],
            of_word: |word| (word == "force").then_some(Lift::Force),
        })
    }
}

impl JsonSchema for Lift {
    fn schema_name() -> Cow<'static, str> {
        "Lift".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whether partial aggregates are made before the shuffle: where that is sure to be \
                right, nowhere, or everywhere, which is wrong under `recompute` with bundles.",
            "enum": [true, false, "force"]
        })
    }
}

impl JsonSchema for Atomic {
    fn schema_name() -> Cow<'static, str> {
        "Atomic".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whether id and state are committed in one commit, or else which comes first, \
                which is wrong.",
            "enum": [true, "state-first", "id-first"]
        })
    }
}
