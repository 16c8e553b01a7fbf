//! What a file says of the system: steps, functions and mechanisms, and what flows between them.

pub(super) mod strategy;
pub(super) mod settings;
pub(super) mod steps;
pub(super) mod mechanism;
pub(super) mod nowhere;
pub(super) mod given;
pub(super) mod function;
pub(super) mod flow;
