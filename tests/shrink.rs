//! Shrinking finds the smallest failure: planted bugs whose smallest sets of faults are known, worked out by
//! hand, and from each of 100 failing seeds exactly such a set.

#[path = "shrink/bugs.rs"]
mod bugs;
#[path = "shrink/planted.rs"]
mod planted;
#[path = "shrink/bounds.rs"]
mod bounds;
#[path = "shrink/weaker.rs"]
mod weaker;
#[path = "shrink/mechanisms.rs"]
mod mechanisms;
#[path = "shrink/grid.rs"]
mod grid;
