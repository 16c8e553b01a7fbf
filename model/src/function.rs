//! The user functions, built in or the user's own. A function is pure given an answer: what chance or the world would decide comes
//! in from outside, so that the same record with the same answer gives the same outputs, and another
//! answer is a fault like any other.

use onceproof_kernel::call::Action;
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::record::{Output, Value};
use onceproof_kernel::time::Nanos;
use onceproof_kernel::user::SharedFunction;

/// A function of a map step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Function {
    /// The record as it came.
    Identity,
    /// The record under another key.
    KeyBy(KeyBy),
    /// The record, or nothing.
    Filter(Filter),
    /// So many copies of the record, at least 1.
    Explode {
        /// How many.
        copies: u32,
    },
    /// One of so many sides, another when run again: the non-deterministic function of chapter 5.
    Coin {
        /// How many sides, at least 2.
        sides: u32,
        /// Where the side goes.
        into: Into,
    },
    /// The processing time in steps of this length, as the worker's clock has it.
    Clock {
        /// How long a step is, at least 1.
        every: Nanos,
        /// Where the number of the step goes.
        into: Into,
    },
    /// What a service says of the key. It goes from one of its values to the next each time so much time has
    /// passed, so its answer changes whenever it may. Were a value drawn each time, it could be the same one
    /// again, and a run in which the answer should have changed would show nothing.
    Lookup {
        /// How long an answer of the service stands, at least 1.
        changes_every: Nanos,
        /// How many values it has, at least 2.
        values: u32,
        /// Where the value goes.
        into: Into,
    },
    /// The number of the record, from 0, among those that this life of the worker's shard has executed.
    Order {
        /// Where the number goes.
        into: Into,
    },
    /// The record as it came, once an external service has done this for it.
    Call(Action),
    /// A function of the user's own. It is executed outside, by [`onceproof_kernel::env::Ask::execute_user`].
    User(SharedFunction),
}

/// What `key-by` takes the key from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyBy {
    /// The value as text.
    Value,
    /// What comes before the first of this text in the key: `{ before = "/" }` makes `ann/1` into `ann`.
    Before(String),
    /// One fixed key for all.
    Fixed(String),
}

/// What `filter` keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Filter {
    /// Records of this key.
    Key(String),
    /// Records of any other key.
    NotKey(String),
    /// Records whose value is at least this.
    ValueAtLeast(i64),
}

/// Where the answer of a function goes: a coin's side, a time, what a service said, a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Into {
    /// Appended to the key: `ann/1`.
    Key,
    /// Taken as the value.
    Value,
}

impl Function {
    /// How many different answers chance may give to an execution; 1 where chance decides nothing.
    pub fn answers(&self) -> u32 {
        match self {
            Function::Identity
            | Function::KeyBy(_)
            | Function::Filter(_)
            | Function::Explode { .. }
            | Function::Clock { .. }
            | Function::Lookup { .. }
            | Function::Order { .. }
            | Function::Call(_) => 1,
            Function::Coin { sides, .. } => *sides,
            Function::User(SharedFunction(user)) => user.traits().answers(),
        }
    }

    /// Whether every execution on a record gives the same outputs.
    pub fn is_deterministic(&self) -> bool {
        match self {
            Function::User(SharedFunction(user)) => !user.traits().asks.any(),
            _ => self.decides().is_none(),
        }
    }

    /// Whether an execution may be another one by itself, and not only by another answer of chance.
    pub fn differs_by_itself(&self) -> bool {
        match self {
            Function::Clock { .. } | Function::Lookup { .. } | Function::Order { .. } => true,
            Function::User(SharedFunction(user)) => {
                let asks = user.traits().asks;
                asks.clock || asks.service
            }
            Function::Identity
            | Function::KeyBy(_)
            | Function::Filter(_)
            | Function::Explode { .. }
            | Function::Coin { .. }
            | Function::Call(_) => false,
        }
    }

    /// Whether it asks for the time by the clock of the process.
    pub fn reads_clock(&self) -> bool {
        match self {
            Function::Clock { .. } => true,
            Function::User(SharedFunction(user)) => user.traits().asks.clock,
            Function::Identity
            | Function::KeyBy(_)
            | Function::Filter(_)
            | Function::Explode { .. }
            | Function::Coin { .. }
            | Function::Lookup { .. }
            | Function::Order { .. }
            | Function::Call(_) => false,
        }
    }

    /// The most outputs that an execution makes.
    pub fn copies(&self) -> u32 {
        match self {
            Function::Explode { copies } => *copies,
            Function::User(SharedFunction(user)) => user.traits().copies,
            Function::Identity
            | Function::KeyBy(_)
            | Function::Filter(_)
            | Function::Coin { .. }
            | Function::Clock { .. }
            | Function::Lookup { .. }
            | Function::Order { .. }
            | Function::Call(_) => 1,
        }
    }

    /// What the answer of an execution decides, for a built-in function that is not deterministic. What a function of the
    /// user's own decides is seen where it is executed.
    pub fn decides(&self) -> Option<Into> {
        match self {
            Function::Identity
            | Function::KeyBy(_)
            | Function::Filter(_)
            | Function::Explode { .. }
            | Function::Call(_)
            | Function::User(_) => None,
            Function::Coin { into, .. }
            | Function::Clock { into, .. }
            | Function::Lookup { into, .. }
            | Function::Order { into } => Some(*into),
        }
    }

