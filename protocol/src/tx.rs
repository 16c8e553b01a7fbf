//! One atomic commit to the database of a step.

use crate::contents::Test;
use crate::words::{Log, Producer, Sum, Table, Tag, Value};
use std::any::Any;
use std::fmt::{self, Debug};
use std::rc::Rc;

/// What a commit is to change. All checks hold where it comes to the database, or nothing of it changes.
#[derive(Default)]
pub struct Tx {
    pub(crate) checks: Vec<(&'static str, u64, Test)>,
    pub(crate) changes: Vec<Asked>,
}

/// One change that is asked for.
#[derive(Debug)]
pub(crate) enum Asked {
    Put(&'static str, u64, Rc<dyn Value>),
    Delete(&'static str, u64),
    Result(&'static str, u64, Tag, i64),
    Total(&'static str, u64, Sum),
    Append(&'static str, Option<(Producer, u64)>, Rc<dyn Value>),
}

impl Tx {
    /// The commit is refused unless the row with this number is so.
    pub fn check<T: Clone + 'static>(
        &mut self,
        table: Table<T>,
        id: u64,
        test: impl Fn(Option<T>) -> bool + 'static,
    ) {
        let name = table.name;
        let open = move |row: &dyn Any| match row.downcast_ref::<T>() {
            Some(row) => row.clone(),
            None => panic!("table `{name}` has a row that is no {}", std::any::type_name::<T>()),
        };
        self.checks.push((name, id, Box::new(move |row| test(row.map(open)))));
    }

    /// The commit is refused unless the row is as it was read: compare and set.
    pub fn is<T: Clone + PartialEq + 'static>(
        &mut self,
        table: Table<T>,
        id: u64,
        seen: Option<T>,
    ) {
        self.check(table, id, move |row| row == seen);
    }

    /// Adds a row, and refuses the commit where there is one with this number: a unique key.
    pub fn insert<T: Value>(&mut self, table: Table<T>, id: u64, row: T) {
        self.checks.push((table.name, id, Box::new(|row| row.is_none())));
        self.put(table, id, row);
    }

    /// Writes a row, whatever was there.
    pub fn put<T: Value>(&mut self, table: Table<T>, id: u64, row: T) {
        self.changes.push(Asked::Put(table.name, id, Rc::new(row)));
    }

    /// Deletes a row, if it is there.
    pub fn delete<T>(&mut self, table: Table<T>, id: u64) {
        self.changes.push(Asked::Delete(table.name, id));
    }

    /// Appends an entry to a log. Its offset is known where the commit is applied.
    pub fn append<T: Value>(&mut self, log: Log<T>, entry: T) {
        self.changes.push(Asked::Append(log.name, None, Rc::new(entry)));
    }

    /// Appends an entry as a producer, and refuses the commit unless the entry is the next of its producer: of the newest
    /// epoch that the log knows of it, with the sequence number after that of its last entry; or of a newer epoch, with the
    /// number 0. [`Cx::produced`](crate::cx::Cx::produced) says why one was refused.
    pub fn append_as<T: Value>(&mut self, log: Log<T>, by: Producer, sequence: u64, entry: T) {
        self.changes.push(Asked::Append(log.name, Some((by, sequence)), Rc::new(entry)));
    }

    /// From here on the record is in the result, beside all that is there. This is what is judged: a record that is in a
    /// result twice is `duplicated`, one that never comes to be in it is `lost`.
    pub fn result(&mut self, name: &'static str, key: u64, of: Tag, value: i64) {
        self.changes.push(Asked::Result(name, key, of, value));
    }

    /// From here on the records of this sum are in the total of this key, in place of those that were.
    pub fn total(&mut self, name: &'static str, key: u64, sum: &Sum) {
        self.changes.push(Asked::Total(name, key, sum.clone()));
    }
}

impl Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} checks, {:?}", self.checks.len(), self.changes)
    }
}
