//! `expect`: what must be found, and what is demanded of side effects.

use super::Expect;
use super::diagnostic::{Diagnostic, Source, quote};
use super::raw::At;
use super::raw::expect as raw;
use onceproof_model::function::Function;
use onceproof_model::pipeline::{Pipeline, StepKind};
use onceproof_sim::outcome::Class;

/// What is expected, and how many side effects of one step may stand for a record.
///
/// # Errors
/// An expectation that says nothing, that contradicts itself, or that nothing could meet or miss.
pub(super) fn expect(
    source: &Source<'_>,
    expect: &At<raw::Expect>,
    pipeline: &Pipeline,
) -> Result<(Expect, Option<u32>), Diagnostic> {
    let raw::Expect::Table(table) = &expect.value else {
        return Ok((Expect::ExactlyOnce, None));
    };
    let raw::Table { holds, violates, side_effects } = table;
    let limit = match side_effects {
        Some(given) => Some(at_most(source, given, pipeline)?),
        None => None,
    };
    match (holds, violates) {
        (Some(_), Some(violates)) => {
            let error = source.error(source.key_of(&violates.span), "an expectation of both sorts");
            Err(error.label("either `holds` or `violates`"))
        }
        (None, None) if limit.is_none() => {
            let error = source.error(expect.span.clone(), "nothing is expected");
            Err(error.label("such as \"exactly-once\" or `{ violates = \"lost\" }`"))
        }
        (_, None) => Ok((Expect::ExactlyOnce, limit)),
        (None, Some(violates)) => {
            Ok((Expect::Violates(classes(source, violates, limit.is_some())?), limit))
        }
    }
}

fn at_most(
    source: &Source<'_>,
    given: &At<raw::SideEffects>,
    pipeline: &Pipeline,
) -> Result<u32, Diagnostic> {
    let has_effect = |kind: &StepKind| match kind {
        StepKind::Map(Function::Call(action)) => action.is_effect(),
        _ => false,
    };
    if !pipeline.steps().iter().any(|step| has_effect(&step.kind)) {
        let error = source.error(source.key_of(&given.span), "nothing here has side effects");
        return Err(error.label("a map with `fn = { call = … }` has"));
    }
    super::mechanism::number(source, "at-most", &given.value.at_most, 1..=1_000_000)
}

fn classes(
    source: &Source<'_>,
    given: &At<super::raw::OneOrMany<super::raw::ClassWord>>,
    has_limit: bool,
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
        if class.0 == Class::Repeated && !has_limit {
            let error = source.error(span.clone(), "side effects may be repeated at will");
            return Err(error.label("beside it, `side-effects = { at-most = 1 }`"));
        }
        classes.push(class.0);
    }
    Ok(classes)
}
