//! The chain: what a stage makes of one record. Outputs go on in process to the steps that are fused into the
//! stage, without a message, an id or a catalog between them. This is the one place where the outcome of a
//! stage is decided.
//!
//! All of it is evaluated first, by asking; only if every function has answered are outputs and rows made, in
//! the one commit of the stage. So a function that fails anywhere in a stage leaves nothing, and what came in
//! is tried again as a whole: a source record waits at its offset, a pane in its window, any other record at
//! the front of its key. Were the failure kept as an outcome, the commit would say that the record is done
//! with, and what should have come of it would be lost (`Defect::FailedChainIsKept`).

use crate::dataflow::Design;
use crate::dataflow::change::{CommitKind, Delta};
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env};
use crate::dataflow::record::Record;
use crate::dataflow::worker::{Parent, Worker};
use crate::function::Function;
use crate::pipeline::{Sink, StepKind};
use onceproof_kernel::call::Answer;
use onceproof_kernel::env::Decision;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::{Name, output_hash};
use onceproof_kernel::record::{Output, RecordId};
use onceproof_kernel::user::SharedFunction;

/// An output of a step of this stage; of a sink, the row that it writes.
#[derive(Clone, Copy, Debug)]
pub(in crate::dataflow::worker) struct Link {
    step: StepIndex,
    made: Parent,
    output: Output,
}

/// What came of evaluating a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub(in crate::dataflow::worker) enum Chained {
    /// Every function has answered.
    Whole,
    /// A function failed: nothing is left of the chain.
    Failed,
}

impl Worker {
    /// Evaluates the stage on a record that its head takes in.
    pub(in crate::dataflow::worker) fn evaluate<E: Env>(
        &mut self,
        record: &Record,
        m: &mut Context<'_, E>,
    ) -> Chained {
        let parent = Parent {
            name: record.name,
            id: record.id,
            event_time: record.event_time,
            stamp: record.stamp,
            weight: record.weight,
            lineage: record.lineage,
        };
        let input = Output { key: record.key, value: record.value };
        self.chain.clear();
        match self.run(self.step, parent, input, m) {
            Chained::Whole => self.follow(m),
            Chained::Failed => Chained::Failed,
        }
    }

    /// Evaluates the stage on what its head has made without a function: a source record or a pane.
    pub(in crate::dataflow::worker) fn evaluate_made<E: Env>(
        &mut self,
        made: Parent,
        output: Output,
        m: &mut Context<'_, E>,
    ) -> Chained {
        self.chain.clear();
        self.chain.push(Link { step: self.step, made, output });
        self.follow(m)
    }

    /// Takes every output on to the steps that are fused behind its own.
    #[inline(always)]
    fn follow<E: Env>(&mut self, m: &mut Context<'_, E>) -> Chained {
        let mut at = 0;
        while let Some(&Link { step, .. }) = self.chain.get(at) {
            // Most steps have none.
            if !m.design.stages().fused(step).is_empty() && self.follow_on(at, m) == Chained::Failed
            {
                return Chained::Failed;
            }
            at += 1;
        }
        Chained::Whole
    }

    /// Takes an output on to the steps that are fused behind its own.
    #[inline(never)]
    fn follow_on<E: Env>(&mut self, at: usize, m: &mut Context<'_, E>) -> Chained {
        let Link { step, made, output: input } = self.chain[at];
        for &next in m.design.stages().fused(step) {
            m.ask().apply(self.shard, next, made.name);
            match self.run(next, made, input, m) {
                Chained::Failed if !self.has(Defect::FailedChainIsKept) => {
                    return Chained::Failed;
                }
                Chained::Whole | Chained::Failed => {}
            }
        }
        Chained::Whole
    }

    /// Runs one step on one record.
    fn run<E: Env>(
        &mut self,
        step: StepIndex,
        parent: Parent,
        input: Output,
        m: &mut Context<'_, E>,
    ) -> Chained {
        let design = m.design;
        let (function, answer) = match &design.pipeline.step(step).kind {
            StepKind::Map(Function::User(user)) => {
                return self.run_user(step, user, parent, input, m);
            }
            StepKind::Map(function) => {
                let answer = self.execute(step, function, parent.name, input.key, m);
                if let Function::Call(_) = function {
                    // What was answered is used up: a chain that fails begins with a call again.
                    let found = self.calls.take(step, parent.name);
                    if found == Some(Answer::Missing) && answer.is_some() {
                        self.tell_execution(step, parent.name, input, &[], m);
                        return Chained::Whole;
                    }
                }
                (function, answer)
            }
            // No user function runs here, so nothing can differ or fail.
            StepKind::Reshuffle => (&Function::Identity, Some(0)),
            StepKind::Sink(Sink::Upsert) => {
                self.chain.push(Link { step, made: parent, output: input });
                return Chained::Whole;
            }
            StepKind::Sink(
                Sink::Append
                | Sink::InsertId(_)
                | Sink::Offset(_)
                | Sink::Rename
                | Sink::InPlace
                | Sink::TwoPhase { .. },
            ) => unreachable!("it calls, and is a stage without a chain"),
            StepKind::Source { .. }
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::CountGlobally(_) => unreachable!("it makes its outputs from no record"),
        };
        let Some(answer) = answer else { return Chained::Failed };
        let step_hash = design.layout.hash(step);
        let mut outputs = std::mem::take(&mut self.scratch);
        function.apply(input.key, input.value, answer, &mut m.env.vocabulary().keys, |output| {
            outputs.push(output)
        });
        if let StepKind::Map(_) = &design.pipeline.step(step).kind {
            self.tell_execution(step, parent.name, input, &outputs, m);
        }
        self.link(step, step_hash, parent, &mut outputs, m);
        self.scratch = outputs;
        Chained::Whole
    }

