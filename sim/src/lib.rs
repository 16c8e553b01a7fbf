//! One run of onceproof.
pub mod plan;
pub mod input;
pub mod fault;
pub mod outcome;
pub mod simulator;
