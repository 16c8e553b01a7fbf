//! The command line as clap reads it.

use crate::ending::Ending;
use crate::output::complain;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use onceproof_sim::fault::KindName;
use std::io;
use std::num::{NonZeroU64, NonZeroUsize};
use std::ops::Range;
use std::path::PathBuf;

/// What every help text ends with.
const EXIT_CODES: &str = "\
Exit codes:
  0  as expected; for run, sweep, replay and exhaust: nothing violated
  1  violated, an expected violation was not found, or a wrong value has no witness
  2  bad usage or bad scenario
  3  inconclusive: a limit was hit, or a search was interrupted
  4  nothing selected
  5  not deterministic
  6  input or output failed";

/// The whole command line.
#[derive(Parser, Debug)]
#[command(name = "onceproof", version, after_help = EXIT_CODES)]
#[command(about = "Deterministic fault-injection simulator for exactly-once stream processing")]
pub struct Cli {
    /// What all commands share.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands share.
#[derive(Args, Clone, Copy, Debug)]
pub struct Common {
    /// How results are written.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    #[arg(value_name = "text|json", hide_possible_values = true)]
    pub format: Format,
    /// Take a fault that did not fire for a failure.
    #[arg(long, global = true)]
    pub strict: bool,
    /// When results are coloured.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    #[arg(value_name = "auto|always|never", hide_possible_values = true)]
    pub color: Color,
}

/// How results are written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Text,
    /// One document.
    Json,
}

/// When results are coloured.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// One run: verdict, ledger, work.
    Run(RunArgs),
    /// Many seeds, on all cores.
    ///
    /// Ctrl-C ends it after the runs that are under way and reports on the seeds before the first that
    /// was not run; the exit code is that of what they showed.
    Sweep(SweepArgs),
    /// A saved failure, strictly.
    Replay(ReplayArgs),
    /// Every schedule of at most K faults: a certificate, or the causes.
    ///
    /// The faults of the file are left out; their parameters are kept, and the kinds that it does not name
    /// have the default ones. Ctrl-C ends the search soon and reports on what it has.
    Exhaust(ExhaustArgs),
    /// What breaks it for each mechanism that is switched to a wrong value: a smallest schedule, or a seed.
    Necessity(NecessityArgs),
    /// The smallest failure of the same class, as a scenario file.
    ///
    /// Takes a failing seed, a failing scenario or a saved failure. The result needs no seed where the
    /// least latency and the first answers of functions fail, too. What of another class is met on the way
    /// is saved beside it and not followed.
    Shrink(ShrinkArgs),
    /// Every scenario against what it expects, one line each.
    Test(TestArgs),
    /// Whether scenarios are well formed.
    Check(CheckArgs),
    /// The pipeline before and after optimization.
    Graph(GraphArgs),
    /// The JSON Schema of the scenario format.
    Schema,
    /// What runs did, for a process that checks that its own do the same.
    #[command(hide = true)]
    Checkpoints(CheckpointsArgs),
}

/// A scenario built otherwise than its file says.
#[derive(Args, Debug)]
pub struct Redesign {
    /// Mechanisms for every step, in place of those in the file: 'dedup = "off", bundle = 4'.
    #[arg(long, value_name = "M = V, …")]
    pub mechanism: Option<String>,
    /// Leave the odds of these kinds of faults out, with commas.
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
    pub without: Vec<KindName>,
}

impl Redesign {
    /// Whether it is built otherwise at all.
    pub fn is_any(&self) -> bool {
        self.mechanism.is_some() || !self.without.is_empty()
    }
}

/// Arguments of `run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The scenario.
    pub file: PathBuf,
    /// How it is built.
    #[command(flatten)]
    pub redesign: Redesign,
    /// The seed, in place of the one in the file.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Run it in the weather that the seed has in a swarm.
    #[arg(long, requires = "seed", conflicts_with_all = ["check_determinism", "without"])]
    pub swarm: bool,
    /// Print every event before the report.
    #[arg(long)]
    pub trace: bool,
    /// Run it again in a fresh process, and name the first event that differs.
    #[arg(long, conflicts_with_all = ["mechanism", "without"])]
    pub check_determinism: bool,
    /// Lets the process decide when the event after so many others comes, to test --check-determinism.
    #[arg(long, value_name = "N", hide = true, requires = "check_determinism")]
    pub plant_nondeterminism: Option<u64>,
}

