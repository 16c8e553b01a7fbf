//! Values that clap has no reader for.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};
use onceproof::scenario::{Strategy, nearest};
use onceproof_kernel::time::Nanos;
use onceproof_sim::fault::KindName;
use std::ffi::OsStr;
use std::num::{NonZeroU64, NonZeroUsize};
use std::ops::Range;
use std::time::Duration;

/// The most faults of a schedule that is searched for.
const MOST_FAULTS: u32 = 9;

/// Reads the word of a kind of fault, and tells shells which there are.
#[derive(Clone, Copy, Debug)]
pub struct KindReader;

impl TypedValueParser for KindReader {
    type Value = KindName;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<KindName, clap::Error> {
        let read: fn(&str) -> Result<KindName, String> = kind;
        read.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(searched().into_iter().map(PossibleValue::new)))
    }
}

fn searched() -> Vec<&'static str> {
    KindName::searched().map(KindName::word).collect()
}

fn kind(text: &str) -> Result<KindName, String> {
    match KindName::of_word(text) {
        Some(name) if name.row().is_searched => Ok(name),
        Some(_) => Err("no design survives it: it is placed by a `[[fault]]` alone".to_owned()),
        None => Err(match nearest(text, &searched()) {
            Some(word) => format!("there is no such kind of fault; did you mean {word}?"),
            None => {
                format!("there is no such kind of fault; there are {}", searched().join(", "))
            }
        }),
    }
}

/// Reads the name of a strategy, and tells shells which there are.
#[derive(Clone, Copy, Debug)]
pub struct StrategyReader;

impl TypedValueParser for StrategyReader {
    type Value = Strategy;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Strategy, clap::Error> {
        let read: fn(&str) -> Result<Strategy, String> = strategy;
        read.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Strategy::ALL.into_iter().map(|one| PossibleValue::new(one.word()))))
    }
}

fn strategy(text: &str) -> Result<Strategy, String> {
    Strategy::ALL.into_iter().find(|strategy| strategy.word() == text).ok_or_else(|| {
        let words = Strategy::ALL.map(Strategy::word);
        match nearest(text, &words) {
            Some(word) => format!("there is no such strategy; did you mean {word}?"),
            None => format!("there is no such strategy; there are {}", words.join(", ")),
        }
    })
}

/// Reads a length of time as scenario files have it, such as `90s`; it is not 0.
pub fn duration(text: &str) -> Result<Duration, String> {
    match onceproof::scenario::duration(text).map_err(|error| error.replace('\n', ": "))? {
        0 => Err("no time at all".to_owned()),
        nanos => Ok(Duration::from_nanos(nanos)),
    }
}

/// Reads a time since the start of a run, such as `1003ms`.
pub fn time(text: &str) -> Result<Nanos, String> {
    onceproof::scenario::duration(text)
}

/// Reads a seed.
pub fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

/// Reads a number of things of which there is at least one.
pub fn at_least_one(text: &str) -> Result<NonZeroU64, String> {
    text.parse().map_err(|_| format!("a whole number from 1 to {} is meant", u64::MAX))
}

/// The same, as a plain number.
pub fn positive(text: &str) -> Result<u64, String> {
    at_least_one(text).map(NonZeroU64::get)
}

/// Reads a number of threads.
pub fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "a number of threads from 1 on is meant".to_owned())
}

/// Reads the most faults of a schedule.
pub fn most_faults(text: &str) -> Result<u32, String> {
    let most = text.parse().ok().filter(|most| *most <= MOST_FAULTS);
    most.ok_or_else(|| format!("a schedule has from 0 to {MOST_FAULTS} faults"))
}

/// Reads `a..b`. An empty range is read; that it selects nothing is said later.
pub fn seed_range(text: &str) -> Result<Range<u64>, String> {
    const SUCH_AS: &str = "such as 0..1000, from the first up to but without the last";
    let (start, end) =
        text.split_once("..").ok_or_else(|| format!("a range of seeds is meant, {SUCH_AS}"))?;
    let number = |text: &str| {
        let wrong = || format!("{text:?} is not a seed: seeds are 0 to {}", u64::MAX);
        text.parse::<u64>().map_err(|_| wrong())
    };
    if let Some((Ok(start), Ok(last))) =
        end.strip_prefix('=').map(|last| (number(start), number(last)))
    {
        let end = last.saturating_add(1);
        return Err(format!("a range is written without `=`; did you mean {start}..{end}?"));
    }
    let (start, end) = (number(start)?, number(end)?);
    if start > end {
        return Err(format!("the range ends before it begins; did you mean {end}..{start}?"));
    }
    Ok(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(seed_range("0..1000"), Ok(0..1000));
        assert_eq!(seed_range("7..7"), Ok(7..7));
        for bad in ["", "7", "..", "0..", "..5", "-1..5", "0..=5", "a..b", "5..3", "0..1e3"] {
            assert!(seed_range(bad).is_err(), "{bad}");
        }
        let meant = "a range is written without `=`; did you mean 0..11?";
        assert_eq!(seed_range("0..=10"), Err(meant.to_owned()));
        assert!(seed_range("0..18446744073709551615").is_ok());
        assert!(seed_range("0..18446744073709551616").is_err());
    }

    #[test]
    fn a_number_that_is_none_is_told_what_would_be_one() {
        let seeds = "a seed is a whole number from 0 to 18446744073709551615".to_owned();
        assert_eq!(seed("7"), Ok(7));
        for bad in ["abc", "", "-1", "18446744073709551616", "1.5"] {
            assert_eq!(seed(bad), Err(seeds.clone()), "{bad}");
        }
        assert_eq!(threads("0"), Err("a number of threads from 1 on is meant".to_owned()));
        assert_eq!(most_faults("9"), Ok(9));
        assert_eq!(most_faults("10"), Err("a schedule has from 0 to 9 faults".to_owned()));
        assert!(at_least_one("0").is_err_and(|error| error.contains("from 1 to")));
    }

    #[test]
    fn a_strategy_that_is_none_is_told_the_one_that_was_meant() {
        assert_eq!(strategy("best-effort"), Ok(Strategy::BestEffort));
        let meant = "there is no such strategy; did you mean at-least-once?";
        assert_eq!(strategy("at-least-onc"), Err(meant.to_owned()));
        assert!(
            strategy("storm")
                .is_err_and(|error| error.contains("dataflow, transactions, snapshot"))
        );
    }

    #[test]
    fn a_kind_that_is_none_is_told_the_one_that_was_meant() {
        assert_eq!(kind("drop-ack"), Ok(KindName::DropAck));
        let meant = "there is no such kind of fault; did you mean drop-ack?";
        assert_eq!(kind("drop_ack"), Err(meant.to_owned()));
        assert!(kind("flood").is_err_and(|error| error.contains("drop-request, drop-ack,")));
    }
}
