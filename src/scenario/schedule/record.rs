//! The name of a record in a place: `events/0#2`, `per-user/ann@60s#0`, `watermark`, each perhaps with the
//! numbers of the outputs of maps behind it.

use super::place::reads_queue;
use crate::scenario::form::raw::At;
use crate::scenario::form::units::moment;
use crate::scenario::rows::input::Inputs;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::wrong::explain::no_such;
use onceproof_kernel::alphabet::{ControlValue, attempt_value};
use onceproof_kernel::layout::{LaidStep, StepIndex};
use onceproof_kernel::time::{Span, Time};
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::{About, Pattern};
use onceproof_systems::Design;

/// Reads the name of a record, and checks that there can be such a record.
///
/// # Errors
/// What is wrong with the name, at its place.
pub(in crate::scenario) fn record(
    source: &Source<'_>,
    design: &Design,
    inputs: &Inputs,
    given: &At<String>,
) -> Result<About, Diagnostic> {
    let text = given.value.as_str();
    for (word, control) in (0..).zip(design.layout().alphabet.controls) {
        match (text.strip_prefix(control.word), control.value) {
            (Some(""), _) => return Ok(About::Control { word, value: None }),
            (Some(rest), ControlValue::Time) if rest.starts_with('@') => {
                let at = time(&rest[1..]).map_err(|message| wrong(source, given, &message))?;
                return Ok(About::Control { word, value: Some(at.0) });
            }
            (Some(rest), ControlValue::Number) if rest.starts_with('#') => {
                let number = rest[1..].parse::<u32>().map_err(|_| {
                    wrong(source, given, &format!("a number from 0 follows `{}#`", control.word))
                })?;
                return Ok(About::Control { word, value: Some(number.into()) });
            }
            (Some(rest), ControlValue::Attempt) if rest.starts_with('#') => {
                let value =
                    attempt(design, &rest[1..]).map_err(|why| wrong(source, given, &why))?;
                return Ok(About::Control { word, value: Some(value) });
            }
            _ => {}
        }
    }
    let Some((name, rest)) = text.split_once('/') else {
        return Err(wrong(source, given, "a record is named by its step"));
    };
    if let Some(step) = design.batch_leg().filter(|&step| design.layout().name(step) == name) {
        let batch = batch(design, step, rest).map(About::Record);
        return batch.map_err(|message| {
            let title = format!("{} is no batch", quote(&given.value));
            source.error(given.span.clone(), title).label(message)
        });
    }
    let is_step = |step: &StepIndex| !design.layout().step(*step).is_beside;
    let Some(step) = design.layout().find(name).filter(is_step) else {
        let known: Vec<&str> = design
            .pipeline()
            .steps()
            .iter()
            .filter(|step| makes_names(&step.kind))
            .map(|step| step.name.as_str())
            .collect();
        return Err(no_such(source, given.span.clone(), "step", name, &known));
    };
    let pattern = match design.pipeline().step(step).kind {
        StepKind::Source { .. } => source_record(design, inputs, step, rest),
        StepKind::Count(_) | StepKind::Sum(_) | StepKind::CountGlobally(_)
            if !design.makes_panes() =>
        {
            Err("this strategy makes no panes: an aggregate passes the records on".to_owned())
        }
        StepKind::Count(_) | StepKind::Sum(_) | StepKind::CountGlobally(_) => {
            pane(design, step, rest)
        }
        StepKind::Map(_) | StepKind::Reshuffle | StepKind::Sink(_) => {
            let word = design.pipeline().step(step).kind.word();
            Err(format!("a {word} gives its records no names: they keep those of its input"))
        }
    };
    pattern
        .and_then(|pattern| with_possible_path(pattern, design))
        .map_err(|message| wrong(source, given, &message))
}

fn makes_names(kind: &StepKind) -> bool {
    matches!(kind, StepKind::Source { .. }) || kind.windowing().is_some()
}

fn wrong(source: &Source<'_>, given: &At<String>, message: &str) -> Diagnostic {
    source
        .error(given.span.clone(), format!("{} is no record", quote(&given.value)))
        .label(message)
        .help("`events/0#2`, a source, its shard and the offset; or `per-user/ann@60s#0`, a pane")
}

