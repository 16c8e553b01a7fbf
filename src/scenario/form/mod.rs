//! The form of the file: its keys and the letters of their values, as it is written; its schema and its reference.

pub(super) mod raw;
pub(super) mod units;
pub(super) mod node;
pub(super) mod reading;
#[cfg(feature = "schema")]
pub(super) mod schema;
#[cfg(feature = "cli")]
pub(super) mod schema_parts;
#[cfg(feature = "schema")]
pub(super) mod reference;
pub(super) mod seed;
