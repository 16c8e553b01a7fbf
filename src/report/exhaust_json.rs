//! The report of an exhaustive search as JSON: the certificate, or the causes. All but `timing` is the same
//! from run to run, with any number of threads.

use super::ExhaustReport;
use super::left_out::left_out;
use super::not_shown::not_shown_json;
use super::run_json::{counts, decimal, seed_json};
use super::words::fault_in_words;
use super::worth::worth_of_run_json;
use crate::figures;
use crate::scenario::{FORMAT, fault_to_json, kind_to_json};
use crate::search::causes::Cause;
use crate::search::certificate::{Counts, CutOff, ENGINE, Exhaustion};
use onceproof_sim::fault::{Fault, KindName};
use onceproof_systems::Trial;

use onceproof_sim::simulator::Needless;
use serde_json::{Value, json};

/// The document of an exhaustive search.
pub fn exhaust_json(report: &ExhaustReport) -> Value {
    let ExhaustReport {
        subject,
        seed,
        found,
        not_shown,
        base,
        left_out: faults_left_out,
        spent,
        saved,
        replay,
        runs_before,
        timing,
    } = *report;
    let mut document = search_json(found, subject.trial);
    let total = found.total();
    let head = json!({
        "schema": "onceproof.exhaust/1",
        "engine": ENGINE,
        "format": FORMAT,
        "scenario": subject.name,
        "path": subject.path.to_string_lossy(),
        "seed": seed_json(seed),
        "faults_left_out": faults_left_out,
        "left_out": left_out(report),
        "spent": spent,
        "not_shown": not_shown_json(not_shown),
        "worth": worth_of_run_json(subject.trial, base),
    });
    let tail = json!({
        "saved": saved.map(|path| path.to_string_lossy()),
        "replay": replay,
        "timing": timing.map(|timing| json!({
            "seconds": decimal(&timing.seconds()),
            "runs_per_second": timing.per_second(total.runs.saturating_sub(runs_before)),
        })),
    });
    let mut all = serde_json::Map::new();
    for part in [head, document.take(), tail] {
        if let Value::Object(part) = part {
            all.extend(part);
        }
    }
    Value::Object(all)
}

/// What a search found, without the scenario and the time.
pub fn search_json(found: &Exhaustion, trial: &Trial) -> Value {
    let total = found.total();
    let causes: Vec<Value> = found.causes.iter().map(|cause| cause_json(cause, trial)).collect();
    let words = |names: Vec<KindName>| names.iter().map(|name| name.word()).collect::<Vec<_>>();
    json!({
        "faults": found.most,
        "kinds": found.kinds.iter().map(kind_to_json).collect::<Vec<_>>(),
        "never_placed": words(found.never_placed()),
        "runs": total.runs,
        "complete": found.is_complete(),
        "interrupted": found.interrupted,
        "cut_off": found.cut_off.map(|CutOff { faults, runs, about }| json!({
            "faults": faults,
            "runs": runs,
            "about": about,
        })),
        "certificate": found.certificate(),
        "violated": total.violated,
        "inconclusive": total.inconclusive,
        "explained": total.explained,
        "needless": needless(&total),
        "levels": found.levels.iter().enumerate().map(|(at, level)| json!({
            "faults": at,
            "runs": level.runs,
            "violated": level.violated,
            "inconclusive": level.inconclusive,
            "explained": level.explained,
            "needless": needless(level),
        })).collect::<Vec<_>>(),
        "causes": causes,
        "first_inconclusive": found.first_inconclusive.as_ref().map(|s| schedule(s, trial)),
        "space": format!("{:016x}", found.space),
        "fingerprint": figures::hex(total.digest),
    })
}

/// A cause: its faults in words and as a scenario has them, its classes, and how many schedules hold it.
pub fn cause_json(cause: &Cause, trial: &Trial) -> Value {
    let classes: Vec<&str> = cause.classes.iter().map(|class| class.word()).collect();
    json!({
        "faults": cause.faults.iter().map(|f| fault_in_words(f, trial)).collect::<Vec<_>>(),
        "class": classes.first(),
        "classes": classes,
        "runs": cause.schedules,
        "schedule": schedule(&cause.faults, trial),
    })
}

fn schedule(faults: &[Fault], trial: &Trial) -> Value {
    faults.iter().map(|fault| fault_to_json(fault, trial)).collect()
}

fn needless(level: &Counts) -> Value {
    counts(Needless::ALL.map(|reason| (reason.word(), level.needless[reason as usize])))
}
