//! Places of exact faults: which keys a fault can be placed by, and whether there is such a place in this
//! pipeline. A place that no run can reach is refused, since its fault would never happen.

use super::placement::Placement;
use super::record::{Reach, count, record};
use crate::scenario::form::raw::place as raw;
use crate::scenario::form::raw::{At, span};
use crate::scenario::rows::input::Inputs;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, list, quote};
use crate::scenario::wrong::explain::no_such;
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow::mechanism::Outputs;
use onceproof_model::dataflow::{Design, point};
use onceproof_model::function::Function;
use onceproof_model::pipeline::{Ack, Edge, StepKind};
use onceproof_sim::fault::{About, Kind, Place};

/// What places are checked against.
pub(in crate::scenario) struct Places<'a> {
    pub source: &'a Source<'a>,
    pub design: &'a Design,
    pub inputs: &'a Inputs,
    pub hosts: u32,
    pub workers: u32,
}

/// Whether what happens at a step is its own, or its stage's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Step,
    Stage,
}

/// Where each of them is ever taken, [`Places::happens`] says: a new one is decided there.
const _: () = assert!(point::ALPHABET.points.len() == 9, "a new step of the protocol");

impl Places<'_> {
    /// The place of an exact fault of this kind.
    ///
    /// # Errors
    /// A key that the kind is not placed by, a name that does not exist, or a place that no run reaches.
    pub fn place(&self, kind: &Kind, place: &At<raw::Place>) -> Result<Place, Diagnostic> {
        let word = kind.name().word();
        let raw = &place.value;
        let placement = Placement::of(kind, raw);
        placement.check_keys(self.source, word, place)?;
        for (key, given) in [("attempt", &raw.attempt), ("nth", &raw.nth)] {
            if let Some(At { value: 0, span }) = given {
                let error = self.source.error(span.clone(), format!("`{key}` 0"));
                return Err(error.label("counted from 1"));
            }
        }
        let found = Place {
            step: self.step(&raw.step)?,
            to: self.step(&raw.to)?,
            from: self.step(&raw.from)?,
            shard: raw.shard.as_ref().map(|at| at.value),
            from_shard: raw.from_shard.as_ref().map(|at| at.value),
            record: match &raw.record {
                Some(given) => Some(record(self.source, self.design, self.inputs, given)?),
                None => None,
            },
            attempt: raw.attempt.as_ref().map(|at| at.value),
            before: raw.before.as_ref().map(|at| at.value.0),
            worker: raw.worker.as_ref().map(|at| at.value),
            time: raw.time.as_ref().map(|at| at.value.0),
            nth: raw.nth.as_ref().map(|at| at.value),
        };
        match placement {
            Placement::Request | Placement::LinkAndTime => self.check_request(raw, &found)?,
            Placement::Commit => {
                self.check_step(raw, &found, "a commit", Scope::Stage, &|_| Ok(()))?;
            }
            Placement::Execution => self.check_execution(kind, raw, &found)?,
            Placement::Call => {
                self.refuse_watermark(raw, &found, "no call is made for a watermark")?;
                let possible = |step| self.calls(step);
                self.check_step(raw, &found, "a call", Scope::Step, &possible)?;
            }
            Placement::Before => self.check_before(raw, &found)?,
            Placement::ShardAndTime => {
                self.check_step(raw, &found, "a shard", Scope::Stage, &|_| Ok(()))?
            }
            Placement::Delivery => {
                self.refuse_watermark(raw, &found, "no queue hands out a watermark")?;
                let possible =
                    |step: StepIndex| hands_out_again(&self.design.pipeline.step(step).kind);
                self.check_step(raw, &found, "a second delivery", Scope::Step, &possible)?;
            }
            Placement::WorkerAndTime => {
                if let Some(worker) = &raw.worker
                    && worker.value >= self.workers
                {
                    let title = format!("there is no worker {}", worker.value);
                    let workers = count(self.workers.into(), "worker");
                    let error = self.source.error(worker.span.clone(), title);
                    return Err(error.label(format!("there are {workers}, counted from 0")));
                }
            }
        }
        Ok(found)
    }

    fn step(&self, name: &Option<At<String>>) -> Result<Option<StepIndex>, Diagnostic> {
        let Some(name) = name else { return Ok(None) };
        if let Some(step) = self.design.layout.find(&name.value) {
            return Ok(Some(step));
        }
        let known: Vec<&str> =
            self.design.pipeline.steps().iter().map(|step| step.name.as_str()).collect();
        Err(no_such(self.source, name.span.clone(), "step", &name.value, &known))
    }

    fn name(&self, step: StepIndex) -> String {
        quote(&self.design.pipeline.step(step).name)
    }

    /// A request goes along an edge that its record travels, to and from shards that there are.
    fn check_request(&self, raw: &raw::Place, place: &Place) -> Result<(), Diagnostic> {
        let stages = self.design.stages();
        if let (Some(to), Some(At { span, .. })) = (place.to, &raw.to)
            && stages.is_fused(to)
        {
            let head = self.name(stages.head(to));
            let title = format!("nobody sends to {}: it is fused into {head}", self.name(to));
            let error = self.source.error(span.clone(), title);
            return Err(error.label("`fuse = false` in its `mechanism` keeps it apart"));
        }
        let all = self.design.pipeline.order().iter().flat_map(|&step| stages.shuffles(step));
        let edges: Vec<&Edge> = all
            .filter(|edge| {
                place.from.is_none_or(|from| stages.head(from) == stages.head(edge.from))
            })
            .filter(|edge| place.to.is_none_or(|to| to == edge.to))
            .collect();
        if edges.is_empty() {
            let at = span(&raw.to).or(span(&raw.from)).unwrap_or(0..0);
            let title = match (place.from, place.to) {
                (Some(from), Some(to)) => {
                    format!("{} sends nothing to {}", self.name(from), self.name(to))
                }
                (None, Some(to)) => format!("nobody sends to {}", self.name(to)),
                (Some(from), None) => format!("{} sends nothing", self.name(from)),
                (None, None) => "nobody sends anything".to_owned(),
            };
            let from = place
                .to
                .map(|to| self.design.pipeline.step(to).from.as_slice())
                .unwrap_or_default();
            let names: Vec<&str> =
                from.iter().map(|&from| self.design.pipeline.step(from).name.as_str()).collect();
            let error = self.source.error(at, title);
            return Err(match names.is_empty() {
                true => error,
                false => error.label(format!("it takes the outputs of {}", list(&names, "and"))),
            });
        }
        let reach = Reach::of(place.record.as_ref(), self.design);
        let edges: Vec<&Edge> = edges.into_iter().filter(|edge| reach.sends(edge.from)).collect();
        if edges.is_empty() {
            return Err(self.never_there(raw, place));
        }
        let receivers: Vec<StepIndex> = edges.iter().map(|edge| edge.to).collect();
        self.check_shard(&raw.shard, &receivers)?;
        let senders: Vec<StepIndex> = edges.iter().map(|edge| edge.from).collect();
        self.check_shard(&raw.from_shard, &senders)
    }

    fn check_execution(
        &self,
        kind: &Kind,
        raw: &raw::Place,
        place: &Place,
    ) -> Result<(), Diagnostic> {
        self.refuse_watermark(raw, place, "no function is executed on a watermark")?;
        if let (Kind::UserDiffers { .. }, Some(At { value: 1, span })) = (kind, &raw.attempt) {
            let error = self.source.error(span.clone(), "the first execution cannot differ");
            return Err(error.label("from 2: an answer differs from the first one"));
        }
        let possible = |step: StepIndex| match (&self.design.pipeline.step(step).kind, kind) {
            (StepKind::Map(function), Kind::UserDiffers { answer }) => differs(function, *answer),
            (StepKind::Map(_), _) => Ok(()),
            _ => Err("it has no function".to_owned()),
        };
        self.check_step(raw, place, "an execution", Scope::Step, &possible)
    }

    fn refuse_watermark(
        &self,
        raw: &raw::Place,
        place: &Place,
        why: &str,
    ) -> Result<(), Diagnostic> {
        match (&place.record, span(&raw.record)) {
            (Some(About::Control { .. }), Some(span)) => Err(self.source.error(span, why)),
            _ => Ok(()),
        }
    }

    fn check_before(&self, raw: &raw::Place, place: &Place) -> Result<(), Diagnostic> {
        let Some(before) = place.before else {
            return Ok(());
        };
        let words = self.design.layout.alphabet.words(before);
        let what = format!("`{}`", words.word);
        let is_watermark = matches!(place.record, Some(About::Control { .. }));
        let possible = |step: StepIndex| self.happens(before, step, is_watermark);
        let scope = match words.is_each_steps {
            true => Scope::Step,
            false => Scope::Stage,
        };
        self.check_step(raw, place, &what, scope, &possible)
    }

    /// Whether a step of the protocol is ever taken at a step of the pipeline, for a record or for a
    /// watermark that travels alone, else why not.
    fn happens(&self, before: Point, step: StepIndex, is_watermark: bool) -> Result<(), String> {
        let stages = self.design.stages();
        let head = stages.head(step);
        let is_source = |step: StepIndex| {
            matches!(self.design.pipeline.step(step).kind, StepKind::Source { .. })
        };
        let fires = self.design.pipeline.step(head).kind.windowing().is_some();
        let emits = stages.writes_rows(head);
        let sends = !stages.receivers(head).is_empty();
        let recomputes = self.design.mechanism(head).outputs == Outputs::Recompute;
        let owes =
            matches!(&self.design.pipeline.step(head).kind, StepKind::Sink(sink) if sink.owes());
        let refused = match before {
            point::ADMIT if is_source(head) => "a source takes nothing in",
            point::ACK
                if is_source(head) && !reads_queue(&self.design.pipeline.step(head).kind) =>
            {
                "a source takes nothing in"
            }
            point::APPLY if is_source(step) => "a source takes nothing in",
            point::SEND if !sends => "nobody takes its outputs",
            point::EMIT if !fires && !emits => "it fires no windows and writes no rows",
            point::COMMIT if recomputes && !is_watermark && (fires || !emits) => {
                "under `recompute` its only commit is `settle`"
            }
            point::CALL if self.calls(step).is_err() => return self.calls(step),
            point::CALL if is_watermark => "no call is made for a watermark",
            point::SETTLE if owes => return Ok(()),
            point::SETTLE if emits && !sends && !fires => "a sink has no outputs to settle",
            point::SETTLE if recomputes && emits && !fires => {
                "under `recompute` its only commit is `emit`"
            }
            point::SETTLE if !recomputes && !sends => "it has no outputs to settle",
            _ => return Ok(()),
        };
        Err(refused.to_owned())
    }

    /// Whether a step calls an external service, else why not.
    fn calls(&self, step: StepIndex) -> Result<(), String> {
        match self.design.pipeline.step(step).kind.calls() {
            true => Ok(()),
            false => Err("it calls no external service".to_owned()),
        }
    }

    /// Something happens at a step that handles the record and where it is possible.
    fn check_step(
        &self,
        raw: &raw::Place,
        place: &Place,
        what: &str,
        scope: Scope,
        possible: &dyn Fn(StepIndex) -> Result<(), String>,
    ) -> Result<(), Diagnostic> {
        let here = span(&raw.before).or(span(&raw.step)).or(span(&raw.record));
        let here = here.or(span(&raw.attempt)).unwrap_or(0..0);
        if let Some(step) = place.step {
            possible(step).map_err(|reason| {
                let title = format!("there is never {what} at {}", self.name(step));
                self.source.error(here.clone(), title).label(reason)
            })?;
        }
        let steps: Vec<StepIndex> = self
            .design
            .pipeline
            .order()
            .iter()
            .copied()
            .filter(|&step| place.step.is_none_or(|given| given == step))
            .filter(|&step| possible(step).is_ok())
            .collect();
        if steps.is_empty() {
            return Err(self.source.error(here, format!("there is never {what} in this pipeline")));
        }
        let reach = Reach::of(place.record.as_ref(), self.design);
        // What is named by one step of a stage happens at all of them.
        let stages = self.design.stages();
        let handles = |step: &StepIndex| match scope {
            Scope::Step => reach.handles(*step),
            Scope::Stage => {
                stages.members(stages.head(*step)).iter().any(|&step| reach.handles(step))
            }
        };
        let steps: Vec<StepIndex> = steps.into_iter().filter(handles).collect();
        if steps.is_empty() {
            return Err(self.never_there(raw, place));
        }
        self.check_shard(&raw.shard, &steps)
    }

    fn never_there(&self, raw: &raw::Place, place: &Place) -> Diagnostic {
        let at = span(&raw.record).unwrap_or(0..0);
        let name = raw.record.as_ref().map_or("", |record| record.value.as_str());
        let step = place.to.or(place.step).or(place.from);
        let title = match step {
            Some(step) => format!("{} is never at {}", quote(name), self.name(step)),
            None => format!("{} is never there", quote(name)),
        };
        let error = self.source.error(at, title);
        error.help("an aggregate makes panes of its records, named such as `per-user/ann@60s#0`")
    }

    fn check_shard(&self, shard: &Option<At<u32>>, steps: &[StepIndex]) -> Result<(), Diagnostic> {
        let Some(At { value: shard, span }) = shard else {
            return Ok(());
        };
        let most = steps.iter().map(|&step| (self.design.layout.shards_of(step), step)).max();
        match most {
            Some((shards, step)) if *shard >= shards => {
                let error = self.source.error(span.clone(), format!("there is no shard {shard}"));
                let shards = count(shards.into(), "shard");
                Err(error.label(format!("{} has {shards}, counted from 0", self.name(step))))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a step is a source that reads a queue.
pub(in crate::scenario) fn reads_queue(kind: &StepKind) -> bool {
    matches!(kind, StepKind::Source { queue: Some(_), .. })
}

/// Whether the queue of a step can hand out a message that it has handed out, else why not.
pub(in crate::scenario) fn hands_out_again(kind: &StepKind) -> Result<(), String> {
    match kind {
        StepKind::Source { queue: Some(queue), .. } => match queue.ack {
            Ack::AfterCommit => Ok(()),
            Ack::OnReceipt => Err("its queue forgets what is acked on receipt".to_owned()),
        },
        _ => Err("it reads no `queue`".to_owned()),
    }
}

/// Whether another answer of a function is another one, else why not. A `clock`, a `lookup` and an `order`
/// answer otherwise by themselves: there is no answer of theirs that a fault could be told to replace.
pub(in crate::scenario) fn differs(function: &Function, answer: u32) -> Result<(), String> {
    match function.answers() {
        1 if !function.is_deterministic() => {
            Err("its function answers otherwise by itself, and not by chance".to_owned())
        }
        1 => Err("its function always answers alike".to_owned()),
        answers if answer.is_multiple_of(answers) => {
            Err(format!("answer {answer} of {answers} is the first one again"))
        }
        _ => Ok(()),
    }
}
