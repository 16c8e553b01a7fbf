//! The worker's side of one shard of one stage: the protocol that makes a count exact.
//!
//! A record is **admitted** (is its id in the catalog of its key? a `filter` may save the read), **applied**
//! (the window, or the user functions of the stage, one after the other: `chain`), **held** with what it
//! made until the **commit** is answered, then **acked** upstream while its
//! outputs are **sent**, and each output is **settled** once it is acked itself. Each of these has its
//! file, in four rooms: what comes in (`arrive`), what is decided (`decide`), what is held (`held`), what goes out
//! (`leave`). Under `recompute` the order is another: outputs are sent first, and one
//! commit at the end settles everything. What a record leaves in the catalog is **forgotten** in the commit
//! that carries the system watermark (`watermark`, and `promise` for what a shard promises itself).
//!
//! All state here is volatile: a crash drops it, and `boot` rebuilds it from the store's rows.

mod boot;
mod arrive;
mod decide;
mod held;
mod leave;

#[cfg(test)]
mod tests;

use crate::dataflow::change::{CommitKind, Watermark};
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Effect, Effects, Env, Input, Timer};
use crate::dataflow::mechanism::{Atomic, Ids, Mechanism, Outputs};
use crate::dataflow::record::Record;
use crate::dataflow::{Dataflow, Design};
use crate::pipeline::StepKind;
use arrive::filter::Filters;
use arrive::gate::Gate;
use arrive::source::Reader;
use arrive::watermark::Watermarks;
use decide::chain::Link;
use decide::fire::Windows;
use decide::lift::{Lifted, lifts_all};
use held::outbox::Outbox;
use held::unit::{Units, place_of};
use leave::call::Calls;
use leave::promise::Promises;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::copied_by_field;
use onceproof_kernel::effect::Commit;
use onceproof_kernel::env;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::prefix::Prefix;
use onceproof_kernel::record::{Output, RecordId};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Fill, Process, ToldWorld};
use onceproof_kernel::time::Time;

/// One shard as its worker knows it.
#[derive(Debug)]
pub struct Worker {
    shard: ShardIndex,
    /// The head of the stage.
    step: StepIndex,
    mechanism: Mechanism,
    defect: Option<Defect>,
    /// How ids and state are committed, and before which step of the protocol each kind of commit is sent.
    atomic: Atomic,
    points: [Point; 4],
    /// Whether all that this stage sends is added up in bundles.
    lifts_all: bool,
    /// Whether it reads a queue, and whether one that does sends to it.
    reads_queue: bool,
    is_behind_queue: bool,
    /// The token of this life, and what was counted under it.
    token: u64,
    serials: u64,
    executions: u64,
    /// How many records this life has numbered in order of execution.
    executed_in_order: i64,
    last_stamp: Time,
    gate: Gate,
    filters: Filters,
    units: Units,
    /// The bundle that still takes records, and the one that still takes acked outputs.
    open: Option<u32>,
    open_settle: Option<u32>,
    lifted: Lifted,
    /// How many commits were sent under this token.
    commits: u64,
    calls: Calls,
    /// The numbers that were given to rows of an external table.
    given: Prefix,
    outbox: Outbox,
    /// Acked outputs whose deletion waits for the next commit, in the order of their acks.
    unsettled: Vec<u32>,
    windows: Windows,
    watermarks: Watermarks,
    promises: Promises,
    reader: Option<Reader>,
    /// What the stage makes of one record, and the outputs of one execution, kept for their memory.
    chain: Vec<Link>,
    scratch: Vec<Output>,
}

copied_by_field!(Worker {
    shard,
    step,
    mechanism,
    defect,
    atomic,
    points,
    lifts_all,
    reads_queue,
    is_behind_queue,
    token,
    serials,
    executions,
    executed_in_order,
    last_stamp,
    gate,
    filters,
    units,
    open,
    open_settle,
    lifted,
    commits,
    calls,
    given,
    outbox,
    unsettled,
    windows,
    watermarks,
    promises,
    reader,
    chain,
    scratch,
});

