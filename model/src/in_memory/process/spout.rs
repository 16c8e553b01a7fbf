//! A spout: it reads a shard of a log, or pulls from a queue, and emits each record as the root of a tree. Where an acker
//! follows the tree, the spout sends the record again, under a new root, if the tree is not complete in time. It commits
//! the offset below which all trees are complete, to begin there after a crash; a message of a queue it acks when its
//! tree is complete, and, where nobody follows trees, when it has emitted the record.

#[cfg(test)]
mod tests;

use super::Context;
use super::hands::Hands;
use crate::in_memory::InMemory;
use crate::in_memory::alphabet::{COMMIT, COMPLETE_IGNORED, REPLAYED, RESTARTED};
use crate::in_memory::message::{Branch, Change, Dispatch, Root, Timer};
use crate::in_memory::settings::Offsets;
use crate::in_memory::told::Story;
use crate::pipeline::{Ack, QueueRules, StepKind};
use crate::stream::{Leaving, Record};
use onceproof_kernel::effect::{Effect, MessageAck};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix::fold;
use onceproof_kernel::name::Name;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::source::{Message, Pull, Read, SourceRow};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;

/// The memory of a spout.
#[derive(Clone, Debug, Default)]
pub(super) struct Spout {
    /// The next offset to read.
    next: u64,
    /// How many trees were opened in this life.
    opened: u32,
    /// The trees that are open, by their numbers.
    open: SortedMap<u32, Open>,
    /// Offsets that are complete and above `prefix`.
    complete: SortedSet<u64>,
    /// All below are complete.
    prefix: u64,
    /// The offset after the highest that is complete.
    highest: u64,
    /// What was sent to the store, and the number of the commit whose answer is still to come.
    committed: u64,
    committing: Option<u64>,
    /// When it is woken, to pull again.
    woken_at: Option<Time>,
    /// What is emitted once the store has the offset after it, in order.
    held: Vec<Emission>,
}

/// A tree that is not complete yet.
#[derive(Clone, Copy, Hash, Debug)]
struct Open {
    origin: Origin,
    name: Name,
}

/// Where a source record comes from.
#[derive(Clone, Copy, Hash, Debug)]
enum Origin {
    /// It stands at an offset.
    Log(u64),
    /// A queue has handed it out.
    Queue(Message),
}

/// A source record, and what leaves the spout of it; none if a function failed.
#[derive(Clone, Hash, Debug)]
struct Emission {
    of: Open,
    leaving: Option<Leaving>,
}

impl Spout {
    pub fn tell_state(&self, shard: ShardIndex, state: &mut WorldState) {
        let Spout {
            next,
            opened,
            open,
            complete,
            prefix,
            highest,
            committed,
            committing,
            woken_at,
            held,
        } = self;
        state.add((next, opened, open, complete, prefix, highest));
        state.add((committed, committing.is_some(), woken_at, held));
        committing.iter().for_each(|&number| state.add_commit(shard, number));
    }

