//! What is wrong with a graph of steps, said at the step that it is wrong with.

use super::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::form::raw::{self, At, span};
use onceproof_kernel::layout::StepIndex;
use onceproof_model::pipeline::GraphError;

/// What is wrong with the graph, at the step that it is wrong with.
pub(in crate::scenario) fn graph_error(
    source: &Source<'_>,
    steps: &[At<raw::Step>],
    error: &GraphError,
) -> Diagnostic {
    let step = |index: StepIndex| &steps[index.at()].value;
    let name = |index: StepIndex| quote(&step(index).name.value);
    let from = |index: StepIndex| span(&step(index).from).unwrap_or(step(index).name.span.clone());
    match *error {
        GraphError::NoSource => source
            .error(steps[0].value.kind.span.clone(), "there is no source")
            .label("nothing ever comes in"),
        GraphError::SourceWithInput(index) => {
            source.error(from(index), "a source takes no outputs of a step")
        }
        GraphError::NoInput(index) => {
            source.error(step(index).name.span.clone(), format!("{} takes nothing in", name(index)))
        }
        GraphError::InputFromSink { step, sink } => source
            .error(from(step), format!("{} is a sink, and has no outputs", name(sink)))
            .label(format!("`from` names what {} takes; without it, the step above", name(step))),
        GraphError::InputTwice { step, from: input } => {
            source.error(from(step), format!("{} is named twice", name(input)))
        }
        GraphError::Cycle(index) => {
            let cycle = cycle_through(steps, index);
            let error = source.error(from(index), "the steps form a cycle");
            error.label(cycle.iter().map(|name| quote(name)).collect::<Vec<_>>().join(" -> "))
        }
        GraphError::LeadsNowhere(index) => source
            .error(
                step(index).name.span.clone(),
                format!("nobody takes the outputs of {}", name(index)),
            )
            .label("the last step is a count, a sum or a sink"),
        GraphError::ReadsPane { step: index, aggregate } => source
            .error(
                span(&step(index).function).unwrap_or(0..0),
                format!("{} reads values of {}", name(index), name(aggregate)),
            )
            .label(
                "which records a pane caught decides its value, so the right answer cannot be told",
            ),
        GraphError::DependsOnCoin { step: index, coin } => source
            .error(
                span(&step(index).poison)
                    .or(span(&step(index).dead_letter))
                    .or(span(&step(index).function))
                    .unwrap_or(0..0),
                format!("{} depends on what {} decides", name(index), name(coin)),
            )
            .label("below an aggregate, one pane may land on another side than the next"),
    }
}

/// The names along a cycle, from a step on it back to itself.
fn cycle_through(steps: &[At<raw::Step>], on: StepIndex) -> Vec<&str> {
    let name = |at: usize| steps[at].value.name.value.as_str();
    let senders = |at: usize| -> Vec<usize> {
        let Some(from) = &steps[at].value.from else {
            return at.checked_sub(1).into_iter().collect();
        };
        let find = |from: &At<String>| (0..steps.len()).find(|&at| name(at) == from.value);
        from.value.0.iter().filter_map(find).collect()
    };
    // Against the stream, from the step until it is met again; `next` remembers the way back.
    let mut next: Vec<Option<usize>> = vec![None; steps.len()];
    let mut waiting = vec![on.at()];
    while let Some(at) = waiting.pop() {
        for sender in senders(at) {
            if next[sender].is_none() {
                next[sender] = Some(at);
                waiting.push(sender);
            }
        }
    }
    let mut way = vec![name(on.at())];
    let mut at = next[on.at()];
    while let Some(step) = at {
        way.push(name(step));
        at = if step == on.at() || way.len() > 8 { None } else { next[step] };
    }
    way
}
