//! The event queue: a 4-ary heap whose sift goes bottom-up, lanes for constant delays, and a wheel for the latency
//! between workers where that is drawn. Ties in time have a defined order: first what must come first at an instant,
//! then the order of scheduling.
//!
//! A lane is a first-in-first-out queue that takes an event when it is not before the lane's last one,
//! which is always so when all its events wait equally long. Anything else goes to the heap, so a lane
//! never changes an order, only its cost.

mod ring;
mod wheel;

use onceproof_kernel::copied_by_field;
use onceproof_kernel::time::Nanos;
use ring::Ring;
use wheel::Wheel;

/// When an event is due: time, then turn, then the order of scheduling. Its last two bits say where it is: in which lane, or
/// in the heap. They decide nothing, since no two events have one number.
type Due = u128;

/// Which of the events of one instant come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// In order of scheduling.
    Normal = 0,
    /// After all that is normal at this instant.
    Last = 1,
}

/// The lanes: one for each delay that is the same over and over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lane {
    /// Between worker and store.
    Store = 0,
    /// Until a first retry.
    Retry = 1,
    /// Between workers.
    Network = 2,
    /// None of these.
    Heap = 3,
}

const LANES: usize = 3;

/// The bits of a place.
const PLACE: usize = LANES;

/// After all events.
const NEVER: Due = u128::MAX;

/// The next event.
#[derive(Clone, Copy, Debug)]
pub struct First(Due);

impl First {
    /// Its time.
    #[inline(always)]
    pub fn at(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// How many were scheduled before it.
    pub fn number(self) -> u64 {
        (self.0 as u64 & !(1 << 63)) >> PLACE.count_ones()
    }
}

/// A queue of events.
#[derive(Debug)]
pub struct EventQueue<T> {
    heap: Vec<(Due, T)>,
    lanes: [Ring<T>; LANES],
    /// In place of the lane between workers, where latencies are drawn.
    wheel: Option<Wheel<T>>,
    /// When the last event was due that was taken.
    now: u64,
    /// The first of each lane, then of the heap; [`NEVER`] where there is none.
    firsts: [Due; LANES + 1],
    /// The first of all but those between worker and store, which are most.
    other: Due,
    /// When the last event was due that each lane took, also if it is taken.
    lasts: [Due; LANES],
    scheduled: u64,
}

copied_by_field!([T: Copy] EventQueue<T> {
    heap, lanes, wheel, now, firsts, other, lasts, scheduled,
});

impl<T> Default for EventQueue<T> {
    fn default() -> EventQueue<T> {
        EventQueue {
            heap: Vec::new(),
            lanes: [Ring::default(), Ring::default(), Ring::default()],
            wheel: None,
            now: 0,
            firsts: [NEVER; LANES + 1],
            other: NEVER,
            lasts: [0; LANES],
            scheduled: 0,
        }
    }
}

impl<T: Copy + Default> EventQueue<T> {
    /// A queue for latencies between workers that are drawn, and at most `longest`.
    pub fn with_wheel(longest: Nanos) -> EventQueue<T> {
        EventQueue { wheel: Some(Wheel::new(longest)), ..EventQueue::default() }
    }

    /// Empties the queue and keeps its memory.
    pub fn clear(&mut self) {
        self.heap.clear();
        if let Some(wheel) = &mut self.wheel {
            wheel.clear();
        }
        self.now = 0;
        for lane in &mut self.lanes {
            lane.clear();
        }
        self.firsts = [NEVER; LANES + 1];
        self.other = NEVER;
        self.lasts = [0; LANES];
        self.scheduled = 0;
    }

