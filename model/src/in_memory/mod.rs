//! Streams that are counted in memory (Storm): spouts read a log and emit tuples, bolts count them in memory and show each
//! result at once, in a view. A tuple is sent once. Best effort leaves it at that. At-least-once has an acker that
//! follows the tree of tuples that a record becomes, and a spout that emits the record again if the tree is not
//! complete in time; what was counted before is then counted twice, and what a crash emptied is gone. Neither is
//! exact: what they survive and what they do not is what is shown here.

pub mod alphabet;
mod design;
mod digest;
pub mod message;
mod process;
pub mod rows;
pub mod settings;
pub mod told;
mod account;

pub use design::{ACKER, BATCH, Design, VIEW};

use crate::pipeline::{LogRules, Truth};
use crate::stream::Record;
use message::{Change, Dispatch, Timer};
use onceproof_kernel::alphabet::{Moments, Point, Subject};
use onceproof_kernel::effect::KeptCommit;
use onceproof_kernel::layout::Layout;
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Carried, Pending, System, ToldWorld, Wait};
use onceproof_kernel::told::Details;
use settings::WindowClock;

/// Counting in memory as a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InMemory;

impl System for InMemory {
    type Design = Design;
    type Process = process::Task;
    type Rows = rows::Rows;
    type Change = Change;
    type Request = Dispatch;
    /// Nobody answers.
    type Reply = ();
    type Timer = Timer;
    type Right<'a> = Truth<'a>;
    type Shared = ();

    const INPUT: Timer = Timer::Input;

    fn layout(design: &Design) -> &Layout {
        &design.layout
    }

    fn right(design: &Design) -> Truth<'_> {
        let log = design.settings.batch.map(|batch| LogRules {
            cut_off: Some(batch.cut_off),
            keep: batch.keep,
            is_by_arrival: batch.window_clock == WindowClock::Arrival,
            is_distinct: batch.is_distinct,
        });
        Truth { pipeline: &design.pipeline, layout: &design.layout, log }
    }

    fn right_in_the_end(design: &Design) -> Option<Truth<'_>> {
        let all = LogRules { cut_off: None, keep: None, is_by_arrival: false, is_distinct: true };
        let Design { pipeline, layout, settings, .. } = design;
        settings.batch.map(|_| Truth { pipeline, layout, log: Some(all) })
    }

    fn wait(timer: Timer) -> Wait {
        told::wait(timer)
    }

    fn sent_at(message: &Dispatch, moments: &Moments) -> Point {
        match message {
            Dispatch::Tuple { is_first: true, .. } => alphabet::EMIT,
            Dispatch::Tuple { .. } => moments.send,
            Dispatch::Init { .. } => alphabet::INIT,
            Dispatch::Ack { .. } => alphabet::ACK,
            Dispatch::Complete { .. } => alphabet::COMPLETE,
            Dispatch::Show { .. } => alphabet::SHOW,
        }
    }

    fn word_of(message: &Dispatch) -> Option<&'static str> {
        match message {
            Dispatch::Tuple { .. } => None,
            Dispatch::Init { .. } => Some("init"),
            Dispatch::Ack { .. } => Some("ack"),
            Dispatch::Complete { .. } => Some("complete"),
            Dispatch::Show { .. } => Some("show"),
        }
    }

    fn subject(message: &Dispatch) -> Subject {
        Subject::Record(match message {
            Dispatch::Tuple { record, .. } => record.tag.name,
            Dispatch::Init { name, .. }
            | Dispatch::Ack { name, .. }
            | Dispatch::Complete { name, .. }
            | Dispatch::Show { name, .. } => *name,
        })
    }

    fn carried(message: &Dispatch) -> Option<Carried> {
        let Dispatch::Tuple { record, .. } = message else { return None };
        let Record { tag, key, id, event_time, .. } = *record;
        Some(Carried { name: tag.name, key, id, made: event_time })
    }

    fn parts_of_reply((): &()) -> Details {
        Vec::new()
    }

    fn add_pending(
        pending: Pending<'_, InMemory>,
        _: ToldWorld<'_, InMemory>,
        state: &mut WorldState,
    ) {
        match pending {
            Pending::Request(message) => state.add(message),
            Pending::Reply(()) => {}
            Pending::Timer(shard, timer) => state.add((shard, timer)),
            Pending::Commit(KeptCommit { commit: _, progress: _, changes }, _) => {
                state.add_list(changes);
            }
        }
    }

    fn digest_of_request(message: &Dispatch, words: &Vocabulary) -> [u64; 2] {
        digest::of_message(message, words)
    }

    fn digest_of_reply((): &()) -> u64 {
        0
    }

    fn digest_of_change(change: &Change, words: &Vocabulary) -> u64 {
        digest::of_change(change, words)
    }
}
