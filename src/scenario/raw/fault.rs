//! `[faults]` and `[[fault]]` as they are written. A kind has the same parameters in both; in `[faults]` it
//! also has odds, and in `[[fault]]` it may not.

use super::At;
use crate::scenario::units::{Duration, Literal};
use onceproof_sim::fault::{Before, Kind, KindName};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

/// The odds of faults that a seed draws: per request, per ack, per commit, per execution of a function,
/// or, for a crash, per step of the protocol.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(in crate::scenario) struct Faults {
    /// A request is lost.
    pub drop_request: Option<At<Drawn<Plain<Literal>>>>,
    /// An ack is lost.
    pub drop_ack: Option<At<Drawn<Plain<Literal>>>>,
    /// A request, or an ack, arrives twice.
    pub duplicate: Option<At<Drawn<Duplicate<Literal>>>>,
    /// A request, or an ack, takes longer.
    pub delay: Option<At<Drawn<Delay<Literal>>>>,
    /// A request is applied, and its ack becomes an error.
    pub error_applied: Option<At<Drawn<Plain<Literal>>>>,
    /// A request is refused and not applied.
    pub error_not_applied: Option<At<Drawn<Plain<Literal>>>>,
    /// A link is cut.
    pub partition: Option<At<Drawn<Partition<Literal>>>>,
    /// A worker dies.
    pub crash: Option<At<Drawn<Crash<Literal>>>>,
    /// A commit never reaches the store.
    pub commit_lost: Option<At<Drawn<Plain<Literal>>>>,
    /// A commit is applied, and its answer is lost.
    pub commit_unknown: Option<At<Drawn<Plain<Literal>>>>,
    /// A commit reaches the store late.
    pub commit_delayed: Option<At<Drawn<CommitDelayed<Literal>>>>,
    /// A function answers otherwise than it did the first time.
    pub user_differs: Option<At<Drawn<UserDiffers<Literal>>>>,
    /// A function fails, and is tried again.
    pub user_fails: Option<At<Drawn<Plain<Literal>>>>,
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
        Err(D::Error::custom(
            "an exact fault has no odds\nit happens whenever its place comes",
        ))
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

/// What a parameter is refused for, and where.
pub(in crate::scenario) type Refused = (Range<usize>, &'static str);

/// The parameters of a kind, in a table.
pub(in crate::scenario) trait Parameters<O> {
    /// The odds, where there are any.
    fn odds(&self) -> Option<&At<O>>;

    /// Puts the parameters that are given into a kind that has the defaults.
    fn put(&self, kind: Kind) -> Result<Kind, Refused>;
}

/// A kind without parameters.
#[derive(Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "O: Deserialize<'de>"
)]
pub(in crate::scenario) struct Plain<O> {
    /// How often.
    odds: Option<At<O>>,
}

impl<O> Parameters<O> for Plain<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Kind, Refused> {
        Ok(kind)
    }
}

/// Which half of a call.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Leg {
    /// The request.
    Request,
    /// The ack.
    Ack,
}

impl From<Leg> for onceproof_sim::fault::Leg {
    fn from(leg: Leg) -> Self {
        match leg {
            Leg::Request => Self::Request,
            Leg::Ack => Self::Ack,
        }
    }
}

/// `duplicate`.
#[derive(Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "O: Deserialize<'de>"
)]
pub(in crate::scenario) struct Duplicate<O> {
    /// How often.
    odds: Option<At<O>>,
    /// Which half of the call; `request` where it is not given.
    leg: Option<Leg>,
}

impl<O> Parameters<O> for Duplicate<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Kind, Refused> {
        Ok(match self.leg {
            Some(leg) => Kind::Duplicate { leg: leg.into() },
            None => kind,
        })
    }
}

/// `delay`.
#[derive(Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "O: Deserialize<'de>"
)]
pub(in crate::scenario) struct Delay<O> {
    /// How often.
    odds: Option<At<O>>,
    /// How much longer it takes; `1s` where it is not given.
    by: Option<At<Duration>>,
    /// Which half of the call; `request` where it is not given.
    leg: Option<Leg>,
}

impl<O> Parameters<O> for Delay<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, mut kind: Kind) -> Result<Kind, Refused> {
        if let Kind::Delay { by, leg } = &mut kind {
            set_length(by, &self.by, "a delay by nothing does nothing")?;
            *leg = self.leg.map_or(*leg, Leg::into);
        }
        Ok(kind)
    }
}

/// `partition`.
#[derive(Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "O: Deserialize<'de>"
)]
pub(in crate::scenario) struct Partition<O> {
    /// How often.
    odds: Option<At<O>>,
    /// How long; `1s` where it is not given.
    r#for: Option<At<Duration>>,
    /// Which ways; `both` where it is not given.
    direction: Option<Direction>,
}

/// Which ways of a link are cut.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Direction {
    /// Both.
    Both,
    /// Requests are lost.
    Forward,
    /// Acks are lost.
    Backward,
}

impl<O> Parameters<O> for Partition<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, mut kind: Kind) -> Result<Kind, Refused> {
        if let Kind::Partition { lasts, direction } = &mut kind {
            set_length(lasts, &self.r#for, "a partition for no time does nothing")?;
            match self.direction {
                None => {}
                Some(Direction::Both) => *direction = onceproof_sim::fault::Direction::Both,
                Some(Direction::Forward) => *direction = onceproof_sim::fault::Direction::Forward,
                Some(Direction::Backward) => *direction = onceproof_sim::fault::Direction::Backward,
            }
        }
        Ok(kind)
    }
}

