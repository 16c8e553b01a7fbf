//! `onceproof run --trace`: every event of a run before its report, as lines of text or as documents of a line each.

use crate::cli::{Format, RunArgs};
use crate::ending::Error;
use crate::output::Printer;
use onceproof::report::printable;
use onceproof::report::trace_json::event_json;
use onceproof::report::trace_text::{Line, shown};
use onceproof::scenario::Scenario;
use onceproof_kernel::time::Span;
use onceproof_sim::outcome::Outcome;
use onceproof_sim::trace::{Choice, Fold, Seen};
use onceproof_systems::Simulator;
use std::sync::atomic::AtomicBool;

/// What is told of a run, to whom.
pub struct Told<'a, 'b> {
    /// What was asked for.
    pub args: &'a RunArgs,
    /// As lines or as documents.
    pub format: Format,
    /// Is shown all that happens.
    pub see: &'a mut (dyn FnMut(&Seen<'_>) + 'b),
    /// Set when the run should end soon.
    pub cancel: &'a AtomicBool,
}

/// Runs a scenario once, and writes what happens of what was chosen. None if it is interrupted.
///
/// # Errors
/// A record is asked for that the run does not have, or a span of time that is none.
pub fn trace(
    simulator: &mut Simulator<'_>,
    scenario: &Scenario,
    seed: Option<u64>,
    told: Told<'_, '_>,
    output: &mut Printer,
) -> Result<Option<Outcome>, Error> {
    let Told { args, format, see, cancel } = told;
    if let (Some(from), Some(until)) = (args.from, args.until)
        && from > until
    {
        let (from, until) = (Span(from), Span(until));
        return Err(Error::Usage(format!(
            "--from {from} --until {until}: the trace ends before it begins; --from {until} --until {from} is meant?"
        )));
    }
    let record = args.record.as_ref().map(|name| scenario.record(name)).transpose()?;
    let choice = Choice { record, from: args.from, until: args.until };
    let mut is_met = false;
    let mut fold = Fold::default();
    let mut tell = |seen: &Seen<'_>| {
        see(seen);
        if !choice.is_about(seen) {
            return;
        }
        is_met = true;
        if choice.is_in_time(seen) {
            match format {
                Format::Text => {
                    let mut show = |folded| output.line(&shown(folded));
                    fold.push(seen.event.shape(), Line::of(seen), &mut show);
                }
                Format::Json => output.document_on_a_line(&event_json(seen)),
            }
        }
    };
    let outcome = simulator.trace_unless(seed, &mut tell, cancel);
    fold.end(&mut |folded| output.line(&shown(folded)));
    match &args.record {
        Some(name) if !is_met && outcome.is_some() => {
            let name = printable(name);
            Err(Error::Usage(format!(
                "--record {name}: this run has no such record; leave --record out to see which it has"
            )))
        }
        Some(_) | None => Ok(outcome),
    }
}
