//! `onceproof shrink`: from a failure to the smallest one of its class, as a scenario file, and with `--all` to
//! every smallest set of faults that makes it. Before a file is shown or written it is read back and run, and
//! must fail as was found.
//!
//! Ctrl-C ends it soon, with what it has found.

use super::interrupt::cancelled_by_interrupt;
use super::progress::{RunsProgress, SearchProgress};
use super::{allowing, redesigned, threads};
use crate::cli::{Common, Format, ShrinkArgs};
use crate::ending::{Ending, Error};
use crate::output::{Printer, complain};
use onceproof::report::printable;
use onceproof::report::shell::replay_command;
use onceproof::report::shrink_json::{File, shrink_json};
use onceproof::report::shrink_report::ShrinkReport;
use onceproof::report::table::fitted;
use onceproof::search::exhaust::Advance;
use onceproof::search::shrink::all::{self, All, Bounds, SearchEnd};
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::case::Case;
use onceproof::search::shrink::{Refusal, shrink as smallest};
use onceproof::write::{write_new, write_numbered};
use onceproof_sim::outcome::{Class, Classes, Outcome};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Shrinks the failure of a scenario, with the seed that is given, else with its own, else with 0 if it draws
/// faults.
///
/// # Errors
/// The scenario cannot be used, it holds, or a file cannot be written.
pub fn shrink(args: &ShrinkArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let scenario = redesigned(args.files.load(&args.file)?, &args.redesign)?;
    let seed = scenario.seed_of_run(args.seed).seed;
    let path = args.file.display();
    if let Some(out) = args.out.as_deref()
        && let Some(taken) = taken(out, args.all).map_err(Error::io(out))?
    {
        let for_what = if taken == out { "" } else { ": its name is for a smallest set" };
        let help = "move it away, or give another --out";
        let taken = taken.display();
        return Err(Error::Usage(format!("{taken} is there already{for_what}; {help}")));
    }
    let cancel = cancelled_by_interrupt();
    let progress = RunsProgress::new(&scenario.name, "shrinking");
    let watch = Watch { cancel: &cancel, tell: &|runs| progress.tell(runs) };
    let shrunk = smallest(&scenario, seed, watch);
    progress.clear();
    let mut shrunk = match shrunk {
        Ok(shrunk) => shrunk,
        Err(Refusal::Holds) => {
            let help = "onceproof sweep looks for a seed under which it does not";
            let run = seed.map_or("in this run".to_owned(), |seed| format!("under seed {seed}"));
            return Err(Error::NothingSelected(format!("{path} holds {run}; {help}")));
        }
        Err(Refusal::Inconclusive) => {
            complain(&format!("error: {path}: the limit of events was hit, and nothing was found"));
            return Ok(Ending::Inconclusive);
        }
        Err(Refusal::DoesNotReplay) => {
            let why = "the faults that fired, written out, do not fail in the same way";
            return Err(Error::NotDeterministic(format!("{path}: {why}")));
        }
        Err(Refusal::Scenario(error)) => return Err(error.into()),
    };
    // Of what may not be the smallest there is nothing to say.
    let mut all = None;
    if args.all && !shrunk.is_interrupted {
        let kinds = all::kinds(&scenario, &shrunk, &args.kinds);
        let threads = threads(args.jobs).at_most(all::most_jobs(&shrunk, &kinds).min(args.runs));
        let progress = SearchProgress::new(&scenario.name);
        let tell = |told: Advance<'_>| progress.tell(told);
        let bounds = Bounds { threads, runs: args.runs, cancel: &cancel, tell: &tell };
        all = Some(all::all(&mut shrunk, kinds, bounds));
        progress.clear();
    }
    let report = ShrinkReport { scenario: &scenario, seed, shrunk: &shrunk, all: all.as_ref() };
    let mut files = Files::of(&report, args)?;
    files.save()?;
    match (common.format, &args.out) {
        (Format::Json, _) => output.document(&shrink_json(&report, &files.failure, &files.sets)),
        (Format::Text, None) => {
            output.text(&files.failure.0);
            output.flush();
            // The file is the result; what is said of it goes to people.
            let of_sets = all.iter().flat_map(|all| report.sentences_of_sets(all));
            let also_met = report.also_met().map(|met| format!("{met} --out FILE saves it."));
            for line in report.sentences().into_iter().chain(of_sets).chain(also_met) {
                complain(fitted(&printable(&line)).trim_end());
            }
        }
        (Format::Text, Some(out)) => {
            output.text(&report.text());
            for path in files.others.iter().filter_map(|(_, path)| path.as_deref()) {
                output.line(&format!("saved beside it: {}", printable(&path.to_string_lossy())));
            }
            for line in all.iter().flat_map(|all| sets(&report, all, &files)) {
                output.text(&fitted(&line));
            }
            output.line(&format!("\n{}", allowing(replay_command(out), &scenario, out)));
        }
    }
    Ok(match &all {
        _ if shrunk.is_interrupted => Ending::Inconclusive,
        Some(all) if all.end != SearchEnd::Complete => Ending::Inconclusive,
        Some(_) | None => Ending::AsExpected,
    })
}

