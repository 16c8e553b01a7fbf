//! Two runs side by side: which events happen in both, and the first that does not.

use super::scene::{Scene, Shape};
use onceproof_kernel::layout::ShardIndex;
use std::collections::BTreeMap;

/// Events of two runs, by their numbers in each: one that happens in both, or one that has no like.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// The event of a pair in one of the runs: 0 is the one that fails.
#[cfg(feature = "cli")]
pub(super) fn side(pair: &Pair, run: usize) -> Option<usize> {
    if run == 0 { pair.0 } else { pair.1 }
}

/// What two events have in common that happen in both runs. It leaves out what they are about beyond its name, and what
/// becomes of them: an equal name with another content is a difference.
type Likeness<'a> =
    (Shape, Option<ShardIndex>, Option<ShardIndex>, &'a str, Option<&'static str>, u64, u32);

/// The likeness of each event of a slice, with how often there was one before.
fn likenesses<'a>(scenes: &'a [Scene], slice: &[usize]) -> Vec<Likeness<'a>> {
    let mut met: BTreeMap<Likeness<'a>, u32> = BTreeMap::new();
    let of = |&at: &usize| {
        let scene = &scenes[at];
        let name = scene.topic.as_ref().map_or("", |topic| topic.name.as_str());
        // The number of a commit counts what others do, too.
        let number = if scene.shape == Shape::Apply { 0 } else { scene.number };
        let word = scene.told.as_ref().map(|(word, _)| *word).or(scene.message);
        let like = (scene.shape, scene.shard, scene.other, name, word, number, 0);
        let count = met.entry(like).or_default();
        *count += 1;
        Likeness::from((like.0, like.1, like.2, like.3, like.4, like.5, *count))
    };
    slice.iter().map(of).collect()
}

/// The slices of two runs, merged: the longest row of events that happen in both, in the same order, and between them
/// those of either.
pub(super) fn aligned(fails: (&[Scene], &[usize]), holds: (&[Scene], &[usize])) -> Vec<Pair> {
    let (first, second) = (likenesses(fails.0, fails.1), likenesses(holds.0, holds.1));
    let places: BTreeMap<&Likeness<'_>, usize> =
        second.iter().enumerate().map(|(at, like)| (like, at)).collect();
    let hits: Vec<(usize, usize)> =
        first.iter().enumerate().filter_map(|(at, like)| Some((at, *places.get(like)?))).collect();
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    let end = (first.len(), second.len());
    for (to_i, to_j) in longest_rise(&hits).into_iter().chain([end]) {
        while i < to_i || j < to_j {
            let is_first =
                j >= to_j || i < to_i && fails.0[fails.1[i]].at <= holds.0[holds.1[j]].at;
            match is_first {
                true => pairs.push((Some(fails.1[i]), None)),
                false => pairs.push((None, Some(holds.1[j]))),
            }
            if is_first { i += 1 } else { j += 1 }
        }
        if (i, j) != end {
            pairs.push((Some(fails.1[i]), Some(holds.1[j])));
            (i, j) = (i + 1, j + 1);
        }
    }
    pairs
}

