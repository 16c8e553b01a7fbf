//! `[[step]]`: names, kinds and inputs of steps, and the pipeline that they make.

use super::function::function;
use super::mechanism::{Mechanisms, number};
use super::nowhere::{idle_at, nowhere};
use crate::figures::grouped;
use crate::scenario::form::raw::{self, AckWord, At, KindWord, span};
use crate::scenario::form::units::{Duration, LONGEST};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::wrong::error::Errors;
use crate::scenario::wrong::explain::{FIRST_STEP, belongs_to, no_such};
use crate::scenario::wrong::graph_error::graph_error;
use crate::scenario::wrong::such_as;
use onceproof_kernel::layout::{Failing, StepIndex};
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::source::Progress;
use onceproof_kernel::time::SECOND;
use onceproof_model::dataflow::Design;
use onceproof_model::dataflow::mechanism::{Mechanism, Outputs};
use onceproof_model::pipeline::{
    Ack, IdFrom, InsertId, MessageIds, OffsetGiven, QueueRules, Sink, Step, StepKind,
};
use onceproof_model::window::Windowing;

/// The most steps. What is worked out of a pipeline grows with their square: 10,000 take 2.5 GB. Numbers of steps have 16
/// bits.
const MOST_STEPS: usize = 1_000;

/// The most shards of all steps together. Numbers of shards have 32 bits.
const MOST_SHARDS: u32 = 65_536;

/// The most links from a shard to one that it sends to. Each has watermarks of its own to carry, in about 1.5 KB: two
/// steps of 1,024 shards are linked by so many.
const MOST_LINKS: u64 = 1 << 20;

/// The kinds of steps that make something which others take.
const MAKERS: [KindWord; 6] = [
    KindWord::Source,
    KindWord::Map,
    KindWord::Reshuffle,
    KindWord::Count,
    KindWord::Sum,
    KindWord::CountGlobally,
];

const AGGREGATES: [KindWord; 3] = [KindWord::Count, KindWord::Sum, KindWord::CountGlobally];

/// Makes the pipeline, with its mechanisms.
///
/// # Errors
/// All that is wrong with its steps, else what is wrong with their graph.
pub(in crate::scenario) fn parts(
    source: &Source<'_>,
    file: &raw::File,
) -> Result<Parts, Vec<Diagnostic>> {
    let steps = &file.step;
    if steps.is_empty() {
        return Err(vec![source.error(0..0, "there is no step").help(FIRST_STEP)]);
    }
    let mut errors = Errors::default();
    let mechanisms = Mechanisms::of(file.strategy).overlaid(source, file.mechanism.as_ref());
    let mechanisms = errors.keep(mechanisms);
    let Some(names) = errors.keep(names(source, steps)) else { return errors.end(None) };
    let made = steps.iter().enumerate().map(|(at, step)| {
        let kind = errors.keep(kind(source, &step.value));
        let from = errors.keep(inputs_of(source, steps, at, &names));
        let shards = errors.keep(shards_of(source, &step.value));
        let failing = errors.keep(failing(source, &step.value));
        let mechanism = mechanisms
            .as_ref()
            .and_then(|mechanisms| errors.keep(mechanisms.of_step(source, &step.value)));
        let (name, mechanism) = (step.value.name.value.clone(), mechanism?);
        let (kind, from, shards, failing) = (kind?, from?, shards?, failing?);
        Some((Step { name, kind, from, shards, failing }, mechanism))
    });
    let made: Vec<Option<(Step, Mechanism)>> = made.collect();
    let made: Option<Parts> = made.into_iter().collect();
    if let Some(made) = &made {
        for nowhere in nowhere(file, made.iter().map(|(step, of)| (&step.kind, of))) {
            errors.keep::<()>(Err(nowhere.refused(source)));
        }
        for (raw, (step, mechanism)) in steps.iter().zip(made) {
            for idle in idle_at(&raw.value, (&step.kind, mechanism)) {
                errors.keep::<()>(Err(idle.refused(source, &raw.value)));
            }
        }
    }
    let made = errors.end(made)?;
    check_sizes(source, steps, &made).map_err(|error| vec![error])?;
    Ok(made)
}

/// Steps that are right one by one, each with the mechanisms that it has in Dataflow.
pub(in crate::scenario) type Parts = Vec<(Step, Mechanism)>;

/// That all steps together are not too many.
fn check_sizes(
    source: &Source<'_>,
    steps: &[At<raw::Step>],
    made: &Parts,
) -> Result<(), Diagnostic> {
    let mut shards = 0;
    let mut windows: u64 = 0;
    for ((step, _), raw) in made.iter().zip(steps) {
        shards += step.shards;
        if shards > MOST_SHARDS {
            let span = span(&raw.value.shards).unwrap_or(raw.span.clone());
            let error = source.error(span, "too many shards");
            return Err(error.label(format!("all steps together have at most {MOST_SHARDS}")));
        }
        if let Some(windowing) = step.kind.windowing() {
            windows = windows.saturating_add(windowing.length).saturating_add(windowing.lateness);
            if windows > LONGEST {
                let error = source.error(raw.value.name.span.clone(), "too long windows");
                return Err(error.label("windows and lateness of all steps exceed 100 years"));
            }
        }
    }
    Ok(())
}

