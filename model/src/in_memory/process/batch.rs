//! The batch leg: when a window has been over for so long, it reads all that the log has of it, works it out again from
//! nothing, and lands: its results stand in the place of what was served before. What has landed is durable, and so is
//! the log. A crash costs it no more than its time.

#[cfg(test)]
mod tests;

use super::Context;
use super::hands::Hands;
use crate::in_memory::InMemory;
use crate::in_memory::alphabet::{BATCH_RERAN, BATCH_RESTARTED, COMPUTE, LAND, READ};
use crate::in_memory::design::Design;
use crate::in_memory::message::{Change, Landed, Stage, Timer};
use crate::in_memory::rows::Batches;
use crate::in_memory::settings::{BatchSettings, Landing, WindowClock};
use crate::in_memory::told::Story;
use crate::pipeline::StepKind;
use crate::stream::{CountedCell, Failed, Record, Sum, Windowed};
use hashbrown::HashMap;
use onceproof_kernel::effect::Effect;
use onceproof_kernel::env::Env;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::source::{Read, SourceRow};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::Pile;
use onceproof_kernel::time::{MILLISECOND, Time};
use rustc_hash::FxBuildHasher;

/// The memory of the batch leg.
#[derive(Clone, Debug, Default)]
pub(super) struct BatchLeg {
    /// What stands in the log of the windows that end at each time, as far as it was read, in its order.
    log: HashMap<Time, Vec<Logged>, FxBuildHasher>,
    /// How far each shard of the log was read.
    read: Vec<(StepIndex, ShardIndex, u64)>,
    /// The batches that are still to land, by when their windows end.
    due: SortedMap<Time, Due>,
    /// Those whose results are on their way to the store, by the numbers of the commits.
    landing: SortedMap<u64, Time>,
    /// When this life began, if an earlier one was before it.
    restarted: Option<Time>,
}

/// A record of the log.
#[derive(Clone, Copy, Hash, Debug)]
struct Logged {
    source: StepIndex,
    row: SourceRow,
}

/// How far a batch is.
#[derive(Clone, Debug)]
enum Due {
    /// The log is still to be read.
    Reads,
    /// The results are there, and are still to land; and since when they are certain, if that is not when they do.
    Lands(Results, Option<Time>),
    /// They are on their way.
    OnItsWay,
}

/// The results of a batch, in the order in which its records came into them.
#[derive(Clone, Debug, Default)]
struct Results {
    cells: Vec<(StepIndex, CountedCell, Sum)>,
    index: HashMap<(StepIndex, CountedCell), usize, FxBuildHasher>,
}

impl BatchLeg {
    pub fn tell_state(&self, shard: ShardIndex, state: &mut WorldState) {
        // That it has begun again is told to whoever watches.
        let BatchLeg { log, read, due, landing, restarted: _ } = self;
        state.add_set(log);
        state.add((read, due.len()));
        for (end, due) in due {
            state.add((end, std::mem::discriminant(due)));
            if let Due::Lands(Results { cells, index: _ }, since) = due {
                state.add((cells, since));
            }
        }
        state.add_commits(shard, landing);
    }

