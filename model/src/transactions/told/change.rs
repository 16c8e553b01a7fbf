//! What changes of logs and rows say, in words.

use super::{CLIENT, EPOCH, ID, RECORD, TASK};
use crate::transactions::message::{Change, LogEntry, Producer, Transaction, TransactionState};
use onceproof_kernel::tell::{Pane, Standing};
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Details, Speaker, Tale, ToldWords};

/// The number of the batch that ends with it.
const SEQUENCE: DetailWords = DetailWords::new("sequence", DetailKind::Number).optional();
const AT: DetailWords = DetailWords::new("at", DetailKind::Number);
const DECISION: DetailWords = DetailWords::new("decision", DetailKind::Words(DECISIONS));

const DECISIONS: &[(&str, &str)] =
    &[("commit", "What was written stands."), ("abort", "What was written is skipped.")];
const STATES: &[(&str, &str)] = &[
    ("empty", "Nothing is written in it."),
    ("ongoing", "It is open."),
    ("prepared", "It is decided."),
    ("complete", "All its markers are written."),
];

/// What changes may say.
pub static CHANGES: &[ToldWords] = &[
    ToldWords {
        word: "append",
        about: "A record is appended to a log, in an open transaction.",
        details: &[RECORD, ID, EPOCH, SEQUENCE],
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
            SEQUENCE,
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
                details.extend(sequence.map(|sequence| number("sequence", sequence)));
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
                let batch = match sequence {
                    Some(sequence) => format!("batch {sequence}"),
                    None => "in a batch".to_owned(),
                };
                let by = format!("{batch} of client {id} in epoch {epoch}");
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
