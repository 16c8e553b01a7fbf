//! `onceproof necessity`: what breaks the scenario for each mechanism that is switched to a wrong value, beside
//! what is known of the full design: a smallest schedule, or how many seeds it takes.
//!
//! Ctrl-C ends it soon; the report says what was not done.

use super::budget::Budget;
use super::exhaust::{ending_of, kinds};
use super::interrupt::cancelled_by_interrupt;
use super::made::MadePage;
use super::progress::{Progress, SearchProgress};
use super::threads;
use super::work::Work;
use crate::cli::{Common, Format, NecessityArgs};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::report::matrix_json::matrix_json;
use onceproof::report::matrix_text::{matrix_markdown, matrix_text};
use onceproof::report::necessity_json::necessity_json;
use onceproof::report::necessity_text::{necessity_markdown, necessity_text};
use onceproof::report::{MatrixReport, NecessityReport, Reported};
use onceproof::scenario::Scenario;
use onceproof::search::exhaust::{Advance, exhaust};
use onceproof::search::matrix::{self, Matrix, STOP_OF_WRONG, Tried, try_right, try_wrong};
use onceproof::search::necessity::{Necessity, Standing, searched};
use onceproof::search::part::Parts;
use onceproof::search::space::{Space, bare};
use onceproof::search::stretch::Stretch;
use onceproof::search::sweep::{Stop, sweep_on};
use onceproof::search::tally::{Seeds, Sweep};
use onceproof::search::threads::Threads;
use onceproof::search::variants::{Variant, right, wrong};
use onceproof_sim::outcome::Brief;
use onceproof_systems::Trial;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Tries one value under many seeds.
type Try = fn(
    Threads,
    &Variant,
    &Scenario,
    &Range<u64>,
    &mut Stretch<'_, Sweep>,
    &AtomicBool,
    &(dyn Fn(&Brief) + Sync),
) -> Tried;

/// Searches a scenario with its own mechanisms, and with each wrong value.
///
/// # Errors
/// The scenario cannot be used, or there are no seeds.
pub fn necessity(
    args: &NecessityArgs,
    is_markdown: bool,
    common: Common,
    parts: Option<Parts>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let page = MadePage::new(&args.page)?;
    let cancel = cancelled_by_interrupt();
    let work = Work::begin(&args.part, args.asked(), [&scenario], parts, &cancel)?;
    let budget = Budget::begin(args.part.time, None, &cancel);
    let asked = Asked { is_markdown, page, common, work, budget, cancel };
    match (&args.seeds, args.faults) {
        (Some(seeds), _) if seeds.is_empty() => {
            Err(Error::NothingSelected("there are no seeds in the range".to_owned()))
        }
        (Some(seeds), _) => by_seeds(&scenario, seeds, threads(args.jobs), &asked, output),
        (None, faults) => {
            let space = Space::new(&scenario.trial, &kinds(&args.kinds), faults.unwrap_or(0));
            let most = space.most_jobs(&bare(&scenario.trial), scenario.seed);
            let threads = threads(args.jobs).at_most(most);
            by_faults(&scenario, &space, threads, &asked, output)
        }
    }
}

/// What was asked for, and where the report goes.
struct Asked<'a> {
    is_markdown: bool,
    page: MadePage<'a>,
    common: Common,
    work: Work,
    budget: Budget,
    cancel: Arc<AtomicBool>,
}

/// What the search with the mechanisms of the file is called where it is kept.
const FULL: &str = "full";

