//! What a step makes of a record, on its way through the steps that run in the same process and out of it.

use super::{Record, Topology};
use crate::function::Function;
use crate::pipeline::{Pipeline, StepKind};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::output_hash;
use onceproof_kernel::record::{Output, RecordId};
use onceproof_kernel::system::System;
use onceproof_kernel::tell::Tag;
use onceproof_kernel::time::Time;

/// What leaves a process: records, each with the step that it goes to.
pub type Leaving = Vec<(StepIndex, Record)>;

/// That a function has failed, so that what it was executed on comes to nothing.
#[derive(Clone, Copy, Debug)]
pub struct Failed;

/// The steps as functions are run by.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'d> {
    /// Their graph.
    pub pipeline: &'d Pipeline,
    /// Their names and shards.
    pub layout: &'d Layout,
    /// Which of them run together.
    pub topology: &'d Topology,
}

/// Who runs functions.
#[derive(Debug)]
pub struct Runner<'r> {
    /// The shard of the process.
    pub shard: ShardIndex,
    /// What its clock says.
    pub now: Time,
    /// How many functions it has run in this life.
    pub executed: &'r mut i64,
}

impl Flow<'_> {
    /// Takes what a step has made on: through the maps that run here, and out.
    ///
    /// # Errors
    /// A function fails.
    pub fn follow<S: System, E: Env<S>>(
        &self,
        step: StepIndex,
        record: &Record,
        by: &mut Runner<'_>,
        env: &mut E,
        leaving: &mut Leaving,
    ) -> Result<(), Failed> {
        for &next in self.topology.fused(step) {
            env.before(by.shard, next, self.layout.alphabet.moments.apply, record.tag.name);
            self.run(next, record, by, env, leaving)?;
        }
        leaving.extend(self.topology.sent(step).iter().map(|&to| (to, *record)));
        Ok(())
    }

    /// Runs a map or a reshuffle on a record, and takes on what it makes.
    ///
    /// # Errors
    /// A function fails.
    pub fn run<S: System, E: Env<S>>(
        &self,
        step: StepIndex,
        record: &Record,
        by: &mut Runner<'_>,
        env: &mut E,
        leaving: &mut Leaving,
    ) -> Result<(), Failed> {
        for output in self.outputs(step, record, by, env)? {
            self.follow(step, &output, by, env, leaving)?;
        }
        Ok(())
    }

    /// What a map or a reshuffle makes of a record.
    ///
    /// # Errors
    /// A function fails.
    pub fn outputs<S: System, E: Env<S>>(
        &self,
        step: StepIndex,
        record: &Record,
        by: &mut Runner<'_>,
        env: &mut E,
    ) -> Result<Vec<Record>, Failed> {
        let name = record.tag.name;
        let mut outputs: Vec<Output> = Vec::new();
        let input = Output { key: record.key, value: record.value };
        let kind = &self.pipeline.step(step).kind;
        if let StepKind::Map(Function::User(user)) = kind {
            if !env.execute_user(step, user, name, input, by.now, &mut outputs) {
                return Err(Failed);
            }
        } else {
            let (function, answer) = match kind {
                StepKind::Map(function) => (function, answer(step, function, record, by, env)?),
                _ => (&Function::Identity, 0),
            };
            let keys = &mut env.vocabulary().keys;
            function.apply(record.key, record.value, answer, keys, |output| outputs.push(output));
        }
        if let StepKind::Map(_) = kind {
            env.decides(Decision::Executed { step, name, input, outputs: &outputs });
        }
        let step_hash = self.layout.hash(step);
        let mut records = Vec::with_capacity(outputs.len());
        for (index, Output { key, value }) in (0..).zip(outputs) {
            let name = env.vocabulary().names.output(name, step.0, step_hash, index);
            let id = RecordId(output_hash(record.id.0, step_hash, index));
            let tag = Tag { name, ..record.tag };
            records.push(Record { tag, key, value, id, ..*record });
        }
        Ok(records)
    }

    /// The shard of a step to which a record goes, where each step has shards of its own.
    pub fn route<S: System, E: Env<S>>(
        &self,
        to: StepIndex,
        record: &Record,
        env: &E,
    ) -> ShardIndex {
        let key = self.pipeline.key_at(to, record.key);
        self.layout.route(to, env.words().keys.hash(key))
    }
}

/// The answer by which a function decides what the record does not.
fn answer<S: System, E: Env<S>>(
    step: StepIndex,
    function: &Function,
    record: &Record,
    by: &mut Runner<'_>,
    env: &mut E,
) -> Result<i64, Failed> {
    let Record { tag, key, .. } = *record;
    let drawn = env.execute(step, tag.name, key, function.answers()).ok_or(Failed)?;
    Ok(match *function {
        Function::Identity
        | Function::KeyBy(_)
        | Function::Filter(_)
        | Function::Explode { .. }
        | Function::Call(_) => 0,
        Function::Coin { .. } => drawn.into(),
        Function::Clock { every, .. } => by.now.step_of(every),
        Function::Lookup { changes_every, values, .. } => {
            env.look_up(step, key, changes_every, values).into()
        }
        Function::Order { .. } => {
            *by.executed += 1;
            *by.executed - 1
        }
        Function::User(_) => unreachable!("it is executed outside"),
    })
}
