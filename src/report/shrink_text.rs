//! What is said of a shrunk failure: what it proves, and what is known of it.

use super::damage_line::filled;
use crate::figures::counted;
use crate::search::shrink::mechanisms::Wrong;
use crate::search::shrink::{Shrunk, Size};
use onceproof_sim::outcome::{Class, Outcome};
use onceproof_sim::property::Broken;

/// What a smallest failure proves: "One fault is enough: events/0#1 is reflected 2 times instead of 1 at per-user."
pub fn claim(shrunk: &Shrunk, outcome: &Outcome, faults: usize) -> String {
    let Shrunk { case, goal, .. } = shrunk;
    let enough = match faults {
        0 => "No fault is needed".to_owned(),
        1 => "One fault is enough".to_owned(),
        2 => "Two faults are enough".to_owned(),
        3 => "Three faults are enough".to_owned(),
        many => format!("{many} faults are enough"),
    };
    match goal.damage(outcome) {
        Some(damage) => {
            let trial = case.subject.trial();
            let claim = filled(goal.class.row().claim, damage, trial, str::to_owned);
            format!("{enough}: {claim}.")
        }
        None => match &outcome.broken {
            Some(Broken { name, why }) if goal.class == Class::Broken => {
                format!("{enough}: `{name}` does not hold: {why}.")
            }
            _ => format!("{enough}: the run is {}.", goal.class.word()),
        },
    }
}

/// What was done to a failure from there, and what is known of the result.
pub fn sentences(shrunk: &Shrunk, origin: &str) -> Vec<String> {
    let Shrunk { case, before, runs, holds_without_any, is_exhausted, .. } = shrunk;
    let size = |size: Size| {
        let faults = counted(size.faults as u64, "fault");
        format!("{faults} and {}", counted(size.rows as u64, "record"))
    };
    let mut sentences = vec![format!(
        "Shrunk from {origin} from {} to {}, in {}.",
        size(*before),
        size(Size::of(case)),
        counted(*runs, "run"),
    )];
    if case.seed.is_some() {
        sentences.push("It fails only under the latencies and answers of this seed.".to_owned());
    }
    if shrunk.is_interrupted {
        sentences.push("Interrupted: it may not be the smallest.".to_owned());
        return sentences;
    }
    if case.faults.is_empty() {
        sentences.push("It fails without any fault.".to_owned());
    } else {
        let then = match holds_without_any {
            true => "holds",
            false => "no longer fails in this way",
        };
        let minimal = "1-minimal: each fault was removed in turn, and the run then";
        sentences.push(format!("{minimal} {then}."));
        sentences.push(match is_exhausted {
            true => "No smaller set of these kinds of faults near this record does it.".to_owned(),
            false => "Not all smaller sets of faults near this record were tried.".to_owned(),
        });
    }
    sentences.extend(shrunk.wrong.iter().map(|Wrong { step, mechanism, is_needed }| {
        let at = step.as_ref().map_or_else(String::new, |step| format!(" at {step}"));
        let right = format!("the right value of {mechanism}{at}");
        match is_needed {
            true => format!("It no longer fails in this way with {right}."),
            false => format!("It fails with {right}, too."),
        }
    }));
    sentences
}