    pub fn boot<E: Env<InMemory>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        m.ask().charge();
        let layout = &m.design.layout;
        for (source, step) in m.design.pipeline.numbered() {
            if let StepKind::Source { .. } = step.kind {
                let shards = 0..layout.shards_of(source);
                let all = shards.map(|number| (source, layout.shard(source, number), 0));
                self.read.extend(all);
            }
        }
        self.restarted = (!m.env.is_first_life()).then_some(m.now);
        self.follow(hands, m);
    }

    /// Reads what has come into the log, to know which windows there are, and waits for more.
    pub fn follow<E: Env<InMemory>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        if let Some(at) = self.read_on(hands, m) {
            m.effects.list.push(Effect::Wake { at, timer: Timer::Input });
        }
    }

    /// The time of a batch has come.
    pub fn is_due<E: Env<InMemory>>(
        &mut self,
        end: Time,
        stage: Stage,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        match (stage, self.due.get_mut(&end)) {
            (Stage::Reads, Some(Due::Reads)) => self.run(end, hands, m),
            (Stage::Lands, Some(due @ Due::Lands(..))) => {
                let due = std::mem::replace(due, Due::OnItsWay);
                let Due::Lands(results, since) = due else { return };
                let name = name(end, hands, m);
                let mut changes = vec![Change::Lands { end, since }];
                for (step, cell, sum) in results.cells {
                    let standing = m.design.flow().standing(step, cell, sum, m.env);
                    changes.push(Change::Land(Landed { end, standing, sum }));
                }
                let number = hands.commit_all(LAND, name, &mut changes, m);
                self.landing.insert(number, end);
            }
            (Stage::Reads | Stage::Lands, _) => {}
        }
    }

    /// The store has the results of a batch. Perhaps it is to run again.
    pub fn landed<E: Env<InMemory>>(
        &mut self,
        number: u64,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some(end) = self.landing.remove(&number) else { return };
        self.due.remove(&end);
        self.plan(end, hands, m);
    }

    /// Whether a batch is still due.
    pub fn awaits(&self, end: Time, stage: Stage) -> bool {
        matches!(
            (stage, self.due.get(&end)),
            (Stage::Reads, Some(Due::Reads)) | (Stage::Lands, Some(Due::Lands(..)))
        )
    }

    /// Reads the log to its end, and plans the batches of the windows that are in it; returns when more is to come.
    fn read_on<E: Env<InMemory>>(
        &mut self,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) -> Option<Time> {
        let (mut more, mut next) = (Vec::new(), None);
        for (source, shard, offset) in &mut self.read {
            loop {
                match m.ask().read(*shard, *offset) {
                    Read::Row(row) => {
                        more.push((*source, *shard, *offset, row));
                        *offset += 1;
                    }
                    Read::NotYet { arrival } => {
                        next = Some(next.map_or(arrival, |next: Time| next.min(arrival)));
                        break;
                    }
                    Read::End => break,
                }
            }
        }
        let layout = &m.design.layout;
        more.sort_by_key(|&(source, shard, offset, row)| {
            (row.arrival, layout.hash(source), layout.number_of(shard), offset)
        });
        let clock = batch(m).window_clock;
        for (source, _, _, row) in more {
            for end in ends(m.design, source, clock.time(row.event_time, row.arrival)) {
                if self.is_planned(end, hands, m) {
                    self.log.entry(end).or_default().push(Logged { source, row });
                }
            }
            // What the speed leg shows in a window of its own, or what belongs into another one, is certain when that
            // window has landed, if only with nothing.
            for other in [WindowClock::Event, m.design.settings.window_clock] {
                if other != clock {
                    for end in ends(m.design, source, other.time(row.event_time, row.arrival)) {
                        self.is_planned(end, hands, m);
                    }
                }
            }
        }
        next
    }

    /// Whether a batch of the windows that end at this time is still to run, or runs.
    fn is_planned<E: Env<InMemory>>(
        &mut self,
        end: Time,
        hands: &Hands,
        m: &mut Context<'_, E>,
    ) -> bool {
        if !self.due.contains_key(&end) {
            self.plan(end, hands, m);
        }
        self.due.contains_key(&end)
    }

    /// Plans the next run of the batch of the windows that end at this time, if there is to be one. Where all that comes
    /// is too late it runs, too, and lands nothing.
    fn plan<E: Env<InMemory>>(&mut self, end: Time, hands: &Hands, m: &mut Context<'_, E>) {
        let batch = batch(m);
        let runs = m.env.rows(hands.shard).landed(end).map_or(0, |landed| landed.runs);
        if runs <= batch.reruns {
            let at = end.plus(batch.cut_off).max(m.now);
            self.due.insert(end, Due::Reads);
            let timer = Timer::Batch(end, Stage::Reads);
            m.effects.list.push(Effect::Wake { at, timer });
        } else {
            self.log.remove(&end);
        }
    }

    /// Reads the log for a batch, and works on it.
    fn run<E: Env<InMemory>>(&mut self, end: Time, hands: &mut Hands, m: &mut Context<'_, E>) {
        let (batch, name) = (batch(m), name(end, hands, m));
        m.ask().before(hands.shard, hands.step, READ, name);
        m.ask().charge();
        self.read_on(hands, m);
        let (now, until) = (m.env.now(), end.plus(batch.cut_off));
        let is_in = |Logged { row, .. }: &&Logged| {
            let is_there =
                batch.retention.is_none_or(|retention| row.arrival.plus(retention) >= now);
            is_there && row.arrival <= until && !(batch.is_distinct && row.is_repeat)
        };
        let log = self.log.get(&end).into_iter().flatten();
        let records: Vec<Logged> = log.filter(is_in).copied().collect();
        let stands = m.env.rows(hands.shard).landed(end);
        let runs = stands.map_or(0, |stands| stands.runs);
        let mut results = Results::beginning_with(stands, batch.landing);
        if m.env.is_dead() {
            return;
        }
        if runs > 0 {
            m.env.reach(BATCH_RERAN);
        }
        if self.restarted.is_some_and(|at| at > end.plus(batch.cut_off)) {
            m.env.reach(BATCH_RESTARTED);
        }
        hands.tell(Story::ReadsLog(end, records.len() as u64), m);
        m.ask().before(hands.shard, hands.step, COMPUTE, name);
        if m.env.is_dead() {
            return;
        }
        // Of a window of which nothing had come nobody knew; that there is nothing is certain since it was due.
        let due = end.plus(batch.cut_off).plus(batch.takes);
        let since = (runs == 0 && records.is_empty()).then_some(due);
        for Logged { source, row } in records {
            let at = batch.window_clock.time(row.event_time, row.arrival);
            let hash = m.design.layout.hash(source);
            let record = Record::of(&row, hash, at, &m.env.words().names);
            if results.flow(source, &record, (end, row.arrival), hands, m).is_err() {
                // It begins again. Without a pause it would fail for ever in no time.
                hands.tell(Story::BatchFails(end), m);
                let at = m.now.plus(batch.takes.max(MILLISECOND));
                let timer = Timer::Batch(end, Stage::Reads);
                m.effects.list.push(Effect::Wake { at, timer });
                return;
            }
        }
        self.due.insert(end, Due::Lands(results, since));
        let timer = Timer::Batch(end, Stage::Lands);
        let at = since.map_or(m.now.plus(batch.takes), |since| since.max(m.now));
        m.effects.list.push(Effect::Wake { at, timer });
    }
}

