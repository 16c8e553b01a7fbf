//! Runs by their numbers, on many threads, and what came of them in the order of the numbers: so nothing depends on how
//! many threads there are.

use super::threads::Threads;
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// With the last number, or because enough was found.
    Itself,
    /// With the number before the first that was not run.
    Interrupted,
}

/// Runs these numbers, at most `most` of them between two times of adding up, each with what `make` makes for a thread.
/// `run` says nothing of a number if it was stopped; `take` is handed what it says in the order of the numbers.
///
/// # Panics
/// As the first run in this order does that panics. Which later one has panicked, too, depends on the threads.
pub fn in_order<R, T: Send>(
    threads: Threads,
    numbers: Range<u64>,
    most: u64,
    make: impl Fn() -> R + Sync,
    run: impl Fn(&mut R, u64) -> Option<T> + Sync,
    mut take: impl FnMut(u64, T) -> ControlFlow<()>,
) -> Ended {
    let mut chunk = most.min(8 * threads.count() as u64);
    let mut begin = numbers.start;
    while begin < numbers.end {
        let length = chunk.min(numbers.end - begin);
        let numbers = begin..begin + length;
        let mut ran: Vec<_> = numbers.clone().map(|_| None).collect();
        let left = Mutex::new(numbers.clone().zip(&mut ran));
        let next = || left.lock().expect("no thread panics here").next();
        threads.at_most(length).each(&|| {
            let mut runner = None;
            while let Some((number, place)) = next() {
                let runner = runner.get_or_insert_with(&make);
                let ran = catch_unwind(AssertUnwindSafe(|| run(runner, number)));
                let has_panicked = ran.is_err();
                *place = Some(ran);
                if has_panicked {
                    // All numbers before it have begun, so the first panic is there when it is looked for.
                    while next().is_some() {}
                }
            }
        });
        for (number, ran) in numbers.zip(ran) {
            let ran = ran.transpose().unwrap_or_else(|panic| resume_unwind(panic)).flatten();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::threads::so_many;

    /// What is taken of 1000 numbers on so many threads, and how it ended: from 700 on nothing is said.
    fn taken(threads: usize, panics: impl Fn(u64) -> bool + Sync) -> (Vec<u64>, Ended) {
        let run = |_: &mut (), number| {
            assert!(!panics(number), "{number}");
            (number < 700).then_some(2 * number)
        };
        let mut taken = Vec::new();
        let ended = in_order(
            so_many(threads),
            3..1_000,
            64,
            || (),
            run,
            |number, ran| {
                assert_eq!(ran, 2 * number);
                taken.push(number);
                if number == 600 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        (taken, ended)
    }

    #[test]
    fn what_is_said_is_taken_in_order_until_it_is_enough() {
        for threads in [1, 2, 5] {
            let all: Vec<u64> = (3..=600).collect();
            // A run after the last that counts is as if it had not been.
            assert_eq!(taken(threads, |number| number > 600), (all, Ended::Itself));
        }
    }

    #[test]
    fn of_several_panics_the_first_in_order_is_told() {
        for threads in [1, 2, 5] {
            let panics = |number| number % 3 == 1 && number > 90;
            let panic = catch_unwind(|| taken(threads, panics)).expect_err("a panic");
            assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some("91"));
        }
    }
}