/// The pipeline of steps that are right one by one, in Dataflow.
pub(in crate::scenario) fn checked(
    source: &Source<'_>,
    steps: &[At<raw::Step>],
    made: Parts,
) -> Result<Design, Diagnostic> {
    let design = Design::new(made).map_err(|error| graph_error(source, steps, &error))?;
    check_links(source, steps, &design)?;
    check_stable_inputs(source, steps, &design)?;
    Ok(design)
}

/// Every shard of a step is linked to every shard of those that it sends to.
fn check_links(
    source: &Source<'_>,
    steps: &[At<raw::Step>],
    design: &Design,
) -> Result<(), Diagnostic> {
    let shards = |step: StepIndex| u64::from(design.layout.shards_of(step));
    let mut links = 0;
    for edge in design.pipeline.order().iter().flat_map(|&step| design.stages().shuffles(step)) {
        links += shards(edge.from) * shards(edge.to);
        if links > MOST_LINKS {
            let Step { name, .. } = design.pipeline.step(edge.to);
            let raw = &steps[edge.to.at()].value;
            let at = span(&raw.shards).unwrap_or(raw.name.span.clone());
            let error =
                source.error(at, format!("too many links between shards at {}", quote(name)));
            let most = grouped(MOST_LINKS);
            let error = error.label(format!("with those of the steps above, {}", grouped(links)));
            let help =
                format!("a step of 8 shards has 64 links to one of 8; all have at most {most}");
            return Err(error.help(help));
        }
    }
    Ok(())
}

/// A stable input is one that was committed before it was sent. Behind a stage that recomputes nothing is
/// stable, so it is refused there.
fn check_stable_inputs(
    source: &Source<'_>,
    steps: &[At<raw::Step>],
    design: &Design,
) -> Result<(), Diagnostic> {
    for (step, given) in design.pipeline.steps().iter().zip(steps) {
        let Some(At { value: true, span }) = &given.value.stable_input else { continue };
        for &from in &step.from {
            let head = design.stages().head(from);
            if design.mechanism(head).outputs == Outputs::Recompute {
                let title = format!("the input of {} is not stable", quote(&step.name));
                let error = source.error(source.key_of(span), title);
                let sender = quote(design.layout.name(head));
                return Err(error.label(format!("{sender} sends before it commits: `recompute`")));
            }
        }
    }
    Ok(())
}

type Names<'a> = SortedMap<&'a str, StepIndex>;

fn names<'a>(source: &Source<'_>, steps: &'a [At<raw::Step>]) -> Result<Names<'a>, Diagnostic> {
    if let Some(step) = steps.get(MOST_STEPS) {
        let error = source.error(step.value.name.span.clone(), "too many steps");
        let (most, all) = (grouped(MOST_STEPS as u64), grouped(steps.len() as u64));
        return Err(error.label(format!("at most {most}, and there are {all}")));
    }
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
        let index = StepIndex(at as u16);
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
                names.get(&name.value.as_str()).copied().ok_or_else(|| {
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
pub(super) fn kind(source: &Source<'_>, step: &raw::Step) -> Result<StepKind, Diagnostic> {
    refuse_keys_of_others(source, step)?;
    Ok(match step.kind.value {
        KindWord::Source => StepKind::Source {
            watermark: match step.watermark.as_ref().map(|at| at.value) {
                None | Some(raw::Watermark::Perfect) => Progress::Perfect,
                Some(raw::Watermark::Bound(Duration(bound))) => Progress::Bound(bound),
            },
            queue: step.queue.as_ref().map(|given| queue(source, &given.value)).transpose()?,
        },
        KindWord::Map => match &step.function {
            Some(given) => StepKind::Map(function(source, given)?),
            None => {
                let error = source.error(step.kind.span.clone(), "a map needs a function");
                return Err(error.label("`fn = …`").help(such_as::functions()));
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
        ("level", span(&step.level), MAKERS.as_slice()),
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
fn queue(source: &Source<'_>, queue: &raw::queue::Queue) -> Result<QueueRules, Diagnostic> {
    let deadline = match &queue.deadline {
        None => 10 * SECOND,
        Some(At { value: Duration(0), span }) => {
            let error = source.error(span.clone(), "a deadline of 0");
            return Err(error.label("every message would be handed out again at once, for ever"));
        }
        Some(At { value: Duration(deadline), .. }) => *deadline,
    };
    Ok(QueueRules {
        deadline,
        extend: queue.extend.unwrap_or(true),
        ack: queue.ack.map_or(Ack::AfterCommit, |AckWord(ack)| ack),
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
