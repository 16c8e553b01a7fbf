//! `onceproof exhaust`: every schedule of at most so many faults; a certificate, or the causes.
//!
//! Ctrl-C ends the search soon. With `--resume` what is done is kept in a file, now and then and at the end, and
//! a later search of the same goes on from there.

use super::interrupt::cancelled_by_interrupt;
use super::keep::{EVERY, Keep};
use super::progress::{SearchProgress, timed};
use super::save::Saved;
use super::{allowing, threads};
use crate::cli::{Common, ExhaustArgs, Format};
use crate::ending::{Ending, Error};
use crate::output::Output;
use onceproof::report::exhaust_json::exhaust_json;
use onceproof::report::exhaust_text::exhaust_text;
use onceproof::report::shell::replay_command;
use onceproof::report::{ExhaustReport, Subject};
use onceproof::scenario::Scenario;
use onceproof::search::certificate::Exhaustion;
use onceproof::search::exhaust::{Space, Told, bare, exhaust as search};
use onceproof::search::resume::Done;
use onceproof::search::tally::Failure;
use onceproof_sim::fault::KindName;
use onceproof_sim::plan::Plan;
use onceproof_sim::simulator::Simulator;
use std::path::{Path, PathBuf};

/// Searches a scenario, without the faults of its own.
///
/// # Errors
/// The scenario cannot be used, or a file cannot be read or written.
pub fn exhaust(args: &ExhaustArgs, common: Common, output: &mut Output) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let (plan, seed) = (bare(&scenario.plan), scenario.seed);
    let mut space = Space::new(&scenario.plan, &kinds(&args.kinds), args.faults);
    space.prunes = !args.no_prune;
    space.runs_explained = args.all;
    let threads = threads(args.jobs, space.most_jobs(&plan, seed))?;
    let cancel = cancelled_by_interrupt();
    let hash = space.hash(&plan, seed);
    let keep = args.resume.as_deref().map(|file| Keep::new(file, hash, EVERY, &cancel));
    let mut done = keep.as_ref().map_or_else(|| Ok(Done::default()), Keep::read)?;
    let runs_before = done.runs();
    let progress = SearchProgress::new(&scenario.name);
    let (found, timing) = timed(|| {
        threads.install(|| {
            search(&plan, seed, &space, &mut done, &cancel, &|told| {
                progress.tell(told);
                if let (Told::Part(_, done), Some(keep)) = (told, &keep) {
                    keep.part(done);
                }
            })
        })
    });
    progress.clear();
    if let Some(keep) = keep {
        keep.end(&done)?;
    }
    let base = Simulator::new(&plan).detail(seed);
    let saved = match found.causes.is_empty() {
        true => Ok(None),
        false => save(&scenario, &plan, &found, &args.out).map(Some),
    };
    let file = saved.as_ref().ok().and_then(Option::as_deref);
    let replay = file.map(|file| allowing(replay_command(file), &scenario, file));
    let report = ExhaustReport {
        subject: Subject { plan: &plan, ..Subject::from(&scenario) },
        seed,
        found: &found,
        base: &base,
        left_out: scenario.own_faults(),
        saved: file,
        replay: replay.as_deref(),
        runs_before,
        timing,
    };
    match common.format {
        Format::Text => output.text(&exhaust_text(&report)),
        Format::Json => output.document(&exhaust_json(&report)),
    }
    saved.map(|_| ending_of(&found))
}

/// The kinds that were asked for, each once in the order of the documentation; all of them if none was.
pub fn kinds(asked: &[KindName]) -> Vec<KindName> {
    let is_asked = |kind: &KindName| asked.is_empty() || asked.contains(kind);
    KindName::ALL.into_iter().filter(is_asked).collect()
}

/// How a command ends that found this.
pub fn ending_of(found: &Exhaustion) -> Ending {
    if !found.causes.is_empty() {
        Ending::Violated
    } else if found.is_complete() {
        Ending::AsExpected
    } else {
        Ending::Inconclusive
    }
}

/// Saves the first of the smallest causes as a scenario of its own.
fn save(
    scenario: &Scenario,
    plan: &Plan,
    found: &Exhaustion,
    folder: &Path,
) -> Result<PathBuf, Error> {
    let mut simulator = Simulator::new(plan);
    simulator.place(&found.causes[0].faults);
    let outcome = simulator.detail(scenario.seed);
    Saved::new(folder, false).save(scenario, &Failure { seed: scenario.seed, outcome })
}
