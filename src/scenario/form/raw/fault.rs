//! `[faults]` and `[[fault]]` as they are written. A kind has the same parameters in both; in `[faults]` it
//! also has odds, and in `[[fault]]` it may not.

use super::At;
use super::parameters::{
    ClockStep, CommitDelayed, Crash, Delay, Duplicate, Parameters, Partition, Pause, Plain,
    UserDiffers,
};
use super::place::Place;
use crate::scenario::form::units::Literal;
use onceproof_sim::fault::KindName;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// The odds of faults that a seed draws: per request, per ack, per commit, per call, per execution of a
/// function, per delivery of a message or, for what befalls a worker, per step of the protocol.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(in crate::scenario) struct Faults {
    /// A request is lost. Odds per request; never where it is not given.
    pub drop_request: Option<At<Drawn<Plain<Literal>>>>,
    /// An ack is lost. Odds per ack; never where it is not given.
    pub drop_ack: Option<At<Drawn<Plain<Literal>>>>,
    /// A request, or an ack, arrives twice. Odds per request, or per ack with `leg = "ack"`; never where it is not
    /// given.
    pub duplicate: Option<At<Drawn<Duplicate<Literal>>>>,
    /// A request, or an ack, takes longer. Odds per request, or per ack with `leg = "ack"`; never where it is not
    /// given.
    pub delay: Option<At<Drawn<Delay<Literal>>>>,
    /// A request is applied, and its ack becomes an error. Odds per ack; never where it is not given.
    pub error_applied: Option<At<Drawn<Plain<Literal>>>>,
    /// A request is refused and not applied. Odds per request; never where it is not given.
    pub error_not_applied: Option<At<Drawn<Plain<Literal>>>>,
    /// A link is cut. Odds per request, at which it begins; never where it is not given.
    pub partition: Option<At<Drawn<Partition<Literal>>>>,
    /// A worker dies. Odds per step of the protocol that a worker takes; never where it is not given.
    pub crash: Option<At<Drawn<Crash<Literal>>>>,
    /// A commit never reaches the store. Odds per commit; never where it is not given.
    pub commit_lost: Option<At<Drawn<Plain<Literal>>>>,
    /// A commit is applied, and its answer is lost. Odds per commit; never where it is not given.
    pub commit_unknown: Option<At<Drawn<Plain<Literal>>>>,
    /// A commit reaches the store late. Odds per commit; never where it is not given.
    pub commit_delayed: Option<At<Drawn<CommitDelayed<Literal>>>>,
    /// A function answers otherwise than it did the first time. Odds per execution of a function, from the second
    /// on; never where it is not given.
    pub user_differs: Option<At<Drawn<UserDiffers<Literal>>>>,
    /// A function fails, and is tried again. Odds per execution of a function; never where it is not given.
    pub user_fails: Option<At<Drawn<Plain<Literal>>>>,
    /// A worker stands still, and goes on as if nothing had happened. Odds per step of the protocol that a worker
    /// takes; never where it is not given.
    pub pause: Option<At<Drawn<Pause<Literal>>>>,
    /// A shard is granted to another worker, and its old one is not told. Odds per step of the protocol that a
    /// worker takes; never where it is not given.
    pub r#move: Option<At<Drawn<Plain<Literal>>>>,
    /// The clock of a worker jumps. Odds per step of the protocol that a worker takes; never where it is not given.
    pub clock_step: Option<At<Drawn<ClockStep<Literal>>>>,
    /// A queue hands a message out again, though it is held. Odds per delivery of a message; never where it is not
    /// given.
    pub redeliver: Option<At<Drawn<Plain<Literal>>>>,
    /// A call to an external service is done, and its answer is lost. Odds per call; never where it is not given.
    pub call_unknown: Option<At<Drawn<Plain<Literal>>>>,
}

/// Odds alone, or a table of odds and parameters.
pub(in crate::scenario) enum Drawn<P> {
    Odds(Literal),
    Table(P),
}

