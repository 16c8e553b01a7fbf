//! `expect`: what must be found, what is stated of the ledger, and what is demanded of side effects.

use super::stated::{Beside, Stated};
use crate::scenario::Expect;
use crate::scenario::design::mechanism::number;
use crate::scenario::form::raw::At;
use crate::scenario::form::raw::expect as raw;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use onceproof_kernel::call::Action;
use onceproof_model::function::Function;
use onceproof_model::pipeline::{Pipeline, StepKind};
use onceproof_sim::outcome::Class;
use onceproof_sim::plan::SideEffects;
use onceproof_systems::Design;

/// What is expected, what is stated of the ledger, and what is demanded of side effects.
///
/// # Errors
/// An expectation that says nothing, that contradicts itself, or that nothing could meet or miss.
pub(in crate::scenario) fn expect(
    source: &Source<'_>,
    expect: &At<raw::Expect>,
    design: &Design,
    is_swept: bool,
) -> Result<(Expect, Stated, SideEffects), Diagnostic> {
    let raw::Expect::Table(table) = &expect.value else {
        return Ok((Expect::ExactlyOnce, Stated::default(), SideEffects::default()));
    };
    let raw::Table { holds, violates, side_effects, .. } = &**table;
    let demands = match side_effects {
        Some(given) => demands(source, given, design.pipeline())?,
        None => SideEffects::default(),
    };
    let violates = match (holds, violates) {
        (Some(_), Some(violates)) => {
            let error = source.error(source.key_of(&violates.span), "an expectation of both sorts");
            return Err(error.label("either `holds` or `violates`"));
        }
        (_, None) => Vec::new(),
        (None, Some(violates)) => classes(source, violates, demands)?,
    };
    let stated = Beside { source, design, violates: &violates, is_swept }.stated(table)?;
    if holds.is_none()
        && violates.is_empty()
        && side_effects.is_none()
        && stated == Stated::default()
    {
        let error = source.error(expect.span.clone(), "nothing is expected");
        return Err(error.label("such as \"exactly-once\" or `{ violates = \"lost\" }`"));
    }
    let expect = match violates.is_empty() {
        true => Expect::ExactlyOnce,
        false => Expect::Violates(violates),
    };
    Ok((expect, stated, demands))
}

fn demands(
    source: &Source<'_>,
    given: &At<raw::SideEffects>,
    pipeline: &Pipeline,
) -> Result<SideEffects, Diagnostic> {
    let calls = |is_meant: fn(Action) -> bool| {
        pipeline.steps().iter().any(|step| match step.kind {
            StepKind::Map(Function::Call(action)) => is_meant(action),
            _ => false,
        })
    };
    let raw::SideEffects { at_most, newest } = &given.value;
    if at_most.is_none() && newest.is_none() {
        let error = source.error(given.span.clone(), "nothing is demanded of side effects");
        return Err(error.label("such as `at-most = 1` or `newest = true`"));
    }
    if !calls(Action::is_effect) {
        let error = source.error(source.key_of(&given.span), "nothing here has side effects");
        return Err(error.label("a map with `fn = { call = … }` has"));
    }
    if let Some(newest) = newest
        && !calls(Action::is_put)
    {
        let error = source.error(source.key_of(&newest.span), "nothing here puts an entry");
        return Err(error.label("a map that calls with `write = \"put\"` or `\"put-fenced\"` does"));
    }
    Ok(SideEffects {
        at_most: match at_most {
            Some(given) => Some(number(source, "at-most", given, 1..=1_000_000)?),
            None => None,
        },
        newest: newest.as_ref().is_some_and(|newest| newest.value),
    })
}

fn classes(
    source: &Source<'_>,
    given: &At<crate::scenario::form::raw::OneOrMany<crate::scenario::form::raw::ClassWord>>,
    demands: SideEffects,
) -> Result<Vec<Class>, Diagnostic> {
    let At { value: given, span } = given;
    if given.0.is_empty() {
        return Err(source
            .error(span.clone(), "`violates` names no class")
            .label("such as \"lost\""));
    }
    let mut classes: Vec<Class> = Vec::new();
    for At { value: class, span } in &given.0 {
        if classes.contains(&class.0) {
            let title = format!("{} is named twice", quote(class.0.word()));
            return Err(source.error(span.clone(), title));
        }
        if let Some(asked) = &class.0.row().asked
            && !(asked.is_asked)(&demands)
        {
            let error = source.error(span.clone(), asked.otherwise);
            return Err(match asked.written {
                "" => error.label("properties are those of a test in Rust"),
                written => error.label(format!("beside it, `{written}`")),
            });
        }
        classes.push(class.0);
    }
    Ok(classes)
}
