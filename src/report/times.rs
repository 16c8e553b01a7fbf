//! Points on the axis of the input's times, for people.

use crate::figures::exact;
use onceproof_kernel::time::{SECOND, Time};

/// From here on a time counts from 1970: an input by hand does not go on for a year.
const DATES_FROM: i64 = 365 * 86_400 * SECOND as i64;

/// `2013-01-01 10:00` where the input has dates, else as long after its zero as a scenario states it: `10h`.
pub fn time(time: Time) -> String {
    match time {
        Time::MIN | Time::MAX => time.to_string(),
        Time(at) if at >= DATES_FROM => date(at.unsigned_abs()),
        Time(at) if at < 0 => format!("-{}", exact(at.unsigned_abs())),
        Time(at) => exact(at.unsigned_abs()),
    }
}

/// The date and the time of day, so long after 1970 began; no finer than it must be.
fn date(nanos: u64) -> String {
    let (seconds, part) = (nanos / SECOND, nanos % SECOND);
    let (year, month, day) = day_of(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}");
    if second > 0 || part > 0 {
        text.push_str(&format!(":{second:02}"));
    }
    if part > 0 {
        text.push_str(format!(".{part:09}").trim_end_matches('0'));
    }
    text
}

/// Year, month and day, so many days after 1970-01-01. A year begins in March here, so that its leap day is the last.
fn day_of(days: u64) -> (u64, u64, u64) {
    // 1970-01-01 is day 719,468 since the first of March of the year 0, and 400 years have 146,097 days.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let is_next_year = month >= 10;
    let month = if is_next_year { month - 9 } else { month + 3 };
    (era * 400 + year + u64::from(is_next_year), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_since_1970_is_a_date_and_an_earlier_one_is_as_a_scenario_states_it() {
        let check = |nanos: i64, text: &str| assert_eq!(time(Time(nanos)), text);
        let second = SECOND as i64;
        check(0, "0s");
        check(36_000 * second, "10h");
        check(-2 * second, "-2s");
        check(281_474_976_710_656, "3d6h11m14s976ms710us656ns");
        // 43 years with 11 leap days are 15,706 days, or 1,356,998,400 s.
        check(1_357_034_400 * second, "2013-01-01 10:00");
        check(1_357_034_407 * second + second / 2, "2013-01-01 10:00:07.5");
        check((10_957 + 31 + 28) * 86_400 * second, "2000-02-29 00:00");
        check((10_957 + 31 + 29) * 86_400 * second, "2000-03-01 00:00");
        check(364 * 86_400 * second, "364d");
        check(365 * 86_400 * second, "1971-01-01 00:00");
        assert_eq!(time(Time::MAX), "infinity");
    }
}
