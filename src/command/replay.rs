//! `onceproof replay`: a saved failure, strictly. Its faults are all exact, so it is the same run for
//! ever; where one of them finds no place any more, the file and this version do not match.

use super::blame::blamed;
use super::interrupt::cancelled_by_interrupt;
use super::run::print;
use super::{allowing, ending_of_run};
use crate::cli::{Common, ReplayArgs};
use crate::ending::{Ending, Error};
use crate::output::{Printer, complain};
use onceproof::figures::counted;
use onceproof::report::shell::replay_command;
use onceproof::report::stated::differences_of_run;
use onceproof::report::worth::Allowed;
use onceproof::report::{Reported, RunReport};
use onceproof::search::served::ServedTotals;

/// Runs a saved failure again.
///
/// # Errors
/// The file cannot be used, or it is no saved failure.
pub fn replay(args: &ReplayArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let path = args.file.display();
    if !scenario.trial.plan.climate.odds.is_empty() {
        return Err(Error::Usage(format!(
            "{path} is no saved failure: it has odds in [faults], and a saved failure has exact \
             faults only; onceproof run and onceproof sweep take it"
        )));
    }
    let seed = scenario.seed;
    let outcome = scenario.trial.simulator().detail(seed);
    let replay = allowing(replay_command(&args.file), &scenario, &args.file);
    let differences = differences_of_run(&scenario, seed, &outcome);
    let shortfalls = match common.strict {
        true => Allowed::by(&scenario).shortfalls_of_run(&scenario, &outcome),
        false => Vec::new(),
    };
    let subject = Reported::from(&scenario);
    let blame = blamed(&subject, seed, &outcome, common.format, &cancelled_by_interrupt());
    let served = ServedTotals::of_run(&scenario.trial, seed, outcome.served.as_ref());
    let report = RunReport {
        subject,
        seed,
        seed_is_assumed: false,
        outcome: &outcome,
        served: served.as_ref(),
        blame: &blame,
        differences: &differences,
        not_shown: None,
        replay: &replay,
        smaller: None,
        shortfalls: &shortfalls,
        strict: true,
    };
    print(&report, common.format, output);
    output.flush();

    if !outcome.unfired.is_empty() {
        let faults = counted(outcome.unfired.len() as u64, "exact fault");
        complain(&format!(
            "error: {path} does not match this version of onceproof: {faults} did not fire"
        ));
    }
    Ok(ending_of_run(&outcome, &shortfalls, true))
}
