//! Compares a run with what its file was worked out to.

use super::evaluate::{Evaluation, Fate, Known, Unit};
use super::file::{File, Kind, Value};
use onceproof_sim::outcome::{Brief, LedgerFigures, Outcome, StepResult, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Judges a verdict and its ledger: all that the file reads is accounted for, and what is late or given up may
/// be.
pub fn judge_ledger(found: &Evaluation, brief: &Brief) -> Result<(), String> {
    let LedgerFigures { expected, exact, late, dead_lettered, .. } = brief.ledger;
    if brief.verdict != Verdict::ExactlyOnce {
        let classes: Vec<&str> = brief.classes.iter().map(|class| class.word()).collect();
        return Err(format!("{} {classes:?}: {:?}", brief.verdict.word(), brief.ledger));
    }
    let (records, surely_late) = (found.records as u64, found.late.len() as u64);
    let (surely_dead, unsure) = (found.dead.len() as u64, found.unsure.len() as u64);
    let gone = found.late.union(&found.dead).count() as u64;
    let all = LedgerFigures { expected, exact, late, dead_lettered, ..LedgerFigures::default() };
    let right = brief.ledger == all
        && expected == records
        && (surely_late..=surely_late + unsure).contains(&late)
        && (surely_dead..=surely_dead + unsure).contains(&dead_lettered)
        && exact <= records - gone
        && exact + gone + unsure >= records
        // A record may be late on one way and given up on another.
        && exact + late + dead_lettered >= records
        && exact + late.max(dead_lettered) <= records;
    match right {
        true => Ok(()),
        false => Err(format!(
            "{records} records, {surely_late} late and {surely_dead} dead for sure, {unsure} unsure: {:?}",
            brief.ledger
        )),
    }
}

/// Judges a run with its results.
pub fn judge(file: &File, found: &Evaluation, outcome: &Outcome) -> Result<(), String> {
    let because = |error: String| {
        let Outcome { damage, reason, .. } = outcome;
        format!("{error}\n{:?} {reason:?}", &damage[..damage.len().min(4)])
    };
    judge_ledger(found, &outcome.brief).map_err(because)?;
    if !outcome.damage.is_empty() || !outcome.unfired.is_empty() {
        return Err(because("something is damaged".to_owned()));
    }
    let ledger = outcome.brief.ledger;
    let all_are_in =
        ledger.late == found.late.len() as u64 && ledger.dead_lettered == found.dead.len() as u64;
    let with_results = file.steps.iter().enumerate().filter(|(_, step)| step.kind.has_results());
    let mut results: BTreeMap<&str, &StepResult> = BTreeMap::new();
    let mut order = file.order.iter().filter(|&&at| file.steps[at].kind.has_results());
    for result in &outcome.steps {
        let at = *order.next().ok_or("a step too many")?;
        results.insert(&file.steps[at].name, result);
    }
    for (at, step) in with_results {
        let result = results.get(step.name.as_str()).ok_or(format!("no {}", step.name))?;
        let units = &found.steps[at];
        let adds = matches!(step.kind, Kind::Sum(_) | Kind::Sink(_));
        judge_step(units, adds, all_are_in, result)
            .map_err(|error| because(format!("{}: {error}", step.name)))?;
    }
    Ok(())
}

/// What a key may add up to.
#[derive(Clone, Copy, Default)]
struct Bounds {
    least: i128,
    most: i128,
    is_sure: bool,
    is_open: bool,
}

fn judge_step(
    units: &[Unit],
    adds: bool,
    all_are_in: bool,
    result: &StepResult,
) -> Result<(), String> {
    let StepResult { expected, applied, late, results, .. } = result;
    let is_sure =
        |unit: &&Unit| unit.fate == Fate::Sure || (all_are_in && unit.fate == Fate::Unsure);
    let all = units.len() as u64;
    let sure = units.iter().filter(is_sure).count() as u64;
    let most = units.iter().filter(|unit| unit.fate != Fate::Gone).count() as u64;
    if !(sure..=most).contains(applied) || applied + late != *expected || *expected > all {
        return Err(format!(
            "from {sure} to {most} reflections, not {applied}, and {late} late, of {expected} and not of {all}"
        ));
    }
    let known = units.iter().map(|unit| unit.known).max().unwrap_or(Known::All);
    let group = |key: &str| match known {
        Known::All => key.to_owned(),
        Known::Head => key.split('/').next().unwrap_or_default().to_owned(),
        Known::Nothing => String::new(),
    };
    let mut bounds: BTreeMap<String, Bounds> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.fate != Fate::Gone) {
        let of = bounds.entry(group(&unit.key)).or_default();
        let value = match (&unit.value, adds) {
            (_, false) => Some(1),
            (Some(Value::Number(number)), true) => Some(i128::from(*number)),
            (Some(Value::Text(_)), true) => Some(0),
            (None, true) => None,
        };
        let is_sure = is_sure(&unit);
        let value = value.unwrap_or_else(|| {
            of.is_open = true;
            0
        });
        of.is_sure |= is_sure;
        of.least += if is_sure { value } else { value.min(0) };
        of.most += if is_sure { value } else { value.max(0) };
    }
    let mut totals: BTreeMap<String, i128> = BTreeMap::new();
    for (key, total) in results {
        *totals.entry(group(key)).or_default() += total;
    }
    let fits = |(key, total): (&String, &i128)| {
        bounds.get(key).is_some_and(|of| of.is_open || (of.least..=of.most).contains(total))
    };
    let is_there = |(key, of): (&String, &Bounds)| !of.is_sure || totals.contains_key(key);
    if totals.iter().all(fits) && bounds.iter().all(is_there) {
        return Ok(());
    }
    let mut text = format!("{results:?}, and by hand");
    for (key, Bounds { least, most, is_sure, is_open }) in &bounds {
        let what = if *is_open { "anything".to_owned() } else { format!("{least} to {most}") };
        let _ = write!(text, " {key:?} {what}{}", if *is_sure { "" } else { " perhaps" });
    }
    Err(text)
}