/// Arguments of `checkpoints`.
#[derive(Args, Debug)]
pub struct CheckpointsArgs {
    /// The scenario.
    pub file: PathBuf,
    /// The seed of the one run.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// The fingerprints of the runs under all of these seeds.
    #[arg(long, value_name = "a..b", value_parser = seed_range, conflicts_with = "seed")]
    pub seeds: Option<Range<u64>>,
    /// The fingerprint of the one run after every so many events, and at its end.
    #[arg(long, value_name = "N", default_value_t = onceproof::search::determinism::EVERY)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub every: u64,
    /// The events of the one run with these numbers, in place of that.
    #[arg(long, value_name = "a..b", value_parser = seed_range, conflicts_with = "seeds")]
    pub events: Option<Range<u64>>,
    /// As for `run`.
    #[arg(long, value_name = "N", hide = true)]
    pub plant_nondeterminism: Option<u64>,
}

/// Arguments of `sweep`.
#[derive(Args, Debug)]
pub struct SweepArgs {
    /// Scenarios, and folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How they are built.
    #[command(flatten)]
    pub redesign: Redesign,
    /// The seeds from a up to but without b, in place of those in the files.
    #[arg(long, value_name = "a..b", value_parser = seed_range)]
    pub seeds: Option<Range<u64>>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Stop a scenario after so many violated runs.
    #[arg(long, value_name = "N")]
    pub max_fail: Option<NonZeroU64>,
    /// Run all seeds again in a fresh process, and name the first event that differs.
    #[arg(long, conflicts_with_all = ["mechanism", "without"])]
    pub check_determinism: bool,
    /// Show what was reached: fault kinds by the steps of the protocol that they struck, and marks by the
    /// fault kinds under which they were reached.
    #[arg(long)]
    pub reached: bool,
    /// Run each seed in a weather of its own: some kinds of faults are off, the odds of the others are drawn
    /// over orders of magnitude, and input, shards, workers and windows vary.
    #[arg(long, conflicts_with_all = ["check_determinism", "without"])]
    pub swarm: bool,
    /// The folder that failures are saved in, and replayed from before anything else.
    #[arg(long, value_name = "DIR", default_value = crate::paths::REGRESSIONS)]
    pub out: PathBuf,
}

/// Arguments of `replay`.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// The saved failure.
    pub file: PathBuf,
}

/// Arguments of `exhaust`.
#[derive(Args, Debug)]
pub struct ExhaustArgs {
    /// The scenario.
    pub file: PathBuf,
    /// The most faults of a schedule, up to 9.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(..=9))]
    pub faults: u32,
    /// The kinds of faults, with commas [default: all].
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
    pub kinds: Vec<KindName>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Go on with the search in this file, if there is one, and keep in it what is done.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    /// Run also what leads to the same state as another schedule.
    #[arg(long)]
    pub no_prune: bool,
    /// Run also what a smaller schedule explains.
    #[arg(long)]
    pub all: bool,
    /// The folder that the smallest cause is saved in.
    #[arg(long, value_name = "DIR", default_value = crate::paths::REGRESSIONS)]
    pub out: PathBuf,
}

/// Arguments of `necessity`.
#[derive(Args, Debug)]
pub struct NecessityArgs {
    /// The scenario.
    pub file: PathBuf,
    /// The most faults of a schedule, up to 9.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(..=9))]
    #[arg(required_unless_present = "seeds", conflicts_with = "seeds")]
    pub faults: Option<u32>,
    /// In place of all schedules, the faults that the scenario draws under these seeds, from a up to but without
    /// b; then each right value is tried, too.
    #[arg(long, value_name = "a..b", value_parser = seed_range)]
    pub seeds: Option<Range<u64>>,
    /// The kinds of faults of a schedule, with commas [default: all].
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
    #[arg(conflicts_with = "seeds")]
    pub kinds: Vec<KindName>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Write the table as one of Markdown.
    #[arg(long)]
    pub markdown: bool,
}