impl Results {
    /// What a batch begins with: nothing, where its results stand in the place of what has landed. That is then
    /// emptied, if nothing comes into it.
    fn beginning_with(stands: Option<&Batches>, landing: Landing) -> Results {
        let mut results = Results::default();
        for &(step, cell, sum) in stands.into_iter().flat_map(|stands| &stands.results) {
            *results.of(step, cell) = match landing {
                Landing::Replace => Sum::default(),
                Landing::Append => sum,
            };
        }
        results
    }

    fn of(&mut self, step: StepIndex, cell: CountedCell) -> &mut Sum {
        let Results { cells, index } = self;
        let at = *index.entry((step, cell)).or_insert_with(|| {
            cells.push((step, cell, Sum::default()));
            cells.len() - 1
        });
        &mut cells[at].2
    }

    /// Takes what a step has made of a record that came into the log at some time on through all steps, and counts it in
    /// the windows that end at this time. What is too late for a step is not passed on by it either.
    ///
    /// # Errors
    /// A function fails.
    fn flow<E: Env<InMemory>>(
        &mut self,
        from: StepIndex,
        record: &Record,
        (end, arrival): (Time, Time),
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) -> Result<(), Failed> {
        let (design, keep) = (m.design, batch(m).keep);
        let flow = design.flow();
        for step in design.takers(from) {
            let kind = &design.pipeline.step(step).kind;
            let Some(windows) = Windowed::of(kind) else {
                let made = flow.outputs(step, record, &mut hands.runner(m.now), m.ask())?;
                for output in made {
                    self.flow(step, &output, (end, arrival), hands, m)?;
                }
                continue;
            };
            let cell = windows.cell(record.key, record.event_time);
            if keep.is_some_and(|keep| arrival > windows.end(cell).plus(keep)) {
                continue;
            }
            let mut alone = Pile::default();
            if windows.end(cell) == end {
                let sum = self.of(step, cell);
                let floor = sum.pile.head;
                m.env.add(&mut sum.pile, record.key, &record.member());
                sum.add(record);
                alone = Pile { head: sum.pile.head, floor };
            } else {
                m.env.add(&mut alone, record.key, &record.member());
            }
            if design.takers(step).next().is_some() {
                let passed = flow.passed_on(step, (&windows, cell), record, alone, m.env);
                self.flow(step, &passed, (end, arrival), hands, m)?;
            }
        }
        Ok(())
    }
}

/// What is set of the batch leg.
fn batch<E>(m: &Context<'_, E>) -> BatchSettings {
    m.design.settings.batch.expect("only with it there is such a process")
}

/// The name of a batch, under which faults are placed and commits are known.
fn name<E: Env<InMemory>>(end: Time, hands: &Hands, m: &mut Context<'_, E>) -> Name {
    let hash = m.design.layout.hash(hands.step);
    let Vocabulary { keys, names } = m.env.vocabulary();
    names.pane(hands.step.0, hash, Key::GLOBAL, end, 0, keys)
}

/// When the windows end into which a record of this time may come on its way from a source.
fn ends(design: &Design, source: StepIndex, at: Time) -> SortedSet<Time> {
    let (mut found, mut seen) = (SortedSet::new(), SortedSet::new());
    let mut left = vec![(source, at)];
    while let Some((from, at)) = left.pop() {
        if seen.insert((from, at)) {
            for step in design.takers(from) {
                let windows = design.pipeline.step(step).kind.windowing();
                let end = windows.map(|windows| windows.end(windows.start(at)));
                found.extend(end);
                left.push((step, end.map_or(at, Time::before)));
            }
        }
    }
    found
}
