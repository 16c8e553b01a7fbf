//! The arguments of `schema`.

use clap::{Args, ValueEnum};

/// Arguments of `schema`.
#[derive(Args, Debug)]
pub struct SchemaArgs {
    /// Of what: of scenario files, of the lines of `run --trace --format json`, or of the document of another command with
    /// --format json. A sweep of several scenarios prints `sweeps`, and necessity with --seeds `necessity-seeds`.
    #[arg(long, value_enum, value_name = "NAME", default_value_t = SchemaOf::Scenario)]
    pub of: SchemaOf,
}

/// What a schema is of.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SchemaOf {
    /// A scenario file.
    Scenario,
    /// A run.
    Run,
    /// A line of a trace.
    Trace,
    /// A sweep.
    Sweep,
    /// Several sweeps.
    Sweeps,
    /// An exhaustive search.
    Exhaust,
    /// What is needed, by schedules.
    Necessity,
    /// What is needed, by seeds.
    NecessitySeeds,
    /// A comparison.
    Compare,
    /// A tuning.
    Tune,
    /// The smallest failure.
    Shrink,
    /// An explanation.
    Explain,
    /// Scenarios beside what they expect.
    Test,
    /// Whether scenarios are well formed.
    Check,
    /// A pipeline.
    Graph,
}
