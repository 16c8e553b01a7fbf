//! `[input]`: which source reads what.

use super::csv;
use crate::scenario::ScenarioError;
use crate::scenario::design::flow::MOST_RECORDS;
use crate::scenario::design::mechanism::number;
use crate::scenario::files::{self, Readable};
use crate::scenario::form::raw::input as raw;
use crate::scenario::form::raw::{At, File};
use crate::scenario::form::units::{self, LONGEST};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::wrong::explain::custom;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::time::Time;
use onceproof_model::function::{Filter, Function, Into};
use onceproof_model::pipeline::{MessageIds, Pipeline, StepKind};
use onceproof_sim::input::{Generate, InputRow, Late, RowValue, SourceInput};
use onceproof_systems::Trial;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The most keys that can be drawn: each is named before the first record is, in about 2 µs and 90 bytes.
const MOST_USERS: u64 = 1_000_000;

/// What the sources read.
#[derive(Default)]
pub(in crate::scenario) struct Inputs {
    pub of: Vec<(StepIndex, SourceInput)>,
    pub rows_skipped: u64,
    /// The files that they stand in, without links.
    pub files: Vec<PathBuf>,
    /// Of each source that reads a queue, the first row of each id.
    first_rows: SortedMap<StepIndex, BTreeMap<u64, u64>>,
}

impl Inputs {
    /// What the sources of a plan read.
    pub fn of_plan(trial: &Trial) -> Inputs {
        let mut inputs = Inputs { of: trial.plan.inputs.clone(), ..Inputs::default() };
        for (step, input) in &trial.plan.inputs {
            inputs.first_rows.extend(first_rows(trial.design.pipeline(), *step, input));
        }
        inputs
    }

    /// The row of a queue that a row publishes again, if it does.
    pub fn first_of(&self, step: StepIndex, row: u64) -> Option<u64> {
        let (_, input) = self.of.iter().find(|(source, _)| *source == step)?;
        let SourceInput::Rows(rows) = input else { return None };
        let id = rows.get(row as usize)?.id?;
        let first = *self.first_rows.get(&step)?.get(&id)?;
        (first < row).then_some(first)
    }

    /// How many records a source reads.
    pub fn records(&self, step: StepIndex) -> u64 {
        let input = self.of.iter().find(|(source, _)| *source == step).map(|(_, input)| input);
        input.map_or(0, count)
    }
}

/// The first row of each id, if this source reads a queue.
fn first_rows(
    pipeline: &Pipeline,
    source: StepIndex,
    input: &SourceInput,
) -> Option<(StepIndex, BTreeMap<u64, u64>)> {
    let (StepKind::Source { queue: Some(_), .. }, SourceInput::Rows(rows)) =
        (&pipeline.step(source).kind, input)
    else {
        return None;
    };
    let mut first_rows = BTreeMap::new();
    for (id, row) in rows.iter().zip(0..).filter_map(|(row, at)| Some((row.id?, at))) {
        first_rows.entry(id).or_insert(row);
    }
    Some((source, first_rows))
}

fn count(input: &SourceInput) -> u64 {
    match input {
        SourceInput::Rows(rows) => rows.len() as u64,
        SourceInput::Generate(generate) => generate.records.into(),
    }
}

/// Reads what every source reads, files included.
pub(in crate::scenario) fn inputs(
    source: &Source<'_>,
    readable: &Readable,
    file: &File,
    pipeline: &Pipeline,
) -> Result<Inputs, ScenarioError> {
    let mut inputs = Inputs::default();
    let mut global: Option<SourceInput> = None;
    for (at, step) in file.step.iter().enumerate() {
        let index = StepIndex(at as u16);
        if !matches!(pipeline.step(index).kind, StepKind::Source { .. }) {
            continue;
        }
        let input = match (&step.value.input, &global, &file.input) {
            (Some(own), _, _) => read(source, readable, own, &mut inputs)?,
            (None, Some(global), _) => global.clone(),
            (None, None, Some(input)) => {
                let input = read(source, readable, input, &mut inputs)?;
                global.insert(input).clone()
            }
            (None, None, None) => {
                let name = &step.value.name;
                let error = source
                    .error(name.span.clone(), format!("{} reads nothing", quote(&name.value)));
                return Err(error.label("add an `[input]`, or an `input` to the step").into());
            }
        };
        check_messages(source, &step.value, pipeline, index, &input)?;
        inputs.first_rows.extend(first_rows(pipeline, index, &input));
        inputs.of.push((index, input));
    }
    if let (None, Some(input)) = (&global, &file.input) {
        let error = source.error(input.span.clone(), "nobody reads this input");
        return Err(error.label("every source has an `input` of its own").into());
    }
    check_arrivals(source, file, &inputs.of)?;
    check_text(source, file, pipeline, &inputs.of)?;
    Ok(inputs)
}

