//! The table of the settings: a row for each, in the order of the way of a record.

use super::{
    EndRule, EndUnknown, FirstSequence, Generation, GroupOffsets, InitRule, Isolation, MarkerEpoch,
    Markers, OffsetsAt, Overlap, Positions, Prepare, Restore, Settings, StoreRule, TransactionalId,
    Verify, Version,
};
use crate::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs};
use crate::setting_rows::{BOTH, NO_FIRST, length, no, number, one_of, right, wrong, yes};

const VERSIONS: [Version; 3] =
    [Version::EpochPerTransaction, Version::Verified, Version::Unverified];
const VERIFIES: [Verify; 3] = [Verify::Guarded, Verify::Unguarded, Verify::AnyEpoch];
const FIRST_SEQUENCES: [FirstSequence; 2] = [FirstSequence::Zero, FirstSequence::Any];
const OVERLAPS: [Overlap; 2] = [Overlap::Again, Overlap::Append];
const MARKER_EPOCHS: [MarkerEpoch; 3] =
    [MarkerEpoch::Greater, MarkerEpoch::Equal, MarkerEpoch::NoRepeat];
const MARKERS: [Markers; 4] =
    [Markers::UntilAcked, Markers::Once, Markers::Forgotten, Markers::FirstCompletes];
const PREPARES: [Prepare; 2] = [Prepare::First, Prepare::AfterAnswer];
const ENDS: [EndRule; 3] = [EndRule::Checked, EndRule::AnyEpoch, EndRule::AnyDecision];
const INITS: [InitRule; 2] = [InitRule::Fences, InitRule::JoinsOpen];
const IDS: [TransactionalId; 2] = [TransactionalId::PerClient, TransactionalId::Shared];
const GENERATIONS: [Generation; 3] =
    [Generation::Checked, Generation::MemberOnly, Generation::Unchecked];
const GROUP_OFFSETS: [GroupOffsets; 3] =
    [GroupOffsets::AppliedFirst, GroupOffsets::AppliedLater, GroupOffsets::Volatile];
const OFFSETS: [OffsetsAt; 3] = [OffsetsAt::Inside, OffsetsAt::After, OffsetsAt::Before];
const UNKNOWNS: [EndUnknown; 3] = [EndUnknown::Again, EndUnknown::Committed, EndUnknown::Aborted];
const ISOLATIONS: [Isolation; 3] =
    [Isolation::ReadCommitted, Isolation::Unfiltered, Isolation::ReadUncommitted];
const RESTORES: [Restore; 3] = [Restore::LogEnd, Restore::StableEnd, Restore::Uncommitted];
const STORES: [StoreRule; 4] =
    [StoreRule::Wipe, StoreRule::Keep, StoreRule::CheckpointRunning, StoreRule::CheckpointEnd];
const POSITIONS: [Positions; 2] = [Positions::Fetched, Positions::Memory];

