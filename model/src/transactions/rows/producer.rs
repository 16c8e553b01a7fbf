//! What a partition knows of a producer. It follows from the log, and is forgotten when the producer is idle.

use crate::transactions::message::Producer;
use crate::transactions::settings::Settings;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use std::collections::VecDeque;

/// What is known of one producer, but for its last batches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Known {
    /// The epoch of its last entry or marker.
    pub epoch: u32,
    /// The sequence number of the next batch.
    pub next: u32,
    /// The first offset of its open transaction.
    pub open: Option<u64>,
    /// The token of the coordinator that wrote the last marker.
    pub coordinator: u64,
    /// When it last wrote.
    used: Time,
}

/// All producers that a partition knows, each with its last batches and their offsets, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Producers(SortedMap<u32, (Known, VecDeque<(u32, u64)>)>);

impl Known {
    /// Whether anything was ever appended in its epoch, as far as is known.
    pub fn has_appended(&self) -> bool {
        self.next > 0
    }

    fn is_over(&self, now: Time, settings: &Settings) -> bool {
        let is_idle = settings.producer_expiry.is_some_and(|expiry| self.used.plus(expiry) <= now);
        is_idle && (self.open.is_none() || settings.expires_open)
    }
}

impl Producers {
    /// Adds what is known of each. When one last wrote decides whether it is forgotten, where any is.
    pub fn tell_state(&self, settings: &Settings, state: &mut WorldState) {
        let Producers(all) = self;
        state.add(all.len());
        for (id, (known, batches)) in all {
            let Known { epoch, next, open, coordinator, used } = known;
            state.add((id, epoch, next, open, coordinator, batches));
            state.add(settings.producer_expiry.map(|_| used));
        }
    }

    /// What is known of one now.
    pub fn of(&self, id: u32, now: Time, settings: &Settings) -> Option<Known> {
        self.0.get(&id).map(|(known, _)| *known).filter(|known| !known.is_over(now, settings))
    }

    /// The offset of a batch of one that was appended before, if it is among the last.
    pub fn offset_of(&self, id: u32, sequence: u32) -> Option<u64> {
        let (_, batches) = self.0.get(&id)?;
        batches.iter().find(|&&(known, _)| known == sequence).map(|&(_, offset)| offset)
    }

    /// An entry is appended.
    pub fn append(
        &mut self,
        producer: Producer,
        batch: Option<(u32, u64)>,
        open: u64,
        now: Time,
        settings: &Settings,
    ) {
        let (known, batches) = self.forget_idle(producer.id, now, settings);
        if producer.epoch > known.epoch {
            known.epoch = producer.epoch;
            batches.clear();
        }
        if let Some((sequence, offset)) = batch {
            known.next = sequence + 1;
            batches.push_back((sequence, offset));
            if batches.len() > settings.batches as usize {
                batches.pop_front();
            }
        }
        known.used = now;
        known.open.get_or_insert(open);
    }

    /// A marker is appended; the first offset of what it ends.
    pub fn end(
        &mut self,
        producer: Producer,
        coordinator: u64,
        now: Time,
        settings: &Settings,
    ) -> Option<u64> {
        let (known, batches) = self.forget_idle(producer.id, now, settings);
        if producer.epoch > known.epoch {
            known.next = 0;
            batches.clear();
        }
        known.epoch = producer.epoch;
        known.coordinator = coordinator;
        known.used = now;
        known.open.take()
    }

    /// The first offset of any open transaction.
    pub fn first_open(&self) -> Option<u64> {
        self.0.values().filter_map(|(known, _)| known.open).min()
    }

    /// How many transactions are open.
    pub fn open(&self) -> u64 {
        self.0.values().filter(|(known, _)| known.open.is_some()).count() as u64
    }

    fn forget_idle(
        &mut self,
        id: u32,
        now: Time,
        settings: &Settings,
    ) -> &mut (Known, VecDeque<(u32, u64)>) {
        self.0.retain(|_, (known, _)| !known.is_over(now, settings));
        self.0.or_default(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactions::settings::Settings;

    #[test]
    fn when_a_producer_wrote_last_is_told_where_it_is_forgotten_by_that() {
        let state = |producer_expiry, now| {
            let settings = Settings { producer_expiry, ..Settings::FIRST };
            let mut producers = Producers::default();
            producers.append(Producer::default(), Some((0, 0)), 0, Time(now), &settings);
            let mut state = WorldState::default();
            producers.tell_state(&settings, &mut state);
            state.state()
        };
        assert_eq!(state(None, 1), state(None, 2));
        assert_ne!(state(Some(5), 1), state(Some(5), 2));
    }
}
