//! The watermarks that come in: what each sender has promised, and what of that is committed. A watermark rides
//! on every record and is committed with it. Ids are forgotten in the commit that carries the system watermark;
//! what arrives below it is a remnant, and for that all that was seen counts, committed or not: the ids of a
//! commit that is applied and not yet answered are gone already.
//!
//! A watermark that travels alone is a request like any other. It is committed after what it fired, one commit
//! after the other, and acked then. Committed before, it would not come again: a worker that dies between the
//! two commits leaves a window that nothing fires, unless its boot fires what is due. Either rule makes up for
//! the other, and without both the pane is lost (`Defect::DueWindowForgotten`).

use crate::dataflow::change::{CommitKind, Delta, Watermark};
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env};
use crate::dataflow::worker::Worker;
use crate::dataflow::worker::held::unit::Taken;
use crate::dataflow::{Design, point};
use onceproof_kernel::call::Rpc;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use std::cmp::Ordering;

/// What a shard knows of its senders.
#[derive(Debug)]
pub(in crate::dataflow::worker) struct Watermarks {
    senders: Vec<Sender>,
    /// The least of each, kept up to date: of event time seen, and of event and system time committed.
    least_seen: Least,
    least_committed: [Least; 2],
    /// Watermarks that arrived alone and wait for what they fired.
    arrived: Vec<(ShardIndex, Rpc, Watermark)>,
}

copied_by_field!(Watermarks { senders, least_seen, least_committed, arrived });

/// What a sender has promised. Both lie side by side, since who has a thousand senders hears of another one each time.
#[derive(Clone, Copy, Hash, Debug)]
struct Sender {
    /// The highest, committed or not.
    seen: Watermark,
    committed: Watermark,
}

/// The least of some times, none of which falls, and how many have it. Where a thousand senders rise one after the other,
/// the least of all is looked for once.
#[derive(Clone, Copy, Debug)]
struct Least {
    time: Time,
    holders: u32,
}

impl Least {
    /// Nothing was promised.
    const NONE: Least = Least { time: Time::MIN, holders: 0 };

    fn of(times: impl Iterator<Item = Time>) -> Least {
        times.fold(Least { time: Time::MAX, holders: 0 }, |least, time| {
            match time.cmp(&least.time) {
                Ordering::Less => Least { time, holders: 1 },
                Ordering::Equal => Least { holders: least.holders + 1, ..least },
                Ordering::Greater => least,
            }
        })
    }

    /// One of the times has risen from this one: whether the least may have, too.
    fn rises(&mut self, from: Time, to: Time) -> bool {
        if from == self.time && to > from {
            self.holders -= 1;
            return self.holders == 0;
        }
        false
    }
}

impl Watermarks {
    /// What the senders have promised, and which watermarks wait for what they fired.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Watermarks { senders, least_seen, least_committed: _, arrived } = self;
        state.add(arrived.len());
        for &(from, rpc, value) in arrived {
            state.add((from, value));
            state.add_serial(from, rpc.serial);
        }
        // The least of what is committed follows; that of what was seen may be that of an earlier life.
        state.add((senders, least_seen.time));
    }

    pub fn new(design: &Design, step: StepIndex) -> Watermarks {
        let none = Sender { seen: Watermark::NONE, committed: Watermark::NONE };
        Watermarks {
            senders: vec![none; design.senders(step).len()],
            least_seen: Least::NONE,
            least_committed: [Least::NONE; 2],
            arrived: Vec::new(),
        }
    }

    /// What all senders together have promised of event time, committed or not: it fires windows.
    pub fn incoming_seen(&self) -> Time {
        self.least_seen.time
    }

    /// What all senders together have promised, as far as it is committed: it is passed on.
    pub fn incoming_committed(&self) -> Watermark {
        let [event, system] = self.least_committed.map(|least| least.time);
        Watermark { event, system }
    }

    /// What was seen of a sender's watermarks.
    pub fn seen(&self, sender: usize) -> Watermark {
        self.senders[sender].seen
    }

    /// What was committed of a sender's watermarks.
    pub fn committed(&self, sender: usize) -> Watermark {
        self.senders[sender].committed
    }

    /// Whether watermarks that arrived alone wait for their commit.
    pub fn are_waiting(&self) -> bool {
        !self.arrived.is_empty()
    }

    /// Sees a sender's watermarks; true if that moves the event-time watermark of all.
    fn see(&mut self, sender: usize, watermark: Watermark) -> bool {
        let seen = &mut self.senders[sender].seen;
        let old = seen.event;
        *seen = seen.max(watermark);
        if !self.least_seen.rises(old, watermark.event) {
            return false;
        }
        self.least_seen = Least::of(self.senders.iter().map(|sender| sender.seen.event));
        true
    }

    /// A sender's watermarks are durable.
    pub fn commit(&mut self, sender: usize, watermark: Watermark) {
        let committed = &mut self.senders[sender].committed;
        let old = *committed;
        if watermark.is_within(old) {
            return;
        }
        *committed = old.max(watermark);
        let [event, system] = &mut self.least_committed;
        if event.rises(old.event, watermark.event) {
            *event = Least::of(self.senders.iter().map(|sender| sender.committed.event));
        }
        if system.rises(old.system, watermark.system) {
            *system = Least::of(self.senders.iter().map(|sender| sender.committed.system));
        }
    }

    /// Forgets everything, and starts from what the store has.
    pub fn restart(&mut self, committed: &[Watermark]) {
        assert_eq!(self.senders.len(), committed.len(), "the store has a row for each sender");
        for (sender, &committed) in self.senders.iter_mut().zip(committed) {
            *sender = Sender { seen: committed, committed };
        }
        self.least_committed = match committed {
            [] => [Least::NONE; 2],
            _ => [
                Least::of(committed.iter().map(|committed| committed.event)),
                Least::of(committed.iter().map(|committed| committed.system)),
            ],
        };
        self.least_seen = self.least_committed[0];
        self.arrived.clear();
    }
}

