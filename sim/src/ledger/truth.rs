//! Truth: the same pipeline evaluated directly, record by record, with no distribution and no faults. For
//! a function that is not deterministic the answer is the one that won: truth is then that every record
//! is in exactly one outcome.
//!
//! A record is late at a step only by what its own source had said when it was read, less the lateness of the
//! aggregates on the way: each passes its watermark on that much later. By any wider reading, a pane that was
//! given up below a count with lateness would pass for a late record. A message of a queue is late only by what
//! had been published before it: from then on it holds the watermark back.

use super::dead::{Dead, GivenUp, Way};
use super::traces::Traces;
use super::{placed, reflection};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::Value;
use onceproof_kernel::time::Time;
use onceproof_model::dataflow::Design;
use onceproof_model::effect::SourceRow;
use onceproof_model::function::{Function, Into, Output};
use onceproof_model::pipeline::StepKind;

/// That a source record, or what maps made of it, belongs into the results of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expected {
    /// The step.
    pub step: StepIndex,
    /// The record as it entered the first aggregate or sink on its way.
    pub leaf: Name,
    /// How often.
    pub times: u32,
    /// Under which key and in which window, or row: [`placed`].
    pub place: u64,
    /// Its value, if no aggregate came before this step; else 0.
    pub value: i64,
    /// Whether its own source had given its window up when it was read.
    pub is_late: bool,
    /// Whether a step on the way gave it up as a dead letter, so that it belongs there no more.
    pub is_dead: bool,
}

impl Expected {
    /// Its part of the step's digest.
    pub fn digest(&self) -> u64 {
        reflection(self.leaf, self.value, self.place).wrapping_mul(u64::from(self.times))
    }
}

/// A record on its way through the steps.
#[derive(Clone, Debug)]
struct Item {
    /// Its name, until an aggregate takes it.
    name: Option<Name>,
    leaf: Name,
    key: Key,
    value: Value,
    event_time: Time,
    times: u32,
    is_late: bool,
    /// Whether what came before it in its stage was decided by an answer.
    is_decided: bool,
    is_dead: bool,
    way: Way,
}

/// Evaluates the pipeline.
pub(super) struct Truth<'a> {
    design: &'a Design,
    words: &'a mut Vocabulary,
    traces: &'a Traces,
    dead: &'a Dead,
    /// What was found to be given up of the record that is evaluated, once for each time.
    given_up: Vec<GivenUp>,
    /// Whether an answer that won is not known, since nothing of it was committed.
    pub is_unsure: bool,
}

