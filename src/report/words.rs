//! Faults in words, as something that happened: "the ack of events/0#1 to per-user, attempt 1, was lost".
//! What a place does not give is left out of the sentence.

use crate::figures::exact;
use crate::scenario::{duration, kind_to_json};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::{Layout, Results, StepIndex};
use onceproof_sim::fault::kind::{FaultTarget, KindParts};
use onceproof_sim::fault::{About, Direction, Fault, Kind, Place};
use onceproof_systems::Trial;

use serde_json::Value;

/// A kind of fault with its parameters: `crash (restart 50ms)`.
pub fn kind_in_words(kind: &Kind) -> String {
    let word = kind.name().word();
    match &kind_to_json(kind)[word] {
        Value::Object(parameters) => {
            let parameter = |(key, value): (&String, &Value)| match value {
                Value::String(text) => {
                    format!("{key} {}", duration(text).map_or_else(|_| text.clone(), exact))
                }
                value => format!("{key} {value}"),
            };
            let parameters: Vec<String> = parameters.iter().map(parameter).collect();
            format!("{word} ({})", parameters.join(", "))
        }
        _ => word.to_owned(),
    }
}

/// What the fault did, and where.
pub fn fault_in_words(fault: &Fault, trial: &Trial) -> String {
    let words = Words { at: &fault.at, trial };
    let row = fault.kind.name().row();
    let told = with_parameters(row.told, fault.kind);
    let (struck, did) = told.split_once(' ').unwrap_or((&told, ""));
    let (did, then) = did.split_once(" …").unwrap_or((did, ""));
    match row.target {
        FaultTarget::Message => format!("{} {did}", words.message(struck)),
        FaultTarget::Link => format!("{} {did}{}{then}", words.link(), words.since()),
        FaultTarget::Worker => ended(words.worker(did), then),
        FaultTarget::Shard => ended(words.shard(did), then),
        FaultTarget::Commit => format!("{} {did}", words.commit()),
        FaultTarget::Function => ended(words.function(did), then),
        FaultTarget::Delivery => words.delivery(did, then),
        FaultTarget::Call => format!("{} {did}", words.service_call()),
    }
}

/// What a kind is told by, with its parameters.
fn with_parameters(told: &str, mut kind: Kind) -> String {
    let KindParts { length, leg, direction, way, answer } = kind.parts();
    let mut text = told.to_owned();
    let mut put = |name: &str, words: Option<String>| {
        if let Some(words) = words {
            text = text.replace(name, &words);
        }
    };
    put("{length}", length.map(|length| exact(*length)));
    put("{leg}", leg.map(|leg| leg.word().to_owned()));
    put("{direction}", direction.map(|direction| ways(*direction).to_owned()));
    put("{way}", way.map(|way| way.word().to_owned()));
    put(
        "{answer}",
        answer.map(|answer| match *answer {
            1 => String::new(),
            answer => format!(", by {answer},"),
        }),
    );
    text
}

/// Which ways of a link are cut.
fn ways(direction: Direction) -> &'static str {
    match direction {
        Direction::Both => "both ways",
        Direction::Forward => "for requests",
        Direction::Backward => "for acks",
    }
}

/// A sentence with what comes after its place. At its end it needs no comma.
fn ended(text: String, then: &str) -> String {
    match then {
        "" => text.trim_end_matches(',').to_owned(),
        then => text + then,
    }
}

/// The parts of a sentence that a place gives.
struct Words<'a> {
    at: &'a Place,
    trial: &'a Trial,
}

