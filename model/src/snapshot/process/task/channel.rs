//! The ends of a channel. Its items are numbered, so that they are taken in order however they arrive. A connection that broke
//! gives way to another one; what was in it is gone.

use crate::snapshot::message::ChannelItem;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::time::Time;
use std::collections::VecDeque;

/// The end at which items come.
#[derive(Clone, Hash, Debug)]
pub(super) struct Inbound {
    pub from: ShardIndex,
    connection: u32,
    next: u32,
    /// Whether it begins with whatever comes first.
    begins_anywhere: bool,
    early: SortedMap<u32, ChannelItem>,
    /// What has come and is not taken.
    pub queue: VecDeque<ChannelItem>,
    /// Whether nothing is taken from it, since others are waited for.
    pub is_blocked: bool,
    /// Whether the barrier that is waited for has come.
    pub has_barrier: bool,
    /// What is promised of what is still to come.
    pub watermark: Time,
    /// Whether it has come to its end.
    pub is_over: bool,
}

impl Inbound {
    pub fn new(from: ShardIndex, begins_anywhere: bool) -> Inbound {
        Inbound {
            from,
            connection: 0,
            next: 0,
            begins_anywhere,
            early: SortedMap::new(),
            queue: VecDeque::new(),
            is_blocked: false,
            has_barrier: false,
            watermark: Time::MIN,
            is_over: false,
        }
    }

    /// An item arrives: all that are in order from here on.
    pub fn arrives(&mut self, connection: u32, number: u32, item: ChannelItem) -> Vec<ChannelItem> {
        if std::mem::take(&mut self.begins_anywhere) {
            (self.connection, self.next) = (connection, number);
        }
        if connection < self.connection || (connection == self.connection && number < self.next) {
            return Vec::new();
        }
        if connection > self.connection {
            (self.connection, self.next) = (connection, 0);
            self.early.clear();
        }
        self.early.insert(number, item);
        let mut items = Vec::new();
        while let Some(item) = self.early.remove(&self.next) {
            items.push(item);
            self.next += 1;
        }
        items
    }
}

/// The end at which items go.
#[derive(Clone, Hash, Debug)]
pub(super) struct Outbound {
    pub to: ShardIndex,
    pub connection: u32,
    next: u32,
    /// The last watermark that was sent.
    pub watermark: Time,
}

impl Outbound {
    pub fn new(to: ShardIndex, connection: u32) -> Outbound {
        Outbound { to, connection, next: 0, watermark: Time::MIN }
    }

    /// The connection and the number of the next item.
    pub fn next(&mut self) -> (u32, u32) {
        self.next += 1;
        (self.connection, self.next - 1)
    }

    /// The connection has broken, and another one is opened.
    pub fn reopens(&mut self) {
        self.connection += 1;
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_taken_in_order_and_those_of_a_broken_connection_not_at_all() {
        let mut end = Inbound::new(ShardIndex(0), false);
        let mut arrives = |connection, number, expected: &[u32]| {
            let items = end.arrives(connection, number, ChannelItem::Barrier(number));
            let numbers: Vec<u32> = items
                .iter()
                .map(|item| match item {
                    ChannelItem::Barrier(number) => *number,
                    other => unreachable!("{other:?}"),
                })
                .collect();
            assert_eq!(numbers, expected, "{connection} {number}");
        };
        arrives(0, 1, &[]);
        arrives(0, 0, &[0, 1]);
        arrives(0, 1, &[]);
        arrives(0, 3, &[]);
        // Number 2 was lost with its connection.
        arrives(1, 0, &[0]);
        arrives(0, 2, &[]);
        arrives(1, 1, &[1]);
    }
}
