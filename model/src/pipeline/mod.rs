//! The pipeline: a graph of named steps, joined and branched by `from`, checked once and then read-only.
//! It also answers the questions that the protocol asks about its shape: who sends to whom, which shard
//! a key belongs to, and which watermarks anyone downstream waits for.

mod check;
mod marks;
mod queue;
mod stage;
mod step;

pub use check::GraphError;
pub use marks::{Mark, SystemUse};
pub use queue::{MessageIds, Queue};
pub use stage::Stages;
pub use step::{Failing, IdFrom, InsertId, OffsetGiven, Sink, SourceWatermark, Step, StepKind};

use crate::defect::Defect;
use crate::mechanism::Outputs;
use crate::point;
use check::{check_functions, check_inputs};
use marks::{marks, system_uses};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{LaidStep, Layout, ShardIndex, StepIndex};
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

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
    /// The names of the steps, and the shards in which they run.
    pub layout: Layout,
    edges_out: Vec<Vec<Edge>>,
    senders: Vec<Vec<ShardIndex>>,
    /// The first of the senders of a step, where they are the shards of one step.
    only_senders: Vec<Option<u32>>,
    marks: Vec<Vec<Mark>>,
    system_uses: Vec<SystemUse>,
    stages: Stages,
    order: Vec<StepIndex>,
    /// A rule left out on purpose, for the canaries of the tests.
    pub defect: Option<Defect>,
}

impl Pipeline {
    /// Checks the steps and works out their graph.
    ///
    /// # Errors
    /// The first thing found wrong with the graph. Names are resolved earlier, so an index always exists.
    pub fn new(mut steps: Vec<Step>) -> Result<Pipeline, GraphError> {
        let mut graph = DiGraph::<(), ()>::new();
        let nodes: Vec<NodeIndex> = steps.iter().map(|_| graph.add_node(())).collect();
        for (index, step) in numbered(&steps) {
            check_inputs(&steps, index, step)?;
            for from in &step.from {
                graph.add_edge(nodes[from.at()], nodes[index.at()], ());
            }
        }
        let order = toposort(&graph, None)
            .map_err(|cycle| GraphError::Cycle(StepIndex(cycle.node_id().index() as u16)))?;
        let order: Vec<StepIndex> =
            order.into_iter().map(|node| StepIndex(node.index() as u16)).collect();
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

        let stages = Stages::new(&steps, &edges_out, &order);
        let system_uses = system_uses(&steps, &edges_out, &order, &stages);
        // Shards belong to stages: a fused step has those of its head.
        let laid = |(index, step): (StepIndex, &Step)| LaidStep {
            name: step.name.clone(),
            head: stages.head(index),
            shards: step.shards,
            // The commit of a record's effects is the emit of a stage that writes rows, unless they are rows of
            // panes.
            same: match stages.writes_rows(index) && step.kind.windowing().is_none() {
                true => vec![(point::COMMIT, point::EMIT)],
                false => Vec::new(),
            },
            // To settle is to let go of what was held until it was acked, or owed until it was paid, and nothing
            // else: under recompute that step of the protocol commits.
            told: match step.mechanism.outputs {
                Outputs::Recompute => vec![(point::SETTLE, point::COMMIT)],
                Outputs::Checkpoint => Vec::new(),
            },
        };
        let layout = Layout::new(&point::ALPHABET, numbered(&steps).map(laid).collect());
        for (at, step) in steps.iter_mut().enumerate() {
            step.shards = layout.shards_of(StepIndex(at as u16));
        }
        let (mut senders, mut only_senders) = (Vec::new(), Vec::new());
        for (index, step) in numbered(&steps) {
            let mut heads: Vec<StepIndex> = Vec::new();
            if !stages.is_fused(index) {
                heads.extend(step.from.iter().map(|&from| stages.head(from)));
            }
            // Two steps of one stage are one sender.
            let mut met: Vec<StepIndex> = Vec::new();
            heads.retain(|head| {
                !met.contains(head) && {
                    met.push(*head);
                    true
                }
            });
            let shards = |head: &StepIndex| {
                let first = layout.shard(*head, 0).0;
                (first..first + layout.shards_of(*head)).map(ShardIndex)
            };
            senders.push(heads.iter().flat_map(shards).collect());
            only_senders.push(match heads[..] {
                [head] => Some(layout.shard(head, 0).0),
                _ => None,
            });
        }
        let marks = marks(&steps, &edges_out, &order);
        Ok(Pipeline {
            steps,
            layout,
            edges_out,
            senders,
            only_senders,
            marks,
            system_uses,
            stages,
            order,
            defect: None,
        })
    }

