//! All that is outside the workers and that they may ask about: the store, the input, the answers of
//! chance. It also watches, for the ledger and the report, and it is where a process may die before a
//! step that it names.

mod asked;
mod copied;
mod functions;
mod input;
mod told;

pub(crate) use input::Pulled;

use crate::answers::{Answers, BeforeFate, StepTaken};
use crate::lasting::Lasting;
use crate::ledger::Ledger;
use crate::marks::Marks;
use crate::measure::Measure;
use crate::outcome::Work;
use crate::queue_service::QueueService;
use crate::service::Service;
use crate::sources::Sources;
use crate::store::Store;
use crate::trace::Trace;
use input::Reading;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{System, ToldWorld};
use onceproof_kernel::time::{Nanos, Time};

/// Everything but the workers, the network and the clock.
#[derive(Debug)]
pub(crate) struct Outside<'a, S: System> {
    pub design: &'a S::Design,
    pub layout: &'a Layout,
    pub words: Vocabulary,
    pub store: Lasting<Store<S>>,
    /// What all processes of the run have in common. Nothing in it means anything but by the handles to it, or rows tell it
    /// with their state.
    pub shared: S::Shared,
    pub service: Lasting<Service>,
    pub sources: Sources,
    pub answers: Answers,
    pub ledger: Lasting<Ledger>,
    pub work: Work,
    pub marks: Marks,
    pub trace: Trace,
    pub now: Time,
    /// Whose process is at work, and whether it is the first instance of its shard.
    pub at_work: ShardIndex,
    pub is_first_life: bool,
    /// What one read of the store costs, and what the reads of this input have cost so far.
    pub read_cost: Nanos,
    pub cost: Nanos,
    /// How often the store was read.
    pub reads: u64,
    /// What is measured of a run, if it is.
    pub measure: Option<Measure>,
    /// What befell the worker at a question of this input. If it dies, whatever it does after that is lost
    /// with it; else its questions are answered before, and its effects are performed after it.
    pub doom: BeforeFate,
    /// The queue of each step that reads one.
    queues: Lasting<Vec<Option<QueueService>>>,
    /// What was pulled in this input, and the shards that may pull because of it, each with when.
    pub pulled: Vec<Pulled>,
    pub wakes: Vec<(ShardIndex, Time)>,
    /// The processes that this input wakes beside all messages, each with when and with what; and the sessions that begin
    /// by it, by the process and its token.
    pub nudges: Vec<(ShardIndex, Time, S::Timer)>,
    /// All instances of shards that are to be woken.
    pub recalls: Vec<(ShardIndex, Time, S::Timer)>,
    pub sessions: Vec<(ShardIndex, u64)>,
    /// What was done in memory.
    pub worked: Vec<(StepIndex, Name)>,
    /// How often each map was executed on each record, and how often each queue has handed it out.
    executions: Lasting<Vec<Vec<u32>>>,
    reading: Lasting<Reading>,
    has_just_read_all: bool,
}

