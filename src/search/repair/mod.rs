//! Settings of a trial that are not right, or may not be, each with the value that is right. Whoever explains a failure
//! looks for the one that makes its run hold; whoever shrinks one says of each whether it is needed.

mod steps;

use crate::scenario::{given, mechanisms, setting_in_words, settings_word};
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow;
use onceproof_model::dataflow::mechanism::table::{MechanismRow, MechanismTry};
use onceproof_model::dataflow::mechanism::{Dedup, Gc, Mechanism};
use onceproof_model::in_memory;
use onceproof_model::micro_batch::{self, OutputLevel};
use onceproof_model::pipeline::{Step, StepKind};
use onceproof_model::setting::{Free, HasTable, SettingValue, Worth};
use onceproof_model::snapshot;
use onceproof_model::transactions;
use onceproof_sim::input::SourceInput;
use onceproof_systems::{Design, Trial, with_settings};
use std::fmt;

/// Ids that are kept for as long, whoever may still send their records.
const LONG_WINDOW: &str = "dedup = { window = \"1h\" }";

/// How sure it is that a setting is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Rank {
    /// It is there to be found wrong.
    Wrong,
    /// It is right in some pipelines, and wrong in others.
    Doubtful,
    /// It is a length or a number that may be wrong.
    Length,
    /// It promises less than another value.
    Less,
    /// It is the strategy itself.
    Strategy,
    /// It is right, and does not reach so far.
    Beyond,
}

/// A setting that is set right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Repair {
    /// How sure it is that it is wrong.
    pub rank: Rank,
    /// Where it stands in a file.
    pub place: RepairPlace,
    /// Its key.
    pub key: &'static str,
    /// Its value as a file has it.
    pub was: String,
    /// The value that is right; empty where the key is left out.
    pub to: String,
    /// Whether the value is the one that holds where a file says nothing.
    pub is_default: bool,
    sets: Sets,
}

/// Where a setting stands in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum RepairPlace {
    /// At its top.
    Top,
    /// In a table of this name: `mechanism`, `at-least-once`.
    Table(&'static str),
    /// At the step of this name.
    Step(String),
}

impl fmt::Display for RepairPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RepairPlace::Top => Ok(()),
            RepairPlace::Table(name) => write!(f, "[{name}]"),
            RepairPlace::Step(name) => write!(f, "step {name}"),
        }
    }
}