/// Arguments of `shrink`.
#[derive(Args, Debug)]
pub struct ShrinkArgs {
    /// The scenario.
    pub file: PathBuf,
    /// How it is built.
    #[command(flatten)]
    pub redesign: Redesign,
    /// The seed, in place of the one in the file.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// The file to write; without it, standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `test`.
#[derive(Args, Debug)]
pub struct TestArgs {
    /// Scenarios, and folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// The folder of saved failures that are replayed before anything else.
    #[arg(long, value_name = "DIR", default_value = crate::paths::REGRESSIONS)]
    pub regressions: PathBuf,
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Scenarios, and folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Arguments of `graph`.
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// The scenario.
    pub file: PathBuf,
    /// Draw it, for Graphviz or for Markdown.
    #[arg(long, value_enum, value_name = "dot|mermaid", hide_possible_values = true)]
    pub picture: Option<Picture>,
}

/// How a picture is written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
}

impl From<Picture> for onceproof::report::graph::Picture {
    fn from(picture: Picture) -> Self {
        match picture {
            Picture::Dot => Self::Dot,
            Picture::Mermaid => Self::Mermaid,
        }
    }
}

impl Cli {
    /// Reads the command line of this process.
    ///
    /// # Errors
    /// How the process ends when there is nothing to do: help was asked for, or the usage is bad. What
    /// there is to say has been said.
    pub fn read() -> Result<Cli, Ending> {
        Cli::try_parse().and_then(Cli::checked).map_err(|error| {
            let ending = if error.use_stderr() { Ending::Bad } else { Ending::AsExpected };
            match error.print() {
                Err(failed) if failed.kind() != io::ErrorKind::BrokenPipe => {
                    complain(&format!("standard output: {failed}"));
                    Ending::Io
                }
                Ok(()) | Err(_) => ending,
            }
        })
    }

    /// Refuses what clap has no word for.
    fn checked(self) -> Result<Cli, clap::Error> {
        match &self.command {
            Command::Run(run) if run.trace && self.common.format == Format::Json => {
                let message = "--trace prints lines of text and cannot be used with --format json";
                Err(Cli::command().error(ErrorKind::ArgumentConflict, message))
            }
            Command::Graph(graph)
                if graph.picture.is_some() && self.common.format == Format::Json =>
            {
                let message = "--picture draws a text and cannot be used with --format json";
                Err(Cli::command().error(ErrorKind::ArgumentConflict, message))
            }
            Command::Necessity(args) if args.markdown && self.common.format == Format::Json => {
                let message = "--markdown cannot be used with --format json";
                Err(Cli::command().error(ErrorKind::ArgumentConflict, message))
            }
            Command::Run(_)
            | Command::Sweep(_)
            | Command::Replay(_)
            | Command::Exhaust(_)
            | Command::Necessity(_)
            | Command::Shrink(_)
            | Command::Test(_)
            | Command::Check(_)
            | Command::Graph(_)
            | Command::Schema
            | Command::Checkpoints(_) => Ok(self),
        }
    }
}

/// Reads the word of a kind of fault.
fn kind(text: &str) -> Result<KindName, String> {
    KindName::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
        let words: Vec<&str> = KindName::ALL.iter().map(|kind| kind.word()).collect();
        format!("there is no such kind of fault; there are {}", words.join(", "))
    })
}

/// Reads `a..b`. An empty range is read; that it selects nothing is said later.
fn seed_range(text: &str) -> Result<Range<u64>, String> {
    let (start, end) = text.split_once("..").ok_or("seeds are given as a..b, such as 0..1000")?;
    let seed = |text: &str| {
        let number = text.parse::<u64>();
        number.map_err(|_| format!("{text:?} is not a seed: seeds are 0 to {}", u64::MAX))
    };
    let (start, end) = (seed(start)?, seed(end)?);
    if start > end {
        return Err(format!("the range ends before it begins; {end}..{start} is meant?"));
    }
    Ok(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(seed_range("0..1000"), Ok(0..1000));
        assert_eq!(seed_range("7..7"), Ok(7..7));
        for bad in ["", "7", "..", "0..", "..5", "-1..5", "0..=5", "a..b", "5..3", "0..1e3"] {
            assert!(seed_range(bad).is_err(), "{bad}");
        }
        assert!(seed_range("0..18446744073709551615").is_ok());
        assert!(seed_range("0..18446744073709551616").is_err());
    }

    #[test]
    fn a_trace_is_no_document() {
        let parse = |args: &[&str]| Cli::try_parse_from(args).and_then(Cli::checked);
        assert!(parse(&["onceproof", "run", "a.toml", "--trace"]).is_ok());
        assert!(parse(&["onceproof", "--format", "json", "run", "a.toml"]).is_ok());
        assert!(parse(&["onceproof", "run", "a.toml", "--trace", "--format", "json"]).is_err());
    }
}
