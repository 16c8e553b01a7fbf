//! Requests, acks and errors as they are told, and whoever does not get them.

use crate::answers::{AckFate, RequestFate};
use crate::fault::Kind;
use crate::trace::{Fate, Nobody, Undelivered, What};
use crate::world::leases::Instance;
use crate::world::{Event, World};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{MessageAck, Reply, Request};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::{Passage, Process, System};

/// A reply on its way: its ends, which request it is for, and what an ack says.
#[derive(Clone, Copy)]
pub(in crate::world) struct ReplyTold<B> {
    pub to: ShardIndex,
    pub from: ShardIndex,
    pub rpc: Rpc,
    pub body: Option<B>,
}

/// What a message was about of which nobody wrote down the sending.
const NOTHING: Subject = Subject::Control { word: 0, value: i64::MIN };

impl<S: System> World<'_, S> {
    #[cold]
    pub(in crate::world) fn tell_request(
        &mut self,
        who: Instance,
        request: &Request<S>,
        again: bool,
        decided: RequestFate,
        is_cut: bool,
        ends: (usize, usize),
    ) {
        let mut fault = self.fault();
        if let RequestFate::Cut(Kind::Partition { lasts, direction }) = decided {
            let (from, to) = (ends.0 as u32, ends.1 as u32);
            self.tell_of_all(What::Cuts { from, to, direction, lasts }, fault.take());
        }
        let fate = match decided {
            _ if is_cut => Fate::Cut,
            RequestFate::Pass | RequestFate::Cut(_) => Fate::Arrives,
            RequestFate::Lost => Fate::Lost,
            RequestFate::Twice => Fate::Twice,
            RequestFate::Late(by) => Fate::Late(by),
            RequestFate::Refused => Fate::Error,
        };
        let (to, subject, attempt) = (request.to, request.subject(), request.rpc.attempt);
        let key = S::carried(&request.body).map(|carried| carried.key);
        let message = S::word_of(&request.body);
        let sends = What::Sends { to, message, subject, key, attempt, again, fate };
        let number = self.tell(who, sends, fault);
        // Whoever sends over a channel hears of an error wherever that breaks.
        if fate == Fate::Error || S::passage(&request.body) == Passage::Channel {
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
    pub(in crate::world) fn tell_request_arrives(&mut self, who: Instance, request: &Request<S>) {
        let (from, subject, attempt) = (request.from, request.subject(), request.rpc.attempt);
        let key = S::carried(&request.body).map(|carried| carried.key);
        let message = S::word_of(&request.body);
        self.tell(who, What::Receives { from, message, subject, key, attempt }, None);
    }

    /// A request reaches a worker where nobody takes it.
    #[cold]
    pub(in crate::world) fn tell_request_lost(
        &mut self,
        request: &Request<S>,
        host: u32,
        why: Nobody,
    ) {
        let Request { from, to, rpc, .. } = *request;
        let message = Undelivered::Request { from, attempt: rpc.attempt };
        let subject = Some(request.subject());
        self.tell_nobody(message, to, Some(host), subject, why);
    }

    pub(super) fn tell_nobody(
        &mut self,
        message: Undelivered,
        to: ShardIndex,
        worker: Option<u32>,
        subject: Option<Subject>,
        why: Nobody,
    ) {
        self.tell_of_all(What::ReachesNobody { message, to, worker, subject, why }, None);
    }

    /// Why nobody takes what reaches a worker.
    pub(in crate::world) fn why_nobody(&self, host: u32) -> Nobody {
        if self.hosts[host as usize].is_up() { Nobody::NotThere } else { Nobody::Down }
    }

    #[cold]
    pub(in crate::world) fn tell_ack(
        &mut self,
        who: Instance,
        ack: &Reply<S>,
        decided: AckFate,
        is_cut: bool,
    ) {
        let Reply { from, to, rpc: Rpc { attempt, .. }, subject, body } = *ack;
        let fired = self.fault();
        let fate = match decided {
            _ if is_cut => Fate::Cut,
            AckFate::Pass => Fate::Arrives,
            AckFate::Lost => Fate::Lost,
            AckFate::Twice => Fate::Twice,
            AckFate::Late(by) => Fate::Late(by),
            AckFate::Error => Fate::Error,
        };
        let mut fault = None;
        if let Some(recorder) = self.outside.trace.recorder() {
            let point = (from, to, (subject, attempt));
            if let Some(fired) = fired {
                recorder.ack_faults.insert(point, fired);
            }
            fault = recorder.ack_faults.get(&point).copied();
        }
        let fault = fault.filter(|_| decided != AckFate::Pass);
        let says = S::parts_of_reply(&body);
        let number = self.tell(who, What::Acks { to, subject, attempt, says, fate }, fault);
        self.note_send(number, subject, attempt);
    }

    /// Which send a reply is for that arrives now.
    fn sent(&self, rpc: Rpc) -> (Subject, u32) {
        let trace = &self.outside.trace;
        let sent = trace.cause().and_then(|cause| trace.send(cause));
        // What a planted fault of the simulator has put off has lost its cause.
        sent.unwrap_or((NOTHING, rpc.attempt))
    }

    #[cold]
    pub(in crate::world) fn tell_reply(&mut self, who: Instance, reply: ReplyTold<S::Reply>) {
        let ReplyTold { from, rpc, body, .. } = reply;
        let (subject, attempt) = self.sent(rpc);
        let is_awaited = self.running(who).awaits_any_reply(rpc);
        let what = match body {
            Some(body) => {
                let says = S::parts_of_reply(&body);
                What::Acked { from, subject, attempt, says, is_awaited }
            }
            None => What::Errs { from, subject, attempt, is_awaited },
        };
        self.tell(who, what, None);
    }

    /// A reply reaches a worker where nobody takes it.
    #[cold]
    pub(in crate::world) fn tell_reply_lost(
        &mut self,
        reply: ReplyTold<S::Reply>,
        why: Option<Nobody>,
    ) {
        let ReplyTold { to, from, rpc, body } = reply;
        let (subject, attempt) = self.sent(rpc);
        let message = match body {
            Some(_) => Undelivered::Ack { from, attempt },
            None => Undelivered::Error { from, attempt },
        };
        let host = self.directory.under(to, rpc.serial.token());
        let why = why.unwrap_or_else(|| self.why_nobody(host));
        self.tell_nobody(message, to, Some(host), Some(subject), why);
    }

    #[cold]
    pub(in crate::world) fn tell_message_ack(&mut self, who: Instance, ack: &MessageAck) {
        self.tell(who, What::AcksMessage(ack.name), None);
    }

    /// Of what waited for a worker that died, that which it will never hear.
    #[cold]
    pub(in crate::world) fn tell_forgotten(&mut self, event: &Event<S>, cause: Option<u64>) {
        let died = Nobody::Died;
        match *event {
            Event::Request { flight } => {
                let flight = &self.flights[flight];
                let (request, host) = (flight.request, flight.host);
                self.tell_request_lost(&request, host, died);
            }
            Event::Reply { to, from, slot, serial, body } => {
                let reply = ReplyTold { to, from, rpc: rpc(slot, serial), body: Some(body) };
                self.tell_reply_of(reply, cause);
            }
            Event::Error { to, from, slot, serial } => {
                let reply = ReplyTold { to, from, rpc: rpc(slot, serial), body: None };
                self.tell_reply_of(reply, cause);
            }
            Event::Answer { wire, .. } => self.tell_answer_lost(wire, died),
            Event::Called { shard, .. } => {
                let subject = cause.and_then(|cause| self.outside.trace.served(cause));
                let subject = subject.map(Subject::Record);
                self.tell_nobody(Undelivered::CallAnswer, shard, None, subject, died);
            }
            Event::Repeat { .. }
            | Event::Wake { .. }
            | Event::Boot { .. }
            | Event::Call { .. }
            | Event::Commit { .. }
            | Event::Restart { .. }
            | Event::Resume { .. }
            | Event::Lease { .. }
            | Event::Session { .. }
            | Event::Fault { .. } => {}
        }
    }

    fn tell_reply_of(&mut self, reply: ReplyTold<S::Reply>, cause: Option<u64>) {
        let sent = cause.and_then(|cause| self.outside.trace.send(cause));
        let (subject, attempt) = sent.unwrap_or((NOTHING, 0));
        let ReplyTold { to, from, rpc, body } = reply;
        let message = match body {
            Some(_) => Undelivered::Ack { from, attempt },
            None => Undelivered::Error { from, attempt },
        };
        let host = self.directory.under(to, rpc.serial.token());
        self.tell_nobody(message, to, Some(host), Some(subject), Nobody::Died);
    }
}

/// Which request a reply is for, which does not carry the attempt.
fn rpc(slot: u32, serial: Serial) -> Rpc {
    Rpc { slot, attempt: 0, serial }
}
