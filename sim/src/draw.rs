//! Draws: a random answer is a pure function of the seed and a named point, so adding or removing one
//! fault leaves every unrelated answer as it was. ChaCha expands the seed into keys; the function
//! that answers is our own, with test vectors, since it must stay bit-stable for ever.

use crate::chacha::ChaCha8;
use onceproof_kernel::mix::fold;

/// The generator that a seed begins, for what is drawn in order: keys and generated input.
pub fn generator(seed: u64, stream: u64) -> ChaCha8 {
    ChaCha8::new(seed, stream)
}

/// The stream of [`generator`] that the keys of draws come from.
pub const KEYS: u64 = 0;
/// The stream of [`generator`] that generated input comes from.
pub const INPUT: u64 = 1;

/// The stream of [`generator`] that says which records of generated input are late.
pub const LATE: u64 = 3;

/// The stream of [`generator`] that the weather of a run in a swarm comes from.
pub const CLIMATE: u64 = 2;

/// The words of [`generator`], one after the other.
pub fn generated_words(seed: u64, stream: u64) -> impl FnMut() -> u64 {
    let mut generator = generator(seed, stream);
    move || generator.next_u64()
}

/// What is drawn, so that two draws at one point have nothing to do with each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum Purpose {
    /// The latency of a message.
    Latency = 1,
    /// The first answer of a user function.
    FirstAnswer = 2,
    /// What a service says of a key at first.
    FirstValue = 3,
    /// Which of several parameters a fault has; each kind adds its number.
    Parameter = 16,
    /// Whether a fault fires; each kind adds its number.
    Fault = 64,
}

/// The keys of one seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draws {
    first: u64,
    second: u64,
}

impl Draws {
    /// The keys that a seed expands to.
    pub fn new(seed: u64) -> Draws {
        let mut generator = generator(seed, KEYS);
        Draws { first: generator.next_u64(), second: generator.next_u64() }
    }

    /// A word for a purpose at a point, uniform over all words.
    pub fn word(&self, point: u64, purpose: u64) -> u64 {
        let inner = fold(point ^ self.first, self.second);
        fold(inner, purpose.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ self.first)
    }

    /// A number below `bound`, for a purpose at a point.
    pub fn below(&self, point: u64, purpose: Purpose, bound: u64) -> u64 {
        scale(self.word(point, purpose as u64), bound)
    }
}

/// Scales a word to a number below `bound`.
pub fn scale(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::mix::scatter;

    #[test]
    fn the_vectors_never_change() {
        // Worked out by hand from the specification of ChaCha with 8 rounds: the first four words of the
        // block with key 7 (little-endian, 32 bytes), counter 0 and nonce 0; and from them the word for
        // purpose 64 at point 1.
        let draws = Draws::new(7);
        let (first, second) = (0xc39c_a672_2c44_ba73, 0x7747_b002_ea9d_9d65);
        assert_eq!(draws, Draws { first, second });
        assert_eq!(draws.word(1, 64), 0x827f_706c_1611_467a);
    }

    /// Words over points and over purposes fall evenly into 64 bins: the statistic of a chi-square test
    /// with 63 degrees of freedom is below 120 but for one time in 100,000.
    #[test]
    fn words_are_even_over_points_and_over_purposes() {
        let check = |word: &dyn Fn(u64) -> u64| {
            let mut bins = [0_i64; 64];
            for n in 0..64_000 {
                bins[scale(word(n), 64) as usize] += 1;
            }
            let square: i64 = bins.iter().map(|n| (n - 1000) * (n - 1000)).sum();
            assert!(square / 1000 < 120, "{square}");
        };
        let draws = Draws::new(1);
        check(&|n| draws.word(n, 64));
        check(&|n| draws.word(scatter(n), 64));
        check(&|n| draws.word(5, n));
        check(&|n| Draws::new(n % 640).word(5, n / 640));
    }

    #[test]
    fn two_purposes_at_one_point_agree_no_more_often_than_chance() {
        let draws = Draws::new(3);
        let both = (0..100_000_u64)
            .filter(|&n| {
                let point = scatter(n);
                scale(draws.word(point, 64), 10) == 0 && scale(draws.word(point, 65), 10) == 0
            })
            .count();
        // 1 of 100 of 100,000, give or take five standard deviations of 31.
        assert!((840..1160).contains(&both), "{both}");
    }
}
