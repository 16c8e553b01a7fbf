//! What the coordinator, a task or a topic believes of what it does, what each rule is there for, and why one that is left
//! out could not do it: for whoever explains a failure.

use onceproof_kernel::account::{
    Account, Acts, Belief, BeliefAt, Ending, Guard, HeldInMemory, StandsLater,
};

const fn belief(at: BeliefAt, believed: &'static str) -> Belief {
    Belief { at, believed }
}

const fn told(word: &'static str, believed: &'static str) -> Belief {
    belief(BeliefAt::Told { word, why: "" }, believed)
}

const BELIEFS: &[Belief] = &[
    belief(BeliefAt::SentAgain, "{other} may not have it: attempt {before} brought no answer"),
    belief(BeliefAt::ReadAgain, "{record} is in no checkpoint that is complete"),
    belief(BeliefAt::RunAgain, "what came of it before was rolled back"),
    belief(BeliefAt::ComesAgain, "it is what the present attempt makes of it"),
    belief(BeliefAt::NotThere, "it is on its way, as any other"),
    belief(BeliefAt::Twice, "it is sent once"),
    belief(BeliefAt::Unanswered, "{other} will hear of it"),
    belief(BeliefAt::Gains, "its checkpoint is complete, and nothing goes back behind that"),
    belief(BeliefAt::Ends, "{record} is done with"),
    belief(BeliefAt::Refused, "it leads still"),
    belief(BeliefAt::Falls, "its tasks will begin anew from the newest record"),
    belief(BeliefAt::IsBack, "all it knew is in the newest record"),
    belief(BeliefAt::StandsStill, "the job waits for it"),
    belief(BeliefAt::GoesOn, "no time has passed, and its attempt is the present one"),
    belief(BeliefAt::Granted, "worker {before} is dead"),
    belief(BeliefAt::ClockSteps, "the clock says what time it is"),
    belief(BeliefAt::Waited, "no answer came, so the request may be lost"),
    told("deploy-attempt", "what this record has is all that counts"),
    told("fail-over", "all that is not in a complete checkpoint comes again"),
    told("state-missing", "the record names what is there"),
    told("leader-stops", "another one leads"),
    told("complete-checkpoint", "all of it may be committed now"),
    told("abort-checkpoint", "the next one will cover it"),
    told("commit-is-refused", "it cannot be had any more"),
    told("finish-job", "all is read, and all is committed"),
    told("fire-window", "nothing that belongs into it is still to come"),
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
        "mode",
        "A channel whose barrier has come waits for the others",
        "In this mode it does not, so what comes after the barrier is in the snapshot, and comes again after a restart",
        "Align barriers, or store what they overtake",
    ),
    guard(
        "state",
        "A snapshot has the state at the barrier",
        "Here it has the state when its upload ends, with what came after the barrier",
        "Copy the state at the barrier",
    ),
    guard(
        "channel-state",
        "What a barrier overtakes is stored with the state",
        "Here it is not, and a restart has lost it",
        "Store what barriers overtake",
    ),
    guard(
        "recording",
        "A channel is recorded until the barrier of that checkpoint comes",
        "Here an older barrier ends it, and what comes after that is not stored",
        "End a recording by its own barrier alone",
    ),
    guard(
        "sink-channel",
        "No barrier overtakes a handle on its way to its committer",
        "Here one does, and the job can end with a handle that nobody commits",
        "Align barriers between a writer and its committer",
    ),
    guard(
        "barriers",
        "A newer barrier ends the wait for an older one",
        "Here it waits behind one that was never sent on all channels",
        "Let the newest barrier end the wait",
    ),
    guard(
        "windows",
        "A snapshot has what is counted in windows",
        "Here it has not, and a restart has lost it",
        "Store windows with the state",
    ),
    guard(
        "ended-source",
        "A source that is restored at its end says so again",
        "Here it is silent, and those below wait for it for ever",
        "Have an ended source repeat its watermark and its end",
    ),
    guard(
        "ack",
        "A task acks a checkpoint once its state is durable",
        "Here it acks before, and the record may name what was never stored",
        "Ack after the upload",
    ),
    guard(
        "precommit",
        "A writer waits for the answers to all writes before it hands its transaction on",
        "Here it does not, and a write that is lost is missing in what is committed",
        "Flush, and wait for the answers",
    ),
    guard(
        "writes",
        "A write that is sent again is known by its number",
        "Without numbers it is written again",
        "Number the writes of a transaction",
    ),
    guard(
        "roll",
        "The first row after a barrier begins a new transaction",
        "Here the one that was handed on goes on, and is committed with what belongs to the next checkpoint",
        "Begin a new transaction after each barrier",
    ),
    guard(
        "scope",
        "A notice commits all handles up to its number",
        "Here it commits those of its number alone, and after a lost notice nobody commits the others",
        "Commit all handles up to the number",
    ),
    guard(
        "handles",
        "The snapshot of a committer has all handles that are not known to be committed",
        "Here it has the newest, and a restart has lost the others",
        "Store all handles",
    ),
    guard(
        "recommit",
        "A restored committer commits what its snapshot has",
        "Here it forgets it, though its checkpoint was complete",
        "Commit restored handles first of all",
    ),
    guard(
        "on-abort",
        "What was handed on at an aborted checkpoint is covered by the next",
        "Here it is aborted, though nothing reads it again",
        "Keep the handles of an aborted checkpoint",
    ),
    guard(
        "names",
        "A transaction is named by its attempt, so a zombie cannot touch that of its successor",
        "These names are the same in each attempt, and a late `begin` aborts what was handed on",
        "Put the attempt into the name",
    ),
    guard(
        "epochs",
        "Beginning a transaction again raises its epoch, so what is written under the older one is refused",
        "Here two attempts write into one transaction",
        "Raise the epoch with each beginning",
    ),
    guard(
        "cleanup",
        "A restored writer has open transactions of earlier attempts aborted",
        "Here nobody ends them, and readers wait for their time-out",
        "Abort what earlier attempts left open",
    ),
    guard(
        "begin",
        "A topic begins no transaction of an attempt before one that has cleaned up",
        "Here a zombie's transaction begins after its successor has cleaned up, and nobody ends it",
        "Refuse to begin transactions of earlier attempts",
    ),
    guard(
        "commit",
        "A transaction is committed when its checkpoint is known to be complete",
        "Here it is committed at the barrier, and a restart goes back behind it",
        "Commit on notice",
    ),
    guard(
        "commits",
        "The commit of a committed transaction changes nothing",
        "Here it appends the rows again",
        "Make commits idempotent",
    ),
    guard(
        "notify",
        "Nobody is told of a checkpoint before its record is durable",
        "Here committers are, and a crash goes back behind it",
        "Notify after the record",
    ),
    guard(
        "delete",
        "A record is deleted once the next one is durable",
        "Here it goes first, and a crash finds none",
        "Add the new record, then delete older ones",
    ),
    guard(
        "fencing",
        "A record under an older token is refused",
        "Without that check a leader that was replaced still completes checkpoints",
        "Check the token of who writes a record",
    ),
    guard(
        "restore",
        "A restart takes a new token, and then reads the newest record",
        "Here a record can still be written after it has read, and is passed over",
        "Take the token first",
    ),
    guard(
        "unknown-record",
        "A record that is not answered is written again until it is",
        "Here it is taken for failed though it may stand, and its states are discarded",
        "Repeat it, and delete nothing until then",
    ),
    guard(
        "late-acks",
        "An aborted checkpoint never completes",
        "Here a late ack completes it, though its states are discarded",
        "Drop late acks",
    ),
    guard(
        "ids",
        "No two checkpoints have one number",
        "These numbers come again after a restart, and a late ack counts for another checkpoint",
        "Take numbers from a durable counter",
    ),
    guard(
        "acks",
        "An ack counts in its own attempt alone",
        "Here one of an earlier attempt counts, with the state of that",
        "Check the attempt of acks",
    ),
    guard(
        "channels",
        "A channel joins two tasks of one attempt",
        "Here a zombie speaks to the successors of its neighbours",
        "Check the attempt of channels",
    ),
    guard(
        "broken",
        "A channel that breaks fails the job",
        "Here it is opened again, without what was in it",
        "Fail the job when a channel breaks",
    ),
    guard(
        "failover",
        "A failure takes all tasks back to one record",
        "Here one goes back alone, and the others are ahead of it",
        "Restart all tasks that are connected",
    ),
    guard(
        "assign",
        "No checkpoint begins while a split is on its way",
        "Here a split counts as assigned once it is sent, and one that is lost is in no checkpoint",
        "Wait for the answer to an assignment",
    ),
    guard(
        "base",
        "An incremental snapshot builds on one that is known to be complete",
        "Here it builds on one that may be discarded",
        "Build on notified checkpoints",
    ),
    guard(
        "shared",
        "A state is deleted once no record has it",
        "Here it goes with the first record that had it",
        "Count who has a state",
    ),
    guard(
        "savepoint.is",
        "Nobody is told of a savepoint, since nobody restores it",
        "Here committers are, and a restart goes back to the checkpoint before it",
        "Notify nobody of a savepoint",
    ),
    guard(
        "end",
        "The job ends with a checkpoint after the end of all input",
        "Here it ends with the input, and what is open then is lost or committed too early",
        "End with a final checkpoint",
    ),
    guard(
        "read",
        "Readers see committed transactions alone",
        "These see what may yet be aborted",
        "Read what is committed",
    ),
    guard(
        "transaction-timeout",
        "A transaction stays open until it is committed",
        "This time-out is shorter than a failure and its restart, so what was promised is aborted",
        "Let transactions stay open for longer",
    ),
    guard(
        "timeout",
        "A checkpoint has the time that it needs",
        "This time-out aborts each of them",
        "Give checkpoints more time",
    ),
    crate::pipeline::account::QUEUE_ACK,
    crate::pipeline::account::QUEUE_IDS,
    crate::pipeline::account::DEAD_LETTERS,
];

