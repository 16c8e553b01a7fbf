//! What is decided: a record goes into its window or through the functions of the stage, windows fire, outputs are lifted.

pub(super) mod apply;
pub(super) mod chain;
pub(super) mod fire;
pub(super) mod lift;
