//! What comes to each step at most: how many records, and what their values add up to. A run keeps something of
//! each record, and sums have 64 bits in the system under test, so what might need more is refused before
//! anything runs, whatever the keys and windows that it goes to.
//!
//! So a sum wraps only where something is counted twice, or where a `clock` is read more than a year after the
//! input. The ledger adds up in full, and takes a sum that has wrapped for phantom.

use crate::figures::grouped;
use crate::scenario::form::raw::File;
use crate::scenario::rows::input::Inputs;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{Nanos, SECOND, Time};
use onceproof_model::function::{Function, Into};
use onceproof_model::pipeline::{Pipeline, StepKind};
use onceproof_sim::input::{InputRow, RowValue, SourceInput};

/// The most records that all steps together make, and so how often one is reflected at a step. Each takes about ten
/// events, and a run has 100,000,000 unless its file says otherwise; and each takes from 60 to 700 bytes, so that they
/// fit into 7 GB. Names and numbers of records have 32 bits, which this is far below.
pub(in crate::scenario) const MOST_RECORDS: u32 = 10_000_000;
/// The numbers that `order` gives are below this, as long as a run executes no more.
const MOST_EXECUTIONS: i128 = u32::MAX as i128;
/// How long after the last arrival a `clock` may be read. Where it is read later, and the sum overflows, the run
/// finds it.
const READ_WITHIN: Nanos = 365 * 86_400 * SECOND;

/// All that may leave a step.
#[derive(Clone, Copy, Default)]
struct Flow {
    records: u128,
    /// What all negative values, and all positive ones, add up to.
    least: i128,
    greatest: i128,
    most: Option<Most>,
}

/// The value that is furthest from 0, and where it comes from.
#[derive(Clone, Copy)]
struct Most {
    value: i128,
    step: StepIndex,
    /// Which row of a source, where these are given.
    row: Option<usize>,
}

impl Flow {
    /// So many records with values from `least` to `greatest`, which come from this step.
    fn between(records: u128, least: i128, greatest: i128, step: StepIndex) -> Flow {
        let all = i128::try_from(records).unwrap_or(i128::MAX);
        let value = if least.abs() > greatest { least } else { greatest };
        Flow {
            records,
            least: least.min(0).saturating_mul(all),
            greatest: greatest.max(0).saturating_mul(all),
            most: Some(Most { value, step, row: None }),
        }
    }

    /// The records of a source, each with its value; texts have none.
    fn of_rows(rows: &[InputRow], step: StepIndex) -> Flow {
        let mut flow = Flow { records: rows.len() as u128, ..Flow::default() };
        for (row, value) in rows.iter().map(|row| &row.value).enumerate() {
            let RowValue::Integer(value) = *value else { continue };
            let value = i128::from(value);
            flow.least += value.min(0);
            flow.greatest += value.max(0);
            if flow.most.is_none_or(|most| value.abs() > most.value.abs()) {
                flow.most = Some(Most { value, step, row: Some(row) });
            }
        }
        flow
    }

    fn and(self, other: Flow) -> Flow {
        let further = |most: &Most| other.most.is_none_or(|o| o.value.abs() <= most.value.abs());
        Flow {
            records: self.records.saturating_add(other.records),
            least: self.least.saturating_add(other.least),
            greatest: self.greatest.saturating_add(other.greatest),
            most: self.most.filter(further).or(other.most),
        }
    }

    fn times(self, copies: u32) -> Flow {
        let factor = i128::from(copies);
        Flow {
            records: self.records.saturating_mul(copies.into()),
            least: self.least.saturating_mul(factor),
            greatest: self.greatest.saturating_mul(factor),
            most: self.most,
        }
    }
}

