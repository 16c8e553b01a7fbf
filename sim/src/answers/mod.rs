//! Answers: everything that chance or a schedule decides, at named points. The world comes here with a
//! moment (a request is sent, a commit is sent, a function is executed, a step of the protocol is about
//! to be taken) and gets a fate; answer 0 is always the harmless one. Exact faults are asked first,
//! then those that the seed draws; the first that does not pass decides. Whatever fires is written down
//! with a place that only it has, so that the schedule of a run replays it.

mod chance;
mod drawn;
mod exact;
mod log;
mod moment;
mod possible;
mod fate;
mod fork;
mod question;
mod twins;
mod watched;

use crate::draw::Purpose;
use crate::fault::kind::Asked;
use crate::fault::{Fault, Kind, KindName, Leg};
use crate::marks::{Strikes, Struck};
use crate::outcome::Fired;
use crate::plan::Plan;
use chance::Chance;
use drawn::Drawn;
use exact::Exact;
use log::Log;
use moment::Moment;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::mix::fold;
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::system::Passage;
use onceproof_kernel::time::Nanos;
use possible::Possible;
pub(crate) use possible::Watched;
use question::Questions;
use twins::Twins;

pub use fate::{AckFate, BeforeFate, CallFate, CommitFate, RequestFate};
pub use moment::{Act, Attempt, CommitSent, Exchange, StepTaken};
pub use possible::{Needless, Possibility, StateMet, default_kinds, legs};
pub use question::Question;

/// All answers of one run.
#[derive(Debug)]
pub struct Answers {
    drawn: Drawn,
    exact: Exact,
    questions: Questions,
    /// What can happen at each sort of moments.
    chances: [Chance; Asked::ALL.len()],
    /// Whether there is another worker for a shard to move to.
    can_move: bool,
    /// Whether a member of a group may be gone for good: another one, on another worker, is left.
    can_leave: bool,
    fired: Fired,
    strikes: Strikes,
    twins: Twins,
    /// What a run in detail writes down.
    log: Option<Log>,
    /// How often the world did something that outlives a worker, since ever.
    changes: u64,
    /// Every fault that could have been placed somewhere in this run, if someone asked.
    possible: Option<Possible>,
    /// What messages took longer than the least, as faults, if someone asked.
    delays: Option<Vec<Fault>>,
}

impl Answers {
    /// The answers to a plan, for any seed.
    pub fn new(plan: &Plan, layout: &Layout) -> Answers {
        Answers {
            drawn: Drawn::new(plan),
            exact: Exact::new(layout, &plan.faults),
            questions: Questions::default(),
            chances: [Chance::Any; Asked::ALL.len()],
            can_move: plan.hosts(layout) > 1,
            can_leave: plan.hosts(layout) > 1 && layout.has_members(),
            fired: Fired::default(),
            strikes: Strikes::default(),
            twins: Twins::default(),
            log: None,
            changes: 0,
            possible: None,
            delays: None,
        }
    }

    /// Puts other exact faults in place of the plan's.
    pub fn place(&mut self, layout: &Layout, faults: &[Fault]) {
        self.exact = Exact::new(layout, faults);
    }

    /// The faults that are placed at a time: when, and their number.
    pub fn timed(&self) -> impl Iterator<Item = (Nanos, usize)> {
        self.exact.timed()
    }

    /// Begins a run. Without a seed nothing is drawn.
    pub fn reset(&mut self, seed: Option<u64>, in_detail: bool) {
        self.drawn.reset(seed);
        self.exact.reset();
        self.questions.reset();
        self.fired = Fired::default();
        self.strikes.clear();
        self.twins.clear();
        self.log = self.is_watched(in_detail).then(Log::default);
        self.listen();
    }

    /// Faults are drawn no more; exact ones still fire whenever their place comes.
    pub fn calm(&mut self) {
        if self.drawn.calm() {
            self.listen();
        }
    }

