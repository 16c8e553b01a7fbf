//! What happened to a record, in one line.

use super::printable;
use crate::figures::{counted, measured};
use onceproof_sim::outcome::{ByItself, Class, Damage};
use onceproof_systems::Trial;

/// What happened to a record, in one line.
pub fn damage_line(damage: &Damage, trial: &Trial) -> String {
    let Damage {
        class,
        step,
        record,
        expected,
        reflected,
        instead,
        taken_for,
        left,
        given_up,
        by_itself: _,
        touched: _,
    } = damage;
    let step = printable(trial.layout().name(*step));
    let reflected_times =
        || format!("reflected {} instead of {expected}", counted(*reflected, "time"));
    let what = match class {
        Class::Torn => {
            format!("{} of {expected} seen without the others", counted(*reflected, "row"))
        }
        Class::Repeated => format!("{reflected} side effects stand instead of at most {expected}"),
        Class::Stale => {
            let newest = instead.as_deref().map(printable).unwrap_or_default();
            format!("its entry stands in place of that of {newest}")
        }
        Class::Divergent => match left {
            Some([first, second]) => {
                format!("two executions left {} and {}", printable(first), printable(second))
            }
            None => {
                let at = given_up.map(|at| format!(" at {}", printable(trial.layout().name(at))));
                format!("given up{} and reflected all the same", at.unwrap_or_default())
            }
        },
        Class::Lost => match taken_for {
            Some(other) => format!("{}, taken for {}", reflected_times(), printable(other)),
            None => reflected_times(),
        },
        Class::Duplicated | Class::Phantom | Class::Stuck | Class::Unbounded => reflected_times(),
    };
    format!("{}: {} at {step}, {what}", class.word(), printable(record))
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
