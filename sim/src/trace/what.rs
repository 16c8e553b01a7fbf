//! What can happen in a run: a closed list, with all that is told of each.

use super::event::{CommitId, Fate, Nobody, Stroke, Undelivered, Waited};
use crate::fault::Direction;
use crate::store::Applied;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::Answer;
use onceproof_kernel::effect::Written;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::Output;
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::{Details, Told};

/// What happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// Something of its system's own.
    Own(Told),
    /// It tells its service of its token, which refuses older ones from now on.
    Announces {
        /// The token.
        token: u64,
    },
    /// It reads a record of the input.
    Reads {
        /// The record.
        record: Name,
        /// Its key.
        key: Key,
    },
    /// A queue hands it a message.
    Pulls {
        /// What the message carries.
        record: Name,
        /// Its key.
        key: Key,
        /// Which delivery, from 1.
        delivery: u32,
        /// Whether it is handed out once more at once.
        again: bool,
    },
    /// It tells its queue that a message is done.
    AcksMessage(Name),
    /// It sends a request.
    Sends {
        /// To whom.
        to: ShardIndex,
        /// The word for it, where a system has several messages.
        message: Option<&'static str>,
        /// What it is about.
        subject: Subject,
        /// The key of the record, if it carries one.
        key: Option<Key>,
        /// Which send, from 1.
        attempt: u32,
        /// Whether it was sent before. What is published to a queue again is another request, about the same record.
        again: bool,
        /// What becomes of it.
        fate: Fate,
    },
    /// It receives a request.
    Receives {
        /// From whom.
        from: ShardIndex,
        /// The word for it, where a system has several messages.
        message: Option<&'static str>,
        /// What it is about.
        subject: Subject,
        /// The key of the record, if it carries one.
        key: Option<Key>,
        /// Which send.
        attempt: u32,
    },
    /// A message reaches nobody.
    ReachesNobody {
        /// Which.
        message: Undelivered,
        /// The shard that it was for.
        to: ShardIndex,
        /// The worker that it went to, if it can be said.
        worker: Option<u32>,
        /// What it is about.
        subject: Option<Subject>,
        /// Why.
        why: Nobody,
    },
    /// A record waits, since its key is busy.
    Waits {
        /// The record.
        record: Name,
        /// The key.
        key: Key,
    },
    /// It executes a user function.
    Executes {
        /// The step.
        step: StepIndex,
        /// The record.
        record: Name,
        /// Which execution on it, from 1.
        execution: u32,
        /// What it was executed on.
        input: Output,
        /// What it made.
        outputs: Vec<Output>,
        /// What the execution before made, if that was something else.
        before: Option<Vec<Output>>,
    },
    /// A user function fails.
    Fails {
        /// The step.
        step: StepIndex,
        /// The record.
        record: Name,
        /// Which execution on it, from 1.
        execution: u32,
    },
    /// A record on which a function failed so often is given up.
    GivesUp {
        /// The record.
        record: Name,
        /// How often.
        failures: u32,
    },
    /// It sends a commit.
    Commits {
        /// Which.
        commit: CommitId,
        /// Which send of it, from 1.
        attempt: u32,
        /// What becomes of it.
        fate: Fate,
    },
    /// A commit reaches the store.
    Applies {
        /// Which.
        commit: CommitId,
        /// What becomes of it.
        applied: Applied,
        /// What it changes; nothing, unless it is applied now.
        changes: Vec<Told>,
    },
    /// It hears what became of a commit, or that nobody knows.
    Hears(CommitId, Written),
    /// It hears that it has lost its shard, and ends.
    Ends,
    /// It acks a request.
    Acks {
        /// To whom.
        to: ShardIndex,
        /// What the request was about.
        subject: Subject,
        /// Which send of it.
        attempt: u32,
        /// What it says.
        says: Details,
        /// What becomes of it.
        fate: Fate,
    },
    /// It receives an ack.
    Acked {
        /// From whom.
        from: ShardIndex,
        /// What the request was about.
        subject: Subject,
        /// Which send of it.
        attempt: u32,
        /// What it says.
        says: Details,
        /// Whether it still waits for it.
        is_awaited: bool,
    },
    /// It receives an error in place of an ack.
    Errs {
        /// From whom.
        from: ShardIndex,
        /// What the request was about.
        subject: Subject,
        /// Which send of it.
        attempt: u32,
        /// Whether it still waits for it.
        is_awaited: bool,
    },
    /// It calls an external service.
    Calls {
        /// The step.
        step: StepIndex,
        /// The record.
        record: Name,
        /// Which call, from 1.
        attempt: u32,
        /// What becomes of it.
        fate: Fate,
    },
    /// An external service does what a call says.
    Serves {
        /// The step.
        step: StepIndex,
        /// The record.
        record: Name,
        /// What it answers.
        answer: Answer,
        /// Whether it changes anything.
        is_effect: bool,
    },
    /// It hears from an external service.
    Answered {
        /// The record.
        record: Name,
        /// What.
        answer: Answer,
    },
    /// It has waited.
    HasWaited(Waited),
    /// A worker dies.
    Crashes {
        /// Which.
        worker: u32,
        /// How long it is down; none if for good.
        restart: Option<Nanos>,
        /// Before which step of the protocol, if before one.
        struck: Option<Stroke>,
    },
    /// A worker is back.
    IsBack(u32),
    /// A worker stands still.
    StandsStill {
        /// Which.
        worker: u32,
        /// For how long.
        lasts: Nanos,
        /// Before which step of the protocol, if before one.
        struck: Option<Stroke>,
    },
    /// A worker goes on.
    GoesOn(u32),
    /// The clock of a worker jumps.
    ClockSteps {
        /// Whose.
        worker: u32,
        /// How far it is ahead from now on.
        ahead: i64,
        /// Before which step of the protocol, if before one.
        struck: Option<Stroke>,
    },
    /// The link between two workers is cut.
    Cuts {
        /// The one.
        from: u32,
        /// The other.
        to: u32,
        /// Which way.
        direction: Direction,
        /// For how long.
        lasts: Nanos,
    },
    /// A fault at a time finds its worker down.
    FindsItDown(u32),
    /// A worker has been away for as long as its lease.
    LeaseEnds(u32),
    /// A shard is to move to another worker.
    IsToMove {
        /// Which.
        shard: ShardIndex,
        /// Before which step of the protocol, if before one.
        struck: Option<Stroke>,
    },
    /// The store grants a shard to another worker.
    Grants {
        /// Which.
        shard: ShardIndex,
        /// Who had it.
        from: u32,
        /// Who has it.
        to: u32,
    },
    /// An old owner is no more, since its machine is granted the shard again or has died.
    IsNoMore {
        /// Of which shard.
        shard: ShardIndex,
        /// On which worker.
        worker: u32,
    },
}

