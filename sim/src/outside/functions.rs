//! The user functions: how often each was executed on each record, and what it is answered.

use super::Outside;
use crate::answers::{Act, Attempt};
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::env::Env;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;

impl<S: System> Outside<'_, S> {
    /// What chance decides in an execution; none if it fails.
    pub(super) fn answer_of(
        &mut self,
        step: StepIndex,
        name: Name,
        key: Key,
        answers: u32,
    ) -> Option<u32> {
        if Env::is_dead(self) {
            return None;
        }
        self.work.user_calls += 1;
        let attempt = self.count_at(step, name);
        if attempt > 1 {
            self.marks.reach(Mark::FUNCTION_RAN_AGAIN);
        }
        let words = &self.words;
        let poison = &self.layout.step(step).failing.poison;
        let answer = match poison {
            Some(poison) if words.keys.text(key) == poison => None,
            _ => {
                let (act, layout) = (Act::Execute, self.layout);
                let execution = Attempt::new(act, layout, step, name, attempt, words);
                self.answers.execute(&execution, answers, layout, words)
            }
        };
        if answer.is_none() {
            self.ledger.failed(step, name);
        }
        if self.trace.is_on() {
            self.tell_execution(step, name, attempt, answer.is_none());
        }
        answer
    }

    /// What a service that a function asks says of a key now.
    pub(super) fn value_of(
        &mut self,
        step: StepIndex,
        key: Key,
        changes_every: Nanos,
        values: u32,
    ) -> u32 {
        let key_hash = self.words.keys.hash(key);
        let first = self.answers.first_value(self.layout, step, key_hash, values);
        // A value at a time, so that the next answer is always another one.
        let moved = self.now.step_of(changes_every).rem_euclid(values.into());
        ((i64::from(first) + moved) % i64::from(values)) as u32
    }

    /// How often this happened at a step to this record, with now.
    pub(super) fn count_at(&mut self, step: StepIndex, name: Name) -> u32 {
        let executions = &mut self.executions[step.at()];
        let at = name.0 as usize;
        if at >= executions.len() {
            executions.resize((at + 1).max(self.words.names.len()), 0);
        }
        executions[at] += 1;
        executions[at]
    }
}
