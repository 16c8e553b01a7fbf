//! Entries: what functions put at a service, one entry per key of a step. The last put stands, whoever made it
//! and however late. A fenced one carries the token of its caller's lease, and is refused where the service
//! knows of a newer one.
//!
//! It knows the newest token of each shard, and not of each key: a new owner announces its token as it takes it
//! and before it does anything else, when it cannot know yet which keys it will put. Like taking a token, that
//! takes no time. To compare with the token under which the key was put last is not enough, though it takes two
//! faults to show it (`Defect::TokenNotAnnounced`):
//!
//! 1. The old owner puts and commits two records of a key, and stands still with a copy of the first.
//! 2. The new owner acks a copy as a duplicate. Nothing is left to come, so the id is forgotten.
//! 3. The old owner goes on: the catalog does not have the id of its copy, so it puts the first record. The new
//!    owner never put anything under the key.

use hashbrown::HashMap;
use onceproof_kernel::call::Answer;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use rustc_hash::FxBuildHasher;

/// The entries of all steps that put some.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    /// The record whose entry stands.
    standing: HashMap<(StepIndex, Key), Name, FxBuildHasher>,
    /// The newest token that was seen of each shard.
    tokens: HashMap<ShardIndex, u64, FxBuildHasher>,
}

/// An entry that is not that of the record committed last for its key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stale {
    pub step: StepIndex,
    /// The record whose entry stands.
    pub stands: Name,
    /// The record that was committed last.
    pub newest: Name,
}

impl Entries {
    pub fn clear(&mut self) {
        self.standing.clear();
        self.tokens.clear();
    }

    /// Older tokens of this shard are refused from now on.
    pub fn announce(&mut self, shard: ShardIndex, token: u64) {
        let newest = self.tokens.entry(shard).or_default();
        *newest = token.max(*newest);
    }

    /// Puts the entry of a key, whatever is there.
    pub fn put(&mut self, step: StepIndex, key: Key, name: Name) {
        self.standing.insert((step, key), name);
    }

    /// The same under a token of a shard, unless there is a newer one.
    pub fn put_fenced(
        &mut self,
        (shard, token): (ShardIndex, u64),
        step: StepIndex,
        key: Key,
        name: Name,
    ) -> Answer {
        self.announce(shard, token);
        if token < self.tokens[&shard] {
            return Answer::Fenced;
        }
        self.put(step, key, name);
        Answer::Done
    }

    /// The entries that are not those of the records committed last, in no order. A key of which no record
    /// was committed has no entry that would be right.
    pub fn stale(
        &self,
        newest: impl Fn(StepIndex, Key) -> Option<Name>,
    ) -> impl Iterator<Item = Stale> {
        self.standing.iter().filter_map(move |(&(step, key), &stands)| {
            let newest = newest(step, key)?;
            (stands != newest).then_some(Stale { step, stands, newest })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: StepIndex = StepIndex(1);
    const SHARD: ShardIndex = ShardIndex(1);
    const OTHER: ShardIndex = ShardIndex(2);
    const ANN: Key = Key(0);
    const BOB: Key = Key(1);
    const OLD: Name = Name(0);
    const NEW: Name = Name(1);

    #[test]
    fn an_older_token_is_refused_wherever_a_newer_one_is_known() {
        let mut entries = Entries::default();
        assert_eq!(entries.put_fenced((SHARD, 1), STEP, ANN, OLD), Answer::Done);
        entries.announce(SHARD, 2);
        assert_eq!(entries.put_fenced((SHARD, 1), STEP, ANN, OLD), Answer::Fenced);
        // One owner puts as often as it likes.
        assert_eq!(entries.put_fenced((SHARD, 2), STEP, ANN, NEW), Answer::Done);
        assert_eq!(entries.put_fenced((SHARD, 2), STEP, ANN, NEW), Answer::Done);
        // Another key of the shard is refused as well, and another shard has tokens of its own.
        assert_eq!(entries.put_fenced((SHARD, 1), STEP, BOB, OLD), Answer::Fenced);
        assert_eq!(entries.put_fenced((OTHER, 1), STEP, BOB, NEW), Answer::Done);
        assert_eq!(entries.stale(|_, _| Some(NEW)).count(), 0);
    }

    #[test]
    fn a_token_is_learned_by_a_put_where_nobody_announced_it() {
        let mut entries = Entries::default();
        assert_eq!(entries.put_fenced((SHARD, 2), STEP, ANN, NEW), Answer::Done);
        assert_eq!(entries.put_fenced((SHARD, 1), STEP, ANN, OLD), Answer::Fenced);
    }

    #[test]
    fn without_a_token_the_last_put_stands() {
        let mut entries = Entries::default();
        entries.put(STEP, ANN, NEW);
        entries.put(STEP, ANN, OLD);
        let stale: Vec<Stale> = entries.stale(|_, _| Some(NEW)).collect();
        assert_eq!(stale, [Stale { step: STEP, stands: OLD, newest: NEW }]);
        assert_eq!(entries.stale(|_, _| None).count(), 0);
    }
}
