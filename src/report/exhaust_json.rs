//! The report of an exhaustive search as JSON: the certificate, or the causes. All but `timing` is the same
//! from run to run, with any number of threads. What is written has the types of the schema.

use super::ExhaustReport;
use super::left_out::left_out;
use super::parts_json::{
    FaultPart, KindPart, Named, NotShownPart, WorthPart, class_words, counts, path_text, schema_of,
    seed_text, value,
};
use super::share_json::number;
use super::untried::untried;
use super::untried_json::UntriedPart;
use super::words::fault_in_words;
use crate::figures;
use crate::scenario::FORMAT;
use crate::search::causes::Cause;
use crate::search::certificate::{Counts, CutOff, ENGINE, Exhaustion};
use onceproof_sim::fault::KindName;
use onceproof_sim::simulator::Needless;
use onceproof_systems::Trial;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Number, Value};
use std::borrow::Cow;

/// Every schedule of at most so many faults.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.exhaust/1", deny_unknown_fields)]
struct ExhaustDocument<'a> {
    /// `onceproof.exhaust/1`.
    schema: &'static str,
    /// The version of the program, and a hash of its sources.
    engine: &'static str,
    /// The version of the format of scenario files.
    format: u32,
    /// The name of the scenario.
    scenario: &'a str,
    /// The path of its file.
    path: Cow<'a, str>,
    /// The seed, as a text; none if it was run without one.
    seed: Option<String>,
    /// How many faults of the file were left out, drawn and exact ones.
    faults_left_out: usize,
    /// Each thing that the search left out, in words.
    left_out: Vec<String>,
    /// The budget that ended it, in words, if one did.
    spent: Option<&'a str>,
    /// A violation that the file expects and that no schedule shows.
    not_shown: Option<NotShownPart<'a>>,
    /// For how many records the run without a fault speaks.
    worth: WorthPart,
    #[serde(flatten)]
    search: SearchPart,
    /// Where the first of the smallest causes was saved.
    saved: Option<Cow<'a, str>>,
    /// The command that replays it.
    replay: Option<&'a str>,
    /// How long it took by the clock on the wall.
    timing: Option<ExhaustTiming>,
}

/// How long a search took by the clock on the wall.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ExhaustTiming {
    /// In seconds.
    #[schemars(with = "f64")]
    seconds: Number,
    /// How many runs there were in a second.
    runs_per_second: u64,
}

/// What a search found.
#[derive(Serialize, JsonSchema)]
pub(super) struct SearchPart {
    /// The most faults of a schedule.
    faults: u32,
    /// The kinds of faults of a schedule, with their parameters.
    kinds: Vec<KindPart>,
    /// The kinds that have no place in any schedule.
    never_placed: Vec<&'static str>,
    /// What is remembered for longer than so many of these faults keep anything back: whether that is long enough was not
    /// tried.
    untried: Vec<UntriedPart>,
    /// How many schedules were run.
    runs: u64,
    /// Whether all were that there are to run, and none hit a limit.
    complete: bool,
    /// Whether it was interrupted.
    interrupted: bool,
    /// How much was searched of the number of faults at which it ended early, if it did.
    cut_off: Option<CutOffPart>,
    /// What is certified, in words; none where it breaks, or where the search is not complete.
    certificate: Option<String>,
    /// How many schedules were violated.
    violated: u64,
    /// How many hit a limit.
    inconclusive: u64,
    /// How many were not run, since they hold all of a smaller schedule that breaks it.
    explained: u64,
    /// How many were not run, since they lead nowhere else, by the reason.
    needless: Named<u64>,
    /// The same, by the number of faults.
    levels: Vec<LevelPart>,
    /// The smallest schedules that break it.
    causes: Vec<CausePart>,
    /// The first schedule that hit a limit.
    first_inconclusive: Option<Vec<FaultPart>>,
    /// What was searched in one word, as 16 hex digits.
    space: String,
    /// The fingerprints of all runs in one word, as 32 hex digits.
    fingerprint: String,
}

