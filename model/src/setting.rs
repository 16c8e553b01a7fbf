//! Settings of a system as one table: their keys and values as a scenario writes them, what each does, and which are
//! wrong on purpose. The reader, the schema, the list of what is tried, and whoever prints a design follow from it: a new
//! setting is a field, a row here, and the place where it acts.

use onceproof_kernel::time::Nanos;

/// One setting of the settings `T` of a system.
#[derive(Debug)]
pub struct Setting<T> {
    /// The key: `ack`.
    pub key: &'static str,
    /// What it is: a sentence.
    pub about: &'static str,
    /// The values that it may have; where nothing is given it has the first, or what `T` begins with.
    pub choices: &'static [SettingChoice],
    /// Whether it may also be a time.
    pub length: Option<Length>,
    /// What it is.
    pub get: fn(&T) -> SettingValue,
    /// Makes it another one: only what `choices` and `length` allow.
    pub set: fn(&mut T, SettingValue),
}

/// A value that a setting may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettingChoice {
    /// How a scenario writes it.
    pub written: WrittenAs,
    /// What it does: a sentence.
    pub about: &'static str,
    /// What it is worth.
    pub worth: Worth,
}

/// What a value of a setting is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Worth {
    /// It is right.
    Right,
    /// It promises less than another value, and may be what is wanted: what holds with that breaks with this.
    Less,
    /// It is there to be found wrong.
    Wrong,
}

/// A value as a scenario writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WrittenAs {
    /// `"prefix"`.
    Text(&'static str),
    /// `true`.
    Bool(bool),
    /// `64`.
    Number(u32),
}

/// That a setting may be a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Length {
    /// What it does: a sentence.
    pub about: &'static str,
    /// Whether it may be 0.
    pub may_be_zero: bool,
}

/// What a setting is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingValue {
    /// One of its choices, by its number.
    Choice(usize),
    /// A time.
    Length(Nanos),
}

impl SettingValue {
    /// The number of the choice.
    ///
    /// # Panics
    /// If it is a time: the table of the setting allows none.
    pub fn choice(self) -> usize {
        match self {
            SettingValue::Choice(number) => number,
            SettingValue::Length(_) => panic!("a setting that is no time"),
        }
    }

    /// The time, or none for a choice.
    pub fn length(self) -> Option<Nanos> {
        match self {
            SettingValue::Choice(_) => None,
            SettingValue::Length(length) => Some(length),
        }
    }
}

impl SettingChoice {
    /// A right value that is a word.
    pub const fn right(word: &'static str, about: &'static str) -> SettingChoice {
        SettingChoice { written: WrittenAs::Text(word), about, worth: Worth::Right }
    }

    /// A value that is a word and promises less than another one.
    pub const fn less(word: &'static str, about: &'static str) -> SettingChoice {
        SettingChoice { written: WrittenAs::Text(word), about, worth: Worth::Less }
    }

    /// A wrong value that is a word.
    pub const fn wrong(word: &'static str, about: &'static str) -> SettingChoice {
        SettingChoice { written: WrittenAs::Text(word), about, worth: Worth::Wrong }
    }

    /// The same, written otherwise.
    pub const fn written(self, written: WrittenAs) -> SettingChoice {
        SettingChoice { written, ..self }
    }
}
