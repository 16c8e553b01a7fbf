//! Odds and other decimals, from their letters to integers.

use crate::scenario::wrong::diagnostic::quote;
use onceproof_sim::fault::Odds;
use std::borrow::Cow;

/// An exact decimal: `digits / 10^places`, with at most 18 places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    pub digits: u64,
    pub places: u32,
}

impl Decimal {
    /// Reads digits with at most one point, and an exponent.
    pub fn parse(text: &str) -> Result<Decimal, String> {
        let unreadable = || format!("{} is not a number", quote(text));
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
        let too_long = || format!("{} has too many digits", quote(text));
        let digits = format!("{whole}{part}");
        let digits = digits.trim_start_matches('0');
        let mut places =
            i32::try_from(part.len()).map_err(|_| too_long())?.saturating_sub(exponent);
        let mut digits: u64 = match digits {
            "" => {
                return Ok(Decimal { digits: 0, places: 0 });
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
        Ok(Decimal { digits, places: places as u32 })
    }
}

/// Reads `1/20` or `0.05`.
///
/// # Errors
/// What is wrong, and what would be right.
pub(in crate::scenario) fn odds(text: &str) -> Result<Odds, String> {
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
                return Err(format!("{} are no odds\n{SUCH_AS}", quote(text)));
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
    Ok(Odds { numerator: numerator / common, denominator: denominator / common })
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Reads a decimal from 0 to 10 as thousandths.
///
/// # Errors
/// What is wrong, and what would be right.
pub(in crate::scenario) fn thousandths(text: &str) -> Result<u32, String> {
    const SUCH_AS: &str = "a decimal from 0 to 10 with at most 3 places, such as 1.1";
    let decimal = Decimal::parse(text).map_err(|error| format!("{error}\n{SUCH_AS}"))?;
    let scaled = u128::from(decimal.digits) * 1000;
    let scale = 10_u128.pow(decimal.places);
    if !scaled.is_multiple_of(scale) || scaled / scale > 10_000 {
        return Err(format!("{} is not possible here\n{SUCH_AS}", quote(text)));
    }
    Ok((scaled / scale) as u32)
}

/// A number or a text that holds one; numbers are read from the letters of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) enum Literal {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odds_are_fractions_of_integers() {
        let good = |text, numerator, denominator| {
            assert_eq!(odds(text), Ok(Odds { numerator, denominator }), "{text}");
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
        bad("0.0000000000000000001", "`0.0000000000000000001` has too many digits");
        assert_eq!(thousandths("1.1"), Ok(1100));
        assert!(thousandths("1.1234").is_err());
        assert!(thousandths("10.001").is_err());
    }

    proptest! {
        #[test]
        fn a_fraction_keeps_its_value(numerator in 0..1000_u64, more in 1..1000_u64) {
            let denominator = numerator + more;
            let odds = odds(&format!("{numerator}/{denominator}")).expect("below 1");
            prop_assert_eq!(odds.numerator * denominator, numerator * odds.denominator);
        }

        #[test]
        fn no_text_makes_odds_panic(text in "\\PC{0,24}", number in "[-+0-9.eE/_]{0,24}") {
            for text in [text, number] {
                let _ = (odds(&text), thousandths(&text));
            }
        }
    }
}
