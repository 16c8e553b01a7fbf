//! What the processes tell of themselves, and what their changes and answers say, in words.

mod change;

pub use change::CHANGES;

use super::message::{Producer, Reply};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Details, Speaker, Tale, ToldWords};

/// One thing that a process tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Story {
    /// A partition knows a batch.
    KnowsBatch(Name),
    /// The coordinator that starts sends the markers of an earlier one.
    SendsMarkersAgain(u32),
    /// A client that starts has an earlier transaction aborted.
    AbortsEarlier(u32),
    /// An end comes for another transaction.
    RefusesEnd(Producer),
    /// A transaction has been open for too long.
    TimesOut(u32),
    /// The group drops a member.
    Expels(ShardIndex),
    /// The group gives out its tasks.
    GivesTasks(u32),
    /// A client hears that another one has its place.
    IsFenced,
    /// A client gives up its transaction, and its tasks.
    GivesUp,
    /// A client reads so many rows of a changelog into a store.
    Restores {
        /// The task.
        task: u32,
        /// How many rows.
        rows: u64,
    },
    /// A client waits until a changelog is stable.
    WaitsToRestore {
        /// The task.
        task: u32,
    },
    /// A client takes an end that was not answered for this.
    TakesEndFor(&'static str),
}

pub(super) const RECORD: DetailWords = DetailWords::new("record", DetailKind::Text);
pub(super) const ID: DetailWords = DetailWords::new("transactional-id", DetailKind::Number);
pub(super) const EPOCH: DetailWords = DetailWords::new("epoch", DetailKind::Number);
pub(super) const TASK: DetailWords = DetailWords::new("task", DetailKind::Number);
pub(super) const CLIENT: DetailWords = DetailWords::new("client", DetailKind::Text);

const TAKEN_FOR: &[(&str, &str)] =
    &[("committed", "It goes on."), ("aborted", "It begins again where the group says.")];

/// What may be told.
pub static TOLD: &[ToldWords] = &[
    ToldWords {
        word: "know-batch",
        about: "A partition has appended a batch before, and answers its old offset.",
        details: &[RECORD],
    },
    ToldWords {
        word: "send-markers-again",
        about: "A coordinator that starts sends the markers of what an earlier one has decided.",
        details: &[ID],
    },
    ToldWords {
        word: "abort-earlier",
        about: "The transaction of an earlier life of a client is aborted.",
        details: &[ID],
    },
    ToldWords {
        word: "refuse-end",
        about: "An end comes for another transaction than the present one.",
        details: &[ID, EPOCH],
    },
    ToldWords {
        word: "time-out",
        about: "A transaction has been open for too long, and is aborted.",
        details: &[ID],
    },
    ToldWords {
        word: "expel",
        about: "A client is no member of the group any more.",
        details: &[CLIENT],
    },
    ToldWords {
        word: "give-tasks",
        about: "All members have joined, and the tasks are given out.",
        details: &[DetailWords::new("generation", DetailKind::Number)],
    },
    ToldWords {
        word: "fenced",
        about: "A client hears that another one has its place, and begins anew.",
        details: &[],
    },
    ToldWords {
        word: "give-up-transaction",
        about: "A client gives up its transaction and its tasks.",
        details: &[],
    },
    ToldWords {
        word: "restore",
        about: "A client reads rows of a changelog into a store.",
        details: &[TASK, DetailWords::new("rows", DetailKind::Number)],
    },
    ToldWords {
        word: "wait-to-restore",
        about: "A client waits until a changelog is stable up to where it ended when it was opened.",
        details: &[TASK],
    },
    ToldWords {
        word: "take-end-for",
        about: "A client takes an end that was not answered for what it is not known to be.",
        details: &[DetailWords::new("taken-for", DetailKind::Words(TAKEN_FOR))],
    },
];

