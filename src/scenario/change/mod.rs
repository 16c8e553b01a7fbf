//! What is changed of a scenario, by a search or on the command line, and how it is written.

#[cfg(feature = "cli")]
pub(super) mod edit;
#[cfg(feature = "cli")]
pub(super) mod spare;
pub(super) mod rows;
pub(super) mod write;
#[cfg(feature = "cli")]
pub(super) mod redesign;
#[cfg(feature = "cli")]
pub(super) mod unheld;
pub(super) mod vary;
#[cfg(feature = "cli")]
pub(super) mod weather;
pub(super) mod varied;
#[cfg(feature = "cli")]
pub(super) mod at_point;
#[cfg(feature = "cli")]
pub(super) mod regress;
pub(super) mod under;
pub(super) mod asked;
#[cfg(feature = "cli")]
pub(super) mod asked_of_step;
pub(super) mod typed;
#[cfg(feature = "cli")]
pub(super) mod pieces;
