//! The threads of a search. They begin with a piece of its work and end with it: a piece is long beside a thread's start.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread;

/// How many threads a search runs on. What it finds is the same on any number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Threads(NonZeroUsize);

impl Threads {
    /// The thread that asks for the search, and no other.
    pub const ONE: Threads = Threads(NonZeroUsize::MIN);

    /// So many threads.
    pub const fn new(count: NonZeroUsize) -> Threads {
        Threads(count)
    }

    /// One per core.
    pub fn per_core() -> Threads {
        Threads(thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }

    /// So many threads, but no more than can be busy.
    pub fn at_most(self, busy: u64) -> Threads {
        let busy = usize::try_from(busy).unwrap_or(usize::MAX);
        Threads(NonZeroUsize::new(busy).map_or(NonZeroUsize::MIN, |busy| busy.min(self.0)))
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.0.get()
    }

    /// Has each of them do this, the thread that calls among them, and waits for all. Where the system starts no more
    /// threads, fewer do it.
    ///
    /// # Panics
    /// As the work does.
    pub(super) fn each(self, work: &(dyn Fn() + Sync)) {
        thread::scope(|scope| {
            let start = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
            let others: Vec<_> = (1..self.count()).map_while(start).collect();
            work();
            for other in others {
                if let Err(panic) = other.join() {
                    resume_unwind(panic);
                }
            }
        });
    }
}

/// So many threads, for tests.
#[cfg(test)]
pub(super) fn so_many(count: usize) -> Threads {
    Threads::new(NonZeroUsize::new(count).expect("at least one"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn each_thread_works_and_all_at_once() {
        for count in [1, 2, 5] {
            let (all, worked) = (Barrier::new(count), AtomicUsize::new(0));
            so_many(count).each(&|| {
                all.wait();
                worked.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(worked.into_inner(), count);
        }
    }

    #[test]
    fn the_panic_of_a_thread_is_that_of_the_work() {
        let numbers = AtomicUsize::new(0);
        let work = || {
            assert!(numbers.fetch_add(1, Ordering::Relaxed) != 2, "the third");
        };
        let panic = catch_unwind(AssertUnwindSafe(|| so_many(3).each(&work)));
        assert_eq!(panic.expect_err("a panic").downcast_ref(), Some(&"the third"));
        assert_eq!(numbers.into_inner(), 3);
    }

    #[test]
    fn no_more_threads_begin_than_can_be_busy() {
        let of = |busy| so_many(4).at_most(busy).count();
        assert_eq!([0, 1, 3, 4, u64::MAX].map(of), [1, 1, 3, 4, 4]);
    }
}
