//! The times of data files, as seconds, as milliseconds, or as dates. What is wrong with one is said without it,
//! since a file may hold what nobody should see.

use super::LONGEST;
use crate::scenario::form::raw::input::TimeFormat;
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND, Time};
use toml_edit::{Datetime, Offset};

const TOO_FINE: &str = "finer than a nanosecond";
const TOO_FAR: &str = "more than 100 years from 1970";

/// Reads a time.
///
/// # Errors
/// What the text is: "not a number of seconds".
pub(in crate::scenario) fn stamp(text: &str, format: TimeFormat) -> Result<Time, &'static str> {
    let text = text.trim();
    let nanos = match format {
        TimeFormat::S => number(text, SECOND, "not a number of seconds")?,
        TimeFormat::Ms => number(text, MILLISECOND, "not a number of milliseconds")?,
        TimeFormat::Rfc3339 => date(text)?,
    };
    match i64::try_from(nanos) {
        Ok(nanos) if nanos.unsigned_abs() <= LONGEST => Ok(Time(nanos)),
        Ok(_) | Err(_) => Err(TOO_FAR),
    }
}

/// A number of units since 1970, in nanoseconds.
fn number(text: &str, unit: Nanos, no_number: &'static str) -> Result<i128, &'static str> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if !is_plain || whole.is_empty() || part.is_empty() || part.contains('.') {
        return Err(no_number);
    }
    let part = part.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    if whole.len() > 18 {
        return Err(TOO_FAR);
    }
    if part.len() > 9 {
        return Err(TOO_FINE);
    }
    // What is left are up to 18 digits and 9 more.
    let read =
        |digits: &str| digits.bytes().fold(0, |all, digit| all * 10 + i128::from(digit - b'0'));
    let scale = 10_i128.pow(part.len() as u32);
    let scaled = (read(whole) * scale + read(part)) * i128::from(unit);
    if scaled % scale != 0 {
        return Err(TOO_FINE);
    }
    let nanos = scaled / scale;
    Ok(if is_negative { -nanos } else { nanos })
}

/// A date and time of RFC 3339 with an offset, in nanoseconds since 1970. A leap second is the first second of the
/// minute that follows.
fn date(text: &str) -> Result<i128, &'static str> {
    const NO_DATE: &str = "no date and time of RFC 3339";
    let fraction = text.split_once('.').map_or("", |(_, rest)| rest);
    let fraction = &fraction[..fraction.bytes().take_while(u8::is_ascii_digit).count()];
    let is_too_fine = fraction.trim_end_matches('0').len() > 9;
    let Datetime { date, time, offset } = text.parse().map_err(|_| NO_DATE)?;
    let (Some(date), Some(time)) = (date, time) else { return Err(NO_DATE) };
    let Some(second) = time.second else { return Err(NO_DATE) };
    if is_too_fine {
        return Err(TOO_FINE);
    }
    let offset = match offset {
        None => return Err("without an offset, such as `Z`"),
        Some(Offset::Z) => 0,
        Some(Offset::Custom { minutes }) => i128::from(minutes),
    };
    let days = days_since_1970(date.year.into(), date.month.into(), date.day.into());
    let minutes = (i128::from(days) * 24 + i128::from(time.hour)) * 60 + i128::from(time.minute);
    let seconds = (minutes - offset) * 60 + i128::from(second);
    Ok(seconds * i128::from(SECOND) + i128::from(time.nanosecond.unwrap_or(0)))
}

/// The days from 1970-01-01 to a date. A year begins in March here, so that its leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    // 1970-01-01 is day 719,468 since the first of March of the year 0.
    year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(1969, 12, 31), -1);
        // 30 years of 365 days, and the leap days of 1972, 1976, … 1996.
        assert_eq!(days_since_1970(2000, 1, 1), 10_957);
        assert_eq!(days_since_1970(2000, 3, 1), 10_957 + 31 + 29);
        // 1900 was no leap year: 70 years and 17 leap days.
        assert_eq!(days_since_1970(1900, 1, 1), -25_567);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_time_panic(text in "\\PC{0,24}", date in "[-+0-9.:TtZz ]{0,30}") {
            for format in [TimeFormat::S, TimeFormat::Ms, TimeFormat::Rfc3339] {
                let _ = (stamp(&text, format), stamp(&date, format));
            }
        }

        #[test]
        fn nanoseconds_are_read_as_they_are_written(nanos in 0..=LONGEST) {
            let written = format!("{}.{:09}", nanos / SECOND, nanos % SECOND);
            prop_assert_eq!(stamp(&written, TimeFormat::S), Ok(Time(nanos as i64)));
            let negative = format!("-{written}");
            prop_assert_eq!(stamp(&negative, TimeFormat::S), Ok(Time(-(nanos as i64))));
        }
    }
}
