//! The pipeline: a graph of named steps, joined and branched by `from`, checked once and then read-only. It says
//! what is to be worked out, and nothing of the protocol that does it. What a step states of a queue, an ack or an id
//! is for a system that has them.

pub mod account;
mod ack;
mod check;
mod order;
mod truth;
mod window_end;
mod won;
mod queue;
mod step;

pub use ack::Ack;
pub use check::GraphError;
pub use queue::{MessageIds, QueueRules};
pub use step::{IdFrom, InsertId, OffsetGiven, Sink, Step, StepKind};
pub use truth::{LogRules, Truth};
pub use window_end::WindowEnd;

use check::{check_functions, check_inputs};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use order::inputs_first;
use window_end::window_ends;

/// One way from a step to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    /// The sender.
    pub from: StepIndex,
    /// The receiver.
    pub to: StepIndex,
}

/// A checked pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    steps: Vec<Step>,
    edges_out: Vec<Vec<Edge>>,
    window_ends: Vec<Vec<WindowEnd>>,
    order: Vec<StepIndex>,
}

/// How far each step of a pipeline is from its sources.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Depths(Vec<u32>);

impl Depths {
    /// How many steps there are between a step and the source that is farthest away. A process beside the steps is
    /// behind all of them.
    pub fn of(&self, step: StepIndex) -> u32 {
        self.0.get(step.at()).copied().unwrap_or(u32::MAX)
    }
}

impl Pipeline {
    /// Checks the steps and works out their graph.
    ///
    /// # Errors
    /// The first thing found wrong with the graph. Names are resolved earlier, so an index always exists.
    pub fn new(steps: Vec<Step>) -> Result<Pipeline, GraphError> {
        let mut outputs: Vec<Vec<StepIndex>> = vec![Vec::new(); steps.len()];
        for (index, step) in numbered(&steps) {
            check_inputs(&steps, index, step)?;
            step.from.iter().for_each(|from| outputs[from.at()].push(index));
        }
        let order = inputs_first(&outputs).map_err(GraphError::Cycle)?;
        if !steps.iter().any(|step| matches!(step.kind, StepKind::Source { .. })) {
            return Err(GraphError::NoSource);
        }
        let mut edges_out = vec![Vec::new(); steps.len()];
        for (index, step) in numbered(&steps) {
            for &from in &step.from {
                edges_out[from.at()].push(Edge { from, to: index });
            }
        }
        for (index, step) in numbered(&steps) {
            if edges_out[index.at()].is_empty() && !step.kind.has_results() {
                return Err(GraphError::LeadsNowhere(index));
            }
        }
        check_functions(&steps, &order)?;

        let window_ends = window_ends(&steps, &edges_out, &order);
        Ok(Pipeline { steps, edges_out, window_ends, order })
    }

    /// The steps in file order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The steps with their numbers, in file order.
    pub fn numbered(&self) -> impl Iterator<Item = (StepIndex, &Step)> {
        numbered(&self.steps)
    }

    /// One step.
    pub fn step(&self, index: StepIndex) -> &Step {
        &self.steps[index.at()]
    }

    /// The steps in an order in which each comes after all that it takes outputs of.
    pub fn order(&self) -> &[StepIndex] {
        &self.order
    }

    /// The ends: the steps with results that lead to no other step with results. What readers see stands there.
    pub fn ends(&self) -> Vec<StepIndex> {
        let mut leads_on = vec![false; self.steps.len()];
        for &step in self.order.iter().rev() {
            let mut next = self.edges(step).iter().map(|edge| edge.to);
            let has_more = |to: StepIndex| self.step(to).kind.has_results() || leads_on[to.at()];
            leads_on[step.at()] = next.any(has_more);
        }
        let is_end =
            |&(at, step): &(StepIndex, &Step)| step.kind.has_results() && !leads_on[at.at()];
        self.numbered().filter(is_end).map(|(at, _)| at).collect()
    }

    /// How far each step is from its sources.
    pub fn depths(&self) -> Depths {
        let mut depths = vec![0; self.steps.len()];
        for &step in &self.order {
            let before = self.step(step).from.iter().map(|from| depths[from.at()] + 1);
            depths[step.at()] = before.max().unwrap_or(0);
        }
        Depths(depths)
    }

    /// The ways out of a step, in process or through a shuffle, in file order of the receivers.
    pub fn edges(&self, from: StepIndex) -> &[Edge] {
        &self.edges_out[from.at()]
    }

