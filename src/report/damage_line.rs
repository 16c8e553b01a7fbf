//! What happened to a record, in one line.

use super::printable;
use crate::figures::{counted, measured};
use onceproof_sim::outcome::{ByItself, Damage};
use onceproof_systems::Trial;

/// What happened to a record, in one line.
pub fn damage_line(damage: &Damage, trial: &Trial) -> String {
    let Damage { class, ref record, step, .. } = *damage;
    let step = printable(trial.layout().name(step));
    let what = filled(class.row().told, damage, trial, printable);
    format!("{}: {} at {step}, {what}", class.word(), printable(record))
}

/// What the row of a class says of one record, each name in it as `shown`. What a name has in braces stays.
pub fn filled(sentence: &str, damage: &Damage, trial: &Trial, shown: fn(&str) -> String) -> String {
    let &Damage { step, ref record, expected, reflected, .. } = damage;
    let name = |step| shown(trial.layout().name(step));
    let named = |record: &Option<String>| record.as_deref().map(shown);
    let known = |key: &str| match key {
        "record" => shown(record),
        "step" => name(step),
        "expected" => expected.to_string(),
        "reflected" => reflected.to_string(),
        "times" => counted(reflected, "time"),
        "rows" => counted(reflected, "row"),
        "instead" => named(&damage.instead).unwrap_or_default(),
        "taken-for" => named(&damage.taken_for)
            .map_or_else(String::new, |other| format!(", taken for {other}")),
        "left" => match (&damage.left, damage.given_up) {
            (Some([first, second]), _) => {
                format!("two executions left {} and {}", shown(first), shown(second))
            }
            (None, Some(at)) => format!("given up at {} and reflected all the same", name(at)),
            (None, None) => "given up and reflected all the same".to_owned(),
        },
        key => panic!("a class is told by {key}, which no damage knows"),
    };
    let (first, rest) = sentence.split_once('{').unwrap_or((sentence, ""));
    let mut text = first.to_owned();
    for part in rest.split('{').filter(|part| !part.is_empty()) {
        let (key, words) = part.split_once('}').expect("a brace that ends");
        text.extend([&known(key), words]);
    }
    text
}

/// What damaged it without any fault, if that is known: `, published 2 times`.
pub fn by_itself(damage: &Damage, trial: &Trial) -> Option<String> {
    Some(match damage.by_itself? {
        ByItself::Published(times) => format!("published {}", counted(times, "time")),
        ByItself::TakenForKnown => "a filter took its id for one that is known".to_owned(),
        ByItself::SentAgain(step, after) => {
            let step = printable(trial.layout().name(step));
            format!("{step} sent it again after {}", measured(after))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use onceproof_kernel::layout::StepIndex;
    use onceproof_sim::outcome::Class;

    #[test]
    fn every_class_is_told_by_what_damage_knows_and_a_name_in_braces_stays() {
        let trial = samples::flip_plan();
        let mut damage = samples::lost_ack_outcome().damage.remove(0);
        damage.record = "{step}".to_owned();
        damage.instead = Some("{record}".to_owned());
        for class in Class::ALL {
            let row = class.row();
            for sentence in [row.told, row.claim] {
                let text = filled(sentence, &damage, &trial, str::to_owned);
                let names = text.replace("{step}", "").replace("{record}", "");
                assert!(!names.is_empty() && !names.contains(['{', '}']), "{class:?}: {text}");
            }
        }
        let claim = filled(Class::Stale.row().claim, &damage, &trial, str::to_owned);
        assert_eq!(claim, "{step} has its entry at per-side in the place of {record}");
    }

    #[test]
    fn what_is_wrong_with_services_is_told_in_its_own_words() {
        let trial = samples::flip_plan();
        let mut outcome = samples::lost_ack_outcome();
        outcome.damage[0].expected = 3;
        let mut line = |class, instead: Option<&str>| {
            outcome.damage[0].class = class;
            outcome.damage[0].instead = instead.map(str::to_owned);
            damage_line(&outcome.damage[0], &trial)
        };
        let torn = "torn: events/0#1 at per-side, 2 rows of 3 seen without the others";
        assert_eq!(line(Class::Torn, None), torn);
        let repeated =
            "repeated: events/0#1 at per-side, 2 side effects stand instead of at most 3";
        assert_eq!(line(Class::Repeated, None), repeated);
        let stale =
            "stale: events/0#1 at per-side, its entry stands in place of that of events/0#2";
        assert_eq!(line(Class::Stale, Some("events/0#2")), stale);
    }

    #[test]
    fn what_two_executions_left_and_whom_a_record_was_taken_for_are_told() {
        let trial = samples::flip_plan();
        let lost = Damage {
            class: Class::Lost,
            reflected: 0,
            taken_for: Some("events/0#0".to_owned()),
            ..samples::lost_ack_outcome().damage[0].clone()
        };
        let line =
            "lost: events/0#1 at per-side, reflected 0 times instead of 1, taken for events/0#0";
        assert_eq!(damage_line(&lost, &trial), line);
        let divergent = Damage {
            class: Class::Divergent,
            left: Some(["ann/0".to_owned(), "ann/1".to_owned()]),
            taken_for: None,
            ..lost
        };
        let line = "divergent: events/0#1 at per-side, two executions left ann/0 and ann/1";
        assert_eq!(damage_line(&divergent, &trial), line);
        let given_up = Damage { left: None, given_up: Some(StepIndex(1)), ..divergent };
        let line = "divergent: events/0#1 at per-side, given up at flip and reflected all the same";
        assert_eq!(damage_line(&given_up, &trial), line);
    }
}
