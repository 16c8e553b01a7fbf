//! A user's protocol as a system under test.

use crate::alphabet::CONTROL;
use crate::contents::SharedContents;
use crate::design::Design;
use crate::message::{Answered, Change, Message, RowId, Timer};
use crate::process::Life;
use crate::right::Due;
use crate::rows::Rows;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::layout::Layout;
use onceproof_kernel::mix::{text, words};
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::system::{Carried, System, Wait};
use onceproof_kernel::told::Details;

/// A user's protocol as a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Own;

impl System for Own {
    type Design = Design;
    type Process = Life;
    type Rows = Rows;
    type Change = Change;
    type Request = Message;
    type Reply = Answered;
    type Timer = Timer;
    type Right<'a> = Due<'a>;
    type Shared = SharedContents;

    const INPUT: Timer = Timer::Input;
    const SHARES_ROWS: bool = true;

    fn layout(design: &Design) -> &Layout {
        &design.layout
    }

    fn word_of(message: &Message) -> Option<&'static str> {
        Some(message.route)
    }

    fn right(design: &Design) -> Due<'_> {
        Due(design)
    }

    fn wait(timer: Timer) -> Wait {
        match timer {
            Timer::Input => Wait::Input,
            Timer::First(_) => Wait::FirstReply,
            Timer::Again(_) => Wait::Reply,
            Timer::Sleep(_) => Wait::Due,
        }
    }

    fn subject(message: &Message) -> Subject {
        message.subject
    }

    /// What a body carries of a record, only the user knows.
    fn carried(_: &Message) -> Option<Carried> {
        None
    }

    fn parts_of_reply(_: &Answered) -> Details {
        Vec::new()
    }

    // A fingerprint knows which effects came, for which records and in which order. Their contents are in a trace: to
    // show each body as text takes longer than all the rest of a run.
    fn digest_of_request(message: &Message, known: &Vocabulary) -> [u64; 2] {
        let about = match message.subject {
            Subject::Record(name) => known.names.hash(name),
            Subject::Control { .. } => CONTROL.into(),
        };
        [about, text(message.route)]
    }

    fn digest_of_reply(_: &Answered) -> u64 {
        1
    }

    fn digest_of_change(change: &Change, known: &Vocabulary) -> u64 {
        let row = |(table, id): RowId| words([text(table), id]);
        match *change {
            Change::Check { row: of, .. } => words([1, row(of)]),
            Change::Put { row: of, .. } => words([2, row(of)]),
            Change::Delete { row: of } => words([3, row(of)]),
            Change::Append { log, by, .. } => {
                let by = by.map_or(0, |(by, sequence)| words([by.id, by.epoch, sequence + 1]));
                words([6, text(log), by])
            }
            Change::Result { step, tag, key, value } => {
                let (name, key) = (known.names.hash(tag.name), known.keys.hash(key));
                words([4, step.0.into(), name, key, value as u64])
            }
            Change::Total(standing) => {
                let (key, weight) = (known.keys.hash(standing.pane.key), standing.pane.weight);
                words([5, standing.step.0.into(), key, weight as u64, standing.total as u64])
            }
        }
    }
}
