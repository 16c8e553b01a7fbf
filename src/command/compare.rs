//! `onceproof compare`: the same input and weather under each strategy.
//!
//! Ctrl-C ends it soon; the report covers the seeds before the first that was not run, and says of each strategy how far
//! it came.

use super::budget::Budget;
use super::interrupt::cancelled_by_interrupt;
use super::made::MadePage;
use super::progress::Progress;
use super::threads;
use super::work::Work;
use crate::cli::{Common, CompareArgs, Format};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::report::compare::ends;
use onceproof::report::compare_json::compare_json;
use onceproof::report::compare_text::{compare_markdown, compare_text};
use onceproof::report::{Cannot, CompareReport, Compared, Reported};
use onceproof::scenario::{Scenario, ScenarioError, Strategy, Under};
use onceproof::search::part::Parts;
use onceproof::search::strategies::{Comparison, measured};
use onceproof::search::sweep::Stop;
use onceproof::search::tally::{Seeds, Sweep};
use onceproof::search::variants;
use onceproof_sim::outcome::Brief;

/// Runs a scenario under each strategy, and compares what comes of it.
///
/// # Errors
/// The scenario cannot be used, no strategy can have its pipeline, or there are no seeds.
pub fn compare(
    args: &CompareArgs,
    is_markdown: bool,
    common: Common,
    parts: Option<Parts>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let seeds = args.seeds.clone().unwrap_or(scenario.sweep.clone());
    if seeds.is_empty() {
        return Err(Error::NothingSelected("there are no seeds in the range".to_owned()));
    }
    let page = MadePage::new(&args.page)?;
    let Strategies { found, cannot } = under_each(&scenario, &args.strategies)?;
    let threads = threads(args.jobs);
    let cancel = cancelled_by_interrupt();
    let work = Work::begin(&args.part, args.asked(), [&scenario], parts, &cancel)?;
    let budget = Budget::begin(args.part.time, None, &cancel);
    let run = |(strategy, under): (Strategy, Under)| {
        let Under { scenario, left_out } = under;
        let seeds = Seeds::Range(seeds.clone());
        let progress = Progress::new(work.count(&seeds), strategy.word());
        let count = |brief: &Brief| progress.count(brief);
        let settings_that_break = variants::settings_that_break(&scenario);
        let trial = scenario.trial;
        let comparison = work.runs(strategy.word(), &seeds, Stop::Never, |stretch| {
            measured(threads, &trial, &seeds, stretch, &cancel, &count)
        });
        progress.clear();
        Ok(Compared { strategy, trial, settings_that_break, left_out, comparison: comparison? })
    };
    let (compared, timing) =
        work.timed("all", || found.into_iter().map(run).collect::<Result<Vec<Compared>, Error>>());
    let compared = compared?;
    let is_complete = compared.iter().all(|one| !one.comparison.sweep.interrupted);
    budget.say();
    let kept = work.end(is_complete, output);
    if work.is_part() {
        return kept;
    }
    let report = CompareReport {
        subject: Reported::from(&scenario),
        own: scenario.strategy,
        seeds: &seeds,
        ends: &ends(&scenario.trial),
        compared: &compared,
        cannot: &cannot,
        timing,
        strict: common.strict,
    };
    match common.format {
        Format::Text if is_markdown => output.text(&compare_markdown(&report)),
        Format::Text => output.text(&compare_text(&report)),
        Format::Json => output.document(&compare_json(&report)),
    }
    output.flush();
    page.write(|| compare_json(&report))?;
    kept.map(|_| ending_of(&report))
}

/// A scenario under several strategies, and those that cannot have its pipeline.
#[derive(Default)]
struct Strategies {
    found: Vec<(Strategy, Under)>,
    cannot: Vec<Cannot>,
}

/// The scenario under each strategy that was asked for, else under each that there is.
fn under_each(scenario: &Scenario, asked: &[Strategy]) -> Result<Strategies, Error> {
    let all = if asked.is_empty() { &Strategy::ALL[..] } else { asked };
    let (mut each, mut errors) = (Strategies::default(), Vec::new());
    for (at, &strategy) in all.iter().enumerate() {
        if all[..at].contains(&strategy) {
            continue;
        }
        match scenario.under(strategy) {
            Ok(under) => each.found.push((strategy, under)),
            Err(error @ ScenarioError::Io { .. }) => return Err(error.into()),
            Err(error) => {
                let (why, is_asked) = (error.in_a_sentence(), !asked.is_empty());
                each.cannot.push(Cannot { strategy, why, is_asked });
                errors.push(error);
            }
        }
    }
    if each.found.is_empty() { Err(Error::Scenarios(errors)) } else { Ok(each) }
}

/// How a command ends that found this: that something is wrong with a strategy is what it is for.
fn ending_of(report: &CompareReport) -> Ending {
    let all: Vec<&Comparison> = report.compared.iter().map(|one| &one.comparison).collect();
    match report.cannot.iter().any(|cannot| cannot.is_asked) {
        true => ending_of_measured(&all, report.strict).and(Ending::Bad),
        false => ending_of_measured(&all, report.strict),
    }
}

/// How a command ends that measured these, whatever is wrong with any of them.
pub fn ending_of_measured(all: &[&Comparison], strict: bool) -> Ending {
    let is_unfired = |sweep: &Sweep| {
        sweep.runs > 0 && !(sweep.never_fired.is_empty() && sweep.unfired.is_empty())
    };
    let any = |is_so: &dyn Fn(&Sweep) -> bool| all.iter().any(|one| is_so(&one.sweep));
    [
        (any(&|sweep| sweep.difference.is_some()), Ending::NotDeterministic),
        (strict && any(&is_unfired), Ending::Violated),
        (any(&|sweep| sweep.interrupted), Ending::Inconclusive),
    ]
    .into_iter()
    .filter_map(|(is_so, ending)| is_so.then_some(ending))
    .fold(Ending::AsExpected, Ending::and)
}
