//! What the processes tell of themselves, and what their changes say, in words.

use super::message::{Change, Landed, Shown, Timer};
use crate::stream::Record;
use onceproof_kernel::name::Name;
use onceproof_kernel::system::Wait;
use onceproof_kernel::tell::{Pane, Standing};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Details, Speaker, Tale, ToldWords};

/// One thing that a process tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Story {
    /// A spout begins at its offset.
    Begins(u64),
    /// A tree was not complete in time.
    Replays(Name),
    /// A spout hears of a tree that it knows no more.
    IgnoresComplete(Name),
    /// A bolt counts nothing, since it knows the id.
    KnowsRecord(Name),
    /// A bolt counts nothing, since the window is over for too long.
    DropsLate(Name, Time),
    /// An acker knows the message.
    IgnoresAck(Name),
    /// A batch has read the log for the windows that end at a time, and found so many records of them.
    ReadsLog(Time, u64),
    /// A function has failed in a batch, which begins again later.
    BatchFails(Time),
}

const RECORD: DetailWords = DetailWords::new("record", DetailKind::Text);
const END: DetailWords = DetailWords::new("end", DetailKind::Text);

/// What may be told.
pub static TOLD: &[ToldWords] = &[
    ToldWords {
        word: "begin",
        about: "A spout begins at the offset that was committed last.",
        details: &[DetailWords::new("offset", DetailKind::Number)],
    },
    ToldWords {
        word: "replay",
        about: "A tree was not complete in time, and its record is sent again.",
        details: &[RECORD],
    },
    ToldWords {
        word: "ignore-complete",
        about: "A spout hears that a tree is complete which it has given up.",
        details: &[RECORD],
    },
    ToldWords {
        word: "know-record",
        about: "A bolt knows the id of a record and does not count it again.",
        details: &[RECORD],
    },
    ToldWords {
        word: "drop-late",
        about: "A bolt drops a record, since its window has ended for too long.",
        details: &[RECORD, END],
    },
    ToldWords {
        word: "ignore-ack",
        about: "An acker takes no notice of a message that it knows.",
        details: &[RECORD],
    },
    ToldWords {
        word: "read-log",
        about: "A batch has read the log for the windows that end at a time.",
        details: &[END, DetailWords::new("records", DetailKind::Number)],
    },
    ToldWords {
        word: "batch-fail",
        about: "A function has failed in a batch, which begins again later.",
        details: &[END],
    },
];

impl Tale for Story {
    fn word(&self) -> &'static str {
        match self {
            Story::Begins(_) => "begin",
            Story::Replays(_) => "replay",
            Story::IgnoresComplete(_) => "ignore-complete",
            Story::KnowsRecord(_) => "know-record",
            Story::DropsLate(..) => "drop-late",
            Story::IgnoresAck(_) => "ignore-ack",
            Story::ReadsLog(..) => "read-log",
            Story::BatchFails(_) => "batch-fail",
        }
    }

    fn details(&self) -> Details {
        match *self {
            Story::Begins(offset) => vec![("offset", Detail::Number(offset))],
            Story::Replays(name)
            | Story::IgnoresComplete(name)
            | Story::KnowsRecord(name)
            | Story::IgnoresAck(name) => vec![("record", Detail::Record(name))],
            Story::DropsLate(name, end) => {
                vec![("record", Detail::Record(name)), ("end", Detail::Time(end))]
            }
            Story::ReadsLog(end, records) => {
                vec![("end", Detail::Time(end)), ("records", Detail::Number(records))]
            }
            Story::BatchFails(end) => vec![("end", Detail::Time(end))],
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let who = speaker.who();
        let name = |name| speaker.name(name);
        match *self {
            Story::Begins(offset) => format!("{who} begins at offset {offset}"),
            Story::Replays(record) => {
                let record = name(record);
                format!("the tree of {record} is not complete in time: {who} sends it again")
            }
            Story::IgnoresComplete(record) => {
                format!("{who} has given that tree of {} up", name(record))
            }
            Story::KnowsRecord(record) => {
                format!("{who} knows {} and does not count it again", name(record))
            }
            Story::DropsLate(record, end) => {
                format!("{who} drops {}: its window ended at {end}", name(record))
            }
            Story::IgnoresAck(record) => format!("{who} knows that message of {}", name(record)),
            Story::ReadsLog(end, records) => {
                let records = match records {
                    1 => "1 record".to_owned(),
                    records => format!("{records} records"),
                };
                format!("{who} finds {records} of the windows that end at {end}")
            }
            Story::BatchFails(end) => {
                format!("a function fails: the batch of what ends at {end} begins again later")
            }
        }
    }
}

