//! What a test needs: `use onceproof::prelude::*`.

pub use crate::check::{Certificate, Check, Faults, One, Witness};
pub use crate::protocol::{
    Applied, Cx, Log, Millis, Misfit, Produced, Producer, Protocol, Record, Refused, Route, START,
    Setup, Step, Sum, Table, Tag, Tx, Unknown, Written,
};
pub use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};
pub use onceproof_sim::fault::{ClockWay, Direction, Kind, KindName, Leg};
pub use onceproof_sim::outcome::Class;
