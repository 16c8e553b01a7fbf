//! What the changes of a commit say.

use crate::dataflow::change::{Delta, Watermark};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::{Detail, Details, Speaker, Tale, Told};

/// A change, with what is known of it where it is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Changed {
    delta: Delta,
    /// The step whose shard it is of.
    step: StepIndex,
    /// The output that is deleted, and the sender of a watermark.
    settled: Option<Name>,
    sender: ShardIndex,
}

/// A change as it is told: that of a shard of this step. `settled` is the output of the row that it deletes, `senders`
/// are the shards that send to the step.
pub fn change(
    delta: &Delta,
    step: StepIndex,
    settled: Option<Name>,
    senders: &[ShardIndex],
) -> Told {
    let sender = match *delta {
        Delta::Watermark { sender, .. } => senders[sender as usize],
        _ => ShardIndex(0),
    };
    Told::new(Changed { delta: *delta, step, settled, sender })
}

impl Tale for Changed {
    fn word(&self) -> &'static str {
        match self.delta {
            Delta::Offset(_) => "offset",
            Delta::Id { .. } => "id",
            Delta::Take { .. } => "count",
            Delta::Fire { .. } => "fire",
            Delta::Hold(_) => "hold",
            Delta::Stamped(_) => "stamp",
            Delta::Settle(_) => "delete",
            Delta::DeadLetter { .. } => "dead-letter",
            Delta::Watermark { .. } => "watermark",
            Delta::Decided { .. } => "decide",
            Delta::Put { .. } => "put",
            Delta::Owe(_) => "owe",
            Delta::Paid(_) => "pay",
            Delta::Row { .. } => "row",
        }
    }

    fn details(&self) -> Details {
        let record = |name: Name| ("record", Detail::Record(name));
        let of_key = |key: Key| ("key", Detail::Key(key));
        let result = |step: StepIndex, key: Key, start: Option<Time>| {
            [("step", Detail::Step(step)), of_key(key), ("result", Detail::Result(key, start))]
        };
        let weighs = |weight: i64, value: i64| {
            [("weight", Detail::Signed(weight)), ("value", Detail::Signed(value))]
        };
        match self.delta {
            Delta::Offset(offset) => vec![("offset", Detail::Number(offset))],
            Delta::Id { key, name, .. }
            | Delta::Decided { key, name, .. }
            | Delta::Put { key, name } => vec![record(name), of_key(key)],
            Delta::Take { key, start, name, weight, value, .. } => {
                let result = result(self.step, key, Some(start));
                [record(name)].into_iter().chain(result).chain(weighs(weight, value)).collect()
            }
            Delta::Fire { key, start, pane, .. } => {
                [record(pane)].into_iter().chain(result(self.step, key, Some(start))).collect()
            }
            Delta::Hold(held) => vec![record(held.record.name), ("to", Detail::Shard(held.to))],
            Delta::Stamped(stamp) => vec![("stamp", Detail::Time(stamp))],
            Delta::Settle(_) => self.settled.map(record).into_iter().collect(),
            Delta::DeadLetter { name, .. } => vec![record(name)],
            Delta::Watermark { value: Watermark { event, system }, .. } => vec![
                ("from", Detail::Shard(self.sender)),
                ("event", Detail::Time(event)),
                ("system", Detail::Time(system)),
            ],
            Delta::Owe(owed) => vec![record(owed.name), ("row", Detail::Number(owed.number))],
            Delta::Paid(row) => vec![("row", Detail::Number(row))],
            Delta::Row { step, key, name, weight, value, .. } => {
                let result = result(step, key, None);
                [record(name)].into_iter().chain(result).chain(weighs(weight, value)).collect()
            }
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let own = |record: Name, noun: &str| match speaker.is_about(record) {
            true => format!("its {noun}"),
            false => format!("the {noun} of {}", speaker.name(record)),
        };
        let other = |record: Name| match speaker.is_about(record) {
            true => String::new(),
            false => format!("{} ", speaker.name(record)),
        };
        let weighs = |weight: i64| match weight {
            1 => String::new(),
            weight => format!(" as {weight}"),
        };
        match self.delta {
            Delta::Offset(offset) => format!("offset {offset} is done"),
            Delta::Id { name, .. } => format!("{} is kept", own(name, "id")),
            Delta::Take { key, start, name, weight, .. } => {
                let (other, key) = (other(name), speaker.key(key));
                format!("{other}counted at {key}@{start}{}", weighs(weight))
            }
            Delta::Fire { key, start, .. } => format!("{}@{start} leaves", speaker.key(key)),
            Delta::Hold(held) => {
                format!("{}held for {}", other(held.record.name), speaker.shard(held.to))
            }
            Delta::Stamped(stamp) => format!("stamped until {stamp}"),
            Delta::Settle(_) => match self.settled {
                None => "its output is deleted".to_owned(),
                Some(record) => format!("{} is deleted", own(record, "output")),
            },
            Delta::DeadLetter { name, .. } => format!("{}given up", other(name)),
            Delta::Watermark { value, .. } => {
                format!("watermark {} of {}", value.event, speaker.shard(self.sender))
            }
            Delta::Decided { key, name, .. } => {
                format!("{} is {}", own(name, "key"), speaker.key(key))
            }
            Delta::Put { key, .. } => format!("the entry of {} stands", speaker.key(key)),
            Delta::Owe(owed) => format!("row {} is owed", owed.number),
            Delta::Paid(number) => format!("row {number} is paid"),
            Delta::Row { key, name, weight, .. } => {
                let (other, key) = (other(name), speaker.key(key));
                format!("{other}written at {key}{}", weighs(weight))
            }
        }
    }
}
