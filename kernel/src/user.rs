//! A function of the user's own. It is executed outside the system under test: a process hands in a record and gets
//! outputs. So whoever watches knows what each execution came to, whatever the process makes of it.

use crate::key::Keys;
use crate::mix::{fold, scatter, text};
use crate::record::{Output, Value};
use crate::time::{Nanos, Time};
use std::fmt;
use std::sync::Arc;

/// How many answers chance may give to an execution of a function that asks for any. All numbers up to 16 divide it, so
/// that a choice between so many is another one also where the next answer is 0 again.
pub const ANSWERS: u32 = 720_720;

/// What is executed on a record. All that may differ between two executions on one record comes from what is asked.
/// It runs in several threads at once.
pub trait UserFunction: fmt::Debug + Send + Sync {
    /// What is to be known of it before it is executed.
    fn traits(&self) -> FunctionTraits;
    /// The outputs that it makes of a record, in order.
    fn execute(&self, record: Executed<'_>, asks: &mut Asks<'_>) -> Vec<Made>;
}

/// What is known of a function before it is executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FunctionTraits {
    /// What it asks for. If nothing, all executions on one record make the same outputs.
    pub asks: AskedKinds,
    /// The most outputs that it makes of a record, at least 1.
    pub copies: u32,
}

impl FunctionTraits {
    /// How many answers chance may give to an execution.
    pub fn answers(self) -> u32 {
        if self.asks.chance { ANSWERS } else { 1 }
    }
}

/// A function that is shared by all runs. Two are the same if they are one.
#[derive(Clone, Debug)]
pub struct SharedFunction(pub Arc<dyn UserFunction>);

impl PartialEq for SharedFunction {
    fn eq(&self, other: &SharedFunction) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SharedFunction {}

/// A record that a function is executed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Executed<'a> {
    /// Its key.
    pub key: &'a str,
    /// What it carries.
    pub carries: Carries<&'a str>,
}

/// What a record carries, for a function to read or as it has made it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Carries<T> {
    /// An integer.
    Integer(i64),
    /// A text.
    Text(T),
}

/// An output of a function.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Made {
    /// Its key.
    pub key: String,
    /// What it carries.
    pub carries: Carries<String>,
}

/// What an execution may ask. Two that are answered alike have to make the same outputs.
#[derive(Clone)]
pub struct Asks<'a> {
    drawn: u32,
    clock: Time,
    services: &'a dyn Fn(Lookup) -> u32,
    draws: u64,
    kinds: AskedKinds,
}

/// A question to a service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lookup {
    /// The hash of the service's name and of the key that is asked for.
    pub point: u64,
    /// How long an answer stands, at least 1.
    pub changes_every: Nanos,
    /// How many answers there are, at least 1.
    pub values: u32,
}

/// What an execution has asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AskedKinds {
    /// An answer of chance.
    pub chance: bool,
    /// The time by the clock of a process.
    pub clock: bool,
    /// What a service says, which changes with time.
    pub service: bool,
}

impl AskedKinds {
    /// Whether it has asked for anything.
    pub fn any(self) -> bool {
        self.chance || self.clock || self.service
    }

    /// What this one or another has asked for.
    pub fn or(self, other: AskedKinds) -> AskedKinds {
        AskedKinds {
            chance: self.chance || other.chance,
            clock: self.clock || other.clock,
            service: self.service || other.service,
        }
    }
}

