//! What is tried of a mechanism by whoever asks whether a scenario needs it: wrong values, which must be found, and right
//! ones, which must hold. Some matter, or are right, only beside others.

use crate::setting::{SettingChoice, Worth, WrittenAs};
use std::fmt;

/// A value that is tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MechanismTry {
    /// The value.
    pub value: TryValue,
    /// Whether it is right.
    pub worth: Worth,
    /// Which mechanisms must be so for it to matter or to be right, if any, as `[mechanism]` has them.
    pub under: Option<&'static str>,
    /// What a scenario must have.
    pub needs: TryNeeds,
    /// Whether functions must answer alike each time: another answer would do damage enough.
    pub answers_alike: bool,
    /// Whether it takes more records than fit an exhaustive search, or more faults.
    pub is_rare: bool,
}

/// A value as a scenario writes it behind the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryValue {
    /// A choice.
    Choice(WrittenAs),
    /// Any value; other mechanisms that belong to it follow with commas.
    Written(&'static str),
}

/// What a scenario must have for a value to be tried in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryNeeds {
    /// Anything.
    Nothing,
    /// Clocks that are set back.
    ClockSteps,
    /// Sources at offsets: what is read from a queue may be read again, and is known by its id alone.
    Offsets,
    /// Outputs that are the same when they are made again.
    Repeatable,
}

impl fmt::Display for TryValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TryValue::Choice(choice) => choice.fmt(f),
            TryValue::Written(text) => f.write_str(text),
        }
    }
}

impl MechanismTry {
    /// A choice, by itself.
    pub(super) fn of(choice: &SettingChoice) -> MechanismTry {
        let SettingChoice { written, worth, under, .. } = *choice;
        MechanismTry { worth, under, value: TryValue::Choice(written), ..MechanismTry::right("") }
    }

    /// A wrong value.
    pub(super) const fn wrong(value: &'static str) -> MechanismTry {
        MechanismTry { worth: Worth::Wrong, ..MechanismTry::right(value) }
    }

    /// A right value.
    pub(super) const fn right(value: &'static str) -> MechanismTry {
        MechanismTry {
            value: TryValue::Written(value),
            worth: Worth::Right,
            under: None,
            needs: TryNeeds::Nothing,
            answers_alike: false,
            is_rare: false,
        }
    }

    /// The same, beside these mechanisms.
    pub(super) const fn under(self, under: &'static str) -> MechanismTry {
        MechanismTry { under: Some(under), ..self }
    }

    /// The same, in a scenario that has this.
    pub(super) const fn needs(self, needs: TryNeeds) -> MechanismTry {
        MechanismTry { needs, ..self }
    }

    /// The same, where functions answer alike each time.
    pub(super) const fn answers_alike(self) -> MechanismTry {
        MechanismTry { answers_alike: true, ..self }
    }

    /// The same, where it is rare.
    pub(super) const fn rare(self) -> MechanismTry {
        MechanismTry { is_rare: true, ..self }
    }
}
