//! Places of exact faults: which keys a fault can be placed by, and whether there is such a place in this
//! pipeline. A place that no run can reach is refused, since its fault would never happen.

use super::placement::Placement;
use super::record::{Reach, count, record};
use crate::scenario::form::raw::place as raw;
use crate::scenario::form::raw::{At, span};
use crate::scenario::rows::input::Inputs;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, list, quote};
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_model::function::Function;
use onceproof_model::pipeline::{Ack, Pipeline, StepKind};
use onceproof_sim::fault::{About, Kind, Place};
use onceproof_systems::Design;

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
        let process = raw.process.as_ref().map(|given| self.process(given)).transpose()?;
        if let (Some(_), Some(given)) = (&raw.step, &raw.process) {
            let error = self.source.error(self.source.key_of(&given.span), "a step and a process");
            return Err(error.label("it happens at one of them"));
        }
        let (from, to) = (self.end(&raw.from)?, self.end(&raw.to)?);
        let number = |end: Option<(StepIndex, Option<u32>)>| end.and_then(|(_, number)| number);
        let shard = raw.shard.as_ref().map(|at| at.value);
        let before = raw.before.as_ref().map(|given| self.point(given)).transpose()?;
        let sender = from.map(|(step, _)| step);
        let (message, sender) = match &raw.message {
            Some(given) => self.message(given, sender)?,
            None => (None, sender),
        };
        let found = Place {
            step: self.step(&raw.step)?.or(process.map(|(step, _)| step)),
            to: to.map(|(step, _)| step),
            from: sender,
            shard: shard.or(number(to)).or(number(process)),
            from_shard: raw.from_shard.as_ref().map(|at| at.value).or(number(from)),
            record: match (&raw.record, &raw.message) {
                (Some(given), None) => Some(record(self.source, self.design, self.inputs, given)?),
                (None, Some(_)) => message,
                (Some(_), Some(given)) => {
                    let key = self.source.key_of(&given.span);
                    let error = self.source.error(key, "a `record` and a `message`");
                    return Err(error.label("what a message is about says what it is"));
                }
                (None, None) => before.and_then(|before| self.always_about(before)),
            },
            attempt: raw.attempt.as_ref().map(|at| at.value),
            before,
            worker: raw.worker.as_ref().map(|at| at.value),
            time: raw.time.as_ref().map(|at| at.value.0),
            nth: raw.nth.as_ref().map(|at| at.value),
        };
        match placement {
            Placement::Request | Placement::LinkAndTime => self.check_request(kind, raw, &found)?,
            Placement::Commit => {
                self.check_commit(raw, &found)?;
            }
            Placement::Execution => self.check_execution(kind, raw, &found)?,
            Placement::Call => {
                self.refuse_watermark(raw, &found, "no call is made for a watermark")?;
                let possible = |step| self.calls(step);
                self.check_step(raw, &found, "a call", Scope::Step, &possible)?;
            }
            Placement::Before => self.check_before(kind, raw, &found)?,
            Placement::ShardAndTime => {
                self.check_step(raw, &found, "a shard", Scope::Stage, &|_| Ok(()))?
            }
            Placement::Delivery => {
                self.refuse_watermark(raw, &found, "no queue hands out a watermark")?;
                let possible = |step: StepIndex| match self.kind(step) {
                    Some(kind) => hands_out_again(kind),
                    None => Err("it reads no `queue`".to_owned()),
                };
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
                if let (Kind::Gone, Some(worker)) = (kind, &raw.worker)
                    && !self.has_member(worker.value)
                {
                    let title = format!("worker {} may not be gone for good", worker.value);
                    let error = self.source.error(worker.span.clone(), title);
                    return Err(error.label(NO_MEMBER));
                }
            }
        }
        Ok(found)
    }

    pub(super) fn layout(&self) -> &Layout {
        self.design.layout()
    }

    /// What a step does; none for a process beside the steps.
    fn kind(&self, step: StepIndex) -> Option<&StepKind> {
        self.pipeline().steps().get(step.at()).map(|step| &step.kind)
    }

    pub(super) fn pipeline(&self) -> &Pipeline {
        self.design.pipeline()
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
        let possible = |step: StepIndex| match (self.kind(step), kind) {
            (Some(StepKind::Map(function)), Kind::UserDiffers { answer }) => {
                differs(function, *answer)
            }
            (Some(StepKind::Map(_)), _) => Ok(()),
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

    /// Whether a member of a group runs on a worker.
    fn has_member(&self, worker: u32) -> bool {
        let layout = self.layout();
        let shards = (0..layout.shards() as u32).map(ShardIndex);
        let mut here = shards.filter(|shard| shard.0 % self.workers == worker);
        here.any(|shard| layout.is_member(layout.step_of(shard)))
    }

    fn check_before(&self, kind: &Kind, raw: &raw::Place, place: &Place) -> Result<(), Diagnostic> {
        let Some(before) = place.before else {
            return Ok(());
        };
        let words = self.layout().alphabet.words(before);
        let what = format!("`{}`", words.word);
        let is_watermark = matches!(place.record, Some(About::Control { .. }));
        let possible = |step: StepIndex| {
            let taken = self.design.takes(before, step, is_watermark);
            taken.map_err(str::to_owned)?;
            match *kind == Kind::Gone && !self.layout().is_member(step) {
                true => Err(NO_MEMBER.to_owned()),
                false => Ok(()),
            }
        };
        if let Some(attempt) = &raw.attempt
            && !self.design.counts_attempts(before)
        {
            let key = self.source.key_of(&attempt.span);
            let error = self.source.error(key, format!("{what} has no `attempt`"));
            return Err(error.label("`nth` counts how often that step is taken"));
        }
        let scope = match words.is_each_steps {
            true => Scope::Step,
            false => Scope::Stage,
        };
        self.check_step(raw, place, &what, scope, &possible)
    }

    /// A commit is sent somewhere, and at the step of the protocol that is given.
    fn check_commit(&self, raw: &raw::Place, place: &Place) -> Result<(), Diagnostic> {
        let (Some(before), Some(At { span, .. })) = (place.before, &raw.before) else {
            let possible = |step: StepIndex| self.design.commits(step).map_err(str::to_owned);
            return self.check_step(raw, place, "a commit", Scope::Stage, &possible);
        };
        let alphabet = self.layout().alphabet;
        let (word, points) = (alphabet.word(before), self.design.commit_points());
        if !points.contains(&before) {
            let error = self.source.error(span.clone(), format!("no commit is sent at `{word}`"));
            let words: Vec<&str> = points.iter().map(|&point| alphabet.word(point)).collect();
            return Err(error.label(match words.is_empty() {
                true => "only services outside commit, and nothing befalls these".to_owned(),
                false => format!("commits are sent at {}", list(&words, "and")),
            }));
        }
        let is_control = matches!(place.record, Some(About::Control { .. }));
        let possible = |step: StepIndex| {
            self.design.commits(step).map_err(str::to_owned)?;
            self.design.takes(before, step, is_control).map_err(str::to_owned)
        };
        self.check_step(raw, place, &format!("a commit of `{word}`"), Scope::Stage, &possible)
    }

    /// Whether a step calls an external service, else why not.
    fn calls(&self, step: StepIndex) -> Result<(), String> {
        match self.kind(step).is_some_and(StepKind::calls) {
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
        let here = span(&raw.before).or(span(&raw.step)).or(span(&raw.process));
        let here = here.or(span(&raw.record));
        let here = here.or(span(&raw.attempt)).unwrap_or(0..0);
        if let Some(step) = place.step {
            possible(step).map_err(|reason| {
                let title = format!("there is never {what} at {}", self.name(step));
                self.source.error(here.clone(), title).label(reason)
            })?;
        }
        let steps: Vec<StepIndex> = self
            .layout()
            .all()
            .map(|(step, _)| step)
            .filter(|&step| place.step.is_none_or(|given| given == step))
            .filter(|&step| possible(step).is_ok())
            .collect();
        if steps.is_empty() {
            return Err(self.source.error(here, format!("there is never {what} in this pipeline")));
        }
        let reach = Reach::of(place.record.as_ref(), self.design);
        // What is named by one step of a stage happens at all of them.
        let layout = self.layout();
        let is_with = |step: StepIndex, other: StepIndex| layout.head(step) == layout.head(other);
        let handles = |step: &StepIndex| match scope {
            Scope::Step => reach.handles(*step),
            Scope::Stage => {
                let mut stage = layout.all().filter(|&(other, _)| is_with(other, *step));
                stage.any(|(step, _)| reach.handles(step))
            }
        };
        let steps: Vec<StepIndex> = steps.into_iter().filter(handles).collect();
        if steps.is_empty() {
            return Err(self.never_there(raw, place));
        }
        self.check_shard(&raw.shard, &steps)
    }

    pub(super) fn never_there(&self, raw: &raw::Place, place: &Place) -> Diagnostic {
        let at = span(&raw.record).unwrap_or(0..0);
        let name = raw.record.as_ref().map_or("", |record| record.value.as_str());
        let step = place.to.or(place.step).or(place.from);
        let title = match step {
            Some(step) => format!("{} is never at {}", quote(name), self.name(step)),
            None => format!("{} is never there", quote(name)),
        };
        let error = self.source.error(at, title);
        error.help(match (self.design.batch_leg(), self.design.makes_panes()) {
            (Some(_), _) => "a batch is named by the end of its windows, such as `batch/*@60s#0`",
            (None, true) => {
                "an aggregate makes panes of its records, named such as `per-user/ann@60s#0`"
            }
            (None, false) => "what an aggregate passes on is named such as `events/0#2.0`",
        })
    }

    pub(super) fn check_shard(
        &self,
        shard: &Option<At<u32>>,
        steps: &[StepIndex],
    ) -> Result<(), Diagnostic> {
        let Some(At { value: shard, span }) = shard else {
            return Ok(());
        };
        let most = steps.iter().map(|&step| (self.layout().shards_of(step), step)).max();
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

/// Why a process is not gone for good.
const NO_MEMBER: &str = "it is no member of a group, so nobody does its work";

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
