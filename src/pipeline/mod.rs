//! Pipelines with the record types and functions of a user, to be run in any of the built-in systems. A pipeline is told
//! step by step, from its source down, and comes to a [`Trial`], what searches work on.
//!
//! ```
//! use onceproof::prelude::*;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Order {
//!     user: u32,
//!     currency: String,
//!     cents: i64,
//! }
//!
//! let orders = (0..20).map(|number| Order {
//!     user: number % 3,
//!     currency: "eur".to_owned(),
//!     cents: 250,
//! });
//! Pipeline::source("orders", orders)
//!     // What a service says may change: it comes from the context, `cx`.
//!     .map("price", |order: Order, cx| {
//!         let rate = cx.lookup("rates", &order.currency, |answer| 1 + answer as i64);
//!         Order { cents: order.cents * rate, ..order }
//!     })
//!     .sum("per-user", |order| order.user, |order| order.cents)
//!     .window(minutes(1))
//!     .sink("table", upsert())
//!     .check()
//!     .seeds(0..100)
//!     .exactly_once();
//! ```
//!
//! # What a function may do
//!
//! It is executed again whenever the system needs to: on the same record, in another process, later. Whatever may differ
//! then comes from its context, an [`Execution`], so that the simulator can make it differ. Each execution is compared
//! with another one that is answered alike; a function that is not deterministic behind the simulator's back panics, with
//! its step, the record and the two outputs. It is executed in several threads, and more often than it would be: what it
//! counts or writes beside its outputs means nothing.
//!
//! Right is that the results hold the outputs of one execution of each record, all of them and no others: that of which
//! anything was committed first.
//!
//! # What cannot be had
//!
//! A function below a count or a sum: late records decide how often a window is shown, and with what, so it cannot be told
//! what is right there. Several sources, and steps that branch or join: a pipeline here is a line. A scenario file has
//! them, with built-in functions.

mod words;
mod record;
mod execution;
mod function;
mod draft;
mod open;
mod source;
mod settings;
mod probe;

pub use execution::Execution;
pub use record::Record;
pub use words::{
    ExternalCall, SinkWrite, append, hours, insert_id, milliseconds, minutes, offset, rename,
    seconds, two_phase, upsert,
};

use crate::check::Check;
use draft::Draft;
use onceproof_kernel::user::Carries;
use onceproof_systems::Trial;
use open::Open;
use record::{encoded, text_of};
use serde::Serialize;
use std::fmt;

/// A pipeline whose last step carries records of type `T`; or [`Totals`], below a count or a sum.
#[must_use]
pub struct Pipeline<T> {
    draft: Draft,
    open: Open<T>,
}

/// What a count or a sum makes: a total for each key and window. No function runs below it, since late records decide
/// how often a window is shown, and with what.
#[derive(Clone, Copy, Debug)]
pub enum Totals {}

