//! An effect that is answered, as a future.

use crate::port::{Answer, Port, What};
use crate::words::Tag;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An effect that is answered. Nothing is asked for before it is awaited. Dropped after that, as the loser of
/// [`Cx::first`](crate::cx::Cx::first), what it asked for happens all the same, unheard.
#[must_use = "an effect that is not awaited is not asked for"]
pub struct Op<'w, T> {
    port: &'w Port,
    wish: Option<(Tag, What)>,
    number: Option<u64>,
    /// The name of its route, for whoever opens its reply.
    name: &'static str,
    read: Read<T>,
}

/// What is made of an answer, with the name of the route.
pub(crate) type Read<T> = fn(&Port, &'static str, Answer) -> T;

impl<'w, T> Op<'w, T> {
    pub(crate) fn new(
        port: &'w Port,
        of: Tag,
        what: What,
        name: &'static str,
        read: Read<T>,
    ) -> Op<'w, T> {
        Op { port, wish: Some((of, what)), number: None, name, read }
    }
}

impl<T> Future for Op<'_, T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let op = self.get_mut();
        if let Some((of, what)) = op.wish.take() {
            op.number = Some(op.port.ask(of, what, context.waker()));
            return Poll::Pending;
        }
        let Some(number) = op.number else { return Poll::Pending };
        match op.port.take_answer(number) {
            Some(answer) => {
                op.number = None;
                Poll::Ready((op.read)(op.port, op.name, answer))
            }
            None => Poll::Pending,
        }
    }
}

impl<T> Drop for Op<'_, T> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.port.forget(number);
        }
    }
}

impl<T> std::fmt::Debug for Op<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Op({:?}, {:?})", self.wish, self.number)
    }
}
