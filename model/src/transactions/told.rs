//! What the processes tell of themselves, and what their changes and answers say, in words.

use super::message::{Change, LogEntry, Producer, Reply, Transaction, TransactionState};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::tell::{Pane, Standing};
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

const RECORD: DetailWords = DetailWords::new("record", DetailKind::Text);
const ID: DetailWords = DetailWords::new("transactional-id", DetailKind::Number);
const EPOCH: DetailWords = DetailWords::new("epoch", DetailKind::Number);
const TASK: DetailWords = DetailWords::new("task", DetailKind::Number);
const AT: DetailWords = DetailWords::new("at", DetailKind::Number);
const CLIENT: DetailWords = DetailWords::new("client", DetailKind::Text);
const DECISION: DetailWords = DetailWords::new("decision", DetailKind::Words(DECISIONS));

const DECISIONS: &[(&str, &str)] =
    &[("commit", "What was written stands."), ("abort", "What was written is skipped.")];
const STATES: &[(&str, &str)] = &[
    ("empty", "Nothing is written in it."),
    ("ongoing", "It is open."),
    ("prepared", "It is decided."),
    ("complete", "All its markers are written."),
];
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

/// What changes may say.
pub static CHANGES: &[ToldWords] = &[
    ToldWords {
        word: "append",
        about: "A record is appended to a log, in an open transaction.",
        details: &[RECORD, ID, EPOCH, DetailWords::new("sequence", DetailKind::Number)],
    },
    ToldWords {
        word: "append-result",
        about: "What a result is now is appended to a log, in an open transaction.",
        details: &[
            RECORD,
            DetailWords::new("step", DetailKind::Text),
            DetailWords::new("result", DetailKind::Text),
            DetailWords::new("total", DetailKind::Signed),
            ID,
            EPOCH,
            DetailWords::new("sequence", DetailKind::Number),
        ],
    },
    ToldWords {
        word: "marker",
        about: "A transaction ends in a log.",
        details: &[ID, EPOCH, DECISION],
    },
    ToldWords {
        word: "offsets-begin",
        about: "The positions of an open transaction follow.",
        details: &[ID, EPOCH],
    },
    ToldWords {
        word: "offset",
        about: "Where a task goes on, once its transaction is committed.",
        details: &[TASK, AT],
    },
    ToldWords { word: "position", about: "Where a task goes on.", details: &[TASK, AT] },
    ToldWords {
        word: "offsets-apply",
        about: "The positions of a transaction are applied, or dropped.",
        details: &[ID, DECISION],
    },
    ToldWords {
        word: "offsets-forget",
        about: "All positions of open transactions are forgotten.",
        details: &[],
    },
    ToldWords { word: "admit", about: "A client is a member of the group.", details: &[CLIENT] },
    ToldWords {
        word: "drop",
        about: "A client is no member of the group any more.",
        details: &[CLIENT],
    },
    ToldWords { word: "rebalance", about: "All members are to join anew.", details: &[] },
    ToldWords { word: "generation", about: "The tasks are given out anew.", details: &[] },
    ToldWords {
        word: "transaction",
        about: "What the coordinator knows of a transaction.",
        details: &[
            ID,
            EPOCH,
            DetailWords::new("state", DetailKind::Words(STATES)),
            DetailWords::new("decision", DetailKind::Words(DECISIONS)).optional(),
        ],
    },
    ToldWords {
        word: "add-partition",
        about: "A partition belongs to an open transaction.",
        details: &[ID, DetailWords::new("partition", DetailKind::Text)],
    },
];

fn decision(commits: bool) -> &'static str {
    if commits { "commit" } else { "abort" }
}

fn state(state: TransactionState) -> &'static str {
    match state {
        TransactionState::Empty => "empty",
        TransactionState::Ongoing => "ongoing",
        TransactionState::Prepared => "prepared",
        TransactionState::Complete => "complete",
    }
}

/// How a transaction ends, if that is decided.
fn decided(is: Transaction) -> Option<&'static str> {
    let is_decided = matches!(is.state, TransactionState::Prepared | TransactionState::Complete);
    is_decided.then(|| decision(is.commits))
}

