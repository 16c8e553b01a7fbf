//! The scenario file as it is written, key by key. Nothing is checked here but the form; every value that
//! a later check may refuse carries its place in the text. The JSON Schema is made from these types, so
//! their documentation is that of the format.

pub(in crate::scenario) mod at;
mod choice;
pub(in crate::scenario) mod input;
pub(in crate::scenario) mod mechanism;
#[cfg(feature = "schema")]
mod mechanism_schema;
pub(in crate::scenario) mod function;
pub(in crate::scenario) mod queue;
pub(in crate::scenario) mod fault;
#[cfg(feature = "schema")]
mod fault_schema;
pub(in crate::scenario) mod parameters;
pub(in crate::scenario) mod place;
pub(in crate::scenario) mod expect;
pub(in crate::scenario) mod service;
pub(in crate::scenario) mod settings;
#[cfg(feature = "schema")]
mod settings_schema;

pub(in crate::scenario) use at::{At, OneOrMany, span};
pub(in crate::scenario) use choice::{AckWord, GivenValue};
pub(in crate::scenario) use function::{Filter, Function, Into, KeyBy};

use super::units::{Duration, Seed, Seeds, VariedValue};
use at::one_of;
use expect::Entries;
use onceproof_model::micro_batch::OutputLevel;
use onceproof_sim::outcome::Class;
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
#[cfg(feature = "schema")]
use serde_json::json;
#[cfg(feature = "schema")]
use std::borrow::Cow;

/// A scenario of onceproof: a pipeline, its input, its mechanisms, and what goes wrong.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", schemars(title = "onceproof scenario", rename = "Scenario"))]
pub(in crate::scenario) struct File {
    /// The version of the format: 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1)))]
    #[expect(dead_code, reason = "checked before anything else is read")]
    pub format: At<i64>,
    /// What it is called, in one line.
    pub name: At<String>,
    /// The sentence that this file proves.
    pub claim: At<String>,
    /// What must be found.
    pub expect: At<expect::Expect>,
    /// The strategy that is simulated; `dataflow` where it is not given.
    #[serde(default)]
    pub strategy: Strategy,
    /// Fixes latencies, first answers of functions and generated input. Below 2^64; as a text where it
    /// does not fit a TOML integer. Where it is not given, latencies are the least, first answers 0, and input
    /// is generated from seed 0.
    pub seed: Option<Seed>,
    /// What every source without an input of its own reads; where it is not given, each has one.
    pub input: Option<At<input::Input>>,
    /// The steps of the pipeline.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub step: Vec<At<Step>>,
    /// The mechanisms of all steps; those that are right where it is not given.
    pub mechanism: Option<mechanism::Mechanism>,
    /// The settings of the strategy `best-effort`; those that are right where it is not given.
    pub best_effort: Option<settings::BestEffort>,
    /// The settings of the strategy `at-least-once`; those that are right where it is not given.
    pub at_least_once: Option<settings::AtLeastOnce>,
    /// The settings of the strategy `lambda`; those that are right where it is not given.
    pub lambda: Option<settings::Lambda>,
    /// The settings of the strategy `transactions`; those that are right where it is not given.
    pub transactions: Option<settings::Transactions>,
    /// The settings of the strategy `snapshot`; those that are right where it is not given.
    pub snapshot: Option<settings::Snapshot>,
    /// The settings of the strategy `micro-batch`; those that are right where it is not given.
    pub micro_batch: Option<settings::MicroBatch>,
    /// Workers and service times; the default of each key where it is not given.
    pub cluster: Option<Cluster>,
    /// Links between workers; the default of each key where it is not given.
    pub network: Option<Network>,
    /// The odds of faults that a seed draws; none where it is not given.
    pub faults: Option<fault::Faults>,
    /// Exact faults; none where it is not given.
    #[serde(default)]
    pub fault: Vec<At<fault::Fault>>,
    /// What becomes of an exact fault that does not fire; where it is not given, a test of the file fails.
    pub unfired: Option<At<Unfired>>,
    /// When faults and the run end; the default of each key where it is not given.
    pub until: Option<Until>,
    /// Which seeds a sweep tries; the default where it is not given.
    pub sweep: Option<Sweep>,
}

/// What becomes of an exact fault that does not fire.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Unfired {
    /// It is reported, and nothing fails.
    Allowed,
}

/// A class of violation.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct ClassWord(pub Class);

