//! What of a world is part of its state, beside what processes and rows say of themselves.

use super::*;
use crate::fault::Direction;
use crate::network::Cut;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::Request;
use onceproof_kernel::name::Name;
use onceproof_model::in_memory::message::{Dispatch, Root, Timer};
use onceproof_model::in_memory::settings::{Approach, Settings};
use onceproof_model::in_memory::{self, InMemory};

/// What is done to a world.
type Change<'c, 'w> = &'c dyn Fn(&mut World<'w, InMemory>);

/// The acker has moved, and the process that was it goes on.
#[test]
fn a_process_that_has_lost_its_shard_and_a_link_that_is_cut_are_part_of_the_state() {
    let steps = chain().map(|step| (step, true)).to_vec();
    let settings = Settings::of(Approach::AtLeastOnce);
    let design = in_memory::Design::new(steps, settings).expect("a chain");
    let acker = design.acker().expect("it follows trees");
    let (_, mut plan) = plan(Vec::new());
    plan.until.calm = Some(60 * SECOND);
    let cut = |until| Cut { from: 0, to: 1, direction: Direction::Both, until };
    let init = |number| {
        let rpc = Rpc { slot: 0, attempt: 1, serial: Serial::new(1, 100) };
        let root = Root { spout: ShardIndex(0), token: 1, number };
        let body = Dispatch::Init { name: Name(0), root, edges: 1 };
        Input::Request(Request { from: ShardIndex(0), to: acker, rpc, body })
    };
    let changes: &[Change<'_, '_>] = &[
        &|_| {},
        &|world| world.zombies.clear(),
        &|world| world.zombies[0].host ^= 1,
        &|world| world.deliver(world.zombies[0].who, &init(7)),
        &|world| world.deliver(world.zombies[0].who, &init(8)),
        &|world| world.deliver(world.owner(acker), &init(7)),
        &|world| world.links.cut(cut(20 * SECOND), SECOND),
        &|world| world.links.cut(cut(30 * SECOND), SECOND),
        &|world| world.links.cut(cut(30 * SECOND), 2 * SECOND),
        &|world| world.owners[0].host ^= 1,
    ];
    let mut states = Vec::new();
    for change in changes {
        let mut world: World<'_, InMemory> = World::new(&design, &plan);
        world.reset(None, false);
        assert_eq!(world.run(&AtomicBool::new(false), |_, _| {}), Some(End::Drained));
        world.move_shard(acker);
        world.step(Event::Boot { shard: acker, life: 1 });
        assert_eq!(world.zombies.len(), 1, "the acker has moved");
        change(&mut world);
        let next = Event::Wake { shard: ShardIndex(0), life: 0, timer: Timer::Input };
        // Every sender knows of the move by then.
        states.push(world.state_before(10 * SECOND, &next).expect("it can be told"));
    }
    for (at, state) in states.iter().enumerate() {
        assert!(!states[..at].contains(state), "after change {at}");
    }
}
