//! Settings of a system as one table: their keys and values as a scenario writes them, what each does, and which are
//! wrong on purpose. The reader, the schema, the list of what is tried, and whoever prints a design follow from it: a new
//! setting is a field, a row here, and the place where it acts.

use onceproof_kernel::time::Nanos;
use std::fmt;

/// One setting of the settings `T` of a system.
#[derive(Debug)]
pub struct Setting<T> {
    /// The key: `ack`.
    pub key: &'static str,
    /// What it is: a sentence.
    pub about: &'static str,
    /// The values that it may have; where nothing is given it has the first, or what `T` begins with.
    pub choices: &'static [SettingChoice],
    /// What it may be beside these.
    pub free: Option<Free>,
    /// What it is.
    pub get: fn(&T) -> SettingValue,
    /// Makes it another one: only what `choices` and `free` allow.
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
    /// Other settings with which it matters, if it does not with those that a strategy begins with: `reruns = 1`.
    pub under: Option<&'static str>,
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

impl fmt::Display for WrittenAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WrittenAs::Text(word) => write!(f, "\"{word}\""),
            WrittenAs::Bool(is_so) => write!(f, "{is_so}"),
            WrittenAs::Number(number) => write!(f, "{number}"),
        }
    }
}

/// That a setting may be more than its choices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Free {
    /// It may be a time.
    Length {
        /// What that does: a sentence.
        about: &'static str,
        /// What is said of 0, and beside it, if it may not be 0.
        zero: Option<[&'static str; 2]>,
        /// Whether one that is too short or too long makes results wrong.
        may_break: bool,
    },
    /// It may be a whole number.
    Number {
        /// What that does: a sentence.
        about: &'static str,
        /// From this.
        least: u32,
        /// To this.
        most: u32,
        /// Whether some number makes results wrong.
        may_break: bool,
    },
}

/// What a setting is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingValue {
    /// One of its choices, by its number.
    Choice(usize),
    /// A time.
    Length(Nanos),
    /// A number that is none of its choices.
    Number(u32),
    /// What follows from all else: nothing is written then.
    Follows,
}

impl SettingValue {
    /// The number of the choice.
    ///
    /// # Panics
    /// If it is none of them: the table of the setting allows nothing else.
    pub fn choice(self) -> usize {
        match self {
            SettingValue::Choice(number) => number,
            SettingValue::Length(_) | SettingValue::Number(_) | SettingValue::Follows => {
                panic!("a setting of words")
            }
        }
    }

    /// The time, or none where it is none.
    pub fn length(self) -> Option<Nanos> {
        match self {
            SettingValue::Length(length) => Some(length),
            SettingValue::Choice(_) | SettingValue::Number(_) | SettingValue::Follows => None,
        }
    }

    /// The number, or none where it is none.
    pub fn number(self) -> Option<u32> {
        match self {
            SettingValue::Number(number) => Some(number),
            SettingValue::Choice(_) | SettingValue::Length(_) | SettingValue::Follows => None,
        }
    }
}

/// Settings that stand in a table.
pub trait HasTable: Copy + PartialEq + fmt::Debug + Sized + 'static {
    /// What they are where nothing is said.
    fn first(&self) -> Self;

    /// All of them, a row each.
    fn rows(&self) -> Vec<&'static Setting<Self>>;

    /// What a value of one is worth beside the others.
    fn worth(&self, setting: &Setting<Self>, choice: &SettingChoice) -> Worth {
        let _ = setting;
        choice.worth
    }

    /// Whether one can be such that results are wrong.
    fn may_break(&self, setting: &Setting<Self>) -> bool {
        let is_wrong = |choice: &SettingChoice| self.worth(setting, choice) != Worth::Right;
        setting.choices.iter().any(is_wrong) || setting.free.is_some_and(Free::may_break)
    }
}

impl<T> Setting<T> {
    /// Whether its value is wrong, or may be.
    pub fn may_break_in(&self, of: &T) -> bool {
        match (self.get)(of) {
            SettingValue::Choice(number) => self.choices[number].worth != Worth::Right,
            SettingValue::Length(_) | SettingValue::Number(_) => {
                self.free.is_some_and(Free::may_break)
            }
            SettingValue::Follows => false,
        }
    }

    /// Whether some value of it is wrong, or may be.
    pub fn may_break(&self) -> bool {
        let is_wrong = |choice: &SettingChoice| choice.worth != Worth::Right;
        self.choices.iter().any(is_wrong) || self.free.is_some_and(Free::may_break)
    }
}

impl Free {
    /// Whether some length or number makes results wrong.
    pub fn may_break(self) -> bool {
        match self {
            Free::Length { may_break, .. } | Free::Number { may_break, .. } => may_break,
        }
    }
}

/// The number of a value among those that a setting may have.
pub fn number_of<T: PartialEq>(all: &[T], value: T) -> SettingValue {
    SettingValue::Choice(all.iter().position(|other| *other == value).unwrap_or(all.len()))
}

impl SettingChoice {
    /// The word, where it is one.
    pub fn word(&self) -> &'static str {
        match self.written {
            WrittenAs::Text(word) => word,
            WrittenAs::Bool(_) | WrittenAs::Number(_) => "",
        }
    }

    /// A right value that is a word.
    pub const fn right(word: &'static str, about: &'static str) -> SettingChoice {
        SettingChoice { written: WrittenAs::Text(word), about, worth: Worth::Right, under: None }
    }

    /// A value that is a word and promises less than another one.
    pub const fn less(word: &'static str, about: &'static str) -> SettingChoice {
        SettingChoice { written: WrittenAs::Text(word), about, worth: Worth::Less, under: None }
    }

    /// A wrong value that is a word.
    pub const fn wrong(word: &'static str, about: &'static str) -> SettingChoice {
        SettingChoice { written: WrittenAs::Text(word), about, worth: Worth::Wrong, under: None }
    }

    /// The same, where it matters under other settings alone.
    pub const fn under(self, under: &'static str) -> SettingChoice {
        SettingChoice { under: Some(under), ..self }
    }

    /// The same, written otherwise.
    pub const fn written(self, written: WrittenAs) -> SettingChoice {
        SettingChoice { written, ..self }
    }
}
