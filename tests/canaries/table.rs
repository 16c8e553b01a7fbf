//! The rules one by one: the smallest schedule that shows each, worked out by hand.

use super::texts::*;
use onceproof_model::dataflow::defect::Defect;
use onceproof_sim::outcome::Class;

/// A rule left out, and what shows it.
pub struct Canary {
    pub records: &'static str,
    pub steps: &'static str,
    pub faults: &'static str,
    /// How many faults these are.
    pub most: usize,
    /// What is found; nothing where another rule stands in for the one that is left out.
    pub classes: &'static [Class],
}

/// Every defect once. One that is new does not compile in [`canary`].
pub const ALL: &[Defect] = &[
    Defect::CommitsUnnumbered,
    Defect::RepeatsUnanswered,
    Defect::NoTokenAtBoot,
    Defect::TokenNotAnnounced,
    Defect::KeysNeverBusy,
    Defect::OutputsDoNotPin,
    Defect::ContentDoesNotPin,
    Defect::UncommittedWatermarkPassedOn,
    Defect::DataAckConfirms,
    Defect::FiringIgnoresBusyKey,
    Defect::BootFiresNothing,
    Defect::LatePaneWaits,
    Defect::BootResendsNothing,
    Defect::LatenessNotHeldBack,
    Defect::WrongWindow,
    Defect::QueuedSkipsCatalog,
    Defect::OffsetsAreOneNumber,
    Defect::StampsRestart,
    Defect::LoneWatermarkNotRetried,
    Defect::LoneWatermarkOvertakes,
    Defect::RemnantsTaken,
    Defect::RemnantsByCommitted,
    Defect::InputsDoNotPin,
    Defect::OutputsPinWhenSent,
    Defect::DeadLetterAtOnce,
    Defect::UnackedMessageDoesNotPin,
    Defect::DueWindowForgotten,
    Defect::UnreadFilterNotAdded,
    Defect::FailedChainIsKept,
    Defect::SettlesNeverAlone,
    Defect::SettlesAloneAtAckOnly,
    Defect::SettlesWhenSent,
];

