//! The arguments of each command.

use super::part::PartArgs;
use super::values::{
    KindReader, at_least_one, most_faults, positive, seed, seed_range, threads, time,
};
use clap::{ArgGroup, Args, ValueEnum};
use onceproof::scenario::{Changes, Readable, Scenario, ScenarioError};
use onceproof_kernel::time::Nanos;
use onceproof_sim::fault::KindName;
use std::num::{NonZeroU64, NonZeroUsize};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The options of [`Redesign`].
const CHANGES: [&str; 5] = ["mechanism", "step", "without", "fault", "bare"];

/// A scenario built otherwise than its file says.
#[derive(Args, Debug)]
pub struct Redesign {
    /// Mechanisms for every step, in place of those in the file: 'dedup = "off", bundle = 4'.
    #[arg(long, value_name = "M = V, …")]
    pub mechanism: Option<String>,
    /// Keys of one step, in place of those in the file: 'table: write = "append"'. May be given several times.
    #[arg(long, value_name = "STEP: K = V, …")]
    pub step: Vec<String>,
    /// Leave the odds of these kinds of faults out, with commas.
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = KindReader)]
    pub without: Vec<KindName>,
    /// An exact fault: 'at = { to = "table", attempt = 1 }, do = "drop-ack"'. May be given several times.
    #[arg(long, value_name = "at = …, do = …")]
    pub fault: Vec<String>,
    /// Leave all faults of the file out, drawn and exact ones; those of --fault stay.
    #[arg(long)]
    pub bare: bool,
}

impl Redesign {
    /// What is changed.
    pub fn changes(&self) -> Changes {
        let Redesign { mechanism, step, without, fault, bare } = self;
        Changes {
            mechanism: mechanism.clone(),
            steps: step.clone(),
            without: without.clone(),
            bare: *bare,
            faults: fault.clone(),
        }
    }

    /// Whether it is built otherwise at all.
    pub fn is_any(&self) -> bool {
        !self.changes().is_none()
    }
}

/// Which files are read.
#[derive(Args, Clone, Debug)]
pub struct Files {
    /// Let scenarios read what is below this folder, beside what is below the folder above their own.
    #[arg(long, value_name = "DIR")]
    pub allow_read: Vec<PathBuf>,
}

impl Files {
    /// What scenarios may read.
    ///
    /// # Errors
    /// A folder is none.
    pub fn readable(&self) -> Result<Readable, ScenarioError> {
        Readable::below(&self.allow_read)
    }

    /// Reads a scenario, from standard input where its path is `-`.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn load(&self, path: &Path) -> Result<Scenario, ScenarioError> {
        load(path, &self.readable()?)
    }
}

/// The path that stands for standard input.
pub const STANDARD_INPUT: &str = "-";

/// Reads a scenario, from standard input where its path is `-`.
///
/// # Errors
/// It cannot be used.
pub fn load(path: &Path, readable: &Readable) -> Result<Scenario, ScenarioError> {
    match path == Path::new(STANDARD_INPUT) {
        true => Scenario::read_with(&mut std::io::stdin().lock(), path, readable),
        false => Scenario::load_with(path, readable),
    }
}

