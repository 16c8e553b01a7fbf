//! `settle`: an output that is acked is deleted from the rows of its sender, by a commit of its own or by the next one
//! that its shard sends for anything else. The latter saves a commit and its answer for each record. It changes the
//! cost of a run and, in a right design, never its result.
//!
//! Until it is deleted, an output is sent again by whoever boots from its row. So the deletion that waits makes the time
//! longer in which a crash, a pause or a move sends again what was acked. The catalog of the receiver knows such a copy,
//! or the system watermark tells that it is a remnant. A receiver that keeps no ids counts it again
//! (`scenarios/settle/with-next-no-dedup.toml`), and a window of ids must be longer than such a wait.
//!
//! How much longer follows from when the wait ends (`worker/held/settle`): until all else in work at this shard is done.
//! Whatever of it was sent when the ack came is done after one more way of a record, from the commit at its sender to its
//! ack, and after what faults keep it back; and what is begun after that deletes with its own commit. So a fault may come
//! later by one such way, and no wait is added that grows with the run.
//!
//! Under `recompute` no output is held in a row, so there is nothing to delete, and `with-next` is refused.

/// By which commit an acked output is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Settle {
    /// By one of its own, or of its bundle.
    #[default]
    Alone,
    /// By the next one of its shard. A shard with nothing else in work deletes what waits by one of its own.
    WithNext,
}
