//! The settings of best effort, of at-least-once and of Lambda, each with the value that is right first.

mod legs;
mod rows;

pub use legs::{BatchSettings, Landing, WindowClock};

use crate::setting::{HasTable, Setting, SettingChoice, Worth};
use onceproof_kernel::time::{Nanos, SECOND};

/// Which strategy it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Approach {
    /// Records are counted in memory, and nothing is sent twice.
    BestEffort,
    /// Records are counted in memory, and each is sent again until it is done.
    AtLeastOnce,
    /// One of these is a leg beside another one, which counts the same log again in batches.
    Lambda,
}

impl Approach {
    /// All of them.
    pub const ALL: [Approach; 3] = [Approach::BestEffort, Approach::AtLeastOnce, Approach::Lambda];
}

/// What is promised of a record on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guarantee {
    /// Nothing is sent twice, and nobody knows what was lost.
    BestEffort,
    /// The spout sends a record again until an acker has heard from all who handled it.
    AtLeastOnce,
}

/// When a bolt acks a tuple.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AckAt {
    /// When it has applied it and passed it on.
    AfterSend,
    /// When its function has run, before others see anything of it.
    OnReceipt,
}

/// What an acker does with a message that comes twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acks {
    /// It takes each once.
    Distinct,
    /// It adds it to the sum again.
    Sum,
}

/// Which offset a spout commits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offsets {
    /// The first that is not complete.
    Prefix,
    /// The one after the highest that is complete.
    Highest,
    /// The one after what it is about to emit.
    Emitted,
}

/// Which content of a cell stands in the view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ViewRule {
    /// The newest by life and number; and the view acks, as a leaf of the tree.
    Anchored,
    /// The newest by life and number.
    Newest,
    /// What came last.
    LastArrival,
}

/// Where counts are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counts {
    /// In the memory of a bolt, which a crash empties.
    Memory,
    /// In the store.
    Durable,
}

/// How records are handed on, counted and shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Which of the two strategies.
    pub guarantee: Guarantee,
    /// When a bolt acks.
    pub ack: AckAt,
    /// Whether what a bolt passes on belongs to the tree of what it took.
    pub is_anchored: bool,
    /// How many bits the edges of a tree have, from 1 to 64.
    pub edge_bits: u32,
    /// What an acker does with what comes twice.
    pub acks: Acks,
    /// Which offset is committed.
    pub offsets: Offsets,
    /// What stands in the view.
    pub view: ViewRule,
    /// How long a tree may take until its record is sent again, at least 1.
    pub timeout: Nanos,
    /// Where counts are.
    pub counts: Counts,
    /// Whether a bolt counts a record that it knows by its id only once.
    pub is_distinct: bool,
    /// How long after the end of its window a record is still counted, by the greatest event time that the bolt has
    /// seen; for ever without.
    pub keep: Option<Nanos>,
    /// By which time of a record its window is chosen.
    pub window_clock: WindowClock,
    /// The batch leg beside all this, if there is one.
    pub batch: Option<BatchSettings>,
}

impl Settings {
    /// What a strategy has where nothing is said.
    pub fn of(approach: Approach) -> Settings {
        let (guarantee, batch) = match approach {
            Approach::BestEffort => (Guarantee::BestEffort, None),
            Approach::AtLeastOnce => (Guarantee::AtLeastOnce, None),
            Approach::Lambda => (Guarantee::AtLeastOnce, Some(BatchSettings::FIRST)),
        };
        Settings { batch, ..Settings::alone(guarantee) }
    }

    /// What is promised by itself, where nothing is said.
    fn alone(guarantee: Guarantee) -> Settings {
        let (view, offsets) = match guarantee {
            Guarantee::BestEffort => (ViewRule::Newest, Offsets::Emitted),
            Guarantee::AtLeastOnce => (ViewRule::Anchored, Offsets::Prefix),
        };
        Settings {
            guarantee,
            ack: AckAt::AfterSend,
            is_anchored: true,
            edge_bits: 64,
            acks: Acks::Distinct,
            offsets,
            view,
            timeout: SECOND,
            counts: Counts::Memory,
            is_distinct: false,
            keep: None,
            window_clock: WindowClock::Event,
            batch: None,
        }
    }

    /// The settings that a strategy has.
    pub fn table(approach: Approach) -> impl Iterator<Item = &'static Setting<Settings>> {
        let rows: [&'static [Setting<Settings>]; 2] = match approach {
            Approach::BestEffort => [rows::SEEN_ALONE, rows::OF_BOTH],
            Approach::AtLeastOnce => [rows::TRACKED, rows::OF_BOTH],
            Approach::Lambda => [legs::OF_LAMBDA, legs::OF_LEGS],
        };
        rows.into_iter().flatten()
    }

    /// The strategy whose settings these are.
    pub fn approach(&self) -> Approach {
        match (&self.batch, self.guarantee) {
            (Some(_), _) => Approach::Lambda,
            (None, Guarantee::BestEffort) => Approach::BestEffort,
            (None, Guarantee::AtLeastOnce) => Approach::AtLeastOnce,
        }
    }

    /// Whether every record is followed until it is done.
    pub fn tracks(&self) -> bool {
        self.guarantee == Guarantee::AtLeastOnce
    }

    /// Whether the view acks.
    pub fn view_acks(&self) -> bool {
        self.tracks() && self.view == ViewRule::Anchored
    }
}

impl HasTable for Settings {
    fn first(&self) -> Settings {
        Settings::of(self.approach())
    }

    fn rows(&self) -> Vec<&'static Setting<Settings>> {
        Settings::table(self.approach()).collect()
    }

    /// A bolt that acks on receipt does no harm where the view is a leaf of the tree: what it does not show is missed
    /// there.
    fn worth(&self, setting: &Setting<Settings>, choice: &SettingChoice) -> Worth {
        match setting.key {
            "ack" if self.view_acks() => Worth::Right,
            _ => choice.worth,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::{Free, SettingValue};

    #[test]
    fn every_value_of_a_setting_is_what_it_was_set_to() {
        for approach in Approach::ALL {
            for setting in Settings::table(approach) {
                let free = setting.free.map(|free| match free {
                    Free::Length { .. } => SettingValue::Length(7),
                    Free::Number { most, .. } => SettingValue::Number(most),
                });
                let choices = (0..setting.choices.len()).map(SettingValue::Choice);
                for value in choices.chain(free) {
                    let mut settings = Settings::of(approach);
                    let before = (setting.get)(&settings);
                    (setting.set)(&mut settings, value);
                    assert_eq!((setting.get)(&settings), value, "{}", setting.key);
                    assert_eq!(settings == Settings::of(approach), value == before);
                    assert_eq!(settings.approach(), approach, "{}", setting.key);
                }
            }
        }
    }

    #[test]
    fn what_a_strategy_begins_with_is_the_first_of_its_values_and_right() {
        for approach in Approach::ALL {
            for setting in Settings::table(approach).filter(|setting| !setting.choices.is_empty()) {
                let value = (setting.get)(&Settings::of(approach));
                assert_eq!(value, SettingValue::Choice(0), "{}", setting.key);
                assert_ne!(setting.choices[0].worth, Worth::Wrong, "{}", setting.key);
            }
        }
    }
}