/// A page beside the report.
#[derive(Args, Debug)]
pub struct PageArgs {
    /// Write the report as a page, too: one file that a browser opens without a network. A page that is there is made
    /// again; anything else of that name stays as it is.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// Arguments of `run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// How it is built.
    #[command(flatten)]
    pub redesign: Redesign,
    /// The seed, in place of the one in the file.
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Run it in the weather that the seed has in a swarm.
    #[arg(long, requires = "seed", conflicts_with_all = ["check_determinism", "without", "fault", "bare"])]
    pub swarm: bool,
    /// Print every event before the report; with --format json one document a line, the report the last.
    #[arg(long)]
    pub trace: bool,
    /// Of the trace, what is about this record or was made from it, such as events/0#2 or watermark@5s.
    #[arg(long, value_name = "NAME", requires = "trace")]
    pub record: Option<String>,
    /// Of the trace, what happens from this time of the run on, such as 1003ms.
    #[arg(long, value_name = "TIME", requires = "trace", value_parser = time)]
    pub from: Option<Nanos>,
    /// Of the trace, what happens up to this time of the run.
    #[arg(long, value_name = "TIME", requires = "trace", value_parser = time)]
    pub until: Option<Nanos>,
    /// Write a timeline of the whole run, too, in Chrome's trace format: ui.perfetto.dev opens it. A timeline that is there
    /// is made again; anything else of that name stays as it is.
    #[arg(long, value_name = "FILE")]
    pub perfetto: Option<PathBuf>,
    /// Run it again in a fresh process, and name the first event that differs.
    #[arg(long, conflicts_with_all = CHANGES)]
    pub check_determinism: bool,
    /// Lets the process decide when the event after so many others comes, to test --check-determinism.
    #[arg(long, value_name = "N", hide = true, requires = "check_determinism")]
    pub plant_nondeterminism: Option<u64>,
}

/// Arguments of `checkpoints`.
#[derive(Args, Debug)]
pub struct CheckpointsArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// The seed of the one run.
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// The fingerprints of the runs under all of these seeds.
    #[arg(long, value_name = "a..b", value_parser = seed_range, allow_hyphen_values = true, conflicts_with = "seed")]
    pub seeds: Option<Range<u64>>,
    /// The fingerprint of the one run after every so many events, and at its end.
    #[arg(long, value_name = "N", default_value_t = onceproof::search::determinism::EVERY)]
    #[arg(value_parser = positive, allow_negative_numbers = true)]
    pub every: u64,
    /// The events of the one run with these numbers, in place of that.
    #[arg(long, value_name = "a..b", value_parser = seed_range, allow_hyphen_values = true, conflicts_with = "seeds")]
    pub events: Option<Range<u64>>,
    /// As for `run`.
    #[arg(long, value_name = "N", hide = true)]
    pub plant_nondeterminism: Option<u64>,
}

/// Arguments of `sweep`.
#[derive(Args, Debug)]
pub struct SweepArgs {
    /// Scenarios, and folders that are searched for them; `-` reads standard input.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which files they may read.
    #[command(flatten)]
    pub files: Files,
    /// How they are built.
    #[command(flatten)]
    pub redesign: Redesign,
    /// The seeds from a up to but without b, in place of those in the files.
    #[arg(long, value_name = "a..b", value_parser = seed_range, allow_hyphen_values = true)]
    pub seeds: Option<Range<u64>>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Stop a scenario after so many violated runs.
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub max_fail: Option<NonZeroU64>,
    /// Run all seeds again in a fresh process, and name the first event that differs.
    #[arg(long, conflicts_with = "shard", conflicts_with_all = CHANGES)]
    pub check_determinism: bool,
    /// Show what was reached: fault kinds by the steps of the protocol that they struck, and marks by the
    /// fault kinds under which they were reached.
    #[arg(long)]
    pub reached: bool,
    /// Run each seed in a weather of its own: some kinds of faults are off, the odds of the others are drawn
    /// over orders of magnitude, and input, shards, workers and windows vary.
    #[arg(long, conflicts_with_all = ["check_determinism", "without", "fault", "bare"])]
    pub swarm: bool,
    /// A page beside the report.
    #[command(flatten)]
    pub page: PageArgs,
    /// The folder that failures are saved in, and replayed from before anything else.
    #[arg(long, value_name = "DIR", default_value = crate::paths::REGRESSIONS, conflicts_with = "shard")]
    pub out: PathBuf,
    /// How it is made.
    #[command(flatten)]
    pub part: PartArgs,
}

/// Arguments of `replay`.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// The saved failure; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
}

