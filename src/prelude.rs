//! What a test of a pipeline or a protocol needs.

pub use crate::check::{Check, Faults};
pub use crate::pipeline::{
    Execution, ExternalCall, Pipeline, append, hours, insert_id, milliseconds, minutes, offset,
    rename, seconds, two_phase, upsert,
};
pub use crate::scenario::Strategy;
pub use onceproof_sim::fault::KindName;
pub use onceproof_sim::outcome::Class;
