//! The rows of all sources of a run, laid out for reading, and what each source shard promises of those it
//! has not read.

use crate::generate::Users;
use crate::input::{Generate, InputRow, RowValue, SourceInput};
use crate::plan::Plan;
use hashbrown::HashMap;
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::mix::{scatter, words};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::Value;
use onceproof_kernel::source::{self, Progress, Read, SourceRow};
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;

/// The rows of all sources.
#[derive(Debug)]
pub struct Sources {
    sources: Vec<Source>,
    /// The first arrival: where virtual time starts.
    pub start: Time,
    /// The last arrival.
    pub last_arrival: Time,
    /// How many keys the input has.
    keys: usize,
    /// A hash of all rows, the same in every run over them.
    pub digest: u64,
}

#[derive(Debug)]
struct Source {
    step: StepIndex,
    shards: u32,
    first: Name,
    keys: Vec<Key>,
    event_times: Vec<Time>,
    arrivals: Vec<Time>,
    /// Empty if all values are the integer 1.
    values: Vec<Value>,
    /// Empty if ids are shard and offset.
    ids: Vec<Option<u64>>,
    /// The first row with the id of each; empty if ids are shard and offset.
    first_with_id: Vec<u32>,
    /// What the row's shard promises once the row is read.
    promises: Vec<Time>,
    progress: Progress,
    /// Whether the rows are the messages of a queue.
    is_queue: bool,
    users: Option<Users>,
}

impl Default for Sources {
    fn default() -> Sources {
        Sources { sources: Vec::new(), start: Time(0), last_arrival: Time(0), keys: 0, digest: 0 }
    }
}

impl Sources {
    /// Lays out the input of a plan for a seed. What no seed draws is laid out once only. The keys of the
    /// input come first among the run's keys, and nothing else is left of an earlier run.
    pub fn load(&mut self, plan: &Plan, layout: &Layout, seed: u64, words: &mut Vocabulary) {
        let is_first = self.sources.is_empty();
        if is_first {
            for (step, input) in &plan.inputs {
                let source = Source::new(*step, input, layout, &mut words.keys);
                self.sources.push(source);
            }
            self.keys = words.keys.len();
        }
        words.names.clear();
        words.keys.truncate(self.keys);
        for (source, (step, input)) in self.sources.iter_mut().zip(&plan.inputs) {
            if let SourceInput::Generate(generate) = input {
                source.draw(generate, seed);
            }
            let (hash, rows) = (layout.hash(*step), source.keys.len() as u32);
            source.first = words.names.add_source(step.0, hash, source.shards, rows);
            if is_first || matches!(input, SourceInput::Generate(_)) {
                source.lay_out_promises();
            }
        }
        // The rows of a source stand in order of arrival.
        let firsts = self.sources.iter().filter_map(|source| source.arrivals.first());
        self.start = firsts.min().copied().unwrap_or(Time(0));
        let lasts = self.sources.iter().filter_map(|source| source.arrivals.last());
        self.last_arrival = lasts.max().copied().unwrap_or(Time(0));
        let is_drawn =
            |(_, input): &(StepIndex, SourceInput)| matches!(input, SourceInput::Generate(_));
        if is_first || plan.inputs.iter().any(is_drawn) {
            self.digest =
                self.sources.iter().fold(0, |all, source| source.digest(all, &words.keys));
        }
    }

    /// How many rows there are in all.
    pub fn rows(&self) -> usize {
        self.sources.iter().map(|source| source.keys.len()).sum()
    }

    /// How many records there are: of rows that a publisher has published again, the first counts.
    pub fn records(&self) -> usize {
        self.sources
            .iter()
            .map(|source| (0..source.keys.len()).filter(|&row| source.is_first(row)).count())
            .sum()
    }

    /// The arrivals and event times of the messages of a queue, in order.
    pub fn messages(&self, step: StepIndex) -> impl Iterator<Item = (Time, Time)> {
        let source = self.source(step);
        source.arrivals.iter().copied().zip(source.event_times.iter().copied())
    }

    /// What a message of a queue carries.
    pub fn message(&self, step: StepIndex, number: u32) -> SourceRow {
        self.source(step).row(number as usize)
    }

    /// The row at an offset of a source shard, or its arrival if that is after `now`, or the end.
    pub fn read(&self, step: StepIndex, shard: u32, offset: u64, now: Time) -> Read {
        let source = self.source(step);
        let row = (offset * u64::from(source.shards) + u64::from(shard)) as usize;
        let Some(&arrival) = source.arrivals.get(row) else {
            return Read::End;
        };
        if arrival > now {
            return Read::NotYet { arrival };
        }
        Read::Row(source.row(row))
    }

