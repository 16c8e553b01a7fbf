//! Canaries of the ledger: it is fed changes that no store would make, and must name what is wrong. Each
//! test also shows the change that is right, under which it finds nothing.

mod below;
mod by_itself;
mod dead;
mod decided;
mod fed;
mod state;
mod seen;
mod sums;

use super::*;
use crate::fault::Climate;
use crate::input::{InputRow, RowValue, SourceInput};
use crate::outcome::{self, Class};
use crate::plan::{Cluster, Network, Plan, SideEffects, Until};
use crate::sources::Sources;
use fed::{Fed, Span};
use onceproof_kernel::layout::Failing;
use onceproof_kernel::source::Progress;
use onceproof_kernel::tell::{Member, Pane, Pile, Tag, Tell, WrittenRow};
use onceproof_kernel::time::{Nanos, SECOND};
use onceproof_model::dataflow::Design;
use onceproof_model::dataflow::mechanism::{Fuse, Mechanism};
use onceproof_model::pipeline::{Sink, Step, StepKind, Truth};
use onceproof_model::window::Windowing;
use std::sync::Arc;

const EVENTS: ShardIndex = ShardIndex(0);
/// The step after the source, and the one after that.
const FIRST: ShardIndex = ShardIndex(1);
const SECOND_STEP: ShardIndex = ShardIndex(2);

fn seconds(at: i64) -> Time {
    Time(at * SECOND as i64)
}

/// Windows of 10 s.
fn count(lateness: Nanos) -> StepKind {
    StepKind::Count(Windowing { length: 10 * SECOND, lateness })
}

/// A source record, of weight and value 1.
fn row(number: u32) -> (Name, u32, i64, i64) {
    (Name(number), 0, 1, 1)
}

#[test]
fn a_pane_that_its_content_does_not_add_up_to_is_phantom() {
    let check = |weight, value, classes: &[Class]| {
        let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(1)]);
        fed.fire(FIRST, ("ann", 0, 0), Span { weight, value, ..span });
        assert_eq!(fed.classes(), classes);
    };
    // Two records of weight 1 and value 1.
    check(2, 2, &[]);
    check(3, 2, &[Class::Phantom]);
    check(1, 2, &[Class::Phantom]);
    check(2, 3, &[Class::Phantom]);
}

#[test]
fn a_record_in_another_window_or_under_another_key_is_phantom() {
    let check = |window: (&str, i64), classes: &[Class]| {
        let mut fed = Fed::counting(&[("ann", 0)]);
        let span = fed.take(FIRST, window, 0, &[row(0)]);
        fed.fire(FIRST, (window.0, window.1, 0), span);
        assert_eq!(fed.classes(), classes);
    };
    check(("ann", 0), &[]);
    check(("ann", 10), &[Class::Phantom]);
    check(("bob", 0), &[Class::Phantom]);
}

#[test]
fn a_record_in_another_window_is_phantom_beside_one_that_is_late() {
    let check = |start: i64, classes: &[Class]| {
        let rows = [("ann", 0), ("bob", 30), ("ann", 8)];
        let watermark = Progress::Bound(5 * SECOND);
        let mut fed = Fed::new(watermark, vec![count(0)], &rows);
        let ann = fed.take(FIRST, ("ann", start), 0, &[row(0)]);
        fed.fire(FIRST, ("ann", start, 0), ann);
        let bob = fed.take(FIRST, ("bob", 30), 0, &[row(1)]);
        fed.fire(FIRST, ("bob", 30, 0), bob);
        let (found, totals) = fed.judge(true);
        assert_eq!((found, totals.late), (classes.to_vec(), 1));
    };
    check(0, &[]);
    check(10, &[Class::Phantom]);
}

#[test]
fn two_mentions_of_one_record_that_disagree_are_divergent() {
    let check = |held: &[(&str, i64)], classes: &[Class]| {
        let mut fed = Fed::counting(&[("ann", 0)]);
        for &(key, value) in held {
            fed.hold(Name(0), key, value);
        }
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
        fed.fire(FIRST, ("ann", 0, 0), span);
        let (found, totals) = fed.judge(true);
        assert_eq!(found, classes);
        assert_eq!(totals.divergent, classes.len() as u64);
        assert_eq!(totals.exact, 1 - classes.len() as u64);
    };
    check(&[("ann", 1)], &[]);
    // A global count replaces every key by `*`, which is no other answer.
    check(&[("*", 1)], &[]);
    check(&[("*", 1), ("ann", 1)], &[]);
    check(&[("bob", 1)], &[Class::Divergent]);
    check(&[("ann", 2)], &[Class::Divergent]);
    // Nor does it hide that two others disagree.
    check(&[("*", 1), ("bob", 1)], &[Class::Divergent]);
    check(&[("bob", 1), ("*", 1)], &[Class::Divergent]);
}

