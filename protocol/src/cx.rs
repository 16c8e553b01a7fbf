//! What a process holds of the world: its reads, and its awaits, which are its effects.

use crate::op::Op;
use crate::port::{Answer, Port, Sent, What};
use crate::tx::Tx;
use crate::words::{Log, Millis, Produced, Record, Route, Table, Tag, Unknown, Value, Written};
use std::future::poll_fn;
use std::rc::Rc;

/// The door of a process to the world. It is copied: a handler takes it along.
///
/// Each await of an effect is a place where the process may die or stand still, just before the effect. Reads are no
/// effects: what a crash there would lose, one before the next effect loses, too.
#[derive(Clone, Copy, Debug)]
pub struct Cx<'w> {
    pub(crate) port: &'w Port,
}

impl<'w> Cx<'w> {
    /// The step of this process.
    pub fn step(self) -> &'static str {
        self.port.step
    }

    /// Which of the processes of its step this is, from 0.
    pub fn number(self) -> u32 {
        self.port.number
    }

    /// What the clock of this process says. It may jump.
    pub fn now(self) -> Millis {
        self.port.now.get()
    }

    /// A committed row of the database of this step, at once.
    pub fn get<T: Clone + 'static>(self, table: Table<T>, id: u64) -> Option<T> {
        let row = self.port.tables.borrow().get(table.name, id)?;
        Some(self.port.contents.borrow().open(row, table.name))
    }

    /// All committed rows of a table, by their numbers, at once.
    pub fn rows<T: Clone + 'static>(self, table: Table<T>) -> Vec<(u64, T)> {
        let contents = self.port.contents.borrow();
        let open = |(id, row)| (id, contents.open(row, table.name));
        self.port.tables.borrow().all(table.name).map(open).collect()
    }

    /// The entry of a log of this step's database at an offset, at once.
    pub fn entry<T: Clone + 'static>(self, log: Log<T>, offset: u64) -> Option<T> {
        let entry = self.port.tables.borrow().entry(log.name, offset)?;
        Some(self.port.contents.borrow().open(entry, log.name))
    }

    /// How many entries a log of this step's database has, at once.
    pub fn end<T>(self, log: Log<T>) -> u64 {
        self.port.tables.borrow().end(log.name)
    }

    /// The last that a log of this step's database has of a producer, at once.
    pub fn produced<T>(self, log: Log<T>, producer: u64) -> Option<Produced> {
        self.port.tables.borrow().produced(log.name, producer)
    }

    /// The record at a position of the input's log, from 0; none if none has come there yet.
    pub fn log(self, position: u64) -> Option<Record> {
        let at = usize::try_from(position).ok()?;
        self.port.log.borrow().get(at).copied()
    }

    /// Commits to the database of this step: all of it, or nothing. What is in it is worked out now; its checks are looked
    /// at when it comes to the database.
    pub fn commit(self, of: Tag, fill: impl FnOnce(&mut Tx)) -> Op<'w, Written> {
        let mut tx = Tx::default();
        fill(&mut tx);
        Op::new(self.port, of, What::Commit(tx), "", |_, _, answer| match answer {
            Answer::Written(written) => written,
            Answer::Reply(_) | Answer::Woke => unreachable!("a commit is answered as a commit"),
        })
    }

    /// The same again and again until it is known what became of it: true if it is applied, false if it is refused. A
    /// commit of which nobody knew may have been applied, and then refuses its repetition if it inserts a row. Without
    /// such a check its repetition is a second commit.
    pub async fn commit_until_known(self, of: Tag, fill: impl Fn(&mut Tx)) -> bool {
        loop {
            match self.commit(of, &fill).await {
                Written::Applied => return true,
                Written::Refused => return false,
                Unknown => {}
            }
        }
    }

    /// Sends a request again and again until a reply is heard. The receiver may have it more than once.
    pub fn send<Q: Value, R: Clone + 'static>(
        self,
        route: Route<Q, R>,
        of: Tag,
        body: Q,
    ) -> Op<'w, R> {
        let what = sent(route, body, true);
        Op::new(self.port, of, what, route.name, |port, name, answer| match answer {
            Answer::Reply(Some(body)) => port.contents.borrow().open(body, name),
            Answer::Reply(None) | Answer::Written(_) | Answer::Woke => {
                unreachable!("a request is sent until it is answered")
            }
        })
    }

    /// Sends a request once. None says that nobody knows whether it was received, nor what came of it.
    pub fn call<Q: Value, R: Clone + 'static>(
        self,
        route: Route<Q, R>,
        of: Tag,
        body: Q,
    ) -> Op<'w, Option<R>> {
        let what = sent(route, body, false);
        Op::new(self.port, of, what, route.name, |port, name, answer| match answer {
            Answer::Reply(body) => body.map(|body| port.contents.borrow().open(body, name)),
            Answer::Written(_) | Answer::Woke => unreachable!("a request is answered by a reply"),
        })
    }

    /// Wakes after so long on the clock of this process; at least 1 ms, since who sleeps for no time goes round for ever. A
    /// sleep of 1,000,000 s or more, such as one of `Millis::MAX`, never ends.
    pub fn sleep(self, after: Millis) -> Op<'w, ()> {
        Op::new(self.port, Tag::NONE, What::Sleep(after.max(1)), "", |_, _, _| ())
    }

    /// Tells the queue that a record is done, so that it is not handed out again. The ack may be lost. Of a record that
    /// this life of the process was not handed, nothing can be told.
    pub async fn done(self, of: Tag) {
        self.port.list(of, What::Done);
    }

    /// The next record that the queue hands out.
    pub async fn recv(self) -> Record {
        poll_fn(move |_| {
            self.port.hear(|inner| {
                let record = inner.records.pop_front();
                inner.is_hungry |= record.is_none();
                record
            })
        })
        .await
    }

    /// Until this is so. It is looked at whenever anything happens to the process.
    pub async fn until(self, mut is_so: impl FnMut() -> bool) {
        poll_fn(move |_| match is_so() {
            true => self.port.hear(|_| Some(())),
            false => self.port.hear(|_| None),
        })
        .await
    }
}

fn sent<Q: Value, R>(route: Route<Q, R>, body: Q, is_retried: bool) -> What {
    let Route { to, name, key, .. } = route;
    What::Send(Sent { to, key, route: name, body: Rc::new(body), is_retried })
}
