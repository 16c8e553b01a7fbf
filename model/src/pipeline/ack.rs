//! `ack`: a receiver may ack only what is durable, since the sender forgets what is acked.

/// When a record is acked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ack {
    /// When the commit of its effects is answered.
    #[default]
    AfterCommit,
    /// When it arrives. Wrong: a crash before the commit loses it.
    OnReceipt,
}