    /// How often each kind fired.
    pub fn fired(&self) -> Fired {
        self.fired
    }

    /// Which steps of the protocol they struck.
    pub fn strikes(&self) -> &Strikes {
        &self.strikes
    }

    /// How many faults fired.
    pub fn fired_in_all(&self) -> u64 {
        self.fired.0.iter().sum()
    }

    /// The exact faults that have not fired, as indices into the plan's; of a run that was forked off, as many as it was
    /// told of and have not fired.
    pub fn unfired(&self) -> Vec<usize> {
        self.exact.unfired().into_iter().chain(0..self.questions.due()).collect()
    }

    /// Whether exact faults are still to come.
    pub fn are_to_come(&self) -> bool {
        self.exact.has_unfired() || self.questions.due() > 0
    }

    /// Whether nothing is drawn and every exact fault has fired, so that what is still asked is answered as
    /// in a run without any.
    pub fn are_given(&self) -> bool {
        !self.drawn.has_seed() && !self.are_to_come()
    }

    /// How often something must be sent or done again, at most, until every exact fault that has not fired
    /// would have.
    pub fn awaited_repeats(&self) -> u64 {
        self.exact.awaited_repeats()
    }

    /// The latency of a message: of a request, or of the ack that answers it.
    pub fn latency(&self, exchange: &Exchange, leg: Leg) -> Nanos {
        self.drawn.latency(exchange.point_of(leg))
    }

    /// A request is sent.
    #[inline(always)]
    pub fn request(
        &mut self,
        exchange: &Exchange,
        layout: &Layout,
        words: &Vocabulary,
    ) -> RequestFate {
        if !self.may_happen(Asked::Request, exchange.point) {
            return RequestFate::Pass;
        }
        let moment = Moment::Exchange(*exchange);
        let is_answered = layout.alphabet.is_answered;
        let may = |kind: &Kind| match (exchange.passage, kind) {
            // What goes over a channel is neither lost alone nor doubled: the channel breaks, or is slow.
            (Passage::Channel, kind) => {
                matches!(kind, Kind::Disconnect | Kind::Delay { .. } | Kind::Partition { .. })
            }
            (_, Kind::Disconnect) => false,
            // Nobody hears of an error where requests are not answered.
            (passage, Kind::ErrorNotApplied) => is_answered && passage == Passage::Answered,
            (Passage::Answered | Passage::OneWay, _) => true,
        };
        let kind = self.decide(Asked::Request, moment, exchange.point, may, layout, words);
        match kind {
            None => {
                if self.times() {
                    self.note_delay(exchange, Leg::Request, layout, words);
                }
                RequestFate::Pass
            }
            Some(Kind::DropRequest) => RequestFate::Lost,
            Some(Kind::Duplicate { .. }) => {
                // Nobody acks what nobody answers.
                if is_answered && exchange.passage == Passage::Answered {
                    self.twins.double(exchange.point);
                    self.listen();
                }
                RequestFate::Twice
            }
            Some(Kind::Delay { by, .. }) => RequestFate::Late(by),
            Some(Kind::ErrorNotApplied | Kind::Disconnect) => RequestFate::Refused,
            Some(kind @ Kind::Partition { .. }) => RequestFate::Cut(kind),
            Some(kind) => unreachable!("{kind:?} is not asked of requests"),
        }
    }

