//! What a client, a partition or the coordinator believes of what it does, what each rule is there for, and why one that
//! is left out could not do it: for whoever explains a failure.

use onceproof_kernel::account::{Account, Acts, Belief, BeliefAt, Ending, Guard, StandsLater};

const fn belief(at: BeliefAt, believed: &'static str) -> Belief {
    Belief { at, believed }
}

const fn told(word: &'static str, why: &'static str, believed: &'static str) -> Belief {
    belief(BeliefAt::Told { word, why }, believed)
}

const BELIEFS: &[Belief] = &[
    belief(BeliefAt::SentAgain, "{other} may not have it: attempt {before} brought no answer"),
    belief(BeliefAt::ReadAgain, "{record} is in no transaction that was committed"),
    belief(BeliefAt::RunAgain, "what came of it before was aborted, and counts for nothing"),
    belief(BeliefAt::ComesAgain, "it may be a batch that is sent again: its number decides"),
    belief(BeliefAt::NotThere, "it is on its way, as any other"),
    belief(BeliefAt::Twice, "it is sent once"),
    belief(BeliefAt::Unanswered, "{other} will hear of it"),
    belief(BeliefAt::Gains, "it is the next batch of the transaction that is open"),
    belief(BeliefAt::Ends, "what was written for {record} stands or is skipped as a whole"),
    belief(BeliefAt::Refused, "the shard is still its own"),
    belief(BeliefAt::Falls, "its next life will know what is in the logs, and nothing else"),
    belief(BeliefAt::IsBack, "what was open in its earlier life will be aborted"),
    belief(BeliefAt::StandsStill, "its tasks are its own, and will wait for it"),
    belief(BeliefAt::GoesOn, "no time has passed, and its tasks are still its own"),
    belief(BeliefAt::Granted, "worker {before} is dead"),
    belief(BeliefAt::ClockSteps, "the clock says what time it is"),
    belief(BeliefAt::Waited, "no answer came, so the request may be lost"),
    told("know-batch", "", "{record} is in the log already"),
    told("send-markers-again", "", "some partition may not have heard how the transaction ended"),
    told("abort-earlier", "", "nobody will end what the earlier life left open"),
    told("refuse-end", "", "the end is one of an earlier transaction"),
    told("time-out", "", "the client is gone, and what it wrote is to be skipped"),
    told("fenced", "", "another one has its place"),
    told("give-up-transaction", "", "what it wrote will be skipped"),
    told("take-end-for", "committed", "the transaction was committed"),
    told("take-end-for", "aborted", "the transaction was aborted"),
];

/// A guard of a rule, whatever it is set to in place of what is right.
const fn guard(
    key: &'static str,
    catches: &'static str,
    misses: &'static str,
    change: &'static str,
) -> Guard {
    Guard { key, value: "", catches, misses, change }
}