impl<T: Record> Pipeline<T> {
    /// A step with a function: each record becomes one. What may differ between executions comes from the context.
    pub fn map<U: Record>(
        self,
        name: &str,
        function: impl Fn(T, &mut Execution<'_>) -> U + Send + Sync + 'static,
    ) -> Pipeline<U> {
        self.through(name, move |key, record, cx, emit| emit(key.to_owned(), function(record, cx)))
    }

    /// A step that keeps a record, or not.
    pub fn filter(
        self,
        name: &str,
        keeps: impl Fn(&T, &mut Execution<'_>) -> bool + Send + Sync + 'static,
    ) -> Pipeline<T> {
        self.through(name, move |key, record, cx, emit| {
            if keeps(&record, cx) {
                emit(key.to_owned(), record);
            }
        })
    }

    /// A step with a function: each record becomes none, one or several.
    pub fn flat_map<U: Record, I: IntoIterator<Item = U>>(
        self,
        name: &str,
        function: impl Fn(T, &mut Execution<'_>) -> I + Send + Sync + 'static,
    ) -> Pipeline<U> {
        self.through(name, move |key, record, cx, emit| {
            function(record, cx).into_iter().for_each(|made| emit(key.to_owned(), made));
        })
    }

    /// Gives the records of the step above another key. It is no step of its own. A source without it gives each row a
    /// key of its own, and maps keep the key of what they take.
    pub fn key_by<K: Serialize>(
        self,
        key: impl Fn(&T) -> K + Send + Sync + 'static,
    ) -> Pipeline<T> {
        let Pipeline { draft, open } = self;
        Pipeline { draft, open: open.keyed(move |record| text_of(&key(record))) }
    }

    /// A step that calls an external service for each record, and passes it on.
    pub fn call(self, name: &str, call: ExternalCall) -> Pipeline<T> {
        let mut draft = self.into_records();
        draft.step(name, "map");
        let write = [("write", call.word())].into_iter().collect::<toml_edit::InlineTable>();
        let call = [("call", write)].into_iter().collect::<toml_edit::InlineTable>();
        draft.set_of_step("fn", call.into());
        Pipeline { draft, open: Open::Passed }
    }

    /// Passes records on through a shuffle: a stable input for what comes next. If what comes next is a count or a sum,
    /// they have its keys here.
    pub fn reshuffle(mut self, name: &str) -> Pipeline<T> {
        self.draft.step(name, "reshuffle");
        self
    }

    /// Adds up a whole number of each record, per key and window: say [`Pipeline::window`] behind it.
    pub fn sum<K: Serialize, N: Into<i64>>(
        self,
        name: &str,
        key: impl Fn(&T) -> K + Send + Sync + 'static,
        number: impl Fn(&T) -> N + Send + Sync + 'static,
    ) -> Pipeline<Totals> {
        self.aggregated(name, "sum", move |_, record| {
            (text_of(&key(&record)), Carries::Integer(number(&record).into()))
        })
    }

    /// Counts records per key and window: say [`Pipeline::window`] behind it.
    pub fn count<K: Serialize>(
        self,
        name: &str,
        key: impl Fn(&T) -> K + Send + Sync + 'static,
    ) -> Pipeline<Totals> {
        self.aggregated(name, "count", move |_, record| {
            (text_of(&key(&record)), Carries::Integer(1))
        })
    }

    /// Counts all records per window, under the one key `*`: say [`Pipeline::window`] behind it.
    pub fn count_globally(self, name: &str) -> Pipeline<Totals> {
        self.aggregated(name, "count-globally", |key, _| (key, Carries::Integer(1)))
    }

    /// Writes records. The results have a number for the content of each record, by which two contents are told apart.
    pub fn sink(self, name: &str, write: SinkWrite) -> Pipeline<Written> {
        let draft = self.into_records();
        written(draft, name, write)
    }

    fn through<U: Record>(
        self,
        name: &str,
        function: impl Fn(&str, T, &mut Execution<'_>, &mut dyn FnMut(String, U))
        + Send
        + Sync
        + 'static,
    ) -> Pipeline<U> {
        let mut draft = self.into_records();
        draft.map(name);
        let step = draft.steps.len() - 1;
        Pipeline { draft, open: Open::map(step, function) }
    }

    fn aggregated(
        self,
        name: &str,
        kind: &str,
        part: impl Fn(String, T) -> (String, Carries<String>) + Send + Sync + 'static,
    ) -> Pipeline<Totals> {
        let Pipeline { mut draft, open } = self;
        open.close(&mut draft, name, part);
        draft.step(name, kind);
        Pipeline { draft, open: Open::Passed }
    }

    /// Closes the last step: what it makes is written as records.
    fn into_records(self) -> Draft {
        let Pipeline { mut draft, open } = self;
        if !matches!(open, Open::Passed) {
            open.close(&mut draft, "", |key, record| (key, Carries::Text(encoded(&record))));
        }
        draft
    }
}

/// What a sink has written: the end of a pipeline.
#[derive(Clone, Copy, Debug)]
pub enum Written {}

fn written(mut draft: Draft, name: &str, SinkWrite(write): SinkWrite) -> Pipeline<Written> {
    draft.step(name, "sink");
    draft.set_of_step("write", write);
    Pipeline { draft, open: Open::Passed }
}

impl Pipeline<Totals> {
    /// Counts the same records again per key, in windows of its own: say [`Pipeline::window`] behind it.
    pub fn then_count(self, name: &str) -> Pipeline<Totals> {
        self.then(name, "count")
    }

    /// Adds up the totals per key, in windows of its own: say [`Pipeline::window`] behind it.
    pub fn then_sum(self, name: &str) -> Pipeline<Totals> {
        self.then(name, "sum")
    }

    /// Counts the same records again under the one key `*`: say [`Pipeline::window`] behind it.
    pub fn then_count_globally(self, name: &str) -> Pipeline<Totals> {
        self.then(name, "count-globally")
    }

    /// Writes totals, a row for each key and window.
    pub fn sink(self, name: &str, write: SinkWrite) -> Pipeline<Written> {
        written(self.draft, name, write)
    }

    fn then(mut self, name: &str, kind: &str) -> Pipeline<Totals> {
        self.draft.step(name, kind);
        self
    }
}

/// What a pipeline may end with: [`Totals`], or what is [`Written`].
pub trait Checkable {}

impl Checkable for Totals {}
impl Checkable for Written {}

impl<E: Checkable> Pipeline<E> {
    /// What is put to the test: the design of this pipeline in the system that was chosen, and a plan without faults. A
    /// design that is to be found wrong is another trial, for [`Check::wrong`].
    ///
    /// # Panics
    /// The system cannot have the pipeline, as the reader of scenario files says it; a function is not deterministic; a
    /// record does not come back from serde.
    pub fn trial(&self) -> Trial {
        settings::trial(&self.draft)
    }

    /// A check of it, under its name.
    ///
    /// # Panics
    /// As [`Pipeline::trial`].
    pub fn check(&self) -> Check {
        Check::of(&self.draft.name(), self.trial())
    }
}

impl<E: Checkable> Clone for Pipeline<E> {
    fn clone(&self) -> Pipeline<E> {
        Pipeline { draft: self.draft.clone(), open: Open::Passed }
    }
}

impl<T> fmt::Debug for Pipeline<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pipeline({:?})", self.draft.name())
    }
}