impl Tale for Change {
    fn word(&self) -> &'static str {
        match self {
            Change::Append { row: LogEntry::Record(_), .. } => "append",
            Change::Append { row: LogEntry::Sum { .. } | LogEntry::Result { .. }, .. } => {
                "append-result"
            }
            Change::Marker { .. } => "marker",
            Change::Pend { .. } => "offsets-begin",
            Change::Pending { .. } => "offset",
            Change::Position { .. } => "position",
            Change::Apply { .. } => "offsets-apply",
            Change::ForgetPending => "offsets-forget",
            Change::Admit { .. } => "admit",
            Change::Expel { .. } => "drop",
            Change::Rebalance => "rebalance",
            Change::Generation => "generation",
            Change::Transaction { .. } => "transaction",
            Change::Add { .. } => "add-partition",
        }
    }

    fn details(&self) -> Details {
        let number = |name, number: u32| (name, Detail::Number(number.into()));
        let of = |Producer { id, epoch }: Producer| {
            [number("transactional-id", id), number("epoch", epoch)]
        };
        let word = |commits| ("decision", Detail::Word(decision(commits)));
        match *self {
            Change::Append { producer, sequence, row, .. } => {
                let mut details = vec![("record", Detail::Record(row.name()))];
                if let LogEntry::Sum { standing, .. } | LogEntry::Result { standing, .. } = row {
                    let Standing { step, pane: Pane { key, start, .. }, total } = standing;
                    details.push(("step", Detail::Step(step)));
                    details.push(("result", Detail::Result(key, Some(start))));
                    details.push(("total", Detail::Signed(total)));
                }
                details.extend(of(producer));
                details.push(number("sequence", sequence));
                details
            }
            Change::Marker { producer, commits, .. } => {
                of(producer).into_iter().chain([word(commits)]).collect()
            }
            Change::Pend { producer, .. } => of(producer).to_vec(),
            Change::Pending { task, at, .. } | Change::Position { task, at } => {
                vec![number("task", task), ("at", Detail::Number(at))]
            }
            Change::Apply { id, commits } => vec![number("transactional-id", id), word(commits)],
            Change::ForgetPending | Change::Rebalance | Change::Generation => Vec::new(),
            Change::Admit { client, .. } | Change::Expel { client } => {
                vec![("client", Detail::Shard(client))]
            }
            Change::Transaction { id, is } => {
                let mut details = vec![
                    number("transactional-id", id),
                    number("epoch", is.epoch),
                    ("state", Detail::Word(state(is.state))),
                ];
                details.extend(decided(is).map(|decision| ("decision", Detail::Word(decision))));
                details
            }
            Change::Add { id, partition } => {
                vec![number("transactional-id", id), ("partition", Detail::Shard(partition))]
            }
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        match *self {
            Change::Append { producer, sequence, row, .. } => {
                let Producer { id, epoch } = producer;
                let by = format!("batch {sequence} of client {id} in epoch {epoch}");
                match row {
                    LogEntry::Record(record) => {
                        format!("{} is {by}", speaker.name(record.tag.name))
                    }
                    LogEntry::Sum { standing, .. } | LogEntry::Result { standing, .. } => {
                        let Standing { pane: Pane { key, start, .. }, total, .. } = standing;
                        format!("{}@{start} is {total}, {by}", speaker.key(key))
                    }
                }
            }
            Change::Marker { producer: Producer { id, .. }, commits, .. } => {
                format!("a marker: {} of client {id}", decision(commits))
            }
            Change::Pend { producer: Producer { id, .. }, .. } => {
                format!("offsets of the transaction of client {id}")
            }
            Change::Pending { task, at, .. } => format!("task {task} is to go on at {at}"),
            Change::Position { task, at } => format!("task {task} goes on at {at}"),
            Change::Apply { id, commits } => {
                format!("the offsets of client {id} are over: {}", decision(commits))
            }
            Change::ForgetPending => "the offsets of open transactions are forgotten".to_owned(),
            Change::Admit { client, .. } => format!("{} is a member", speaker.shard(client)),
            Change::Expel { client } => format!("{} is no member", speaker.shard(client)),
            Change::Rebalance => "all members are to join anew".to_owned(),
            Change::Generation => "the tasks are given out anew".to_owned(),
            Change::Transaction { id, is } => {
                let is_over = decided(is).map_or(String::new(), |how| format!(", to {how}"));
                let (state, epoch) = (state(is.state), is.epoch);
                format!("the transaction of client {id} is {state}{is_over}, epoch {epoch}")
            }
            Change::Add { id, partition } => {
                format!("{} belongs to the transaction of client {id}", speaker.shard(partition))
            }
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
