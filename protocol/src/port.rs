//! The port of one life of a process: what comes in waits here until its future is polled, and what the future asks for is
//! written down here until the world performs it. A crash drops the future, and the port with it.

use crate::contents::{Content, SharedContents};
use crate::rows::Tables;
use crate::tx::Tx;
use crate::words::{Millis, Record, Tag, Value, Written};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::Rpc;
use onceproof_kernel::layout::ShardIndex;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Where a process and the world meet.
#[derive(Debug)]
pub(crate) struct Port {
    pub step: &'static str,
    /// Which of its step's processes it is, from 0.
    pub number: u32,
    pub now: Cell<Millis>,
    pub tables: Rc<RefCell<Tables>>,
    pub contents: SharedContents,
    /// What the process has read of the log.
    pub log: RefCell<Vec<Record>>,
    pub inner: RefCell<Inner>,
}

/// What is written down at a port.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    pub effects: Vec<Effect>,
    /// The effects whose answers nobody waits for any more.
    pub forgotten: Vec<u64>,
    pub records: VecDeque<Record>,
    pub requests: Vec<Arrived>,
    /// Whether the process waits for a record, and has none.
    pub is_hungry: bool,
    numbers: u64,
    slots: Vec<Slot>,
    tasks: Vec<Task>,
    /// Those that something has happened for, each behind the task that holds it. Of a hundred handlers one goes on at a
    /// time: to ask each of them took a sixth of a run.
    ready: BTreeSet<(usize, usize)>,
    /// The task that is being polled, from 1; 0 is the future itself.
    current: usize,
    /// Tasks that wait for something that comes in.
    listeners: Vec<usize>,
    /// How often anyone got any further.
    progress: u64,
}

/// An effect that is asked for.
#[derive(Debug)]
pub(crate) struct Effect {
    pub number: u64,
    pub of: Tag,
    pub what: What,
}

/// What is asked for.
#[derive(Debug)]
pub(crate) enum What {
    Commit(Tx),
    Send(Sent),
    Reply(Ticket, Rc<dyn Value>),
    Done,
    Sleep(Millis),
}

/// A request that is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub to: &'static str,
    pub key: u64,
    pub route: &'static str,
    pub body: Rc<dyn Value>,
    /// Whether it is sent again and again until it is answered.
    pub is_retried: bool,
}

/// What an effect is answered with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Written(Written),
    Reply(Option<Content>),
    Woke,
}

/// A request that has arrived, and where its reply goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived {
    pub ticket: Ticket,
    pub route: &'static str,
    pub body: Content,
}

/// Where a reply goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    pub from: ShardIndex,
    pub rpc: Rpc,
    pub of: Tag,
    pub subject: Subject,
}

/// Where the answer to an effect is put.
#[derive(Debug)]
struct Slot {
    number: u64,
    task: usize,
    waker: Waker,
    answer: Option<Answer>,
}

/// A task, and the one that holds it.
#[derive(Debug)]
struct Task {
    parent: usize,
    is_ready: bool,
}

impl Port {
    /// Writes an effect down, to be answered.
    pub fn ask(&self, of: Tag, what: What, waker: &Waker) -> u64 {
        let number = self.list(of, what);
        let inner = &mut *self.inner.borrow_mut();
        let (task, waker) = (inner.current, waker.clone());
        inner.slots.push(Slot { number, task, waker, answer: None });
        number
    }

    /// Writes an effect down.
    pub fn list(&self, of: Tag, what: What) -> u64 {
        let inner = &mut *self.inner.borrow_mut();
        inner.numbers += 1;
        inner.effects.push(Effect { number: inner.numbers, of, what });
        inner.numbers
    }

    /// The answer to an effect, if it is there.
    pub fn take_answer(&self, number: u64) -> Option<Answer> {
        let inner = &mut *self.inner.borrow_mut();
        let is_it = |slot: &Slot| slot.number == number && slot.answer.is_some();
        let at = inner.slots.iter().position(is_it)?;
        inner.progress += 1;
        inner.slots.swap_remove(at).answer
    }

