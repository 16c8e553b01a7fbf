//! What a file says of faults: which, where, and on which record.

pub mod faults;
mod names;
pub(super) mod place;
pub(super) mod record;
mod request;
pub(super) mod placement;
