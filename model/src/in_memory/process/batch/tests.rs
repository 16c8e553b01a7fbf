//! Each part of the batch leg is part of the state.

use super::{BatchLeg, Due, Logged, Results};
use crate::each_told::{SHARD, assert_each_is_told, ignore};
use crate::stream::Sum;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::Value;
use onceproof_kernel::source::SourceRow;
use onceproof_kernel::time::Time;

#[test]
fn each_part_of_the_batch_leg_is_told() {
    let source = StepIndex(0);
    let row = SourceRow {
        name: Name(0),
        key: Key(0),
        id: None,
        event_time: Time(0),
        arrival: Time(0),
        value: Value::Integer(1),
        promise: Time(0),
        is_repeat: false,
    };
    let lands = |weight, since| {
        let mut results = Results::default();
        *results.of(source, (Key(0), Time(0))) = Sum { weight, ..Sum::default() };
        Due::Lands(results, since)
    };
    assert_each_is_told(
        &BatchLeg::default(),
        |leg, state| leg.tell_state(SHARD, state),
        &[
            &|leg| ignore(leg.log.insert(Time(0), Vec::new())),
            &|leg| ignore(leg.log.insert(Time(0), vec![Logged { source, row }])),
            &|leg| leg.read.push((source, SHARD, 0)),
            &|leg| leg.read.push((source, SHARD, 1)),
            &|leg| ignore(leg.due.insert(Time(0), Due::Reads)),
            &|leg| ignore(leg.due.insert(Time(1), Due::Reads)),
            &|leg| ignore(leg.due.insert(Time(0), Due::OnItsWay)),
            &|leg| ignore(leg.due.insert(Time(0), lands(1, None))),
            &|leg| ignore(leg.due.insert(Time(0), lands(2, None))),
            &|leg| ignore(leg.due.insert(Time(0), lands(1, Some(Time(1))))),
            &|leg| ignore(leg.landing.insert(0, Time(0))),
            &|leg| ignore(leg.landing.insert(1, Time(0))),
        ],
    );
}
