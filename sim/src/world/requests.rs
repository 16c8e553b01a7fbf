//! Requests and acks between workers: lost, doubled, delayed, refused and cut off as the answers say.

use super::leases::Instance;
use super::tell::ReplyTold;
use super::{Event, World};
use crate::answers::{AckFate, Exchange, RequestFate};
use crate::fault::{Kind, Leg};
use crate::fingerprint::Code;
use crate::network::Cut;
use crate::outside::Outside;
use crate::queue::{Lane, Turn};
use onceproof_kernel::alphabet::{Mark, Subject};
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{Input, Replied, Reply, Request};
use onceproof_kernel::layout::{Layout, ShardIndex};
use onceproof_kernel::system::{Carried, Passage, Process, System};
use onceproof_kernel::time::{Nanos, Time};

/// A request on its way to a worker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight<S: System> {
    pub request: Request<S>,
    /// The worker that had the receiver's shard, as far as the sender knew.
    pub host: u32,
}

/// When the message was published that a source's request is about, if that source reads a queue.
fn publication<S: System>(layout: &Layout, request: &Request<S>) -> Option<Time> {
    let source = layout.step(layout.step_of(request.from)).source.as_ref()?;
    source.queue.as_ref()?;
    S::carried(&request.body).map(|carried| carried.made)
}

