//! The command line as clap reads it.

mod args;
mod compare;
mod tune;
mod explain;
mod format;
mod schema;
mod merge;
mod part;
mod values;

pub use args::{
    CheckArgs, CheckpointsArgs, CompletionsArgs, ExhaustArgs, Files, GraphArgs, ManArgs,
    NecessityArgs, NewArgs, PageArgs, Redesign, ReplayArgs, RunArgs, STANDARD_INPUT, ShrinkArgs,
    SweepArgs, TestArgs, load,
};

pub use compare::CompareArgs;
pub use explain::ExplainArgs;
pub use format::{CaseFormat, Format, Written};
pub use merge::MergeArgs;
pub use part::PartArgs;
pub use schema::{SchemaArgs, SchemaOf};
pub use tune::TuneArgs;

use crate::ending::Ending;
use crate::output::complain;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use onceproof::report::table::WIDTH;
use onceproof::search::certificate::VERSION;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What every help text ends with.
const EXIT_CODES: &str = "\
Exit codes:
  0  as expected; for run, sweep, replay and exhaust: nothing violated;
     for compare: all strategies ran
  1  violated, or an expected violation or a witness was not found
  2  bad usage or bad scenario
  3  inconclusive: a limit was hit, or a search was interrupted
  4  nothing selected
  5  not deterministic
  6  input or output failed; for merge also: a part is missing";