/// What is changed.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Sets {
    /// A mechanism at these steps, by its key, as it is in other mechanisms.
    Mechanism(&'static str, Vec<usize>, Box<Mechanism>),
    /// A setting of a system that has a table of them, by its key.
    Setting(&'static str, SettingValue),
    /// How far what a step makes is the same.
    Level(StepIndex, OutputLevel),
    /// The kind of a step.
    Kind(usize, Box<StepKind>),
    /// After how many failures a step gives a record up.
    DeadLetter(usize, u32),
    /// The strategy, which is made from the file.
    Strategy,
}

impl Repair {
    /// Another strategy.
    pub fn of_strategy(was: &str, to: &str) -> Repair {
        Repair {
            rank: Rank::Strategy,
            place: RepairPlace::Top,
            key: "strategy",
            was: format!("\"{was}\""),
            to: format!("\"{to}\""),
            is_default: false,
            sets: Sets::Strategy,
        }
    }

    /// The trial with it; none if that is no design.
    pub fn make(&self, trial: &Trial) -> Option<Trial> {
        let design = match (&self.sets, &trial.design) {
            (Sets::Mechanism(key, steps, from), Design::Dataflow(design)) => {
                let row = MechanismRow::of(key)?;
                let mut parts = design.parts();
                for &step in steps {
                    row.put(&mut parts[step].1, from);
                }
                of_dataflow(parts)?
            }
            (Sets::Setting(key, value), design) => {
                let mut settings = design.settings()?;
                with_settings!(&mut settings, settings => set(settings, key, *value))?;
                design.with_settings(settings)?
            }
            (Sets::Level(step, level), Design::MicroBatch(design)) => {
                Design::MicroBatch(design.with_level(*step, *level).ok()?)
            }
            (Sets::Kind(at, kind), design) => {
                of_steps(design, *at, |step| step.kind = (**kind).clone())?
            }
            (Sets::DeadLetter(at, after), design) => {
                of_steps(design, *at, |step| step.failing.dead_letter_after = Some(*after))?
            }
            (Sets::Mechanism(..) | Sets::Level(..) | Sets::Strategy, _) => return None,
        };
        Some(Trial { design, plan: trial.plan.clone() })
    }
}

fn of_dataflow(parts: Vec<(Step, Mechanism)>) -> Option<Design> {
    Some(Design::Dataflow(dataflow::Design::new(parts).ok()?))
}

/// A design with another step in the place of one.
fn of_steps(design: &Design, at: usize, change: impl FnOnce(&mut Step)) -> Option<Design> {
    match design {
        Design::Dataflow(design) => {
            let mut parts = design.parts();
            change(&mut parts[at].0);
            of_dataflow(parts)
        }
        Design::InMemory(design) => {
            let mut parts = design.parts();
            change(&mut parts[at].0);
            Some(Design::InMemory(in_memory::Design::new(parts, design.settings).ok()?))
        }
        Design::Transactions(design) => {
            let mut parts = design.parts();
            change(&mut parts[at].0);
            Some(Design::Transactions(transactions::Design::new(parts, design.settings).ok()?))
        }
        Design::Snapshot(design) => {
            let mut parts = design.parts();
            change(&mut parts[at].0);
            Some(Design::Snapshot(snapshot::Design::new(parts, design.settings).ok()?))
        }
        Design::MicroBatch(design) => {
            let mut parts = design.parts();
            change(&mut parts[at].0);
            Some(Design::MicroBatch(micro_batch::Design::new(parts, design.settings).ok()?))
        }
        Design::Own(_) => None,
    }
}

/// Every setting of a trial that is not right or may not be, the surest first; none for a protocol of a user's own. What is
/// done with ids is none of a strategy that keeps none.
pub(crate) fn repairs(trial: &Trial, keeps_ids: bool) -> Option<Vec<Repair>> {
    let mut found = match &trial.design {
        Design::Dataflow(design) => of_mechanisms(design, keeps_ids),
        Design::Own(_) => return None,
        _ => of_table(trial),
    };
    found.extend(of_each_step(trial));
    found.sort_by_key(|repair| repair.rank);
    Some(found)
}

/// Every setting of a trial that may be wrong or promises less than another, in the order of the tables. A mechanism that a
/// step sets for itself, which `is_own` tells by its number and the key, stands alone; what all other steps have is one.
pub(crate) fn each_wrong(trial: &Trial, is_own: &dyn Fn(usize, &str) -> bool) -> Vec<Repair> {
    let mut found = match &trial.design {
        Design::Dataflow(design) => of_mechanisms_apart(design, is_own),
        Design::Own(_) => return Vec::new(),
        _ => of_table(trial),
    };
    found.extend(of_each_step(trial));
    found.retain(|repair| repair.rank <= Rank::Less);
    found
}

/// Those of a system that has a table of settings.
fn of_table(trial: &Trial) -> Vec<Repair> {
    let Some(settings) = trial.design.settings() else { return Vec::new() };
    let table = settings_word(&settings);
    let mut found = with_settings!(&settings, settings => of_settings(settings, table));
    if let Design::MicroBatch(design) = &trial.design {
        found.extend(of_levels(design));
    }
    found
}

/// Those of single steps.
fn of_each_step(trial: &Trial) -> impl Iterator<Item = Repair> + '_ {
    let steps = trial.design.pipeline().steps().iter().enumerate();
    steps.flat_map(|(at, step)| steps::of_step(at, step, has_ids(trial, at)))
}

