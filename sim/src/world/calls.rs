//! Requests and acks between workers: lost, doubled, delayed, refused and cut off as the answers say.

use super::World;
use super::event::Event;
use crate::answers::{AckVerdict, Call, RequestVerdict};
use crate::fault::{Kind, Leg};
use crate::network::Cut;
use crate::outside::Outside;
use crate::queue::{Lane, Turn};
use onceproof_model::commit::Subject;
use onceproof_model::effect::{Ack, Request, Rpc};
use onceproof_model::time::Nanos;

impl World<'_> {
    pub(super) fn send_request(&mut self, request: &mut Request, cost: Nanos) {
        let Outside { answers, words, work, ledger, .. } = &mut self.outside;
        let attempt = self.links.count_send(self.pipeline, request, words.names.len());
        request.rpc.attempt = attempt;
        if let Some(record) = &request.record {
            ledger.hold(self.host_of[request.from.at()] as usize, record.name);
        }
        work.messages += 1;
        work.retries += u64::from(attempt > 1);
        let subject = request.subject();
        let call = Call::new(self.pipeline, request.from, request.to, subject, attempt, words);
        if answers.is_watched() {
            let (from, to) = (self.host_of[request.from.at()], self.host_of[request.to.at()]);
            answers.note_cut(self.links.is_cut(from as usize, to as usize, self.now));
        }
        let verdict = answers.request(&call, self.pipeline, words);
        self.trace.request_leaves(request, verdict, &self.outside, self.now);
        let (from, to) = (self.host(request.from), self.host(request.to));
        if let RequestVerdict::Cut(Kind::Partition { lasts, direction }) = verdict {
            let until = self.now.saturating_add(lasts);
            self.links.cut(Cut { from, to, direction, until });
        }
        let latency = self.outside.answers.latency(&call, Leg::Request);
        let at = self.now.saturating_add(cost).saturating_add(latency);
        if self.links.is_cut(from, to, self.now) {
            self.trace.cut_off(from, to, self.now);
            return;
        }
        match verdict {
            RequestVerdict::Pass => self.fly(at, self.network_lane, request),
            RequestVerdict::Lost => {}
            // A cut one way may leave this way open.
            RequestVerdict::Cut(_) => self.fly(at, self.network_lane, request),
            RequestVerdict::Twice => {
                self.fly(at, self.network_lane, request);
                self.fly(at, self.network_lane, request);
            }
            RequestVerdict::Late(by) => {
                let at = at.saturating_add(by);
                self.late_until = self.late_until.max(at);
                self.fly(at, Lane::Heap, request);
            }
            RequestVerdict::Refused => {
                let at = at.saturating_add(self.outside.answers.latency(&call, Leg::Ack));
                let Request { from: to, to: from, rpc: Rpc { slot, serial, .. }, .. } = *request;
                self.schedule(
                    at,
                    Turn::Normal,
                    Lane::Heap,
                    Event::Error { to, from, slot, serial },
                );
            }
        }
    }

    fn fly(&mut self, at: u64, lane: Lane, request: &Request) {
        let flight = self.links.flights.insert(request.clone()) as u32;
        self.schedule(at, Turn::Normal, lane, Event::Request { flight });
    }

    pub(super) fn send_ack(&mut self, ack: &Ack, cost: Nanos) {
        let Outside { answers, words, ledger, .. } = &mut self.outside;
        let Ack { from, to, rpc, subject, watermark } = *ack;
        if let Subject::Record(name) = subject {
            ledger.let_go(self.host_of[from.at()] as usize, name);
        }
        // The sender of the ack is the receiver of the request.
        let call = Call::new(self.pipeline, to, from, subject, rpc.attempt, words);
        if answers.is_watched() {
            let (from, to) = (self.host_of[from.at()], self.host_of[to.at()]);
            answers.note_cut(self.links.is_cut(from as usize, to as usize, self.now));
        }
        let verdict = answers.ack(&call, self.pipeline, words);
        self.trace.ack_leaves(ack, verdict, &self.outside, self.now);
        if self.links.is_cut(self.host(from), self.host(to), self.now) {
            self.trace.cut_off(self.host(from), self.host(to), self.now);
            return;
        }
        let latency = self.outside.answers.latency(&call, Leg::Ack);
        let at = self.now.saturating_add(cost).saturating_add(latency);
        let Rpc { slot, serial, .. } = rpc;
        let (lane, reply) = (self.network_lane, Event::Reply { to, from, slot, serial, watermark });
        match verdict {
            AckVerdict::Pass => self.schedule(at, Turn::Normal, lane, reply),
            AckVerdict::Lost => {}
            AckVerdict::Twice => {
                self.schedule(at, Turn::Normal, lane, reply);
                self.schedule(at, Turn::Normal, lane, reply);
            }
            AckVerdict::Late(by) => {
                let at = at.saturating_add(by);
                self.late_until = self.late_until.max(at);
                self.schedule(at, Turn::Normal, Lane::Heap, reply);
            }
            AckVerdict::Error => {
                self.schedule(at, Turn::Normal, lane, Event::Error { to, from, slot, serial });
            }
        }
    }
}
