//! What a commit changes, in words.

use crate::contents::Contents;
use crate::design::Design;
use crate::message::{Change, RowId};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix;
use onceproof_kernel::tell::Tag;
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Details, Speaker, Tale, ToldWords};

/// What one change says.
#[derive(Clone, Debug)]
pub(crate) enum Changed {
    Checks(RowId),
    Puts(RowId, String),
    Deletes(RowId),
    Appends(&'static str, String),
    Results { of: Named, tag: Tag, value: i64 },
    Totals { of: Named, records: i64, value: i64 },
}

/// A result, by its step and by the name of that.
pub(crate) type Named = (StepIndex, String);

const STEP: DetailWords = DetailWords::new("step", DetailKind::Text);
const TABLE: DetailWords = DetailWords::new("table", DetailKind::AnyWord);
const ID: DetailWords = DetailWords::new("id", DetailKind::Number);
const VALUE: DetailWords = DetailWords::new("value", DetailKind::Signed);
const CONTENT: DetailWords =
    DetailWords::new("content", DetailKind::Number).about("A hash of what is in the row");

/// What changes may say.
pub(crate) static CHANGES: &[ToldWords] = &[
    ToldWords {
        word: "check",
        about: "The commit is refused unless a row is as it says.",
        details: &[TABLE, ID],
    },
    ToldWords { word: "put", about: "A row is written.", details: &[TABLE, ID, CONTENT] },
    ToldWords { word: "delete", about: "A row is deleted.", details: &[TABLE, ID] },
    ToldWords {
        word: "append",
        about: "An entry is appended to a log.",
        details: &[DetailWords::new("log", DetailKind::AnyWord), CONTENT],
    },
    ToldWords {
        word: "result",
        about: "A record is in a result from now on.",
        details: &[DetailWords::new("record", DetailKind::Text), STEP, VALUE],
    },
    ToldWords {
        word: "total",
        about: "So many records are in a total from now on, in place of those that were.",
        details: &[STEP, DetailWords::new("records", DetailKind::Signed), VALUE],
    },
];

impl Changed {
    pub fn new(change: &Change, design: &Design, contents: &Contents) -> Changed {
        let named = |step| (step, design.layout.name(step).to_owned());
        match *change {
            Change::Check { row, .. } => Changed::Checks(row),
            Change::Put { row, body } => Changed::Puts(row, contents.text(body)),
            Change::Delete { row } => Changed::Deletes(row),
            Change::Append { log, body, .. } => Changed::Appends(log, contents.text(body)),
            Change::Result { step, tag, value, .. } => {
                Changed::Results { of: named(step), tag, value }
            }
            Change::Total(standing) => Changed::Totals {
                of: named(standing.step),
                records: standing.pane.weight,
                value: standing.total,
            },
        }
    }
}

impl Tale for Changed {
    fn word(&self) -> &'static str {
        match self {
            Changed::Checks(_) => "check",
            Changed::Puts(..) => "put",
            Changed::Deletes(_) => "delete",
            Changed::Appends(..) => "append",
            Changed::Results { .. } => "result",
            Changed::Totals { .. } => "total",
        }
    }

    fn details(&self) -> Details {
        let row =
            |(table, id): RowId| vec![("table", Detail::Word(table)), ("id", Detail::Number(id))];
        match self {
            Changed::Checks(of) | Changed::Deletes(of) => row(*of),
            Changed::Puts(of, text) => {
                let mut details = row(*of);
                details.push(("content", Detail::Number(mix::text(text))));
                details
            }
            Changed::Appends(log, text) => {
                vec![("log", Detail::Word(log)), ("content", Detail::Number(mix::text(text)))]
            }
            Changed::Results { of: (step, _), tag, value } => vec![
                ("record", Detail::Record(tag.name)),
                ("step", Detail::Step(*step)),
                ("value", Detail::Signed(*value)),
            ],
            Changed::Totals { of: (step, _), records, value } => vec![
                ("step", Detail::Step(*step)),
                ("records", Detail::Signed(*records)),
                ("value", Detail::Signed(*value)),
            ],
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        match self {
            Changed::Checks((table, id)) => format!("checks {table} {id}"),
            Changed::Puts((table, id), text) => format!("writes {table} {id}: {text}"),
            Changed::Deletes((table, id)) => format!("deletes {table} {id}"),
            Changed::Appends(log, text) => format!("appends to {log}: {text}"),
            Changed::Results { of: (_, step), tag, value } => {
                format!("puts {} into {step} with {value}", speaker.name(tag.name))
            }
            Changed::Totals { of: (_, step), records, value } => {
                format!("{step} is now {value}, of {records} records")
            }
        }
    }
}
