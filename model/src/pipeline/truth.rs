//! Truth: the same pipeline evaluated directly, record by record, with no distribution and no faults. For
//! a function that is not deterministic the answer is the one that won: truth is then that every record
//! is in exactly one outcome.
//!
//! A record is late at a step only by what its own source had said when it was read, less the lateness of the
//! aggregates on the way: each passes its watermark on that much later. By any wider reading, a pane that was
//! given up below a count with lateness would pass for a late record. A message of a queue is late only by what
//! had been published before it: from then on it holds the watermark back.

use super::{Pipeline, StepKind};
use crate::function::{Function, Into};
use crate::window::Windowing;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::{Output, Value};
use onceproof_kernel::right::{Expected, GivenUp, Right, Way, Won, place};
use onceproof_kernel::source::SourceRow;
use onceproof_kernel::time::{Nanos, Time};

/// A record on its way through the steps.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its name, until an aggregate takes it.
    pub name: Option<Name>,
    leaf: Name,
    pub key: Key,
    pub value: Value,
    event_time: Time,
    times: u32,
    is_late: bool,
    /// Whether a step on the way has left it out, so that none below has it either.
    is_left_out: bool,
    /// Whether what came before it in its stage was decided by an answer.
    is_decided: bool,
    is_dead: bool,
    way: Way,
}

/// A pipeline with the layout in which it runs: it is asked which steps run in one process, and for
/// the hashes of their names.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a> {
    /// The graph of steps.
    pub pipeline: &'a Pipeline,
    /// Which of them run together.
    pub layout: &'a Layout,
    /// How the log is read, if all is worked out from it window by window, long after its records have come.
    pub log: Option<LogRules>,
}

/// How a log is read from which all is worked out, and with that which of its records belong into a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogRules {
    /// How long after the end of its window a record may arrive; what arrives later is late there, and nowhere else. As
    /// late as it comes without.
    pub cut_off: Option<Nanos>,
    /// The same, but what arrives later is late below, too: nobody passes it on.
    pub keep: Option<Nanos>,
    /// Whether the window of a record is chosen by the time of its arrival.
    pub is_by_arrival: bool,
    /// Whether only the first record of an id counts.
    pub is_distinct: bool,
}

impl Right for Truth<'_> {
    fn belongs(
        &self,
        source: StepIndex,
        row: SourceRow,
        promise: Time,
        words: &mut Vocabulary,
        won: &dyn Won,
        each: &mut impl FnMut(Expected) -> bool,
    ) -> bool {
        if self.log.is_some_and(|log| log.is_distinct) && row.is_repeat {
            return true;
        }
        let is_by_arrival = self.log.is_some_and(|log| log.is_by_arrival);
        let item = Item {
            name: Some(row.name),
            leaf: row.name,
            key: row.key,
            value: row.value,
            event_time: if is_by_arrival { row.arrival } else { row.event_time },
            times: 1,
            is_late: false,
            is_left_out: false,
            is_decided: false,
            is_dead: false,
            way: Way::default(),
        };
        let mut evaluation = Evaluation {
            of: *self,
            arrival: row.arrival,
            words,
            won,
            given_up: Vec::new(),
            is_unsure: false,
        };
        evaluation.flow(source, &item, promise, each);
        !evaluation.is_unsure
    }

    fn is_placed(&self) -> Vec<bool> {
        // A process beside the steps has no results.
        let mut placed = is_placed(self.pipeline);
        placed.resize(self.layout.steps(), true);
        placed
    }
}

/// The evaluation of one record.
pub(super) struct Evaluation<'a> {
    pub of: Truth<'a>,
    pub arrival: Time,
    pub words: &'a mut Vocabulary,
    pub won: &'a dyn Won,
    /// What was found to be given up of it, once for each time.
    given_up: Vec<GivenUp>,
    pub is_unsure: bool,
}

