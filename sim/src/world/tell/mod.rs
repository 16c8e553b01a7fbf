//! What happens in the world, as events of the trace. All of it runs only if somebody reads the trace.

mod hosts;
mod messages;
mod store;

pub(super) use messages::ReplyTold;

use super::World;
use super::leases::Instance;
use crate::trace::{Actor, Ownership, Waited, What};
use onceproof_kernel::system::{Process, System, Wait};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Forgotten;

impl<S: System> World<'_, S> {
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
            let step = self.layout.step(self.layout.step_of(shard));
            let length = step.forgets_after.unwrap_or(0);
            let Some(recorder) = self.outside.trace.recorder() else { return };
            let record = recorder.ids.get(&(shard, aged.key, aged.id)).copied();
            let forgotten = S::forgotten(record, aged.key, Forgotten::Aged(length));
            recorder.record_at(aged.end.0.abs_diff(start.0), What::Own(forgotten));
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

    /// An instance starts.
    #[cold]
    pub(super) fn tell_start(&mut self, who: Instance) {
        let actor = self.actor(who, None);
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.starts(actor);
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
    pub(super) fn tell_timer(&mut self, who: Instance, timer: S::Timer) {
        let subject = self.running(who).awaited_with(timer);
        let waited = match S::wait(timer) {
            Wait::FirstReply | Wait::Reply | Wait::ControlReply(_) => Waited::Ack(subject),
            Wait::Answer => Waited::Service(subject),
            Wait::Input => Waited::Input,
            Wait::Due => Waited::Due,
            Wait::EndOfInstant => Waited::Close,
            Wait::Reread => Waited::Reread,
            Wait::Reapply(key) => Waited::Reapply(key),
        };
        self.tell(who, What::HasWaited(waited), None);
    }
}
