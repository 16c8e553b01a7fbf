//! A task in one attempt: it takes items from its channels, one at a time, and sends what comes of them.

mod barrier;
mod channel;
mod committer;
mod operator;
mod reader;
mod tell;
mod writer;

use super::{Context, Hands};
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::REPLAYED;
use crate::snapshot::design::{Design, JobRole};
use crate::snapshot::message::{ChannelItem, FlowingRow, Reply, Request, Timer};
use crate::snapshot::settings::{BrokenChannel, Failover};
use crate::snapshot::state::TaskState;
use barrier::{Checkpoints, Uploading};
use channel::{Inbound, Outbound};
use committer::Committing;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedSet;
use onceproof_kernel::time::Time;
use reader::ReaderState;
use writer::{WriterWait, Writing};

/// How far a task is with what it takes next. A barrier may overtake that until it is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Work {
    /// It has nothing in hand.
    Idle,
    /// It takes its time.
    Begun,
    /// It is done.
    Done,
}

/// A task in one attempt.
#[derive(Clone, Debug)]
pub(super) struct JobTask {
    pub attempt: u32,
    shard: ShardIndex,
    role: JobRole,
    /// The checkpoint that it was restored from.
    restored: u32,
    state: TaskState,
    inputs: Vec<Inbound>,
    outputs: Vec<Outbound>,
    /// The channels with items that are not taken: a task of a thousand channels does not look through all of them.
    filled: SortedSet<usize>,
    /// The channel from which it takes next, if it can.
    turn: usize,
    work: Work,
    /// Whether all tasks of the attempt are known to have begun: sources hear it from the coordinator, and the others from
    /// what comes. A source that read at once had its first records taken by a process that had lost its shard and did not
    /// know; the task that was started in its place waited for them for ever.
    may_run: bool,
    /// Whether it can go on no more.
    pub has_failed: bool,
    /// How many functions it has run.
    executed: i64,
    checkpoints: Checkpoints,
    reading: ReaderState,
    writing: Writing,
    committing: Committing,
}

impl JobTask {
    /// The task of a shard in an attempt, with the state that it had at a checkpoint.
    pub fn new(
        design: &Design,
        shard: ShardIndex,
        (attempt, before): (u32, u32),
        restored: u32,
        mut state: TaskState,
    ) -> JobTask {
        let inbound = |&from: &ShardIndex| Inbound::new(from, before > 0);
        let mut inputs: Vec<Inbound> = design.inputs(shard).iter().map(inbound).collect();
        let outbound = |&to: &ShardIndex| Outbound::new(to, before);
        let mut filled = SortedSet::new();
        for (channel, item) in std::mem::take(&mut state.overtaken) {
            inputs[channel].queue.push_back(item);
            filled.insert(channel);
        }
        JobTask {
            attempt,
            shard,
            role: design.role(shard),
            restored,
            state,
            inputs,
            outputs: design.outputs(shard).iter().map(outbound).collect(),
            filled,
            turn: 0,
            work: Work::Idle,
            may_run: false,
            has_failed: false,
            executed: 0,
            checkpoints: Checkpoints::after(restored),
            reading: ReaderState::default(),
            writing: Writing::after(restored),
            committing: Committing::default(),
        }
    }

