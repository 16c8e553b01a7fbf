//! What is said of an event: a sentence.

use super::event::{Actor, CommitId, Fate, Ownership, TracedEvent};
use super::speaking::Speaking;
use super::what::What;
use crate::fault::Direction;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::call::Answer;
use onceproof_kernel::effect::Written;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::time::{Nanos, Span};

/// An event, with what its handles mean.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The event.
    pub event: &'a TracedEvent,
    /// The steps and shards that it happens in.
    pub layout: &'a Layout,
    /// The keys and names of the run.
    pub words: &'a Vocabulary,
}

impl Seen<'_> {
    /// When it happens, in milliseconds since the start of the run: `1003.000 ms`.
    pub fn time(&self) -> String {
        time(self.event.at)
    }

    /// The line of a trace: the time, and the sentence.
    pub fn line(&self) -> String {
        format!("{:>16}  {}", self.time(), self.sentence())
    }

    /// What happens, and what struck.
    pub fn sentence(&self) -> String {
        let (sentence, struck) = (self.what(), self.strike());
        match (struck, self.event.fault) {
            (Some(struck), _) => format!("{sentence}  ! {struck}"),
            (None, Some(_)) => format!("{sentence}  !"),
            (None, None) => sentence,
        }
    }

    /// A shard: `per-user/0`.
    pub fn shard(&self, shard: ShardIndex) -> String {
        let step = self.layout.step_of(shard);
        format!("{}/{}", self.step(step), self.layout.number_of(shard))
    }

    /// The name of a step.
    pub fn step(&self, step: StepIndex) -> &str {
        self.layout.name(step)
    }

    /// A key.
    pub fn key(&self, key: Key) -> &str {
        self.words.keys.text(key)
    }

    /// A record: `events/0#2`.
    pub fn name(&self, name: Name) -> String {
        let step = |step| self.step(StepIndex(step));
        self.words.names.text(name, &self.words.keys, step)
    }

    /// A message about something: `the init of events/0#2`; by that alone, where there is one sort of message.
    fn message(&self, word: Option<&str>, subject: Subject) -> String {
        let subject = self.subject(subject);
        match word {
            Some(word) => format!("the {word} of {subject}"),
            None => subject,
        }
    }

    /// A record, or what travels without one.
    pub fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Record(name) => self.name(name),
            Subject::Control { word, value } => {
                self.layout.control(word, Some(value)).replace('@', " ")
            }
        }
    }

    /// The word for a commit of whoever acts.
    pub fn commit_word(&self, commit: CommitId) -> &'static str {
        let shard = self.event.actor.map(|actor| actor.shard);
        self.layout.alphabet.word(self.told(commit.point, shard))
    }

    /// A step of the protocol as it is told.
    pub(super) fn told(&self, before: Point, shard: Option<ShardIndex>) -> Point {
        shard.map_or(before, |shard| self.layout.told_at(self.layout.step_of(shard), before))
    }

    fn what(&self) -> String {
        match &self.event.what {
            What::Own(told) => told.tale().sentence(&Speaking { seen: self, about: None }),
            What::Announces { token } => {
                format!("{} tells its service of token {token}", self.who())
            }
            What::Reads { record, .. } => format!("{} reads {}", self.who(), self.name(*record)),
            What::Pulls { record, delivery, .. } => {
                format!("{} is handed {}, delivery {delivery}", self.who(), self.name(*record))
            }
            What::AcksMessage(record) => {
                format!("{} acks {} to its queue", self.who(), self.name(*record))
            }
            What::Sends { to, message, subject, attempt, again, .. } => {
                let (subject, to) = (self.message(*message, *subject), self.shard(*to));
                let other = if *attempt > 1 && !again { ", of another message" } else { "" };
                format!("{} sends {subject} to {to}, attempt {attempt}{other}", self.who())
            }
            What::Receives { from, message, subject, attempt, .. } => {
                let (subject, from) = (self.message(*message, *subject), self.shard(*from));
                format!("{} receives {subject} from {from}, attempt {attempt}", self.who())
            }
            What::ReachesNobody { message, to, worker, subject, why } => {
                self.nobody(*message, *to, *worker, *subject, *why)
            }
            What::Waits { record, key } => {
                let (record, key) = (self.name(*record), self.key(*key));
                format!("{} lets {record} wait: its key, {key}, is busy", self.who())
            }
            What::Executes { step, record, execution, input, outputs, before } => {
                let makes = self.outputs(*input, outputs);
                let differs = match before {
                    None => String::new(),
                    Some(before) => format!(", where it was {}", self.outputs(*input, before)),
                };
                format!("{}: {makes}{differs}", self.executes(*step, *record, *execution))
            }
            What::Fails { step, record, execution } => {
                format!("{}: it fails", self.executes(*step, *record, *execution))
            }
            What::GivesUp { record, failures } => {
                let (record, failures) =
                    (self.name(*record), counted(u64::from(*failures), "failure"));
                format!("{} gives {record} up after {failures}", self.who())
            }
            What::Commits { commit, attempt, .. } => {
                let verb = match self.commit_word(*commit) {
                    "settle" => "settles",
                    "emit" => "emits",
                    _ => "commits",
                };
                let again = match attempt {
                    1 => String::new(),
                    attempt => format!(", attempt {attempt}"),
                };
                format!("{} {verb} {}{again}", self.who(), self.subject(commit.subject))
            }
            What::Applies { commit, applied, changes } => self.applies(*commit, *applied, changes),
            What::Hears(commit, Written::Refused) => {
                format!("{} hears that {} is refused", self.who(), self.subject(commit.subject))
            }
            What::Hears(commit, Written::Unknown) => {
                let of = self.subject(commit.subject);
                format!("{} hears nothing of its commit of {of}, and waits no longer", self.who())
            }
            What::Hears(commit, Written::Applied) => {
                let is = match self.commit_word(*commit) {
                    "settle" => "settled",
                    "emit" => "emitted",
                    _ => "committed",
                };
                format!("{} hears that {} is {is}", self.who(), self.subject(commit.subject))
            }
            What::Ends => {
                let worker = self.event.actor.map_or(0, |actor| actor.worker);
                format!("{} hears that it is fenced, and ends on worker {worker}", self.who())
            }
            What::Acks { to, subject, attempt, .. } => {
                let (subject, to) = (self.subject(*subject), self.shard(*to));
                format!("{} acks {subject} to {to}, attempt {attempt}", self.who())
            }
            What::Acked { from, subject, attempt, is_awaited, .. } => {
                self.reply("ack of", *from, *subject, *attempt, *is_awaited)
            }
            What::Errs { from, subject, attempt, is_awaited } => {
                self.reply("error for", *from, *subject, *attempt, *is_awaited)
            }
            What::Calls { record, attempt, .. } => {
                let record = self.name(*record);
                format!("{} calls its service for {record}, attempt {attempt}", self.who())
            }
            What::Serves { record, answer, is_effect, .. } => {
                let does = match (answer, is_effect) {
                    (Answer::Missing, _) => "finds nothing",
                    (Answer::AlreadyExists, _) => "has a row already",
                    (Answer::OutOfRange, _) => "ends before the offset",
                    (Answer::Fenced, _) => "refuses the token",
                    (Answer::Done, true) => "does as it is told",
                    (Answer::Done, false) => "changes nothing",
                };
                let shard =
                    self.event.actor.map_or_else(String::new, |actor| self.shard(actor.shard));
                format!("the service of {shard} {does} for {}", self.name(*record))
            }
            What::Answered { record, answer } => {
                let what = match answer {
                    Answer::Done => "it is done",
                    Answer::Missing => "there is nothing",
                    Answer::AlreadyExists => "there is a row already",
                    Answer::OutOfRange => "the offset is out of range",
                    Answer::Fenced => "it has lost its shard",
                };
                let record = self.name(*record);
                format!("{} hears from its service for {record}: {what}", self.who())
            }
            What::HasWaited(waited) => format!("{} {}", self.who(), self.waited(*waited)),
            What::Crashes { worker, struck, .. } => {
                format!("worker {worker} crashes{}", self.struck(struck))
            }
            What::IsBack(worker) => format!("worker {worker} is back"),
            What::StandsStill { worker, struck, .. } => {
                format!("worker {worker} stands still{}", self.struck(struck))
            }
            What::GoesOn(worker) => format!("worker {worker} goes on"),
            What::ClockSteps { worker, struck, .. } => {
                format!("the clock of worker {worker} jumps{}", self.struck(struck))
            }
            What::Cuts { from, to, direction, .. } => match direction {
                Direction::Both => format!("the link between worker {from} and worker {to} is cut"),
                Direction::Forward => format!("the link from worker {from} to worker {to} is cut"),
                Direction::Backward => format!("the link from worker {to} to worker {from} is cut"),
            },
            What::FindsItDown(worker) => format!("worker {worker} is down already"),
            What::LeaseEnds(worker) => format!("the lease of worker {worker} is over"),
            What::IsToMove { shard, struck } => {
                let is_member = self.layout.step(self.layout.step_of(*shard)).session.is_some();
                let (shard, struck) = (self.shard(*shard), self.struck(struck));
                match is_member {
                    true => format!("{shard} is expelled from its group, and lives{struck}"),
                    false => format!("{shard} is to move to another worker{struck}"),
                }
            }
            What::Grants { shard, from, to } => {
                let shard = self.shard(*shard);
                format!("the store grants {shard} to worker {to}; worker {from} is not told")
            }
            What::IsNoMore { shard, worker } => {
                format!("{} (the old owner) is no more on worker {worker}", self.shard(*shard))
            }
        }
    }

    /// What becomes of it by a fault, or by what a fault left behind.
    fn strike(&self) -> Option<String> {
        Some(match &self.event.what {
            What::Sends { fate, .. }
            | What::Acks { fate, .. }
            | What::Commits { fate, .. }
            | What::Calls { fate, .. } => match fate {
                Fate::Arrives => return None,
                Fate::Lost => "lost".to_owned(),
                Fate::Twice => "sent twice".to_owned(),
                Fate::Late(by) => format!("late by {}", Span(*by)),
                Fate::Error => "becomes an error".to_owned(),
                Fate::Unanswered => "its answer will be lost".to_owned(),
                Fate::Forgotten => "it will be answered, and forgotten".to_owned(),
                Fate::Cut => "the link is cut".to_owned(),
            },
            What::Pulls { again: true, .. } => "handed out again at once".to_owned(),
            What::Executes { .. } if self.event.fault.is_some() => "differs".to_owned(),
            What::Crashes { restart: Some(restart), .. } => format!("back in {}", Span(*restart)),
            What::Crashes { restart: None, .. } => "for good".to_owned(),
            What::StandsStill { lasts, .. } | What::Cuts { lasts, .. } => {
                format!("for {}", Span(*lasts))
            }
            What::ClockSteps { ahead, .. } => {
                let way = if *ahead < 0 { "behind" } else { "ahead" };
                format!("{} {way}", Span(ahead.unsigned_abs()))
            }
            _ => return None,
        })
    }

    /// Who does it; where there are two owners, which.
    pub(super) fn who(&self) -> String {
        let Some(Actor { shard, ownership, .. }) = self.event.actor else {
            return "the store".to_owned();
        };
        let shard = self.shard(shard);
        match ownership {
            Ownership::Only => shard,
            Ownership::New => format!("{shard} (the new owner)"),
            Ownership::Old => format!("{shard} (the old owner)"),
            Ownership::Gone => format!("{shard} (in an earlier life)"),
        }
    }
}

/// A time since the start of a run, in milliseconds.
pub fn time(at: Nanos) -> String {
    let micros = at / 1000;
    format!("{}.{:03} ms", micros / 1000, micros % 1000)
}

/// `1 failure`, `2 failures`.
fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
