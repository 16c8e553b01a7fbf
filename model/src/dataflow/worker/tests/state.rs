//! What of a worker is part of the state. Each part says so of itself, so that none leans on another.

use super::*;
use crate::dataflow::change::CommitKind;
use crate::dataflow::mechanism::Ids;
use crate::dataflow::point;
use crate::dataflow::worker::arrive::gate::Gate;
use crate::dataflow::worker::held::unit::Units;
use onceproof_kernel::key::Key;
use onceproof_kernel::state::{Life, WorldState};
use onceproof_kernel::system::{Process, ToldWorld};

fn state(tell: impl FnOnce(&mut WorldState)) -> Option<u128> {
    let mut state = WorldState::default();
    tell(&mut state);
    state.state()
}

#[test]
fn a_key_that_is_busy_is_part_of_the_state_and_so_is_what_waits_for_it() {
    let after = |fill: fn(&mut Gate)| {
        let mut gate = Gate::default();
        fill(&mut gate);
        state(|state| gate.tell_state(state)).expect("it can be told")
    };
    let states = [
        after(|_| {}),
        after(|gate| assert!(gate.claim(Key::GLOBAL))),
        after(|gate| gate.queue_window(Key::GLOBAL, Time(0))),
        after(|gate| gate.queue_window(Key::GLOBAL, Time(1))),
        after(|gate| gate.queue_window(Key(1), Time(0))),
    ];
    for (at, one) in states.iter().enumerate() {
        assert!(!states[..at].contains(one), "state {at}");
    }
    let released = after(|gate| {
        gate.claim(Key(70));
        gate.release(Key(70));
    });
    assert_eq!(released, states[0]);
}

#[test]
fn a_unit_that_is_open_is_part_of_the_state_wherever_it_is_kept() {
    let of = |units: &Units| state(|state| units.tell_state(&[], state)).expect("it can be told");
    let open = |units: &mut Units| units.open(CommitKind::Commit, point::watermark(Time(0)));
    let mut units = Units::default();
    let none = of(&units);
    let first = open(&mut units);
    let alone = of(&units);
    let second = open(&mut units);
    let both = of(&units);
    assert!(alone != none && both != alone && both != none);
    assert_eq!([first, second].map(|slot| units.place(slot)), [0, 1]);
    units.close(first);
    assert_eq!((of(&units), units.place(second)), (alone, 0));
    // It is kept where the first was, and is the younger one.
    assert_eq!(open(&mut units), first);
    assert_eq!((of(&units), units.place(first), units.place(second)), (both, 1, 0));
    units.get(first).unanswered += 1;
    let younger_waits = of(&units);
    units.get(first).unanswered -= 1;
    units.get(second).unanswered += 1;
    assert!(younger_waits != both && of(&units) != both && of(&units) != younger_waits);
    units.clear();
    assert_eq!(of(&units), none);
}

#[test]
fn with_ids_that_are_new_in_each_execution_no_state_is_told() {
    let of = |ids| {
        let mut stage = Stage::map(Mechanism { ids, ..Mechanism::default() });
        stage.takes(Input::Boot, &["take token 1", "scan"]);
        let life = Life { token: 1, serials: stage.worker.serials(), commits: 0 };
        let mut state = WorldState::of(vec![life; 8]);
        stage.worker.tell_state(ToldWorld { design: &stage.design, shared: &() }, &mut state);
        state.state()
    };
    assert!(of(Ids::Derived).is_some());
    assert_eq!(of(Ids::Fresh), None);
}
