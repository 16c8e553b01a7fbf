//! What a file says, as Serde reads it. The reader that `toml` has would do, but for the time it takes to compile: Serde
//! compiles the reading of a type anew for each type of reader, that one consists of six, and most of what is read here has
//! a place, for which it asks three more. Here all that a type is read from is a [`Node`].

mod parts;

use parts::{Choice, List, Table};
use serde::de::{Deserializer, Error, Expected, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeString, DeTable, DeValue};

/// Why a file cannot be read, and the place in it; none where a type does not take what it is given, until that is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct Unreadable {
    pub message: String,
    pub span: Option<Range<usize>>,
}

impl Unreadable {
    fn at(message: impl Into<String>, span: Range<usize>) -> Unreadable {
        Unreadable { message: message.into(), span: Some(span) }
    }

    /// The same, at this place if none is known.
    fn or_at(mut self, span: Range<usize>) -> Unreadable {
        self.span.get_or_insert(span);
        self
    }
}

impl Error for Unreadable {
    fn custom<T: fmt::Display>(message: T) -> Unreadable {
        Unreadable { message: message.to_string(), span: None }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Unreadable {}

/// Part of a file. As a tuple it is its place and itself; a place is a tuple of two numbers.
#[derive(Clone)]
pub(in crate::scenario) enum Node<'de> {
    /// The whole file.
    File(&'de Spanned<DeTable<'de>>),
    /// A value.
    Value(&'de Spanned<DeValue<'de>>),
    /// The key of a value.
    Key(&'de Spanned<DeString<'de>>),
    /// The place of one of these.
    Place(Range<usize>),
    /// Where a place begins or ends.
    Number(usize),
}

/// What stands at a node.
enum Written<'de> {
    Text(&'de str),
    Integer(&'de DeInteger<'de>),
    Float(&'de DeFloat<'de>),
    Bool(bool),
    Date,
    List(&'de [Spanned<DeValue<'de>>]),
    Table(&'de DeTable<'de>),
    Place(Range<usize>),
    Number(usize),
}

impl<'de> Node<'de> {
    fn span(&self) -> Range<usize> {
        match self {
            Node::File(table) => table.span(),
            Node::Value(value) => value.span(),
            Node::Key(key) => key.span(),
            Node::Place(_) | Node::Number(_) => 0..0,
        }
    }

    fn written(&self) -> Written<'de> {
        match self {
            Node::File(table) => Written::Table(table.get_ref()),
            Node::Key(key) => Written::Text(key.get_ref()),
            Node::Place(place) => Written::Place(place.clone()),
            Node::Number(number) => Written::Number(*number),
            Node::Value(value) => match value.get_ref() {
                DeValue::String(text) => Written::Text(text),
                DeValue::Integer(number) => Written::Integer(number),
                DeValue::Float(number) => Written::Float(number),
                DeValue::Boolean(is_so) => Written::Bool(*is_so),
                DeValue::Datetime(_) => Written::Date,
                DeValue::Array(list) => Written::List(list),
                DeValue::Table(table) => Written::Table(table),
            },
        }
    }

    /// What it is has another type than was expected.
    fn refused(&self, expected: &dyn Expected) -> Unreadable {
        let error = |found| Unreadable::invalid_type(found, expected);
        match self.written() {
            Written::Text(text) => error(Unexpected::Str(text)),
            Written::Integer(number) => match whole(number) {
                Some(Whole::Signed(number)) => error(Unexpected::Signed(number)),
                Some(Whole::Unsigned(number)) => error(Unexpected::Unsigned(number)),
                Some(Whole::Wide(_)) | None => Unreadable::custom(TOO_LARGE),
            },
            Written::Float(number) => match float(number) {
                Some(number) => error(Unexpected::Float(number)),
                None => Unreadable::custom(TOO_LARGE_FLOAT),
            },
            Written::Bool(is_so) => error(Unexpected::Bool(is_so)),
            // Of a type that holds for all formats, and has no dates.
            Written::Date | Written::Table(_) => error(Unexpected::Map),
            Written::List(_) | Written::Place(_) => error(Unexpected::Seq),
            Written::Number(number) => error(Unexpected::Unsigned(number as u64)),
        }
    }

    fn text(&self, expected: &dyn Expected) -> Result<&'de str, Unreadable> {
        match self.written() {
            Written::Text(text) => Ok(text),
            _ => Err(self.refused(expected)),
        }
    }

    fn list(&self, expected: &dyn Expected) -> Result<List<'de>, Unreadable> {
        match self.written() {
            Written::List(list) => Ok(List::of(list.iter().map(Node::Value).collect())),
            Written::Place(Range { start, end }) => {
                Ok(List::of(vec![Node::Number(start), Node::Number(end)]))
            }
            _ => Err(self.refused(expected)),
        }
    }

    fn table(&self, expected: &dyn Expected) -> Result<Table<'de>, Unreadable> {
        match self.written() {
            Written::Table(table) => Ok(Table::of(table)),
            _ => Err(self.refused(expected)),
        }
    }

    fn choice(self) -> Result<Choice<'de>, Unreadable> {
        match self.written() {
            Written::Text(_) => Ok(Choice { word: self, of: None }),
            Written::Table(table) => {
                let mut entries = table.iter();
                match (entries.next(), entries.next()) {
                    (Some((word, of)), None) => {
                        Ok(Choice { word: Node::Key(word), of: Some(Node::Value(of)) })
                    }
                    _ => Err(Unreadable::at(NOT_ONE_KEY, self.span())),
                }
            }
            _ => Err(Unreadable::at(NO_CHOICE, self.span())),
        }
    }
}

