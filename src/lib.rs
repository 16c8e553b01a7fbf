//! A deterministic fault-injection simulator for exactly-once stream processing. It runs a streaming system in one thread
//! and virtual time, loses requests and acks, crashes and pauses processes, lets user functions answer otherwise when they
//! run again, and compares all that is committed with what is right, worked out outside the system. One seed is one run, to
//! the last bit.
//!
//! There are three doors:
//!
//! - [`protocol`]: a protocol of your own, as `async fn`s whose awaits are its effects;
//! - [`pipeline`]: your records and functions in one of the built-in systems;
//! - scenario files ([`scenario`]), which the command line runs, and a test, too: [`Check::file`](check::Check::file).
//!
//! Each comes to a [`check::Check`]: many seeds, every schedule of a few faults with a certificate, wrong designs that must
//! be found wrong, failures that are made small, saved in `onceproof-regressions/` and run again first.
//!
//! ```
//! use onceproof::prelude::*;
//!
//! // The chapter's shuffle, with every fault that can do something in it, under a hundred seeds.
//! Pipeline::source("clicks", (0..30).map(|number| format!("user-{}", number % 3)))
//!     .count("per-user", |user| user.clone())
//!     .window(minutes(1))
//!     .check()
//!     .faults(Faults::all())
//!     .seeds(0..100)
//!     .exactly_once();
//! ```
//!
//! In a crate that tests with it, let the simulator be optimised: without, a search takes some ten times as long.
//!
//! ```toml
//! [dev-dependencies]
//! onceproof = { version = "0.1", default-features = false }
//!
//! [profile.dev.package."*"]
//! opt-level = 2
//! ```
//!
//! The command line is the feature `cli`, which is on by default; `proptest` has strategies for a `proptest!` of your own.
//! One run is the work of `onceproof-sim`, the built-in systems that of `onceproof-model`, your own protocol that of
//! `onceproof-protocol`.
//!
//! The modules stand in the order in which a scenario meets them: it is read, run under many seeds, and reported on.

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
