//! What a user would check, in one program: it is linked once, and what several subjects share is compiled once. A
//! subject is a module, so its tests are those with its name: `cargo test --test all laws::`. A test stands in a
//! program of its own only where it must: `allocations` counts with an allocator of its own.

mod common;

#[cfg(unix)]
mod book;
mod canaries;
mod check;
mod command_line;
mod determinism;
mod documents;
mod exhaust;
mod explain;
mod in_memory;
mod lambda;
mod protocols;
mod laws;
mod mechanisms;
mod model_is_pure;
mod one_kernel;
mod one_table;
mod pipelines;
mod scenario_format;
mod scenarios;
mod shrink;
mod sources;
mod trace;
mod micro_batch;
mod snapshot;
mod transactions;
mod two_faults;
mod type_names;
