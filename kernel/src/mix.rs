//! A small mixing function of our own, for identities: the hash of a key or a name, the shard of a key.
//! It is bit-stable for ever (see the test vectors), which no hasher of a library promises.

/// Mixes two words into one: the two halves of their 128-bit product, folded.
pub fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Mixes one word so that no two inputs share an output (the finaliser of SplitMix64).
pub fn scatter(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Hashes a text, eight bytes at a time.
pub fn text(text: &str) -> u64 {
    bytes(text.as_bytes())
}

/// Hashes bytes, eight at a time.
pub fn bytes(bytes: &[u8]) -> u64 {
    let mut hash = scatter(bytes.len() as u64);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = scatter(fold(hash, u64::from_le_bytes(word)));
    }
    hash
}

/// Mixes words that have an order. Cheaper than folding each in, and as blind to none of them.
#[inline]
pub fn words<const N: usize>(words: [u64; N]) -> u64 {
    let mut all = 0_u64;
    for word in words {
        all = (all.rotate_left(25) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    all ^ (all >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_never_change() {
        // The first three outputs of SplitMix64 from seed 0 are published with its reference code.
        assert_eq!(scatter(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(scatter(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(scatter(0x3c6e_f372_fe94_f82a), 0x06c4_5d18_8009_454f);
        // (0 ^ A) * (0 ^ B) = 0x81c8…: worked out with a calculator of arbitrary precision.
        assert_eq!(fold(0x9e37_79b9_7f4a_7c15, 5), 0);
        assert_eq!(fold(0x9e37_79b9_7f4a_7c14, 0xd1b5_4a32_d192_ed03 ^ 7), 7);
        // 1 * C, with its upper half on its lower: 0x7f4a7c15 ^ 0x9e3779b9. The others by the same calculator.
        assert_eq!(words([1]), 0x9e37_79b9_e17d_05ac);
        assert_eq!(words([1, 0]), 0x8b8b_f06a_fb7b_3d85);
        assert_eq!(words([2, 3, 5]), 0x0112_1bc1_1851_13f4);
    }

    #[test]
    fn texts_that_differ_in_padding_differ() {
        assert_ne!(text("a"), text("a\0"));
        assert_ne!(text(""), text("\0"));
        assert_ne!(text("12345678"), text("123456781"));
    }
}