const fn acts(key: &'static str, words: &'static [&'static str], believed: &'static str) -> Acts {
    Acts { key, words, believed }
}

/// Where a record of a checkpoint turns out to be one of nothing.
const STATE_MISSING: &[&str] = &["state-missing"];
const STATES_ARE_THERE: &str = "all that the record of a checkpoint names is there";

/// Where a rule that is left out shows: before a record goes wrong by it, or what does not end by it.
const ACTS: &[Acts] = &[
    acts("on-abort", &["abort-transaction"], "what an aborted checkpoint had comes again"),
    acts("notify", &["commit-transaction"], "the record of the checkpoint will stand"),
    acts("commit", &["commit-transaction"], "the checkpoint of the barrier will be complete"),
    acts("savepoint.is", &["commit-transaction"], "nothing goes back behind a savepoint"),
    acts("delete", &["delete-record"], "the next record will be there at once"),
    acts("barriers", &["abort-checkpoint"], "the next checkpoint will have the time that it needs"),
    acts("scope", &["complete-checkpoint"], "what was handed on before is committed"),
    acts("ack", STATE_MISSING, STATES_ARE_THERE),
    acts("unknown-record", STATE_MISSING, STATES_ARE_THERE),
    acts("late-acks", STATE_MISSING, STATES_ARE_THERE),
    acts("base", STATE_MISSING, STATES_ARE_THERE),
    acts("shared", STATE_MISSING, STATES_ARE_THERE),
    acts("fencing", &["record-checkpoint"], "whoever writes a record leads"),
    acts("restore", &["record-checkpoint", "deploy-attempt"], "the newest record is known"),
    acts("ids", &["record-checkpoint"], "all of these acks are of this checkpoint"),
    acts("acks", &["record-checkpoint"], "all of these acks are of this attempt"),
    acts("names", &["begin-transaction"], "nobody else has a transaction of that name"),
];

/// All that is said.
pub(super) static ACCOUNT: Account = Account {
    beliefs: BELIEFS,
    guards: GUARDS,
    acts: ACTS,
    gains: &["write-row", "show-row"],
    totals: &[],
    leaves: &[],
    learns: &[],
    knows: &[],
    ends: &[],
    asides: &[],
    later: Some(StandsLater {
        of: &["writer", "job-attempt", "opened-for"],
        ends: &[("commit-transaction", Ending::Stands), ("abort-transaction", Ending::Undone)],
    }),
    held: Some(HeldInMemory { takes: "count-record", leaves: "fire-window", stored: None }),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::{HasTable, Worth};
    use crate::snapshot::settings::Settings;

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