    /// It begins, with what is left to do of the attempt before.
    pub fn begins<E: Env<Snapshot>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        if self.inputs.iter().any(|input| !input.queue.is_empty()) {
            m.env.reach(REPLAYED);
        }
        if !m.design.settings.stores_windows {
            self.state.windows.clear();
        }
        match self.role {
            JobRole::Reader(_) => self.reader_begins(m),
            JobRole::Writer(_) => self.writer_begins(hands, m),
            JobRole::Committer(_) => self.committer_begins(hands, m),
            JobRole::Operator(_) | JobRole::Coordinator | JobRole::Topic(_) => {
                self.state.is_ended = false;
            }
        }
    }

    /// An item arrives, in a connection or, if it comes from another attempt, beside all of them.
    pub fn arrives<E: Env<Snapshot>>(
        &mut self,
        from: ShardIndex,
        (place, item): (Option<(u32, u32)>, ChannelItem),
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some(channel) = self.inputs.iter().position(|input| input.from == from) else { return };
        self.may_run = true;
        let items = match place {
            Some((connection, number)) => self.inputs[channel].arrives(connection, number, item),
            None => vec![item],
        };
        for item in items {
            self.is_recorded(channel, &item, &m.design.settings);
            self.inputs[channel].queue.push_back(item);
            self.filled.insert(channel);
        }
        self.looks_for_barriers(hands, m);
    }

    /// Whether it takes something now.
    pub fn is_ready(&self) -> bool {
        self.work == Work::Done && self.has_something()
    }

    /// Whether there is something that it can take.
    fn has_something(&self) -> bool {
        if !self.may_run || self.has_failed || self.writing.wait != WriterWait::Nothing {
            return false;
        }
        match self.role {
            JobRole::Reader(_) => self.reading.is_ready,
            _ => self.next_channel().is_some(),
        }
    }

    /// The channel from which it takes next.
    fn next_channel(&self) -> Option<usize> {
        let later = self.filled.iter().filter(|&&at| at >= self.turn);
        let mut channels = later.chain(self.filled.iter().take_while(|&&at| at < self.turn));
        channels.find(|&&at| !self.inputs[at].is_blocked).copied()
    }

    /// An item is taken off a channel.
    fn is_taken(&mut self, channel: usize) {
        if self.inputs[channel].queue.is_empty() {
            self.filled.remove(&channel);
        }
    }

    /// It takes one item, or reads one record.
    pub fn steps<E: Env<Snapshot>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        if !self.is_ready() {
            return;
        }
        self.work = Work::Idle;
        if let JobRole::Reader(step) = self.role {
            return self.reads(step, hands, m);
        }
        let Some(channel) = self.next_channel() else { return };
        if self.needs_transaction(channel) {
            return self.begins_transaction(hands, m);
        }
        self.turn = (channel + 1) % self.inputs.len();
        let Some(item) = self.inputs[channel].queue.pop_front() else { return };
        self.is_taken(channel);
        match (item, self.role) {
            (ChannelItem::Barrier(checkpoint), _) => {
                self.takes_barrier(channel, checkpoint, hands, m)
            }
            (ChannelItem::Row(row), JobRole::Operator(step)) => {
                self.takes_record(step, row.record, hands, m);
            }
            (ChannelItem::Row(row), _) => self.takes_row(row, hands, m),
            (ChannelItem::Watermark(at), role) => {
                let input = &mut self.inputs[channel];
                input.watermark = input.watermark.max(at);
                if let JobRole::Operator(step) = role {
                    self.promises_move(step, hands, m);
                }
            }
            (ChannelItem::Handle(handle), _) => self.takes_handle(handle, hands, m),
            (ChannelItem::End, _) => {
                self.inputs[channel].is_over = true;
                if self.inputs.iter().all(|input| input.is_over) && !self.state.is_ended {
                    self.ends(hands, m);
                }
            }
        }
    }

    /// It sets to work, if there is anything to do.
    pub fn sets_to_work<E>(&mut self, hands: &Hands, m: &mut Context<'_, E>) {
        if self.work != Work::Idle || !self.has_something() {
            return;
        }
        match m.design.settings.service {
            0 => self.work = Work::Done,
            service => {
                self.work = Work::Begun;
                hands.wake(service, Timer::Step { attempt: self.attempt }, m);
            }
        }
    }

    /// It has taken its time. What it had set to work on may not be there any more.
    pub fn is_done(&mut self) {
        self.work = if self.has_something() { Work::Done } else { Work::Idle };
    }

    /// Whether it takes its time.
    pub fn is_at_it(&self) -> bool {
        self.work == Work::Begun
    }

    /// All its channels have come to their end.
    fn ends<E: Env<Snapshot>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        self.state.is_ended = true;
        if let JobRole::Writer(_) = self.role {
            self.writer_ends(hands, m);
        }
        self.sends_to_all(ChannelItem::End, hands, m);
        if let JobRole::Committer(_) = self.role {
            self.committer_ends(hands, m);
        }
    }

    /// Sends an item to the task of a shard.
    fn sends<E>(
        &mut self,
        to: ShardIndex,
        item: ChannelItem,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let attempt = self.attempt;
        let Some(output) = self.outputs.iter_mut().find(|output| output.to == to) else { return };
        let (connection, number) = output.next();
        hands.send(to, Request::Item { attempt, connection, number, item }, m);
    }

    fn sends_to_all<E>(&mut self, item: ChannelItem, hands: &mut Hands, m: &mut Context<'_, E>) {
        for at in 0..self.outputs.len() {
            self.sends(self.outputs[at].to, item, hands, m);
        }
    }

    /// Sends rows, each to its task.
    fn sends_rows<E>(
        &mut self,
        rows: Vec<(ShardIndex, FlowingRow)>,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        for (to, row) in rows {
            self.sends(to, ChannelItem::Row(row), hands, m);
        }
    }

    /// Says a watermark to those below whom it lets do something.
    fn promises<E: Env<Snapshot>>(
        &mut self,
        promise: Time,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        for at in 0..self.outputs.len() {
            let Outbound { to, watermark: said, .. } = self.outputs[at];
            let to_step = m.design.layout.step_of(to);
            if promise <= said || to_step.at() >= m.design.pipeline.steps().len() {
                continue;
            }
            let ends = m.design.pipeline.window_ends(to_step);
            if ends.iter().any(|end| end.is_crossed(said, promise)) {
                self.outputs[at].watermark = promise;
                self.sends(to, ChannelItem::Watermark(promise), hands, m);
            }
        }
    }

    /// The channel to a task has broken.
    pub fn breaks(&mut self, to: ShardIndex, design: &Design) {
        let Some(output) = self.outputs.iter_mut().find(|output| output.to == to) else { return };
        let fails = design.settings.broken == BrokenChannel::Fail;
        match fails && design.settings.failover == Failover::All {
            true => self.has_failed = true,
            false => output.reopens(),
        }
    }

    /// A topic answers.
    pub fn is_answered<E: Env<Snapshot>>(
        &mut self,
        request: &Request,
        reply: Reply,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        match request {
            Request::Commit(handle) => self.commit_is_answered(*handle, reply, hands, m),
            Request::Cleanup { .. } | Request::Begin(_) | Request::Write { .. } => {
                self.write_is_answered(request, reply, hands, m);
                self.looks_for_barriers(hands, m);
            }
            _ => {}
        }
    }

    /// The upload with this number, if it is one of this task.
    pub fn uploading(&mut self, commit: u64) -> Option<Uploading> {
        self.checkpoints.uploading.remove(&commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Step, StepKind};
    use crate::snapshot::settings::Settings;
    use crate::window::Windowing;
    use onceproof_kernel::layout::{Failing, StepIndex};
    use onceproof_kernel::source::Progress;
    use onceproof_kernel::time::SECOND;

    /// Two sources and a count of both.
    fn design() -> Design {
        let step = |name: &str, kind, shards, from| {
            let step =
                Step { name: name.to_owned(), kind, from, shards, failing: Failing::default() };
            (step, true)
        };
        let source = StepKind::Source { watermark: Progress::Perfect, queue: None };
        let count = StepKind::Count(Windowing { length: 60 * SECOND, lateness: 0 });
        let steps = vec![
            step("events", source, 2, Vec::new()),
            step("per-user", count, 1, vec![StepIndex(0)]),
        ];
        Design::new(steps, Settings::FIRST).expect("a chain")
    }

    #[test]
    fn a_task_takes_first_what_a_barrier_had_overtaken_in_whichever_channel() {
        let design = design();
        let count = design.layout.shard(StepIndex(1), 0);
        assert_eq!(design.inputs(count).len(), 2);
        for (overtaken, next) in [(vec![], None), (vec![0], Some(0)), (vec![1], Some(1))] {
            let items = overtaken.iter().map(|&channel| (channel, ChannelItem::Watermark(Time(7))));
            let state = TaskState { overtaken: items.collect(), ..TaskState::default() };
            let task = JobTask::new(&design, count, (1, 1), 1, state);
            assert_eq!(task.next_channel(), next, "{overtaken:?}");
        }
    }
}