/// In ms, with 1 ms for each way of a link or to the store: a record of 0 s is read at 0, committed by its
/// source at 1, sent at 2, arrives at 3, is taken at 4, answered and acked at 5. The ack is there at 6, and
/// the last watermark, infinite, goes alone.
pub fn canary(defect: Defect) -> Canary {
    let (records, steps, faults, most, classes): (_, _, _, _, &[Class]) = match defect {
        // The store knows a commit by its number. Without: applied at 4, its answer lost, repeated at 33
        // and applied again.
        Defect::CommitsUnnumbered => {
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#0" }
do = "commit-unknown"
"#;
            (ONE, MINUTE, faults, 1, &[Class::Duplicated])
        }
        // The store answers a commit however often it comes. Without: ann's is applied at 4 and its answer is
        // lost; it is repeated every 30 ms, her key stays busy, and her sender waits for its ack for ever.
        Defect::RepeatsUnanswered => {
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#0" }
do = "commit-unknown"
"#;
            (ONE, MINUTE, faults, 1, &[Class::Stuck])
        }
        // A boot makes commits of the life before it void. Without:
        //     3  ann's commit leaves, and will land at 104
        //     8  bob arrives, the worker dies; back at 58
        //    93  ann, sent again, is taken again
        //   104  the first commit lands under the same token
        // The window fires after 1 s, with ann twice.
        Defect::NoTokenAtBoot => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "5ms" },
                { key = "bob", at = "1s" }"#;
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#0" }
do = "commit-delayed"
[[fault]]
at = { step = "per-user", record = "events/0#1", before = "admit" }
do = "crash"
"#;
            (records, MINUTE, faults, 2, &[Class::Duplicated])
        }
        // A boot tells the service of its token. Without, in ms:
        //     7  the first record is committed, and its ack is lost
        //    11  so is the second, and the worker stands still before it sends what it made of it
        //    33  a copy of the first waits until it goes on
        //   211  its lease is over: worker 2 has the shard under token 2
        //   243  another copy arrives there, and is acked as a duplicate
        //   246  the last watermark is durable, and with it the id is forgotten
        //   411  worker 1 goes on; the catalog does not have the id, so the call leaves
        //   412  nobody has put under a newer token: the entry is that of the first record again
        Defect::TokenNotAnnounced => {
            let faults = r#"
[[fault]]
at = { to = "charge", record = "events/0#0" }
do = "drop-ack"
[[fault]]
at = { step = "charge", record = "events/0#1.0", before = "send" }
do = "pause"
"#;
            (TWO, CHARGE_FENCED, faults, 2, &[Class::Stale])
        }
        // One commit per key at a time. Without: both copies arrive at 3, when the catalog has neither.
        Defect::KeysNeverBusy => (ONE, MINUTE, DOUBLED_REQUEST, 1, &[Class::Duplicated]),
        // What waits for its key meets the catalog when its turn comes. Without: the second copy waits
        // from 3 to 5 and is taken, though the catalog has it.
        Defect::QueuedSkipsCatalog => (ONE, MINUTE, DOUBLED_REQUEST, 1, &[Class::Duplicated]),
        // A sender promises nothing beyond an output that is not acked. Without: nothing is left to read,
        // so ann herself carries an infinite watermark, and is too late by it.
        Defect::OutputsDoNotPin => (ONE, MINUTE, "", 0, &[Class::Lost]),
        // Nor beyond content that is in no pane. Without, after 1 s, in ms:
        //     3  ann of 24 s arrives under 9 s (24 less the bound); her commit is lost, repeated at 33
        //    13  zed arrives under 24 s, since ann of 24 s is not acked. cat's window [10 s, 20 s) fires;
        //        ann's [0 s, 10 s) is due and waits for her key
        //    15  cat's pane is sent, its own event time being the only pin: 20 s less 1 ns
        //    35  ann's window fires, and her pane is too late for [0 s, 10 s) at the global count
        Defect::ContentDoesNotPin => {
            let records = r#"{ key = "ann", at = "0s" },
                { key = "cat", at = "0s", event-time = "12s" },
                { key = "ann", at = "1s", event-time = "24s" },
                { key = "zed", at = "1010ms", event-time = "60s" }"#;
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#2" }
do = "commit-lost"
"#;
            (records, THEN_GLOBAL, faults, 1, &[Class::Lost])
        }
        // Only what a receiver says it has committed is confirmed. Without: two acks of ann arrive at 6;
        // after the first the last watermark is sent and lost, and the second is taken for its ack.
        Defect::DataAckConfirms => {
            let faults = r#"
[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = { duplicate = { leg = "ack" } }
[[fault]]
at = { to = "per-user", record = "watermark" }
do = "drop-request"
"#;
            (ONE, MINUTE, faults, 2, LOST_AND_HELD)
        }
        // A watermark alone is repeated like any request. Without: it is lost, and no window ever fires.
        Defect::LoneWatermarkNotRetried => {
            let faults = r#"
[[fault]]
at = { to = "per-user", record = "watermark" }
do = "drop-request"
"#;
            (ONE, MINUTE, faults, 1, LOST_AND_HELD)
        }
        // Records wait for firing. Without, after 30 s, in ms:
        //     3  bob arrives under 25 s; ann's pane is made of one record; its commit is lost
        //    13  ann of 8 s arrives and is taken; her window seems to be firing already
        //    34  the pane's commit, repeated, takes one record out; the window is forgotten with the other
        Defect::FiringIgnoresBusyKey => {
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "per-user/ann@0s#0" }
do = "commit-lost"
"#;
            (LATE, LATENESS, faults, 1, &[Class::Lost])
        }
        // After a record is taken into a window that has fired, the window fires again. Without: it stays
        // due, so the last watermark is never committed, and its sender repeats it for ever.
        Defect::LatePaneWaits => (LATE, LATENESS, "", 0, &[Class::Stuck]),
        // A boot sends what is held. Without: ann is committed by her source at 1, which dies at 2.
        Defect::BootResendsNothing => {
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0", before = "answer" }
do = "crash"
"#;
            (ONE, MINUTE, faults, 1, &[Class::Lost])
        }
        // A count promises its watermark less its lateness. Without: 25 s is passed on before ann's late
        // pane of [0 s, 10 s), which is then too late for the global count.
        Defect::LatenessNotHeldBack => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "30s" },
                { key = "ann", at = "31s", event-time = "8s" }"#;
            (records, LATENESS_THEN_GLOBAL, "", 0, &[Class::Lost])
        }
        // A record belongs into the window that holds its event time.
        Defect::WrongWindow => (ONE, MINUTE, "", 0, &[Class::Phantom]),
        // Offsets are a prefix and a set above it. Without: the commit of offset 0 is lost, that of 1 is
        // applied at 1, the source dies at 2 and begins again at 2.
        Defect::OffsetsAreOneNumber => {
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0" }
do = "commit-lost"
[[fault]]
at = { step = "events", record = "events/0#1", before = "answer" }
do = "crash"
"#;
            (TWO, MINUTE, faults, 2, &[Class::Lost])
        }
        // Stamps increase over restarts too. Without: ann has stamp 1 and is acked at 6, and the source, now
        // idle, promises to send nothing below 2. It dies before the answer to its settle, at 8. At 1 s bob
        // has stamp 1 again, and is taken for a remnant.
        Defect::StampsRestart => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "1s" }"#;
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0", before = "answer", nth = 2 }
do = "crash"
"#;
            (records, MINUTE, faults, 1, &[Class::Lost])
        }
        // What is below the system watermark was processed, and its id is forgotten. In ms:
        //     2  ann is sent, and takes 1 s longer
        //    33  sent again, she arrives; at 36 she is acked, and her source, idle, promises to send
        //        nothing as old: at 38 her id is forgotten
        //  1003  the first copy arrives. Without the check it is new
        Defect::RemnantsTaken => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "2s" }"#;
            (records, MINUTE, DELAYED, 1, &[Class::Duplicated])
        }
        // The same where each way takes 483.25 ms, so that the first copy arrives between the commit that
        // forgets ann's id and its answer: at 1485.25, the commit being applied at 1484.75.
        //   515.25  the second send, of 32, arrives; applied at 516.25, acked at 517.25
        //   1000.5  the ack is there; the promise arrives at 1483.75
        Defect::RemnantsByCommitted => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "10s" }"#;
            (records, SLOW, DELAYED, 1, &[Class::Duplicated])
        }
        // Where an output has the stamp of its input, an input that is not settled pins. Without: ann's
        // request is lost, bob's says that nothing older than his arrival comes any more, and at 31 ann is
        // taken for a remnant.
        Defect::InputsDoNotPin => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "10ms" }"#;
            let faults = r#"
