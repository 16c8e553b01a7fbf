//! The arguments of `explain`.

use super::args::{Files, Redesign};
use super::values::seed;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The scenario, or a saved failure; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// How it is built.
    #[command(flatten)]
    pub redesign: Redesign,
    /// The seed, in place of the one in the file; where faults are drawn and the file fixes none, the first of its
    /// seeds that goes wrong.
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// The damaged record to tell of, such as events/0#2; the plainest by default.
    #[arg(long, value_name = "NAME")]
    pub record: Option<String>,
    /// Write a page that draws it, too: one file that needs no other and no network. A page that was written before is
    /// written anew.
    #[arg(long, value_name = "PAGE")]
    pub html: Option<PathBuf>,
    /// Write a picture of the story, too: what the page draws, without script, in place of one that was written before.
    #[arg(long, value_name = "PICTURE")]
    pub svg: Option<PathBuf>,
    /// Print a sequence diagram for Mermaid in place of the text.
    #[arg(long)]
    pub mermaid: bool,
}
