//! Commits on their way to the store and back. A commit is a request over the network like any other: it takes
//! time, may be lost, may be applied while its answer is lost, and may land after its worker died. Unanswered,
//! it is repeated unchanged; the store applies its number once. A zombie hears of its refused commit like of
//! any answer, a moment later, and goes on until then.

use super::hosts::Waiting;
use super::leases::Instance;
use super::perform::Survival;
use super::{Event, World};
use crate::answers::{CommitFate, CommitSent};
use crate::fingerprint::Code;
use crate::ledger::Telling;
use crate::outside::Outside;
use crate::queue::{Lane, Turn};
use crate::store::Applied;
use crate::trace::Nobody;
use onceproof_kernel::alphabet::{Mark, Subject};
use onceproof_kernel::effect::{Commit, CommitProgress, CommitSlot, Input, KeptCommit, Written};
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;

/// What the store says of a commit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Said {
    /// It is applied.
    Applied,
    /// The rows did not admit it.
    NotAdmitted,
    /// It came under an old token, which ends whoever hears it.
    Fenced,
}

impl<S: System> World<'_, S> {
    /// The instance that has sent a commit.
    #[inline(always)]
    pub(super) fn carried(&self, wire: CommitSlot) -> Instance {
        let KeptCommit {
            commit: Commit { shard, .. }, progress: CommitProgress { life, .. }, ..
        } = *self.effects.kept(wire);
        Instance { shard, life }
    }

    #[inline(never)]
    pub(super) fn begin_commit(&mut self, who: Instance, wire: CommitSlot, cost: Nanos) {
        debug_assert_eq!(self.effects.kept(wire).commit.shard, who.shard, "it commits for itself");
        let begun = CommitProgress { life: who.life, ..CommitProgress::default() };
        let is_watched = self.outside.answers.asks_commits() || self.outside.trace.is_on();
        if is_watched || self.may_time_out {
            *self.effects.progress(wire) = begun;
            return self.send_commit_after(wire, cost);
        }
        // Nothing befalls it, nobody is told, and the answer is sure to come in time.
        *self.effects.progress(wire) = CommitProgress { events: 1, ..begun };
        let at = self.now.saturating_add(cost).saturating_add(self.plan.cluster.commit);
        self.schedule(at, Turn::Normal, Lane::Store, Event::Commit { wire, is_answered: true });
    }

    pub(super) fn send_commit(&mut self, wire: CommitSlot) {
        self.send_commit_after(wire, 0);
    }

    #[inline(never)]
    fn send_commit_after(&mut self, wire: CommitSlot, cost: Nanos) {
        let commit = &self.effects.kept(wire).commit;
        let fate = match self.outside.answers.asks_commits() {
            true if !self.layout.step(self.layout.step_of(commit.shard)).is_outside => {
                let Commit { shard, subject, point, .. } = *commit;
                let Outside { answers, words, .. } = &mut self.outside;
                let sent = CommitSent::new(self.layout, shard, point, subject, words);
                answers.commit(&sent, self.layout, words)
            }
            true | false => CommitFate::Pass,
        };
        if self.outside.trace.is_on() {
            self.tell_commit(wire, fate);
        }
        let way = self.plan.cluster.commit;
        let at = self.now.saturating_add(cost).saturating_add(way);
        let is_answered = fate != CommitFate::Unknown;
        match fate {
            CommitFate::Pass | CommitFate::Unknown => {
                self.schedule_wire(at, Lane::Store, wire, Event::Commit { wire, is_answered });
            }
            CommitFate::Lost => {}
            CommitFate::Late(by) => {
                let at = at.saturating_add(by);
                self.schedule_wire(at, Lane::Heap, wire, Event::Commit { wire, is_answered });
            }
            CommitFate::Forgotten => {
                let said = Said::Applied;
                let at = at.saturating_add(way);
                self.schedule_wire(at, Lane::Heap, wire, Event::Answer { wire, said });
            }
        }
        // The answer is sure to come in time, unless something happens to this commit.
        if fate != CommitFate::Pass || self.may_time_out {
            let sent = self.effects.progress(wire);
            sent.sends += 1;
            let sends = sent.sends;
            let step = self.layout.step_of(self.effects.kept(wire).commit.shard);
            let wait = self.layout.step(step).commit_retry.waits(way).wait(sends);
            let at = self.now.saturating_add(cost).saturating_add(wait);
            self.schedule_wire(at, Lane::Heap, wire, Event::Repeat { wire });
        }
    }

    #[inline(always)]
    fn schedule_wire(&mut self, at: u64, lane: Lane, wire: CommitSlot, event: Event<S>) {
        self.effects.progress(wire).events += 1;
        self.schedule(at, Turn::Normal, lane, event);
    }

    /// One event less refers to a wire.
    pub(super) fn drop_wire(&mut self, wire: CommitSlot) {
        self.effects.release(wire);
    }

    pub(super) fn commit_arrives(&mut self, wire: CommitSlot, is_answered: bool) {
        let Outside { store, shared, ledger, words, work, sources, now, trace, measure, .. } =
            &mut self.outside;
        let KeptCommit {
            commit,
            progress: CommitProgress { life, is_answered: is_over, .. },
            changes,
        } = self.effects.kept(wire);
        let (who, is_over) = (Instance { shard: commit.shard, life: *life }, *is_over);
        let ids = trace.recorder().map(|recorder| {
            recorder.changes_told = store.told(commit, changes, self.design, shared);
            &mut recorder.ids_told
        });
        let shard = commit.shard;
        let mut telling = Telling { ledger, shard, now: *now, words, sources, ids };
        let applied = store.apply(commit, changes, shared, *now, &mut telling);
        let which = u64::from(commit.shard.0) << 40 ^ commit.number << 8 ^ applied as u64;
        self.fingerprint.add(self.now, Code::Commit, which);
        if applied == Applied::Now {
            self.fingerprint.add_changes::<S>(self.now, changes, words);
            work.commits += 1;
            if let Some(measure) = measure {
                measure.commits(self.now, who.shard, who.life);
            }
            if ledger.is_detailed()
                && let (true, Subject::Record(name)) = (commit.ends_stay, commit.subject)
            {
                ledger.let_go(commit.shard, name);
            }
            // Until calm nobody asks whether anything comes of anything.
            if self.now >= self.calm_at && store.has_changed {
                self.standstill.progressed(self.now);
            }
            if !self.is_running(who) {
                self.outside.marks.reach(Mark::COMMIT_OUTLIVED);
            }
        } else {
            self.changes_nothing(who, applied);
        }
        if self.outside.trace.is_on() {
            self.tell_commit_arrives(wire, applied);
        }
        let is_refused = applied == Applied::Refused;
        let said = match applied {
            Applied::Now | Applied::Before => Said::Applied,
            Applied::NotAdmitted => Said::NotAdmitted,
            Applied::Refused => Said::Fenced,
        };
        let is_due = applied != Applied::Before || self.layout.store.are_repeats_answered;
        let is_answered = is_answered && is_due;
        // A worker that died needs no refusal; one that lives on is ended by it.
        if is_answered && !is_over && !(is_refused && self.host_of(who).is_none()) {
            // The answer takes the place of this event among those that refer to the wire.
            let at = self.now.saturating_add(self.plan.cluster.commit);
            self.schedule(at, Turn::Normal, Lane::Store, Event::Answer { wire, said });
        } else {
            self.drop_wire(wire);
        }
    }

    /// A commit changes nothing.
    #[cold]
    fn changes_nothing(&mut self, who: Instance, applied: Applied) {
        match applied {
            Applied::Now => unreachable!("it is applied"),
            Applied::NotAdmitted => {}
            Applied::Before => self.outside.marks.reach(Mark::COMMIT_REPEATED),
            Applied::Refused => {
                let owner = &self.owners[who.shard.at()];
                let owns = owner.is_running && owner.life == who.life;
                assert!(!owns, "the owner of a token is never refused");
                self.outside.marks.reach(Mark::COMMIT_FENCED);
            }
        }
    }

    pub(super) fn answer_arrives(&mut self, wire: CommitSlot, said: Said) {
        let KeptCommit { commit, progress: CommitProgress { life, is_answered, .. }, .. } =
            *self.effects.kept(wire);
        let Commit { shard, number, .. } = commit;
        let who = Instance { shard, life };
        if is_answered || !self.is_running(who) {
            return self.lose_answer(wire, is_answered);
        }
        self.effects.progress(wire).is_answered = true;
        self.count(Code::Answer, shard, number);
        if self.outside.trace.is_on() {
            self.tell_answer(wire, said);
        }
        let written = match said {
            Said::Applied => Written::Applied,
            Said::NotAdmitted => Written::Refused,
            Said::Fenced => {
                self.end(who);
                return self.drop_wire(wire);
            }
        };
        self.hear_of_commit(wire, who, written);
    }

    /// An answer arrives at nobody who waits for it.
    #[cold]
    fn lose_answer(&mut self, wire: CommitSlot, is_answered: bool) {
        if self.outside.trace.is_on() {
            let why = if is_answered { Nobody::Answered } else { Nobody::Gone };
            self.tell_answer_lost(wire, why);
        }
        self.drop_wire(wire);
    }

    /// A commit was not answered in time: it is repeated, or its worker is told that nobody knows what became of it.
    pub(super) fn commit_waited(&mut self, wire: CommitSlot) {
        let Commit { shard, number, .. } = self.effects.kept(wire).commit;
        if self.layout.step(self.layout.step_of(shard)).repeats_commits {
            self.send_commit(wire);
            return self.drop_wire(wire);
        }
        self.effects.progress(wire).is_answered = true;
        self.count(Code::Answer, shard, !number);
        if self.outside.trace.is_on() {
            self.tell_answer_missing(wire);
        }
        self.hear_of_commit(wire, self.carried(wire), Written::Unknown);
    }

    /// A worker that runs is about to hear of its commit.
    #[inline(always)]
    fn hear_of_commit(&mut self, wire: CommitSlot, who: Instance, written: Written) {
        if !self.outside.answers.asks_before() || self.outlives_answer(wire, who, written) {
            self.hand_answer(wire, who, written);
        }
    }

    /// Whether a worker hears of its commit now, whatever befalls it before.
    #[inline(never)]
    fn outlives_answer(&mut self, wire: CommitSlot, who: Instance, written: Written) -> bool {
        let subject = self.effects.kept(wire).commit.subject;
        match self.strike(who, self.layout.alphabet.moments.answer, subject) {
            Survival::GoesOn => return true,
            Survival::Ends => self.drop_wire(wire),
            Survival::Waits(host) => {
                let cause = self.outside.trace.cause();
                self.hosts[host as usize].interrupt(Waiting::Answer { wire, written }, cause);
            }
        }
        false
    }

    /// A worker that waited goes on, and hears of its commit, if it still runs.
    pub(super) fn handle_answer(&mut self, wire: CommitSlot, written: Written) {
        let who = self.carried(wire);
        match self.is_running(who) {
            true => self.hand_answer(wire, who, written),
            false => self.drop_wire(wire),
        }
    }

    /// A worker that runs hears of its commit.
    #[inline(always)]
    fn hand_answer(&mut self, wire: CommitSlot, who: Instance, written: Written) {
        let Commit { number, sender_slot, .. } = self.effects.kept(wire).commit;
        self.drop_wire(wire);
        self.deliver(who, &Input::Committed { number, sender_slot, written });
    }
}
