//! What the processes tell of themselves, and the words for what changes and answers say.

use super::message::{BlobId, Change, Reply, TransactionHandle, TransactionName};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Details, Speaker, Tale, ToldWords};

/// One thing that a process tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Story {
    /// A leader begins an attempt.
    Deploys {
        /// Which.
        attempt: u32,
        /// From which checkpoint; 0 for none.
        checkpoint: u32,
    },
    /// The state of a task is not where its record says.
    StateMissing(ShardIndex),
    /// An attempt is over.
    FailsOver(u32),
    /// A leader is refused.
    LeaderStops,
    /// The record of a checkpoint stands.
    Completes(u32),
    /// A checkpoint is aborted.
    AbortsCheckpoint(u32),
    /// The job is over.
    Finishes,
    /// The commit of what was handed on at this checkpoint is refused.
    CommitRefused(u32),
    /// A window fires.
    Fires {
        /// Its pane.
        pane: Name,
        /// How many records.
        records: u64,
    },
}

const ATTEMPT: DetailWords = DetailWords::new("job-attempt", DetailKind::Number);
const CHECKPOINT: DetailWords = DetailWords::new("checkpoint", DetailKind::Number);
const RECORD: DetailWords = DetailWords::new("record", DetailKind::Text);
const STATE_OF: DetailWords = DetailWords::new("task", DetailKind::Text);
const WRITER: DetailWords = DetailWords::new("writer", DetailKind::Number);
const OPENED_FOR: DetailWords = DetailWords::new("opened-for", DetailKind::Number);
const TOKEN: DetailWords = DetailWords::new("token", DetailKind::Number);

/// What may be told.
pub static TOLD: &[ToldWords] = &[
    ToldWords {
        word: "deploy-attempt",
        about: "A leader starts all tasks from the newest record; from checkpoint 0 if there is none.",
        details: &[ATTEMPT, CHECKPOINT],
    },
    ToldWords {
        word: "state-missing",
        about: "The state of a task is not where the record of its checkpoint says.",
        details: &[STATE_OF],
    },
    ToldWords {
        word: "fail-over",
        about: "An attempt is over: all tasks are to begin anew.",
        details: &[ATTEMPT],
    },
    ToldWords {
        word: "leader-stops",
        about: "What a leader has written was refused: another one leads.",
        details: &[],
    },
    ToldWords {
        word: "complete-checkpoint",
        about: "The record of a checkpoint stands.",
        details: &[CHECKPOINT],
    },
    ToldWords {
        word: "abort-checkpoint",
        about: "A checkpoint is aborted.",
        details: &[CHECKPOINT],
    },
    ToldWords { word: "finish-job", about: "All is read, stored and committed.", details: &[] },
    ToldWords {
        word: "commit-is-refused",
        about: "The topic refuses to commit what was handed on at a checkpoint.",
        details: &[CHECKPOINT],
    },
    ToldWords {
        word: "fire-window",
        about: "What is counted in a window leaves it as a pane.",
        details: &[RECORD, DetailWords::new("records", DetailKind::Number)],
    },
];

impl Tale for Story {
    fn word(&self) -> &'static str {
        match self {
            Story::Deploys { .. } => "deploy-attempt",
            Story::StateMissing(_) => "state-missing",
            Story::FailsOver(_) => "fail-over",
            Story::LeaderStops => "leader-stops",
            Story::Completes(_) => "complete-checkpoint",
            Story::AbortsCheckpoint(_) => "abort-checkpoint",
            Story::Finishes => "finish-job",
            Story::CommitRefused(_) => "commit-is-refused",
            Story::Fires { .. } => "fire-window",
        }
    }

    fn details(&self) -> Details {
        match *self {
            Story::Deploys { attempt, checkpoint } => {
                vec![number(ATTEMPT, attempt), number(CHECKPOINT, checkpoint)]
            }
            Story::StateMissing(task) => vec![(STATE_OF.name, Detail::Shard(task))],
            Story::FailsOver(attempt) => vec![number(ATTEMPT, attempt)],
            Story::Completes(checkpoint)
            | Story::AbortsCheckpoint(checkpoint)
            | Story::CommitRefused(checkpoint) => vec![number(CHECKPOINT, checkpoint)],
            Story::LeaderStops | Story::Finishes => Vec::new(),
            Story::Fires { pane, records } => {
                vec![(RECORD.name, Detail::Record(pane)), ("records", Detail::Number(records))]
            }
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let who = speaker.who();
        match *self {
            Story::Deploys { attempt, checkpoint: 0 } => {
                format!("{who} begins attempt {attempt} from nothing")
            }
            Story::Deploys { attempt, checkpoint } => {
                format!("{who} begins attempt {attempt} from checkpoint {checkpoint}")
            }
            Story::StateMissing(task) => {
                format!("{who} hears that the state of {} is not there", speaker.shard(task))
            }
            Story::FailsOver(attempt) => format!("{who} gives up attempt {attempt}"),
            Story::LeaderStops => format!("{who} is refused: another one leads"),
            Story::Completes(checkpoint) => format!("checkpoint {checkpoint} is complete"),
            Story::AbortsCheckpoint(checkpoint) => {
                format!("{who} aborts checkpoint {checkpoint}")
            }
            Story::Finishes => format!("{who} ends the job"),
            Story::CommitRefused(checkpoint) => {
                format!("{who} may not commit what was handed on at checkpoint {checkpoint}")
            }
            Story::Fires { pane, records } => {
                let records = match records {
                    1 => "1 record".to_owned(),
                    records => format!("{records} records"),
                };
                format!("{who} fires {} with {records}", speaker.name(pane))
            }
        }
    }
}

