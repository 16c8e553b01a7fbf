//! Durations, times, odds and seeds, as a scenario writes them and as integers. Nothing goes through a
//! float: a number is read from its own letters, and what is not exact is refused.

use onceproof_model::time::{MICROSECOND, MILLISECOND, Nanos, SECOND, Time};
use onceproof_sim::fault::Odds;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// The longest duration, and the time furthest from zero: 100 years of 365 days. The sum of two is
/// below 2^63 ns; what adds up more of them (windows one below another, arrivals, calm and drain) is
/// limited as a sum where it is read.
pub(super) const LONGEST: Nanos = 100 * 365 * 86_400 * SECOND;

const UNITS: [(&str, Nanos); 7] = [
    ("d", 86_400 * SECOND),
    ("h", 3_600 * SECOND),
    ("m", 60 * SECOND),
    ("s", SECOND),
    ("ms", MILLISECOND),
    ("us", MICROSECOND),
    ("ns", 1),
];

/// Units as other programs write them.
const OTHER_WORDS: [(&str, &str); 16] = [
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("millis", "ms"),
    ("msec", "ms"),
    ("µs", "us"),
    ("usec", "us"),
];

/// A length of time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Duration(pub Nanos);

/// A point in time, which may be before zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Moment(pub Time);

/// Reads `30ms`, `1.5s`, `1h30m`.
///
/// # Errors
/// What is wrong, and what would be right.
pub(super) fn duration(text: &str) -> Result<Nanos, String> {
    if text.starts_with('-') {
        return Err("negative duration".to_owned());
    }
    if text.is_empty() {
        return Err("an empty duration\nsuch as \"30ms\" or \"1h30m\"".to_owned());
    }
    let mut rest = text;
    let mut total: u128 = 0;
    let mut previous: Nanos = Nanos::MAX;
    while !rest.is_empty() {
        let number = take(&mut rest, |c| c.is_ascii_digit() || c == '.');
        let unit = take(&mut rest, |c| !(c.is_ascii_digit() || c == '.'));
        if number.is_empty() {
            return Err(
                "a duration begins with a number\nsuch as \"30ms\" or \"1h30m\"".to_owned(),
            );
        }
        let length = length_of(unit)?;
        if length >= previous {
            return Err(
                "the units of a duration go from long to short\nsuch as \"1h30m\"".to_owned(),
            );
        }
        previous = length;
        total += in_nanos(number, length)?;
    }
    if total > u128::from(LONGEST) {
        return Err("a duration of more than 100 years".to_owned());
    }
    Ok(total as Nanos)
}

/// Reads a duration, or one before zero: `-2s`.
///
/// # Errors
/// What is wrong, and what would be right.
pub(super) fn moment(text: &str) -> Result<Time, String> {
    match text.strip_prefix('-') {
        Some(text) => Ok(Time(-(duration(text)? as i64))),
        None => Ok(Time(duration(text)? as i64)),
    }
}

fn take<'a>(rest: &mut &'a str, belongs: impl Fn(char) -> bool) -> &'a str {
    let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    let (head, tail) = rest.split_at(end);
    *rest = tail;
    head
}

fn length_of(unit: &str) -> Result<Nanos, String> {
    const KNOWN: &str = "`ns`, `us`, `ms`, `s`, `m`, `h` and `d`";
    if unit.is_empty() {
        return Err(format!("a duration needs a unit\none of {KNOWN}"));
    }
    if let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*length);
    }
    let lower = unit.to_lowercase();
    let unknown = super::diagnostic::quote(unit);
    let meant = OTHER_WORDS
        .iter()
        .find(|(word, _)| *word == lower)
        .map(|(_, name)| *name);
    let meant = meant.or(UNITS
        .iter()
        .find(|(name, _)| *name == lower)
        .map(|(name, _)| *name));
    Err(match meant {
        Some(name) => format!("unknown unit {unknown}\ndid you mean `{name}`?"),
        None => format!("unknown unit {unknown}\nthe units are {KNOWN}"),
    })
}

fn in_nanos(number: &str, unit: Nanos) -> Result<u128, String> {
    let decimal = Decimal::parse(number)?;
    let scaled = u128::from(decimal.digits) * u128::from(unit);
    let scale = 10_u128.pow(decimal.places);
    if !scaled.is_multiple_of(scale) {
        return Err("not a whole number of nanoseconds".to_owned());
    }
    Ok(scaled / scale)
}

/// An exact decimal: `digits / 10^places`, with at most 18 places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Decimal {
    digits: u64,
    places: u32,
}