impl Evaluation<'_> {
    fn flow(
        &mut self,
        from: StepIndex,
        item: &Item,
        promise: Time,
        each: &mut impl FnMut(Expected) -> bool,
    ) {
        for edge in self.of.pipeline.edges(from) {
            self.flow_to(edge.to, item, promise, each);
        }
    }

    /// Takes an item to a step.
    fn flow_to(
        &mut self,
        step: StepIndex,
        item: &Item,
        promise: Time,
        each: &mut impl FnMut(Expected) -> bool,
    ) {
        let pipeline = self.of.pipeline;
        let windows = match &pipeline.step(step).kind {
            StepKind::Source { .. } => return,
            StepKind::Map(function) => return self.apply(step, function, item, promise, each),
            StepKind::Reshuffle => {
                return self.apply(step, &Function::Identity, item, promise, each);
            }
            StepKind::Count(windows)
            | StepKind::Sum(windows)
            | StepKind::CountGlobally(windows) => Some(windows),
            StepKind::Sink(_) => None,
        };
        let (start, end, is_late, is_left_out) = match windows {
            Some(windows) => self.window_of(windows, item, promise),
            None => (Time(0), Time::MAX, item.is_late, item.is_left_out),
        };
        let key = pipeline.key_at(step, item.key);
        let key_hash = self.words.keys.hash(key);
        let leaf = item.name.unwrap_or(item.leaf);
        let Item { times, is_dead, .. } = *item;
        // Where nobody reads the results of a step, only what comes of them is expected.
        let is_late = match windows.is_none() || self.of.layout.step(step).results.is_some() {
            true => each(Expected {
                step,
                leaf,
                times,
                place: place(key_hash, start),
                key_hash,
                value: if item.name.is_some() { item.value.integer() } else { 0 },
                end,
                is_late,
                is_dead,
            }),
            false => is_late,
        };
        let Some(windows) = windows.filter(|_| !pipeline.edges(step).is_empty()) else {
            return;
        };
        let item = Item {
            name: None,
            leaf,
            key,
            value: Value::Integer(0),
            event_time: end.before(),
            times,
            is_late,
            is_left_out,
            is_decided: false,
            is_dead,
            way: Way::from(step.0, start),
        };
        // A count passes its watermark on less its lateness, so what its own source had said comes down here that much
        // later.
        self.flow(step, &item, promise.minus(windows.lateness), each);
    }

    /// The start and the end of an item's window, whether it is late there, and whether none below has it either.
    fn window_of(
        &self,
        windows: &Windowing,
        item: &Item,
        promise: Time,
    ) -> (Time, Time, bool, bool) {
        let start = windows.start(item.event_time);
        let end = windows.end(start);
        let Some(LogRules { cut_off, keep, .. }) = self.of.log else {
            let is_late = item.is_late || windows.is_late(start, promise);
            return (start, end, is_late, item.is_left_out);
        };
        let is_over = |after| self.arrival > end.plus(after);
        let is_left_out = item.is_left_out || keep.is_some_and(is_over);
        (start, end, is_left_out || cut_off.is_some_and(is_over), is_left_out)
    }

    /// Whether a record was given up, once more than was found before.
    fn is_given_up(&mut self, record: GivenUp) -> bool {
        let times = self.won.given_up(&record) as usize;
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
        promise: Time,
        each: &mut impl FnMut(Expected) -> bool,
    ) {
        let leaf = item.name.unwrap_or(item.leaf);
        let here = GivenUp { step, leaf, key: item.key, way: item.way };
        let is_dead = item.is_dead || self.is_given_up(here);
        let outputs = match function {
            Function::User(user) => self.outputs_that_won(step, user, item, is_dead),
            _ => {
                let (keys, mut outputs) = (&mut self.words.keys, Vec::new());
                function.apply(item.key, item.value, 0, keys, |output| outputs.push(output));
                outputs
            }
        };
        for (index, output) in outputs.into_iter().enumerate() {
            let way = item.way.through(step.0, index as u32);
            let Output { key, value } = output;
            let mut item = Item { key, value, is_dead, way, ..item.clone() };
            if let Some(parent) = item.name {
                let step_hash = self.of.layout.hash(step);
                let name = self.words.names.output(parent, step.0, step_hash, index as u32);
                item.name = Some(name);
                let decides = function.decides();
                let follows = self.of.layout.head(step) != step && item.is_decided;
                // An answer in the middle of a stage is known best from what came out of the stage: under
                // recompute, what was sent first may have won over what was committed later.
                item.is_decided = decides.is_some() || follows;
                match self.won.winner(name) {
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
            self.flow(step, &item, promise, each);
        }
    }
}

/// Whether the windows and keys of each step's results can be told from the input and the answers that
/// won: not below a coin that sits below an aggregate, where a window's panes may land on different sides.
fn is_placed(pipeline: &Pipeline) -> Vec<bool> {
    #[derive(Clone, Copy, Default)]
    struct Upstream {
        aggregated: bool,
        tossed: bool,
    }
    let mut upstream = vec![Upstream::default(); pipeline.steps().len()];
    for &index in pipeline.order() {
        let step = pipeline.step(index);
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
