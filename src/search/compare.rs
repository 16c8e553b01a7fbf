//! Whether two runs that must be the same are, and in what they differ first if not. The fingerprint
//! comes last: it differs whenever anything does, and says the least.

use crate::figures;

use onceproof_sim::fault::KindName;
use onceproof_sim::marks::Struck;
use onceproof_sim::outcome::{Brief, Classes};
use std::fmt::Display;

/// The first figure in which two runs under one seed differ.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Difference {
    /// The seed.
    pub seed: Option<u64>,
    /// The name of the figure, as in the report of a run: `ledger.lost`.
    pub field: String,
    /// What it was at first.
    pub first: String,
    /// What it was when run again.
    pub again: String,
}

/// The first figure in which two runs under this seed differ, if any does.
pub fn first_difference(seed: Option<u64>, first: &Brief, again: &Brief) -> Option<Difference> {
    if first == again {
        return None;
    }
    let pairs = all_figures(first).into_iter().zip(all_figures(again));
    let ((field, first), (_, again)) =
        pairs.into_iter().find(|(a, b)| a != b).expect("every field of a run is a figure");
    Some(Difference { seed, field, first, again })
}

/// All figures of a run, by name.
fn all_figures(brief: &Brief) -> Vec<(String, String)> {
    let Brief {
        alphabet,
        verdict,
        classes,
        ledger,
        filtered,
        unfinished,
        fired,
        strikes,
        marks,
        work,
        virtual_time,
        fingerprint,
    } = brief;
    let mut all: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: &dyn Display| all.push((name.into(), value.to_string()));
    add("verdict", &verdict.word());
    add("classes", &class_list(*classes));
    for (name, value) in figures::ledger(ledger) {
        add(&format!("ledger.{name}"), &value);
    }
    add("filtered", filtered);
    add("unfinished", unfinished);
    for kind in KindName::ALL {
        add(&format!("faults.{}", kind.word()), &fired.count(kind));
    }
    for kind in KindName::ALL {
        for struck in Struck::all(alphabet) {
            let name = format!("strikes.{}.{}", kind.word(), struck.word(alphabet));
            add(&name, &strikes.count(kind, struck));
        }
    }
    for &(mark, word) in alphabet.marks {
        add(&format!("marks.{word}"), &marks.count(mark));
    }
    for (name, value) in figures::work(work, marks, alphabet) {
        add(&format!("work.{name}"), &value);
    }
    add("virtual_ns", virtual_time);
    add("fingerprint", &figures::hex(*fingerprint));
    all
}

/// The words of the classes, or `none`.
fn class_list(classes: Classes) -> String {
    let words: Vec<&str> = classes.iter().map(|class| class.word()).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fake::brief;

    #[test]
    fn the_first_figure_that_differs_is_named_and_the_fingerprint_last() {
        let first = brief(3);
        assert_eq!(first_difference(Some(3), &first, &first), None);
        let mut again = first.clone();
        again.fingerprint += 1;
        let found = first_difference(Some(3), &first, &again).expect("a difference");
        assert_eq!(found.field, "fingerprint");
        again.work.retries += 1;
        let found = first_difference(Some(3), &first, &again).expect("a difference");
        assert_eq!((found.field.as_str(), found.seed), ("work.retries", Some(3)));
        assert_eq!(found.again, again.work.retries.to_string());
    }

    #[test]
    fn every_part_of_a_run_is_compared() {
        let first = brief(3);
        let check = |field: &str, change: fn(&mut Brief)| {
            let mut again = first.clone();
            change(&mut again);
            let found = first_difference(None, &first, &again).expect("a difference");
            assert_eq!(found.field, field);
        };
        check("classes", |brief| brief.classes.insert(onceproof_sim::outcome::Class::Stuck));
        check("ledger.late", |brief| brief.ledger.late += 1);
        check("faults.user-fails", |brief| brief.fired.0[KindName::UserFails as usize] += 1);
        check("virtual_ns", |brief| brief.virtual_time += 1);
    }
}
