//! `[mechanism]` as it is written. Every key is optional, so that a step may override any of them. Which there are, and
//! what each takes, says the table of the model.

use super::at::{At, AtSeed, OneOf};
use super::choice::{GivenValue, ValueOf};
use onceproof_model::dataflow::mechanism;
use onceproof_model::dataflow::mechanism::table::{MechanismDesign, MechanismRow, MechanismTakes};
use onceproof_model::setting::Setting;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use std::ops::Range;

/// A setting that is a mechanism, or a part of one.
pub(in crate::scenario) type Part = &'static Setting<mechanism::Mechanism>;

/// The mechanisms that are given.
pub(in crate::scenario) struct Mechanism(Vec<(&'static str, At<Given>)>);

/// What a mechanism is given.
pub(in crate::scenario) enum Given {
    /// A value.
    Value(GivenValue),
    /// Parts.
    Parts(GivenParts),
    /// A design by its number among the choices, and those of its parts that are given.
    Design(usize, GivenParts),
}

/// Parts that are given, in the order of the file.
#[derive(Default)]
pub(in crate::scenario) struct GivenParts(pub Vec<(Part, At<GivenValue>)>);

impl Mechanism {
    /// What a mechanism is given, if anything.
    pub fn get(&self, key: &str) -> Option<&At<Given>> {
        self.0.iter().find_map(|(other, given)| (*other == key).then_some(given))
    }

    /// All that is given, in the order of the file, each with where it stands. A design is given as a whole.
    pub fn keys(&self) -> impl Iterator<Item = (MechanismKey, Range<usize>)> + '_ {
        self.0.iter().flat_map(|(key, At { value, span })| match value {
            Given::Value(_) | Given::Design(..) => {
                vec![(MechanismKey { row: key, part: None }, span.clone())]
            }
            Given::Parts(GivenParts(parts)) => {
                let named = |(part, at): &(Part, At<GivenValue>)| {
                    (MechanismKey::of_part(key, part), at.span.clone())
                };
                parts.iter().map(named).collect()
            }
        })
    }
}

/// What a table of mechanisms gives: a mechanism, or a part of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct MechanismKey {
    /// The mechanism.
    pub row: &'static str,
    /// The part, of a mechanism that has nothing but parts.
    pub part: Option<&'static str>,
}

impl MechanismKey {
    /// A part in the table of a mechanism; some are mechanisms themselves, which may stand in the table of another.
    fn of_part(table: &'static str, part: Part) -> MechanismKey {
        match MechanismRow::of(part.key) {
            Some(_) => MechanismKey { row: part.key, part: None },
            None => MechanismKey { row: table, part: Some(part.key) },
        }
    }
}

impl fmt::Display for MechanismKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            None => f.write_str(self.row),
            Some(part) => write!(f, "{}.{part}", self.row),
        }
    }
}

impl GivenParts {
    /// Where the value of a part stands, if it is given.
    pub fn span(&self, key: &str) -> Option<Range<usize>> {
        let mut parts = self.0.iter();
        parts.find_map(|(part, given)| (part.key == key).then(|| given.span.clone()))
    }
}

