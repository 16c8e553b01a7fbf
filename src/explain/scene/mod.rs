//! A run as it is explained: its events one by one, with what a story needs of each. The names of a run mean nothing
//! beyond it, so an event keeps texts.

mod later;
mod telling;

use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::time::Nanos;
use onceproof_sim::outcome::Outcome;
use onceproof_sim::trace::{Fate, Ownership, Seen};
use onceproof_systems::Trial;
use std::sync::atomic::AtomicBool;
use telling::Telling;

/// A run, event by event.
pub(super) struct Course {
    /// What was found.
    pub outcome: Outcome,
    /// What happened, in order.
    pub scenes: Vec<Scene>,
}

/// What kind of thing happens, as it is compared and drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Shape {
    Send,
    Receive,
    Known,
    Call,
    Commit,
    Apply,
    Heard,
    Ack,
    Acked,
    Error,
    Wait,
    Input,
    Crash,
    Back,
    Note,
    Pause,
    GoesOn,
    Cut,
    Clock,
    Move,
    Ask,
    Serve,
    Answer,
    Read,
    Drop,
}

#[cfg(feature = "cli")]
impl Shape {
    /// All of them, each with the word for it in a document, in order.
    pub const WORDS: [(Shape, &str); 25] = [
        (Shape::Send, "send"),
        (Shape::Receive, "receive"),
        (Shape::Known, "repeat"),
        (Shape::Call, "call"),
        (Shape::Commit, "commit"),
        (Shape::Apply, "apply"),
        (Shape::Heard, "heard"),
        (Shape::Ack, "ack"),
        (Shape::Acked, "acked"),
        (Shape::Error, "error"),
        (Shape::Wait, "wait"),
        (Shape::Input, "input"),
        (Shape::Crash, "crash"),
        (Shape::Back, "back"),
        (Shape::Note, "note"),
        (Shape::Pause, "pause"),
        (Shape::GoesOn, "goes-on"),
        (Shape::Cut, "cut"),
        (Shape::Clock, "clock"),
        (Shape::Move, "move"),
        (Shape::Ask, "ask"),
        (Shape::Serve, "serve"),
        (Shape::Answer, "answer"),
        (Shape::Read, "read"),
        (Shape::Drop, "drop"),
    ];
}

/// What a message or a commit is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Topic {
    /// Its name: `events/0#0.0`, `watermark 1s`.
    pub name: String,
    /// Its key, where it has one there.
    pub key: String,
}

/// That a result has something from then on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Gain {
    /// The step whose result it is.
    pub step: StepIndex,
    /// Which of its results: a key, and the start of a window.
    pub cell: String,
    /// The roots of the record; none where only the total is known.
    pub roots: Vec<u64>,
    /// The record in words, where it is known.
    pub record: Option<String>,
    /// What the result comes to, where that is said.
    pub total: Option<i64>,
    /// How many source records it stands for.
    pub weight: i64,
    /// Its value, where that is said.
    pub value: i64,
    /// From when on it stands.
    pub stands: Stands,
}

/// From when on a change stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stands {
    /// From its own event on.
    AtOnce,
    /// Not yet: it is part of what has this number in its log.
    Open(u64),
    /// From the event with this number on, which ended what it is part of.
    Since(usize),
    /// Never: the event with this number undid what it is part of.
    Undone(usize),
}

impl Gain {
    /// From which event on it stands, of one that happens at the event with this number.
    pub fn since(&self, at: usize) -> Option<usize> {
        match self.stands {
            Stands::AtOnce => Some(at),
            Stands::Since(end) => Some(end),
            Stands::Open(_) | Stands::Undone(_) => None,
        }
    }

    /// Whether it was undone, so that it never stands.
    pub fn is_undone(&self) -> bool {
        matches!(self.stands, Stands::Undone(_))
    }

    /// Whether it neither stands nor is undone before another event.
    pub fn is_open(&self, before: usize) -> bool {
        match self.stands {
            Stands::AtOnce => false,
            Stands::Open(_) => true,
            Stands::Since(end) | Stands::Undone(end) => before <= end,
        }
    }
}

/// A change of a commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SceneChange {
    /// Its word.
    pub word: &'static str,
    /// The record that it is of; none where it is of all that the commit is about. A deletion may go with the commit of
    /// another record (`settle = "with-next"`), and is not of that.
    pub record: Option<String>,
    /// The roots of that record.
    pub roots: Vec<u64>,
}

/// A row that a commit names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Row {
    /// Its table and its number: `outbox 0`.
    pub name: String,
    /// What is done with it.
    pub act: RowAct,
}

/// What a commit does with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RowAct {
    Checks,
    Puts,
    Deletes,
}

/// That what has a number in a log ends there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct End {
    /// The number.
    pub of: u64,
    /// Whether its changes stand from then on.
    pub stands: bool,
}

/// How long a worker is away that never comes back.
pub(super) const FOR_GOOD: Nanos = Nanos::MAX;