impl<'a> Asks<'a> {
    /// For an execution to which chance gives this answer, in a process with this clock.
    pub fn new(drawn: u32, clock: Time, services: &'a dyn Fn(Lookup) -> u32) -> Asks<'a> {
        Asks { drawn, clock, services, draws: 0, kinds: AskedKinds::default() }
    }

    /// One of so many numbers from 0, at least 1. The first choice of an execution is another one with the next answer.
    pub fn choose(&mut self, options: u64) -> u64 {
        let (drawn, number) = (u64::from(self.drawn), self.draws);
        self.kinds.chance = true;
        self.draws += 1;
        match number {
            0 => drawn % options,
            // Each draw begins elsewhere, and goes on with the answer like the first.
            later => (drawn + scatter(later) % options) % options,
        }
    }

    /// A number of 64 bits.
    pub fn random(&mut self) -> u64 {
        self.kinds.chance = true;
        self.draws += 1;
        scatter(fold(u64::from(self.drawn), self.draws))
    }

    /// The time by the clock of the process that executes.
    pub fn now(&mut self) -> Time {
        self.kinds.clock = true;
        self.clock
    }

    /// What a service says of a key now, less than `values`.
    pub fn look_up(&mut self, service: &str, key: &str, every: Nanos, values: u32) -> u32 {
        self.kinds.service = true;
        let point = fold(text(service), text(key));
        (self.services)(Lookup { point, changes_every: every, values })
    }

    /// That this was asked for, of answers like these.
    pub fn note(&mut self, kinds: AskedKinds) {
        self.kinds = self.kinds.or(kinds);
    }

    /// What was asked for so far.
    pub fn kinds(&self) -> AskedKinds {
        self.kinds
    }
}

impl fmt::Debug for Asks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Asks { drawn, clock, services: _, draws, kinds } = self;
        f.debug_struct("Asks")
            .field("drawn", drawn)
            .field("clock", clock)
            .field("draws", draws)
            .field("kinds", kinds)
            .finish_non_exhaustive()
    }
}

/// A record, as a function reads it.
pub fn executed(input: Output, keys: &Keys) -> Executed<'_> {
    let carries = match input.value {
        Value::Integer(value) => Carries::Integer(value),
        Value::Text(text) | Value::Made { text, .. } => Carries::Text(keys.text(text)),
    };
    Executed { key: keys.text(input.key), carries }
}

/// An output, as a run keeps it.
pub fn output(made: &Made, keys: &mut Keys) -> Output {
    let key = keys.intern(&made.key);
    let value = match &made.carries {
        Carries::Integer(value) => Value::Integer(*value),
        Carries::Text(text) => Value::made(text, keys),
    };
    Output { key, value }
}

/// What a service says at a time: it goes from one of its values to the next each time `changes_every` has passed, so
/// that the next answer is always another one.
pub fn value_at(first: u32, now: Time, changes_every: Nanos, values: u32) -> u32 {
    let moved = now.step_of(changes_every).rem_euclid(values.into());
    ((i64::from(first) + moved) % i64::from(values)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(drawn: u32, ask: impl FnOnce(&mut Asks<'_>) -> T) -> T {
        ask(&mut Asks::new(drawn, Time(5), &|lookup| lookup.values - 1))
    }

    #[test]
    fn every_choice_is_another_one_with_the_next_answer() {
        let choices = |drawn| with(drawn, |asks| [2, 2, 3, 7].map(|options| asks.choose(options)));
        assert_eq!(choices(0)[0], 0);
        for drawn in 0..9 {
            let (here, next) = (choices(drawn), choices(drawn + 1));
            assert!(here.iter().zip(next).all(|(here, next)| *here != next), "{drawn}");
        }
        let random = |drawn| with(drawn, |asks| [asks.random(), asks.random()]);
        let (here, next) = (random(0), random(1));
        assert!(here[0] != here[1] && here[0] != next[0] && here[1] != next[1]);
    }

    #[test]
    fn what_was_asked_for_is_known() {
        let kinds = |ask: fn(&mut Asks<'_>)| {
            with(0, |asks| {
                ask(asks);
                asks.kinds()
            })
        };
        let none = AskedKinds::default();
        let chance = AskedKinds { chance: true, ..none };
        assert!(!kinds(|_| {}).any());
        assert_eq!(kinds(|asks| assert!(asks.choose(2) < 2)), chance);
        assert_eq!(kinds(|asks| assert_ne!(asks.random(), 0)), chance);
        let clock = AskedKinds { clock: true, ..none };
        assert_eq!(kinds(|asks| assert_eq!(asks.now(), Time(5))), clock);
        let service = AskedKinds { service: true, ..none };
        assert_eq!(kinds(|asks| assert_eq!(asks.look_up("rates", "eur", 1, 2), 1)), service);
    }

    #[test]
    fn the_next_answer_of_a_service_is_another_one() {
        assert_eq!([0, 9, 10, 20, 30].map(|now| value_at(1, Time(now), 10, 3)), [1, 1, 2, 0, 1]);
        assert_eq!(value_at(0, Time(-1), 10, 3), 2);
    }
}
