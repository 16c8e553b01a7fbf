//! What the processes tell of themselves, and the words for what changes and answers say.

mod changes;

pub use changes::CHANGES;

use super::message::{Reply, TaskName};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Details, Speaker, Tale, ToldWords};

/// One thing that a process tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Story {
    /// A driver plans a batch.
    Plans {
        /// Which.
        batch: u32,
        /// With how many records.
        records: u64,
    },
    /// A driver runs a batch that it finds logged and not done with.
    RunsAgain(u32),
    /// A driver finds the results of a batch.
    FindsResults(u32),
    /// A driver ends itself.
    DriverEnds(u32),
    /// All input is read, and all is shown.
    Finishes,
    /// What was made of the output of a stage is thrown away.
    ThrowsAway(StepIndex),
    /// An executor is taken for lost.
    LosesExecutor(ShardIndex),
    /// An executor gives up a driver.
    DriverGone,
    /// A driver denies an attempt to write.
    Denies {
        /// Which.
        task: TaskName,
        /// The attempt that has leave, unless the other one counts no more.
        holder: Option<TaskName>,
    },
    /// A driver does not answer the report of an attempt.
    LeavesUnanswered(TaskName),
    /// A record is counted in a window, in memory.
    Counts {
        /// At which step.
        step: StepIndex,
        /// Which.
        record: Name,
        /// The key of the window, and its start.
        window: (Key, Time),
    },
    /// A window fires.
    Fires {
        /// At which step.
        step: StepIndex,
        /// Its pane.
        pane: Name,
        /// The key of the window, and its start.
        window: (Key, Time),
        /// How many records.
        records: u64,
    },
}

const BATCH: DetailWords = DetailWords::new("batch", DetailKind::Number);
const RECORDS: DetailWords = DetailWords::new("records", DetailKind::Number);
const RECORD: DetailWords = DetailWords::new("record", DetailKind::Text);
const WINDOW: DetailWords = DetailWords::new("result", DetailKind::Text);
const PARTITION: DetailWords = DetailWords::new("partition", DetailKind::Text);
const TASK_ATTEMPT: DetailWords = DetailWords::new("task-attempt", DetailKind::Number);
const ROWS: DetailWords = DetailWords::new("rows", DetailKind::Number);
const STEP: DetailWords = DetailWords::new("step", DetailKind::Text);
const HOLDER: DetailWords = DetailWords::new("granted-to", DetailKind::Number);
const STAGE: DetailWords = DetailWords::new("stage", DetailKind::Text);
const EXECUTOR: DetailWords = DetailWords::new("executor", DetailKind::Text);
const VERSION: DetailWords = DetailWords::new("version", DetailKind::Number);
const OFFSET: DetailWords = DetailWords::new("to-offset", DetailKind::Number);
const LOG: DetailWords = DetailWords::new(
    "batch-log",
    DetailKind::Words(&[
        ("offsets", "What belongs to each batch."),
        ("results", "What came out of it."),
        ("commits", "That it is done with."),
    ]),
);

