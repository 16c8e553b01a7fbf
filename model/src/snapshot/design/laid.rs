//! What each step of the layout is, and all that those must know of it who know no system.

use super::{COORDINATOR, JobRole};
use crate::pipeline::{Pipeline, Step, StepKind};
use crate::snapshot::alphabet::ALPHABET;
use crate::snapshot::settings::Settings;
use crate::stream::Topology;
use onceproof_kernel::layout::{LaidStep, Layout, StepIndex};
use onceproof_kernel::retry::{CommitRetry, Retry};
use onceproof_kernel::source::Source;

/// Whether the results of a step are written into a topic of their own: those of an aggregate to which nobody listens.
fn is_read(pipeline: &Pipeline, step: StepIndex, of: &Step) -> bool {
    of.kind.windowing().is_some() && pipeline.edges(step).is_empty()
}

/// What each step of the layout is: first those of the pipeline, then the processes beside them, in order.
pub(super) fn roles(pipeline: &Pipeline, topology: &Topology) -> Vec<JobRole> {
    let of_step = |(step, of): (StepIndex, &Step)| {
        let head = topology.head(step);
        match (&of.kind, &pipeline.step(head).kind) {
            (StepKind::Sink(_), _) => JobRole::Topic(step),
            (_, StepKind::Source { .. }) => JobRole::Reader(head),
            _ => JobRole::Operator(head),
        }
    };
    let mut roles: Vec<JobRole> = pipeline.numbered().map(of_step).collect();
    roles.push(JobRole::Coordinator);
    for (step, of) in pipeline.numbered() {
        let is_sink = matches!(of.kind, StepKind::Sink(_));
        if is_sink || is_read(pipeline, step, of) {
            roles.extend([JobRole::Writer(step), JobRole::Committer(step)]);
        }
        if !is_sink && is_read(pipeline, step, of) {
            roles.push(JobRole::Topic(step));
        }
    }
    roles
}

pub(super) fn layout(
    pipeline: &Pipeline,
    topology: &Topology,
    roles: &[JobRole],
    settings: &Settings,
) -> Layout {
    let timeout = settings.request_timeout;
    let retry = Retry { timeout, backoff: 1, max: timeout };
    let commit_retry = CommitRetry { timeout: Some(timeout), backoff: None, max: Some(timeout) };
    // Nothing keeps a task from its state, whoever it is; and what is known of a record tells its own token.
    let own = |laid: LaidStep| LaidStep {
        repeats_commits: false,
        is_fenced: false,
        retry,
        commit_retry,
        ..laid
    };
    let mut laid: Vec<LaidStep> = Vec::new();
    for (step, of) in pipeline.numbered() {
        let source = match of.kind {
            StepKind::Source { watermark: progress, .. } => Some(Source { progress, queue: None }),
            _ => None,
        };
        let is_sink = matches!(of.kind, StepKind::Sink(_));
        let plain = LaidStep {
            head: topology.head(step),
            is_outside: is_sink,
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
        };
        laid.push(if is_sink { plain } else { own(plain) });
    }
    for (at, &role) in roles.iter().enumerate().skip(pipeline.steps().len()) {
        let step = StepIndex(at as u16);
        let name = |of: StepIndex, end: &str| format!("{}.{end}", pipeline.step(of).name);
        let (name, shards) = match role {
            JobRole::Writer(of) => (name(of, "writer"), pipeline.step(of).shards),
            JobRole::Committer(of) => (name(of, "committer"), pipeline.step(of).shards),
            JobRole::Topic(of) => (name(of, "output"), pipeline.step(of).shards),
            JobRole::Coordinator | JobRole::Reader(_) | JobRole::Operator(_) => {
                (COORDINATOR.to_owned(), 1)
            }
        };
        let waits = [settings.interval, settings.timeout, settings.restart, settings.heartbeat];
        let longest_wait = match role {
            JobRole::Coordinator => waits.into_iter().max().unwrap_or(0),
            _ => settings.service.max(settings.skew),
        };
        let tries = match role {
            JobRole::Coordinator => settings.tolerable_failed.unwrap_or(0),
            _ => 0,
        };
        let beside = LaidStep::plain(&name, step, shards);
        let plain = LaidStep { is_beside: true, longest_wait, tries, ..beside };
        laid.push(match role {
            JobRole::Topic(_) => LaidStep { is_outside: true, ..plain },
            _ => own(plain),
        });
    }
    Layout::new(&ALPHABET, laid)
}
