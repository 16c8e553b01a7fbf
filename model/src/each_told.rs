//! What a test asks of all who tell their state: each part that decides anything is part of it.

use crate::pipeline::{Step, StepKind};
use crate::stream::Record;
use crate::window::Windowing;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Failing, ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::source::Progress;
use onceproof_kernel::state::{Life, WorldState};
use onceproof_kernel::tell::Tag;
use onceproof_kernel::time::{SECOND, Time};

/// A shard.
pub const SHARD: ShardIndex = ShardIndex(0);

/// Two sources and a count of both.
pub fn steps() -> [Step; 2] {
    let step = |name: &str, kind, shards, from| Step {
        name: name.to_owned(),
        kind,
        from,
        shards,
        failing: Failing::default(),
    };
    let source = StepKind::Source { watermark: Progress::Perfect, queue: None };
    let count = StepKind::Count(Windowing { length: 60 * SECOND, lateness: 0 });
    [step("events", source, 2, Vec::new()), step("per-user", count, 1, vec![StepIndex(0)])]
}

/// A record.
pub fn record() -> Record {
    Record {
        tag: Tag { name: Name(0), lineage: 0 },
        key: Key(0),
        id: RecordId(0),
        event_time: Time(0),
        weight: 1,
        value: Value::Integer(1),
    }
}

/// What a change answers means nothing here.
pub fn ignore<T>(_: T) {}

/// Asserts that after each of these changes the state is another one, as it is, and not that after any other change.
pub fn assert_each_is_told<T: Clone>(
    whole: &T,
    tell: impl Fn(&T, &mut WorldState),
    changes: &[&dyn Fn(&mut T)],
) {
    let state = |of: &T| {
        let mut state = WorldState::of(vec![Life { token: 1, serials: 9, commits: 0 }; 32]);
        tell(of, &mut state);
        state.state().expect("it can be told")
    };
    let mut states = vec![state(whole)];
    for (number, change) in (1..).zip(changes) {
        let mut changed = whole.clone();
        change(&mut changed);
        let after = state(&changed);
        if let Some(other) = states.iter().position(|&before| before == after) {
            panic!("after change {number} the state is that after change {other}");
        }
        states.push(after);
    }
}
