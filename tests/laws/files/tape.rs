//! A tape of drawn numbers, off which a file is read choice by choice. A smaller number is an earlier choice,
//! and the first choice is the plainest everywhere, so that shrinking numbers makes a file plainer. A tape that
//! has come to its end gives 0.

/// Numbers, and how far they are read.
pub struct Tape<'a> {
    numbers: std::slice::Iter<'a, u16>,
}

impl<'a> Tape<'a> {
    pub fn new(numbers: &'a [u16]) -> Tape<'a> {
        Tape { numbers: numbers.iter() }
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = self.numbers.next().copied().unwrap_or(0);
        (usize::from(number) * bound) >> 16
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// True once in so many times, and never on an empty tape.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}
