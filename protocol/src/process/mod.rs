//! One process: what comes in goes to its port, its future is polled, and what that asks for is listed in order.

mod asked;

use crate::alphabet::{COMMIT_REFUSED, COMMIT_UNHEARD};
use crate::design::{Design, millis, record_of};
use crate::message::{Answered, Message, Timer};
use crate::port::{Answer, Arrived, Port, Ticket};
use crate::protocol::Running;
use crate::step::Reads;
use crate::system::Own;
use crate::words::{Tag, Written};
use asked::send;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{self, Context, Effect, Input, Request};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::source::{Pull, Read};
use onceproof_kernel::system::Process;
use onceproof_kernel::time::Time;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::task::{Context as Polling, Waker};

/// A process on a worker.
pub struct Life {
    shard: ShardIndex,
    token: u64,
    body: Option<Body>,
}

/// What a life of it is made of.
struct Body {
    port: Rc<Port>,
    /// None once it is over.
    future: Option<Running>,
    /// The commits that are not answered: their numbers, and those of their effects.
    commits: Vec<(u64, u64)>,
    next_commit: u64,
    /// The requests that are not answered.
    flights: Vec<Flight>,
    /// The messages that the queue has handed out, by their records.
    held: Vec<(Name, u32)>,
    /// Whether the queue had nothing when it was asked last.
    is_exhausted: bool,
    /// When it is woken for new input.
    woken_at: Option<Time>,
}

/// A request that is not answered.
struct Flight {
    number: u64,
    to: ShardIndex,
    body: Message,
    attempts: u32,
    is_retried: bool,
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.body.as_ref().map(|body| &body.port);
        f.debug_struct("Life").field("shard", &self.shard).field("port", &port).finish()
    }
}

impl Process<Own> for Life {
    fn new(_: &Design, shard: ShardIndex) -> Life {
        Life { shard, token: 0, body: None }
    }

    fn reset(&mut self) {
        self.token = 0;
        self.body = None;
    }

    fn handle<E: Env<Own>>(&mut self, input: &Input<Own>, m: &mut Context<'_, Own, E>) {
        let step = m.design.layout.step_of(self.shard);
        if *input == Input::Boot {
            self.boot(step, m);
        }
        let Life { shard, token, body } = self;
        let Some(body) = body else { return };
        let mut hands = Hands { shard: *shard, token: *token, m };
        body.take(step, input, &mut hands);
        body.read_log(&mut hands);
        body.poll(hands.m.now);
        body.list(&mut hands);
    }

    fn is_ready(&self) -> bool {
        self.body.as_ref().is_some_and(|body| {
            body.future.is_some() && !body.is_exhausted && body.port.inner.borrow().is_hungry
        })
    }

    fn awaits(&self, timer: Timer) -> bool {
        let Some(body) = &self.body else { return false };
        match timer {
            Timer::Input => body.future.is_some(),
            Timer::First(number) | Timer::Again(number) => body.flight(number).is_some(),
            Timer::Sleep(number) => body.port.waits(number),
        }
    }

    fn awaits_reply(&self, rpc: Rpc) -> bool {
        self.body.as_ref().is_some_and(|body| body.flight_of(rpc, self.token).is_some())
    }

    fn awaited_with(&self, timer: Timer) -> Option<Subject> {
        let (Timer::First(number) | Timer::Again(number)) = timer else { return None };
        let body = self.body.as_ref()?;
        body.flight(number).map(|at| body.flights[at].body.subject)
    }
}

impl Life {
    fn boot<E: Env<Own>>(&mut self, step: StepIndex, m: &mut Context<'_, Own, E>) {
        self.token = m.ask().take_token(self.shard);
        let laid = &m.design.steps[step.at()];
        if !laid.runs {
            return;
        }
        let port = Rc::new(Port {
            step: laid.name,
            number: m.design.layout.number_of(self.shard),
            now: Cell::new(millis(m.now)),
            tables: m.env.rows(self.shard).tables(),
            contents: Rc::clone(m.env.shared()),
            log: RefCell::default(),
            inner: RefCell::default(),
        });
        self.body = Some(Body {
            future: Some(m.design.protocol.clone().start(Rc::clone(&port))),
            port,
            commits: Vec::new(),
            next_commit: 0,
            flights: Vec::new(),
            held: Vec::new(),
            is_exhausted: laid.reads != Some(Reads::Queue),
            woken_at: None,
        });
    }
}

/// Who a process is, and what it has at hand.
struct Hands<'a, 'c, E> {
    shard: ShardIndex,
    token: u64,
    m: &'a mut Context<'c, Own, E>,
}

impl<E: Env<Own>> Hands<'_, '_, E> {
    fn lists(&mut self, effect: Effect<Own>) {
        self.m.effects.list.push(effect);
    }
}

impl Body {
    /// The request that a reply is to. One of an earlier life has the number of another one here.
    fn flight_of(&self, rpc: Rpc, token: u64) -> Option<usize> {
        self.flights.iter().position(|flight| Serial::new(token, flight.number) == rpc.serial)
    }

