//! The user functions: how often each was executed on each record, and what it is answered.

use super::Outside;
use crate::answers::{Act, Attempt};
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::env::Env;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::Output;
use onceproof_kernel::right::Came;
use onceproof_kernel::system::System;
use onceproof_kernel::time::{Nanos, Time};
use onceproof_kernel::user::{Asks, Lookup, SharedFunction, executed, output, value_at};

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
        value_at(first, self.now, changes_every, values)
    }

    /// Executes a function of the user's own, and adds its outputs to `outputs`; false if it fails.
    #[cold]
    #[inline(never)]
    pub(super) fn outputs_of(
        &mut self,
        step: StepIndex,
        function: &SharedFunction,
        (name, input): (Name, Output),
        clock: Time,
        outputs: &mut Vec<Output>,
    ) -> bool {
        let SharedFunction(function) = function;
        let answers = function.traits().answers();
        let Some(drawn) = self.answer_of(step, name, input.key, answers) else { return false };
        let services = |lookup: Lookup| {
            let Lookup { point, changes_every, values } = lookup;
            value_at(self.answers.first_answer(point, values), self.now, changes_every, values)
        };
        let mut asks = Asks::new(drawn, clock, &services);
        let made = function.execute(executed(input, &self.words.keys), &mut asks);
        let has_asked = asks.kinds().any();
        let first = outputs.len();
        outputs.extend(made.iter().map(|made| output(made, &mut self.words.keys)));
        if has_asked {
            self.ledger.executed(step, name, Came { input, outputs: outputs[first..].to_vec() });
        }
        true
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
