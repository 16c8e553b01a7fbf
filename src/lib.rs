//! A deterministic fault-injection simulator for exactly-once stream processing, as a library: checks for `cargo test`,
//! and what the command line is made of.
//!
//! A run is a pure function of a plan and a seed. A system runs in one thread and virtual time; requests and acks are
//! lost, workers crash, commits are late, functions answer otherwise when they run again; and what is committed in the end
//! is compared with what is right, which is worked out beside it. So a failure is a seed, and what made it is found by
//! taking faults away until none can go. Where few faults are enough, every schedule of them can be run: what none of
//! them breaks is certified.
//!
//! ```
//! use onceproof::check::{Check, Faults};
//!
//! // Under `cargo test` this is the body of a test.
//! let certificate = Check::file("scenarios/dedup/lost-ack.toml")
//!     .faults(Faults::all())
//!     .seeds(0..200)
//!     .exhaust(1);
//! assert!(certificate.to_string().contains("no schedule of at most 1 of these faults breaks it"));
//! ```
//!
//! [`check::Check`] takes it from there: seeds, designs that must be found wrong, properties of one's own, failures that
//! are shrunk, saved and run again.
//!
//! # Weight
//!
//! The feature `cli`, on by default, is the binary, and `schema` the JSON Schemas of what it reads and writes. A test
//! needs neither:
//!
//! ```toml
//! [dev-dependencies]
//! onceproof = { version = "0.1", default-features = false }
//!
//! [profile.dev.package."*"]
//! opt-level = 2
//!
//! [profile.dev.package.onceproof]
//! opt-level = 0
//! ```
//!
//! The second part matters: nearly all that such a test does is simulated runs, and without it they are compiled for a
//! debugger and take many times as long. The third part spares the compiler its work on this crate itself, which reads and
//! tells; what runs is in those below it.
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
//! the work of `onceproof-sim`, the systems under test are those of `onceproof-model`.

pub mod figures;
pub mod printable;
pub mod prelude;
pub mod protocol;
pub mod scenario;
pub mod search;
pub mod report;
pub mod write;
pub mod check;