    /// An ack is sent.
    #[inline(always)]
    pub fn ack(&mut self, exchange: &Exchange, layout: &Layout, words: &Vocabulary) -> AckFate {
        if !self.may_happen(Asked::Ack, exchange.point) {
            return AckFate::Pass;
        }
        if !self.twins.is_empty()
            && let Some(fate) = self.twins.ack(exchange.point)
        {
            return fate;
        }
        let moment = Moment::Exchange(*exchange);
        let kind = self.decide(Asked::Ack, moment, exchange.point, |_| true, layout, words);
        let fate = match kind {
            None => {
                if self.times() {
                    self.note_delay(exchange, Leg::Ack, layout, words);
                }
                AckFate::Pass
            }
            Some(Kind::DropAck) => AckFate::Lost,
            Some(Kind::Duplicate { .. }) => AckFate::Twice,
            Some(Kind::Delay { by, .. }) => AckFate::Late(by),
            Some(Kind::ErrorApplied) => AckFate::Error,
            Some(kind) => unreachable!("{kind:?} is not asked of acks"),
        };
        if !self.twins.is_empty() {
            self.twins.decide(exchange.point, fate);
        }
        fate
    }

    /// A commit is sent to the store; see [`Answers::asks_commits`].
    pub fn commit(
        &mut self,
        commit: &CommitSent,
        layout: &Layout,
        words: &Vocabulary,
    ) -> CommitFate {
        let point = self.drawn.meet(commit.point);
        if !self.may_happen(Asked::Commit, point) {
            return CommitFate::Pass;
        }
        let moment = Moment::Commit(*commit);
        match self.decide(Asked::Commit, moment, point, |_| true, layout, words) {
            None => CommitFate::Pass,
            Some(Kind::CommitLost) => CommitFate::Lost,
            Some(Kind::CommitUnknown) => CommitFate::Unknown,
            Some(Kind::CommitDelayed { by }) => CommitFate::Late(by),
            Some(Kind::CommitForgotten) => CommitFate::Forgotten,
            Some(kind) => unreachable!("{kind:?} is not asked of commits"),
        }
    }

    /// A user function is executed: its answer, less than `answers`, or none if it fails. The first answer
    /// is drawn from the seed; only from the second execution on can it differ.
    pub fn execute(
        &mut self,
        execution: &Attempt,
        answers: u32,
        layout: &Layout,
        words: &Vocabulary,
    ) -> Option<u32> {
        let first = self.drawn.first(execution.record_point, Purpose::FirstAnswer, answers);
        if self.is_quiet(Asked::Execute) {
            return Some(first);
        }
        let may = |kind: &Kind| match *kind {
            Kind::UserDiffers { answer } => execution.attempt > 1 && answer % answers != 0,
            _ => true,
        };
        let moment = Moment::Attempt(*execution);
        match self.decide(Asked::Execute, moment, execution.point, may, layout, words) {
            None => Some(first),
            Some(Kind::UserFails) => None,
            Some(Kind::UserDiffers { answer }) => Some((first + answer % answers) % answers),
            Some(kind) => unreachable!("{kind:?} is not asked of functions"),
        }
    }

    /// A queue hands out a message: whether it does so once more at once.
    pub fn redelivers(&mut self, delivery: &Attempt, layout: &Layout, words: &Vocabulary) -> bool {
        if self.is_quiet(Asked::Deliver) {
            return false;
        }
        let moment = Moment::Attempt(*delivery);
        match self.decide(Asked::Deliver, moment, delivery.point, |_| true, layout, words) {
            None => false,
            Some(Kind::Redeliver) => true,
            Some(kind) => unreachable!("{kind:?} is not asked of queues"),
        }
    }

    /// What a service that a step asks says of a key at first, less than `values`.
    pub fn first_value(&self, layout: &Layout, step: StepIndex, key_hash: u64, values: u32) -> u32 {
        self.first_answer(fold(key_hash, layout.hash(step)), values)
    }

    /// What a service says at first to this question, less than `values`.
    pub fn first_answer(&self, point: u64, values: u32) -> u32 {
        self.drawn.first(point, Purpose::FirstValue, values)
    }

    /// An external service is called.
    pub fn call(&mut self, call: &Attempt, layout: &Layout, words: &Vocabulary) -> CallFate {
        if self.is_quiet(Asked::Call) {
            return CallFate::Pass;
        }
        let moment = Moment::Attempt(*call);
        match self.decide(Asked::Call, moment, call.point, |_| true, layout, words) {
            None => CallFate::Pass,
            Some(Kind::CallUnknown) => CallFate::Unknown,
            Some(kind) => unreachable!("{kind:?} is not asked of calls"),
        }
    }