    /// What a source shard promises of which all rows below `offset` are read.
    pub fn promise(&self, step: StepIndex, shard: u32, offset: u64) -> Time {
        let source = self.source(step);
        match offset.checked_sub(1) {
            Some(last) => {
                source.promises[(last * u64::from(source.shards) + u64::from(shard)) as usize]
            }
            None => source.first_promise(shard),
        }
    }

    /// Hands all records to `each`, in order of their names, with their step and the promise of their
    /// shard when they were read.
    pub fn each(&self, mut each: impl FnMut(StepIndex, SourceRow, Time)) {
        for source in &self.sources {
            for row in (0..source.keys.len()).filter(|&row| source.is_first(row)) {
                let before = match row.checked_sub(source.shards as usize) {
                    _ if source.is_queue => source.promises[row],
                    Some(last) => source.promises[last],
                    None => source.first_promise(row as u32),
                };
                each(source.step, source.row(row), before);
            }
        }
    }

    /// How often a source record is published: more than once only to a queue.
    pub fn publications(&self, name: Name) -> u64 {
        let source = self.source_of(name);
        let row = name.0 - source.first.0;
        let others = source.first_of().iter().filter(|&&first| first == row).count();
        (others as u64).max(1)
    }

    /// The row of this name, and when it arrived.
    pub fn arrival(&self, name: Name) -> Time {
        let source = self.source_of(name);
        source.arrivals[(name.0 - source.first.0) as usize]
    }

    /// The first source record with the id of this one: itself, where ids are shard and offset.
    pub fn first_with_id(&self, name: Name) -> Name {
        let source = self.source_of(name);
        let row = name.0 - source.first.0;
        Name(source.first.0 + source.first_with_id.get(row as usize).copied().unwrap_or(row))
    }

    fn source_of(&self, name: Name) -> &Source {
        self.sources
            .iter()
            .find(|source| ((name.0 - source.first.0) as usize) < source.keys.len())
            .expect("a source record")
    }

    fn source(&self, step: StepIndex) -> &Source {
        self.sources.iter().find(|source| source.step == step).expect("a source step")
    }
}

impl Source {
    fn new(step: StepIndex, input: &SourceInput, layout: &Layout, keys: &mut Keys) -> Source {
        let laid = layout.step(step);
        let source::Source { progress, queue } = laid.source.expect("only sources have input");
        let mut source = Source {
            step,
            shards: laid.shards,
            first: Name(0),
            keys: Vec::new(),
            event_times: Vec::new(),
            arrivals: Vec::new(),
            values: Vec::new(),
            ids: Vec::new(),
            first_with_id: Vec::new(),
            promises: Vec::new(),
            progress,
            is_queue: queue.is_some(),
            users: None,
        };
        match input {
            SourceInput::Rows(rows) => source.take(rows, keys),
            SourceInput::Generate(generate) => source.users = Some(Users::new(generate, keys)),
        }
        source
    }

    fn draw(&mut self, generate: &Generate, seed: u64) {
        let Source { keys, event_times, arrivals, values, users, .. } = self;
        keys.clear();
        event_times.clear();
        arrivals.clear();
        values.clear();
        let users = users.as_ref().expect("generated input has users");
        generate.draw(seed, users, |row| {
            keys.push(row.key);
            event_times.push(row.event_time);
            arrivals.push(row.arrival);
            if generate.values > 1 {
                values.push(Value::Integer(row.value));
            }
        });
    }

    #[inline]
    fn row(&self, row: usize) -> SourceRow {
        SourceRow {
            name: Name(self.first.0 + self.first_of().get(row).copied().unwrap_or(row as u32)),
            key: self.keys[row],
            id: self.id(row),
            event_time: self.event_times[row],
            arrival: self.arrivals[row],
            value: self.value(row),
            promise: self.promises[row],
            is_repeat: self.first_with_id.get(row).is_some_and(|&first| first as usize != row),
        }
    }

    fn id(&self, row: usize) -> Option<u64> {
        self.ids.get(row).copied().flatten()
    }

    fn value(&self, row: usize) -> Value {
        self.values.get(row).copied().unwrap_or(Value::Integer(1))
    }

    /// A hash of the rows on top of another one.
    fn digest(&self, all: u64, keys: &Keys) -> u64 {
        let times = self.event_times.iter().zip(&self.arrivals).zip(&self.promises);
        let rows = self.keys.iter().zip(times).enumerate();
        rows.fold(all, |all, (row, (&key, ((event_time, arrival), promise)))| {
            let id = self.id(row).map_or(0, |id| scatter(id) | 1);
            let [event_time, arrival, promise] =
                [event_time, arrival, promise].map(|time| time.0 as u64);
            let (key, value) = (keys.hash(key), self.value(row).hash(keys));
            words([all, key, id, event_time, arrival, value, promise])
        })
    }

