//! A Bloom filter: a set that may take a stranger for a member and never a member for a stranger (B. H.
//! Bloom, *Space/Time Trade-offs in Hash Coding with Allowable Errors*, 1970). An element sets so many bits,
//! at places that come from two hashes of it by double hashing (Kirsch and Mitzenmacher, *Less Hashing, Same
//! Performance*, 2006). It is ours because it must be bit-stable for ever: which stranger is taken for a
//! member decides what a run does.

use onceproof_kernel::mix::scatter;

/// A set of words of 64 bits, which should be hashes already.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct BloomFilter {
    words: Vec<u64>,
    bits: u64,
    hashes: u32,
}

impl BloomFilter {
    /// An empty filter of so many bits, of which each element sets `hashes`; at least 1 of either.
    pub fn new(bits: u64, hashes: u32) -> BloomFilter {
        let mut filter = BloomFilter::default();
        filter.reset(bits, hashes);
        filter
    }

    /// Makes it an empty filter of this shape, in the memory that it has.
    pub fn reset(&mut self, bits: u64, hashes: u32) {
        assert!(bits > 0 && hashes > 0, "a filter of nothing");
        self.words.clear();
        self.words.resize(bits.div_ceil(64) as usize, 0);
        self.bits = bits;
        self.hashes = hashes;
    }

    /// Adds an element.
    pub fn insert(&mut self, element: u64) {
        for place in places(element, self.bits).take(self.hashes as usize) {
            self.words[(place / 64) as usize] |= 1 << (place % 64);
        }
    }

    /// Whether an element may have been added. It was not if this is false.
    pub fn may_contain(&self, element: u64) -> bool {
        places(element, self.bits)
            .take(self.hashes as usize)
            .all(|place| self.words[(place / 64) as usize] & (1 << (place % 64)) != 0)
    }

    /// How many bits there are.
    pub fn bits(&self) -> u64 {
        self.bits
    }

    /// How many of them are set.
    pub fn bits_set(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// The places of an element among so many bits, without end. The sum of hashes is a fraction of 2^64, and
/// the place is that fraction of the bits.
fn places(element: u64, bits: u64) -> impl Iterator<Item = u64> {
    let mut sum = scatter(element);
    let step = scatter(sum);
    std::iter::repeat_with(move || {
        let place = (u128::from(sum) * u128::from(bits)) >> 64;
        sum = sum.wrapping_add(step);
        place as u64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(element: u64, bits: u64) -> Vec<u64> {
        places(element, bits).take(7).collect()
    }

    #[test]
    fn the_vectors_never_change() {
        // Worked out apart from this code, with integers of any length: the first place of 0 among 1000 bits
        // is the first output of SplitMix64 from seed 0, 0xe220a8397b1dcdaf, times 1000, divided by 2^64.
        assert_eq!(first(0, 1000), [883, 535, 188, 840, 493, 145, 798]);
        assert_eq!(first(1, 1000), [566, 934, 302, 671, 39, 407, 775]);
        assert_eq!(
            first(u64::MAX, 1_000_000),
            [893942, 260185, 626427, 992669, 358911, 725153, 91395]
        );
        let mut filter = BloomFilter::new(128, 4);
        filter.insert(0);
        filter.insert(1);
        assert_eq!(filter.words, [0x0000_0040_0100_0000, 0x0082_0800_0020_0110]);
    }

    #[test]
    fn what_was_added_is_found() {
        let mut filter = BloomFilter::new(1000, 7);
        assert!(
            (0..100).all(|element| !filter.may_contain(element)),
            "an empty filter has nothing"
        );
        (0..500).for_each(|element| filter.insert(element));
        assert!((0..500).all(|element| filter.may_contain(element)));
        assert_eq!(filter.bits(), 1000);
    }

    #[test]
    fn a_filter_of_one_bit_takes_everything_for_a_member_once_it_has_one() {
        let mut filter = BloomFilter::new(1, 1);
        assert!(!filter.may_contain(5));
        filter.insert(4);
        assert!(filter.may_contain(5));
        assert_eq!(filter.bits_set(), 1);
    }

    #[test]
    fn a_filter_that_is_reset_is_a_new_one() {
        let mut filter = BloomFilter::new(1000, 7);
        (0..100).for_each(|element| filter.insert(element));
        filter.reset(70, 2);
        assert_eq!(filter, BloomFilter::new(70, 2));
        assert_eq!(filter.bits_set(), 0);
    }
}
