//! What a step makes of a record, on its way through the steps that run in the same process and out of it.

use super::Context;
use super::hands::Hands;
use crate::function::Function;
use crate::in_memory::InMemory;
use crate::in_memory::alphabet::APPLY;
use crate::in_memory::message::Record;
use crate::pipeline::StepKind;
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::output_hash;
use onceproof_kernel::record::{Output, RecordId};
use onceproof_kernel::tell::Tag;

/// What leaves a process: records, each with the step that it goes to.
pub(super) type Leaving = Vec<(StepIndex, Record)>;

/// That a function has failed, so that what it was executed on comes to nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

/// Takes what a step has made on: through the maps that run here, and out.
///
/// # Errors
/// A function fails.
pub(super) fn follow<E: Env<InMemory>>(
    step: StepIndex,
    record: &Record,
    hands: &mut Hands,
    m: &mut Context<'_, E>,
    leaving: &mut Leaving,
) -> Result<(), Failed> {
    let design = m.design;
    for &next in design.fused(step) {
        let (shard, name) = (hands.shard, record.tag.name);
        m.ask().before(shard, next, APPLY, name);
        run(next, record, hands, m, leaving)?;
    }
    leaving.extend(design.sent(step).iter().map(|&to| (to, *record)));
    Ok(())
}

/// Runs a map or a reshuffle on a record, and takes on what it makes.
///
/// # Errors
/// A function fails.
pub(super) fn run<E: Env<InMemory>>(
    step: StepIndex,
    record: &Record,
    hands: &mut Hands,
    m: &mut Context<'_, E>,
    leaving: &mut Leaving,
) -> Result<(), Failed> {
    for output in outputs(step, record, hands, m)? {
        follow(step, &output, hands, m, leaving)?;
    }
    Ok(())
}

/// What a map or a reshuffle makes of a record.
///
/// # Errors
/// A function fails.
pub(super) fn outputs<E: Env<InMemory>>(
    step: StepIndex,
    record: &Record,
    hands: &mut Hands,
    m: &mut Context<'_, E>,
) -> Result<Vec<Record>, Failed> {
    let design = m.design;
    let name = record.tag.name;
    let mut outputs: Vec<Output> = Vec::new();
    let input = Output { key: record.key, value: record.value };
    if let StepKind::Map(Function::User(user)) = &design.pipeline.step(step).kind {
        let now = m.now;
        if !m.ask().execute_user(step, user, name, input, now, &mut outputs) {
            return Err(Failed);
        }
    } else {
        let (function, answer) = match &design.pipeline.step(step).kind {
            StepKind::Map(function) => (function, answer(step, function, record, hands, m)?),
            _ => (&Function::Identity, 0),
        };
        let keys = &mut m.env.vocabulary().keys;
        function.apply(record.key, record.value, answer, keys, |output| outputs.push(output));
    }
    if let StepKind::Map(_) = design.pipeline.step(step).kind {
        m.env.decides(Decision::Executed { step, name, input, outputs: &outputs });
    }
    let step_hash = design.layout.hash(step);
    let mut records = Vec::with_capacity(outputs.len());
    for (index, Output { key, value }) in (0..).zip(outputs) {
        let name = m.env.vocabulary().names.output(name, step.0, step_hash, index);
        let id = RecordId(output_hash(record.id.0, step_hash, index));
        let tag = Tag { name, ..record.tag };
        records.push(Record { tag, key, value, id, ..*record });
    }
    Ok(records)
}

/// The answer by which a function decides what the record does not.
fn answer<E: Env<InMemory>>(
    step: StepIndex,
    function: &Function,
    record: &Record,
    hands: &mut Hands,
    m: &mut Context<'_, E>,
) -> Result<i64, Failed> {
    let Record { tag, key, .. } = *record;
    let drawn = m.ask().execute(step, tag.name, key, function.answers()).ok_or(Failed)?;
    Ok(match *function {
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
            hands.executed += 1;
            hands.executed - 1
        }
        Function::User(_) => unreachable!("it is executed outside"),
    })
}