    /// For a queue whose publisher gives ids, the first row with the id of each: publishing a record again makes no
    /// other record of it. Of a log each row is a record.
    fn first_of(&self) -> &[u32] {
        if self.is_queue { &self.first_with_id } else { &[] }
    }

    /// Whether no earlier row is the same record.
    fn is_first(&self, row: usize) -> bool {
        self.first_of().get(row).is_none_or(|&first| first as usize == row)
    }

    fn take(&mut self, rows: &[InputRow], keys: &mut Keys) {
        let plain = |row: &InputRow| row.value == RowValue::Integer(1);
        if !rows.iter().all(plain) {
            self.values.extend(rows.iter().map(|row| match &row.value {
                RowValue::Integer(value) => Value::Integer(*value),
                RowValue::Text(text) => Value::Text(keys.intern(text)),
            }));
        }
        if rows.iter().any(|row| row.id.is_some()) {
            self.ids.extend(rows.iter().map(|row| row.id));
            let mut firsts: HashMap<u64, u32, FxBuildHasher> = HashMap::default();
            let numbered = rows.iter().zip(0_u32..);
            self.first_with_id.extend(numbered.map(|(row, number)| match row.id {
                Some(id) => *firsts.entry(id).or_insert(number),
                None => number,
            }));
        }
        for row in rows {
            self.keys.push(keys.intern(&row.key));
            self.event_times.push(row.event_time);
            self.arrivals.push(row.arrival);
        }
    }

    /// What each shard promises once a row is read: for a perfect source the least event time still
    /// to come in the shard, else so far behind the greatest seen; infinite once all is read.
    fn lay_out_promises(&mut self) {
        let (rows, shards) = (self.event_times.len(), self.shards as usize);
        self.promises.clear();
        self.promises.resize(rows, Time::MAX);
        if self.is_queue {
            return self.lay_out_promises_of_queue();
        }
        match self.progress {
            Progress::Perfect => {
                for row in (shards..rows).rev() {
                    self.promises[row - shards] = self.promises[row].min(self.event_times[row]);
                }
            }
            Progress::Bound(bound) => {
                for row in 0..rows.saturating_sub(shards) {
                    let before = match row.checked_sub(shards) {
                        Some(last) => self.promises[last],
                        None => Time::MIN,
                    };
                    self.promises[row] = before.max(self.event_times[row].minus(bound));
                }
            }
        }
    }

    /// What the shards of a queue's source may at most have promised when a row is published. From then on
    /// it holds their promise back, until it is acked.
    fn lay_out_promises_of_queue(&mut self) {
        match self.progress {
            Progress::Perfect => self.promises.fill(Time::MIN),
            Progress::Bound(bound) => {
                let mut greatest = Time::MIN;
                let mut before = 0;
                for row in 0..self.arrivals.len() {
                    while self.arrivals[before] < self.arrivals[row] {
                        greatest = greatest.max(self.event_times[before]);
                        before += 1;
                    }
                    self.promises[row] = greatest.minus(bound);
                }
            }
        }
    }

    /// What a shard promises of which nothing is read.
    fn first_promise(&self, shard: u32) -> Time {
        match self.event_times.get(shard as usize) {
            None => Time::MAX,
            Some(&first) if self.progress == Progress::Perfect => {
                first.min(self.promises[shard as usize])
            }
            Some(_) => Time::MIN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_source_promises_the_least_event_time_to_come_and_a_bound_lags() {
        let source = |progress| {
            let event_times = [5, 3, 9, 4].map(Time).to_vec();
            let mut source = Source {
                step: StepIndex(0),
                shards: 1,
                first: Name(0),
                keys: vec![Key::GLOBAL; 4],
                arrivals: event_times.clone(),
                event_times,
                values: Vec::new(),
                ids: Vec::new(),
                first_with_id: Vec::new(),
                promises: Vec::new(),
                progress,
                is_queue: false,
                users: None,
            };
            source.lay_out_promises();
            source
        };
        let perfect = source(Progress::Perfect);
        assert_eq!(perfect.promises, [Time(3), Time(4), Time(4), Time::MAX]);
        assert_eq!(perfect.first_promise(0), Time(3));
        let bound = source(Progress::Bound(2));
        assert_eq!(bound.promises, [Time(3), Time(3), Time(7), Time::MAX]);
        assert_eq!(bound.first_promise(0), Time::MIN);
    }
}
