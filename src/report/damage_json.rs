//! What a violated run did to its records, as JSON: all that is listed, with the faults that did it.

use super::damage::NOT_ASKED;
use super::damage_line::by_itself;
use crate::search::blame::{Blame, Blamed};
use onceproof_sim::outcome::{Damage, Outcome};
use onceproof_systems::Trial;
use schemars::JsonSchema;
use serde::Serialize;

/// A record that is not reflected as it should be at a step.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DamagePart<'a> {
    /// The class of what is wrong.
    class: &'static str,
    /// At which step.
    step: &'a str,
    /// The name of the record.
    record: &'a str,
    /// How often it should be reflected.
    expected: u64,
    /// How often it is.
    reflected: u64,
    /// What should be there in its place: for an entry that is stale, the record committed last.
    instead: Option<&'a str>,
    /// For a record that is lost: another one that it was taken for.
    taken_for: Option<&'a str>,
    /// For a record that is divergent: what the two executions left. None where one of them was given up.
    left: Option<&'a [String; 2]>,
    /// For a record that is divergent and was given up: at which step.
    given_up_at: Option<&'a str>,
    /// What did it without any fault, in words.
    by_itself: Option<String>,
    #[serde(flatten)]
    blamed: BlamedPart,
    /// The faults that hit it, or what was made of it, or a worker that held it, as indices into the schedule. They need
    /// not have done it.
    touched: &'a [usize],
}

/// A class that damages no record.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ClassPart {
    /// Its word.
    class: &'static str,
    #[serde(flatten)]
    blamed: BlamedPart,
}

/// Which faults did it.
#[derive(Serialize, JsonSchema)]
struct BlamedPart {
    /// Why it was not found out, if it was not.
    blame_unknown: Option<&'static str>,
    /// How often the record is reflected without any fault, where it is damaged even so, but less.
    reflected_without_faults: Option<u64>,
    /// `no fault`, `faults` or `unknown`.
    blame: &'static str,
    /// The first set of faults that is enough, as indices into the schedule.
    faults: Vec<usize>,
    /// The other sets.
    or: Vec<Vec<usize>>,
    /// Whether there are still more.
    or_others: bool,
}

/// The damaged records of a run, all that were listed.
pub(super) fn damage_parts<'a>(
    outcome: &'a Outcome,
    blame: &Blame,
    trial: &'a Trial,
) -> Vec<DamagePart<'a>> {
    let entry = |(at, damage): (usize, &'a Damage)| {
        let blamed = blame.damage.get(at).and_then(Option::as_ref).unwrap_or(&NOT_ASKED);
        DamagePart {
            class: damage.class.word(),
            step: trial.layout().name(damage.step),
            record: &damage.record,
            expected: damage.expected,
            reflected: damage.reflected,
            instead: damage.instead.as_deref(),
            taken_for: damage.taken_for.as_deref(),
            left: damage.left.as_ref(),
            given_up_at: damage.given_up.map(|step| trial.layout().name(step)),
            by_itself: by_itself(damage, trial),
            blamed: BlamedPart::of(blamed),
            touched: &damage.touched,
        }
    };
    outcome.damage.iter().enumerate().map(entry).collect()
}

/// The classes of a run that damage no record.
pub(super) fn class_parts(blame: &Blame) -> Vec<ClassPart> {
    let of = blame.classes.iter();
    of.map(|(class, blamed)| ClassPart { class: class.word(), blamed: BlamedPart::of(blamed) })
        .collect()
}

impl BlamedPart {
    fn of(blamed: &Blamed) -> BlamedPart {
        let (blame, sets, is_all) = match blamed {
            Blamed::NoFault => ("no fault", &[][..], true),
            Blamed::Unknown(_) => ("unknown", &[][..], false),
            Blamed::Faults { sets, is_all, .. } => ("faults", sets.as_slice(), *is_all),
        };
        BlamedPart {
            blame_unknown: match blamed {
                Blamed::Unknown(why) => Some(why.words()),
                Blamed::NoFault | Blamed::Faults { .. } => None,
            },
            reflected_without_faults: match blamed {
                Blamed::Faults { without, .. } => *without,
                Blamed::NoFault | Blamed::Unknown(_) => None,
            },
            blame,
            faults: sets.first().cloned().unwrap_or_default(),
            or: sets.get(1..).unwrap_or_default().to_vec(),
            or_others: !is_all && !sets.is_empty(),
        }
    }
}
