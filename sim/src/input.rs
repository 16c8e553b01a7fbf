//! What a source reads: rows that are given, or rows that a seed generates.

use crate::draw::{INPUT, generator, scale};
use crate::plan::Plan;
use onceproof_model::effect::{Read, SourceRow};
use onceproof_model::key::{Key, Keys};
use onceproof_model::name::{Name, Vocabulary};
use onceproof_model::pipeline::{SourceWatermark, StepIndex, StepKind};
use onceproof_model::record::{RecordId, Value};
use onceproof_model::time::{Nanos, Time};
use rand_chacha::rand_core::Rng;
use std::sync::Arc;

/// What a source reads. Row i goes to source shard i mod shards, at offset i / shards.
#[derive(Clone, Debug)]
pub enum Input {
    /// These rows, the same for every seed, in order of arrival.
    Rows(Arc<Vec<Row>>),
    /// Rows that the seed draws.
    Generate(Generate),
}

/// One row of the input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its key.
    pub key: Arc<str>,
    /// When it happened.
    pub event_time: Time,
    /// When the source can read it.
    pub arrival: Time,
    /// What it carries.
    pub value: Value,
    /// Its id, where the input gives one instead of shard and offset.
    pub id: Option<u64>,
}

/// Rows drawn from the seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Generate {
    /// How many rows.
    pub records: u32,
    /// How many different keys, `user-0` and so on; at least 1.
    pub users: u32,
    /// How uneven the keys are: user number r, from 1, is drawn in proportion to 1 / r^skew, with skew in
    /// thousandths; 0 is even, at most 10,000.
    pub skew_thousandths: u32,
    /// The time between two arrivals.
    pub every: Nanos,
    /// How far before its arrival a record may have happened.
    pub out_of_order: Nanos,
    /// Values are drawn from 1 to this; at least 1.
    pub values: u32,
}

/// The rows of all sources of a run, laid out for reading: what the store of the outside world holds.
#[derive(Debug)]
pub struct Sources {
    sources: Vec<Source>,
    /// The first arrival: where virtual time starts.
    pub start: Time,
    /// The last arrival.
    pub last_arrival: Time,
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
    /// The watermark of the row's shard once the row is read.
    watermarks: Vec<Time>,
    is_perfect: bool,
}

impl Default for Sources {
    fn default() -> Sources {
        Sources { sources: Vec::new(), start: Time(0), last_arrival: Time(0) }
    }
}

impl Sources {
    /// Lays out the input of a plan for a seed. Input that no seed draws is laid out once only: `self`
    /// is kept where it can be.
    pub fn load(&mut self, plan: &Plan, seed: u64, words: &mut Vocabulary) {
        let is_drawn = plan.inputs.iter().any(|(_, input)| matches!(input, Input::Generate(_)));
        if !self.sources.is_empty() && !is_drawn {
            words.names.clear();
            for source in &self.sources {
                let rows = source.keys.len() as u32;
                let hash = plan.pipeline.hash(source.step);
                words.names.add_source(source.step.0, hash, source.shards, rows);
            }
            return;
        }
        words.names.clear();
        self.sources.clear();
        for (step, input) in &plan.inputs {
            let shards = plan.pipeline.step(*step).shards;
            let rows = match input {
                Input::Rows(rows) => rows.len() as u32,
                Input::Generate(generate) => generate.records,
            };
            let first = words.names.add_source(step.0, plan.pipeline.hash(*step), shards, rows);
            let mut source = Source {
                step: *step,
                shards,
                first,
                keys: Vec::with_capacity(rows as usize),
                event_times: Vec::with_capacity(rows as usize),
                arrivals: Vec::with_capacity(rows as usize),
                values: Vec::new(),
                ids: Vec::new(),
                watermarks: Vec::new(),
                is_perfect: false,
            };
            match input {
                Input::Rows(rows) => source.take(rows, &mut words.keys),
                Input::Generate(generate) => generate.draw(seed, &mut source, &mut words.keys),
            }
            let StepKind::Source { watermark } = plan.pipeline.step(*step).kind else {
                unreachable!("only sources have input")
            };
            source.promise(watermark);
            self.sources.push(source);
        }
        let arrivals = || self.sources.iter().flat_map(|s| s.arrivals.iter().copied());
        self.start = arrivals().min().unwrap_or(Time(0));
        self.last_arrival = arrivals().max().unwrap_or(Time(0));
    }

