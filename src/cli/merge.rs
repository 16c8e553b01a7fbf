//! The arguments of `merge`, and the command that parts were made of.

use super::args::{ExhaustArgs, NecessityArgs, Redesign, SweepArgs};
use super::compare::CompareArgs;
use super::tune::TuneArgs;
use super::values::threads;
use clap::Args;
use onceproof::scenario::{Changes, Strategy, Varied};
use onceproof_sim::fault::KindName;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Arguments of `merge`.
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// The parts, in any order, each as --shard has written it.
    #[arg(required = true, value_name = "REPORT")]
    pub parts: Vec<PathBuf>,
    /// How many threads to use for what the parts leave to be done [default: one per core].
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Write the report as a page, too, as the command of the parts does.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write the figures as CSV, too, where the parts are of `tune`.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// The folder that failures are saved in, where the command of the parts saves some [default:
    /// onceproof-regressions].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

impl MergeArgs {
    /// The options of the command of the parts that are this one's.
    pub fn options(&self) -> Vec<String> {
        let mut words = Words::default();
        words.each("--jobs", self.jobs.iter());
        words.paths("--html", &self.html);
        words.paths("--csv", &self.csv);
        words.paths("--out", &self.out);
        words.0
    }
}

/// A command, word by word. What its result does not hang on is left out: threads, folders and files to write, how it is
/// cut and when it ends.
#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn of(command: &str) -> Words {
        Words(vec![command.to_owned()])
    }

    fn each<T: ToString>(&mut self, option: &str, values: impl IntoIterator<Item = T>) {
        // As one word, so that a value which begins as options do is none.
        self.0.extend(values.into_iter().map(|value| format!("{option}={}", value.to_string())));
    }

    fn paths<'a>(&mut self, option: &str, paths: impl IntoIterator<Item = &'a PathBuf>) {
        self.each(option, paths.into_iter().map(|path| path.to_string_lossy()));
    }

    fn range(&mut self, seeds: &Option<Range<u64>>) {
        self.each("--seeds", seeds.iter().map(|seeds| format!("{}..{}", seeds.start, seeds.end)));
    }

    fn flag(&mut self, option: &str, is_set: bool) {
        self.0.extend(is_set.then(|| option.to_owned()));
    }

    fn redesign(&mut self, redesign: &Redesign) {
        let Changes { mechanism, steps, without, bare, faults } = redesign.changes();
        self.each("--mechanism", mechanism);
        self.each("--step", steps);
        self.each("--without", without.into_iter().map(KindName::word));
        self.each("--fault", faults);
        self.flag("--bare", bare);
    }

    fn scenarios<'a>(mut self, paths: impl IntoIterator<Item = &'a Path>) -> Vec<String> {
        self.0.push("--".to_owned());
        self.0.extend(paths.into_iter().map(|path| path.to_string_lossy().into_owned()));
        self.0
    }
}

impl SweepArgs {
    /// The command with what its result hangs on, word by word.
    pub fn asked(&self) -> Vec<String> {
        let SweepArgs {
            paths,
            files,
            redesign,
            seeds,
            jobs: _,
            max_fail,
            check_determinism: _,
            reached,
            swarm,
            page: _,
            out: _,
            part: _,
        } = self;
        let mut words = Words::of("sweep");
        words.paths("--allow-read", &files.allow_read);
        words.redesign(redesign);
        words.range(seeds);
        words.each("--max-fail", max_fail);
        words.flag("--reached", *reached);
        words.flag("--swarm", *swarm);
        words.scenarios(paths.iter().map(PathBuf::as_path))
    }
}

impl ExhaustArgs {
    /// The command with what its result hangs on, word by word.
    pub fn asked(&self) -> Vec<String> {
        let ExhaustArgs {
            file,
            files,
            faults,
            kinds,
            jobs: _,
            runs: _,
            no_prune,
            all,
            out: _,
            part: _,
        } = self;
        let mut words = Words::of("exhaust");
        words.paths("--allow-read", &files.allow_read);
        words.each("--faults", [faults]);
        words.each("--kinds", kinds.iter().map(|kind| kind.word()));
        words.flag("--no-prune", *no_prune);
        words.flag("--all", *all);
        words.scenarios([file.as_path()])
    }
}

impl NecessityArgs {
    /// The command with what its result hangs on, word by word.
    pub fn asked(&self) -> Vec<String> {
        let NecessityArgs {
            file,
            files,
            faults,
            seeds,
            kinds,
            jobs: _,
            page: _,
            markdown,
            part: _,
        } = self;
        let mut words = Words::of("necessity");
        words.paths("--allow-read", &files.allow_read);
        words.each("--faults", faults);
        words.range(seeds);
        words.each("--kinds", kinds.iter().map(|kind| kind.word()));
        words.flag("--markdown", *markdown);
        words.scenarios([file.as_path()])
    }
}

impl CompareArgs {
    /// The command with what its result hangs on, word by word.
    pub fn asked(&self) -> Vec<String> {
        let CompareArgs { file, files, strategies, seeds, jobs: _, page: _, part: _ } = self;
        let mut words = Words::of("compare");
        words.paths("--allow-read", &files.allow_read);
        words.each("--strategies", strategies.iter().copied().map(Strategy::word));
        words.range(seeds);
        words.scenarios([file.as_path()])
    }
}

impl TuneArgs {
    /// The command with what its result hangs on, word by word.
    pub fn asked(&self) -> Vec<String> {
        let TuneArgs { file, files, vary, seeds, jobs: _, csv: _, page: _, part: _ } = self;
        let mut words = Words::of("tune");
        words.paths("--allow-read", &files.allow_read);
        words.each(
            "--vary",
            vary.iter().map(|Varied { key, values }| format!("{key}={}", values.join(","))),
        );
        words.range(seeds);
        words.scenarios([file.as_path()])
    }
}
