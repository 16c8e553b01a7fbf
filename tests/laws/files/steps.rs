//! Draws the steps below the sources, within what the format allows: a function may not look at the value of
//! a pane, nor, below an aggregate, at a key that an answer decided; texts are neither added up nor compared.
//! Beyond that, nothing reads a value or a key that depends on time or order, since that cannot be worked out.

use super::file::{Call, Function, Into, Kind, MILLISECOND, Step, Value, Windows};
use super::inputs::FIXED_KEYS;
use super::tape::Tape;

/// Whether a record may become a dead letter below an aggregate.
const DEAD_LETTERS_OF_PANES: bool = false;

/// What is known of the outputs of a step.
#[derive(Clone, Copy, Default)]
pub struct Outputs {
    pub is_taken: bool,
    pub is_aggregated: bool,
    /// An answer below an aggregate decided the key.
    pub is_tossed: bool,
    /// The whole key, or the value, may be anything.
    key_is_unknown: bool,
    value_is_unknown: bool,
    pub has_texts: bool,
    /// Some source guesses its watermark.
    pub is_imperfect: bool,
}

impl Outputs {
    fn join(self, other: Outputs) -> Outputs {
        Outputs {
            is_taken: false,
            is_aggregated: self.is_aggregated | other.is_aggregated,
            is_tossed: self.is_tossed | other.is_tossed,
            key_is_unknown: self.key_is_unknown | other.key_is_unknown,
            value_is_unknown: self.value_is_unknown | other.value_is_unknown,
            has_texts: self.has_texts | other.has_texts,
            is_imperfect: self.is_imperfect | other.is_imperfect,
        }
    }

    /// Whether a source's outputs are these.
    pub fn of_source(step: &Step, values: impl Iterator<Item = Value>) -> Outputs {
        let has_texts = values.into_iter().any(|value| matches!(value, Value::Text(_)));
        let is_imperfect = matches!(step.kind, Kind::Source { bound: Some(_), .. });
        Outputs { has_texts, is_imperfect, ..Outputs::default() }
    }
}

/// The steps in the making.
#[derive(Default)]
pub struct Steps {
    pub steps: Vec<Step>,
    pub outputs: Vec<Outputs>,
}

/// Which step names are drawn, the plainest first.
const NAMES: [&str; 6] = ["m", "per user ", "é→", "a.b=", "\"q\" ", "*"];

impl Steps {
    pub fn push(&mut self, step: Step, outputs: Outputs) {
        self.steps.push(step);
        self.outputs.push(outputs);
    }

    /// Steps whose outputs may be taken, the nearest first.
    fn open(&self) -> Vec<usize> {
        let is_open = |&at: &usize| !matches!(self.steps[at].kind, Kind::Sink(_));
        (0..self.steps.len()).rev().filter(is_open).collect()
    }

    /// Draws a step.
    pub fn draw(&mut self, tape: &mut Tape<'_>) {
        let open = self.open();
        let first = open[tape.below(open.len())];
        let mut from = vec![first];
        if tape.once_in(4) {
            let second = open[tape.below(open.len())];
            from.extend((second != first).then_some(second));
        }
        self.add(tape, from);
    }

    /// Ends a pipeline: an aggregate or a sink takes what nobody takes.
    pub fn end(&mut self, tape: &mut Tape<'_>) {
        let is_left =
            |&at: &usize| !self.outputs[at].is_taken && !self.steps[at].kind.has_results();
        let left: Vec<usize> = (0..self.steps.len()).filter(is_left).collect();
        if !left.is_empty() {
            let inputs = self.joined(&left);
            let kind = match tape.below(5) {
                0..=2 => count(tape),
                3 if !inputs.has_texts => Kind::Sum(windows(tape)),
                3 => Kind::CountGlobally(windows(tape)),
                _ => sink(tape),
            };
            self.take(kind, left, tape);
        }
        let results = |at: &usize| self.steps[*at].kind.windows().is_some();
        let aggregate = (0..self.steps.len()).rev().find(results);
        if let (Some(aggregate), true) = (aggregate, tape.once_in(2)) {
            let kind = sink(tape);
            self.take(kind, vec![aggregate], tape);
        }
    }

    fn joined(&self, from: &[usize]) -> Outputs {
        from.iter().fold(Outputs::default(), |joined, &at| joined.join(self.outputs[at]))
    }

    fn add(&mut self, tape: &mut Tape<'_>, from: Vec<usize>) {
        let inputs = self.joined(&from);
        let kind = match tape.below(20) {
            0 | 1 => Kind::Map(Function::Identity),
            2 => Kind::Reshuffle,
            3 | 4 => count(tape),
            5 if !inputs.has_texts => Kind::Sum(windows(tape)),
            5 | 6 => Kind::CountGlobally(windows(tape)),
            7 => sink(tape),
            _ => Kind::Map(function(tape, inputs)),
        };
        self.take(kind, from, tape);
    }

