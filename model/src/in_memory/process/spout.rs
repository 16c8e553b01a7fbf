//! A spout: it reads a shard of the log and emits each record as the root of a tree. Where an acker follows the tree, the
//! spout sends the record again, under a new root, if the tree is not complete in time; and it commits the offset below
//! which all trees are complete, to begin there after a crash.

use super::Context;
use super::flow::{Leaving, follow};
use super::hands::Hands;
use crate::in_memory::InMemory;
use crate::in_memory::alphabet::{COMMIT, COMPLETE_IGNORED, REPLAYED, RESTARTED};
use crate::in_memory::message::{Branch, Change, Dispatch, Record, Root, Timer};
use crate::in_memory::settings::{Offsets, WindowClock};
use crate::in_memory::told::Story;
use onceproof_kernel::effect::Effect;
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::source::{Read, SourceRow};
use onceproof_kernel::tell::Tag;
use std::collections::{BTreeMap, BTreeSet};

/// The memory of a spout.
#[derive(Debug, Default)]
pub(super) struct Spout {
    /// The next offset to read.
    next: u64,
    /// How many trees were opened in this life.
    opened: u32,
    /// The trees that are open, by their numbers.
    open: BTreeMap<u32, Open>,
    /// Offsets that are complete and above `prefix`.
    complete: BTreeSet<u64>,
    /// All below are complete.
    prefix: u64,
    /// The offset after the highest that is complete.
    highest: u64,
    /// What was sent to the store, and the number of the commit whose answer is still to come.
    committed: u64,
    committing: Option<u64>,
    /// What is emitted once the store has the offset after it, in order.
    held: Vec<Emission>,
}

/// A tree that is not complete yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    offset: u64,
    name: Name,
}

/// A source record, and what leaves the spout of it; none if a function failed.
#[derive(Clone, Debug)]
struct Emission {
    of: Open,
    leaving: Option<Leaving>,
}

