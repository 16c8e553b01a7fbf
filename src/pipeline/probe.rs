//! What functions ask for, found out before the first run: each is executed on what comes to it of all rows, with several
//! answers. A function that is not deterministic behind the simulator's back is mostly caught here, in the thread of the
//! test.

use super::draft::Draft;
use super::function::Checked;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::time::Time;
use onceproof_kernel::user::{
    AskedKinds, Asks, Carries, Executed, FunctionTraits, Lookup, Made, SharedFunction, UserFunction,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The answers that are tried: small ones for choices between a few, and some that lie far apart.
const ANSWERS: [u32; 8] = [0, 1, 2, 3, 90_091, 270_271, 450_449, 630_631];

/// The most records of a step that are tried.
const MOST: usize = 10_000;

/// The functions of a draft, by the names of their steps.
///
/// # Panics
/// A function is not deterministic, though it is answered alike.
pub(super) fn functions(draft: &Draft) -> SortedMap<String, SharedFunction> {
    let services = Arc::new(draft.services.clone());
    let rows = draft.rows.iter().take(MOST);
    let mut comes: BTreeSet<Made> =
        rows.map(|row| Made { key: row.key.clone(), carries: row.carries.clone() }).collect();
    let mut functions = SortedMap::new();
    for (at, step) in draft.steps.iter().enumerate() {
        let Some(body) = &step.function else { continue };
        let name = draft.name_of(at);
        let function = Checked::new(name, body.clone(), services.clone());
        let mut traits = FunctionTraits { asks: AskedKinds::default(), copies: 1 };
        if step.may_differ {
            traits.asks = function.traits().asks;
        }
        let mut makes = BTreeSet::new();
        for drawn in ANSWERS {
            for Made { key, carries } in &comes {
                let service = |lookup: Lookup| drawn % lookup.values;
                let mut asks = Asks::new(drawn, Time(drawn.into()), &service);
                let carries = match carries {
                    Carries::Integer(value) => Carries::Integer(*value),
                    Carries::Text(text) => Carries::Text(text.as_str()),
                };
                let made = function.execute(Executed { key, carries }, &mut asks);
                traits.asks = traits.asks.or(asks.kinds());
                traits.copies = traits.copies.max(made.len() as u32);
                makes.extend(made);
            }
        }
        comes = makes.into_iter().take(MOST).collect();
        functions.insert(name.to_owned(), SharedFunction(Arc::new(function.with(traits))));
    }
    functions
}
