//! What messages and changes of one run refer to by handles: bodies of the user's types, and the checks of commits. A
//! message of the simulator is copied, and what a user puts into one is not.

use crate::words::Value;
use onceproof_kernel::key::{Key, Keys};
use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::rc::Rc;

/// The handle of something in the [`Contents`] of its run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Content(u32);

/// Whether a row is as whoever commits wants it.
pub(crate) type Test = Box<dyn Fn(Option<&dyn Any>) -> bool>;

/// What a run refers to by handles.
#[derive(Default)]
pub struct Contents {
    kept: Vec<Kept>,
    /// The handles of keys by their numbers: to write a number as text each time takes long.
    keys: BTreeMap<u64, Key>,
}

enum Kept {
    Body(Rc<dyn Value>),
    Test(Test),
}

/// The contents of a run as all of its processes have them.
pub type SharedContents = Rc<RefCell<Contents>>;

impl Contents {
    /// Keeps a body.
    pub fn keep(&mut self, body: Rc<dyn Value>) -> Content {
        self.add(Kept::Body(body))
    }

    /// Keeps a check.
    pub fn keep_test(&mut self, test: Test) -> Content {
        self.add(Kept::Test(test))
    }

    fn add(&mut self, kept: Kept) -> Content {
        self.kept.push(kept);
        Content(u32::try_from(self.kept.len() - 1).expect("fewer than 2^32 bodies in a run"))
    }

    /// A body.
    pub fn body(&self, content: Content) -> &dyn Any {
        match &self.kept[content.0 as usize] {
            Kept::Body(body) => &**body,
            Kept::Test(_) => unreachable!("a check is no body"),
        }
    }

    /// A body as text.
    pub fn text(&self, content: Content) -> String {
        match &self.kept[content.0 as usize] {
            Kept::Body(body) => format!("{body:?}"),
            Kept::Test(_) => unreachable!("a check is no body"),
        }
    }

    /// A body of a type.
    ///
    /// # Panics
    /// If it is of another type: two tables or routes have one name and two types.
    pub fn open<T: Clone + 'static>(&self, content: Content, of: &str) -> T {
        let body = self.body(content).downcast_ref::<T>();
        let type_of = std::any::type_name::<T>();
        body.unwrap_or_else(|| panic!("`{of}` has a body that is no {type_of}")).clone()
    }

    /// Whether a check holds of a row.
    pub fn holds(&self, test: Content, row: Option<Content>) -> bool {
        match &self.kept[test.0 as usize] {
            Kept::Test(test) => test(row.map(|row| self.body(row))),
            Kept::Body(_) => unreachable!("a body is no check"),
        }
    }

    /// The key with this number.
    pub fn key(&mut self, number: u64, keys: &mut Keys) -> Key {
        *self.keys.entry(number).or_insert_with(|| keys.intern(&number.to_string()))
    }
}

impl Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} contents", self.kept.len())
    }
}