impl Worker {
    /// A watermark arrives, alone or on a record.
    pub(in crate::dataflow::worker) fn see_watermark<E: Env>(
        &mut self,
        from: ShardIndex,
        watermark: Watermark,
        m: &mut Context<'_, E>,
    ) {
        let sender = m.design.sender_number(self.step, from);
        if self.watermarks.see(sender, watermark)
            && m.design.pipeline.step(self.step).kind.windowing().is_some()
        {
            self.advance_windows(m.design);
        }
    }

    /// Whether a record is older than all that its sender could still send: it was processed, and what
    /// comes now is a copy that the network has kept.
    pub(in crate::dataflow::worker) fn is_remnant(
        &self,
        from: ShardIndex,
        stamp: Time,
        design: &Design,
    ) -> bool {
        if !self.mechanism.forgets_by_watermark() || self.has(Defect::RemnantsTaken) {
            return false;
        }
        let sender = design.sender_number(self.step, from);
        let watermark = match self.has(Defect::RemnantsByCommitted) {
            true => self.watermarks.committed(sender),
            false => self.watermarks.seen(sender),
        };
        stamp < watermark.system
    }

    /// A watermark that travelled alone is acked once it is durable.
    pub(in crate::dataflow::worker) fn receive_watermark<E: Env>(
        &mut self,
        from: ShardIndex,
        rpc: Rpc,
        value: Watermark,
        m: &mut Context<'_, E>,
    ) {
        let sender = m.design.sender_number(self.step, from);
        if value.is_within(self.watermarks.committed(sender)) {
            self.ack(from, rpc, point::watermark(value.event), m);
            return;
        }
        self.watermarks.arrived.push((from, rpc, value));
        self.commit_watermarks(m);
    }

    /// Commits the watermarks that travelled alone, once all that they fired is committed.
    pub(in crate::dataflow::worker) fn commit_watermarks<E: Env>(
        &mut self,
        m: &mut Context<'_, E>,
    ) {
        let overtakes =
            self.has(Defect::LoneWatermarkOvertakes) || self.has(Defect::DueWindowForgotten);
        if self.watermarks.arrived.is_empty() || (self.windows.is_firing() && !overtakes) {
            return;
        }
        let mut arrived = std::mem::take(&mut self.watermarks.arrived);
        let subject = point::watermark(arrived[0].2.event);
        let slot = self.units.open(CommitKind::Watermark, subject);
        let unit = self.units.get(slot);
        for (from, rpc, value) in arrived.drain(..) {
            let sender = m.design.sender_number(self.step, from) as u32;
            unit.deltas.push(Delta::Watermark { sender, value });
            unit.taken.push(Taken::Watermark { from, rpc, value });
        }
        self.watermarks.arrived = arrived;
        self.commit(slot, m);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_times_that_rise_is_that_of_all() {
        let mut times = [3, 1, 1, 2, 1].map(Time);
        let mut least = Least::of(times.iter().copied());
        for (at, to) in [(1, 4), (0, 5), (4, 1), (2, 2), (4, 6), (3, 3), (2, 9), (3, 4)] {
            let from = times[at];
            times[at] = from.max(Time(to));
            if least.rises(from, Time(to)) {
                least = Least::of(times.iter().copied());
            }
            assert_eq!(Some(least.time), times.iter().min().copied(), "{times:?}");
        }
    }
}
