//! What happens in the world, as events of the trace. All of it is called only if somebody reads the trace.

use super::World;
use super::event::Event;
use super::leases::Instance;
use super::token_of;
use crate::answers::{AckVerdict, CallVerdict, CommitVerdict, RequestVerdict};
use crate::fault::Direction;
use crate::network::Cut;
use crate::service::Handled;
use crate::store::Applied;
use crate::trace::{
    Actor, Change, CommitId, Fate, Forgotten, Message, Nobody, Ownership, Struck, Waited, What,
};
use onceproof_model::call::{Answer, Call};
use onceproof_model::commit::{Commit, Delta, Subject};
use onceproof_model::effect::{Ack, MessageAck, Request, Rpc, Timer};
use onceproof_model::pipeline::ShardIndex;
use onceproof_model::time::{Nanos, Time};

/// A reply on its way: its ends, which request it is for, and the watermark of an ack.
#[derive(Clone, Copy)]
pub(super) struct ReplyTold {
    pub to: ShardIndex,
    pub from: ShardIndex,
    pub rpc: Rpc,
    pub watermark: Option<Time>,
}

impl World<'_> {
    /// The thing that was scheduled under this number happens now.
    #[cold]
    pub(super) fn tell_next(&mut self, number: u64, at: u64) {
        self.tell_aged(at);
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.begin(at, recorder.cause_of(number).into_iter().collect());
        }
    }

    /// Tells the ids that have grown too old until now, each at its time.
    fn tell_aged(&mut self, at: u64) {
        let start = self.outside.sources.start;
        let until = Time(start.0.saturating_add_unsigned(at));
        let Some(recorder) = self.outside.trace.recorder() else { return };
        let after = recorder.aged_until.replace(until).unwrap_or(Time::MIN);
        for (shard, aged) in self.outside.store.aged(after, until) {
            let mechanism = self.pipeline.step(self.pipeline.step_of(shard)).mechanism;
            let length = mechanism.forgets_after().map_or(0, |(length, _)| length);
            let Some(recorder) = self.outside.trace.recorder() else { return };
            let record = recorder.ids.get(&(shard, aged.key, aged.id)).copied();
            let (key, why) = (aged.key, Forgotten::Age(length));
            recorder.record_at(aged.end.0.abs_diff(start.0), What::Forgets { record, key, why });
        }
    }

    /// The instance as whoever acts.
    fn actor(&self, who: Instance, token: Option<u64>) -> Actor {
        let Instance { shard, life } = who;
        let has_zombie = self.zombies.iter().any(|zombie| zombie.who.shard == shard);
        let ownership = match (self.owners[shard.at()].life == life, has_zombie) {
            (true, true) => Ownership::New,
            (true, false) => Ownership::Only,
            (false, _) if self.host_of(who).is_some() => Ownership::Old,
            (false, _) => Ownership::Gone,
        };
        let worker = self.host_of(who).or(token.map(|token| self.directory.under(shard, token)));
        Actor { shard, worker: worker.unwrap_or(self.owners[shard.at()].host), ownership }
    }

    /// An instance works from now on.
    #[cold]
    pub(super) fn tell_actor(&mut self, who: Instance) {
        let actor = self.actor(who, None);
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.set_actor(actor);
        }
    }

    /// The fault that fired last, if it was not told.
    fn fault(&mut self) -> Option<usize> {
        let last = self.outside.answers.last_fired();
        self.outside.trace.recorder()?.take_fault(last)
    }

    /// What is scheduled from now on is caused by this event.
    pub(super) fn note_cause(&mut self, number: u64) {
        let scheduled = self.queue.scheduled();
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.note_cause(scheduled, number);
        }
    }

    /// Writes an event down, which causes what is scheduled next.
    fn record(&mut self, actor: Option<Actor>, what: What, fault: Option<usize>) -> u64 {
        let Some(recorder) = self.outside.trace.recorder() else { return 0 };
        let number = recorder.record(actor, what, fault);
        self.note_cause(number);
        number
    }

    /// An instance does something.
    fn tell(&mut self, who: Instance, what: What, fault: Option<usize>) -> u64 {
        self.tell_actor(who);
        self.record(Some(self.actor(who, None)), what, fault)
    }

    /// Something happens to nobody or to a whole worker.
    fn tell_of_all(&mut self, what: What, fault: Option<usize>) -> u64 {
        self.record(None, what, fault)
    }

    #[cold]
    pub(super) fn tell_request(
        &mut self,
        who: Instance,
        request: &Request,
        verdict: RequestVerdict,
        is_cut: bool,
        ends: (usize, usize),
    ) {
        let mut fault = self.fault();
        if let RequestVerdict::Cut(crate::fault::Kind::Partition { lasts, direction }) = verdict {
            let (from, to) = (ends.0 as u32, ends.1 as u32);
            self.tell_of_all(What::Cuts { from, to, direction, lasts }, fault.take());
        }
        let fate = match verdict {
            _ if is_cut => Fate::Cut,
            RequestVerdict::Pass | RequestVerdict::Cut(_) => Fate::Arrives,
            RequestVerdict::Lost => Fate::Lost,
            RequestVerdict::Twice => Fate::Twice,
            RequestVerdict::Late(by) => Fate::Late(by),
            RequestVerdict::Refused => Fate::Error,
        };
        let (to, subject, attempt) = (request.to, request.subject(), request.rpc.attempt);
        let key = request.record.map(|record| record.key);
        let number = self.tell(who, What::Sends { to, subject, key, attempt, fate }, fault);
        if fate == Fate::Error {
            self.note_send(number, subject, attempt);
        }
    }

    /// What comes back to whoever sent this is about this.
    fn note_send(&mut self, number: u64, subject: Subject, attempt: u32) {
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.sends.insert(number, (subject, attempt));
        }
    }

    #[cold]
    pub(super) fn tell_request_arrives(&mut self, who: Instance, request: &Request) {
        let (from, subject, attempt) = (request.from, request.subject(), request.rpc.attempt);
        let key = request.record.map(|record| record.key);
        self.tell(who, What::Receives { from, subject, key, attempt }, None);
    }

    /// A request reaches a worker where nobody takes it.
    #[cold]
    pub(super) fn tell_request_lost(&mut self, request: &Request, host: u32, why: Nobody) {
        let Request { from, to, rpc, .. } = *request;
        let message = Message::Request { from, attempt: rpc.attempt };
        let subject = Some(request.subject());
        self.tell_nobody(message, to, Some(host), subject, why);
    }

    fn tell_nobody(
        &mut self,
        message: Message,
        to: ShardIndex,
        worker: Option<u32>,
        subject: Option<Subject>,
        why: Nobody,
    ) {
        self.tell_of_all(What::ReachesNobody { message, to, worker, subject, why }, None);
    }

    /// Why nobody takes what reaches a worker.
    pub(super) fn why_nobody(&self, host: u32) -> Nobody {
        if self.hosts[host as usize].is_up() { Nobody::NotThere } else { Nobody::Down }
    }

    #[cold]
    pub(super) fn tell_ack(&mut self, who: Instance, ack: &Ack, verdict: AckVerdict, is_cut: bool) {
        let Ack { from, to, rpc: Rpc { attempt, .. }, subject, watermark } = *ack;
        let fired = self.fault();
        let fate = match verdict {
            _ if is_cut => Fate::Cut,
            AckVerdict::Pass => Fate::Arrives,
            AckVerdict::Lost => Fate::Lost,
            AckVerdict::Twice => Fate::Twice,
            AckVerdict::Late(by) => Fate::Late(by),
            AckVerdict::Error => Fate::Error,
        };
        let mut fault = None;
        if let Some(recorder) = self.outside.trace.recorder() {
            let point = (from, to, (subject, attempt));
            if let Some(fired) = fired {
                recorder.ack_faults.insert(point, fired);
            }
            fault = recorder.ack_faults.get(&point).copied();
        }
        let fault = fault.filter(|_| verdict != AckVerdict::Pass);
        let number = self.tell(who, What::Acks { to, subject, attempt, watermark, fate }, fault);
        self.note_send(number, subject, attempt);
    }

    /// Which send a reply is for that arrives now.
    fn sent(&self, rpc: Rpc) -> (Subject, u32) {
        let trace = &self.outside.trace;
        let sent = trace.cause().and_then(|cause| trace.send(cause));
        // What a planted fault of the simulator has put off has lost its cause.
        sent.unwrap_or((Subject::Watermark(Time::MIN), rpc.attempt))
    }

    #[cold]
    pub(super) fn tell_reply(&mut self, who: Instance, reply: ReplyTold) {
        let ReplyTold { from, rpc, watermark, .. } = reply;
        let (subject, attempt) = self.sent(rpc);
        let is_awaited = self.running(who).awaits_any_reply(rpc);
        let what = match watermark {
            Some(watermark) => What::Acked { from, subject, attempt, watermark, is_awaited },
            None => What::Errs { from, subject, attempt, is_awaited },
        };
        self.tell(who, what, None);
    }

    /// A reply reaches a worker where nobody takes it.
    #[cold]
    pub(super) fn tell_reply_lost(&mut self, reply: ReplyTold, why: Option<Nobody>) {
        let ReplyTold { to, from, rpc, watermark } = reply;
        let (subject, attempt) = self.sent(rpc);
        let message = match watermark {
            Some(_) => Message::Ack { from, attempt },
            None => Message::Error { from, attempt },
        };
        let host = self.directory.under(to, token_of(rpc.serial));
        let why = why.unwrap_or_else(|| self.why_nobody(host));
        self.tell_nobody(message, to, Some(host), Some(subject), why);
    }

    #[cold]
    pub(super) fn tell_commit(&mut self, wire: u32, verdict: CommitVerdict) {
        let fault = self.fault();
        let who = self.wires[wire as usize].who;
        let commit = self.wires[wire as usize].commit;
        let Commit { shard, token, number, .. } = commit;
        let fate = match verdict {
            CommitVerdict::Pass => Fate::Arrives,
            CommitVerdict::Lost => Fate::Lost,
            CommitVerdict::Unknown => Fate::Unanswered,
            CommitVerdict::Late(by) => Fate::Late(by),
        };
        let Some(recorder) = self.outside.trace.recorder() else { return };
        let sends = recorder.commits.entry((shard, token, number)).or_default();
        *sends += 1;
        let attempt = *sends;
        self.tell(who, What::Commits { commit: id_of(&commit), attempt, fate }, fault);
    }

    /// A commit reaches the store, which may have let ids go by it.
    #[cold]
    pub(super) fn tell_commit_arrives(&mut self, wire: u32, applied: Applied) {
        let who = self.wires[wire as usize].who;
        let commit = self.wires[wire as usize].commit;
        let changes = match applied {
            Applied::Now => self.changes(&commit),
            Applied::Before | Applied::Refused => Vec::new(),
        };
        let actor = self.actor(who, Some(commit.token));
        let what = What::Applies { commit: id_of(&commit), applied, changes };
        self.record(Some(actor), what, None);
        let Some(recorder) = self.outside.trace.recorder() else { return };
        for gone in std::mem::take(&mut recorder.gone) {
            let record = recorder.ids.remove(&(commit.shard, gone.key, gone.id));
            let why = Forgotten::Watermark { stamp: gone.stamp, below: gone.below };
            recorder.record(None, What::Forgets { record, key: gone.key, why }, None);
        }
    }

    /// What a commit changes.
    fn changes(&mut self, commit: &Commit) -> Vec<Change> {
        let shard = commit.shard;
        let senders = self.pipeline.senders(self.pipeline.step_of(shard));
        let Some(recorder) = self.outside.trace.recorder() else { return Vec::new() };
        let mut changes = Vec::new();
        for delta in self.effects.deltas(commit.deltas) {
            changes.push(match *delta {
                Delta::Offset(offset) => Change::Offset(offset),
                Delta::Id { key, id, name: record, .. } => {
                    recorder.ids.insert((shard, key, id), record);
                    Change::Id { record, key }
                }
                Delta::Take { key, start, name: record, weight, value, .. } => {
                    Change::Take { record, key, start, weight, value }
                }
                Delta::Fire { key, start, pane, .. } => Change::Fire { pane, key, start },
                Delta::Hold(held) => {
                    recorder.held.insert((shard, held.row()), held.record.name);
                    Change::Hold { record: held.record.name, to: held.to }
                }
                Delta::Stamped(stamp) => Change::Stamped(stamp),
                Delta::Settle(row) => Change::Delete(recorder.held.remove(&(shard, row))),
                Delta::DeadLetter { name, .. } => Change::DeadLetter(name),
                Delta::Watermark { sender, value } => {
                    let sender = senders[sender as usize];
                    Change::Watermark { sender, event: value.event, system: value.system }
                }
                Delta::Decided { name: record, key, .. } => Change::Decided { record, key },
                Delta::Put { name: record, key } => Change::Put { record, key },
                Delta::Owe(owed) => Change::Owe { record: owed.name, number: owed.number },
                Delta::Paid(number) => Change::Paid(number),
                Delta::Row { step, key, name: record, weight, value, .. } => {
                    Change::Row { step, record, key, weight, value }
                }
            });
        }
        changes
    }

    /// The answer to a commit arrives at whoever waits for it.
    #[cold]
    pub(super) fn tell_answer(&mut self, wire: u32, is_refused: bool) {
        let who = self.wires[wire as usize].who;
        let id = id_of(&self.wires[wire as usize].commit);
        let what = if is_refused { What::Ends } else { What::Hears(id) };
        self.tell(who, what, None);
    }

    /// The answer to a commit is for nobody.
    #[cold]
    pub(super) fn tell_answer_lost(&mut self, wire: u32, why: Nobody) {
        let (who, commit) = (self.wires[wire as usize].who, self.wires[wire as usize].commit);
        let Actor { worker, .. } = self.actor(who, Some(commit.token));
        let message = Message::Answer { number: commit.number };
        self.tell_nobody(message, commit.shard, Some(worker), Some(commit.subject), why);
    }

    #[cold]
    pub(super) fn tell_message_ack(&mut self, who: Instance, ack: &MessageAck) {
        self.tell(who, What::AcksMessage(ack.name), None);
    }

    #[cold]
    pub(super) fn tell_call(&mut self, who: Instance, call: &Call, attempt: u32, v: CallVerdict) {
        let fault = self.fault();
        let fate = match v {
            CallVerdict::Pass => Fate::Arrives,
            CallVerdict::Unknown => Fate::Unanswered,
        };
        let (step, record) = (call.step, call.name);
        self.tell(who, What::Calls { step, record, attempt, fate }, fault);
    }

    #[cold]
    pub(super) fn tell_call_arrives(&mut self, who: Instance, call: &Call, handled: Handled) {
        let Handled { answer, is_effect } = handled;
        let (step, record) = (call.step, call.name);
        let what = What::Serves { step, record, answer, is_effect };
        let number = self.record(Some(self.actor(who, None)), what, None);
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.served.insert(number, record);
        }
    }

    /// The answer of a service arrives, at whoever waits for it or at nobody.
    #[cold]
    pub(super) fn tell_call_answered(&mut self, who: Instance, answer: Answer) {
        let trace = &self.outside.trace;
        let record = trace.cause().and_then(|cause| trace.served(cause));
        match record {
            Some(record) if self.is_running(who) => {
                self.tell(who, What::Answered { record, answer }, None);
            }
            _ => {
                let subject = record.map(Subject::Record);
                self.tell_nobody(Message::CallAnswer, who.shard, None, subject, Nobody::Gone);
            }
        }
        if answer == Answer::Fenced && self.is_running(who) {
            self.tell(who, What::Ends, None);
        }
    }

    #[cold]
    pub(super) fn tell_timer(&mut self, who: Instance, timer: Timer) {
        let subject = self.running(who).awaited_with(timer);
        let waited = match timer {
            Timer::Retry { .. } | Timer::RetryWatermark { .. } => Waited::Ack(subject),
            Timer::Recall { .. } => Waited::Service(subject),
            Timer::Arrival => Waited::Input,
            Timer::Close => Waited::Close,
            Timer::Reread => Waited::Reread,
            Timer::Reapply(key) => Waited::Reapply(key),
        };
        self.tell(who, What::HasWaited(waited), None);
    }

    /// What befalls a worker now: before which step, and by which fault.
    fn struck(&mut self) -> (Option<Struck>, Option<usize>) {
        let noted = self.outside.trace.recorder().and_then(|recorder| recorder.struck.take());
        match noted {
            Some((struck, fault)) => (Some(struck), fault),
            None => (None, self.fault()),
        }
    }

    #[cold]
    pub(super) fn tell_crash(&mut self, worker: u32, restart: Nanos) -> u64 {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::Crashes { worker, restart, struck }, fault)
    }

    #[cold]
    pub(super) fn tell_pause(&mut self, worker: u32, lasts: Nanos) {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::StandsStill { worker, lasts, struck }, fault);
    }

    #[cold]
    pub(super) fn tell_clock_step(&mut self, worker: u32, ahead: i64) {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::ClockSteps { worker, ahead, struck }, fault);
    }

    #[cold]
    pub(super) fn tell_move(&mut self, shard: ShardIndex) {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::IsToMove { shard, struck }, fault);
    }

    /// A fault at a time finds its worker down.
    #[cold]
    pub(super) fn tell_down_already(&mut self, worker: u32) {
        let (_, fault) = self.struck();
        self.tell_of_all(What::FindsItDown(worker), fault);
    }

    /// Links are cut by a fault at a time, each once.
    #[cold]
    pub(super) fn tell_cuts(&mut self, cuts: &[Cut], lasts: Nanos) {
        let (_, fault) = self.struck();
        let mut told: Vec<(usize, usize, Direction)> = Vec::new();
        for &Cut { from, to, direction, .. } in cuts {
            if told.contains(&(from, to, direction)) {
                continue;
            }
            told.push((from, to, direction));
            let (from, to) = (from as u32, to as u32);
            self.tell_of_all(What::Cuts { from, to, direction, lasts }, fault);
        }
    }

    /// A worker goes on or is back, its lease ends, a shard is granted, an old owner is no more.
    #[cold]
    pub(super) fn tell_plain(&mut self, what: What) -> u64 {
        self.tell_of_all(what, None)
    }

    /// Of what waited for a worker that died, that which it will never hear.
    #[cold]
    pub(super) fn tell_forgotten(&mut self, event: &Event, cause: Option<u64>) {
        let died = Nobody::Died;
        match *event {
            Event::Request { flight } => {
                let flight = &self.links.flights[flight as usize];
                let (request, host) = (flight.request, flight.host);
                self.tell_request_lost(&request, host, died);
            }
            Event::Reply { to, from, slot, serial, watermark } => {
                let reply =
                    ReplyTold { to, from, rpc: rpc(slot, serial), watermark: Some(watermark) };
                self.tell_reply_of(reply, cause);
            }
            Event::Error { to, from, slot, serial } => {
                let reply = ReplyTold { to, from, rpc: rpc(slot, serial), watermark: None };
                self.tell_reply_of(reply, cause);
            }
            Event::Answer { wire, .. } => self.tell_answer_lost(wire, died),
            Event::Called { shard, .. } => {
                let subject = cause.and_then(|cause| self.outside.trace.served(cause));
                let subject = subject.map(Subject::Record);
                self.tell_nobody(Message::CallAnswer, shard, None, subject, died);
            }
            Event::Repeat { .. }
            | Event::Wake { .. }
            | Event::Boot { .. }
            | Event::Call { .. }
            | Event::Commit { .. }
            | Event::Restart { .. }
            | Event::Resume { .. }
            | Event::Lease { .. }
            | Event::Fault { .. } => {}
        }
    }

    fn tell_reply_of(&mut self, reply: ReplyTold, cause: Option<u64>) {
        let sent = cause.and_then(|cause| self.outside.trace.send(cause));
        let (subject, attempt) = sent.unwrap_or((Subject::Watermark(Time::MIN), 0));
        let ReplyTold { to, from, rpc, watermark } = reply;
        let message = match watermark {
            Some(_) => Message::Ack { from, attempt },
            None => Message::Error { from, attempt },
        };
        let host = self.directory.under(to, token_of(rpc.serial));
        self.tell_nobody(message, to, Some(host), Some(subject), Nobody::Died);
    }
}

/// A commit as it is told.
fn id_of(commit: &Commit) -> CommitId {
    let Commit { kind, subject, number, .. } = *commit;
    CommitId { kind, subject, number }
}

/// Which request a reply is for, which does not carry the attempt.
fn rpc(slot: u32, serial: u64) -> Rpc {
    Rpc { slot, attempt: 0, serial }
}
