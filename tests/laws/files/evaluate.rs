//! What a file's pipeline comes to, worked out from the description and the letter of the protocol alone: step
//! by step, each with the list of all that reaches it. Every source record is one unit of weight, and so is
//! each of its copies; a unit flows on through windows, which only say when it happened from there on. So a
//! count of counts, and a pane that comes in parts, add up to the same. It knows neither shards nor time nor
//! faults.
//!
//! Where the input does not decide, it says what may be: a record that is late by its own source's watermark
//! may be taken all the same, if another shard holds the watermark back (rule 22); a function may fail or not.

use super::file::{File, Function, Input, Into, Kind, Row, SECOND, Step, Value, Windows};
use onceproof_sim::input::{Generate, RowValue};
use std::collections::BTreeSet;

/// How long after a record all that it makes is done with, without faults and dead letters.
pub const SETTLED: i64 = 60 * SECOND as i64;

/// What may become of a unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fate {
    /// It is in the results.
    Sure,
    /// It may be late, or given up, on its way.
    Unsure,
    /// It is late on its way, or given up.
    Gone,
}

/// How much of a key is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Known {
    All,
    /// What stands before its first `/`.
    Head,
    Nothing,
}

/// One unit of weight that reaches a step.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The number of the source record.
    pub record: usize,
    pub key: String,
    pub known: Known,
    /// None where it is not known.
    pub value: Option<Value>,
    event_time: i64,
    /// What its own source had promised when it was read.
    watermark: i64,
    pub fate: Fate,
}

/// What a file comes to.
#[derive(Default, Debug)]
pub struct Evaluation {
    /// How many records there are.
    pub records: usize,
    /// For each step, the units in its results; of steps without results, those that leave it. The value of
    /// a unit is what it adds to its key.
    pub steps: Vec<Vec<Unit>>,
    /// Records that are late for sure, those that are dead letters for sure, and those that may be either.
    pub late: BTreeSet<usize>,
    pub dead: BTreeSet<usize>,
    pub unsure: BTreeSet<usize>,
}

/// In what kind of run the file is worked out.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub seed: Option<u64>,
    /// Whether functions may fail at random.
    pub may_fail: bool,
    pub has_faults: bool,
}

/// Works a file out.
pub fn evaluate(file: &File, run: Run) -> Evaluation {
    let mut found = Evaluation::default();
    let rows: Vec<Vec<Row>> = file.inputs.iter().map(|input| rows(input, run.seed)).collect();
    let is_certain = !run.has_faults && lateness_is_certain(file, &rows);
    for step in &file.steps {
        let taken: Vec<Unit> =
            step.from.iter().flat_map(|&from| found.steps[from].iter().cloned()).collect();
        let units = match &step.kind {
            Kind::Source { bound, queue, input } => {
                let shards = match queue {
                    Some(_) => None,
                    None => Some(step.shards.unwrap_or(1) as usize),
                };
                read(&rows[*input], *bound, shards, &mut found.records)
            }
            Kind::Map(function) => map(step, function, taken, run, &mut found),
            Kind::Reshuffle | Kind::Sink(_) => taken,
            Kind::Count(windows) | Kind::Sum(windows) | Kind::CountGlobally(windows) => {
                aggregate(&step.kind, *windows, taken, is_certain, &mut found)
            }
        };
        found.steps.push(units);
    }
    let unsure = found.steps.iter().flatten().filter(|unit| unit.fate == Fate::Unsure);
    found.unsure.extend(unsure.map(|unit| unit.record));
    found
}

/// What a source reads under a seed. Generated rows are taken as they are drawn, and their bounds checked.
fn rows(input: &Input, seed: Option<u64>) -> Vec<Row> {
    let Input::Generate(made) = input else { return input.rows().to_vec() };
    let generate = Generate {
        records: made.records,
        users: made.users,
        skew_thousandths: made.skew_thousandths,
        every: made.every,
        out_of_order: made.out_of_order,
        late: None,
        values: made.values,
    };
    let drawn = generate.rows(seed.unwrap_or(0));
    assert_eq!(drawn.len(), made.records as usize);
    let rows = drawn.iter().enumerate().map(|(number, row)| {
        let (at, event_time) = (row.arrival.0, row.event_time.0);
        let RowValue::Integer(value) = row.value else { panic!("values are numbers") };
        assert_eq!(at, made.every as i64 * number as i64);
        assert!((at - made.out_of_order as i64..=at).contains(&event_time));
        assert!((1..=i64::from(made.values.max(1))).contains(&value));
        Row { key: row.key.to_string(), at, event_time, value: Value::Number(value), id: None }
    });
    rows.collect()
}

/// Whether a record that may be late is late: nothing else happens when a record comes, and all that was
/// promised before has reached every step, as far as it says which windows are over for good.
fn lateness_is_certain(file: &File, rows: &[Vec<Row>]) -> bool {
    let mut sources = file.steps.iter().filter(|step| matches!(step.kind, Kind::Source { .. }));
    let (Some(source), None) = (sources.next(), sources.next()) else { return false };
    let Kind::Source { queue: None, input, .. } = source.kind else { return false };
    let is_sparse = rows[input].windows(2).all(|pair| pair[1].at - pair[0].at >= SETTLED);
    let is_marked = |step: &Step| {
        let whole = |of: Windows| of.lateness.unwrap_or(0).is_multiple_of(of.length);
        step.kind.windows().is_none_or(whole)
    };
    source.shards.unwrap_or(1) == 1
        && is_sparse
        && file.steps.iter().all(|step| step.dead_letter.is_none() && is_marked(step))
}

