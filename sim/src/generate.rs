//! Input that a seed draws: who, when, and with which value. Keys are drawn under a skew by integer shares,
//! so that every platform draws the same.

use crate::draw::{INPUT, LATE, generator, scale};
use crate::input::{Generate, InputRow, RowValue};
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::time::Time;
use std::fmt::Write;

/// The users that keys are drawn from.
#[derive(Debug)]
pub(crate) struct Users {
    keys: Vec<Key>,
    /// Their shares, summed up; empty if all are alike.
    shares: Vec<u64>,
}

/// One drawn row.
pub(crate) struct DrawnRow {
    pub key: Key,
    pub arrival: Time,
    pub event_time: Time,
    pub value: i64,
}

impl Users {
    /// The users of an input.
    pub fn new(generate: &Generate, keys: &mut Keys) -> Users {
        // A million of them are made with one text.
        let mut text = String::new();
        let intern = |user| {
            text.clear();
            write!(text, "user-{user}").expect("a text takes all that is written");
            keys.intern(&text)
        };
        let shares = match generate.skew_thousandths {
            0 => Vec::new(),
            skew => shares(generate.users, skew),
        };
        Users { keys: (0..generate.users).map(intern).collect(), shares }
    }

    fn draw(&self, word: u64) -> Key {
        let user = match self.shares.last() {
            None => scale(word, self.keys.len() as u64) as usize,
            Some(&total) => {
                let draw = scale(word, total);
                self.shares.partition_point(|&share| share <= draw)
            }
        };
        self.keys[user]
    }
}

impl Generate {
    /// The rows of a seed, written out.
    pub fn rows(&self, seed: u64) -> Vec<InputRow> {
        let mut keys = Keys::default();
        let users = Users::new(self, &mut keys);
        let mut rows = Vec::with_capacity(self.records as usize);
        self.draw(seed, &users, |DrawnRow { key, arrival, event_time, value }| {
            let (key, value) = (keys.text(key).into(), RowValue::Integer(value));
            rows.push(InputRow { key, event_time, arrival, value, id: None });
        });
        rows
    }

    /// Draws the rows of a seed, in order of arrival.
    pub(crate) fn draw(&self, seed: u64, users: &Users, mut take: impl FnMut(DrawnRow)) {
        let Some(late) = self.late else { return self.draw_in_order(seed, users, take) };
        let mut generator = generator(seed, LATE);
        let mut rows = Vec::with_capacity(self.records as usize);
        self.draw_in_order(seed, users, |row| {
            let (is_late, by) = (late.odds.hits(generator.next_u64()), generator.next_u64());
            let by = if is_late { 1 + scale(by, late.by) } else { 0 };
            rows.push(DrawnRow { arrival: row.arrival.plus(by), ..row });
        });
        rows.sort_by_key(|row| row.arrival);
        rows.into_iter().for_each(&mut take);
    }

    /// Draws the rows of a seed as they would arrive if none were late.
    fn draw_in_order(&self, seed: u64, users: &Users, mut take: impl FnMut(DrawnRow)) {
        let mut generator = generator(seed, INPUT);
        for row in 0..self.records {
            let arrival = self.every.saturating_mul(u64::from(row));
            let arrival = Time(i64::try_from(arrival).unwrap_or(i64::MAX));
            let key = users.draw(generator.next_u64());
            let behind = match self.out_of_order {
                0 => 0,
                most => scale(generator.next_u64(), most.saturating_add(1)),
            };
            let value = match self.values {
                0 | 1 => 1,
                most => 1 + scale(generator.next_u64(), u64::from(most)) as i64,
            };
            let event_time = arrival.minus(behind);
            take(DrawnRow { key, arrival, event_time, value });
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
}
