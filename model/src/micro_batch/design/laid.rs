//! What each step of the layout is, and all that those must know of it who know no system.

use super::{BatchRole, DRIVER, EXECUTOR, STORE};
use crate::micro_batch::alphabet::ALPHABET;
use crate::micro_batch::settings::Settings;
use crate::pipeline::{Pipeline, Step, StepKind};
use crate::stream::Topology;
use onceproof_kernel::layout::{LaidStep, Layout, StepIndex};
use onceproof_kernel::retry::{CommitRetry, Retry};
use onceproof_kernel::source::Source;

/// Whether the results of a step stand in a table of their own: those of an aggregate to which nobody listens.
fn is_read(pipeline: &Pipeline, step: StepIndex, of: &Step) -> bool {
    of.kind.windowing().is_some() && pipeline.edges(step).is_empty()
}

/// What each step of the layout is: first those of the pipeline, then the processes beside them, in order.
pub(super) fn roles(pipeline: &Pipeline, topology: &Topology) -> Vec<BatchRole> {
    let of_step = |(step, of): (StepIndex, &Step)| match of.kind {
        StepKind::Sink(_) => BatchRole::Table(step),
        StepKind::Source { .. } => BatchRole::Log(step),
        _ => match pipeline.step(topology.head(step)).kind {
            StepKind::Source { .. } => BatchRole::Log(topology.head(step)),
            _ => BatchRole::State(topology.head(step)),
        },
    };
    let mut roles: Vec<BatchRole> = pipeline.numbered().map(of_step).collect();
    roles.extend([BatchRole::Driver, BatchRole::Executor, BatchRole::Store]);
    let read = pipeline.numbered().filter(|&(step, of)| is_read(pipeline, step, of));
    roles.extend(read.map(|(step, _)| BatchRole::Table(step)));
    roles
}

pub(super) fn layout(
    pipeline: &Pipeline,
    topology: &Topology,
    roles: &[BatchRole],
    settings: &Settings,
) -> Layout {
    let timeout = settings.request_timeout;
    let retry = Retry { timeout, backoff: 1, max: timeout };
    let commit_retry = CommitRetry { timeout: Some(timeout), backoff: None, max: Some(timeout) };
    let mut laid: Vec<LaidStep> = Vec::new();
    for (step, of) in pipeline.numbered() {
        let source = match of.kind {
            StepKind::Source { watermark: progress, .. } => Some(Source { progress, queue: None }),
            _ => None,
        };
        let is_sink = matches!(of.kind, StepKind::Sink(_));
        laid.push(LaidStep {
            head: topology.head(step),
            is_outside: true,
            from: of.from.clone(),
            copies: match &of.kind {
                StepKind::Map(function) => function.copies(),
                _ => 1,
            },
            source,
            results: of.kind.results().filter(|_| is_sink || is_read(pipeline, step, of)),
            is_global: matches!(of.kind, StepKind::CountGlobally(_)),
            may_differ: of.kind.may_differ(),
            ..LaidStep::plain(&of.name, step, of.shards)
        });
    }
    for (at, &role) in roles.iter().enumerate().skip(pipeline.steps().len()) {
        let step = StepIndex(at as u16);
        let waits = [
            settings.executor_timeout,
            settings.orphaned,
            settings.restart,
            settings.trigger,
            settings.speculation.unwrap_or(0),
        ];
        let longest = waits.into_iter().max().unwrap_or(0);
        let (name, shards, longest_wait) = match role {
            BatchRole::Driver => (DRIVER.to_owned(), 1, longest),
            BatchRole::Executor => (EXECUTOR.to_owned(), settings.executors, longest),
            BatchRole::Table(of) => (format!("{}.output", pipeline.step(of).name), 1, 0),
            BatchRole::Store | BatchRole::Log(_) | BatchRole::State(_) => (STORE.to_owned(), 1, 0),
        };
        let is_outside = !matches!(role, BatchRole::Driver | BatchRole::Executor);
        // An executor reports for so long to a driver that is gone, and is asked for so long by a driver when it is gone.
        let longest_idle = match role {
            BatchRole::Executor => settings.executor_timeout.max(settings.orphaned),
            _ => 0,
        };
        laid.push(LaidStep {
            is_beside: true,
            is_outside,
            longest_wait,
            longest_idle,
            retry,
            commit_retry,
            repeats_commits: is_outside,
            is_fenced: is_outside,
            ..LaidStep::plain(&name, step, shards)
        });
    }
    Layout::new(&ALPHABET, laid)
}
