//! Runs by their numbers, on many threads, and what came of them in the order of the numbers: so nothing depends on how
//! many threads there are.

use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// With the last number, or because enough was found.
    Itself,
    /// With the number before the first that was not run.
    Interrupted,
}

/// Runs these numbers on the threads of the pool it is called in, at most `most` of them between two times of adding up, each with what `make` makes for a thread. `run` says nothing of a number if it was stopped; `take` is
/// handed what it says in the order of the numbers.
pub(super) fn in_order<R, T: Send>(
    numbers: Range<u64>,
    most: u64,
    make: impl Fn() -> R + Sync,
    run: impl Fn(&mut R, u64) -> Option<T> + Sync,
    mut take: impl FnMut(u64, T) -> ControlFlow<()>,
) -> Ended {
    let mut chunk = most.min(8 * rayon::current_num_threads() as u64);
    let mut begin = numbers.start;
    while begin < numbers.end {
        let length = chunk.min(numbers.end - begin);
        // Indexed, so that rayon splits it no finer than its threads need: each split makes a runner.
        let ran: Vec<Option<T>> = (0..length as usize)
            .into_par_iter()
            .map_init(&make, |runner, at| run(runner, begin + at as u64))
            .collect();
        for (number, ran) in (begin..).zip(ran) {
            let Some(ran) = ran else { return Ended::Interrupted };
            if take(number, ran).is_break() {
                return Ended::Itself;
            }
        }
        begin += length;
        chunk = (2 * chunk).min(most);
    }
    Ended::Itself
}