/// Arguments of `exhaust`.
#[derive(Args, Debug)]
pub struct ExhaustArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// The most faults of a schedule, up to 9.
    #[arg(long, value_name = "K", value_parser = most_faults, allow_negative_numbers = true)]
    pub faults: u32,
    /// The kinds of faults, with commas [default: all].
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = KindReader)]
    pub kinds: Vec<KindName>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// How it is made.
    #[command(flatten)]
    pub part: PartArgs,
    /// End after about so many runs.
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub runs: Option<NonZeroU64>,
    /// Run also what leads to the same state as another schedule.
    #[arg(long)]
    pub no_prune: bool,
    /// Run also what a smaller schedule explains.
    #[arg(long)]
    pub all: bool,
    /// The folder that the smallest cause is saved in.
    #[arg(long, value_name = "DIR", default_value = crate::paths::REGRESSIONS, conflicts_with = "shard")]
    pub out: PathBuf,
}

/// Arguments of `necessity`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("tried").required(true).args(["faults", "seeds"]))]
pub struct NecessityArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// The most faults of a schedule, up to 9.
    #[arg(long, value_name = "K", value_parser = most_faults, allow_negative_numbers = true)]
    pub faults: Option<u32>,
    /// In place of all schedules, the faults that the scenario draws under these seeds, from a up to but without
    /// b; then each right value is tried, too.
    #[arg(long, value_name = "a..b", value_parser = seed_range, allow_hyphen_values = true)]
    pub seeds: Option<Range<u64>>,
    /// The kinds of faults of a schedule, with commas [default: all].
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = KindReader)]
    #[arg(conflicts_with = "seeds")]
    pub kinds: Vec<KindName>,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// A page beside the report.
    #[command(flatten)]
    pub page: PageArgs,
    /// Write the table as one of Markdown.
    #[arg(long)]
    pub markdown: bool,
    /// How it is made.
    #[command(flatten)]
    pub part: PartArgs,
}

/// Arguments of `shrink`.
#[derive(Args, Debug)]
pub struct ShrinkArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
    /// How it is built.
    #[command(flatten)]
    pub redesign: Redesign,
    /// The seed, in place of the one in the file.
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// The file to write, which must not be there already; without it, standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// List every smallest set of up to 4 faults that makes the same failure in what is left: no part of one
    /// breaks it. With --out, each is saved, as FILE, FILE-2 and so on; none of these may be there already.
    #[arg(long)]
    pub all: bool,
    /// Kinds of faults for --all beside those that hit the damage, with commas.
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = KindReader, requires = "all")]
    pub kinds: Vec<KindName>,
    /// The most runs of --all. It gives up before the number of faults that would take more.
    #[arg(long, value_name = "N", requires = "all")]
    #[arg(default_value_t = onceproof::search::shrink::all::MOST_RUNS)]
    #[arg(value_parser = positive, allow_negative_numbers = true)]
    pub runs: u64,
    /// How many threads to use for --all [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true, requires = "all")]
    pub jobs: Option<NonZeroUsize>,
}

/// Arguments of `test`.
#[derive(Args, Debug)]
pub struct TestArgs {
    /// Scenarios, and folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which files they may read.
    #[command(flatten)]
    pub files: Files,
    /// How many threads to use [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// The folder of saved failures that are replayed before anything else.
    #[arg(long, value_name = "DIR", default_value = crate::paths::REGRESSIONS)]
    pub regressions: PathBuf,
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Scenarios, and folders that are searched for them; `-` reads standard input.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which files they may read.
    #[command(flatten)]
    pub files: Files,
}

/// Arguments of `new`.
#[derive(Args, Debug)]
pub struct NewArgs {
    /// The file to write, which must not be there already.
    #[arg(default_value = "first.toml")]
    pub file: PathBuf,
}

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// The command whose page it is; without it, that of the program.
    pub command: Option<String>,
}

/// Arguments of `graph`.
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// The scenario; `-` reads standard input.
    pub file: PathBuf,
    /// Which files it may read.
    #[command(flatten)]
    pub files: Files,
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
