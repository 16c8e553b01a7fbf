//! What a function of the user's own is given beside its record: all that may differ between two executions.

use super::record::text_of;
use onceproof_kernel::time::{MILLISECOND, Nanos, Time};
use onceproof_kernel::user::Asks;
use serde::Serialize;
use std::collections::BTreeMap;

/// The context of one execution of a function. Whatever may differ between two executions on one record comes from here,
/// so that the simulator can make it differ. A function that takes it from elsewhere (the order of a `HashMap`, a static
/// counter, the wall clock) is caught and named.
#[derive(Debug)]
pub struct Execution<'a> {
    asks: Asks<'a>,
    services: &'a Services,
}

/// How the services answer that functions ask, by their names.
pub(super) type Services = BTreeMap<String, Service>;

/// How a service answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Service {
    /// How long an answer stands.
    pub changes_every: Nanos,
    /// How many answers there are.
    pub answers: u32,
}

impl Default for Service {
    fn default() -> Service {
        Service { changes_every: 10 * MILLISECOND, answers: 1_000 }
    }
}

impl<'a> Execution<'a> {
    pub(super) fn new(asks: Asks<'a>, services: &'a Services) -> Execution<'a> {
        Execution { asks, services }
    }

    pub(super) fn asks(self) -> Asks<'a> {
        self.asks
    }

    /// One of the numbers from 0 to `options` less 1. It may be another one when the function is executed again on the
    /// same record: that is the fault `user-differs`.
    ///
    /// # Panics
    /// There is no option.
    pub fn choose(&mut self, options: u64) -> u64 {
        assert!(options > 0, "`cx.choose(0)`: there is nothing to choose from");
        self.asks.choose(options)
    }

    /// A random number. It may be another one when the function is executed again on the same record: that is the fault
    /// `user-differs`.
    pub fn random(&mut self) -> u64 {
        self.asks.random()
    }

    /// The time by the clock of the worker, which the fault `clock-step` puts back or ahead. It is later when the function
    /// is executed again.
    pub fn now(&mut self) -> Time {
        self.asks.now()
    }

    /// What a service says of a key now, a number from 0, handed to `then`. Another key has another answer, and all
    /// answers change with time: every 10 ms to the next of 1,000, unless [`super::Pipeline::service`] says otherwise. So
    /// it may be another one when the function is executed again.
    pub fn lookup<K: Serialize + ?Sized, R>(
        &mut self,
        service: &str,
        key: &K,
        then: impl FnOnce(u64) -> R,
    ) -> R {
        let Service { changes_every, answers } =
            self.services.get(service).copied().unwrap_or_default();
        let key = text_of(key);
        then(self.asks.look_up(service, &key, changes_every, answers).into())
    }
}
