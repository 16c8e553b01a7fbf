//! Each part of an executor is part of the state.

use super::{DriverDesk, ExecutorHost, FileOfTask};
use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
use crate::micro_batch::design::Design;
use crate::micro_batch::kept::{BatchState, Kept};
use crate::micro_batch::message::{StateVersion, TaskName};
use crate::micro_batch::settings::Settings;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::tell::Pile;

const TASK: TaskName = TaskName { batch: 1, shard: SHARD, attempt: 1 };

#[test]
fn each_part_of_an_executor_is_told() {
    let steps = steps().map(|step| (step, true, None)).to_vec();
    let design = Design::new(steps, Settings::FIRST).expect("a chain");
    let mut shared = Kept::default();
    let states = [0, 1].map(|piles| {
        let added = vec![Pile::default(); piles];
        shared.keep(BatchState { added, ..BatchState::default() }, 0)
    });
    let file: FileOfTask = [(SHARD, shared.keep(Vec::new(), 0))].into_iter().collect();
    let of = ToldWorld { design: &design, shared: &shared };
    let mut executor = ExecutorHost::new(SHARD);
    executor.desks.push(DriverDesk {
        driver: 1,
        owner: 1,
        turn: 1,
        newest: 0,
        tasks: SortedMap::new(),
        asked: SortedSet::new(),
        files: SortedMap::new(),
        states: SortedMap::new(),
    });
    let name = (SHARD, StateVersion { version: 1, by: Some(TASK) });
    assert_each_is_told(
        &executor,
        |executor, state| executor.tell_state(of, state),
        &[
            &|it| it.token = 1,
            &|it| it.drivers = 1,
            &|it| it.desks.clear(),
            &|it| it.desks[0].driver = 2,
            &|it| it.desks[0].owner = 2,
            &|it| it.desks[0].turn = 2,
            &|it| it.desks[0].newest = 1,
            &|it| ignore(it.desks[0].asked.insert(TASK)),
            &|it| ignore(it.desks[0].files.insert(TASK, FileOfTask::new())),
            &|it| ignore(it.desks[0].files.insert(TASK, file.clone())),
            &|it| ignore(it.desks[0].states.insert(name, states[0])),
            &|it| ignore(it.desks[0].states.insert(name, states[1])),
        ],
    );
}
