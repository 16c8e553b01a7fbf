//! The outputs that a worker holds: made, waiting to be sent, sent, acked. Until it is acked an output
//! pins the watermark at its event time.

use super::unit::{Units, place_of};
use crate::dataflow::change::{Held, HeldRow};
use crate::dataflow::record::Record;
use crate::dataflow::worker::decide::lift::sum;
use onceproof_kernel::call::Serial;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use slab::Slab;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// One output.
#[derive(Clone, Debug)]
pub(in crate::dataflow::worker) struct Entry {
    pub record: Record,
    pub to: ShardIndex,
    /// The stamp of its row, if it is held in one: the record may be stamped anew.
    row_stamp: Time,
    /// The unit that made it, for a recompute that waits for its ack.
    pub unit: u32,
    /// How often this life of the worker has sent it.
    pub sends: u32,
    /// What its requests are known by; 0 until it is first sent.
    pub serial: Serial,
    acked: bool,
    /// Tells this output from an earlier one in the same slot.
    birth: u32,
}

/// All outputs of a shard.
#[derive(Debug, Default)]
pub(in crate::dataflow::worker) struct Outbox {
    entries: Slab<Entry>,
    queue: VecDeque<u32>,
    /// How many are not acked.
    pending: u32,
    /// How many are sent and not acked.
    in_flight: u32,
    births: u32,
    pins: BinaryHeap<Reverse<(Time, u32, u32)>>,
    /// The same outputs in order of their stamps.
    stamps: VecDeque<(Time, u32, u32)>,
}

copied_by_field!(Outbox { entries, queue, pending, in_flight, births, pins, stamps });

impl Outbox {
    /// Adds all outputs of this shard, which are these, in order of their ages. Their units go in where these wait
    /// for outputs.
    pub fn tell_state(
        &self,
        shard: ShardIndex,
        in_order: &[u32],
        units: Option<&Units>,
        state: &mut WorldState,
    ) {
        let Outbox { entries, queue, pending, in_flight, births: _, pins, stamps } = self;
        state.add((pending, in_flight, in_order.len()));
        for &slot in in_order {
            let entry = &entries[slot as usize];
            let Entry { record, to, row_stamp, unit, sends, serial, acked, birth: _ } = entry;
            state.add((record, to, row_stamp, sends, acked));
            state.add(units.map(|units| units.place(*unit)));
            state.add_serial(shard, *serial);
        }
        state.add_list(queue.iter().map(|&slot| place_of(slot, in_order)));
        // What is left of outputs that are acked pins nothing.
        let pinning = |&&(_, slot, birth): &&(Time, u32, u32)| is_pinning(entries, slot, birth);
        let placed = |&(at, slot, _): &(Time, u32, u32)| (at, place_of(slot, in_order));
        state.add_set(pins.iter().map(|Reverse(pin)| pin).filter(pinning).map(placed));
        state.add_list(stamps.iter().filter(pinning).map(placed));
    }

    /// Where all outputs are kept, in order of their ages.
    pub fn in_order(&self) -> Vec<u32> {
        let mut slots: Vec<u32> = self.entries.iter().map(|(slot, _)| slot as u32).collect();
        slots.sort_unstable_by_key(|&slot| self.entries[slot as usize].birth);
        slots
    }

    /// A new output, not yet to be sent.
    pub fn make(&mut self, record: Record, to: ShardIndex, unit: u32) -> u32 {
        self.births = self.births.wrapping_add(1);
        let birth = self.births;
        let (event_time, stamp) = (record.event_time, record.stamp);
        let entry = Entry {
            record,
            to,
            row_stamp: stamp,
            unit,
            sends: 0,
            serial: Serial::default(),
            acked: false,
            birth,
        };
        let slot = self.entries.insert(entry) as u32;
        self.prune();
        self.pins.push(Reverse((event_time, slot, birth)));
        // Stamps nearly always increase.
        match self.stamps.back() {
            Some(&(last, ..)) if last > stamp => {
                let at = self.stamps.partition_point(|p| p.0 <= stamp);
                self.stamps.insert(at, (stamp, slot, birth));
            }
            Some(_) | None => self.stamps.push_back((stamp, slot, birth)),
        }
        self.pending += 1;
        slot
    }

    /// The durable form of an output.
    pub fn held(&self, slot: u32) -> Held {
        let entry = &self.entries[slot as usize];
        Held { to: entry.to, record: entry.record }
    }

    /// Adds one more output to a partial aggregate, which has the least event time and stamp of all in it.
    pub fn add(&mut self, slot: u32, weight: i64, value: i64, event_time: Time, stamp: Time) {
        let Entry { record, birth, .. } = &mut self.entries[slot as usize];
        record.weight += weight;
        record.value = sum(record.value, value);
        record.stamp = record.stamp.min(stamp);
        if event_time < record.event_time {
            record.event_time = event_time;
            self.pins.push(Reverse((event_time, slot, *birth)));
        }
    }