impl<'de> Deserialize<'de> for ClassWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ClassWord, D::Error> {
        let number = one_of(&Class::WORDS, deserializer)?;
        Ok(ClassWord(Class::ALL[number]))
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for ClassWord {
    fn schema_name() -> Cow<'static, str> {
        "Class".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let word = |class: Class| json!({ "type": "string", "const": class.word(), "description": class.row().about });
        json_schema!({ "oneOf": Class::ALL.map(word), "description": "A class of violation." })
    }
}

/// A strategy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The streaming shuffle of Dataflow.
    #[default]
    Dataflow,
    /// The same without deduplication: no id is kept, so a record that is sent again counts again. It has no `dedup`
    /// and no `gc`.
    DataflowAtLeastOnce,
    /// Bolts that count in memory. A message is sent once, and nobody knows what was lost.
    BestEffort,
    /// The same with an acker: what it has not heard of in time is sent again from the source.
    AtLeastOnce,
    /// One of these two as a leg that is fast, and a leg that counts the same log again in batches, some time after the
    /// end of each window. What the fast one shows is served until the batch has landed.
    Lambda,
    /// Log transactions in the manner of Kafka Streams: what a client takes, what comes of it and how far it has come are
    /// one transaction over many logs.
    Transactions,
    /// Snapshots in the manner of Flink: barriers cut the streams, and what a sink has written is committed once the
    /// snapshot is complete. A failure takes all tasks back to the newest one.
    Snapshot,
    /// Micro-batches in the manner of Spark: a driver logs which offsets belong to a batch, executors run its tasks, and its
    /// results are shown by its number. What is lost is computed again.
    MicroBatch,
}

impl Strategy {
    /// All strategies, in the order in which they are compared.
    pub const ALL: [Strategy; 8] = [
        Strategy::Dataflow,
        Strategy::Transactions,
        Strategy::Snapshot,
        Strategy::MicroBatch,
        Strategy::DataflowAtLeastOnce,
        Strategy::AtLeastOnce,
        Strategy::BestEffort,
        Strategy::Lambda,
    ];

    /// Whether it can have what `[mechanism]` says of ids, for its own or to be compared with.
    pub fn keeps_ids(self) -> bool {
        match self {
            Strategy::Dataflow
            | Strategy::BestEffort
            | Strategy::AtLeastOnce
            | Strategy::Lambda
            | Strategy::Transactions
            | Strategy::Snapshot
            | Strategy::MicroBatch => true,
            Strategy::DataflowAtLeastOnce => false,
        }
    }

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Strategy::Dataflow => "dataflow",
            Strategy::DataflowAtLeastOnce => "dataflow-at-least-once",
            Strategy::BestEffort => "best-effort",
            Strategy::AtLeastOnce => "at-least-once",
            Strategy::Lambda => "lambda",
            Strategy::Transactions => "transactions",
            Strategy::Snapshot => "snapshot",
            Strategy::MicroBatch => "micro-batch",
        }
    }
}

/// A step of the pipeline.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Step {
    /// Its name.
    pub name: At<String>,
    /// What it does.
    pub kind: At<KindWord>,
    /// The steps whose outputs it takes; the step above where it is not given.
    pub from: Option<At<OneOrMany<String>>>,
    /// How many shards it has; 1 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1, max = 1024)))]
    pub shards: Option<At<u64>>,
    /// Of a source: how it knows its event-time watermark; `perfect` where it is not given.
    pub watermark: Option<At<Watermark>>,
    /// Of a source: the queue that hands it its records, which then stand at no offsets. Where it is not given,
    /// they stand at offsets.
    pub queue: Option<At<queue::Queue>>,
    /// Of a source: what it reads; the input of the whole file where it is not given.
    pub input: Option<At<input::Input>>,
    /// Of a map, which needs it: its function.
    #[serde(rename = "fn")]
    pub function: Option<At<Function>>,
    /// Of a map: whether what it takes is durable before it runs, so that it runs again on the same records
    /// only. It is not fused into the step before it then. False where it is not given.
    pub stable_input: Option<At<bool>>,
    /// Under `micro-batch`: how far what it makes is the same in each execution; what follows from its function and its
    /// input where it is not given.
    pub level: Option<At<LevelWord>>,
    /// Of a map: on which records its function fails each time; on none where it is not given.
    pub poison: Option<At<function::Poison>>,
    /// Of a map: when a record on which its function fails goes to the dead letters; it is tried for ever
    /// where it is not given.
    pub dead_letter: Option<At<function::DeadLetter>>,
    /// Of an aggregate, which needs it: the length of its windows.
    pub window: Option<At<Duration>>,
    /// Of an aggregate: how long after a window's end a late record is still taken; none where it is
    /// not given.
    pub lateness: Option<At<Duration>>,
    /// Of a sink: how it writes; `upsert` where it is not given.
    pub write: Option<At<service::Write>>,
    /// The mechanisms of this step, over those of the whole file, which it has where it is not given.
    pub mechanism: Option<mechanism::Mechanism>,
}

