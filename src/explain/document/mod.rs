//! The document of an explanation: what the page draws, and what programs read.

mod columns;
mod form;
mod used;

use super::Explanation;
use super::cure::Cure;
use super::differ::{Pair, side};
use super::scene::{Course, Scene, Shape};
use super::victim::Victim;
use super::words::{Told, moment};
use crate::figures;
use crate::report::damage_line::damage_line;
use crate::report::words::fault_in_words;
use crate::search::repair::Repair;
use crate::search::space::bare;
use columns::{FATES, Table};
use form::{
    Cell, Change, DamageSaid, Document, FaultSaid, Lane, NoteSaid, RunSaid, SettingSaid,
    SourceRecord, SubjectSaid, WhereSaid,
};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::Time;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Outcome, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;

/// The most events of both runs that are all written. Beyond, those of the story are.
const MOST_EVENTS: usize = 2500;
/// The most damaged records that are listed.
const MOST_DAMAGE: usize = 200;

/// Where an explanation comes from, as its reader knows it.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The name of the scenario.
    pub name: &'a str,
    /// The path of its file, as the user gave it.
    pub file: &'a str,
    /// The seed of the run.
    pub seed: Option<u64>,
    /// The command that makes this run again.
    pub replay: &'a str,
}

/// The document of an explanation.
pub fn explanation_json(explanation: &Explanation<'_>, origin: Origin<'_>) -> Value {
    let document = Document::of(explanation, origin);
    serde_json::to_value(document).expect("texts and numbers")
}

/// The JSON Schema of the document.
#[cfg(feature = "schema")]
pub fn explanation_schema() -> Value {
    crate::report::parts_json::schema_of::<Document>()
}

impl Document {
    fn of(explanation: &Explanation<'_>, origin: Origin<'_>) -> Document {
        let fails = &explanation.fails;
        let holds = explanation.holds.as_ref().map(|holds| &holds.course);
        let all = fails.scenes.len() + holds.map_or(0, |holds| holds.scenes.len());
        let sliced = all > MOST_EVENTS;
        let kept = |course: &Course, run: usize| {
            let of_run = explanation.pairs.iter().filter_map(|pair| side(pair, run));
            let mut story: Vec<usize> = of_run.collect();
            story.sort_unstable();
            if sliced { story } else { (0..course.scenes.len()).collect() }
        };
        let kept_fails = kept(fails, 0);
        let kept_holds = holds.map_or_else(Vec::new, |holds| kept(holds, 1));
        let place =
            |kept: &[usize], at: Option<usize>| at.and_then(|at| kept.binary_search(&at).ok());
        let courses = [Some((fails, &kept_fails[..])), holds.map(|holds| (holds, &kept_holds[..]))];
        let mut table = Table::of(explanation.trial, courses.into_iter().flatten(), !sliced);
        let columns_of_fails = table.columns(fails, &kept_fails, |fault| Some(fault + 1));
        let number = |course: &Course, fault: usize| {
            let of_it = course.outcome.schedule.get(fault)?;
            fails.outcome.schedule.iter().position(|other| other == of_it).map(|at| at + 1)
        };
        let columns_of_holds =
            holds.map(|holds| table.columns(holds, &kept_holds, |fault| number(holds, fault)));
        let mut runs = vec![RunSaid {
            name: "fails",
            title: "The run that fails".to_owned(),
            verdict: fails.outcome.brief.verdict.word(),
            without: Vec::new(),
            with: None,
            notes: notes(explanation.fails_told(), &explanation.pairs, 0, &kept_fails),
            events: columns_of_fails,
        }];
        if let (Some(nearest), Some(events), Some(told)) =
            (&explanation.holds, columns_of_holds, explanation.holds_told())
        {
            let with = explanation.repairs().into_iter().map(Repair::right).collect::<Vec<_>>();
            runs.push(RunSaid {
                name: "holds",
                title: "The nearest run that holds".to_owned(),
                verdict: nearest.course.outcome.brief.verdict.word(),
                without: nearest.without.iter().map(|at| at + 1).collect(),
                with: nearest.is_cured.then(|| with.join(", ")),
                notes: notes(told, &explanation.pairs, 1, &kept_holds),
                events,
            });
        }
        let damage = damage(explanation, &table, &kept_fails);
        let pairs = explanation.pairs.iter();
        let document = Document {
            schema: "onceproof.explain/1",
            scenario: origin.name.to_owned(),
            file: origin.file.to_owned(),
            seed: origin.seed.map(|seed| seed.to_string()),
            replay: origin.replay.to_owned(),
            headline: explanation.headline_alone(),
            deck: explanation.guarded(),
            change: change(explanation),
            ledger: figures::ledger(&fails.outcome.brief.ledger).into_iter().collect(),
            difference: explanation.difference_words(),
            faults: faults(explanation),
            damage,
            lanes: table
                .lanes()
                .map(|(shard, step, also, worker)| Lane {
                    shard,
                    step,
                    also: Some(also).filter(|also| !also.is_empty()),
                    worker,
                })
                .collect(),
            records: table
                .records
                .iter()
                .map(|topic| SourceRecord { name: topic.name.clone(), key: topic.key.clone() })
                .collect(),
            subjects: table
                .subjects
                .iter()
                .map(|(topic, of)| SubjectSaid {
                    name: topic.name.clone(),
                    key: topic.key.clone(),
                    of: of.clone(),
                })
                .collect(),
            cells: cells(explanation, &table),
            kinds: Shape::WORDS.iter().map(|(_, word)| *word).collect(),
            fates: FATES,
            sliced,
            pairs: pairs
                .map(|pair| [place(&kept_fails, pair.0), place(&kept_holds, pair.1)])
                .collect(),
            differs: explanation.differs,
            runs,
        };
        if sliced { document.of_story() } else { document }
    }
}