impl Words<'_> {
    /// "the ack of events/0#1 to per-user, attempt 1,"
    fn message(&self, word: &str) -> String {
        let mut text = format!("the {}{word}{}{}", self.nth(), self.record(" of "), self.ends());
        self.add_attempt(&mut text, "attempt");
        text
    }

    /// "the link from events to per-user"
    fn link(&self) -> String {
        let ends = self.ends();
        if ends.is_empty() { "a link".to_owned() } else { format!("the link{ends}") }
    }

    /// " from 4ms on,", " from the request of events/0#1, attempt 1, on,"
    fn since(&self) -> String {
        if let Some(time) = self.at.time {
            return format!(" from {} on,", exact(time));
        }
        if self.at.record.is_none() && self.at.attempt.is_none() && self.at.nth.is_none() {
            return String::new();
        }
        let mut request = format!(" from the {}request{}", self.nth(), self.record(" of "));
        self.add_attempt(&mut request, "attempt");
        format!("{request} on,")
    }

    /// "the worker of flip/0 crashed before settle of events/0#0"
    fn worker(&self, did: &str) -> String {
        let text = match (self.at.worker, self.at.step) {
            (Some(worker), _) => format!("worker {worker} {did}"),
            // What strikes at a step that runs nowhere itself strikes a process that works for it.
            (None, Some(step)) if self.layout().step(step).is_outside => {
                format!("the worker of whoever works for {} {did}", self.step(step, self.at.shard))
            }
            (None, Some(step)) => {
                format!("the worker of {} {did}", self.step(step, self.at.shard))
            }
            (None, None) => format!("a worker {did}"),
        };
        self.before(text)
    }

    /// "flip/0 moved to another worker before settle of events/0#0"
    fn shard(&self, did: &str) -> String {
        let shard = match self.at.step {
            Some(step) => self.step(step, self.at.shard),
            None => "a shard".to_owned(),
        };
        self.before(format!("{shard} {did}"))
    }

    fn before(&self, mut text: String) -> String {
        let mut nth = self.nth();
        if let Some(before) = self.at.before {
            let word = self.layout().alphabet.word(before);
            let is_commit = word == "commit" || self.commits_rows(before);
            let what = match is_commit {
                true => format!("the {nth}commit"),
                false if nth.is_empty() => word.to_owned(),
                false => format!("the {nth}{word}"),
            };
            nth.clear();
            text.push_str(&format!(" before {what}{}", self.record(" of ")));
        } else {
            text.push_str(&self.record(" at "));
        }
        text.push_str(&self.ends());
        if let Some(time) = self.at.time {
            text.push_str(&format!(" at {}", exact(time)));
        }
        self.add_attempt(&mut text, "attempt");
        add_time(&mut text, &nth);
        text
    }

    /// Whether this step of the protocol is the commit that writes the rows of a sink. The format calls it `emit`, as
    /// the one that fires a window; but nothing leaves a sink.
    fn commits_rows(&self, before: Point) -> bool {
        let is_written = |step| self.layout().step(step).results == Some(Results::Written);
        self.layout().alphabet.word(before) == "emit" && self.at.step.is_some_and(is_written)
    }

    /// "the commit of events/0#0 at flip"
    fn commit(&self) -> String {
        let commit = match self.at.before {
            None => "commit".to_owned(),
            Some(before) if self.commits_rows(before) => "commit".to_owned(),
            Some(before) => match self.layout().alphabet.word(before) {
                "commit" => "commit".to_owned(),
                word => format!("{word} commit"),
            },
        };
        let mut text = format!("the {}{commit}{}", self.nth(), self.record(" of "));
        if let Some(step) = self.at.step {
            text.push_str(&format!(" at {}", self.step(step, self.at.shard)));
        }
        self.add_attempt(&mut text, "attempt");
        text
    }

    /// "flip answered otherwise on events/0#0, execution 2"
    fn function(&self, did: &str) -> String {
        let who = match self.at.step {
            Some(step) => self.step(step, self.at.shard),
            None => "a function".to_owned(),
        };
        let mut text = format!("{who} {did}{}", self.record(" on "));
        self.add_attempt(&mut text, "execution");
        add_time(&mut text, &self.nth());
        text
    }

    /// "the queue of events handed events/0#0 out again, delivery 1"
    fn delivery(&self, did: &str, then: &str) -> String {
        let who = match self.at.step {
            Some(step) => format!("the queue of {}", self.step(step, self.at.shard)),
            None => "a queue".to_owned(),
        };
        let what = match self.at.record {
            None => " a message".to_owned(),
            Some(_) => self.record(" "),
        };
        let mut text = format!("{who} {did}{what}{then}");
        self.add_attempt(&mut text, "delivery");
        add_time(&mut text, &self.nth());
        text.trim_end_matches(',').to_owned()
    }

    /// "the call of charge for events/0#0, attempt 1,"
    fn service_call(&self) -> String {
        let who = self.at.step.map(|step| format!(" of {}", self.step(step, self.at.shard)));
        let (nth, who) = (self.nth(), who.unwrap_or_default());
        let mut text = format!("the {nth}call{who}{}", self.record(" for "));
        self.add_attempt(&mut text, "attempt");
        text
    }

    /// The attempt, as an insertion between commas.
    fn add_attempt(&self, text: &mut String, attempt_word: &str) {
        if let Some(attempt) = self.at.attempt {
            text.push_str(&format!(", {attempt_word} {attempt},"));
        }
    }

    /// "second ", where a place has several matches and it is not the first of them.
    fn nth(&self) -> String {
        match self.at.nth {
            None | Some(1) => String::new(),
            Some(nth) => format!("{} ", ordinal(nth)),
        }
    }

    /// " from events to per-user/1"
    fn ends(&self) -> String {
        let mut text = String::new();
        if let Some(from) = self.at.from {
            text.push_str(&format!(" from {}", self.step(from, self.at.from_shard)));
        }
        if let Some(to) = self.at.to {
            // A shard belongs to the step where one is given.
            let shard = self.at.shard.filter(|_| self.at.step.is_none());
            text.push_str(&format!(" to {}", self.step(to, shard)));
        }
        text
    }

    fn layout(&self) -> &Layout {
        self.trial.layout()
    }

    fn record(&self, joint: &str) -> String {
        match &self.at.record {
            None => String::new(),
            Some(About::Control { word, value }) => {
                let text = self.layout().control(*word, *value).replace('@', " ");
                format!("{joint}{}{text}", if value.is_none() { "a " } else { "" })
            }
            Some(About::Record(pattern)) => {
                format!("{joint}{}", super::printable(&pattern.text(self.layout())))
            }
        }
    }

    /// A step, or one of its shards.
    fn step(&self, step: StepIndex, shard: Option<u32>) -> String {
        let name = super::printable(self.layout().name(step));
        match shard {
            Some(shard) => format!("{name}/{shard}"),
            None => name,
        }
    }
}

/// Which time it was, as an insertion between commas, of what has no noun that it could stand before.
fn add_time(text: &mut String, nth: &str) {
    if !nth.is_empty() {
        let comma = if text.ends_with(',') { "" } else { "," };
        text.push_str(&format!("{comma} the {nth}time,"));
    }
}

/// "second", "11th"
fn ordinal(number: u32) -> String {
    const WORDS: [&str; 9] =
        ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let word = usize::try_from(number).ok().and_then(|at| WORDS.get(at.checked_sub(2)?));
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    word.map_or_else(|| format!("{number}{ending}"), |&word| word.to_owned())
}

#[cfg(test)]
mod tests;
