//! The controls, by their numbers: a batch, for the steps of the protocol, and each message by its word.

/// A batch, which each step of the protocol is about.
pub const BATCH: u8 = 0;
/// See [`super::FRESH`].
pub const FRESH: u8 = 1;
/// An executor is to run an attempt.
pub const RUN: u8 = 2;
/// An attempt has come to its end.
pub const DONE: u8 = 3;
/// An attempt asks whether it may write.
pub const MAY: u8 = 4;
/// See [`super::FETCH`].
pub const FETCH: u8 = 5;
/// A version of a state is stored.
pub const PUT_STATE: u8 = 6;
/// A row of the log of offsets is put.
pub const PUT_OFFSETS: u8 = 7;
/// A row of the log of results is put.
pub const PUT_RESULTS: u8 = 8;
/// A row of the log of commits is put.
pub const PUT_COMMIT: u8 = 9;
/// See [`super::PUBLISH`].
pub const PUBLISH: u8 = 10;
/// See [`super::WRITE`].
pub const WRITE: u8 = 11;
/// See [`super::RELEASE`].
pub const RELEASE: u8 = 12;