/// What is said of the events of a story.
fn notes(told: Told<'_>, pairs: &[Pair], run: usize, kept: &[usize]) -> BTreeMap<usize, NoteSaid> {
    let of_story = pairs.iter().filter_map(|pair| side(pair, run));
    of_story
        .filter_map(|at| {
            let note = told.note(at);
            let said = NoteSaid {
                say: told.course.scenes[at].sentence.clone(),
                believed: note.believed,
                r#true: note.truth,
            };
            Some((kept.binary_search(&at).ok()?, said))
        })
        .collect()
}

fn setting(repair: &Repair) -> SettingSaid {
    SettingSaid {
        key: repair.key.to_owned(),
        place: repair.place.to_string(),
        was: repair.was.clone(),
        to: repair.to.clone(),
    }
}

fn change(explanation: &Explanation<'_>) -> Change {
    let repairs = explanation.repairs();
    let first = repairs.first();
    let or = match &explanation.cure {
        Cure::Settings { or, .. } => or.iter().map(setting).collect(),
        Cure::Outside { .. } | Cure::Own | Cure::NotFound => Vec::new(),
    };
    let text = explanation.change_lines().pop().unwrap_or_default();
    Change {
        text: text.trim_start_matches("to change: ").to_owned(),
        why: explanation.change_why(),
        key: first.map(|repair| repair.key.to_owned()),
        place: first.map(|repair| repair.place.to_string()),
        was: first.map(|repair| repair.was.clone()),
        to: first.map(|repair| repair.to.clone()),
        settings: repairs.into_iter().map(setting).collect(),
        or,
    }
}

fn faults(explanation: &Explanation<'_>) -> Vec<FaultSaid> {
    let fails = &explanation.fails;
    let mut struck: BTreeMap<usize, &Scene> = BTreeMap::new();
    for scene in &fails.scenes {
        if let Some(fault) = scene.fault {
            struck.entry(fault).or_insert(scene);
        }
    }
    let said = |(at, fault): (usize, &Fault)| {
        let words = fault_in_words(fault, explanation.trial);
        let scene = struck.get(&at);
        let when = scene.map_or_else(String::new, |scene| format!("At {}: ", moment(scene.at)));
        let about = scene.and_then(|scene| scene.topic.as_ref()).map(|topic| topic.name.clone());
        let kind = fault.kind.name().word();
        let about = about.map_or_else(String::new, |about| format!(" · {about}"));
        FaultSaid {
            n: at + 1,
            kind,
            chip: format!("{kind}{about}"),
            text: format!("{when}{words}."),
        }
    };
    fails.outcome.schedule.iter().enumerate().map(said).collect()
}

