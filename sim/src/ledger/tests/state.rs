//! What a verdict depends on is part of the state: two runs that differ in it do not come to the same.

use super::*;

/// The state of the ledger of two records of ann, after this.
fn state(fill: impl Fn(&mut Fed)) -> Option<u128> {
    let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
    fill(&mut fed);
    let mut state = WorldState::default();
    fed.ledger.tell_state(&mut state);
    state.state()
}

#[test]
fn every_committed_result_and_every_trace_is_part_of_the_state() {
    let take = |fed: &mut Fed, records: &[u32]| {
        let taken: Vec<_> = records.iter().map(|&number| row(number)).collect();
        fed.take(FIRST, ("ann", 0), 0, &taken)
    };
    let states = [
        state(|_| {}),
        state(|fed| fed.hold(Name(0), "ann", 1)),
        state(|fed| fed.hold(Name(0), "ann", 2)),
        state(|fed| fed.hold(Name(0), "bob", 1)),
        state(|fed| fed.hold(Name(1), "ann", 1)),
        // The store would have two records of ann in each of these.
        state(|fed| {
            take(fed, &[0, 1]);
        }),
        state(|fed| {
            take(fed, &[0, 0]);
        }),
        state(|fed| {
            let span = take(fed, &[0, 1]);
            fed.fire(FIRST, ("ann", 0, 0), span);
        }),
        state(|fed| {
            let span = take(fed, &[0, 0]);
            fed.fire(FIRST, ("ann", 0, 0), span);
        }),
    ];
    for (at, one) in states.iter().enumerate() {
        assert!(one.is_some());
        assert!(states[..at].iter().all(|other| other != one), "state {at}");
    }
}

#[test]
fn the_same_changes_come_to_the_same_state() {
    let filled = || {
        state(|fed| {
            let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(1)]);
            fed.fire(FIRST, ("ann", 0, 0), span);
        })
    };
    assert_eq!(filled(), filled());
}
