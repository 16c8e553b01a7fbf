//! `[faults]`, the odds of drawn faults, and `[[fault]]`, the exact ones. A fault that can do nothing in
//! this pipeline is refused.

use super::place::{Places, differs, hands_out_again};
use crate::scenario::form::raw::At;
use crate::scenario::form::raw::fault::{Do, Drawn, Fault as RawFault, Faults};
use crate::scenario::form::units;
use crate::scenario::form::units::Literal;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use crate::scenario::wrong::error::Errors;
use crate::scenario::wrong::explain::custom;
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::kind::Asked;
use onceproof_sim::fault::{Climate, Fault, Kind, KindName, Odds, Place};
use onceproof_systems::Design;
use std::collections::BTreeMap;

/// The odds of drawn faults, in the order of the kinds.
///
/// # Errors
/// All odds that are none, and all faults that can do nothing.
pub(in crate::scenario) fn climate(
    source: &Source<'_>,
    faults: &Faults,
    design: &Design,
    hosts: u32,
) -> Result<Climate, Vec<Diagnostic>> {
    let mut reader =
        Reader { source, design, hosts, climate: Climate::default(), errors: Errors::default() };
    for (&name, drawn) in &faults.0 {
        let read = reader.odds_of(name, drawn);
        reader.errors.keep(read);
    }
    let Reader { climate, errors, .. } = reader;
    errors.end(Some(climate))
}

struct Reader<'a> {
    source: &'a Source<'a>,
    design: &'a Design,
    hosts: u32,
    climate: Climate,
    errors: Errors,
}

impl Reader<'_> {
    fn odds_of(&mut self, name: KindName, given: &At<Drawn>) -> Result<(), Diagnostic> {
        let At { value: drawn, span } = given;
        let (kinds, odds) = match drawn {
            Drawn::Odds(odds) => (vec![name.with_defaults()], (odds, span)),
            Drawn::Table(table) => {
                let Some(odds) = &table.odds else {
                    let title = format!("`{}` has no odds", name.word());
                    let error = self.source.error(span.clone(), title);
                    return Err(error.label("such as `odds = \"1/20\"`"));
                };
                let kinds = table
                    .put(name.with_defaults())
                    .map_err(|(span, message)| self.source.error(span, message))?;
                (kinds, (&odds.value, &odds.span))
            }
        };
        for kind in &kinds {
            may_be_drawn(kind)
                .and_then(|()| does_something(kind, self.design, self.hosts))
                .map_err(|message| custom(self.source, self.source.key_of(span), &message))?;
        }
        let odds = self.odds(odds)?;
        let mut kinds = kinds.into_iter();
        self.climate.odds.extend(kinds.next().map(|kind| (kind, odds)));
        self.climate.others.extend(kinds);
        Ok(())
    }

    fn odds(&self, (odds, span): (&Literal, &std::ops::Range<usize>)) -> Result<Odds, Diagnostic> {
        let written = self.source.text.get(span.clone()).unwrap_or_default();
        units::odds(&odds.letters(written))
            .map_err(|message| custom(self.source, span.clone(), &message))
    }
}

/// Whether seeds draw such a fault, else why not.
///
/// # Errors
/// That none does, and in a second line why not.
pub fn may_be_drawn(kind: &Kind) -> Result<(), String> {
    match kind.name().row().is_searched {
        true => Ok(()),
        false => Err(format!(
            "`{}` is drawn by no seed\nno design survives it: it is placed by a `[[fault]]` alone",
            kind.name().word()
        )),
    }
}

