//! The log of a run in detail: which moments came, and which faults fired at them. A fault is written down
//! with a place that only it has. A place matches a record and all that maps made of it, and two records
//! may have one text, so which match a fault was can only be told by counting the moments before it.

use super::exact::is_about;
use super::moment::Moment;
use crate::fault::kind::Asked;
use crate::fault::place::Record;
use crate::fault::{Fault, Place};
use hashbrown::HashMap;
use onceproof_kernel::name::Vocabulary;
use onceproof_model::commit::Subject;
use onceproof_model::pipeline::Pipeline;
use rustc_hash::FxBuildHasher;

/// What a run in detail writes down.
#[derive(Debug, Default)]
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
    pub fn meet(&mut self, asked: Asked, moment: Moment, pipeline: &Pipeline, words: &Vocabulary) {
        let sort = moment.sort(pipeline);
        for root in roots(moment.subject(), words) {
            let all = self.moments.entry((asked, root, sort)).or_default();
            match all.iter_mut().rev().take(RECENT).find(|met| met.moment == moment) {
                Some(met) => met.times += 1,
                None => all.push(Met { moment, times: 1 }),
            }
        }
    }

    /// The place of the moment that came last: the number of the match that it is tells it from others.
    pub fn place(
        &self,
        asked: Asked,
        moment: &Moment,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> Place {
        let mut place = moment.place(pipeline, words);
        let pattern_root = match &place.record {
            Some(Record::Name(pattern)) => pattern.root(pipeline),
            Some(Record::Watermark(_)) | None => 0,
        };
        let matches = |Met { moment: other, .. }: &&Met| {
            other.is_at(&place, pipeline) && is_about(&place, pattern_root, other.subject(), words)
        };
        let root = roots(moment.subject(), words)[0];
        let met = self.moments.get(&(asked, root, moment.sort(pipeline)));
        let nth = met.map_or(1, |all| all.iter().filter(matches).map(|met| met.times).sum());
        place.nth = (nth > 1).then_some(nth);
        place
    }
}

/// Under which roots a moment is kept: the first is that of the place that is written down for it.
fn roots(subject: Subject, words: &Vocabulary) -> Vec<u64> {
    match subject {
        Subject::Record(name) => words.names.roots(name),
        Subject::Watermark(value) => vec![value.0 as u64],
    }
}