impl What {
    /// The same, but for which attempt, execution or delivery it is: what is equal but for these is told once.
    pub fn without_attempts(&self) -> What {
        let mut what = self.clone();
        match &mut what {
            What::Own(told) => *told = told.without_attempts(),
            What::Sends { attempt, again, .. } => (*attempt, *again) = (0, false),
            What::Receives { attempt, .. }
            | What::Commits { attempt, .. }
            | What::Acks { attempt, .. }
            | What::Acked { attempt, .. }
            | What::Errs { attempt, .. }
            | What::Calls { attempt, .. }
            | What::Pulls { delivery: attempt, .. }
            | What::Executes { execution: attempt, .. }
            | What::Fails { execution: attempt, .. }
            | What::ReachesNobody {
                message:
                    Undelivered::Request { attempt, .. }
                    | Undelivered::Ack { attempt, .. }
                    | Undelivered::Error { attempt, .. },
                ..
            } => *attempt = 0,
            What::Announces { .. }
            | What::Reads { .. }
            | What::AcksMessage(_)
            | What::ReachesNobody { .. }
            | What::Waits { .. }
            | What::GivesUp { .. }
            | What::Applies { .. }
            | What::Hears(..)
            | What::Ends
            | What::Serves { .. }
            | What::Answered { .. }
            | What::HasWaited(_)
            | What::Crashes { .. }
            | What::IsBack(_)
            | What::StandsStill { .. }
            | What::GoesOn(_)
            | What::ClockSteps { .. }
            | What::Cuts { .. }
            | What::FindsItDown(_)
            | What::LeaseEnds(_)
            | What::IsToMove { .. }
            | What::Grants { .. }
            | What::IsNoMore { .. } => {}
        }
        what
    }
}
