//! `[[step]]`: names, kinds and inputs of steps, and the pipeline that they make.

use super::diagnostic::{Diagnostic, Source, quote};
use super::explain::{FIRST_STEP, belongs_to, custom, no_such};
use super::mechanism::{Mechanisms, number};
use super::raw::{self, At, KindWord, span};
use super::units::{Duration, LONGEST};
use onceproof_model::call::Action;
use onceproof_model::function::{Filter, Function, Into, KeyBy};
use onceproof_model::mechanism::{Ack, Fuse, Mechanism, Outputs};
use onceproof_model::pipeline::{
    Failing, GraphError, IdFrom, InsertId, MessageIds, OffsetGiven, Pipeline, Queue, Sink,
    SourceWatermark, Step, StepIndex, StepKind,
};
use onceproof_model::time::{Nanos, SECOND};
use onceproof_model::window::Windowing;
use std::collections::BTreeMap;

/// The most shards of all steps together.
const MOST_SHARDS: u32 = 65_536;

const AGGREGATES: [KindWord; 3] = [KindWord::Count, KindWord::Sum, KindWord::CountGlobally];

/// Makes the pipeline.
///
/// # Errors
/// The first thing found wrong with a step, else with their graph.
pub(super) fn pipeline(source: &Source<'_>, file: &raw::File) -> Result<Pipeline, Diagnostic> {
    let steps = &file.step;
    if steps.is_empty() {
        return Err(source.error(0..0, "there is no step").help(FIRST_STEP));
    }
    let names = names(source, steps)?;
    let mechanisms = Mechanisms::default().overlaid(source, file.mechanism.as_ref())?;
    let mut built = Vec::new();
    let mut shards = 0;
    let mut windows: u64 = 0;
    for (at, step) in steps.iter().enumerate() {
        let step = Step {
            name: step.value.name.value.clone(),
            kind: kind(source, &step.value)?,
            from: inputs_of(source, steps, at, &names)?,
            shards: shards_of(source, &step.value)?,
            failing: failing(source, &step.value)?,
            mechanism: mechanism_of(source, &mechanisms, &step.value)?,
        };
        shards += step.shards;
        if shards > MOST_SHARDS {
            let span = span(&steps[at].value.shards).unwrap_or(steps[at].span.clone());
            let error = source.error(span, "too many shards");
            return Err(error.label(format!("all steps together have at most {MOST_SHARDS}")));
        }
        if let Some(windowing) = step.kind.windowing() {
            windows = windows.saturating_add(windowing.length).saturating_add(windowing.lateness);
            if windows > LONGEST {
                let error = source.error(steps[at].value.name.span.clone(), "too long windows");
                return Err(error.label("windows and lateness of all steps exceed 100 years"));
            }
        }
        built.push(step);
    }
    let pipeline = Pipeline::new(built).map_err(|error| graph_error(source, steps, &error))?;
    check_stable_inputs(source, steps, &pipeline)?;
    Ok(pipeline)
}

/// A stable input is one that was committed before it was sent.
fn check_stable_inputs(
    source: &Source<'_>,
    steps: &[At<raw::Step>],
    pipeline: &Pipeline,
) -> Result<(), Diagnostic> {
    for (step, given) in pipeline.steps().iter().zip(steps) {
        let Some(At { value: true, span }) = &given.value.stable_input else { continue };
        for &from in &step.from {
            let sender = pipeline.step(pipeline.stages().head(from));
            if sender.mechanism.outputs == Outputs::Recompute {
                let title = format!("the input of {} is not stable", quote(&step.name));
                let error = source.error(source.key_of(span), title);
                let sender = quote(&sender.name);
                return Err(error.label(format!("{sender} sends before it commits: `recompute`")));
            }
        }
    }
    Ok(())
}

type Names<'a> = BTreeMap<&'a str, StepIndex>;

fn names<'a>(source: &Source<'_>, steps: &'a [At<raw::Step>]) -> Result<Names<'a>, Diagnostic> {
    let mut names = Names::new();
    for (at, step) in steps.iter().enumerate() {
        let At { value: name, span } = &step.value.name;
        let error = |title: String| Err(source.error(span.clone(), title));
        if name.trim().is_empty() {
            return error("a step needs a name".to_owned());
        }
        if name.contains(['/', '#', '@']) || name.contains(char::is_control) {
            let error = source.error(span.clone(), format!("{} cannot name a step", quote(name)));
            return Err(error.label("no `/`, `#`, `@` or control character"));
        }
        if name == "watermark" {
            return error("`watermark` cannot name a step: faults are placed by it".to_owned());
        }
        let index = u16::try_from(at).map(StepIndex);
        let Ok(index) = index else {
            return error("too many steps".to_owned());
        };
        if let Some(first) = names.insert(name.as_str(), index) {
            let line = source.line(steps[first.at()].value.name.span.start);
            let error = source.error(span.clone(), format!("two steps are named {}", quote(name)));
            return Err(error.label(format!("the first is on line {line}")));
        }
    }
    Ok(names)
}