impl Decimal {
    /// Reads digits with at most one point, and an exponent.
    fn parse(text: &str) -> Result<Decimal, String> {
        let unreadable = || format!("{} is not a number", super::diagnostic::quote(text));
        if text.starts_with('-') {
            return Err("a negative number".to_owned());
        }
        let text = text.strip_prefix('+').unwrap_or(text);
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.parse::<i32>().map_err(|_| unreadable())?)
            }
            None => (text, 0),
        };
        let (whole, part) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(unreadable()),
            Some((whole, part)) => (whole, part.trim_end_matches('0')),
            None => (mantissa, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(part) {
            return Err(unreadable());
        }
        let too_long = || format!("{} has too many digits", super::diagnostic::quote(text));
        let digits = format!("{whole}{part}");
        let digits = digits.trim_start_matches('0');
        let mut places = i32::try_from(part.len())
            .map_err(|_| too_long())?
            .saturating_sub(exponent);
        let mut digits: u64 = match digits {
            "" => {
                return Ok(Decimal {
                    digits: 0,
                    places: 0,
                });
            }
            digits => digits.parse().map_err(|_| too_long())?,
        };
        while places > 0 && digits.is_multiple_of(10) {
            (digits, places) = (digits / 10, places - 1);
        }
        while places < 0 {
            (digits, places) = (digits.checked_mul(10).ok_or_else(too_long)?, places + 1);
        }
        if places > 18 {
            return Err(too_long());
        }
        Ok(Decimal {
            digits,
            places: places as u32,
        })
    }
}

/// Reads `1/20` or `0.05`.
///
/// # Errors
/// What is wrong, and what would be right.
pub(super) fn odds(text: &str) -> Result<Odds, String> {
    const SUCH_AS: &str = "odds are a fraction such as \"1/20\" or a decimal from 0 to 1";
    let (numerator, denominator) = match text.split_once('/') {
        Some((above, below)) => {
            let number = |text: &str| {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                digits.then(|| text.parse::<u64>().ok()).flatten()
            };
            if above.starts_with('-') {
                return Err(format!("negative odds\n{SUCH_AS}"));
            }
            let (Some(above), Some(below)) = (number(above.trim()), number(below.trim())) else {
                return Err(format!(
                    "{} are no odds\n{SUCH_AS}",
                    super::diagnostic::quote(text)
                ));
            };
            if below == 0 {
                return Err(format!("odds out of 0\n{SUCH_AS}"));
            }
            (above, below)
        }
        None if text.starts_with('-') => return Err(format!("negative odds\n{SUCH_AS}")),
        None => {
            let decimal = Decimal::parse(text).map_err(|error| format!("{error}\n{SUCH_AS}"))?;
            (decimal.digits, 10_u64.pow(decimal.places))
        }
    };
    if numerator > denominator {
        return Err(format!("odds above 1\n{SUCH_AS}"));
    }
    let common = gcd(numerator, denominator);
    Ok(Odds {
        numerator: numerator / common,
        denominator: denominator / common,
    })
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Reads a decimal from 0 to 10 as thousandths.
///
/// # Errors
/// What is wrong, and what would be right.
pub(super) fn thousandths(text: &str) -> Result<u32, String> {
    const SUCH_AS: &str = "a decimal from 0 to 10 with at most 3 places, such as 1.1";
    let decimal = Decimal::parse(text).map_err(|error| format!("{error}\n{SUCH_AS}"))?;
    let scaled = u128::from(decimal.digits) * 1000;
    let scale = 10_u128.pow(decimal.places);
    if !scaled.is_multiple_of(scale) || scaled / scale > 10_000 {
        return Err(format!(
            "{} is not possible here\n{SUCH_AS}",
            super::diagnostic::quote(text)
        ));
    }
    Ok((scaled / scale) as u32)
}

/// A number or a text that holds one; numbers are read from the letters of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Literal {
    /// A text in quotes.
    Text(String),
    /// A number, which stands in the file where the value does.
    Number,
}

impl Literal {
    /// The letters, given those that stand in the file.
    pub fn letters<'a>(&'a self, written: &'a str) -> Cow<'a, str> {
        match self {
            Literal::Text(text) => Cow::Borrowed(text.trim()),
            Literal::Number => Cow::Owned(written.replace('_', "")),
        }
    }
}

/// A seed: less than 2^64, as a number or as a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seed(pub u64);

/// `0..1000`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Seeds(pub Range<u64>);

