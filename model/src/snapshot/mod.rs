//! Asynchronous barrier snapshots in the manner of Flink, with a sink that commits in two phases. A coordinator begins a
//! checkpoint at the sources; barriers cut the streams between two records, and each task stores its state where they cut
//! its own. Once all states are stored the record of the checkpoint is written, which is the point of no return; then
//! committers commit what writers have handed on at its barrier. A failure takes all tasks back to the newest record, as a
//! new attempt.

pub mod alphabet;
mod account;
mod design;
mod digest;
pub mod message;
mod pending;
mod process;
pub mod rows;
pub mod settings;
mod state;
pub mod told;

pub use design::{COORDINATOR, Design, JobRole};
pub use state::{CheckpointRecord, KeptRecord, KeptState, KeptStates, TaskState};

use crate::pipeline::Truth;
use crate::stream::Repeats;
use alphabet::control;
use message::{Change, ChannelItem, Reply, Request, Timer};
use onceproof_kernel::alphabet::{Moments, Point, Subject};
use onceproof_kernel::layout::Layout;
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Carried, Passage, Pending, System, ToldWorld, Wait};
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::Details;

/// Snapshots as a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Snapshot;

impl Repeats for Snapshot {
    fn request_timeout(design: &Design) -> Nanos {
        design.settings.request_timeout
    }

    fn retry(call: u32, waits: u32, word: Option<u8>) -> Timer {
        Timer::Retry { call, waits, word }
    }
}

impl System for Snapshot {
    type Design = Design;
    type Process = process::JobProcess;
    type Rows = rows::Rows;
    type Change = Change;
    type Request = Request;
    type Reply = Reply;
    type Timer = Timer;
    type Right<'a> = Truth<'a>;
    type Shared = KeptStates;

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
            Timer::Step { .. }
            | Timer::Trigger { .. }
            | Timer::Orphaned { .. }
            | Timer::Deposed { .. }
            | Timer::Restart { .. }
            | Timer::Unregistered { .. }
            | Timer::Tick { .. }
            | Timer::TimedOut { .. }
            | Timer::Unassigned { .. } => Wait::Due,
        }
    }

    fn passage(request: &Request) -> Passage {
        match request {
            Request::Item { .. } => Passage::Channel,
            Request::Start { .. }
            | Request::Register { .. }
            | Request::Fail { .. }
            | Request::Finish { .. }
            | Request::Cleanup { .. }
            | Request::Begin(_)
            | Request::Write { .. }
            | Request::Commit(_)
            | Request::Rollback(_) => Passage::Answered,
            Request::Trigger { .. }
            | Request::Notify { .. }
            | Request::Abort { .. }
            | Request::Cancel { .. }
            | Request::Assign { .. }
            | Request::NoMore { .. }
            | Request::Ack { .. }
            | Request::Decline { .. }
            | Request::Assigned { .. } => Passage::OneWay,
        }
    }

    fn sent_at(request: &Request, _: &Moments) -> Point {
        match request {
            Request::Item { item, .. } => match item {
                ChannelItem::Row(_) | ChannelItem::Watermark(_) | ChannelItem::End => {
                    alphabet::SEND
                }
                ChannelItem::Barrier(_) => alphabet::BARRIER,
                ChannelItem::Handle(_) => alphabet::PRECOMMIT,
            },
            Request::Start { .. } => alphabet::START,
            Request::Register { .. } => alphabet::REGISTER,
            Request::Fail { .. } => alphabet::FAIL,
            Request::Trigger { .. } => alphabet::TRIGGER,
            Request::Notify { .. } => alphabet::NOTIFY,
            Request::Abort { .. } | Request::Rollback(_) => alphabet::ABORT,
            Request::Cancel { .. } => alphabet::CANCEL,
            Request::Assign { .. } => alphabet::ASSIGN,
            Request::NoMore { .. } => alphabet::NO_MORE,
            Request::Ack { .. } => alphabet::ACK,
            Request::Decline { .. } => alphabet::DECLINE,
            Request::Assigned { .. } => alphabet::ASSIGNED,
            Request::Finish { .. } => alphabet::FINISH,
            Request::Cleanup { .. } => alphabet::CLEANUP,
            Request::Begin(_) => alphabet::BEGIN,
            Request::Write { .. } => alphabet::WRITE,
            Request::Commit(_) => alphabet::COMMIT,
        }
    }

    fn word_of(request: &Request) -> Option<&'static str> {
        // What is no record has a word of its own, and two carry records.
        matches!(request, Request::Write { .. }).then_some("write")
    }

    fn subject(request: &Request) -> Subject {
        let control = |word, value: u32| Subject::Control { word, value: value.into() };
        match *request {
            Request::Item { item, .. } => match item {
                ChannelItem::Row(row) => Subject::Record(row.record.tag.name),
                ChannelItem::Watermark(at) => {
                    Subject::Control { word: control::WATERMARK, value: at.0 }
                }
                ChannelItem::Barrier(checkpoint) => control(control::BARRIER, checkpoint),
                ChannelItem::Handle(handle) => control(control::HANDLE, handle.checkpoint),
                ChannelItem::End => control(control::END, 0),
            },
            Request::Write { row, .. } => Subject::Record(row.record.tag.name),
            Request::Start { attempt, .. } => control(control::START, attempt),
            Request::Register { life } => control(control::REGISTER, life as u32),
            Request::Fail { attempt } => control(control::FAIL, attempt),
            Request::Trigger { checkpoint, .. } => control(control::TRIGGER, checkpoint),
            Request::Notify { checkpoint, .. } => control(control::NOTIFY, checkpoint),
            Request::Abort { checkpoint, .. } => control(control::ABORT, checkpoint),
            Request::Cancel { attempt } => control(control::CANCEL, attempt),
            Request::Assign { attempt } => control(control::ASSIGN, attempt),
            Request::NoMore { attempt } => control(control::NO_MORE, attempt),
            Request::Ack { checkpoint, .. } => control(control::ACK, checkpoint),
            Request::Decline { checkpoint, .. } => control(control::DECLINE, checkpoint),
            Request::Assigned { attempt, .. } => control(control::ASSIGNED, attempt),
            Request::Finish { attempt } => control(control::FINISH, attempt),
            Request::Cleanup { attempt, .. } => control(control::CLEANUP, attempt),
            Request::Begin(name) => control(control::BEGIN, name.checkpoint),
            Request::Commit(handle) => control(control::COMMIT, handle.checkpoint),
            Request::Rollback(handle) => control(control::ABORT, handle.checkpoint),
        }
    }

    fn carried(request: &Request) -> Option<Carried> {
        let row = match request {
            Request::Item { item: ChannelItem::Row(row), .. } | Request::Write { row, .. } => row,
            _ => return None,
        };
        let record = &row.record;
        let (name, key, id, made) = (record.tag.name, record.key, record.id, record.event_time);
        Some(Carried { name, key, id, made })
    }

    fn parts_of_reply(reply: &Reply) -> Details {
        told::of_reply(reply)
    }

    fn add_pending(
        pending: Pending<'_, Snapshot>,
        of: ToldWorld<'_, Snapshot>,
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
