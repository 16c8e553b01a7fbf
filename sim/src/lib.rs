//! One run of onceproof: a plan and a seed in, a verdict out.
//!
//! The world runs the processes of a system in one thread and virtual time, answers every question that chance
//! decides at a named point, keeps the durable store, and watches from outside, in the ledger, which
//! source records every committed result contains.
//!
//! The modules stand in the order in which a run meets them.

pub mod plan;
pub mod property;
pub mod input;
pub mod fault;
pub mod patience;
pub mod remembered;
pub mod simulator;
mod simulation;
mod world;
mod queue;
mod pool;
mod chacha;
pub mod draw;
mod sources;
mod generate;
mod answers;
mod network;
mod lasting;
mod outside;
mod store;
mod queue_service;
mod service;
mod ledger;
pub mod trace;
mod fingerprint;
pub mod marks;
pub mod times;
pub mod measure;
pub mod served;
pub mod outcome;
