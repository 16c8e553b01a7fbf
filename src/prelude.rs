//! What a test needs: `use onceproof::prelude::*`.

pub use crate::check::{Certificate, Check, Faults, One, Witness};
pub use crate::pipeline::{
    Execution, ExternalCall, Pipeline, append, hours, insert_id, milliseconds, minutes, offset,
    rename, seconds, two_phase, upsert,
};
pub use crate::protocol::{
    Applied, Cx, Log, Millis, Misfit, Produced, Producer, Protocol, Record, Refused, Route, START,
    Setup, Step, Sum, Table, Tag, Tx, Unknown, Written,
};
pub use crate::scenario::Strategy;
pub use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};
pub use onceproof_sim::fault::{ClockWay, Direction, Kind, KindName, Leg};
pub use onceproof_sim::outcome::Class;
