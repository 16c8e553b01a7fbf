//! What a violated run did to its records, as text and as JSON: each record once, at the step where it went wrong first,
//! with the faults that did it.

use super::printable;
use super::words::fault_in_words;
use crate::figures::counted;
use crate::search::blame::{Blame, Cause, Why};
use onceproof_sim::outcome::{Class, Damage, Outcome};
use onceproof_sim::plan::Plan;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The most damaged records that are told one by one.
const MOST_RECORDS: usize = 3;
/// The most damaged records of which the faults are looked for, so that the plainest of them are told.
const MOST_CANDIDATES: usize = 12;
/// The most sets of faults told of those that are enough alone.
const MOST_SETS: usize = 2;
/// The most faults told of one set.
const MOST_FAULTS: usize = 5;
/// What is said where nobody looked.
const NOT_ASKED: Cause = Cause::Unknown(Why::TooManyRuns);

/// Which damages may be told: of each record the one that is nearest to its source, since what follows may only pass
/// it on; and of the records those that the fewest faults touched.
pub fn candidates(outcome: &Outcome, plan: &Plan) -> Vec<usize> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let depths = plan.design.pipeline.depths();
    let far = |at: usize| depths[outcome.damage[at].step.at()];
    for (at, damage) in outcome.damage.iter().enumerate() {
        first
            .entry(&damage.record)
            .and_modify(|best| {
                if far(at) < far(*best) {
                    *best = at;
                }
            })
            .or_insert(at);
    }
    let mut candidates: Vec<usize> = first.into_values().collect();
    candidates.sort_by_key(|&at| {
        (outcome.damage[at].touched.is_empty(), outcome.damage[at].touched.len(), at)
    });
    candidates.truncate(MOST_CANDIDATES);
    candidates
}

/// Those of the candidates that the fewest faults are enough for, the plainest first.
fn told(outcome: &Outcome, blame: &Blame, plan: &Plan) -> Vec<usize> {
    let mut told = candidates(outcome, plan);
    told.sort_by_key(|&at| match blame.damage.get(at) {
        Some(Some(Cause::NoFault)) => (0, Vec::new()),
        Some(Some(Cause::Faults { sets, .. })) => {
            let set = sets.first().map_or(&[][..], Vec::as_slice);
            let plainness =
                set.iter().map(|&fault| outcome.schedule[fault].kind.name().plainness());
            (set.len(), plainness.collect())
        }
        Some(Some(Cause::Unknown(_)) | None) | None => (usize::MAX, Vec::new()),
    });
    told.truncate(MOST_RECORDS);
    told
}

/// Each damaged record that is told with the faults that did it; and of what damages no record the faults that made
/// it so.
pub fn damage_text(outcome: &Outcome, blame: &Blame, plan: &Plan) -> String {
    let mut text = String::new();
    let told = told(outcome, blame, plan);
    if !told.is_empty() {
        text.push_str("damaged records, and the faults that did it\n");
    }
    for &at in &told {
        let damage = &outcome.damage[at];
        text.push_str(&format!("  {}\n", damage_line(damage, plan)));
        let cause = blame.damage.get(at).and_then(Option::as_ref).unwrap_or(&NOT_ASKED);
        add_cause(&mut text, outcome, plan, cause);
    }
    let records: BTreeSet<&str> =
        outcome.damage.iter().map(|damage| damage.record.as_str()).collect();
    if let Some(more) = records.len().checked_sub(told.len()).filter(|&more| more > 0) {
        let least = if outcome.damage.len() >= Outcome::MOST_DAMAGE { "at least " } else { "" };
        text.push_str(&format!("  and {least}{}\n", counted(more as u64, "more record")));
    }
    if !blame.classes.is_empty() {
        text.push_str("the run, and the faults that did it\n");
    }
    for (class, cause) in &blame.classes {
        text.push_str(&format!("  {}\n", class.word()));
        add_cause(&mut text, outcome, plan, cause);
    }
    text
}

