//! What is held: the effects of a record until they are committed, outputs until they are acked, rows until they are paid.

pub(super) mod unit;
pub(super) mod hold;
pub(super) mod owe;
pub(super) mod outbox;
pub(super) mod settle;
