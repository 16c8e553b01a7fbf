//! What messages and changes say, as numbers that a fingerprint folds in. Keys and names go in by their hashes.

use super::change::{Content, Delta, Held, HeldRow, Owed, Watermark};
use super::effect::Payload;
use super::record::Record;
use onceproof_kernel::key::Key;
use onceproof_kernel::mix::words;
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::Value;
use onceproof_kernel::time::Time;

/// What a change says, but for lineages: they tell the ledger's own entries apart. It is a function of its own, as are the
/// changes of rows.
#[inline(never)]
pub(super) fn of_change(delta: &Delta, known: &Vocabulary) -> u64 {
    let named =
        |key: Key, name: Name| known.keys.hash(key) ^ known.names.hash(name).rotate_left(32);
    match *delta {
        Delta::Offset(offset) => words([1, offset]),
        // An id stands for its name here and in a record, and costs less.
        Delta::Id { key, id, name: _, value, stamp, lifetime: _ } => {
            words([2, known.keys.hash(key), id.0, value as u64, time(stamp)])
        }
        Delta::Take { key, start, name, lineage: _, weight, value } => {
            words([3, named(key, name), time(start), weight as u64, value as u64])
        }
        Delta::Fire { key, start, content, pane } => {
            let Content { records, pane: number, weight, value, lineage: _ } = content;
            let counts = u64::from(records) << 32 | u64::from(number);
            words([4, named(key, pane), time(start), counts, weight as u64, value as u64])
        }
        Delta::Hold(Held { to, ref record }) => words([5, to.0.into(), of_record(record, known)]),
        Delta::Stamped(stamp) => words([6, time(stamp)]),
        Delta::Settle(HeldRow { stamp, id, to }) => words([7, time(stamp), id.0, to.0.into()]),
        Delta::DeadLetter { key, name, lineage: _, value } => {
            words([8, named(key, name), value as u64])
        }
        Delta::Watermark { sender, ref value } => words([9, sender.into(), of_watermark(value)]),
        Delta::Decided { name, key, value } => words([10, named(key, name), value as u64]),
        Delta::Put { key, name } => words([11, named(key, name)]),
        // What the operation carries is the record's.
        Delta::Owe(Owed { number, name, operation: _ }) => {
            words([12, number, known.names.hash(name)])
        }
        Delta::Paid(number) => words([13, number]),
        Delta::Row { step, row, key, name, lineage: _, weight, value } => {
            let place = words([step.0.into(), row]);
            words([14, named(key, name), place, weight as u64, value as u64])
        }
    }
}

/// What a request promises, and what it carries.
pub(super) fn of_request(request: &Payload, known: &Vocabulary) -> [u64; 2] {
    let carried = request.record.as_ref().map_or(0, |record| of_record(record, known));
    [of_watermark(&request.watermark), carried]
}

fn of_record(record: &Record, known: &Vocabulary) -> u64 {
    let &Record { name: _, key, id, stamp, event_time, weight, value, lineage: _ } = record;
    let value = match value {
        Value::Integer(value) => value as u64,
        Value::Text(text) | Value::Made { text, .. } => known.keys.hash(text),
    };
    words([known.keys.hash(key), id.0, time(stamp), time(event_time), weight as u64, value])
}

fn of_watermark(watermark: &Watermark) -> u64 {
    words([time(watermark.event), time(watermark.system)])
}

fn time(time: Time) -> u64 {
    time.0 as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each field of a change counts but its lineage.
    #[test]
    fn what_a_change_says_counts() {
        let mut known = Vocabulary::default();
        let keys = ["ann", "bob"].map(|key| known.keys.intern(key));
        known.names.add_source(0, 7, 1, 2);
        let take = |key: usize, start, name, lineage, weight, value| {
            let (key, start, name) = (keys[key], Time(start), Name(name));
            of_change(&Delta::Take { key, start, name, lineage, weight, value }, &known)
        };
        let all = [
            take(0, 2, 0, 4, 5, 6),
            take(1, 2, 0, 4, 5, 6),
            take(0, 9, 0, 4, 5, 6),
            take(0, 2, 1, 4, 5, 6),
            take(0, 2, 0, 4, 9, 6),
            take(0, 2, 0, 4, 5, 9),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "{at}");
        }
        assert_eq!(take(0, 2, 0, 4, 5, 6), take(0, 2, 0, 9, 5, 6));
    }
}
