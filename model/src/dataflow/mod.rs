//! Dataflow's exactly-once shuffle (*Streaming Systems*, ch. 5): ids in a catalog, outputs that are checkpointed
//! before they are sent, watermarks by which ids are forgotten.

pub mod bloom;
pub mod catalog;
pub mod change;
pub mod decision;
pub mod defect;
mod design;
pub mod effect;
pub mod mechanism;
pub mod point;
pub mod fifos;
pub mod record;
pub mod rows;
mod stage;
pub mod worker;

pub use design::{Design, SystemUse};
pub use stage::Stages;

use effect::Carried;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Time;

/// Dataflow's shuffle as a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dataflow;

impl System for Dataflow {
    type Design = Design;
    type Change = change::Delta;
    type Request = Carried;
    /// The receiver's committed event-time watermark for the sender.
    type Reply = Time;
    type Timer = effect::Timer;

    fn subject(request: &Carried) -> Subject {
        match &request.record {
            Some(record) => Subject::Record(record.name),
            None => point::watermark(request.watermark.event),
        }
    }
}