/// What changes may say.
pub static CHANGES: &[ToldWords] = &[
    ToldWords {
        word: "next-offset",
        about: "A spout begins here after a crash.",
        details: &[DetailWords::new("offset", DetailKind::Number)],
    },
    ToldWords {
        word: "show",
        about: "A result of a step stands in the view, unless something newer does.",
        details: &RESULT,
    },
    ToldWords {
        word: "sink-row",
        about: "A row of a sink is written.",
        details: &[
            RECORD,
            DetailWords::new("step", DetailKind::Text),
            DetailWords::new("key", DetailKind::Text),
        ],
    },
    ToldWords {
        word: "take",
        about: "A durable count takes a record, unless it knows it.",
        details: &[RECORD, DetailWords::new("key", DetailKind::Text)],
    },
    ToldWords {
        word: "batch-land",
        about: "A batch lands: the results of the windows that end at a time.",
        details: &[END],
    },
    ToldWords {
        word: "land",
        about: "A result of a batch stands in the place of what was served before.",
        details: &RESULT,
    },
];

const RESULT: [DetailWords; 3] = [
    DetailWords::new("step", DetailKind::Text),
    DetailWords::new("result", DetailKind::Text),
    DetailWords::new("total", DetailKind::Signed),
];

impl Tale for Change {
    fn word(&self) -> &'static str {
        match self {
            Change::Offset(_) => "next-offset",
            Change::Show(Shown::Cell { .. }, _) => "show",
            Change::Show(Shown::Row { .. }, _) => "sink-row",
            Change::Take(_) => "take",
            Change::Lands { .. } => "batch-land",
            Change::Land(_) => "land",
        }
    }

    fn details(&self) -> Details {
        match *self {
            Change::Offset(offset) => vec![("offset", Detail::Number(offset))],
            Change::Lands { end, .. } => vec![("end", Detail::Time(end))],
            Change::Show(Shown::Cell { standing, .. }, _)
            | Change::Land(Landed { standing, .. }) => {
                let Standing { step, pane: Pane { key, start, .. }, total } = standing;
                vec![
                    ("step", Detail::Step(step)),
                    ("result", Detail::Result(key, Some(start))),
                    ("total", Detail::Signed(total)),
                ]
            }
            Change::Show(Shown::Row { step, record: Record { tag, key, .. } }, _) => vec![
                ("record", Detail::Record(tag.name)),
                ("step", Detail::Step(step)),
                ("key", Detail::Key(key)),
            ],
            Change::Take(Record { tag, key, .. }) => {
                vec![("record", Detail::Record(tag.name)), ("key", Detail::Key(key))]
            }
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        match *self {
            Change::Offset(offset) => format!("the next offset is {offset}"),
            Change::Lands { end, .. } => format!("the batch of what ends at {end} has landed"),
            Change::Show(Shown::Cell { standing, .. }, _)
            | Change::Land(Landed { standing, .. }) => {
                let Standing { step, pane: Pane { key, start, .. }, total } = standing;
                let (step, key) = (speaker.step(step), speaker.key(key));
                format!("{step} {key}@{start} is {total}")
            }
            Change::Show(Shown::Row { record: Record { tag, .. }, .. }, _) => {
                format!("the row of {}", speaker.name(tag.name))
            }
            Change::Take(Record { tag, key, .. }) => {
                format!("{} is counted under {}", speaker.name(tag.name), speaker.key(key))
            }
        }
    }
}

/// What a process waits for.
pub(super) fn wait(timer: Timer) -> Wait {
    match timer {
        Timer::Input => Wait::Input,
        Timer::Tree(_) => Wait::Reply,
        Timer::Batch(..) => Wait::Due,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::name::Name;
    use onceproof_kernel::told::Told;

    #[test]
    fn all_that_is_told_stands_in_the_table() {
        let name = Name(3);
        let stories = [
            Story::Begins(2),
            Story::Replays(name),
            Story::IgnoresComplete(name),
            Story::KnowsRecord(name),
            Story::DropsLate(name, Time(5)),
            Story::IgnoresAck(name),
            Story::ReadsLog(Time(5), 2),
            Story::BatchFails(Time(5)),
        ];
        for story in stories {
            let told = Told::new(story);
            let row = TOLD.iter().find(|row| row.word == told.tale().word());
            assert!(row.is_some_and(|row| row.allows(&told.tale().details())), "{story:?}");
        }
        assert_eq!(stories.len(), TOLD.len());
    }
}
