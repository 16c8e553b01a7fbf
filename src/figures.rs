//! Numbers as reports give them. All are worked out from integers, so that a report is the same to the
//! byte on every platform.

use onceproof_kernel::alphabet::{Alphabet, Counted, Counter};
use onceproof_kernel::time::{Nanos, Span};
use onceproof_sim::fault::KindName;
use onceproof_sim::marks::Marks;
use onceproof_sim::outcome::{Fired, LedgerFigures, Work};

/// A ledger, by name, in the order of the report.
pub fn ledger(ledger: &LedgerFigures) -> [(&'static str, u64); 8] {
    let LedgerFigures { expected, exact, duplicated, excess, lost, divergent, late, dead_lettered } =
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

/// What was done, by name, in the order of the report: the figures of the system stand where it works.
pub fn work(work: &Work, marks: &Marks, alphabet: &Alphabet) -> Vec<(&'static str, u64)> {
    let Work {
        events,
        messages,
        retries,
        commits,
        own,
        user_calls,
        side_effects,
        ids_held_max,
        ids_held_end,
    } = *work;
    let of_system = alphabet.figures.iter().map(|&(name, counted)| match counted {
        Counted::Own(Counter(at)) => (name, own[usize::from(at)]),
        Counted::Mark(mark) => (name, marks.count(mark)),
    });
    [("events", events), ("messages", messages), ("retries", retries), ("commits", commits)]
        .into_iter()
        .chain(of_system)
        .chain([
            ("user_calls", user_calls),
            ("side_effects", side_effects),
            ("ids_held_max", ids_held_max),
            ("ids_held_end", ids_held_end),
        ])
        .collect()
}

/// The names of these figures, in the same order.
pub fn work_names(alphabet: &Alphabet) -> Vec<&'static str> {
    let none = work(&Work::default(), &Marks::default(), alphabet);
    none.into_iter().map(|(name, _)| name).collect()
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

/// A length of time that was measured, for people: three digits, in the unit that suits it: `34 ms`, `58.8 days`.
pub fn measured(nanos: Nanos) -> String {
    const SECOND: u64 = 1_000_000_000;
    /// Units, their lengths, and from where on they are used: `70 s` says more than `1.17 min`.
    const UNITS: [(&str, u64, u64); 7] = [
        ("days", 86_400 * SECOND, 86_400 * SECOND),
        ("h", 3_600 * SECOND, 3_600 * SECOND),
        ("min", 60 * SECOND, 120 * SECOND),
        ("s", SECOND, SECOND),
        ("ms", 1_000_000, 1_000_000),
        ("us", 1_000, 1_000),
        ("ns", 1, 1),
    ];
    let mut units = UNITS.into_iter().enumerate();
    let (at, (mut unit, mut length, _)) =
        units.find(|(_, (_, _, from))| nanos >= *from).unwrap_or((6, UNITS[6]));
    let mut rounded = three_digits(nanos, length);
    // What is rounded up to the next unit is told in it, if that begins there.
    if at > 0
        && UNITS[at - 1].1 == UNITS[at - 1].2
        && rounded.0 >= UNITS[at - 1].2 / length * 10_u64.pow(rounded.1)
    {
        (unit, length, _) = UNITS[at - 1];
        rounded = three_digits(nanos, length);
    }
    let (digits, places) = rounded;
    let scale = 10_u64.pow(places);
    let part = format!("{:0width$}", digits % scale, width = places as usize);
    let part = if places == 0 { "" } else { part.trim_end_matches('0') };
    let point = if part.is_empty() { "" } else { "." };
    let unit = if unit == "days" && digits == scale { "day" } else { unit };
    format!("{}{point}{part} {unit}", grouped(digits / scale))
}

/// A quotient with three digits, or more where it has more before the point, rounded half up; and how many of them
/// stand behind the point.
fn three_digits(of: u64, by: u64) -> (u64, u32) {
    let (of, by) = (u128::from(of), u128::from(by));
    let rounded = |places: u32| (of * 2 * 10_u128.pow(places) + by) / (2 * by);
    let places = (0..=2).rev().find(|&places| rounded(places) < 1_000).unwrap_or(0);
    (u64::try_from(rounded(places)).unwrap_or(u64::MAX), places)
}

/// A length of time that a scenario states, for people, and as a scenario may state it: `24h`, `1h30m`, `50ms`.
pub fn exact(nanos: Nanos) -> String {
    const SECOND: u64 = 1_000_000_000;
    const UNITS: [(&str, u64); 7] = [
        ("d", 86_400 * SECOND),
        ("h", 3_600 * SECOND),
        ("m", 60 * SECOND),
        ("s", SECOND),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ];
    if nanos < 60 * SECOND {
        return Span(nanos).to_string();
    }
    let mut text = String::new();
    let mut rest = nanos;
    for (unit, length) in UNITS {
        // A day is 24 hours to most who read of it.
        let is_one_day = unit == "d" && rest < 2 * length;
        let count = if is_one_day { 0 } else { rest / length };
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
            rest -= count * length;
        }
    }
    text
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
    fn what_is_measured_has_three_digits_and_the_unit_that_suits_it() {
        let check = |nanos, text: &str| assert_eq!(measured(nanos), text);
        check(0, "0 ns");
        check(7, "7 ns");
        check(1_500, "1.5 us");
        check(3_000_000, "3 ms");
        check(34_001_000, "34 ms");
        check(999_499_999, "999 ms");
        check(999_500_000, "1 s");
        check(1_234_000_000, "1.23 s");
        check(59_960_000_000, "60 s");
        check(61_900_000_000, "61.9 s");
        check(119_400_000_000, "119 s");
        check(119_600_000_000, "120 s");
        check(120_000_000_000, "2 min");
        check(150_000_000_000, "2.5 min");
        check(5_400_000_000_000, "1.5 h");
        check(86_400_000_000_000, "1 day");
        check(86_399_999_000_000, "1 day");
        check(129_600_000_000_000, "1.5 days");
        // 5,078,520.507 s are 58 days and 67,320.507 s, which is 0.779 of a day.
        check(5_078_520_507_000_000, "58.8 days");
        check(100 * 365 * 86_400_000_000_000, "36,500 days");
    }

    #[test]
    fn what_is_stated_is_exact_and_is_read_back() {
        let check = |text: &str, nanos| {
            assert_eq!(exact(nanos), text);
            assert_eq!(crate::scenario::duration(text), Ok(nanos));
        };
        let second = 1_000_000_000;
        check("0s", 0);
        check("50ms", second / 20);
        check("1500ms", second * 3 / 2);
        check("59s", 59 * second);
        check("1m", 60 * second);
        check("1m30s", 90 * second);
        check("1h30m", 5_400 * second);
        check("24h", 86_400 * second);
        check("47h59m59s", 172_799 * second);
        check("2d", 172_800 * second);
        check("30d1ns", 30 * 86_400 * second + 1);
        check("1m1s500ms", 61 * second + second / 2);
        // 3 days, 6 h and 11 min are 281,460 s.
        check("3d6h11m14s976ms710us656ns", 281_474_976_710_656);
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