/// Whether each row of a source has an id that its publisher gave it.
fn has_ids(trial: &Trial, source: usize) -> bool {
    let input = trial.plan.inputs.iter().find(|(step, _)| step.at() == source);
    input.is_some_and(|(_, input)| match input {
        SourceInput::Rows(rows) => rows.iter().all(|row| row.id.is_some()),
        SourceInput::Generate(_) => false,
    })
}

/// Each mechanism that may be wrong at some step.
fn of_mechanisms(design: &dataflow::Design, keeps_ids: bool) -> Vec<Repair> {
    let all = design.mechanisms();
    let place = |wrong: &[usize]| match wrong {
        [step] if all.len() > 1 => of_name(&design.pipeline.steps()[*step]),
        _ => RepairPlace::Table("mechanism"),
    };
    let rows = Mechanism::table().iter().filter(|row| keeps_ids || !row.is_of_ids);
    let of_row = |row: &'static MechanismRow| {
        let wrong = wrong_steps(row, all);
        of_mechanism(row, all, place(&wrong), wrong)
    };
    let mut found: Vec<Repair> = rows.filter_map(of_row).collect();
    let forgets_by_watermark =
        |own: &Mechanism| own.dedup == Dedup::Catalog && own.gc == Gc::Watermark;
    if let (true, Ok(with)) = (all.iter().all(forgets_by_watermark), mechanisms(LONG_WINDOW)) {
        found.push(Repair {
            rank: Rank::Beyond,
            place: RepairPlace::Table("mechanism"),
            key: "dedup",
            was: "\"catalog\"".to_owned(),
            to: of_written(given(&with).first()),
            is_default: true,
            sets: Sets::Mechanism("dedup", (0..all.len()).collect(), Box::new(with)),
        });
    }
    found
}

/// The same, those apart that a step sets for itself.
fn of_mechanisms_apart(
    design: &dataflow::Design,
    is_own: &dyn Fn(usize, &str) -> bool,
) -> Vec<Repair> {
    let all = design.mechanisms();
    let of_row = |row: &'static MechanismRow| {
        let wrong = wrong_steps(row, all);
        let (own, rest): (Vec<usize>, Vec<usize>) =
            wrong.into_iter().partition(|&step| is_own(step, row.key()));
        let of_rest = of_mechanism(row, all, RepairPlace::Table("mechanism"), rest);
        let of_own = own.into_iter().filter_map(|step| {
            of_mechanism(row, all, of_name(&design.pipeline.steps()[step]), vec![step])
        });
        of_rest.into_iter().chain(of_own).collect::<Vec<_>>()
    };
    Mechanism::table().iter().flat_map(of_row).collect()
}

/// The steps at which a mechanism may be wrong.
fn wrong_steps(row: &MechanismRow, all: &[Mechanism]) -> Vec<usize> {
    (0..all.len()).filter(|&step| row.may_break_in(&all[step])).collect()
}

/// A mechanism that may be wrong at these steps, set right at all of them.
fn of_mechanism(
    row: &'static MechanismRow,
    all: &[Mechanism],
    place: RepairPlace,
    steps: Vec<usize>,
) -> Option<Repair> {
    let &first = steps.first()?;
    let is_right_somewhere = |tried: &MechanismTry| {
        tried.worth == Worth::Right
            && tried.under.is_none()
            && steps.iter().any(|&step| tried.value.to_string() == of_row(row, &all[step]))
    };
    let rank = match row.setting().is_some_and(|setting| !setting.choices.is_empty()) {
        false => Rank::Length,
        true if row.tries().iter().any(is_right_somewhere) => Rank::Doubtful,
        true => Rank::Wrong,
    };
    Some(Repair {
        rank,
        place,
        key: row.key(),
        was: of_row(row, &all[first]),
        to: right_of(row),
        is_default: false,
        sets: Sets::Mechanism(row.key(), steps, Box::default()),
    })
}

