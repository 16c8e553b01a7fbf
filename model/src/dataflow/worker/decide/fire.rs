//! Windows fire when a watermark arrives that reaches their end, and again, as a late pane, right after a
//! late record is taken and before the next record of its key. Firing waits for a busy key, and records
//! wait for firing: what is read of the content is what the commit takes out of it. Panes are discarding,
//! so sums downstream add up. A pane's event time is the end of its window less 1 ns.

use super::chain::Chained;
use crate::dataflow::Design;
use crate::dataflow::change::{CommitKind, Content, Delta};
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env, Timer};
use crate::dataflow::told::Story;
use crate::dataflow::worker::held::unit::Taken;
use crate::dataflow::worker::{Parent, Worker, wake_at};
use crate::pipeline::StepKind;
use crate::window::Windowing;
use hashbrown::HashMap;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::env::Decision;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix;
use onceproof_kernel::record::{Output, RecordId, Value};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::{Nanos, Time};
use onceproof_kernel::told::Told;
use rustc_hash::FxBuildHasher;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The end of a window and its key. Between windows of one end the hash of the key decides, which is the
/// same in every run, and not its handle, which says who was met first.
type KeyedEnd = (Time, u64, Key);

/// The windows that have content which is in no pane yet.
#[derive(Debug)]
pub(in crate::dataflow::worker) struct Windows {
    states: HashMap<(Key, Time), State, FxBuildHasher>,
    /// The ends of windows that wait for the watermark, and of those that are due. The least of both pins
    /// the watermark. An entry whose window is gone is dropped when it comes up.
    waiting: BinaryHeap<Reverse<KeyedEnd>>,
    due: BinaryHeap<Reverse<KeyedEnd>>,
    /// Windows that end here or earlier are due.
    due_until: Time,
    /// How many are due or firing.
    firing: u32,
}

copied_by_field!(Windows { states, waiting, due, due_until, firing });

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum State {
    Waiting,
    Due,
}

impl Default for Windows {
    fn default() -> Windows {
        Windows {
            states: HashMap::default(),
            waiting: BinaryHeap::new(),
            due: BinaryHeap::new(),
            due_until: Time::MIN,
            firing: 0,
        }
    }
}

impl Windows {
    /// The windows that wait, and those that fire.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Windows { states, waiting, due, due_until, firing } = self;
        state.add_set(states);
        state.add_set(waiting);
        state.add_set(due);
        state.add((due_until, firing));
    }

    /// Whether no window has content.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Whether any window is due or firing.
    pub fn is_firing(&self) -> bool {
        self.firing > 0
    }

    /// Learns of content; true if its window is due at once.
    fn insert(&mut self, key: Key, start: Time, (end, hash): (Time, u64)) -> bool {
        if self.states.contains_key(&(key, start)) {
            return false;
        }
        let is_due = end <= self.due_until;
        self.states.insert((key, start), if is_due { State::Due } else { State::Waiting });
        let ends = if is_due { &mut self.due } else { &mut self.waiting };
        ends.push(Reverse((end, hash, key)));
        self.firing += u32::from(is_due);
        is_due
    }

    /// Moves the watermark, and hands each window that is due by it to `found`, in order of end.
    fn advance(&mut self, to: Time, length: Nanos, mut found: impl FnMut(Key, Time)) {
        if to <= self.due_until {
            return;
        }
        self.due_until = to;
        while let Some(&Reverse((end, hash, key))) = self.waiting.peek()
            && end <= to
        {
            self.waiting.pop();
            let start = end.minus(length);
            if let Some(state @ State::Waiting) = self.states.get_mut(&(key, start)) {
                *state = State::Due;
                self.firing += 1;
                self.due.push(Reverse((end, hash, key)));
                found(key, start);
            }
        }
    }

    /// The content of a window is in a pane now.
    pub fn fired(&mut self, key: Key, start: Time) {
        if let Some(state) = self.states.remove(&(key, start)) {
            self.firing -= u32::from(state == State::Due);
        }
    }

    /// What content that is in no pane holds the watermark back to.
    pub fn pin(&mut self, length: Nanos) -> Time {
        let Windows { states, waiting, due, .. } = self;
        let mut pin = Time::MAX;
        for ends in [waiting, due] {
            while let Some(&Reverse((end, _, key))) = ends.peek() {
                if states.contains_key(&(key, end.minus(length))) {
                    pin = pin.min(end.before());
                    break;
                }
                ends.pop();
            }
        }
        pin
    }

    pub fn clear(&mut self) {
        self.states.clear();
        self.waiting.clear();
        self.due.clear();
        self.due_until = Time::MIN;
        self.firing = 0;
    }
}

