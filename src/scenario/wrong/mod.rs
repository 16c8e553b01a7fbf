//! What is said of a file that is wrong: where, what, and what would be right.

pub(super) mod diagnostic;
pub(super) mod error;
pub(super) mod explain;
pub(super) mod graph_error;
pub(super) mod such_as;