impl<'de> Deserialize<'de> for Mechanism {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Mechanism, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Mechanism;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mechanism, A::Error> {
                let rows = mechanism::Mechanism::table();
                let keys: Vec<&str> = rows.iter().map(MechanismRow::key).collect();
                let mut all = Vec::new();
                while let Some(number) = map.next_key_seed(OneOf::keys(&keys))? {
                    all.push((keys[number], map.next_value_seed(AtSeed(Takes(&rows[number])))?));
                }
                Ok(Mechanism(all))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Reads what a mechanism is given.
struct Takes(&'static MechanismRow);

impl<'de> DeserializeSeed<'de> for Takes {
    type Value = Given;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        match &self.0.takes {
            MechanismTakes::Value(setting) => {
                ValueOf::of(setting).deserialize(deserializer).map(Given::Value)
            }
            MechanismTakes::Parts { parts, also, .. } => {
                let also = also.iter().filter_map(|key| MechanismRow::of(key)?.setting());
                let parts = PartsOf { parts: parts.iter().chain(also).collect(), needed: None };
                parts.deserialize(deserializer).map(Given::Parts)
            }
            MechanismTakes::Designs { setting, designs, is_named } => {
                deserializer.deserialize_any(DesignOf { setting, designs, is_named: *is_named })
            }
        }
    }
}

/// Reads a design: a word, or a table of its parts.
struct DesignOf {
    setting: Part,
    designs: &'static [MechanismDesign],
    is_named: bool,
}

impl DesignOf {
    /// The words that may stand alone, with their numbers among the choices.
    fn alone(&self) -> Vec<(usize, &'static str)> {
        let needs_more = |number| {
            self.designs.iter().any(|design| design.choice == number && design.needs_first)
        };
        let choices = self.setting.choices.iter().enumerate();
        let alone = choices.filter(|(number, _)| !needs_more(*number));
        alone.map(|(number, choice)| (number, choice.word())).collect()
    }
}

impl<'de> Visitor<'de> for DesignOf {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.alone().into_iter().map(|(_, word)| format!("\"{word}\""));
        let words: Vec<String> = words.collect();
        match (self.is_named, self.designs) {
            (false, [MechanismDesign { parts: [first, ..], .. }, ..]) => {
                write!(f, "{} or a table with `{}`", words.join(", "), first.key)
            }
            _ => write!(f, "a design such as {}", words.first().map_or("", String::as_str)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Given, E> {
        let alone = self.alone();
        let words: Vec<&str> = alone.iter().map(|(_, word)| *word).collect();
        let number = OneOf::names(&words).visit_str(text)?;
        Ok(Given::Design(alone[number].0, GivenParts::default()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let DesignOf { setting, designs, is_named } = self;
        if let (false, [design, ..]) = (is_named, designs) {
            let parts = PartsOf::of(design).visit_map(map)?;
            return Ok(Given::Design(design.choice, parts));
        }
        if map.size_hint() == Some(0) {
            return Err(A::Error::custom(format_args!("a `{}` of nothing", setting.key)));
        }
        let words: Vec<&str> = designs.iter().map(|design| design.word(setting)).collect();
        let one = || A::Error::custom(format_args!("`{}` is one design", setting.key));
        let number = map.next_key_seed(OneOf::names(&words))?.ok_or_else(one)?;
        let design = &designs[number];
        let At { value: mut parts, span } = map.next_value_seed(AtSeed(PartsOf::of(design)))?;
        // A value that stands for its table has no place of its own.
        for (_, given) in parts.0.iter_mut().filter(|(_, given)| given.span == (0..0)) {
            given.span = span.clone();
        }
        match map.next_key::<IgnoredAny>()? {
            None => Ok(Given::Design(design.choice, parts)),
            Some(_) => Err(one()),
        }
    }
}

/// Reads a table of parts, or the one that is needed in its place.
struct PartsOf {
    parts: Vec<Part>,
    needed: Option<Part>,
}

impl PartsOf {
    fn of(design: &'static MechanismDesign) -> PartsOf {
        let parts: Vec<Part> = design.parts.iter().collect();
        PartsOf { needed: parts.first().copied().filter(|_| design.needs_first), parts }
    }
}

impl<'de> DeserializeSeed<'de> for PartsOf {
    type Value = GivenParts;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<GivenParts, D::Error> {
        match self.needed {
            Some(_) => deserializer.deserialize_any(self),
            None => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for PartsOf {
    type Value = GivenParts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.needed {
            Some(needed) => {
                let way = ValueOf::of(needed).free_in_words().unwrap_or("a value");
                write!(f, "{way} or a table with `{}`", needed.key)
            }
            None => f.write_str("a table"),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<GivenParts, E> {
        let Some(needed) = self.needed else {
            return Err(E::invalid_type(serde::de::Unexpected::Str(text), &self));
        };
        let value = ValueOf::of(needed).deserialize(StrDeserializer::new(text))?;
        Ok(GivenParts(vec![(needed, At { value, span: 0..0 })]))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<GivenParts, A::Error> {
        let keys: Vec<&str> = self.parts.iter().map(|part| part.key).collect();
        let mut given = Vec::new();
        while let Some(number) = map.next_key_seed(OneOf::keys(&keys))? {
            let part = self.parts[number];
            given.push((part, map.next_value_seed(AtSeed(ValueOf::of(part)))?));
        }
        match self.needed {
            Some(needed) if given.iter().all(|(part, _)| part.key != needed.key) => {
                Err(A::Error::missing_field(needed.key))
            }
            Some(_) | None => Ok(GivenParts(given)),
        }
    }
}
