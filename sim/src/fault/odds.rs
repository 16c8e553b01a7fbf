//! Odds are fractions of integers, so that no float decides anything.

/// How often: `numerator` times out of `denominator`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Odds {
    /// How many times; at most `denominator`.
    pub numerator: u64,
    /// Out of how many; at least 1.
    pub denominator: u64,
}

impl Odds {
    /// Whether a draw, uniform over all words, hits.
    pub fn hits(&self, draw: u64) -> bool {
        u128::from(draw) < self.bound()
    }

    /// How many of the 2^64 words hit.
    pub fn bound(&self) -> u128 {
        (u128::from(self.numerator) << 64) / u128::from(self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_never_hits_and_always_always_does() {
        let odds = |numerator, denominator| Odds { numerator, denominator };
        assert!(!odds(0, 1).hits(0));
        assert!(odds(1, 1).hits(u64::MAX));
        // Half of all words are below 2^63.
        assert!(odds(1, 2).hits((1 << 63) - 1));
        assert!(!odds(1, 2).hits(1 << 63));
    }
}
