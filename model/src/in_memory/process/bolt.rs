//! A bolt: it applies a tuple, shows what its result is now, passes the record on, and acks, in this order. A bolt that
//! acks on receipt does that before all of what others see.

use super::Context;
use super::hands::Hands;
use crate::in_memory::InMemory;
use crate::in_memory::alphabet::{
    APPLY, COUNTED_FROM_ZERO, DROPPED_LATE, RECORD_KNOWN, SHOWN, WRITE,
};
use crate::in_memory::message::{Age, Branch, Change, Dispatch, Shown};
use crate::in_memory::settings::{AckAt, Counts};
use crate::in_memory::told::Story;
use crate::pipeline::StepKind;
use crate::stream::{CountedCell, Leaving, Record, Sum, Windowed};
use hashbrown::HashMap;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::Pile;
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;

/// The memory of a bolt.
#[derive(Clone, Debug, Default)]
pub(super) struct Bolt {
    counts: HashMap<CountedCell, Sum, FxBuildHasher>,
    /// The records that were counted, by their ids, where these are kept.
    known: HashMap<RecordId, Record, FxBuildHasher>,
    /// The greatest event time that it has seen.
    greatest: Option<Time>,
    /// How many results it has shown in this life.
    shown: u64,
    /// What the store counts, by the numbers of the commits.
    counting: SortedMap<u64, Tuple>,
}

/// A record that came, with its place in a tree.
#[derive(Clone, Copy, Hash, Debug)]
struct Tuple {
    record: Record,
    branch: Option<Branch>,
}

/// What a bolt has to tell of a tuple: in this order.
#[derive(Default)]
struct Outcome {
    /// A result, and the name of what it was shown for: a record that goes through two steps is shown by both.
    shown: Option<(Name, Shown)>,
    leaving: Leaving,
}

impl Bolt {
    pub fn tell_state(&self, shard: ShardIndex, state: &mut WorldState) {
        let Bolt { counts, known, greatest, shown, counting } = self;
        state.add_set(counts);
        state.add_set(known);
        state.add((greatest, shown));
        state.add_commits(shard, counting);
    }

    /// A tuple arrives.
    pub fn takes<E: Env<InMemory>>(
        &mut self,
        message: &Dispatch,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let &Dispatch::Tuple { record, branch, .. } = message else { return };
        self.applies(Tuple { record, branch }, hands, m);
    }

    /// The store has counted a record.
    pub fn counted<E: Env<InMemory>>(
        &mut self,
        number: u64,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some(tuple) = self.counting.remove(&number) else { return };
        let Some(windows) = Windowed::of(&m.design.pipeline.step(hands.step).kind) else { return };
        // A record that the store knew already counts as it was counted then.
        let rows = m.env.rows(hands.shard);
        let of = rows.known(tuple.record.id).unwrap_or(tuple.record);
        let cell = windows.cell(of.key, of.event_time);
        let sum = rows.sum(cell);
        // The pile of one record alone is not known here any more, and only whoever watches asks for it.
        let mut alone = Pile::default();
        m.env.add(&mut alone, of.key, &of.member());
        let outcome = self.result(&of, (&windows, cell, sum, alone), hands, m);
        self.tells_others(&tuple, &outcome, hands, m);
        if m.design.settings.ack == AckAt::AfterSend {
            self.acks(&tuple, outcome.edges(), hands, m);
        }
    }

    fn applies<E: Env<InMemory>>(
        &mut self,
        tuple: Tuple,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let design = m.design;
        let Record { tag, key, id, event_time, .. } = tuple.record;
        let (shard, step) = (hands.shard, hands.step);
        m.ask().before(shard, step, APPLY, tag.name);
        if m.env.is_dead() {
            return;
        }
        let kind = &design.pipeline.step(step).kind;
        let Some(windows) = Windowed::of(kind) else {
            let mut outcome = Outcome::default();
            if let StepKind::Sink(_) = kind {
                outcome.shown = Some((tag.name, Shown::Row { step, record: tuple.record }));
            } else if design
                .flow()
                .run(step, &tuple.record, &mut hands.runner(m.now), m.ask(), &mut outcome.leaving)
                .is_err()
            {
                // Nobody hears of it: the tree stays open.
                return;
            }
            return self.tells(&tuple, outcome, hands, m);
        };
        let cell = windows.cell(key, event_time);
        self.greatest = self.greatest.max(Some(event_time));
        if let (Some(keep), Some(greatest)) = (design.settings.keep, self.greatest)
            && windows.end(cell).plus(keep) <= greatest
        {
            m.env.reach(DROPPED_LATE);
            hands.tell(Story::DropsLate(tag.name, windows.end(cell)), m);
            return self.tells(&tuple, Outcome::default(), hands, m);
        }
        let known = match (design.settings.is_distinct, design.settings.counts) {
            (false, _) => None,
            (true, Counts::Memory) => self.known.get(&id).copied(),
            (true, Counts::Durable) => m.env.rows(shard).known(id),
        };
        if known.is_some() {
            m.env.reach(RECORD_KNOWN);
            hands.tell(Story::KnowsRecord(tag.name), m);
        }
        if design.settings.counts == Counts::Durable {
            if design.settings.ack == AckAt::OnReceipt {
                self.acks(&tuple, (true, design.topology.sent(step).len()), hands, m);
            }
            let number = hands.commit(WRITE, tag.name, Change::Take(tuple.record), m);
            self.counting.insert(number, tuple);
            return;
        }
        // A record that is known counts as it was counted first, whatever its function has answered since.
        let of = known.unwrap_or(tuple.record);
        let cell = windows.cell(of.key, of.event_time);
        let sum = self.counts.entry(cell).or_default();
        let mut alone = Pile::default();
        if known.is_some() {
            m.env.add(&mut alone, of.key, &of.member());
        } else {
            let floor = sum.pile.head;
            m.env.add(&mut sum.pile, of.key, &of.member());
            alone = Pile { head: sum.pile.head, floor };
            sum.add(&of);
            if design.settings.is_distinct {
                self.known.insert(id, of);
            }
        }
        let sum = *sum;
        let outcome = self.result(&of, (&windows, cell, sum, alone), hands, m);
        self.tells(&tuple, outcome, hands, m);
    }

