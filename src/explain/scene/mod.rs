//! A run as it is explained: its events one by one, with what a story needs of each. The names of a run mean nothing
//! beyond it, so an event keeps texts.

mod telling;

use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::time::Nanos;
use onceproof_sim::outcome::Outcome;
use onceproof_sim::trace::{Fate, Ownership, Seen};
use onceproof_systems::Trial;
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
    /// What is told, and the words in it.
    pub told: Option<(&'static str, Vec<&'static str>)>,
    /// The words of the changes of a commit.
    pub changes: Vec<&'static str>,
    /// The fault that struck here, by its number in the schedule of the run.
    pub fault: Option<usize>,
    /// What happens, as a trace says it.
    pub sentence: String,
}

impl Course {
    /// Runs a trial, and keeps all that happens.
    pub fn of(trial: &Trial, seed: Option<u64>) -> Course {
        let mut scenes = Vec::new();
        let outcome = trial.simulator().trace(seed, &mut |seen| scenes.push(Scene::of(seen)));
        Course { outcome, scenes }
    }
}

impl Scene {
    fn of(seen: &Seen<'_>) -> Scene {
        let event = seen.event;
        let empty = Scene {
            at: event.at,
            causes: event.causes.clone(),
            shape: Shape::Note,
            shard: event.actor.map(|actor| actor.shard),
            worker: event.actor.map(|actor| actor.worker),
            other: None,
            topic: None,
            message: None,
            is_aside: false,
            roots: Vec::new(),
            number: 0,
            is_again: false,
            is_vain: false,
            is_old: event
                .actor
                .is_some_and(|actor| matches!(actor.ownership, Ownership::Old | Ownership::Gone)),
            fate: None,
            gains: Vec::new(),
            learns: false,
            leaves: Vec::new(),
            told: None,
            changes: Vec::new(),
            fault: event.fault,
            sentence: seen.sentence(),
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

    /// Whether it is about a record of one of these roots.
    pub fn is_of(&self, roots: &[u64]) -> bool {
        self.roots.iter().any(|root| roots.contains(root))
    }
}
