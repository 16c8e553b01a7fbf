//! Dataflow's exactly-once shuffle (*Streaming Systems*, ch. 5): ids in a catalog, outputs that are checkpointed
//! before they are sent, watermarks by which ids are forgotten.

mod ask;
pub mod bloom;
pub mod catalog;
pub mod change;
pub mod defect;
mod design;
mod digest;
pub mod effect;
pub mod mechanism;
mod places;
pub mod point;
pub mod fifos;
pub mod record;
pub mod rows;
mod stage;
pub mod told;
mod account;
pub mod worker;

pub use design::{Design, SystemUse};
pub use stage::Stages;

use crate::pipeline::Truth;
use effect::{Payload, Timer};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::effect::KeptCommit;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::Layout;
use onceproof_kernel::mix;
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{self, Pending, System, ToldWorld, Wait};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::{Detail, Details, Forgotten, Told};
use record::Record;

/// Dataflow's shuffle as a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dataflow;

impl System for Dataflow {
    type Design = Design;
    type Process = worker::Worker;
    type Rows = rows::Rows;
    type Change = change::Delta;
    type Request = Payload;
    /// The receiver's committed event-time watermark for the sender.
    type Reply = Time;
    type Timer = Timer;
    type Right<'a> = Truth<'a>;
    type Shared = ();

    const INPUT: Timer = Timer::Arrival;

    fn layout(design: &Design) -> &Layout {
        &design.layout
    }

    fn right(design: &Design) -> Truth<'_> {
        Truth { pipeline: &design.pipeline, layout: &design.layout, log: None }
    }

    fn wait(timer: Timer) -> Wait {
        match timer {
            Timer::Retry { sends: 1, .. } => Wait::FirstReply,
            Timer::Retry { .. } => Wait::Reply,
            Timer::RetryWatermark { .. } => Wait::ControlReply(point::WATERMARK),
            Timer::Recall { .. } => Wait::Answer,
            Timer::Arrival => Wait::Input,
            Timer::Close => Wait::EndOfInstant,
            Timer::Reread => Wait::Reread,
            Timer::Reapply(key) => Wait::Reapply(key),
        }
    }

    fn subject(request: &Payload) -> Subject {
        match &request.record {
            Some(record) => Subject::Record(record.name),
            None => point::watermark(request.watermark.event),
        }
    }

    fn carried(request: &Payload) -> Option<system::Carried> {
        let Record { name, key, id, stamp, .. } = *request.record.as_ref()?;
        Some(system::Carried { name, key, id, made: stamp })
    }

    fn parts_of_reply(watermark: &Time) -> Details {
        vec![("watermark", Detail::Time(*watermark))]
    }

    fn forgotten(record: Option<Name>, key: Key, why: Forgotten) -> Told {
        Told::new(told::Story::Forgets { record, key, why })
    }

    fn add_pending(
        pending: Pending<'_, Dataflow>,
        _: ToldWorld<'_, Dataflow>,
        state: &mut WorldState,
    ) {
        match pending {
            Pending::Request(payload) => state.add(payload),
            Pending::Reply(watermark) => state.add(watermark),
            Pending::Timer(shard, timer) => {
                state.add((shard, std::mem::discriminant(&timer)));
                match timer {
                    Timer::Retry { slot: _, sends, serial }
                    | Timer::RetryWatermark { target: _, sends, serial } => {
                        state.add(sends);
                        state.add_serial(shard, serial);
                    }
                    Timer::Reapply(key) => state.add(key),
                    Timer::Arrival | Timer::Close | Timer::Reread => {}
                    Timer::Recall { .. } => state.requires(false),
                }
            }
            Pending::Commit(KeptCommit { commit, changes, .. }, worker) => {
                state.add(worker.place_of_unit(commit));
                state.add_list(changes);
            }
        }
    }

    fn digest_of_request(request: &Payload, words: &Vocabulary) -> [u64; 2] {
        digest::of_request(request, words)
    }

    fn digest_of_reply(watermark: &Time) -> u64 {
        mix::words([watermark.0 as u64])
    }

    fn digest_of_change(change: &change::Delta, words: &Vocabulary) -> u64 {
        digest::of_change(change, words)
    }
}