fn read(
    source: &Source<'_>,
    readable: &Readable,
    input: &At<raw::Input>,
    inputs: &mut Inputs,
) -> Result<SourceInput, ScenarioError> {
    let raw::Input { generate, records, csv } = &input.value;
    match (generate, records, csv) {
        (Some(generate), None, None) => {
            Ok(SourceInput::Generate(self::generate(source, &generate.value)?))
        }
        (None, Some(records), None) => {
            Ok(SourceInput::Rows(Arc::new(self::records(source, records)?)))
        }
        (None, None, Some(csv)) => {
            let path = files::named(source, readable, &csv.value.path)?;
            let (rows, skipped) = csv::read(source, csv, &path)?;
            inputs.rows_skipped += skipped;
            inputs.files.push(path);
            Ok(SourceInput::Rows(Arc::new(rows)))
        }
        (None, None, None) => {
            let error = source.error(input.span.clone(), "an input without records");
            Err(error.label("one of `generate`, `records` and `csv`").into())
        }
        _ => {
            let error = source.error(input.span.clone(), "an input of several sorts");
            Err(error.label("exactly one of `generate`, `records` and `csv`").into())
        }
    }
}

fn generate(source: &Source<'_>, generate: &raw::Generate) -> Result<Generate, Diagnostic> {
    let or_one = |what, given: &Option<At<u64>>, most| match given {
        Some(given) => number(source, what, given, 1..=most),
        None => Ok(1),
    };
    let skew_thousandths = match &generate.skew {
        None => 0,
        Some(At { value, span }) => {
            let written = source.text.get(span.clone()).unwrap_or_default();
            units::thousandths(&value.letters(written))
                .map_err(|message| custom(source, span.clone(), &message))?
        }
    };
    let records = number(source, "records", &generate.records, 1..=MOST_RECORDS.into())?;
    let every = generate.every.as_ref().map_or(0, |at| at.value.0);
    if let Some(given) = &generate.every
        && u128::from(every) * u128::from(records) > u128::from(LONGEST)
    {
        let error = source.error(given.span.clone(), "an input of more than 100 years");
        return Err(error.label(format!("times {records} records")));
    }
    let late = generate.late.as_ref().map(|given| late(source, &given.value)).transpose()?;
    Ok(Generate {
        records,
        late,
        users: or_one("users", &generate.users, MOST_USERS)?,
        skew_thousandths,
        every,
        out_of_order: generate.out_of_order.map_or(0, |duration| duration.0),
        values: or_one("values", &generate.values, u32::MAX.into())?,
    })
}

fn late(source: &Source<'_>, late: &raw::Late) -> Result<Late, Diagnostic> {
    let raw::Late { odds: At { value, span }, by } = late;
    let written = source.text.get(span.clone()).unwrap_or_default();
    let odds = units::odds(&value.letters(written))
        .map_err(|message| custom(source, span.clone(), &message))?;
    if by.value.0 == 0 {
        let error = source.error(by.span.clone(), "records that are late by nothing");
        return Err(error.label("at least 1ns"));
    }
    Ok(Late { odds, by: by.value.0 })
}

fn records(
    source: &Source<'_>,
    records: &At<Vec<At<raw::Record>>>,
) -> Result<Vec<InputRow>, Diagnostic> {
    if records.value.is_empty() {
        let error = source.error(records.span.clone(), "an input without records");
        return Err(error.label("nothing would be checked"));
    }
    let mut keys: BTreeMap<&str, Arc<str>> = BTreeMap::new();
    let mut rows: Vec<InputRow> = Vec::with_capacity(records.value.len());
    for record in &records.value {
        let raw::Record { key, at, event_time, value, id } = &record.value;
        let arrival = at.value.0;
        if let Some(previous) = rows.last().filter(|previous| arrival < previous.arrival) {
            let title = format!("record {} arrives before the one above it", rows.len());
            let error = source.error(at.span.clone(), title);
            return Err(error
                .label(format!("{arrival} is before {}", previous.arrival))
                .help("records stand in order of arrival; `event-time` may be any"));
        }
        rows.push(InputRow {
            key: keys.entry(key).or_insert_with(|| key.as_str().into()).clone(),
            event_time: event_time.map_or(arrival, |moment| moment.0),
            arrival,
            value: value.as_ref().map_or(RowValue::Integer(1), |content| content.0.clone()),
            id: id.as_deref().map(mix::text),
        });
    }
    Ok(rows)
}

