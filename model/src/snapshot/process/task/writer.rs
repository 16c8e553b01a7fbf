//! A task that writes rows into a transaction of its topic. At a barrier it hands the transaction on to its committer, and
//! the next row begins another one.

use super::super::{Context, Hands};
use super::JobTask;
use crate::snapshot::Snapshot;
use crate::snapshot::design::JobRole;
use crate::snapshot::message::{
    ChannelItem, FlowingRow, Reply, Request, TransactionHandle, TransactionName,
};
use crate::snapshot::settings::{Cleanup, EndOfJob, Precommit, TransactionNames};
use onceproof_kernel::env::Env;
use onceproof_kernel::name::Name;

/// What a writer waits for before it takes anything.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum WriterWait {
    /// Nothing.
    #[default]
    Nothing,
    /// That open transactions of earlier attempts are aborted.
    Cleanup,
    /// That its transaction has begun.
    Begin,
    /// The answers to its writes, with a barrier in hand.
    Answers(u32),
}

/// A transaction that takes rows.
#[derive(Clone, Copy, Hash, Debug)]
struct OpenTransaction {
    name: TransactionName,
    epoch: u32,
    rows: u32,
    first: Option<Name>,
}

/// What a writer has in hand.
#[derive(Clone, Hash, Debug)]
pub(super) struct Writing {
    pub wait: WriterWait,
    open: Option<OpenTransaction>,
    /// How many writes are not answered.
    unanswered: u32,
    /// Rows that are not written yet.
    buffer: Vec<FlowingRow>,
    /// The checkpoint whose barrier came last.
    closed: u32,
}

impl Writing {
    pub fn after(restored: u32) -> Writing {
        Writing {
            wait: WriterWait::Nothing,
            open: None,
            unanswered: 0,
            buffer: Vec::new(),
            closed: restored,
        }
    }
}

impl JobTask {
    pub(super) fn writer_begins<E: Env<Snapshot>>(
        &mut self,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.state.is_ended = false;
        if m.design.settings.cleanup == Cleanup::Younger {
            self.writing.wait = WriterWait::Cleanup;
            let cleanup = Request::Cleanup {
                writer: m.design.layout.number_of(self.shard),
                attempt: self.attempt,
                checkpoint: self.restored,
            };
            hands.calls.call(m.design.topic(self.shard), cleanup, self.attempt, m);
        }
    }

    /// Whether a transaction must begin before it takes what comes next.
    pub(super) fn needs_transaction(&self, channel: usize) -> bool {
        matches!(self.role, JobRole::Writer(_))
            && self.writing.open.is_none()
            && matches!(self.inputs[channel].queue.front(), Some(ChannelItem::Row(_)))
    }

    pub(super) fn begins_transaction<E: Env<Snapshot>>(
        &mut self,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.writing.wait = WriterWait::Begin;
        let name = TransactionName {
            writer: m.design.layout.number_of(self.shard),
            attempt: match m.design.settings.names {
                TransactionNames::Attempt => self.attempt,
                TransactionNames::Checkpoint => 0,
            },
            checkpoint: self.writing.closed + 1,
        };
        hands.calls.call(m.design.topic(self.shard), Request::Begin(name), self.attempt, m);
    }

    /// A row is to be written.
    pub(super) fn takes_row<E: Env<Snapshot>>(
        &mut self,
        row: FlowingRow,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        if m.design.settings.precommit == Precommit::Unflushed {
            self.writing.buffer.push(row);
            if self.writing.buffer.len() < 2 {
                return;
            }
            return self.flushes(hands, m);
        }
        self.writes(row, hands, m);
    }

    /// All rows in the buffer are written.
    fn flushes<E: Env<Snapshot>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        for row in std::mem::take(&mut self.writing.buffer) {
            self.writes(row, hands, m);
        }
    }

    fn writes<E: Env<Snapshot>>(
        &mut self,
        row: FlowingRow,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some(open) = &mut self.writing.open else { return };
        open.rows += 1;
        open.first = open.first.or(Some(row.record.tag.name));
        let OpenTransaction { name: transaction, epoch, rows: number, .. } = *open;
        self.writing.unanswered += 1;
        let write = Request::Write { transaction, epoch, number, row };
        hands.calls.call(m.design.topic(self.shard), write, self.attempt, m);
    }

    /// The barrier of a checkpoint has come on all channels.
    pub(super) fn writer_is_cut<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let waits = m.design.settings.precommit == Precommit::Answered;
        if waits && self.writing.unanswered > 0 {
            self.writing.wait = WriterWait::Answers(checkpoint);
            return;
        }
        self.hands_on(checkpoint, hands, m);
    }

    /// The transaction gets no more rows: its handle goes ahead of the barrier.
    fn hands_on<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.writing.closed = checkpoint;
        self.hands_transaction_on(checkpoint, m.design.settings.rolls, hands, m);
        self.writer_passes_barrier(checkpoint, hands, m);
    }

    fn hands_transaction_on<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        is_over: bool,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Some(open) = self.writing.open else { return };
        if let Some(first) = open.first {
            let handle = TransactionHandle {
                transaction: open.name,
                epoch: open.epoch,
                checkpoint,
                attempt: self.attempt,
                first,
            };
            self.sends_to_all(ChannelItem::Handle(handle), hands, m);
        }
        if is_over {
            self.writing.open = None;
        }
    }

    /// All rows have come.
    pub(super) fn writer_ends<E: Env<Snapshot>>(
        &mut self,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.flushes(hands, m);
        if m.design.settings.end == EndOfJob::Commit {
            self.hands_transaction_on(0, true, hands, m);
        }
    }

    /// The topic answers.
    pub(super) fn write_is_answered<E: Env<Snapshot>>(
        &mut self,
        request: &Request,
        reply: Reply,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        match (*request, reply) {
            (Request::Cleanup { .. }, _) => self.writing.wait = WriterWait::Nothing,
            (Request::Begin(name), Reply::Epoch(epoch)) => {
                self.writing.open = Some(OpenTransaction { name, epoch, rows: 0, first: None });
                self.writing.wait = WriterWait::Nothing;
            }
            (Request::Write { .. }, Reply::Done) => {
                self.writing.unanswered -= 1;
                if let (0, WriterWait::Answers(checkpoint)) =
                    (self.writing.unanswered, self.writing.wait)
                {
                    self.writing.wait = WriterWait::Nothing;
                    self.hands_on(checkpoint, hands, m);
                }
            }
            _ => self.has_failed = true,
        }
    }
}