/// `crash`.
#[derive(Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "O: Deserialize<'de>"
)]
pub(in crate::scenario) struct Crash<O> {
    /// How often.
    odds: Option<At<O>>,
    /// How long until it is back; `50ms` where it is not given.
    restart: Option<Duration>,
}

impl<O> Parameters<O> for Crash<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Kind, Refused> {
        Ok(match self.restart {
            Some(Duration(restart)) => Kind::Crash { restart },
            None => kind,
        })
    }
}

/// `commit-delayed`.
#[derive(Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "O: Deserialize<'de>"
)]
pub(in crate::scenario) struct CommitDelayed<O> {
    /// How often.
    odds: Option<At<O>>,
    /// How late; `100ms` where it is not given.
    by: Option<At<Duration>>,
}

impl<O> Parameters<O> for CommitDelayed<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, mut kind: Kind) -> Result<Kind, Refused> {
        if let Kind::CommitDelayed { by } = &mut kind {
            set_length(by, &self.by, "a delay by nothing does nothing")?;
        }
        Ok(kind)
    }
}

fn set_length(
    length: &mut u64,
    given: &Option<At<Duration>>,
    refused: &'static str,
) -> Result<(), Refused> {
    match given {
        Some(At {
            value: Duration(0),
            span,
        }) => Err((span.clone(), refused)),
        Some(At {
            value: Duration(given),
            ..
        }) => {
            *length = *given;
            Ok(())
        }
        None => Ok(()),
    }
}

/// `user-differs`.
#[derive(Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "O: Deserialize<'de>"
)]
pub(in crate::scenario) struct UserDiffers<O> {
    /// How often.
    odds: Option<At<O>>,
    /// What is added to the first answer, modulo the number of answers; 1 where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1))]
    answer: Option<At<u64>>,
}

impl<O> Parameters<O> for UserDiffers<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Kind, Refused> {
        let Some(answer) = &self.answer else {
            return Ok(kind);
        };
        match u32::try_from(answer.value) {
            Ok(0) => Err((
                answer.span.clone(),
                "the first answer again is no other answer",
            )),
            Ok(answer) => Ok(Kind::UserDiffers { answer }),
            Err(_) => Err((answer.span.clone(), "an answer is less than 2^32")),
        }
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

/// Where an exact fault happens. What is not given matches anything.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Place {
    /// The step of a commit, of a function, or of a step of the protocol.
    pub step: Option<At<String>>,
    /// The sender of a request.
    pub from: Option<At<String>>,
    /// The receiver of a request.
    pub to: Option<At<String>>,
    /// The number of the shard within `step` or `to`, from 0.
    pub shard: Option<At<u32>>,
    /// The number of the shard within `from`, from 0.
    pub from_shard: Option<At<u32>>,
    /// The record: `events/0#2`, `per-user/ann@60s#0`, `watermark`.
    pub record: Option<At<String>>,
    /// Which send of the record to the step, or which execution of the function on it, from 1.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub attempt: Option<At<u32>>,
    /// Before which step of the protocol.
    pub before: Option<At<BeforeWord>>,
    /// Which worker, from 0.
    pub worker: Option<At<u32>>,
    /// When, since the start of the run.
    pub time: Option<At<Duration>>,
    /// Which of the matches, from 1; the first where it is not given.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub nth: Option<At<u32>>,
}

/// A step of the protocol.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", remote = "Before")]
enum BeforeWords {
    /// The catalog is asked.
    Admit,
    /// The function, or the aggregate, takes the record.
    Apply,
    /// The commit of a record's effects is sent.
    Commit,
    /// The answer to a commit is handled.
    Answer,
    /// An ack is sent.
    Ack,
    /// An output is sent.
    Send,
    /// The commit that ends a record's stay is sent.
    Settle,
    /// The commit that fires a window or writes a row is sent.
    Emit,
}

/// A step of the protocol.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(in crate::scenario) struct BeforeWord(#[serde(with = "BeforeWords")] pub Before);

impl JsonSchema for BeforeWord {
    fn schema_name() -> Cow<'static, str> {
        "Before".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BeforeWords::json_schema(generator)
    }
}

/// What an exact fault does: a word, or a table of one word and its parameters.
pub(in crate::scenario) struct Do(pub DoTable);

/// A kind and its parameters.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum DoTable {
    DropRequest(Plain<NoOdds>),
    DropAck(Plain<NoOdds>),
    Duplicate(Duplicate<NoOdds>),
    Delay(Delay<NoOdds>),
    ErrorApplied(Plain<NoOdds>),
    ErrorNotApplied(Plain<NoOdds>),
    Partition(Partition<NoOdds>),
    Crash(Crash<NoOdds>),
    CommitLost(Plain<NoOdds>),
    CommitUnknown(Plain<NoOdds>),
    CommitDelayed(CommitDelayed<NoOdds>),
    UserDiffers(UserDiffers<NoOdds>),
    UserFails(Plain<NoOdds>),
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
                    Some(_) => Err(A::Error::custom(
                        "a fault does one thing\nwrite one `[[fault]]` each",
                    )),
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
