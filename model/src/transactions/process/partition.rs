//! The leader of a partition. It appends the next batch of a producer, answers one of the last with its old offset, and
//! has anything else sent again; it refuses an older epoch, has the next transaction wait for the marker of the one before,
//! and takes a marker once.

use super::caller::Caller;
use super::desk::{Asker, Desk, DeskWork, answer};
use super::verify::Verifier;
use super::{Broker, Context};
use crate::transactions::Transactions;
use crate::transactions::alphabet::{
    APPEND, BATCH_KNOWN, EPOCH_REFUSED, MARKER_STALE, OUT_OF_SEQUENCE, OVERLAPPED,
};
use crate::transactions::design::{Role, Topic};
use crate::transactions::message::{
    Change, LogEntry, MoreEntries, Producer, Reply, Request, Timer,
};
use crate::transactions::rows::{Known, PartitionRows};
use crate::transactions::settings::{
    FirstSequence, Isolation, MarkerEpoch, Overlap, Restore, Settings, Version,
};
use crate::transactions::told::Story;
use onceproof_kernel::env::Env;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{System, ToldWorld};
use onceproof_kernel::tell::WholeUnit;
use onceproof_kernel::time::MILLISECOND;

/// The memory of the leader of a partition.
#[derive(Clone, Debug, Default)]
pub(super) struct Partition {
    desk: Desk,
    pub verifier: Verifier,
}

/// A batch: who writes it, its number, what it begins with, what else it has, and the transaction as the client knows it.
type Batch = (Producer, u32, LogEntry, Option<MoreEntries>, WholeUnit);

/// What becomes of a marker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MarkerFate {
    /// It is written.
    Write,
    /// It was, or another one was: it is answered.
    Answer(Reply),
}

/// What becomes of what a producer sends under its epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FirstOf {
    /// The transaction is open here, or nobody asks: it is appended.
    Append,
    /// The transaction is new here: the coordinator is asked.
    Ask,
    /// The one before is open: it is sent again.
    Again,
}

impl Partition {
    /// Adds its state.
    pub fn tell_state(
        &self,
        caller: &Caller,
        of: ToldWorld<'_, Transactions>,
        state: &mut WorldState,
    ) {
        let Partition { desk, verifier } = self;
        desk.tell_state(caller, of, state);
        verifier.tell_state(caller, of, state);
    }
}

impl Broker for Partition {
    fn desk(&mut self) -> &mut Desk {
        &mut self.desk
    }

    /// A leader that takes over wakes all readers: an earlier one may have died between a marker and the word of it, and
    /// whoever waits for that marker would wait for ever.
    fn boot<E: Env<Transactions>>(&mut self, caller: &mut Caller, m: &mut Context<'_, E>) {
        if caller.token() > 1 {
            wake(m);
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
                Request::Produce { producer, sequence, row, more, unit } => {
                    self.takes(asker, (producer, sequence, row, more, unit), caller, m);
                }
                Request::Marker { producer, coordinator, commits } => {
                    self.ends(asker, (producer, coordinator, commits), caller, m);
                }
                _ => {}
            },
            DeskWork::Answered { number, reply, .. } => {
                self.desk.release(self.verifier.release(number, m), reply);
            }
            DeskWork::Released { asker, reply: Reply::Done } => {
                if let Request::Produce { producer, sequence, row, more, unit } = asker.body {
                    self.appends(asker, (producer, sequence, row, more, unit), caller, m);
                }
            }
            DeskWork::Released { asker, reply } => answer(&asker, reply, caller, m),
            DeskWork::Woken(_) => {}
        }
    }

    /// What was written stands: whoever reads the topic is woken.
    fn stands<E: Env<Transactions>>(
        &mut self,
        number: u64,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if self.desk.stands(number, caller, m) {
            wake_readers(caller, m);
        }
    }
}