/// One event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Scene {
    /// When, since the start of the run.
    pub at: Nanos,
    /// The events that caused it.
    pub causes: Vec<u64>,
    pub shape: Shape,
    /// Who does it.
    pub shard: Option<ShardIndex>,
    /// On which worker, or which worker it befalls.
    pub worker: Option<u32>,
    /// The other end of a message.
    pub other: Option<ShardIndex>,
    pub topic: Option<Topic>,
    /// The word of the message, where a system has several.
    pub message: Option<&'static str>,
    /// Whether it is a message about a record that does not carry it on.
    pub is_aside: bool,
    /// The roots of all records that it is about.
    pub roots: Vec<u64>,
    /// Which attempt, execution or delivery; how long a worker is away, in nanoseconds, or [`FOR_GOOD`].
    pub number: u64,
    /// Whether it was sent, read or run before.
    pub is_again: bool,
    /// Whether it is a request that nobody received, an ack that nobody waits for, or a commit that is refused.
    pub is_vain: bool,
    /// Whether whoever does it has lost its shard, and does not know.
    pub is_old: bool,
    pub fate: Option<Fate>,
    pub gains: Vec<Gain>,
    /// Whether a record is known from then on.
    pub learns: bool,
    /// The results that leave, each with the root of the name under which they do.
    pub leaves: Vec<(StepIndex, String, u64)>,
    /// The step and the name of a result that is held in memory, if a record is added to it here.
    pub takes: Option<(StepIndex, String)>,
    /// What is told, and the words in it.
    pub told: Option<(&'static str, Vec<&'static str>)>,
    /// The changes of a commit.
    pub changes: Vec<SceneChange>,
    /// The rows that a commit names, with what it does with each.
    pub rows: Vec<Row>,
    /// What ends with it in the log of its shard.
    pub ends: Vec<End>,
    /// The fault that struck here, by its number in the schedule of the run.
    pub fault: Option<usize>,
    /// What happens, as a trace says it.
    pub sentence: String,
}

impl Course {
    /// Runs a trial, and keeps all that happens. None if it is to end before the run does.
    pub fn of(trial: &Trial, seed: Option<u64>, cancel: &AtomicBool) -> Option<Course> {
        let mut scenes = Vec::new();
        let mut see = |seen: &Seen<'_>| scenes.push(Scene::of(seen));
        let outcome = trial.simulator().trace_unless(seed, &mut see, cancel)?;
        later::settle(&mut scenes);
        if let Some(stored) = outcome.brief.alphabet.account.held.and_then(|held| held.stored) {
            later::store(&mut scenes, stored);
        }
        Some(Course { outcome, scenes })
    }
}

impl Scene {
    /// An event of which nothing is known but when it happens, and a sentence.
    pub fn empty(at: Nanos, sentence: String) -> Scene {
        Scene {
            at,
            causes: Vec::new(),
            shape: Shape::Note,
            shard: None,
            worker: None,
            other: None,
            topic: None,
            message: None,
            is_aside: false,
            roots: Vec::new(),
            number: 0,
            is_again: false,
            is_vain: false,
            is_old: false,
            fate: None,
            gains: Vec::new(),
            learns: false,
            leaves: Vec::new(),
            takes: None,
            told: None,
            changes: Vec::new(),
            rows: Vec::new(),
            ends: Vec::new(),
            fault: None,
            sentence,
        }
    }

    fn of(seen: &Seen<'_>) -> Scene {
        let event = seen.event;
        let empty = Scene {
            causes: event.causes.clone(),
            shard: event.actor.map(|actor| actor.shard),
            worker: event.actor.map(|actor| actor.worker),
            is_old: event
                .actor
                .is_some_and(|actor| matches!(actor.ownership, Ownership::Old | Ownership::Gone)),
            fault: event.fault,
            ..Scene::empty(event.at, seen.sentence())
        };
        let mut scene = Telling { seen, account: seen.layout.alphabet.account }.scene(empty);
        let asides = seen.layout.alphabet.account.asides;
        scene.is_aside = scene.message.is_some_and(|message| asides.contains(&message));
        scene.roots.sort_unstable();
        scene.roots.dedup();
        scene
    }

    /// Whether it is a commit to the results of a step by a worker that has lost its shard.
    pub fn is_of_old_owner(&self, step: Option<StepIndex>) -> bool {
        let is_to_it = self.gains.iter().any(|gain| Some(gain.step) == step)
            || self.leaves.iter().any(|(of, ..)| Some(*of) == step);
        self.is_old && self.shape == Shape::Apply && !self.is_vain && is_to_it
    }

    /// The change with one of these words that a commit makes of a record of one of these roots.
    pub fn change_of(&self, words: &[&str], roots: &[u64]) -> Option<&SceneChange> {
        self.changes.iter().find(|change| {
            let is_of = match &change.record {
                Some(_) => change.roots.iter().any(|root| roots.contains(root)),
                None => self.is_of(roots),
            };
            words.contains(&change.word) && is_of
        })
    }

    /// Whether it is about a record of one of these roots.
    pub fn is_of(&self, roots: &[u64]) -> bool {
        self.roots.iter().any(|root| roots.contains(root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_of_its_record_and_one_without_a_record_of_all_that_its_commit_is_about() {
        let change = |word, record: Option<&str>, roots: &[u64]| SceneChange {
            word,
            record: record.map(str::to_owned),
            roots: roots.to_vec(),
        };
        // The output of 1 is deleted by the commit of 2.
        let changes = vec![
            change("offset", None, &[]),
            change("hold", Some("two"), &[2]),
            change("delete", Some("one"), &[1]),
        ];
        let scene = Scene { changes, roots: vec![1, 2], ..Scene::empty(0, String::new()) };
        for (words, root, expected) in [
            (&["delete"], 1, Some("delete")),
            (&["delete"], 2, None),
            (&["hold"], 2, Some("hold")),
            (&["hold"], 1, None),
            (&["offset"], 2, Some("offset")),
            (&["offset"], 3, None),
        ] {
            let found = scene.change_of(words, &[root]).map(|change| change.word);
            assert_eq!(found, expected, "{words:?} of {root}");
        }
    }
}