    /// How many rows there are in all.
    pub fn rows(&self) -> usize {
        self.sources.iter().map(|source| source.keys.len()).sum()
    }

    /// How many rows a source shard has.
    pub fn shard_rows(&self, step: StepIndex, shard: u32) -> u64 {
        let source = self.source(step);
        let (rows, shards) = (source.keys.len() as u64, u64::from(source.shards));
        (rows + shards - 1 - u64::from(shard)) / shards
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

    /// The watermark of a source shard of which all rows below `offset` are read.
    pub fn watermark(&self, step: StepIndex, shard: u32, offset: u64) -> Time {
        let source = self.source(step);
        match offset.checked_sub(1) {
            Some(last) => {
                source.watermarks[(last * u64::from(source.shards) + u64::from(shard)) as usize]
            }
            None => source.first_watermark(shard),
        }
    }

    /// All rows, in order of their names, with the watermark of their shard when they were read.
    pub fn all(&self) -> impl Iterator<Item = (StepIndex, SourceRow, Time)> {
        self.sources.iter().flat_map(|source| {
            (0..source.keys.len()).map(move |row| {
                let before = match row.checked_sub(source.shards as usize) {
                    Some(last) => source.watermarks[last],
                    None => source.first_watermark(row as u32),
                };
                (source.step, source.row(row), before)
            })
        })
    }

    /// The row of this name, and when it arrived.
    pub fn arrival(&self, name: Name) -> Time {
        let source = self
            .sources
            .iter()
            .find(|source| ((name.0 - source.first.0) as usize) < source.keys.len())
            .expect("a source record");
        source.arrivals[(name.0 - source.first.0) as usize]
    }

    fn source(&self, step: StepIndex) -> &Source {
        self.sources.iter().find(|source| source.step == step).expect("a source step")
    }
}

impl Source {
    fn row(&self, row: usize) -> SourceRow {
        SourceRow {
            name: Name(self.first.0 + row as u32),
            key: self.keys[row],
            id: self.ids.get(row).copied().flatten().map(RecordId),
            event_time: self.event_times[row],
            arrival: self.arrivals[row],
            value: self.values.get(row).cloned().unwrap_or(Value::Integer(1)),
            watermark: self.watermarks[row],
        }
    }

    fn take(&mut self, rows: &[Row], keys: &mut Keys) {
        let plain = |row: &Row| row.value == Value::Integer(1);
        if !rows.iter().all(plain) {
            self.values.extend(rows.iter().map(|row| row.value.clone()));
        }
        if rows.iter().any(|row| row.id.is_some()) {
            self.ids.extend(rows.iter().map(|row| row.id));
        }
        for row in rows {
            self.keys.push(keys.intern(&row.key));
            self.event_times.push(row.event_time);
            self.arrivals.push(row.arrival);
        }
    }

    /// What each shard's watermark is once a row is read: for a perfect source the least event time still
    /// to come in the shard, else so far behind the greatest seen; infinite once all is read.
    fn promise(&mut self, watermark: SourceWatermark) {
        let (rows, shards) = (self.event_times.len(), self.shards as usize);
        self.watermarks.clear();
        self.watermarks.resize(rows, Time::MAX);
        match watermark {
            SourceWatermark::Perfect => {
                for row in (shards..rows).rev() {
                    self.watermarks[row - shards] = self.watermarks[row].min(self.event_times[row]);
                }
            }
            SourceWatermark::Bound(bound) => {
                for row in 0..rows.saturating_sub(shards) {
                    let before = match row.checked_sub(shards) {
                        Some(last) => self.watermarks[last],
                        None => Time::MIN,
                    };
                    self.watermarks[row] = before.max(self.event_times[row].minus(bound));
                }
            }
        }
        self.is_perfect = watermark == SourceWatermark::Perfect;
    }

