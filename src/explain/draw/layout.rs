//! Where the events of a story stand in a picture: a row for each moment, shared by both runs, so that what happens in
//! both stands beside itself; a lane for each shard. Long times in which nothing happens are folded.

use crate::explain::Explanation;
use crate::explain::differ::{Pair, side};
use crate::explain::scene::{Course, Scene, Shape};
use onceproof_kernel::time::{MILLISECOND, Nanos};
use std::collections::BTreeSet;

/// From one row to the next.
pub(super) const ROW: u64 = 31;
/// What a fold takes.
const FOLD: u64 = 26;
/// The first row.
const FIRST: u64 = 24;
/// A time that is so many steps long is folded.
const FOLDED: u64 = 10;

/// A row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Where it is.
    pub y: u64,
    /// The moment of each run.
    pub at: [Option<Nanos>; 2],
    /// How long nothing happens before it, if that is folded, and where that is said.
    pub folded: Option<(Nanos, u64)>,
}

/// Rows and lanes.
pub(super) struct Layout {
    pub rows: Vec<Row>,
    /// The row of each pair.
    pub of_pairs: Vec<usize>,
    /// The shards, in order.
    pub lanes: Vec<u32>,
    /// How high all of it is.
    pub height: u64,
}

impl Layout {
    /// That of a story.
    pub fn of(explanation: &Explanation<'_>) -> Layout {
        let courses = explanation.courses();
        let scene = |run: usize, pair: &Pair| -> Option<(usize, &Scene)> {
            let at = side(pair, run)?;
            Some((at, &courses.get(run)?.scenes[at]))
        };
        let fold = FOLDED * typical_step(&explanation.fails, &explanation.pairs);
        let (mut rows, mut of_pairs): (Vec<Row>, Vec<usize>) = (Vec::new(), Vec::new());
        let (mut busy, mut within): (BTreeSet<Mark>, BTreeSet<(usize, usize)>) = Default::default();
        let mut last: [Option<Nanos>; 2] = [None; 2];
        for pair in &explanation.pairs {
            let here: Vec<(usize, usize, &Scene)> = (0..2)
                .filter_map(|run| scene(run, pair).map(|(at, scene)| (run, at, scene)))
                .collect();
            let marks: Vec<Mark> = here.iter().map(|&(run, _, scene)| mark(run, scene)).collect();
            let follows = here.iter().any(|&(run, _, scene)| {
                let cause = scene.causes.first().and_then(|&cause| usize::try_from(cause).ok());
                let is_drawn = matches!(
                    scene.shape,
                    Shape::Receive | Shape::Acked | Shape::Apply | Shape::Heard
                );
                is_drawn && cause.is_some_and(|cause| within.contains(&(run, cause)))
            });
            let fits = rows.last().is_some_and(|row| {
                let is_same = |&(run, _, scene): &(usize, usize, &Scene)| {
                    row.at[run].is_none_or(|at| at == scene.at)
                };
                here.iter().all(is_same)
                    && !follows
                    && !marks.iter().any(|mark| busy.contains(mark))
            });
            if !fits {
                (busy, within) = Default::default();
                let gaps = here.iter().filter_map(|&(run, _, scene)| Some(scene.at - last[run]?));
                let gap = gaps.max().unwrap_or_default();
                let before = rows.last().map(|row| row.y);
                let folded = before.filter(|_| gap > fold).map(|y| (gap, y + ROW / 2 + FOLD / 2));
                let y = match (before, folded) {
                    (None, _) => FIRST,
                    (Some(y), None) => y + ROW,
                    (Some(y), Some(_)) => y + ROW + FOLD,
                };
                rows.push(Row { y, at: [None; 2], folded });
            }
            busy.extend(marks);
            if let Some(row) = rows.last_mut() {
                for (run, at, scene) in here {
                    row.at[run] = Some(scene.at);
                    last[run] = Some(scene.at);
                    within.insert((run, at));
                }
            }
            of_pairs.push(rows.len().saturating_sub(1));
        }
        let met = explanation.pairs.iter().flat_map(|pair| {
            let scenes = (0..2).filter_map(|run| scene(run, pair));
            let shards = scenes.flat_map(|(_, scene)| [scene.shard, scene.other]);
            shards.flatten().map(|shard| shard.0).collect::<Vec<u32>>()
        });
        let lanes: BTreeSet<u32> = met.collect();
        let height = rows.last().map_or(FIRST, |row| row.y) + ROW;
        Layout { rows, of_pairs, lanes: lanes.into_iter().collect(), height }
    }
}

/// What an event covers: two of one mark do not share a row.
type Mark = (usize, Option<Shape>, Option<u32>, Option<u32>);

fn mark(run: usize, scene: &Scene) -> Mark {
    let shard = scene.shard.map(|shard| shard.0);
    match scene.other {
        Some(other) => (run, Some(scene.shape), shard, Some(other.0)),
        None => (run, None, shard, None),
    }
}

/// The time from one event to the next that is as often shorter as it is longer.
fn typical_step(course: &Course, pairs: &[Pair]) -> Nanos {
    let times: Vec<Nanos> =
        pairs.iter().filter_map(|pair| Some(course.scenes[pair.0?].at)).collect();
    let mut steps: Vec<Nanos> = times
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .filter(|&step| step > 0)
        .collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(MILLISECOND)
}