/// The record, if the maps that take it make outputs of such numbers.
fn with_possible_path(pattern: Pattern, design: &Design) -> Result<About, String> {
    let (Pattern::Source { path, .. } | Pattern::Pane { path, .. }) = &pattern;
    let path = path.clone();
    let record = About::Record(pattern);
    let reach = Reach::of(Some(&record), design);
    let outputs: Vec<u32> = design
        .pipeline()
        .order()
        .iter()
        .filter(|&&step| reach.sends(step))
        .filter_map(|&step| match &design.pipeline().step(step).kind {
            StepKind::Map(function) => Some(function.copies()),
            StepKind::Reshuffle => Some(1),
            // What is passed on of a record is one output of it.
            StepKind::Count(_) | StepKind::Sum(_) | StepKind::CountGlobally(_)
                if !design.makes_panes() =>
            {
                Some(1)
            }
            _ => None,
        })
        .collect();
    if path.len() > outputs.len() {
        let takes = if outputs.len() == 1 { "takes" } else { "take" };
        return Err(format!("{} {takes} it", count(outputs.len() as u64, "map")));
    }
    let most = outputs.into_iter().max().unwrap_or(0);
    match path.into_iter().find(|&number| number >= most) {
        Some(number) => Err(format!("no map makes output {number} of it")),
        None => Ok(record),
    }
}

/// `0#2.1` after `events/`.
fn source_record(
    design: &Design,
    inputs: &Inputs,
    step: StepIndex,
    rest: &str,
) -> Result<Pattern, String> {
    let name = &design.pipeline().step(step).name;
    let (shard, rest) = rest.split_once('#').ok_or("`#` and the offset are missing")?;
    let (offset, path) = with_path(rest)?;
    let shard = number::<u32>(shard)?;
    let offset = number::<u64>(offset)?;
    let shards = design.layout().shards_of(step);
    if shard >= shards {
        return Err(format!(
            "{} has {}, counted from 0",
            quote(name),
            count(shards.into(), "shard")
        ));
    }
    // Row i is at offset i / shards of shard i mod shards.
    let records = (inputs.records(step) + u64::from(shards - 1 - shard)) / u64::from(shards);
    if offset >= records {
        let records = count(records, "record");
        return Err(format!("shard {shard} of {} has {records}, counted from 0", quote(name)));
    }
    let row = offset * u64::from(shards) + u64::from(shard);
    if reads_queue(&design.pipeline().step(step).kind)
        && let Some(first) = inputs.first_of(step, row)
    {
        let (shard, offset) = (first % u64::from(shards), first / u64::from(shards));
        return Err(format!("it is `{name}/{shard}#{offset}`, published again"));
    }
    Ok(Pattern::Source { step, shard, offset, path })
}

/// `ann@60s#0.1` after `per-user/`. The key may hold anything, also an `@`: the last one begins the window.
fn pane(design: &Design, step: StepIndex, rest: &str) -> Result<Pattern, String> {
    let kind = &design.pipeline().step(step).kind;
    let (key, rest) = rest.rsplit_once('@').ok_or("`@` and the start of the window are missing")?;
    let (start, rest) = rest.split_once('#').ok_or("`#` and the number of the pane are missing")?;
    let (pane, path) = with_path(rest)?;
    let start = time(start)?;
    if let Some(windows) = kind.windowing()
        && windows.start(start) != start
    {
        let length = Span(windows.length);
        return Err(format!("no window of {length} starts at {start}"));
    }
    if matches!(kind, StepKind::CountGlobally(_)) && key != GLOBAL {
        return Err(format!("the only key of a `count-globally` is `{GLOBAL}`"));
    }
    Ok(Pattern::Pane { step, key: key.to_owned(), start, pane: number(pane)?, path })
}

/// `*@60s#0` after `batch/`: the batch of the windows that end at that time.
fn batch(design: &Design, step: StepIndex, rest: &str) -> Result<Pattern, String> {
    let name = design.layout().name(step);
    let form = || format!("it is named by the end of its windows: `{name}/{GLOBAL}@60s#0`");
    let end = rest.strip_prefix(GLOBAL).and_then(|rest| rest.strip_prefix('@'));
    let end = end.and_then(|rest| rest.strip_suffix("#0")).ok_or_else(form)?;
    let end = time(end)?;
    let mut windows = design.pipeline().steps().iter().filter_map(|step| step.kind.windowing());
    if windows.all(|windows| windows.end(windows.start(end.before())) != end) {
        return Err(format!("no window ends at {end}"));
    }
    Ok(Pattern::Pane { step, key: GLOBAL.to_owned(), start: end, pane: 0, path: Vec::new() })
}

