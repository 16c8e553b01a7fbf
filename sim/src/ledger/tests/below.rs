//! Canaries of what lies below an aggregate, where a source record is known by the pane that it came in.

use super::*;
use onceproof_model::function::{Filter, Function, Into};

#[test]
fn a_record_that_was_taken_though_it_was_late_may_not_be_lost_below() {
    let check = |is_counted: bool, classes: &[Class]| {
        let minute = StepKind::Count(Windowing { length: 60 * SECOND, lateness: 0 });
        let watermark = Progress::Bound(5 * SECOND);
        let rows = [("bob", 30), ("ann", 8)];
        let mut fed = Fed::new(watermark, vec![count(0), minute], &rows);
        // After bob the source says 25 s, and so it had given up the window of ann, which ends at 10 s. That of a
        // minute it had not.
        for (number, key, start) in [(0, "bob", 30), (1, "ann", 0)] {
            let span = fed.take(FIRST, (key, start), 0, &[row(number)]);
            let (pane, lineage) = fed.fire(FIRST, (key, start, 0), span);
            if is_counted || key == "bob" {
                let span = fed.take(SECOND_STEP, (key, 0), 0, &[(pane, lineage, 1, 1)]);
                fed.fire(SECOND_STEP, (key, 0, 0), span);
            }
        }
        let (found, totals) = fed.judge(true);
        assert_eq!((found, totals.late), (classes.to_vec(), 0));
    };
    check(true, &[]);
    check(false, &[Class::Lost]);
}

#[test]
fn a_record_that_belongs_nowhere_is_phantom_also_where_nobody_can_tell_what_belongs_where() {
    const COUNT: ShardIndex = ShardIndex(2);
    const COIN: ShardIndex = ShardIndex(3);
    const BELOW: ShardIndex = ShardIndex(4);
    let check = |more: &[(Name, u32, i64, i64)], classes: &[Class]| {
        let only_ann = StepKind::Map(Function::Filter(Filter::Key("ann".into())));
        let coin = StepKind::Map(Function::Coin { sides: 2, into: Into::Key });
        let kinds = vec![only_ann, count(0), coin, count(0)];
        let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0), ("bob", 0)]);
        let ann = fed.outputs(FIRST, Name(0), 1)[0];
        let span = fed.take(COUNT, ("ann", 0), 0, &[(ann, 0, 1, 1)]);
        let (pane, lineage) = fed.fire(COUNT, ("ann", 0, 0), span);
        // Which side of the coin a pane lands on is not known.
        let tossed = fed.outputs(COIN, pane, 1)[0];
        let taken: Vec<_> = [(tossed, lineage, 1, 1)].iter().chain(more).copied().collect();
        let span = fed.take(BELOW, ("ann/1", 0), 0, &taken);
        fed.fire(BELOW, ("ann/1", 0, 0), span);
        assert_eq!(fed.classes(), classes);
    };
    check(&[], &[]);
    check(&[row(1)], &[Class::Phantom]);
}

#[test]
fn a_pane_that_is_counted_twice_in_place_of_another_is_duplicated() {
    const OF_PANES: ShardIndex = ShardIndex(3);
    let check = |copies: [usize; 2], classes: &[Class], excess: u64| {
        let explode = StepKind::Map(Function::Explode { copies: 2 });
        let kinds = vec![count(0), explode, count(0)];
        let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0)]);
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
        let (pane, lineage) = fed.fire(FIRST, ("ann", 0, 0), span);
        let names = fed.outputs(SECOND_STEP, pane, 2);
        let taken = copies.map(|copy| (names[copy], lineage, 1, 1));
        let span = fed.take(OF_PANES, ("ann", 0), 0, &taken);
        fed.fire(OF_PANES, ("ann", 0, 0), span);
        let (found, totals) = fed.judge(true);
        assert_eq!((found, totals.excess), (classes.to_vec(), excess));
    };
    check([0, 1], &[], 0);
    // The record is reflected as often as it should be.
    check([0, 0], &[Class::Duplicated], 1);
}

#[test]
fn where_one_copy_of_a_late_pane_is_there_and_one_is_missing_only_the_missing_one_is_late() {
    const BELOW: ShardIndex = ShardIndex(3);
    let check = |copies: usize, late: u64| {
        let explode = StepKind::Map(Function::Explode { copies: 2 });
        let kinds = vec![count(0), explode, count(0)];
        let rows = [("bob", 30), ("ann", 8)];
        let mut fed = Fed::new(Progress::Bound(5 * SECOND), kinds, &rows);
        // After bob the source says 25 s, so that ann is late at both counts. The first one takes her all the same.
        for (number, key, start, counted) in [(0, "bob", 30, 2), (1, "ann", 0, copies)] {
            let span = fed.take(FIRST, (key, start), 0, &[row(number)]);
            let (pane, lineage) = fed.fire(FIRST, (key, start, 0), span);
            let names = fed.outputs(SECOND_STEP, pane, 2);
            let taken: Vec<_> =
                names[..counted].iter().map(|&name| (name, lineage, 1, 1)).collect();
            let span = fed.take(BELOW, (key, start), 0, &taken);
            fed.fire(BELOW, (key, start, 0), span);
        }
        let Judgement { classes, totals, steps, .. } = fed.judgement(true);
        assert_eq!(classes.iter().collect::<Vec<_>>(), []);
        assert_eq!((totals.late, steps[1], steps[3]), (late.min(1), (2, 0), (4, late)));
    };
    check(2, 0);
    check(1, 1);
    check(0, 2);
}
