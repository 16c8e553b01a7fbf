//! What a file demands of its runs: what is expected, and the ledger that it states.

pub(super) mod expect;
pub(super) mod lines;
pub(super) mod stated;
