//! The arguments of `compare`.

use super::args::{Files, PageArgs};
use super::part::PartArgs;
use super::values::{StrategyReader, seed_range, threads};
use clap::Args;
use onceproof::scenario::Strategy;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::PathBuf;

/// Arguments of `compare`.
#[derive(Args, Debug)]
pub struct CompareArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// The strategies, with commas [default: all].
    #[arg(long, value_name = "STRATEGY", value_delimiter = ',', value_parser = StrategyReader)]
    pub strategies: Vec<Strategy>,
    /// The seeds from a up to but without b, in place of those in the file.
    #[arg(long, value_name = "a..b", value_parser = seed_range, allow_hyphen_values = true)]
    pub seeds: Option<Range<u64>>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// A page beside the report.
    #[command(flatten)]
    pub page: PageArgs,
    /// How it is made.
    #[command(flatten)]
    pub part: PartArgs,
}
