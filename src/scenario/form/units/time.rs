//! Durations and times: `30ms`, `1.5s`, `1h30m`, `-2s`.

use super::odds::Decimal;
use crate::scenario::wrong::diagnostic::quote;
use onceproof_kernel::time::{MICROSECOND, MILLISECOND, Nanos, SECOND, Time};

/// The longest duration, and the time furthest from zero: 100 years of 365 days. The sum of two is
/// below 2^63 ns; what adds up more of them (windows one below another, arrivals, calm and drain) is
/// limited as a sum where it is read.
pub(in crate::scenario) const LONGEST: Nanos = 100 * 365 * 86_400 * SECOND;

/// That a date stands where a time since the start or a length of time is meant.
pub(in crate::scenario) const NO_DATE: &str =
    "a date, and not a time since zero\nsuch as \"30s\"; dates stand in csv files alone";

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
pub(in crate::scenario) struct Duration(pub Nanos);

/// A point in time, which may be before zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::scenario) struct Moment(pub Time);

/// Reads `30ms`, `1.5s`, `1h30m`.
///
/// # Errors
/// What is wrong, and what would be right.
pub fn duration(text: &str) -> Result<Nanos, String> {
    if text.starts_with('-') {
        return Err("negative duration".to_owned());
    }
    if text.is_empty() {
        return Err("an empty duration\nsuch as \"30ms\" or \"1h30m\"".to_owned());
    }
    if is_date(text) {
        return Err(NO_DATE.to_owned());
    }
    let mut rest = text;
    let mut total: u128 = 0;
    let mut previous: Nanos = Nanos::MAX;
    while !rest.is_empty() {
        let number = take(&mut rest, |c| c.is_ascii_digit() || c == '.');
        let unit = take(&mut rest, |c| !(c.is_ascii_digit() || c == '.'));
        if number.is_empty() {
            return Err("a duration begins with a number\nsuch as \"30ms\" or \"1h30m\"".to_owned());
        }
        let length = length_of(unit)?;
        if length >= previous {
            return Err(
                "the units of a duration go from long to short\nsuch as \"1h30m\"".to_owned()
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
pub(in crate::scenario) fn moment(text: &str) -> Result<Time, String> {
    match text.strip_prefix('-') {
        Some(text) => Ok(Time(-(duration(text)? as i64))),
        None => Ok(Time(duration(text)? as i64)),
    }
}

/// Whether a text begins as a date does: `2013-01-31`.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let is_number = |part: Option<&str>, digits| {
        part.is_some_and(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let year = is_number(parts.next(), 4);
    year && is_number(parts.next(), 2) && parts.next().is_some()
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
    let unknown = quote(unit);
    let meant = OTHER_WORDS.iter().find(|(word, _)| *word == lower).map(|(_, name)| *name);
    let meant = meant.or(UNITS.iter().find(|(name, _)| *name == lower).map(|(name, _)| *name));
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

/// A number where a duration should be.
pub(super) fn no_unit<T>(number: Option<i128>) -> Result<T, String> {
    Err(if number.is_some_and(|number| number < 0) {
        "negative duration".to_owned()
    } else {
        "a duration needs a unit\na text such as \"30ms\", \"1s\" or \"1h30m\"".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::time::Span;
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
        bad("2013-01-31T10:00:00Z", "a date, and not a time since zero\nsuch as \"30s\"");
        bad("2013-01-31", "a date");
        bad("1.5ns", "not a whole number of nanoseconds");
        bad("1.s", "`1.` is not a number");
        bad("1.2.3s", "`1.2.3` is not a number");
        bad("36501d", "a duration of more than 100 years");
        bad("99999999999999999999d", "`99999999999999999999` has too many digits");
        assert_eq!(moment("-2s"), Ok(Time(-2_000_000_000)));
        assert!(moment("--2s").is_err());
    }

    proptest! {
        #[test]
        fn what_a_span_prints_is_read_back(nanos in 0..=LONGEST) {
            prop_assert_eq!(duration(&Span(nanos).to_string()), Ok(nanos));
            let time = Time(-(nanos as i64));
            prop_assert_eq!(moment(&time.to_string()), Ok(time));
        }

        #[test]
        fn no_text_makes_a_duration_panic(text in "\\PC{0,24}", number in "[-+0-9.eE_smhdun]{0,24}") {
            for text in [text, number] {
                let _ = (duration(&text), moment(&text));
            }
        }
    }
}
