//! The candidates that a search tries next, the likeliest first. A search that has few runs left cannot try all
//! that it meets, so it keeps no more of them than it has runs for.

/// What to try next, of all that is pushed the least by a key, in the order of pushing where keys are the same.
pub struct Next<'a, T, K> {
    most: usize,
    key: &'a dyn Fn(&T) -> K,
    kept: Vec<(K, T)>,
}

impl<'a, T, K: Ord> Next<'a, T, K> {
    /// Nothing yet, and never more than `most` in the end.
    pub fn new(most: usize, key: &'a dyn Fn(&T) -> K) -> Next<'a, T, K> {
        Next { most, key, kept: Vec::new() }
    }

    /// One more.
    pub fn push(&mut self, item: T) {
        if self.kept.len() >= self.most.saturating_mul(2) {
            self.cut();
        }
        self.kept.push(((self.key)(&item), item));
    }

    /// The least, in order.
    pub fn in_order(mut self) -> Vec<T> {
        self.cut();
        self.kept.into_iter().map(|(_, item)| item).collect()
    }

    /// What is cut off would never be among the least: as many come before it already.
    fn cut(&mut self) {
        self.kept.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.kept.truncate(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::mix::scatter;

    #[test]
    fn it_gives_the_first_of_what_a_sorted_list_of_all_gives() {
        for (count, most) in [(0, 3), (3, 3), (7, 3), (100, 1), (1_000, 10), (1_000, 2_000)] {
            let all: Vec<(u64, u64)> = (0..count).map(|at| (scatter(at) % 4, at)).collect();
            let mut sorted = all.clone();
            sorted.sort_by_key(|&(key, _)| key);
            sorted.truncate(most);
            let key = |&(key, _): &(u64, u64)| key;
            let mut next = Next::new(most, &key);
            all.into_iter().for_each(|item| next.push(item));
            assert_eq!(next.in_order(), sorted, "{most} of {count}");
        }
    }

    #[test]
    fn it_holds_no_more_than_twice_as_many_as_are_asked_for() {
        let mut next = Next::new(10, &|&at: &u64| scatter(at));
        for at in 0..10_000 {
            next.push(at);
            assert!(next.kept.len() <= 20 && next.kept.capacity() <= 32, "{}", next.kept.len());
        }
    }
}
