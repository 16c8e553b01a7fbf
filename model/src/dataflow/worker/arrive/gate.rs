//! Which keys are busy, what waits for them, and which have their turn. Most keys are busy for a moment and nobody
//! waits, so that they are busy is a bit for each key of the run, and only what waits is kept by key.

use crate::dataflow::fifos::{Fifo, Fifos};
use crate::dataflow::worker::Arrived;
use hashbrown::HashMap;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;
use std::collections::VecDeque;

/// The gate of one shard.
#[derive(Debug, Default)]
pub(in crate::dataflow::worker) struct Gate {
    busy: BusyKeys,
    waiting: HashMap<Key, Waiting, FxBuildHasher>,
    ready: VecDeque<Key>,
    windows: Fifos<Time>,
    records: Fifos<Arrived>,
    /// Windows that wait for no key, by a planted defect.
    loose: VecDeque<(Key, Time)>,
}

copied_by_field!(Gate { busy, waiting, ready, windows, records, loose });

/// What waits for a busy key.
#[derive(Clone, Debug, Default)]
struct Waiting {
    /// Windows that are due; they come before records.
    due: Fifo,
    records: Fifo,
    /// Whether the key has its turn already: several records of one bundle end their work with one key.
    has_turn: bool,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.due.is_empty() && self.records.is_empty()
    }
}

/// What comes next for a key.
pub(in crate::dataflow::worker) enum NextOfKey {
    Window(Time),
    Record(Arrived),
    Nothing,
}

impl Gate {
    /// Which keys are busy, and what waits for each.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Gate { busy, waiting, ready, windows, records, loose } = self;
        state.requires(loose.is_empty());
        let BusyKeys { bits, count } = busy;
        // How far the list has grown says nothing.
        state.add_set(bits.iter().enumerate().filter(|&(_, &bits)| bits != 0));
        state.add(count);
        state.add_list(ready);
        state.add_each(waiting, |state, (key, Waiting { due, records: of_key, has_turn })| {
            state.add((key, has_turn));
            state.add_list(windows.iter(due));
            let mut waiting = 0;
            for Arrived { record, from, rpc, watermark, failures } in records.iter(of_key) {
                state.add((record, from, watermark, failures));
                state.add_serial(*from, rpc.serial);
                waiting += 1;
            }
            state.add(waiting);
        });
    }

    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty() || !self.loose.is_empty()
    }

    /// Gives a busy key its turn, once.
    pub fn give_turn(&mut self, key: Key) {
        if self.busy.has(key) {
            let waiting = self.waiting.entry(key).or_default();
            if !std::mem::replace(&mut waiting.has_turn, true) {
                self.ready.push_back(key);
            }
        }
    }

    pub fn take_ready(&mut self) -> Option<Key> {
        self.ready.pop_front()
    }

    /// Whether nothing is busy and nothing waits.
    pub fn is_idle(&self) -> bool {
        self.busy.count == 0
    }

    pub fn clear(&mut self) {
        self.busy.clear();
        self.waiting.clear();
        self.ready.clear();
        self.windows.clear();
        self.records.clear();
        self.loose.clear();
    }

    /// Lets a window fire whatever its key is doing.
    pub fn queue_loose(&mut self, key: Key, start: Time) {
        self.loose.push_back((key, start));
    }

    pub fn take_loose(&mut self) -> Option<(Key, Time)> {
        self.loose.pop_front()
    }

    /// Makes a window wait for its key; a key that was free gets its turn.
    pub fn queue_window(&mut self, key: Key, start: Time) {
        if self.claim(key) {
            self.give_turn(key);
        }
        let waiting = self.waiting.entry(key).or_default();
        self.windows.push_back(&mut waiting.due, start);
    }

    /// Makes a record wait for its key; a key that was free gets its turn, and then this is true.
    pub fn queue_record(&mut self, arrived: Arrived) -> bool {
        let key = arrived.record.key;
        let was_free = self.claim(key);
        if was_free {
            self.give_turn(key);
        }
        let waiting = self.waiting.entry(key).or_default();
        self.records.push_back(&mut waiting.records, arrived);
        was_free
    }

    /// Puts a record back to the front of its busy key.
    pub fn put_back(&mut self, arrived: Arrived) {
        self.claim(arrived.record.key);
        let waiting = self.waiting.entry(arrived.record.key).or_default();
        self.records.push_front(&mut waiting.records, arrived);
    }

    /// Puts a window back to the front of its busy key.
    pub fn put_window_back(&mut self, key: Key, start: Time) {
        self.claim(key);
        let waiting = self.waiting.entry(key).or_default();
        self.windows.push_front(&mut waiting.due, start);
    }

    /// Marks a free key busy; false if it is busy.
    pub fn claim(&mut self, key: Key) -> bool {
        self.busy.insert(key)
    }

    /// Ends a key's work: what waits for it gets its turn, else it is free.
    pub fn release(&mut self, key: Key) {
        if !self.busy.has(key) {
            return;
        }
        let waiting = match self.waiting.is_empty() {
            true => None,
            false => self.waiting.get(&key),
        };
        match waiting {
            Some(waiting) if !waiting.is_empty() => return self.give_turn(key),
            Some(_) => drop(self.waiting.remove(&key)),
            None => {}
        }
        self.busy.remove(key);
    }

    /// What comes next for a busy key.
    pub fn next(&mut self, key: Key) -> NextOfKey {
        let Some(waiting) = self.waiting.get_mut(&key) else {
            return NextOfKey::Nothing;
        };
        waiting.has_turn = false;
        if let Some(start) = self.windows.pop_front(&mut waiting.due) {
            return NextOfKey::Window(start);
        }
        match self.records.pop_front(&mut waiting.records) {
            Some(arrived) => NextOfKey::Record(arrived),
            None => NextOfKey::Nothing,
        }
    }

    /// Whether anything waits for a key.
    pub fn is_waited_for(&self, key: Key) -> bool {
        self.waiting.get(&key).is_some_and(|waiting| !waiting.is_empty())
    }
}

