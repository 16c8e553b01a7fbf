//! Answers: everything that chance or a schedule decides, at named points. The world comes here with a
//! moment (a request is sent, a commit is sent, a function is executed, a step of the protocol is about
//! to be taken) and gets a verdict; answer 0 is always the harmless one. Exact faults are asked first,
//! then those that the seed draws; the first that does not pass decides. Whatever fires is written down
//! with a place that only it has, so that the schedule of a run replays it.

mod exact;
mod log;
mod moment;
mod possible;
mod verdict;

use crate::draw::{Draws, Purpose};
use crate::fault::kind::Asked;
use crate::fault::{Climate, Fault, Kind, Leg};
use crate::marks::{Strikes, Struck};
use crate::outcome::Fired;
use crate::plan::{Network, Plan};
use exact::Exact;
use hashbrown::HashMap;
use log::Log;
use moment::Moment;
use onceproof_model::mix::fold;
use onceproof_model::name::Vocabulary;
use onceproof_model::pipeline::{Pipeline, StepIndex};
use onceproof_model::time::Nanos;
use possible::Possible;
use rustc_hash::FxBuildHasher;

pub use moment::{Call, CallMade, CommitSent, Delivery, Execution, StepTaken};
pub use possible::{Needless, Possibility, default_kinds, legs};
pub use verdict::{AckVerdict, BeforeVerdict, CallVerdict, CommitVerdict, RequestVerdict};

