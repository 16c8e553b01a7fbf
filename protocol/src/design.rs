//! A protocol as a design: its steps with names and numbers, checked once.

use crate::alphabet::ALPHABET;
use crate::protocol::{Protocol, Start};
use crate::step::{Reads, Step, StepIs};
use crate::words::{Record, START, Tag};
use onceproof_kernel::layout::{Failing, LaidStep, Layout, Results, ShardIndex, StepIndex};
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::retry::{CommitRetry, Retry};
use onceproof_kernel::source::{self, Progress, Source, SourceRow};
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND, Time};
use onceproof_model::pipeline::Step as PipelineStep;
use onceproof_model::pipeline::{Ack, Edge, MessageIds, Pipeline, QueueRules, Sink, StepKind};
use std::fmt;
use std::sync::Arc;

/// The name of the log that processes read: the records of the input are `log/0#0` and so on.
pub const LOG: &str = "log";

/// Longer than any run: nobody takes a process over, or a sleep never ends.
pub const FOR_EVER: Nanos = 1_000_000 * SECOND;
/// How long a delivery may go without an ack until its record is handed out again.
const DEADLINE: Nanos = 100 * MILLISECOND;

/// A protocol with its layout.
#[derive(Clone)]
pub struct Design {
    /// The names of the steps, and the processes in which they run.
    pub layout: Layout,
    /// The input and the results, as a graph: what of a protocol any report may ask for.
    pub pipeline: Pipeline,
    /// Whether a process that was away for long is started by another worker, too.
    pub takes_over: bool,
    pub(crate) protocol: Arc<dyn Start>,
    pub(crate) steps: Vec<Laid>,
    /// The results, by rows and by totals, and of these the totals.
    pub(crate) results: Vec<StepIndex>,
    pub(crate) totals: Vec<StepIndex>,
    pub(crate) log: Option<StepIndex>,
}

/// What the processes of a step are.
#[derive(Clone, Debug)]
pub(crate) struct Laid {
    pub name: &'static str,
    pub reads: Option<Reads>,
    /// Whether the user's protocol runs there.
    pub runs: bool,
}