/// A set of keys: a bit for each key up to the last that ever was in it.
#[derive(Debug, Default)]
struct BusyKeys {
    bits: Vec<u64>,
    count: u32,
}

copied_by_field!(BusyKeys { bits, count });

impl BusyKeys {
    fn has(&self, key: Key) -> bool {
        let (word, bit) = place(key);
        self.bits.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Puts a key in; false if it was there.
    fn insert(&mut self, key: Key) -> bool {
        let (word, bit) = place(key);
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        self.count += u32::from(is_new);
        is_new
    }

    /// Takes out a key that is in.
    fn remove(&mut self, key: Key) {
        let (word, bit) = place(key);
        self.bits[word] &= !bit;
        self.count -= 1;
    }

    fn clear(&mut self) {
        if self.count > 0 {
            self.bits.fill(0);
            self.count = 0;
        }
    }
}

/// The word of a key's bit, and the bit.
fn place(key: Key) -> (usize, u64) {
    (key.0 as usize / 64, 1 << (key.0 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: Key = Key(3);
    const ZOE: Key = Key(200);

    #[test]
    fn a_key_is_claimed_once_until_it_is_released_and_each_by_itself() {
        let mut gate = Gate::default();
        assert!(gate.is_idle());
        assert_eq!([ZOE, ANN, ANN, ZOE].map(|key| gate.claim(key)), [true, true, false, false]);
        gate.release(ANN);
        assert!(gate.claim(ANN) && !gate.claim(ZOE) && !gate.is_idle());
        gate.clear();
        assert!(gate.is_idle() && gate.claim(ZOE));
        // What is free is not released again.
        gate.release(ANN);
        assert!(!gate.is_idle());
    }

    #[test]
    fn a_window_that_waits_gets_its_turn_when_its_key_is_released() {
        let mut gate = Gate::default();
        assert!(gate.claim(ANN));
        gate.queue_window(ANN, Time(7));
        assert!(gate.is_waited_for(ANN) && !gate.is_waited_for(ZOE) && !gate.is_ready());
        gate.release(ANN);
        assert_eq!(gate.take_ready(), Some(ANN));
        assert!(matches!(gate.next(ANN), NextOfKey::Window(Time(7))));
        assert!(matches!(gate.next(ANN), NextOfKey::Nothing));
        gate.release(ANN);
        assert!(gate.is_idle());
    }
}