    fn flight(&self, number: u64) -> Option<usize> {
        self.flights.iter().position(|flight| flight.number == number)
    }

    /// Puts what comes in where it is waited for.
    fn take<E: Env<Own>>(
        &mut self,
        step: StepIndex,
        input: &Input<Own>,
        hands: &mut Hands<'_, '_, E>,
    ) {
        self.port.now.set(millis(hands.m.now));
        match *input {
            Input::Boot | Input::Called { .. } => {}
            Input::Request(Request {
                from, rpc, body: Message { route, body, subject }, ..
            }) => {
                let of = match subject {
                    Subject::Record(name) => Tag(Some(name)),
                    Subject::Control { .. } => Tag::NONE,
                };
                let ticket = Ticket { from, rpc, of, subject };
                self.port.inner.borrow_mut().requests.push(Arrived { ticket, route, body });
            }
            Input::Replied(effect::Replied { rpc, body, .. }) => {
                self.is_replied(rpc, hands.token, body)
            }
            Input::Committed { number, written, .. } => {
                let at = self.commits.iter().position(|&(commit, _)| commit == number);
                let Some(at) = at else { return };
                let (_, effect) = self.commits.swap_remove(at);
                let (written, mark) = match written {
                    effect::Written::Applied => (Written::Applied, None),
                    effect::Written::Refused => (Written::Refused, Some(COMMIT_REFUSED)),
                    effect::Written::Unknown => (Written::Unknown, Some(COMMIT_UNHEARD)),
                };
                mark.into_iter().for_each(|mark| hands.m.env.reach(mark));
                self.port.answer(effect, Answer::Written(written));
            }
            Input::Wake(Timer::Input) => {
                self.is_exhausted = hands.m.design.steps[step.at()].reads != Some(Reads::Queue);
            }
            Input::Wake(Timer::First(number) | Timer::Again(number)) => {
                let Some(at) = self.flight(number) else { return };
                match self.flights[at].is_retried {
                    true => send(&mut self.flights[at], hands),
                    false => {
                        self.flights.remove(at);
                        self.port.answer(number, Answer::Reply(None));
                    }
                }
            }
            Input::Wake(Timer::Sleep(number)) => self.port.answer(number, Answer::Woke),
            Input::Resume => self.pull(hands),
        }
    }

    /// A reply says what came of a request; an error says nothing.
    fn is_replied(&mut self, rpc: Rpc, token: u64, body: Option<Answered>) {
        let Some(at) = self.flight_of(rpc, token) else { return };
        if body.is_none() && self.flights[at].is_retried {
            return;
        }
        let Flight { number, .. } = self.flights.remove(at);
        self.port.answer(number, Answer::Reply(body.map(|Answered { body }| body)));
    }

    /// Takes the next record from the queue, since somebody waits for one.
    fn pull<E: Env<Own>>(&mut self, hands: &mut Hands<'_, '_, E>) {
        match hands.m.ask().pull(hands.shard) {
            Pull::Message(message) => {
                let name = message.row.name;
                self.held.retain(|&(held, _)| held != name);
                self.held.push((name, message.number));
                let record = record_of(&message.row, hands.m.env.words());
                self.port.inner.borrow_mut().records.push_back(record);
            }
            Pull::NotYet { at } => {
                self.is_exhausted = true;
                self.wake_at(at, hands);
            }
            Pull::Nothing => self.is_exhausted = true,
        }
    }

    /// Reads what has come into the log.
    fn read_log<E: Env<Own>>(&mut self, hands: &mut Hands<'_, '_, E>) {
        let design = hands.m.design;
        let step = design.layout.step_of(hands.shard);
        let (Some(log), Some(Reads::Log)) = (design.log, design.steps[step.at()].reads) else {
            return;
        };
        // What is sent again is listed already. It asks nothing.
        if !hands.m.effects.is_quiet() {
            return;
        }
        let shard = design.layout.shard(log, 0);
        loop {
            let offset = self.port.log.borrow().len() as u64;
            match hands.m.ask().read(shard, offset) {
                Read::Row(row) => {
                    let (name, key) = (row.name, row.key);
                    hands.m.env.decides(Decision::Reads { name, key });
                    let record = record_of(&row, hands.m.env.words());
                    self.port.log.borrow_mut().push(record);
                }
                Read::NotYet { arrival } => return self.wake_at(arrival, hands),
                Read::End => return,
            }
        }
    }

    fn wake_at<E: Env<Own>>(&mut self, at: Time, hands: &mut Hands<'_, '_, E>) {
        if self.woken_at != Some(at) {
            self.woken_at = Some(at);
            hands.lists(Effect::Wake { at, timer: Timer::Input });
        }
    }

    /// Polls the future until a pass over all of its tasks gets nobody further: then each waits for the world.
    fn poll(&mut self, now: Time) {
        self.port.now.set(millis(now));
        let mut seen = u64::MAX;
        while let Some(future) = &mut self.future
            && seen != self.port.progress()
        {
            seen = self.port.progress();
            self.port.look();
            if future.as_mut().poll(&mut Polling::from_waker(Waker::noop())).is_ready() {
                self.future = None;
            }
        }
    }
}
