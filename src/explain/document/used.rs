//! What of a document's tables is written where only the story is: the records, and the faults, that it speaks of. A run of
//! fifty thousand records has megabytes of names that nothing on its page refers to.

use super::form::Document;
use std::collections::{BTreeMap, BTreeSet};

impl Document {
    /// The document without what nothing in it refers to.
    pub fn of_story(mut self) -> Document {
        let of_subjects = self.subjects.iter().flat_map(|subject| subject.of.iter().copied());
        let of_damage = self.damage.iter().filter_map(|damage| damage.record);
        let used: BTreeSet<usize> = of_subjects.chain(of_damage).collect();
        let numbers: BTreeMap<usize, usize> =
            used.iter().enumerate().map(|(number, &record)| (record, number)).collect();
        let mut records =
            std::mem::take(&mut self.records).into_iter().map(Some).collect::<Vec<_>>();
        self.records = used.iter().filter_map(|&record| records.get_mut(record)?.take()).collect();
        let renumber = |record: &mut usize| *record = numbers[record];
        self.subjects.iter_mut().for_each(|subject| subject.of.iter_mut().for_each(renumber));
        self.damage.iter_mut().for_each(|damage| damage.record.iter_mut().for_each(renumber));

        let of_damage = self.damage.iter().flat_map(|damage| damage.faults.iter().copied());
        let of_runs = self.runs.iter().flat_map(|run| run.without.iter().copied());
        let of_events = self.runs.iter().flat_map(|run| run.events.faults());
        let used: BTreeSet<usize> = of_damage.chain(of_runs).chain(of_events).collect();
        self.faults.retain(|fault| used.contains(&fault.n));
        self
    }
}
