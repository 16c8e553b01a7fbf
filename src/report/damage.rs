//! What a violated run did to its records, as text: each record once of each class, at the step where it went wrong first,
//! with the faults that did it.

use super::damage_line::{by_itself, damage_line};
use super::words::fault_in_words;
use crate::figures::{counted, grouped};
use crate::search::blame::{Blame, Blamed, Why};
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::{Class, Outcome};
use onceproof_systems::Trial;

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most causes that are told, but for those that some class needs.
const MOST_CAUSES: usize = 3;
/// The most damages told of one cause one by one, but for one of each class.
const MOST_RECORDS: usize = 3;
/// The most damages of which the faults are looked for, so that the plainest of them are told, and how many others
/// the same faults did.
const MOST_CANDIDATES: usize = 40;
/// The most sets of faults told of those that are enough alone.
const MOST_SETS: usize = 2;
/// The most faults told of one set.
const MOST_FAULTS: usize = 5;
/// What is said where nobody looked.
pub(super) const NOT_ASKED: Blamed = Blamed::Unknown(Why::TooManyRuns);

/// What may be told: of each record, and of each class that it has, the damage that is nearest to its source, since
/// what follows may only pass it on; and those first that the fewest faults touched.
fn nearest(outcome: &Outcome, trial: &Trial) -> Vec<usize> {
    let mut first: BTreeMap<(&str, Class), usize> = BTreeMap::new();
    let depths = trial.design.pipeline().depths();
    let far = |at: usize| depths.of(outcome.damage[at].step);
    for (at, damage) in outcome.damage.iter().enumerate() {
        first
            .entry((&damage.record, damage.class))
            .and_modify(|best| {
                if far(at) < far(*best) {
                    *best = at;
                }
            })
            .or_insert(at);
    }
    let mut nearest: Vec<usize> = first.into_values().collect();
    nearest.sort_by_key(|&at| {
        (outcome.damage[at].touched.is_empty(), outcome.damage[at].touched.len(), at)
    });
    nearest
}

/// Of which damages the faults are looked for: some of each class, and then of those that the fewest faults touched.
pub fn candidates(outcome: &Outcome, trial: &Trial) -> Vec<usize> {
    let mut of_class: SortedMap<Class, usize> = SortedMap::new();
    let (mut candidates, mut others) = (Vec::new(), Vec::new());
    for at in nearest(outcome, trial) {
        let earlier = of_class.or_default(outcome.damage[at].class);
        *earlier += 1;
        if *earlier <= MOST_RECORDS { candidates.push(at) } else { others.push(at) }
    }
    candidates.append(&mut others);
    candidates.truncate(MOST_CANDIDATES);
    candidates
}

/// Damages with one cause.
struct Group<'a> {
    blamed: &'a Blamed,
    /// As indices, one of each class first.
    damage: Vec<usize>,
    /// The first of these are told one by one.
    told: usize,
}

/// The candidates by their causes, those first that the fewest faults are enough for, and the plainest; and at the
/// end those of which the faults are not known.
fn groups<'a>(outcome: &Outcome, blame: &'a Blame, trial: &Trial) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for at in candidates(outcome, trial) {
        let blamed = blame.damage.get(at).and_then(Option::as_ref).unwrap_or(&NOT_ASKED);
        match groups.iter_mut().find(|group| group.blamed == blamed) {
            Some(group) => group.damage.push(at),
            None => groups.push(Group { blamed, damage: vec![at], told: 0 }),
        }
    }
    for Group { damage, told, .. } in &mut groups {
        let mut classes = SortedSet::new();
        let (mut all, others): (Vec<usize>, Vec<usize>) =
            damage.iter().partition(|&&at| classes.insert(outcome.damage[at].class));
        *told = if damage.len() <= MOST_RECORDS { damage.len() } else { all.len() };
        all.extend(others);
        *damage = all;
    }
    groups.sort_by_cached_key(|group| {
        let (rank, set) = match group.blamed {
            Blamed::NoFault => (0, &[][..]),
            Blamed::Faults { sets, .. } => (1, sets.first().map_or(&[][..], Vec::as_slice)),
            Blamed::Unknown(_) => (2, &[][..]),
        };
        let plainness = set.iter().map(|&fault| outcome.schedule[fault].kind.name());
        let plainness: Vec<u8> = plainness.map(KindName::plainness).collect();
        (rank, set.len(), plainness, Reverse(group.damage.len()))
    });
    groups
}

