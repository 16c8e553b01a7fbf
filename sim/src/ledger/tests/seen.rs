//! When readers see a record first, and when what it is in changes last.

use super::*;
use crate::ledger::Sightings;
use onceproof_kernel::tell::Standing;

/// Measures what is fed, looking at the results of the step after the source.
fn measured(mut fed: Fed) -> Fed {
    fed.ledger.measure(Sightings::at(&[StepIndex(1)], 3));
    fed
}

impl Fed {
    /// An event is over at this second.
    fn looked(&mut self, at: i64) {
        let Fed { ledger, words, .. } = self;
        ledger.seen().expect("it is measured").look(seconds(at), words, |_| {});
    }

    /// The seconds at which each record was first seen, and at which what it is in changed last.
    fn seen(&mut self) -> Vec<(u32, i64, Option<i64>)> {
        let in_seconds = |Time(at): Time| at / SECOND as i64;
        let seen = self.ledger.take_seen(&self.words).into_iter();
        seen.map(|one| (one.name.0, in_seconds(one.first), one.last.map(in_seconds))).collect()
    }

    /// A cell of ann in the first window has these records in a view; returns the newest of them.
    fn show(&mut self, above: u32, records: &[u32]) -> u32 {
        let key = self.key("ann");
        let mut pile = Pile { head: above, floor: 0 };
        for &number in records {
            let (name, lineage, weight, value) = row(number);
            let member = Member { name, lineage, weight, value };
            self.ledger.add_in_memory(&mut pile, key, &member);
        }
        let lineage = self.ledger.read(pile.head, 0);
        let hash = self.design.layout.hash(StepIndex(1));
        let Vocabulary { keys, names } = &mut self.words;
        let name = names.pane(1, hash, key, Time(0), 0, keys);
        // What it says in all is no matter here.
        let pane = Pane { tag: Tag { name, lineage }, key, start: Time(0), weight: 0, value: 0 };
        self.telling(FIRST).stand(&Standing { step: StepIndex(1), pane, total: 0 });
        pile.head
    }
}

#[test]
fn a_pane_stands_as_it_was_fired_and_a_later_one_changes_nothing_of_it() {
    let mut fed = measured(Fed::counting(&[("ann", 0), ("ann", 1), ("ann", 2)]));
    let first = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(1)]);
    // To be taken into a window is not to be seen.
    fed.looked(3);
    fed.fire(FIRST, ("ann", 0, 0), first);
    fed.looked(10);
    let late = fed.take(FIRST, ("ann", 0), first.head, &[row(2)]);
    fed.fire(FIRST, ("ann", 0, 1), late);
    fed.looked(20);
    assert_eq!(fed.seen(), [(0, 10, Some(10)), (1, 10, Some(10)), (2, 20, Some(20))]);
}

#[test]
fn a_record_that_is_counted_twice_changes_what_it_is_in() {
    let mut fed = measured(Fed::counting(&[("ann", 0)]));
    for (pane, at) in [(0, 10), (1, 20)] {
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
        fed.fire(FIRST, ("ann", 0, pane), span);
        fed.looked(at);
    }
    assert_eq!(fed.seen(), [(0, 10, Some(20))]);
}

#[test]
fn a_row_that_is_written_again_is_seen_anew_only_if_it_says_something_else() {
    let mut fed = measured(Fed::writing(&[("ann", 0), ("bob", 1)]));
    fed.write(7, "ann", Name(0));
    fed.write(8, "bob", Name(1));
    fed.looked(1);
    fed.write(7, "ann", Name(0));
    fed.write_value(8, "bob", Name(1), 2);
    fed.looked(2);
    assert_eq!(fed.seen(), [(0, 1, Some(1)), (1, 1, Some(2))]);
}

#[test]
fn a_cell_changes_for_all_that_are_in_it_and_what_has_left_it_is_seen_no_more() {
    let rows = [("ann", 0), ("ann", 1), ("ann", 2)];
    let mut fed = measured(Fed::counting(&rows));
    let head = fed.show(0, &[0]);
    fed.looked(1);
    fed.show(head, &[1]);
    fed.looked(2);
    assert_eq!(fed.seen(), [(0, 1, Some(2)), (1, 2, Some(2))]);
    // Whoever counted it begins again from nothing.
    let mut fed = measured(Fed::counting(&rows));
    fed.show(0, &[0, 1]);
    fed.looked(1);
    fed.show(0, &[2]);
    fed.looked(2);
    assert_eq!(fed.seen(), [(0, 1, None), (1, 1, None), (2, 2, Some(2))]);
}

#[test]
fn only_the_ends_are_looked_at() {
    let mut fed = Fed::counting(&[("ann", 0)]);
    fed.ledger.measure(Sightings::at(&[], 3));
    let span = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
    fed.fire(FIRST, ("ann", 0, 0), span);
    fed.looked(10);
    assert_eq!(fed.seen(), []);
}