/// What happened to a record, in one line.
pub fn damage_line(damage: &Damage, plan: &Plan) -> String {
    let Damage { class, step, record, expected, reflected, instead, taken_for, left, touched: _ } =
        damage;
    let step = printable(&plan.design.pipeline.step(*step).name);
    let reflected_times =
        || format!("reflected {} instead of {expected}", counted(*reflected, "time"));
    let what = match class {
        Class::Torn => {
            format!("{} of {expected} seen without the others", counted(*reflected, "row"))
        }
        Class::Repeated => format!("{reflected} side effects stand instead of at most {expected}"),
        Class::Stale => {
            let newest = instead.as_deref().map(printable).unwrap_or_default();
            format!("its entry stands in the place of that of {newest}")
        }
        Class::Divergent => match left {
            Some([first, second]) => {
                format!("two executions left {} and {}", printable(first), printable(second))
            }
            None => "it was given up, and what an execution made of it stands".to_owned(),
        },
        Class::Lost => match taken_for {
            Some(other) => format!("{}, taken for {}", reflected_times(), printable(other)),
            None => reflected_times(),
        },
        Class::Duplicated | Class::Phantom | Class::Stuck | Class::Unbounded => reflected_times(),
    };
    format!("{}: {} at {step}, {what}", class.word(), printable(record))
}

fn add_cause(text: &mut String, outcome: &Outcome, plan: &Plan, cause: &Cause) {
    match cause {
        Cause::NoFault => text.push_str("      no fault\n"),
        Cause::Unknown(why) => {
            text.push_str(&format!("      not found out: {}\n", why.words()));
        }
        Cause::Faults { sets, is_all, without } => {
            if let Some(times) = without {
                let times = counted(*times, "time");
                text.push_str(&format!("      {times} with no fault, and more with\n"));
            }
            for (number, set) in sets.iter().take(MOST_SETS).enumerate() {
                if number > 0 {
                    text.push_str("    or alone\n");
                }
                add_faults(text, outcome, plan, set);
            }
            let more = sets.len().saturating_sub(MOST_SETS);
            let least = if *is_all { "" } else { "at least " };
            match (more, is_all) {
                (0, true) => {}
                (0, false) => text.push_str("    or others alone\n"),
                (more, _) => text.push_str(&format!("    or {least}{more} more alone\n")),
            }
        }
    }
}

fn add_faults(text: &mut String, outcome: &Outcome, plan: &Plan, faults: &[usize]) {
    for &fault in faults.iter().take(MOST_FAULTS) {
        let words = fault_in_words(&outcome.schedule[fault], plan);
        text.push_str(&format!("      {words}\n"));
    }
    if let Some(more) = faults.len().checked_sub(MOST_FAULTS).filter(|&more| more > 0) {
        text.push_str(&format!("      and {}\n", counted(more as u64, "more fault")));
    }
}

/// The damaged records of a run in JSON, all that were listed.
pub fn damage_json(outcome: &Outcome, blame: &Blame, plan: &Plan) -> Value {
    let entry = |(at, damage): (usize, &Damage)| {
        let cause = blame.damage.get(at).and_then(Option::as_ref).unwrap_or(&NOT_ASKED);
        let mut value = json!({
            "class": damage.class.word(),
            "step": plan.design.pipeline.step(damage.step).name,
            "record": damage.record,
            "expected": damage.expected,
            "reflected": damage.reflected,
            "instead": damage.instead,
            "taken_for": damage.taken_for,
            "left": damage.left,
        });
        add_cause_json(&mut value, cause);
        value["touched"] = json!(damage.touched);
        value
    };
    outcome.damage.iter().enumerate().map(entry).collect()
}

/// The classes of a run that damage no record, in JSON.
pub fn classes_json(blame: &Blame) -> Value {
    let entry = |(class, cause): &(Class, Cause)| {
        let mut value = json!({ "class": class.word() });
        add_cause_json(&mut value, cause);
        value
    };
    blame.classes.iter().map(entry).collect()
}

