//! What a file says of the input.

pub(super) mod input;
pub(super) mod csv;