impl Worker {
    /// A worker for a shard; it knows nothing until it boots.
    pub fn new(design: &Design, shard: ShardIndex) -> Worker {
        let step = design.layout.step_of(shard);
        let is_source = matches!(design.pipeline.step(step).kind, StepKind::Source { .. });
        let reads_queue = |step| {
            matches!(design.pipeline.step(step).kind, StepKind::Source { queue: Some(_), .. })
        };
        let mut senders = design.senders(step).iter().copied();
        let mechanism = *design.mechanism(step);
        Worker {
            shard,
            step,
            mechanism,
            defect: design.defect(),
            atomic: match mechanism.dedup.writes_ids_first() {
                true => Atomic::IdFirst,
                false => mechanism.atomic,
            },
            lifts_all: lifts_all(design, step),
            points: CommitKind::ALL.map(|kind| design.layout.point_at(step, kind.point())),
            reads_queue: reads_queue(step),
            is_behind_queue: senders.any(|shard| reads_queue(design.layout.step_of(shard))),
            token: 0,
            serials: 0,
            executions: 0,
            executed_in_order: 0,
            last_stamp: Time::MIN,
            gate: Gate::default(),
            filters: Filters::default(),
            units: Units::default(),
            open: None,
            open_settle: None,
            lifted: Lifted::default(),
            commits: 0,
            calls: Calls::default(),
            given: Prefix::default(),
            outbox: Outbox::default(),
            unsettled: Vec::new(),
            windows: Windows::default(),
            watermarks: Watermarks::new(design, step),
            promises: Promises::new(design, step),
            reader: is_source.then(Reader::default),
            chain: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Takes one input and lists what is to be done, in order.
    #[inline(always)]
    pub fn handle<E: Env>(&mut self, input: &Input, m: &mut Context<'_, E>) {
        match *input {
            Input::Boot => self.boot(m),
            Input::Request(ref request) => self.receive(request, m),
            Input::Replied(reply) => self.reply(reply, m),
            Input::Committed { sender_slot, .. } => self.answered(sender_slot, m),
            Input::Called { rpc, answer } => self.called(rpc, answer, m),
            Input::Wake(timer) => self.wake(timer, m),
            Input::Resume => self.resume(m),
        }
        self.end_input(input, m);
    }

    fn wake<E: Env>(&mut self, timer: Timer, m: &mut Context<'_, E>) {
        match timer {
            Timer::Retry { slot, .. } => self.retry(slot, m),
            Timer::RetryWatermark { target, .. } => self.send_watermark(target as usize, m),
            Timer::Recall { slot, .. } => self.send_call(slot, m),
            Timer::Arrival | Timer::Reread => {
                let reader = self.reader.as_mut().expect("only a source waits to read");
                reader.arrived(m.now);
            }
            Timer::Close => self.close_all(m),
            Timer::Reapply(key) => self.gate.give_turn(key),
        }
    }

    /// Goes on with the next key whose turn has come, else with the next source records.
    fn resume<E: Env>(&mut self, m: &mut Context<'_, E>) {
        if let Some((key, start)) = self.gate.take_loose() {
            return self.fire(key, start, m);
        }
        match self.gate.take_ready() {
            Some(key) => self.next_of_key(key, m),
            None => match self.queue(m) {
                Some(queue) => self.pull(queue, m),
                None => self.read(m),
            },
        }
    }

    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// The place of a commit's unit among those that are open.
    pub(in crate::dataflow) fn place_of_unit(&self, commit: &Commit) -> usize {
        self.units.place(commit.sender_slot)
    }

    fn next_serial(&mut self) -> Serial {
        self.serials += 1;
        Serial::new(self.token, self.serials)
    }

    fn rpc(slot: u32, serial: Serial) -> Rpc {
        Rpc { slot, attempt: 0, serial }
    }
}

impl Process<Dataflow> for Worker {
    fn new(design: &Design, shard: ShardIndex) -> Worker {
        Worker::new(design, shard)
    }

    fn reset(&mut self) {
        self.token = 0;
        self.serials = 0;
        self.executions = 0;
        self.last_stamp = Time::MIN;
    }

    #[inline(always)]
    fn handle<E: env::Env<Dataflow>>(&mut self, input: &Input, m: &mut Context<'_, E>) {
        Worker::handle(self, input, m);
    }

    fn serials(&self) -> u64 {
        self.serials
    }

    fn token(&self) -> Option<u64> {
        Some(self.token)
    }

    fn fills(&self) -> Vec<Fill> {
        self.filter_fills().collect()
    }

    /// Adds its state. Fresh ids depend on the token and on how often this life has executed something, so two
    /// lives never compare equal: with them there is no rest. Where a rule is left out there is none either:
    /// what is left out of the state here decides nothing by those very rules, and a planted defect may make it
    /// matter.
    fn tell_state(&self, _: ToldWorld<'_, Dataflow>, state: &mut WorldState) {
        let Worker {
            shard,
            step: _,
            mechanism,
            defect,
            atomic: _,
            points: _,
            lifts_all: _,
            reads_queue: _,
            is_behind_queue: _,
            token: _,
            serials: _,
            executions: _,
            executed_in_order,
            last_stamp,
            gate,
            filters,
            units,
            open,
            open_settle,
            lifted,
            commits,
            calls,
            given,
            outbox,
            unsettled,
            windows,
            watermarks,
            promises,
            reader,
            chain: _,
            scratch: _,
        } = self;
        state.requires(mechanism.ids == Ids::Derived && defect.is_none());
        state.requires(open.is_none() && open_settle.is_none());
        state.add((executed_in_order, last_stamp, given, reader));
        state.add_commit(*shard, *commits);
        gate.tell_state(state);
        filters.tell_state(state);
        lifted.tell_state(state);
        calls.tell_state(state);
        windows.tell_state(state);
        watermarks.tell_state(state);
        promises.tell_state(*shard, state);
        let outputs = outbox.in_order();
        units.tell_state(&outputs, state);
        let waits_for_acks = mechanism.outputs == Outputs::Recompute;
        outbox.tell_state(*shard, &outputs, waits_for_acks.then_some(units), state);
        state.add_list(unsettled.iter().map(|&slot| place_of(slot, &outputs)));
    }

    /// Whether there is more to do right now, by [`Input::Resume`].
    fn is_ready(&self) -> bool {
        self.gate.is_ready() || self.can_read()
    }

    /// Whether a timer still means anything; a stale one need not be delivered.
    fn awaits(&self, timer: Timer) -> bool {
        match timer {
            Timer::Retry { slot, sends, serial } => self.outbox.awaits(slot, sends, serial),
            Timer::RetryWatermark { target, sends, serial } => {
                self.promises.awaits(target, sends, serial)
            }
            Timer::Recall { slot, sends, serial } => self.calls.awaits(slot, sends, serial),
            Timer::Arrival | Timer::Reapply(_) | Timer::Reread => true,
            Timer::Close => self.open.is_some() || self.open_settle.is_some(),
        }
    }

    /// Whether the ack of this request of a record is still waited for.
    fn awaits_reply(&self, rpc: Rpc) -> bool {
        self.outbox.awaits_reply(rpc.slot, rpc.serial)
    }

    /// The same of any request: of a record, or of a watermark that travels alone.
    fn awaits_any_reply(&self, rpc: Rpc) -> bool {
        match self.promises.is_own(rpc) {
            true => self.promises.awaits_reply(rpc),
            false => self.awaits_reply(rpc),
        }
    }

    /// What is waited for with a timer that still means something, for whoever watches from outside: the record or
    /// the watermark that is sent, or the record that is called for.
    fn awaited_with(&self, timer: Timer) -> Option<Subject> {
        match timer {
            Timer::Retry { slot, .. } => Some(Subject::Record(self.outbox.name(slot))),
            Timer::RetryWatermark { target, .. } => self.promises.awaited(target),
            Timer::Recall { slot, .. } => self.calls.name(slot).map(Subject::Record),
            Timer::Arrival | Timer::Close | Timer::Reapply(_) | Timer::Reread => None,
        }
    }
}

/// A record that arrived and waits for its turn, or is being worked on.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Arrived {
    record: Record,
    from: ShardIndex,
    rpc: Rpc,
    watermark: Watermark,
    /// How often a function has failed on it in this life.
    failures: u32,
}

/// Wakes the worker at `at`.
fn wake_at(effects: &mut Effects, at: Time, timer: Timer) {
    effects.list.push(Effect::Wake { at, timer });
}

/// What outputs are made from: the input, or the pane.
#[derive(Clone, Copy, Debug)]
struct Parent {
    name: Name,
    id: RecordId,
    event_time: Time,
    stamp: Time,
    weight: i64,
    lineage: u32,
}
