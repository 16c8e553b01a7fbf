//! `onceproof exhaust`: every schedule of at most so many faults; a certificate, or the causes.
//!
//! Ctrl-C ends the search soon. With `--resume` what is done is kept in a file, now and then and at the end, and
//! a later search of the same goes on from there.

use super::budget::Budget;
use super::cases::write;
use super::interrupt::cancelled_by_interrupt;
use super::progress::{SearchProgress, timed};
use super::save::{Saved, SortOfSaved};
use super::work::Work;
use super::{allowing, threads};
use crate::cli::{Common, ExhaustArgs, Format};
use crate::ending::{Ending, Error};
use crate::output::{Printer, complain};
use indicatif::HumanDuration;
use onceproof::figures::{counted, grouped};
use onceproof::report::cases::{ExpectLine, TestCase};
use onceproof::report::exhaust_json::exhaust_json;
use onceproof::report::exhaust_text::exhaust_text;
use onceproof::report::not_shown::not_shown_by_search;
use onceproof::report::shell::replay_command;
use onceproof::report::table::fitted;
use onceproof::report::{ExhaustReport, Reported, class_list};
use onceproof::scenario::Scenario;
use onceproof::search::certificate::Exhaustion;
use onceproof::search::exhaust::{Advance, estimate, exhaust as search};
use onceproof::search::part::Parts;
use onceproof::search::space::{Space, bare};
use onceproof::search::tally::Failure;
use onceproof_sim::fault::{Fault, KindName};
use onceproof_systems::Trial;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What its one search is called where it is kept.
const SCHEDULES: &str = "schedules";

/// Searches a scenario, without the faults of its own.
///
/// # Errors
/// The scenario cannot be used, or a file cannot be read or written.
pub fn exhaust(
    args: &ExhaustArgs,
    common: Common,
    parts: Option<Parts>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let (trial, seed) = (bare(&scenario.trial), scenario.seed);
    let mut space = Space::new(&scenario.trial, &kinds(&args.kinds), args.faults);
    space.prunes = !args.no_prune;
    space.runs_explained = args.all;
    let threads = threads(args.jobs).at_most(space.most_jobs(&trial, seed));
    let cancel = cancelled_by_interrupt();
    let work = Work::begin(&args.part, args.asked(), [&scenario], parts, &cancel)?;
    let budget = Budget::begin(args.part.time, args.runs, &cancel);
    let progress = SearchProgress::new(&scenario.name);
    let mut runs_before = 0;
    let unsaved = Mutex::new(None);
    let (found, timing) = work.timed(SCHEDULES, || {
        work.schedules(SCHEDULES, space.most, |done, keep| {
            if !work.is_put_together() {
                runs_before = done.runs();
                foretell(&trial, seed, &space, threads.count(), &cancel);
            }
            search(threads, &trial, seed, &space, done, &cancel, &|told| {
                progress.tell(told);
                budget.tell(told, &cancel);
                keep(told);
                if let Advance::Found(faults, classes) = told {
                    let sort = class_list(classes.iter());
                    let saved = Saved::new(&args.out, SortOfSaved::FirstFound);
                    let found = work.save(&sort, || save(&scenario, &trial, faults, &saved));
                    if let Err(error) = found {
                        unsaved.lock().expect("no thread has panicked").get_or_insert(error);
                    }
                }
            })
        })
    });
    progress.clear();
    let found = found?;
    let kept = work.end(!found.interrupted, output);
    if work.is_part() {
        budget.say();
        return kept;
    }
    let base = trial.simulator().detail(seed);
    let saved = match found.causes.is_empty() {
        true => Ok(None),
        false => {
            let saved = Saved::new(&args.out, SortOfSaved::AsStated);
            save(&scenario, &trial, &found.causes[0].faults, &saved).map(Some)
        }
    };
    let file = saved.as_ref().ok().and_then(Option::as_deref);
    let replay = file.map(|file| allowing(replay_command(file), &scenario, file));
    let not_shown = not_shown_by_search(&scenario, &found);
    let report = ExhaustReport {
        subject: Reported { trial: &trial, ..Reported::from(&scenario) },
        seed,
        found: &found,
        not_shown: not_shown.as_ref(),
        base: &base,
        left_out: scenario.own_faults(),
        spent: budget.spent(),
        saved: file,
        replay: replay.as_deref(),
        runs_before,
        timing: Some(timing),
    };
    match (common.cases, common.format) {
        (Some(format), _) => {
            let case = TestCase::of_search(&report, &ExpectLine::of(&scenario));
            write("exhaust", vec![case], format, output)?;
        }
        (None, Format::Text) => output.text(&exhaust_text(&report)),
        (None, Format::Json) => output.document(&exhaust_json(&report)),
    }
    match unsaved.into_inner().expect("no thread has panicked") {
        Some(error) => Err(error),
        None => kept.and(saved).map(|_| ending_of(&found)),
    }
}

/// Says on standard error about how long a search will take, where that is long.
fn foretell(trial: &Trial, seed: Option<u64>, space: &Space, threads: usize, cancel: &AtomicBool) {
    /// What is shorter needs no word.
    const LONG: u128 = 10_000_000_000;
    let mut simulator = trial.simulator();
    simulator.place(&[]);
    let extensions = simulator.extensions_unless(seed, &space.kinds, false, cancel);
    // The second run has the memory of the first, as those of the search do.
    let (brief, timing) = timed(|| simulator.brief_unless(seed, cancel));
    let (Some(extensions), Some(_)) = (extensions, brief) else { return };
    let needed = extensions.possible.iter().filter(|possible| possible.needless.is_none());
    let places = needed.count();
    let schedules = estimate(places, space.most);
    let nanos = u128::from(timing.nanos) * u128::from(schedules) / threads as u128;
    if nanos >= LONG {
        let time = match u64::try_from(nanos) {
            Ok(nanos) => HumanDuration(Duration::from_nanos(nanos)).to_string(),
            Err(_) => "centuries".to_owned(),
        };
        let foretold = format!(
            "a run has {} places for a fault: about {} schedules, and {time} on {}; --kinds, --runs and \
             --time make it less, and --resume keeps what is done",
            grouped(places as u64),
            grouped(schedules),
            counted(threads as u64, "thread"),
        );
        complain(fitted(&foretold).trim_end());
    }
}

/// The kinds that were asked for, each once in the order of the documentation; all of them if none was.
pub fn kinds(asked: &[KindName]) -> Vec<KindName> {
    let is_asked = |kind: &KindName| asked.is_empty() || asked.contains(kind);
    KindName::searched().filter(is_asked).collect()
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

/// Saves a schedule that breaks a scenario as one of its own.
fn save(
    scenario: &Scenario,
    trial: &Trial,
    faults: &[Fault],
    saved: &Saved,
) -> Result<PathBuf, Error> {
    let mut simulator = trial.simulator();
    simulator.place(faults);
    let outcome = simulator.detail(scenario.seed);
    saved.save(scenario, &Failure { seed: scenario.seed, outcome })
}
