//! The settings of log transactions, each with the value that is right first. Most of them are rules of Kafka's protocol:
//! the wrong values leave one out, and the names of the bugs that did are beside the scenarios that find them.

mod rows;

use crate::setting::{HasTable, Setting};
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};

/// Which protocol clients and brokers speak.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Version {
    /// Whatever is sent is appended: nobody asks whether its transaction is open.
    Unverified,
    /// The client adds a partition, and the partition asks whether it did. An epoch lasts for a life of the client.
    Verified,
    /// A partition adds itself, and each end of a transaction raises the epoch (KIP-890).
    EpochPerTransaction,
}

/// What a partition does with the answer that its transaction has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verify {
    /// It appends the requests that asked, if nothing has happened since.
    Guarded,
    /// It appends whatever that producer waits with.
    Unguarded,
    /// It appends what waits, of whichever epoch.
    AnyEpoch,
}

/// Which sequence number the first batch of a producer has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FirstSequence {
    /// 0.
    Zero,
    /// Any.
    Any,
}

/// What a partition does with a batch while the transaction before is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overlap {
    /// It has it sent again.
    Again,
    /// It appends it.
    Append,
}

/// Which markers a partition takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkerEpoch {
    /// Of a greater epoch than that of what is open; an equal one is a repetition.
    Greater,
    /// Of an equal one, too.
    Equal,
    /// Of a greater one; and a repetition is refused.
    NoRepeat,
}

/// How the coordinator sees to it that markers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Markers {
    /// It sends each again until it is acked, also after a restart.
    UntilAcked,
    /// It sends each once.
    Once,
    /// A coordinator that starts forgets those that an earlier one had to send.
    Forgotten,
    /// The first that is acked completes the transaction.
    FirstCompletes,
}

/// When the end of a transaction is durable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prepare {
    /// Before it is answered and the first marker is sent.
    First,
    /// After that.
    AfterAnswer,
}

/// Which ends the coordinator takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndRule {
    /// Of the present epoch; a repetition, of the same decision alone.
    Checked,
    /// Of any epoch.
    AnyEpoch,
    /// A repetition of any decision.
    AnyDecision,
}

/// What a client that starts does with the transaction of its earlier life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InitRule {
    /// It has it aborted first.
    Fences,
    /// It goes on with it.
    JoinsOpen,
}

/// Whose transactional id a client has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransactionalId {
    /// Its own.
    PerClient,
    /// That of all.
    Shared,
}

/// Whose offsets the group takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Generation {
    /// Those of members of the present generation.
    Checked,
    /// Those of members.
    MemberOnly,
    /// Those of anybody.
    Unchecked,
}

/// What the group does with the offsets of a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupOffsets {
    /// They are applied before their marker is acked.
    AppliedFirst,
    /// They are applied some time after that.
    AppliedLater,
    /// They are forgotten when it starts again, until they are applied.
    Volatile,
}

/// When a client commits its offsets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OffsetsAt {
    /// Inside the transaction.
    Inside,
    /// After it.
    After,
    /// Before it.
    Before,
}

/// What a client takes an end for that is not answered in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndUnknown {
    /// Unknown: it asks again.
    Again,
    /// Committed.
    Committed,
    /// Aborted.
    Aborted,
}

/// How a client reads the topics between steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Isolation {
    /// Up to the stable end, without what was aborted.
    ReadCommitted,
    /// Up to the stable end, with what was aborted.
    Unfiltered,
    /// All there is.
    ReadUncommitted,
}

/// Up to where a store is restored from its changelog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Restore {
    /// Up to the end that the log has when the store is opened: it waits until that is stable.
    LogEnd,
    /// Up to the stable end at that time.
    StableEnd,
    /// Up to the end, also what is not committed.
    Uncommitted,
}

/// What a client does with a store that it finds on its disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoreRule {
    /// It goes on from a checkpoint, which is there after a clean close alone, and begins anew without.
    Wipe,
    /// Without a checkpoint it goes on with what is there.
    Keep,
    /// The checkpoint is written after each transaction, and stays while the store changes.
    CheckpointRunning,
    /// The checkpoint says the end of the changelog, though the store has not come so far.
    CheckpointEnd,
}

/// Where a client goes on after an aborted transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Positions {
    /// Where the group says.
    Fetched,
    /// Where it was itself when the transaction began.
    Memory,
}

