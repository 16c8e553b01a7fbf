//! A function of the user's own, executed and checked. Each execution on a record is compared with another one that is
//! answered alike: what differs then came from behind the simulator's back.

use super::execution::{Execution, Services};
use onceproof_kernel::mix::{fold, text};
use onceproof_kernel::user::{
    AskedKinds, Asks, Carries, Executed, FunctionTraits, Made, UserFunction,
};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What a step makes of a record: the function of the user, with what reads its record and writes its outputs.
pub(super) type Body = Arc<dyn Fn(Executed<'_>, &mut Execution<'_>) -> Vec<Made> + Send + Sync>;

/// A function, with what it made so far where it asks for nothing.
pub(super) struct Checked {
    step: String,
    body: Body,
    services: Arc<Services>,
    traits: FunctionTraits,
    /// What it made of each record in any run, by a hash of the record: it has to make the same again.
    made: Mutex<BTreeMap<u64, Vec<Made>>>,
}

impl Checked {
    /// A function of which it is not known yet what it asks for: it may ask for anything.
    pub fn new(step: &str, body: Body, services: Arc<Services>) -> Checked {
        let asks = AskedKinds { chance: true, clock: true, service: true };
        let traits = FunctionTraits { asks, copies: 1 };
        Checked { step: step.to_owned(), body, services, traits, made: Mutex::default() }
    }

    /// The same, of which it is known.
    pub fn with(self, traits: FunctionTraits) -> Checked {
        Checked { traits, ..self }
    }

    fn once<'a>(&'a self, record: Executed<'_>, asks: &Asks<'a>) -> (Vec<Made>, Asks<'a>) {
        let mut execution = Execution::new(asks.clone(), &self.services);
        let made = (self.body)(record, &mut execution);
        (made, execution.asks())
    }

    /// Executes it, and compares that with another execution, of which `asks` are answered alike.
    fn twice<'a>(&'a self, record: Executed<'_>, asks: &Asks<'a>) -> (Vec<Made>, AskedKinds) {
        let (made, asked) = self.once(record, asks);
        let kinds = asked.kinds();
        let at = hash(record);
        if !kinds.any()
            && let Some(before) = self.known().get(&at).cloned()
        {
            self.require_same(record, &before, &made);
            return (made, kinds);
        }
        let (again, asked) = self.once(record, asks);
        self.require_same(record, &made, &again);
        if kinds != asked.kinds() {
            panic!(
                "the function of `{}` is not deterministic: executed twice on one record and answered \
                 alike, it asked its context for different things\n  record   {}\n{HELP}",
                self.step,
                in_words(record),
            );
        }
        if !kinds.any() {
            self.known().insert(at, again);
        }
        (made, kinds)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Vec<Made>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn require_same(&self, record: Executed<'_>, first: &[Made], then: &[Made]) {
        if first != then {
            panic!(
                "the function of `{}` is not deterministic: executed twice on one record and answered \
                 alike, it made different things\n  record   {}\n  first    {}\n  then     {}\n{HELP}",
                self.step,
                in_words(record),
                outputs_in_words(first),
                outputs_in_words(then),
            );
        }
    }
}

const HELP: &str = "\
What may differ between executions has to come from the context: `cx.choose`,
`cx.random`, `cx.now`, `cx.lookup`. The simulator cannot control the order of
a HashMap, a static counter or the wall clock.";

impl UserFunction for Checked {
    fn traits(&self) -> FunctionTraits {
        self.traits
    }

    fn execute(&self, record: Executed<'_>, asks: &mut Asks<'_>) -> Vec<Made> {
        let (made, kinds) = self.twice(record, asks);
        assert!(
            self.traits.asks.or(kinds) == self.traits.asks,
            "the function of `{}` asks its context for something that it asked for on no record of the \
             input\n  record   {}\nSay `.may_differ()` behind the step.",
            self.step,
            in_words(record),
        );
        asks.note(kinds);
        made
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checked { step, body: _, services: _, traits, made: _ } = self;
        f.debug_struct("Checked")
            .field("step", step)
            .field("traits", traits)
            .finish_non_exhaustive()
    }
}

fn hash(record: Executed<'_>) -> u64 {
    let carried = match record.carries {
        Carries::Integer(value) => fold(1, value as u64),
        Carries::Text(carried) => fold(2, text(carried)),
    };
    fold(text(record.key), carried)
}

fn in_words(record: Executed<'_>) -> String {
    match record.carries {
        Carries::Integer(value) => format!("{}: {value}", record.key),
        Carries::Text(text) => format!("{}: {text}", record.key),
    }
}

fn outputs_in_words(outputs: &[Made]) -> String {
    let one = |made: &Made| match &made.carries {
        Carries::Integer(value) => format!("{}: {value}", made.key),
        Carries::Text(text) => format!("{}: {text}", made.key),
    };
    match outputs {
        [] => "nothing".to_owned(),
        several => several.iter().map(one).collect::<Vec<String>>().join(", "),
    }
}
