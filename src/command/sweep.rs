//! `onceproof sweep`: many seeds of one or more scenarios, on all cores.
//!
//! Ctrl-C ends the sweep, and gives up the runs that are under way. The report then covers the seeds before the
//! first that was not run, and the exit code is that of what they showed; a second Ctrl-C ends the process.

use super::blame::blamed;
use super::budget::Budget;
use super::cases::{cases_of_saved, write};
use super::determinism::{check_seeds, say};
use super::interrupt::cancelled_by_interrupt;
use super::made::MadePage;
use super::progress::Progress;
use super::save::{Saved, SortOfSaved};
use super::work::Work;
use super::{
    allowing, check_names, load_all, load_regressions, redesigned, redesigned_command, threads,
};
use crate::cli::{Common, Format, Redesign, SweepArgs};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use crate::paths;
use onceproof::report::cases::{ExpectLine, TestCase};
use onceproof::report::failures::{FailedRun, MOST_RUNS};
use onceproof::report::not_shown::not_shown_by_sweep;
use onceproof::report::shell::{replay_command, run_command, sweep_command};
use onceproof::report::sweep_json::{sweep_json, sweeps_json};
use onceproof::report::sweep_text::{Totals, closing_line, sweep_text};
use onceproof::report::worth::Allowed;
use onceproof::report::{Reported, SweepReport, Timing, class_list};
use onceproof::scenario::Scenario;
use onceproof::search::blame::Blame;
use onceproof::search::in_order::in_order;
use onceproof::search::part::Parts;
use onceproof::search::regressions::{Replay, Replayed, replay};
use onceproof::search::stretch::TellViolated;
use onceproof::search::swarm::Swarm;
use onceproof::search::sweep::{Stop, sweep_on};
use onceproof::search::tally::{Failure, Seeds, Sweep};
use onceproof::search::threads::Threads;
use onceproof_sim::outcome::{Brief, Classes};
use serde_json::Value;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Sweeps every scenario that the paths select.
///
/// # Errors
/// A scenario cannot be used, there are no seeds, or a failure cannot be saved.
pub fn sweep(
    args: &SweepArgs,
    common: Common,
    parts: Option<Parts>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let scenarios = load_all(&paths::select(&args.paths)?, &args.files.readable()?)?;
    let allowed: Vec<Allowed> = scenarios.iter().map(Allowed::by).collect();
    let expect_lines: Vec<ExpectLine> = scenarios.iter().map(ExpectLine::of).collect();
    let scenarios = scenarios.into_iter().map(|scenario| redesigned(scenario, &args.redesign));
    let scenarios = scenarios.collect::<Result<Vec<Scenario>, Error>>()?;
    let seeds = |scenario: &Scenario| args.seeds.clone().unwrap_or(scenario.sweep.clone());
    if scenarios.iter().all(|scenario| seeds(scenario).is_empty()) {
        return Err(Error::NothingSelected("there are no seeds in the range".to_owned()));
    }
    let page = MadePage::new(&args.page)?;
    let threads = threads(args.jobs);
    let cancel = cancelled_by_interrupt();
    let work = Work::begin(&args.part, args.asked(), &scenarios, parts, &cancel)?;
    let budget = Budget::begin(args.part.time, None, &cancel);
    let stop = args.max_fail.map_or(Stop::Never, |most| Stop::AfterViolated(most.get()));

    // What breaks another design than the file's is no regression of the file, nor does one break it.
    let is_redesigned = args.redesign.is_any();
    let paths = scenarios.iter().map(|scenario| scenario.path.as_path());
    let regressions = match is_redesigned || work.is_part() {
        true => Vec::new(),
        false => {
            let mut saved = load_regressions(&args.out, &args.files, paths)?;
            saved.retain(|failure| !work.has_saved(&failure.path));
            saved
        }
    };
    let names = scenarios.iter().map(|scenario| (scenario.name.as_str(), scenario.path.as_path()));
    check_names(&regressions, names)?;
    let sort = if args.swarm { SortOfSaved::Swarm } else { SortOfSaved::AsStated };
    let saved = Saved::new(&args.out, sort);
    let mut sweeps = Sweeps::new(common, scenarios.len() > 1, args.reached, page.is_some());
    let (mut ended, mut complete) = (Ok(()), 0);
    for ((scenario, allowed), expect_line) in scenarios.iter().zip(&allowed).zip(&expect_lines) {
        let seeds = Seeds::Range(seeds(scenario));
        let progress = Progress::new(work.count(&seeds), &scenario.name);
        let replayed = replay(scenario, &regressions);
        let swarm = args.swarm.then(|| Swarm::new(scenario));
        let (name, unsaved) = (scenario.path.to_string_lossy(), Mutex::new(None));
        let (sweep, timing) = work.timed(&name, || {
            let count = |brief: &Brief| progress.count(brief);
            let save = |seed: Option<u64>, classes: Classes| {
                let sort = format!("{name}: {}", class_list(classes.iter()));
                let found = work.save(&sort, || save_found(scenario, &swarm, seed, &saved));
                if let Err(error) = found {
                    unsaved.lock().expect("no thread has panicked").get_or_insert(error);
                }
            };
            let save: Option<&TellViolated<'_>> = if is_redesigned { None } else { Some(&save) };
            work.runs_and(&name, &seeds, stop, save, |stretch| {
                let seeds = seeds.clone();
                let trial = &scenario.trial;
                match &swarm {
                    Some(swarm) => swarm.sweep(threads, seeds, stretch, stop, &cancel, &count),
                    None => sweep_on(threads, trial, seeds, stretch, stop, &cancel, &count),
                }
            })
        });
        progress.clear();
        let sweep = sweep?;
        if let Some(error) = unsaved.into_inner().expect("no thread has panicked") {
            ended = Err(error);
        }
        complete += usize::from(!sweep.interrupted);
        if work.is_part() {
            continue;
        }
        let failing = sweep.first_failure.as_ref().and_then(|failure| failure.seed);
        let weather = weather_of(&swarm, failing)?;
        let ran = weather.as_ref().unwrap_or(scenario);
        let failure = sweep.first_failure.as_ref().filter(|_| !is_redesigned);
        let file = match failure.map(|failure| saved.save(ran, failure)) {
            None => None,
            Some(Ok(file)) => Some(file),
            Some(Err(error)) => {
                ended = Err(error);
                None
            }
        };
        let mut swept = Swept {
            replayed: &replayed,
            regressions: &regressions,
            expect_line,
            sweep: &sweep,
            weather: weather.as_ref().map(Scenario::text),
            saved: file.as_deref(),
            timing,
            failures: Vec::new(),
            shortfalls: match common.strict {
                true => allowed.shortfalls_of_sweep(scenario, &sweep),
                false => Vec::new(),
            },
            swarm: args.swarm,
            redesign: &args.redesign,
        };
        if page.is_some() {
            swept.failures = failures(threads, scenario, &swept, &swarm, &cancel)?;
        }
        let subject = Reported::from(ran);
        let failure = sweep.first_failure.as_ref();
        let blame =
            failure.map(|of| blamed(&subject, of.seed, &of.outcome, common.format, &cancel));
        sweeps.add(ran, &swept, &blame.unwrap_or_default(), output);
        if let (Seeds::Range(seeds), true, Ok(())) = (&sweep.seeds, args.check_determinism, &ended)
        {
            let seeds = seeds.start..seeds.start + sweep.runs;
            let subject = Reported::from(scenario);
            match check_seeds(threads, &subject, &args.files, seeds) {
                Ok(line) => say(&line, common, output),
                Err(error) => ended = Err(error),
            }
        }
        if ended.is_err() || cancel.load(Ordering::Relaxed) || !output.is_open() {
            break;
        }
    }
    budget.say();
    let kept = work.end(complete == scenarios.len(), output);
    if work.is_part() {
        return kept;
    }
    let written = sweeps.close(output, &page);
    ended.and(written).and(kept).map(|_| sweeps.ending)
}