/// The whole command line.
#[derive(Parser, Debug)]
#[command(name = "onceproof", version = VERSION, after_help = EXIT_CODES, term_width = WIDTH)]
#[command(about = "Deterministic fault-injection simulator for exactly-once stream processing")]
pub struct Cli {
    /// What is asked of all commands.
    #[command(flatten)]
    pub asked: Asked,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What is asked of all commands.
#[derive(Args, Clone, Copy, Debug)]
pub struct Asked {
    /// How results are written; junit and github are for test, check, sweep and exhaust, markdown for these and for
    /// necessity, compare and schema. With github, a summary is appended to $GITHUB_STEP_SUMMARY where that is set.
    #[arg(long, global = true, value_enum, default_value_t = Written::Text)]
    #[arg(value_name = "text|json|markdown|junit|github", hide_possible_values = true)]
    pub format: Written,
    /// Take a fault that did not fire for a failure, also where a file allows it, and in run, sweep, test and
    /// replay also an aggregate or a sink without a record, and more late records, dead letters and rows left
    /// out than the file's `expect` states: none where it states nothing.
    #[arg(long, global = true)]
    pub strict: bool,
    /// When results are coloured.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    #[arg(value_name = "auto|always|never", hide_possible_values = true)]
    pub color: Color,
}

impl Asked {
    /// What all commands share.
    pub fn common(self) -> Common {
        let Asked { format, strict, color } = self;
        Common { format: format.format(), cases: format.cases(), strict, color }
    }
}

/// What all commands share.
#[derive(Clone, Copy, Debug)]
pub struct Common {
    /// How results are written, where they are not written as test cases.
    pub format: Format,
    /// How they are written as test cases, if that is asked for.
    pub cases: Option<CaseFormat>,
    /// Whether a fault that did not fire is a failure.
    pub strict: bool,
    /// When results are coloured.
    pub color: Color,
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
    /// A find in a minute: a wrong design is caught and made small, and the right one certified.
    Tour,
    /// A first scenario, to begin with: it is written to a file and says how it is run.
    New(NewArgs),
    /// One run: verdict, ledger, work.
    Run(RunArgs),
    /// Many seeds, on all cores.
    ///
    /// Ctrl-C ends it after the runs that are under way and reports on the seeds before the first that
    /// was not run; the exit code is that of what they showed.
    Sweep(SweepArgs),
    /// A saved failure, strictly.
    Replay(ReplayArgs),
    /// Why a run goes wrong: the story of one record, the nearest run that holds, and what to change.
    ///
    /// What is to be changed was found by running it: with that alone, or all that is named, this run holds.
    Explain(ExplainArgs),
    /// Every schedule of at most K faults: a certificate, or the causes.
    ///
    /// The faults of the file are left out; their parameters are kept, and the kinds that it does not name
    /// have the default ones. Ctrl-C ends the search soon and reports on what it has.
    Exhaust(ExhaustArgs),
    /// What breaks it with each wrong value of a mechanism or of a step: a smallest schedule, or a seed.
    Necessity(NecessityArgs),
    /// The same input and weather under each strategy.
    ///
    /// What a strategy does not have of the file is left out for it, and named; what the file expects is that of its own
    /// strategy. Ctrl-C ends it soon, and the report says how far each came.
    Compare(CompareArgs),
    /// Keys of a scenario with several values: duplicates, losses, latency, work.
    ///
    /// What each value comes to under the same seeds, and which is enough. Ctrl-C ends it soon, and the report says how
    /// far each came.
    Tune(TuneArgs),
    /// The report of a command of which several machines have made the parts, with --shard.
    ///
    /// It is that of the whole, and ends as that does. The scenarios are read again, and must say what they said. Of a
    /// part that is given twice one is taken; if the two differ, the exit code is 5. If a part is missing, it is 6.
    Merge(MergeArgs),
    /// The smallest failure of the same class, as a scenario file.
    ///
    /// Takes a failing seed, a failing scenario or a saved failure. The result needs no seed where the
    /// least latency and the first answers of functions fail, too. What of another class is met on the way
    /// is saved beside --out and not followed. Ctrl-C ends it soon, with the smallest that it has.
    Shrink(ShrinkArgs),
    /// Every scenario against what it expects, one line each.
    Test(TestArgs),
    /// Whether scenarios are well formed.
    Check(CheckArgs),
    /// The pipeline before and after optimization.
    Graph(GraphArgs),
    /// The JSON Schema of the scenario format, or of what a command prints as JSON; with --format markdown the reference of
    /// the format.
    Schema(SchemaArgs),
    /// What a shell completes, as a script for it.
    Completions(CompletionsArgs),
    /// A page of the manual, as `man` reads it.
    Man(ManArgs),
    /// What runs did, for a process that checks that its own do the same.
    #[command(hide = true)]
    Checkpoints(CheckpointsArgs),
}

impl Cli {
    /// Reads the command line of this process.
    ///
    /// # Errors
    /// How the process ends when there is nothing to do: help was asked for, or the usage is bad. What
    /// there is to say has been said.
    pub fn read() -> Result<Cli, Ending> {
        Cli::try_parse().and_then(Cli::checked).map_err(|error| {
            let error = without_hidden(error);
            let ending = if error.use_stderr() { Ending::Bad } else { Ending::AsExpected };
            match print(&error) {
                Err(failed) if failed.kind() != io::ErrorKind::BrokenPipe => {
                    complain(&format!("standard output: {failed}"));
                    Ending::Io
                }
                Ok(()) | Err(_) => ending,
            }
        })
    }

    /// Refuses of a part what is of the whole. A part is a document, of which a merge makes what is asked for.
    fn is_whole_or_a_part(&self) -> Result<(), clap::Error> {
        let (part, page) = match &self.command {
            Command::Sweep(args) => (&args.part, Some(&args.page)),
            Command::Necessity(args) => (&args.part, Some(&args.page)),
            Command::Compare(args) => (&args.part, Some(&args.page)),
            Command::Exhaust(args) => (&args.part, None),
            _ => return Ok(()),
        };
        let option = match self.asked.format {
            Written::Text | Written::Json if page.is_none_or(|page| page.html.is_none()) => None,
            Written::Text | Written::Json => Some("--html"),
            Written::Markdown | Written::Junit | Written::Github => Some("--format"),
        };
        match option.filter(|_| part.shard.is_some()) {
            None => Ok(()),
            Some(option) => {
                let message = format!(
                    "{option} is for the whole and cannot be used with --shard: give it to merge"
                );
                Err(Cli::command().error(ErrorKind::ArgumentConflict, message))
            }
        }
    }

