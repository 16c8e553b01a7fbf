//! Shrinking finds the smallest failure: planted bugs whose smallest sets of faults are known, worked out by
//! hand, and from each of 100 failing seeds exactly such a set.

mod bugs;
mod planted;
mod bounds;
mod weaker;
mod mechanisms;
mod grid;