    /// Schedules an event at a time. Most who do it know the lane, so there it is found out once only.
    #[inline(always)]
    pub fn push(&mut self, at: u64, turn: Turn, lane: Lane, event: T) {
        let number = self.scheduled << PLACE.count_ones();
        let due = (u128::from(at) << 64) | ((turn as u128) << 63) | u128::from(number);
        self.scheduled += 1;
        if let (Lane::Network, Some(wheel)) = (lane, &mut self.wheel) {
            let here = due | Lane::Network as u128;
            match wheel.push(self.now, here, event) {
                true => self.may_be_first(here),
                false => self.push_heap(due, event),
            }
        } else if let (Some(events), Some(last)) =
            (self.lanes.get_mut(lane as usize), self.lasts.get_mut(lane as usize))
            && *last <= due
        {
            *last = due;
            let is_first = events.is_empty();
            let here = due | lane as u128;
            events.push_back((here, event));
            if is_first {
                self.may_be_first(here);
            }
        } else {
            self.push_heap(due, event);
        }
    }

    /// An event was put where this says, that is due then.
    #[inline(always)]
    fn may_be_first(&mut self, due: Due) {
        let place = due as usize & PLACE;
        self.firsts[place] = self.firsts[place].min(due);
        if place != Lane::Store as usize {
            self.other = self.other.min(due);
        }
    }

    /// Which event is next, if there is one.
    #[inline(always)]
    pub fn first(&self) -> Option<First> {
        let first = self.firsts[Lane::Store as usize].min(self.other);
        (first != NEVER).then_some(First(first))
    }

    /// Takes the next event, as [`first`](EventQueue::first) said which it is. There is one caller, whose loop it is a
    /// part of.
    #[inline(always)]
    pub fn take(&mut self, First(due): First) -> T {
        let place = due as usize & PLACE;
        self.now = (due >> 64) as u64;
        if place == Lane::Store as usize {
            let (event, next) = self.lanes[place].take();
            self.firsts[place] = next;
            return event;
        }
        let (event, next) = match (self.lanes.get_mut(place), &mut self.wheel) {
            (Some(_), Some(wheel)) if place == Lane::Network as usize => wheel.take(self.now),
            (Some(lane), _) => lane.take(),
            (None, _) => {
                let event = self.pop_heap();
                (event, self.heap.first().map_or(NEVER, |&(due, _)| due))
            }
        };
        self.firsts[place] = next;
        let of = |lane: Lane| self.firsts[lane as usize];
        self.other = of(Lane::Retry).min(of(Lane::Network)).min(of(Lane::Heap));
        event
    }

    /// How many events were scheduled so far: each has the number of those before it.
    pub fn scheduled(&self) -> u64 {
        self.scheduled
    }

    /// All events with their times, in the order in which they are due.
    pub fn in_order(&self) -> Vec<(u64, &T)> {
        let mut events: Vec<_> = self.all().map(|(due, event)| (*due, event)).collect();
        events.sort_unstable_by_key(|&(due, _)| due);
        events.into_iter().map(|(due, event)| ((due >> 64) as u64, event)).collect()
    }

    /// When the last of those events is due that are meant.
    pub fn latest(&self, is_meant: impl Fn(&T) -> bool) -> Option<u64> {
        let events = self.all().filter(|(_, event)| is_meant(event));
        events.map(|(due, _)| (due >> 64) as u64).max()
    }

    fn all(&self) -> impl Iterator<Item = &(Due, T)> {
        let lanes = self.lanes.iter().flat_map(Ring::iter);
        self.heap.iter().chain(lanes).chain(self.wheel.iter().flat_map(Wheel::iter))
    }

    #[inline(always)]
    fn push_heap(&mut self, due: Due, event: T) {
        let here = due | Lane::Heap as u128;
        self.heap.push((here, event));
        self.sift_up(self.heap.len() - 1);
        self.may_be_first(here);
    }