    /// The watermark of a shard of which nothing is read.
    fn first_watermark(&self, shard: u32) -> Time {
        match self.event_times.get(shard as usize) {
            None => Time::MAX,
            Some(&first) if self.is_perfect => first.min(self.watermarks[shard as usize]),
            Some(_) => Time::MIN,
        }
    }
}

impl Generate {
    fn draw(&self, seed: u64, source: &mut Source, keys: &mut Keys) {
        let users: Vec<Key> =
            (0..self.users).map(|user| keys.intern(&format!("user-{user}"))).collect();
        let shares = shares(self.users, self.skew_thousandths);
        let total = shares.last().copied().unwrap_or(1);
        let mut generator = generator(seed, INPUT);
        for row in 0..self.records {
            let arrival = self.every.saturating_mul(u64::from(row));
            let user = match self.skew_thousandths {
                0 => scale(generator.next_u64(), u64::from(self.users)) as usize,
                _ => {
                    let draw = scale(generator.next_u64(), total);
                    shares.partition_point(|&share| share <= draw)
                }
            };
            let behind = match self.out_of_order {
                0 => 0,
                most => scale(generator.next_u64(), most.saturating_add(1)),
            };
            if self.values > 1 {
                let value = 1 + scale(generator.next_u64(), u64::from(self.values)) as i64;
                source.values.push(Value::Integer(value));
            }
            let arrival = Time(i64::try_from(arrival).unwrap_or(i64::MAX));
            source.keys.push(users[user]);
            source.arrivals.push(arrival);
            source.event_times.push(arrival.minus(behind));
        }
    }
}

/// The shares of users under a skew, summed up: user r, from 1, has a share in proportion to
/// 1 / r^skew. In integers of 1 / 2^32, so that every platform draws the same.
fn shares(users: u32, skew_thousandths: u32) -> Vec<u64> {
    let mut sum = 0;
    (1..=users)
        .map(|rank| {
            let exponent = (u128::from(log2(rank)) * u128::from(skew_thousandths) / 1000) as u64;
            sum += power_of_half(exponent).max(1);
            sum
        })
        .collect()
}

/// The binary logarithm of `n`, at least 1, in units of 1 / 2^32.
fn log2(n: u32) -> u64 {
    let whole = u64::from(31 - n.leading_zeros());
    // The fraction, bit by bit: square a number in [1, 2); if the square is 2 or more, the bit is 1.
    let mut x = u128::from(n) << (63 - whole);
    let mut fraction = 0;
    for _ in 0..32 {
        x = (x * x) >> 63;
        fraction <<= 1;
        if x >> 64 != 0 {
            x >>= 1;
            fraction |= 1;
        }
    }
    (whole << 32) | fraction
}

/// 2^32 times one half to the power of `exponent` / 2^32.
fn power_of_half(exponent: u64) -> u64 {
    let whole = exponent >> 32;
    if whole >= 32 {
        return 0;
    }
    // root = 2^63 times the 2^k-th root of one half, for k = 1, 2, …: each the square root of the last.
    let mut result: u128 = 1 << 63;
    let mut root: u128 = 1 << 62;
    for bit in (0..32).rev() {
        root = (root << 63).isqrt();
        if exponent >> bit & 1 == 1 {
            result = (result * root) >> 63;
        }
    }
    (result >> (31 + whole)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_in_integers_agree_with_those_in_floats() {
        for rank in [1_u32, 2, 3, 7, 10, 40, 999, 1_000_000] {
            for skew in [0_u32, 500, 1000, 1100, 2500] {
                let exponent = u128::from(log2(rank)) * u128::from(skew) / 1000;
                let ours = power_of_half(exponent as u64) as f64 / 4_294_967_296.0;
                let theirs = f64::from(rank).powf(-f64::from(skew) / 1000.0);
                assert!((ours - theirs).abs() < 1e-8, "{rank}^-{skew}: {ours} {theirs}");
            }
        }
    }

    #[test]
    fn the_first_user_of_a_skewed_input_has_its_share() {
        // 1 / (1 + 1/2 + 1/3 + 1/4) = 12/25.
        let shares = shares(4, 1000);
        let share = shares[0] as f64 / shares[3] as f64;
        assert!((share - 0.48).abs() < 1e-6, "{share}");
    }

    #[test]
    fn a_perfect_watermark_is_the_least_event_time_to_come_and_a_bound_lags() {
        let source = |watermark| {
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
                watermarks: Vec::new(),
                is_perfect: false,
            };
            source.promise(watermark);
            source
        };
        let perfect = source(SourceWatermark::Perfect);
        assert_eq!(perfect.watermarks, [Time(3), Time(4), Time(4), Time::MAX]);
        assert_eq!(perfect.first_watermark(0), Time(3));
        let bound = source(SourceWatermark::Bound(2));
        assert_eq!(bound.watermarks, [Time(3), Time(3), Time(7), Time::MAX]);
        assert_eq!(bound.first_watermark(0), Time::MIN);
    }
}