fn seed(text: &str) -> Result<Seed, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seed) if digits => Ok(Seed(seed)),
        _ if digits => Err("a seed is less than 2^64\nat most \"18446744073709551615\"".to_owned()),
        _ => Err(format!(
            "{} is not a seed\na whole number from 0 to 2^64 - 1",
            super::diagnostic::quote(text)
        )),
    }
}

fn seeds(text: &str) -> Result<Seeds, String> {
    const SUCH_AS: &str = "such as \"0..1000\", where the last is not included";
    let Some((first, end)) = text.split_once("..") else {
        return Err(format!(
            "{} is not a range of seeds\n{SUCH_AS}",
            super::diagnostic::quote(text)
        ));
    };
    let (first, end) = (seed(first.trim())?.0, seed(end.trim())?.0);
    if first >= end {
        return Err(format!("an empty range of seeds\n{SUCH_AS}"));
    }
    Ok(Seeds(first..end))
}

/// Implements reading from a text, refusing numbers with a message of its own, and the schema.
macro_rules! read_from_text {
    ($type:ident, $parse:expr, $expected:literal, $number:expr, $schema:tt) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl Visitor<'_> for Reader {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$type, E> {
                        $parse(text).map_err(E::custom)
                    }

                    fn visit_i64<E: Error>(self, number: i64) -> Result<$type, E> {
                        $number(Some(i128::from(number))).map_err(E::custom)
                    }

                    fn visit_u64<E: Error>(self, number: u64) -> Result<$type, E> {
                        $number(Some(i128::from(number))).map_err(E::custom)
                    }

                    fn visit_i128<E: Error>(self, number: i128) -> Result<$type, E> {
                        $number(Some(number)).map_err(E::custom)
                    }

                    fn visit_u128<E: Error>(self, _: u128) -> Result<$type, E> {
                        $number(Some(i128::MAX)).map_err(E::custom)
                    }

                    fn visit_f64<E: Error>(self, number: f64) -> Result<$type, E> {
                        $number(if number < 0.0 { Some(-1) } else { None }).map_err(E::custom)
                    }
                }
                deserializer.deserialize_any(Reader)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

fn no_unit<T>(number: Option<i128>) -> Result<T, String> {
    Err(if number.is_some_and(|number| number < 0) {
        "negative duration".to_owned()
    } else {
        "a duration needs a unit\na text such as \"30ms\", \"1s\" or \"1h30m\"".to_owned()
    })
}

fn seed_of_number(number: Option<i128>) -> Result<Seed, String> {
    match number.map(u64::try_from) {
        Some(Ok(number)) => Ok(Seed(number)),
        Some(Err(_)) if number < Some(0) => Err("a seed is not negative".to_owned()),
        Some(Err(_)) => seed("99999999999999999999"),
        None => Err("a seed is a whole number".to_owned()),
    }
}

