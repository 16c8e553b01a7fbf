//! `onceproof necessity`: a smallest schedule that breaks the scenario for each mechanism that is switched to
//! a wrong value, beside the certificate of the full design.

use super::exhaust::{ending_of, kinds};
use super::interrupt::cancelled_by_interrupt;
use super::progress::{SearchProgress, timed};
use super::threads;
use crate::cli::{Common, Format, NecessityArgs};
use crate::ending::{Ending, Error};
use crate::output::Output;
use onceproof::report::necessity_json::necessity_json;
use onceproof::report::necessity_text::{necessity_markdown, necessity_text};
use onceproof::report::{NecessityReport, Subject};
use onceproof::scenario::Scenario;
use onceproof::search::exhaust::{Space, Told, bare, exhaust};
use onceproof::search::necessity::{ALL, Necessity, Standing, Wrong};
use onceproof::search::resume::Done;

/// Searches a scenario with its own mechanisms, and with each wrong value.
///
/// # Errors
/// The scenario cannot be used.
pub fn necessity(
    args: &NecessityArgs,
    common: Common,
    output: &mut Output,
) -> Result<Ending, Error> {
    let scenario = Scenario::load(&args.file)?;
    let (plan, seed) = (bare(&scenario.plan), scenario.seed);
    let space = Space::new(&scenario.plan, &kinds(&args.kinds), args.faults);
    let threads = threads(args.jobs)?;
    let cancel = cancelled_by_interrupt();
    let full = || {
        let progress = SearchProgress::new(&scenario.name);
        let (tell, mut done) = (|told: Told<'_>| progress.tell(told), Done::default());
        let found = threads.install(|| exhaust(&plan, seed, &space, &mut done, &cancel, &tell));
        progress.clear();
        found
    };
    let row = |wrong: &Wrong| {
        let progress = SearchProgress::new(&wrong.words());
        let tell = |told: Told<'_>| progress.tell(told);
        let row = threads.install(|| wrong.search(&plan, seed, &space, &cancel, &tell));
        progress.clear();
        row
    };
    let (necessity, timing) =
        timed(|| Necessity { full: full(), rows: ALL.iter().map(row).collect() });
    let subject = Subject { plan: &plan, ..Subject::from(&scenario) };
    let report = NecessityReport { subject, seed, necessity: &necessity, timing };
    match common.format {
        Format::Text if args.markdown => output.text(&necessity_markdown(&report)),
        Format::Text => output.text(&necessity_text(&report)),
        Format::Json => output.document(&necessity_json(&report)),
    }
    let has = |standing| necessity.count(standing) > 0;
    let rows = match (has(Standing::Unwitnessed), has(Standing::Incomplete)) {
        (true, _) => Ending::Violated,
        (false, true) => Ending::Inconclusive,
        (false, false) => Ending::AsExpected,
    };
    Ok(ending_of(&necessity.full).and(rows))
}