/// The records of a source of so many shards, or of a queue. Rows of a queue with one id are one record.
fn read(rows: &[Row], bound: Option<u64>, shards: Option<usize>, records: &mut usize) -> Vec<Unit> {
    let mut units = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let is_same = |other: &Row| other.id.is_some() && other.id == row.id;
        if shards.is_none() && rows[..number].iter().any(is_same) {
            continue;
        }
        let came_before = |&(other, before): &(usize, &Row)| match shards {
            Some(shards) => other < number && other % shards == number % shards,
            None => before.at < row.at,
        };
        let before = rows.iter().enumerate().filter(came_before);
        let greatest = before.map(|(_, before)| before.event_time).max();
        let watermark = match (bound, greatest) {
            (Some(bound), Some(greatest)) => greatest.saturating_sub(bound as i64),
            // A perfect source, and one that has read nothing, promise nothing that they have still to read.
            (None, _) | (_, None) => i64::MIN,
        };
        units.push(Unit {
            record: *records,
            key: row.key.clone(),
            known: Known::All,
            value: Some(row.value.clone()),
            event_time: row.event_time,
            watermark,
            fate: Fate::Sure,
        });
        *records += 1;
    }
    units
}

fn map(
    step: &Step,
    function: &Function,
    taken: Vec<Unit>,
    run: Run,
    found: &mut Evaluation,
) -> Vec<Unit> {
    let mut units = Vec::new();
    for mut unit in taken {
        if step.poison.as_ref() == Some(&unit.key) {
            // Without dead letters it would be tried for ever.
            if unit.fate == Fate::Sure {
                found.dead.insert(unit.record);
                continue;
            }
            found.unsure.extend((unit.fate == Fate::Unsure).then_some(unit.record));
            unit.fate = Fate::Gone;
        }
        if run.may_fail && step.dead_letter.is_some() && unit.fate == Fate::Sure {
            // It counts as a dead letter also where nothing would have come of it.
            found.unsure.insert(unit.record);
            unit.fate = Fate::Unsure;
        }
        apply(function, unit, run.seed.is_some(), &mut units);
    }
    units
}

fn apply(function: &Function, mut unit: Unit, is_seeded: bool, units: &mut Vec<Unit>) {
    let number = |value: &Option<Value>| match value {
        Some(Value::Number(number)) => *number,
        other => panic!("{other:?} is compared"),
    };
    match function {
        Function::Identity | Function::Call(_) => {}
        Function::KeyByValue => match unit.value.clone() {
            Some(Value::Number(number)) => {
                (unit.key, unit.known) = (number.to_string(), Known::All)
            }
            Some(Value::Text(text)) => (unit.key, unit.known) = (text, Known::All),
            None => unit.known = Known::Nothing,
        },
        Function::KeyByBefore(mark) => {
            if let Some(at) = unit.key.find(mark.as_str()) {
                unit.key.truncate(at);
                unit.known = if unit.known == Known::Nothing { Known::Nothing } else { Known::All };
            }
        }
        Function::KeyByFixed(key) => (unit.key, unit.known) = (key.clone(), Known::All),
        Function::FilterKey(key) if unit.key != *key => return,
        Function::FilterNotKey(key) if unit.key == *key => return,
        Function::FilterValueAtLeast(least) if number(&unit.value) < *least => return,
        Function::FilterKey(_) | Function::FilterNotKey(_) | Function::FilterValueAtLeast(_) => {}
        Function::Explode(copies) => {
            units.extend((1..*copies).map(|_| unit.clone()));
        }
        // Without a seed every coin falls on 0.
        Function::Coin(_, into) => decide(&mut unit, *into, (!is_seeded).then_some(0)),
        Function::Clock(_, into) | Function::Lookup(_, _, into) | Function::Order(into) => {
            decide(&mut unit, *into, None);
        }
    }
    units.push(unit);
}

/// An answer goes into the key or the value.
fn decide(unit: &mut Unit, into: Into, answer: Option<i64>) {
    match (into, answer) {
        (Into::Value, answer) => unit.value = answer.map(Value::Number),
        (Into::Key, Some(answer)) => unit.key = format!("{}/{answer}", unit.key),
        (Into::Key, None) => {
            unit.key.push_str("/?");
            unit.known = unit.known.max(Known::Head);
        }
    }
}

/// A unit joins its window, unless it is late. A pane happened 1 ns before its window's end, and its parts are
/// not late further down: what holds a pane back holds back all that comes of it.
fn aggregate(
    kind: &Kind,
    windows: Windows,
    taken: Vec<Unit>,
    is_certain: bool,
    found: &mut Evaluation,
) -> Vec<Unit> {
    let (length, lateness) = (windows.length as i64, windows.lateness.unwrap_or(0) as i64);
    let mut units = Vec::new();
    for mut unit in taken {
        let end = unit.event_time - unit.event_time.rem_euclid(length) + length;
        if end.saturating_add(lateness) <= unit.watermark {
            unit.fate = match (is_certain, unit.fate) {
                (false, Fate::Sure) => Fate::Unsure,
                (true, Fate::Sure) => {
                    found.late.insert(unit.record);
                    Fate::Gone
                }
                (_, fate) => fate,
            };
        }
        (unit.event_time, unit.watermark) = (end - 1, i64::MIN);
        match kind {
            Kind::Sum(_) => {}
            Kind::CountGlobally(_) => {
                (unit.key, unit.known) = ("*".to_owned(), Known::All);
                unit.value = Some(Value::Number(1));
            }
            _ => unit.value = Some(Value::Number(1)),
        }
        units.push(unit);
    }
    units
}
