//! What the processes tell of themselves, and the words for what changes and answers say.

mod change;

pub use change::{CHANGES, ShownRow};

use super::message::Reply;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::time::Time;
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
    /// A record is counted in a window.
    Counts {
        /// Which.
        record: Name,
        /// The key and the start of the window.
        window: (Key, Time),
    },
    /// A window fires.
    Fires {
        /// Its pane.
        pane: Name,
        /// Its key and its start.
        window: (Key, Time),
        /// How many records.
        records: u64,
    },
}

const ATTEMPT: DetailWords = DetailWords::new("job-attempt", DetailKind::Number);
const CHECKPOINT: DetailWords = DetailWords::new("checkpoint", DetailKind::Number);
const RECORD: DetailWords = DetailWords::new("record", DetailKind::Text);
const RESULT: DetailWords = DetailWords::new("result", DetailKind::Text);
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
        word: "count-record",
        about: "A record is counted in a window, in memory.",
        details: &[RECORD, RESULT],
    },
    ToldWords {
        word: "fire-window",
        about: "What is counted in a window leaves it as a pane.",
        details: &[RECORD, RESULT, DetailWords::new("records", DetailKind::Number)],
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
            Story::Counts { .. } => "count-record",
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
            Story::Counts { record, window: (key, start) } => {
                vec![(RECORD.name, Detail::Record(record)), (RESULT.name, result(key, start))]
            }
            Story::Fires { pane, window: (key, start), records } => {
                let result = (RESULT.name, result(key, start));
                vec![
                    (RECORD.name, Detail::Record(pane)),
                    result,
                    ("records", Detail::Number(records)),
                ]
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
            Story::Counts { record, window: (key, start) } => {
                format!("{who} counts {} in {}@{start}", speaker.name(record), speaker.key(key))
            }
            Story::Fires { pane, records, window: _ } => {
                let records = match records {
                    1 => "1 record".to_owned(),
                    records => format!("{records} records"),
                };
                format!("{who} fires {} with {records}", speaker.name(pane))
            }
        }
    }
}

fn result(key: Key, start: Time) -> Detail {
    Detail::Result(key, Some(start))
}

fn number(words: DetailWords, number: u32) -> (&'static str, Detail) {
    (words.name, Detail::Number(number.into()))
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
            Story::Counts { record: Name(1), window: (Key(0), Time(0)) },
            Story::Fires { pane: Name(1), window: (Key(0), Time(0)), records: 2 },
        ];
        for story in stories {
            let told = Told::new(story);
            let row = TOLD.iter().find(|row| row.word == told.tale().word());
            assert!(row.is_some_and(|row| row.allows(&told.tale().details())), "{story:?}");
        }
        assert_eq!(stories.len(), TOLD.len());
    }
}