/// What may be told.
pub static TOLD: &[ToldWords] = &[
    ToldWords {
        word: "plan-batch",
        about: "A driver decides what belongs to a batch: all that has come; at the end of the input nothing.",
        details: &[BATCH, RECORDS],
    },
    ToldWords {
        word: "run-batch-again",
        about: "A driver finds a batch that is logged and not done with.",
        details: &[BATCH],
    },
    ToldWords {
        word: "find-results",
        about: "A driver finds the results of a batch that is not done with.",
        details: &[BATCH],
    },
    ToldWords {
        word: "driver-ends",
        about: "A driver ends itself: it has found the row of another one, or a task cannot be done.",
        details: &[BATCH],
    },
    ToldWords { word: "stream-ends", about: "All is read, and all is shown.", details: &[] },
    ToldWords {
        word: "throw-away",
        about: "What was made of the output of a stage is thrown away, to be computed again.",
        details: &[STAGE],
    },
    ToldWords {
        word: "lose-executor",
        about: "An executor is taken for lost: its attempts have failed, and its files are gone.",
        details: &[EXECUTOR],
    },
    ToldWords {
        word: "driver-is-gone",
        about: "An executor gives up a driver, and what it has done for it.",
        details: &[],
    },
    ToldWords {
        word: "deny-write",
        about: "A driver denies an attempt to write: another one has leave, or this one counts no more.",
        details: &[BATCH, PARTITION, TASK_ATTEMPT, HOLDER.optional()],
    },
    ToldWords {
        word: "leave-unanswered",
        about: "A driver does not answer a report that is not wanted.",
        details: &[BATCH, PARTITION, TASK_ATTEMPT],
    },
    ToldWords {
        word: "window-takes",
        about: "A record is counted in a window of a step, in the memory of an executor.",
        details: &[STEP, RECORD, WINDOW],
    },
    ToldWords {
        word: "window-fires",
        about: "What is counted in a window of a step leaves it as a pane.",
        details: &[STEP, RECORD, WINDOW, RECORDS],
    },
];

impl Tale for Story {
    fn word(&self) -> &'static str {
        match self {
            Story::Plans { .. } => "plan-batch",
            Story::RunsAgain(_) => "run-batch-again",
            Story::FindsResults(_) => "find-results",
            Story::DriverEnds(_) => "driver-ends",
            Story::Finishes => "stream-ends",
            Story::ThrowsAway(_) => "throw-away",
            Story::LosesExecutor(_) => "lose-executor",
            Story::DriverGone => "driver-is-gone",
            Story::Denies { .. } => "deny-write",
            Story::LeavesUnanswered(_) => "leave-unanswered",
            Story::Counts { .. } => "window-takes",
            Story::Fires { .. } => "window-fires",
        }
    }

    fn details(&self) -> Details {
        match *self {
            Story::Plans { batch, records } => {
                vec![number(BATCH, batch), (RECORDS.name, Detail::Number(records))]
            }
            Story::RunsAgain(batch) | Story::FindsResults(batch) | Story::DriverEnds(batch) => {
                vec![number(BATCH, batch)]
            }
            Story::Finishes | Story::DriverGone => Vec::new(),
            Story::ThrowsAway(step) => vec![(STAGE.name, Detail::Step(step))],
            Story::LosesExecutor(executor) => vec![(EXECUTOR.name, Detail::Shard(executor))],
            Story::Denies { task, holder } => {
                let holder = holder.map(|holder| number(HOLDER, holder.attempt));
                of_batch_and_task(task).chain(holder).collect()
            }
            Story::LeavesUnanswered(task) => of_batch_and_task(task).collect(),
            Story::Counts { step, record, window: (key, start) } => vec![
                (STEP.name, Detail::Step(step)),
                (RECORD.name, Detail::Record(record)),
                (WINDOW.name, Detail::Result(key, Some(start))),
            ],
            Story::Fires { step, pane, window: (key, start), records } => vec![
                (STEP.name, Detail::Step(step)),
                (RECORD.name, Detail::Record(pane)),
                (WINDOW.name, Detail::Result(key, Some(start))),
                (RECORDS.name, Detail::Number(records)),
            ],
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let who = speaker.who();
        let count = |records: u64| match records {
            1 => "1 record".to_owned(),
            records => format!("{records} records"),
        };
        match *self {
            Story::Plans { batch, records } => {
                format!("{who} plans batch {batch} with {}", count(records))
            }
            Story::RunsAgain(batch) => format!("{who} runs batch {batch} again, as it is logged"),
            Story::FindsResults(batch) => format!("{who} finds the results of batch {batch}"),
            Story::DriverEnds(batch) => format!("{who} ends itself in batch {batch}"),
            Story::Finishes => format!("{who} has done all"),
            Story::ThrowsAway(step) => {
                format!("{who} throws away what was made of {}", speaker.step(step))
            }
            Story::LosesExecutor(executor) => {
                format!("{who} takes {} for lost", speaker.shard(executor))
            }
            Story::DriverGone => format!("{who} gives up its driver"),
            Story::Denies { task, holder } => {
                let why = match holder {
                    Some(holder) => format!("attempt {} has leave", holder.attempt),
                    None => "it counts no more".to_owned(),
                };
                let (attempt, shard) = (task.attempt, speaker.shard(task.shard));
                format!("{who} denies attempt {attempt} of {shard} to write: {why}")
            }
            Story::LeavesUnanswered(task) => {
                let (attempt, shard) = (task.attempt, speaker.shard(task.shard));
                format!("{who} does not answer the report of attempt {attempt} of {shard}")
            }
            Story::Counts { record, window: (key, start), step: _ } => {
                let (record, key) = (speaker.name(record), speaker.key(key));
                format!("{who} counts {record} in {key} from {start}")
            }
            Story::Fires { pane, records, .. } => {
                format!("{who} fires {} with {}", speaker.name(pane), count(records))
            }
        }
    }
}

