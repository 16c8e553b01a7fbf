//! What a worker asks, in the words of the shuffle, made of what any process may ask.

use super::change::{Content, Scan};
use super::effect::{Dropped, Env, FilterSaid};
use super::record::Record;
use super::told::Story;
use super::{Dataflow, point};
use onceproof_kernel::env::{self, Decision, Note};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;

/// Tells something, if anybody reads the trace.
fn tell(env: &mut impl env::Env<Dataflow>, story: Story) {
    if env.is_traced() {
        env.decides(Decision::Own(&|| Told::new(story)));
    }
}

impl<E: env::Env<Dataflow>> Env for E {
    fn scan(&mut self, shard: ShardIndex) -> Scan {
        self.charge();
        let scan = self.rows(shard).scan(&self.words().keys);
        if self.is_traced() {
            let (outputs, windows, owed) = (scan.held.len(), scan.windows.len(), scan.owed.len());
            let token = self.token(shard);
            tell(self, Story::Starts { token, outputs, windows, owed });
        }
        scan
    }

    fn admit(&mut self, shard: ShardIndex, step: StepIndex, name: Name) {
        self.decides(Decision::Takes(name));
        self.before(shard, step, point::ADMIT, name);
        if self.is_detailed() {
            self.notes(shard, Note::LooksAt(name));
        }
    }

    fn drops(&mut self, shard: ShardIndex, name: Name, dropped: Dropped) {
        // Whoever is dead was told that everything is known, and drops nothing.
        if self.is_dead() {
            return;
        }
        tell(self, Story::Drops { record: name, why: dropped });
        if dropped == Dropped::Duplicate {
            if self.is_detailed() {
                self.notes(shard, Note::DropsKnown(name));
            }
            if !self.is_first_life() {
                self.reach(point::DUPLICATE_DROPPED_AFTER_RESTART);
            }
        }
        self.reach(match dropped {
            Dropped::Duplicate => point::DUPLICATE_DROPPED,
            Dropped::Remnant => point::REMNANT_DROPPED,
            Dropped::Old => point::OLD_DROPPED,
        });
    }

    fn is_known(&mut self, shard: ShardIndex, record: &Record, filter: Option<FilterSaid>) -> bool {
        if self.is_dead() {
            return true;
        }
        let Record { key, id, name, .. } = *record;
        self.charge();
        self.count(point::CATALOG_READS);
        let now = self.now();
        let catalog = &self.rows(shard).catalog;
        let is_known = catalog.knows(key, id, now);
        if is_known && catalog.is_refreshed(key, id) {
            self.rows_that_change(shard).catalog.refresh(key, id, now);
        }
        tell(self, Story::LooksUp { record: name, key, filter, catalog: Some(is_known) });
        if is_known && self.is_detailed() {
            self.notes(shard, Note::Found(key, id));
        }
        is_known
    }

    fn filter_said(
        &mut self,
        shard: ShardIndex,
        token: u64,
        record: &Record,
        said: FilterSaid,
        is_last: bool,
    ) {
        if self.is_dead() {
            return;
        }
        let mut is_mistaken = false;
        match said {
            FilterSaid::New => {
                self.reach(point::FILTER_SAVED_READ);
                // In a sweep only what is committed twice is noticed, when it is.
                if self.is_detailed() {
                    let is_owner = token == self.token(shard);
                    self.rows(shard).check_new(is_owner, record, self.now());
                }
            }
            FilterSaid::MayBeKnown => {
                let catalog = &self.rows(shard).catalog;
                is_mistaken = !catalog.knows(record.key, record.id, self.now());
                if is_mistaken {
                    self.count(point::BLOOM_FALSE_POSITIVES);
                }
            }
            FilterSaid::NotReady => {}
        }
        if self.is_detailed() {
            self.notes(shard, Note::Guessed(record.name, is_mistaken));
        }
        // If the catalog is asked next, both are told together.
        if is_last {
            let (name, key) = (record.name, record.key);
            tell(self, Story::LooksUp { record: name, key, filter: Some(said), catalog: None });
        }
    }

    fn scan_ids(
        &mut self,
        shard: ShardIndex,
        first: Time,
        last: Time,
        found: &mut Vec<(Key, RecordId, Time)>,
    ) {
        self.charge();
        self.rows(shard).catalog.scan(first, last, self.now(), found);
        tell(self, Story::ReadsIds { ids: found.len() });
    }

    fn apply(&mut self, shard: ShardIndex, step: StepIndex, name: Name) {
        self.before(shard, step, point::APPLY, name);
    }

    fn content(&mut self, shard: ShardIndex, key: Key, start: Time) -> Content {
        self.charge();
        match self.rows(shard).content(key, start) {
            None => Content::default(),
            Some((content, pile)) => Content { lineage: self.read_pile(pile), ..content },
        }
    }
}
