//! What a shard believes of what it does, what each mechanism is there for, and why a wrong one could not do it: for
//! whoever explains a failure.

use crate::pipeline::account;
use onceproof_kernel::account::{Account, Belief, BeliefAt, Guard};

const fn belief(at: BeliefAt, believed: &'static str) -> Belief {
    Belief { at, believed }
}

const fn told(word: &'static str, why: &'static str, believed: &'static str) -> Belief {
    belief(BeliefAt::Told { word, why }, believed)
}

const BELIEFS: &[Belief] = &[
    belief(BeliefAt::SentAgain, "{other} may not have it: attempt {before} brought no ack"),
    belief(BeliefAt::ReadAgain, "{record} was never handled: no commit of {who} says so"),
    belief(BeliefAt::RunAgain, "this is the first execution, and its answer is the answer"),
    belief(BeliefAt::ComesAgain, "it may be new or a copy: the id decides"),
    belief(BeliefAt::NotThere, "it is on its way, as any other"),
    belief(BeliefAt::Twice, "it is sent once"),
    belief(BeliefAt::Unanswered, "{other} will hear of it, and send it no more"),
    belief(BeliefAt::Gains, "this is a new record, as any other"),
    belief(BeliefAt::Refused, "the shard is still its own"),
    belief(BeliefAt::Ends, "{record} is done: whoever was to have it has it"),
    belief(BeliefAt::Falls, "its next life will know what is committed, and nothing else"),
    belief(BeliefAt::IsBack, "what is in the store is all that there was"),
    belief(BeliefAt::StandsStill, "its shards are its own, and will wait for it"),
    belief(BeliefAt::GoesOn, "no time has passed, and its shards are still its own"),
    belief(BeliefAt::Granted, "worker {before} is dead"),
    belief(BeliefAt::ClockSteps, "the clock says what time it is"),
    belief(BeliefAt::Waited, "no ack came, so the request may be lost"),
    told("look-up", "known", "{record} is a copy of what was committed"),
    told("look-up", "unknown", "{record} is new: its id is not there"),
    told("look-up", "new", "{record} is new: the filter has no such id"),
    told("look-up", "may-be-known", "{record} may be a copy: the filter has such an id"),
    told("drop", "known", "{record} is a copy of what was committed"),
    told("drop", "remnant", "{record} was committed long ago, and comes late by the network"),
    told("drop", "old", "{record} is so old that it must have been here"),
    told("drop", "late", "the window of {record} is over, and nobody can still wait for it"),
    told("stop-sending", "", "{record} has arrived: it was sent often enough"),
    told("forget", "", "nobody can send {record} again"),
];