    /// Nobody waits any more for the answer to an effect.
    pub fn forget(&self, number: u64) {
        // Whoever is dropped in the middle of a panic is told of by that panic.
        if let Ok(mut inner) = self.inner.try_borrow_mut() {
            inner.slots.retain(|slot| slot.number != number);
            inner.forgotten.push(number);
        }
    }

    /// Whether somebody waits for the answer to an effect.
    pub fn waits(&self, number: u64) -> bool {
        self.inner.borrow().slots.iter().any(|slot| slot.number == number)
    }

    /// Puts the answer to an effect where it is waited for, if it is.
    pub fn answer(&self, number: u64, answer: Answer) {
        let waker = {
            let inner = &mut *self.inner.borrow_mut();
            let Some(at) = inner.slots.iter().position(|slot| slot.number == number) else {
                return;
            };
            let slot = &mut inner.slots[at];
            slot.answer = Some(answer);
            let (task, waker) = (slot.task, slot.waker.clone());
            inner.ready(task);
            waker
        };
        // It does nothing here; combinators from elsewhere have wakers of their own.
        waker.wake();
    }

    /// Takes what comes in, or listens for it.
    pub fn hear<T>(&self, take: impl FnOnce(&mut Inner) -> Option<T>) -> Poll<T> {
        let inner = &mut *self.inner.borrow_mut();
        inner.listen();
        match take(inner) {
            Some(taken) => {
                inner.progress += 1;
                Poll::Ready(taken)
            }
            None => Poll::Pending,
        }
    }

    /// How often anyone got any further.
    pub fn progress(&self) -> u64 {
        self.inner.borrow().progress
    }

    /// Everyone who waits for what comes in looks again.
    pub fn look(&self) {
        let inner = &mut *self.inner.borrow_mut();
        inner.is_hungry = false;
        for at in 0..inner.listeners.len() {
            let task = inner.listeners[at];
            inner.ready(task);
        }
    }

    /// The first task, of those that the task which is being polled holds, that something has happened for and that comes
    /// after another one.
    pub fn next_ready(&self, after: usize) -> Option<usize> {
        let inner = self.inner.borrow();
        let mut held = inner.ready.range((inner.current, after + 1)..=(inner.current, usize::MAX));
        held.next().map(|&(_, task)| task)
    }

    /// A task begins, held by the one that is being polled.
    pub fn begin_task(&self) -> usize {
        let inner = &mut *self.inner.borrow_mut();
        inner.tasks.push(Task { parent: inner.current, is_ready: false });
        inner.progress += 1;
        let task = inner.tasks.len();
        inner.ready(task);
        task
    }

    /// Polls a task for which something has happened; true if it is over.
    pub fn poll_task(&self, task: usize, poll: impl FnOnce() -> bool) -> bool {
        let outer = {
            let inner = &mut *self.inner.borrow_mut();
            let Task { parent, is_ready } = &mut inner.tasks[task - 1];
            *is_ready = false;
            inner.ready.remove(&(*parent, task));
            std::mem::replace(&mut inner.current, task)
        };
        let is_over = poll();
        let inner = &mut *self.inner.borrow_mut();
        inner.current = outer;
        if is_over {
            inner.progress += 1;
            inner.listeners.retain(|&listener| listener != task);
        }
        is_over
    }
}

impl Inner {
    fn ready(&mut self, mut task: usize) {
        while task != 0 {
            let Task { parent, is_ready } = &mut self.tasks[task - 1];
            if !std::mem::replace(is_ready, true) {
                self.ready.insert((*parent, task));
            }
            task = *parent;
        }
    }

    fn listen(&mut self) {
        if self.current != 0 && !self.listeners.contains(&self.current) {
            self.listeners.push(self.current);
        }
    }
}
