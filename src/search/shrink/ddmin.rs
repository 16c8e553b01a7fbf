//! Delta debugging (Zeller and Hildebrandt, 2002): from a list that fails to a part of it that still fails,
//! and of which no item can be left out. Points are named, so leaving out a fault moves no other, and the
//! order of the list means nothing.

/// The smallest part that leaving out ever larger and then ever smaller pieces leads to. `fails` says which
/// part of what it was given is still needed, if that fails; the whole list is known to.
pub fn ddmin<T: Clone>(mut all: Vec<T>, mut fails: impl FnMut(&[T]) -> Option<Vec<T>>) -> Vec<T> {
    let mut pieces = 2;
    while !all.is_empty() {
        pieces = pieces.min(all.len());
        let length = all.len().div_ceil(pieces);
        // A list of one has no piece but itself.
        let mut parts = all.chunks(length).filter(|part| part.len() < all.len());
        let kept = parts.find_map(&mut fails).map(|kept| (kept, 2)).or_else(|| {
            // With two pieces the rest of one is the other, which was tried.
            let rests = if pieces > 2 || all.len() == 1 { all.len().div_ceil(length) } else { 0 };
            (0..rests).find_map(|left_out| {
                let begin = left_out * length;
                let end = (begin + length).min(all.len());
                let rest = [&all[..begin], &all[end..]].concat();
                fails(&rest).map(|kept| (kept, (pieces - 1).max(2)))
            })
        });
        match kept {
            Some((kept, next)) => (all, pieces) = (kept, next),
            None if length == 1 => break,
            None => pieces = (pieces * 2).min(all.len()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists of 0 to `length` that fail if they have all that is needed.
    fn check(length: u32, needed: &[u32]) -> u32 {
        let mut runs = 0;
        let found = ddmin((0..length).collect(), |part| {
            runs += 1;
            needed.iter().all(|item| part.contains(item)).then(|| part.to_vec())
        });
        assert_eq!(found, needed);
        runs
    }

    #[test]
    fn what_is_needed_is_left() {
        check(1, &[0]);
        check(2, &[0, 1]);
        check(8, &[5]);
        check(9, &[0, 8]);
        check(100, &[3, 50, 99]);
        check(100, &(0..100).collect::<Vec<_>>());
    }

    #[test]
    fn what_fails_by_itself_needs_nothing() {
        check(0, &[]);
        check(1, &[]);
        check(100, &[]);
    }

    #[test]
    fn one_of_many_is_found_by_halves() {
        // 10 halvings of at most two runs each, and one that leaves out the last.
        assert!(check(1024, &[700]) <= 21);
    }

    #[test]
    fn what_a_run_did_not_need_is_dropped_at_once() {
        let mut runs = 0;
        let found = ddmin((0..64).collect(), |part| {
            runs += 1;
            part.contains(&0).then(|| vec![0])
        });
        assert_eq!(found, [0]);
        assert!(runs <= 2, "{runs}");
    }
}
