//! Who of several searches runs which schedules of the most faults. Each runs those of fewer faults by itself: it must
//! know what these explain. So all of them deal in the same way, by what came of the schedules with one fault less.
//!
//! What begins with one and the same first fault is dealt as a whole, the largest first and each to whom has the least.
//! A first fault whose schedules would be much of what one search has to do is cut: each search then runs the shorter
//! schedules that begin with it, since whether they lead to the same rest hangs on those before them, and of the
//! longest ones those of every n-th pair of first faults.

use super::shard::Shard;

/// One of so many parts of what each search has to do is too large to be dealt as a whole.
const CUT_ABOVE: u128 = 4;

/// Which slice of the schedules that begin with each first fault a search runs, by how much work they are; none where
/// another one runs them all. They are cut only if they have a second fault.
pub(super) fn dealt(shard: Shard, weights: &[u64], has_pairs: bool) -> Vec<Option<Shard>> {
    if shard.is_whole() {
        return vec![Some(shard); weights.len()];
    }
    let all: u128 = weights.iter().copied().map(u128::from).sum();
    let is_cut =
        |weight: u64| has_pairs && u128::from(weight) * u128::from(shard.of()) * CUT_ABOVE > all;
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&first| std::cmp::Reverse(weights[first]));
    let mut loads = vec![0_u128; usize::try_from(shard.of()).unwrap_or(usize::MAX)];
    let mut slices = vec![None; weights.len()];
    for first in order {
        if is_cut(weights[first]) {
            slices[first] = Some(shard);
            continue;
        }
        let least = (0..loads.len()).min_by_key(|&at| loads[at]).expect("at least one part");
        // What is no work is dealt out, too.
        loads[least] += u128::from(weights[first].max(1));
        if least as u64 + 1 == shard.number() {
            slices[first] = Some(Shard::WHOLE);
        }
    }
    slices
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each part has to do.
    fn loads(weights: &[u64], of: u64, has_pairs: bool) -> Vec<u64> {
        let mut covered = vec![0; weights.len()];
        let loads = (1..=of).map(|number| {
            let shard = Shard::new(number, of).expect("a part");
            let mut load = 0;
            for (at, slice) in dealt(shard, weights, has_pairs).into_iter().enumerate() {
                let Some(slice) = slice else { continue };
                assert!(slice.is_whole() || slice == shard);
                covered[at] += of / slice.of();
                load += weights[at] / slice.of();
            }
            load
        });
        let loads = loads.collect();
        // One part runs it all, or each of them one slice.
        assert!(covered.iter().all(|&slices| slices == of), "{covered:?}");
        loads
    }

    #[test]
    fn each_schedule_is_run_by_one_part_and_parts_have_about_as_much_to_do() {
        let squares: Vec<u64> = (0..40).map(|left| left * left).collect();
        for of in [1, 2, 3, 8] {
            let loads = loads(&squares, of, true);
            let (least, most) =
                (loads.iter().min().expect("one"), loads.iter().max().expect("one"));
            assert!(most * 10 <= least * 12, "{loads:?}");
        }
        assert_eq!(loads(&[1, 1, 1], 5, false), [1, 1, 1, 0, 0]);
        assert_eq!(loads(&[100], 4, true), [25, 25, 25, 25]);
        assert_eq!(loads(&[0, 0], 2, true), [0, 0]);
        assert_eq!(loads(&[], 2, true), [0, 0]);
    }
}