/// The value of a mechanism, as a file has it behind its key.
fn of_row(row: &MechanismRow, own: &Mechanism) -> String {
    let mut only = Mechanism::default();
    row.put(&mut only, own);
    of_written(given(&only).first())
}

/// What stands behind the key.
fn of_written(written: Option<&String>) -> String {
    let value = written.and_then(|written| written.split_once(" = "));
    value.map_or_else(String::new, |(_, value)| value.to_owned())
}

/// The value that is right, as a file has it; empty where nothing is written for it.
fn right_of(row: &MechanismRow) -> String {
    let first = row.setting().and_then(|setting| setting.choices.first());
    first.map_or_else(String::new, |choice| choice.written.to_string())
}

fn of_name(step: &Step) -> RepairPlace {
    RepairPlace::Step(step.name.clone())
}

/// Each setting that may be wrong, of a system that has a table of them. What matters only under another setting comes
/// first: a grant that is given once was not named, since a sink that needs no grants is enough, too.
fn of_settings<T: HasTable>(settings: &T, table: &'static str) -> Vec<Repair> {
    let first = settings.first();
    let mut found = Vec::new();
    for setting in settings.rows() {
        let value = (setting.get)(settings);
        let worth = |at: usize| settings.worth(setting, &setting.choices[at]);
        let is_under = match value {
            SettingValue::Choice(at) => setting.choices[at].under.is_some(),
            SettingValue::Length(_) | SettingValue::Number(_) | SettingValue::Follows => false,
        };
        let of_first = (setting.get)(&first);
        let rank = match value {
            SettingValue::Choice(at) => match worth(at) {
                Worth::Right => continue,
                Worth::Wrong => Rank::Wrong,
                Worth::Less => Rank::Less,
            },
            SettingValue::Length(_) | SettingValue::Number(_) => {
                if of_first == value || !setting.free.is_some_and(Free::may_break) {
                    continue;
                }
                Rank::Length
            }
            SettingValue::Follows => continue,
        };
        // What holds where nothing is said is right, or else the first value that is.
        let is_right = |value: &SettingValue| match value {
            SettingValue::Choice(at) => worth(*at) == Worth::Right,
            SettingValue::Length(_) | SettingValue::Number(_) | SettingValue::Follows => true,
        };
        let mut choices = (0..setting.choices.len()).map(SettingValue::Choice);
        let Some(right) = Some(of_first).filter(is_right).or_else(|| choices.find(is_right)) else {
            continue;
        };
        let repair = Repair {
            rank,
            place: RepairPlace::Table(table),
            key: setting.key,
            was: of_written(Some(&setting_in_words(setting, value))),
            to: of_written(Some(&setting_in_words(setting, right))),
            is_default: of_first == value,
            sets: Sets::Setting(setting.key, right),
        };
        found.push((!is_under, repair));
    }
    let (first, alone): (Vec<_>, Vec<_>) = found.into_iter().partition(|&(is_alone, _)| !is_alone);
    first.into_iter().chain(alone).map(|(_, repair)| repair).collect()
}

/// Each step of micro-batches that is said to make the same, and may not.
fn of_levels(design: &micro_batch::Design) -> impl Iterator<Item = Repair> {
    let written = |level: OutputLevel| format!("\"{}\"", level.word());
    design.misdeclared().into_iter().map(move |(step, level)| Repair {
        rank: Rank::Wrong,
        place: of_name(design.pipeline.step(step)),
        key: "level",
        was: written(level),
        to: written(OutputLevel::Indeterminate),
        is_default: false,
        sets: Sets::Level(step, OutputLevel::Indeterminate),
    })
}

/// Sets one of the settings of a system.
fn set<T: HasTable>(settings: &mut T, key: &str, value: SettingValue) -> Option<()> {
    let setting = settings.rows().into_iter().find(|setting| setting.key == key)?;
    (setting.set)(settings, value);
    Some(())
}
