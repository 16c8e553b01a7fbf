//! Links between workers: how often each record was sent, and which links are cut.

use crate::fault::Direction;
use hashbrown::{HashMap, HashSet};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::effect::Request;
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::rest::Rest;
use onceproof_kernel::system::System;
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
    cuts: Vec<Cut>,
    /// When the last cut ends, also once it is over.
    cut_until: u64,
    steps: usize,
}

/// A cut of the link between two workers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cut {
    pub from: usize,
    pub to: usize,
    pub direction: Direction,
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

    /// At rest no link is cut. How often something was sent names points that
    /// come no more.
    pub fn rest(&self, now: u64, rest: &mut Rest) {
        let Links { sends: _, controls: _, publications: _, cuts, cut_until: _, steps: _ } = self;
        rest.requires(cuts.iter().all(|cut| cut.until <= now));
    }

    /// Counts one more send of what a request is about, and returns how many that makes: its attempt,
    /// counted from outside and across crashes.
    pub fn count_send<S: System>(
        &mut self,
        layout: &Layout,
        request: &Request<S>,
        names: usize,
    ) -> u32 {
        let count = match request.subject() {
            Subject::Record(name) => {
                let (from, to) = (layout.step_of(request.from), layout.step_of(request.to));
                let sends = &mut self.sends[from.at() * self.steps + to.at()];
                let at = name.0 as usize;
                if at >= sends.len() {
                    sends.resize((at + 1).max(names), 0);
                }
                &mut sends[at]
            }
            Subject::Control { word, value } => {
                self.controls.entry((request.from, request.to, word, value)).or_default()
            }
        };
        *count += 1;
        *count
    }

    /// Whether a request was sent before. `attempt` is how often something was sent of its record, `published` when the
    /// message was that it is about, if it is about one: a record that is published again at another time is another
    /// message, and its request another one. Messages of one record and one time are not told apart, nor deliveries of
    /// one message.
    pub fn is_retry<S: System>(
        &mut self,
        layout: &Layout,
        request: &Request<S>,
        attempt: u32,
        published: Option<Time>,
    ) -> bool {
        match (published, request.subject()) {
            (Some(at), Subject::Record(name)) => {
                let (from, to) = (layout.step_of(request.from), layout.step_of(request.to));
                !self.publications.insert((from, to, name, at))
            }
            _ => attempt > 1,
        }
    }

    /// Cuts a link.
    pub fn cut(&mut self, cut: Cut) {
        self.cut_until = self.cut_until.max(cut.until);
        self.cuts.push(cut);
    }

    /// Whether a message from one worker to another is lost to a cut.
    pub fn is_cut(&mut self, from: usize, to: usize, now: u64) -> bool {
        if self.cuts.is_empty() {
            return false;
        }
        self.cuts.retain(|cut| cut.until > now);
        self.cuts.iter().any(|cut| {
            let forward = (cut.from, cut.to) == (from, to);
            let backward = (cut.to, cut.from) == (from, to);
            match cut.direction {
                Direction::Both => forward || backward,
                Direction::Forward => forward,
                Direction::Backward => backward,
            }
        })
    }

    /// When the last cut ends or ended; 0 if there was none.
    pub fn cut_until(&self) -> u64 {
        self.cut_until
    }
}