/// What is wrong with the steps of a protocol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Misfit {
    /// Two steps have one name.
    NameTwice(&'static str),
    /// A name is empty, or has a character that places are written with.
    BadName(&'static str),
    /// A step has no process.
    NoProcess(&'static str),
    /// A result reads input, or a service of somebody else does.
    CannotRead(&'static str),
    /// Nobody reads the records of the input.
    NobodyReads,
    /// There is no result.
    NoResult,
    /// Two steps read from queues: there is one input.
    TwoQueues(&'static str),
    /// One step reads from a queue and another one from the log.
    QueueAndLog(&'static str),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::NameTwice(name) => {
                write!(f, "two steps are called `{name}`; give each its own name")
            }
            Misfit::BadName(name) => write!(
                f,
                "`{name}` is no name for a step: use letters, digits and `-`, and not `{LOG}`"
            ),
            Misfit::NoProcess(name) => {
                write!(f, "step `{name}` has 0 processes; `times` takes at least 1")
            }
            Misfit::CannotRead(name) => {
                write!(f, "step `{name}` reads the input, which only a `Step::process` can")
            }
            Misfit::NobodyReads => f.write_str(
                "no step reads the input: give one `.reads_queue()`, or some `.reads_log()`",
            ),
            Misfit::NoResult => f.write_str(
                "no step is judged: add a `Step::result`, into which commits put records",
            ),
            Misfit::TwoQueues(name) => write!(
                f,
                "step `{name}` reads the queue, and so does another one; give one step more processes \
                 by `.times(n)`"
            ),
            Misfit::QueueAndLog(name) => write!(
                f,
                "step `{name}` reads the log, and another one the queue; there is one input, as one or \
                 the other"
            ),
        }
    }
}

impl std::error::Error for Misfit {}

impl Design {
    /// The design of a protocol. `takes_over` says whether a process that was away for long is started by another worker,
    /// too.
    ///
    /// # Errors
    /// What is wrong with its steps.
    pub fn new(protocol: impl Protocol, takes_over: bool) -> Result<Design, Misfit> {
        let steps = protocol.steps();
        check(&steps)?;
        let has_log = steps.iter().any(|step| step.reads == Some(Reads::Log));
        let is_result = |step: &&Step| matches!(step.kind, StepIs::Result | StepIs::Total);
        let queue = steps.iter().filter(|step| step.reads == Some(Reads::Queue));
        let results = steps.iter().filter(is_result);
        let others =
            steps.iter().filter(|step| !is_result(step) && step.reads != Some(Reads::Queue));
        let log = Step { reads: None, ..Step::process(LOG) };
        let mut ordered: Vec<&Step> = has_log.then_some(&log).into_iter().collect();
        ordered.extend(queue.chain(results).chain(others));

        let numbered = || (0..).map(StepIndex).zip(ordered.iter().copied());
        let of = |wanted: &dyn Fn(&Step) -> bool| -> Vec<StepIndex> {
            numbered().filter(|(_, step)| wanted(step)).map(|(at, _)| at).collect()
        };
        let layout = Layout::new(&ALPHABET, numbered().map(|(at, step)| laid(at, step)).collect());
        let graph = ordered.iter().copied().filter_map(in_graph).collect();
        Ok(Design {
            layout,
            pipeline: Pipeline::new(graph).expect("an input and its results are a graph"),
            takes_over,
            protocol: Arc::new(protocol),
            results: of(&|step| is_result(&step)),
            totals: of(&|step| step.kind == StepIs::Total),
            log: has_log.then_some(StepIndex(0)),
            steps: ordered
                .iter()
                .map(|step| Laid {
                    name: step.name,
                    reads: step.reads,
                    runs: step.name != LOG && !is_result(step),
                })
                .collect(),
        })
    }

    /// Whether the step of this name reads the queue.
    pub fn reads_queue(&self, name: &str) -> bool {
        self.steps.iter().any(|step| step.name == name && step.reads == Some(Reads::Queue))
    }

    /// The shard of a step that a request with this key goes to.
    ///
    /// # Panics
    /// If there is no step of this name in which processes run.
    pub(crate) fn receiver(&self, to: &str, key: u64) -> ShardIndex {
        let found = self.steps.iter().position(|step| step.name == to && step.runs);
        let at = found
            .unwrap_or_else(|| panic!("a route goes to `{to}`, and no process is of that step"));
        let step = StepIndex(at as u16);
        self.layout.shard(step, (key % u64::from(self.layout.shards_of(step))) as u32)
    }

    /// The result of this name.
    ///
    /// # Panics
    /// If there is none of this kind.
    pub(crate) fn result(&self, name: &str, is_total: bool) -> StepIndex {
        let is_it = |&&step: &&StepIndex| {
            self.layout.name(step) == name && self.totals.contains(&step) == is_total
        };
        let found = self.results.iter().find(is_it).copied();
        let (ask, add) = if is_total { ("total", "total") } else { ("result", "result") };
        found.unwrap_or_else(|| {
            panic!(
                "a commit says `tx.{ask}({name:?}, …)`, and no step is a `Step::{add}({name:?})`"
            )
        })
    }

    /// All ways that requests may go: from each process to each other, and what of the input comes into results.
    pub fn ways(&self) -> Vec<Edge> {
        let runs = |at: &StepIndex| self.steps[at.at()].runs;
        let all: Vec<StepIndex> = self.layout.all().map(|(at, _)| at).filter(runs).collect();
        let pairs = all.iter().flat_map(|&from| all.iter().map(move |&to| Edge { from, to }));
        pairs.collect()
    }

    /// Whether a step of the protocol is ever taken at a step.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(&self, step: StepIndex) -> Result<(), &'static str> {
        match self.steps[step.at()].runs && !self.layout.step(step).is_outside {
            true => Ok(()),
            false => Err("nothing that could fail runs there"),
        }
    }
}

impl fmt::Debug for Design {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Design { layout, protocol, .. } = self;
        f.debug_struct("Own").field("protocol", protocol).field("layout", layout).finish()
    }
}