fn number(words: DetailWords, number: u32) -> (&'static str, Detail) {
    (words.name, Detail::Number(number.into()))
}

/// What changes may say.
pub static CHANGES: &[ToldWords] = &[
    ToldWords {
        word: "lead",
        about: "A process leads, by a token of its own, and begins an attempt.",
        details: &[],
    },
    ToldWords {
        word: "record-checkpoint",
        about: "A checkpoint is complete.",
        details: &[TOKEN, CHECKPOINT],
    },
    ToldWords {
        word: "belongs-together",
        about: "So many transactions that were handed on at one barrier are to be seen together.",
        details: &[RECORD, DetailWords::new("transactions", DetailKind::Number)],
    },
    ToldWords {
        word: "delete-record",
        about: "The record of a checkpoint is deleted.",
        details: &[TOKEN, CHECKPOINT],
    },
    ToldWords {
        word: "drop-state",
        about: "What a task has stored for a checkpoint is deleted.",
        details: &[STATE_OF, ATTEMPT, CHECKPOINT],
    },
    ToldWords {
        word: "discard-checkpoint",
        about: "What all tasks have stored for a checkpoint is discarded.",
        details: &[TOKEN, ATTEMPT, CHECKPOINT],
    },
    ToldWords { word: "end-job", about: "The job is over.", details: &[TOKEN] },
    ToldWords {
        word: "store-state",
        about: "The state of a task at a checkpoint is stored.",
        details: &[STATE_OF, ATTEMPT, CHECKPOINT],
    },
    ToldWords {
        word: "fence-attempts",
        about: "From now on no transaction begins of an attempt before this one.",
        details: &[ATTEMPT],
    },
    ToldWords {
        word: "begin-transaction",
        about: "A transaction begins.",
        details: &[WRITER, ATTEMPT, OPENED_FOR],
    },
    ToldWords {
        word: "write-row",
        about: "A row is written into a transaction.",
        details: &[RECORD, WRITER, ATTEMPT, OPENED_FOR],
    },
    ToldWords {
        word: "commit-transaction",
        about: "The rows of a transaction stand.",
        details: &[RECORD, WRITER, ATTEMPT, OPENED_FOR, CHECKPOINT],
    },
    ToldWords {
        word: "abort-transaction",
        about: "The rows of a transaction are gone.",
        details: &[WRITER, ATTEMPT, OPENED_FOR],
    },
];

