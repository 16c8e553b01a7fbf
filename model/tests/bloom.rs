//! How often our Bloom filter takes a stranger for a member: as often as theory says, and as often as the
//! filter of a well-kept library of the same shape. Everything is fixed, so what holds once holds for ever.

use fastbloom::BloomFilter;
use onceproof_model::dataflow::bloom;

/// Ten bits for each of 1,280 ids, of which each sets seven. (A multiple of 64, since the other filter rounds
/// up to one.)
const BITS: u64 = 12_800;
const DESIGNED_FOR: u64 = 1_280;
const HASHES: u32 = 7;

const FILTERS: u64 = 60;
const STRANGERS: u64 = 20_000;

/// The members and the strangers of one filter.
fn members(filter: u64, count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |n| filter << 32 | n)
}

fn strangers(filter: u64) -> impl Iterator<Item = u64> {
    members(filter | 1 << 20, STRANGERS)
}

/// The share of strangers taken for members, filter by filter.
struct Measured {
    mean: f64,
    /// The standard error of the mean.
    error: f64,
}

impl Measured {
    fn of(rates: &[f64]) -> Measured {
        let count = rates.len() as f64;
        let mean = rates.iter().sum::<f64>() / count;
        let variance = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Measured { mean, error: (variance / count).sqrt() }
    }
}

fn ours(count: u64) -> Measured {
    let mut filter = bloom::BloomFilter::default();
    let mut rate = |number| {
        filter.reset(BITS, HASHES);
        members(number, count).for_each(|element| filter.insert(element));
        assert!(members(number, count).all(|element| filter.may_contain(element)));
        let taken = strangers(number).filter(|&element| filter.may_contain(element)).count();
        taken as f64 / STRANGERS as f64
    };
    Measured::of(&(0..FILTERS).map(&mut rate).collect::<Vec<f64>>())
}

fn theirs(count: u64) -> Measured {
    let rate = |number| {
        let builder = BloomFilter::with_num_bits(BITS as usize).seed(&u128::from(number));
        let mut filter = builder.hashes(HASHES);
        assert_eq!(filter.num_bits() as u64, BITS);
        members(number, count).for_each(|element| {
            filter.insert(&element);
        });
        assert!(members(number, count).all(|element| filter.contains(&element)));
        let taken = strangers(number).filter(|element| filter.contains(element)).count();
        taken as f64 / STRANGERS as f64
    };
    Measured::of(&(0..FILTERS).map(rate).collect::<Vec<f64>>())
}

/// How many ids a filter has at a load, in halves of what it is designed for.
fn loads() -> impl Iterator<Item = u64> {
    [1, 2, 4, 8].into_iter().map(|halves| DESIGNED_FOR * halves / 2)
}

#[test]
fn strangers_are_taken_for_members_as_often_as_theory_says() {
    for count in loads() {
        // The share of bits that are still zero after so many were set at random, and from it the chance that
        // all bits of a stranger are set.
        let is_zero = (1.0 - 1.0 / BITS as f64).powf(f64::from(HASHES) * count as f64);
        let theory = (1.0 - is_zero).powf(f64::from(HASHES));
        let Measured { mean, error } = ours(count);
        let off = (mean - theory).abs();
        assert!(off < 3.0 * error, "{count} ids: {mean:.6}, theory {theory:.6}, error {error:.6}");
    }
}

#[test]
fn strangers_are_taken_for_members_as_often_as_by_another_filter() {
    for count in loads() {
        let (ours, theirs) = (ours(count), theirs(count));
        let error = ours.error.hypot(theirs.error);
        let off = (ours.mean - theirs.mean).abs();
        assert!(off < 4.0 * error, "{count} ids: {:.6} and {:.6}", ours.mean, theirs.mean);
    }
}

#[test]
fn twice_the_load_of_the_design_costs_many_times_the_reads() {
    // (1 - e^(-7/10))^7 = 0.0082 at the design, and (1 - e^(-14/10))^7 = 0.138 at twice the load: 17 times.
    let (design, twice) = (ours(DESIGNED_FOR).mean, ours(2 * DESIGNED_FOR).mean);
    assert!((14.0..20.0).contains(&(twice / design)), "{twice} and {design}");
}