fn windowing(design: &Design, step: StepIndex) -> &Windowing {
    design.pipeline.step(step).kind.windowing().expect("only aggregates have windows")
}

impl Worker {
    /// The watermark of all senders together has moved: windows may be due.
    pub(in crate::dataflow::worker) fn advance_windows(&mut self, design: &Design) {
        let to = self.watermarks.incoming_seen();
        let length = windowing(design, self.step).length;
        let Worker { windows, gate, defect, .. } = self;
        windows.advance(to, length, |key, start| {
            if *defect == Some(Defect::FiringIgnoresBusyKey) {
                gate.queue_loose(key, start);
            } else {
                gate.queue_window(key, start);
            }
        });
    }

    /// A boot finds a window with content, or a record was taken into one; true if it is due at once.
    pub(in crate::dataflow::worker) fn window_found<E: Env>(
        &mut self,
        key: Key,
        start: Time,
        m: &mut Context<'_, E>,
    ) -> bool {
        let end = windowing(m.design, self.step).end(start);
        let hash = m.env.vocabulary().keys.hash(key);
        self.windows.insert(key, start, (end, hash))
    }

    /// A record was taken into a window. If the window is due, it fires before the key is free.
    pub(in crate::dataflow::worker) fn window_taken<E: Env>(
        &mut self,
        key: Key,
        start: Time,
        m: &mut Context<'_, E>,
    ) {
        let is_due = self.window_found(key, start, m);
        if is_due && !self.has(Defect::LatePaneWaits) {
            self.gate.queue_window(key, start);
        }
    }

    /// Reads what a window holds and makes a pane of it.
    pub(in crate::dataflow::worker) fn fire<E: Env>(
        &mut self,
        key: Key,
        start: Time,
        m: &mut Context<'_, E>,
    ) {
        let content = m.ask().content(self.shard, key, start);
        if content.records == 0 {
            self.windows.fired(key, start);
            self.gate.release(key);
            return;
        }
        let (step, step_hash) = (self.step, m.design.layout.hash(self.step));
        let words = m.env.vocabulary();
        let name = words.names.pane(step.0, step_hash, key, start, content.pane, &words.keys);
        // A pane's id is made of step, key, window and number, as its name is.
        let derived = RecordId(mix::scatter(words.names.hash(name)));
        let records = content.records;
        let fires = Story::Fires { pane: name, key, start, records };
        m.env.decides(Decision::Own(&|| Told::new(fires)));
        let event_time = windowing(m.design, step).end(start).before();
        self.executions += 1;
        let id = self.mechanism.ids.of(derived, self.token, self.executions);
        let weight = content.weight;
        let lineage = content.lineage;
        let made = Parent { name, id, event_time, stamp: event_time, weight, lineage };
        let value = Value::Integer(total(&m.design.pipeline.step(step).kind, &content));
        match self.evaluate_made(made, Output { key, value }, m) {
            Chained::Whole => {}
            Chained::Failed => {
                // Its key stays busy until it is tried again.
                self.gate.put_window_back(key, start);
                let at = m.now.plus(self.mechanism.retry.timeout);
                wake_at(m.effects, at, Timer::Reapply(key));
                return;
            }
        }

        let unit = self.units.open(CommitKind::Emit, Subject::Record(name));
        let fired = self.units.get(unit);
        fired.taken.push(Taken::Window { key, start });
        fired.deltas.push(Delta::Fire { key, start, content, pane: name });
        self.make_chain(unit, m);
        self.hold(unit, m);
    }
}

/// What an aggregate says of what it read.
fn total(kind: &StepKind, content: &Content) -> i64 {
    match kind {
        StepKind::Sum(_) => content.value,
        StepKind::Count(_) | StepKind::CountGlobally(_) => content.weight,
        StepKind::Source { .. } | StepKind::Map(_) | StepKind::Reshuffle | StepKind::Sink(_) => {
            unreachable!("only aggregates fire")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_wait_and_such_as_are_due_are_part_of_the_state() {
        let state = |due_until: Time, starts: &[i64]| {
            let mut windows = Windows::default();
            windows.advance(due_until, 10, |_, _| {});
            for &start in starts {
                windows.insert(Key::GLOBAL, Time(start), (Time(start + 10), 0));
            }
            let mut state = WorldState::default();
            windows.tell_state(&mut state);
            state.state()
        };
        let states = [
            state(Time(5), &[]),
            state(Time(6), &[]),
            state(Time(5), &[0]),
            state(Time(10), &[]),
            state(Time(10), &[0]),
        ];
        for (at, one) in states.iter().enumerate() {
            assert!(one.is_some() && !states[..at].contains(one), "state {at}");
        }
        assert_eq!(state(Time(5), &[0, 10]), state(Time(5), &[10, 0]));
    }
}
