//! Two records and a coin: what one fault breaks, what only two break, and what none breaks.

use super::{plan_of, search, space};
use onceproof::search::causes::groups;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Class;

const FILE: &str = "outputs/coin-checkpointed.toml";

#[test]
fn without_dedup_one_fault_is_enough() {
    let trial = plan_of(FILE, "dedup = \"off\"");
    let found = search(&trial, &space(&trial, 1), 2);
    // A retry of what was applied is counted again: after a lost ack, after an error that hides a success,
    // and so on; and so is what arrives twice.
    for kind in [KindName::DropAck, KindName::ErrorApplied, KindName::Duplicate] {
        let alone = |group: &onceproof::search::causes::Group| group.kinds == [kind];
        let group = groups(&found.causes).into_iter().find(alone);
        assert!(group.expect("a cause").classes.contains(Class::Duplicated), "{kind:?}");
    }
    assert!(found.causes.iter().all(|cause| cause.faults.len() == 1));
}

#[test]
fn recomputed_it_takes_an_execution_taken_over_and_another_answer() {
    let trial = plan_of(FILE, "outputs = \"recompute\"");
    let found = search(&trial, &space(&trial, 2), 2);
    assert_eq!(found.levels[1].violated, 0);
    assert!(found.levels[2].violated > 0 && found.is_complete());
    // Another takes an execution over after a crash, a pause that outlasts the lease, or a move.
    let taken_over = [KindName::Crash, KindName::Pause, KindName::Move];
    for group in groups(&found.causes) {
        let others: Vec<_> =
            group.kinds.iter().filter(|&&kind| kind != KindName::UserDiffers).collect();
        assert_eq!((group.kinds.len(), others.len()), (2, 1), "{:?}", group.kinds);
        assert!(taken_over.contains(others[0]), "{:?}", group.kinds);
    }
}

#[test]
fn checkpointed_no_two_faults_of_any_kind_break_it() {
    let trial = plan_of(FILE, "outputs = \"checkpoint\"");
    let found = search(&trial, &space(&trial, 2), 2);
    let certificate = found.certificate().expect("a certificate");
    assert_eq!(certificate, "no schedule of at most 2 of these faults breaks it");
    // A crash before its first commit makes a second execution, whose answer is the only one that counts.
    assert!(found.total().runs > 10_000);
    // There is no queue and no group, and nobody calls a service.
    let nowhere =
        [KindName::Redeliver, KindName::CallUnknown, KindName::Gone, KindName::Disconnect];
    assert_eq!(found.never_placed(), nowhere);
}
