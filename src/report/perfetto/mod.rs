//! A run as events of Chrome's trace format, which ui.perfetto.dev and chrome://tracing open: a process for each
//! worker, with a track for each shard on it; the store and the services beside them. Messages are arrows, faults are
//! marks with their sentence, and the time in which a worker is down or stands still is a slice.
//!
//! What happens at an instant takes no time, and could not be seen. It is drawn as slices side by side in the order of
//! the trace, within a microsecond, or until the next instant where that comes earlier. So the first begins when it
//! happens, and the others less than a microsecond later; `args` has the time of each.

mod form;
mod lines;
mod role;
mod tracks;

use crate::printable::printable_json;
use crate::report::run_json::seed_json;
use crate::report::trace_json::event_json;
use crate::report::words::fault_in_words;
use crate::scenario::fault_to_json;
use crate::write::Sign;
use form::Phase;
use lines::Lines;
use onceproof_kernel::time::Nanos;
use onceproof_sim::outcome::Outcome;
use onceproof_sim::trace::Seen;
use onceproof_systems::Trial;
use role::{Befalls, Departs, Role};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use tracks::{Track, Tracks};

/// How files are known that hold a run in this form.
pub const SIGN: Sign =
    Sign { begins: "{\"otherData\":{\"made_by\":\"onceproof\"", what: "timeline" };

/// The most that an instant is drawn long, in nanoseconds.
const LONGEST: Nanos = 1_000;

/// What stands between two lines.
const BETWEEN: &str = ",\n";

/// A run that is written down while it happens.
#[derive(Debug)]
pub struct Timeline<'a> {
    trial: &'a Trial,
    tracks: Tracks,
    /// When the events happen that are not drawn yet.
    at: Nanos,
    instant: Vec<Happening>,
    lines: Lines,
    /// What has left, by the number of its event.
    left: BTreeMap<u64, Left>,
    /// What has befallen workers and is not over, with its words and since when.
    befallen: BTreeMap<u32, (&'static str, Nanos)>,
    /// Where each fault struck, by its index in the schedule.
    struck: Vec<(usize, Track, Nanos)>,
}

/// An event that is not drawn yet.
#[derive(Debug)]
struct Happening {
    number: u64,
    causes: Vec<u64>,
    track: Track,
    sentence: String,
    document: Map<String, Value>,
    role: Role,
    fault: Option<usize>,
}

/// What is on its way, or has come.
#[derive(Debug)]
struct Left {
    track: Track,
    at: Nanos,
    departs: Departs,
    /// Why it never comes, if it does not.
    lost: &'static str,
    has_come: bool,
}

