//! What is changed of a scenario, by a search or on the command line, and how it is written.

pub(super) mod edit;
pub(super) mod write;
pub(super) mod redesign;
pub(super) mod vary;
pub(super) mod varied;
pub(super) mod regress;
pub(super) mod under;
pub(super) mod asked;
pub(super) mod typed;