/// How far what a step makes is the same in each execution.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct LevelWord(pub OutputLevel);

impl<'de> Deserialize<'de> for LevelWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LevelWord, D::Error> {
        let number = one_of(&OutputLevel::ALL.map(OutputLevel::word), deserializer)?;
        Ok(LevelWord(OutputLevel::ALL[number]))
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for LevelWord {
    fn schema_name() -> Cow<'static, str> {
        "Level".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let word = |level: OutputLevel| json!({ "type": "string", "const": level.word(), "description": level.about() });
        json_schema!({ "oneOf": OutputLevel::ALL.map(word), "description": "How far what a step makes is the same." })
    }
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum KindWord {
    /// Reads the input.
    Source,
    /// Applies a function.
    Map,
    /// Passes records on through a shuffle.
    Reshuffle,
    /// Counts per key and window.
    Count,
    /// Adds up values per key and window.
    Sum,
    /// Counts per window.
    CountGlobally,
    /// Writes rows.
    Sink,
}

impl KindWord {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            KindWord::Source => "source",
            KindWord::Map => "map",
            KindWord::Reshuffle => "reshuffle",
            KindWord::Count => "count",
            KindWord::Sum => "sum",
            KindWord::CountGlobally => "count-globally",
            KindWord::Sink => "sink",
        }
    }
}

/// How a source knows its event-time watermark.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Watermark {
    /// The least event time still to come.
    Perfect,
    /// So far behind the greatest event time seen.
    Bound(Duration),
}

/// Workers and service times.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Cluster {
    /// How many workers; one per shard where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u32>", range(min = 1, max = 65536)))]
    pub workers: Option<At<u64>>,
    /// The time between a worker and the store, each way; `1ms` where it is not given.
    pub commit: Option<Duration>,
    /// The time between a worker and an external service, each way; `1ms` where it is not given.
    pub call: Option<At<Duration>>,
    /// The time that one read of the store takes; none where it is not given.
    pub read: Option<Duration>,
    /// How long a worker may be paused or down until its shards are granted to another; `200ms` where it is
    /// not given.
    pub lease: Option<Duration>,
    /// How long it takes until senders know of a grant; `20ms` where it is not given.
    pub routing_lag: Option<Duration>,
}

/// Links between workers.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Network {
    /// How long a message between workers takes, one way: drawn for each request and for each ack; `1ms` where it is
    /// not given. Commits and calls take what `cluster` says. The `latency` of a report is another thing: the time
    /// from
    /// the arrival of a source record to the commit that takes it into an aggregate or writes it.
    pub latency: Option<Latency>,
}

/// How long a message takes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Latency {
    /// At least.
    pub min: At<Duration>,
    /// At most.
    pub max: At<Duration>,
}

/// When faults and the run end.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Until {
    /// When drawn faults end, since the start; 10 s after the last record was read where it is not given.
    pub calm: Option<At<Duration>>,
    /// How long the run may take to drain after calm and the last record. Where it is not given, it follows from all
    /// waits that the file states, and is at least 10 minutes.
    pub drain: Option<At<Duration>>,
    /// How many events a run may take before it is inconclusive; 100,000,000 where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>", range(min = 1)))]
    pub events: Option<At<u64>>,
}

/// Which seeds a sweep tries.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Sweep {
    /// The seeds; `0..1000` where it is not given.
    pub seeds: Option<Seeds>,
    /// What `tune` varies; nothing where it is not given. Keys of this file, each with those of the tables that it is in,
    /// and the values that it has one after the other. A step is named by its name and an exact fault by its number from 1:
    /// `vary = { "mechanism.dedup.window" = ["1s", "10s"], "step.table.shards" = [1, 4] }`.
    pub vary: Option<Entries<OneOrMany<VariedValue>>>,
}
