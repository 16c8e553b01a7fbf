//! Values that clap has no reader for.

use onceproof_model::time::Nanos;
use onceproof_sim::fault::KindName;
use std::ops::Range;
use std::time::Duration;

/// Reads the word of a kind of fault.
pub fn kind(text: &str) -> Result<KindName, String> {
    KindName::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
        let words: Vec<&str> = KindName::ALL.iter().map(|kind| kind.word()).collect();
        format!("there is no such kind of fault; there are {}", words.join(", "))
    })
}

/// Reads a length of time as scenario files have it, such as `90s`; it is not 0.
pub fn duration(text: &str) -> Result<Duration, String> {
    match onceproof::scenario::duration(text)? {
        0 => Err("no time at all".to_owned()),
        nanos => Ok(Duration::from_nanos(nanos)),
    }
}

/// Reads a time since the start of a run, such as `1003ms`.
pub fn time(text: &str) -> Result<Nanos, String> {
    onceproof::scenario::duration(text)
}

/// Reads `a..b`. An empty range is read; that it selects nothing is said later.
pub fn seed_range(text: &str) -> Result<Range<u64>, String> {
    let (start, end) = text.split_once("..").ok_or("seeds are given as a..b, such as 0..1000")?;
    let seed = |text: &str| {
        let number = text.parse::<u64>();
        number.map_err(|_| format!("{text:?} is not a seed: seeds are 0 to {}", u64::MAX))
    };
    let (start, end) = (seed(start)?, seed(end)?);
    if start > end {
        return Err(format!("the range ends before it begins; {end}..{start} is meant?"));
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
        assert!(seed_range("0..18446744073709551615").is_ok());
        assert!(seed_range("0..18446744073709551616").is_err());
    }
}
