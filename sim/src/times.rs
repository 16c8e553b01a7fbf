//! Lengths of time, as a histogram of three digits: what is asked of many of them are percentiles.

use crate::outcome::Latency;
use onceproof_kernel::time::Nanos;

/// So many binary digits are kept of a length, so that three decimal ones are right.
const DIGITS: u32 = 11;

/// How often each length of time was met, by the first digits of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Times {
    /// By the numbers of their places, up to the last that was met.
    counts: Vec<u64>,
    count: u64,
}

impl Times {
    /// Adds one.
    pub fn add(&mut self, nanos: Nanos) {
        self.add_there(place_of(nanos), 1);
    }

    /// Adds all of others. The order in which they come makes no difference.
    pub fn add_all(&mut self, others: &Times) {
        for (place, &count) in others.counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
            self.add_there(place, count);
        }
    }

    /// How often each was met, by the numbers of their places.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Adds so many at a place; none if there is no such place.
    pub fn add_at(&mut self, place: usize, count: u64) -> Option<()> {
        (place <= place_of(Nanos::MAX)).then(|| self.add_there(place, count))
    }

    fn add_there(&mut self, place: usize, count: u64) {
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += count;
        self.count += count;
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their percentiles, if there is any.
    pub fn percentiles(&self) -> Option<Latency> {
        let max = least_at(self.counts.len().checked_sub(1)?);
        Some(Latency { p50: self.percentile(50), p99: self.percentile(99), max })
    }

    /// The length that so many of a hundred do not exceed, as far as it is known.
    fn percentile(&self, of_hundred: u128) -> Nanos {
        let wanted = (u128::from(self.count) * of_hundred).div_ceil(100);
        let mut met = 0;
        let place = self.counts.iter().position(|&count| {
            met += u128::from(count);
            met >= wanted
        });
        least_at(place.unwrap_or(0))
    }
}

/// The place of a length: its own below 2^[`DIGITS`], and then half as many for each binary digit more.
fn place_of(nanos: Nanos) -> usize {
    let shift = (Nanos::BITS - nanos.leading_zeros()).saturating_sub(DIGITS);
    ((nanos >> shift) + (u64::from(shift) << (DIGITS - 1))) as usize
}

/// The least length at a place.
fn least_at(place: usize) -> Nanos {
    let half = 1_u64 << (DIGITS - 1);
    let place = place as u64;
    let shift = (place / half).saturating_sub(1);
    (place - shift * half) << shift
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(nanos: &[Nanos]) -> Times {
        let mut times = Times::default();
        nanos.iter().for_each(|&nanos| times.add(nanos));
        times
    }

    #[test]
    fn times_add_up_in_any_order() {
        let (few, more) = (of(&[1, 2, 90_000_000_000]), of(&[3, 4]));
        let (mut one, mut other) = (few.clone(), more.clone());
        one.add_all(&more);
        other.add_all(&few);
        let latency = one.percentiles().expect("there are some");
        assert_eq!((one.count(), latency.p50), (5, 3));
        assert_eq!(other.percentiles(), Some(latency));
        assert_eq!(one, other);
        assert_eq!(Times::default().percentiles(), None);
    }

    /// By hand: 2047 has 11 digits and is kept whole, 2049 has 12 and is told from 2048 no more; 90 s are
    /// 0x14f46b0400 ns, of 37 digits, of which 26 are dropped: 0x14f40 << 20 is 1341 << 26.
    #[test]
    fn a_length_is_known_by_its_first_eleven_binary_digits() {
        let known = |nanos: Nanos| least_at(place_of(nanos));
        for (nanos, expected) in [
            (0, 0),
            (1, 1),
            (2047, 2047),
            (2048, 2048),
            (2049, 2048),
            (4095, 4094),
            (4099, 4096),
            (90_000_000_000, 1341 << 26),
            (u64::MAX, 2047 << 53),
        ] {
            assert_eq!(known(nanos), expected, "{nanos}");
        }
        let places: Vec<usize> = [2047, 2048, 2050, 4095, 4096].map(place_of).to_vec();
        assert_eq!(places, [2047, 2048, 2049, 3071, 3072]);
    }

    /// Of 200 the 198th is the 99th of a hundred; of 101 the 51st is the middle one.
    #[test]
    fn a_percentile_is_the_least_that_so_many_do_not_exceed() {
        let latency = of(&(1..=200).collect::<Vec<_>>()).percentiles();
        assert_eq!(latency, Some(Latency { p50: 100, p99: 198, max: 200 }));
        let latency = of(&(1..=101).collect::<Vec<_>>()).percentiles();
        assert_eq!(latency, Some(Latency { p50: 51, p99: 100, max: 101 }));
        assert_eq!(of(&[7]).percentiles(), Some(Latency { p50: 7, p99: 7, max: 7 }));
    }
}
