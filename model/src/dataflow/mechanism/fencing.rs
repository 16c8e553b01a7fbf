//! `fencing`: the store refuses a commit under any token but that of the shard's owner, when it is applied.
//! MillWheel names the token a sequencer (VLDB 2013, 6.2): without it a worker that lost its shard, and does
//! not know, writes over its successor.

/// Whether a commit under an older token is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Fencing {
    /// Refused, and its worker stops.
    #[default]
    Token,
    /// Applied like any other. Wrong: two owners fire one window, and what lands after a scan is forgotten. Two
    /// owners double a pane only if both have read it before either has written it. Where the directory lags by
    /// 20 ms and the store is 1 ms away, a pause of 400 ms or a move before `emit` alone is too quick for that:
    /// it takes a longer pause, or a slow store.
    Off,
}