/// All answers of one run.
#[derive(Debug)]
pub struct Answers {
    draws: Option<Draws>,
    /// Whether faults are still drawn.
    is_stormy: bool,
    /// At which sorts of moments nothing can happen.
    quiet: [bool; Asked::ALL.len()],
    network: Network,
    /// Whether there is another worker for a shard to move to.
    can_move: bool,
    drawn: [Vec<Drawn>; Asked::ALL.len()],
    exact: Exact,
    /// How often a point was met, for points that are met again after a crash.
    met: HashMap<u64, u32, FxBuildHasher>,
    fired: Fired,
    strikes: Strikes,
    /// Whether any request was doubled, and since then the verdicts on acks.
    has_twins: bool,
    acks: HashMap<u64, AckVerdict, FxBuildHasher>,
    /// What a run in detail writes down.
    log: Option<Log>,
    /// Every fault that could have been placed somewhere in this run, if someone asked.
    possible: Option<Possible>,
    /// What messages took longer than the least, as faults, if someone asked.
    delays: Option<Vec<Fault>>,
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
            quiet: [false; Asked::ALL.len()],
            network: plan.network,
            can_move: plan.hosts() > 1,
            drawn: drawn(&plan.climate),
            exact: Exact::new(&plan.pipeline, &plan.faults),
            met: HashMap::default(),
            fired: Fired::default(),
            strikes: Strikes::default(),
            has_twins: false,
            acks: HashMap::default(),
            log: None,
            possible: None,
            delays: None,
        }
    }

    /// Puts other exact faults in place of the plan's.
    pub fn place(&mut self, pipeline: &Pipeline, faults: &[Fault]) {
        self.exact = Exact::new(pipeline, faults);
    }

    /// From now on, writes down every fault of these kinds that could be placed: all of them, or only those
    /// that come after the last exact fault has fired.
    pub fn watch(&mut self, kinds: &[Kind], only_after_all: bool) {
        self.possible = Some(Possible::new(kinds, only_after_all));
    }

    /// Every fault that could have been placed in the run, in the order in which their places came; and
    /// watches no more.
    pub fn take_possible(&mut self) -> Vec<Possibility> {
        self.possible.take().map_or_else(Vec::new, |possible| possible.found)
    }

    /// Something was done that outlives a worker: whether a worker dies before or after it is not the same.
    pub fn note_change(&mut self) {
        if let Some(possible) = &mut self.possible {
            possible.change();
        }
    }

    /// Whether the message that is asked about next goes over a link that is cut.
    pub fn note_cut(&mut self, is_cut: impl FnOnce() -> bool) {
        if let Some(possible) = &mut self.possible {
            possible.is_cut_off = is_cut();
        }
    }

    /// From now on, writes down what each message takes longer than the least, as a fault that delays it.
    pub fn time(&mut self) {
        self.delays = Some(Vec::new());
    }

    /// The delays that, at the least latency, let every message that no fault hit take what it took; and
    /// writes down no more.
    pub fn take_delays(&mut self) -> Vec<Fault> {
        self.delays.take().unwrap_or_default()
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
        self.strikes = Strikes::default();
        self.has_twins = false;
        self.acks.clear();
        self.log = self.is_watched(in_detail).then(Log::default);
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

    /// Which steps of the protocol they struck.
    pub fn strikes(&self) -> Strikes {
        self.strikes
    }

    /// How many faults fired.
    pub fn fired_in_all(&self) -> u64 {
        self.fired.0.iter().sum()
    }

    /// The number in the schedule of the fault that fired last, if a schedule is kept.
    pub fn last_fired(&self) -> Option<usize> {
        self.log.as_ref().and_then(|log| log.schedule.len().checked_sub(1))
    }

    /// The faults that fired, each with a place of its own.
    pub fn take_schedule(&mut self) -> Vec<Fault> {
        self.log.take().unwrap_or_default().schedule
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
        let moment = Moment::Call(*call);
        let kind = self.decide(Asked::Request, moment, call.point, |_| true, pipeline, words);
        match kind {
            None => {
                self.note_delay(call, Leg::Request, pipeline, words);
                RequestVerdict::Pass
            }
            Some(Kind::DropRequest) => RequestVerdict::Lost,
            Some(Kind::Duplicate { .. }) => {
                self.has_twins = true;
                RequestVerdict::Twice
            }
            Some(Kind::Delay { by, .. }) => RequestVerdict::Late(by),
            Some(Kind::ErrorNotApplied) => RequestVerdict::Refused,
            Some(kind @ Kind::Partition { .. }) => RequestVerdict::Cut(kind),
            Some(kind) => unreachable!("{kind:?} is not asked of requests"),
        }
    }

    /// An ack is sent. The acks of both copies of a doubled request share one point, and so its verdict.
    pub fn ack(&mut self, call: &Call, pipeline: &Pipeline, words: &Vocabulary) -> AckVerdict {
        if self.is_quiet(Asked::Ack) {
            return AckVerdict::Pass;
        }
        if self.has_twins
            && let Some(&verdict) = self.acks.get(&call.point)
        {
            return verdict;
        }
        let moment = Moment::Call(*call);
        let kind = self.decide(Asked::Ack, moment, call.point, |_| true, pipeline, words);
        let verdict = match kind {
            None => {
                self.note_delay(call, Leg::Ack, pipeline, words);
                AckVerdict::Pass
            }
            Some(Kind::DropAck) => AckVerdict::Lost,
            Some(Kind::Duplicate { .. }) => AckVerdict::Twice,
            Some(Kind::Delay { by, .. }) => AckVerdict::Late(by),
            Some(Kind::ErrorApplied) => AckVerdict::Error,
            Some(kind) => unreachable!("{kind:?} is not asked of acks"),
        };
        if self.has_twins {
            self.acks.insert(call.point, verdict);
        }
        verdict
    }

    /// A commit is sent to the store; see [`Answers::asks_commits`].
    pub fn commit(
        &mut self,
        commit: &CommitSent,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> CommitVerdict {
        let point = self.meet(commit.point);
        let moment = Moment::Commit(*commit);
        match self.decide(Asked::Commit, moment, point, |_| true, pipeline, words) {
            None => CommitVerdict::Pass,
            Some(Kind::CommitLost) => CommitVerdict::Lost,
            Some(Kind::CommitUnknown) => CommitVerdict::Unknown,
            Some(Kind::CommitDelayed { by }) => CommitVerdict::Late(by),
            Some(kind) => unreachable!("{kind:?} is not asked of commits"),
        }
    }

    /// A user function is executed: its answer, or none if it fails. The first answer is drawn from the
    /// seed; only from the second execution on can it differ.
    pub fn execute(
        &mut self,
        execution: &Execution,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> Option<u32> {
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
        let moment = Moment::Execution(*execution);
        match self.decide(Asked::Execute, moment, execution.point, may, pipeline, words) {
            None => Some(first),
            Some(Kind::UserFails) => None,
            Some(Kind::UserDiffers { answer }) => Some((first + answer % answers) % answers),
            Some(kind) => unreachable!("{kind:?} is not asked of functions"),
        }
    }

    /// A queue hands out a message: whether it does so once more at once.
    pub fn redelivers(
        &mut self,
        delivery: &Delivery,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> bool {
        if self.is_quiet(Asked::Deliver) {
            return false;
        }
        let moment = Moment::Delivery(*delivery);
        match self.decide(Asked::Deliver, moment, delivery.point, |_| true, pipeline, words) {
            None => false,
            Some(Kind::Redeliver) => true,
            Some(kind) => unreachable!("{kind:?} is not asked of queues"),
        }
    }

    /// What a service that a step asks says of a key at first, less than `values`.
    pub fn first_value(
        &self,
        pipeline: &Pipeline,
        step: StepIndex,
        key_hash: u64,
        values: u32,
    ) -> u32 {
        let point = fold(key_hash, pipeline.hash(step));
        let draw = |draws: &Draws| draws.below(point, Purpose::FirstValue, values.into()) as u32;
        self.draws.as_ref().map_or(0, draw)
    }

    /// An external service is called.
    pub fn call(
        &mut self,
        call: &CallMade,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> CallVerdict {
        if self.is_quiet(Asked::Call) {
            return CallVerdict::Pass;
        }
        let moment = Moment::CallMade(*call);
        match self.decide(Asked::Call, moment, call.point, |_| true, pipeline, words) {
            None => CallVerdict::Pass,
            Some(Kind::CallUnknown) => CallVerdict::Unknown,
            Some(kind) => unreachable!("{kind:?} is not asked of calls"),
        }
    }

    /// A step of the protocol is about to be taken; see [`Answers::asks_before`].
    pub fn before(
        &mut self,
        step: &StepTaken,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> BeforeVerdict {
        let point = self.meet(step.point);
        let moment = Moment::Step(*step);
        let can_move = self.can_move;
        let may = |kind: &Kind| *kind != Kind::Move || can_move;
        match self.decide(Asked::Before, moment, point, may, pipeline, words) {
            None => BeforeVerdict::Pass,
            Some(Kind::Crash { restart }) => BeforeVerdict::Dies(restart),
            Some(Kind::Pause { lasts }) => BeforeVerdict::Pauses(lasts),
            Some(Kind::Move) => BeforeVerdict::Moves,
            Some(Kind::ClockStep { by, way }) => BeforeVerdict::Steps(by, way),
            Some(kind) => unreachable!("{kind:?} is not asked before a step"),
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
        self.strikes.strike(fault.kind.name(), Struck::Time);
        if let Some(log) = &mut self.log {
            log.schedule.push(fault.clone());
        }
        fault.clone()
    }

    fn is_quiet(&self, asked: Asked) -> bool {
        self.quiet[asked as usize]
    }

    /// Whether moments are written down.
    fn is_watched(&self, in_detail: bool) -> bool {
        in_detail || self.possible.is_some() || self.delays.is_some()
    }

    /// Writes down what a message takes longer than the least, if someone asked.
    fn note_delay(&mut self, call: &Call, leg: Leg, pipeline: &Pipeline, words: &Vocabulary) {
        if self.delays.is_none() {
            return;
        }
        let by = self.latency(call, leg) - self.network.latency_min;
        if let (Some(delays), Some(log), 1..) = (&mut self.delays, &self.log, by) {
            let asked = match leg {
                Leg::Request => Asked::Request,
                Leg::Ack => Asked::Ack,
            };
            let at = log.place(asked, &Moment::Call(*call), pipeline, words);
            delays.push(Fault { at, kind: Kind::Delay { by, leg } });
        }
    }

    /// Works out at which sorts of moments nothing can happen and nobody watches.
    fn listen(&mut self) {
        for asked in Asked::ALL {
            let is_drawn = self.is_stormy && !self.drawn[asked as usize].is_empty();
            let is_asked = is_drawn || self.exact.has(asked) || self.is_watched(false);
            self.quiet[asked as usize] = !is_asked;
        }
    }

    /// The point of a moment that may come again after a crash: with how often it came.
    fn meet(&mut self, point: u64) -> u64 {
        // Only a draw asks for it.
        if !self.is_stormy {
            return point;
        }
        let met = self.met.entry(point).or_default();
        *met += 1;
        fold(point, u64::from(*met))
    }

    /// What happens at a moment: the first exact fault that is placed there, else the first kind whose
    /// draw hits, of those that may be.
    fn decide(
        &mut self,
        asked: Asked,
        moment: Moment,
        point: u64,
        may: impl Fn(&Kind) -> bool,
        pipeline: &Pipeline,
        words: &Vocabulary,
    ) -> Option<Kind> {
        if let Some(log) = &mut self.log {
            log.meet(asked, moment, words);
            if let Some(possible) = &mut self.possible
                && !(possible.only_after_all && self.exact.has_unfired())
            {
                possible.note(asked, &log.place(asked, &moment, pipeline, words), &may);
            }
        }
        let exact = match self.exact.has(asked) {
            true => self.exact.find(asked, &moment, &may, pipeline, words),
            false => None,
        };
        let kind = exact.or_else(|| self.draw(asked, point, &may))?;
        self.fired.0[kind.name() as usize] += 1;
        self.strikes.strike(kind.name(), Struck::Step(moment.step(asked)));
        if let Some(log) = &mut self.log {
            let at = log.place(asked, &moment, pipeline, words);
            log.schedule.push(Fault { at, kind });
        }
        Some(kind)
    }

    fn draw(&self, asked: Asked, point: u64, may: impl Fn(&Kind) -> bool) -> Option<Kind> {
        if !self.is_stormy {
            return None;
        }
        let draws = self.draws.as_ref()?;
        let hit = |drawn: &&Drawn| {
            u128::from(draws.word(point, drawn.purpose)) < drawn.bound && may(&drawn.kind)
        };
        self.drawn[asked as usize].iter().find(hit).map(|drawn| drawn.kind)
    }
}

/// The drawn kinds by the sort of moment they are asked at, in a fixed order. Kinds with odds of 0 are
/// left out.
fn drawn(climate: &Climate) -> [Vec<Drawn>; Asked::ALL.len()] {
    let mut drawn: [Vec<Drawn>; Asked::ALL.len()] = Default::default();
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