    pub fn boot<E: Env<InMemory>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        m.ask().charge();
        if queue(hands, m).is_some() {
            return self.read(hands, m);
        }
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
        match queue(hands, m) {
            Some(queue) => self.pull(queue, hands, m),
            None => self.read_on(hands, m),
        }
    }

    /// Takes what a queue hands out, and emits it.
    fn pull<E: Env<InMemory>>(
        &mut self,
        queue: QueueRules,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let mut emissions = Vec::new();
        let next = loop {
            match m.ask().pull(hands.shard) {
                Pull::Message(message) => {
                    let origin = Origin::Queue(message);
                    emissions.push(self.emission(origin, &message.row, hands, m));
                }
                Pull::NotYet { at } => break Some(at),
                Pull::Nothing => break None,
            }
        };
        for emission in emissions {
            let message = emission.of;
            if queue.ack == Ack::OnReceipt {
                ack(message, hands, m);
            }
            self.emit(emission, hands, m);
            if queue.ack == Ack::AfterCommit && !m.design.settings.tracks() {
                ack(message, hands, m);
            }
        }
        // A queue wakes a spout, too: without, each wake would leave another one behind.
        if let Some(at) = next.filter(|_| self.woken_at != next) {
            self.woken_at = next;
            m.effects.list.push(Effect::Wake { at, timer: Timer::Input });
        }
    }

    /// Reads what has come into the log, and emits it.
    fn read_on<E: Env<InMemory>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        let mut emissions = Vec::new();
        let arrival = loop {
            match m.ask().read(hands.shard, self.next) {
                Read::Row(row) => {
                    emissions.push(self.emission(Origin::Log(self.next), &row, hands, m));
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
        let Some(Open { origin, name }) = self.open.remove(&number) else { return };
        let row = match origin {
            Origin::Queue(message) => message.row,
            Origin::Log(offset) => match m.ask().read(hands.shard, offset) {
                Read::Row(row) => row,
                Read::NotYet { .. } | Read::End => return,
            },
        };
        m.env.reach(REPLAYED);
        hands.tell(Story::Replays(name), m);
        let emission = self.emission(origin, &row, hands, m);
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
                self.is_complete(open, hands, m);
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
        let is_later = |held: &Emission| held.of.offset().is_some_and(|at| at >= self.committed);
        let later = self.held.iter().position(is_later);
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
        origin: Origin,
        row: &SourceRow,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) -> Emission {
        let SourceRow { name, key, .. } = *row;
        m.env.decides(Decision::Reads { name, key });
        let at = m.design.settings.window_clock.time(row.event_time, row.arrival);
        let source = m.design.layout.hash(hands.step);
        let mut record = Record::of(row, source, at, &m.env.words().names);
        if let (Some(queue), Origin::Queue(message)) = (queue(hands, m), origin) {
            let Message { row, number, delivery } = message;
            let keys = &m.env.words().keys;
            let content = fold(keys.hash(row.key), row.value.hash(keys));
            record.id = queue.ids.of(source, number, row.id, content, delivery);
        }
        let mut leaving = Leaving::new();
        let (step, mut runner) = (hands.step, hands.runner(m.now));
        let flow = m.design.flow();
        let followed = flow.follow(step, &record, &mut runner, m.ask(), &mut leaving);
        Emission { of: Open { origin, name }, leaving: followed.ok().map(|()| leaving) }
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
                let to = m.design.flow().route(to, &record, m.env);
                hands.send(to, Dispatch::Tuple { record, branch: None, is_first: true }, m);
            }
            return;
        };
        let bits = settings.edge_bits;
        let at = m.now.plus(settings.timeout);
        match leaving {
            // A function leaves it out, so nothing is to come.
            Some(leaving) if leaving.is_empty() => return self.is_complete(of, hands, m),
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
                let (to, branch) = (m.design.flow().route(to, &record, m.env), Some(branch(at)));
                hands.send(to, Dispatch::Tuple { record, branch, is_first: true }, m);
            }
        }
        m.effects.list.push(Effect::Wake { at, timer: Timer::Tree(number) });
    }

    fn is_complete<E: Env<InMemory>>(
        &mut self,
        of: Open,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some(offset) = of.offset() else {
            if queue(hands, m).is_some_and(|queue| queue.ack == Ack::AfterCommit) {
                ack(of, hands, m);
            }
            return;
        };
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
            Offsets::Emitted => {
                self.held.last().and_then(|held| held.of.offset()).map_or(0, |offset| offset + 1)
            }
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

impl Open {
    /// Where it stands in the log, if it comes from one.
    fn offset(&self) -> Option<u64> {
        match self.origin {
            Origin::Log(offset) => Some(offset),
            Origin::Queue(_) => None,
        }
    }
}

/// The queue that a spout pulls from, if it does.
fn queue<E>(hands: &Hands, m: &Context<'_, E>) -> Option<QueueRules> {
    match m.design.pipeline.step(hands.step).kind {
        StepKind::Source { queue, .. } => queue,
        _ => None,
    }
}

/// Tells a queue that a message is done.
fn ack<E>(of: Open, hands: &Hands, m: &mut Context<'_, E>) {
    if let Origin::Queue(Message { number, .. }) = of.origin {
        let ack = MessageAck { shard: hands.shard, number, name: of.name };
        m.effects.list.push(Effect::AckMessage(ack));
    }
}
