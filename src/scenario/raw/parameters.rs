//! The parameters of each kind of fault, with its odds where they are drawn. They are the same in `[faults]`,
//! where `O` is a number, and in `[[fault]]`, where there are no odds.

use super::At;
use crate::scenario::units::Duration;
use onceproof_sim::fault::{ClockWay, Kind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::Range;

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
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
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
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
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
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
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
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
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
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
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

/// `pause`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct Pause<O> {
    /// How often.
    odds: Option<At<O>>,
    /// How long; `400ms` where it is not given.
    r#for: Option<At<Duration>>,
}

impl<O> Parameters<O> for Pause<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, mut kind: Kind) -> Result<Kind, Refused> {
        if let Kind::Pause { lasts } = &mut kind {
            set_length(lasts, &self.r#for, "a pause for no time does nothing")?;
        }
        Ok(kind)
    }
}

/// `clock-step`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
pub(in crate::scenario) struct ClockStep<O> {
    /// How often.
    odds: Option<At<O>>,
    /// How far back; `5s` where neither is given.
    back: Option<At<Duration>>,
    /// How far ahead, instead.
    ahead: Option<At<Duration>>,
}

impl<O> Parameters<O> for ClockStep<O> {
    fn odds(&self) -> Option<&At<O>> {
        self.odds.as_ref()
    }

    fn put(&self, mut kind: Kind) -> Result<Kind, Refused> {
        if let (Some(_), Some(ahead)) = (&self.back, &self.ahead) {
            return Err((ahead.span.clone(), "a clock steps either back or ahead"));
        }
        if let Kind::ClockStep { by, way } = &mut kind {
            if self.ahead.is_some() {
                *way = ClockWay::Ahead;
            }
            let refused = "a clock step by nothing does nothing";
            set_length(by, &self.back, refused)?;
            set_length(by, &self.ahead, refused)?;
        }
        Ok(kind)
    }
}

/// `commit-delayed`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
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
        Some(At { value: Duration(0), span }) => Err((span.clone(), refused)),
        Some(At { value: Duration(given), .. }) => {
            *length = *given;
            Ok(())
        }
        None => Ok(()),
    }
}

/// `user-differs`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "O: Deserialize<'de>")]
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
            Ok(0) => Err((answer.span.clone(), "the first answer again is no other answer")),
            Ok(answer) => Ok(Kind::UserDiffers { answer }),
            Err(_) => Err((answer.span.clone(), "an answer is less than 2^32")),
        }
    }
}
