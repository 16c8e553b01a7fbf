//! Numbers as reports give them. All are worked out from integers, so that a report is the same to the
//! byte on every platform.

use onceproof_model::time::Nanos;
use onceproof_sim::fault::KindName;
use onceproof_sim::marks::{Mark, Marks};
use onceproof_sim::outcome::{Fired, Ledger, Work};

/// A ledger, by name, in the order of the report.
pub fn ledger(ledger: &Ledger) -> [(&'static str, u64); 8] {
    let Ledger { expected, exact, duplicated, excess, lost, divergent, late, dead_lettered } =
        *ledger;
    [
        ("expected", expected),
        ("exact", exact),
        ("duplicated", duplicated),
        ("excess", excess),
        ("lost", lost),
        ("divergent", divergent),
        ("late", late),
        ("dead_lettered", dead_lettered),
    ]
}

/// What was done, by name, in the order of the report.
pub fn work(work: &Work, marks: &Marks) -> [(&'static str, u64); 14] {
    let Work {
        events,
        messages,
        retries,
        commits,
        catalog_reads,
        bloom_false_positives,
        user_calls,
        side_effects,
        ids_held_max,
        ids_held_end,
    } = *work;
    [
        ("events", events),
        ("messages", messages),
        ("retries", retries),
        ("commits", commits),
        ("catalog_reads", catalog_reads),
        ("bloom_negatives", marks.count(Mark::FilterSavedRead)),
        ("bloom_false_positives", bloom_false_positives),
        ("duplicates_dropped", marks.count(Mark::DuplicateDropped)),
        ("remnants_dropped", marks.count(Mark::RemnantDropped)),
        ("old_dropped", marks.count(Mark::OldDropped)),
        ("user_calls", user_calls),
        ("side_effects", side_effects),
        ("ids_held_max", ids_held_max),
        ("ids_held_end", ids_held_end),
    ]
}

/// The kinds of faults that fired, and how often.
pub fn fired(fired: &Fired) -> Vec<(&'static str, u64)> {
    KindName::ALL
        .into_iter()
        .map(|kind| (kind.word(), fired.count(kind)))
        .filter(|&(_, count)| count > 0)
        .collect()
}

/// Nanoseconds as milliseconds with three decimals, rounded half up: `30.000`.
pub fn milliseconds(nanos: Nanos) -> String {
    let micros = u128::from(nanos).saturating_add(500) / 1000;
    format!("{}.{:03}", micros / 1000, micros % 1000)
}

/// A quotient with three decimals, rounded half up; 0 of nothing.
pub fn ratio(of: u64, by: u64) -> String {
    let by = u128::from(by.max(1));
    let thousandths = (u128::from(of) * 2000 + by) / (2 * by);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// A fingerprint or a digest as 32 hex digits.
pub fn hex(word: u128) -> String {
    format!("{word:032x}")
}

/// A count with a comma between groups of three digits: `1,000`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 run`, `1,000 runs`.
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_three_decimals() {
        assert_eq!(milliseconds(0), "0.000");
        assert_eq!(milliseconds(30_000_000), "30.000");
        assert_eq!(milliseconds(1_234_499), "1.234");
        assert_eq!(milliseconds(1_234_500), "1.235");
        assert_eq!(milliseconds(u64::MAX), "18446744073709.552");
    }

    #[test]
    fn ratios_have_three_decimals() {
        assert_eq!(ratio(0, 0), "0.000");
        assert_eq!(ratio(3, 2), "1.500");
        // 2/3 is 0.6666…, and 1/3 is 0.3333….
        assert_eq!(ratio(2, 3), "0.667");
        assert_eq!(ratio(4, 3), "1.333");
    }

    #[test]
    fn counts_are_grouped_and_have_a_noun() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
        assert_eq!(counted(1, "run"), "1 run");
        assert_eq!(counted(1_000, "run"), "1,000 runs");
    }

    #[test]
    fn a_digest_has_32_digits() {
        assert_eq!(hex(1), "00000000000000000000000000000001");
    }
}
