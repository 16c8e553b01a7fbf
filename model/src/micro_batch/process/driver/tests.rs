//! Each part of a driver is part of the state, and so is what it may yet wait for.

use super::{BatchDriver, DriverStage};
use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
use crate::micro_batch::design::Design;
use crate::micro_batch::kept::Kept;
use crate::micro_batch::message::{ExecutorLife, TaskName, Timer};
use crate::micro_batch::settings::Settings;
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::time::Time;

const TASK: TaskName = TaskName { batch: 1, shard: SHARD, attempt: 1 };

#[test]
fn each_part_of_a_driver_is_told() {
    let steps = steps().map(|step| (step, true, None)).to_vec();
    let design = Design::new(steps, Settings::FIRST).expect("a chain");
    let shared = Kept::default();
    let of = ToldWorld { design: &design, shared: &shared };
    assert_each_is_told(
        &BatchDriver::new(SHARD),
        |driver, state| driver.tell_state(of, state),
        &[
            &|it| it.life = 1,
            &|it| it.stage = DriverStage::Running,
            &|it| it.stage = DriverStage::Finished,
            &|it| ignore(it.executors.insert(SHARD, ExecutorLife { token: 1, turn: 1 })),
            &|it| ignore(it.executors.insert(SHARD, ExecutorLife { token: 1, turn: 2 })),
            &|it| it.fresh = 1,
            &|it| it.batch = 1,
            &|it| it.row.by = 1,
            &|it| it.row.starts.push(1),
            &|it| it.row.ends.push(1),
            &|it| it.row.watermark = Time(1),
            &|it| it.row.before = Time(1),
            &|it| it.row.time = Time(1),
            &|it| ignore(it.row.states.insert(SHARD, TASK)),
            &|it| ignore(it.base.insert(SHARD, TASK)),
            &|it| it.begun = Some(Time(1)),
            &|it| it.remembered = Time(1),
            &|it| ignore(it.run.grants.insert(SHARD, TASK)),
            &|it| it.result.by = 1,
            &|it| it.unpublished = 1,
        ],
    );
}

#[test]
fn what_was_set_for_a_request_may_be_taken_for_a_wait_of_another_one() {
    // A driver that ends itself numbers its requests anew when it begins again.
    let mut driver = BatchDriver::new(SHARD);
    driver.life = 2;
    let retry = Timer::Retry { call: 1, waits: 1, word: 0 };
    assert!(!driver.awaits(retry) && driver.may_await(retry));
    let of_life = |life| Timer::Overdue { life, task: TASK };
    assert!(driver.may_await(of_life(2)) && !driver.may_await(of_life(1)));
}
