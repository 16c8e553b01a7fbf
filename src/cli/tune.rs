//! The arguments of `tune`.

use super::args::{Files, PageArgs};
use super::part::PartArgs;
use super::values::{seed_range, threads};
use clap::Args;
use onceproof::scenario::Varied;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::PathBuf;

/// Arguments of `tune`.
#[derive(Args, Debug)]
pub struct TuneArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// A key of the file, a step by its name, and its values [default: `[sweep] vary` of the file].
    ///
    /// Such as `mechanism.dedup.window=1s,10s,1m`, or nine values in equal ratios: `1s..10m`, `1..256`,
    /// `1/1000..1/10`. Given several times, each value meets each of the others.
    #[arg(long, value_name = "KEY=V,…", value_parser = Varied::parse)]
    pub vary: Vec<Varied>,
    /// The seeds from a up to but without b, in place of those in the file.
    #[arg(long, value_name = "a..b", value_parser = seed_range, allow_hyphen_values = true)]
    pub seeds: Option<Range<u64>>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Write the figures to this file too, as CSV: a row for each variation.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// A page beside the report, with curves.
    #[command(flatten)]
    pub page: PageArgs,
    /// How it is made.
    #[command(flatten)]
    pub part: PartArgs,
}
