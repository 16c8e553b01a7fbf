//! The greatest figures that a design must be built for: how old a copy was that a step met, and how long a request
//! was repeated. Only a run in detail asks.

use super::verdict::text_of;
use super::{InDetail, Ledger};
use crate::outcome::Extreme;
use crate::sources::Sources;
use hashbrown::HashMap;
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Names, Vocabulary};
use onceproof_kernel::record::RecordId;
use onceproof_kernel::time::{Nanos, Time};
use rustc_hash::FxBuildHasher;
use std::collections::BTreeMap;

/// What a run in detail keeps for this.
#[derive(Clone, Debug, Default)]
pub(super) struct Extremes {
    /// When a shard first committed something of each record.
    committed: HashMap<(ShardIndex, Name), Time, FxBuildHasher>,
    /// When each request was first sent. What another execution made has an id of its own where ids are fresh, and what
    /// was published to a queue again has another time of publication.
    sent: HashMap<Sending, Time, FxBuildHasher>,
    /// By source record: each first time that something of it was sent again from one step to another.
    again: HashMap<Name, Vec<Again>, FxBuildHasher>,
    copies: Greatest,
    retries: Greatest,
}

/// Something was sent again.
#[derive(Clone, Copy, Debug)]
struct Again {
    from: StepIndex,
    to: StepIndex,
    /// How long after the first time.
    after: Nanos,
}

/// A request: from where to where, with which record, of which publication.
type Sending = ((ShardIndex, ShardIndex), Name, RecordId, Option<Time>);

/// The greatest of each step, and of which record it is.
type Greatest = BTreeMap<StepIndex, (Nanos, Name)>;

impl Ledger {
    /// A commit of a shard that says something of a record was applied.
    pub fn committed(&mut self, shard: ShardIndex, name: Name, now: Time) {
        if let Some(detail) = &mut self.detail {
            detail.extremes.committed.entry((shard, name)).or_insert(now);
        }
    }

    /// A shard of a step looks at a record: a copy, if something of it is committed there.
    pub fn meets(&mut self, shard: ShardIndex, name: Name, now: Time) {
        let step = self.shard_steps[shard.at()];
        let Some(detail) = &mut self.detail else { return };
        if let Some(&first) = detail.extremes.committed.get(&(shard, name)) {
            let age = now.0.abs_diff(first.0);
            keep_greatest(&mut detail.extremes.copies, step, age, name);
        }
    }

    /// A record is sent from a shard to a shard, for the first time or again. Of what a queue handed out it is known when
    /// the message was published.
    pub fn sent(
        &mut self,
        way: (ShardIndex, ShardIndex),
        (name, id): (Name, RecordId),
        published: Option<Time>,
        now: Time,
        names: &Names,
    ) {
        let (step, to) = (self.shard_steps[way.0.at()], self.shard_steps[way.1.at()]);
        let Some(InDetail { extremes, .. }) = &mut self.detail else { return };
        let first = *extremes.sent.entry((way, name, id, published)).or_insert(now);
        if first < now {
            let length = now.0.abs_diff(first.0);
            keep_greatest(&mut extremes.retries, step, length, name);
            if let Some(source) = names.source_of(name) {
                let again = extremes.again.entry(source).or_default();
                if !again.iter().any(|other| (other.from, other.to) == (step, to)) {
                    again.push(Again { from: step, to, after: length });
                }
            }
        }
    }

    /// Which step first sent something of a source record again, to a step or to one that leads there, and how long
    /// after the first time. What is sent on further down does no harm to it.
    pub(super) fn sent_again(
        &self,
        source: Name,
        step: StepIndex,
        layout: &Layout,
    ) -> Option<(StepIndex, Nanos)> {
        let again = self.detail.as_ref()?.extremes.again.get(&source)?;
        let first = again.iter().find(|again| layout.leads_to(again.to, layout.head(step)))?;
        Some((first.from, first.after))
    }

    /// The oldest copy that each step met, in the order of the steps.
    pub fn oldest_copies(&self, layout: &Layout, words: &Vocabulary) -> Vec<Extreme> {
        in_order(self.detail.as_ref().map(|detail| &detail.extremes.copies), layout, words)
    }

    /// For how long each step repeated a request, in the order of the steps.
    pub fn longest_retries(&self, layout: &Layout, words: &Vocabulary) -> Vec<Extreme> {
        in_order(self.detail.as_ref().map(|detail| &detail.extremes.retries), layout, words)
    }
}

/// How far the latest record of each source is behind what it has promised when it reads the record.
pub fn greatest_lags(sources: &Sources, layout: &Layout, words: &Vocabulary) -> Vec<Extreme> {
    let mut greatest = Greatest::new();
    sources.each(|step, row, promise| {
        if row.event_time < promise {
            keep_greatest(&mut greatest, step, promise.0.abs_diff(row.event_time.0), row.name);
        }
    });
    in_order(Some(&greatest), layout, words)
}

/// Keeps the first of the greatest.
fn keep_greatest(of: &mut Greatest, step: StepIndex, nanos: Nanos, name: Name) {
    let greatest = of.entry(step).or_insert((nanos, name));
    if nanos > greatest.0 {
        *greatest = (nanos, name);
    }
}

fn in_order(of: Option<&Greatest>, layout: &Layout, words: &Vocabulary) -> Vec<Extreme> {
    let extreme = |(&step, &(nanos, name)): (&StepIndex, &(Nanos, Name))| Extreme {
        step,
        nanos,
        record: text_of(name, layout, words),
    };
    of.into_iter().flatten().map(extreme).collect()
}
