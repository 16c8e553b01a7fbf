//! What a process of a user's own believes of what it does, as far as its awaits tell: for whoever explains a failure.

use onceproof_kernel::account::{Account, Belief, BeliefAt};

const fn belief(at: BeliefAt, believed: &'static str) -> Belief {
    Belief { at, believed }
}

/// All that is said. What guards a protocol of a user's own only the user knows.
pub(crate) static ACCOUNT: Account = Account {
    beliefs: &[
        belief(BeliefAt::SentAgain, "{other} may not have it: attempt {before} brought no answer"),
        belief(BeliefAt::ReadAgain, "{record} was not done with: the queue heard of no ack"),
        belief(BeliefAt::ComesAgain, "it may be new or a copy: only a row can tell"),
        belief(BeliefAt::NotThere, "it is on its way, as any other"),
        belief(BeliefAt::Twice, "it is sent once"),
        belief(BeliefAt::Unanswered, "{other} will hear of it"),
        belief(BeliefAt::Gains, "the record is in the result for the first time"),
        belief(BeliefAt::Refused, "its checks hold, and the database will take it"),
        belief(BeliefAt::Ends, "{record} is done with: nobody has to bring it again"),
        belief(
            BeliefAt::Falls,
            "its next life will know what is in the database, and nothing else",
        ),
        belief(BeliefAt::IsBack, "what is in the database is all that there was"),
        belief(BeliefAt::StandsStill, "its shards are its own, and will wait for it"),
        belief(BeliefAt::GoesOn, "no time has passed, and its shards are still its own"),
        belief(BeliefAt::Granted, "worker {before} is dead"),
        belief(BeliefAt::ClockSteps, "the clock says what time it is"),
        belief(BeliefAt::Waited, "no answer came, so the request may be lost"),
    ],
    guards: &[],
    acts: &[],
    gains: &["result"],
    totals: &["total"],
    leaves: &[],
    learns: &[],
    knows: &[],
    ends: &["delete"],
    asides: &[],
    later: None,
    held: None,
};
