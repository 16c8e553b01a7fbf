//! `fn`: the user functions of maps.

use super::mechanism::number;
use crate::scenario::form::raw::{self, At};
use crate::scenario::form::units::Duration;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use crate::scenario::wrong::explain::custom;
use onceproof_kernel::call::Action;
use onceproof_kernel::time::Nanos;
use onceproof_model::function::{Filter, Function, Into, KeyBy};

/// The function that is written.
///
/// # Errors
/// A parameter out of range.
pub(in crate::scenario) fn function(
    source: &Source<'_>,
    function: &At<raw::Function>,
) -> Result<Function, Diagnostic> {
    Ok(match &function.value {
        raw::Function::Identity => Function::Identity,
        raw::Function::User(user) => Function::User(user.clone()),
        raw::Function::KeyBy(raw::KeyBy::Value) => Function::KeyBy(KeyBy::Value),
        raw::Function::KeyBy(raw::KeyBy::Before(text)) if text.is_empty() => {
            let message =
                "the empty text comes before everything\nwhat `before` looks for is not empty";
            return Err(custom(source, function.span.clone(), message));
        }
        raw::Function::KeyBy(raw::KeyBy::Before(text)) => {
            Function::KeyBy(KeyBy::Before(text.clone()))
        }
        raw::Function::KeyBy(raw::KeyBy::Fixed(text)) => {
            Function::KeyBy(KeyBy::Fixed(text.clone()))
        }
        raw::Function::Filter(raw::Filter::Key(text)) => {
            Function::Filter(Filter::Key(text.clone()))
        }
        raw::Function::Filter(raw::Filter::NotKey(text)) => {
            Function::Filter(Filter::NotKey(text.clone()))
        }
        raw::Function::Filter(raw::Filter::ValueAtLeast(least)) => {
            Function::Filter(Filter::ValueAtLeast(*least))
        }
        raw::Function::Explode(explode) => {
            Function::Explode { copies: number(source, "copies", &explode.copies, 1..=1000)? }
        }
        raw::Function::Coin(coin) => Function::Coin {
            sides: number(source, "sides", &coin.sides, 2..=1_000_000)?,
            into: into(coin.into),
        },
        raw::Function::Clock(clock) => {
            Function::Clock { every: step_length(source, &clock.every)?, into: into(clock.into) }
        }
        raw::Function::Lookup(lookup) => Function::Lookup {
            changes_every: step_length(source, &lookup.changes_every)?,
            values: number(source, "values", &lookup.values, 2..=1_000_000)?,
            into: into(lookup.into),
        },
        raw::Function::Order(order) => Function::Order { into: into(order.into) },
        raw::Function::Call(call) => Function::Call(match call {
            raw::service::Call::Write(raw::service::CallWrite::Append) => Action::Append,
            raw::service::Call::Write(raw::service::CallWrite::Put) => Action::Put,
            raw::service::Call::Write(raw::service::CallWrite::PutFenced) => Action::PutFenced,
            raw::service::Call::Read => Action::Read,
            raw::service::Call::Delete => Action::Delete,
            raw::service::Call::Take => Action::Take,
        }),
    })
}

/// The length of a step of time, which is not 0.
fn step_length(source: &Source<'_>, given: &At<Duration>) -> Result<Nanos, Diagnostic> {
    match given.value.0 {
        0 => Err(source.error(given.span.clone(), "a step of 0").label("at least 1ns long")),
        length => Ok(length),
    }
}

fn into(into: raw::Into) -> Into {
    match into {
        raw::Into::Key => Into::Key,
        raw::Into::Value => Into::Value,
    }
}
