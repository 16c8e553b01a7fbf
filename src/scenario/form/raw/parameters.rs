//! The parameters of a kind of fault, with its odds where they are drawn: which there are says the table of the kinds.
//! They are the same in `[faults]`, where `O` is a number, and in `[[fault]]`, where there are no odds.

use super::at::{At, OneOf, OneOrMany};
use crate::scenario::form::units::Duration;
use onceproof_kernel::sorted::SortedMap;
use onceproof_sim::fault::kind::{KindPart, Parameter, Takes};
use onceproof_sim::fault::{Kind, KindName};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::LazyLock;

/// What a parameter is refused for, and where.
pub(in crate::scenario) type Refused = (Range<usize>, &'static str);

/// What the reader of a table of parameters expects, before the word of the kind.
pub(in crate::scenario) const PARAMETERS_OF: &str = "parameters of ";

/// The key of the odds.
pub(super) const ODDS: &str = "odds";

/// The keys of the table of each kind: the odds, and its parameters in their order.
static KEYS: LazyLock<[Vec<&'static str>; KindName::ALL.len()]> = LazyLock::new(|| {
    KindName::ALL.map(|kind| {
        let parameters = kind.row().parameters.iter().map(|parameter| parameter.key);
        std::iter::once(ODDS).chain(parameters).collect()
    })
});

/// The parameters of a kind, in a table.
pub(in crate::scenario) struct Parameters<O> {
    /// The odds, where there are any.
    pub odds: Option<At<O>>,
    /// Those that are given, by their keys.
    given: SortedMap<&'static str, Given>,
}

/// What is given for a parameter. Of several lengths or answers a seed draws one, and a search tries each.
enum Given {
    Lengths(At<OneOrMany<Duration>>),
    Answers(At<OneOrMany<u64>>),
    Leg(Leg),
    Direction(Direction),
}

/// Which half of a call.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Leg {
    /// The request.
    Request,
    /// The ack.
    Ack,
}

/// Which ways of a link are cut.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Direction {
    /// Both.
    Both,
    /// Requests are lost.
    Forward,
    /// Acks are lost.
    Backward,
}

impl<O> Default for Parameters<O> {
    fn default() -> Parameters<O> {
        Parameters { odds: None, given: SortedMap::new() }
    }
}

impl<O> Parameters<O> {
    /// The kind with each of the parameters that are given in place of its default.
    ///
    /// # Errors
    /// A parameter that it cannot have.
    pub fn put(&self, kind: Kind) -> Result<Vec<Kind>, Refused> {
        let all = kind.name().row().parameters.iter();
        let given: Vec<(&Parameter, &Given)> = all
            .filter_map(|parameter| Some((parameter, self.given.get(&parameter.key)?)))
            .collect();
        let is_step =
            |(parameter, _): &&(&Parameter, &Given)| matches!(parameter.takes, Takes::Step(_));
        if let Some((_, Given::Lengths(other))) = given.iter().filter(is_step).nth(1) {
            return Err((other.span.clone(), "a clock steps either back or ahead"));
        }
        let mut kinds = vec![kind];
        for (parameter, given) in given {
            if let Takes::Step(way) = parameter.takes {
                kinds = each(kinds, &[KindPart::Way(way)]);
            }
            kinds = each(kinds, &given.parts(parameter)?);
        }
        Ok(kinds)
    }
}

impl Given {
    /// What is given, each once.
    fn parts(&self, parameter: &Parameter) -> Result<Vec<KindPart>, Refused> {
        match self {
            Given::Leg(Leg::Request) => Ok(vec![KindPart::Leg(onceproof_sim::fault::Leg::Request)]),
            Given::Leg(Leg::Ack) => Ok(vec![KindPart::Leg(onceproof_sim::fault::Leg::Ack)]),
            Given::Direction(direction) => Ok(vec![KindPart::Direction(match direction {
                Direction::Both => onceproof_sim::fault::Direction::Both,
                Direction::Forward => onceproof_sim::fault::Direction::Forward,
                Direction::Backward => onceproof_sim::fault::Direction::Backward,
            })]),
            Given::Lengths(lengths) => all(lengths, |&Duration(length)| match parameter.zero {
                Some(refused) if length == 0 => Err(refused),
                _ => Ok(KindPart::Length(length)),
            }),
            Given::Answers(answers) => all(answers, |&answer| match parameter.zero {
                Some(refused) if answer == 0 => Err(refused),
                _ => u32::try_from(answer)
                    .map(KindPart::Answer)
                    .map_err(|_| "an answer is less than 2^32"),
            }),
        }
    }
}

/// Each kind with each of the parts.
fn each(kinds: Vec<Kind>, parts: &[KindPart]) -> Vec<Kind> {
    let with_each = |kind: Kind| parts.iter().map(move |&part| kind.with(part));
    kinds.into_iter().flat_map(with_each).collect()
}

/// What is made of a value, or of each of a list.
fn all<T>(
    given: &At<OneOrMany<T>>,
    part: impl Fn(&T) -> Result<KindPart, &'static str>,
) -> Result<Vec<KindPart>, Refused> {
    let At { value: OneOrMany(given), span } = given;
    let mut parts = Vec::new();
    for At { value, span } in given {
        let part = part(value).map_err(|refused| (span.clone(), refused))?;
        if parts.contains(&part) {
            return Err((span.clone(), "it is in the list already"));
        }
        parts.push(part);
    }
    match parts.is_empty() {
        true => Err((span.clone(), "an empty list")),
        false => Ok(parts),
    }
}

/// Reads the table of a kind.
pub(super) struct TableOf<O>(pub KindName, PhantomData<O>);

impl<O> TableOf<O> {
    pub fn new(kind: KindName) -> TableOf<O> {
        TableOf(kind, PhantomData)
    }
}

impl<'de, O: Deserialize<'de>> DeserializeSeed<'de> for TableOf<O> {
    type Value = Parameters<O>;

    fn deserialize<D: Deserializer<'de>>(self, table: D) -> Result<Parameters<O>, D::Error> {
        table.deserialize_map(self)
    }
}

impl<'de, O: Deserialize<'de>> Visitor<'de> for TableOf<O> {
    type Value = Parameters<O>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PARAMETERS_OF}{}", self.0.word())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters<O>, A::Error> {
        let TableOf(kind, _) = self;
        let mut read = Parameters::default();
        while let Some(number) = map.next_key_seed(OneOf::keys(&KEYS[kind as usize]))? {
            let Some(number) = number.checked_sub(1) else {
                read.odds = Some(map.next_value()?);
                continue;
            };
            let parameter = &kind.row().parameters[number];
            let given = match parameter.takes {
                Takes::Length | Takes::Step(_) => Given::Lengths(map.next_value()?),
                Takes::Answer => Given::Answers(map.next_value()?),
                Takes::Leg => Given::Leg(map.next_value()?),
                Takes::Direction => Given::Direction(map.next_value()?),
            };
            read.given.insert(parameter.key, given);
        }
        Ok(read)
    }
}
