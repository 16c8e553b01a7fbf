//! The parameters of each kind of fault, with its odds where they are drawn. They are the same in `[faults]`,
//! where `O` is a number, and in `[[fault]]`, where there are no odds.

use super::{At, OneOrMany};
use crate::scenario::form::units::Duration;
use onceproof_kernel::time::Nanos;
use onceproof_sim::fault::{ClockWay, Kind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::Range;

/// What a parameter is refused for, and where.
pub(in crate::scenario) type Refused = (Range<usize>, &'static str);

/// A parameter, or several: of these a seed draws one, and a search tries each.
type Many<T> = Option<At<OneOrMany<T>>>;

/// The parameters of a kind, in a table.
pub(in crate::scenario) trait Parameters<O> {
    /// The odds, where there are any.
    fn odds(&self) -> Option<&At<O>>;

    /// The kind with each of the parameters that are given in place of its default.
    fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused>;
}

/// A kind without parameters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct Plain<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
}

impl<O> Parameters<O> for Plain<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused> {
        Ok(vec![kind])
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
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct Duplicate<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// Which half of the call; `request` where it is not given.
    leg: Option<Leg>,
}

impl<O> Parameters<O> for Duplicate<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused> {
        Ok(vec![match self.leg {
            Some(leg) => Kind::Duplicate { leg: leg.into() },
            None => kind,
        }])
    }
}

/// `delay`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct Delay<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// How much longer it takes; `1s` where it is not given.
    by: Many<Duration>,
    /// Which half of the call; `request` where it is not given.
    leg: Option<Leg>,
}

impl<O> Parameters<O> for Delay<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, mut kind: Kind) -> Result<Vec<Kind>, Refused> {
        if let Kind::Delay { leg, .. } = &mut kind {
            *leg = self.leg.map_or(*leg, Leg::into);
        }
        each_length(kind, &self.by, "a delay by nothing does nothing")
    }
}

/// `partition`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct Partition<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// How long; `1s` where it is not given.
    r#for: Many<Duration>,
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

    fn put(&self, mut kind: Kind) -> Result<Vec<Kind>, Refused> {
        if let Kind::Partition { direction, .. } = &mut kind {
            match self.direction {
                None => {}
                Some(Direction::Both) => *direction = onceproof_sim::fault::Direction::Both,
                Some(Direction::Forward) => *direction = onceproof_sim::fault::Direction::Forward,
                Some(Direction::Backward) => *direction = onceproof_sim::fault::Direction::Backward,
            }
        }
        each_length(kind, &self.r#for, "a partition for no time does nothing")
    }
}

/// `crash`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct Crash<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// How long until it is back; `50ms` where it is not given.
    restart: Many<Duration>,
}

impl<O> Parameters<O> for Crash<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused> {
        each(&self.restart, kind, |&Duration(restart)| Ok(Kind::Crash { restart }))
    }
}

/// `pause`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct Pause<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// How long; `400ms` where it is not given.
    r#for: Many<Duration>,
}

impl<O> Parameters<O> for Pause<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused> {
        each_length(kind, &self.r#for, "a pause for no time does nothing")
    }
}

/// `clock-step`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct ClockStep<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// How far back; `5s` where neither is given.
    back: Many<Duration>,
    /// How far ahead, instead; back where neither is given.
    ahead: Many<Duration>,
}

impl<O> Parameters<O> for ClockStep<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, mut kind: Kind) -> Result<Vec<Kind>, Refused> {
        if let (Some(_), Some(ahead)) = (&self.back, &self.ahead) {
            return Err((ahead.span.clone(), "a clock steps either back or ahead"));
        }
        if let (Kind::ClockStep { way, .. }, true) = (&mut kind, self.ahead.is_some()) {
            *way = ClockWay::Ahead;
        }
        let by = if self.ahead.is_some() { &self.ahead } else { &self.back };
        each_length(kind, by, "a clock step by nothing does nothing")
    }
}

/// `commit-delayed`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct CommitDelayed<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// How late; `100ms` where it is not given.
    by: Many<Duration>,
}

impl<O> Parameters<O> for CommitDelayed<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused> {
        each_length(kind, &self.by, "a delay by nothing does nothing")
    }
}

/// The kind with each length in place of its own.
fn each_length(
    kind: Kind,
    given: &Many<Duration>,
    refused: &'static str,
) -> Result<Vec<Kind>, Refused> {
    each(given, kind, |&Duration(given)| match given {
        0 => Err(refused),
        given => Ok(with_length(kind, given)),
    })
}

fn with_length(kind: Kind, length: Nanos) -> Kind {
    match kind {
        Kind::Delay { leg, .. } => Kind::Delay { by: length, leg },
        Kind::Partition { direction, .. } => Kind::Partition { lasts: length, direction },
        Kind::Crash { .. } => Kind::Crash { restart: length },
        Kind::Pause { .. } => Kind::Pause { lasts: length },
        Kind::ClockStep { way, .. } => Kind::ClockStep { by: length, way },
        Kind::CommitDelayed { .. } => Kind::CommitDelayed { by: length },
        Kind::DropRequest
        | Kind::DropAck
        | Kind::Duplicate { .. }
        | Kind::ErrorApplied
        | Kind::ErrorNotApplied
        | Kind::CommitLost
        | Kind::CommitUnknown
        | Kind::UserDiffers { .. }
        | Kind::UserFails
        | Kind::Move
        | Kind::Redeliver
        | Kind::CallUnknown => kind,
    }
}

/// The kind with each of the parameters that are given, once each; as it is if none is.
fn each<T>(
    given: &Many<T>,
    kind: Kind,
    put: impl Fn(&T) -> Result<Kind, &'static str>,
) -> Result<Vec<Kind>, Refused> {
    let Some(At { value: OneOrMany(given), span }) = given else { return Ok(vec![kind]) };
    let mut kinds = Vec::new();
    for At { value, span } in given {
        let kind = put(value).map_err(|refused| (span.clone(), refused))?;
        if kinds.contains(&kind) {
            return Err((span.clone(), "it is in the list already"));
        }
        kinds.push(kind);
    }
    match kinds.is_empty() {
        true => Err((span.clone(), "an empty list")),
        false => Ok(kinds),
    }
}

/// `user-differs`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct UserDiffers<O> {
    /// How often: a drawn fault needs it, an exact one has none.
    odds: Option<At<O>>,
    /// What is added to the first answer, modulo the number of answers; 1 where it is not given.
    #[schemars(with = "Option<OneOrMany<std::num::NonZeroU32>>")]
    answer: Many<u64>,
}

impl<O> Parameters<O> for UserDiffers<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused> {
        each(&self.answer, kind, |&answer| match u32::try_from(answer) {
            Ok(0) => Err("the first answer again is no other answer"),
            Ok(answer) => Ok(Kind::UserDiffers { answer }),
            Err(_) => Err("an answer is less than 2^32"),
        })
    }
}
