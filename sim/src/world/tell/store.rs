//! Commits and calls as they are told, and what they change.

use crate::answers::{CallFate, CommitFate};
use crate::ledger::IdTold;
use crate::service::Handled;
use crate::store::Applied;
use crate::trace::{Actor, CommitId, Fate, Nobody, Undelivered, What};
use crate::world::World;
use crate::world::commits::Said;
use crate::world::leases::Instance;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Answer, Call};
use onceproof_kernel::effect::{Commit, CommitSlot, Written};
use onceproof_kernel::system::System;
use onceproof_kernel::tell::Gone;
use onceproof_kernel::told::Forgotten;

impl<S: System> World<'_, S> {
    #[cold]
    pub(in crate::world) fn tell_commit(&mut self, wire: CommitSlot, decided: CommitFate) {
        let fault = self.fault();
        let who = self.carried(wire);
        let commit = self.effects.kept(wire).commit;
        let Commit { shard, token, number, .. } = commit;
        let fate = match decided {
            CommitFate::Pass => Fate::Arrives,
            CommitFate::Lost => Fate::Lost,
            CommitFate::Unknown => Fate::Unanswered,
            CommitFate::Late(by) => Fate::Late(by),
            CommitFate::Forgotten => Fate::Forgotten,
        };
        let Some(recorder) = self.outside.trace.recorder() else { return };
        let sends = recorder.commits.entry((shard, token, number)).or_default();
        *sends += 1;
        let attempt = *sends;
        self.tell(who, What::Commits { commit: id_of(&commit), attempt, fate }, fault);
    }

    /// A commit reaches the store, which may have let ids go by it.
    #[cold]
    pub(in crate::world) fn tell_commit_arrives(&mut self, wire: CommitSlot, applied: Applied) {
        let who = self.carried(wire);
        let commit = self.effects.kept(wire).commit;
        let Some(recorder) = self.outside.trace.recorder() else { return };
        let told = std::mem::take(&mut recorder.changes_told);
        let changes = match applied {
            Applied::Now => told,
            Applied::Before | Applied::NotAdmitted | Applied::Refused => Vec::new(),
        };
        let actor = self.actor(who, Some(commit.token));
        let what = What::Applies { commit: id_of(&commit), applied, changes };
        self.record(Some(actor), what, None);
        let Some(recorder) = self.outside.trace.recorder() else { return };
        for told in std::mem::take(&mut recorder.ids_told) {
            match told {
                IdTold::Learned { key, id, name } => {
                    recorder.ids.insert((commit.shard, key, id), name);
                }
                IdTold::Gone(Gone { key, id, of, below }) => {
                    let record = recorder.ids.remove(&(commit.shard, key, id));
                    let forgotten = S::forgotten(record, key, Forgotten::Passed { of, below });
                    recorder.record(None, What::Own(forgotten), None);
                }
            }
        }
    }

    /// The answer to a commit arrives at whoever waits for it.
    #[cold]
    pub(in crate::world) fn tell_answer(&mut self, wire: CommitSlot, said: Said) {
        let who = self.carried(wire);
        let id = id_of(&self.effects.kept(wire).commit);
        let what = match said {
            Said::Applied => What::Hears(id, Written::Applied),
            Said::NotAdmitted => What::Hears(id, Written::Refused),
            Said::Fenced => What::Ends,
        };
        self.tell(who, what, None);
    }

    /// A worker waits no longer for the answer to a commit.
    #[cold]
    pub(in crate::world) fn tell_answer_missing(&mut self, wire: CommitSlot) {
        let who = self.carried(wire);
        let id = id_of(&self.effects.kept(wire).commit);
        self.tell(who, What::Hears(id, Written::Unknown), None);
    }

    /// The answer to a commit is for nobody.
    #[cold]
    pub(in crate::world) fn tell_answer_lost(&mut self, wire: CommitSlot, why: Nobody) {
        let (who, commit) = (self.carried(wire), self.effects.kept(wire).commit);
        let Actor { worker, .. } = self.actor(who, Some(commit.token));
        let message = Undelivered::Answer { number: commit.number };
        self.tell_nobody(message, commit.shard, Some(worker), Some(commit.subject), why);
    }

    #[cold]
    pub(in crate::world) fn tell_call(
        &mut self,
        who: Instance,
        call: &Call,
        attempt: u32,
        decided: CallFate,
    ) {
        let fault = self.fault();
        let fate = match decided {
            CallFate::Pass => Fate::Arrives,
            CallFate::Unknown => Fate::Unanswered,
        };
        let (step, record) = (call.step, call.name);
        self.tell(who, What::Calls { step, record, attempt, fate }, fault);
    }

    #[cold]
    pub(in crate::world) fn tell_call_arrives(
        &mut self,
        who: Instance,
        call: &Call,
        handled: Handled,
    ) {
        let Handled { answer, is_effect } = handled;
        let (step, record) = (call.step, call.name);
        let what = What::Serves { step, record, answer, is_effect };
        let number = self.record(Some(self.actor(who, None)), what, None);
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.served.insert(number, record);
        }
    }

    /// The answer of a service arrives, at whoever waits for it or at nobody.
    #[cold]
    pub(in crate::world) fn tell_call_answered(&mut self, who: Instance, answer: Answer) {
        let trace = &self.outside.trace;
        let record = trace.cause().and_then(|cause| trace.served(cause));
        match record {
            Some(record) if self.is_running(who) => {
                self.tell(who, What::Answered { record, answer }, None);
            }
            _ => {
                let subject = record.map(Subject::Record);
                self.tell_nobody(Undelivered::CallAnswer, who.shard, None, subject, Nobody::Gone);
            }
        }
        if answer == Answer::Fenced && self.is_running(who) {
            self.tell(who, What::Ends, None);
        }
    }
}

/// A commit as it is told.
fn id_of(commit: &Commit) -> CommitId {
    let Commit { point, subject, number, .. } = *commit;
    CommitId { point, subject, number }
}
