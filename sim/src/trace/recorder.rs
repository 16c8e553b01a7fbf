//! Who writes events down, and what it must remember to say of one what the event itself does not carry: what
//! caused it, which record an id is of, what a function made before.

use super::event::{Actor, Stroke, TracedEvent};
use super::what::What;
use crate::ledger::IdTold;
use hashbrown::HashMap;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::{Output, RecordId};
use onceproof_kernel::time::{Nanos, Time};
use onceproof_kernel::told::Told;
use rustc_hash::FxBuildHasher;
use std::collections::VecDeque;

type Map<K, V> = HashMap<K, V, FxBuildHasher>;

/// Which send of which request.
pub(crate) type Send = (Subject, u32);

/// A shard on a worker, whether it owns the shard or did.
type OfWorker = (ShardIndex, u32);

fn owner(actor: Actor) -> OfWorker {
    (actor.shard, actor.worker)
}

/// Who writes events down.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// What is not handed on yet.
    events: Vec<TracedEvent>,
    next: u64,
    at: Nanos,
    /// What causes the next event, and whether it is the first of what happens now: then it causes the others.
    causes: Vec<u64>,
    is_first: bool,
    /// Whether what happens now is a request that arrives.
    is_request: bool,
    /// The shard that is at work.
    actor: Option<Actor>,
    /// How much had been scheduled when an event was told, and that event.
    scheduled: Vec<(u64, u64)>,
    /// Which send an ack or an error is of, by the event that it left with; and the record that a service
    /// answers for.
    pub sends: Map<u64, Send>,
    pub served: Map<u64, Name>,
    /// How often each commit was sent, by its shard, token and number.
    pub commits: Map<(ShardIndex, u64, u64), u32>,
    /// The records of ids that were committed.
    pub ids: Map<(ShardIndex, Key, RecordId), Name>,
    /// What the last execution on each record made.
    pub outputs: Map<(StepIndex, Name), Vec<Output>>,
    /// The faults that struck acks: both copies of a doubled request share them.
    pub ack_faults: Map<(ShardIndex, ShardIndex, Send), usize>,
    /// How many faults were told.
    faults: usize,
    /// Which event brought the record that each shard has in hand by its name, those that wait for their key in
    /// order, and each send that was received, by its ack.
    brought: Map<(OfWorker, Name), u64>,
    waiting: Map<(OfWorker, Name), VecDeque<u64>>,
    received: Map<(OfWorker, Send), u64>,
    /// The number of the execution that is under way, and the fault that struck it.
    pub execution: (u32, Option<usize>),
    /// What a worker was about to do when something befell it, and the fault.
    pub struck: Option<(Stroke, Option<usize>)>,
    /// What the commit changes that reaches the store now, and what becomes of ids by it.
    pub changes_told: Vec<Told>,
    pub ids_told: Vec<IdTold>,
    /// Ids that grew too old until then were told.
    pub aged_until: Option<Time>,
}

impl Recorder {
    /// Something happens now, because of these events.
    pub fn begin(&mut self, at: Nanos, causes: Vec<u64>) {
        self.at = at;
        self.causes = causes;
        self.is_first = true;
    }

    /// The same later on, by a cause that was put aside and by what is told now.
    pub fn begin_after_all(&mut self, put_aside: Option<u64>, now: Option<u64>) {
        self.causes = put_aside.into_iter().chain(now).collect();
        self.is_first = true;
    }

    /// What is told next has this cause before those that it has anyway, which are returned to be set again.
    pub fn add_cause(&mut self, cause: Option<u64>) -> Vec<u64> {
        let causes = cause.into_iter().chain(self.causes.iter().copied()).collect();
        std::mem::replace(&mut self.causes, causes)
    }

    /// What is told next has these causes.
    pub fn set_causes(&mut self, causes: Vec<u64>) {
        self.causes = causes;
    }

    /// What is told first of what happens now, or else what caused that.
    pub fn cause(&self) -> Option<u64> {
        self.causes.first().copied()
    }

    /// What caused the thing that was scheduled under this number: what was told last before it.
    pub fn cause_of(&self, order: u64) -> Option<u64> {
        let until = self.scheduled.partition_point(|&(scheduled, _)| scheduled <= order);
        until.checked_sub(1).map(|at| self.scheduled[at].1)
    }

    /// What is scheduled from this number on has this cause.
    pub fn note_cause(&mut self, scheduled: u64, cause: u64) {
        match self.scheduled.last_mut() {
            Some((at, of)) if *at == scheduled => *of = cause,
            Some(_) | None => self.scheduled.push((scheduled, cause)),
        }
    }

    /// The shard that works from now on.
    pub fn set_actor(&mut self, actor: Actor) {
        self.actor = Some(actor);
    }

    /// A shard starts: it has nothing in hand.
    pub fn starts(&mut self, actor: Actor) {
        self.set_actor(actor);
        self.brought.retain(|(of, _), _| *of != owner(actor));
        self.waiting.retain(|(of, _), _| *of != owner(actor));
    }

    /// Whoever is at work does something.
    pub fn tell(&mut self, what: What, fault: Option<usize>) -> u64 {
        self.record(self.actor, what, fault)
    }

    /// Writes an event down, and returns its number.
    pub fn record(&mut self, actor: Option<Actor>, what: What, fault: Option<usize>) -> u64 {
        let number = self.next;
        self.next += 1;
        let mut causes = self.causes.clone();
        if let Some(brought) = actor.and_then(|actor| self.brought_by(owner(actor), &what))
            && !causes.contains(&brought)
        {
            causes.push(brought);
        }
        if let (Some(actor), What::Receives { subject, attempt, .. }) = (actor, &what) {
            self.received.insert((owner(actor), (*subject, *attempt)), number);
        }
        if std::mem::take(&mut self.is_first) {
            self.causes = vec![number];
            self.is_request = matches!(what, What::Receives { .. });
        }
        self.events.push(TracedEvent { number, at: self.at, causes, actor, what, fault });
        number
    }

