//! What may be wrong with a graph of steps, and the functions whose right answer cannot be told.

use super::{Step, StepKind};
use crate::function::{Function, Into};
use onceproof_kernel::layout::{Failing, StepIndex};

/// What is wrong with a graph of steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GraphError {
    /// There is no source.
    NoSource,
    /// A source takes outputs of a step.
    SourceWithInput(StepIndex),
    /// A step that is no source takes outputs of none.
    NoInput(StepIndex),
    /// A step takes the outputs of a sink, which has none.
    InputFromSink {
        /// The step that takes them.
        step: StepIndex,
        /// The sink.
        sink: StepIndex,
    },
    /// A step names the same input twice.
    InputTwice {
        /// The step.
        step: StepIndex,
        /// The input.
        from: StepIndex,
    },
    /// The steps form a cycle through this one.
    Cycle(StepIndex),
    /// A step that computes nothing checkable has no one downstream.
    LeadsNowhere(StepIndex),
    /// A function that reads values sits below an aggregate: which records a pane caught decides its value.
    ReadsPane {
        /// The map.
        step: StepIndex,
        /// The aggregate.
        aggregate: StepIndex,
    },
    /// What a coin decided, below an aggregate, also decides whether a function keeps the record.
    DependsOnCoin {
        /// The map.
        step: StepIndex,
        /// The coin.
        coin: StepIndex,
    },
}

pub(super) fn check_inputs(
    steps: &[Step],
    index: StepIndex,
    step: &Step,
) -> Result<(), GraphError> {
    let is_source = matches!(step.kind, StepKind::Source { .. });
    if is_source && !step.from.is_empty() {
        return Err(GraphError::SourceWithInput(index));
    }
    if !is_source && step.from.is_empty() {
        return Err(GraphError::NoInput(index));
    }
    for (at, &from) in step.from.iter().enumerate() {
        if matches!(steps[from.at()].kind, StepKind::Sink(_)) {
            return Err(GraphError::InputFromSink { step: index, sink: from });
        }
        if step.from[..at].contains(&from) {
            return Err(GraphError::InputTwice { step: index, from });
        }
    }
    Ok(())
}

/// What comes down to a step, as far as its functions are concerned.
#[derive(Clone, Copy, Default)]
struct Upstream {
    /// An aggregate.
    aggregate: Option<StepIndex>,
    /// A coin, or another function that is not deterministic, below an aggregate, that goes into the key.
    coin: Option<StepIndex>,
}

/// Refuses functions whose right answer cannot be told from the input. Late records decide how many panes a
/// window has, and which records each of them caught. So a function below an aggregate may not look at the
/// value of a pane. Nor may a filter, or a function that fails on some keys, look at what a coin or its like
/// below an aggregate decided: one pane of a window may land on another side than the next.
pub(super) fn check_functions(steps: &[Step], order: &[StepIndex]) -> Result<(), GraphError> {
    let mut upstream = vec![Upstream::default(); steps.len()];
    for &index in order {
        let step = &steps[index.at()];
        let mut here = Upstream::default();
        for from in &step.from {
            let above = upstream[from.at()];
            here.aggregate = here.aggregate.or(above.aggregate);
            here.coin = here.coin.or(above.coin);
        }
        match &step.kind {
            StepKind::Map(function) => {
                if let (true, Some(aggregate)) = (function.reads_value(), here.aggregate) {
                    return Err(GraphError::ReadsPane { step: index, aggregate });
                }
                let lets_some_through =
                    matches!(function, Function::Filter(_)) || step.failing != Failing::default();
                if let (true, Some(coin)) = (lets_some_through, here.coin) {
                    return Err(GraphError::DependsOnCoin { step: index, coin });
                }
                if here.aggregate.is_some() && function.decides() == Some(Into::Key) {
                    here.coin = Some(index);
                }
            }
            StepKind::Count(_) | StepKind::Sum(_) | StepKind::CountGlobally(_) => {
                here.aggregate = Some(index);
            }
            StepKind::Source { .. } | StepKind::Reshuffle | StepKind::Sink(_) => {}
        }
        upstream[index.at()] = here;
    }
    Ok(())
}