/// All sets, each with the command that replays it.
fn sets(report: &ShrinkReport<'_>, all: &All, files: &Files) -> Vec<String> {
    let mut lines = vec!["\n".to_owned()];
    lines.extend(report.sentences_of_sets(all));
    for (number, (set, (_, path))) in (1..).zip(all.sets.iter().zip(&files.sets)) {
        lines.push("\n".to_owned());
        lines.extend(report.set_in_words(number, set));
        lines.extend(
            path.as_deref().map(|path| {
                format!("     {}", allowing(replay_command(path), report.scenario, path))
            }),
        );
    }
    lines
}

/// The files that are shown or written.
struct Files {
    failure: File,
    /// One for each smallest set, if they were asked for. The set that is the failure has the failure's file.
    sets: Vec<File>,
    /// Failures of other classes, if files are written.
    others: Vec<File>,
}

impl Files {
    /// The texts of all files. Each is read back and run, and must fail as was found.
    fn of(report: &ShrinkReport<'_>, args: &ShrinkArgs) -> Result<Files, Error> {
        let ShrinkReport { shrunk, all, .. } = *report;
        let out = args.out.as_deref();
        let destination = out.unwrap_or(&args.file);
        // Where nothing is saved the sets stand in the one file that is shown.
        let at_head = all.filter(|_| out.is_none()).map(|all| report.sets_at_head(all));
        let text = report.file(at_head.unwrap_or_default(), destination);
        fails_as_found(report, &text, destination, &shrunk.outcome)?;
        let failure = (text, out.map(Path::to_owned));
        let mut sets = Vec::new();
        for (number, set) in (1..).zip(all.iter().flat_map(|all| &all.sets)) {
            if number == 1 && all.is_some_and(|all| all.has_failure) {
                sets.push(failure.clone());
                continue;
            }
            let path = beside(destination, &number.to_string());
            let text = report.set_file(set, &path);
            fails_as_found(report, &text, &path, &set.outcome)?;
            sets.push((text, out.map(|_| path)));
        }
        let mut others = Vec::new();
        for (class, case) in shrunk.others.iter().filter(|_| out.is_some()) {
            let path = beside(destination, class.word());
            others.push((other(report, *class, case, &path)?, Some(path)));
        }
        Ok(Files { failure, sets, others })
    }

    /// Writes the files that have a path. What is met beside is saved beside what is there already.
    fn save(&mut self) -> Result<(), Error> {
        let sets = self.sets.iter().filter(|(_, path)| *path != self.failure.1);
        for (text, path) in std::iter::once(&self.failure).chain(sets) {
            if let Some(path) = path {
                write_new(path, text).map_err(Error::io(path))?;
            }
        }
        for (text, path) in &mut self.others {
            if let Some(path) = path {
                let folder = path.parent().unwrap_or(Path::new(""));
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                *path = write_numbered(folder, &stem, text).map_err(Error::of_file)?;
            }
        }
        Ok(())
    }
}

/// What is there and has the name of a file that is to be written, the first by name: that of the failure, and
/// with all smallest sets those of the sets. It may be of another search, or of none at all.
fn taken(out: &Path, all: bool) -> io::Result<Option<PathBuf>> {
    let folder = out.parent().filter(|parent| !parent.as_os_str().is_empty());
    let first = beside(out, "");
    let stem = first.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut taken = Vec::new();
    for entry in fs::read_dir(folder.unwrap_or(Path::new(".")))? {
        let name = entry?.file_name();
        let path = out.with_file_name(&name);
        let name = name.to_string_lossy().into_owned();
        let number = name.strip_prefix(&stem).and_then(|rest| rest.strip_suffix(".toml"));
        let is_of_set = number.is_some_and(|number| number.parse::<u64>().is_ok());
        if path == out || (all && is_of_set) {
            taken.push(path);
        }
    }
    taken.sort_unstable();
    Ok(taken.into_iter().next())
}

/// A path beside that of the smallest failure: `small.toml`, `small-lost.toml`.
fn beside(out: &Path, what: &str) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!("{stem}-{what}.toml"))
}

/// Whether the text that is to be shown says the run that was found.
fn fails_as_found(
    report: &ShrinkReport<'_>,
    text: &str,
    path: &Path,
    found: &Outcome,
) -> Result<(), Error> {
    let again = run(report, text, path)?;
    let is_same = again.brief.classes == found.brief.classes
        && again.brief.fingerprint == found.brief.fingerprint
        && again.unfired.is_empty();
    match is_same {
        true => Ok(()),
        false => Err(Error::NotDeterministic(format!(
            "what {} was shrunk to does not fail again when it is read back",
            path.display()
        ))),
    }
}

fn run(report: &ShrinkReport<'_>, text: &str, path: &Path) -> Result<Outcome, Error> {
    let scenario = report.scenario.reread(text, path)?;
    Ok(scenario.trial.simulator().detail(scenario.seed))
}

/// The text of a failure of another class.
fn other(
    report: &ShrinkReport<'_>,
    class: Class,
    case: &Case,
    path: &Path,
) -> Result<String, Error> {
    let mut classes = Classes::default();
    classes.insert(class);
    let text = report.other_file(case, classes, path);
    // It was found within a limit of events; what it is worth is seen when it is run without.
    if !run(report, &text, path)?.brief.classes.contains(class) {
        let why = format!("{} does not fail again when it is read back", path.display());
        return Err(Error::NotDeterministic(why));
    }
    Ok(text)
}
