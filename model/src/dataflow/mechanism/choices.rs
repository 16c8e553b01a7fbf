//! The mechanisms that are one of a few values, and how a scenario writes each: `true`, `false` or a word. Reader,
//! schema and writer follow from it. The first value of each is right.

use super::{Ack, Atomic, Fencing, Fuse, Ids, Lift, Outputs, ReAck, Stamps};

/// A mechanism that is one of a few values.
pub trait MechanismChoice: Copy + PartialEq + Default + 'static {
    /// The name of the type.
    const NAME: &'static str;
    /// What it is: a sentence.
    const ABOUT: &'static str;
    /// The values that are written as `true` or `false`.
    const BOOLS: &'static [(bool, Self)];
    /// The values that are written as words.
    const VALUES: &'static [Self];
    /// These words.
    const WORDS: &'static [&'static str];
    /// What each of them does: a sentence. Where some value is no word, `ABOUT` says it.
    const ABOUTS: &'static [&'static str];

    /// The value as it is written.
    fn written(self) -> String {
        let bools = Self::BOOLS.iter().map(|&(is_so, value)| (value, is_so.to_string()));
        let words = Self::VALUES.iter().zip(Self::WORDS);
        let mut all = bools.chain(words.map(|(&value, word)| (value, format!("\"{word}\""))));
        let written = all.find_map(|(value, written)| (value == self).then_some(written));
        written.expect("every value has a row")
    }
}

/// A row for each value. Every value must have one: the compiler asks.
macro_rules! choices {
    ($($name:ident $about:literal {
        $($bool:literal $of_bool:ident,)*
        $(; $($word:literal $of_word:ident $($what:literal)?,)+)?
    })*) => {
        $(impl MechanismChoice for $name {
            const NAME: &'static str = stringify!($name);
            const ABOUT: &'static str = $about;
            const BOOLS: &'static [(bool, $name)] = &[$(($bool, $name::$of_bool)),*];
            const VALUES: &'static [$name] = &[$($($name::$of_word),+)?];
            const WORDS: &'static [&'static str] = &[$($($word),+)?];
            const ABOUTS: &'static [&'static str] = &[$($(concat!($($what)?)),+)?];
        }

        const _: fn($name) = |value| match value {
            $($name::$of_bool => {})*
            $($($name::$of_word => {})+)?
        };)*
    };
}

choices! {
    Ack "When a record is acked." {
        ;
        "after-commit" AfterCommit "When the commit of its effects is answered.",
        "on-receipt" OnReceipt "When it arrives. Wrong.",
    }
    Outputs "Whether outputs are durable before they are sent." {
        ;
        "checkpoint" Checkpoint "Committed before they are sent.",
        "recompute" Recompute
            "Sent before anything is committed. Wrong for functions that are not deterministic.",
    }
    Ids "Where the ids of outputs come from." {
        ;
        "derived" Derived "From the id of the input and the number of the output.",
        "fresh" Fresh "New in each execution. Wrong.",
    }
    Stamps "Where the stamps of outputs come from." {
        ;
        "stable" Stable "Strictly increasing and durable, or those of the inputs.",
        "fresh" Fresh
            "Given anew whenever an output is made or, after a restart, sent again. Wrong.",
        "wall-clock" WallClock "What the clock says. Wrong.",
    }
    Atomic "Whether id and state are committed in one commit, or else which comes first, which is wrong." {
        true Together,
        ;
        "state-first" StateFirst,
        "id-first" IdFirst,
    }
    ReAck "Whether a duplicate is acked." {
        true Always,
        false Never,
    }
    Fencing "Whether a commit under an older token is refused." {
        true Token,
        false Off,
    }
    Fuse "Whether a step may run in the stage of the step before it." {
        true Together,
        false Apart,
    }
    Lift "Whether partial aggregates are made before the shuffle: where that is sure to be right, nowhere, or \
        everywhere, which is wrong under `recompute` with bundles." {
        true Sure,
        false Never,
        ;
        "force" Force,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_each_is_what_holds_where_nothing_is_given() {
        fn first<T: MechanismChoice>() -> String {
            let first = T::BOOLS.first().map(|&(_, value)| value);
            assert!(first.or(T::VALUES.first().copied()) == Some(T::default()), "{}", T::NAME);
            T::default().written()
        }
        let written = [first::<Ack>(), first::<Outputs>(), first::<Ids>(), first::<Stamps>()];
        assert_eq!(written, ["\"after-commit\"", "\"checkpoint\"", "\"derived\"", "\"stable\""]);
        let bools = [first::<Atomic>(), first::<ReAck>(), first::<Fencing>()];
        assert_eq!(bools, ["true"; 3]);
        assert_eq!([first::<Fuse>(), first::<Lift>()], ["true"; 2]);
    }
}
