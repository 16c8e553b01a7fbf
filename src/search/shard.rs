//! One part of several into which the runs of a search are cut, so that several machines make them. Parts are numbered
//! from 1 on, as people count them.

use std::fmt;
use std::num::NonZeroU64;
use std::ops::Range;
use std::str::FromStr;

/// Which part of how many.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Shard {
    number: NonZeroU64,
    of: NonZeroU64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { number: NonZeroU64::MIN, of: NonZeroU64::MIN };

    /// The part of this number, from 1 on, of so many.
    ///
    /// # Errors
    /// In words, why there is none.
    pub fn new(number: u64, of: u64) -> Result<Shard, String> {
        let (Some(first), Some(all)) = (NonZeroU64::new(number), NonZeroU64::new(of)) else {
            return Err(format!("there is no part {number} of {of}: parts are numbered from 1 on"));
        };
        match first <= all {
            true => Ok(Shard { number: first, of: all }),
            false => Err(format!("there is no part {number} of {of}: the last one is {of}/{of}")),
        }
    }

    /// Its number, from 1 on.
    pub fn number(self) -> u64 {
        self.number.get()
    }

    /// How many parts there are.
    pub fn of(self) -> u64 {
        self.of.get()
    }

    /// Whether it is all there is.
    pub fn is_whole(self) -> bool {
        self == Shard::WHOLE
    }

    /// Which of so many runs in a row are its own. Those of all parts follow each other, and their lengths differ by at
    /// most one.
    pub fn range(self, count: u64) -> Range<u64> {
        let end_of = |number: u64| {
            let end = u128::from(count) * u128::from(number) / u128::from(self.of());
            u64::try_from(end).expect("at most the count")
        };
        end_of(self.number() - 1)..end_of(self.number())
    }
}

impl Default for Shard {
    fn default() -> Shard {
        Shard::WHOLE
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(number, of)| Some((number.parse::<u64>().ok()?, of.parse::<u64>().ok()?)));
        let (number, of) = numbers.ok_or("a part is meant, such as 2/8: the second of eight")?;
        Shard::new(number, of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_and_are_about_as_long() {
        for (count, of) in [(0, 1), (1, 3), (10, 3), (4_000, 7), (u64::MAX, 40)] {
            let ranges: Vec<Range<u64>> = (1..=of)
                .map(|number| Shard::new(number, of).expect("a part").range(count))
                .collect();
            assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, count));
            assert!(ranges.windows(2).all(|two| two[0].end == two[1].start), "{ranges:?}");
            let lengths = ranges.iter().map(|range| range.end - range.start);
            let (least, most) = (lengths.clone().min(), lengths.max());
            assert!(most <= least.map(|least| least + 1), "{ranges:?}");
        }
    }

    #[test]
    fn a_part_is_one_of_those_that_there_are() {
        assert_eq!("2/8".parse(), Shard::new(2, 8));
        assert_eq!("1/1".parse(), Ok(Shard::WHOLE));
        assert_eq!("3/7".parse::<Shard>().map(|shard| shard.to_string()), Ok("3/7".to_owned()));
        for bad in ["", "2", "0/8", "9/8", "1/0", "-1/8", "2/8/3", "a/b", "2 / 8"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }
}
