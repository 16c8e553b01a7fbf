//! Keys of a file that vary, and the values that each has one after the other: `mechanism.dedup.window` with 1s, 10s and
//! 1m. How they are put into the file says `at_point`.

use crate::scenario::form::raw::OneOrMany;
use crate::scenario::form::raw::expect::Entries;
use crate::scenario::form::units::{VariedValue, duration, odds};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::wrong::error::Errors;
use onceproof_kernel::time::Span;
use toml_edit::Key;

/// A key of a file, and the values that it has one after the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Varied {
    /// The key with those of the tables that it is in, with dots between; a step by its name, an exact fault by its
    /// number from 1: `mechanism.dedup.window`, `step.per-user.shards`, `fault.1.at.attempt`.
    pub key: String,
    /// Its values as a file has them; texts without quotes.
    pub values: Vec<String>,
}

/// A range is halved so often: it becomes twice as many steps each time, which are eight.
const HALVED: usize = 3;

impl Varied {
    /// A key with these values, or ranges of values.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub(in crate::scenario) fn of(key: &str, values: &[&str]) -> Result<Varied, String> {
        if let Err(error) = Key::parse(key) {
            return Err(format!("{} is no key: {}", quote(key), error.message()));
        }
        let mut all: Vec<String> = Vec::new();
        for value in values {
            for value in each(value)? {
                if !all.contains(&value) {
                    all.push(value);
                }
            }
        }
        if all.iter().any(String::is_empty) {
            return Err(format!("a value of {} is empty", quote(key)));
        }
        Ok(Varied { key: key.to_owned(), values: all })
    }
}

/// The keys of a file that vary.
///
/// # Errors
/// All that is wrong with them.
pub(in crate::scenario) fn stated(
    source: &Source<'_>,
    vary: Option<Entries<OneOrMany<VariedValue>>>,
) -> Result<Vec<Varied>, Vec<Diagnostic>> {
    let mut errors = Errors::default();
    let mut all = Vec::new();
    for (key, OneOrMany(values)) in vary.map_or(Vec::new(), |Entries(entries)| entries) {
        let values: Vec<&str> = values.iter().map(|value| value.value.0.as_str()).collect();
        let varied = match values.is_empty() {
            true => Err(format!("{} has no values", quote(&key.value))),
            false => Varied::of(&key.value, &values),
        };
        all.extend(errors.keep(varied.map_err(|why| source.error(key.span, why))));
    }
    errors.end(Some(all))
}

/// The values of a range, or the one value that it is.
fn each(value: &str) -> Result<Vec<String>, String> {
    let Some((first, last)) = value.split_once("..") else { return Ok(vec![value.to_owned()]) };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| text.parse::<u64>().ok();
    let length = |text: &str| duration(text).ok();
    let one_in = |text: &str| {
        Some(odds(text).ok()?).filter(|odds| odds.numerator == 1).map(|odds| odds.denominator)
    };
    if let Some(ends) = number(first).zip(number(last)) {
        return Ok(between(ends).iter().map(u64::to_string).collect());
    }
    if let Some(ends) = length(first).zip(length(last)) {
        return Ok(between(ends).iter().map(|&nanos| Span(nanos).to_string()).collect());
    }
    if let Some(ends) = one_in(first).zip(one_in(last)) {
        return Ok(between(ends).iter().map(|below| format!("1/{below}")).collect());
    }
    Err(format!(
        "{} is no range: one goes from a number to a number, from 1s to 10m, or from 1/1000 to 1/10",
        quote(value)
    ))
}

/// From the first to the last in eight steps of one ratio, each of two digits that are not 0; fewer where they would be
/// the same.
fn between((first, last): (u64, u64)) -> Vec<u64> {
    // Of small numbers the roots would be cut too soon.
    let scale = if first.max(last) < 1_000_000_000_000 { 1_000_000 } else { 1 };
    let mut all = vec![u128::from(first) * scale, u128::from(last) * scale];
    for _ in 0..HALVED {
        let middles: Vec<u128> = all.windows(2).map(|pair| (pair[0] * pair[1]).isqrt()).collect();
        let pairs = all.iter().zip(middles.iter().map(Some).chain([None]));
        all = pairs.flat_map(|(&end, middle)| [Some(end), middle.copied()]).flatten().collect();
    }
    let inner = 1..all.len() - 1;
    let number = |(at, scaled): (usize, u128)| {
        let number = (scaled / scale) as u64;
        if inner.contains(&at) { two_digits(number) } else { number }
    };
    let mut all: Vec<u64> = all.into_iter().enumerate().map(number).collect();
    all.dedup();
    all
}

/// A number rounded down to its first two digits.
fn two_digits(number: u64) -> u64 {
    let digits = number.checked_ilog10().map_or(0, |log| log.saturating_sub(1));
    let unit = 10_u64.pow(digits);
    number / unit * unit
}