const GUARDS: &[Guard] = &[
    Guard {
        key: "retry",
        value: "",
        catches: "An id is kept for longer than a record is sent again",
        misses: "A `retry` of this length sends the copy when its id is forgotten",
        change: "Send again sooner than ids are forgotten",
    },
    Guard {
        key: "give-up",
        value: "",
        catches: "A sender repeats an output until it is acked",
        misses: "`give-up` takes silence for an ack, and what was lost stays lost",
        change: "Send until an ack has come",
    },
    Guard {
        key: "ack",
        value: "\"on-receipt\"",
        catches: "A sender keeps an output until its effects are committed, and sends it again after a crash",
        misses: "`ack = \"on-receipt\"` acks before the commit, so the sender has deleted what the crash took",
        change: "Ack when the commit is answered",
    },
    Guard {
        key: "dedup",
        value: "\"off\"",
        catches: "The catalog knows the id of a record that was applied, and drops its copy",
        misses: "`dedup = \"off\"` keeps no id, so each copy is taken for new",
        change: "Keep the id of each record with its effects, and look each record up",
    },
    Guard {
        key: "dedup",
        value: "\"bloom-only\"",
        catches: "The catalog says for sure whether an id is known, where a filter says that it may be",
        misses: "`dedup = \"bloom-only\"` takes a false positive of its filter for a copy, and drops a new record",
        change: "Ask the catalog where the filter says that an id may be known",
    },
    Guard {
        key: "dedup",
        value: "{ bloom-only",
        catches: "The catalog says for sure whether an id is known, where a filter says that it may be",
        misses: "`bloom-only` takes a false positive of its filter for a copy, and drops a new record",
        change: "Ask the catalog where the filter says that an id may be known",
    },
    Guard {
        key: "dedup",
        value: "{ bloom",
        catches: "A filter says that an id is new only if the catalog does not have it",
        misses: "This filter does not have all ids of its catalog, so it calls a known one new",
        change: "Choose filters by the stamp of a record and rebuild them from the catalog, or ask the catalog alone",
    },
    Guard {
        key: "dedup",
        value: "{ window",
        catches: "The catalog has an id with the effects of its record, for as long as a copy may come",
        misses: "A window of ids forgets by time alone, or learns an id before its record is applied",
        change: "Keep ids with their effects until no sender can send the record again",
    },
    Guard {
        key: "gc",
        value: "\"never\"",
        catches: "An id is forgotten when all senders have passed its stamp",
        misses: "`gc = \"never\"` keeps each id for ever, though nobody can send its record again",
        change: "Forget by the system watermark",
    },
    Guard {
        key: "gc",
        value: "{ ttl",
        catches: "The catalog has an id for as long as its record may be sent again",
        misses: "A `ttl` forgets ids by their age, whatever the senders still hold",
        change: "Forget by the system watermark",
    },
    Guard {
        key: "outputs",
        value: "\"recompute\"",
        catches: "An output that is committed before it is sent is repeated after a crash, and not made again",
        misses: "`outputs = \"recompute\"` sends what no commit has, so after a crash the function is run again and may \
                 answer otherwise",
        change: "Commit each output before it is sent",
    },
    Guard {
        key: "ids",
        value: "\"fresh\"",
        catches: "The catalog knows an output that is made again by its id, which follows from that of the input",
        misses: "`ids = \"fresh\"` gives the same output another id in each execution, so no catalog knows it",
        change: "Derive the id of an output from that of its input",
    },
    Guard {
        key: "stamps",
        value: "",
        catches: "A stamp is the same whenever an output is sent, so its receiver knows which ids still matter",
        misses: "These stamps are given anew or jump with the clock, so a receiver takes the wrong records for old",
        change: "Keep the stamp of an output with the output",
    },
    Guard {
        key: "atomic",
        value: "\"state-first\"",
        catches: "Id and state are in one commit: either both are there after a crash, or neither",
        misses: "`atomic = \"state-first\"` leaves a time in which the state has the record and the catalog has no id",
        change: "Commit id and state together",
    },
    Guard {
        key: "atomic",
        value: "\"id-first\"",
        catches: "Id and state are in one commit: either both are there after a crash, or neither",
        misses: "`atomic = \"id-first\"` leaves a time in which the catalog has the id and no state has the record",
        change: "Commit id and state together",
    },
    Guard {
        key: "re-ack",
        value: "false",
        catches: "A copy that is dropped is acked, so its sender learns that it may stop",
        misses: "`re-ack = false` drops a copy in silence, and its sender repeats it for ever",
        change: "Ack what is dropped as a copy, too",
    },
    Guard {
        key: "fencing",
        value: "false",
        catches: "The store refuses a commit under the token of a worker that has lost its shard",
        misses: "`fencing = false` applies what an old owner commits over the rows of the new one",
        change: "Check the token of the lease when a commit is applied",
    },
    Guard {
        key: "lift",
        value: "\"force\"",
        catches: "Partial aggregates are made before a shuffle only where they are the same when they are made again",
        misses: "`lift = \"force\"` makes them where a bundle may be cut otherwise after a crash, and the catalog knows \
                 none of the new ones",
        change: "Lift where that is sure to be right",
    },
    account::TRANSACTIONS,
    account::INSERT_IDS,
    account::OFFSETS,
    account::FILES,
    account::APPENDS,
    account::QUEUE_ACK,
    account::QUEUE_IDS,
    account::TAKES,
    account::PUTS,
    account::CALLS,
    account::DEAD_LETTERS,
    Guard {
        key: "strategy",
        value: "\"dataflow-at-least-once\"",
        catches: "A receiver that keeps the ids of what it applied drops a copy",
        misses: "`strategy = \"dataflow-at-least-once\"` keeps no id, so what is sent again counts again",
        change: "Take a strategy that keeps ids",
    },
];

/// All that is said.
pub(super) static ACCOUNT: Account = Account {
    beliefs: BELIEFS,
    guards: GUARDS,
    acts: &[],
    gains: &["count", "row"],
    totals: &[],
    leaves: &["fire"],
    learns: &["id"],
    knows: &["drop"],
    ends: &["stop-sending", "drop", "dead-letter", "delete"],
    asides: &[],
    later: None,
    held: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataflow::mechanism::Mechanism;
    use crate::setting::Worth;

    #[test]
    fn every_mechanism_that_may_be_wrong_has_its_guard() {
        for row in Mechanism::table().iter().filter(|row| row.may_break()) {
            let wrong = row.tries().into_iter().filter(|tried| tried.worth == Worth::Wrong);
            for value in wrong.map(|tried| tried.value.to_string()) {
                assert!(ACCOUNT.guard(row.key(), &value).is_some(), "{} {value}", row.key());
            }
        }
    }
}