impl Tale for Change {
    fn word(&self) -> &'static str {
        match self {
            Change::Lead { .. } => "lead",
            Change::Complete { .. } => "record-checkpoint",
            Change::Unit { .. } => "belongs-together",
            Change::Delete { .. } => "delete-record",
            Change::DropBlob(_) => "drop-state",
            Change::Discard { .. } => "discard-checkpoint",
            Change::Finish { .. } => "end-job",
            Change::Upload { .. } => "store-state",
            Change::Fence { .. } => "fence-attempts",
            Change::Begin(_) => "begin-transaction",
            Change::Write { .. } => "write-row",
            Change::Commit(_) => "commit-transaction",
            Change::Rollback(_) => "abort-transaction",
        }
    }

    fn details(&self) -> Details {
        let of_blob = |BlobId { task, attempt, checkpoint, .. }: BlobId| {
            vec![
                (STATE_OF.name, Detail::Shard(task)),
                number(ATTEMPT, attempt),
                number(CHECKPOINT, checkpoint),
            ]
        };
        let of_name = |TransactionName { writer, attempt, checkpoint }: TransactionName| {
            [number(WRITER, writer), number(ATTEMPT, attempt), number(OPENED_FOR, checkpoint)]
        };
        let record = |name| (RECORD.name, Detail::Record(name));
        match *self {
            Change::Lead { .. } => Vec::new(),
            Change::Complete { token, checkpoint, .. } | Change::Delete { token, checkpoint } => {
                vec![number(TOKEN, token), number(CHECKPOINT, checkpoint)]
            }
            Change::Unit { parts, first: (_, name), .. } => {
                vec![record(name), ("transactions", Detail::Number(parts.into()))]
            }
            Change::DropBlob(blob) | Change::Upload { blob, .. } => of_blob(blob),
            Change::Discard { token, attempt, checkpoint } => {
                vec![number(TOKEN, token), number(ATTEMPT, attempt), number(CHECKPOINT, checkpoint)]
            }
            Change::Finish { token } => vec![number(TOKEN, token)],
            Change::Fence { attempt } => vec![number(ATTEMPT, attempt)],
            Change::Begin(name) | Change::Rollback(name) => of_name(name).to_vec(),
            Change::Write { transaction, row, .. } => {
                [record(row.record.tag.name)].into_iter().chain(of_name(transaction)).collect()
            }
            Change::Commit(handle) => {
                let TransactionHandle { transaction, checkpoint, first, .. } = handle;
                let of = of_name(transaction).into_iter();
                [record(first)]
                    .into_iter()
                    .chain(of)
                    .chain([number(CHECKPOINT, checkpoint)])
                    .collect()
            }
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let of = |TransactionName { writer, attempt, checkpoint }: TransactionName| match attempt {
            0 => format!("the transaction of writer {writer} for checkpoint {checkpoint}"),
            attempt => format!(
                "the transaction of writer {writer} in attempt {attempt} for checkpoint {checkpoint}"
            ),
        };
        match *self {
            Change::Lead { keeps_token: false, .. } => {
                format!("{} leads, under a new token", speaker.who())
            }
            Change::Lead { .. } => format!("{} leads, under its token", speaker.who()),
            Change::Complete { checkpoint, .. } => format!("checkpoint {checkpoint} is complete"),
            Change::Unit { parts: 1, .. } => "1 transaction is to be seen by it".to_owned(),
            Change::Unit { parts, .. } => format!("{parts} transactions are to be seen by it"),
            Change::Delete { checkpoint, .. } => {
                format!("the record of checkpoint {checkpoint} is deleted")
            }
            Change::DropBlob(BlobId { task, checkpoint, .. }) => format!(
                "the state of {} at checkpoint {checkpoint} is deleted",
                speaker.shard(task)
            ),
            Change::Discard { checkpoint, .. } => {
                format!("what was stored for checkpoint {checkpoint} is discarded")
            }
            Change::Finish { .. } => "the job is over".to_owned(),
            Change::Upload { blob: BlobId { task, checkpoint, .. }, .. } => {
                format!("the state of {} at checkpoint {checkpoint} is stored", speaker.shard(task))
            }
            Change::Fence { attempt } => {
                format!("no transaction begins of an attempt before {attempt}")
            }
            Change::Begin(name) => format!("{} begins", of(name)),
            Change::Write { transaction, row, .. } => {
                format!("{} is in {}", speaker.name(row.record.tag.name), of(transaction))
            }
            Change::Commit(handle) => format!("{} is committed", of(handle.transaction)),
            Change::Rollback(name) => format!("{} is aborted", of(name)),
        }
    }
}

/// What answers say.
pub static REPLIES: &[DetailWords] = &[
    DetailWords::new(
        "outcome",
        DetailKind::Words(&[
            ("done", "It is done."),
            ("refused", "It is refused."),
            ("epoch", "The transaction has begun, under this epoch."),
            ("started", "The task has begun."),
            ("missing", "The state of the task is not there."),
        ]),
    ),
    DetailWords::new("epoch", DetailKind::Number).optional(),
];

/// What an answer says.
pub(super) fn of_reply(reply: &Reply) -> Details {
    let word = |word| ("outcome", Detail::Word(word));
    match *reply {
        Reply::Done => vec![word("done")],
        Reply::Refused => vec![word("refused")],
        Reply::Epoch(epoch) => vec![word("epoch"), ("epoch", Detail::Number(epoch.into()))],
        Reply::Started(_) => vec![word("started")],
        Reply::Missing => vec![word("missing")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::told::Told;

    #[test]
    fn all_that_is_told_stands_in_the_table() {
        let stories = [
            Story::Deploys { attempt: 1, checkpoint: 0 },
            Story::StateMissing(ShardIndex(0)),
            Story::FailsOver(1),
            Story::LeaderStops,
            Story::Completes(1),
            Story::AbortsCheckpoint(1),
            Story::Finishes,
            Story::CommitRefused(1),
            Story::Fires { pane: Name(1), records: 2 },
        ];
        for story in stories {
            let told = Told::new(story);
            let row = TOLD.iter().find(|row| row.word == told.tale().word());
            assert!(row.is_some_and(|row| row.allows(&told.tale().details())), "{story:?}");
        }
        assert_eq!(stories.len(), TOLD.len());
    }
}
