//! Calls to external services on their way there and back. A call is no commit: it is done when it arrives,
//! also if its worker has died meanwhile, and nothing takes it back.
//!
//! A call is answered to the instance that made it and to no other life of the shard. One that has lost its
//! shard calls all the same, and the service does what it says: only its commits are fenced. One that stood
//! still before a call makes it twice, since the answer is overdue when it goes on.
//!
//! Who is refused by a service for its token has lost its shard and ends, as by the refusal of a commit. It
//! calls no more, and it does not go on to its commit: that a record is done with is for the new owner to say.

use super::leases::Instance;
use super::standstill::Deed;
use super::{Event, World};
use crate::answers::{Act, Attempt, CallFate};
use crate::fingerprint::Code;
use crate::outside::Outside;
use crate::queue::{Lane, Turn};
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::call::{Answer, Call, Rpc};
use onceproof_kernel::effect::Input;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;

/// A call on its way to a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Out {
    pub call: Call,
    /// Who made it; the answer is for nobody else.
    who: Instance,
    is_answered: bool,
}

impl<S: System> World<'_, S> {
    #[inline(never)]
    pub(super) fn begin_call(&mut self, who: Instance, call: &Call, cost: Nanos) {
        let Outside { answers, words, service, .. } = &mut self.outside;
        let attempt = service.count(call.step, call.name);
        let (step, name) = (call.step, call.name);
        let made = Attempt::new(Act::Call, self.layout, step, name, attempt, words);
        let fate = answers.call(&made, self.layout, words);
        if self.outside.trace.is_on() {
            self.tell_call(who, call, attempt, fate);
        }
        let is_answered = match fate {
            CallFate::Pass => true,
            CallFate::Unknown => false,
        };
        let out = self.outs.insert(Out { call: *call, who, is_answered });
        let at = self.now.saturating_add(cost).saturating_add(self.plan.cluster.call);
        self.schedule(at, Turn::Normal, Lane::Heap, Event::Call { out });
    }

    pub(super) fn call_arrives(&mut self, out: u32) {
        let Out { call, who, is_answered } = self.outs.take(out);
        let Outside { service, ledger, words, work, sources, marks, now, .. } = &mut self.outside;
        let handled = service.handle(&call, self.layout, *now, ledger, words);
        work.side_effects += u64::from(handled.is_effect);
        if handled.answer == Answer::Fenced {
            marks.reach(Mark::CALL_FENCED);
        }
        for (name, lineage) in ledger.take_shown() {
            for source in ledger.sources_of(name, lineage, words) {
                ledger.taken(source, now.0.abs_diff(sources.arrival(source).0));
            }
        }
        let sort = std::mem::discriminant(&call.operation);
        self.progressed_by(call.step, call.name, Deed::Call(sort));
        self.fingerprint.add_call(self.now, &call, &self.outside.words);
        if self.outside.trace.is_on() {
            self.tell_call_arrives(who, &call, handled);
        }
        if is_answered {
            let at = self.now.saturating_add(self.plan.cluster.call);
            let Instance { shard, life } = who;
            let Rpc { slot, serial, .. } = call.rpc;
            let called = Event::Called { shard, life, slot, serial, answer: handled.answer };
            self.schedule(at, Turn::Normal, Lane::Heap, called);
        }
    }

    pub(super) fn call_answered(&mut self, who: Instance, rpc: Rpc, answer: Answer) {
        let shard = who.shard;
        if self.outside.trace.is_on() {
            self.tell_call_answered(who, answer);
        }
        if !self.is_running(who) {
            return;
        }
        self.count(Code::Called, shard, rpc.serial.bits() ^ (answer as u64) << 32);
        if answer == Answer::Fenced {
            assert!(who != self.owner(shard), "the owner of a token is never refused");
            return self.end(who);
        }
        self.deliver(who, &Input::Called { rpc, answer });
    }
}
