//! The form of the document of an explanation. What is written has the types of the schema, so that the one is what the
//! other says. Times are whole microseconds.

use super::columns::Columns;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A bad run that is explained: the run itself, beside it the nearest that holds, and what is said of both.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "onceproof.explain/1", deny_unknown_fields))]
pub(super) struct Document {
    /// `onceproof.explain/1`.
    pub schema: &'static str,
    /// The name of the scenario.
    pub scenario: String,
    /// The path of its file.
    pub file: String,
    /// The seed of the run.
    pub seed: Option<String>,
    /// The command that makes this run again.
    pub replay: String,
    /// What is wrong, and because of what: one sentence.
    pub headline: String,
    /// Which mechanism should have caught it, and why it could not.
    pub deck: String,
    /// What to change.
    pub change: Change,
    /// How many source records are as they should be, and how many otherwise.
    pub ledger: BTreeMap<&'static str, u64>,
    /// The first difference between the two runs, in words.
    pub difference: Option<String>,
    /// The faults that fired, in order.
    pub faults: Vec<FaultSaid>,
    /// The damaged records, first the one whose story is told.
    pub damage: Vec<DamageSaid>,
    /// The shards, in the order of the pipeline.
    pub lanes: Vec<Lane>,
    /// The source records that are met.
    pub records: Vec<SourceRecord>,
    /// What messages and commits are about.
    pub subjects: Vec<SubjectSaid>,
    /// The results that are met.
    pub cells: Vec<Cell>,
    /// The words for what happens; an event has the number of its word.
    pub kinds: Vec<&'static str>,
    /// The words for what becomes of a message.
    pub fates: [&'static str; 9],
    /// Whether the runs have only the events of the story.
    pub sliced: bool,
    /// The story: events of the failing run and of the one that holds, side by side.
    pub pairs: Vec<[Option<usize>; 2]>,
    /// The first of these that is not the same in both.
    pub differs: Option<usize>,
    /// The failing run, and then the nearest that holds, if there is one.
    pub runs: Vec<RunSaid>,
}

/// What to change.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct Change {
    /// The last line of the text.
    pub text: String,
    /// Why: what the right value does.
    pub why: Option<String>,
    /// The key of the first setting; null where no setting is wrong.
    pub key: Option<String>,
    /// Where it stands: `[mechanism]`, `step table`; empty at the top of the file.
    pub place: Option<String>,
    /// Its value, as the file has it.
    pub was: Option<String>,
    /// The value that is right; empty where the key is left out.
    pub to: Option<String>,
    /// All that must be changed together.
    pub settings: Vec<SettingSaid>,
    /// Others, each of which is enough alone.
    pub or: Vec<SettingSaid>,
}

/// A setting that is to be changed.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct SettingSaid {
    /// Its key.
    pub key: String,
    /// Where it stands; empty at the top of the file.
    pub place: String,
    /// Its value, as the file has it; empty where it is not set.
    pub was: String,
    /// The value that is right; empty where the key is left out.
    pub to: String,
}

/// A fault that fired.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct FaultSaid {
    /// Its number, from 1.
    pub n: usize,
    /// Its kind.
    pub kind: &'static str,
    /// A few words for it.
    pub chip: String,
    /// What it did, and when: a sentence.
    pub text: String,
}

/// A damaged record.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct DamageSaid {
    /// What is wrong.
    pub cls: &'static str,
    /// What stands beside the events at which it goes wrong.
    pub sign: &'static str,
    /// Which record; null for a class that damages none, where none shows it.
    pub record: Option<usize>,
    /// The step where it is wrong.
    pub step: Option<String>,
    /// How often it should be there.
    pub expected: u64,
    /// How often it is.
    pub applied: u64,
    /// The results that it is in.
    pub r#where: Vec<WhereSaid>,
    /// The numbers of the faults that did it, or that touched it.
    pub faults: Vec<usize>,
    /// The events at which it goes wrong, of the failing run.
    pub wrong: Vec<usize>,
    /// The run in which it holds, if this document has it.
    pub run: Option<usize>,
    /// What is wrong: a sentence.
    pub because: String,
}

/// A result that a damaged record is in.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct WhereSaid {
    /// Its step.
    pub step: String,
    /// Its key, and the start of its window.
    pub key: String,
    /// How often the record is in it in the run that holds; null if there is none.
    pub expected: Option<u64>,
    /// How often it is in it here.
    pub applied: u64,
}

/// A shard.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct Lane {
    /// Its name.
    pub shard: String,
    /// Its step.
    pub step: String,
    /// The steps that run in the same process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<Vec<String>>,
    /// The worker that it is on first.
    pub worker: u32,
}

/// A source record.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct SourceRecord {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: String,
}

/// What a message or a commit is about.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct SubjectSaid {
    /// Its name.
    pub name: String,
    /// Its key; one name with two keys is two subjects.
    pub key: String,
    /// The source records in it.
    pub of: Vec<usize>,
}

/// A result.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct Cell {
    /// Its step.
    pub step: String,
    /// Its key, and the start of its window.
    pub key: String,
    /// What it comes to where all is right; null where that is not known.
    pub expected: Option<i64>,
}

/// A run.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct RunSaid {
    /// `fails` or `holds`.
    pub name: &'static str,
    /// What stands above it.
    pub title: String,
    /// Its verdict.
    pub verdict: &'static str,
    /// The numbers of the faults that were taken away.
    pub without: Vec<usize>,
    /// The setting that was changed, in place of that.
    pub with: Option<String>,
    /// By event of the story, what is said of it.
    pub notes: BTreeMap<usize, NoteSaid>,
    /// What happens.
    pub events: Columns,
}

/// What is said of an event.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct NoteSaid {
    /// What happens.
    pub say: String,
    /// What whoever acts believes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub believed: Option<String>,
    /// What is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#true: Option<String>,
}
