//! What comes in: records that are read or pulled, requests that are admitted, and the watermarks of senders.

pub(super) mod source;
pub(super) mod pull;
pub(super) mod gate;
pub(super) mod admit;
pub(super) mod filter;
pub(super) mod watermark;