impl<'a> Timeline<'a> {
    /// Nothing has happened yet. What happens is kept on the disk, beside the file that is to be made.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn beside(path: &Path, trial: &'a Trial) -> io::Result<Timeline<'a>> {
        Ok(Timeline {
            trial,
            tracks: Tracks::new(trial.hosts()),
            at: 0,
            instant: Vec::new(),
            lines: Lines::beside(path)?,
            left: BTreeMap::new(),
            befallen: BTreeMap::new(),
            struck: Vec::new(),
        })
    }

    /// An event happens. Events come in the order of their times.
    pub fn see(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        if event.at != self.at {
            self.draw(event.at - self.at);
            self.at = event.at;
        }
        let mut document = match event_json(seen) {
            Value::Object(document) => document,
            other => unreachable!("{other} is no event"),
        };
        let worker = document.get("worker").and_then(Value::as_u64).map(|worker| worker as u32);
        let track = Track::of(event, worker);
        self.tracks.meet(track, seen);
        // Its track says so.
        document.retain(|key, _| !matches!(key.as_str(), "process" | "worker"));
        self.instant.push(Happening {
            number: event.number,
            causes: event.causes.clone(),
            track,
            sentence: seen.sentence(),
            document,
            role: Role::of(event),
            fault: event.fault,
        });
    }

    /// Draws what happens at this instant; the next one comes so much later.
    fn draw(&mut self, gap: Nanos) {
        let instant = std::mem::take(&mut self.instant);
        let length = gap.min(LONGEST);
        let step = length / (instant.len() as Nanos).max(1);
        let starts = (0..).map(|number| self.at + number * step);
        let mut ends: BTreeMap<Track, Nanos> = BTreeMap::new();
        let placed: Vec<(Nanos, Happening)> = starts.zip(instant).collect();
        // Each lasts until the next one on its track. Of more than there are nanoseconds, each holds the next.
        let mut lasts: Vec<Nanos> = placed
            .iter()
            .rev()
            .map(|(start, happening)| {
                let over = ends.insert(happening.track, *start).filter(|_| step > 0);
                over.unwrap_or(self.at + length) - start
            })
            .collect();
        lasts.reverse();
        for ((start, happening), lasts) in placed.into_iter().zip(lasts) {
            self.place(start, lasts, happening);
        }
    }

    /// Draws an event where it has its place.
    fn place(&mut self, start: Nanos, lasts: Nanos, happening: Happening) {
        let Happening { number, causes, track, sentence, document, role, fault } = happening;
        let category = document["kind"].as_str().unwrap_or_default().to_owned();
        let args = Some(Value::Object(document));
        self.push(track, start, Phase::Slice { lasts }, &sentence, &category, args);
        let came = causes.iter().find(|cause| self.left.contains_key(cause));
        if let Some(left) = came.filter(|_| role.arrives).and_then(|by| self.left.get_mut(by)) {
            left.has_come = true;
            let (from, name) = ((left.track, left.at), left.departs.name);
            let id = 2 * number;
            self.push(from.0, from.1, Phase::FlowStart { id }, name, "message", None);
            self.push(track, start, Phase::FlowEnd { id }, name, "message", None);
        }
        if let Some(departs) = role.departs {
            let lost = self.why_lost(departs, &causes);
            let left = Left { track, at: start, departs, lost, has_come: false };
            self.left.insert(number, left);
        }
        match role.befalls {
            None => {}
            Some(Befalls::Begins { worker, what }) => {
                self.over(worker, start);
                self.befallen.insert(worker, (what, start));
            }
            Some(Befalls::Ends { worker }) => self.over(worker, start),
            Some(Befalls::Cut { lasts }) => {
                let end = self.at.saturating_add(lasts);
                self.push(track, start, Phase::Begin { id: number }, &sentence, "cut", None);
                self.push(track, end, Phase::End { id: number }, &sentence, "cut", None);
            }
        }
        if let Some(fault) = fault {
            self.struck.push((fault, track, start));
        }
    }

    /// What has befallen a worker is over, if anything has.
    fn over(&mut self, worker: u32, at: Nanos) {
        if let Some((what, since)) = self.befallen.remove(&worker) {
            let track = Track::Worker(worker);
            self.push(track, since, Phase::Whole { lasts: at - since }, what, "worker", None);
        }
    }

    fn push(
        &mut self,
        track: Track,
        at: Nanos,
        phase: Phase,
        name: &str,
        category: &str,
        args: Option<Value>,
    ) {
        let line = form::line(self.tracks.ids(track), at, phase, name, category, args);
        self.lines.push(at, phase.rank(), &line);
    }

    /// The run is over: writes the file.
    ///
    /// # Errors
    /// Something could not be kept, or cannot be written.
    pub fn finish(
        mut self,
        scenario: &str,
        seed: Option<u64>,
        outcome: &Outcome,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.draw(LONGEST);
        let end = self.at + LONGEST;
        for worker in self.befallen.keys().copied().collect::<Vec<u32>>() {
            self.over(worker, end);
        }
        let left = std::mem::take(&mut self.left).into_iter();
        for (number, left) in left.filter(|(_, left)| !left.has_come) {
            let args = json!({ "lost": left.lost });
            // A commit that is applied has come under its number, and its answer may be lost.
            let (phase, name) = (Phase::FlowStart { id: 2 * number + 1 }, left.departs.name);
            self.push(left.track, left.at, phase, name, "message", Some(args));
        }
        for (fault, track, at) in std::mem::take(&mut self.struck) {
            let of = &outcome.schedule[fault];
            let args = json!({ "fault": fault, "place": fault_to_json(of, self.trial) });
            let name = fault_in_words(of, self.trial);
            self.push(track, at, Phase::Instant, &name, "fault", Some(args));
        }
        let head = json!({
            "otherData": {
                "made_by": "onceproof",
                "scenario": scenario,
                "seed": seed_json(seed),
                "verdict": outcome.brief.verdict.word(),
            },
            "displayTimeUnit": "ns",
        });
        let head = printable_json(&head.to_string());
        let head = head.strip_suffix('}').expect("an object");
        let tracks = self.tracks.lines().join(BETWEEN);
        write!(out, "{head},\"traceEvents\":[\n{tracks}")?;
        // Each process has a line that names it, so that there is one before these.
        self.lines.write_to(out, BETWEEN)?;
        out.write_all(b"\n]}\n")
    }

    /// Why something that leaves never comes, if it does not.
    fn why_lost(&self, departs: Departs, causes: &[u64]) -> &'static str {
        let answered = causes.iter().find_map(|cause| self.left.get(cause));
        match (departs.lost, answered.and_then(|asked| asked.departs.answer_lost)) {
            (Some(why), _) | (None, Some(why)) => why,
            // Whoever asked is gone, or has heard of another attempt.
            (None, None) if departs.is_answer => "nobody waits for it",
            (None, None) => "on its way when the run ends",
        }
    }
}