impl<'a> Truth<'a> {
    pub fn new(
        design: &'a Design,
        words: &'a mut Vocabulary,
        traces: &'a Traces,
        dead: &'a Dead,
    ) -> Truth<'a> {
        Truth { design, words, traces, dead, given_up: Vec::new(), is_unsure: false }
    }

    /// Sends one source record through the pipeline, and hands each result that it belongs into to
    /// `each`, which answers whether the record is late there. `watermark` is what its source shard's was
    /// when it was read.
    pub fn evaluate(
        &mut self,
        source: StepIndex,
        row: SourceRow,
        watermark: Time,
        each: &mut impl FnMut(Expected) -> bool,
    ) {
        let item = Item {
            name: Some(row.name),
            leaf: row.name,
            key: row.key,
            value: row.value,
            event_time: row.event_time,
            times: 1,
            is_late: false,
            is_decided: false,
            is_dead: false,
            way: Way::default(),
        };
        self.given_up.clear();
        self.flow(source, &item, watermark, each);
    }

    fn flow(
        &mut self,
        from: StepIndex,
        item: &Item,
        watermark: Time,
        each: &mut impl FnMut(Expected) -> bool,
    ) {
        let design = self.design;
        for edge in design.pipeline.edges(from) {
            let (step, key) = (edge.to, design.pipeline.key_at(edge.to, item.key));
            let leaf = item.name.unwrap_or(item.leaf);
            let value = if item.name.is_some() { item.value.integer() } else { 0 };
            let key_hash = self.words.keys.hash(key);
            let Item { times, is_dead, .. } = *item;
            match &design.pipeline.step(step).kind {
                StepKind::Source { .. } => {}
                StepKind::Map(function) => self.apply(step, function, item, watermark, each),
                StepKind::Reshuffle => {
                    self.apply(step, &Function::Identity, item, watermark, each);
                }
                StepKind::Count(windows)
                | StepKind::Sum(windows)
                | StepKind::CountGlobally(windows) => {
                    let start = windows.start(item.event_time);
                    let is_late = item.is_late || windows.is_late(start, watermark);
                    let place = placed(key_hash, start);
                    let is_late =
                        each(Expected { step, leaf, times, place, value, is_late, is_dead });
                    if design.pipeline.edges(step).is_empty() {
                        continue;
                    }
                    let event_time = windows.end(start).before();
                    let (name, value) = (None, Value::Integer(0));
                    let is_decided = false;
                    let way = Way::from(step.0, start);
                    let item = Item {
                        name,
                        leaf,
                        key,
                        value,
                        event_time,
                        times,
                        is_late,
                        is_decided,
                        is_dead,
                        way,
                    };
                    // A count passes its watermark on less its lateness, so what its own source had said
                    // comes down here that much later.
                    self.flow(step, &item, watermark.minus(windows.lateness), each);
                }
                StepKind::Sink(_) => {
                    let (place, is_late) = (placed(key_hash, Time(0)), item.is_late);
                    each(Expected { step, leaf, times, place, value, is_late, is_dead });
                }
            }
        }
    }

    /// Whether a record was given up, once more than was found before.
    fn is_given_up(&mut self, record: GivenUp) -> bool {
        let times = self.dead.times(&record) as usize;
        let is =
            times > 0 && self.given_up.iter().filter(|&&other| other == record).count() < times;
        if is {
            self.given_up.push(record);
        }
        is
    }

    fn apply(
        &mut self,
        step: StepIndex,
        function: &Function,
        item: &Item,
        watermark: Time,
        each: &mut impl FnMut(Expected) -> bool,
    ) {
        let leaf = item.name.unwrap_or(item.leaf);
        let here = GivenUp { step, leaf, key: item.key, way: item.way };
        let is_dead = item.is_dead || self.is_given_up(here);
        let mut outputs = Vec::new();
        function
            .apply(item.key, item.value, 0, &mut self.words.keys, |output| outputs.push(output));
        for (index, output) in outputs.into_iter().enumerate() {
            let way = item.way.through(step.0, index as u32);
            let Output { key, value } = output;
            let mut item = Item { key, value, is_dead, way, ..item.clone() };
            if let Some(parent) = item.name {
                let step_hash = self.design.layout.hash(step);
                let name = self.words.names.output(parent, step.0, step_hash, index as u32);
                item.name = Some(name);
                let decides = function.decides();
                let follows = self.design.stages().is_fused(step) && item.is_decided;
                // An answer in the middle of a stage is known best from what came out of the stage: under
                // recompute, what was sent first may have won over what was committed later.
                item.is_decided = decides.is_some() || follows;
                match self.traces.winner(name) {
                    Some((key, value)) if item.is_decided => {
                        if follows || decides == Some(Into::Key) {
                            item.key = key;
                        }
                        let is_number = matches!(item.value, Value::Integer(_));
                        if decides == Some(Into::Value) || (follows && is_number) {
                            item.value = Value::Integer(value);
                        }
                    }
                    Some(_) => {}
                    None => self.is_unsure |= decides.is_some() && !is_dead,
                }
            }
            self.flow(step, &item, watermark, each);
        }
    }
}

/// Whether the windows and keys of each step's results can be told from the input and the answers that
/// won: not below a coin that sits below an aggregate, where a window's panes may land on different sides.
pub(super) fn is_placed(design: &Design) -> Vec<bool> {
    #[derive(Clone, Copy, Default)]
    struct Upstream {
        aggregated: bool,
        tossed: bool,
    }
    let mut upstream = vec![Upstream::default(); design.pipeline.steps().len()];
    for &index in design.pipeline.order() {
        let step = design.pipeline.step(index);
        let mut here = Upstream::default();
        for from in &step.from {
            here.aggregated |= upstream[from.at()].aggregated;
            here.tossed |= upstream[from.at()].tossed;
        }
        match &step.kind {
            StepKind::Map(function) => {
                here.tossed |= !function.is_deterministic() && here.aggregated
            }
            StepKind::Count(_) | StepKind::Sum(_) | StepKind::CountGlobally(_) => {
                here.aggregated = true;
            }
            StepKind::Source { .. } | StepKind::Reshuffle | StepKind::Sink(_) => {}
        }
        upstream[index.at()] = here;
    }
    upstream.into_iter().map(|upstream| !upstream.tossed).collect()
}
