//! Log transactions in the manner of Kafka Streams. Everything is a log: the input, the topics between steps, the
//! changelogs of stores, the outputs, the positions of the tasks. A client takes records of its tasks, and writes what comes
//! of them and how far it has come in one transaction, which a coordinator ends: its row "prepared, commit" is the point
//! of no return, and a marker in each log says so to readers, who wait for it. Three fences keep out what is too much:
//! the number of a batch what is sent twice, the epoch of a producer what an earlier life or an earlier transaction sends,
//! the generation of the group what a client sends that has lost its tasks.

pub mod alphabet;
mod design;
mod digest;
pub mod message;
mod pending;
mod process;
pub mod rows;
pub mod settings;
pub mod told;
mod account;

pub use design::{CLIENT, COORDINATOR, Design, GROUP, Role, Topic};

use crate::pipeline::Truth;
use crate::stream::Repeats;
use alphabet::control;
use message::{Change, KeptBatches, LogEntry, Reply, Request, Timer};
use onceproof_kernel::alphabet::{Moments, Point, Subject};
use onceproof_kernel::layout::{Layout, ShardIndex};
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Carried, Pending, System, ToldWorld, Wait};
use onceproof_kernel::tell::Standing;
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::Details;

/// Log transactions as a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transactions;

impl Repeats for Transactions {
    fn request_timeout(design: &Design) -> Nanos {
        design.settings.request_timeout
    }

    fn retry(call: u32, waits: u32, word: Option<u8>) -> Timer {
        Timer::Retry { call, waits, word }
    }
}

impl System for Transactions {
    type Design = Design;
    type Process = process::Participant;
    type Rows = rows::Rows;
    type Change = Change;
    type Request = Request;
    type Reply = Reply;
    type Timer = Timer;
    type Right<'a> = Truth<'a>;
    type Shared = KeptBatches;

    const INPUT: Timer = Timer::Input;

    fn layout(design: &Design) -> &Layout {
        &design.layout
    }

    fn right(design: &Design) -> Truth<'_> {
        Truth { pipeline: &design.pipeline, layout: &design.layout, log: None }
    }

    fn wait(timer: Timer) -> Wait {
        match timer {
            Timer::Input => Wait::Input,
            Timer::Retry { word: Some(word), .. } => Wait::ControlReply(word),
            Timer::Retry { word: None, .. } => Wait::Reply,
            Timer::TimedOut { .. }
            | Timer::Rebalance { .. }
            | Timer::Apply { .. }
            | Timer::SessionEnds { .. }
            | Timer::Heartbeat => Wait::Due,
        }
    }

    fn session_ends(client: ShardIndex, member: u64) -> Timer {
        Timer::SessionEnds { client, member }
    }

    fn sent_at(request: &Request, _: &Moments) -> Point {
        match request {
            Request::Init { .. } => alphabet::INIT,
            Request::Add { .. } => alphabet::ADD,
            Request::End { commits: true, .. } => alphabet::END,
            Request::End { commits: false, .. } => alphabet::ABORT,
            Request::Produce { .. } => alphabet::PRODUCE,
            Request::Offsets { .. } => alphabet::OFFSETS,
            Request::Join { .. } => alphabet::JOIN,
            Request::Fetch { .. } => alphabet::FETCH,
            Request::Verify { .. } => alphabet::VERIFY,
            Request::Marker { .. } => alphabet::MARKER,
        }
    }

    fn word_of(_: &Request) -> Option<&'static str> {
        // What is no record has a word of its own, and a record is produced.
        None
    }

    fn subject(request: &Request) -> Subject {
        let control = |word, value: u64| Subject::Control { word, value: value as i64 };
        match *request {
            Request::Produce { row, .. } => Subject::Record(row.name()),
            Request::Init { member, .. } => control(control::INIT, member),
            Request::Join { member } => control(control::JOIN, member),
            Request::Fetch { task } => control(control::FETCH, task.into()),
            Request::Add { producer, .. } => control(control::ADD, producer.epoch.into()),
            Request::End { producer, commits: true } => {
                control(control::END, producer.epoch.into())
            }
            Request::End { producer, commits: false } => {
                control(control::ABORT, producer.epoch.into())
            }
            Request::Offsets { producer, .. } => control(control::OFFSETS, producer.epoch.into()),
            Request::Verify { producer, .. } => control(control::VERIFY, producer.epoch.into()),
            Request::Marker { producer, .. } => control(control::MARKER, producer.epoch.into()),
        }
    }

    fn carried(request: &Request) -> Option<Carried> {
        let Request::Produce { row, .. } = request else { return None };
        let (key, made, id) = match *row {
            LogEntry::Record(record) => (record.key, record.event_time, record.id),
            LogEntry::Sum { standing: Standing { pane, .. }, id, .. }
            | LogEntry::Result { standing: Standing { pane, .. }, id, .. } => {
                (pane.key, pane.start, id)
            }
        };
        Some(Carried { name: row.name(), key, id, made })
    }

    fn parts_of_reply(reply: &Reply) -> Details {
        told::of_reply(reply)
    }

    fn add_pending(
        pending: Pending<'_, Transactions>,
        of: ToldWorld<'_, Transactions>,
        state: &mut WorldState,
    ) {
        pending::tell_state(pending, of, state);
    }

    fn digest_of_request(request: &Request, words: &Vocabulary) -> [u64; 2] {
        digest::of_request(request, words)
    }

    fn digest_of_reply(reply: &Reply) -> u64 {
        digest::of_reply(reply)
    }

    fn digest_of_change(change: &Change, words: &Vocabulary) -> u64 {
        digest::of_change(change, words)
    }
}