    /// A step of the protocol is about to be taken; see [`Answers::asks_before`].
    pub fn before(&mut self, step: &StepTaken, layout: &Layout, words: &Vocabulary) -> BeforeFate {
        let point = self.drawn.meet(step.point);
        if !self.may_happen(Asked::Before, point) {
            return BeforeFate::Pass;
        }
        let moment = Moment::Step(*step);
        let can_move = self.can_move;
        let can_leave = self.can_leave && !self.has_left() && layout.is_member(step.at.0);
        let may = |kind: &Kind| match kind {
            Kind::Move => can_move,
            Kind::Gone => can_leave,
            _ => true,
        };
        match self.decide(Asked::Before, moment, point, may, layout, words) {
            None => BeforeFate::Pass,
            Some(Kind::Crash { restart }) => BeforeFate::Dies(restart),
            Some(Kind::Pause { lasts }) => BeforeFate::Pauses(lasts),
            Some(Kind::Gone) => BeforeFate::Leaves,
            Some(Kind::Move) => BeforeFate::Moves,
            Some(Kind::ClockStep { by, way }) => BeforeFate::Steps(by, way),
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

    /// Whether a member of a group is gone for good.
    fn has_left(&self) -> bool {
        self.fired.0[KindName::Gone as usize] > 0
    }

    /// An exact fault at a time fires now; none if it is one that cannot be any more.
    pub fn fire_at_time(&mut self, number: usize) -> Option<Fault> {
        if self.exact.kind(number) == Kind::Gone && self.has_left() {
            return None;
        }
        let fault = self.exact.at_time(number);
        self.fired.0[fault.kind.name() as usize] += 1;
        self.strikes.strike(fault.kind.name(), Struck::Time);
        if let Some(log) = &mut self.log {
            log.schedule.push(fault.clone());
        }
        Some(fault.clone())
    }

    /// What happens at a moment: the first exact fault that is placed there, else the first kind whose
    /// draw hits, of those that may be.
    #[inline(never)]
    fn decide(
        &mut self,
        asked: Asked,
        moment: Moment,
        point: u64,
        may: impl Fn(&Kind) -> bool,
        layout: &Layout,
        words: &Vocabulary,
    ) -> Option<Kind> {
        let question = self.questions.ask(asked);
        let are_to_come = self.are_to_come();
        if let Some(log) = &mut self.log {
            log.meet(asked, moment, layout, words);
            if let Some(possible) = &mut self.possible {
                possible.pass(asked, point);
                if possible.notes(asked, are_to_come) {
                    let place = log.place(asked, &moment, layout, words);
                    possible.note(asked, question, &place, &may);
                }
            }
        }
        let exact = match self.exact.has(asked) {
            true => self.exact.find(asked, &moment, &may, layout, words),
            false => self.told(asked, question),
        };
        if let (Some(_), Some(possible)) = (&exact, &mut self.possible) {
            possible.fire();
        }
        let kind = exact.or_else(|| self.drawn.fault(asked, point, &may))?;
        self.fired.0[kind.name() as usize] += 1;
        self.strikes
            .strike(kind.name(), Struck::Step(moment.step(asked, &layout.alphabet.moments)));
        if let Some(log) = &mut self.log {
            let at = log.place(asked, &moment, layout, words);
            log.schedule.push(Fault { at, kind });
        }
        Some(kind)
    }

    /// The fault that a run which was forked off another was told to have at this question.
    fn told(&mut self, asked: Asked, question: Question) -> Option<Kind> {
        let (kind, is_last) = self.questions.answer(asked, question)?;
        if is_last {
            // What nobody asks about any more costs nothing.
            self.listen();
        }
        Some(kind)
    }
}