/// Whether a fault can do something in this pipeline on so many workers: one of a message where any is sent,
/// one of a function, a call or a queue at one of the steps; else why not.
///
/// # Errors
/// That it can do nothing, and in a second line why not.
pub fn does_something(kind: &Kind, design: &Design, hosts: u32) -> Result<(), String> {
    let word = kind.name().word();
    let mut functions = design.pipeline().steps().iter().filter_map(|step| match &step.kind {
        StepKind::Map(function) => Some(function),
        _ => None,
    });
    let is_sent = |asked| matches!(asked, Asked::Request | Asked::Ack);
    match *kind {
        Kind::Gone if !design.layout().has_members() => {
            let reason = "nobody does the work of a process that never comes back";
            Err(format!("`{word}` can do nothing here\n{reason}"))
        }
        Kind::Move | Kind::Gone if hosts < 2 => {
            Err(format!("`{word}` can do nothing here\nthere is no other worker"))
        }
        Kind::Move if !design.takes_over() => {
            Err(format!("`{word}` can do nothing here\nnobody takes a process over"))
        }
        Kind::Disconnect if design.channels().is_empty() => {
            Err(format!("`{word}` can do nothing here\neach message travels by itself"))
        }
        Kind::ErrorNotApplied if !design.layout().alphabet.is_answered => {
            Err(format!("`{word}` can do nothing here\nnobody waits for an answer"))
        }
        _ if kind.asked_at() == Asked::Ack && !design.layout().alphabet.is_answered => {
            Err(format!("`{word}` can do nothing here\na message is sent once, and nobody answers"))
        }
        _ if is_sent(kind.asked_at()) && design.ways().is_empty() => {
            let reason = "every step is fused into its source, so nothing is ever sent";
            Err(format!("`{word}` can do nothing here\n{reason}"))
        }
        Kind::ClockStep { .. } if !design.reads_clocks() => {
            Err(format!("`{word}` can do nothing here\nno process reads its clock"))
        }
        Kind::Redeliver => {
            let steps = design.pipeline().steps().iter();
            let mut reasons = steps.map(|step| hands_out_again(&step.kind).err());
            match reasons.any(|reason| reason.is_none()) {
                true => Ok(()),
                false => Err(format!(
                    "`{word}` can do nothing here\nno source reads a `queue` that it acks after a commit"
                )),
            }
        }
        Kind::UserFails if functions.next().is_none() => {
            Err(format!("`{word}` can do nothing here\nthere is no map"))
        }
        Kind::CallUnknown if !design.pipeline().steps().iter().any(|step| step.kind.calls()) => {
            Err(format!("`{word}` can do nothing here\nno step calls an external service"))
        }
        Kind::UserDiffers { answer } => {
            let reasons: Result<Vec<String>, ()> = functions
                .map(|function| match differs(function, answer) {
                    Ok(()) => Err(()),
                    Err(reason) => Ok(reason),
                })
                .collect();
            match reasons {
                Err(()) => Ok(()),
                Ok(mut reasons) => {
                    reasons.sort_by_key(|reason| !reason.starts_with("answer"));
                    let reason = match reasons.first() {
                        Some(reason) if reason.starts_with("answer") => reason,
                        _ => "no function here is a coin, whose answer it could change",
                    };
                    Err(format!("`{word}` can do nothing here\n{reason}"))
                }
            }
        }
        _ => Ok(()),
    }
}

/// The exact faults, in file order.
///
/// # Errors
/// Each that has a place that it cannot have, that can do nothing, or that has the point of another.
pub(in crate::scenario) fn exact(
    places: &Places<'_>,
    faults: &[At<RawFault>],
) -> Result<Vec<Fault>, Vec<Diagnostic>> {
    let mut errors = Errors::default();
    let mut exact: Vec<Fault> = Vec::with_capacity(faults.len());
    let mut points: BTreeMap<(Asked, Place), usize> = BTreeMap::new();
    for (number, At { value: raw, span: _ }) in faults.iter().enumerate() {
        let Some(fault) = errors.keep(fault(places, raw)) else { continue };
        let twin = *points.entry(point(&fault, places.design)).or_insert(number);
        if twin < number {
            let line = places.source.line(faults[twin].value.at.span.start);
            let error = places.source.error(raw.at.span.clone(), "two faults at one point");
            let label = format!("the other is on line {line}; a point occurs once");
            errors.keep::<()>(Err(error.label(label)));
        }
        if fault.kind == Kind::Gone && exact.iter().any(|other| other.kind == Kind::Gone) {
            let error = places.source.error(raw.r#do.span.clone(), "two processes are gone");
            let label = "one may be, since somebody must be left; the other may `crash`";
            errors.keep::<()>(Err(error.label(label)));
        }
        exact.push(fault);
    }
    errors.end(Some(exact))
}

/// One exact fault.
fn fault(places: &Places<'_>, raw: &RawFault) -> Result<Fault, Diagnostic> {
    let kind = kind(places.source, &raw.r#do)?;
    does_something(&kind, places.design, places.hosts)
        .map_err(|message| custom(places.source, raw.r#do.span.clone(), &message))?;
    Ok(Fault { at: places.place(&kind, &raw.at)?, kind })
}

/// What an exact fault does.
///
/// # Errors
/// A parameter that it cannot have, or several.
pub(in crate::scenario) fn kind(source: &Source<'_>, given: &At<Do>) -> Result<Kind, Diagnostic> {
    let Do { kind, parameters } = &given.value;
    let kinds = parameters.put(kind.with_defaults());
    match *kinds.map_err(|(span, message)| source.error(span, message))? {
        [kind] => Ok(kind),
        _ => Err(source
            .error(given.span.clone(), "an exact fault has one parameter")
            .label("a list is for `[faults]`, where a seed draws one of it")),
    }
}

/// The moment at which a fault is asked.
fn point(fault: &Fault, design: &Design) -> (Asked, Place) {
    let place = fault.at_its_stage(design.layout()).at;
    (fault.kind.asked_at(), Place { nth: Some(place.nth.unwrap_or(1)), ..place })
}
