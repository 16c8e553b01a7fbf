//! Totals of steps: sums may be larger than the numbers of a scenario file, and are then texts.

use crate::scenario::wrong::diagnostic::quote;

/// A total, as a number or as a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct Total(pub i128);

pub(super) fn total(text: &str) -> Result<Total, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if is_number => Ok(Total(number)),
        _ => Err(format!("{} is not a total\na whole number", quote(text))),
    }
}

/// A number where a total is.
pub(super) fn total_of_number(number: Option<i128>) -> Result<Total, String> {
    number.map(Total).ok_or_else(|| "a total is a whole number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_whole_numbers_of_any_size_that_a_sum_has() {
        assert_eq!(total("-2"), Ok(Total(-2)));
        assert_eq!(total("18446744073709551614"), Ok(Total(18_446_744_073_709_551_614)));
        assert_eq!(total_of_number(Some(-2)), Ok(Total(-2)));
        assert!(total("2s").is_err_and(|error| error.starts_with("`2s` is not a total")));
        for text in ["", "-", "+2", "1.0", "9".repeat(40).as_str()] {
            assert!(total(text).is_err(), "{text}");
        }
        assert!(total_of_number(None).is_err());
    }
}
