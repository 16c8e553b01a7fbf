//! `ids`: the id of an output must be the same when its input is executed again.

use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::record::RecordId;

/// Where the ids of outputs come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ids {
    /// From the id of the input and the number of the output.
    #[default]
    Derived,
    /// New in each execution. Wrong wherever an execution is repeated after its output was sent.
    Fresh,
}

impl Ids {
    /// The id of an output. `derived` is the id that its input and number give; `token` and `count` say
    /// which execution of which owner this is.
    pub fn of(self, derived: RecordId, token: u64, count: u64) -> RecordId {
        match self {
            Ids::Derived => derived,
            Ids::Fresh => RecordId(fold(derived.0, scatter(fold(token, count)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_forgets_the_execution_and_a_fresh_one_does_not() {
        let id = RecordId(5);
        assert_eq!(Ids::Derived.of(id, 1, 1), Ids::Derived.of(id, 2, 9));
        assert_ne!(Ids::Fresh.of(id, 1, 1), Ids::Fresh.of(id, 2, 1));
        assert_ne!(Ids::Fresh.of(id, 1, 1), Ids::Fresh.of(id, 1, 2));
    }
}