#[test]
fn two_panes_of_one_name_that_disagree_make_what_is_in_them_divergent() {
    let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
    let first = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
    fed.fire(FIRST, ("ann", 0, 0), first);
    // The same pane once more, with one record more.
    let second = fed.take(FIRST, ("ann", 0), first.head, &[row(1)]);
    fed.fire(FIRST, ("ann", 0, 0), Span { floor: 0, weight: 2, value: 2, ..second });
    let (classes, totals) = fed.judge(true);
    assert_eq!(classes, [Class::Duplicated, Class::Divergent]);
    // The first record is in both panes, so it is also duplicated; the second is in one of two answers.
    assert_eq!((totals.duplicated, totals.excess, totals.divergent), (1, 1, 2));
}

#[test]
fn a_row_that_is_overwritten_by_other_content_is_reflected_no_more() {
    let mut fed = Fed::writing(&[("ann", 0), ("bob", 1)]);
    fed.write(7, "ann", Name(0));
    fed.write(8, "bob", Name(1));
    // The same again changes nothing.
    fed.write(7, "ann", Name(0));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.exact), (vec![], 2));

    let mut fed = Fed::writing(&[("ann", 0), ("bob", 1)]);
    fed.write(7, "ann", Name(0));
    fed.write(7, "bob", Name(1));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.lost, totals.exact), (vec![Class::Lost], 1, 1));

    // What was overwritten counts no more where it stands elsewhere.
    let mut fed = Fed::writing(&[("ann", 0), ("bob", 1)]);
    fed.write(7, "bob", Name(1));
    fed.write(7, "ann", Name(0));
    fed.write(8, "bob", Name(1));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.exact), (vec![], 2));
}

#[test]
fn a_record_in_two_rows_is_duplicated() {
    let mut fed = Fed::writing(&[("ann", 0)]);
    fed.write(7, "ann", Name(0));
    fed.write(8, "ann", Name(0));
    let (classes, totals) = fed.judge(true);
    assert_eq!(classes, [Class::Duplicated]);
    assert_eq!((totals.duplicated, totals.excess, totals.exact), (1, 1, 0));
}

#[test]
fn a_record_that_is_reflected_twice_is_duplicated_and_one_that_never_is_is_lost() {
    // The first record three times, the second never: the total of 3 is not even needed to tell.
    let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
    let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(0), row(0)]);
    fed.fire(FIRST, ("ann", 0, 0), span);
    let (classes, totals) = fed.judge(true);
    assert_eq!(classes, [Class::Duplicated, Class::Lost]);
    assert_eq!((totals.duplicated, totals.excess, totals.lost), (1, 2, 1));
    assert_eq!((totals.expected, totals.exact), (2, 0));
}

#[test]
fn a_lost_record_and_a_doubled_one_are_both_seen_though_the_total_is_right() {
    let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
    let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(0)]);
    fed.fire(FIRST, ("ann", 0, 0), span);
    assert_eq!(fed.classes(), [Class::Duplicated, Class::Lost]);
}

#[test]
fn what_is_in_no_pane_is_lost_only_once_nothing_can_come_any_more() {
    let mut fed = Fed::counting(&[("ann", 0)]);
    // Taken, and in no pane.
    fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
    let (classes, totals) = fed.judge(false);
    assert_eq!((classes, totals.lost, totals.exact), (vec![], 0, 0));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.lost, totals.exact), (vec![Class::Lost], 1, 0));
}

#[test]
fn a_pane_that_is_counted_twice_further_down_doubles_what_is_in_it() {
    let check = |times: usize, classes: &[Class], of_records: [u64; 3]| {
        let kinds = vec![count(0), count(0)];
        let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0), ("ann", 1)]);
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(1)]);
        let (pane, lineage) = fed.fire(FIRST, ("ann", 0, 0), span);
        // A pane of a count says its weight as its value.
        let taken = vec![(pane, lineage, 2, 2); times];
        let span = fed.take(SECOND_STEP, ("ann", 0), 0, &taken);
        fed.fire(SECOND_STEP, ("ann", 0, 0), span);
        let (found, totals) = fed.judge(true);
        assert_eq!(found, classes);
        assert_eq!([totals.exact, totals.duplicated, totals.lost], of_records);
    };
    check(1, &[], [2, 0, 0]);
    check(2, &[Class::Duplicated], [0, 2, 0]);
    check(0, &[Class::Lost], [0, 0, 2]);
}

