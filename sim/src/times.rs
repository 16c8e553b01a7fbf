//! Lengths of time, as a histogram of three digits: what is asked of many of them are percentiles.

use crate::outcome::Latency;
use hdrhistogram::Histogram;
use onceproof_kernel::time::Nanos;

/// How often each length of time was met.
#[derive(Clone, PartialEq, Debug)]
pub struct Times(Histogram<u64>);

/// It counts; no number in it is unequal to itself.
impl Eq for Times {}

impl Default for Times {
    fn default() -> Times {
        let mut histogram = Histogram::new(3).expect("three digits are allowed");
        histogram.auto(true);
        Times(histogram)
    }
}

impl Times {
    /// Adds one.
    pub fn add(&mut self, nanos: Nanos) {
        // A histogram that grows takes every value but the very greatest.
        let _ = self.0.record(nanos);
    }

    /// Adds all of others. The order in which they come makes no difference.
    pub fn add_all(&mut self, others: &Times) {
        // One that grows has room for what another one has.
        let _ = self.0.add(&others.0);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Their percentiles, if there is any.
    pub fn percentiles(&self) -> Option<Latency> {
        let Times(times) = self;
        (!times.is_empty()).then(|| Latency {
            p50: times.lowest_equivalent(times.value_at_quantile(0.5)),
            p99: times.lowest_equivalent(times.value_at_quantile(0.99)),
            max: times.lowest_equivalent(times.max()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_add_up_in_any_order() {
        let of = |nanos: &[Nanos]| {
            let mut times = Times::default();
            nanos.iter().for_each(|&nanos| times.add(nanos));
            times
        };
        let (few, more) = (of(&[1, 2, 90_000_000_000]), of(&[3, 4]));
        let (mut one, mut other) = (few.clone(), more.clone());
        one.add_all(&more);
        other.add_all(&few);
        let latency = one.percentiles().expect("there are some");
        assert_eq!((one.count(), latency.p50), (5, 3));
        assert_eq!(other.percentiles(), Some(latency));
        assert_eq!(Times::default().percentiles(), None);
    }
}
