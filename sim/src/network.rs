//! Links between workers: how often each record was sent, and which links are cut.

use crate::fault::Direction;
use hashbrown::{HashMap, HashSet};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;

/// All links.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// How often each record was sent to each step, per sending step.
    sends: Vec<Vec<u32>>,
    controls: HashMap<(ShardIndex, ShardIndex, u8, i64), u32, FxBuildHasher>,
    /// Which messages of queues have been sent on, by the time of their publication.
    publications: HashSet<(StepIndex, StepIndex, Name, Time), FxBuildHasher>,
    /// Each way that is cut, once.
    cuts: Vec<OneWay>,
    /// When the last cut ends, also once it is over.
    cut_until: u64,
    steps: usize,
}

copied_by_field!(Links { sends, controls, publications, cuts, cut_until, steps });

/// A cut of the link between two workers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cut {
    pub from: usize,
    pub to: usize,
    pub direction: Direction,
    pub until: u64,
}

impl Cut {
    /// The ways that are cut: from which worker to which.
    pub fn ways(&self) -> impl Iterator<Item = (usize, usize)> {
        let (forward, backward) = ((self.from, self.to), (self.to, self.from));
        let ways = match self.direction {
            Direction::Both => [Some(forward), Some(backward)],
            Direction::Forward => [Some(forward), None],
            Direction::Backward => [Some(backward), None],
        };
        ways.into_iter().flatten()
    }
}

/// One way of a link that is cut all the time between these.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct OneWay {
    pub way: (usize, usize),
    pub since: u64,
    pub until: u64,
}

impl Links {
    pub fn reset(&mut self, layout: &Layout) {
        self.steps = layout.steps();
        self.sends.resize_with(self.steps * self.steps, Vec::new);
        for sends in &mut self.sends {
            sends.clear();
        }
        self.controls.clear();
        self.publications.clear();
        self.cuts.clear();
        self.cut_until = 0;
    }

    /// Adds the links that are cut. How often something was sent names points that come no more.
    pub fn tell_state(&self, now: u64, state: &mut WorldState) {
        let Links { sends: _, controls: _, publications: _, cuts, cut_until: _, steps: _ } = self;
        state.add_set(cuts.iter().filter(|cut| cut.until > now));
    }

    /// Counts one more send of what a request is about, and returns how many that makes: its attempt,
    /// counted from outside and across crashes.
    pub fn count_send(
        &mut self,
        layout: &Layout,
        (from, to): (ShardIndex, ShardIndex),
        subject: Subject,
        names: usize,
    ) -> u32 {
        let count = match subject {
            Subject::Record(name) => {
                let (from, to) = (layout.step_of(from), layout.step_of(to));
                let sends = &mut self.sends[from.at() * self.steps + to.at()];
                let at = name.0 as usize;
                if at >= sends.len() {
                    sends.resize((at + 1).max(names), 0);
                }
                &mut sends[at]
            }
            Subject::Control { word, value } => {
                self.controls.entry((from, to, word, value)).or_default()
            }
        };
        *count += 1;
        *count
    }

    /// Whether a request was sent before. `attempt` is how often something was sent of its record, `published` when the
    /// message was that it is about, if it is about one: a record that is published again at another time is another
    /// message, and its request another one. Messages of one record and one time are not told apart, nor deliveries of
    /// one message.
    pub fn is_retry(
        &mut self,
        layout: &Layout,
        (from, to): (ShardIndex, ShardIndex),
        subject: Subject,
        attempt: u32,
        published: Option<Time>,
    ) -> bool {
        match (published, subject) {
            (Some(at), Subject::Record(name)) => {
                let (from, to) = (layout.step_of(from), layout.step_of(to));
                !self.publications.insert((from, to, name, at))
            }
            _ => attempt > 1,
        }
    }

    /// Cuts a link. A way that is cut already is cut for longer.
    pub fn cut(&mut self, cut: Cut, now: u64) {
        self.cut_until = self.cut_until.max(cut.until);
        self.forget_healed(now);
        for way in cut.ways() {
            match self.cuts.iter_mut().find(|other| other.way == way) {
                Some(known) => known.until = known.until.max(cut.until),
                None => self.cuts.push(OneWay { way, since: now, until: cut.until }),
            }
        }
    }

    fn forget_healed(&mut self, now: u64) {
        self.cuts.retain(|cut| cut.until > now);
    }

    /// Whether a message from one worker to another is lost to a cut.
    pub fn is_cut(&mut self, from: usize, to: usize, now: u64) -> bool {
        if self.cuts.is_empty() {
            return false;
        }
        self.forget_healed(now);
        self.found_cut(from, to, now).is_some()
    }

    /// Since when and until when the way from one worker to another is cut, if it is.
    pub fn found_cut(&self, from: usize, to: usize, now: u64) -> Option<OneWay> {
        self.cuts.iter().copied().find(|cut| cut.way == (from, to) && cut.until > now)
    }

    /// When the last cut ends or ended; 0 if there was none.
    pub fn cut_until(&self) -> u64 {
        self.cut_until
    }
}
