//! Parts of several documents, with types from which the schemas follow.

use super::not_shown::NotShown;
use super::share_json::number;
use super::worth::without_records_in_run;
use super::{Timing, exact_faults};
use crate::scenario::{fault_schema, fault_to_json, kind_schema, kind_to_json};
use crate::search::worth::Worth;
use onceproof_sim::fault::{Fault, Kind};
use onceproof_sim::outcome::{Class, Outcome};
use onceproof_systems::Trial;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// Entries by name, in an order of their own.
pub(super) struct Named<T>(Vec<(String, T)>);

impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Named<T> {
        Named(entries.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, entry)| (name, entry)))
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        BTreeMap::<String, T>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}

/// Counts by name.
pub(super) fn counts(counts: impl IntoIterator<Item = (&'static str, u64)>) -> Named<u64> {
    counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

/// A whole number; one of more than 64 bits is a text, as few readers of JSON have numbers for it.
pub(super) struct Wide(Value);

impl Wide {
    /// A total, which may be below 0.
    pub fn total(total: i128) -> Wide {
        Wide(i64::try_from(total).map_or_else(|_| total.to_string().into(), Value::from))
    }

    /// A sum.
    pub fn sum(sum: u128) -> Wide {
        Wide(u64::try_from(sum).map_or_else(|_| sum.to_string().into(), Value::from))
    }
}

impl Serialize for Wide {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for Wide {
    fn schema_name() -> Cow<'static, str> {
        "Wide".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"] })
    }
}

/// An exact fault, with the keys and values of a `[[fault]]` of a scenario file.
pub(super) struct FaultPart(Value);

impl FaultPart {
    /// All of these.
    pub fn all<'a>(faults: impl IntoIterator<Item = &'a Fault>, trial: &Trial) -> Vec<FaultPart> {
        faults.into_iter().map(|fault| FaultPart(fault_to_json(fault, trial))).collect()
    }

    /// The exact faults with these indices.
    pub fn unfired(trial: &Trial, indices: &[usize]) -> Vec<FaultPart> {
        FaultPart::all(exact_faults(trial, indices), trial)
    }
}

impl Serialize for FaultPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for FaultPart {
    fn schema_name() -> Cow<'static, str> {
        "PlacedFault".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        fault_schema(generator)
    }
}

/// A kind of fault with its parameters, as it stands after `do` in a scenario file.
pub(super) struct KindPart(Value);

impl KindPart {
    /// All of these.
    pub fn all(kinds: &[Kind]) -> Vec<KindPart> {
        kinds.iter().map(|kind| KindPart(kind_to_json(kind))).collect()
    }
}

impl Serialize for KindPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for KindPart {
    fn schema_name() -> Cow<'static, str> {
        "KindOfFault".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        kind_schema(generator)
    }
}

/// A violation that the file expects and that was not found.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct NotShownPart<'a> {
    /// Its classes.
    classes: Vec<&'static str>,
    /// The command that looks for it, if there is more to look at.
    command: Option<&'a str>,
}

impl<'a> NotShownPart<'a> {
    /// The part that says so.
    pub fn of(NotShown { classes, command, .. }: &'a NotShown) -> NotShownPart<'a> {
        NotShownPart { classes: class_words(classes.iter().copied()), command: command.as_deref() }
    }
}

/// For how many records a green speaks.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct WorthPart {
    /// How many there are.
    expected: u64,
    /// How many are reflected in a result as they should be.
    reflected: u64,
    /// How many were late.
    late: u64,
    /// How many are dead letters.
    dead_lettered: u64,
    /// How many were filtered out.
    filtered: u64,
    /// The aggregates and sinks without a record.
    without_records: Vec<String>,
}

impl WorthPart {
    /// What runs speak for.
    pub fn new(worth: &Worth, without_records: Vec<String>) -> WorthPart {
        let Worth { expected, reflected, late, dead_lettered, filtered } = *worth;
        WorthPart { expected, reflected, late, dead_lettered, filtered, without_records }
    }

    /// What one run speaks for.
    pub fn of_run(trial: &Trial, outcome: &Outcome) -> WorthPart {
        WorthPart::new(&Worth::of(&outcome.brief), without_records_in_run(trial, outcome))
    }
}

/// How long something took by the clock on the wall.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct TimingPart {
    /// In seconds.
    #[schemars(with = "f64")]
    seconds: Number,
}

impl TimingPart {
    /// The part that says so.
    pub fn of(timing: Timing) -> TimingPart {
        TimingPart { seconds: number(&timing.seconds()) }
    }
}

/// A seed as a text, since a number of 64 bits does not survive every reader of JSON.
pub(super) fn seed_text(seed: Option<u64>) -> Option<String> {
    seed.map(|seed| seed.to_string())
}

/// A path as a text.
pub(super) fn path_text(path: &Path) -> Cow<'_, str> {
    path.to_string_lossy()
}

/// The words of classes.
pub(super) fn class_words(classes: impl IntoIterator<Item = Class>) -> Vec<&'static str> {
    classes.into_iter().map(Class::word).collect()
}

/// The JSON Schema of a document. All keys that are always written are needed.
pub(crate) fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::default()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// A document as a value.
pub(super) fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).expect("texts and numbers")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_number_of_more_than_64_bits_is_a_text() {
        let total = |total| value(&Wide::total(total));
        assert_eq!(total(i64::MAX.into()), json!(9_223_372_036_854_775_807_i64));
        assert_eq!(total(i128::from(i64::MAX) + 1), json!("9223372036854775808"));
        assert_eq!(total(i64::MIN.into()), json!(-9_223_372_036_854_775_808_i64));
        assert_eq!(value(&Wide::sum(u64::MAX.into())), json!(u64::MAX));
        assert_eq!(value(&Wide::sum(1 << 64)), json!("18446744073709551616"));
    }

    #[test]
    fn a_run_without_a_seed_has_the_seed_null() {
        assert_eq!(value(&seed_text(None)), Value::Null);
        assert_eq!(value(&seed_text(Some(u64::MAX))), "18446744073709551615");
    }
}
