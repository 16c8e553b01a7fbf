//! `onceproof necessity`: what breaks the scenario for each mechanism that is switched to a wrong value, beside
//! what is known of the full design: a smallest schedule, or how many seeds it takes.
//!
//! Ctrl-C ends it soon; the report says what was not done.

use super::exhaust::{ending_of, kinds};
use super::interrupt::cancelled_by_interrupt;
use super::made::MadePage;
use super::progress::{Progress, SearchProgress, timed};
use super::threads;
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
use onceproof::search::matrix::{self, Matrix, Tried, try_right, try_wrong};
use onceproof::search::necessity::{Necessity, Standing, searched};
use onceproof::search::resume::Done;
use onceproof::search::space::{Space, bare};
use onceproof::search::sweep::{Stop, sweep};
use onceproof::search::tally::Seeds;
use onceproof::search::variants::{Variant, right, wrong};
use onceproof_sim::outcome::Brief;
use rayon::ThreadPool;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// Tries one value under many seeds.
type Try = fn(&Variant, &Scenario, &Range<u64>, &AtomicBool, &(dyn Fn(&Brief) + Sync)) -> Tried;

/// Searches a scenario with its own mechanisms, and with each wrong value.
///
/// # Errors
/// The scenario cannot be used, or there are no seeds.
pub fn necessity(
    args: &NecessityArgs,
    is_markdown: bool,
    common: Common,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let page = MadePage::new(&args.page)?;
    let asked = Asked { is_markdown, page, common };
    match (&args.seeds, args.faults) {
        (Some(seeds), _) if seeds.is_empty() => {
            Err(Error::NothingSelected("there are no seeds in the range".to_owned()))
        }
        (Some(seeds), _) => {
            let threads = threads(args.jobs, seeds.end - seeds.start)?;
            by_seeds(&scenario, seeds, &threads, &asked, output)
        }
        (None, faults) => {
            let space = Space::new(&scenario.trial, &kinds(&args.kinds), faults.unwrap_or(0));
            let most = space.most_jobs(&bare(&scenario.trial), scenario.seed);
            let threads = threads(args.jobs, most)?;
            by_faults(&scenario, &space, &threads, &asked, output)
        }
    }
}

/// What was asked for, and where the report goes.
struct Asked<'a> {
    is_markdown: bool,
    page: MadePage<'a>,
    common: Common,
}

/// Every schedule of at most so many faults.
fn by_faults(
    scenario: &Scenario,
    space: &Space,
    threads: &ThreadPool,
    asked: &Asked<'_>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let (trial, seed) = (bare(&scenario.trial), scenario.seed);
    let cancel = cancelled_by_interrupt();
    let full = || {
        let progress = SearchProgress::new(&scenario.name);
        let (tell, mut done) = (|told: Advance<'_>| progress.tell(told), Done::default());
        let found = threads.install(|| exhaust(&trial, seed, space, &mut done, &cancel, &tell));
        progress.clear();
        found
    };
    let finding = |wrong: &Variant| {
        let progress = SearchProgress::new(&wrong.words());
        let tell = |told: Advance<'_>| progress.tell(told);
        let finding = threads.install(|| wrong.search(scenario, space, &cancel, &tell));
        progress.clear();
        finding
    };
    let (necessity, timing) = timed(|| Necessity {
        full: full(),
        findings: searched(scenario).iter().map(finding).collect(),
    });
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
    Ok(ending_of(&necessity.full).and(rows))
}

/// The faults that are drawn under many seeds.
fn by_seeds(
    scenario: &Scenario,
    seeds: &Range<u64>,
    threads: &ThreadPool,
    asked: &Asked<'_>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let cancel = cancelled_by_interrupt();
    let row = |design: &Variant, tried: Try| {
        let progress = Progress::new(seeds.end - seeds.start, &design.words());
        let tell = |brief: &Brief| progress.count(brief);
        let found = threads.install(|| tried(design, scenario, seeds, &cancel, &tell));
        progress.clear();
        found
    };
    let full = || {
        let progress = Progress::new(seeds.end - seeds.start, &scenario.name);
        let (all, tell) = (Seeds::Range(seeds.clone()), |brief: &Brief| progress.count(brief));
        let found = threads.install(|| sweep(&scenario.trial, all, Stop::Never, &cancel, &tell));
        progress.clear();
        found
    };
    let (matrix, timing) = timed(|| Matrix {
        seeds: seeds.clone(),
        full: full(),
        wrong: wrong(scenario).iter().map(|design| row(design, try_wrong)).collect(),
        right: right(scenario).iter().map(|design| row(design, try_right)).collect(),
    });
    let report = MatrixReport { subject: Reported::from(scenario), matrix: &matrix, timing };
    match asked.common.format {
        Format::Text if asked.is_markdown => output.text(&matrix_markdown(&report)),
        Format::Text => output.text(&matrix_text(&report)),
        Format::Json => output.document(&matrix_json(&report)),
    }
    output.flush();
    asked.page.write(|| matrix_json(&report))?;
    Ok(ending_of_matrix(&matrix))
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