impl<S: System> World<'_, S> {
    /// Sends a request that is among those on their way already, where it is made whole.
    #[inline(never)]
    pub(super) fn send_request(&mut self, sender: Instance, flight: u32, cost: Nanos) {
        let Outside { words, work, marks, ledger, now, answers, .. } = &mut self.outside;
        let Flight { request, host } = &mut self.flights[flight];
        let (way, subject) = ((request.from, request.to), request.subject());
        let attempt = self.links.count_send(self.layout, way, subject, words.names.len());
        request.rpc.attempt = attempt;
        let published = publication(self.layout, request);
        let is_retry = self.links.is_retry(self.layout, way, subject, attempt, published);
        if let Some(Carried { name, id, .. }) = S::carried(&request.body) {
            ledger.hold(request.from, name);
            if ledger.is_detailed() {
                ledger.sent(way, (name, id), published, *now, &words.names);
            }
        }
        work.messages += 1;
        work.retries += u64::from(is_retry);
        if is_retry && sender.life > 0 {
            marks.reach(Mark::SENT_AGAIN_AFTER_RESTART);
        }
        if let Subject::Control { word, .. } = subject {
            let [sent, again] = self.layout.alphabet.controls[usize::from(word)].marks;
            marks.reach(sent);
            if attempt > 1 {
                marks.reach(again);
            }
        }
        let mut exchange =
            Exchange::new(self.layout, request.from, request.to, subject, attempt, words);
        exchange.sent = Some(S::sent_at(&request.body, &self.layout.alphabet.moments));
        exchange.passage = S::passage(&request.body);
        *host = match S::addressee(&request.body) {
            Some(token) => self.directory.under(request.to, token),
            None => self.directory.look_up(request.to, self.now),
        };
        let to = *host as usize;
        let latency = answers.latency(&exchange, Leg::Request);
        let from = self.host_of(sender).expect("the sender runs") as usize;
        let Outside { answers, words, .. } = &mut self.outside;
        answers.note_cut(|| self.links.is_cut(from, to, self.now));
        let fate = answers.request(&exchange, self.layout, words);
        if let RequestFate::Cut(Kind::Partition { lasts, direction }) = fate {
            let until = self.now.saturating_add(lasts);
            self.cut_link(Cut { from, to, direction, until });
        }
        let at = self.now.saturating_add(cost).saturating_add(latency);
        let is_cut = self.links.is_cut(from, to, self.now);
        if self.outside.trace.is_on() {
            let request = self.flights[flight].request;
            self.tell_request(sender, &request, is_retry, fate, is_cut, (from, to));
        }
        if is_cut {
            let request = self.flights.take(flight).request;
            // A link that is cut breaks the channels that go over it.
            if exchange.passage == Passage::Channel {
                self.answer_with_error(at, &request);
            }
            return;
        }
        match fate {
            // A cut one way may leave this way open.
            RequestFate::Pass | RequestFate::Cut(_) => self.fly(at, Lane::Network, flight),
            RequestFate::Lost => self.flights.free(flight),
            RequestFate::Twice => {
                self.fly(at, Lane::Network, flight);
                let other = self.flights.insert(self.flights[flight]);
                self.fly(at, Lane::Network, other);
            }
            RequestFate::Late(by) => self.fly(at.saturating_add(by), Lane::Heap, flight),
            RequestFate::Refused => {
                let request = self.flights.take(flight).request;
                let at = at.saturating_add(self.outside.answers.latency(&exchange, Leg::Ack));
                self.answer_with_error(at, &request);
            }
        }
    }

    fn fly(&mut self, at: u64, lane: Lane, flight: u32) {
        self.schedule(at, Turn::Normal, lane, Event::Request { flight });
    }

    /// Whoever sent a request hears of an error.
    fn answer_with_error(&mut self, at: u64, request: &Request<S>) {
        let Request { from: to, to: from, rpc: Rpc { slot, serial, .. }, .. } = *request;
        self.schedule(at, Turn::Normal, Lane::Heap, Event::Error { to, from, slot, serial });
    }

    /// A request arrives where its sender believed the shard to be. A zombie takes it like an owner.
    pub(super) fn request_arrives(&mut self, flight: u32) {
        let Flight { request, host } = self.flights.take(flight);
        let (to, input) = (request.to, Input::Request(request));
        let Input::Request(request) = &input else { unreachable!("it was just made") };
        let Some(who) = self.find(host, to) else {
            return self.request_is_lost(request, host);
        };
        self.fingerprint.add_request(self.now, request, &self.outside.words);
        if who != self.owner(to) {
            self.outside.marks.reach(Mark::ZOMBIE_ASKED);
        }
        if self.outside.trace.is_on() {
            self.tell_request_arrives(who, request);
        }
        if let Some(carried) = S::carried(&request.body) {
            self.outside.ledger.hold(to, carried.name);
        }
        self.deliver(who, &input);
    }

    /// A request arrives where nobody takes it.
    #[cold]
    fn request_is_lost(&mut self, request: &Request<S>, host: u32) {
        if self.hosts[host as usize].is_up() {
            self.outside.marks.reach(Mark::SHARD_NOT_THERE);
        }
        let sent = self.outside.trace.cause();
        if self.outside.trace.is_on() {
            self.tell_request_lost(request, host, self.why_nobody(host));
        }
        if S::passage(&request.body) == Passage::Channel {
            // That nobody took it is no cause of the error: that it was sent is.
            sent.into_iter().for_each(|sent| self.note_cause(sent));
            self.answer_with_error(self.now, request);
        }
    }

    /// A reply arrives at the worker that sent the request.
    pub(super) fn reply(
        &mut self,
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: Serial,
        body: Option<S::Reply>,
    ) {
        if let Some(who) = self.find(self.directory.under(to, serial.token()), to) {
            let said = body.as_ref().map_or(0, S::digest_of_reply);
            let code = if body.is_some() { Code::Reply } else { Code::Error };
            self.count(code, to, serial.bits() ^ said);
            if body.is_none() {
                self.outside.marks.reach(Mark::ERROR_ANSWERED);
            }
            let rpc = Rpc { slot, attempt: 0, serial };
            if self.outside.trace.is_on() {
                self.tell_reply(who, ReplyTold { to, from, rpc, body });
            }
            // Until calm nobody asks whether anything comes of anything.
            if self.now >= self.calm_at && body.is_some() && self.running(who).awaits_reply(rpc) {
                self.standstill.progressed(self.now);
            }
            self.deliver(who, &Input::Replied(Replied { from, rpc, body }));
        } else if self.outside.trace.is_on() {
            let rpc = Rpc { slot, attempt: 0, serial };
            self.tell_reply_lost(ReplyTold { to, from, rpc, body }, None);
        }
    }

    #[inline(never)]
    pub(super) fn send_ack(&mut self, sender: Instance, ack: &Reply<S>, cost: Nanos) {
        let Outside { words, ledger, measure, .. } = &mut self.outside;
        let Reply { from, to, rpc, subject, body } = *ack;
        if let Some(measure) = measure {
            measure.answers();
        }
        if let Subject::Record(name) = subject {
            ledger.let_go(from, name);
        }
        // The sender of the ack is the receiver of the request.
        let exchange = Exchange::new(self.layout, to, from, subject, rpc.attempt, words);
        let here = self.host_of(sender).expect("the sender of an ack runs") as usize;
        let there = self.directory.under(to, rpc.serial.token()) as usize;
        let Outside { answers, words, .. } = &mut self.outside;
        answers.note_cut(|| self.links.is_cut(here, there, self.now));
        let fate = answers.ack(&exchange, self.layout, words);
        let is_cut = self.links.is_cut(here, there, self.now);
        if self.outside.trace.is_on() {
            self.tell_ack(sender, ack, fate, is_cut);
        }
        if is_cut {
            return;
        }
        let latency = self.outside.answers.latency(&exchange, Leg::Ack);
        let at = self.now.saturating_add(cost).saturating_add(latency);
        let Rpc { slot, serial, .. } = rpc;
        let (lane, reply) = (Lane::Network, Event::Reply { to, from, slot, serial, body });
        match fate {
            AckFate::Pass => self.schedule(at, Turn::Normal, lane, reply),
            AckFate::Lost => {}
            AckFate::Twice => {
                self.schedule(at, Turn::Normal, lane, reply);
                self.schedule(at, Turn::Normal, lane, reply);
            }
            AckFate::Late(by) => {
                let at = at.saturating_add(by);
                self.schedule(at, Turn::Normal, Lane::Heap, reply);
            }
            AckFate::Error => {
                self.schedule(at, Turn::Normal, lane, Event::Error { to, from, slot, serial });
            }
        }
    }
}
