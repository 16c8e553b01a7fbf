//! Values with the places of their texts, alone or in a list.

#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, SeqAccess, VariantAccess, Visitor,
};
#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

/// A value and the place of its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<At<T>, D::Error> {
        AtSeed(PhantomData::<T>).deserialize(deserializer)
    }
}

#[cfg(feature = "schema")]
impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// The place of an optional value.
pub(in crate::scenario) fn span<T>(value: &Option<At<T>>) -> Option<Range<usize>> {
    value.as_ref().map(|at| at.span.clone())
}

/// One value, or a list of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct OneOrMany<T>(pub Vec<At<T>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OneOrMany<T>, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Reader<T> {
            type Value = Vec<At<T>>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<At<T>>, E> {
                let text = serde::de::value::StrDeserializer::new(text);
                Ok(vec![At { value: T::deserialize(text)?, span: 0..0 }])
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Vec<At<T>>, E> {
                let number = serde::de::value::I64Deserializer::new(number);
                Ok(vec![At { value: T::deserialize(number)?, span: 0..0 }])
            }

            fn visit_seq<A>(self, mut list: A) -> Result<Vec<At<T>>, A::Error>
            where
                A: serde::de::SeqAccess<'de>,
            {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(values)
            }
        }
        let At { value: Either(mut values), span } = At::deserialize(deserializer)?;
        struct Either<T>(Vec<At<T>>);
        impl<'de, T: Deserialize<'de>> Deserialize<'de> for Either<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Either<T>, D::Error> {
                deserializer.deserialize_any(Reader(PhantomData)).map(Either)
            }
        }
        // A single text has no place of its own: it is the whole value.
        if let [At { span: inner @ Range { start: 0, end: 0 }, .. }] = values.as_mut_slice() {
            *inner = span;
        }
        Ok(OneOrMany(values))
    }
}

#[cfg(feature = "schema")]
impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        let many = generator.subschema_for::<Vec<T>>();
        schemars::json_schema!({ "anyOf": [one, many] })
    }
}

/// Reads a value and its place.
pub(super) struct AtSeed<S>(pub S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for AtSeed<S> {
    type Value = At<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<At<S::Value>, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for AtSeed<S> {
    type Value = At<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place and its value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut both: A) -> Result<At<S::Value>, A::Error> {
        let missing = || A::Error::custom("a value without a place");
        let (start, end) = both.next_element()?.ok_or_else(missing)?;
        let value = both.next_element_seed(self.0)?.ok_or_else(missing)?;
        Ok(At { value, span: start..end })
    }
}

/// Reads one of several words: its number among them.
#[derive(Clone, Copy)]
pub(super) struct OneOf<'a> {
    words: &'a [&'a str],
    are_keys: bool,
}

impl<'a> OneOf<'a> {
    /// One of these keys of a table.
    pub fn keys(words: &'a [&'a str]) -> OneOf<'a> {
        OneOf { words, are_keys: true }
    }

    /// One of these names.
    pub fn names(words: &'a [&'a str]) -> OneOf<'a> {
        OneOf { words, are_keys: false }
    }
}

impl<'de> DeserializeSeed<'de> for OneOf<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, word: D) -> Result<usize, D::Error> {
        word.deserialize_identifier(self)
    }
}

impl Visitor<'_> for OneOf<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
        let known = self.words.iter().position(|word| *word == text);
        let what = if self.are_keys { "field" } else { "variant" };
        known.ok_or_else(|| unknown(what, text, self.words))
    }
}

/// That a word is none of those that there are, as the readers of structs and enums say it: their words live for ever,
/// and these need not.
pub(super) fn unknown<E: Error>(what: &str, text: &str, words: &[&str]) -> E {
    let known: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let known = match known.as_slice() {
        [] => format!("there are no {what}s"),
        [only] => format!("expected {only}"),
        [first, second] => format!("expected {first} or {second}"),
        all => format!("expected one of {}", all.join(", ")),
    };
    E::custom(format_args!("unknown {what} `{text}`, {known}"))
}

/// Reads one of several words as an enum without fields is read: its number among them.
pub(super) fn one_of<'de, D: Deserializer<'de>>(
    words: &[&str],
    deserializer: D,
) -> Result<usize, D::Error> {
    struct Alone<'a>(&'a [&'a str]);
    impl<'de> Visitor<'de> for Alone<'_> {
        type Value = usize;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("enum of words")
        }

        fn visit_enum<A: EnumAccess<'de>>(self, word: A) -> Result<usize, A::Error> {
            let (number, rest) = word.variant_seed(OneOf::names(self.0))?;
            rest.unit_variant()?;
            Ok(number)
        }
    }
    deserializer.deserialize_enum("Word", &[], Alone(words))
}
