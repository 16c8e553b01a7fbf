//! The log of a run in detail: which moments came, and which faults fired at them. A fault is written down with
//! a place that only it has. A place matches a record and all that maps made of it, and two records may have
//! one text where branches join. So a place carries the number of the match that it is, which can only be told
//! by counting the moments before it, as a reader of the file will count them.

use super::exact::is_about;
use super::moment::Moment;
use crate::fault::kind::Asked;
use crate::fault::{Fault, Place};
use hashbrown::HashMap;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::layout::Layout;
use onceproof_kernel::name::Vocabulary;
use rustc_hash::FxBuildHasher;

/// What a run in detail writes down.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pub schedule: Vec<Fault>,
    /// The moments that came, by the hash of the source record or pane that their record comes from, and by what
    /// those at one place have in common. By the record alone, a record that is sent ten thousand times would
    /// be looked through ten thousand times.
    moments: HashMap<(Asked, u64, u64), Vec<Met>, FxBuildHasher>,
}

/// A moment, and how often it came.
#[derive(Clone, Copy, Debug)]
struct Met {
    moment: Moment,
    times: u32,
}

/// Among how many of the last moments one that comes again is looked for.
const RECENT: usize = 4;

impl Log {
    /// A moment has come.
    pub fn meet(&mut self, asked: Asked, moment: Moment, layout: &Layout, words: &Vocabulary) {
        let sort = moment.sort(layout);
        match moment.subject() {
            Subject::Record(name) => {
                for root in words.names.roots(name) {
                    self.meet_under((asked, root, sort), moment);
                }
            }
            Subject::Control { value, .. } => {
                self.meet_under((asked, of_control(value), sort), moment)
            }
        }
    }

    fn meet_under(&mut self, under: (Asked, u64, u64), moment: Moment) {
        // Most are alone: a thousand shards that tell a thousand others something come at a million places.
        let all = self.moments.entry(under).or_insert_with(|| Vec::with_capacity(1));
        match all.iter_mut().rev().take(RECENT).find(|met| met.moment == moment) {
            Some(met) => met.times += 1,
            None => all.push(Met { moment, times: 1 }),
        }
    }

    /// The place of the moment that came last: the number of the match that it is tells it from others.
    pub fn place(
        &self,
        asked: Asked,
        moment: &Moment,
        layout: &Layout,
        words: &Vocabulary,
    ) -> Place {
        let mut place = moment.place(layout, words);
        let pattern_root = place.record.as_ref().map_or(0, |about| about.root(layout));
        let matches = |Met { moment: other, .. }: &&Met| {
            other.is_at(&place, layout) && is_about(&place, pattern_root, other.subject(), words)
        };
        let root = match moment.subject() {
            Subject::Record(name) => words.names.roots(name)[0],
            Subject::Control { value, .. } => of_control(value),
        };
        let met = self.moments.get(&(asked, root, moment.sort(layout)));
        let nth = met.map_or(1, |all| all.iter().filter(matches).map(|met| met.times).sum());
        place.nth = (nth > 1).then_some(nth);
        place
    }
}

/// The root under which what is about no record is kept.
fn of_control(value: i64) -> u64 {
    value as u64
}