    /// Runs a function of the user's own on one record.
    #[cold]
    #[inline(never)]
    fn run_user<E: Env>(
        &mut self,
        step: StepIndex,
        function: &SharedFunction,
        parent: Parent,
        input: Output,
        m: &mut Context<'_, E>,
    ) -> Chained {
        let mut outputs = std::mem::take(&mut self.scratch);
        let now = m.now;
        let (env, name) = (m.ask(), parent.name);
        if !env.execute_user(step, function, name, input, now, &mut outputs) {
            self.scratch = outputs;
            return Chained::Failed;
        }
        self.tell_execution(step, parent.name, input, &outputs, m);
        let step_hash = m.design.layout.hash(step);
        self.link(step, step_hash, parent, &mut outputs, m);
        self.scratch = outputs;
        Chained::Whole
    }

    /// Puts what a step has made of a record into the chain.
    #[inline(always)]
    fn link<E: Env>(
        &mut self,
        step: StepIndex,
        step_hash: u64,
        parent: Parent,
        outputs: &mut Vec<Output>,
        m: &mut Context<'_, E>,
    ) {
        self.executions += 1;
        for (index, output) in outputs.drain(..).enumerate() {
            let index = index as u32;
            let names = &mut m.env.vocabulary().names;
            let name = names.output(parent.name, step.0, step_hash, index);
            let derived = RecordId(output_hash(parent.id.0, step_hash, index));
            let id = self.mechanism.ids.of(
                derived,
                self.token,
                self.executions ^ (u64::from(index) << 48),
            );
            self.chain.push(Link { step, made: Parent { name, id, ..parent }, output });
        }
    }

    #[inline(always)]
    fn tell_execution<E: Env>(
        &self,
        step: StepIndex,
        name: Name,
        input: Output,
        outputs: &[Output],
        m: &mut Context<'_, E>,
    ) {
        m.env.decides(Decision::Executed { step, name, input, outputs });
    }

    /// Executes a function on a record: the answer by which it decides what is not decided by the record,
    /// or none if it fails.
    fn execute<E: Env>(
        &mut self,
        step: StepIndex,
        function: &Function,
        name: Name,
        key: Key,
        m: &mut Context<'_, E>,
    ) -> Option<i64> {
        let drawn = m.ask().execute(step, name, key, function.answers())?;
        Some(match *function {
            Function::Identity
            | Function::KeyBy(_)
            | Function::Filter(_)
            | Function::Explode { .. }
            | Function::Call(_) => 0,
            Function::Coin { .. } => drawn.into(),
            Function::Clock { every, .. } => m.now.step_of(every),
            Function::Lookup { changes_every, values, .. } => {
                m.ask().look_up(step, key, changes_every, values).into()
            }
            Function::Order { .. } => {
                self.executed_in_order += 1;
                self.executed_in_order - 1
            }
            Function::User(_) => unreachable!("it is executed outside"),
        })
    }

    /// Makes what the chain came to: outputs for every way out of the stage, rows for its sinks.
    pub(in crate::dataflow::worker) fn make_chain<E: Env>(
        &mut self,
        unit: u32,
        m: &mut Context<'_, E>,
    ) {
        let chain = std::mem::take(&mut self.chain);
        for &Link { step, made, output } in &chain {
            match &m.design.pipeline.step(step).kind {
                StepKind::Sink(Sink::Upsert) => {
                    let row = Delta::Row {
                        step,
                        row: row_of(&made, m),
                        key: output.key,
                        name: made.name,
                        lineage: made.lineage,
                        weight: made.weight,
                        value: output.value.integer(),
                    };
                    self.units.get(unit).deltas.push(row);
                }
                StepKind::Map(function)
                    if !function.is_deterministic()
                        && !m.design.stages().fused(step).is_empty() =>
                {
                    let (name, key, value) = (made.name, output.key, output.value.integer());
                    self.units.get(unit).deltas.push(Delta::Decided { name, key, value });
                    self.make(unit, step, made, output, m);
                }
                StepKind::Sink(
                    Sink::Append
                    | Sink::InsertId(_)
                    | Sink::Offset(_)
                    | Sink::Rename
                    | Sink::InPlace
                    | Sink::TwoPhase { .. },
                ) => unreachable!("it calls, and is a stage without a chain"),
                StepKind::Source { .. }
                | StepKind::Map(_)
                | StepKind::Reshuffle
                | StepKind::Count(_)
                | StepKind::Sum(_)
                | StepKind::CountGlobally(_) => self.make(unit, step, made, output, m),
            }
        }
        self.chain = chain;
    }

    /// What the commit of a record's effects is, where its stage's head is no aggregate.
    pub(in crate::dataflow::worker) fn commit_kind(&self, design: &Design) -> CommitKind {
        match design.stages().writes_rows(self.step) {
            true => CommitKind::Emit,
            false => CommitKind::Commit,
        }
    }
}

/// The row that a record is written to: a pane has the row of its key, window and number, any other
/// record the row of its id.
fn row_of<E: Env>(made: &Parent, m: &mut Context<'_, E>) -> u64 {
    let names = &m.env.vocabulary().names;
    match names.source_of(made.name) {
        None => names.hash(made.name),
        Some(_) => made.id.0,
    }
}