/// `0.per-user/1.2` after `done#`: the number of a batch, a partition, and which attempt.
fn attempt(design: &Design, rest: &str) -> Result<i64, String> {
    let form =
        || "such as `done#0.per-user/1.2`: a batch, a partition, and an attempt from 1".to_owned();
    let (batch, rest) = rest.split_once('.').ok_or_else(form)?;
    let (partition, attempt) = rest.rsplit_once('.').ok_or_else(form)?;
    let (step, shard) = partition.rsplit_once('/').ok_or_else(form)?;
    let layout = design.layout();
    let is_step = |step: &StepIndex| !layout.step(*step).is_beside;
    let step = layout.find(step).filter(is_step).ok_or_else(form)?;
    let shard: u32 = number(shard)?;
    if shard >= layout.shards_of(step) {
        let shards = count(layout.shards_of(step).into(), "shard");
        return Err(format!("{} has {shards}, counted from 0", quote(layout.name(step))));
    }
    match (number(batch)?, number(attempt)?) {
        (_, 0) => Err(form()),
        (batch, attempt) => Ok(attempt_value(batch, layout.shard(step, shard), attempt)),
    }
}

/// The text of the one key of a `count-globally`.
pub(in crate::scenario) const GLOBAL: &str = "*";

fn with_path(text: &str) -> Result<(&str, Vec<u32>), String> {
    let mut parts = text.split('.');
    let head = parts.next().unwrap_or_default();
    Ok((head, parts.map(number).collect::<Result<_, _>>()?))
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    match text.parse() {
        Ok(number) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
        _ => Err(format!("{} is not a number that can stand here", quote(text))),
    }
}

/// A time, also as a watermark prints the end of everything.
fn time(text: &str) -> Result<Time, String> {
    match text {
        "infinity" => Ok(Time::MAX),
        "-infinity" => Ok(Time::MIN),
        text => moment(text).map_err(|message| message.replace('\n', ": ")),
    }
}

/// `1 shard`, `2 shards`.
pub(in crate::scenario) fn count(number: u64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

/// How far the name of a record goes: which steps send records of this name, and which handle them.
pub(in crate::scenario) struct Reach {
    sends: Vec<bool>,
    handles: Vec<bool>,
}

impl Reach {
    /// A record keeps its name through maps and reshuffles, and loses it in an aggregate that makes panes. A process
    /// beside the steps handles whatever there is, but for one that runs batches: that handles these, and nobody else
    /// does.
    pub fn of(record: Option<&About>, design: &Design) -> Reach {
        let steps = design.layout().steps();
        let origin = match record {
            None | Some(About::Control { .. }) => {
                return Reach { sends: vec![true; steps], handles: vec![true; steps] };
            }
            Some(About::Record(Pattern::Source { step, .. } | Pattern::Pane { step, .. })) => *step,
        };
        let pipeline = design.pipeline();
        let batch_leg = design.batch_leg();
        if batch_leg == Some(origin) {
            let handles = (0..steps).map(|step| step == origin.at()).collect();
            return Reach { sends: vec![false; steps], handles };
        }
        let is_beside =
            |(at, step): (StepIndex, &LaidStep)| step.is_beside && batch_leg != Some(at);
        let beside: Vec<bool> = design.layout().all().map(is_beside).collect();
        let mut reach = Reach { sends: beside.clone(), handles: beside };
        reach.sends[origin.at()] = true;
        reach.handles[origin.at()] = true;
        for &step in pipeline.order() {
            if !reach.sends[step.at()] {
                continue;
            }
            for edge in pipeline.edges(step) {
                reach.handles[edge.to.at()] = true;
                reach.sends[edge.to.at()] |= match pipeline.step(edge.to).kind {
                    StepKind::Map(_) | StepKind::Reshuffle => true,
                    StepKind::Count(_) | StepKind::Sum(_) | StepKind::CountGlobally(_) => {
                        !design.makes_panes()
                    }
                    // It tells its acker, where there is one.
                    StepKind::Sink(_) => !design.makes_panes(),
                    StepKind::Source { .. } => false,
                };
            }
        }
        reach
    }

    /// Whether a step sends such records.
    pub fn sends(&self, step: StepIndex) -> bool {
        self.sends[step.at()]
    }

    /// Whether a step makes or takes such records.
    pub fn handles(&self, step: StepIndex) -> bool {
        self.handles[step.at()]
    }
}
