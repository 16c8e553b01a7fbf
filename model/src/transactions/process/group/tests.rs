//! Each part of the group is part of the state.

use super::super::caller::Caller;
use super::super::desk::{Asker, DeskWork};
use super::{Group, Then};
use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
use crate::transactions::design::Design;
use crate::transactions::message::{KeptBatches, Request, Timer};
use crate::transactions::settings::Settings;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::system::ToldWorld;

#[test]
fn each_part_of_the_group_is_told() {
    let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
    let (design, shared) = (design.expect("a chain"), KeptBatches::default());
    let of = ToldWorld { design: &design, shared: &shared };
    let caller = Caller::new(SHARD, StepIndex(0));
    let asker = |number| {
        let rpc = Rpc { slot: 0, attempt: 0, serial: Serial::new(1, number) };
        Asker { from: ShardIndex(1), rpc, body: Request::Join { member: 1 } }
    };
    assert_each_is_told(
        &Group::default(),
        |group, state| group.tell_state(&caller, of, state),
        &[
            &|group| group.desk.take(DeskWork::Woken(Timer::Rebalance { round: 1 })),
            &|group| ignore(group.joined.insert(SHARD, vec![asker(1)])),
            &|group| ignore(group.joined.insert(SHARD, vec![asker(2)])),
            &|group| ignore(group.joined.insert(SHARD, Vec::new())),
            &|group| group.waits_for = Some(1),
            &|group| group.waits_for = Some(2),
            &|group| group.then = Some(Then::Given),
            &|group| group.then = Some(Then::Complete),
            &|group| group.then = Some(Then::Applied { id: 0, commits: true }),
            &|group| group.then = Some(Then::Applied { id: 0, commits: false }),
        ],
    );
}
