//! The coordinator of transactions. Its row is durable before it answers and before the first marker is sent; the row
//! "prepared" is the point of no return, and "complete" comes when every partition has acked its marker. Each end raises
//! the epoch by one, so that whatever an ended transaction still has on its way is refused.

#[cfg(test)]
mod tests;

use super::caller::Caller;
use super::desk::{Asker, Desk, DeskWork, answer};
use super::{Broker, Context};
use crate::transactions::Transactions;
use crate::transactions::alphabet::{
    ABORTED, COMMITTED, END_REFUSED, INIT_ABORTED, LOG, MARKERS_RESENT, TIMED_OUT, control,
};
use crate::transactions::message::{
    Change, Producer, Reply, Request, Timer, Transaction, TransactionState as State,
};
use crate::transactions::settings::{
    EndRule, InitRule, MarkerEpoch, Markers, Prepare, Settings, Version,
};
use crate::transactions::told::Story;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::effect::Effect;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::time::Time;

/// The memory of the coordinator.
#[derive(Clone, Debug, Default)]
pub(super) struct Coordinator {
    desk: Desk,
    /// The markers that are not acked, by transactional id and partition, with the number of the request.
    unacked: SortedMap<u32, SortedSet<ShardIndex>>,
    /// The transactional id of each request for a marker.
    sent: SortedMap<u32, u32>,
    /// Since when the transactions are open whose time-outs it waits for.
    open: SortedMap<u32, Time>,
    /// Whose markers are to be sent once the row stands.
    decided: Option<u32>,
}

impl Broker for Coordinator {
    fn desk(&mut self) -> &mut Desk {
        &mut self.desk
    }

    fn boot<E: Env<Transactions>>(&mut self, caller: &mut Caller, m: &mut Context<'_, E>) {
        let settings = m.design.settings;
        let all: Vec<(u32, Transaction)> = m.env.rows(caller.shard).coordinator().all().collect();
        for (id, transaction) in all {
            match transaction.state {
                State::Prepared if settings.markers != Markers::Forgotten => {
                    m.env.reach(MARKERS_RESENT);
                    caller.tell(Story::SendsMarkersAgain(id), m);
                    self.send_markers(id, caller, m);
                }
                State::Ongoing => self.wait_for(id, transaction.start, m),
                State::Prepared | State::Empty | State::Complete => {}
            }
        }
    }

    fn works<E: Env<Transactions>>(
        &mut self,
        work: DeskWork,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        match work {
            DeskWork::Asked(asker) => match asker.body {
                Request::Init { id, .. } => self.begins(asker, id, caller, m),
                Request::Add { producer, partitions } => {
                    let partitions = m.env.shared().numbers(partitions);
                    let partitions = partitions.iter().map(|&shard| ShardIndex(shard as u32));
                    self.adds(asker, producer, partitions.collect(), caller, m);
                }
                Request::Verify { producer, .. } => self.verifies(asker, producer, caller, m),
                Request::End { producer, commits } => {
                    self.ends(asker, producer, commits, caller, m);
                }
                _ => {}
            },
            DeskWork::Answered { number, from, reply } => {
                self.marked(number, from, reply, caller, m);
            }
            DeskWork::Woken(Timer::Retry { call, waits, .. }) => {
                if caller.awaits(call, waits) {
                    match m.design.settings.markers {
                        Markers::Once => caller.close(call),
                        Markers::UntilAcked | Markers::Forgotten | Markers::FirstCompletes => {
                            caller.repeat(call, m);
                        }
                    }
                }
            }
            DeskWork::Woken(Timer::TimedOut { id, start }) => self.times_out(id, start, caller, m),
            DeskWork::Woken(_) | DeskWork::Released { .. } => {}
        }
    }

    /// A row stands: what it decides is told to the partitions.
    fn stands<E: Env<Transactions>>(
        &mut self,
        number: u64,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if self.desk.stands(number, caller, m)
            && let Some(id) = self.decided.take()
        {
            self.send_markers(id, caller, m);
        }
    }
}

impl Coordinator {
    /// Adds its state.
    pub fn tell_state(
        &self,
        caller: &Caller,
        of: ToldWorld<'_, Transactions>,
        state: &mut WorldState,
    ) {
        let Coordinator { desk, unacked, sent, open, decided } = self;
        desk.tell_state(caller, of, state);
        state.add((unacked, open, decided));
        caller.add_requests(sent, state);
    }