[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = "drop-request"
"#;
            (records, RECOMPUTE, faults, 1, &[Class::Lost])
        }
        // An output pins from when it is stamped. Without: the commit of the second ann is lost, bob is
        // sent at 12 and promises nothing below his own stamp, and at 33 ann is taken for a remnant.
        Defect::OutputsPinWhenSent => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "ann", at = "0s" },
                { key = "bob", at = "10ms" }"#;
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#1" }
do = "commit-lost"
"#;
            (records, MINUTE, faults, 1, &[Class::Lost])
        }
        // A record has as many tries as it is given, here 2. With one: the function fails at 3, and ann is
        // given up for good at 4, though the second try would have passed.
        Defect::DeadLetterAtOnce => {
            let faults = r#"
[[fault]]
at = { step = "parse", record = "events/0#0", attempt = 1 }
do = "user-fails"
"#;
            (ONE, TWO_TRIES, faults, 1, &[Class::Lost])
        }
        // A message that is not acked holds back the watermark of its queue. Without, in s:
        //     0  ann is handed out, and the source dies before it commits her
        //    70  bob is handed out; nothing else is left in the queue, as it seems, so he carries 70 s
        //   100  ann is handed out again, too late for her window
        Defect::UnackedMessageDoesNotPin => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "70s" }"#;
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0", before = "commit" }
do = "crash"
"#;
            (records, FROM_A_QUEUE, faults, 1, &[Class::Lost])
        }
        // A watermark alone is committed after what it fires, and a boot fires what is due. Without both:
        //     7  the last watermark arrives, its commit leaves; the worker dies before that of the pane
        //     8  the watermark is committed
        //    57  the worker is back and fires nothing; at 97 it acks the watermark, which it knows
        Defect::DueWindowForgotten => (ONE, MINUTE, BEFORE_THE_PANE, 1, &[Class::Lost]),
        // A stage is made whole or not at all. Without: the function fails at 0, and the offset is committed
        // with nothing that comes of it.
        Defect::FailedChainIsKept => {
            let faults = r#"
[[fault]]
at = { step = "pass", record = "events/0#0", attempt = 1 }
do = "user-fails"
"#;
            (ONE, PASS_THEN_MINUTE, faults, 1, &[Class::Lost])
        }
        // A deletion waits for the next commit, and no longer than there is anything in work. Without: ann is acked at
        // 6, her source has nothing more to commit, and her row stays.
        Defect::SettlesNeverAlone => (ONE, MINUTE_WITH_NEXT, "", 0, &[Class::Unbounded]),
        // Whether a commit is to come is asked again when what was in work is over. Without, in ms:
        //     5  the reshuffle acks ann and sends her on; her source, idle at 6, sends the last watermark
        //     7  the watermark is there; its commit leaves, and takes 10 ms longer
        //     9  ann's ack is there, while that commit is out: her deletion waits
        //    18  the commit is applied; answered at 19: nothing commits any more, and nobody asks
        Defect::SettlesAloneAtAckOnly => {
            let faults = r#"
[[fault]]
at = { step = "spread", record = "watermark" }
do = { commit-delayed = { by = "10ms" } }
"#;
            (ONE, SPREAD_WITH_NEXT, faults, 1, &[Class::Unbounded])
        }
        // Only what is acked is deleted. Without, in ms:
        //     2  ann is sent, and lost
        //    10  bob is read; his commit deletes ann
        //    12  bob would be sent, and the source dies; back at 62, it finds bob alone
        Defect::SettlesWhenSent => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "10ms" }"#;
            let faults = r#"
