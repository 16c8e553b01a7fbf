//! The same pipeline worked out by hand, as it were: each step's outputs in one list, each aggregate one
//! map. It shares no code with the simulator, and knows neither shards nor time.

use onceproof_kernel::call::Action;
use onceproof_model::function::{Filter, Function, Into, KeyBy};
use onceproof_model::pipeline::{Pipeline, StepKind};
use onceproof_sim::input::{RowValue, SourceInput};
use onceproof_systems::Trial;

use std::collections::BTreeMap;

/// Totals by key over all windows.
pub type Totals = BTreeMap<String, i128>;

/// One record or result.
#[derive(Clone, Debug)]
struct Item {
    key: String,
    value: i128,
    weight: i128,
    event_time: i64,
}

/// What the results of each step with results are, if nothing is late and every coin falls on 0.
pub fn evaluate(trial: &Trial) -> BTreeMap<String, Totals> {
    let pipeline: &Pipeline = trial.design.pipeline();
    let mut outputs: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
    for (step, input) in &trial.plan.inputs {
        let SourceInput::Rows(rows) = input else { panic!("rows are given") };
        let item = |row: &onceproof_sim::input::InputRow| {
            let RowValue::Integer(value) = row.value else { panic!("values are numbers") };
            let value = value.into();
            Item { key: row.key.to_string(), value, weight: 1, event_time: row.event_time.0 }
        };
        outputs.insert(step.at(), rows.iter().map(item).collect());
    }
    let mut results = BTreeMap::new();
    for (at, step) in pipeline.steps().iter().enumerate() {
        let taken = step.from.iter().flat_map(|from| outputs[&from.at()].clone());
        let made: Vec<Item> = match &step.kind {
            StepKind::Source { .. } => continue,
            StepKind::Reshuffle => taken.collect(),
            StepKind::Map(function) => taken.flat_map(|item| apply(function, item)).collect(),
            StepKind::Count(windows) => group(taken, windows.length, |item| item.key.clone()),
            StepKind::Sum(windows) => group(taken, windows.length, |item| item.key.clone()),
            StepKind::CountGlobally(windows) => group(taken, windows.length, |_| "*".to_owned()),
            StepKind::Sink(_) => taken.collect(),
        };
        // A count says how many records there were, a sum what they added up to.
        let says: Vec<Item> = match &step.kind {
            StepKind::Count(_) | StepKind::CountGlobally(_) => {
                made.into_iter().map(|item| Item { value: item.weight, ..item }).collect()
            }
            _ => made,
        };
        if step.kind.has_results() {
            let mut totals = Totals::new();
            for item in &says {
                *totals.entry(item.key.clone()).or_default() += item.value;
            }
            results.insert(step.name.clone(), totals);
        }
        outputs.insert(at, says);
    }
    results
}

fn apply(function: &Function, item: Item) -> Vec<Item> {
    let keyed = |key: String| vec![Item { key, ..item.clone() }];
    let kept = |keeps: bool| if keeps { vec![item.clone()] } else { Vec::new() };
    match function {
        Function::Identity
        | Function::Call(
            Action::Append
            | Action::Put
            | Action::PutFenced
            | Action::Read
            | Action::Delete
            | Action::Take,
        ) => {
            vec![item]
        }
        Function::KeyBy(KeyBy::Value) => keyed(item.value.to_string()),
        Function::KeyBy(KeyBy::Before(mark)) => {
            keyed(item.key.split(mark.as_str()).next().unwrap_or_default().to_owned())
        }
        Function::KeyBy(KeyBy::Fixed(key)) => keyed(key.clone()),
        Function::Filter(Filter::Key(key)) => kept(item.key == *key),
        Function::Filter(Filter::NotKey(key)) => kept(item.key != *key),
        Function::Filter(Filter::ValueAtLeast(least)) => kept(item.value >= i128::from(*least)),
        Function::Explode { copies } => vec![item; *copies as usize],
        Function::Coin { into: Into::Key, .. } => keyed(format!("{}/0", item.key)),
        Function::Coin { into: Into::Value, .. } => vec![Item { value: 0, ..item }],
        Function::Clock { .. } | Function::Lookup { .. } | Function::Order { .. } => {
            unreachable!("what depends on time or order cannot be worked out naively")
        }
        Function::User(_) => unreachable!("no file has a function of a user's own"),
    }
}

/// Adds up weights and values per window and key; a result happened 1 ns before its window's end.
fn group(
    taken: impl Iterator<Item = Item>,
    length: u64,
    key: impl Fn(&Item) -> String,
) -> Vec<Item> {
    let length = length as i64;
    let mut windows: BTreeMap<(i64, String), (i128, i128)> = BTreeMap::new();
    for item in taken {
        let number = item.event_time.div_euclid(length);
        let window = windows.entry((number, key(&item))).or_default();
        window.0 += item.weight;
        window.1 += item.value;
    }
    let result = |((number, key), (weight, value)): ((i64, String), (i128, i128))| Item {
        key,
        value,
        weight,
        event_time: (number + 1) * length - 1,
    };
    windows.into_iter().map(result).collect()
}
