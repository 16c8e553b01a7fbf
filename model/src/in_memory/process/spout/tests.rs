//! Each part of a spout is part of the state.

use super::*;
use crate::each_told::{SHARD, assert_each_is_told, ignore};

#[test]
fn each_part_of_a_spout_is_told() {
    let of = |offset| Open { origin: Origin::Log(offset), name: Name(0) };
    assert_each_is_told(
        &Spout::default(),
        |spout, state| spout.tell_state(SHARD, state),
        &[
            &|spout| spout.next = 1,
            &|spout| spout.opened = 1,
            &|spout| ignore(spout.open.insert(1, of(0))),
            &|spout| ignore(spout.open.insert(2, of(0))),
            &|spout| ignore(spout.open.insert(1, of(1))),
            &|spout| ignore(spout.complete.insert(1)),
            &|spout| spout.prefix = 1,
            &|spout| spout.highest = 1,
            &|spout| spout.committed = 1,
            &|spout| spout.committing = Some(0),
            &|spout| spout.committing = Some(1),
            &|spout| spout.woken_at = Some(Time(1)),
            &|spout| spout.held.push(Emission { of: of(0), leaving: None }),
            &|spout| spout.held.push(Emission { of: of(0), leaving: Some(Leaving::new()) }),
        ],
    );
}
