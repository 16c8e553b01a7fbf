//! The mechanisms of a step as one table: their keys and values as a scenario writes them, what each does, which are
//! wrong on purpose, and what is tried of each. The reader and its errors, the schema, whoever prints a design, shrinking
//! and necessity follow from it: a new mechanism is a field, a row here, and the place where it acts.

/// The values of a part that is one of a few, in the order of its choices. Every value must be there: the compiler asks.
macro_rules! values {
    ($($all:ident: $name:ident { $($value:ident),+ })*) => {$(
        const $all: &[$name] = &[$($name::$value),+];
        const _: fn($name) = |value| match value {
            $($name::$value => {})+
        };
    )*};
}

mod ids;
mod parts;
mod rows;
mod steps;
mod tries;

pub use steps::MechanismSteps;
pub use tries::{MechanismTry, TryNeeds, TryValue};

use super::{Dedup, Mechanism, Outputs, Settle};
use crate::setting::{Setting, SettingValue};

/// A mechanism.
#[derive(Debug)]
pub struct MechanismRow {
    /// How it is written.
    pub takes: MechanismTakes,
    /// Its place among those that are told of a step; none if it is seen in the graph itself.
    pub told: Option<u8>,
    /// What holds between its parts, or between it and others.
    pub rule: Option<MechanismRule>,
    /// Whether it says what is done with the ids that a receiver keeps.
    pub is_of_ids: bool,
    /// Which steps have something to do for it.
    pub steps: MechanismSteps,
    /// What is tried of it, the wrong and the right; where nothing stands here, each choice but the first.
    tries: &'static [MechanismTry],
}

/// How a mechanism is written.
#[derive(Debug)]
pub enum MechanismTakes {
    /// As one value.
    Value(Setting<Mechanism>),
    /// As a table of parts, each of which may be left out.
    Parts {
        /// The key.
        key: &'static str,
        /// What it is: a sentence.
        about: &'static str,
        /// The parts.
        parts: &'static [Setting<Mechanism>],
        /// Mechanisms that may stand in this table too.
        also: &'static [&'static str],
    },
    /// As one of a few words, or as a table that has the parts of one.
    Designs {
        /// The words.
        setting: Setting<Mechanism>,
        /// Those that have parts.
        designs: &'static [MechanismDesign],
        /// Whether the parts stand in a table of the name of their word, and not in that of the mechanism.
        is_named: bool,
    },
}

/// A design that has parts.
#[derive(Debug)]
pub struct MechanismDesign {
    /// Its number among the choices.
    pub choice: usize,
    /// What its table is called in the schema.
    pub name: &'static str,
    /// What its table says: a sentence.
    pub about: &'static str,
    /// The parts.
    pub parts: &'static [Setting<Mechanism>],
    /// Whether it is nothing without its first part. That may then stand in place of a table of its own.
    pub needs_first: bool,
}

/// What holds between the parts of a mechanism, or between mechanisms. The reader checks it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MechanismRule {
    /// `max` is at least `timeout`; where no `max` is given, it grows with `timeout`.
    MaxGrows,
    /// `max` is at least `timeout`, where both are given.
    MaxIsLongest,
    /// Only `bloom` says how filters are chosen and rebuilt, and only what is rebuilt lazily has a threshold.
    FiltersOfBloom,
    /// It stands beside no `dedup` that leaves it nothing to forget.
    IdsToForget,
    /// It stands at no step whose outputs are computed again: they are held in no row, so there is nothing to settle.
    OutputsToSettle,
}

impl Mechanism {
    /// Every mechanism, a row each.
    pub fn table() -> &'static [MechanismRow] {
        rows::TABLE
    }
}

impl MechanismRow {
    /// The row of a key.
    pub fn of(key: &str) -> Option<&'static MechanismRow> {
        Mechanism::table().iter().find(|row| row.key() == key)
    }

    /// The key: `commit-retry`.
    pub fn key(&self) -> &'static str {
        match &self.takes {
            MechanismTakes::Value(setting) | MechanismTakes::Designs { setting, .. } => setting.key,
            MechanismTakes::Parts { key, .. } => key,
        }
    }

    /// What it is: a sentence.
    pub fn about(&self) -> &'static str {
        match &self.takes {
            MechanismTakes::Value(setting) | MechanismTakes::Designs { setting, .. } => {
                setting.about
            }
            MechanismTakes::Parts { about, .. } => about,
        }
    }

    /// The setting that says which value or which design it is; none if it has parts alone.
    pub fn setting(&self) -> Option<&Setting<Mechanism>> {
        match &self.takes {
            MechanismTakes::Value(setting) | MechanismTakes::Designs { setting, .. } => {
                Some(setting)
            }
            MechanismTakes::Parts { .. } => None,
        }
    }

    /// The parts of which it consists as it is.
    pub fn parts(&self, of: &Mechanism) -> &'static [Setting<Mechanism>] {
        match &self.takes {
            MechanismTakes::Value(_) => &[],
            MechanismTakes::Parts { parts, .. } => parts,
            MechanismTakes::Designs { setting, designs, .. } => {
                let is = |design: &&MechanismDesign| {
                    (setting.get)(of) == SettingValue::Choice(design.choice)
                };
                designs.iter().find(is).map_or(&[], |design| design.parts)
            }
        }
    }

    /// Makes it what it is in other mechanisms.
    pub fn put(&self, mechanism: &mut Mechanism, from: &Mechanism) {
        for setting in self.setting().into_iter().chain(self.parts(from)) {
            (setting.set)(mechanism, (setting.get)(from));
        }
    }

    /// Whether it is wrong as it is, or may be. Else it only costs more or less.
    pub fn may_break_in(&self, of: &Mechanism) -> bool {
        let mut all = self.setting().into_iter().chain(self.parts(of));
        all.any(|setting| setting.may_break_in(of))
    }

    /// Whether it has nothing to do at a step with these mechanisms, as it is in them.
    pub fn is_idle(&self, of: &Mechanism) -> bool {
        match self.rule {
            Some(MechanismRule::OutputsToSettle) => {
                (of.settle, of.outputs) == (Settle::WithNext, Outputs::Recompute)
            }
            Some(MechanismRule::IdsToForget) => matches!(of.dedup, Dedup::Window(_) | Dedup::Off),
            Some(
                MechanismRule::MaxGrows
                | MechanismRule::MaxIsLongest
                | MechanismRule::FiltersOfBloom,
            )
            | None => false,
        }
    }

    /// Whether it can be such that results are wrong.
    pub fn may_break(&self) -> bool {
        let parts = match &self.takes {
            MechanismTakes::Value(_) => Vec::new(),
            MechanismTakes::Parts { parts, .. } => vec![*parts],
            MechanismTakes::Designs { designs, .. } => {
                designs.iter().map(|design| design.parts).collect()
            }
        };
        self.setting().into_iter().chain(parts.into_iter().flatten()).any(Setting::may_break)
    }

    /// What is tried of it, the wrong and the right.
    pub fn tries(&self) -> Vec<MechanismTry> {
        match (self.tries, self.setting()) {
            ([], Some(setting)) => setting.choices.iter().skip(1).map(MechanismTry::of).collect(),
            (tries, _) => tries.to_vec(),
        }
    }
}

impl MechanismDesign {
    /// Its word.
    pub fn word(&self, setting: &Setting<Mechanism>) -> &'static str {
        setting.choices[self.choice].word()
    }
}

#[cfg(test)]
mod tests;
