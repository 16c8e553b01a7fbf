//! What a process believes of what it does, what each setting is there for, and why a wrong one could not do it: for
//! whoever explains a failure.

use crate::pipeline::account;
use onceproof_kernel::account::{Account, Acts, Belief, BeliefAt, Guard};

const fn belief(at: BeliefAt, believed: &'static str) -> Belief {
    Belief { at, believed }
}

const fn told(word: &'static str, believed: &'static str) -> Belief {
    belief(BeliefAt::Told { word, why: "" }, believed)
}

const BELIEFS: &[Belief] = &[
    belief(BeliefAt::SentAgain, "some tuple of the tree before was lost, and nothing came of it"),
    belief(BeliefAt::ReadAgain, "{record} was not done with"),
    belief(BeliefAt::RunAgain, "this is the first execution, and its answer is the answer"),
    belief(
        BeliefAt::ComesAgain,
        "this is a new record: nothing in a tuple says that it came before",
    ),
    belief(BeliefAt::NotThere, "it is on its way, as any other"),
    belief(BeliefAt::Twice, "it is sent once"),
    belief(BeliefAt::Gains, "the result has all records that came, each once"),
    belief(BeliefAt::Refused, "the shard is still its own"),
    belief(BeliefAt::Ends, "{record} is done: nobody will ask for it again"),
    belief(BeliefAt::Falls, "its next life will know what is in the store, and nothing else"),
    belief(BeliefAt::IsBack, "what it finds is all that it ever counted"),
    belief(BeliefAt::StandsStill, "its shards are its own, and will wait for it"),
    belief(BeliefAt::GoesOn, "no time has passed, and its shards are still its own"),
    belief(BeliefAt::Granted, "worker {before} is dead"),
    belief(BeliefAt::ClockSteps, "the clock says what time it is"),
    belief(BeliefAt::Waited, "some tuple of the tree was lost"),
    told("replay", "the tree is not complete, so {record} was lost on its way"),
    told("ignore-complete", "that tree was given up, and another one counts"),
    told("know-record", "{record} was counted before"),
    told("drop-late", "the window of {record} is over for good"),
    told("ignore-ack", "that message came before"),
    told("read-log", "all records of these windows are in the log by now"),
    told("batch-fail", "it may work the next time"),
];

