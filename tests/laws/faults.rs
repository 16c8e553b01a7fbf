//! Random exact faults of every kind on random places of a pipeline, and random odds. A fault is a few
//! small numbers that are read against the pipeline, so that both shrink on their own.

use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{MILLISECOND, Nanos};
use onceproof_model::dataflow::mechanism::Outputs;
use onceproof_model::dataflow::{Design, point};
use onceproof_model::pipeline::{Pipeline, StepKind};
use onceproof_sim::fault::kind::Asked;
use onceproof_sim::fault::{
    About, ClockWay, Direction, Fault, Kind, KindName, Leg, Pattern, Place,
};
use onceproof_systems::Trial;

use proptest::prelude::*;

/// A fault, still without the pipeline that it strikes.
#[derive(Clone, Copy, Debug)]
pub struct Strike {
    kind: Kind,
    subject: Subject,
    /// Which edge or step.
    at: usize,
    before: usize,
    nth: u32,
    /// For faults at a time.
    worker: u32,
    time: Option<Nanos>,
}

/// What a fault says of the record.
#[derive(Clone, Copy, Debug)]
enum Subject {
    /// Nothing: `nth` picks one of all.
    Any,
    /// A source record, and what maps made of it.
    Source { number: usize },
    /// A watermark that travels alone.
    Watermark,
}

/// Random kinds with random parameters.
pub fn kinds() -> impl Strategy<Value = Kind> {
    let leg = || prop_oneof![Just(Leg::Request), Just(Leg::Ack)];
    let span =
        || prop::sample::select(vec![1, 5, 29, 31, 100, 700, 3000]).prop_map(|ms| ms * MILLISECOND);
    let direction =
        prop_oneof![Just(Direction::Both), Just(Direction::Forward), Just(Direction::Backward)];
    let way = prop_oneof![Just(ClockWay::Back), Just(ClockWay::Ahead)];
    prop_oneof![
        Just(Kind::DropRequest),
        Just(Kind::DropAck),
        leg().prop_map(|leg| Kind::Duplicate { leg }),
        (span(), leg()).prop_map(|(by, leg)| Kind::Delay { by, leg }),
        Just(Kind::ErrorApplied),
        Just(Kind::ErrorNotApplied),
        (span(), direction).prop_map(|(lasts, direction)| Kind::Partition { lasts, direction }),
        span().prop_map(|restart| Kind::Crash { restart }),
        Just(Kind::CommitLost),
        Just(Kind::CommitUnknown),
        span().prop_map(|by| Kind::CommitDelayed { by }),
        (1..=2_u32).prop_map(|answer| Kind::UserDiffers { answer }),
        Just(Kind::UserFails),
        span().prop_map(|lasts| Kind::Pause { lasts }),
        Just(Kind::Move),
        (span(), way).prop_map(|(by, way)| Kind::ClockStep { by, way }),
        Just(Kind::Redeliver),
        Just(Kind::CallUnknown),
    ]
}

/// Random exact faults.
pub fn strikes() -> impl Strategy<Value = Strike> {
    let subject = prop_oneof![
        3 => Just(Subject::Any),
        3 => (0..12_usize).prop_map(|number| Subject::Source { number }),
        1 => Just(Subject::Watermark),
    ];
    let time = prop::option::weighted(0.2, (0..4000_u64).prop_map(|ms| ms * MILLISECOND));
    (kinds(), subject, 0..12_usize, 0..8_usize, 1..=12_u32, 0..6_u32, time).prop_map(
        |(kind, subject, at, before, nth, worker, time)| Strike {
            kind,
            subject,
            at,
            before,
            nth,
            worker,
            time,
        },
    )
}

impl Strike {
    /// The fault in this pipeline; none if there is no place for such a one.
    fn on(&self, trial: &Trial) -> Option<Fault> {
        let pipeline = trial.design.pipeline();
        let record = match self.subject {
            Subject::Any => None,
            Subject::Watermark => Some(About::Control { word: 0, value: None }),
            Subject::Source { number } => Some(source_record(trial, number)),
        };
        let nth = match self.subject {
            // Few steps call.
            Subject::Any if self.kind == Kind::CallUnknown => self.nth.div_ceil(4),
            Subject::Any => self.nth,
            // One record passes a place a few times only.
            Subject::Source { .. } | Subject::Watermark => self.nth.div_ceil(4),
        };
        let place = Place { record, nth: Some(nth), ..Place::default() };
        let kind = self.kind;
        let at = match (kind, self.time) {
            (Kind::Partition { .. }, Some(_)) => {
                let (from, to) = edge(trial.design.dataflow().expect("Dataflow"), self.at);
                Place { from: Some(from), to: Some(to), time: self.time, ..Place::default() }
            }
            (Kind::Move, _) if trial.hosts() < 2 => return None,
            (Kind::Move, Some(_)) => {
                let step = StepIndex((self.at % pipeline.steps().len()) as u16);
                let shard = Some(self.worker % trial.layout().shards_of(step));
                Place { step: Some(step), shard, time: self.time, ..Place::default() }
            }
            (Kind::Crash { .. } | Kind::Pause { .. } | Kind::ClockStep { .. }, Some(_)) => {
                let shards = trial.layout().shards() as u32;
                let workers = trial.plan.cluster.workers.map_or(shards, |n| n.min(shards));
                let worker = Some(self.worker % workers);
                Place { worker, time: self.time, ..Place::default() }
            }
            _ => match kind.asked_at() {
                Asked::Request | Asked::Ack => {
                    let (from, to) = edge(trial.design.dataflow().expect("Dataflow"), self.at);
                    Place { from: Some(from), to: Some(to), ..place }
                }
                Asked::Commit => {
                    let step = StepIndex((self.at % pipeline.steps().len()) as u16);
                    Place { step: Some(step), ..place }
                }
                Asked::Execute | Asked::Call => {
                    let step = map(pipeline, kind, self.at)?;
                    let step = Some(step);
                    match self.subject {
                        Subject::Watermark => return None,
                        Subject::Any => Place { step, ..place },
                        Subject::Source { .. } => {
                            Place { step, attempt: Some(nth), nth: None, ..place }
                        }
                    }
                }
                Asked::Deliver => {
                    let sources = pipeline.order().iter().copied().filter(|&step| {
                        matches!(pipeline.step(step).kind, StepKind::Source { queue: Some(_), .. })
                    });
                    let sources: Vec<StepIndex> = sources.collect();
                    let step = Some(*sources.get(self.at % sources.len().max(1))?);
                    match self.subject {
                        Subject::Watermark => return None,
                        Subject::Any | Subject::Source { .. } => Place { step, ..place },
                    }
                }
                Asked::Before => {
                    let step = StepIndex((self.at % pipeline.steps().len()) as u16);
                    let before = Some(Point(self.before as u8));
                    Place { step: Some(step), before, ..place }
                }
            },
        };
        Some(Fault { at, kind })
    }
}

