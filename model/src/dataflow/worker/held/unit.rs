//! A unit: the records that go through the protocol together in one commit (one, or a bundle), what they
//! made, and what must still happen before they are done.

use crate::dataflow::change::{CommitKind, Delta, Watermark};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Row, Rpc};
use onceproof_kernel::copied_by_field;
use onceproof_kernel::effect::MessageAck;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;

/// What a unit took in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::dataflow::worker) enum Taken {
    /// A record that its sender waits to hear of.
    Request {
        from: ShardIndex,
        rpc: Rpc,
        subject: Subject,
        key: Key,
        id: RecordId,
        watermark: Watermark,
    },
    /// The same, counted into the window that starts here.
    IntoWindow {
        from: ShardIndex,
        rpc: Rpc,
        subject: Subject,
        key: Key,
        id: RecordId,
        watermark: Watermark,
        start: Time,
    },
    /// A source record.
    Offset,
    /// A message of a queue.
    Message(MessageAck),
    /// The content of a window.
    Window { key: Key, start: Time },
    /// A watermark that travelled alone.
    Watermark { from: ShardIndex, rpc: Rpc, value: Watermark },
}

/// Records that share a commit.
#[derive(Debug)]
pub(in crate::dataflow::worker) struct Unit {
    pub kind: CommitKind,
    pub subject: Subject,
    pub taken: Vec<Taken>,
    pub deltas: Vec<Delta>,
    /// The outbox slots of what it made, or, in a settle, of what it deletes.
    pub outputs: Vec<u32>,
    /// The rows that are written by calls before it may commit, and how many of these are not answered.
    pub rows: Vec<(Name, Row)>,
    pub unwritten: u32,
    /// The calls that may be made once it is committed.
    pub owed: Vec<u32>,
    /// The stamps of what it took, where these pin the system watermark.
    pub pins: Vec<Time>,
    /// How many of its outputs can be found by what they may be added up with.
    pub indexed: usize,
    /// Outputs that must be acked before it may commit.
    pub unacked: u32,
    /// Commits of it that are not answered.
    pub unanswered: u32,
    is_busy: bool,
    /// How many were opened until it was, itself included; 0 once it is done with.
    number: u64,
}

copied_by_field!(Unit {
    kind,
    subject,
    taken,
    deltas,
    outputs,
    rows,
    unwritten,
    owed,
    pins,
    indexed,
    unacked,
    unanswered,
    is_busy,
    number,
});

impl Unit {
    /// Empties it, but for its deltas, which went with its commit.
    fn clear(&mut self) {
        self.taken.clear();
        self.outputs.clear();
        self.rows.clear();
        self.unwritten = 0;
        self.owed.clear();
        self.pins.clear();
        self.indexed = 0;
        self.unacked = 0;
        self.unanswered = 0;
        self.number = 0;
    }
}

/// All units of a shard, with their buffers used again.
#[derive(Debug, Default)]
pub(in crate::dataflow::worker) struct Units {
    slots: Vec<Unit>,
    free: Vec<u32>,
    busy: u32,
    /// How many were ever opened.
    opened: u64,
}

copied_by_field!(Units { slots, free, busy, opened });

impl Taken {
    fn tell_state(&self, state: &mut WorldState) {
        state.add(std::mem::discriminant(self));
        match *self {
            Taken::Request { from, rpc, subject, key, id, watermark } => {
                state.add((from, subject, key, id, watermark));
                state.add_serial(from, rpc.serial);
            }
            Taken::IntoWindow { from, rpc, subject, key, id, watermark, start } => {
                state.add((from, subject, key, id, watermark, start));
                state.add_serial(from, rpc.serial);
            }
            Taken::Offset => {}
            Taken::Message(_) => state.requires(false),
            Taken::Window { key, start } => state.add((key, start)),
            Taken::Watermark { from, rpc, value } => {
                state.add((from, value));
                state.add_serial(from, rpc.serial);
            }
        }
    }
}

impl Unit {
    /// The outputs go in by their places in this order.
    fn tell_state(&self, outputs_in_order: &[u32], state: &mut WorldState) {
        let Unit {
            kind,
            subject,
            taken,
            deltas,
            outputs,
            rows,
            unwritten,
            owed,
            pins,
            indexed,
            unacked,
            unanswered,
            is_busy,
            number: _,
        } = self;
        state.requires(rows.is_empty() && *unwritten == 0 && owed.is_empty());
        state.add((kind, subject, pins, indexed, unacked, unanswered, is_busy));
        state.add(taken.len());
        taken.iter().for_each(|taken| taken.tell_state(state));
        state.add_list(deltas);
        state.add_list(outputs.iter().map(|&slot| place_of(slot, outputs_in_order)));
    }
}

/// The place of what is kept under this number among those that are.
pub(in crate::dataflow::worker) fn place_of(number: u32, in_order: &[u32]) -> Option<usize> {
    in_order.iter().position(|&other| other == number)
}

impl Units {
    /// Adds those that are open, in the order in which they were opened. Where each is kept means nothing.
    pub fn tell_state(&self, outputs_in_order: &[u32], state: &mut WorldState) {
        let Units { slots, free: _, busy: _, opened: _ } = self;
        let mut open: Vec<&Unit> = slots.iter().filter(|unit| unit.number > 0).collect();
        open.sort_unstable_by_key(|unit| unit.number);
        state.add(open.len());
        open.iter().for_each(|unit| unit.tell_state(outputs_in_order, state));
    }

    /// The place of an open unit among those that are, in the order in which they were opened.
    pub fn place(&self, slot: u32) -> usize {
        let number = self.slots[slot as usize].number;
        self.slots.iter().filter(|unit| (1..number).contains(&unit.number)).count()
    }

    /// A new unit.
    pub fn open(&mut self, kind: CommitKind, subject: Subject) -> u32 {
        let is_busy = kind != CommitKind::Settle;
        self.busy += u32::from(is_busy);
        self.opened += 1;
        match self.free.pop() {
            Some(slot) => {
                let unit = &mut self.slots[slot as usize];
                unit.kind = kind;
                unit.subject = subject;
                unit.is_busy = is_busy;
                unit.number = self.opened;
                slot
            }
            None => self.add(kind, subject, is_busy),
        }
    }

    #[cold]
    fn add(&mut self, kind: CommitKind, subject: Subject, is_busy: bool) -> u32 {
        self.slots.push(Unit {
            kind,
            subject,
            taken: Vec::new(),
            deltas: Vec::new(),
            outputs: Vec::new(),
            rows: Vec::new(),
            unwritten: 0,
            owed: Vec::new(),
            indexed: 0,
            pins: Vec::new(),
            unacked: 0,
            unanswered: 0,
            is_busy,
            number: self.opened,
        });
        self.slots.len() as u32 - 1
    }

    pub fn get(&mut self, slot: u32) -> &mut Unit {
        &mut self.slots[slot as usize]
    }

    /// Ends a unit.
    pub fn close(&mut self, slot: u32) {
        let unit = &mut self.slots[slot as usize];
        unit.clear();
        self.busy -= u32::from(unit.is_busy);
        self.free.push(slot);
    }

    /// How many units are open that do not merely settle outputs of another.
    pub fn busy(&self) -> u32 {
        self.busy
    }

    /// Forgets all units and keeps their buffers.
    pub fn clear(&mut self) {
        self.free.clear();
        for (slot, unit) in self.slots.iter_mut().enumerate().rev() {
            unit.deltas.clear();
            unit.clear();
            self.free.push(slot as u32);
        }
        self.busy = 0;
    }
}