const GUARDS: &[Guard] = &[
    Guard {
        key: "ack",
        value: "\"on-receipt\"",
        catches: "A bolt acks a tuple when others have seen what it made, so a crash before that leaves the tree open",
        misses: "`ack = \"on-receipt\"` acks first, and the tree was complete before the crash took the tuple",
        change: "Ack when the tuple was applied and passed on",
    },
    Guard {
        key: "anchor",
        value: "false",
        catches: "What a bolt passes on belongs to the tree, which is open until that is acked, too",
        misses: "`anchor = false` ends the tree with the first bolt, so nobody misses what is lost behind it",
        change: "Anchor what a bolt passes on to what it took",
    },
    Guard {
        key: "edges",
        value: "",
        catches: "The sum of a tree is 0 only when all its edges were acked",
        misses: "Edges of so few bits may be 0 themselves, and a tree is complete without them",
        change: "Draw edges of 64 bits",
    },
    Guard {
        key: "acks",
        value: "\"sum\"",
        catches: "An acker takes each ack once, however often it comes",
        misses: "`acks = \"sum\"` adds an ack that comes twice, which takes it out of the sum again",
        change: "Take each ack once",
    },
    Guard {
        key: "offsets",
        value: "",
        catches: "A spout begins after a crash at the first record that is not complete",
        misses: "This offset is beyond records that are not complete, so the next life never reads them",
        change: "Commit the first offset that is not complete",
    },
    Guard {
        key: "view",
        value: "\"last-arrival\"",
        catches: "A view keeps the newest content of a result, whatever comes after it",
        misses: "`view = \"last-arrival\"` puts an old content that is late over a newer one",
        change: "Keep the newest by life and number",
    },
    Guard {
        key: "view",
        value: "",
        catches: "A view that acks is a leaf of the tree, so a result that it does not show is missed",
        misses: "This view acks nothing: the tree is complete though the result never came",
        change: "Have the view ack what it shows",
    },
    Guard {
        key: "timeout",
        value: "",
        catches: "A tree is given up only when some tuple of it was lost",
        misses: "This `timeout` is shorter than the way of a record, so trees are given up that would be complete",
        change: "Wait for longer than all that a record goes through",
    },
    Guard {
        key: "counts",
        value: "\"memory\"",
        catches: "Counts in the store outlive the bolt that made them",
        misses: "`counts = \"memory\"` loses with the bolt all that it had counted, and the next life begins from nothing",
        change: "Keep the counts in the store",
    },
    Guard {
        key: "distinct",
        value: "false",
        catches: "A bolt that keeps the ids of what it counted counts a record once, however often it is sent",
        misses: "`distinct = false` keeps no id, so what is sent again counts again",
        change: "Keep the ids beside the counts",
    },
    Guard {
        key: "keep",
        value: "",
        catches: "A bolt counts a record however late it is",
        misses: "`keep` drops what is late by the greatest time that the bolt has seen, though its source had not given it up",
        change: "Count records however late they are",
    },
    Guard {
        key: "landing",
        value: "\"append\"",
        catches: "What a batch lands stands in the place of what it landed before",
        misses: "`landing = \"append\"` adds it, so a batch that runs again counts all again",
        change: "Land in the place of what landed before",
    },
    Guard {
        key: "retention",
        value: "",
        catches: "The log has a record until the last batch of its window has read it",
        misses: "This `retention` forgets records before the batch reads them",
        change: "Keep the log for longer than a window, the cut-off and all runs together",
    },
    Guard {
        key: "strategy",
        value: "\"best-effort\"",
        catches: "A record that is not done with in time is sent again, and one that comes again is known",
        misses: "`strategy = \"best-effort\"` sends each record once and knows none again",
        change: "Take a strategy that sends again what is lost and knows what comes twice",
    },
    Guard {
        key: "strategy",
        value: "\"at-least-once\"",
        catches: "What a record did and that it came are committed together, so a crash takes both or neither",
        misses: "`strategy = \"at-least-once\"` counts outside of any such commit: what is sent again may be counted again, \
                 and a bolt that dies may forget what was acked",
        change: "Take a strategy that commits both together",
    },
    Guard {
        key: "strategy",
        value: "\"lambda\"",
        catches: "A window is closed when its source says that nothing more of it will come, by no clock",
        misses: "`strategy = \"lambda\"` closes a window by the clock of the batch leg, and computes each window anew",
        change: "Take a strategy that closes windows by what its sources promise",
    },
    account::QUEUE_ACK,
    account::QUEUE_IDS,
    account::DEAD_LETTERS,
];

const ACTS: &[Acts] = &[
    Acts {
        key: "offsets",
        words: &["next-offset"],
        believed: "all records before this offset are complete",
    },
    Acts {
        key: "acks",
        words: &["next-offset"],
        believed: "all records before this offset are complete",
    },
    Acts {
        key: "anchor",
        words: &["next-offset"],
        believed: "all records before this offset are complete",
    },
];

/// All that is said.
pub(super) static ACCOUNT: Account = Account {
    beliefs: BELIEFS,
    guards: GUARDS,
    acts: ACTS,
    gains: &["sink-row", "take"],
    totals: &["show", "land"],
    leaves: &[],
    learns: &[],
    knows: &["know-record"],
    ends: &["drop-late", "know-record", "ignore-complete", "next-offset"],
    asides: &["init", "ack", "complete", "show"],
    later: None,
    held: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::in_memory::settings::{Approach, Settings};
    use crate::setting::Worth;

    #[test]
    fn every_value_that_is_not_right_has_its_guard() {
        for approach in Approach::ALL {
            for setting in Settings::table(approach) {
                for choice in setting.choices.iter().filter(|choice| choice.worth != Worth::Right) {
                    let value = choice.written.to_string();
                    assert!(
                        ACCOUNT.guard(setting.key, &value).is_some(),
                        "{} {value}",
                        setting.key
                    );
                }
            }
        }
    }
}
