//! What the changes of durable rows say.

use super::{
    BATCH, LOG, OFFSET, PARTITION, RECORD, ROWS, STEP, TASK_ATTEMPT, VERSION, number,
    of_batch_and_task, of_task,
};
use crate::micro_batch::message::{Change, LogOf, StateVersion};
use onceproof_kernel::told::{Detail, Details, Speaker, Tale, ToldWords};

/// What changes may say.
pub static CHANGES: &[ToldWords] = &[
    ToldWords {
        word: "put-row",
        about: "A row of a log of the driver is put.",
        details: &[LOG, BATCH],
    },
    ToldWords {
        word: "accept-state",
        about: "What a batch has added to a state is durable.",
        details: &[],
    },
    ToldWords {
        word: "store-version",
        about: "A version of a state is stored, by an attempt or under its number alone.",
        details: &[VERSION, PARTITION.optional(), TASK_ATTEMPT.optional()],
    },
    ToldWords {
        word: "publish-batch",
        about: "The results of a batch are seen.",
        details: &[BATCH, ROWS],
    },
    ToldWords {
        word: "write-part",
        about: "What an attempt of a task has written is seen.",
        details: &[BATCH, PARTITION, TASK_ATTEMPT, ROWS],
    },
    ToldWords {
        word: "row-seen",
        about: "A row of the results of a step is seen.",
        details: &[STEP, RECORD],
    },
    ToldWords {
        word: "release-offsets",
        about: "A source keeps nothing before an offset.",
        details: &[BATCH, OFFSET],
    },
];

fn log_word(log: LogOf) -> &'static str {
    match log {
        LogOf::Offsets => "offsets",
        LogOf::Results => "results",
        LogOf::Commits => "commits",
    }
}

impl Tale for Change {
    fn word(&self) -> &'static str {
        match self {
            Change::Row { .. } => "put-row",
            Change::Accept(_) => "accept-state",
            Change::State { .. } => "store-version",
            Change::Publish { .. } => "publish-batch",
            Change::Write { .. } => "write-part",
            Change::Show(_) => "row-seen",
            Change::Release { .. } => "release-offsets",
        }
    }

    fn details(&self) -> Details {
        match *self {
            Change::Row { log, batch, .. } => {
                vec![(LOG.name, Detail::Word(log_word(log))), number(BATCH, batch)]
            }
            Change::Accept(_) => Vec::new(),
            Change::State { version: StateVersion { version, by }, .. } => {
                [number(VERSION, version)]
                    .into_iter()
                    .chain(by.into_iter().flat_map(of_task))
                    .collect()
            }
            Change::Publish { batch, rows } => vec![number(BATCH, batch), number(ROWS, rows)],
            Change::Write { task, rows } => {
                of_batch_and_task(task).chain([number(ROWS, rows)]).collect()
            }
            Change::Show(row) => vec![
                (STEP.name, Detail::Step(row.table)),
                (RECORD.name, Detail::Record(row.record.tag.name)),
            ],
            Change::Release { batch, to } => {
                vec![number(BATCH, batch), (OFFSET.name, Detail::Number(to))]
            }
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let rows = |rows: u32| match rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        match *self {
            Change::Row { log: LogOf::Offsets, batch, .. } => {
                format!("it is logged what belongs to batch {batch}")
            }
            Change::Row { log: LogOf::Results, batch, .. } => {
                format!("the results of batch {batch} are logged")
            }
            Change::Row { log: LogOf::Commits, batch, .. } => {
                format!("it is logged that batch {batch} is done with")
            }
            Change::Accept(_) => "what was added to a state is durable".to_owned(),
            Change::State { version: StateVersion { version, by: Some(by) }, .. } => format!(
                "version {version} of attempt {} of {} is stored",
                by.attempt,
                speaker.shard(by.shard)
            ),
            Change::State { version: StateVersion { version, by: None }, .. } => {
                format!("version {version} is stored")
            }
            Change::Publish { batch, rows: count } => {
                format!("batch {batch} is seen, with {}", rows(count))
            }
            Change::Write { task, rows: count } => format!(
                "what attempt {} of {} has written for batch {} is seen, {}",
                task.attempt,
                speaker.shard(task.shard),
                task.batch,
                rows(count)
            ),
            Change::Show(row) => format!("{} is seen", speaker.name(row.record.tag.name)),
            Change::Release { to, .. } => format!("nothing before offset {to} is kept"),
        }
    }
}
