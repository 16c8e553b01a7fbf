//! Who puts into words what a system tells of itself.

use super::text::Seen;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::told::Speaker;

/// An event, and what the commit is about of whose changes is spoken.
pub(super) struct Speaking<'a> {
    pub seen: &'a Seen<'a>,
    pub about: Option<Subject>,
}

impl Speaker for Speaking<'_> {
    fn who(&self) -> String {
        self.seen.who()
    }

    fn worker(&self) -> u32 {
        self.seen.event.actor.map_or(0, |actor| actor.worker)
    }

    fn name(&self, name: Name) -> String {
        self.seen.name(name)
    }

    fn key(&self, key: Key) -> &str {
        self.seen.key(key)
    }

    fn shard(&self, shard: ShardIndex) -> String {
        self.seen.shard(shard)
    }

    fn step(&self, step: StepIndex) -> &str {
        self.seen.step(step)
    }

    fn is_about(&self, name: Name) -> bool {
        self.about == Some(Subject::Record(name))
    }
}