/// What did the damage of a run that the fewest and plainest faults are enough for, and which damage that is; else what
/// made it fail as a whole.
#[cfg(feature = "cli")]
pub(super) fn plainest<'a>(
    outcome: &Outcome,
    blame: &'a Blame,
    trial: &Trial,
) -> (Option<&'a Blamed>, Option<usize>) {
    match groups(outcome, blame, trial).first() {
        Some(group) => (Some(group.blamed), group.damage.first().copied()),
        None => (blame.classes.first().map(|(_, blamed)| blamed), None),
    }
}

/// The first groups, and then one for each class that is in none of these.
fn told<'a>(outcome: &Outcome, groups: Vec<Group<'a>>) -> Vec<Group<'a>> {
    let mut told: Vec<Group<'a>> = Vec::new();
    let mut classes = SortedSet::new();
    for group in groups {
        let of_group: Vec<Class> =
            group.damage.iter().map(|&at| outcome.damage[at].class).collect();
        if told.len() < MOST_CAUSES || of_group.iter().any(|class| !classes.contains(class)) {
            classes.extend(of_group);
            told.push(group);
        }
    }
    told
}

/// The damage that is told, with the faults that did it; and of what damages no record the faults that made it so.
pub fn damage_text(outcome: &Outcome, blame: &Blame, trial: &Trial) -> String {
    let mut text = String::new();
    let told = told(outcome, groups(outcome, blame, trial));
    if !told.is_empty() {
        text.push_str("damaged records, and the faults that did it\n");
    }
    let mut hidden = counts(outcome, &nearest(outcome, trial));
    for Group { blamed, damage, told } in &told {
        let (shown, others) = damage.split_at(*told);
        for &at in shown {
            text.push_str(&format!("  {}\n", damage_line(&outcome.damage[at], trial)));
        }
        text.push_str(&more("  and ", &counts(outcome, others)));
        match blamed {
            Blamed::NoFault => text.push_str(&no_fault(outcome, trial, shown)),
            Blamed::Faults { .. } | Blamed::Unknown(_) => {
                add_blamed(&mut text, outcome, trial, blamed)
            }
        }
        for (class, count) in counts(outcome, damage) {
            if let Some(of) = hidden.get_mut(&class) {
                *of -= count;
            }
        }
    }
    let is_cut = outcome.damage.len() >= Outcome::MOST_DAMAGE;
    text.push_str(&more(if is_cut { "  and at least " } else { "  and " }, &hidden));
    for (class, blamed) in &blame.classes {
        text.push_str(&format!("{}: the run as a whole\n", class.word()));
        add_blamed(&mut text, outcome, trial, blamed);
    }
    text
}

/// That no fault did it, and what did, as far as that is known.
fn no_fault(outcome: &Outcome, trial: &Trial, damage: &[usize]) -> String {
    let mut told: Vec<String> = Vec::new();
    for words in damage.iter().filter_map(|&at| by_itself(&outcome.damage[at], trial)) {
        if !told.contains(&words) {
            told.push(words);
        }
    }
    let told: Vec<String> = told.iter().map(|words| format!(": {words}")).collect();
    match told.is_empty() {
        true => "      no fault\n".to_owned(),
        false => told.iter().map(|words| format!("      no fault{words}\n")).collect(),
    }
}

/// How many damages of each class these are.
fn counts(outcome: &Outcome, damage: &[usize]) -> SortedMap<Class, u64> {
    let mut counts = SortedMap::new();
    for &at in damage {
        *counts.or_default(outcome.damage[at].class) += 1;
    }
    counts
}

