//! Seeds: words of 64 bits, and ranges of them.

use crate::scenario::wrong::diagnostic::quote;
use std::ops::Range;

/// A seed: less than 2^64, as a number or as a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct Seed(pub u64);

/// `0..1000`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct Seeds(pub Range<u64>);

pub(super) fn seed(text: &str) -> Result<Seed, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seed) if digits => Ok(Seed(seed)),
        _ if digits => Err("a seed is less than 2^64\nat most \"18446744073709551615\"".to_owned()),
        _ => Err(format!("{} is not a seed\na whole number from 0 to 2^64 - 1", quote(text))),
    }
}

pub(super) fn seeds(text: &str) -> Result<Seeds, String> {
    const SUCH_AS: &str = "such as \"0..1000\", where the last is not included";
    let Some((first, end)) = text.split_once("..") else {
        return Err(format!("{} is not a range of seeds\n{SUCH_AS}", quote(text)));
    };
    if let Some((Ok(first), Ok(last))) =
        end.trim().strip_prefix('=').map(|last| (seed(first.trim()), seed(last.trim())))
    {
        let end = last.0.saturating_add(1);
        return Err(format!("a range of seeds has no `=`\ndid you mean \"{}..{end}\"?", first.0));
    }
    let (first, end) = (seed(first.trim())?.0, seed(end.trim())?.0);
    if first >= end {
        return Err(format!("an empty range of seeds\n{SUCH_AS}"));
    }
    Ok(Seeds(first..end))
}

/// A number where a seed is.
pub(super) fn seed_of_number(number: Option<i128>) -> Result<Seed, String> {
    match number.map(u64::try_from) {
        Some(Ok(number)) => Ok(Seed(number)),
        Some(Err(_)) if number < Some(0) => Err("a seed is not negative".to_owned()),
        Some(Err(_)) => seed("99999999999999999999"),
        None => Err("a seed is a whole number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let meant = "a range of seeds has no `=`\ndid you mean \"0..11\"?";
        assert_eq!(seeds("0..=10"), Err(meant.to_owned()));
    }

    proptest! {
        #[test]
        fn every_word_is_a_seed_and_nothing_panics(word: u64, text in "[-+0-9. ]{0,24}") {
            prop_assert_eq!(seed(&word.to_string()), Ok(Seed(word)));
            let _ = (seed(&text), seeds(&text));
        }
    }
}
