//! The fingerprint of a trace: 128 bits that fold in every event with what it was about, always on. Two runs with
//! the same fingerprint did the same things with the same records at the same times. Keys and names go in by their
//! hashes, since their handles hang on what a worker looked at before it died.

use onceproof_kernel::call::{Call, Operation, Part, Row};
use onceproof_kernel::effect::Request;
use onceproof_kernel::mix::{fold, scatter, words};
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::system::System;

/// What is folded in. Each has a number of its own, which is never given to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// The input, as it is laid out for a run.
    Input = 1,
    /// A request arrives, with what it carries.
    Request = 2,
    /// A reply arrives.
    Reply = 3,
    /// An error arrives in place of a reply.
    Error = 4,
    /// A timer is due.
    Timer = 5,
    /// A commit reaches the store.
    Commit = 6,
    /// A row is changed.
    Change = 7,
    /// The answer to a commit arrives.
    Answer = 8,
    /// A queue hands out a message.
    Pull = 9,
    /// A message of a queue is acked.
    MessageAck = 10,
    /// A call reaches a service.
    Call = 11,
    /// The answer to a call arrives.
    Called = 12,
    /// A worker dies.
    Crash = 13,
    /// A worker is back.
    Restart = 14,
    /// A worker stands still.
    Pause = 15,
    /// A worker goes on.
    Resume = 16,
    /// A shard is granted to a worker.
    Grant = 17,
    /// A clock jumps.
    ClockStep = 18,
    /// What the results of a step are at the end.
    Results = 19,
    /// A worker dies for good.
    Gone = 20,
}

/// A fingerprint in the making.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fingerprint {
    high: u64,
    low: u64,
}

impl Fingerprint {
    /// Folds in one event: when, and what.
    #[inline]
    pub fn add(&mut self, at: u64, code: Code, what: u64) {
        self.high = fold(self.high.wrapping_add(at), what ^ ((code as u64) << 56));
        self.low = (self.low.rotate_left(23) ^ self.high).wrapping_mul(0x9fb2_1c65_1e98_df25);
    }

    /// Folds in the changes of rows that a commit makes.
    pub fn add_changes<S: System>(&mut self, at: u64, changes: &[S::Change], known: &Vocabulary) {
        for change in changes {
            self.add(at, Code::Change, S::digest_of_change(change, known));
        }
    }

    /// Folds in a request that arrives.
    pub fn add_request<S: System>(&mut self, at: u64, request: &Request<S>, known: &Vocabulary) {
        let Request { from, to, rpc, body } = request;
        let [promise, carried] = S::digest_of_request(body, known);
        let route = u64::from(from.0) << 32 | u64::from(to.0);
        self.add(at, Code::Request, words([route, rpc.serial.bits(), promise, carried]));
    }

    /// Folds in a call that reaches a service.
    pub fn add_call(&mut self, at: u64, call: &Call, known: &Vocabulary) {
        let Call { shard, step, rpc, name, ref operation } = *call;
        let place = u64::from(shard.0) << 32 | u64::from(step.0);
        let named = known.names.hash(name);
        self.add(
            at,
            Code::Call,
            words([place, rpc.serial.bits(), named, of_operation(operation, known)]),
        );
    }

    /// Folds in how much the results of a step reflect at the end. What they are has come in change by change; when
    /// the end is hangs on timers that nobody waits for.
    pub fn add_results(&mut self, applied: u64) {
        self.add(0, Code::Results, applied);
    }

    /// The fingerprint so far.
    pub fn value(&self) -> u128 {
        (u128::from(scatter(self.high)) << 64) | u128::from(scatter(self.low))
    }
}

/// What a service is to do, but for tokens, which say when and not what.
fn of_operation(operation: &Operation, known: &Vocabulary) -> u64 {
    let of_row = |row: Row| {
        let Row { key, lineage: _, weight, value } = row;
        words([known.keys.hash(key), weight as u64, value as u64])
    };
    let of_part = |Part { unit, at, of }: Part| words([unit, at.into(), of.into()]);
    match *operation {
        Operation::Act { action, key, token: _ } => words([1, action as u64, known.keys.hash(key)]),
        Operation::Append(row) => words([2, of_row(row)]),
        Operation::AppendAt { row, stream, offset } => words([3, of_row(row), stream, offset]),
        Operation::Prepare { row, part } => words([4, of_row(row), of_part(part)]),
        Operation::Finish { unit } => words([5, unit]),
        Operation::WriteInPlace { row, part } => words([6, of_row(row), of_part(part)]),
        Operation::Insert { row, id } => words([7, of_row(row), id.0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_time_code_and_content_all_count() {
        let of = |events: &[(u64, Code, u64)]| {
            let mut fingerprint = Fingerprint::default();
            for &(at, code, what) in events {
                fingerprint.add(at, code, what);
            }
            fingerprint.value()
        };
        let (timer, reply) = (Code::Timer, Code::Reply);
        assert_ne!(of(&[(1, timer, 1), (2, timer, 2)]), of(&[(2, timer, 2), (1, timer, 1)]));
        assert_ne!(of(&[(1, timer, 1)]), of(&[(1, timer, 2)]));
        assert_ne!(of(&[(1, timer, 1)]), of(&[(2, timer, 1)]));
        assert_ne!(of(&[(1, timer, 1)]), of(&[(1, reply, 1)]));
        assert_ne!(of(&[]), of(&[(0, timer, 0)]));
    }
}