/// Refuses more records than can be numbered, and sums that may not fit.
///
/// # Errors
/// The first step, in the order of the pipeline, to which too much may come.
pub(in crate::scenario) fn check(
    source: &Source<'_>,
    file: &File,
    pipeline: &Pipeline,
    inputs: &Inputs,
) -> Result<(), Diagnostic> {
    let mut flows = vec![Flow::default(); pipeline.steps().len()];
    let mut made: u128 = 0;
    let refuse = |step: StepIndex, title: String| {
        source.error(file.step[step.at()].value.name.span.clone(), title)
    };
    for &index in pipeline.order() {
        let step = pipeline.step(index);
        let name = quote(&step.name);
        let comes = step.from.iter().fold(Flow::default(), |all, from| all.and(flows[from.at()]));
        let leaves = match &step.kind {
            StepKind::Source { .. } => of_source(inputs, index),
            StepKind::Map(function) => through(function, comes, inputs, index),
            StepKind::Reshuffle | StepKind::Sink(_) => comes,
            StepKind::Count(_) | StepKind::CountGlobally(_) => {
                // However the panes are cut, what they count adds up to all that comes.
                let all = i128::try_from(comes.records).unwrap_or(i128::MAX);
                let most = Some(Most { value: all, step: index, row: None });
                Flow { records: comes.records, least: 0, greatest: all, most }
            }
            StepKind::Sum(_) => comes,
        };
        if !matches!(step.kind, StepKind::Sink(_)) {
            made = made.saturating_add(leaves.records);
        }
        if made > MOST_RECORDS.into() {
            let error = refuse(index, format!("too many records at {name}"));
            let label = format!("up to {} leave it; all steps make {made}", leaves.records);
            let most = grouped(MOST_RECORDS.into());
            let help = format!("all steps together make at most {most} records");
            return Err(error.label(label).help(help));
        }
        if let StepKind::Sum(_) = step.kind {
            let sum =
                [comes.least, comes.greatest].into_iter().find(|&sum| i64::try_from(sum).is_err());
            if let Some(sum) = sum {
                let error = refuse(index, format!("the sums of {name} may not fit 64 bits"));
                let error = error.label(format!("what comes here adds up to {sum}"));
                return Err(match comes.most {
                    None => error,
                    Some(most) => error.help(most.text(pipeline)),
                });
            }
        }
        flows[index.at()] = leaves;
    }
    Ok(())
}

fn of_source(inputs: &Inputs, step: StepIndex) -> Flow {
    let input = inputs.of.iter().find(|(source, _)| *source == step).map(|(_, input)| input);
    match input {
        None => Flow::default(),
        Some(SourceInput::Rows(rows)) => Flow::of_rows(rows, step),
        Some(SourceInput::Generate(generate)) => {
            Flow::between(generate.records.into(), 1, generate.values.into(), step)
        }
    }
}

/// What a map makes of all that comes to it.
fn through(function: &Function, comes: Flow, inputs: &Inputs, step: StepIndex) -> Flow {
    let decided = |least, greatest| Flow::between(comes.records, least, greatest, step);
    match *function {
        Function::Explode { copies } => comes.times(copies),
        Function::User(_) => comes.times(function.copies()),
        Function::Coin { sides, into: Into::Value } => decided(0, i128::from(sides) - 1),
        Function::Lookup { values, into: Into::Value, .. } => decided(0, i128::from(values) - 1),
        Function::Order { into: Into::Value } => decided(0, MOST_EXECUTIONS),
        Function::Clock { every, into: Into::Value } => {
            let ends = inputs.of.iter().filter_map(|(_, input)| input.arrivals());
            let (first, last) = ends.fold((Time::MAX, Time::MIN), |all, input| {
                (all.0.min(input.0), all.1.max(input.1))
            });
            let step_of = |time: Time| time.step_of(every).into();
            decided(step_of(first), step_of(last.plus(READ_WITHIN)))
        }
        Function::Identity
        | Function::KeyBy(_)
        | Function::Filter(_)
        | Function::Coin { into: Into::Key, .. }
        | Function::Lookup { into: Into::Key, .. }
        | Function::Order { into: Into::Key }
        | Function::Clock { into: Into::Key, .. }
        | Function::Call(_) => comes,
    }
}

impl Most {
    /// "the greatest value is 7, of `events/0#2`".
    fn text(&self, pipeline: &Pipeline) -> String {
        let Most { value, step, row } = *self;
        let step = pipeline.step(step);
        let of = match row {
            Some(row) => {
                let shards = step.shards as usize;
                format!("{}/{}#{}", step.name, row % shards, row / shards)
            }
            None => step.name.clone(),
        };
        let furthest = if value < 0 { "least" } else { "greatest" };
        format!("the {furthest} value is {value}, of {}", quote(&of))
    }
}
