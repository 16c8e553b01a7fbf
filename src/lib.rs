//! A deterministic fault-injection simulator for exactly-once stream processing: many runs of a scenario,
//! and the command line over them. One run is the work of `onceproof-sim`, the system under test that of
//! `onceproof-model`.

pub mod scenario;