impl<'a, S: System> Outside<'a, S> {
    pub fn new(design: &'a S::Design, answers: Answers, read_cost: Nanos) -> Outside<'a, S> {
        let layout = S::layout(design);
        Outside {
            design,
            layout,
            words: Vocabulary::default(),
            store: Lasting::default(),
            shared: S::Shared::default(),
            service: Lasting::default(),
            sources: Sources::default(),
            answers,
            ledger: Lasting::default(),
            work: Work::default(),
            marks: Marks::default(),
            trace: Trace::default(),
            now: Time(0),
            at_work: ShardIndex(0),
            is_first_life: true,
            read_cost,
            cost: 0,
            reads: 0,
            measure: None,
            doom: BeforeFate::Pass,
            queues: Lasting::new(layout.all().map(|(_, step)| input::queue(step)).collect()),
            pulled: Vec::new(),
            wakes: Vec::new(),
            nudges: Vec::new(),
            recalls: Vec::new(),
            sessions: Vec::new(),
            worked: Vec::new(),
            executions: Lasting::default(),
            reading: Lasting::default(),
            has_just_read_all: false,
        }
    }

    /// Begins a run over the input that is loaded.
    pub fn reset(&mut self, seed: Option<u64>, in_detail: bool) {
        self.store.reset(self.design);
        self.shared = S::Shared::default();
        self.service.reset(self.layout);
        self.answers.reset(seed, in_detail);
        self.ledger.reset(self.layout, in_detail);
        self.work = Work::default();
        self.marks = Marks::default();
        self.now = self.sources.start;
        self.cost = 0;
        self.reads = 0;
        self.measure = None;
        self.doom = BeforeFate::Pass;
        self.executions.resize_with(self.layout.steps(), Vec::new);
        for executions in self.executions.iter_mut() {
            executions.clear();
        }
        for (step, queue) in self.queues.iter_mut().enumerate() {
            if let Some(queue) = queue {
                queue.reset(self.sources.messages(StepIndex(step as u16)));
            }
        }
        self.pulled.clear();
        self.wakes.clear();
        self.nudges.clear();
        self.recalls.clear();
        self.sessions.clear();
        self.worked.clear();
        self.reading.until.clear();
        self.reading.until.resize(self.layout.shards(), 0);
        self.reading.unread = self.sources.rows() as u64;
        self.has_just_read_all = self.reading.unread == 0;
    }

    /// Whether an input has pulled or woken anything, begun a session, or done anything in memory. It is asked after each.
    #[inline(always)]
    pub fn has_news(&self) -> bool {
        let lists = self.pulled.len() | self.wakes.len() | self.nudges.len();
        lists | self.recalls.len() | self.sessions.len() | self.worked.len() > 0
    }

    /// How often anything was changed that outlives a worker.
    fn changes(&self) -> u64 {
        let Outside { store, service, ledger, queues, executions, reading, .. } = self;
        [
            store.changes(),
            service.changes(),
            ledger.changes(),
            queues.changes(),
            executions.changes(),
            reading.changes(),
        ]
        .into_iter()
        .sum()
    }

    /// What befalls whoever is at work before a step of the protocol.
    pub fn befalls(&mut self, step: &StepTaken) -> BeforeFate {
        if self.layout.step(self.layout.step_of(self.at_work)).is_outside {
            return BeforeFate::Pass;
        }
        if self.answers.is_explored() {
            let changes = self.changes();
            self.answers.note_changes(changes);
        }
        self.answers.before(step, self.layout, &self.words)
    }

    /// Adds what is outside the workers. Input that comes from queues leaves no rest.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Outside {
            design,
            layout: _,
            words,
            store,
            // By what refers to it.
            shared,
            service,
            // What is left of the input follows from how far it was read.
            sources: _,
            answers,
            ledger,
            work: _,
            marks: _,
            trace: _,
            // The time of the last event; the next one comes with its own.
            now: _,
            at_work: _,
            is_first_life: _,
            read_cost: _,
            cost: _,
            reads: _,
            measure: _,
            doom: _,
            queues,
            pulled: _,
            wakes: _,
            nudges: _,
            recalls: _,
            sessions: _,
            worked: _,
            executions,
            reading,
            has_just_read_all,
        } = self;
        state.requires(answers.are_given() && queues.iter().all(Option::is_none));
        let Reading { until, unread } = &**reading;
        state.add((until, unread, has_just_read_all));
        for executions in executions.iter() {
            // How far the list has grown says nothing.
            state.add_set(executions.iter().enumerate().filter(|&(_, &count)| count != 0));
        }
        words.tell_state(state);
        store.tell_state(ToldWorld { design, shared }, state);
        service.tell_state(state);
        ledger.tell_state(state);
    }

    /// Whether something befalls the worker before this step. A worker takes an input whole, so what befalls it
    /// comes after its questions are answered and before its effects: before the catalog is asked and after its
    /// answer are one place for a pause or a move. If the worker dies, it is answered nothing of meaning any
    /// more, so for a crash they are two.
    fn strike(&mut self, shard: ShardIndex, step: StepIndex, before: Point, name: Name) {
        if self.doom == BeforeFate::Pass && self.answers.asks_before() {
            let subject = Subject::Record(name);
            let step = StepTaken::new(self.layout, shard, step, before, subject, &self.words);
            self.doom = self.befalls(&step);
            if self.trace.is_on() {
                self.tell_doom(shard, step.before, subject);
            }
        }
    }
}