/// The damaged records, first the one whose story is told.
fn damage(explanation: &Explanation<'_>, table: &Table<'_>, kept: &[usize]) -> Vec<DamageSaid> {
    let fails = &explanation.fails;
    let victim = &explanation.victim;
    let own = victim.damage.as_ref().map(|(at, _)| *at);
    let wrong = explanation.wrong.iter().filter_map(|at| kept.binary_search(at).ok());
    let has_run = explanation.holds.is_some();
    let mut said = vec![DamageSaid {
        cls: victim.class.word(),
        sign: victim.class.row().sign,
        record: table.record(&victim.record),
        step: victim.step.map(|step| explanation.fails_told().step(step)),
        expected: victim.expected(),
        applied: victim.damage.as_ref().map_or(0, |(_, damage)| damage.reflected),
        r#where: wheres(explanation),
        faults: explanation.faults.iter().map(|at| at + 1).collect(),
        wrong: wrong.collect(),
        run: has_run.then_some(1),
        because: explanation.headline_alone(),
    }];
    let others = (0..fails.outcome.damage.len()).filter(|&at| Some(at) != own);
    for other in Victim::all_damaged(fails, &others.take(MOST_DAMAGE).collect::<Vec<_>>()) {
        let Some((_, of_it)) = &other.damage else { continue };
        let holds = explanation.holds.as_ref().filter(|holds| !other.is_in(&holds.course.outcome));
        said.push(DamageSaid {
            cls: other.class.word(),
            sign: other.class.row().sign,
            record: table.record(&other.record),
            step: other.step.map(|step| explanation.fails_told().step(step)),
            expected: of_it.expected,
            applied: of_it.reflected,
            r#where: Vec::new(),
            faults: of_it.touched.iter().map(|at| at + 1).collect(),
            wrong: Vec::new(),
            run: holds.map(|_| 1),
            because: damage_line(of_it, explanation.trial) + ".",
        });
    }
    said
}

/// The results that the record of the story is in.
fn wheres(explanation: &Explanation<'_>) -> Vec<WhereSaid> {
    let told = explanation.fails_told();
    let count = |told: &Told<'_>| {
        let mut counts: BTreeMap<(u16, String), u64> = BTreeMap::new();
        for scene in told.course.scenes.iter().filter(|scene| !scene.is_vain) {
            let gains = scene.gains.iter().filter(|gain| gain.total.is_none());
            for gain in gains.filter(|gain| told.lineage.gains(gain, told.victim)) {
                *counts.entry((gain.step.0, gain.cell.clone())).or_default() += 1;
            }
        }
        counts
    };
    let here = count(&told);
    let right = explanation.holds_told().map(|told| count(&told));
    here.into_iter()
        .map(|((step, key), applied)| {
            let of = |right: &BTreeMap<(u16, String), u64>| {
                right.get(&(step, key.clone())).copied().unwrap_or_default()
            };
            WhereSaid {
                step: told.step(StepIndex(step)),
                expected: right.as_ref().map(of),
                key,
                applied,
            }
        })
        .collect()
}

/// The results that are met, with what each comes to where all is right: in the run that holds, or in one without a
/// fault.
fn cells(explanation: &Explanation<'_>, table: &Table<'_>) -> Vec<Cell> {
    let is_right = |outcome: &&Outcome| outcome.brief.verdict == Verdict::ExactlyOnce;
    let holds = explanation.holds.as_ref().map(|holds| &holds.course.outcome).filter(is_right);
    let without = match holds {
        Some(_) => None,
        None => Some(bare(explanation.trial).simulator().detail(explanation.seed)),
    };
    let right = holds.or_else(|| without.as_ref().filter(is_right));
    let named = |(of, start): &(String, Option<Time>)| match start {
        Some(start) => format!("{of}@{start}"),
        None => of.clone(),
    };
    let totals: BTreeMap<StepIndex, BTreeMap<String, i64>> = right
        .into_iter()
        .flat_map(|right| &right.steps)
        .map(|result| {
            let total = |total: &_| i64::try_from(*total).unwrap_or(i64::MAX);
            let windows = result.windows.iter().map(|(of, of_it)| (named(of), total(of_it)));
            (result.step, windows.collect())
        })
        .collect();
    let expected =
        |step: StepIndex, key: &str| Some(totals.get(&step)?.get(key).copied().unwrap_or_default());
    let cell = |(step, key): &(StepIndex, String)| Cell {
        step: explanation.fails_told().step(*step),
        expected: expected(*step, key).filter(|_| !key.is_empty()),
        key: key.clone(),
    };
    table.cells.iter().map(cell).collect()
}
