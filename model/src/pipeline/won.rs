//! Which execution of a function of the user's own won. The same record may be executed several times, each time with
//! other outputs; right is then that the results hold the outputs of one execution, all of them and no others. It is the
//! one that agrees best with what was committed first of its outputs, and of what came of them.
//!
//! What came of an output says more than a commit of the output itself. Where outputs are sent before they are committed,
//! who received them has committed what was sent first; the commit of the sender comes later, and may be that of a later
//! execution.

use super::truth::{Evaluation, Item};
use super::{Edge, StepKind};
use crate::function::Function;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::Output;
use onceproof_kernel::user::{AskedKinds, Asks, SharedFunction, executed, output};

/// How far the outputs of an execution are from what was committed: less is nearer, what came of them first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct Misfit {
    below: u32,
    here: u32,
    /// How many of them have left nothing. An execution that made nothing may have won as well as one that was lost.
    missing: u32,
}

impl Evaluation<'_> {
    /// The outputs of the execution on a record that won. If nothing says which did, one of them, and it is noted that
    /// this is not known.
    pub(super) fn outputs_that_won(
        &mut self,
        step: StepIndex,
        function: &SharedFunction,
        item: &Item,
        is_dead: bool,
    ) -> Vec<Output> {
        let name = item.name.expect("what reads values is refused below an aggregate");
        let input = Output { key: item.key, value: item.value };
        let (alone, asked) = self.alone(function, input);
        if !asked.any() {
            return alone;
        }
        let mut all = self.executions(step, name, input);
        match all.len() {
            0 => {
                self.is_unsure |= !is_dead;
                return alone;
            }
            1 => return all.swap_remove(0),
            _ => {}
        }
        let most = all.iter().map(Vec::len).max().unwrap_or(0) as u32;
        self.is_unsure |= !is_dead && self.left_of(step, name, most) == 0;
        let fits: Vec<Misfit> =
            all.iter().map(|outputs| self.misfit(step, name, outputs, most)).collect();
        let best = (0..all.len()).min_by_key(|&at| fits[at]).expect("there are several");
        all.swap_remove(best)
    }

    /// The outputs of an execution in a world that says nothing, and what it asked for.
    fn alone(&mut self, function: &SharedFunction, input: Output) -> (Vec<Output>, AskedKinds) {
        let mut asks = Asks::new(0, self.arrival, &|_| 0);
        let keys = &mut self.words.keys;
        let made = function.0.execute(executed(input, keys), &mut asks);
        (made.iter().map(|made| output(made, keys)).collect(), asks.kinds())
    }

    /// What executions on this record came to.
    fn executions(&self, step: StepIndex, name: Name, input: Output) -> Vec<Vec<Output>> {
        let all = self.won.executions(step, name).iter();
        all.filter(|came| came.input == input).map(|came| came.outputs.clone()).collect()
    }

    /// How many of the first outputs of a step on a record, or of what came of them, have left anything durable.
    fn left_of(&mut self, step: StepIndex, name: Name, most: u32) -> u32 {
        let mut left = 0;
        for index in 0..most {
            let made = self.name_of(step, name, index);
            left += u32::from(self.is_left(made)) + self.left_below(step, made);
        }
        left
    }

    fn is_left(&self, made: Name) -> bool {
        self.won.winner(made).is_some() || self.won.is_reflected(made)
    }

    /// How much of what came of an output has left anything durable.
    fn left_below(&mut self, step: StepIndex, made: Name) -> u32 {
        let maps = self.maps_below(step);
        maps.into_iter().map(|(to, most)| self.left_of(to, made, most)).sum()
    }

    fn misfit(&mut self, step: StepIndex, name: Name, outputs: &[Output], most: u32) -> Misfit {
        let mut misfit = Misfit::default();
        for index in 0..most {
            let made = self.name_of(step, name, index);
            match outputs.get(index as usize) {
                Some(output) => {
                    let Misfit { below, here, missing } = self.misfit_below(step, made, *output);
                    misfit.below += below + here;
                    misfit.missing += missing;
                    let winner = self.won.winner(made);
                    misfit.here += u32::from(winner.is_some_and(|won| !is_of(won, *output)));
                }
                None => {
                    misfit.below += self.left_below(step, made);
                    misfit.here += u32::from(self.is_left(made));
                }
            }
        }
        misfit
    }

    /// How far what came of an output is from what came of this one.
    fn misfit_below(&mut self, step: StepIndex, made: Name, output: Output) -> Misfit {
        let pipeline = self.of.pipeline;
        let maps = self.maps_below(step);
        let mut all = Misfit::default();
        if maps.is_empty() {
            all.missing = u32::from(!self.is_left(made));
        }
        for (to, most) in maps {
            let executions = match &pipeline.step(to).kind {
                StepKind::Map(Function::User(function)) => match self.alone(function, output) {
                    (alone, asked) if !asked.any() => vec![alone],
                    _ => self.executions(to, made, output),
                },
                // A call and a reshuffle pass on what came.
                _ => vec![vec![output]],
            };
            let lengths = executions.iter().map(|outputs| outputs.len() as u32);
            let most = lengths.fold(most, u32::max);
            let fits = executions.iter().map(|outputs| self.misfit(to, made, outputs, most));
            let nearest = match fits.min() {
                Some(nearest) => nearest,
                None => Misfit { below: self.left_of(to, made, most), here: 0, missing: 1 },
            };
            all.below += nearest.below;
            all.here += nearest.here;
            all.missing += nearest.missing;
        }
        all
    }

    /// The maps and reshuffles that take the outputs of a step, each with the most outputs that it makes.
    fn maps_below(&self, step: StepIndex) -> Vec<(StepIndex, u32)> {
        let pipeline = self.of.pipeline;
        let edges = pipeline.edges(step).iter();
        let map = |&Edge { to, .. }: &Edge| match &pipeline.step(to).kind {
            StepKind::Map(function) => Some((to, function.copies())),
            StepKind::Reshuffle => Some((to, 1)),
            StepKind::Source { .. }
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::CountGlobally(_)
            | StepKind::Sink(_) => None,
        };
        edges.filter_map(map).collect()
    }

    fn name_of(&mut self, step: StepIndex, parent: Name, index: u32) -> Name {
        self.words.names.output(parent, step.0, self.of.layout.hash(step), index)
    }
}

/// Whether a commit that says this of an output may be about this one. Its key may have been replaced by `*`.
fn is_of((key, value): (Key, i64), output: Output) -> bool {
    (key == output.key || key == Key::GLOBAL) && value == output.value.integer()
}
