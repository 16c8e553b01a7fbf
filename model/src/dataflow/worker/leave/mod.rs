//! What goes out: outputs and watermarks to other shards, calls to services.

pub(super) mod send;
pub(super) mod call;
pub(super) mod promise;
mod report;
