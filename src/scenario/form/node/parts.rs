//! The parts of a node as Serde asks for them: the nodes of a list, the keys of a table with their values, and the one name or
//! table that is a choice.

use super::{Node, Unreadable, Written};
use serde::de::{
    DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use std::vec;
use toml::de::DeTable;

/// Nodes one after another.
pub(super) struct List<'de>(vec::IntoIter<Node<'de>>);

impl<'de> List<'de> {
    pub fn of(nodes: Vec<Node<'de>>) -> List<'de> {
        List(nodes.into_iter())
    }
}

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        let Some(node) = self.0.next() else { return Ok(None) };
        read(seed, node).map(Some)
    }
}

/// Reads a node. What is wrong with it is wrong at its place, unless a part of it is to blame.
fn read<'de, T: DeserializeSeed<'de>>(seed: T, node: Node<'de>) -> Result<T::Value, Unreadable> {
    let span = node.span();
    match seed.deserialize(node) {
        Ok(value) => Ok(value),
        Err(error) => Err(error.or_at(span)),
    }
}

/// Keys with their values.
pub(super) struct Table<'de> {
    entries: vec::IntoIter<(Node<'de>, Node<'de>)>,
    value: Option<Node<'de>>,
}

impl<'de> Table<'de> {
    pub fn of(table: &'de DeTable<'de>) -> Table<'de> {
        let entries = table.iter().map(|(key, value)| (Node::Key(key), Node::Value(value)));
        Table { entries: entries.collect::<Vec<_>>().into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Table<'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unreadable> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        read(seed, key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Unreadable> {
        let value = self.value.take().ok_or_else(|| Unreadable::custom("a value without a key"))?;
        read(seed, value)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// One of several, by its word, alone or with what it is of.
pub(super) struct Choice<'de> {
    pub word: Node<'de>,
    pub of: Option<Node<'de>>,
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Unreadable;
    type Variant = Variant<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Variant<'de>), Unreadable> {
        Ok((read(seed, self.word)?, Variant(self.of)))
    }
}

/// What a word is of.
pub(super) struct Variant<'de>(Option<Node<'de>>);

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        match self.0.as_ref().map(|of| (of, of.written())) {
            None => Ok(()),
            Some((_, Written::Table(table))) if table.is_empty() => Ok(()),
            Some((of, _)) => Err(Unreadable::at("a name that stands alone", of.span())),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Unreadable> {
        let alone = || Unreadable::invalid_type(Unexpected::UnitVariant, &"newtype variant");
        read(seed, self.0.ok_or_else(alone)?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable::custom("a list of parts has no form here"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Unreadable> {
        Err(Unreadable::custom("a table of parts has no form here"))
    }
}
