//! A world that answers a worker as it is told, and writes down what it was asked.

use crate::dataflow::change::{Content, Scan};
use crate::dataflow::effect::{Dropped, Env, FilterSaid};
use crate::dataflow::record::Record;
use onceproof_kernel::env::Ask;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::{Output, RecordId, Value};
use onceproof_kernel::source::{Message, Pull, Read, SourceRow};
use onceproof_kernel::tell::{Member, Pile};
use onceproof_kernel::time::{Nanos, Time};
use onceproof_kernel::user::SharedFunction;
use std::collections::VecDeque;

/// A world that answers what it is told to, and writes down what it is asked.
pub(super) struct Script {
    pub(super) words: Vocabulary,
    pub(super) tokens: u64,
    pub(super) scan: Scan,
    pub(super) known: Vec<(Key, RecordId)>,
    /// The ids that a scan finds, with their stamps.
    pub(super) stamped: Vec<(Key, RecordId, Time)>,
    /// What functions answer, in order; 0 from then on.
    pub(super) answers: VecDeque<Option<u32>>,
    /// How many records the source has.
    pub(super) rows: u64,
    pub(super) asked: Vec<String>,
    /// How many messages were pulled.
    pub(super) pulled: u64,
}

impl Ask for Script {
    fn vocabulary(&mut self) -> &mut Vocabulary {
        &mut self.words
    }

    fn take_token(&mut self, _: ShardIndex) -> u64 {
        self.tokens += 1;
        self.asked.push(format!("take token {}", self.tokens));
        self.tokens
    }

    fn announce(&mut self, _: ShardIndex, token: u64) {
        self.asked.push(format!("announce token {token}"));
    }

    fn add(&mut self, _: &mut Pile, _: Key, _: &Member) {
        unreachable!("its sums are durable")
    }

    fn combine(&mut self, members: &[Member]) -> u32 {
        self.asked.push(format!("combine {}", members.len()));
        0
    }

    fn read(&mut self, _: ShardIndex, offset: u64) -> Read {
        self.asked.push(format!("read {offset}"));
        if offset >= self.rows {
            return Read::End;
        }
        let key = self.words.keys.intern("ann");
        Read::Row(SourceRow {
            name: self.words.names.source(0, 0, offset),
            key,
            id: None,
            event_time: Time(0),
            arrival: Time(0),
            value: Value::Integer(0),
            promise: Time(0),
            is_repeat: false,
        })
    }

    fn peek(&mut self, shard: ShardIndex, offset: u64) -> Read {
        self.read(shard, offset)
    }

    fn pull(&mut self, shard: ShardIndex) -> Pull {
        match self.read(shard, 0) {
            Read::Row(row) if self.pulled == 0 => {
                self.pulled = 1;
                Pull::Message(Message { row, number: 0, delivery: 1 })
            }
            Read::Row(_) | Read::End => Pull::Nothing,
            Read::NotYet { arrival } => Pull::NotYet { at: arrival },
        }
    }

    fn queue_progress(&mut self, _: ShardIndex, _: u64) -> Time {
        Time(0)
    }

    fn oldest_unacked(&mut self, _: ShardIndex, _: u64) -> Time {
        Time(0)
    }

    fn source_progress(&mut self, _: ShardIndex, _: u64) -> Time {
        Time(0)
    }

    fn execute(&mut self, _: StepIndex, name: Name, _: Key, _: u32) -> Option<u32> {
        let text = self.words.names.text(name, &self.words.keys, |_| "events");
        self.asked.push(format!("run function {text}"));
        self.answers.pop_front().unwrap_or(Some(0))
    }

    fn execute_user(
        &mut self,
        _: StepIndex,
        _: &SharedFunction,
        _: Name,
        _: Output,
        _: Time,
        _: &mut Vec<Output>,
    ) -> bool {
        unreachable!("its functions are built in")
    }

    fn look_up(&mut self, _: StepIndex, key: Key, _: Nanos, _: u32) -> u32 {
        self.asked.push(format!("look up {}", self.words.keys.text(key)));
        0
    }
}

impl Env for Script {
    fn scan(&mut self, _: ShardIndex) -> Scan {
        self.asked.push("scan".into());
        self.scan.clone()
    }

    fn admit(&mut self, _: ShardIndex, _: StepIndex, _: Name) {}

    fn drops(&mut self, _: ShardIndex, _: Name, _: Dropped) {}

    fn is_known(&mut self, _: ShardIndex, record: &Record, _: Option<FilterSaid>) -> bool {
        // The ids of records are their offsets.
        let Record { key, id, .. } = *record;
        self.asked.push(format!("ask catalog events/0#{}", id.0));
        self.known.contains(&(key, id))
    }

    fn filter_said(&mut self, _: ShardIndex, _: u64, record: &Record, said: FilterSaid, _: bool) {
        let id = record.id;
        self.asked.push(format!("filter says {said:?} of events/0#{}", id.0));
    }

    fn scan_ids(
        &mut self,
        _: ShardIndex,
        first: Time,
        last: Time,
        found: &mut Vec<(Key, RecordId, Time)>,
    ) {
        self.asked.push(format!("scan ids from {first} to {last}"));
        found.extend(self.stamped.iter().filter(|&&(_, _, at)| first <= at && at <= last));
    }

    fn apply(&mut self, _: ShardIndex, _: StepIndex, _: Name) {}

    fn content(&mut self, _: ShardIndex, key: Key, start: Time) -> Content {
        self.asked.push(format!("read content {}@{start}", self.words.keys.text(key)));
        Content { records: 1, weight: 1, ..Content::default() }
    }
}
