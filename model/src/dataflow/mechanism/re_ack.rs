//! `re-ack`: a duplicate is dropped and acked, since its sender is still waiting.

/// Whether a duplicate is acked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReAck {
    /// Acked like a record that was committed.
    #[default]
    Always,
    /// Dropped in silence. Wrong: the sender retries for ever.
    Never,
}