/// Which attempt of which task is meant.
fn of_task(TaskName { shard, attempt, .. }: TaskName) -> [(&'static str, Detail); 2] {
    [(PARTITION.name, Detail::Shard(shard)), number(TASK_ATTEMPT, attempt)]
}

/// The same, with its batch.
fn of_batch_and_task(task: TaskName) -> impl Iterator<Item = (&'static str, Detail)> {
    [number(BATCH, task.batch)].into_iter().chain(of_task(task))
}

fn number(words: DetailWords, number: u32) -> (&'static str, Detail) {
    (words.name, Detail::Number(number.into()))
}

/// What answers say.
pub static REPLIES: &[DetailWords] = &[DetailWords::new(
    "answered",
    DetailKind::Words(&[
        ("done", "It is done."),
        ("not-meant", "Another one is meant."),
        ("fresh", "The executor is fresh."),
        ("granted", "The attempt may write."),
        ("denied", "It may not."),
        ("file", "The partition of the file."),
        ("no-file", "There is no such file."),
        ("stands", "There was a row already."),
    ]),
)];

/// What an answer says.
pub(super) fn of_reply(reply: &Reply) -> Details {
    let word = match reply {
        Reply::Done => "done",
        Reply::NotMeant => "not-meant",
        Reply::Life(_) => "fresh",
        Reply::Granted => "granted",
        Reply::Denied => "denied",
        Reply::File(_) => "file",
        Reply::NoFile(_) => "no-file",
        Reply::Stands(_) => "stands",
    };
    vec![("answered", Detail::Word(word))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::told::Told;

    #[test]
    fn all_that_is_told_stands_in_the_table() {
        let step = StepIndex(0);
        let task = TaskName { batch: 0, shard: ShardIndex(0), attempt: 1 };
        let stories = [
            Story::Plans { batch: 0, records: 4 },
            Story::RunsAgain(0),
            Story::FindsResults(0),
            Story::DriverEnds(0),
            Story::Finishes,
            Story::ThrowsAway(StepIndex(0)),
            Story::LosesExecutor(ShardIndex(0)),
            Story::DriverGone,
            Story::Denies { task, holder: None },
            Story::LeavesUnanswered(task),
            Story::Counts { step, record: Name(1), window: (Key::GLOBAL, Time(0)) },
            Story::Fires { step, pane: Name(1), window: (Key::GLOBAL, Time(0)), records: 2 },
        ];
        for story in stories {
            let told = Told::new(story);
            let row = TOLD.iter().find(|row| row.word == told.tale().word());
            assert!(row.is_some_and(|row| row.allows(&told.tale().details())), "{story:?}");
        }
        assert_eq!(stories.len(), TOLD.len());
    }
}
