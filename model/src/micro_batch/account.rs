//! What the driver, an executor or a service believes of what it does, what each rule is there for, and why one that is left
//! out could not do it: for whoever explains a failure.

use onceproof_kernel::account::{Account, Acts, Belief, BeliefAt, Guard, HeldInMemory};

const fn belief(at: BeliefAt, believed: &'static str) -> Belief {
    Belief { at, believed }
}

const fn told(word: &'static str, believed: &'static str) -> Belief {
    belief(BeliefAt::Told { word, why: "" }, believed)
}

const BELIEFS: &[Belief] = &[
    belief(BeliefAt::SentAgain, "{other} may not have it: attempt {before} brought no answer"),
    belief(BeliefAt::ReadAgain, "its task is run again, and nothing of it stands yet"),
    belief(BeliefAt::RunAgain, "what came of it before counts for nothing"),
    belief(BeliefAt::ComesAgain, "it is what the present attempt makes of it"),
    belief(BeliefAt::NotThere, "it is on its way, as any other"),
    belief(BeliefAt::Twice, "it is sent once"),
    belief(BeliefAt::Unanswered, "{other} will hear of it"),
    belief(BeliefAt::Gains, "it is the result of its batch, and comes once"),
    belief(BeliefAt::Ends, "{record} is done with"),
    belief(BeliefAt::Refused, "it drives still"),
    belief(BeliefAt::Falls, "what it held in memory and on its disk can be computed again"),
    belief(BeliefAt::IsBack, "all it must know is in the logs"),
    belief(BeliefAt::StandsStill, "the batch waits for it"),
    belief(BeliefAt::GoesOn, "no time has passed, and its batch is the present one"),
    belief(BeliefAt::Granted, "worker {before} is dead"),
    belief(BeliefAt::ClockSteps, "the clock says what time it is"),
    belief(BeliefAt::Waited, "no answer came, so the request may be lost"),
    told("plan-batch", "what has come is the batch, and whoever runs it again finds the same"),
    told("run-batch-again", "nothing of it counts that was made before"),
    told("find-results", "what came out is there, and nothing need be computed"),
    told("driver-ends", "another one does better"),
    told("throw-away", "what was made of it does not fit to what is computed again"),
    told("lose-executor", "its files are gone, and its attempts will not be done"),
    told("driver-is-gone", "nobody wants what it has made"),
    told("stream-ends", "all is read, and all is shown"),
    told("window-takes", "it is in the state of this attempt, once that is accepted"),
    told("window-fires", "nothing that belongs into it is still to come"),
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

/// The same for one of several wrong values.
const fn guard_of(value: &'static str, of: Guard) -> Guard {
    Guard { value, ..of }
}

const GUARDS: &[Guard] = &[
    guard(
        "offsets",
        "What belongs to a batch is logged before a task reads it",
        "Here it is logged at the end, and another driver plans another batch of that number",
        "Log the offsets first",
    ),
    guard_of(
        "\"max-seen\"",
        guard(
            "watermark",
            "A window is over when all shards of the source say so",
            "This watermark follows the shard that is ahead, so what a slower one has left comes too late",
            "Take the least over all shards",
        ),
    ),
    guard(
        "watermark",
        "The watermark of a batch is logged with it",
        "Here it is in memory, and another driver fires a window later, in another batch",
        "Log the watermark with the offsets",
    ),
    guard(
        "batch-time",
        "A function reads the time of its batch, which is the same in each attempt",
        "Here it reads the clock, and says something else when it is run again",
        "Log the time of a batch",
    ),
    guard(
        "commit-row",
        "A batch counts as done with once its results are shown",
        "Here it does before, and a driver that dies in between never shows them",
        "Commit after the sink",
    ),
    guard(
        "log",
        "A row of a log is put only if there is none",
        "Here it stands over that of another driver",
        "Put if absent",
    ),
    guard(
        "loser",
        "A driver that finds the row of another one ends itself",
        "Here it goes on, with states that the other does not have",
        "End the driver that loses",
    ),
    guard(
        "results",
        "What came out of a batch is logged before it is shown",
        "Here another driver computes it again, and what is shown and what is counted differ",
        "Log results and accepted states before the sink",
    ),
    guard_of(
        "\"by-partition",
        guard(
            "sink",
            "Nothing of a batch is seen before all of it",
            "Here each task shows its part, and another attempt may show another one",
            "Show a batch whole, from the driver",
        ),
    ),
    guard(
        "sink",
        "A sink that knows the number of a batch takes it once",
        "This one appends, and what comes again is there again",
        "Have the sink take a batch by its number",
    ),
    guard(
        "coordinator",
        "One attempt of a task may write",
        "Here each does",
        "Ask a coordinator before writing",
    ),
    guard_of(
        "\"once\"",
        guard(
            "grant",
            "Who may write is told so again when it asks again",
            "Here it is denied, though it is the only one that may",
            "Repeat the answer to who has the grant",
        ),
    ),
    guard(
        "grant",
        "A grant is taken back from an attempt that has failed",
        "Here it is not, and all others are denied for ever",
        "Take the grant back",
    ),
    guard_of(
        "\"memory\"",
        guard(
            "state",
            "A task begins with the state that is stored",
            "Here it begins with what its executor remembers, which may be nothing",
            "Store states",
        ),
    ),
    guard(
        "state",
        "A task begins with the state that the last commit row names",
        "Here it begins with whatever was stored, also by an attempt that does not count",
        "Name states by their attempts, and accept them with the commit row",
    ),
    guard(
        "state-cache",
        "An executor knows a state by the attempt that has made it",
        "Here it knows it by its number, and takes that of an attempt which does not count",
        "Name cached states by their attempts",
    ),
    guard(
        "state-keep",
        "The version with which a batch begins is kept until it is done with",
        "Here it goes when the next one is stored, and another attempt begins with nothing",
        "Keep two versions",
    ),
    guard(
        "accepted",
        "Which state was accepted is known until its task is thrown away",
        "Here it is forgotten with the file, though the file was read and is needed no more",
        "Keep the name of a state apart from the file",
    ),
    guard(
        "rollback",
        "What was made of an output that is computed otherwise is thrown away",
        "Here it stays, beside what is made of the other output",
        "Throw away all that an indeterminate stage has led to",
    ),
    guard(
        "level",
        "A step that may answer otherwise is known to be indeterminate",
        "This step is declared to be more than it is",
        "Declare it indeterminate, or leave its level to be derived",
    ),
    guard(
        "winner",
        "The first attempt that is done counts",
        "Here the last one does, though others have read the first",
        "Let the first success stand",
    ),
    guard(
        "stale",
        "A report of what was thrown away counts for nothing",
        "Here it counts, beside what is computed now",
        "Check the era of a report",
    ),
    guard(
        "unwanted",
        "A report that is not wanted is answered",
        "Here it is not, and comes again for ever",
        "Answer each report",
    ),
    guard(
        "gap",
        "A task that finds its range released fails the job",
        "Here it reads what is left, and says that this was all",
        "Fail on data loss",
    ),
    guard(
        "release",
        "A source keeps what a batch reads until that is done with",
        "Here it forgets it before, and another driver cannot run the batch again",
        "Release after the commit row",
    ),
    crate::pipeline::account::QUEUE_ACK,
    crate::pipeline::account::QUEUE_IDS,
    crate::pipeline::account::DEAD_LETTERS,
];

const fn acts(key: &'static str, words: &'static [&'static str], believed: &'static str) -> Acts {
    Acts { key, words, believed }
}

const ACTS: &[Acts] = &[
    acts("commit-row", &["put-row"], "the batch is done with, and will be shown"),
    acts("state", &["store-version"], "the next to read this is the next batch"),
    acts("grant", &["deny-write"], "the attempt that has leave will write"),
    acts("unwanted", &["leave-unanswered"], "what is not wanted need not be answered"),
    acts("release", &["driver-ends"], "what is logged for this batch can be read"),
];

/// All that is said.
pub(super) static ACCOUNT: Account = Account {
    beliefs: BELIEFS,
    guards: GUARDS,
    acts: ACTS,
    gains: &["row-seen"],
    totals: &[],
    leaves: &[],
    learns: &[],
    knows: &[],
    ends: &[],
    asides: &[],
    later: None,
    held: Some(HeldInMemory {
        takes: "window-takes",
        leaves: "window-fires",
        stored: Some("put-state"),
    }),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::micro_batch::settings::Settings;
    use crate::setting::{HasTable, Worth};

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