    /// Refuses what clap has no word for.
    pub fn checked(self) -> Result<Cli, clap::Error> {
        format::check(&self)?;
        self.is_whole_or_a_part()?;
        match &self.command {
            Command::Run(run) if run.check_determinism && is_input(&run.file) => {
                Err(read_once("--check-determinism"))
            }
            Command::Sweep(sweep)
                if sweep.check_determinism && sweep.paths.iter().any(is_input) =>
            {
                Err(read_once("--check-determinism"))
            }
            Command::Test(test) if test.paths.iter().any(is_input) => Err(read_once("test")),
            Command::Necessity(args) if args.markdown && self.asked.format != Written::Text => {
                let message = "--markdown is --format markdown, and cannot be used with another";
                Err(Cli::command().error(ErrorKind::ArgumentConflict, message))
            }
            Command::Run(_)
            | Command::Sweep(_)
            | Command::Replay(_)
            | Command::Explain(_)
            | Command::Exhaust(_)
            | Command::Necessity(_)
            | Command::Compare(_)
            | Command::Tune(_)
            | Command::Merge(_)
            | Command::Shrink(_)
            | Command::Test(_)
            | Command::Check(_)
            | Command::Graph(_)
            | Command::New(_)
            | Command::Tour
            | Command::Schema(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Checkpoints(_) => Ok(self),
        }
    }
}

/// Whether a path stands for standard input.
fn is_input(path: &PathBuf) -> bool {
    path == Path::new(STANDARD_INPUT)
}

/// That something reads a scenario more than once.
fn read_once(what: &str) -> clap::Error {
    let message =
        format!("{what} reads a scenario more than once, and standard input is read once");
    Cli::command().error(ErrorKind::ArgumentConflict, message)
}

/// The error without suggestions of what is hidden.
fn without_hidden(mut error: clap::Error) -> clap::Error {
    let command = Cli::command();
    let hidden_commands = command.get_subcommands().filter(|command| command.is_hide_set());
    let hidden_commands: Vec<&str> = hidden_commands.map(clap::Command::get_name).collect();
    let all = command.get_subcommands().flat_map(clap::Command::get_arguments);
    let hidden = all.filter(|argument| argument.is_hide_set());
    let hidden: Vec<String> =
        hidden.filter_map(|argument| Some(format!("--{}", argument.get_long()?))).collect();
    if let Some(ContextValue::Strings(names)) = error.remove(ContextKind::SuggestedSubcommand) {
        let shown = names.into_iter().filter(|name| !hidden_commands.contains(&name.as_str()));
        let shown: Vec<String> = shown.collect();
        if !shown.is_empty() {
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(shown));
        }
    }
    if let Some(ContextValue::String(name)) = error.get(ContextKind::SuggestedArg)
        && hidden.contains(name)
    {
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::TrailingArg);
    }
    error
}

/// Prints an error or a help text, whose lines are wrapped.
fn print(error: &clap::Error) -> io::Result<()> {
    let text = error.render().ansi().to_string();
    let lines = text.lines().map(|line| {
        let indent: String = line.chars().take_while(|&c| c == ' ').collect();
        let options = textwrap::Options::new(WIDTH)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .subsequent_indent(&indent);
        textwrap::fill(line, options)
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    match error.use_stderr() {
        true => writeln!(anstream::stderr(), "{text}"),
        false => writeln!(anstream::stdout(), "{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_chooses_lines_of_a_trace_needs_one() {
        let parse = |args: &[&str]| {
            let args = [&["onceproof", "run", "a.toml"], args].concat();
            Cli::try_parse_from(args).and_then(Cli::checked)
        };
        for chosen in [["--record", "events/0#0"], ["--from", "1s"], ["--until", "1003ms"]] {
            assert!(parse(&chosen).is_err(), "{chosen:?}");
            assert!(parse(&[&["--trace"], &chosen[..]].concat()).is_ok(), "{chosen:?}");
            let json = ["--trace", "--format", "json"];
            assert!(parse(&[&json, &chosen[..]].concat()).is_ok(), "{chosen:?}");
        }
        assert!(parse(&["--trace", "--from", "soon"]).is_err());
    }
}