read_from_text!(
    Duration,
    |text| duration(text).map(Duration),
    "a duration such as \"30ms\"",
    no_unit,
    {
        "type": "string",
        "description": "A duration with a unit: \"30ms\", \"1.5s\", \"1h30m\". Units: ns, us, ms, s, m, h, d.",
        "pattern": "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$"
    }
);
read_from_text!(
    Moment,
    |text| moment(text).map(Moment),
    "a time such as \"30s\"",
    no_unit,
    {
        "type": "string",
        "description": "A time as a duration since zero, perhaps before it: \"1s\", \"-2s\".",
        "pattern": "^-?([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$"
    }
);
read_from_text!(
    Seed,
    seed,
    "a seed",
    seed_of_number,
    {
        "description": "A whole number below 2^64, as a number or as a text.",
        "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": 18446744073709551615_u64 },
            { "type": "string", "pattern": "^[0-9]{1,20}$" }
        ]
    }
);
read_from_text!(
    Seeds,
    seeds,
    "a range of seeds such as \"0..1000\"",
    |_| Err("a range of seeds is a text\nsuch as \"0..1000\""),
    {
        "type": "string",
        "description": "A range of seeds without its end: \"0..1000\".",
        "pattern": "^ *[0-9]+ *\\.\\. *[0-9]+ *$"
    }
);
read_from_text!(
    Literal,
    |text: &str| Ok::<_, &str>(Literal::Text(text.to_owned())),
    "a number",
    |_| Ok::<_, &str>(Literal::Number),
    {
        "anyOf": [
            { "type": "number", "minimum": 0 },
            { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$|^ *[0-9]+ */ *[0-9]+ *$" }
        ]
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_model::time::Span;
    use proptest::prelude::*;

    #[test]
    fn durations_are_exact_or_refused() {
        let good = |text, nanos| assert_eq!(duration(text), Ok(nanos), "{text}");
        good("30ms", 30_000_000);
        good("1.5s", 1_500_000_000);
        good("0.000000001s", 1);
        good("1h30m", 5_400 * SECOND);
        good("2d", 172_800 * SECOND);
        good("5us", 5_000);
        good("7ns", 7);
        good("0s", 0);
        good("36500d", LONGEST);
        let bad = |text, start: &str| {
            let error = duration(text).expect_err(text);
            assert!(error.starts_with(start), "{text}: {error}");
        };
        bad("", "an empty duration");
        bad("30", "a duration needs a unit");
        bad("ms", "a duration begins with a number");
        bad("-1s", "negative duration");
        bad("1sec", "unknown unit `sec`\ndid you mean `s`?");
        bad("1S", "unknown unit `S`\ndid you mean `s`?");
        bad("1 s", "unknown unit ` s`");
        bad("30m1h", "the units of a duration go from long to short");
        bad("1.5ns", "not a whole number of nanoseconds");
        bad("1.s", "`1.` is not a number");
        bad("1.2.3s", "`1.2.3` is not a number");
        bad("36501d", "a duration of more than 100 years");
        bad(
            "99999999999999999999d",
            "`99999999999999999999` has too many digits",
        );
        assert_eq!(moment("-2s"), Ok(Time(-2_000_000_000)));
        assert!(moment("--2s").is_err());
    }

    #[test]
    fn odds_are_fractions_of_integers() {
        let good = |text, numerator, denominator| {
            assert_eq!(
                odds(text),
                Ok(Odds {
                    numerator,
                    denominator
                }),
                "{text}"
            );
        };
        good("1/20", 1, 20);
        good("2/40", 1, 20);
        good("0.05", 1, 20);
        good("5e-2", 1, 20);
        good("0", 0, 1);
        good("1.0", 1, 1);
        good("0.1", 1, 10);
        good("0.000000000000000001", 1, 1_000_000_000_000_000_000);
        let bad = |text, start: &str| {
            let error = odds(text).expect_err(text);
            assert!(error.starts_with(start), "{text}: {error}");
        };
        bad("2/1", "odds above 1");
        bad("1.1", "odds above 1");
        bad("-0.1", "negative odds");
        bad("-1/2", "negative odds");
        bad("1/0", "odds out of 0");
        bad("1/", "`1/` are no odds");
        bad("nan", "`nan` is not a number");
        bad("inf", "`inf` is not a number");
        bad("1e-99999999999", "`1e-99999999999` is not a number");
        bad("1e-2147483648", "`1e-2147483648` has too many digits");
        bad(
            "0.0000000000000000001",
            "`0.0000000000000000001` has too many digits",
        );
        assert_eq!(thousandths("1.1"), Ok(1100));
        assert!(thousandths("1.1234").is_err());
        assert!(thousandths("10.001").is_err());
    }

    #[test]
    fn seeds_are_words_of_64_bits() {
        assert_eq!(seed("18446744073709551615"), Ok(Seed(u64::MAX)));
        assert!(
            seed("18446744073709551616").is_err_and(|e| e.starts_with("a seed is less than 2^64"))
        );
        assert!(seed("+1").is_err());
        assert_eq!(seeds("0..1000"), Ok(Seeds(0..1000)));
        assert!(seeds("5..5").is_err_and(|e| e.starts_with("an empty range")));
        assert!(seeds("5").is_err());
    }

    proptest! {
        #[test]
        fn what_a_span_prints_is_read_back(nanos in 0..=LONGEST) {
            prop_assert_eq!(duration(&Span(nanos).to_string()), Ok(nanos));
            let time = Time(-(nanos as i64));
            prop_assert_eq!(moment(&time.to_string()), Ok(time));
        }

        #[test]
        fn no_text_makes_a_unit_panic(text in "\\PC{0,24}", number in "[-+0-9.eE/_smhdu]{0,24}") {
            for text in [text, number] {
                let _ = (duration(&text), moment(&text), odds(&text), thousandths(&text));
                let _ = (seed(&text), seeds(&text));
            }
        }

        #[test]
        fn a_fraction_keeps_its_value(numerator in 0..1000_u64, more in 1..1000_u64) {
            let denominator = numerator + more;
            let odds = odds(&format!("{numerator}/{denominator}")).expect("below 1");
            prop_assert_eq!(odds.numerator * denominator, numerator * odds.denominator);
        }
    }
}
