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
use check::{check_functions, check_inputs};
use marks::{marks, system_uses};
use onceproof_kernel::key::Key;
use onceproof_kernel::mix;
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

/// The number of a step, in file order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StepIndex(pub u16);

impl StepIndex {
    /// As an index into the steps.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// The number of a shard over all steps, in file order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ShardIndex(pub u32);

impl ShardIndex {
    /// As an index into the shards.
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

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
    hashes: Vec<u64>,
    edges_out: Vec<Vec<Edge>>,
    first_shard: Vec<u32>,
    shard_steps: Vec<StepIndex>,
    shard_hashes: Vec<u64>,
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
        let mut first_shard = vec![0; steps.len()];
        let mut shard_steps = Vec::new();
        for (index, step) in numbered(&steps).filter(|&(index, _)| !stages.is_fused(index)) {
            first_shard[index.at()] = shard_steps.len() as u32;
            shard_steps.extend((0..step.shards).map(|_| index));
        }
        for at in 0..steps.len() {
            let head = stages.head(StepIndex(at as u16));
            first_shard[at] = first_shard[head.at()];
            steps[at].shards = steps[head.at()].shards;
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
                let first = first_shard[head.at()];
                (first..first + steps[head.at()].shards).map(ShardIndex)
            };
            senders.push(heads.iter().flat_map(shards).collect());
            only_senders.push(match heads[..] {
                [head] => Some(first_shard[head.at()]),
                _ => None,
            });
        }
        let marks = marks(&steps, &edges_out, &order);
        let hashes: Vec<u64> = steps.iter().map(|step| mix::text(&step.name)).collect();
        let shard_hashes = shard_steps.iter().map(|step: &StepIndex| hashes[step.at()]).collect();
        Ok(Pipeline {
            steps,
            hashes,
            edges_out,
            first_shard,
            shard_steps,
            shard_hashes,
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

    /// The step of this name.
    pub fn find(&self, name: &str) -> Option<StepIndex> {
        self.steps.iter().position(|step| step.name == name).map(|at| StepIndex(at as u16))
    }

    /// The hash of a step's name, the same in every run.
    pub fn hash(&self, index: StepIndex) -> u64 {
        self.hashes[index.at()]
    }

    /// The hash of the name of a shard's step.
    pub fn hash_of(&self, shard: ShardIndex) -> u64 {
        self.shard_hashes[shard.at()]
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

    /// How many shards there are in all.
    pub fn shards(&self) -> usize {
        self.shard_steps.len()
    }

    /// The step of a shard: the head of its stage.
    pub fn step_of(&self, shard: ShardIndex) -> StepIndex {
        self.shard_steps[shard.at()]
    }

    /// The number of a shard within its step.
    pub fn number_of(&self, shard: ShardIndex) -> u32 {
        shard.0 - self.first_shard[self.step_of(shard).at()]
    }

    /// Shard number `number` of a step.
    pub fn shard(&self, step: StepIndex, number: u32) -> ShardIndex {
        ShardIndex(self.first_shard[step.at()] + number)
    }

    /// The shard of a step that owns the keys with this hash.
    pub fn route(&self, step: StepIndex, key_hash: u64) -> ShardIndex {
        let shards = u128::from(self.steps[step.at()].shards);
        self.shard(step, ((u128::from(key_hash) * shards) >> 64) as u32)
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
    fn every_key_has_one_shard_and_every_shard_gets_keys() {
        let pipeline =
            Pipeline::new(vec![step("s", source(), &[], 2), step("c", count(1, 0), &[0], 4)])
                .expect("a good graph");
        let mut hit = [0; 4];
        for key in 0..1000 {
            let shard = pipeline.route(StepIndex(1), mix::scatter(key));
            hit[pipeline.number_of(shard) as usize] += 1;
        }
        assert!(hit.iter().all(|&n| n > 200), "{hit:?}");
        assert_eq!(pipeline.step_of(ShardIndex(1)), StepIndex(0));
        assert_eq!(pipeline.step_of(ShardIndex(2)), StepIndex(1));
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