impl Spout {
    pub fn boot<E: Env<InMemory>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        m.ask().charge();
        let offset = m.env.rows(hands.shard).offset;
        (self.next, self.prefix, self.highest, self.committed) = (offset, offset, offset, offset);
        hands.tell(Story::Begins(offset), m);
        self.read(hands, m);
        if self.next > offset && !m.env.is_first_life() && !m.env.is_dead() {
            m.env.reach(RESTARTED);
        }
    }

    /// Reads what has arrived, and emits it.
    pub fn read<E: Env<InMemory>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        let mut emissions = Vec::new();
        let arrival = loop {
            match m.ask().read(hands.shard, self.next) {
                Read::Row(row) => {
                    emissions.push(self.emission(self.next, &row, hands, m));
                    self.next += 1;
                }
                Read::NotYet { arrival } => break Some(arrival),
                Read::End => break None,
            }
        };
        if m.design.settings.offsets == Offsets::Emitted {
            self.held.append(&mut emissions);
            self.commit(hands, m);
        } else {
            for emission in emissions {
                self.emit(emission, hands, m);
            }
            self.commit(hands, m);
        }
        if let Some(at) = arrival {
            m.effects.list.push(Effect::Wake { at, timer: Timer::Input });
        }
    }

    /// A tree should be complete by now, and is not: its record is sent again.
    pub fn replay<E: Env<InMemory>>(
        &mut self,
        number: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some(Open { offset, name }) = self.open.remove(&number) else { return };
        let Read::Row(row) = m.ask().read(hands.shard, offset) else { return };
        m.env.reach(REPLAYED);
        hands.tell(Story::Replays(name), m);
        let emission = self.emission(offset, &row, hands, m);
        // Whoever has lost the shard hears of it here. Without, he would send his records again for ever: all that he
        // waits for is told to the new owner.
        hands.commit(COMMIT, name, Change::Offset(self.committed), m);
        self.emit(emission, hands, m);
        self.commit(hands, m);
    }

    /// The acker says that a tree is complete.
    pub fn hears<E: Env<InMemory>>(
        &mut self,
        message: &Dispatch,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let &Dispatch::Complete { name, root } = message else { return };
        // Another life has numbered its trees alike.
        let is_own = u64::from(root.token) == hands.token;
        let open = if is_own { self.open.remove(&root.number) } else { None };
        match open {
            Some(open) => {
                self.is_complete(open.offset);
                self.commit(hands, m);
            }
            None => {
                m.env.reach(COMPLETE_IGNORED);
                hands.tell(Story::IgnoresComplete(name), m);
            }
        }
    }

    /// The store has the offset.
    pub fn committed<E: Env<InMemory>>(
        &mut self,
        number: u64,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        if self.committing != Some(number) {
            return;
        }
        self.committing = None;
        let later = self.held.iter().position(|held| held.of.offset >= self.committed);
        let covered = later.unwrap_or(self.held.len());
        let now: Vec<Emission> = self.held.drain(..covered).collect();
        for emission in now {
            self.emit(emission, hands, m);
        }
        self.commit(hands, m);
    }

    /// Whether a tree is still open.
    pub fn awaits(&self, number: u32) -> bool {
        self.open.contains_key(&number)
    }

    /// The record of a tree that is open.
    pub fn name_of(&self, number: u32) -> Option<Name> {
        self.open.get(&number).map(|open| open.name)
    }

    /// What leaves the spout of a record.
    fn emission<E: Env<InMemory>>(
        &mut self,
        offset: u64,
        row: &SourceRow,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) -> Emission {
        let SourceRow { name, key, .. } = *row;
        m.env.decides(Decision::Reads { name, key });
        let record = record(hands.step, row, m.design.settings.window_clock, m);
        let mut leaving = Leaving::new();
        let followed = follow(hands.step, &record, hands, m, &mut leaving);
        Emission { of: Open { offset, name }, leaving: followed.ok().map(|()| leaving) }
    }

    fn emit<E: Env<InMemory>>(
        &mut self,
        emission: Emission,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Emission { of, leaving } = emission;
        let settings = &m.design.settings;
        let Some(acker) = m.design.acker() else {
            for (to, record) in leaving.unwrap_or_default() {
                let to = route(to, &record, m);
                hands.send(to, Dispatch::Tuple { record, branch: None, is_first: true }, m);
            }
            return;
        };
        let bits = settings.edge_bits;
        let at = m.now.plus(settings.timeout);
        match leaving {
            // A function leaves it out, so nothing is to come.
            Some(leaving) if leaving.is_empty() => return self.is_complete(of.offset),
            _ => {}
        }
        self.opened += 1;
        let number = self.opened;
        self.open.insert(number, of);
        let root = Root { spout: hands.shard, token: hands.token as u32, number };
        if let Some(leaving) = leaving {
            let branch = |at: usize| Branch { root, edge: root.edge().below(at as u64) };
            let edges = (0..leaving.len()).fold(0, |edges, at| edges ^ branch(at).edge.bits(bits));
            hands.send(acker, Dispatch::Init { name: of.name, root, edges }, m);
            for (at, (to, record)) in leaving.into_iter().enumerate() {
                let (to, branch) = (route(to, &record, m), Some(branch(at)));
                hands.send(to, Dispatch::Tuple { record, branch, is_first: true }, m);
            }
        }
        m.effects.list.push(Effect::Wake { at, timer: Timer::Tree(number) });
    }

    fn is_complete(&mut self, offset: u64) {
        self.highest = self.highest.max(offset + 1);
        self.complete.insert(offset);
        while self.complete.remove(&self.prefix) {
            self.prefix += 1;
        }
    }

    /// Sends the offset to the store, if it has moved and none is on its way.
    fn commit<E: Env<InMemory>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        let offset = match m.design.settings.offsets {
            Offsets::Prefix => self.prefix,
            Offsets::Highest => self.highest,
            Offsets::Emitted => self.held.last().map_or(0, |held| held.of.offset + 1),
        };
        if offset <= self.committed || self.committing.is_some() {
            return;
        }
        self.committed = offset;
        let step = hands.step.0;
        let number = m.design.layout.number_of(hands.shard);
        let name = m.env.words().names.source(step, number, offset - 1);
        self.committing = Some(hands.commit(COMMIT, name, Change::Offset(offset), m));
    }
}

/// The record that a row of a source is, for whoever chooses windows by this clock.
pub(super) fn record<E: Env<InMemory>>(
    source: StepIndex,
    row: &SourceRow,
    clock: WindowClock,
    m: &Context<'_, E>,
) -> Record {
    let &SourceRow { name, key, id, event_time, arrival, value, .. } = row;
    let id = match id {
        Some(id) => RecordId::given(m.design.layout.hash(source), id),
        None => RecordId(m.env.words().names.hash(name)),
    };
    let tag = Tag { name, lineage: 0 };
    Record { tag, key, id, event_time: clock.time(event_time, arrival), weight: 1, value }
}

/// The shard of a step that a record goes to.
pub(super) fn route<E: Env<InMemory>>(
    to: StepIndex,
    record: &Record,
    m: &Context<'_, E>,
) -> ShardIndex {
    let key = m.design.pipeline.key_at(to, record.key);
    m.design.layout.route(to, m.env.words().keys.hash(key))
}
