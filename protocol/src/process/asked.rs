//! What a future has asked for, as effects of the world, in order.

use super::{Body, Flight, Hands};
use crate::alphabet::{COMMIT, CONTROL};
use crate::design::FOR_EVER;
use crate::message::{Answered, Change, Message, Timer};
use crate::port::{Effect as Asking, Sent, Ticket, What};
use crate::system::Own;
use crate::tx::{Asked, Tx};
use crate::words::{Sum, Tag};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{Commit, Effect, MessageAck, Reply, Request};
use onceproof_kernel::env::Env;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::tell::{self, Member, Pane, Pile, Standing};
use onceproof_kernel::time::{MILLISECOND, Time};

impl Body {
    /// Lists what the future has asked for, in order.
    pub(super) fn list<E: Env<Own>>(&mut self, hands: &mut Hands<'_, '_, E>) {
        let (effects, forgotten) = {
            let inner = &mut *self.port.inner.borrow_mut();
            (std::mem::take(&mut inner.effects), std::mem::take(&mut inner.forgotten))
        };
        for Asking { number, of, what } in effects {
            let subject = match of.0 {
                Some(name) => Subject::Record(name),
                None => Subject::Control { word: CONTROL, value: 0 },
            };
            match what {
                What::Commit(tx) => self.commit(number, subject, tx, hands),
                What::Send(Sent { to, key, route, body, is_retried }) => {
                    let body = self.port.contents.borrow_mut().keep(body);
                    let body = Message { route, body, subject };
                    let to = hands.m.design.receiver(to, key);
                    let mut flight = Flight { number, to, body, attempts: 0, is_retried };
                    send(&mut flight, hands);
                    self.flights.push(flight);
                }
                What::Reply(Ticket { from: to, rpc, subject, .. }, body) => {
                    let body = self.port.contents.borrow_mut().keep(body);
                    let (from, body) = (hands.shard, Answered { body });
                    hands.lists(Effect::Reply(Reply { from, to, rpc, subject, body }));
                }
                What::Done => self.done(of, hands),
                What::Sleep(after) if after >= FOR_EVER / MILLISECOND => {}
                What::Sleep(after) => {
                    let at = hands.m.now.plus(after.saturating_mul(MILLISECOND));
                    hands.lists(Effect::Wake { at, timer: Timer::Sleep(number) });
                }
            }
        }
        if !forgotten.is_empty() {
            self.flights.retain(|flight| !forgotten.contains(&flight.number));
        }
    }

    fn done<E: Env<Own>>(&mut self, of: Tag, hands: &mut Hands<'_, '_, E>) {
        let held = self.held.iter().find(|(name, _)| Some(*name) == of.0);
        if let Some(&(name, number)) = held {
            let shard = hands.shard;
            hands.lists(Effect::AckMessage(MessageAck { shard, number, name }));
        }
    }

    fn commit<E: Env<Own>>(
        &mut self,
        effect: u64,
        subject: Subject,
        tx: Tx,
        hands: &mut Hands<'_, '_, E>,
    ) {
        let number = self.next_commit;
        self.next_commit += 1;
        self.commits.push((number, effect));
        let mut changes: Vec<Change> = Vec::with_capacity(tx.checks.len() + tx.changes.len());
        for (table, id, test) in tx.checks {
            let test = self.port.contents.borrow_mut().keep_test(test);
            changes.push(Change::Check { row: (table, id), test });
        }
        for asked in tx.changes {
            changes.push(match asked {
                Asked::Put(table, id, body) => {
                    let body = self.port.contents.borrow_mut().keep(body);
                    Change::Put { row: (table, id), body }
                }
                Asked::Append(log, by, body) => {
                    let body = self.port.contents.borrow_mut().keep(body);
                    Change::Append { log, by, body }
                }
                Asked::Delete(table, id) => Change::Delete { row: (table, id) },
                Asked::Result(name, key, of, value) => {
                    let step = hands.m.design.result(name, false);
                    let tag = hands.tag(step, of, name);
                    let key = self.key(key, hands);
                    Change::Result { step, tag, key, value }
                }
                Asked::Total(name, key, sum) => {
                    let step = hands.m.design.result(name, true);
                    let key = self.key(key, hands);
                    Change::Total(hands.standing(step, key, &sum, name))
                }
            });
        }
        let (shard, token, point) = (hands.shard, hands.token, COMMIT);
        let ends_stay = true;
        let commit = Commit { shard, token, number, sender_slot: 0, point, ends_stay, subject };
        hands.m.effects.commit(commit, &mut changes);
    }

    fn key<E: Env<Own>>(&self, number: u64, hands: &mut Hands<'_, '_, E>) -> Key {
        self.port.contents.borrow_mut().key(number, &mut hands.m.env.vocabulary().keys)
    }
}

impl<E: Env<Own>> Hands<'_, '_, E> {
    /// A record as an entry of a result: of two results that one record is in, each has an entry of its own, with a key and
    /// a value of its own.
    fn tag(&mut self, step: StepIndex, of: Tag, result: &str) -> tell::Tag {
        let name = of.0.unwrap_or_else(|| {
            panic!(
                "a commit puts `Tag::NONE` into `{result}`; a result is of a record of the input"
            )
        });
        let hash = self.m.design.layout.hash(step);
        let name = self.m.env.vocabulary().names.output(name, step.0, hash, 0);
        tell::Tag { name, lineage: 0 }
    }

    /// What stands in a total.
    fn standing(&mut self, step: StepIndex, key: Key, sum: &Sum, result: &str) -> Standing {
        let mut pile = Pile::default();
        for record in sum.members() {
            let tell::Tag { name, lineage } = self.tag(step, record.of, result);
            let member = Member { name, lineage, weight: 1, value: record.value };
            self.m.env.add(&mut pile, key, &member);
        }
        let hash = self.m.design.layout.hash(step);
        let words = self.m.env.vocabulary();
        let name = words.names.pane(step.0, hash, key, Time(0), 0, &words.keys);
        let tag = tell::Tag { name, lineage: self.m.env.read_pile(pile) };
        let (weight, value) = (sum.members().len() as i64, sum.value());
        let pane = Pane { tag, key, start: Time(0), weight, value };
        Standing { step, pane, total: value }
    }
}

/// Sends a request, the first time or again, and waits for its reply.
pub(super) fn send<E: Env<Own>>(flight: &mut Flight, hands: &mut Hands<'_, '_, E>) {
    let &mut Flight { number, to, body, ref mut attempts, .. } = flight;
    *attempts += 1;
    let design = hands.m.design;
    let retry = design.layout.step(design.layout.step_of(hands.shard)).retry;
    let timer = if *attempts == 1 { Timer::First(number) } else { Timer::Again(number) };
    let at = hands.m.now.plus(retry.wait(*attempts));
    let rpc = Rpc { slot: 0, attempt: 0, serial: Serial::new(hands.token, number) };
    hands.lists(Effect::Send(Request { from: hands.shard, to, rpc, body }));
    hands.lists(Effect::Wake { at, timer });
}
