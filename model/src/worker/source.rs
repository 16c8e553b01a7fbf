//! A source shard: a stage whose inputs are offsets. It reads while it has few records in work, so that
//! what is in flight bounds its memory. Under checkpoint it commits offset, stamp and outputs before it
//! sends; under recompute it commits the offset at settle. Offsets commit out of order.

use super::unit::Taken;
use super::{Parent, Worker, wake_at};
use crate::commit::{CommitKind, Delta, Subject};
use crate::effect::{Env, Moment, Read, SourceRow, Timer};
use crate::function::Output;
use crate::mix;
use crate::prefix::Prefix;
use crate::record::RecordId;
use crate::time::Time;

/// How far a source shard has read.
#[derive(Debug)]
pub(super) struct Reader {
    next: u64,
    /// What was committed before this life began: offsets not to be read again.
    done: Prefix,
    watermark: Time,
    state: State,
    /// When a timer wakes it, if one was set and is not due.
    woken_at: Option<Time>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Reading,
    AwaitingArrival,
    AtEnd,
}

impl Default for Reader {
    fn default() -> Reader {
        let (done, watermark, state) = (Prefix::default(), Time::MIN, State::AtEnd);
        Reader { next: 0, done, watermark, state, woken_at: None }
    }
}

impl Reader {
    /// What the source promises of records that it has not read.
    pub fn watermark(&self) -> Time {
        self.watermark
    }

    pub fn arrived(&mut self, now: Time) {
        self.state = State::Reading;
        self.woken_at = self.woken_at.filter(|&at| at > now);
    }

    /// Begins again after what is committed.
    pub fn restart(&mut self, done: Prefix, watermark: Time) {
        self.next = done.next();
        self.done = done;
        self.watermark = watermark;
        self.state = State::Reading;
        self.woken_at = None;
    }
}

impl Worker {
    /// Nothing is there to pull until this shard is woken, at this time at the latest. One timer is enough.
    pub(super) fn wait_for_message<E: Env>(&mut self, until: Option<Time>, m: &mut Moment<'_, E>) {
        let Some(reader) = &mut self.reader else { return };
        reader.state = State::AwaitingArrival;
        if let Some(at) = until
            && reader.woken_at != Some(at)
        {
            reader.woken_at = Some(at);
            wake_at(m.effects, at, Timer::Arrival);
        }
    }

    /// Whether this is a source with room for more records and, as far as it knows, more to read.
    pub(super) fn can_read(&self) -> bool {
        let Some(reader) = &self.reader else {
            return false;
        };
        let in_work = self.outbox.pending();
        reader.state == State::Reading && in_work < self.mechanism.in_flight.requests
    }

    /// Reads up to a bundle of records.
    pub(super) fn read<E: Env>(&mut self, m: &mut Moment<'_, E>) {
        let mut unit = None;
        let mut records = 0;
        while records < self.mechanism.bundle.records && self.can_read() {
            let Some(reader) = self.reader.as_mut() else {
                return;
            };
            let offset = reader.next;
            match m.env.read(self.shard, offset) {
                Read::Row(row) => {
                    reader.next += 1;
                    reader.watermark = row.watermark;
                    if reader.done.contains(offset) {
                        continue;
                    }
                    records += 1;
                    let unit = *unit.get_or_insert_with(|| {
                        let buffer = m.effects.buffer();
                        self.units.open(CommitKind::Commit, Subject::Record(row.name), buffer)
                    });
                    self.take_row(unit, offset, row, m);
                }
                Read::NotYet { arrival } => {
                    reader.state = State::AwaitingArrival;
                    wake_at(m.effects, arrival, Timer::Arrival);
                }
                Read::End => reader.state = State::AtEnd,
            }
        }
        if let Some(unit) = unit {
            self.hold(unit, m);
        }
    }

    fn take_row<E: Env>(&mut self, unit: u32, offset: u64, row: SourceRow, m: &mut Moment<'_, E>) {
        let taking = self.units.get(unit);
        taking.taken.push(Taken::Offset);
        taking.deltas.push(Delta::Offset(offset));
        let derived = row
            .id
            .unwrap_or_else(|| RecordId(mix::scatter(m.env.vocabulary().names.hash(row.name))));
        self.executions += 1;
        let made = Parent {
            name: row.name,
            id: self.mechanism.ids.of(derived, self.token, self.executions),
            event_time: row.event_time,
            stamp: row.arrival,
            weight: 1,
            lineage: 0,
        };
        self.make(unit, made, Output { key: row.key, value: row.value }, m);
    }
}
