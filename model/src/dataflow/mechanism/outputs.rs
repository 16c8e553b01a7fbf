//! `outputs`: what a step sends is either committed first, and resent byte for byte, or computed again
//! after a crash. Computing again is right only for functions that answer alike every time.

/// Whether outputs are durable before they are sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Outputs {
    /// Committed with the input's id and state, before they are sent: MillWheel's strong productions.
    #[default]
    Checkpoint,
    /// Sent before anything is committed: MillWheel's weak productions. Wrong for functions that are not
    /// deterministic.
    Recompute,
}