/// All rows.
pub(super) static ALL: &[Setting<Settings>] = &[
    one_of!("version", "Which protocol clients and brokers speak.", version in VERSIONS, [
        right("", "A partition adds itself, and each end raises the epoch.")
            .written(WrittenAs::Number(2)),
        wrong("", "The client adds a partition; an epoch lasts for a life of the client.")
            .written(WrittenAs::Number(1)),
        wrong("", "The same, and no partition asks whether its transaction is open.")
            .written(WrittenAs::Number(0)),
    ]),
    number!(
        "clients",
        "How many clients share the tasks.",
        clients,
        "So many, each with one transaction at a time.",
        1..=64
    ),
    number!(
        "poll",
        "How many records of a partition a client takes at a time.",
        poll,
        "At most so many; a transaction is at most two polls.",
        1..=1_000_000
    ),
    length!("request-timeout", "After how long a request without an answer is sent again.",
        request_timeout, "As long.", may_break: false),
    length!("retry-backoff", "After how long a request is sent again whose answer says so.",
        retry_backoff, "As long.", may_break: false),
    one_of!("sequence", "Whether batches have sequence numbers.", has_sequences in BOTH, [
        yes("A batch that is sent again is known, and appended once."),
        no("It is appended each time."),
    ]),
    number!(
        "batch",
        "How many entries a batch has.",
        batch,
        "At most so many; all of them are appended at once.",
        1..=1_000_000
    ),
    number!(
        "batches",
        "How many batches of a producer a partition remembers.",
        batches,
        "A repetition of an older one is refused.",
        1..=1_000
    ),
    number!(
        "in-flight",
        "How many requests to a partition a client has on their way.",
        in_flight,
        "At most so many.",
        1..=1_000
    ),
    one_of!("first-sequence", "With which number a producer begins.",
        first_sequence in FIRST_SEQUENCES, [
        right("zero", "With 0."),
        right("any", "With any: what came before may be lost."),
    ]),
    one_of!("verify", "What a partition appends when it hears that its transaction is open.",
        verify in VERIFIES, [
        right("guarded", "The requests that asked, if nothing has happened since."),
        wrong("unguarded", "What that producer waits with, whichever request asked."),
        wrong("any-epoch", "What waits, of whichever epoch."),
    ]),
    one_of!("epoch-append", "Whether a partition refuses what has an older epoch.",
        checks_epoch in BOTH, [
        yes("A client that was replaced appends nothing more."),
        no("Whoever sends appends."),
    ]),
    one_of!("overlap", "What becomes of a batch while the transaction before is open.",
        overlap in OVERLAPS, [
        right("again", "It is sent again."),
        wrong("append", "It is appended, and the marker of the one before ends it, too."),
    ]),
    one_of!("marker-epoch", "Which markers a partition takes.", marker_epoch in MARKER_EPOCHS, [
        right("greater", "Of a greater epoch than what is open has; an equal one is a repetition."),
        wrong("equal", "Of an equal epoch, too."),
        wrong("no-repeat", "Of a greater one; a repetition is refused, and never done."),
    ]),
    one_of!("markers", "How markers get to be written.", markers in MARKERS, [
        right("until-acked", "Each is sent until it is acked, also by a coordinator that starts."),
        wrong("once", "Each is sent once."),
        wrong("forgotten", "A coordinator that starts sends none for what was decided before."),
        wrong("first-completes", "The first that is acked completes the transaction."),
    ]),
    one_of!("prepare", "When the end of a transaction is durable.", prepare in PREPARES, [
        right("first", "Before it is answered and the first marker is sent."),
        wrong("after-answer", "After that."),
    ]),
    one_of!("end", "Which ends the coordinator takes.", end in ENDS, [
        right("checked", "Of the present epoch; a repetition, of the same decision."),
        wrong("any-epoch", "Of any epoch: a late one ends the next transaction."),
        wrong("any-decision", "A repetition of the other decision succeeds, too."),
    ]),
    one_of!("add", "Under which epoch a partition is added to a transaction.", checks_add in BOTH, [
        right("checked", "Under the present one."),
        wrong("any-epoch", "Under any."),
    ]),
    one_of!("init", "What a client that starts does with what its earlier life left open.",
        init in INITS, [
        right("fences", "It has it aborted first."),
        wrong("joins-open", "It goes on with it."),
    ]),
    one_of!("timeout-bump", "Whether the time-out of a transaction raises the epoch.",
        timeout_raises_epoch in BOTH, [
        yes("Its client is refused, and begins anew."),
        no("Its client may go on."),
    ]),
    Setting {
        key: "transaction-timeout",
        about: "How long a transaction may be open.",
        choices: &[SettingChoice::wrong(
            "never",
            "For ever: one whose client is gone is never over.",
        )],
        free: Some(Free::Length {
            about: "As long: then the coordinator aborts it. Shorter than a transaction takes, each dies like the last.",
            zero: Some(["`transaction-timeout` is 0", "it is at least 1ns"]),
            may_break: true,
        }),
        get: |settings| {
            settings.transaction_timeout.map_or(SettingValue::Choice(0), SettingValue::Length)
        },
        set: |settings, value| settings.transaction_timeout = value.length(),
    },
    one_of!("transactional-id", "Whose transactional id a client has.", transactional_id in IDS, [
        right("per-client", "Its own."),
        wrong("shared", "That of all: they fence each other for ever."),
    ]),
    length!("session", "How long a member may be away.", session,
        "As long; then its tasks go to others.", may_break: false),
    length!("rebalance", "How long a rebalance waits for its members.", rebalance,
        "As long; who has not joined by then is none any more.", may_break: true),
    length!("heartbeat", "How long until a member hears of a rebalance.", heartbeat,
        "As long.", may_break: false),
    length!("expelled-hears", "How long until a member hears that it is none any more.",
        expelled_hears, "As long: until then it goes on.", may_break: false),
    one_of!("generation", "Whose offsets the group takes.", generation in GENERATIONS, [
        right("", "Those of members of the present generation.").written(WrittenAs::Bool(true)),
        wrong("member-only", "Those of members."),
        wrong("", "Those of anybody.").written(WrittenAs::Bool(false)),
    ]),
    one_of!("stable-fetch", "Whether a position is told while a transaction may still move it.",
        waits_for_offsets in BOTH, [
        yes("Whoever asks waits."),
        no("The old one is told."),
    ]),
    one_of!("group-offsets", "What the group does with the offsets of a transaction.",
        group_offsets in GROUP_OFFSETS, [
        right("applied-first", "They are applied before their marker is acked."),
        wrong("applied-later", "They are applied some time after."),
        wrong("volatile", "A group that starts has forgotten those that are not applied."),
    ]),
    one_of!("offsets", "When a client commits its offsets.", offsets in OFFSETS, [
        right("inside", "Inside the transaction of what it made."),
        wrong("after", "After it."),
        wrong("before", "Before it."),
    ]),
    one_of!("flush", "Whether a transaction ends only once its batches are acked.",
        flushes in BOTH, [
        yes("It waits for them."),
        no("It is ended while they are on their way."),
    ]),
    Setting {
        key: "give-up",
        about: "After how many sends a batch is given up.",
        choices: &[SettingChoice::right("never", "It is sent until it is acked.")],
        free: Some(Free::Number {
            about: "After so many; the transaction is ended all the same.",
            least: 1,
            most: 1_000,
            may_break: true,
        }),
        get: |settings| settings.give_up.map_or(SettingValue::Choice(0), SettingValue::Number),
        set: |settings, value| settings.give_up = value.number(),
    },
    one_of!("end-unknown", "What an end is taken for that is not answered in time.",
        end_unknown in UNKNOWNS, [
        right("again", "Unknown: it is asked again."),
        wrong("committed", "Committed."),
        wrong("aborted", "Aborted; the positions are fetched anew."),
    ]),
    one_of!("isolation", "How a client reads the topics between steps.", isolation in ISOLATIONS, [
        right("read-committed", "Up to the stable end, without what was aborted."),
        wrong("unfiltered", "Up to the stable end, with what was aborted."),
        wrong("read-uncommitted", "All there is."),
    ]),
    one_of!("restore", "Up to where a store is restored from its changelog.", restore in RESTORES, [
        right("log-end", "Up to the end that the log has when it is opened: it waits for that."),
        wrong("stable-end", "Up to the stable end at that time."),
        wrong("uncommitted", "Up to the end, with what is not committed."),
    ]),
    one_of!("store", "What a client does with a store that it finds on its disk.", store in STORES, [
        right("wipe", "It goes on from a checkpoint, which only a clean close writes, or begins anew."),
        wrong("keep", "Without a checkpoint it goes on with what is there."),
        wrong("checkpoint-running", "The checkpoint of the last transaction stays while it changes."),
        wrong("checkpoint-end", "The checkpoint is the end of the changelog, also of a store that has not come so far."),
    ]),
    one_of!("positions", "Where a client goes on after an aborted transaction.",
        positions in POSITIONS, [
        right("fetched", "Where the group says."),
        wrong("memory", "Where it was when that began."),
    ]),
    Setting {
        key: "producer-expiry.after",
        about: "How long a partition remembers an idle producer.",
        choices: &[SettingChoice::right("forever", "For ever.")],
        free: Some(Free::Length {
            about: "As long.",
            zero: Some(["`producer-expiry.after` is 0", "it is at least 1ns"]),
            may_break: true,
        }),
        get: |settings| {
            settings.producer_expiry.map_or(SettingValue::Choice(0), SettingValue::Length)
        },
        set: |settings, value| settings.producer_expiry = value.length(),
    },
    one_of!("producer-expiry.open-too", "Whether also one is forgotten whose transaction is open.",
        expires_open in NO_FIRST, [
        SettingChoice::right("", "It is remembered until that is over.").written(WrittenAs::Bool(false)),
        SettingChoice::wrong("", "It is forgotten, and its transaction with it.")
            .written(WrittenAs::Bool(true))
            .under("producer-expiry.after = \"5ms\""),
    ]),
];