#[test]
fn a_missing_record_is_late_only_if_its_source_had_given_it_up() {
    use Progress::{Bound, Perfect};
    let check = |watermark, lateness, is_late: bool| {
        let rows = [("ann", 0), ("bob", 30), ("ann", 8)];
        let mut fed = Fed::new(watermark, vec![count(lateness)], &rows);
        let ann = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
        fed.fire(FIRST, ("ann", 0, 0), ann);
        let bob = fed.take(FIRST, ("bob", 30), 0, &[row(1)]);
        fed.fire(FIRST, ("bob", 30, 0), bob);
        let (classes, totals) = fed.judge(true);
        let (wanted, late, lost) = if is_late { (vec![], 1, 0) } else { (vec![Class::Lost], 0, 1) };
        assert_eq!((classes, totals.late, totals.lost), (wanted, late, lost));
        assert_eq!(totals.exact, 2);
    };
    // The third record is read after one of 30 s, so under a watermark of 30 s less the bound. Its window
    // ends at 10 s: it is given up if end and lateness are at or below that.
    check(Bound(5 * SECOND), 0, true);
    check(Bound(20 * SECOND), 0, true);
    check(Bound(20 * SECOND + 1), 0, false);
    check(Bound(5 * SECOND), 15 * SECOND, true);
    check(Bound(5 * SECOND), 15 * SECOND + 1, false);
    // A perfect source knows that it is still to come.
    check(Perfect, 0, false);
}

#[test]
fn a_late_record_may_be_taken_but_not_twice() {
    let check = |times: usize, classes: &[Class], exact| {
        let rows = [("bob", 30), ("ann", 8)];
        let watermark = Progress::Bound(5 * SECOND);
        let mut fed = Fed::new(watermark, vec![count(0)], &rows);
        let bob = fed.take(FIRST, ("bob", 30), 0, &[row(0)]);
        fed.fire(FIRST, ("bob", 30, 0), bob);
        let ann = fed.take(FIRST, ("ann", 0), 0, &vec![row(1); times]);
        fed.fire(FIRST, ("ann", 0, 0), ann);
        let (found, totals) = fed.judge(true);
        assert_eq!(found, classes);
        assert_eq!((totals.exact, totals.late), (exact, 0));
    };
    check(1, &[], 2);
    check(2, &[Class::Duplicated], 1);
}

#[test]
fn totals_are_told_by_window_and_are_those_of_the_rows_that_stand() {
    let kinds = vec![count(0), StepKind::Sink(Sink::Upsert)];
    let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0), ("ann", 10)]);
    fed.ledger.reset(&fed.design.layout, true);
    let mut pane = |start: i64, record| {
        let span = fed.take(FIRST, ("ann", start), 0, &[row(record)]);
        fed.fire(FIRST, ("ann", start, 0), span)
    };
    let (first, second) = (pane(0, 0), pane(10, 1));
    let mut write = |row, key: &str, (name, lineage)| {
        let (key, step) = (fed.key(key), fed.design.layout.step_of(SECOND_STEP));
        let tag = Tag { name, lineage };
        fed.telling(SECOND_STEP).write(&WrittenRow { step, row, tag, key, weight: 1, value: 1 });
    };
    // The second row stands under another key before it stands as it should.
    write(7, "ann", first);
    write(8, "bob", second);
    write(8, "ann", second);
    let totals = |shard| {
        let Fed { design, words, ledger, .. } = &fed;
        let all = ledger.totals(design.layout.step_of(shard), &words.names);
        let mut all: Vec<_> =
            all.map(|(key, start, total)| (words.keys.text(key), start, total)).collect();
        all.sort_unstable();
        all
    };
    let one_each = [("ann", Some(seconds(0)), 1), ("ann", Some(seconds(10)), 1)];
    assert_eq!(totals(FIRST), one_each);
    assert_eq!(totals(SECOND_STEP), one_each);
}

#[test]
fn a_row_of_a_source_record_has_no_window() {
    let mut fed = Fed::writing(&[("ann", 0)]);
    fed.write(7, "ann", Name(0));
    let totals = fed.ledger.totals(StepIndex(1), &fed.words.names);
    let windows: Vec<_> = totals.map(|(_, start, total)| (start, total)).collect();
    assert_eq!(windows, [(None, 1)]);
}

/// A total does not tell one record that is lost from another one that is doubled.
#[test]
fn each_record_is_compared_and_not_their_total() {
    let check = |expected: &[u32], reflected: &[u32], agrees| {
        assert_eq!(
            verdict::are_reflected(expected, reflected),
            agrees,
            "{expected:?} {reflected:?}"
        );
    };
    check(&[1, 1], &[1, 1], true);
    check(&[1, 1], &[2, 0], false);
    check(&[2, 1], &[1, 2], false);
    // The last names were reflected nowhere, so the list of reflections ends before them.
    check(&[1, 1], &[2], false);
    check(&[1, 0], &[1], true);
    // What should be nowhere shows in the total.
    check(&[1], &[1, 1], true);
    check(&[0, 1], &[1, 1], true);
}