impl Partition {
    /// A batch comes.
    fn takes<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        batch: Batch,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let (producer, sequence, ..) = batch;
        let settings = m.design.settings;
        let rows = m.env.rows(caller.shard).partition();
        let known = rows.known(producer.id, m.now).unwrap_or_default();
        if let Some(offset) = offset_of(rows, &known, producer, sequence, &settings) {
            m.env.reach(BATCH_KNOWN);
            caller.tell(Story::KnowsBatch(asker_name(&asker)), m);
            return answer(&asker, Reply::At(offset), caller, m);
        }
        if is_refused(&known, producer, &settings, m) {
            return answer(&asker, Reply::Fenced, caller, m);
        }
        match first_of(&known, producer, &settings) {
            FirstOf::Append => self.appends(asker, batch, caller, m),
            FirstOf::Ask => self.verifier.ask(asker, producer, caller, m),
            FirstOf::Again => {
                m.env.reach(OVERLAPPED);
                answer(&asker, Reply::Again, caller, m);
            }
        }
    }

    /// A batch is appended, if it is the next. Whatever was checked when it came is checked again: it may have waited.
    fn appends<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        (producer, sequence, row, more, unit): Batch,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let settings = m.design.settings;
        let rows = m.env.rows(caller.shard).partition();
        let found = rows.known(producer.id, m.now);
        let known = found.unwrap_or_default();
        let offset = rows.end();
        let appended = offset_of(rows, &known, producer, sequence, &settings);
        if is_refused(&known, producer, &settings, m) {
            return answer(&asker, Reply::Fenced, caller, m);
        }
        if settings.has_sequences {
            if let Some(offset) = appended {
                return answer(&asker, Reply::At(offset), caller, m);
            }
            let is_fresh = found.is_none() || known.epoch == 0 && !known.has_appended();
            let any = is_fresh && settings.first_sequence == FirstSequence::Any;
            let next = if producer.epoch != known.epoch || is_fresh { 0 } else { known.next };
            if sequence != next && !any {
                m.env.reach(OUT_OF_SEQUENCE);
                return answer(&asker, Reply::Again, caller, m);
            }
        }
        self.verifier.forget(producer.id);
        let at = (APPEND, Transactions::subject(&asker.body));
        let mut rows = vec![row];
        rows.extend(more.into_iter().flat_map(|more| m.env.shared().of(more)));
        let last = rows.len() - 1;
        let change = |(at, row)| {
            let sequence = (at == last).then_some(sequence);
            Change::Append { producer, sequence, unit, row }
        };
        let changes = rows.into_iter().enumerate().map(change).collect();
        let stands = Reply::At(offset + last as u64);
        self.desk.write(at, changes, [(asker, stands)], caller, m);
    }

    /// A marker comes.
    fn ends<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        marker: (Producer, u64, bool),
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let (producer, coordinator, commits) = marker;
        let rows = m.env.rows(caller.shard).partition();
        let known = rows.known(producer.id, m.now).unwrap_or_default();
        match fate_of_marker(&known, marker, m) {
            MarkerFate::Answer(reply) => answer(&asker, reply, caller, m),
            MarkerFate::Write => {
                self.verifier.forget(producer.id);
                let at = (APPEND, Transactions::subject(&asker.body));
                let change = Change::Marker { producer, coordinator, commits };
                self.desk.write(at, vec![change], [(asker, Reply::Done)], caller, m);
            }
        }
    }
}

fn asker_name(asker: &Asker) -> onceproof_kernel::name::Name {
    match asker.body {
        Request::Produce { row, .. } => row.name(),
        other => unreachable!("{other:?} is no batch"),
    }
}

/// The offset of a batch that was appended before in its epoch.
fn offset_of(
    rows: &PartitionRows,
    known: &Known,
    producer: Producer,
    sequence: u32,
    settings: &Settings,
) -> Option<u64> {
    let is_present = settings.has_sequences && known.epoch == producer.epoch;
    rows.offset_of(producer.id, sequence).filter(|_| is_present)
}

/// Whether what a producer sends is refused, since a later epoch is known.
pub(super) fn is_refused<E: Env<Transactions>>(
    known: &Known,
    producer: Producer,
    settings: &Settings,
    m: &mut Context<'_, E>,
) -> bool {
    let is_old = settings.checks_epoch && producer.epoch < known.epoch;
    if is_old {
        m.env.reach(EPOCH_REFUSED);
    }
    is_old
}

/// What becomes of what a producer sends, by whether its transaction is open here.
pub(super) fn first_of(known: &Known, producer: Producer, settings: &Settings) -> FirstOf {
    let waits = settings.overlap == Overlap::Again && settings.is_epoch_per_transaction();
    match known.open {
        Some(_) if waits && known.epoch < producer.epoch => FirstOf::Again,
        Some(_) => FirstOf::Append,
        None if settings.version == Version::Unverified => FirstOf::Append,
        None => FirstOf::Ask,
    }
}

/// What becomes of a marker. One closes only a transaction of a smaller epoch: a late one of an equal epoch would end the
/// next transaction. With nothing open it is a repetition, and answered with success: refused, it would be sent for ever.
pub(super) fn fate_of_marker<E: Env<Transactions>>(
    known: &Known,
    (producer, coordinator, _): (Producer, u64, bool),
    m: &mut Context<'_, E>,
) -> MarkerFate {
    let settings = m.design.settings;
    if coordinator < known.coordinator {
        m.env.reach(MARKER_STALE);
        return MarkerFate::Answer(Reply::Stale);
    }
    let is_strict =
        settings.is_epoch_per_transaction() && settings.marker_epoch != MarkerEpoch::Equal;
    let is_over = known.open.is_none();
    if is_strict && producer.epoch == known.epoch && is_over && known.coordinator > 0 {
        return MarkerFate::Answer(match settings.marker_epoch {
            MarkerEpoch::NoRepeat => Reply::Stale,
            MarkerEpoch::Greater | MarkerEpoch::Equal => Reply::Done,
        });
    }
    if producer.epoch < known.epoch || is_strict && producer.epoch == known.epoch && !is_over {
        if !is_over {
            m.env.reach(MARKER_STALE);
        }
        return MarkerFate::Answer(Reply::Stale);
    }
    MarkerFate::Write
}

/// Wakes all clients, which may have waited for what stands now in a topic that they read.
fn wake_readers<E: Env<Transactions>>(caller: &Caller, m: &mut Context<'_, E>) {
    let settings = &m.design.settings;
    let reads_all = settings.isolation == Isolation::ReadUncommitted
        || settings.restore == Restore::Uncommitted;
    let Role::Partition((_, topic)) = m.design.role(caller.shard) else { return };
    let is_read = topic != Topic::Output;
    let rows = m.env.rows(caller.shard).partition();
    if is_read && (reads_all || rows.has_moved()) {
        wake(m);
    }
}

fn wake<E: Env<Transactions>>(m: &mut Context<'_, E>) {
    let design = m.design;
    design.clients().for_each(|client| m.env.nudge(client, MILLISECOND, Timer::Input));
}
