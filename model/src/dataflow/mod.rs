//! Dataflow's exactly-once shuffle (*Streaming Systems*, ch. 5): ids in a catalog, outputs that are checkpointed
//! before they are sent, watermarks by which ids are forgotten.

pub mod bloom;
pub mod catalog;
pub mod decision;
pub mod defect;
mod design;
pub mod mechanism;
pub mod point;
pub mod queues;
pub mod record;
pub mod rows;
mod stage;
pub mod worker;

pub use design::{Design, SystemUse};
pub use stage::Stages;