    /// A record waits for its key, with the event that brought it.
    pub fn waits(&mut self, name: Name) {
        if let (Some(actor), Some(brought)) = (self.actor, self.cause()) {
            self.waiting.entry((owner(actor), name)).or_default().push_back(brought);
        }
    }

    /// A record is taken in hand: the one that waited longest, or one that comes now.
    pub fn takes(&mut self, name: Name) {
        let (Some(actor), Some(now)) = (self.actor, self.cause()) else { return };
        let at = (owner(actor), name);
        let waiting = self.waiting.get_mut(&at).and_then(VecDeque::pop_front);
        // One on which a function failed, or that has called, was brought before.
        let brought = match waiting {
            Some(brought) => brought,
            None if self.is_request => now,
            None => return,
        };
        self.brought.insert(at, brought);
    }

    /// The event that brought what this one is about to whoever does it.
    fn brought_by(&self, to: OfWorker, what: &What) -> Option<u64> {
        match what {
            What::Own(told) => self.brought.get(&(to, told.tale().in_hand()?)).copied(),
            What::Executes { record, .. }
            | What::Fails { record, .. }
            | What::GivesUp { record, .. } => self.brought.get(&(to, *record)).copied(),
            What::Commits { commit, attempt: 1, .. } => match commit.subject {
                Subject::Record(record) => self.brought.get(&(to, record)).copied(),
                Subject::Control { .. } => None,
            },
            What::Acks { subject, attempt, .. } => {
                self.received.get(&(to, (*subject, *attempt))).copied()
            }
            _ => None,
        }
    }

    /// Writes down what happened at another time and has no cause among events.
    pub fn record_at(&mut self, at: Nanos, what: What) {
        let number = self.next;
        self.next += 1;
        let (causes, actor, fault) = (Vec::new(), None, None);
        self.events.push(TracedEvent { number, at, causes, actor, what, fault });
    }

    /// The fault that fired since this was last asked, if one did, when this is the last one.
    pub fn take_fault(&mut self, last: Option<usize>) -> Option<usize> {
        let fault = last.filter(|&last| last >= self.faults)?;
        self.faults = fault + 1;
        Some(fault)
    }

    /// Hands on what was written down since this was last asked.
    pub fn take(&mut self) -> Vec<TracedEvent> {
        std::mem::take(&mut self.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_scheduled_is_caused_by_what_was_told_last_before_it() {
        let mut recorder = Recorder::default();
        assert_eq!(recorder.cause_of(0), None);
        recorder.note_cause(2, 10);
        recorder.note_cause(2, 11);
        recorder.note_cause(5, 12);
        let causes: Vec<Option<u64>> = (0..7).map(|order| recorder.cause_of(order)).collect();
        let (a, b) = (Some(11), Some(12));
        assert_eq!(causes, [None, None, a, a, a, b, b]);
    }

    #[test]
    fn what_comes_first_causes_what_comes_with_it() {
        let mut recorder = Recorder::default();
        recorder.begin(5, vec![7]);
        for _ in 0..3 {
            recorder.tell(What::GoesOn(0), None);
        }
        let causes: Vec<Vec<u64>> = recorder.take().into_iter().map(|event| event.causes).collect();
        assert_eq!(causes, [vec![7], vec![0], vec![0]]);
    }

    /// A record is taken in hand, and a function fails on it; what caused the failure.
    fn work_on(recorder: &mut Recorder) -> Vec<u64> {
        let record = Name(1);
        recorder.takes(record);
        let (step, execution) = (StepIndex(1), 1);
        recorder.tell(What::Fails { step, record, execution }, None);
        recorder.take().pop().expect("an event").causes
    }

    /// A request arrives that brings a record.
    fn receive(recorder: &mut Recorder) -> u64 {
        recorder.begin(0, Vec::new());
        let (from, subject) = (ShardIndex(0), Subject::Record(Name(1)));
        recorder.tell(What::Receives { from, message: None, subject, key: None, attempt: 1 }, None)
    }

    #[test]
    fn who_waits_longest_is_taken_first_and_who_starts_has_nothing_in_hand() {
        let mut recorder = Recorder::default();
        let ownership = crate::trace::Ownership::Only;
        let actor = Actor { shard: ShardIndex(1), worker: 0, ownership };
        recorder.set_actor(actor);
        let brought = [0, 1, 2].map(|_| {
            let number = receive(&mut recorder);
            recorder.waits(Name(1));
            number
        });
        // Its key is free, by the event 99.
        recorder.begin(1, vec![99]);
        assert_eq!(work_on(&mut recorder), [99, brought[0]]);
        recorder.begin(1, vec![99]);
        assert_eq!(work_on(&mut recorder), [99, brought[1]]);
        // The third died with the shard; what is sent again comes by itself.
        recorder.begin(2, Vec::new());
        recorder.starts(actor);
        let again = receive(&mut recorder);
        assert_eq!(work_on(&mut recorder), [again]);
    }

    #[test]
    fn a_fault_is_told_once() {
        let mut recorder = Recorder::default();
        let told = [None, Some(0), Some(0), Some(2), Some(2)].map(|last| recorder.take_fault(last));
        assert_eq!(told, [None, Some(0), None, Some(2), None]);
    }
}
