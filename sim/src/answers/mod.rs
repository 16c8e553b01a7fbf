//! Answers: everything that chance or a schedule decides, at named points. The world comes here with a
//! moment (a request is sent, a commit is sent, a function is executed, a step of the protocol is about
//! to be taken) and gets a verdict; answer 0 is always the harmless one. Exact faults are asked first,
//! then those that the seed draws; the first that does not pass decides. Whatever fires is written down
//! with a place that only it has, so that the schedule of a run replays it.

mod exact;
mod moment;

use crate::draw::{Draws, Purpose};
use crate::fault::kind::Asked;
use crate::fault::{Before, Climate, Fault, Kind, KindName, Leg, Place};
use crate::outcome::Fired;
use crate::plan::{Network, Plan};
use exact::Exact;
use hashbrown::HashMap;
use onceproof_model::name::Vocabulary;
use onceproof_model::pipeline::Pipeline;
use onceproof_model::time::Nanos;
use rustc_hash::FxBuildHasher;

pub use moment::{Call, CommitSent, Execution, StepTaken};

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestVerdict {
    /// It arrives after its latency.
    Pass,
    /// It is lost.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives so much later.
    Late(Nanos),
    /// It is refused with an error.
    Refused,
    /// It is lost, and its link is cut from here on.
    Cut(Kind),
}

/// What becomes of an ack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AckVerdict {
    /// It arrives after its latency.
    Pass,
    /// It is lost.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives so much later.
    Late(Nanos),
    /// It becomes an error.
    Error,
}

/// What becomes of a commit on its way to the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommitVerdict {
    /// It is applied and answered.
    Pass,
    /// It never arrives.
    Lost,
    /// It is applied, and its answer is lost.
    Unknown,
    /// It arrives so much later.
    Late(Nanos),
}

/// All answers of one run.
#[derive(Debug)]
pub struct Answers {
    draws: Option<Draws>,
    /// Whether faults are still drawn.
    is_stormy: bool,
    /// At which sorts of moments nothing can happen.
    quiet: [bool; 5],
    network: Network,
    drawn: [Vec<Drawn>; 5],
    exact: Exact,
    /// How often a point was met, for points that are met again after a crash.
    met: HashMap<u64, u32, FxBuildHasher>,
    fired: Fired,
    schedule: Option<Vec<Fault>>,
    /// Every fault that could have been placed somewhere in this run, if someone asked.
    possible: Option<Vec<Fault>>,
}

/// A kind of fault that the seed draws.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    kind: Kind,
    bound: u128,
    purpose: u64,
}

impl Answers {
    /// The answers to a plan, for any seed.
    pub fn new(plan: &Plan) -> Answers {
        Answers {
            draws: None,
            is_stormy: false,
            quiet: [false; 5],
            network: plan.network,
            drawn: drawn(&plan.climate),
            exact: Exact::new(&plan.pipeline, &plan.faults),
            met: HashMap::default(),
            fired: Fired::default(),
            schedule: None,
            possible: None,
        }
    }

    /// Puts other exact faults in place of the plan's.
    pub fn place(&mut self, pipeline: &Pipeline, faults: &[Fault]) {
        self.exact = Exact::new(pipeline, faults);
    }

    /// From now on, writes down every fault that could be placed.
    pub fn watch(&mut self) {
        self.possible = Some(Vec::new());
    }

    /// Every fault that could have been placed in the run, in the order in which their places came, each
    /// kind with its default parameter; and watches no more.
    pub fn take_possible(&mut self) -> Vec<Fault> {
        self.possible.take().unwrap_or_default()
    }

    /// The faults that are placed at a time: when, and their number.
    pub fn timed(&self) -> impl Iterator<Item = (Nanos, usize)> {
        self.exact.timed()
    }

    /// Begins a run. Without a seed nothing is drawn.
    pub fn reset(&mut self, seed: Option<u64>, in_detail: bool) {
        self.draws = seed.map(Draws::new);
        self.is_stormy = seed.is_some();
        self.exact.reset();
        self.met.clear();
        self.fired = Fired::default();
        self.schedule = in_detail.then(Vec::new);
        self.listen();
    }

    /// Faults are drawn no more; exact ones still fire whenever their place comes.
    pub fn calm(&mut self) {
        if std::mem::take(&mut self.is_stormy) {
            self.listen();
        }
    }

    /// How often each kind fired.
    pub fn fired(&self) -> Fired {
        self.fired
    }

    /// How many faults fired.
    pub fn fired_in_all(&self) -> u64 {
        self.fired.0.iter().sum()
    }

    /// The number in the schedule of the fault that fired last, if a schedule is kept.
    pub fn last_fired(&self) -> Option<usize> {
        self.schedule.as_ref().and_then(|schedule| schedule.len().checked_sub(1))
    }

    /// The faults that fired, each with a place of its own.
    pub fn take_schedule(&mut self) -> Vec<Fault> {
        self.schedule.take().unwrap_or_default()
    }

