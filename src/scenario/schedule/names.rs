//! The names in a place: steps, processes beside them, steps of the protocol, and messages.

use super::place::Places;
use super::record::count;
use crate::scenario::form::raw::At;
use crate::scenario::form::raw::place as raw;
use crate::scenario::wrong::diagnostic::{Diagnostic, list, quote};
use crate::scenario::wrong::explain::no_such;
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::fault::About;

impl Places<'_> {
    pub(super) fn step(&self, name: &Option<At<String>>) -> Result<Option<StepIndex>, Diagnostic> {
        let Some(name) = name else { return Ok(None) };
        if let Some(step) = self.layout().find(&name.value).filter(|&step| !self.is_beside(step)) {
            return Ok(Some(step));
        }
        let known: Vec<&str> =
            self.pipeline().steps().iter().map(|step| step.name.as_str()).collect();
        Err(no_such(self.source, name.span.clone(), "step", &name.value, &known))
    }

    pub(super) fn is_beside(&self, step: StepIndex) -> bool {
        self.layout().step(step).is_beside
    }

    /// The step of the protocol of this word, if the strategy has it.
    pub(super) fn point(&self, given: &At<raw::BeforeWord>) -> Result<Point, Diagnostic> {
        let At { value: raw::BeforeWord(word), span } = given;
        let alphabet = self.layout().alphabet;
        alphabet.find(word).ok_or_else(|| {
            let known: Vec<&str> = alphabet.points.iter().map(|point| point.word).collect();
            let title = format!("there is no `{word}` in this strategy");
            let error = self.source.error(span.clone(), title);
            error.label(format!("its steps are {}", list(&known, "and")))
        })
    }

    /// What is meant by the word of a message: the control of that word, or any record, if these are sent by that word; and
    /// who sends it, if that is not whoever has outputs.
    pub(super) fn message(
        &self,
        At { value: word, span }: &At<String>,
        from: Option<StepIndex>,
    ) -> Result<(Option<About>, Option<StepIndex>), Diagnostic> {
        let alphabet = self.layout().alphabet;
        let found = (0..).zip(alphabet.controls).find(|(_, control)| control.word == *word);
        if let Some((word, _)) = found {
            return Ok((Some(About::Control { word, value: None }), from));
        }
        let of_records = alphabet.word(alphabet.moments.send);
        if word == of_records {
            return Ok((None, from));
        }
        let writes = self.design.writes();
        let is_meant = |&&(point, _): &&(Point, StepIndex)| alphabet.word(point) == word;
        let writers: Vec<StepIndex> = writes.iter().filter(is_meant).map(|&(_, at)| at).collect();
        let names: Vec<String> = writers.iter().map(|&step| self.name(step)).collect();
        let error = |title: String| self.source.error(span.clone(), title);
        match (from, writers.as_slice()) {
            (_, []) => {
                let controls = alphabet.controls.iter().map(|control| control.word);
                let mut known: Vec<&str> = controls.chain([of_records]).collect();
                known.extend(writes.first().map(|&(point, _)| alphabet.word(point)));
                Err(no_such(self.source, span.clone(), "message", word, &known))
            }
            (None, &[only]) => Ok((None, Some(only))),
            (None, _) => {
                let error = error(format!("whose `{word}` is meant?"));
                Err(error.label(format!("`from` is {}", names.join(" or "))))
            }
            (Some(from), _) if writers.contains(&from) => Ok((None, Some(from))),
            (Some(from), _) => {
                let error = error(format!("{} sends no `{word}`", self.name(from)));
                Err(error.label(format!("who does is {}", names.join(" or "))))
            }
        }
    }

    /// The control that a step of the protocol is always about, if that is never a record.
    pub(super) fn always_about(&self, before: Point) -> Option<About> {
        let control = self.layout().alphabet.words(before).control;
        control.map(|word| About::Control { word, value: None })
    }

    /// A process beside the steps, such as `acker/0`, or `acker` for any of them.
    pub(super) fn process(
        &self,
        name: &At<String>,
    ) -> Result<(StepIndex, Option<u32>), Diagnostic> {
        let At { value: text, span } = name;
        let (word, number) = match text.split_once('/') {
            Some((word, number)) => (word, Some(number)),
            None => (text.as_str(), None),
        };
        let processes = self.layout().all().filter(|(_, step)| step.is_beside);
        let known: Vec<&str> = processes.map(|(_, step)| step.name.as_str()).collect();
        let Some(step) = self.layout().find(word).filter(|&step| self.is_beside(step)) else {
            if known.is_empty() {
                let error = self.source.error(self.source.key_of(span), "there is no such process");
                return Err(error.label("all processes run steps of the pipeline: `step`"));
            }
            return Err(no_such(self.source, span.clone(), "process", word, &known));
        };
        let Some(number) = number else { return Ok((step, None)) };
        let shards = self.layout().shards_of(step);
        match number.parse().ok().filter(|&number: &u32| number < shards) {
            Some(number) => Ok((step, Some(number))),
            None => {
                let error = self.source.error(span.clone(), format!("there is no {}", quote(text)));
                Err(error.label(format!(
                    "{} is {}, counted from 0",
                    word,
                    count(shards.into(), "process")
                )))
            }
        }
    }

    /// The sender or the receiver of a request: a step, or a process beside the steps.
    pub(super) fn end(
        &self,
        name: &Option<At<String>>,
    ) -> Result<Option<(StepIndex, Option<u32>)>, Diagnostic> {
        let Some(given) = name else { return Ok(None) };
        let word = given.value.split('/').next().unwrap_or_default();
        match self.layout().find(word) {
            Some(step) if self.is_beside(step) => self.process(given).map(Some),
            Some(step) if given.value == word => Ok(Some((step, None))),
            _ => {
                let known: Vec<&str> =
                    self.layout().all().map(|(_, step)| step.name.as_str()).collect();
                let At { value, span } = given;
                Err(no_such(self.source, span.clone(), "step", value, &known))
            }
        }
    }

    pub(super) fn name(&self, step: StepIndex) -> String {
        quote(self.layout().name(step))
    }
}
