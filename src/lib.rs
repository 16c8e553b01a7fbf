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
//! # Weight
//!
//! The feature `cli`, on by default, is the binary, and `schema` the JSON Schemas of what it reads and writes; `proptest` has
//! strategies for a `proptest!` of your own. A test needs none of them:
//!
//! ```toml
//! [dev-dependencies]
//! onceproof = { version = "0.1", default-features = false }
//!
//! [profile.dev.package."*"]
//! opt-level = 2
//! ```
//!
//! The second part matters: nearly all that such a test does is simulated runs, and without it they are compiled for a
//! debugger and take some ten times as long. It optimises whatever the crate depends on. Where that takes too long, these
//! five are enough, in which runs are made:
//!
//! ```toml
//! [profile.dev.package]
//! onceproof-kernel = { opt-level = 2 }
//! onceproof-model = { opt-level = 2 }
//! onceproof-protocol = { opt-level = 2 }
//! onceproof-sim = { opt-level = 2 }
//! onceproof-systems = { opt-level = 2 }
//! ```
//!
//! # What stays
//!
//! The same version, check and seed give the same run on every machine. A later version may give another run for a seed:
//! a protocol that is mended sends other messages. What is saved is therefore no seed but the exact faults by their
//! places, and the rows of the input by their numbers and what they say. A later version reads the file of a saved
//! failure, and it fails again, or holds, or is stale: a fault that finds no place any more is named, and never passed
//! over.
//!
//! # The modules
//!
//! They stand in the order in which a scenario meets them: it is read, run under many seeds, and reported on. One run is
//! the work of `onceproof-sim`, the built-in systems are those of `onceproof-model`, and your own protocol is one by
//! `onceproof-protocol`.

#![recursion_limit = "256"]

pub mod figures;
pub mod printable;
pub mod prelude;
pub mod protocol;
pub mod scenario;
pub mod search;
pub mod report;
#[cfg(feature = "cli")]
pub mod page;
pub mod write;
pub mod explain;
pub mod check;
pub mod pipeline;
#[cfg(feature = "proptest")]
pub mod strategies;