    /// What is shown of a cell and passed on of a record that was counted in it: what is passed on stands for the
    /// record in the cell, as a pane would for all of them.
    fn result<E: Env<InMemory>>(
        &mut self,
        of: &Record,
        (windows, cell, sum, alone): (&Windowed, CountedCell, Sum, Pile),
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) -> Outcome {
        let (step, flow) = (hands.step, m.design.flow());
        let standing = flow.standing(step, cell, sum, m.env);
        self.shown += 1;
        let age = Age { token: hands.token, number: self.shown };
        let passed = flow.passed_on(step, (windows, cell), of, alone, m.env);
        let shown = Shown::Cell { standing, age };
        let mut outcome =
            Outcome { shown: Some((passed.tag.name, shown)), leaving: Leaving::new() };
        // No map follows an aggregate, so no function can fail.
        let mut runner = hands.runner(m.now);
        let _ = flow.follow(step, &passed, &mut runner, m.env, &mut outcome.leaving);
        outcome
    }

    /// Shows, passes on, acks.
    fn tells<E: Env<InMemory>>(
        &mut self,
        tuple: &Tuple,
        outcome: Outcome,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        match m.design.settings.ack {
            AckAt::AfterSend => {
                self.tells_others(tuple, &outcome, hands, m);
                self.acks(tuple, outcome.edges(), hands, m);
            }
            AckAt::OnReceipt => {
                self.acks(tuple, outcome.edges(), hands, m);
                self.tells_others(tuple, &outcome, hands, m);
            }
        }
    }

    /// Shows, and passes on.
    fn tells_others<E: Env<InMemory>>(
        &mut self,
        tuple: &Tuple,
        Outcome { shown, leaving }: &Outcome,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        if let Some((name, shown)) = *shown {
            let branch = tuple.branch.filter(|_| settings.view_acks()).map(shown_by);
            m.env.count(SHOWN);
            if hands.token > 1 && self.shown == 1 && settings.counts == Counts::Memory {
                m.env.reach(COUNTED_FROM_ZERO);
            }
            hands.send(m.design.view(), Dispatch::Show { name, shown, branch }, m);
        }
        for (at, (to, record)) in leaving.iter().enumerate() {
            let branch = tuple.branch.filter(|_| settings.is_anchored);
            let branch = branch.map(|branch| edge_to(branch, at));
            let (to, record) = (m.design.flow().route(*to, record, m.env), *record);
            hands.send(to, Dispatch::Tuple { record, branch, is_first: false }, m);
        }
    }

    /// Acks a tuple with what goes on from it.
    fn acks<E: Env<InMemory>>(
        &mut self,
        tuple: &Tuple,
        (is_shown, passed): (bool, usize),
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let (Some(acker), Some(branch)) = (m.design.acker(), tuple.branch) else { return };
        let settings = &m.design.settings;
        let bits = settings.edge_bits;
        let mut edges = branch.edge.bits(bits);
        if is_shown && settings.view_acks() {
            edges ^= shown_by(branch).edge.bits(bits);
        }
        if settings.is_anchored {
            edges =
                (0..passed).fold(edges, |edges, at| edges ^ edge_to(branch, at).edge.bits(bits));
        }
        let name = tuple.record.tag.name;
        hands.send(acker, Dispatch::Ack { name, branch, edges }, m);
    }
}

impl Outcome {
    fn edges(&self) -> (bool, usize) {
        (self.shown.is_some(), self.leaving.len())
    }
}

/// The edge to the view.
fn shown_by(branch: Branch) -> Branch {
    Branch { edge: branch.edge.below(0), ..branch }
}

/// The edge to what is passed on.
fn edge_to(branch: Branch, at: usize) -> Branch {
    Branch { edge: branch.edge.below(1 + at as u64), ..branch }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore, record};
    use onceproof_kernel::key::Key;

    #[test]
    fn each_part_of_a_bolt_is_told() {
        let record = record();
        let tuple = Tuple { record, branch: None };
        let count = |bolt: &mut Bolt, weight| {
            bolt.counts.insert((Key(0), Time(0)), Sum { weight, ..Sum::default() });
        };
        assert_each_is_told(
            &Bolt::default(),
            |bolt, state| bolt.tell_state(SHARD, state),
            &[
                &|bolt| count(bolt, 1),
                &|bolt| count(bolt, 2),
                &|bolt| ignore(bolt.known.insert(RecordId(0), record)),
                &|bolt| bolt.greatest = Some(Time(1)),
                &|bolt| bolt.shown = 1,
                &|bolt| ignore(bolt.counting.insert(0, tuple)),
                &|bolt| ignore(bolt.counting.insert(1, tuple)),
            ],
        );
    }
}
