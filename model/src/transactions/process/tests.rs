//! Each part of a broker is part of the state.

use super::caller::Caller;
use super::desk::{Asker, Desk, DeskWork};
use crate::each_told::{SHARD, assert_each_is_told, steps};
use crate::transactions::Transactions;
use crate::transactions::design::Design;
use crate::transactions::message::{KeptBatches, Reply, Request, Timer};
use crate::transactions::settings::Settings;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::system::ToldWorld;

/// Who asks for a task, with the request of this number.
fn asker(serial: u64, task: u32) -> Asker {
    let rpc = Rpc { slot: 0, attempt: 0, serial: Serial::new(1, serial) };
    Asker { from: ShardIndex(1), rpc, body: Request::Fetch { task } }
}

#[test]
fn each_part_of_a_broker_is_told() {
    let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
    let (design, shared) = (design.expect("a chain"), KeptBatches::default());
    let of: ToldWorld<'_, Transactions> = ToldWorld { design: &design, shared: &shared };
    let caller = Caller::new(SHARD, StepIndex(0));
    let answered = |number| DeskWork::Answered { number, from: SHARD, reply: Reply::Done };
    let released = |reply| DeskWork::Released { asker: asker(1, 0), reply };
    let retry = |call| DeskWork::Woken(Timer::Retry { call, waits: 1, word: None });
    assert_each_is_told(
        &Desk::default(),
        |desk, state| desk.tell_state(&caller, of, state),
        &[
            &|desk| desk.take(DeskWork::Asked(asker(1, 0))),
            &|desk| desk.take(DeskWork::Asked(asker(2, 0))),
            &|desk| desk.take(DeskWork::Asked(asker(1, 1))),
            &|desk| desk.take(answered(1)),
            &|desk| desk.take(answered(2)),
            &|desk| desk.take(released(Reply::Done)),
            &|desk| desk.take(released(Reply::Again)),
            &|desk| desk.take(retry(1)),
            &|desk| desk.take(retry(2)),
            &|desk| desk.take(DeskWork::Woken(Timer::Rebalance { round: 1 })),
            &|desk| desk.take(DeskWork::Woken(Timer::Rebalance { round: 2 })),
            &|desk| {
                desk.take(retry(1));
                desk.take(retry(2));
            },
            &|desk| {
                desk.take(retry(2));
                desk.take(retry(1));
            },
        ],
    );
}
