//! ChaCha with 8 rounds: words that nothing tells from chance, the same on every machine and for ever. Here, since it
//! must stay as it is, and nobody who tests with this should compile more for it than it is.

/// The words of one seed and stream, in order.
#[derive(Clone, Debug)]
pub struct ChaCha8 {
    key: [u32; 8],
    stream: u64,
    /// The number of the next block.
    block: u64,
    words: [u32; 16],
    /// How many of them are used.
    used: usize,
}

impl ChaCha8 {
    /// Begins a stream. The key is the seed, in the order of its bytes from the least on, and zeros.
    pub fn new(seed: u64, stream: u64) -> ChaCha8 {
        let mut key = [0; 8];
        (key[0], key[1]) = (seed as u32, (seed >> 32) as u32);
        ChaCha8 { key, stream, block: 0, words: [0; 16], used: 16 }
    }

    /// The next word of 64 bits: two of those of a block, the lower half first.
    pub fn next_u64(&mut self) -> u64 {
        if self.used == self.words.len() {
            self.words = block(&self.key, self.block, self.stream);
            self.block = self.block.wrapping_add(1);
            self.used = 0;
        }
        let (low, high) = (self.words[self.used], self.words[self.used + 1]);
        self.used += 2;
        u64::from(low) | u64::from(high) << 32
    }
}

/// The words of a block.
fn block(key: &[u32; 8], number: u64, stream: u64) -> [u32; 16] {
    let [k0, k1, k2, k3, k4, k5, k6, k7] = *key;
    let halves = |word: u64| (word as u32, (word >> 32) as u32);
    let ((n0, n1), (s0, s1)) = (halves(number), halves(stream));
    // "expand 32-byte k"
    let (c0, c1, c2, c3) = (0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574);
    let first = [c0, c1, c2, c3, k0, k1, k2, k3, k4, k5, k6, k7, n0, n1, s0, s1];
    let mut words = first;
    for _ in 0..4 {
        for column in 0..4 {
            quarter(&mut words, [column, 4 + column, 8 + column, 12 + column]);
        }
        for diagonal in 0..4 {
            let on = |row: usize| 4 * row + (diagonal + row) % 4;
            quarter(&mut words, [on(0), on(1), on(2), on(3)]);
        }
    }
    std::array::from_fn(|at| words[at].wrapping_add(first[at]))
}

fn quarter(words: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    let mut mix = |to: usize, by: usize, turned: usize, left: u32| {
        words[to] = words[to].wrapping_add(words[by]);
        words[turned] = (words[turned] ^ words[to]).rotate_left(left);
    };
    mix(a, b, d, 16);
    mix(c, d, b, 12);
    mix(a, b, d, 8);
    mix(c, d, b, 7);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    #[test]
    fn its_words_are_those_of_another_implementation() {
        for (seed, stream) in [(0, 0), (7, 1), (u64::MAX, 3), (1 << 40, u64::MAX)] {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&seed.to_le_bytes());
            let mut other = ChaCha8Rng::from_seed(bytes);
            other.set_stream(stream);
            let mut own = ChaCha8::new(seed, stream);
            for word in 0..1_000 {
                assert_eq!(own.next_u64(), other.next_u64(), "word {word} of {seed}/{stream}");
            }
        }
    }
}