const GUARDS: &[Guard] = &[
    guard(
        "version",
        "Each end of a transaction raises the epoch, so what is late for one cannot join the next",
        "In this version an epoch lasts for a life of the client, and a late request is taken for one of the present \
         transaction",
        "Raise the epoch with each end",
    ),
    guard(
        "sequence",
        "A partition knows a batch that is sent again by its number",
        "Without sequence numbers each batch that comes is appended",
        "Number the batches of a producer",
    ),
    guard(
        "verify",
        "A partition appends what asked for its transaction, if nothing has happened since",
        "This rule appends what waits when the answer comes, though the transaction may be another one by then",
        "Append only the request that asked",
    ),
    guard(
        "epoch-append",
        "A partition refuses what has an older epoch",
        "Without that check a client that was replaced goes on appending",
        "Check the epoch of what is appended",
    ),
    guard(
        "overlap",
        "A batch of the next transaction waits until the marker of the one before is there",
        "Here it is appended before that marker, which ends it too",
        "Have it sent again until the transaction before is over",
    ),
    guard(
        "marker-epoch",
        "A partition takes a marker of a greater epoch, and one that comes again for done",
        "This rule takes a late marker for that of another transaction, or never answers a repetition",
        "Take markers of a greater epoch, and answer repetitions",
    ),
    guard(
        "markers",
        "A marker is sent until its partition has acked it, also by a coordinator that starts",
        "Here a marker that is lost is never sent again, so its partition does not hear how the transaction ended",
        "Send each marker until it is acked",
    ),
    guard(
        "prepare",
        "The end of a transaction is durable before anybody hears of it",
        "Here it is answered first, and a crash forgets what was promised",
        "Write the decision before it is answered",
    ),
    guard(
        "end",
        "An end is taken under the present epoch, and a repetition for the same decision",
        "This rule takes a late end for that of the present transaction, or answers another decision than it made",
        "Check the epoch and the decision of an end",
    ),
    guard(
        "add",
        "A partition is added under the present epoch",
        "Here a late request adds it to a transaction that it does not belong to",
        "Check the epoch of who adds a partition",
    ),
    guard(
        "init",
        "A client that starts has aborted what its earlier life left open",
        "Here it goes on with that, and commits what it knows nothing of",
        "Abort what is open when a client starts",
    ),
    guard(
        "timeout-bump",
        "A transaction that times out raises the epoch, so its client is refused",
        "Here its client goes on under the same epoch, with half of what it wrote gone",
        "Raise the epoch when a transaction times out",
    ),
    guard(
        "transaction-timeout",
        "A transaction whose client is gone is aborted after some time",
        "This time-out never ends it, or ends each before it is done",
        "Choose a time-out that is longer than a transaction and is over some time",
    ),
    guard(
        "transactional-id",
        "Each client has an id of its own, so that only its own next life fences it",
        "Clients that share an id fence each other for ever",
        "Give each client its own id",
    ),
    guard(
        "rebalance",
        "A rebalance waits for its members until they have joined",
        "This time is too short, and members are dropped while they join",
        "Wait for as long as a transaction may take",
    ),
    guard(
        "generation",
        "The group takes offsets of members of the present generation",
        "Here who has lost its tasks moves their positions all the same",
        "Check the generation of who commits offsets",
    ),
    guard(
        "stable-fetch",
        "Whoever asks for a position waits while a transaction may still move it",
        "Here the old one is told, and its records are read again",
        "Tell no position that may still move",
    ),
    guard(
        "group-offsets",
        "The offsets of a transaction are applied before its marker is acked",
        "Here they come later or are forgotten, so the records are read again though what came of them stands",
        "Apply them before the marker is acked",
    ),
    guard(
        "offsets",
        "A client commits its positions inside the transaction of what it made, so both stand or neither",
        "Here they are committed apart from it, and a crash between the two keeps one without the other",
        "Commit the positions inside the transaction",
    ),
    guard(
        "flush",
        "A transaction ends once all its batches are acked",
        "Here it is ended while some are on their way, which come too late for it",
        "Wait for the batches before the end",
    ),
    guard(
        "give-up",
        "A batch is sent until it is acked",
        "`give-up` ends the transaction without it",
        "Send each batch until it is acked",
    ),
    guard(
        "end-unknown",
        "An end that is not answered is asked for again",
        "Here it is taken for one of the two that it may be, and is the other",
        "Ask again until it is known",
    ),
    guard(
        "isolation",
        "A client reads up to the stable end, without what was aborted",
        "Here it reads what is aborted, or may yet be",
        "Read what is committed alone",
    ),
    guard(
        "restore",
        "A store is restored up to the end that its changelog has when it is opened",
        "Here it is restored to another end, with too little or with what was aborted",
        "Restore to the end of the log, once that is stable",
    ),
    guard(
        "store",
        "A store without a checkpoint begins anew, since it may have what was aborted",
        "Here it goes on with what is there",
        "Wipe a store that was not closed",
    ),
    guard(
        "positions",
        "After an aborted transaction a client goes on where the group says",
        "Here it goes on where its memory says, and leaves out or repeats records",
        "Fetch the positions after an abort",
    ),
    guard(
        "producer-expiry.after",
        "A partition remembers a producer for as long as a batch of it may come again",
        "Here it forgets it sooner, and takes a batch that is sent again for a new one",
        "Remember producers for longer",
    ),
    guard(
        "producer-expiry.open-too",
        "A producer is remembered as long as its transaction is open",
        "Here it is forgotten with it, so nobody ends what it wrote",
        "Forget no producer whose transaction is open",
    ),
    crate::pipeline::account::QUEUE_ACK,
    crate::pipeline::account::QUEUE_IDS,
    crate::pipeline::account::DEAD_LETTERS,
];

const ACTS: &[Acts] = &[
    Acts {
        key: "generation",
        words: &["offset", "position"],
        believed: "whoever sends positions has the tasks that they are of",
    },
    Acts {
        key: "offsets",
        words: &["position", "marker"],
        believed: "what was made of records and how far they are read stand together",
    },
    Acts {
        key: "group-offsets",
        words: &["offsets-forget", "offsets-apply"],
        believed: "what is asked for after a crash is what was committed",
    },
    Acts {
        key: "end-unknown",
        words: &["take-end-for"],
        believed: "the transaction was committed",
    },
    Acts { key: "sequence", words: &["append"], believed: "this batch is not in the log yet" },
];

/// All that is said.
pub(super) static ACCOUNT: Account = Account {
    beliefs: BELIEFS,
    guards: GUARDS,
    acts: ACTS,
    gains: &[],
    totals: &["append-result"],
    leaves: &[],
    learns: &[],
    knows: &["know-batch"],
    ends: &["marker", "position"],
    asides: &[],
    later: Some(StandsLater {
        of: &["transactional-id"],
        ends: &[("marker", Ending::Says("commit"))],
    }),
    held: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::{HasTable, Worth};
    use crate::transactions::settings::Settings;

    #[test]
    fn every_value_that_is_not_right_has_its_guard() {
        for setting in Settings::FIRST.rows() {
            let wrong = setting.choices.iter().filter(|choice| choice.worth != Worth::Right);
            for value in wrong.map(|choice| choice.written.to_string()) {
                assert!(ACCOUNT.guard(setting.key, &value).is_some(), "{} {value}", setting.key);
            }
        }
    }
}