[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = "drop-request"
[[fault]]
at = { step = "events", record = "events/0#1", before = "send" }
do = "crash"
"#;
            (records, MINUTE_WITH_NEXT, faults, 2, &[Class::Lost])
        }
        // With either of the two alone the pane comes: the watermark arrives again and fires it, or the
        // boot does. What is found at most is the time that it takes.
        Defect::BootFiresNothing | Defect::LoneWatermarkOvertakes => {
            return stood_in_for(BEFORE_THE_PANE);
        }
        // A filter is told of what is committed while it does not have all ids. Without, in ms:
        //     3  ann arrives; the worker dies before it asks anything; back at 53
        //    93  ann comes again, the first record since: the filter says nothing, the catalog is read; her
        //        commit leaves. bob comes, the second: the ids are read, and hers is not there yet
        //    94  her commit is applied
        //    95  acked; the ack is lost
        //   213  she comes again: the filter does not have her; counted again
        Defect::UnreadFilterNotAdded => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "0s" }"#;
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#0", before = "admit" }
do = "crash"
[[fault]]
at = { to = "per-user", record = "events/0#0" }
do = "drop-ack"
"#;
            (records, LAZY_FILTERS, faults, 2, &[Class::Duplicated])
        }
        // What a receiver has not committed its sender has not had acked, so that the sender, its content
        // and its outputs pin all that could come of it.
        Defect::UncommittedWatermarkPassedOn => return stood_in_for(""),
    };
    Canary { records, steps, faults, most, classes }
}

/// A watermark that never arrives neither fires a window nor lets an id go.
const LOST_AND_HELD: &[Class] = &[Class::Lost, Class::Unbounded];

const BEFORE_THE_PANE: &str = r#"
[[fault]]
at = { step = "per-user", record = "per-user/ann@0s#0", before = "emit" }
do = "crash"
"#;

/// A rule that another one stands in for.
fn stood_in_for(faults: &'static str) -> Canary {
    Canary { records: ONE, steps: MINUTE, faults, most: 2, classes: &[] }
}
