//! Faults in words, as something that happened: "the ack of events/0#1 to per-user, attempt 1, was lost".
//! What a place does not give is left out of the sentence.

use crate::figures::exact;
use crate::scenario::{duration, kind_to_json};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::{Layout, Results, StepIndex};
use onceproof_model::dataflow::point;
use onceproof_sim::fault::{About, ClockWay, Direction, Fault, Kind, Leg, Place};
use onceproof_sim::plan::Plan;
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
pub fn fault_in_words(fault: &Fault, plan: &Plan) -> String {
    let words = Words { at: &fault.at, plan };
    match fault.kind {
        Kind::DropRequest => format!("{} was lost", words.call(Leg::Request)),
        Kind::DropAck => format!("{} was lost", words.call(Leg::Ack)),
        Kind::Duplicate { leg } => format!("{} arrived twice", words.call(leg)),
        Kind::Delay { by, leg } => format!("{} took {} longer", words.call(leg), exact(by)),
        Kind::ErrorApplied => {
            format!("{} was applied and answered with an error", words.call(Leg::Request))
        }
        Kind::ErrorNotApplied => {
            format!("{} was refused with an error", words.call(Leg::Request))
        }
        Kind::Partition { lasts, direction } => {
            let ways = match direction {
                Direction::Both => "both ways",
                Direction::Forward => "for requests",
                Direction::Backward => "for acks",
            };
            format!("{} was cut {ways}{} for {}", words.link(), words.since(), exact(lasts))
        }
        Kind::Crash { restart } => {
            format!("{} and came back after {}", words.worker("crashed"), exact(restart))
        }
        Kind::CommitLost => format!("{} was lost", words.commit()),
        Kind::CommitUnknown => format!("{} was applied, and its answer was lost", words.commit()),
        Kind::CommitDelayed { by } => {
            format!("{} reached the store {} late", words.commit(), exact(by))
        }
        Kind::UserDiffers { answer: 1 } => words.function("answered otherwise"),
        Kind::UserDiffers { answer } => {
            words.function(&format!("answered otherwise, by {answer},"))
        }
        Kind::UserFails => words.function("failed"),
        Kind::Pause { lasts } => {
            format!("{} for {}", words.worker("stood still"), exact(lasts))
        }
        Kind::Move => words.moved(),
        Kind::ClockStep { by, way } => {
            let way = match way {
                ClockWay::Back => "back",
                ClockWay::Ahead => "ahead",
            };
            let stepped = format!("stepped its clock {} {way}", exact(by));
            words.worker(&stepped).trim_end_matches(',').to_owned()
        }
        Kind::Redeliver => words.delivery(),
        Kind::CallUnknown => format!("{} was done, and its answer was lost", words.service_call()),
    }
}

/// The parts of a sentence that a place gives.
struct Words<'a> {
    at: &'a Place,
    plan: &'a Plan,
}

