//! Draws files. A file is read off tapes, one for each source, step, record and kind of fault, so that a tape
//! that is left out takes nothing else with it. It prints itself as it is written.

use super::file::{Call, File, Function, Input, Kind};
use super::inputs::{self, Times};
use super::steps::{Outputs, Steps};
use super::tape::Tape;
use super::text::{csv_text, text};
use super::{inputs::may_be_shared, tables};
use crate::laws::faults as fault_kinds;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;

/// The tapes of a file.
#[derive(Clone)]
pub struct Drawn {
    file: Vec<u16>,
    sources: Vec<Vec<u16>>,
    steps: Vec<Vec<u16>>,
    end: Vec<u16>,
    records: Vec<Vec<u16>>,
    tables: Vec<u16>,
    faults: Vec<Vec<u16>>,
    is_small: bool,
}

/// Any files.
pub fn files() -> impl Strategy<Value = Drawn> {
    drawn(6, 14, false)
}

/// Files that are small enough to try every fault.
pub fn small_files() -> impl Strategy<Value = Drawn> {
    drawn(3, 3, true)
}

fn drawn(steps: usize, records: usize, is_small: bool) -> impl Strategy<Value = Drawn> {
    let tape = |length: usize| vec(any::<u16>(), length);
    let sources = if is_small { 2 } else { 3 };
    (
        tape(12),
        vec(tape(16), 1..=sources),
        vec(tape(20), 0..=steps),
        tape(24),
        vec(tape(6), 1..=records),
        tape(160),
        vec(tape(4), fault_kinds::drawn().len()),
    )
        .prop_map(move |(file, sources, steps, end, records, tables, faults)| Drawn {
            file,
            sources,
            steps,
            end,
            records,
            tables,
            faults,
            is_small,
        })
}

impl Drawn {
    /// The file.
    pub fn file(&self) -> File {
        let tape = &mut Tape::new(&self.file);
        let seed = tape.pick(&[None, None, Some(0), Some(7), Some(u64::MAX)]);
        let form = tape.below(1000) as u64;
        let times = Times::draw(tape);
        let designs = tables::Designs::draw(tape);
        let is_first_input_shared = tape.once_in(2);

        let mut dealt = vec![Vec::new(); self.sources.len()];
        for (number, row) in inputs::records(&self.records, times).into_iter().enumerate() {
            dealt[number % self.sources.len()].push(row);
        }
        let (mut inputs, mut steps): (Vec<Input>, _) = (Vec::new(), Steps::default());
        for (number, (numbers, rows)) in self.sources.iter().zip(dealt).enumerate() {
            let tape = &mut Tape::new(numbers);
            let shares = number > 0 && is_first_input_shared && tape.once_in(3);
            let input = match shares && may_be_shared(&inputs[0]) {
                true => 0,
                false => {
                    let input = inputs::input(tape, rows, number, times, self.is_small);
                    inputs.push(input);
                    inputs.len() - 1
                }
            };
            let name = format!("{}{number}", tape.pick(&["s", "a source ", "é"]));
            let source = inputs::source(tape, name, input, &inputs[input]);
            if let Kind::Source { queue: Some(queue), .. } = &source.kind
                && queue.has_attributes
                && designs.remembers
            {
                inputs::publish_again(tape, &mut inputs[input]);
            }
            let values = inputs[input].rows().iter().map(|row| row.value.clone());
            let outputs = Outputs::of_source(&source, values);
            steps.push(source, outputs);
        }
        for numbers in &self.steps {
            steps.draw(&mut Tape::new(numbers));
        }
        steps.end(&mut Tape::new(&self.end));
        let Steps { steps, outputs } = steps;
        let mut file = File {
            seed,
            inputs,
            is_first_input_shared,
            order: (0..steps.len()).collect(),
            steps,
            side_effects: None,
            mechanism: Vec::new(),
            cluster: Vec::new(),
            network: Vec::new(),
            until: Vec::new(),
            faults: Vec::new(),
            form,
        };
        let tape = &mut Tape::new(&self.tables);
        reconcile_calls(tape, &mut file);
        if tape.once_in(4) {
            let places = file.order.len();
            file.order.rotate_left(tape.below(places));
            file.order.swap(0, tape.below(places));
        }
        tables::mechanisms(tape, &designs, &mut file, &outputs);
        let span = tables::span(&file);
        tables::surroundings(tape, &mut file, span);
        tables::faults(&self.faults, &mut file);
        file
    }
}

/// What is deleted is not read, and demands are made that the calls can meet.
fn reconcile_calls(tape: &mut Tape<'_>, file: &mut File) {
    let calls = |file: &File, call: Call| {
        let is = |kind: &Kind| matches!(kind, Kind::Map(Function::Call(other)) if *other == call);
        file.steps.iter().any(|step| is(&step.kind))
    };
    if calls(file, Call::Read) {
        for step in &mut file.steps {
            if let Kind::Map(Function::Call(call @ Call::Delete)) = &mut step.kind {
                *call = Call::Append;
            }
        }
    }
    let [append, put, fenced, delete] =
        [Call::Append, Call::Put, Call::PutFenced, Call::Delete].map(|call| calls(file, call));
    let mut demands = Vec::new();
    if !append && (put || fenced || delete) && tape.once_in(2) {
        demands.push("at-most = 1");
    }
    if fenced && !put && tape.once_in(2) {
        demands.push("newest = true");
    }
    if !demands.is_empty() {
        file.side_effects = Some(format!("side-effects = {{ {} }}", demands.join(", ")));
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file();
        writeln!(f, "\n{}", text(&file, &|input| format!("{input}.csv")))?;
        for (number, input) in file.inputs.iter().enumerate() {
            if let Input::Csv { .. } = input {
                writeln!(f, "{number}.csv:\n{}", csv_text(input))?;
            }
        }
        Ok(())
    }
}