    /// The steps in file order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// One step.
    pub fn step(&self, index: StepIndex) -> &Step {
        &self.steps[index.at()]
    }

    /// The steps in an order in which each comes after all that it takes outputs of.
    pub fn order(&self) -> &[StepIndex] {
        &self.order
    }

    /// Of each step, how many steps there are between it and the source that is farthest away.
    pub fn depths(&self) -> Vec<u32> {
        let mut depths = vec![0; self.steps.len()];
        for &step in &self.order {
            let before = self.step(step).from.iter().map(|from| depths[from.at()] + 1);
            depths[step.at()] = before.max().unwrap_or(0);
        }
        depths
    }

    /// The ways out of a step, in process or through a shuffle, in file order of the receivers.
    pub fn edges(&self, from: StepIndex) -> &[Edge] {
        &self.edges_out[from.at()]
    }

    /// Which steps run together.
    pub fn stages(&self) -> &Stages {
        &self.stages
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

    /// All shards that send to a step, in a fixed order.
    pub fn senders(&self, step: StepIndex) -> &[ShardIndex] {
        &self.senders[step.at()]
    }

    /// The place of a sender among the senders of a step.
    pub fn sender_number(&self, step: StepIndex, sender: ShardIndex) -> usize {
        match self.only_senders[step.at()] {
            Some(first) => (sender.0 - first) as usize,
            None => {
                let senders = &self.senders[step.at()];
                senders.iter().position(|&s| s == sender).expect("a sender of this step")
            }
        }
    }

    /// Whom the system watermark that reaches a step is of use to.
    pub fn system_use(&self, step: StepIndex) -> SystemUse {
        self.system_uses[step.at()]
    }

    /// The window ends that a watermark must cross on its way out of `from` to be worth a message of its
    /// own to `to`. None if nobody downstream waits for watermarks.
    pub fn marks(&self, to: StepIndex) -> &[Mark] {
        &self.marks[to.at()]
    }
}

fn numbered(steps: &[Step]) -> impl Iterator<Item = (StepIndex, &Step)> {
    steps.iter().enumerate().map(|(at, step)| (StepIndex(at as u16), step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::Function;
    use crate::mechanism::Mechanism;
    use crate::window::Windowing;
    use onceproof_kernel::time::{Nanos, SECOND, Time};

    fn step(name: &str, kind: StepKind, from: &[u16], shards: u32) -> Step {
        let from = from.iter().map(|&index| StepIndex(index)).collect();
        let (failing, mechanism) = (Failing::default(), Mechanism::default());
        Step { name: name.into(), kind, from, shards, failing, mechanism }
    }

    fn source() -> StepKind {
        StepKind::Source { watermark: SourceWatermark::Perfect, queue: None }
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
            pipeline.marks(StepIndex(1)).iter().any(|mark| mark.is_crossed(old, new))
        };
        assert!(crossed(4, 5));
        assert!(!crossed(5, 9));
        assert!(crossed(12, 13));
        assert!(!crossed(13, 14));
        assert!(pipeline.marks(StepIndex(1)).iter().any(|m| m.is_crossed(Time(0), Time::MAX)));
    }
}