impl Tale for Story {
    fn word(&self) -> &'static str {
        match self {
            Story::KnowsBatch(_) => "know-batch",
            Story::SendsMarkersAgain(_) => "send-markers-again",
            Story::AbortsEarlier(_) => "abort-earlier",
            Story::RefusesEnd(_) => "refuse-end",
            Story::TimesOut(_) => "time-out",
            Story::Expels(_) => "expel",
            Story::GivesTasks(_) => "give-tasks",
            Story::IsFenced => "fenced",
            Story::GivesUp => "give-up-transaction",
            Story::Restores { .. } => "restore",
            Story::WaitsToRestore { .. } => "wait-to-restore",
            Story::TakesEndFor(_) => "take-end-for",
        }
    }

    fn details(&self) -> Details {
        let number = |name, number: u32| (name, Detail::Number(number.into()));
        match *self {
            Story::KnowsBatch(name) => vec![("record", Detail::Record(name))],
            Story::SendsMarkersAgain(id) | Story::AbortsEarlier(id) | Story::TimesOut(id) => {
                vec![number("transactional-id", id)]
            }
            Story::RefusesEnd(Producer { id, epoch }) => {
                vec![number("transactional-id", id), number("epoch", epoch)]
            }
            Story::Expels(client) => vec![("client", Detail::Shard(client))],
            Story::GivesTasks(generation) => vec![number("generation", generation)],
            Story::IsFenced | Story::GivesUp => Vec::new(),
            Story::Restores { task, rows } => {
                vec![number("task", task), ("rows", Detail::Number(rows))]
            }
            Story::WaitsToRestore { task } => vec![number("task", task)],
            Story::TakesEndFor(what) => vec![("taken-for", Detail::Word(what))],
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let who = speaker.who();
        match *self {
            Story::KnowsBatch(name) => {
                format!("{who} has appended {} before", speaker.name(name))
            }
            Story::SendsMarkersAgain(id) => {
                format!("{who} sends the markers again of what client {id} has ended")
            }
            Story::AbortsEarlier(id) => {
                format!("{who} aborts what an earlier life of client {id} left open")
            }
            Story::RefusesEnd(Producer { id, epoch }) => {
                format!("{who} refuses an end of client {id} under epoch {epoch}")
            }
            Story::TimesOut(id) => {
                format!("{who} aborts the transaction of client {id}: it is open for too long")
            }
            Story::Expels(client) => {
                format!("{} is no member of {who} any more", speaker.shard(client))
            }
            Story::GivesTasks(generation) => {
                format!("{who} gives out the tasks of generation {generation}")
            }
            Story::IsFenced => format!("{who} is fenced, and begins anew"),
            Story::GivesUp => format!("{who} gives up its transaction and its tasks"),
            Story::Restores { task, rows: 1 } => {
                format!("{who} reads 1 row of the changelog of task {task}")
            }
            Story::Restores { task, rows } => {
                format!("{who} reads {rows} rows of the changelog of task {task}")
            }
            Story::WaitsToRestore { task } => {
                format!("{who} waits until the changelog of task {task} is stable")
            }
            Story::TakesEndFor(what) => format!("{who} takes its transaction for {what}"),
        }
    }
}

/// What answers say.
pub static REPLIES: &[DetailWords] = &[
    DetailWords::new(
        "answer",
        DetailKind::Words(&[
            ("epoch", "This is your epoch."),
            ("done", "It is done."),
            ("at", "It stands there, or goes on there."),
            ("assigned", "These tasks are yours."),
            ("again", "Ask again."),
            ("fenced", "Another one has your place."),
            ("abort", "The transaction cannot be committed."),
            ("stale", "It is known, or older than what is known."),
        ]),
    ),
    DetailWords::new("epoch", DetailKind::Number).optional(),
    DetailWords::new("offset", DetailKind::Number).optional(),
    DetailWords::new("generation", DetailKind::Number).optional(),
];

/// What an answer says.
pub(super) fn of_reply(reply: &Reply) -> Details {
    let (word, more) = match *reply {
        Reply::Epoch(epoch) => ("epoch", Some(("epoch", u64::from(epoch)))),
        Reply::Done => ("done", None),
        Reply::At(offset) => ("at", Some(("offset", offset))),
        Reply::Assigned { generation, .. } => {
            ("assigned", Some(("generation", u64::from(generation))))
        }
        Reply::Again => ("again", None),
        Reply::Fenced => ("fenced", None),
        Reply::Abort => ("abort", None),
        Reply::Stale => ("stale", None),
    };
    let more = more.map(|(name, number)| (name, Detail::Number(number)));
    [("answer", Detail::Word(word))].into_iter().chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactions::message::{Change, Transaction, TransactionState};
    use onceproof_kernel::told::Told;

    #[test]
    fn all_that_is_told_stands_in_the_table() {
        let producer = Producer { id: 1, epoch: 2 };
        let stories = [
            Story::KnowsBatch(Name(3)),
            Story::SendsMarkersAgain(1),
            Story::AbortsEarlier(1),
            Story::RefusesEnd(producer),
            Story::TimesOut(1),
            Story::Expels(ShardIndex(1)),
            Story::GivesTasks(1),
            Story::IsFenced,
            Story::GivesUp,
            Story::Restores { task: 1, rows: 2 },
            Story::WaitsToRestore { task: 1 },
            Story::TakesEndFor("aborted"),
        ];
        for story in stories {
            let told = Told::new(story);
            let row = TOLD.iter().find(|row| row.word == told.tale().word());
            assert!(row.is_some_and(|row| row.allows(&told.tale().details())), "{story:?}");
        }
        assert_eq!(stories.len(), TOLD.len());
    }

    #[test]
    fn what_a_transaction_is_stands_in_the_table_with_and_without_a_decision() {
        for state in [TransactionState::Ongoing, TransactionState::Prepared] {
            let is = Transaction { state, ..Transaction::default() };
            let told = Told::new(Change::Transaction { id: 0, is });
            let row = CHANGES.iter().find(|row| row.word == told.tale().word());
            assert!(row.is_some_and(|row| row.allows(&told.tale().details())), "{state:?}");
        }
    }
}
