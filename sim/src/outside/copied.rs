//! A copy of all that is outside the processes, as it stands between two events.

use super::Outside;
use onceproof_kernel::system::Copied;

impl<S: Copied> Outside<'_, S> {
    /// Makes it the same as that of another run, of the same plan and the same seed, but for the answers. Nobody watches
    /// it: the other one is not traced and not measured.
    pub fn copy(&mut self, from: &Outside<'_, S>) {
        let Outside {
            design: _,
            layout: _,
            words,
            store,
            shared,
            service,
            // The rows are the same, and no run changes them.
            sources: _,
            // They are forked, and not the same.
            answers: _,
            ledger,
            work,
            marks,
            trace: _,
            now,
            at_work,
            is_first_life,
            read_cost: _,
            cost,
            reads,
            measure: _,
            doom,
            queues,
            pulled,
            wakes,
            nudges,
            recalls,
            sessions,
            worked,
            executions,
            reading,
            has_just_read_all,
        } = from;
        self.words.clone_from(words);
        self.store.copy_by(store, |into, from| into.copy(from));
        self.shared.clone_from(shared);
        self.service.copy_by(service, Clone::clone_from);
        self.ledger.copy_by(ledger, Clone::clone_from);
        self.work = *work;
        self.marks = *marks;
        self.now = *now;
        self.at_work = *at_work;
        self.is_first_life = *is_first_life;
        self.cost = *cost;
        self.reads = *reads;
        self.measure = None;
        self.doom = *doom;
        self.queues.copy_by(queues, Clone::clone_from);
        self.pulled.clone_from(pulled);
        self.wakes.clone_from(wakes);
        self.nudges.clone_from(nudges);
        self.recalls.clone_from(recalls);
        self.sessions.clone_from(sessions);
        self.worked.clone_from(worked);
        self.executions.copy_by(executions, Clone::clone_from);
        self.reading.copy_by(reading, Clone::clone_from);
        self.has_just_read_all = *has_just_read_all;
    }
}
