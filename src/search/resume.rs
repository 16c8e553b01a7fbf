//! The parts of an exhaustive search that are done: a search that was interrupted goes on where it was, and one that is
//! cut for several machines is put together. A part is all schedules of so many faults that begin with one and the same
//! fault, or a slice of them (the module `deal`).

use super::certificate::Counts;
use super::shard::Shard;
use std::collections::BTreeMap;

/// What came of one part of a search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct SearchPart {
    /// Which slice of its schedules it is.
    pub(super) slice: Shard,
    /// How many schedules it has.
    pub(super) counts: Counts,
    /// How many schedules each cause explains, by the number of the cause.
    pub(super) explained: BTreeMap<u32, u64>,
    /// What broke the scenario and is not explained.
    pub(super) found: Vec<BreakingSchedule>,
    /// The path of the first schedule that hit a limit.
    pub(super) first_inconclusive: Option<Vec<u32>>,
}

/// A schedule that broke the scenario.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(transparent))]
pub struct BreakingSchedule {
    /// Which of the faults that could be placed each one is, given those before it.
    pub(super) path: Vec<u32>,
}

/// The parts that are done, by the number of faults and the number of the first fault.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Done {
    #[cfg_attr(feature = "cli", serde(with = "super::written::pairs"))]
    pub(super) parts: BTreeMap<(u32, u32), SearchPart>,
    /// From which number of faults on every schedule is run, also of those that come to the same.
    pub(super) full_from: Option<u32>,
    /// Which of the schedules with the most faults are run here.
    pub shard: Shard,
}

impl Done {
    /// Nothing is done, and every schedule is to be run, also of those that come to the same.
    #[cfg(feature = "cli")]
    pub(super) fn full() -> Done {
        Done { full_from: Some(0), ..Done::default() }
    }

    /// Nothing is done, and of the schedules with the most faults those of one part are to be run.
    pub fn of(shard: Shard) -> Done {
        Done { shard, ..Done::default() }
    }

    /// How many schedules were run in these parts.
    pub fn runs(&self) -> u64 {
        self.parts.values().map(|part| part.counts.runs).sum()
    }

    /// Puts the parts of a search for at most so many faults together. Where one of them found the first cause among the
    /// schedules with the most faults, those that found none have left out what comes to the same, and all of that is
    /// wanted: their parts are left out, so that the search runs them.
    ///
    /// # Errors
    /// In words, what was not the same in two of them: the schedules of fewer faults, which each of them ran.
    #[cfg(feature = "cli")]
    pub fn joined(all: Vec<Done>, most: u32) -> Result<Done, String> {
        let full_from = all.iter().filter_map(|done| done.full_from).min();
        let mut joined = Done { full_from, ..Done::default() };
        let mut slices: BTreeMap<u32, Vec<SearchPart>> = BTreeMap::new();
        for Done { parts, full_from, shard } in all {
            let is_left_out = joined.full_from == Some(most) && full_from.is_none();
            for ((faults, first), part) in parts {
                if faults == most && !shard.is_whole() {
                    if !is_left_out {
                        slices.entry(first).or_default().push(part);
                    }
                    continue;
                }
                let known = joined.parts.entry((faults, first)).or_insert_with(|| part.clone());
                if *known != part {
                    return Err(format!(
                        "what came of schedules of {faults} of these faults differs"
                    ));
                }
            }
        }
        for (first, slices) in slices {
            if let Some(part) = SearchPart::joined(slices)? {
                joined.parts.insert((most, first), part);
            }
        }
        Ok(joined)
    }
}

#[cfg(feature = "cli")]
impl SearchPart {
    /// All slices as one part; none if one is missing.
    fn joined(mut slices: Vec<SearchPart>) -> Result<Option<SearchPart>, String> {
        slices.sort_by_key(|part| part.slice);
        let of = slices.first().map_or(1, |part| part.slice.of());
        let found: Vec<Shard> = slices.iter().map(|part| part.slice).collect();
        if found.windows(2).any(|two| two[0] == two[1] || two[0].of() != two[1].of()) {
            return Err("schedules that begin with the same fault were run twice".to_owned());
        }
        if found.len() as u64 != of {
            return Ok(None);
        }
        let mut joined = SearchPart::default();
        for SearchPart { slice: _, counts, explained, found, first_inconclusive } in slices {
            joined.counts.add(&counts);
            for (cause, count) in explained {
                *joined.explained.entry(cause).or_default() += count;
            }
            joined.found.extend(found);
            // They are met in the order of their paths.
            joined.first_inconclusive = match (joined.first_inconclusive, first_inconclusive) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        joined.found.sort();
        Ok(Some(joined))
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    fn part(slice: Shard, runs: u64, found: &[u32]) -> SearchPart {
        SearchPart {
            slice,
            counts: Counts { runs, ..Counts::default() },
            explained: BTreeMap::from([(0, runs)]),
            found: found.iter().map(|&at| BreakingSchedule { path: vec![3, at] }).collect(),
            first_inconclusive: found.first().map(|&at| vec![3, at]),
        }
    }

    fn shard(number: u64) -> Shard {
        Shard::new(number, 2).expect("a part")
    }

    /// The search of one part for two faults at most.
    fn done(number: u64, full_from: Option<u32>, parts: &[((u32, u32), SearchPart)]) -> Done {
        Done { parts: parts.iter().cloned().collect(), full_from, shard: shard(number) }
    }

    #[test]
    fn slices_come_to_what_the_whole_comes_to() {
        let lower = ((1, 3), part(Shard::WHOLE, 1, &[]));
        let slices = [((2, 3), part(shard(1), 4, &[5, 9])), ((2, 3), part(shard(2), 3, &[2]))];
        let [one, other] = slices.clone();
        let all =
            vec![done(2, None, &[lower.clone(), other]), done(1, None, &[lower.clone(), one])];
        let joined = Done::joined(all, 2).expect("they fit");
        assert_eq!(joined.shard, Shard::WHOLE);
        assert_eq!(joined.parts[&(1, 3)], lower.1);
        assert_eq!(joined.parts[&(2, 3)], part(Shard::WHOLE, 7, &[2, 5, 9]));
        // One of two slices is no part, and the search runs it again.
        let half = Done::joined(vec![done(1, None, &[slices[0].clone()])], 2).expect("they fit");
        assert!(half.parts.is_empty());
    }

    #[test]
    fn what_each_part_has_run_must_be_the_same() {
        let [one, other] = [1, 2].map(|runs| ((1, 3), part(Shard::WHOLE, runs, &[])));
        let why = Done::joined(vec![done(1, None, &[one]), done(2, None, &[other])], 2);
        assert!(why.is_err_and(|why| why.contains("schedules of 1 of")));
        let twice = [1, 2].map(|at| done(at, None, &[((2, 0), part(Shard::WHOLE, 1, &[]))]));
        assert!(Done::joined(twice.to_vec(), 2).is_err_and(|why| why.contains("twice")));
    }

    #[test]
    fn what_left_out_variants_of_a_cause_that_another_part_found_is_run_again() {
        let of = |first| ((2, first), part(Shard::WHOLE, 1, &[]));
        let all = vec![done(1, Some(2), &[of(0)]), done(2, None, &[of(1)])];
        let joined = Done::joined(all, 2).expect("they fit");
        assert_eq!(joined.full_from, Some(2));
        assert_eq!(joined.parts.keys().collect::<Vec<_>>(), [&(2, 0)]);
    }
}
