//! How what is kept of a search is written where serde has no way of its own: maps with keys that are no texts, whole
//! numbers of more than 64 bits, which readers of JSON round, and types of crates that know nothing of files.

use super::shard::Shard;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// What is written as a text and read from it.
pub(super) mod text {
    use super::*;

    pub fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| D::Error::custom(format!("{text:?} is not what is meant")))
    }
}

/// The same where there may be none.
pub(super) mod text_or_none {
    use super::*;

    pub fn serialize<T: Display, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(T::to_string).serialize(to)
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        let read = text.parse().map_err(|_| D::Error::custom(format!("{text:?} is no number")));
        read.map(Some)
    }
}

/// A map as a list of pairs.
pub(super) mod pairs {
    use super::*;

    pub fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub fn deserialize<'de, K, V, D>(from: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: DeserializeOwned + Ord,
        V: DeserializeOwned,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}

/// Numbers of which most are 0: those that are not, each after its place.
fn sparse<S: Serializer>(numbers: impl Iterator<Item = u64>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq((0_usize..).zip(numbers).filter(|&(_, number)| number > 0))
}

/// Puts such numbers where they were.
fn put<'de, D: Deserializer<'de>>(
    from: D,
    mut place: impl FnMut(usize, u64) -> Option<()>,
) -> Result<(), D::Error> {
    for (at, number) in Vec::<(usize, u64)>::deserialize(from)? {
        place(at, number).ok_or_else(|| D::Error::custom(format!("there is no place {at}")))?;
    }
    Ok(())
}

/// A row of numbers.
pub(super) mod row {
    use super::*;

    pub fn serialize<S: Serializer, const N: usize>(
        row: &[u64; N],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        sparse(row.iter().copied(), to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        from: D,
    ) -> Result<[u64; N], D::Error> {
        let mut row = [0; N];
        put(from, |at, number| row.get_mut(at).map(|place| *place = number))?;
        Ok(row)
    }
}

/// Rows of numbers.
pub(super) mod rows {
    use super::*;

    pub fn serialize<S: Serializer, const N: usize, const M: usize>(
        rows: &[[u64; N]; M],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        sparse(rows.iter().flatten().copied(), to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize, const M: usize>(
        from: D,
    ) -> Result<[[u64; N]; M], D::Error> {
        let mut rows = [[0; N]; M];
        put(from, |at, number| rows.as_flattened_mut().get_mut(at).map(|place| *place = number))?;
        Ok(rows)
    }
}

/// How often each kind of fault fired.
pub(super) mod fired {
    use super::*;
    use onceproof_sim::outcome::Fired;

    pub fn serialize<S: Serializer>(fired: &Fired, to: S) -> Result<S::Ok, S::Error> {
        row::serialize(&fired.0, to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Fired, D::Error> {
        row::deserialize(from).map(Fired)
    }
}

/// Steps by their numbers.
pub(super) mod steps {
    use super::*;
    use onceproof_kernel::layout::StepIndex;
    use std::collections::BTreeSet;

    pub fn serialize<S: Serializer>(steps: &BTreeSet<StepIndex>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(steps.iter().map(|step| step.0))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeSet<StepIndex>, D::Error> {
        Ok(Vec::<u16>::deserialize(from)?.into_iter().map(StepIndex).collect())
    }
}

/// Lengths of time, how often each was met.
pub(super) mod times {
    use super::*;
    use onceproof_sim::times::Times;

    pub fn serialize<S: Serializer>(times: &Times, to: S) -> Result<S::Ok, S::Error> {
        sparse(times.counts().iter().copied(), to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Times, D::Error> {
        let mut times = Times::default();
        put(from, |place, count| times.add_at(place, count))?;
        Ok(times)
    }
}

impl Serialize for Shard {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        text::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Shard, D::Error> {
        text::deserialize(from)
    }
}
