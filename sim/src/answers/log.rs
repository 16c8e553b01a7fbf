//! The log of a run in detail: which moments came, and which faults fired at them. A fault is written down
//! with a place that only it has. A place matches a record and all that maps made of it, and two records
//! may have one text, so which match a fault was can only be told by counting the moments before it.

use super::exact::is_about;
use super::moment::Moment;
use crate::fault::kind::Asked;
use crate::fault::place::Record;
use crate::fault::{Fault, Place};
use hashbrown::HashMap;
use onceproof_model::commit::Subject;
use onceproof_model::name::Vocabulary;
use onceproof_model::pipeline::Pipeline;
use rustc_hash::FxBuildHasher;

/// What a run in detail writes down.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub schedule: Vec<Fault>,
    /// The moments that came, by the hash of the source record or pane that their record comes from.
    moments: HashMap<(Asked, u64), Vec<Moment>, FxBuildHasher>,
}

impl Log {
    /// A moment has come.
    pub fn meet(&mut self, asked: Asked, moment: Moment, words: &Vocabulary) {
        for root in roots(moment.subject(), words) {
            self.moments.entry((asked, root)).or_default().push(moment);
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
        let matches = |other: &&Moment| {
            other.is_at(&place, pipeline) && is_about(&place, pattern_root, other.subject(), words)
        };
        let met = self.moments.get(&(asked, roots(moment.subject(), words)[0]));
        let nth = met.map_or(1, |moments| moments.iter().filter(matches).count());
        place.nth = (nth > 1).then_some(nth as u32);
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
