//! `onceproof run`: one run of one scenario.

use super::blame::blamed;
use super::determinism::check_run;
use super::interrupt::cancelled_by_interrupt;
use super::made::Made;
use super::trace::{Told, trace};
use super::{allowing, ending_of_run, redesigned, redesigned_command};
use crate::cli::{Common, Format, RunArgs};
use crate::ending::{Ending, Error};
use crate::output::{Printer, complain};
use onceproof::report::not_shown::not_shown_by_run;
use onceproof::report::perfetto::{self, Timeline};
use onceproof::report::run_json::run_json;
use onceproof::report::run_text::run_text;
use onceproof::report::shell::{run_command, shrink_command};
use onceproof::report::stated::differences_of_run;
use onceproof::report::worth::Allowed;
use onceproof::report::{Reported, RunReport};
use onceproof::scenario::RunSeed;
use onceproof::search::served::ServedTotals;
use onceproof::search::swarm::Swarm;
use onceproof_sim::outcome::Verdict;
use onceproof_sim::trace::Seen;

/// Runs a scenario once, with the seed that is given, else with its own, else with 0 if it draws faults.
///
/// # Errors
/// The scenario cannot be used.
pub fn run(args: &RunArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let allowed = Allowed::by(&scenario);
    let mut scenario = redesigned(scenario, &args.redesign)?;
    let RunSeed { seed, is_assumed } = scenario.seed_of_run(args.seed);
    if let (true, Some(seed)) = (args.swarm, seed) {
        scenario = Swarm::new(&scenario).of(seed)?;
    }
    let made = Made::asked(&args.perfetto, perfetto::SIGN)?;
    let timeline = made
        .as_ref()
        .map(|made| Timeline::beside(made.path(), &scenario.trial).map_err(Error::io(made.path())));
    let mut timeline = timeline.transpose()?;
    let mut simulator = scenario.trial.simulator();
    let cancel = cancelled_by_interrupt();
    let outcome = match (args.trace, &mut timeline) {
        (true, timeline) => {
            let mut see = |seen: &Seen<'_>| timeline.iter_mut().for_each(|all| all.see(seen));
            let told = Told { args, format: common.format, see: &mut see, cancel: &cancel };
            trace(&mut simulator, &scenario, seed, told, output)?
        }
        (false, Some(timeline)) => {
            simulator.trace_unless(seed, &mut |seen| timeline.see(seen), &cancel)
        }
        (false, None) => simulator.detail_unless(seed, &cancel),
    };
    let Some(outcome) = outcome else {
        output.flush();
        complain("interrupted: the run was not over");
        return Ok(Ending::Inconclusive);
    };
    let command = allowing(run_command(&args.file, seed), &scenario, &args.file);
    let mut replay = redesigned_command(command, &args.redesign);
    if args.swarm {
        replay.push_str(" --swarm");
    }
    // The file expects it of its own design and input alone.
    let is_own = !args.swarm && !args.redesign.is_any();
    let (differences, not_shown) = match is_own {
        true => {
            let not_shown = not_shown_by_run(&scenario, seed, outcome.brief.classes);
            (differences_of_run(&scenario, seed, &outcome), not_shown)
        }
        false => (Vec::new(), None),
    };
    let shortfalls = match common.strict {
        true => allowed.shortfalls_of_run(&scenario, &outcome),
        false => Vec::new(),
    };
    let subject = Reported::from(&scenario);
    let blame = blamed(&subject, seed, &outcome, common.format, &cancel);
    // What a swarm drew stands in no file that could be made small.
    let smaller = (outcome.brief.verdict == Verdict::Violated && !args.swarm).then(|| {
        let command = allowing(shrink_command(&args.file, seed), &scenario, &args.file);
        redesigned_command(command, &args.redesign)
    });
    let served = ServedTotals::of_run(&scenario.trial, seed, outcome.served.as_ref());
    let report = RunReport {
        subject,
        seed,
        seed_is_assumed: is_assumed,
        outcome: &outcome,
        served: served.as_ref(),
        blame: &blame,
        differences: &differences,
        not_shown: not_shown.as_ref(),
        replay: &replay,
        smaller: smaller.as_deref(),
        shortfalls: &shortfalls,
        strict: common.strict,
    };
    match (args.trace, common.format) {
        // Then every line is a document.
        (true, Format::Json) => output.document_on_a_line(&run_json(&report)),
        (true, Format::Text) => {
            output.line("");
            print(&report, common.format, output);
        }
        (false, format) => print(&report, format, output),
    }
    if let (Some(made), Some(timeline)) = (made, timeline) {
        output.flush();
        made.write_by(|out| timeline.finish(&scenario.name, seed, &outcome, out))?;
    }
    if args.check_determinism {
        output.flush();
        check_run(&report.subject, seed, &args.files, args.plant_nondeterminism, common, output)?;
    }
    Ok(ending_of_run(&outcome, &shortfalls, common.strict))
}

/// Writes the report of a run.
pub fn print(report: &RunReport, format: Format, output: &mut Printer) {
    match format {
        Format::Text => output.text(&run_text(report)),
        Format::Json => output.document(&run_json(report)),
    }
}