/// `blame` says whether the faults were found, `faults` has the first set, `or` the others, and `or_others` says
/// whether there are still more.
fn add_cause_json(value: &mut Value, cause: &Cause) {
    let (word, sets, is_all) = match cause {
        Cause::NoFault => ("no fault", &[][..], true),
        Cause::Unknown(_) => ("unknown", &[][..], false),
        Cause::Faults { sets, is_all, .. } => ("faults", sets.as_slice(), *is_all),
    };
    value["blame_unknown"] = match cause {
        Cause::Unknown(why) => why.words().into(),
        Cause::NoFault | Cause::Faults { .. } => Value::Null,
    };
    value["reflected_without_faults"] = match cause {
        Cause::Faults { without, .. } => json!(without),
        Cause::NoFault | Cause::Unknown(_) => Value::Null,
    };
    value["blame"] = word.into();
    value["faults"] = json!(sets.first().map_or(&[][..], Vec::as_slice));
    value["or"] = json!(sets.get(1..).unwrap_or_default());
    value["or_others"] = json!(!is_all && !sets.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use onceproof_kernel::layout::StepIndex;

    #[test]
    fn what_is_wrong_with_services_is_told_in_its_own_words() {
        let plan = samples::flip_plan();
        let mut outcome = samples::lost_ack_outcome();
        outcome.damage[0].expected = 3;
        let mut line = |class, instead: Option<&str>| {
            outcome.damage[0].class = class;
            outcome.damage[0].instead = instead.map(str::to_owned);
            damage_line(&outcome.damage[0], &plan)
        };
        let torn = "torn: events/0#1 at per-side, 2 rows of 3 seen without the others";
        assert_eq!(line(Class::Torn, None), torn);
        let repeated =
            "repeated: events/0#1 at per-side, 2 side effects stand instead of at most 3";
        assert_eq!(line(Class::Repeated, None), repeated);
        let stale =
            "stale: events/0#1 at per-side, its entry stands in the place of that of events/0#2";
        assert_eq!(line(Class::Stale, Some("events/0#2")), stale);
    }

    #[test]
    fn what_two_executions_left_and_whom_a_record_was_taken_for_are_told() {
        let plan = samples::flip_plan();
        let lost = Damage {
            class: Class::Lost,
            reflected: 0,
            taken_for: Some("events/0#0".to_owned()),
            ..samples::lost_ack_outcome().damage[0].clone()
        };
        let line =
            "lost: events/0#1 at per-side, reflected 0 times instead of 1, taken for events/0#0";
        assert_eq!(damage_line(&lost, &plan), line);
        let divergent = Damage {
            class: Class::Divergent,
            left: Some(["ann/0".to_owned(), "ann/1".to_owned()]),
            taken_for: None,
            ..lost
        };
        let line = "divergent: events/0#1 at per-side, two executions left ann/0 and ann/1";
        assert_eq!(damage_line(&divergent, &plan), line);
    }

    #[test]
    fn each_record_is_told_once_where_it_went_wrong_first_and_three_at_most() {
        let plan = samples::flip_plan();
        let mut outcome = samples::lost_ack_outcome();
        let first = outcome.damage[0].clone();
        let of = |record: u32, step: u16, touched: usize| Damage {
            record: format!("events/0#{record}"),
            step: StepIndex(step),
            touched: vec![0; touched],
            ..first.clone()
        };
        outcome.damage = vec![of(1, 2, 1), of(1, 1, 2), of(2, 2, 0), of(3, 2, 1), of(4, 2, 1)];
        assert_eq!(candidates(&outcome, &plan), [3, 4, 1, 2]);
        let cause = Cause::Faults {
            sets: vec![vec![0; 12], vec![0], vec![0]],
            is_all: false,
            without: Some(2),
        };
        let mut blame = Blame { damage: vec![None; 5], ..Blame::default() };
        (blame.damage[3], blame.damage[4]) = (Some(cause), Some(Cause::NoFault));
        let lost = "      the ack of events/0#1 to per-side, attempt 1, was lost\n";
        let text = damage_text(&outcome, &blame, &plan);
        let told_of = |record, step| {
            format!("  duplicated: events/0#{record} at {step}, reflected 2 times instead of 1\n")
        };
        let expected = [
            "damaged records, and the faults that did it\n".to_owned(),
            told_of(4, "per-side"),
            "      no fault\n".to_owned(),
            told_of(3, "per-side"),
            "      2 times with no fault, and more with\n".to_owned(),
            lost.repeat(5),
            "      and 7 more faults\n    or alone\n".to_owned(),
            lost.to_owned(),
            "    or at least 1 more alone\n".to_owned(),
            told_of(1, "flip"),
            "      not found out: that takes too many runs\n".to_owned(),
            "  and 1 more record\n".to_owned(),
        ];
        assert_eq!(text, expected.concat());
    }
}
