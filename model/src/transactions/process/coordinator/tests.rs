//! Each part of the coordinator is part of the state.

use super::super::caller::Caller;
use super::super::desk::DeskWork;
use super::Coordinator;
use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
use crate::transactions::design::Design;
use crate::transactions::message::{KeptBatches, Timer};
use crate::transactions::settings::Settings;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::time::Time;

#[test]
fn each_part_of_the_coordinator_is_told() {
    let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
    let (design, shared) = (design.expect("a chain"), KeptBatches::default());
    let of = ToldWorld { design: &design, shared: &shared };
    let caller = Caller::new(SHARD, StepIndex(0));
    let timed_out = |start| DeskWork::Woken(Timer::TimedOut { id: 0, start: Time(start) });
    assert_each_is_told(
        &Coordinator::default(),
        |coordinator, state| coordinator.tell_state(&caller, of, state),
        &[
            &|it| it.desk.take(timed_out(1)),
            &|it| it.desk.take(timed_out(2)),
            &|it| ignore(it.unacked.insert(0, [SHARD].into_iter().collect())),
            &|it| ignore(it.sent.insert(8, 0)),
            &|it| ignore(it.sent.insert(9, 0)),
            &|it| ignore(it.open.insert(0, Time(1))),
            &|it| ignore(it.open.insert(0, Time(2))),
            &|it| it.decided = Some(0),
        ],
    );
}