/// Every schedule of at most so many faults.
fn by_faults(
    scenario: &Scenario,
    space: &Space,
    threads: Threads,
    asked: &Asked<'_>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let (trial, seed) = (bare(&scenario.trial), scenario.seed);
    let Asked { work, cancel, .. } = asked;
    let search = |name: &str, shown: &str, trial: &Trial, space: &Space| {
        let progress = SearchProgress::new(shown);
        let found = work.schedules(name, space.most, |done, keep| {
            let tell = |told: Advance<'_>| {
                progress.tell(told);
                keep(told);
            };
            exhaust(threads, trial, seed, space, done, cancel, &tell)
        });
        progress.clear();
        found
    };
    let finding = |(number, wrong): (usize, &Variant)| {
        let words = wrong.words();
        wrong.search_by(scenario, space, |trial, space| {
            let how_far = if space.stops_at_cause { "to the first" } else { "on" };
            search(&format!("{number}: {words}, {how_far}"), &words, trial, space)
        })
    };
    let (necessity, timing) = work.timed("all", || {
        let full = search(FULL, &scenario.name, &trial, space)?;
        let findings =
            searched(scenario).iter().enumerate().map(finding).collect::<Result<_, _>>()?;
        Ok::<Necessity, Error>(Necessity { full, findings })
    });
    let necessity = necessity?;
    let found = necessity.findings.iter().filter_map(|finding| finding.found.as_ref());
    let is_complete = found.chain([&necessity.full]).all(|found| !found.interrupted);
    asked.budget.say();
    let kept = work.end(is_complete, output);
    if work.is_part() {
        return kept;
    }
    let subject = Reported { trial: &trial, ..Reported::from(scenario) };
    let base = trial.simulator().detail(seed);
    let report = NecessityReport {
        subject,
        seed,
        necessity: &necessity,
        base: &base,
        left_out: scenario.own_faults(),
        timing,
    };
    match asked.common.format {
        Format::Text if asked.is_markdown => output.text(&necessity_markdown(&report)),
        Format::Text => output.text(&necessity_text(&report)),
        Format::Json => output.document(&necessity_json(&report)),
    }
    output.flush();
    asked.page.write(|| necessity_json(&report))?;
    let has = |standing| necessity.count(standing) > 0;
    let rows = match (has(Standing::Unwitnessed), has(Standing::Incomplete)) {
        (true, _) => Ending::Violated,
        (false, true) => Ending::Inconclusive,
        (false, false) => Ending::AsExpected,
    };
    kept.map(|_| ending_of(&necessity.full).and(rows))
}

/// The faults that are drawn under many seeds.
fn by_seeds(
    scenario: &Scenario,
    seeds: &Range<u64>,
    threads: Threads,
    asked: &Asked<'_>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let Asked { work, cancel, .. } = asked;
    let all = Seeds::Range(seeds.clone());
    let row = |name: &str, design: &Variant, stop: Stop, tried: Try| {
        let words = design.words();
        let progress = Progress::new(work.count(&all), &words);
        let tell = |brief: &Brief| progress.count(brief);
        let found = work.runs(&format!("{name}: {words}"), &all, stop, |stretch| {
            tried(threads, design, scenario, seeds, stretch, cancel, &tell)
        });
        progress.clear();
        found
    };
    let full = || {
        let progress = Progress::new(work.count(&all), &scenario.name);
        let tell = |brief: &Brief| progress.count(brief);
        let found = work.runs(FULL, &all, Stop::Never, |stretch| {
            let (trial, seeds) = (&scenario.trial, all.clone());
            sweep_on(threads, trial, seeds, stretch, Stop::Never, cancel, &tell)
        });
        progress.clear();
        found
    };
    let rows = |name: &str, designs: Vec<Variant>, stop: Stop, tried: Try| {
        let row = |(at, design)| row(&format!("{name} {at}"), design, stop, tried);
        designs.iter().enumerate().map(row).collect::<Result<Vec<Tried>, Error>>()
    };
    let (matrix, timing) = work.timed("all", || {
        Ok::<Matrix, Error>(Matrix {
            seeds: seeds.clone(),
            full: full()?,
            wrong: rows("wrong", wrong(scenario), STOP_OF_WRONG, try_wrong)?,
            right: rows("right", right(scenario), Stop::Never, try_right)?,
        })
    });
    let matrix = matrix?;
    asked.budget.say();
    let kept = work.end(matrix.sweeps().all(|sweep| !sweep.interrupted), output);
    if work.is_part() {
        return kept;
    }
    let report = MatrixReport { subject: Reported::from(scenario), matrix: &matrix, timing };
    match asked.common.format {
        Format::Text if asked.is_markdown => output.text(&matrix_markdown(&report)),
        Format::Text => output.text(&matrix_text(&report)),
        Format::Json => output.document(&matrix_json(&report)),
    }
    output.flush();
    asked.page.write(|| matrix_json(&report))?;
    kept.map(|_| ending_of_matrix(&matrix))
}

/// How a command ends that found this.
fn ending_of_matrix(found: &Matrix) -> Ending {
    let full = matrix::holds(&found.full);
    let is = |standing| full == standing || found.count(standing) != (0, 0);
    if found.sweeps().any(|sweep| sweep.difference.is_some()) {
        Ending::NotDeterministic
    } else if is(matrix::MatrixStanding::Bad) {
        Ending::Violated
    } else if is(matrix::MatrixStanding::Incomplete) {
        Ending::Inconclusive
    } else {
        Ending::AsExpected
    }
}
