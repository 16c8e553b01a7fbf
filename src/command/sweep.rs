//! `onceproof sweep`: many seeds of one or more scenarios, on all cores.
//!
//! Ctrl-C ends the sweep after the runs that are under way. The report then covers the seeds before the
//! first that was not run, and the exit code is that of what they showed; a second Ctrl-C ends the process.

use super::interrupt::cancelled_by_interrupt;
use super::progress::{Progress, timed};
use super::save::Saved;
use super::{load_all, threads};
use crate::cli::{Common, Format, SweepArgs};
use crate::ending::{Ending, Error};
use crate::output::Output;
use crate::paths;
use onceproof::report::shell::{replay_command, run_command, sweep_command};
use onceproof::report::sweep_json::{sweep_json, sweeps_json};
use onceproof::report::sweep_text::{Totals, closing_line, sweep_text};
use onceproof::report::{Subject, SweepReport, Timing};
use onceproof::scenario::Scenario;
use onceproof::search::sweep::{Stop, sweep as sweep_plan};
use onceproof::search::tally::{Seeds, Sweep};
use onceproof_sim::outcome::Brief;
use serde_json::Value;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Sweeps every scenario that the paths select.
///
/// # Errors
/// A scenario cannot be used, there are no seeds, or a failure cannot be saved.
pub fn sweep(args: &SweepArgs, common: Common, output: &mut Output) -> Result<Ending, Error> {
    let scenarios = load_all(&paths::select(&args.paths)?)?;
    let seeds = |scenario: &Scenario| args.seeds.clone().unwrap_or(scenario.sweep.clone());
    if scenarios.iter().all(|scenario| seeds(scenario).is_empty()) {
        return Err(Error::NothingSelected("there are no seeds in the range".to_owned()));
    }
    let threads = threads(args.jobs)?;
    let cancel = cancelled_by_interrupt();
    let stop = args.max_fail.map_or(Stop::Never, |most| Stop::AfterViolated(most.get()));

    let mut saved = Saved::new(&args.out);
    let mut sweeps = Sweeps::new(common, scenarios.len() > 1);
    let mut ended = Ok(());
    for scenario in &scenarios {
        let seeds = Seeds::Range(seeds(scenario));
        let progress = Progress::new(seeds.count(), &scenario.name);
        let (sweep, timing) = timed(|| {
            let count = |brief: &Brief| progress.count(brief);
            threads.install(|| sweep_plan(&scenario.plan, seeds, stop, &cancel, &count))
        });
        progress.clear();
        let file = match sweep.first_failure.as_ref().map(|failure| saved.save(scenario, failure)) {
            None => None,
            Some(Ok(file)) => Some(file),
            Some(Err(error)) => {
                ended = Err(error);
                None
            }
        };
        sweeps.add(scenario, &sweep, file.as_deref(), timing, output);
        if ended.is_err() || cancel.load(Ordering::Relaxed) || !output.is_open() {
            break;
        }
    }
    sweeps.close(output);
    ended.map(|()| sweeps.ending)
}

/// The sweeps of one command, reported one by one in text and together as JSON.
struct Sweeps {
    common: Common,
    several: bool,
    ending: Ending,
    totals: Totals,
    documents: Vec<Value>,
}

impl Sweeps {
    fn new(common: Common, several: bool) -> Sweeps {
        let (totals, documents) = (Totals::default(), Vec::new());
        Sweeps { common, several, ending: Ending::AsExpected, totals, documents }
    }

    fn add(
        &mut self,
        scenario: &Scenario,
        sweep: &Sweep,
        saved: Option<&Path>,
        timing: Timing,
        output: &mut Output,
    ) {
        let strict = self.common.strict;
        let seed = sweep.failing.first().copied().or(sweep.first_inconclusive);
        let seed = seed.or(sweep.difference.as_ref().map(|difference| difference.seed));
        let replay = match (saved, seed) {
            (Some(saved), _) => Some(replay_command(saved)),
            (None, Some(seed)) => Some(run_command(&scenario.path, seed)),
            (None, None) => (strict && is_unfired(sweep))
                .then(|| format!("{} --strict", sweep_command(&scenario.path, &sweep.seeds))),
        };
        let report = SweepReport {
            subject: Subject::from(scenario),
            sweep,
            saved,
            replay: replay.as_deref(),
            timing,
            strict,
        };
        match self.common.format {
            Format::Text => {
                let gap = if self.totals.is_empty() { "" } else { "\n" };
                output.text(&format!("{gap}{}", sweep_text(&report)));
                output.flush();
            }
            Format::Json => self.documents.push(sweep_json(&report)),
        }
        self.ending = self.ending.and(ending_of(sweep, strict));
        self.totals.add(sweep);
    }

    fn close(&mut self, output: &mut Output) {
        match self.common.format {
            Format::Text if self.several => output.text(&closing_line(&self.totals)),
            Format::Text => {}
            Format::Json => {
                let documents = std::mem::take(&mut self.documents);
                match <[Value; 1]>::try_from(documents) {
                    Ok([only]) if !self.several => output.document(&only),
                    Ok(one) => output.document(&sweeps_json(one.into())),
                    Err(several) => output.document(&sweeps_json(several)),
                }
            }
        }
    }
}

/// Whether a kind with odds or an exact fault did not fire.
fn is_unfired(sweep: &Sweep) -> bool {
    !sweep.never_fired.is_empty() || !sweep.unfired.is_empty()
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
