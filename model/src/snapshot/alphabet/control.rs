//! The controls, by their numbers. Those of a request or a commit have the word of the step at which it is sent.

/// What travels through channels beside records.
pub const WATERMARK: u8 = 0;
/// See [`super::BARRIER`].
pub const BARRIER: u8 = 1;
/// A handle on its way to its committer.
pub const HANDLE: u8 = 2;
/// The end of a channel.
pub const END: u8 = 3;
/// What is stored, recorded, deleted or discarded for a checkpoint.
pub const CHECKPOINT: u8 = 4;
/// See [`super::DEPLOY`].
pub const DEPLOY: u8 = 5;
/// See [`super::START`].
pub const START: u8 = 6;
/// See [`super::ASSIGN`].
pub const ASSIGN: u8 = 7;
/// See [`super::NO_MORE`].
pub const NO_MORE: u8 = 8;
/// See [`super::ASSIGNED`].
pub const ASSIGNED: u8 = 9;
/// See [`super::TRIGGER`].
pub const TRIGGER: u8 = 10;
/// See [`super::ACK`].
pub const ACK: u8 = 11;
/// See [`super::DECLINE`].
pub const DECLINE: u8 = 12;
/// See [`super::NOTIFY`].
pub const NOTIFY: u8 = 13;
/// See [`super::ABORT`].
pub const ABORT: u8 = 14;
/// See [`super::CANCEL`].
pub const CANCEL: u8 = 15;
/// See [`super::CLEANUP`].
pub const CLEANUP: u8 = 16;
/// See [`super::BEGIN`].
pub const BEGIN: u8 = 17;
/// See [`super::COMMIT`].
pub const COMMIT: u8 = 18;
/// See [`super::FINISH`].
pub const FINISH: u8 = 19;
/// See [`super::REGISTER`].
pub const REGISTER: u8 = 20;
/// See [`super::FAIL`].
pub const FAIL: u8 = 21;