/// A record of the input as a process has it.
pub(crate) fn record_of(row: &SourceRow, words: &Vocabulary) -> Record {
    Record {
        id: row.id.unwrap_or(u64::from(row.name.0)),
        of: Tag(Some(row.name)),
        key: words.keys.text(row.key).parse().unwrap_or(words.keys.hash(row.key)),
        value: row.value.integer(),
    }
}

/// What a clock says that shows this time.
pub(crate) fn millis(now: Time) -> u64 {
    START.saturating_add_signed(now.0 / MILLISECOND as i64)
}

fn check(steps: &[Step]) -> Result<(), Misfit> {
    let mut queue = false;
    for (at, step) in steps.iter().enumerate() {
        let name = step.name;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(is_plain) || name == LOG {
            return Err(Misfit::BadName(name));
        }
        if steps[..at].iter().any(|other| other.name == name) {
            return Err(Misfit::NameTwice(name));
        }
        if step.processes == 0 {
            return Err(Misfit::NoProcess(name));
        }
        if step.reads.is_some() && step.kind != StepIs::Process {
            return Err(Misfit::CannotRead(name));
        }
        if step.reads == Some(Reads::Queue) && std::mem::replace(&mut queue, true) {
            return Err(Misfit::TwoQueues(name));
        }
    }
    let log = steps.iter().find(|step| step.reads == Some(Reads::Log));
    match log {
        Some(step) if queue => return Err(Misfit::QueueAndLog(step.name)),
        None if !queue => return Err(Misfit::NobodyReads),
        _ => {}
    }
    let has_result = steps.iter().any(|step| matches!(step.kind, StepIs::Result | StepIs::Total));
    if has_result { Ok(()) } else { Err(Misfit::NoResult) }
}

/// The source that a step is, if it is one.
fn source_of(step: &Step) -> Option<Source> {
    let queue = match (step.reads, step.name) {
        (Some(Reads::Queue), _) => {
            Some(source::Queue { deadline: DEADLINE, extend: false, holds_back: true })
        }
        (None, LOG) => None,
        (None | Some(Reads::Log), _) => return None,
    };
    Some(Source { progress: Progress::Perfect, queue })
}

fn laid(at: StepIndex, step: &Step) -> LaidStep {
    let source = source_of(step);
    let results = match step.kind {
        StepIs::Result => Some(Results::Written),
        StepIs::Total => Some(Results::Summed),
        StepIs::Process | StepIs::Outside => None,
    };
    LaidStep {
        is_beside: source.is_none() && results.is_none(),
        // Results have no process. They are laid where the input is.
        head: if results.is_some() { StepIndex(0) } else { at },
        from: if results.is_some() { vec![StepIndex(0)] } else { Vec::new() },
        retry: Retry::default(),
        commit_retry: CommitRetry::default(),
        repeats_commits: false,
        is_fenced: false,
        shares_rows: step.shares_rows,
        is_outside: step.kind == StepIs::Outside,
        forgets_after: None,
        looked_up_for: None,
        source,
        longest_wait: 0,
        longest_idle: 0,
        may_never_end: results.is_none(),
        results,
        failing: Failing::default(),
        ..LaidStep::plain(step.name, at, step.processes)
    }
}

/// The step as one of a graph, if it is the input or a result.
fn in_graph(step: &Step) -> Option<PipelineStep> {
    let (kind, from) = match (source_of(step), step.kind) {
        (Some(Source { progress: watermark, queue }), _) => {
            let rules = |source::Queue { deadline, extend, .. }| QueueRules {
                deadline,
                extend,
                ack: Ack::AfterCommit,
                ids: MessageIds::Message,
            };
            (StepKind::Source { watermark, queue: queue.map(rules) }, Vec::new())
        }
        (None, StepIs::Result | StepIs::Total) => {
            (StepKind::Sink(Sink::Upsert), vec![StepIndex(0)])
        }
        (None, StepIs::Process | StepIs::Outside) => return None,
    };
    let name = step.name.to_owned();
    Some(PipelineStep { name, kind, from, shards: step.processes, failing: Failing::default() })
}