const TOO_LARGE: &str = "a number that is too large";
const TOO_LARGE_FLOAT: &str = "a number with a point that is too large";
const NO_CHOICE: &str = "expected a name or a table";
const NOT_ONE_KEY: &str = "this takes one key\nexactly one";

/// A whole number, in the smallest type that Serde has for it.
enum Whole {
    Signed(i64),
    Unsigned(u64),
    Wide(i128),
}

/// The whole number that is written, unless it is too large for any.
fn whole(number: &DeInteger<'_>) -> Option<Whole> {
    let (text, radix) = (number.as_str(), number.radix());
    let signed = i64::from_str_radix(text, radix).map(Whole::Signed);
    let unsigned = || u64::from_str_radix(text, radix).map(Whole::Unsigned);
    let wide = || i128::from_str_radix(text, radix).map(Whole::Wide);
    signed.or_else(|_| unsigned()).or_else(|_| wide()).ok()
}

/// The number that is written, unless it is too large.
fn float(number: &DeFloat<'_>) -> Option<f64> {
    let text = number.as_str();
    let number = text.parse::<f64>().ok()?;
    (number.is_finite() || text.contains("inf") || text.contains("nan")).then_some(number)
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.written() {
            Written::Text(text) => visitor.visit_str(text),
            Written::Integer(number) => match whole(number) {
                Some(Whole::Signed(number)) => visitor.visit_i64(number),
                Some(Whole::Unsigned(number)) => visitor.visit_u64(number),
                Some(Whole::Wide(number)) => visitor.visit_i128(number),
                None => Err(Unreadable::custom(TOO_LARGE)),
            },
            Written::Float(number) => match float(number) {
                Some(number) => visitor.visit_f64(number),
                None => Err(Unreadable::custom(TOO_LARGE_FLOAT)),
            },
            Written::Bool(is_so) => visitor.visit_bool(is_so),
            Written::Number(number) => visitor.visit_u64(number as u64),
            Written::List(_) | Written::Place(_) => self.deserialize_seq(visitor),
            Written::Table(table) => visitor.visit_map(Table::of(table)),
            Written::Date => Err(self.refused(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let text = self.text(&visitor)?;
        visitor.visit_str(text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let list = self.list(&visitor)?;
        visitor.visit_seq(list)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let both = match self {
            Node::Place(_) => self.list(&visitor)?,
            _ => List::of(vec![Node::Place(self.span()), self]),
        };
        visitor.visit_seq(both)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let table = self.table(&visitor)?;
        visitor.visit_map(table)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let table = self.table(&visitor)?;
        visitor.visit_map(table)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self.choice()?)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple_struct ignored_any
    }
}

#[cfg(test)]
mod tests;
