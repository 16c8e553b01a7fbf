//! What damages a record without any fault is said only of what did.

use super::*;
use crate::outcome::ByItself;
use onceproof_kernel::record::RecordId;

/// A count and a count of its panes, in detail.
fn two_counts() -> Fed {
    let mut fed = Fed::new(Progress::Perfect, vec![count(0), count(0)], &[("ann", 0)]);
    fed.ledger.reset(&fed.design.layout, true);
    fed
}

/// What is said of the first record that is damaged.
fn by_itself(fed: &mut Fed) -> Option<ByItself> {
    fed.judgement(true).damage[0].by_itself
}

#[test]
fn a_filter_that_once_doubted_a_record_did_not_drop_a_copy_that_is_known() {
    let check = |said: &[bool], expected| {
        let mut fed = two_counts();
        for &is_mistaken in said {
            fed.ledger.filter_said(Name(0), is_mistaken);
        }
        fed.ledger.dropped_as_known(Name(0), &fed.words.names);
        // It is nowhere, so it is lost.
        assert_eq!(by_itself(&mut fed), expected);
    };
    check(&[true], Some(ByItself::TakenForKnown));
    check(&[false], None);
    // The record was taken after the doubt. What is dropped is its copy, whose id the catalog has.
    check(&[true, false], None);
}

#[test]
fn who_sent_a_record_again_is_told_at_the_step_that_it_was_sent_to() {
    let check = |sends: &[(ShardIndex, ShardIndex, i64)], expected| {
        let mut fed = two_counts();
        for &(from, to, at) in sends {
            let id = RecordId(7);
            fed.ledger.sent((from, to), (Name(0), id), None, seconds(at), &fed.words.names);
        }
        // It is counted twice by the first count.
        let twice = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(0)]);
        fed.fire(FIRST, ("ann", 0, 0), twice);
        let damage = fed.judgement(true).damage;
        let first = fed.design.layout.step_of(FIRST);
        let of_first = damage.iter().find(|damage| damage.step == first).expect("damage");
        assert_eq!(of_first.by_itself, expected);
    };
    let step = |shard: ShardIndex| StepIndex(shard.0 as u16);
    let by = |shard, after: i64| Some(ByItself::SentAgain(step(shard), seconds(after).0 as u64));
    check(&[(EVENTS, FIRST, 0), (EVENTS, FIRST, 3)], by(EVENTS, 3));
    check(&[(EVENTS, FIRST, 0)], None);
    // The count had sent on what it made of the record again before the source did.
    let sends = [(FIRST, SECOND_STEP, 0), (FIRST, SECOND_STEP, 1)];
    check(&[sends[0], sends[1], (EVENTS, FIRST, 0), (EVENTS, FIRST, 5)], by(EVENTS, 5));
    // Whoever sends on does no harm to the step that it sends from.
    check(&sends, None);
}
