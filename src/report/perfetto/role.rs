//! What an event is in the picture: something that leaves, arrives, or befalls a worker.

use onceproof_kernel::time::Nanos;
use onceproof_sim::trace::{Fate, TracedEvent, What};

/// The name of what the store or a service sends to whoever has asked.
const ANSWER: &str = "answer";

/// What an event is in the picture. One may be several things: a commit that is applied has arrived, and an answer leaves.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Role {
    pub departs: Option<Departs>,
    pub arrives: bool,
    pub befalls: Option<Befalls>,
}

/// Something leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Departs {
    /// What it is.
    pub name: &'static str,
    /// Whether the store or a service sends it to whoever has asked.
    pub is_answer: bool,
    /// Why it does not come, if it is known.
    pub lost: Option<&'static str>,
    /// Why what is answered to it does not come, if it is known.
    pub answer_lost: Option<&'static str>,
}

/// Something befalls a worker or a link, or is over.
#[derive(Clone, Copy, Debug)]
pub(super) enum Befalls {
    Begins { worker: u32, what: &'static str },
    Ends { worker: u32 },
    Cut { lasts: Nanos },
}

impl Role {
    pub fn of(event: &TracedEvent) -> Role {
        match event.what {
            What::Sends { fate, .. } => Role::departs("request", fate),
            What::Acks { fate, .. } => Role::departs("ack", fate),
            What::Commits { fate, .. } => Role::departs("commit", fate),
            What::Calls { fate, .. } => Role::departs("call", fate),
            What::Applies { .. } | What::Serves { .. } => {
                Role { arrives: true, ..Role::departs(ANSWER, Fate::Arrives) }
            }
            What::Receives { .. }
            | What::Acked { .. }
            | What::Errs { .. }
            | What::ReachesNobody { .. }
            | What::Hears(..)
            | What::Ends
            | What::Answered { .. } => Role { arrives: true, ..Role::default() },
            What::Crashes { worker, .. } => Role::befalls(Befalls::Begins { worker, what: "down" }),
            What::StandsStill { worker, .. } => {
                Role::befalls(Befalls::Begins { worker, what: "stands still" })
            }
            What::IsBack(worker) | What::GoesOn(worker) => Role::befalls(Befalls::Ends { worker }),
            What::Cuts { lasts, .. } => Role::befalls(Befalls::Cut { lasts }),
            What::Own(_)
            | What::Announces { .. }
            | What::Reads { .. }
            | What::Pulls { .. }
            | What::AcksMessage(_)
            | What::Waits { .. }
            | What::Executes { .. }
            | What::Fails { .. }
            | What::GivesUp { .. }
            | What::HasWaited(_)
            | What::ClockSteps { .. }
            | What::FindsItDown(_)
            | What::LeaseEnds(_)
            | What::IsToMove { .. }
            | What::Grants { .. }
            | What::IsNoMore { .. } => Role::default(),
        }
    }

    fn departs(name: &'static str, fate: Fate) -> Role {
        let (lost, answer_lost) = match fate {
            Fate::Lost => (Some("lost"), None),
            Fate::Cut => (Some("lost to a cut of the link"), None),
            Fate::Unanswered => (None, Some("the answer is lost")),
            Fate::Arrives | Fate::Twice | Fate::Late(_) | Fate::Error | Fate::Forgotten => {
                (None, None)
            }
        };
        let departs = Departs { name, is_answer: name == ANSWER, lost, answer_lost };
        Role { departs: Some(departs), ..Role::default() }
    }

    fn befalls(befalls: Befalls) -> Role {
        Role { befalls: Some(befalls), ..Role::default() }
    }
}
