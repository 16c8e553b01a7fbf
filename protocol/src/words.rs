//! The words of a user's protocol: what rows, routes and records are to it.

use onceproof_kernel::name::Name;
use std::any::Any;
use std::fmt::{self, Debug};
use std::marker::PhantomData;

/// A length or a point of time in milliseconds. Points are on the clock of the process that asks, which may be wrong. The
/// first is [`START`].
pub type Millis = u64;

/// When a run begins: a day after zero, so that a clock that jumps back still shows a time.
pub const START: Millis = 24 * 60 * 60 * 1_000;

/// What rows and messages may be: anything that can be shown. It is shown in a trace, and where two runs of one seed are
/// compared.
pub trait Value: Any + Debug {}
impl<T: Any + Debug> Value for T {}

/// Says which record of the input something is about. It is copied from a [`Record`] into all that comes of the record, and
/// whoever judges the run counts by it. A protocol decides nothing by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub(crate) Option<Name>);

impl Tag {
    /// About no record: a lease, a clean-up.
    pub const NONE: Tag = Tag(None);
}

impl Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Name(name)) => write!(f, "#{name}"),
            None => f.write_str("-"),
        }
    }
}

/// A record of the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its number, from 0, in the order of arrival: the same however often it is delivered.
    pub id: u64,
    /// Which record it is, for all that comes of it to carry.
    pub of: Tag,
    /// Its key: an account, a user.
    pub key: u64,
    /// Its value.
    pub value: i64,
}

/// A sum of records that knows which they are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    value: i64,
    members: Vec<Record>,
}

impl Sum {
    /// The sum and one record more.
    #[must_use]
    pub fn plus(&self, record: &Record) -> Sum {
        let mut sum = self.clone();
        sum.value = sum.value.wrapping_add(record.value);
        sum.members.push(*record);
        sum
    }

    /// What it comes to.
    pub fn value(&self) -> i64 {
        self.value
    }

    /// The records in it, in the order in which they were added.
    pub fn members(&self) -> &[Record] {
        &self.members
    }
}

/// A table of durable rows of one type, in the database of the step that uses it. Each row has a number.
pub struct Table<T> {
    pub(crate) name: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> Table<T> {
    /// The table of this name. One name is one table: of two constants with one name, the second one's type must be the
    /// same.
    pub const fn new(name: &'static str) -> Table<T> {
        Table { name, of: PhantomData }
    }
}

/// A log of entries of one type, in the database of the step that uses it. Entries are appended and stay; each has an offset,
/// from 0.
pub struct Log<T> {
    pub(crate) name: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> Log<T> {
    /// The log of this name.
    pub const fn new(name: &'static str) -> Log<T> {
        Log { name, of: PhantomData }
    }
}

/// Who appends to a log, so that nothing is appended twice: each of its entries has the sequence number after that of the one
/// before, and a newer epoch shuts the older ones out (Kafka's idempotent producer, KIP-98).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Producer {
    /// Who it is, in all of its lives.
    pub id: u64,
    /// Which of its lives; later ones have greater epochs.
    pub epoch: u64,
}

/// The last that a log has of a producer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Produced {
    /// The newest epoch.
    pub epoch: u64,
    /// The sequence number of its last entry, from 0.
    pub sequence: u64,
}

/// A kind of request with a body of type `Q`, which a step answers with an `R`.
pub struct Route<Q, R> {
    pub(crate) to: &'static str,
    pub(crate) name: &'static str,
    pub(crate) key: u64,
    types: PhantomData<fn(Q) -> R>,
}

impl<Q, R> Route<Q, R> {
    /// Requests of this name go to the step `to`.
    pub const fn new(to: &'static str, name: &'static str) -> Route<Q, R> {
        Route { to, name, key: 0, types: PhantomData }
    }

    /// The same for this key: of a step with shards, to the shard `key` modulo their number. Without, it is shard 0.
    #[must_use]
    pub const fn at(self, key: u64) -> Route<Q, R> {
        Route { key, ..self }
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Table<T> {
        *self
    }
}
impl<T> Copy for Table<T> {}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Log<T> {
        *self
    }
}
impl<T> Copy for Log<T> {}

impl<T> Debug for Log<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({:?})", self.name)
    }
}

impl<T> Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({:?})", self.name)
    }
}

impl<Q, R> Clone for Route<Q, R> {
    fn clone(&self) -> Route<Q, R> {
        *self
    }
}
impl<Q, R> Copy for Route<Q, R> {}

impl<Q, R> Debug for Route<Q, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Route({:?}, {:?})", self.to, self.name)
    }
}

/// What is known of a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "a commit may be refused, or nobody may know what became of it"]
pub enum Written {
    /// All of it stands.
    Applied,
    /// Nothing of it stands, nor ever will: a check did not hold where it came to the database.
    Refused,
    /// No answer came in time. It is applied, or refused, or lost, or still on its way.
    Unknown,
}

pub use Written::{Applied, Refused, Unknown};
