//! What systems have in common whose processes take one record at a time: the record itself, the way of it through
//! the steps that run together, and what is counted of it.

mod caller;
mod cell;
mod desk;
mod flow;
mod record;
mod topology;
mod windows;

pub use caller::{OpenCall, OpenCalls, Repeats};
pub use cell::{CountedCell, Sum, Windowed, digest_of_standing};
pub use desk::{ServiceDesk, answer};
pub use flow::{Failed, Flow, Leaving, Runner};
pub use record::Record;
pub use topology::{Refused, Topology};
pub use windows::{CountedWindows, FiredWindow, WindowContent, WindowOfKey};
