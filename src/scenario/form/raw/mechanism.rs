//! `[mechanism]` as it is written. Every key is optional, so that a step may override any of them.

use super::dedup::Dedup;
use super::forgetting::Gc;
use super::{At, Chosen};
use crate::scenario::form::units::Duration;
use onceproof_model::dataflow::mechanism::{
    Ack, Atomic, Fencing, Fuse, Ids, Lift, Outputs, ReAck, Stamps,
};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

/// The mechanisms. The first value of each is what holds where it is not given, and is correct.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Mechanism {
    /// When an unanswered request is sent again; the default of each key where it is not given.
    pub retry: Option<Retry>,
    /// After how many sends a sender gives up; never where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub give_up: Option<At<u64>>,
    /// When an unanswered commit is sent again; the default of each key where it is not given.
    pub commit_retry: Option<CommitRetry>,
    /// When a record is acked; `after-commit` where it is not given.
    pub ack: Option<Chosen<Ack>>,
    /// How a duplicate is known; `catalog` where it is not given.
    pub dedup: Option<At<Dedup>>,
    /// When an id is forgotten; `watermark` where it is not given.
    pub gc: Option<At<Gc>>,
    /// Whether outputs are durable before they are sent; `checkpoint` where it is not given.
    pub outputs: Option<Chosen<Outputs>>,
    /// Where the ids of outputs come from; `derived` where it is not given.
    pub ids: Option<Chosen<Ids>>,
    /// Where the stamps of outputs come from; `stable` where it is not given.
    pub stamps: Option<Chosen<Stamps>>,
    /// Whether id and state are committed together; true where it is not given.
    pub atomic: Option<Chosen<Atomic>>,
    /// Whether a duplicate is acked; true where it is not given.
    pub re_ack: Option<Chosen<ReAck>>,
    /// How many records share a commit; 1 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1, max = 100_000)))]
    pub bundle: Option<At<u64>>,
    /// How many requests of a shard may be unacked; 64 where it is not given.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<u32>", range(min = 1, max = 1_000_000))
    )]
    pub in_flight: Option<At<u64>>,
    /// Whether the store refuses a commit of a worker that has lost its shard; true where it is not given.
    pub fencing: Option<Chosen<Fencing>>,
    /// Whether a map or a sink runs in the stage of the step before it; true where it is not given.
    pub fuse: Option<Chosen<Fuse>>,
    /// Whether partial aggregates for this aggregate are made before the shuffle; where that is sure to be
    /// right, if it is not given.
    pub lift: Option<Chosen<Lift>>,
}

/// When an unanswered request is sent again.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Retry {
    /// How long the first send waits for its answer; `30ms` where it is not given.
    pub timeout: Option<At<Duration>>,
    /// What each further wait is multiplied by; 2 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub backoff: Option<At<u64>>,
    /// The longest wait; `1s` where it is not given.
    pub max: Option<At<Duration>>,
    /// After how many sends a sender gives up, which may also stand beside `retry`; never where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub give_up: Option<At<u64>>,
}

/// When an unanswered commit is sent again.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct CommitRetry {
    /// How long the first send waits for its answer; where it is not given twice as long as a commit and its answer
    /// take, and at least `30ms`.
    pub timeout: Option<At<Duration>>,
    /// What each further wait is multiplied by; 2 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1)))]
    pub backoff: Option<At<u64>>,
    /// The longest wait; `1s` where it is not given, or the time-out if that is longer.
    pub max: Option<At<Duration>>,
}
