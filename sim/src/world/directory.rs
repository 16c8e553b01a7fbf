//! Who has which shard: the store's grants, as the store knows them and, a little later, as senders do.
//! Where nothing was ever granted anew, every shard is where it was placed at the start.

use onceproof_kernel::copied_by_field;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Nanos;

/// Where each shard is and was.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Where each shard was placed at the start.
    homes: Vec<u32>,
    /// What was granted since then, in order.
    grants: Vec<Vec<Grant>>,
    lag: Nanos,
    /// When the last grant was made.
    granted_at: Option<u64>,
}

copied_by_field!(Directory { homes, grants, lag, granted_at });

#[derive(Clone, Copy, Debug)]
struct Grant {
    at: u64,
    /// The first token of this owner.
    token: u64,
    host: u32,
}

impl Directory {
    pub fn new(shards: usize, hosts: usize, lag: Nanos) -> Directory {
        Directory {
            homes: (0..shards).map(|shard| (shard % hosts) as u32).collect(),
            grants: vec![Vec::new(); shards],
            lag,
            granted_at: None,
        }
    }

    /// Forgets all grants.
    pub fn reset(&mut self) {
        for grants in &mut self.grants {
            grants.clear();
        }
        self.granted_at = None;
    }

    /// A shard is granted to a worker, whose first token is this.
    pub fn grant(&mut self, shard: ShardIndex, host: u32, token: u64, at: u64) {
        self.grants[shard.at()].push(Grant { at, token, host });
        self.granted_at = Some(at);
    }

    /// Where a shard was placed at the start.
    pub fn home(&self, shard: ShardIndex) -> u32 {
        self.homes[shard.at()]
    }

    /// Where a sender looks for a shard: where it was a while ago.
    pub fn look_up(&self, shard: ShardIndex, now: u64) -> u32 {
        self.last(shard, |grant| grant.at.saturating_add(self.lag) <= now)
    }

    /// When every sender knows of every grant that was made.
    pub fn known_at(&self) -> u64 {
        self.granted_at.map_or(0, |at| at.saturating_add(self.lag))
    }

    /// Where a shard was under a token.
    pub fn under(&self, shard: ShardIndex, token: u64) -> u32 {
        self.last(shard, |grant| grant.token <= token)
    }

    /// Where each shard is. Every sender knows, else it cannot be told.
    pub fn tell_state(&self, now: u64, state: &mut WorldState) {
        let Directory { homes, grants, lag, granted_at: _ } = self;
        for shard in (0..homes.len() as u32).map(ShardIndex) {
            let host = self.last(shard, |_| true);
            // Also where it went there and back: senders learn of each in turn.
            let is_known = |grant: &Grant| grant.at.saturating_add(*lag) <= now;
            state.requires(grants[shard.at()].last().is_none_or(is_known));
            state.add(host);
        }
    }

    /// Adds where each shard was, for what hangs on earlier lives.
    pub fn tell_earlier_lives(&self, state: &mut WorldState) {
        for grants in &self.grants {
            state.add_list(grants.iter().map(|grant| (grant.token, grant.host)));
        }
    }

    fn last(&self, shard: ShardIndex, is_meant: impl Fn(&&Grant) -> bool) -> u32 {
        // Most runs grant nothing.
        if self.granted_at.is_none() {
            return self.homes[shard.at()];
        }
        let found = self.grants[shard.at()].iter().rev().find(is_meant);
        found.map_or(self.homes[shard.at()], |grant| grant.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_learn_of_a_grant_after_the_lag_and_replies_go_by_token() {
        // Shard 1 of 3 is on worker 1 of 2 at the start; worker 0 has it at 100 under token 2.
        let mut directory = Directory::new(3, 2, 20);
        let shard = ShardIndex(1);
        directory.grant(shard, 0, 2, 100);
        assert_eq!(directory.look_up(shard, 119), 1);
        assert_eq!(directory.look_up(shard, 120), 0);
        assert_eq!(directory.under(shard, 1), 1);
        assert_eq!(directory.under(shard, 2), 0);
        assert_eq!(directory.under(shard, 7), 0);
        // Shard 2 is on worker 2 mod 2.
        assert_eq!(directory.look_up(ShardIndex(2), 500), 0);
    }
}
