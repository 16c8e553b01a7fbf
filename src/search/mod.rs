//! Many runs of one plan, looking for one that goes wrong. A search is a pure function of the plan and
//! what is asked of it; whatever number of threads it uses, what it finds is the same.

pub mod compare;
#[cfg(feature = "cli")]
pub mod determinism;
pub mod chance;
pub mod worth;
pub mod marks;
pub mod tally;
pub mod shard;
pub mod stretch;
#[cfg(feature = "cli")]
pub mod append;
#[cfg(feature = "cli")]
mod written;
#[cfg(feature = "cli")]
pub mod part;
pub mod threads;
pub mod in_order;
mod panics;
pub mod sweep;
pub mod as_stated;
#[cfg(feature = "cli")]
pub mod share;
#[cfg(feature = "cli")]
pub mod served;
#[cfg(feature = "cli")]
pub mod strategies;
pub mod blame;
pub mod causes;
pub mod certificate;
pub mod resume;
mod states;
mod deal;
mod runner;
mod walk;
pub mod space;
pub mod exhaust;
#[cfg(feature = "cli")]
pub mod variants;
#[cfg(feature = "cli")]
pub mod necessity;
#[cfg(feature = "cli")]
pub mod matrix;
pub(crate) mod repair;
pub mod shrink;
#[cfg(feature = "cli")]
pub mod swarm;
pub mod weathers;
#[cfg(feature = "cli")]
pub mod regressions;

#[cfg(test)]
mod fake;