    /// Whether the outputs depend on the value that came in, and not on key and event time alone.
    pub fn reads_value(&self) -> bool {
        match self {
            Function::KeyBy(KeyBy::Value)
            | Function::Filter(Filter::ValueAtLeast(_))
            | Function::User(_) => true,
            Function::Identity
            | Function::KeyBy(KeyBy::Before(_) | KeyBy::Fixed(_))
            | Function::Filter(Filter::Key(_) | Filter::NotKey(_))
            | Function::Explode { .. }
            | Function::Coin { .. }
            | Function::Clock { .. }
            | Function::Lookup { .. }
            | Function::Order { .. }
            | Function::Call(_) => false,
        }
    }

    /// Applies the function to a record with this key and value, given the answer of this execution, which
    /// a deterministic function does not look at, and hands each output to `emit` in order.
    pub fn apply(
        &self,
        key: Key,
        value: Value,
        answer: i64,
        keys: &mut Keys,
        mut emit: impl FnMut(Output),
    ) {
        match self {
            Function::Identity | Function::Call(_) => emit(Output { key, value }),
            Function::KeyBy(by) => emit(Output { key: by.key(key, value, keys), value }),
            Function::Filter(filter) => {
                if filter.keeps(keys.text(key), value) {
                    emit(Output { key, value });
                }
            }
            Function::Explode { copies } => {
                for _ in 0..*copies {
                    emit(Output { key, value });
                }
            }
            Function::Coin { into: Into::Key, .. }
            | Function::Clock { into: Into::Key, .. }
            | Function::Lookup { into: Into::Key, .. }
            | Function::Order { into: Into::Key } => {
                let text = format!("{}/{answer}", keys.text(key));
                emit(Output { key: keys.intern(&text), value });
            }
            Function::Coin { into: Into::Value, .. }
            | Function::Clock { into: Into::Value, .. }
            | Function::Lookup { into: Into::Value, .. }
            | Function::Order { into: Into::Value } => {
                emit(Output { key, value: Value::Integer(answer) });
            }
            Function::User(_) => unreachable!("it is executed outside"),
        }
    }
}

impl KeyBy {
    fn key(&self, key: Key, value: Value, keys: &mut Keys) -> Key {
        match self {
            KeyBy::Value => match value {
                Value::Integer(value) => keys.intern(&value.to_string()),
                Value::Text(text) | Value::Made { text, .. } => text,
            },
            KeyBy::Before(mark) => match keys.text(key).split_once(mark.as_str()) {
                Some((head, _)) => {
                    let head = head.to_owned();
                    keys.intern(&head)
                }
                None => key,
            },
            KeyBy::Fixed(text) => keys.intern(text),
        }
    }
}

impl Filter {
    fn keeps(&self, key: &str, value: Value) -> bool {
        match self {
            Filter::Key(text) => key == text,
            Filter::NotKey(text) => key != text,
            Filter::ValueAtLeast(least) => value.integer() >= *least,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outputs of a function on `ann` with value 5, as `key=value`.
    fn check(function: Function, answer: i64, expected: &[&str]) {
        let mut keys = Keys::default();
        let ann = keys.intern("ann");
        let mut outputs = Vec::new();
        function.apply(ann, Value::Integer(5), answer, &mut keys, |output| outputs.push(output));
        let texts: Vec<String> = outputs
            .iter()
            .map(|output| format!("{}={}", keys.text(output.key), output.value.integer()))
            .collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn each_function_does_what_its_name_says() {
        check(Function::Identity, 0, &["ann=5"]);
        check(Function::KeyBy(KeyBy::Value), 0, &["5=5"]);
        check(Function::KeyBy(KeyBy::Before("n".into())), 0, &["a=5"]);
        check(Function::KeyBy(KeyBy::Before("/".into())), 0, &["ann=5"]);
        check(Function::KeyBy(KeyBy::Fixed("all".into())), 0, &["all=5"]);
        check(Function::Filter(Filter::Key("ann".into())), 0, &["ann=5"]);
        check(Function::Filter(Filter::NotKey("ann".into())), 0, &[]);
        check(Function::Filter(Filter::ValueAtLeast(6)), 0, &[]);
        check(Function::Explode { copies: 3 }, 0, &["ann=5", "ann=5", "ann=5"]);
        check(Function::Coin { sides: 2, into: Into::Key }, 1, &["ann/1=5"]);
        check(Function::Coin { sides: 2, into: Into::Value }, 1, &["ann=1"]);
        check(Function::Clock { every: 5, into: Into::Key }, 12, &["ann/12=5"]);
        check(Function::Lookup { changes_every: 5, values: 2, into: Into::Value }, 1, &["ann=1"]);
        check(Function::Order { into: Into::Key }, 3, &["ann/3=5"]);
    }

    #[test]
    fn a_function_is_deterministic_unless_something_is_decided_by_its_answer() {
        let check = |function: Function, answers: u32, decides: Option<Into>| {
            assert_eq!((function.answers(), function.decides()), (answers, decides));
            assert_eq!(function.is_deterministic(), decides.is_none());
        };
        check(Function::Explode { copies: 3 }, 1, None);
        check(Function::Coin { sides: 3, into: Into::Value }, 3, Some(Into::Value));
        check(Function::Clock { every: 5, into: Into::Key }, 1, Some(Into::Key));
        check(Function::Order { into: Into::Key }, 1, Some(Into::Key));
    }
}