    /// The key under which a step groups a record.
    pub fn key_at(&self, step: StepIndex, key: Key) -> Key {
        match self.steps[step.at()].kind {
            StepKind::CountGlobally(_) => Key::GLOBAL,
            StepKind::Source { .. }
            | StepKind::Map(_)
            | StepKind::Reshuffle
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::Sink(_) => key,
        }
    }

    /// The window ends that a watermark must cross to be worth a message of its own to `to`; empty if nobody there or
    /// downstream waits for watermarks.
    pub fn window_ends(&self, to: StepIndex) -> &[WindowEnd] {
        &self.window_ends[to.at()]
    }
}

fn numbered(steps: &[Step]) -> impl Iterator<Item = (StepIndex, &Step)> {
    steps.iter().enumerate().map(|(at, step)| (StepIndex(at as u16), step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::Function;
    use crate::window::Windowing;
    use onceproof_kernel::layout::Failing;
    use onceproof_kernel::source::Progress;
    use onceproof_kernel::time::{Nanos, SECOND, Time};

    fn step(name: &str, kind: StepKind, from: &[u16], shards: u32) -> Step {
        let from = from.iter().map(|&index| StepIndex(index)).collect();
        let failing = Failing::default();
        Step { name: name.into(), kind, from, shards, failing }
    }

    fn source() -> StepKind {
        StepKind::Source { watermark: Progress::Perfect, queue: None }
    }

    fn count(length: Nanos, lateness: Nanos) -> StepKind {
        StepKind::Count(Windowing { length, lateness })
    }

    #[test]
    fn what_is_wrong_with_a_graph_is_named() {
        let check = |steps: Vec<Step>, error: GraphError| {
            assert_eq!(Pipeline::new(steps).err(), Some(error));
        };
        let map = || StepKind::Map(Function::Identity);
        check(
            vec![step("s", source(), &[], 1), step("a", map(), &[2], 1), step("b", map(), &[1], 1)],
            GraphError::Cycle(StepIndex(2)),
        );
        check(vec![step("a", map(), &[], 1)], GraphError::NoInput(StepIndex(0)));
        check(
            vec![step("s", source(), &[], 1), step("a", map(), &[0], 1)],
            GraphError::LeadsNowhere(StepIndex(1)),
        );
        check(
            vec![
                step("s", source(), &[], 1),
                step("t", StepKind::Sink(Sink::Upsert), &[0], 1),
                step("a", count(1, 0), &[1], 1),
            ],
            GraphError::InputFromSink { step: StepIndex(2), sink: StepIndex(1) },
        );
        check(
            vec![step("s", source(), &[], 1), step("a", count(1, 0), &[0, 0], 1)],
            GraphError::InputTwice { step: StepIndex(1), from: StepIndex(0) },
        );
    }

    #[test]
    fn readers_look_at_the_results_that_lead_to_no_others() {
        let ends = |steps: Vec<Step>| Pipeline::new(steps).expect("a good graph").ends();
        let map = || StepKind::Map(Function::Identity);
        let sink = || StepKind::Sink(Sink::Upsert);
        // Two counts, of which one is counted again and written.
        let branches = vec![
            step("s", source(), &[], 1),
            step("a", count(1, 0), &[0], 1),
            step("b", count(1, 0), &[0], 1),
            step("c", count(1, 0), &[2], 1),
            step("t", sink(), &[3], 1),
        ];
        assert_eq!(ends(branches), [StepIndex(1), StepIndex(4)]);
        let written = vec![
            step("s", source(), &[], 1),
            step("m", map(), &[0], 1),
            step("t", sink(), &[1], 1),
        ];
        assert_eq!(ends(written), [StepIndex(2)]);
    }

    #[test]
    fn a_watermark_is_worth_a_message_when_it_crosses_a_window_end_below() {
        // The first count passes its watermark on 3 s late, so the ends of the second, at multiples of
        // 10 s, are met by the source's watermark at 3 s, 13 s, 23 s.
        let pipeline = Pipeline::new(vec![
            step("s", source(), &[], 1),
            step("a", count(5 * SECOND, 3 * SECOND), &[0], 1),
            step("b", count(10 * SECOND, 0), &[1], 1),
        ])
        .expect("a good graph");
        let crossed = |old: i64, new: i64| {
            let (old, new) = (Time(old * SECOND as i64), Time(new * SECOND as i64));
            pipeline.window_ends(StepIndex(1)).iter().any(|end| end.is_crossed(old, new))
        };
        assert!(crossed(4, 5));
        assert!(!crossed(5, 9));
        assert!(crossed(12, 13));
        assert!(!crossed(13, 14));
        assert!(
            pipeline.window_ends(StepIndex(1)).iter().any(|end| end.is_crossed(Time(0), Time::MAX))
        );
    }
}
