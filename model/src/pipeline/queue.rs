//! A source that reads a queue: messages come in no fixed order, and one that is not acked in time is handed
//! out again, perhaps to another shard. So the source must bring ids that are the same in each delivery,
//! and may ack only what is durable (*Streaming Systems*, ch. 5, "Exactly Once in Sources").

use crate::pipeline::Ack;
use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::record::RecordId;
use onceproof_kernel::time::Nanos;

/// How a source reads its queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueRules {
    /// How long a delivery may go without an ack until its message is handed out again.
    pub deadline: Nanos,
    /// Whether a worker that lives extends the deadlines of what it holds.
    pub extend: bool,
    /// When a message is acked.
    pub ack: Ack,
    /// Where the ids of records come from.
    pub ids: MessageIds,
}

/// Where the id of a record from a queue comes from. Whatever is chosen, rows of the input with one `id` are
/// one record that its publisher published several times, and the ledger expects it once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MessageIds {
    /// From the message, the same in each of its deliveries. A publisher that publishes a record again
    /// makes another message of it.
    #[default]
    Message,
    /// From an attribute that the publisher gives, the same however often the record is published.
    Attribute,
    /// From the content, key and value. Wrong: two records may well be equal.
    Content,
    /// From nowhere: each delivery has its own. Wrong: a message that is handed out again is a stranger.
    None,
}

impl MessageIds {
    /// The id of a record, one of its queue. `source` is the hash of the name of the source, `number` that of the
    /// message, `attribute` what the publisher gave, `content` a hash of key and value, `delivery` the number of
    /// this delivery, from 1.
    pub fn of(
        self,
        source: u64,
        number: u32,
        attribute: Option<u64>,
        content: u64,
        delivery: u32,
    ) -> RecordId {
        let message = fold(source, number.into());
        match self {
            MessageIds::Message => RecordId(scatter(message)),
            MessageIds::Attribute => {
                RecordId::given(source, attribute.expect("a message with an attribute"))
            }
            MessageIds::Content => RecordId::given(source, content),
            MessageIds::None => RecordId(fold(message, scatter(delivery.into()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_for_all_that_it_is_made_of() {
        let check = |ids: MessageIds, others: [bool; 5]| {
            let first = ids.of(1, 1, Some(2), 3, 1);
            let changed = [
                ids.of(9, 1, Some(2), 3, 1),
                ids.of(1, 9, Some(2), 3, 1),
                ids.of(1, 1, Some(9), 3, 1),
                ids.of(1, 1, Some(2), 9, 1),
                ids.of(1, 1, Some(2), 3, 2),
            ];
            assert_eq!(changed.map(|other| other != first), others, "{ids:?}");
        };
        check(MessageIds::Message, [true, true, false, false, false]);
        check(MessageIds::Attribute, [true, false, true, false, false]);
        check(MessageIds::Content, [true, false, false, true, false]);
        check(MessageIds::None, [true, true, false, false, true]);
    }
}