    /// The exact faults that have not fired, as indices into the plan's.
    pub fn unfired(&self) -> Vec<usize> {
        self.exact.unfired()
    }

    /// Whether an exact fault that may still fire waits for something to be sent or done again.
    pub fn has_unfired(&self) -> bool {
        self.exact.has_unfired()
    }

    /// The latency of a message: of a request, or of the ack that answers it.
    pub fn latency(&self, call: &Call, leg: Leg) -> Nanos {
        let Network { latency_min, latency_max } = self.network;
        match &self.draws {
            Some(draws) if latency_max > latency_min => {
                let point = call.point ^ if leg == Leg::Ack { 1 } else { 0 };
                latency_min + draws.below(point, Purpose::Latency, latency_max - latency_min + 1)
            }
            _ => latency_min,
        }
    }

    /// A request is sent.
    pub fn request(
        &mut self,
        call: &Call,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> RequestVerdict {
        if self.is_quiet(Asked::Request) {
            return RequestVerdict::Pass;
        }
        self.note(
            &[KindName::DropRequest, KindName::Duplicate, KindName::Delay],
            Leg::Request,
            || call.place(pipeline, words),
        );
        self.note(&[KindName::ErrorNotApplied, KindName::Partition], Leg::Request, || {
            call.place(pipeline, words)
        });
        let exact = self.exact.call(Asked::Request, call, pipeline, words);
        let Some(kind) = exact.or_else(|| self.draw(Asked::Request, call.point)) else {
            return RequestVerdict::Pass;
        };
        self.fire(kind, || call.place(pipeline, words));
        match kind {
            Kind::DropRequest => RequestVerdict::Lost,
            Kind::Duplicate { .. } => RequestVerdict::Twice,
            Kind::Delay { by, .. } => RequestVerdict::Late(by),
            Kind::ErrorNotApplied => RequestVerdict::Refused,
            Kind::Partition { .. } => RequestVerdict::Cut(kind),
            _ => unreachable!("{kind:?} is not asked of requests"),
        }
    }

    /// An ack is sent.
    pub fn ack(&mut self, call: &Call, pipeline: &Pipeline, words: &Vocabulary) -> AckVerdict {
        if self.is_quiet(Asked::Ack) {
            return AckVerdict::Pass;
        }
        self.note(&[KindName::DropAck, KindName::Duplicate, KindName::Delay], Leg::Ack, || {
            call.place(pipeline, words)
        });
        self.note(&[KindName::ErrorApplied], Leg::Ack, || call.place(pipeline, words));
        let exact = self.exact.call(Asked::Ack, call, pipeline, words);
        let Some(kind) = exact.or_else(|| self.draw(Asked::Ack, call.point)) else {
            return AckVerdict::Pass;
        };
        self.fire(kind, || call.place(pipeline, words));
        match kind {
            Kind::DropAck => AckVerdict::Lost,
            Kind::Duplicate { .. } => AckVerdict::Twice,
            Kind::Delay { by, .. } => AckVerdict::Late(by),
            Kind::ErrorApplied => AckVerdict::Error,
            _ => unreachable!("{kind:?} is not asked of acks"),
        }
    }

    /// A commit is sent to the store; see [`Answers::asks_commits`].
    pub fn commit(&mut self, commit: &CommitSent, words: &Vocabulary) -> CommitVerdict {
        let nth = self.meet(commit.point);
        let point = onceproof_model::mix::fold(commit.point, u64::from(nth));
        self.note(
            &[KindName::CommitLost, KindName::CommitUnknown, KindName::CommitDelayed],
            Leg::Request,
            || commit.place(nth, words),
        );
        let exact = self.exact.commit(commit, words);
        let Some(kind) = exact.or_else(|| self.draw(Asked::Commit, point)) else {
            return CommitVerdict::Pass;
        };
        self.fire(kind, || commit.place(nth, words));
        match kind {
            Kind::CommitLost => CommitVerdict::Lost,
            Kind::CommitUnknown => CommitVerdict::Unknown,
            Kind::CommitDelayed { by } => CommitVerdict::Late(by),
            _ => unreachable!("{kind:?} is not asked of commits"),
        }
    }

    /// A user function is executed: its answer, or none if it fails. The first answer is drawn from the
    /// seed; only from the second execution on can it differ.
    pub fn execute(&mut self, execution: &Execution, words: &Vocabulary) -> Option<u32> {
        let Execution { answers, attempt, .. } = *execution;
        let first = match &self.draws {
            Some(draws) if answers > 1 => {
                draws.below(execution.record_point, Purpose::FirstAnswer, answers.into()) as u32
            }
            _ => 0,
        };
        if self.is_quiet(Asked::Execute) {
            return Some(first);
        }
        let may = |kind: &Kind| match *kind {
            Kind::UserDiffers { answer } => attempt > 1 && answer % answers != 0,
            _ => true,
        };
        self.note(&[KindName::UserFails], Leg::Request, || execution.place(words));
        if attempt > 1 && answers > 1 {
            self.note(&[KindName::UserDiffers], Leg::Request, || execution.place(words));
        }
        let exact = self.exact.execution(execution, may, words);
        let drawn = || self.draw_where(Asked::Execute, execution.point, may);
        let Some(kind) = exact.or_else(drawn) else {
            return Some(first);
        };
        self.fire(kind, || execution.place(words));
        match kind {
            Kind::UserFails => None,
            Kind::UserDiffers { answer } => Some((first + answer % answers) % answers),
            _ => unreachable!("{kind:?} is not asked of functions"),
        }
    }

    /// A step of the protocol is about to be taken (see [`Answers::asks_before`]): after how long its worker is back, if it dies here.
    pub fn before(&mut self, step: &StepTaken, words: &Vocabulary) -> Option<Nanos> {
        let nth = self.meet(step.point);
        let point = onceproof_model::mix::fold(step.point, u64::from(nth));
        self.note(&[KindName::Crash], Leg::Request, || step.place(nth, words));
        let exact = self.exact.before(step, words);
        let kind = exact.or_else(|| self.draw(Asked::Before, point))?;
        self.fire(kind, || step.place(nth, words));
        match kind {
            Kind::Crash { restart } => Some(restart),
            _ => unreachable!("{kind:?} is not asked before a step"),
        }
    }

    /// Whether steps of the protocol need to be asked about at all.
    pub fn asks_before(&self) -> bool {
        !self.is_quiet(Asked::Before)
    }

    /// Whether commits need to be asked about at all.
    pub fn asks_commits(&self) -> bool {
        !self.is_quiet(Asked::Commit)
    }

    /// An exact fault at a time fires now.
    pub fn fire_at_time(&mut self, number: usize) -> Fault {
        let fault = self.exact.at_time(number);
        self.fired.0[fault.kind.name() as usize] += 1;
        if let Some(schedule) = &mut self.schedule {
            schedule.push(fault.clone());
        }
        fault.clone()
    }

    fn is_quiet(&self, asked: Asked) -> bool {
        self.quiet[asked as usize]
    }

    /// Works out at which sorts of moments nothing can happen and nobody watches.
    fn listen(&mut self) {
        for asked in Asked::ALL {
            let is_drawn = self.is_stormy && !self.drawn[asked as usize].is_empty();
            let is_asked = is_drawn || self.exact.has(asked) || self.possible.is_some();
            self.quiet[asked as usize] = !is_asked;
        }
    }

    fn meet(&mut self, point: u64) -> u32 {
        let met = self.met.entry(point).or_default();
        *met += 1;
        *met
    }

    fn draw(&self, asked: Asked, point: u64) -> Option<Kind> {
        self.draw_where(asked, point, |_| true)
    }

    fn draw_where(&self, asked: Asked, point: u64, may: impl Fn(&Kind) -> bool) -> Option<Kind> {
        if !self.is_stormy {
            return None;
        }
        let draws = self.draws.as_ref()?;
        let hit = |drawn: &&Drawn| {
            u128::from(draws.word(point, drawn.purpose)) < drawn.bound && may(&drawn.kind)
        };
        self.drawn[asked as usize].iter().find(hit).map(|drawn| drawn.kind)
    }

    /// Notes that these kinds could be placed here.
    fn note(&mut self, kinds: &[KindName], leg: Leg, place: impl Fn() -> Place) {
        if let Some(possible) = &mut self.possible {
            possible.extend(kinds.iter().map(|name| {
                let kind = match name.with_defaults() {
                    Kind::Duplicate { .. } => Kind::Duplicate { leg },
                    Kind::Delay { by, .. } => Kind::Delay { by, leg },
                    kind => kind,
                };
                Fault { at: place(), kind }
            }));
        }
    }

    fn fire(&mut self, kind: Kind, place: impl FnOnce() -> Place) {
        self.fired.0[kind.name() as usize] += 1;
        if let Some(schedule) = &mut self.schedule {
            schedule.push(Fault { at: place(), kind });
        }
    }
}

/// The drawn kinds by the sort of moment they are asked at, in a fixed order. Kinds with odds of 0 are
/// left out.
fn drawn(climate: &Climate) -> [Vec<Drawn>; 5] {
    let mut drawn: [Vec<Drawn>; 5] = Default::default();
    for &(kind, odds) in &climate.odds {
        let leg = match kind {
            Kind::Duplicate { leg: Leg::Ack } | Kind::Delay { leg: Leg::Ack, .. } => 32,
            _ => 0,
        };
        let purpose = Purpose::Fault as u64 + kind.name() as u64 + leg;
        if odds.numerator > 0 {
            let bound = odds.bound();
            drawn[kind.asked_at() as usize].push(Drawn { kind, bound, purpose });
        }
    }
    for kinds in &mut drawn {
        kinds.sort_by_key(|drawn| drawn.purpose);
    }
    drawn
}

/// Whether a step of the protocol is the same commit by another word: a sink's commit is its emit.
fn canonical(before: Before, is_sink: bool) -> Before {
    match before {
        Before::Commit if is_sink => Before::Emit,
        other => other,
    }
}
