//! The systems under test: pipelines, and the protocols that run them.
//!
//! This crate has no clock, no chance and no IO. A worker takes one [`Input`](onceproof_kernel::effect::Input) and returns an ordered list of
//! [`Effect`](onceproof_kernel::effect::Effect)s; what it may ask of the world while it does so is the small trait
//! [`Env`](dataflow::effect::Env). A test proves that the crate depends on nothing that could do more. That is what
//! lets the simulator put a crash before any effect, and what lets the same code run elsewhere.

#[cfg(test)]
mod each_told;
pub mod window;
pub mod function;
pub mod micro_batch;
pub mod pipeline;
pub mod stream;
pub mod dataflow;
pub mod in_memory;
pub mod transactions;
pub mod setting;
mod setting_rows;
pub mod snapshot;