/// Saves a failure as it is found.
fn save_found(
    scenario: &Scenario,
    swarm: &Option<Swarm>,
    seed: Option<u64>,
    saved: &Saved,
) -> Result<PathBuf, Error> {
    let weather = weather_of(swarm, seed)?;
    let ran = weather.as_ref().unwrap_or(scenario);
    saved.save(ran, &Failure { seed, outcome: ran.trial.simulator().detail(seed) })
}

/// The scenario in the weather of a seed, if each has its own.
fn weather_of(swarm: &Option<Swarm>, seed: Option<u64>) -> Result<Option<Scenario>, Error> {
    match (swarm, seed) {
        (Some(swarm), Some(seed)) => Ok(Some(swarm.of(seed)?)),
        _ => Ok(None),
    }
}

/// What came of one scenario.
struct Swept<'a> {
    replayed: &'a [Replayed],
    regressions: &'a [Scenario],
    expect_line: &'a ExpectLine,
    sweep: &'a Sweep,
    weather: Option<&'a str>,
    saved: Option<&'a Path>,
    timing: Timing,
    failures: Vec<FailedRun>,
    shortfalls: Vec<String>,
    swarm: bool,
    redesign: &'a Redesign,
}

impl Swept<'_> {
    /// A command, built otherwise and in a swarm if that is what was done.
    fn again(&self, command: String) -> String {
        let command = redesigned_command(command, self.redesign);
        if self.swarm { format!("{command} --swarm") } else { command }
    }
}

