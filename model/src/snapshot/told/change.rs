//! What changes of durable rows say, and the words for it.

use super::{ATTEMPT, CHECKPOINT, OPENED_FOR, RECORD, STATE_OF, TOKEN, WRITER, number};
use crate::snapshot::message::{BlobId, Change, TransactionHandle, TransactionName};
use onceproof_kernel::name::Name;
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Details, Speaker, Tale, ToldWords};

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
        word: "show-row",
        about: "A row is written, and whoever reads what is not committed sees it.",
        details: &[RECORD],
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

/// A row that is written where readers do not wait for its transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShownRow(pub Name);

impl Tale for ShownRow {
    fn word(&self) -> &'static str {
        "show-row"
    }

    fn details(&self) -> Details {
        vec![(RECORD.name, Detail::Record(self.0))]
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        format!("{} is there for all to read", speaker.name(self.0))
    }
}
