//! Protocols of a user's own: what to change names the step that comes too early, and what it must come after.

use crate::protocols::{ALL, Consumer, RIGHT, Shop, own_trial};
use onceproof::explain::{Explanation, explanation_text};
use onceproof::protocol::Protocol;
use onceproof::report::style::plain;
use onceproof::search::shrink::bench::Watch;
use onceproof_sim::fault::KindName::{self, Crash, DropAck};
use onceproof_systems::Trial;

/// That the first failure of a protocol by a fault of these kinds is told with these words, on one line.
fn check(protocol: impl Protocol, kinds: &[KindName], expected: &[&str]) {
    let wrong: Trial = own_trial(protocol);
    let found = crate::common::library::search(&wrong, kinds, 1);
    let faults = found.causes.first().expect("a cause").faults.clone();
    let trial = wrong.with(|plan| plan.faults = faults);
    let explanation = Explanation::of(&trial, None, None, None, Watch::none());
    let text = plain(&explanation_text(&explanation.unwrap_or_else(|why| panic!("{why:?}"))));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in expected {
        assert!(words.contains(expected), "{expected}\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn an_ack_before_the_commit_is_named_with_the_rows_of_that_commit() {
    check(
        Shop { acks_first: true, ..RIGHT },
        &[Crash],
        &[
            "0.000 ms shop/0 acks shop/0#0 to its queue believed: shop/0#0 is done with: nobody has to bring it again \
             true: this is still to come, and may never: the commit of shop/0#0 by shop/0, which writes orders 0 and \
             outbox 0",
            "to change: shop/0 acks shop/0#0 to its queue too early, at 0.000 ms: that must come after the commit of \
             shop/0#0 by shop/0, which writes orders 0 and outbox 0",
        ],
    );
}

#[test]
fn an_ack_before_a_request_that_no_start_makes_up_for_is_named_with_that_request() {
    check(
        Shop { relays_at_boot: false, ..RIGHT },
        &[Crash],
        &[
            "to change: shop/0 acks shop/0#0 to its queue too early, at 2.000 ms: that must come after the pay of \
             shop/0#0 from shop/0 to bank/0",
        ],
    );
}

#[test]
fn a_commit_that_checks_no_row_is_named_with_its_repetition() {
    check(
        Shop { has_inbox: false, ..RIGHT },
        &[DropAck],
        &[
            "in balance 2 times instead of 1, because the ack of",
            "believed: bank/0 may not have it: attempt 1 brought no answer",
            "true: shop/0#0 is in balance since",
            "it fails: bank/0 acks shop/0#0",
            "to change: bank/0 commits shop/0#0 at 4.000 ms, and once more at",
            "must write a row, too, in the same commit, and be refused where the row is there",
        ],
    );
}

#[test]
fn a_row_that_is_deleted_before_a_record_comes_again_is_named() {
    check(
        Consumer { window: 20, acks_first: false },
        &ALL,
        &[
            "to change: consumer/0 commits",
            ", which writes",
            "and deletes seen 0 too early, at",
            "that must come after the last time that consumer/0#0 can come",
        ],
    );
}