/// How a log is written in transactions and read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Which protocol is spoken.
    pub version: Version,
    /// Whether batches have sequence numbers.
    pub has_sequences: bool,
    /// How many entries a batch has at most, at least 1.
    pub batch: u32,
    /// How many batches of a producer a partition remembers, at least 1.
    pub batches: u32,
    /// How many requests to one partition a client has on their way, at least 1.
    pub in_flight: u32,
    /// With which number a producer begins.
    pub first_sequence: FirstSequence,
    /// What the answer to a verification releases.
    pub verify: Verify,
    /// Whether a partition refuses what has an older epoch.
    pub checks_epoch: bool,
    /// What becomes of a batch while the transaction before is open.
    pub overlap: Overlap,
    /// Which markers are taken.
    pub marker_epoch: MarkerEpoch,
    /// How markers get to be written.
    pub markers: Markers,
    /// When an end is durable.
    pub prepare: Prepare,
    /// Which ends are taken.
    pub end: EndRule,
    /// Whether partitions are added under the present epoch alone.
    pub checks_add: bool,
    /// What becomes of an open transaction when its client starts again.
    pub init: InitRule,
    /// Whether the end of a transaction by its time-out raises the epoch.
    pub timeout_raises_epoch: bool,
    /// How long a transaction may be open; for ever without.
    pub transaction_timeout: Option<Nanos>,
    /// Whose transactional id a client has.
    pub transactional_id: TransactionalId,
    /// Whose offsets are taken.
    pub generation: Generation,
    /// Whether a position is told only once no transaction may still move it.
    pub waits_for_offsets: bool,
    /// When offsets of a transaction are applied.
    pub group_offsets: GroupOffsets,
    /// When offsets are committed.
    pub offsets: OffsetsAt,
    /// Whether a transaction is ended only once all its batches are acked.
    pub flushes: bool,
    /// After how many sends a batch is given up; never without.
    pub give_up: Option<u32>,
    /// What an end without an answer is taken for.
    pub end_unknown: EndUnknown,
    /// How topics are read.
    pub isolation: Isolation,
    /// Up to where stores are restored.
    pub restore: Restore,
    /// What is done with a store on the disk.
    pub store: StoreRule,
    /// Where a client goes on after an abort.
    pub positions: Positions,
    /// How long a partition remembers an idle producer; for ever without.
    pub producer_expiry: Option<Nanos>,
    /// Whether it forgets also one whose transaction is open.
    pub expires_open: bool,
    /// How many clients there are, at least 1.
    pub clients: u32,
    /// How many records of a partition a client takes at a time, at least 1.
    pub poll: u32,
    /// After how long a request that is not answered is sent again, at least 1.
    pub request_timeout: Nanos,
    /// After how long one is sent again whose answer says so, at least 1.
    pub retry_backoff: Nanos,
    /// How long a member may be away, at least 1.
    pub session: Nanos,
    /// How long a rebalance waits for its members, at least 1.
    pub rebalance: Nanos,
    /// How long until a member hears of a rebalance, at least 1.
    pub heartbeat: Nanos,
    /// How long until a member hears that it is none any more, at least 1.
    pub expelled_hears: Nanos,
}

impl Settings {
    /// What they are where nothing is said: right, with the times in the order that Kafka Streams has them in.
    pub const FIRST: Settings = Settings {
        version: Version::EpochPerTransaction,
        has_sequences: true,
        batch: 100,
        batches: 5,
        in_flight: 5,
        first_sequence: FirstSequence::Zero,
        verify: Verify::Guarded,
        checks_epoch: true,
        overlap: Overlap::Again,
        marker_epoch: MarkerEpoch::Greater,
        markers: Markers::UntilAcked,
        prepare: Prepare::First,
        end: EndRule::Checked,
        checks_add: true,
        init: InitRule::Fences,
        timeout_raises_epoch: true,
        transaction_timeout: Some(10 * SECOND),
        transactional_id: TransactionalId::PerClient,
        generation: Generation::Checked,
        waits_for_offsets: true,
        group_offsets: GroupOffsets::AppliedFirst,
        offsets: OffsetsAt::Inside,
        flushes: true,
        give_up: None,
        end_unknown: EndUnknown::Again,
        isolation: Isolation::ReadCommitted,
        restore: Restore::LogEnd,
        store: StoreRule::Wipe,
        positions: Positions::Fetched,
        producer_expiry: Some(24 * 3600 * SECOND),
        expires_open: false,
        clients: 2,
        poll: 100,
        request_timeout: SECOND,
        retry_backoff: 100 * MILLISECOND,
        session: 45 * SECOND,
        rebalance: 300 * SECOND,
        heartbeat: 100 * MILLISECOND,
        expelled_hears: 3 * SECOND,
    };

    /// Whether each end of a transaction raises the epoch.
    pub fn is_epoch_per_transaction(&self) -> bool {
        self.version == Version::EpochPerTransaction
    }
}

impl HasTable for Settings {
    fn first(&self) -> Settings {
        Settings::FIRST
    }

    fn rows(&self) -> Vec<&'static Setting<Settings>> {
        rows::ALL.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::{Free, SettingValue, Worth};

    #[test]
    fn every_value_of_a_setting_is_what_it_was_set_to() {
        for setting in Settings::FIRST.rows() {
            let free = setting.free.map(|free| match free {
                Free::Length { .. } => SettingValue::Length(7),
                Free::Number { most, .. } => SettingValue::Number(most),
            });
            let choices = (0..setting.choices.len()).map(SettingValue::Choice);
            for value in choices.chain(free) {
                let mut settings = Settings::FIRST;
                let before = (setting.get)(&settings);
                (setting.set)(&mut settings, value);
                assert_eq!((setting.get)(&settings), value, "{}", setting.key);
                assert_eq!(settings == Settings::FIRST, value == before, "{}", setting.key);
            }
        }
    }

    #[test]
    fn what_it_begins_with_is_right() {
        for setting in Settings::FIRST.rows() {
            match (setting.get)(&Settings::FIRST) {
                SettingValue::Choice(at) => {
                    assert_eq!(setting.choices[at].worth, Worth::Right, "{}", setting.key);
                    assert_eq!(at, 0, "{}", setting.key);
                }
                SettingValue::Length(_) | SettingValue::Number(_) => {}
                SettingValue::Follows => unreachable!("{}", setting.key),
            }
        }
    }
}