    #[inline(never)]
    fn sift_up(&mut self, mut at: usize) {
        let moving = self.heap[at];
        while at > 0 {
            let parent = (at - 1) / 4;
            if self.heap[parent].0 <= moving.0 {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = moving;
    }

    /// Takes the root, which must be there: the hole goes down to a leaf along the least children without looking at what
    /// will fill it, then the last element goes into the hole and up to its place.
    #[inline(never)]
    fn pop_heap(&mut self) -> T {
        let root = self.heap[0].1;
        let Some(last) = self.heap.pop().filter(|_| !self.heap.is_empty()) else {
            return root;
        };
        let len = self.heap.len();
        let mut hole = 0;
        loop {
            let first = hole * 4 + 1;
            if first + 4 > len {
                let mut best = first;
                for child in first + 1..len {
                    if self.heap[child].0 < self.heap[best].0 {
                        best = child;
                    }
                }
                if first < len {
                    self.heap[hole] = self.heap[best];
                    hole = best;
                }
                break;
            }
            let four = &self.heap[first..first + 4];
            let left = usize::from(four[1].0 < four[0].0);
            let right = 2 + usize::from(four[3].0 < four[2].0);
            let best = first + if four[right].0 < four[left].0 { right } else { left };
            self.heap[hole] = self.heap[best];
            hole = best;
        }
        self.heap[hole] = last;
        self.sift_up(hole);
        root
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::mix::scatter;

    /// Takes all that is left, each with its time.
    fn rest<T: Copy + Default>(queue: &mut EventQueue<T>) -> impl Iterator<Item = (u64, T)> {
        std::iter::from_fn(|| {
            let first = queue.first()?;
            Some((first.at(), queue.take(first)))
        })
    }

    /// Whatever is pushed, in whatever lane, comes out as a sorted list would give it.
    #[test]
    fn events_come_out_by_time_then_turn_then_order_of_scheduling() {
        for seed in 0..50 {
            // With a wheel and without, and one that is too small.
            let mut queue = match seed % 3 {
                0 => EventQueue::default(),
                1 => EventQueue::with_wheel(20),
                _ => EventQueue::with_wheel(1),
            };
            let mut expected: Vec<(u64, u8, u64)> = Vec::new();
            let mut taken = Vec::new();
            let mut now = 0;
            for n in 0..400_u64 {
                let draw = scatter(seed * 1000 + n);
                if draw.is_multiple_of(3) {
                    if let Some(first) = queue.first() {
                        let id = queue.take(first);
                        // An event has the number of those that were scheduled before it.
                        assert_eq!(expected[first.number() as usize].2, id);
                        now = first.at();
                        taken.push(id);
                    }
                    continue;
                }
                let at = now + (draw >> 8) % if seed % 2 == 0 { 20 } else { 2_000 };
                let turn = if draw & 64 == 0 { Turn::Normal } else { Turn::Last };
                let lane = [Lane::Store, Lane::Retry, Lane::Network, Lane::Heap]
                    [(draw >> 32) as usize % 4];
                queue.push(at, turn, lane, n);
                expected.push((at, turn as u8, n));
                assert_eq!(queue.scheduled(), expected.len() as u64);
            }
            taken.extend(rest(&mut queue).map(|(_, id)| id));
            // Nothing is scheduled before now, so the order of taking is the sorted order, but for events
            // at the very instant of a last turn that was taken already.
            let mut by_time = expected.clone();
            by_time.sort_unstable();
            let time = |id: u64| expected.iter().find(|e| e.2 == id).expect("pushed").0;
            assert_eq!(taken.len(), by_time.len());
            for pair in taken.windows(2) {
                assert!(time(pair[0]) <= time(pair[1]));
            }
        }
        let mut queue = EventQueue::default();
        for (id, (at, turn)) in
            [(5, Turn::Last), (5, Turn::Normal), (3, Turn::Normal), (5, Turn::Normal)]
                .iter()
                .enumerate()
        {
            queue.push(*at, *turn, Lane::Heap, id);
        }
        let order: Vec<usize> = rest(&mut queue).map(|(_, id)| id).collect();
        assert_eq!(order, [2, 1, 3, 0]);
    }

    #[test]
    fn a_heap_sorts() {
        let mut queue = EventQueue::default();
        for n in 0..5000_u64 {
            queue.push(scatter(n) % 1000, Turn::Normal, Lane::Heap, n);
        }
        let mut expected: Vec<(u64, u64)> = (0..5000).map(|n| (scatter(n) % 1000, n)).collect();
        expected.sort_unstable();
        let taken: Vec<(u64, u64)> = rest(&mut queue).collect();
        assert_eq!(taken, expected);
    }
}
