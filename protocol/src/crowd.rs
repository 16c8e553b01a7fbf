//! Several bodies of one process beside each other: they interleave at each await. Those that something has happened for
//! are polled, in the order of their birth.

use crate::cx::Cx;
use crate::port::{Arrived, Inner, What};
use crate::words::{Record, Route, Value};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

type Tasks<'a> = Vec<(usize, Pin<Box<dyn Future<Output = ()> + 'a>>)>;

impl Cx<'_> {
    /// One handler for each record that the queue hands out, beside each other, in the order of arrival.
    pub async fn each(self, handler: impl AsyncFn(Record)) {
        let next = |inner: &mut Inner| {
            let record = inner.records.pop_front();
            inner.is_hungry |= record.is_none();
            record
        };
        self.crowd(next, async |record| handler(record).await).await;
    }

    /// One handler for each request of a route. What it returns is the reply.
    pub async fn serve<Q: Clone + 'static, R: Value>(
        self,
        route: Route<Q, R>,
        handler: impl AsyncFn(Q) -> R,
    ) {
        let next = |inner: &mut Inner| {
            let at = inner.requests.iter().position(|request| request.route == route.name)?;
            Some(inner.requests.remove(at))
        };
        let answer = async |Arrived { ticket, body, .. }: Arrived| {
            let body = self.port.contents.borrow().open(body, route.name);
            let reply = handler(body).await;
            self.port.list(ticket.of, What::Reply(ticket, Rc::new(reply)));
        };
        self.crowd(next, answer).await;
    }

    /// One task for each item, beside each other, until all are over.
    pub async fn all<T>(self, items: impl IntoIterator<Item = T>, task: impl AsyncFn(T)) {
        let mut tasks: Tasks<'_> = Vec::new();
        for item in items {
            tasks.push((self.port.begin_task(), Box::pin(task(item))));
        }
        poll_fn(|waker| {
            self.poll(&mut tasks, waker);
            if tasks.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Two bodies beside each other, until both are over.
    pub async fn both(self, a: impl Future<Output = ()>, b: impl Future<Output = ()>) {
        let (mut a, mut b, mut left) = (pin!(a), pin!(b), (true, true));
        poll_fn(move |waker| {
            left.0 = left.0 && a.as_mut().poll(waker).is_pending();
            left.1 = left.1 && b.as_mut().poll(waker).is_pending();
            if left == (false, false) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// The first of two bodies that is over; at once, the first of them. The other is dropped where it stands: what it
    /// asked for happens all the same, unheard, and what it sends again and again is sent no more.
    pub async fn first<T>(self, a: impl Future<Output = T>, b: impl Future<Output = T>) -> T {
        let (mut a, mut b) = (pin!(a), pin!(b));
        poll_fn(move |waker| match a.as_mut().poll(waker) {
            Poll::Pending => b.as_mut().poll(waker),
            ready @ Poll::Ready(_) => ready,
        })
        .await
    }

    async fn crowd<T>(
        self,
        mut next: impl FnMut(&mut Inner) -> Option<T>,
        handler: impl AsyncFn(T),
    ) {
        let mut tasks: Tasks<'_> = Vec::new();
        poll_fn(|waker| {
            while let Poll::Ready(item) = self.port.hear(&mut next) {
                tasks.push((self.port.begin_task(), Box::pin(handler(item))));
            }
            self.poll(&mut tasks, waker);
            Poll::Pending
        })
        .await
    }

    fn poll(self, tasks: &mut Tasks<'_>, waker: &mut Context<'_>) {
        let mut after = 0;
        while let Some(ready) = self.port.next_ready(after) {
            after = ready;
            // Of two crowds that one task holds, the other one has it.
            let Ok(at) = tasks.binary_search_by_key(&ready, |&(number, _)| number) else {
                continue;
            };
            let task = &mut tasks[at].1;
            if self.port.poll_task(ready, || task.as_mut().poll(waker).is_ready()) {
                drop(tasks.remove(at));
            }
        }
    }
}