fn inputs_of(
    source: &Source<'_>,
    steps: &[At<raw::Step>],
    at: usize,
    names: &Names<'_>,
) -> Result<Vec<StepIndex>, Diagnostic> {
    let step = &steps[at].value;
    let is_source = step.kind.value == KindWord::Source;
    match &step.from {
        Some(from) if is_source => {
            let error =
                source.error(source.key_of(&from.span), "a source takes no outputs of a step");
            Err(error.label("it reads its input"))
        }
        Some(from) if from.value.0.is_empty() => {
            let error = source.error(from.span.clone(), "`from` names no step");
            Err(error.label("leave it out to take the step above"))
        }
        Some(from) => {
            let find = |name: &At<String>| {
                names.get(name.value.as_str()).copied().ok_or_else(|| {
                    let known: Vec<&str> = steps
                        .iter()
                        .map(|step| step.value.name.value.as_str())
                        .filter(|name| *name != step.name.value)
                        .collect();
                    no_such(source, name.span.clone(), "step", &name.value, &known)
                })
            };
            from.value.0.iter().map(find).collect()
        }
        None if is_source => Ok(Vec::new()),
        None if at == 0 => {
            let error = source.error(step.kind.span.clone(), "the first step is no source");
            Err(error.label("there is no step above whose outputs it could take"))
        }
        None => Ok(vec![StepIndex((at - 1) as u16)]),
    }
}

/// The mechanisms of a step. One that says how many shards it has wants its own placement, and one that
/// needs a stable input its own commit behind a shuffle: neither is fused into the step before it.
fn mechanism_of(
    source: &Source<'_>,
    mechanisms: &Mechanisms,
    step: &raw::Step,
) -> Result<Mechanism, Diagnostic> {
    let mut mechanism = mechanisms.overlaid(source, step.mechanism.as_ref())?.all;
    let needs_stable_input = step.stable_input.as_ref().is_some_and(|at| at.value);
    if step.shards.is_some() || needs_stable_input {
        mechanism.fuse = Fuse::Apart;
    }
    Ok(mechanism)
}

fn shards_of(source: &Source<'_>, step: &raw::Step) -> Result<u32, Diagnostic> {
    let Some(given) = &step.shards else {
        return Ok(1);
    };
    let shards = number(source, "shards", given, 1..=1024)?;
    if step.kind.value == KindWord::CountGlobally && shards != 1 {
        let error = source.error(given.span.clone(), "`count-globally` has one shard");
        return Err(error.label("it has one key"));
    }
    Ok(shards)
}

/// The kind of a step with the keys that only it takes.
fn kind(source: &Source<'_>, step: &raw::Step) -> Result<StepKind, Diagnostic> {
    refuse_keys_of_others(source, step)?;
    Ok(match step.kind.value {
        KindWord::Source => StepKind::Source {
            watermark: match step.watermark.as_ref().map(|at| at.value) {
                None | Some(raw::Watermark::Perfect) => SourceWatermark::Perfect,
                Some(raw::Watermark::Bound(Duration(bound))) => SourceWatermark::Bound(bound),
            },
            queue: step.queue.as_ref().map(|given| queue(source, &given.value)).transpose()?,
        },
        KindWord::Map => match &step.function {
            Some(function) => StepKind::Map(self::function(source, function)?),
            None => {
                let error = source.error(step.kind.span.clone(), "a map needs a function");
                return Err(error.label("`fn = …`"));
            }
        },
        KindWord::Reshuffle => StepKind::Reshuffle,
        KindWord::Count => StepKind::Count(windowing(source, step)?),
        KindWord::Sum => StepKind::Sum(windowing(source, step)?),
        KindWord::CountGlobally => StepKind::CountGlobally(windowing(source, step)?),
        KindWord::Sink => StepKind::Sink(match step.write.as_ref().map(|at| &at.value) {
            None | Some(raw::service::Write::Upsert) => Sink::Upsert,
            Some(raw::service::Write::Append) => Sink::Append,
            Some(raw::service::Write::Offset) => Sink::Offset(OffsetGiven::BeforeCall),
            Some(raw::service::Write::OffsetInMemory) => Sink::Offset(OffsetGiven::AfterCall),
            Some(raw::service::Write::OffsetNewStream) => Sink::Offset(OffsetGiven::InNewStream),
            Some(raw::service::Write::Rename) => Sink::Rename,
            Some(raw::service::Write::InPlace) => Sink::InPlace,
            Some(raw::service::Write::TwoPhase(given)) => {
                let At { value: Duration(timeout), span } = given.timeout.clone();
                if timeout == 0 {
                    let error = source.error(span, "a transaction that is aborted at once");
                    return Err(error.label("a time-out of 0"));
                }
                Sink::TwoPhase { timeout }
            }
            Some(raw::service::Write::InsertId(given)) => {
                let At { value: Duration(window), span } = given.window.clone();
                if window == 0 {
                    let error = source.error(span, "a table that forgets at once");
                    return Err(error.label("`append` is a sink without insert ids"));
                }
                let from = if given.random { IdFrom::Execution } else { IdFrom::Record };
                Sink::InsertId(InsertId { window, from })
            }
        }),
    })
}

