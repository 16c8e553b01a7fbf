//! A source shard: a stage whose inputs are offsets. It reads while it has few records in work, so that
//! what is in flight bounds its memory. Under checkpoint it commits offset, stamp and outputs before it
//! sends; under recompute it commits the offset at settle. Offsets commit out of order.

use crate::dataflow::change::Delta;
use crate::dataflow::effect::{Context, Env, Timer};
use crate::dataflow::worker::decide::chain::Chained;
use crate::dataflow::worker::held::unit::Taken;
use crate::dataflow::worker::{Parent, Worker, wake_at};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::env::Decision;
use onceproof_kernel::mix;
use onceproof_kernel::prefix::Prefix;
use onceproof_kernel::record::{Output, RecordId};
use onceproof_kernel::source::{Read, SourceRow};
use onceproof_kernel::time::Time;

/// How far a source shard has read.
#[derive(Clone, Hash, Debug)]
pub(in crate::dataflow::worker) struct Reader {
    next: u64,
    /// What was committed before this life began: offsets not to be read again.
    done: Prefix,
    watermark: Time,
    /// No record that is still to be read arrived before this.
    least_arrival: Time,
    state: State,
    /// When a timer wakes it, if one was set and is not due.
    woken_at: Option<Time>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum State {
    Reading,
    AwaitingArrival,
    /// A function failed on the next record: it waits at its offset.
    AwaitingRetry,
    AtEnd,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            next: 0,
            done: Prefix::default(),
            watermark: Time::MIN,
            least_arrival: Time::MIN,
            state: State::AtEnd,
            woken_at: None,
        }
    }
}

impl Reader {
    /// What the source promises of records that it has not read.
    pub fn watermark(&self) -> Time {
        self.watermark
    }

    /// No record that is still to be read arrived before this.
    pub fn least_arrival(&self) -> Time {
        self.least_arrival
    }

    /// Whether all is read.
    pub fn is_at_end(&self) -> bool {
        self.state == State::AtEnd
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
        self.least_arrival = Time::MIN;
        self.state = State::Reading;
        self.woken_at = None;
    }
}

impl Worker {
    /// Nothing is there to pull until this shard is woken, at this time at the latest. One timer is enough.
    pub(in crate::dataflow::worker) fn wait_for_message<E: Env>(
        &mut self,
        until: Option<Time>,
        m: &mut Context<'_, E>,
    ) {
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
    pub(in crate::dataflow::worker) fn can_read(&self) -> bool {
        self.is_reading() && self.outbox.pending() < self.mechanism.in_flight.requests
    }

    fn is_reading(&self) -> bool {
        self.reader.as_ref().is_some_and(|reader| reader.state == State::Reading)
    }

    /// Reads up to a bundle of records.
    pub(in crate::dataflow::worker) fn read<E: Env>(&mut self, m: &mut Context<'_, E>) {
        let mut unit = None;
        let mut records = 0;
        // A bundle that is added up is read whole: that is what keeps what is in flight few.
        let is_lifted = self.lifts_all;
        while records < self.mechanism.bundle.records
            && (self.can_read() || (records > 0 && is_lifted && self.is_reading()))
        {
            let Some(reader) = self.reader.as_mut() else {
                return;
            };
            let offset = reader.next;
            match m.ask().read(self.shard, offset) {
                Read::Row(row) => {
                    let is_new = !reader.done.contains(offset);
                    let (watermark, arrival) = (row.promise, row.arrival);
                    if is_new {
                        match self.take_row(&mut unit, offset, row, m) {
                            Chained::Whole => records += 1,
                            Chained::Failed => break,
                        }
                    }
                    if let Some(reader) = self.reader.as_mut() {
                        reader.next += 1;
                        reader.watermark = watermark;
                        reader.least_arrival = arrival;
                    }
                }
                Read::NotYet { arrival } => {
                    reader.state = State::AwaitingArrival;
                    reader.least_arrival = arrival;
                    wake_at(m.effects, arrival, Timer::Arrival);
                }
                Read::End => {
                    reader.state = State::AtEnd;
                    reader.least_arrival = Time::MAX;
                }
            }
        }
        if let Some(unit) = unit {
            self.hold(unit, m);
        }
    }

    /// Takes a record into a unit, or says that a function of this stage failed on it: then it waits at its
    /// offset, and the watermark before it.
    fn take_row<E: Env>(
        &mut self,
        unit: &mut Option<u32>,
        offset: u64,
        row: SourceRow,
        m: &mut Context<'_, E>,
    ) -> Chained {
        m.env.decides(Decision::Reads { name: row.name, key: row.key });
        let derived = match row.id {
            Some(id) => RecordId::given(m.design.layout.hash(self.step), id),
            None => RecordId(mix::scatter(m.env.vocabulary().names.hash(row.name))),
        };
        let made = self.made_of_input(&row, derived);
        match self.evaluate_made(made, Output { key: row.key, value: row.value }, m) {
            Chained::Whole => {}
            Chained::Failed => {
                if let Some(reader) = self.reader.as_mut() {
                    reader.state = State::AwaitingRetry;
                }
                let at = m.now.plus(self.mechanism.retry.timeout);
                wake_at(m.effects, at, Timer::Reread);
                return Chained::Failed;
            }
        }
        let kind = self.commit_kind(m.design);
        let unit = *unit.get_or_insert_with(|| self.units.open(kind, Subject::Record(row.name)));
        self.pin_input(row.arrival, m);
        let pins = self.pins_inputs(m);
        let taking = self.units.get(unit);
        taking.pins.extend(pins.then_some(row.arrival));
        taking.taken.push(Taken::Offset);
        taking.deltas.push(Delta::Offset(offset));
        self.make_chain(unit, m);
        Chained::Whole
    }

    /// What a record of the input is to what is made of it, with an id that derives from the input where ids do.
    pub(in crate::dataflow::worker) fn made_of_input(
        &mut self,
        row: &SourceRow,
        derived: RecordId,
    ) -> Parent {
        self.executions += 1;
        Parent {
            name: row.name,
            id: self.mechanism.ids.of(derived, self.token, self.executions),
            event_time: row.event_time,
            stamp: row.arrival,
            weight: 1,
            lineage: 0,
        }
    }
}