impl<'de, P: Deserialize<'de>> Deserialize<'de> for Drawn<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Drawn<P>, D::Error> {
        struct Reader<P>(PhantomData<P>);
        impl<'de, P: Deserialize<'de>> Visitor<'de> for Reader<P> {
            type Value = Drawn<P>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("odds such as \"1/20\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Drawn<P>, E> {
                Ok(Drawn::Odds(Literal::Text(text.to_owned())))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Drawn<P>, E> {
                Ok(Drawn::Odds(Literal::Number))
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Drawn<P>, E> {
                Ok(Drawn::Odds(Literal::Number))
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Drawn<P>, E> {
                Ok(Drawn::Odds(Literal::Number))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Drawn<P>, A::Error> {
                P::deserialize(MapAccessDeserializer::new(map)).map(Drawn::Table)
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<P: JsonSchema> JsonSchema for Drawn<P> {
    fn schema_name() -> Cow<'static, str> {
        format!("Drawn_{}", P::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let odds = generator.subschema_for::<Literal>();
        let table = generator.subschema_for::<P>();
        json_schema!({ "anyOf": [odds, table] })
    }
}

/// The odds of an exact fault: it has none.
pub(in crate::scenario) struct NoOdds;

impl<'de> Deserialize<'de> for NoOdds {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<NoOdds, D::Error> {
        Err(D::Error::custom("an exact fault has no odds\nit happens whenever its place comes"))
    }
}

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
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Fault {
    /// Where.
    pub at: At<Place>,
    /// What.
    pub r#do: At<Do>,
}

/// What an exact fault does: a word, or a table of one word and its parameters.
pub(in crate::scenario) struct Do(pub DoTable);

/// A kind and its parameters.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum DoTable {
    /// A request is lost.
    DropRequest(Plain<NoOdds>),
    /// An ack is lost.
    DropAck(Plain<NoOdds>),
    /// A request, or an ack, arrives twice.
    Duplicate(Duplicate<NoOdds>),
    /// A request, or an ack, takes longer.
    Delay(Delay<NoOdds>),
    /// A request is applied, and its ack becomes an error.
    ErrorApplied(Plain<NoOdds>),
    /// A request is refused and not applied.
    ErrorNotApplied(Plain<NoOdds>),
    /// A link is cut.
    Partition(Partition<NoOdds>),
    /// A worker dies.
    Crash(Crash<NoOdds>),
    /// A commit never reaches the store.
    CommitLost(Plain<NoOdds>),
    /// A commit is applied, and its answer is lost.
    CommitUnknown(Plain<NoOdds>),
    /// A commit reaches the store late.
    CommitDelayed(CommitDelayed<NoOdds>),
    /// A function answers otherwise than it did the first time.
    UserDiffers(UserDiffers<NoOdds>),
    /// A function fails, and is tried again.
    UserFails(Plain<NoOdds>),
    /// A worker stands still, and goes on as if nothing had happened.
    Pause(Pause<NoOdds>),
    /// A shard is granted to another worker, and its old one is not told.
    Move(Plain<NoOdds>),
    /// The clock of a worker jumps.
    ClockStep(ClockStep<NoOdds>),
    /// A queue hands a message out again, though it is held.
    Redeliver(Plain<NoOdds>),
    /// A call to an external service is done, and its answer is lost.
    CallUnknown(Plain<NoOdds>),
}

impl DoTable {
    /// The kind, and its parameters.
    pub fn parts(&self) -> (KindName, &dyn Parameters<NoOdds>) {
        match self {
            DoTable::DropRequest(table) => (KindName::DropRequest, table),
            DoTable::DropAck(table) => (KindName::DropAck, table),
            DoTable::Duplicate(table) => (KindName::Duplicate, table),
            DoTable::Delay(table) => (KindName::Delay, table),
            DoTable::ErrorApplied(table) => (KindName::ErrorApplied, table),
            DoTable::ErrorNotApplied(table) => (KindName::ErrorNotApplied, table),
            DoTable::Partition(table) => (KindName::Partition, table),
            DoTable::Crash(table) => (KindName::Crash, table),
            DoTable::CommitLost(table) => (KindName::CommitLost, table),
            DoTable::CommitUnknown(table) => (KindName::CommitUnknown, table),
            DoTable::CommitDelayed(table) => (KindName::CommitDelayed, table),
            DoTable::UserDiffers(table) => (KindName::UserDiffers, table),
            DoTable::UserFails(table) => (KindName::UserFails, table),
            DoTable::Pause(table) => (KindName::Pause, table),
            DoTable::Move(table) => (KindName::Move, table),
            DoTable::ClockStep(table) => (KindName::ClockStep, table),
            DoTable::Redeliver(table) => (KindName::Redeliver, table),
            DoTable::CallUnknown(table) => (KindName::CallUnknown, table),
        }
    }
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
                let table = MapDeserializer::new(std::iter::once((word, NoParameters)));
                DoTable::deserialize(MapAccessDeserializer::new(table)).map(Do)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Do, A::Error> {
                if map.size_hint() == Some(0) {
                    return Err(A::Error::custom("a fault that does nothing"));
                }
                let table = DoTable::deserialize(MapAccessDeserializer::new(&mut map))?;
                match map.next_key::<IgnoredAny>()? {
                    None => Ok(Do(table)),
                    Some(_) => {
                        Err(A::Error::custom("a fault does one thing\nwrite one `[[fault]]` each"))
                    }
                }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for Do {
    fn schema_name() -> Cow<'static, str> {
        "Do".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let words = KindName::ALL.map(KindName::word);
        let table = generator.subschema_for::<DoTable>();
        json_schema!({
            "description": "A kind of fault, alone or with its parameters.",
            "anyOf": [{ "enum": words }, table]
        })
    }
}

/// An empty table.
struct NoParameters;

impl<'de, E: Error> IntoDeserializer<'de, E> for NoParameters {
    type Deserializer = MapDeserializer<'de, std::iter::Empty<(&'static str, &'static str)>, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        MapDeserializer::new(std::iter::empty())
    }
}