/// The faults that have a place in this plan. A function can differ only when it is executed again, so
/// the worker crashes after the first time.
pub fn on(strikes: &[Strike], trial: &Trial) -> Vec<Fault> {
    let mut faults = Vec::new();
    for strike in strikes {
        let Some(mut fault) = strike.on(trial) else { continue };
        if let (Kind::UserDiffers { .. }, Some(step)) = (fault.kind, fault.at.step) {
            let before =
                Some(match trial.design.dataflow().expect("Dataflow").mechanism(step).outputs {
                    Outputs::Checkpoint => point::COMMIT,
                    Outputs::Recompute => point::SETTLE,
                });
            let at = Place { before, attempt: None, ..fault.at.clone() };
            faults.push(Fault { at, kind: KindName::Crash.with_defaults() });
            fault.at.nth = None;
            fault.at.attempt = Some(2);
        }
        faults.push(fault);
    }
    faults
}

fn source_record(trial: &Trial, number: usize) -> About {
    let (step, _) = trial.plan.inputs[number % trial.plan.inputs.len()];
    let shards = trial.layout().shards_of(step);
    let row = (number / trial.plan.inputs.len()) as u32;
    let (shard, offset) = (row % shards, u64::from(row / shards));
    About::Record(Pattern::Source { step, shard, offset, path: Vec::new() })
}

fn edge(design: &Design, number: usize) -> (StepIndex, StepIndex) {
    let edges: Vec<_> =
        design.pipeline.order().iter().flat_map(|&step| design.stages().shuffles(step)).collect();
    let edge = edges[number % edges.len()];
    (edge.from, edge.to)
}

/// A step whose function or call such a fault can strike.
fn map(pipeline: &Pipeline, kind: Kind, number: usize) -> Option<StepIndex> {
    let is_struck = |&step: &StepIndex| match &pipeline.step(step).kind {
        StepKind::Map(_) if kind == Kind::UserFails => true,
        kind_of_step if kind == Kind::CallUnknown => kind_of_step.calls(),
        StepKind::Map(function) => function.answers() > 1,
        _ => false,
    };
    let maps: Vec<StepIndex> = pipeline.order().iter().copied().filter(is_struck).collect();
    maps.get(number % maps.len().max(1)).copied()
}

/// The kinds of faults that seeds may draw of a pipeline of Dataflow, which has no group and no channels.
pub fn drawn() -> Vec<KindName> {
    let others = [KindName::Gone, KindName::Disconnect];
    KindName::searched().filter(|name| !others.contains(name)).collect()
}

/// Random odds, as lines of `[faults]` for a pipeline with a coin or without: any kinds at once, from
/// 1 in 30 to 1 in 3.
pub fn climates() -> impl Strategy<Value = Climate> {
    prop::collection::vec(prop::option::of(3..=30_u32), drawn().len())
        .prop_map(|odds| Climate { odds })
}

/// Odds of each kind, as 1 in so many.
#[derive(Clone, Debug)]
pub struct Climate {
    odds: Vec<Option<u32>>,
}

impl Climate {
    /// The lines of those kinds that can do something to these steps.
    pub fn lines(&self, steps: &[(String, String)], workers: Option<u32>) -> String {
        let has = |what: &str| steps.iter().any(|(_, lines)| lines.contains(what));
        let line = |(name, odds): (KindName, &Option<u32>)| {
            let one_in = (*odds)?;
            let can = match name {
                KindName::UserDiffers => has("coin"),
                KindName::Redeliver => has("queue ="),
                KindName::UserFails => has("kind = \"map\""),
                KindName::Move => workers != Some(1),
                KindName::CallUnknown => has("call"),
                _ => true,
            };
            // These tear down all that a worker has in hand: at high odds nothing ever ends.
            let one_in = match name {
                KindName::Crash | KindName::Pause | KindName::Move => one_in * 3,
                _ => one_in,
            };
            can.then(|| match name {
                KindName::Partition => {
                    format!("partition = {{ odds = \"1/{}\", for = \"150ms\" }}\n", one_in * 3)
                }
                KindName::Delay => {
                    format!("delay = {{ odds = \"1/{one_in}\", by = \"{}ms\" }}\n", one_in * 20)
                }
                name => format!("{} = \"1/{one_in}\"\n", name.word()),
            })
        };
        drawn().into_iter().zip(&self.odds).filter_map(line).collect()
    }
}