/// What did the first failing runs, each looked at by itself.
fn failures(
    threads: Threads,
    scenario: &Scenario,
    swept: &Swept,
    swarm: &Option<Swarm>,
    cancel: &AtomicBool,
) -> Result<Vec<FailedRun>, Error> {
    let failing = &swept.sweep.failing;
    let looked_at = failing.len().min(MOST_RUNS);
    let of = |seed: Option<u64>| {
        let weather = weather_of(swarm, seed)?;
        let command = allowing(run_command(&scenario.path, seed), scenario, &scenario.path);
        let trial = &weather.as_ref().unwrap_or(scenario).trial;
        Ok(FailedRun::of(trial, seed, swept.again(command), cancel))
    };
    let mut failures = Vec::new();
    let run = |_: &mut (), number: u64| Some(of(failing[number as usize]));
    in_order(
        threads,
        0..looked_at as u64,
        MOST_RUNS as u64,
        || (),
        run,
        |_, failure| {
            failures.push(failure);
            ControlFlow::Continue(())
        },
    );
    failures.into_iter().collect()
}

/// How a command ends that has replayed this.
fn ending_of_replay(replayed: &Replayed) -> Ending {
    match replayed.result {
        Replay::Holds => Ending::AsExpected,
        Replay::Fails(_) => Ending::Violated,
        Replay::Inconclusive => Ending::Inconclusive,
        Replay::Stale(_) => Ending::Bad,
    }
}

/// The sweeps of one command, reported one by one in text and together as JSON.
struct Sweeps {
    common: Common,
    several: bool,
    matrix: bool,
    has_page: bool,
    ending: Ending,
    totals: Totals,
    documents: Vec<Value>,
    cases: Vec<TestCase>,
}

impl Sweeps {
    fn new(common: Common, several: bool, matrix: bool, has_page: bool) -> Sweeps {
        Sweeps {
            common,
            several,
            matrix,
            has_page,
            ending: Ending::AsExpected,
            totals: Totals::default(),
            documents: Vec::new(),
            cases: Vec::new(),
        }
    }

