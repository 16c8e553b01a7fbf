//! What a violated run did to its records, as JSON: all that is listed, with the faults that did it.

use super::damage::NOT_ASKED;
use super::damage_line::by_itself;
use crate::search::blame::{Blame, Blamed};
use onceproof_sim::outcome::{Class, Damage, Outcome};
use onceproof_systems::Trial;

use serde_json::{Value, json};

/// The damaged records of a run in JSON, all that were listed.
pub fn damage_json(outcome: &Outcome, blame: &Blame, trial: &Trial) -> Value {
    let entry = |(at, damage): (usize, &Damage)| {
        let blamed = blame.damage.get(at).and_then(Option::as_ref).unwrap_or(&NOT_ASKED);
        let mut value = json!({
            "class": damage.class.word(),
            "step": trial.layout().name(damage.step),
            "record": damage.record,
            "expected": damage.expected,
            "reflected": damage.reflected,
            "instead": damage.instead,
            "taken_for": damage.taken_for,
            "left": damage.left,
            "given_up_at": damage.given_up.map(|step| trial.layout().name(step)),
            "by_itself": by_itself(damage, trial),
        });
        add_blamed_json(&mut value, blamed);
        value["touched"] = json!(damage.touched);
        value
    };
    outcome.damage.iter().enumerate().map(entry).collect()
}

/// The classes of a run that damage no record, in JSON.
pub fn classes_json(blame: &Blame) -> Value {
    let entry = |(class, blamed): &(Class, Blamed)| {
        let mut value = json!({ "class": class.word() });
        add_blamed_json(&mut value, blamed);
        value
    };
    blame.classes.iter().map(entry).collect()
}

/// `blame` says whether the faults were found, `faults` has the first set, `or` the others, and `or_others` says
/// whether there are still more.
fn add_blamed_json(value: &mut Value, blamed: &Blamed) {
    let (word, sets, is_all) = match blamed {
        Blamed::NoFault => ("no fault", &[][..], true),
        Blamed::Unknown(_) => ("unknown", &[][..], false),
        Blamed::Faults { sets, is_all, .. } => ("faults", sets.as_slice(), *is_all),
    };
    value["blame_unknown"] = match blamed {
        Blamed::Unknown(why) => why.words().into(),
        Blamed::NoFault | Blamed::Faults { .. } => Value::Null,
    };
    value["reflected_without_faults"] = match blamed {
        Blamed::Faults { without, .. } => json!(without),
        Blamed::NoFault | Blamed::Unknown(_) => Value::Null,
    };
    value["blame"] = word.into();
    value["faults"] = json!(sets.first().map_or(&[][..], Vec::as_slice));
    value["or"] = json!(sets.get(1..).unwrap_or_default());
    value["or_others"] = json!(!is_all && !sets.is_empty());
}
