//! `onceproof tune`: keys of a scenario with several values, under the same seeds.
//!
//! Ctrl-C ends it soon; the report covers the seeds before the first that was not run, and says of each variation how far
//! it came.

use super::budget::Budget;
use super::compare::ending_of_measured;
use super::interrupt::cancelled_by_interrupt;
use super::made::{Made, MadePage};
use super::progress::Progress;
use super::threads;
use super::work::Work;
use crate::cli::{Common, Format, TuneArgs};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::report::compare::ends;
use onceproof::report::tune::{TuneReport, Tuned, in_words};
use onceproof::report::tune_csv::{CSV, tune_csv};
use onceproof::report::tune_json::tune_json;
use onceproof::report::tune_text::{tune_markdown, tune_text};
use onceproof::report::{Reported, printable};
use onceproof::scenario::{Point, Scenario, points};
use onceproof::search::part::Parts;
use onceproof::search::strategies::measured;
use onceproof::search::sweep::Stop;
use onceproof::search::tally::Seeds;
use onceproof_sim::outcome::Brief;

/// The most variations of one file.
const MOST: usize = 10_000;

/// Runs each variation of a scenario, and puts them beside each other.
///
/// # Errors
/// The scenario cannot be used or varied so, nothing varies, or there are no seeds.
pub fn tune(
    args: &TuneArgs,
    is_markdown: bool,
    common: Common,
    parts: Option<Parts>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let varied = if args.vary.is_empty() { &scenario.vary } else { &args.vary };
    if varied.is_empty() {
        let example = "--vary mechanism.dedup.window=1s,10s,1m";
        return Err(Error::Usage(format!(
            "nothing varies: give {example}, or `[sweep] vary` in the file"
        )));
    }
    for (at, of) in varied.iter().enumerate() {
        if varied[..at].iter().any(|other| other.key == of.key) {
            let key = printable(&of.key);
            return Err(Error::Usage(format!("{key} varies twice: give all its values at once")));
        }
    }
    let seeds = args.seeds.clone().unwrap_or(scenario.sweep.clone());
    if seeds.is_empty() {
        return Err(Error::NothingSelected("there are no seeds in the range".to_owned()));
    }
    let page = MadePage::new(&args.page)?;
    let csv = Made::asked(&args.csv, CSV)?;
    let count = varied.iter().map(|of| of.values.len()).try_fold(1, usize::checked_mul);
    if count.is_none_or(|count| count > MOST) {
        return Err(Error::Usage(format!("there are more than {MOST} variations")));
    }
    // All are read before the first is run: a wrong one is no news after an hour.
    let variation = |point: Point| Ok((scenario.at_point(&point)?, point));
    let variations = points(varied).into_iter().map(variation);
    let variations = variations.collect::<Result<Vec<(Scenario, Point)>, Error>>()?;
    let threads = threads(args.jobs);
    let cancel = cancelled_by_interrupt();
    let work = Work::begin(&args.part, args.asked(), [&scenario], parts, &cancel)?;
    let budget = Budget::begin(args.part.time, None, &cancel);
    let run = |(scenario, point): (Scenario, Point)| {
        let words = point.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ");
        let seeds = Seeds::Range(seeds.clone());
        let progress = Progress::new(work.count(&seeds), &words);
        let count = |brief: &Brief| progress.count(brief);
        let comparison = work.runs(&in_words(&point), &seeds, Stop::Never, |stretch| {
            measured(threads, &scenario.trial, &seeds, stretch, &cancel, &count)
        });
        progress.clear();
        Ok(Tuned { point, trial: scenario.trial, comparison: comparison? })
    };
    let (tuned, timing) = work
        .timed("all", || variations.into_iter().map(run).collect::<Result<Vec<Tuned>, Error>>());
    let tuned = tuned?;
    let is_complete = tuned.iter().all(|one| !one.comparison.sweep.interrupted);
    budget.say();
    let kept = work.end(is_complete, output);
    if work.is_part() {
        return kept;
    }
    let report = TuneReport {
        subject: Reported::from(&scenario),
        varied,
        seeds: &seeds,
        ends: &ends(&scenario.trial),
        tuned: &tuned,
        timing,
        strict: common.strict,
    };
    match common.format {
        Format::Text if is_markdown => output.text(&tune_markdown(&report)),
        Format::Text => output.text(&tune_text(&report)),
        Format::Json => output.document(&tune_json(&report)),
    }
    output.flush();
    if let Some(csv) = csv {
        csv.write(&tune_csv(&report))?;
    }
    page.write(|| tune_json(&report))?;
    // That something is wrong with a value is what it is for.
    let all: Vec<_> = tuned.iter().map(|one| &one.comparison).collect();
    kept.map(|_| ending_of_measured(&all, common.strict))
}
