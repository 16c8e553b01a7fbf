//! A deterministic fault-injection simulator for exactly-once stream processing: many runs of a scenario,
//! and the command line over them. One run is the work of `onceproof-sim`, the system under test that of
//! `onceproof-model`.
//!
//! The modules stand in the order in which a scenario meets them: it is read, run under many seeds, and
//! reported on.

pub mod figures;
pub mod printable;
pub mod prelude;
pub mod protocol;
pub mod scenario;
pub mod search;
pub mod report;
pub mod write;
pub mod check;
pub mod pipeline;
#[cfg(feature = "proptest")]
pub mod strategies;