    /// Adds a step that takes the outputs of these.
    fn take(&mut self, kind: Kind, from: Vec<usize>, tape: &mut Tape<'_>) {
        from.iter().for_each(|&at| self.outputs[at].is_taken = true);
        let inputs = self.joined(&from);
        let mut outputs = inputs;
        let decides = match &kind {
            Kind::Map(function) => function.decides(),
            _ => None,
        };
        match (&kind, decides) {
            (_, Some(Into::Key)) => outputs.is_tossed |= inputs.is_aggregated,
            (_, Some(Into::Value)) => (outputs.value_is_unknown, outputs.has_texts) = (true, false),
            (Kind::Map(Function::KeyByValue), _) => {
                outputs.key_is_unknown |= inputs.value_is_unknown
            }
            (Kind::Map(Function::KeyByFixed(_)), _) => outputs.key_is_unknown = false,
            (Kind::Count(_), _) => outputs.is_aggregated = true,
            (Kind::Sum(_), _) => outputs.is_aggregated = true,
            (Kind::CountGlobally(_), _) => {
                (outputs.is_aggregated, outputs.key_is_unknown) = (true, false);
            }
            _ => {}
        }
        if matches!(kind, Kind::Count(_) | Kind::CountGlobally(_)) {
            (outputs.has_texts, outputs.value_is_unknown) = (false, false);
        }
        let is_global = matches!(kind, Kind::CountGlobally(_));
        let shards = match tape.pick(&[None, None, Some(1), Some(2), Some(3)]) {
            Some(_) if is_global => Some(1),
            shards => shards,
        };
        let may_give_up = matches!(kind, Kind::Map(_))
            && !inputs.is_tossed
            && !inputs.key_is_unknown
            && (DEAD_LETTERS_OF_PANES || !inputs.is_aggregated);
        let dead_letter = (may_give_up && tape.once_in(8)).then(|| tape.pick(&[1, 2, 4]));
        let poison = match dead_letter {
            Some(_) if tape.once_in(2) => Some(tape.pick(&FIXED_KEYS).to_owned()),
            // Nobody has this key.
            None if may_give_up && tape.once_in(12) => Some("nobody".to_owned()),
            _ => None,
        };
        let stable_input = matches!(kind, Kind::Map(_)) && tape.once_in(10);
        let name = format!("{}{}", tape.pick(&NAMES), self.steps.len());
        let mechanism = Vec::new();
        let step = Step { name, kind, from, shards, poison, dead_letter, stable_input, mechanism };
        self.push(step, outputs);
    }
}

fn windows(tape: &mut Tape<'_>) -> Windows {
    let length = match tape.below(10) {
        9 => tape.pick(&[1, 1_000_000_007, 7_777_777]),
        _ => tape.pick(&[1000, 500, 3000, 10_000, 60_000, 3_600_000]) * MILLISECOND,
    };
    let lateness = match tape.below(6) {
        0..=2 => None,
        3 => Some(length * tape.pick(&[0, 1, 2, 5])),
        _ => Some(tape.pick(&[1, 300, 2000, 90_000]) * MILLISECOND),
    };
    Windows { length, lateness }
}

fn count(tape: &mut Tape<'_>) -> Kind {
    Kind::Count(windows(tape))
}

/// A sink that writes in any of the right ways. The windows of a table are longer than any run.
fn sink(tape: &mut Tape<'_>) -> Kind {
    let write = tape.pick(&[
        None,
        Some("\"upsert\""),
        Some("\"rename\""),
        Some("\"offset\""),
        Some("{ two-phase = { timeout = \"20000h\" } }"),
        Some("{ insert-id = { window = \"20000h\" } }"),
        Some("{ insert-id = { window = \"20000h\", random = false } }"),
    ]);
    Kind::Sink(write.map(str::to_owned))
}

fn function(tape: &mut Tape<'_>, inputs: Outputs) -> Function {
    let Outputs { is_aggregated, is_tossed, key_is_unknown, value_is_unknown, has_texts, .. } =
        inputs;
    let reads_key = !is_tossed && !key_is_unknown;
    let key = |tape: &mut Tape<'_>| tape.pick(&FIXED_KEYS).to_owned();
    let into = |tape: &mut Tape<'_>| tape.pick(&[Into::Key, Into::Value]);
    match tape.below(14) {
        1 => Function::KeyByBefore(tape.pick(&["/", "@", "/d", "é"]).to_owned()),
        2 => Function::KeyByFixed(tape.pick(&["all", "", "*", "a/0"]).to_owned()),
        3 if reads_key => Function::FilterKey(key(tape)),
        4 if reads_key => Function::FilterNotKey(key(tape)),
        5 if !is_aggregated && !value_is_unknown && !has_texts => {
            Function::FilterValueAtLeast(tape.pick(&[2, 0, -5]))
        }
        6 if !is_aggregated => Function::KeyByValue,
        7 => Function::Explode(tape.pick(&[2, 1, 3])),
        8 => Function::Coin(tape.pick(&[2, 3, 1_000_000]), into(tape)),
        9 => Function::Clock(tape.pick(&[70, 1, 3000]) * MILLISECOND, into(tape)),
        10 => Function::Lookup(
            tape.pick(&[90, 1, 5000]) * MILLISECOND,
            tape.pick(&[3, 2]),
            into(tape),
        ),
        11 => Function::Order(into(tape)),
        12 | 13 => Function::Call(tape.pick(&[
            Call::PutFenced,
            Call::Append,
            Call::Put,
            Call::Read,
            Call::Delete,
        ])),
        _ => Function::Identity,
    }
}
