//! The fingerprint of a trace: 128 bits that fold in every event, always on. Two runs with the same
//! fingerprint did the same things at the same times.

use onceproof_model::mix::{fold, scatter};

/// A fingerprint in the making.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fingerprint {
    high: u64,
    low: u64,
}

impl Fingerprint {
    /// Folds in one event: when, and what.
    pub fn add(&mut self, at: u64, what: u64) {
        self.high = fold(self.high.wrapping_add(at), what);
        self.low = (self.low.rotate_left(23) ^ self.high).wrapping_mul(0x9fb2_1c65_1e98_df25);
    }

    /// The fingerprint so far.
    pub fn value(&self) -> u128 {
        (u128::from(scatter(self.high)) << 64) | u128::from(scatter(self.low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_time_and_content_all_count() {
        let of = |events: &[(u64, u64)]| {
            let mut fingerprint = Fingerprint::default();
            for &(at, what) in events {
                fingerprint.add(at, what);
            }
            fingerprint.value()
        };
        assert_ne!(of(&[(1, 1), (2, 2)]), of(&[(2, 2), (1, 1)]));
        assert_ne!(of(&[(1, 1)]), of(&[(1, 2)]));
        assert_ne!(of(&[(1, 1)]), of(&[(2, 1)]));
        assert_ne!(of(&[]), of(&[(0, 0)]));
    }
}