    /// The row that an output is held in.
    pub fn row(&self, slot: u32) -> HeldRow {
        let Entry { ref record, to, row_stamp: stamp, .. } = self.entries[slot as usize];
        HeldRow { stamp, id: record.id, to }
    }

    /// Gives an output another stamp than its row has.
    pub fn restamp(&mut self, slot: u32, stamp: Time) {
        let entry = &mut self.entries[slot as usize];
        entry.record.stamp = stamp;
        let (of, birth) = (slot, entry.birth);
        self.stamps.retain(|&(_, slot, _)| slot != of);
        self.stamps.push_back((stamp, slot, birth));
    }

    /// The name of an output.
    pub fn name(&self, slot: u32) -> Name {
        self.entries[slot as usize].record.name
    }

    /// The stamp of an output.
    pub fn stamp(&self, slot: u32) -> Time {
        self.entries[slot as usize].record.stamp
    }

    /// Outputs that may be sent now.
    pub fn release(&mut self, slots: &[u32]) {
        // Nearly always one.
        for &slot in slots {
            self.queue.push_back(slot);
        }
    }

    /// The next output to send, if no more than `limit` are in flight with it.
    pub fn next(&mut self, limit: u32) -> Option<u32> {
        if self.in_flight >= limit {
            return None;
        }
        let slot = self.queue.pop_front()?;
        self.in_flight += 1;
        Some(slot)
    }

    pub fn get(&mut self, slot: u32) -> &mut Entry {
        &mut self.entries[slot as usize]
    }

    /// The slot's output, if it is the one that was sent under this serial and is not acked.
    pub fn find(&mut self, slot: u32, serial: Serial) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(slot as usize)?;
        (entry.serial == serial && !entry.acked).then_some(entry)
    }

    /// Whether send number `sends` is the last one and not acked.
    pub fn awaits(&self, slot: u32, sends: u32, serial: Serial) -> bool {
        self.entries
            .get(slot as usize)
            .is_some_and(|e| e.serial == serial && e.sends == sends && !e.acked)
    }

    /// Whether a reply to this request ends a wait.
    pub fn awaits_reply(&self, slot: u32, serial: Serial) -> bool {
        self.entries.get(slot as usize).is_some_and(|e| e.serial == serial && !e.acked)
    }

    /// An output is done with: it pins nothing any more.
    pub fn acked(&mut self, slot: u32) {
        let entry = &mut self.entries[slot as usize];
        entry.acked = true;
        self.pending -= 1;
        self.in_flight -= 1;
    }

    /// Deletes outputs that are settled.
    pub fn forget(&mut self, slots: &[u32]) {
        for &slot in slots {
            self.entries.remove(slot as usize);
        }
    }

    /// How many outputs are not acked.
    pub fn pending(&self) -> u32 {
        self.pending
    }

    /// The least event time of an output that is not acked.
    pub fn pin(&mut self) -> Time {
        if self.pending == 0 {
            self.pins.clear();
        }
        while let Some(&Reverse((at, slot, birth))) = self.pins.peek() {
            if is_pinning(&self.entries, slot, birth) {
                return at;
            }
            self.pins.pop();
        }
        Time::MAX
    }

    /// The least stamp of an output that is not acked; by a planted defect, of those that were sent.
    pub fn least_stamp(&mut self, once_sent: bool) -> Option<Time> {
        if once_sent {
            let sent = |&&(_, slot, birth): &&(Time, u32, u32)| {
                is_pinning(&self.entries, slot, birth)
                    && self.entries[slot as usize].serial != Serial::default()
            };
            return self.stamps.iter().find(sent).map(|&(stamp, ..)| stamp);
        }
        while let Some(&(stamp, slot, birth)) = self.stamps.front() {
            if is_pinning(&self.entries, slot, birth) {
                return Some(stamp);
            }
            self.stamps.pop_front();
        }
        None
    }

    /// Drops the pins of acked outputs when they are most of what is kept, so that pins which nobody asks
    /// for do not pile up.
    fn prune(&mut self) {
        let Outbox { entries, pins, stamps, pending, .. } = self;
        let most = 64 + 2 * *pending as usize;
        if pins.len() > most {
            pins.retain(|&Reverse((_, slot, birth))| is_pinning(entries, slot, birth));
        }
        if stamps.len() > most {
            stamps.retain(|&(_, slot, birth)| is_pinning(entries, slot, birth));
        }
    }

    /// Forgets all outputs.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.queue.clear();
        self.pending = 0;
        self.in_flight = 0;
        self.pins.clear();
        self.stamps.clear();
    }
}

fn is_pinning(entries: &Slab<Entry>, slot: u32, birth: u32) -> bool {
    entries.get(slot as usize).is_some_and(|entry| entry.birth == birth && !entry.acked)
}