impl Words<'_> {
    /// "the ack of events/0#1 to per-user, attempt 1,"
    fn call(&self, leg: Leg) -> String {
        let leg = match leg {
            Leg::Request => "request",
            Leg::Ack => "ack",
        };
        let mut text = format!("the {}{leg}{}{}", self.nth(), self.record(" of "), self.ends());
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
            (None, Some(step)) => {
                format!("the worker of {} {did}", self.step(step, self.at.shard))
            }
            (None, None) => format!("a worker {did}"),
        };
        self.before(text)
    }

    /// "flip/0 moved to another worker before settle of events/0#0"
    fn moved(&self) -> String {
        let shard = match self.at.step {
            Some(step) => self.step(step, self.at.shard),
            None => "a shard".to_owned(),
        };
        let text = self.before(format!("{shard} moved to another worker"));
        text.trim_end_matches(',').to_owned()
    }

    fn before(&self, mut text: String) -> String {
        let mut nth = self.nth();
        if let Some(before) = self.at.before {
            let word = self.layout().alphabet.word(before);
            let is_commit = before == point::COMMIT || self.commits_rows(before);
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
        before == point::EMIT && self.at.step.is_some_and(is_written)
    }

    /// "the commit of events/0#0 at flip"
    fn commit(&self) -> String {
        let commit = match self.at.before {
            None | Some(point::COMMIT) => "commit".to_owned(),
            Some(before) if self.commits_rows(before) => "commit".to_owned(),
            Some(before) => format!("{} commit", self.layout().alphabet.word(before)),
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
        text.trim_end_matches(',').to_owned()
    }

    /// "the queue of events handed events/0#0 out again, delivery 1"
    fn delivery(&self) -> String {
        let who = match self.at.step {
            Some(step) => format!("the queue of {}", self.step(step, self.at.shard)),
            None => "a queue".to_owned(),
        };
        let what = match self.at.record {
            None => " a message".to_owned(),
            Some(_) => self.record(" "),
        };
        let mut text = format!("{who} handed{what} out again");
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
        &self.plan.design.layout
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
mod tests {
    use super::*;
    use crate::report::samples::{flip_plan, record, sink_plan};
    use onceproof_kernel::time::{MILLISECOND, SECOND};

    fn check(at: Place, kind: Kind, expected: &str) {
        assert_eq!(fault_in_words(&Fault { at, kind }, &flip_plan()), expected);
    }

    fn step(number: u16) -> Option<StepIndex> {
        Some(StepIndex(number))
    }

    #[test]
    fn calls_are_told_by_record_ends_and_attempt() {
        let at = || Place { to: step(2), record: record(1), attempt: Some(1), ..Place::default() };
        check(at(), Kind::DropAck, "the ack of events/0#1 to per-side, attempt 1, was lost");
        check(
            at(),
            Kind::ErrorApplied,
            "the request of events/0#1 to per-side, attempt 1, was applied and answered with an error",
        );
        check(
            at(),
            Kind::Delay { by: SECOND, leg: Leg::Ack },
            "the ack of events/0#1 to per-side, attempt 1, took 1s longer",
        );
        let at = Place {
            from: step(1),
            from_shard: Some(0),
            to: step(2),
            shard: Some(1),
            record: Some(About::Control { word: 0, value: Some(60_000_000_000) }),
            nth: Some(2),
            ..Place::default()
        };
        check(
            at,
            Kind::DropRequest,
            "the second request of watermark 60s from flip/0 to per-side/1 was lost",
        );
        let leg = Leg::Request;
        check(Place::default(), Kind::Duplicate { leg }, "the request arrived twice");
    }

    #[test]
    fn crashes_are_told_by_worker_or_by_step_of_the_protocol() {
        let kind = Kind::Crash { restart: 50 * MILLISECOND };
        let at = Place {
            step: step(1),
            shard: Some(0),
            record: record(0),
            before: Some(point::SETTLE),
            ..Place::default()
        };
        check(
            at,
            kind,
            "the worker of flip/0 crashed before settle of events/0#0 and came back after 50ms",
        );
        let at = Place { worker: Some(2), time: Some(SECOND), ..Place::default() };
        check(at, kind, "worker 2 crashed at 1s and came back after 50ms");
    }

    #[test]
    fn long_times_are_told_in_units_that_people_read() {
        let at = Place { worker: Some(2), time: Some(90 * SECOND), ..Place::default() };
        let day = Kind::Crash { restart: 86_400 * SECOND };
        check(at, day, "worker 2 crashed at 1m30s and came back after 24h");
        assert_eq!(kind_in_words(&day), "crash (restart 24h)");
        let ack = Kind::Delay { by: 3_600 * SECOND, leg: Leg::Ack };
        assert_eq!(kind_in_words(&ack), "delay (by 1h, leg ack)");
    }

    #[test]
    fn pauses_moves_and_clock_steps_are_told_by_worker_or_by_shard() {
        let before = || Place {
            step: step(2),
            shard: Some(1),
            record: record(0),
            before: Some(point::COMMIT),
            ..Place::default()
        };
        let timed = || Place { time: Some(SECOND), ..Place::default() };
        let pause = Kind::Pause { lasts: 400 * MILLISECOND };
        let text = "the worker of per-side/1 stood still before the commit of events/0#0 for 400ms";
        check(before(), pause, text);
        check(Place { worker: Some(2), ..timed() }, pause, "worker 2 stood still at 1s for 400ms");
        let text = "per-side/1 moved to another worker before the commit of events/0#0";
        check(before(), Kind::Move, text);
        let at = Place { step: step(2), shard: Some(0), ..timed() };
        check(at, Kind::Move, "per-side/0 moved to another worker at 1s");
        let back = Kind::ClockStep { by: 5 * SECOND, way: ClockWay::Back };
        let at = Place { worker: Some(0), ..timed() };
        check(at, back, "worker 0 stepped its clock 5s back at 1s");
    }

    #[test]
    fn functions_are_told_by_execution() {
        let at =
            || Place { step: step(1), record: record(0), attempt: Some(2), ..Place::default() };
        let differs = |answer| Kind::UserDiffers { answer };
        check(at(), differs(1), "flip answered otherwise on events/0#0, execution 2");
        check(at(), differs(3), "flip answered otherwise, by 3, on events/0#0, execution 2");
        check(at(), Kind::Redeliver, "the queue of flip handed events/0#0 out again, delivery 2");
        check(at(), Kind::UserFails, "flip failed on events/0#0, execution 2");
    }

    #[test]
    fn calls_to_services_are_told_by_step_and_record() {
        let at = Place { step: step(1), record: record(0), attempt: Some(1), ..Place::default() };
        check(
            at,
            Kind::CallUnknown,
            "the call of flip for events/0#0, attempt 1, was done, and its answer was lost",
        );
    }

    #[test]
    fn commits_are_told_by_step_and_record() {
        let at = |before| Place { step: step(1), record: record(0), before, ..Place::default() };
        check(at(None), Kind::CommitLost, "the commit of events/0#0 at flip was lost");
        check(
            at(Some(point::SETTLE)),
            Kind::CommitUnknown,
            "the settle commit of events/0#0 at flip was applied, and its answer was lost",
        );
    }

    #[test]
    fn which_of_several_it_was_stands_before_its_noun() {
        let at = |nth, before| Place {
            step: step(1),
            record: record(0),
            nth: Some(nth),
            before,
            ..Place::default()
        };
        let lost = |nth, words| {
            check(
                at(nth, None),
                Kind::CommitLost,
                &format!("the {words} of events/0#0 at flip was lost"),
            );
        };
        lost(1, "commit");
        lost(2, "second commit");
        lost(10, "tenth commit");
        lost(11, "11th commit");
        lost(22, "22nd commit");
        let crash = Kind::Crash { restart: 50 * MILLISECOND };
        let back = "and came back after 50ms";
        let text =
            format!("the worker of flip crashed before the third settle of events/0#0 {back}");
        check(at(3, Some(point::SETTLE)), crash, &text);
        check(at(2, None), Kind::UserFails, "flip failed on events/0#0, the second time");
        let text = "the second call of flip for events/0#0 was done, and its answer was lost";
        check(at(2, None), Kind::CallUnknown, text);
    }

    #[test]
    fn a_sink_commits_its_rows_and_a_window_is_emitted() {
        let crash = Kind::Crash { restart: 50 * MILLISECOND };
        let at = |nth| Place {
            step: step(2),
            record: record(0),
            nth,
            before: Some(point::EMIT),
            ..Place::default()
        };
        let of = |plan: &Plan, nth, kind| fault_in_words(&Fault { at: at(nth), kind }, plan);
        let (window, sink) = (flip_plan(), sink_plan());
        let back = "and came back after 50ms";
        let emit = format!("the worker of per-side crashed before emit of events/0#0 {back}");
        assert_eq!(of(&window, None, crash), emit);
        let commit = format!("the worker of table crashed before the commit of events/0#0 {back}");
        assert_eq!(of(&sink, None, crash), commit);
        let second = "table moved to another worker before the second commit of events/0#0";
        assert_eq!(of(&sink, Some(2), Kind::Move), second);
        let lost = "the commit of events/0#0 at table was lost";
        assert_eq!(of(&sink, None, Kind::CommitLost), lost);
        let lost = "the emit commit of events/0#0 at per-side was lost";
        assert_eq!(of(&window, None, Kind::CommitLost), lost);
    }

    #[test]
    fn links_are_told_by_their_ends_and_when_they_were_cut() {
        let kind = Kind::Partition { lasts: SECOND, direction: Direction::Both };
        let at = Place { to: step(2), time: Some(5 * SECOND), ..Place::default() };
        check(at, kind, "the link to per-side was cut both ways from 5s on, for 1s");
        let at = Place { to: step(2), record: record(1), attempt: Some(1), ..Place::default() };
        let kind = Kind::Partition { lasts: SECOND, direction: Direction::Backward };
        check(
            at,
            kind,
            "the link to per-side was cut for acks from the request of events/0#1, attempt 1, on, for 1s",
        );
    }
}
