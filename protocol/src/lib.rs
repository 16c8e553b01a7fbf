//! A user's own protocol as a system under test. Each process is an `async fn` whose awaits are its effects: a commit, a
//! request, an ack, a sleep. Inside it is the same machine as every other system: inputs in, an ordered list of effects
//! out, so a crash can fall before any of them and the wrong order of a protocol is the wrong order of lines.
//!
//! What the user writes and holds is in [`protocol`], [`step`], [`cx`], [`tx`] and [`words`]. The executor is in `port`
//! and `crowd`: one future for each life of a process, polled after each input with a waker that does nothing. What a
//! future asks for is written down at its port and performed by the world; nothing here performs anything. The rest makes
//! a system of it: `design`, `message`, `process`, `rows`, `right`.

mod alphabet;
mod contents;
mod crowd;
pub mod cx;
mod design;
mod message;
mod op;
mod port;
mod process;
pub mod protocol;
mod right;
mod rows;
pub mod step;
mod system;
mod told;
mod account;
pub mod tx;
pub mod words;

pub use alphabet::{ALPHABET, COMMITS};
pub use design::{Design, FOR_EVER, LOG, Misfit};
pub use system::Own;