    /// Whether the time-out of a transaction is waited for.
    pub fn is_open_since(&self, id: u32, start: Time) -> bool {
        self.open.get(&id) == Some(&start)
    }

    /// A client asks for its epoch. What its earlier life left open is aborted first, and what is decided is waited for.
    fn begins<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        id: u32,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let settings = m.design.settings;
        let transaction = m.env.rows(caller.shard).coordinator().of(id);
        match transaction.state {
            State::Prepared => return answer(&asker, Reply::Again, caller, m),
            State::Ongoing if settings.init == InitRule::Fences => {
                m.env.reach(INIT_ABORTED);
                caller.tell(Story::AbortsEarlier(id), m);
                return self.decides(id, (false, true), Some((asker, Reply::Again)), caller, m);
            }
            State::Ongoing | State::Empty | State::Complete => {}
        }
        let state = match transaction.state {
            State::Complete => State::Empty,
            state => state,
        };
        let epoch = transaction.epoch + u32::from(transaction.is_known);
        let is = Transaction { is_known: true, epoch, state, ..transaction };
        let changes = vec![Change::Transaction { id, is }];
        self.desk.write(at(id), changes, [(asker, Reply::Epoch(epoch))], caller, m);
    }

    /// A partition asks whether a transaction has it. In the newest version it is added by that.
    fn verifies<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        producer: Producer,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if m.design.settings.version == Version::EpochPerTransaction {
            return self.adds(asker, producer, vec![asker.from], caller, m);
        }
        let rows = m.env.rows(caller.shard).coordinator();
        let (transaction, partitions) = (rows.of(producer.id), rows.partitions(producer.id));
        let reply = match transaction.state {
            _ if transaction.epoch != producer.epoch => Reply::Fenced,
            State::Prepared => Reply::Again,
            State::Ongoing if partitions.contains(&asker.from) => Reply::Done,
            State::Ongoing | State::Empty | State::Complete => Reply::Abort,
        };
        answer(&asker, reply, caller, m);
    }

    /// Partitions are added to a transaction, which begins with the first of them.
    fn adds<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        producer: Producer,
        partitions: Vec<ShardIndex>,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let id = producer.id;
        let rows = m.env.rows(caller.shard).coordinator();
        let transaction = rows.of(id);
        if m.design.settings.checks_add && transaction.epoch != producer.epoch {
            return answer(&asker, Reply::Fenced, caller, m);
        }
        if transaction.state == State::Prepared {
            return answer(&asker, Reply::Again, caller, m);
        }
        let is_open = transaction.state == State::Ongoing;
        let has = |partition: &ShardIndex| is_open && rows.partitions(id).contains(partition);
        let added: Vec<ShardIndex> =
            partitions.into_iter().filter(|partition| !has(partition)).collect();
        if added.is_empty() {
            return answer(&asker, Reply::Done, caller, m);
        }
        let mut changes = Vec::new();
        if !is_open {
            let start = m.now;
            let is = Transaction { state: State::Ongoing, start, ..transaction };
            changes.push(Change::Transaction { id, is });
            self.wait_for(id, start, m);
        }
        changes.extend(added.into_iter().map(|partition| Change::Add { id, partition }));
        self.desk.write(at(id), changes, [(asker, Reply::Done)], caller, m);
    }

    /// A client ends its transaction.
    fn ends<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        producer: Producer,
        commits: bool,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let Settings { end, .. } = m.design.settings;
        let transaction = m.env.rows(caller.shard).coordinator().of(producer.id);
        let raised = u32::from(m.design.settings.is_epoch_per_transaction());
        let expected = match transaction.state {
            State::Ongoing | State::Empty => producer.epoch,
            State::Prepared | State::Complete => producer.epoch + raised,
        };
        if end != EndRule::AnyEpoch && transaction.epoch != expected {
            m.env.reach(END_REFUSED);
            caller.tell(Story::RefusesEnd(producer), m);
            return answer(&asker, Reply::Fenced, caller, m);
        }
        let is_other = transaction.commits != commits && end != EndRule::AnyDecision;
        let reply = match transaction.state {
            State::Ongoing => {
                let epoch = transaction.epoch + raised;
                let answers = Some((asker, Reply::Epoch(epoch)));
                return self.decides(producer.id, (commits, raised > 0), answers, caller, m);
            }
            State::Empty => Reply::Fenced,
            State::Prepared | State::Complete if is_other => Reply::Fenced,
            State::Prepared => Reply::Again,
            State::Complete => Reply::Epoch(transaction.epoch),
        };
        answer(&asker, reply, caller, m);
    }

    /// A transaction has been open for too long.
    fn times_out<E: Env<Transactions>>(
        &mut self,
        id: u32,
        start: Time,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let transaction = m.env.rows(caller.shard).coordinator().of(id);
        if transaction.state != State::Ongoing || transaction.start != start {
            return;
        }
        m.env.reach(TIMED_OUT);
        caller.tell(Story::TimesOut(id), m);
        let raises = m.design.settings.timeout_raises_epoch;
        self.decides(id, (false, raises), None, caller, m);
    }

    /// A transaction is decided.
    fn decides<E: Env<Transactions>>(
        &mut self,
        id: u32,
        (commits, raises): (bool, bool),
        answers: Option<(Asker, Reply)>,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.open.remove(&id);
        m.env.count(if commits { COMMITTED } else { ABORTED });
        let transaction = m.env.rows(caller.shard).coordinator().of(id);
        let epoch = transaction.epoch + u32::from(raises);
        let is = Transaction { state: State::Prepared, commits, epoch, ..transaction };
        let changes = vec![Change::Transaction { id, is }];
        match m.design.settings.prepare {
            Prepare::First => {
                self.decided = Some(id);
                self.desk.write(at(id), changes, answers, caller, m);
            }
            Prepare::AfterAnswer => {
                if let Some((asker, reply)) = answers {
                    answer(&asker, reply, caller, m);
                }
                self.mark(id, is, caller, m);
                self.desk.write(at(id), changes, None, caller, m);
            }
        }
    }

    /// Sends the markers of what is decided.
    fn send_markers<E: Env<Transactions>>(
        &mut self,
        id: u32,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let transaction = m.env.rows(caller.shard).coordinator().of(id);
        self.mark(id, transaction, caller, m);
    }

    fn mark<E: Env<Transactions>>(
        &mut self,
        id: u32,
        Transaction { epoch, commits, .. }: Transaction,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let partitions = m.env.rows(caller.shard).coordinator().partitions(id).clone();
        for &partition in &partitions {
            let (producer, coordinator) = (Producer { id, epoch }, caller.token());
            let number =
                caller.call(partition, Request::Marker { producer, coordinator, commits }, m);
            self.sent.insert(number, id);
        }
        self.unacked.insert(id, partitions);
    }

    /// A partition answers a marker.
    fn marked<E: Env<Transactions>>(
        &mut self,
        number: u32,
        from: ShardIndex,
        reply: Reply,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if caller.unanswered(number).is_none() {
            return;
        }
        let settings = m.design.settings;
        caller.close(number);
        let Some(id) = self.sent.remove(&number) else { return };
        if reply == Reply::Stale && settings.marker_epoch == MarkerEpoch::NoRepeat {
            return;
        }
        let transaction = m.env.rows(caller.shard).coordinator().of(id);
        let Some(unacked) = self.unacked.get_mut(&id) else { return };
        unacked.remove(&from);
        let is_done = unacked.is_empty() || settings.markers == Markers::FirstCompletes;
        if transaction.state == State::Prepared && is_done {
            self.unacked.remove(&id);
            let is = Transaction { state: State::Complete, ..transaction };
            self.desk.write(at(id), vec![Change::Transaction { id, is }], None, caller, m);
        }
    }

    /// Waits for the time-out of a transaction.
    fn wait_for<E>(&mut self, id: u32, start: Time, m: &mut Context<'_, E>) {
        if let Some(timeout) = m.design.settings.transaction_timeout {
            self.open.insert(id, start);
            let at = start.plus(timeout).max(m.now);
            m.effects.list.push(Effect::Wake { at, timer: Timer::TimedOut { id, start } });
        }
    }
}

/// Where a row of a transactional id is written.
fn at(id: u32) -> (Point, Subject) {
    (LOG, Subject::Control { word: control::LOG, value: id.into() })
}