/// The longest part of pairs that rises in both numbers; the first already does.
fn longest_rise(hits: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let (mut tails, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (at, &(_, second)) in hits.iter().enumerate() {
        let place = tails.partition_point(|&tail| hits[tail].1 < second);
        before.push(place.checked_sub(1).map(|place| tails[place]));
        match tails.get_mut(place) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut rise = Vec::new();
    let mut next = tails.last().copied();
    while let Some(at) = next {
        rise.push(hits[at]);
        next = before[at];
    }
    rise.reverse();
    rise
}

/// Whether two events that are alike differ in what they are about, in what becomes of them, or in what comes of them.
pub(super) fn is_different(first: &Scene, second: &Scene) -> bool {
    let cells = |scene: &Scene| {
        let cells = scene.gains.iter().map(|gain| (gain.step, gain.cell.clone(), gain.total));
        cells.collect::<Vec<_>>()
    };
    first.topic != second.topic
        || first.fate != second.fate
        || first.is_vain != second.is_vain
        || first.told != second.told
        || first.fault.is_some() != second.fault.is_some()
        || cells(first) != cells(second)
}

/// The first pair whose events are not the same.
pub(super) fn first_difference(fails: &[Scene], holds: &[Scene], pairs: &[Pair]) -> Option<usize> {
    pairs.iter().position(|pair| match *pair {
        (Some(first), Some(second)) => is_different(&fails[first], &holds[second]),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::scene::{Gain, Stands, Topic};
    use onceproof_kernel::layout::StepIndex;
    use onceproof_sim::trace::Fate;

    /// An event, written as its time, what happens and the record that it is about; then `!lost`, `!fault`, `!vain`,
    /// `#3` for an attempt or the number of a commit, `key=k`, or `total=2` of a result.
    fn scene(written: &str) -> Scene {
        let mut words = written.split(' ');
        let at = words.next().and_then(|at| at.parse().ok()).expect("a time");
        let shape = match words.next() {
            Some("send") => Shape::Send,
            Some("apply") => Shape::Apply,
            Some("crash") => Shape::Crash,
            Some("know") => Shape::Known,
            other => panic!("{other:?} is no shape"),
        };
        let name = words.next().expect("a record").to_owned();
        let mut scene = Scene::empty(at, written.to_owned());
        (scene.shape, scene.topic) = (shape, Some(Topic { name, key: String::new() }));
        for word in words {
            match word.split_once(['=', '#', '!']) {
                Some(("key", key)) => scene.topic.as_mut().expect("a record").key = key.to_owned(),
                Some(("total", total)) => scene.gains.push(Gain {
                    step: StepIndex(0),
                    cell: "ann".to_owned(),
                    roots: Vec::new(),
                    record: None,
                    total: total.parse().ok(),
                    weight: 1,
                    value: 1,
                    stands: Stands::AtOnce,
                }),
                Some(("", "lost")) => scene.fate = Some(Fate::Lost),
                Some(("", "fault")) => scene.fault = Some(0),
                Some(("", "vain")) => scene.is_vain = true,
                Some(("", number)) => scene.number = number.parse().expect("a number"),
                other => panic!("{other:?} says nothing of an event"),
            }
        }
        scene
    }

    /// What two runs come to side by side, `+` for what only the first has and `-` for what only the second has; and the
    /// number of the first pair that differs.
    fn check(fails: &[&str], holds: &[&str], pairs: &str, first: Option<usize>) {
        let scenes = |run: &[&str]| run.iter().map(|written| scene(written)).collect::<Vec<_>>();
        let (fails, holds) = (scenes(fails), scenes(holds));
        let all = |run: &[Scene]| (0..run.len()).collect::<Vec<usize>>();
        let found = aligned((&fails, &all(&fails)), (&holds, &all(&holds)));
        let said = |pair: &Pair| match *pair {
            (Some(first), Some(second)) => format!("{first}{second}"),
            (Some(first), None) => format!("{first}+"),
            (None, Some(second)) => format!("{second}-"),
            (None, None) => "nothing".to_owned(),
        };
        let said: Vec<String> = found.iter().map(said).collect();
        assert_eq!(said.join(" "), pairs);
        assert_eq!(first_difference(&fails, &holds, &found), first, "{pairs}");
    }

    #[test]
    fn what_happens_in_both_runs_stands_beside_itself_and_the_rest_by_its_time() {
        check(&[], &[], "", None);
        let both = ["0 send a", "1 apply a", "2 send b"];
        check(&both, &both, "00 11 22", None);
        check(
            &["0 send a", "1 crash a", "2 send b"],
            &["0 send a", "2 send b"],
            "00 1+ 21",
            Some(1),
        );
        check(&["0 send a"], &["0 send a", "3 know a"], "00 1-", Some(1));
        check(&["0 send a", "4 crash a"], &["0 send a", "3 know a"], "00 1- 1+", Some(1));
        check(&["0 send a", "3 crash a"], &["0 send a", "3 know a"], "00 1+ 1-", Some(1));
        check(&["0 send a"], &["0 send b"], "0+ 0-", Some(0));
        // The same later is the same.
        check(&["0 send a", "9 apply a"], &["0 send a", "3 apply a"], "00 11", None);
        // What comes again is another one each time.
        check(&["0 send a", "1 send a"], &["0 send a"], "00 1+", Some(1));
        // Another attempt is another event, and another number of a commit is not.
        check(&["0 send a #1"], &["0 send a #2"], "0+ 0-", Some(0));
        check(&["0 apply a #1"], &["0 apply a #2"], "00", None);
    }

    #[test]
    fn events_that_stand_beside_each_other_differ_by_what_becomes_of_them() {
        for (fails, holds) in [
            ("1 send a !lost", "1 send a"),
            ("1 send a !fault", "1 send a"),
            ("1 apply a !vain", "1 apply a"),
            ("1 apply a key=k", "1 apply a"),
            ("1 apply a total=1", "1 apply a"),
            ("1 apply a total=1", "1 apply a total=2"),
        ] {
            let run = |last: &'static str| ["0 send b", "1 know b", last, "3 know a"];
            check(&run(fails), &run(holds), "00 11 22 33", Some(2));
            check(&run(holds), &run(fails), "00 11 22 33", Some(2));
            check(&run(fails), &run(fails), "00 11 22 33", None);
        }
    }

    #[test]
    fn the_longest_rise_leaves_out_what_stands_in_another_order() {
        let check = |hits: &[(usize, usize)], expected: &[(usize, usize)]| {
            assert_eq!(longest_rise(hits), expected);
        };
        check(&[], &[]);
        check(&[(0, 5), (1, 1), (2, 2), (3, 0), (4, 3)], &[(1, 1), (2, 2), (4, 3)]);
        check(&[(0, 2), (1, 1), (2, 0)], &[(2, 0)]);
    }
}