/// How much was searched of a number of faults.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CutOffPart {
    /// The number of faults.
    faults: u32,
    /// How many schedules of it were run.
    runs: u64,
    /// About how many there are.
    about: u64,
}

/// The schedules of a number of faults.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LevelPart {
    /// The number.
    faults: usize,
    /// How many schedules were run.
    runs: u64,
    /// How many were violated.
    violated: u64,
    /// How many hit a limit.
    inconclusive: u64,
    /// How many were not run, since they hold all of a smaller schedule that breaks it.
    explained: u64,
    /// How many were not run, since they lead nowhere else, by the reason.
    needless: Named<u64>,
}

/// A smallest schedule that breaks it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct CausePart {
    /// Its faults, in words.
    faults: Vec<String>,
    /// The first of its classes.
    class: Option<&'static str>,
    /// The classes in which it fails.
    classes: Vec<&'static str>,
    /// How many schedules that were run hold it.
    runs: u64,
    /// Its faults.
    schedule: Vec<FaultPart>,
}

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
    let made = found.total().runs.saturating_sub(runs_before);
    value(&ExhaustDocument {
        schema: "onceproof.exhaust/1",
        engine: ENGINE,
        format: FORMAT,
        scenario: subject.name,
        path: path_text(subject.path),
        seed: seed_text(seed),
        faults_left_out,
        left_out: left_out(report),
        spent,
        not_shown: not_shown.map(NotShownPart::of),
        worth: WorthPart::of_run(subject.trial, base),
        search: SearchPart::of(found, subject.trial),
        saved: saved.map(path_text),
        replay,
        timing: timing.map(|timing| ExhaustTiming {
            seconds: number(&timing.seconds()),
            runs_per_second: timing.per_second(made),
        }),
    })
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schema_of::<ExhaustDocument>()
}

impl SearchPart {
    /// What a search found, without the scenario and the time.
    pub fn of(found: &Exhaustion, trial: &Trial) -> SearchPart {
        let total = found.total();
        let words = |names: Vec<KindName>| names.into_iter().map(KindName::word).collect();
        SearchPart {
            faults: found.most,
            kinds: KindPart::all(&found.kinds),
            never_placed: words(found.never_placed()),
            untried: untried(found, trial).iter().map(UntriedPart::of).collect(),
            runs: total.runs,
            complete: found.is_complete(),
            interrupted: found.interrupted,
            cut_off: found.cut_off.map(|CutOff { faults, runs, about }| CutOffPart {
                faults,
                runs,
                about,
            }),
            certificate: found.certificate(),
            violated: total.violated,
            inconclusive: total.inconclusive,
            explained: total.explained,
            needless: needless(&total),
            levels: found.levels.iter().enumerate().map(level).collect(),
            causes: found.causes.iter().map(|cause| CausePart::of(cause, trial)).collect(),
            first_inconclusive: found.first_inconclusive.as_ref().map(|s| FaultPart::all(s, trial)),
            space: format!("{:016x}", found.space),
            fingerprint: figures::hex(total.digest),
        }
    }
}

impl CausePart {
    /// A cause: its faults in words and as a scenario has them, its classes, and how many schedules hold it.
    pub fn of(cause: &Cause, trial: &Trial) -> CausePart {
        let classes = class_words(cause.classes.iter());
        CausePart {
            faults: cause.faults.iter().map(|fault| fault_in_words(fault, trial)).collect(),
            class: classes.first().copied(),
            classes,
            runs: cause.schedules,
            schedule: FaultPart::all(&cause.faults, trial),
        }
    }
}

fn level((faults, level): (usize, &Counts)) -> LevelPart {
    LevelPart {
        faults,
        runs: level.runs,
        violated: level.violated,
        inconclusive: level.inconclusive,
        explained: level.explained,
        needless: needless(level),
    }
}

fn needless(level: &Counts) -> Named<u64> {
    counts(Needless::ALL.map(|reason| (reason.word(), level.needless[reason as usize])))
}
