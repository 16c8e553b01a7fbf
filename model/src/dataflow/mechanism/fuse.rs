//! `fuse`: a step may run in the stage of the step before it: in process, under one commit, without a
//! message, an id or a catalog between the two. It changes the cost of a run, and how much a crash runs
//! again: the whole stage.

/// Whether a step may run in the stage of the step before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Fuse {
    /// It may, where nothing else keeps it apart.
    #[default]
    Together,
    /// It is a stage of its own: its input comes through a shuffle.
    Apart,
}