/// `and 30 more records lost, 2 divergent`; nothing if there is none.
fn more(before: &str, counts: &SortedMap<Class, u64>) -> String {
    let some = counts.iter().filter(|&(_, &count)| count > 0).enumerate();
    let words = some.map(|(number, (class, &count))| match number {
        0 => format!("{} {}", counted(count, "more record"), class.word()),
        _ => format!("{} {}", grouped(count), class.word()),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { String::new() } else { format!("{before}{}\n", words.join(", ")) }
}

fn add_blamed(text: &mut String, outcome: &Outcome, trial: &Trial, blamed: &Blamed) {
    let (sets, is_all) = match blamed {
        Blamed::NoFault => return text.push_str("      no fault\n"),
        Blamed::Unknown(why) => {
            return text.push_str(&format!("      not found out: {}\n", why.words()));
        }
        Blamed::Faults { sets, is_all, without } => {
            if let Some(times) = without {
                let times = counted(*times, "time");
                text.push_str(&format!("      {times} with no fault, and more with\n"));
            }
            (sets, *is_all)
        }
    };
    if let ([set], true) = (&sets[..], is_all) {
        return add_faults(text, outcome, trial, set, "      ", "      and ");
    }
    text.push_str("      any one of these is enough:\n");
    for set in sets.iter().take(MOST_SETS) {
        add_faults(text, outcome, trial, set, "      - ", "        and ");
    }
    let more = sets.len().saturating_sub(MOST_SETS);
    match (more, is_all) {
        (0, true) => {}
        (0, false) => text.push_str("      and others\n"),
        (1, true) => text.push_str("      and 1 other\n"),
        (more, true) => text.push_str(&format!("      and {more} others\n")),
        (1, false) => text.push_str("      and at least 1 other\n"),
        (more, false) => text.push_str(&format!("      and at least {more} others\n")),
    }
}

/// The faults of a set, all of which are needed, one on a line.
fn add_faults(
    text: &mut String,
    outcome: &Outcome,
    trial: &Trial,
    faults: &[usize],
    first: &str,
    next: &str,
) {
    for (number, &fault) in faults.iter().take(MOST_FAULTS).enumerate() {
        let before = if number == 0 { first } else { next };
        let words = fault_in_words(&outcome.schedule[fault], trial);
        text.push_str(&format!("{before}{words}\n"));
    }
    if let Some(more) = faults.len().checked_sub(MOST_FAULTS).filter(|&more| more > 0) {
        text.push_str(&format!("{next}{}\n", counted(more as u64, "more fault")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use onceproof_kernel::layout::StepIndex;
    use onceproof_sim::outcome::Damage;

    /// The fault, which the words of all faults of the sample have.
    const LOST: &str = "the ack of events/0#1 to per-side, attempt 1, was lost\n";

    /// Damage at a record and a step, which so many faults touched.
    fn of(class: Class, record: u32, step: u16, touched: usize) -> Damage {
        Damage {
            class,
            record: format!("events/0#{record}"),
            step: StepIndex(step),
            touched: vec![0; touched],
            ..samples::lost_ack_outcome().damage[0].clone()
        }
    }

    /// What is told of damages with these causes.
    fn told_of(damage: Vec<(Damage, Option<Blamed>)>) -> String {
        let (damage, causes) = damage.into_iter().unzip();
        let outcome = Outcome { damage, ..samples::lost_ack_outcome() };
        let blame = Blame { damage: causes, ..Blame::default() };
        damage_text(&outcome, &blame, &samples::flip_plan())
    }

    fn by(sets: Vec<Vec<usize>>) -> Option<Blamed> {
        Some(Blamed::Faults { sets, is_all: true, without: None })
    }

    fn line(class: Class, record: u32, step: &str) -> String {
        format!("  {}: events/0#{record} at {step}, reflected 2 times instead of 1\n", class.word())
    }

    const HEAD: &str = "damaged records, and the faults that did it\n";

    #[test]
    fn each_record_is_told_once_where_it_went_wrong_first() {
        let trial = samples::flip_plan();
        let of = |record, step, touched| of(Class::Duplicated, record, step, touched);
        let damage = vec![of(1, 2, 1), of(1, 1, 2), of(2, 2, 0), of(3, 2, 1), of(4, 2, 1)];
        let outcome = Outcome { damage: damage.clone(), ..samples::lost_ack_outcome() };
        assert_eq!(candidates(&outcome, &trial), [3, 4, 1, 2]);
        let blamed = Blamed::Faults {
            sets: vec![vec![0; 12], vec![0], vec![0]],
            is_all: false,
            without: Some(2),
        };
        let causes = [None, None, None, Some(blamed), Some(Blamed::NoFault)];
        let line = |record, step| line(Class::Duplicated, record, step);
        let expected = [
            HEAD.to_owned(),
            line(4, "per-side"),
            "      no fault\n".to_owned(),
            line(3, "per-side"),
            "      2 times with no fault, and more with\n".to_owned(),
            "      any one of these is enough:\n".to_owned(),
            format!("      - {LOST}"),
            format!("        and {LOST}").repeat(4),
            "        and 7 more faults\n".to_owned(),
            format!("      - {LOST}"),
            "      and at least 1 other\n".to_owned(),
            line(1, "flip"),
            line(2, "per-side"),
            "      not found out: that takes too many runs\n".to_owned(),
        ];
        assert_eq!(told_of(damage.into_iter().zip(causes).collect()), expected.concat());
    }

    #[test]
    fn what_the_same_faults_did_is_told_together() {
        let duplicated = |record| (of(Class::Duplicated, record, 2, 1), by(vec![vec![0]]));
        // Three are named, of more only one, and the others are counted.
        let three = [HEAD, &line(Class::Duplicated, 1, "per-side")];
        let two = [2, 3].map(|record| line(Class::Duplicated, record, "per-side"));
        let by_it = format!("      {LOST}");
        let expected = [&three.concat(), &two.concat(), &by_it].map(String::as_str).concat();
        assert_eq!(told_of((1..=3).map(duplicated).collect()), expected);
        let expected = [&three.concat(), "  and 30 more records duplicated\n", &by_it].concat();
        assert_eq!(told_of((1..=31).map(duplicated).collect()), expected);
    }

    #[test]
    fn a_record_that_is_damaged_in_two_ways_is_told_of_both() {
        let [torn, duplicated] =
            [Class::Torn, Class::Duplicated].map(|class| (of(class, 1, 2, 1), by(vec![vec![0]])));
        let text = told_of(vec![duplicated, torn]);
        let torn = "  torn: events/0#1 at per-side, 2 rows of 1 seen without the others\n";
        let duplicated = line(Class::Duplicated, 1, "per-side");
        assert_eq!(text, [HEAD, &duplicated, torn, "      ", LOST].concat());
    }

    #[test]
    fn each_class_is_told_however_many_others_there_are_and_what_is_hidden_by_its_class() {
        // Each has a cause of its own: so many faults.
        let own = |(class, record): (Class, u32)| {
            (of(class, record, 2, 1), by(vec![vec![0; record as usize]]))
        };
        let phantom = |record| (Class::Phantom, record);
        let duplicated = |record| (Class::Duplicated, record);
        let mut all: Vec<(Class, u32)> = (1..=80).map(phantom).collect();
        all.extend([84, 85, 86].map(duplicated));
        let text = told_of(all.into_iter().map(own).collect());
        let told: Vec<&str> = text.lines().filter(|line| line.contains(" at per-side,")).collect();
        let lines = [1, 2, 3].map(|record| line(Class::Phantom, record, "per-side"));
        let lines = [lines.concat(), line(Class::Duplicated, 84, "per-side")].concat();
        assert_eq!(told, lines.lines().collect::<Vec<_>>(), "{text}");
        let hidden = "\n  and 2 more records duplicated, 77 phantom\n";
        assert!(text.ends_with(hidden), "{text}");
    }

    #[test]
    fn what_damages_no_record_is_told_of_the_run() {
        let outcome = Outcome { damage: Vec::new(), ..samples::lost_ack_outcome() };
        let blamed = Blamed::Faults { sets: vec![vec![0]; 10], is_all: true, without: None };
        let blame = Blame { classes: vec![(Class::Stuck, blamed)], ..Blame::default() };
        let text = damage_text(&outcome, &blame, &samples::flip_plan());
        let set = format!("      - {LOST}");
        let expected = [
            "stuck: the run as a whole\n      any one of these is enough:\n",
            &set,
            &set,
            "      and 8 others\n",
        ];
        assert_eq!(text, expected.concat());
    }
}
