//! The door to a run.

use crate::outcome::{Brief, Outcome};
use crate::plan::Plan;

/// Runs a plan, any number of times, reusing its memory.
pub struct Simulator<'a> {
    #[expect(dead_code)]
    plan: &'a Plan,
}

impl<'a> Simulator<'a> {
    /// Prepares a plan.
    pub fn new(plan: &'a Plan) -> Simulator<'a> {
        Simulator { plan }
    }

    /// One run, its verdict and figures only. Without a seed latency is the least, first answers are 0
    /// and nothing is drawn.
    pub fn brief(&mut self, _seed: Option<u64>) -> Brief {
        panic!("in the making")
    }

    /// One run with everything on.
    pub fn detail(&mut self, _seed: Option<u64>) -> Outcome {
        panic!("in the making")
    }

    /// One run that hands each event to `line` as a readable text.
    pub fn trace(&mut self, _seed: Option<u64>, _line: &mut dyn FnMut(&str)) -> Outcome {
        panic!("in the making")
    }
}