/// A publisher publishes one record several times, under one id, and not several records; and where ids come
/// from that attribute, every record needs one.
fn check_messages(
    source: &Source<'_>,
    step: &crate::scenario::form::raw::Step,
    pipeline: &Pipeline,
    index: StepIndex,
    input: &SourceInput,
) -> Result<(), Diagnostic> {
    let StepKind::Source { queue: Some(queue), .. } = pipeline.step(index).kind else {
        return Ok(());
    };
    let without = match input {
        SourceInput::Rows(rows) => {
            if let Some((first, again)) = another_record(rows) {
                let at = crate::scenario::form::raw::span(&step.queue).unwrap_or(0..0);
                let error = source.error(at, "two records of a queue have one `id`");
                let label =
                    format!("records {first} and {again}; what is published again is the same");
                return Err(error.label(label).help("in key, `event-time` and value"));
            }
            rows.iter().position(|row| row.id.is_none())
        }
        SourceInput::Generate(_) => Some(0),
    };
    match (queue.ids, without) {
        (MessageIds::Attribute, Some(row)) => {
            let ids = step
                .queue
                .as_ref()
                .and_then(|queue| crate::scenario::form::raw::span(&queue.value.ids));
            let error = source.error(ids.unwrap_or(0..0), "there is no attribute to take ids from");
            Err(error.label(format!("record {row} has no `id`")))
        }
        (MessageIds::Attribute, None)
        | (MessageIds::Message | MessageIds::Content | MessageIds::None, _) => Ok(()),
    }
}

/// The numbers of two rows with one id that are not the same record.
fn another_record(rows: &[InputRow]) -> Option<(usize, usize)> {
    let mut firsts: BTreeMap<u64, usize> = BTreeMap::new();
    rows.iter().enumerate().find_map(|(number, row)| {
        let first = *firsts.entry(row.id?).or_insert(number);
        let same = |a: &InputRow, b: &InputRow| {
            a.key == b.key && a.event_time == b.event_time && a.value == b.value
        };
        (!same(row, &rows[first])).then_some((first, number))
    })
}

/// Virtual time must not overflow: all that arrives arrives within 100 years.
fn check_arrivals(
    source: &Source<'_>,
    file: &File,
    inputs: &[(StepIndex, SourceInput)],
) -> Result<(), Diagnostic> {
    let mut first = Time::MAX;
    let mut last = Time::MIN;
    for (step, input) in inputs {
        let Some(ends) = input.arrivals() else { continue };
        (first, last) = (first.min(ends.0), last.max(ends.1));
        if last.0.abs_diff(first.0) > LONGEST {
            let name = &file.step[step.at()].value.name;
            let error = source.error(name.span.clone(), "an input of more than 100 years");
            return Err(error.label(format!("records arrive from {first} to {last}")));
        }
    }
    Ok(())
}

/// Refuses sums and comparisons of texts, which have no number.
fn check_text(
    source: &Source<'_>,
    file: &File,
    pipeline: &Pipeline,
    inputs: &[(StepIndex, SourceInput)],
) -> Result<(), Diagnostic> {
    let mut text: Vec<Option<String>> = vec![None; pipeline.steps().len()];
    for (step, input) in inputs {
        let SourceInput::Rows(rows) = input else { continue };
        let first = rows.iter().position(|row| matches!(row.value, RowValue::Text(_)));
        let shards = pipeline.step(*step).shards as usize;
        text[step.at()] = first
            .map(|row| format!("{}/{}#{}", pipeline.step(*step).name, row % shards, row / shards));
    }
    for &index in pipeline.order() {
        let step = pipeline.step(index);
        let Some(record) = step.from.iter().find_map(|from| text[from.at()].clone()) else {
            continue;
        };
        let refuse = |what: &str| {
            let name = &file.step[index.at()].value.name;
            let title = format!("{} {what} texts", quote(&name.value));
            let label = format!("the value of {} is a text", quote(&record));
            Err(source.error(name.span.clone(), title).label(label))
        };
        match &step.kind {
            StepKind::Sum(_) => return refuse("adds up"),
            StepKind::Map(Function::Filter(Filter::ValueAtLeast(_))) => return refuse("compares"),
            StepKind::Map(function) if function.decides() == Some(Into::Value) => {}
            // Above a sum it makes numbers.
            StepKind::Map(Function::User(_)) => {}
            StepKind::Count(_) | StepKind::CountGlobally(_) | StepKind::Source { .. } => {}
            StepKind::Map(_) | StepKind::Reshuffle | StepKind::Sink(_) => {
                text[index.at()] = Some(record);
            }
        }
    }
    Ok(())
}