fn refuse_keys_of_others(source: &Source<'_>, step: &raw::Step) -> Result<(), Diagnostic> {
    let keys = [
        ("watermark", span(&step.watermark), [KindWord::Source].as_slice()),
        ("queue", span(&step.queue), [KindWord::Source].as_slice()),
        ("input", span(&step.input), [KindWord::Source].as_slice()),
        ("fn", span(&step.function), [KindWord::Map].as_slice()),
        ("stable-input", span(&step.stable_input), [KindWord::Map].as_slice()),
        ("poison", span(&step.poison), [KindWord::Map].as_slice()),
        ("dead-letter", span(&step.dead_letter), [KindWord::Map].as_slice()),
        ("window", span(&step.window), AGGREGATES.as_slice()),
        ("lateness", span(&step.lateness), AGGREGATES.as_slice()),
        ("write", span(&step.write), [KindWord::Sink].as_slice()),
    ];
    for (key, span, kinds) in keys {
        if let Some(span) = span
            && !kinds.contains(&step.kind.value)
        {
            let title = format!("a `{}` has no `{key}`", step.kind.value.word());
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            return Err(source.error(source.key_of(&span), title).label(belongs_to(key, &kinds)));
        }
    }
    Ok(())
}

fn windowing(source: &Source<'_>, step: &raw::Step) -> Result<Windowing, Diagnostic> {
    let Some(window) = &step.window else {
        let title = format!("a `{}` needs a `window`", step.kind.value.word());
        return Err(source.error(step.kind.span.clone(), title).label("such as `window = \"1m\"`"));
    };
    if window.value.0 == 0 {
        let error = source.error(window.span.clone(), "a window of 0");
        return Err(error.label("a window is at least 1ns long"));
    }
    let lateness = step.lateness.as_ref().map_or(0, |at| at.value.0);
    Ok(Windowing { length: window.value.0, lateness })
}

/// How a source reads its queue.
fn queue(source: &Source<'_>, queue: &raw::queue::Queue) -> Result<Queue, Diagnostic> {
    let deadline = match &queue.deadline {
        None => 10 * SECOND,
        Some(At { value: Duration(0), span }) => {
            let error = source.error(span.clone(), "a deadline of 0");
            return Err(error.label("every message would be handed out again at once, for ever"));
        }
        Some(At { value: Duration(deadline), .. }) => *deadline,
    };
    Ok(Queue {
        deadline,
        extend: queue.extend.unwrap_or(true),
        ack: queue.ack.map_or(Ack::AfterCommit, super::mechanism::ack),
        ids: match queue.ids.as_ref().map(|ids| ids.value) {
            None | Some(raw::queue::MessageIds::Message) => MessageIds::Message,
            Some(raw::queue::MessageIds::Attribute) => MessageIds::Attribute,
            Some(raw::queue::MessageIds::Content) => MessageIds::Content,
            Some(raw::queue::MessageIds::None) => MessageIds::None,
        },
    })
}

/// How the function of a map fails.
fn failing(source: &Source<'_>, step: &raw::Step) -> Result<Failing, Diagnostic> {
    Ok(Failing {
        poison: step.poison.as_ref().map(|poison| poison.value.key.clone()),
        dead_letter_after: match &step.dead_letter {
            Some(given) => Some(number(source, "after", &given.value.after, 1..=1_000_000)?),
            None => None,
        },
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

fn function(source: &Source<'_>, function: &At<raw::Function>) -> Result<Function, Diagnostic> {
    Ok(match &function.value {
        raw::Function::Identity => Function::Identity,
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

/// What is wrong with the graph, at the step that it is wrong with.
fn graph_error(source: &Source<'_>, steps: &[At<raw::Step>], error: &GraphError) -> Diagnostic {
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
