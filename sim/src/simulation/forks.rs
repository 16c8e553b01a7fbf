//! Runs that go on from where another one stands.

use super::{Flush, Simulation};
use crate::answers::{Question, Watched};
use crate::fault::{Fault, Kind};
use crate::outcome::Brief;
use crate::plan::Plan;
use crate::simulator::{Extensions, Forks, IsNew};
use crate::world::{World, unwatched};
use onceproof_kernel::system::{Copied, System};
use std::sync::atomic::AtomicBool;

/// The trunk and the branches that go off from each other, each the world of a run that stands somewhere.
pub(super) struct Branches<'a, S: System> {
    /// Those in use; then those of branches that were left, to be used again.
    worlds: Vec<World<'a, S>>,
    in_use: usize,
    /// How many branches go off from each other at most.
    depth: usize,
    seed: Option<u64>,
    kinds: Vec<Kind>,
}

impl<S: System> Default for Branches<'_, S> {
    fn default() -> Self {
        Branches { worlds: Vec::new(), in_use: 0, depth: 0, seed: None, kinds: Vec::new() }
    }
}

impl<'a, S: System> Branches<'a, S> {
    /// What the last one in use, or one that is added, is watched for: where branches go off from branches of it, their
    /// faults get places, for which the moments before them are counted.
    fn watched(kinds: &[Kind], in_use: usize, depth: usize) -> Option<(&[Kind], Watched)> {
        (in_use <= depth).then_some((kinds, Watched::Moments))
    }

    /// One more is in use. Its input is laid out, and it stands nowhere.
    fn add(&mut self, design: &'a S::Design, plan: &'a Plan) {
        if self.worlds.len() == self.in_use {
            let mut world = World::new(design, plan);
            world.place(&[]);
            world.reset(self.seed, false);
            self.worlds.push(world);
        }
        self.in_use += 1;
    }

    fn last(&mut self) -> &mut World<'a, S> {
        &mut self.worlds[self.in_use - 1]
    }
}

fn last_of(faults: &[Fault], question: Question) -> Option<(Question, Kind)> {
    faults.last().map(|fault| (question, fault.kind))
}

impl<'a, S: Copied> Forks for Simulation<'a, S> {
    fn begin(&mut self, seed: Option<u64>, kinds: &[Kind], depth: usize) {
        self.branches = Branches { depth, seed, kinds: kinds.to_vec(), ..Branches::default() };
        self.branches.add(self.design, self.plan);
        if let Some((kinds, watched)) = Branches::<S>::watched(kinds, 1, depth) {
            let trunk = self.branches.last();
            trunk.outside.answers.watch(kinds, watched);
            trunk.reset(seed, false);
        }
        self.world.place(&[]);
        self.world.reset(seed, false);
    }

    fn branch(
        &mut self,
        faults: &[Fault],
        question: Question,
        is_new: Option<IsNew<'_>>,
        stop: &AtomicBool,
    ) -> Option<Extensions> {
        if !self.branches.last().advance(question.event, stop) {
            return None;
        }
        let next = last_of(faults, question);
        self.branches.add(self.design, self.plan);
        let Branches { worlds, in_use, depth, kinds, .. } = &mut self.branches;
        let (before, branch) = worlds.split_at_mut(*in_use - 1);
        let from = before.last().expect("a trunk");
        branch[0].fork(from, next, faults, Branches::<S>::watched(kinds, *in_use, *depth));
        let watched = match is_new {
            Some(_) => Watched::AfterAllWithStates,
            None => Watched::AfterAll,
        };
        self.world.fork(from, next, faults, Some((kinds, watched)));
        let brief = match is_new {
            Some(is_new) => {
                let show: Flush<'_, 'a, S> =
                    &mut |outside, _| outside.answers.show_states(&mut *is_new);
                self.ended(stop, show)
            }
            None => self.ended(stop, unwatched),
        };
        let (possible, states, ways) = self.world.outside.answers.take_possible();
        Some(Extensions { brief: brief?, possible, states, ways })
    }

    fn leave(&mut self) {
        self.branches.in_use -= 1;
    }

    fn twig(&mut self, faults: &[Fault], question: Question, stop: &AtomicBool) -> Option<Brief> {
        let from = self.branches.last();
        if !from.advance(question.event, stop) {
            return None;
        }
        self.world.fork(from, last_of(faults, question), faults, None);
        self.ended(stop, unwatched)
    }
}