    fn add(&mut self, scenario: &Scenario, swept: &Swept, blame: &Blame, output: &mut Printer) {
        let Swept { replayed, sweep, weather, saved, timing, ref shortfalls, .. } = *swept;
        let strict = self.common.strict;
        let seed = sweep.failing.first().copied().or(sweep.first_inconclusive);
        let seed = seed.or(sweep.difference.as_ref().map(|difference| difference.seed));
        let replay = match (saved, seed) {
            (Some(saved), _) => Some(allowing(replay_command(saved), scenario, saved)),
            (None, Some(seed)) => {
                let command = allowing(run_command(&scenario.path, seed), scenario, &scenario.path);
                Some(swept.again(command))
            }
            (None, None) => (strict && (is_unfired(sweep) || !shortfalls.is_empty())).then(|| {
                let command = sweep_command(&scenario.path, &sweep.seeds);
                let command = swept.again(allowing(command, scenario, &scenario.path));
                format!("{command} --strict")
            }),
        };
        // The file expects it of its own design.
        let is_own = !swept.swarm && !swept.redesign.is_any();
        let not_shown = is_own.then(|| not_shown_by_sweep(scenario, sweep)).flatten();
        let report = SweepReport {
            subject: Reported::from(scenario),
            regressions: replayed,
            sweep,
            not_shown: not_shown.as_ref(),
            blame,
            failures: self.has_page.then_some(&swept.failures),
            weather,
            saved,
            replay: replay.as_deref(),
            timing,
            matrix: self.matrix,
            shortfalls,
            strict,
        };
        match (self.common.cases, self.common.format) {
            (Some(_), _) => self.cases.extend(cases(scenario, swept, &report)),
            (None, Format::Text) => {
                let gap = if self.totals.is_empty() { "" } else { "\n" };
                output.text(&format!("{gap}{}", sweep_text(&report)));
                output.flush();
            }
            (None, Format::Json) => {}
        }
        if self.common.format == Format::Json || self.has_page {
            self.documents.push(sweep_json(&report));
        }
        self.ending = self.ending.and(ending_of(sweep, strict));
        if !shortfalls.is_empty() {
            self.ending = self.ending.and(Ending::Violated);
        }
        self.ending = replayed.iter().map(ending_of_replay).fold(self.ending, Ending::and);
        self.totals.add(sweep);
    }

    fn close(&mut self, output: &mut Printer, page: &MadePage<'_>) -> Result<(), Error> {
        let documents = std::mem::take(&mut self.documents);
        let document = match <[Value; 1]>::try_from(documents) {
            Ok([only]) if !self.several => only,
            Ok(one) => sweeps_json(one.into()),
            Err(several) => sweeps_json(several),
        };
        let cases = std::mem::take(&mut self.cases);
        let written = match (self.common.cases, self.common.format) {
            (Some(format), _) => write("sweep", cases, format, output),
            (None, Format::Text) if self.several => {
                output.text(&closing_line(&self.totals));
                Ok(())
            }
            (None, Format::Text) => Ok(()),
            (None, Format::Json) => {
                output.document(&document);
                Ok(())
            }
        };
        output.flush();
        written.and(page.write(|| document))
    }
}

/// A sweep and the saved failures that were run again before it, as test cases.
fn cases(scenario: &Scenario, swept: &Swept, report: &SweepReport) -> Vec<TestCase> {
    let cancel = cancelled_by_interrupt();
    let failed = swept.sweep.first_failure.as_ref().map(|Failure { seed, outcome }| {
        let again = report.replay.unwrap_or_default().to_owned();
        FailedRun::blamed(&scenario.trial, *seed, outcome, report.blame, again)
    });
    let mut cases = vec![TestCase::of_sweep(report, swept.expect_line, failed.as_ref())];
    let Swept { expect_line, regressions, replayed, .. } = *swept;
    cases.extend(cases_of_saved(expect_line, scenario, regressions, replayed, false, &cancel));
    cases
}

/// Whether a kind with odds or an exact fault did not fire, or a mark was not reached.
fn is_unfired(sweep: &Sweep) -> bool {
    let Sweep { never_fired, never_reached, unfired, .. } = sweep;
    !never_fired.is_empty() || !never_reached.is_empty() || !unfired.is_empty()
}

/// How a command ends that found this.
fn ending_of(sweep: &Sweep, strict: bool) -> Ending {
    [
        (sweep.difference.is_some(), Ending::NotDeterministic),
        (sweep.violated > 0 || (strict && is_unfired(sweep)), Ending::Violated),
        (sweep.inconclusive > 0, Ending::Inconclusive),
        (sweep.runs == 0 && sweep.interrupted, Ending::Inconclusive),
        (sweep.runs == 0 && !sweep.interrupted, Ending::NothingSelected),
    ]
    .into_iter()
    .filter_map(|(found, ending)| found.then_some(ending))
    .fold(Ending::AsExpected, Ending::and)
}
