//! The settings of best effort and of at-least-once, each with the value that is right first.

use crate::setting::{Length, Setting, SettingChoice, SettingValue, Worth, WrittenAs};
use onceproof_kernel::time::{Nanos, SECOND};

/// Which of the two it is.
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
    /// Before it does anything.
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
}

impl Settings {
    /// What a strategy has where nothing is said.
    pub fn of(guarantee: Guarantee) -> Settings {
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
        }
    }

    /// The settings that a strategy has.
    pub fn table(guarantee: Guarantee) -> impl Iterator<Item = &'static Setting<Settings>> {
        let rows: [&'static [Setting<Settings>]; 2] = match guarantee {
            Guarantee::BestEffort => [SEEN_ALONE, OF_BOTH],
            Guarantee::AtLeastOnce => [TRACKED, OF_BOTH],
        };
        rows.into_iter().flatten()
    }

    /// What a value of a setting is worth beside the other settings. A bolt that acks on receipt does no harm where the
    /// view is a leaf of the tree: what it does not show is missed there.
    pub fn worth(&self, setting: &Setting<Settings>, choice: &SettingChoice) -> Worth {
        match setting.key {
            "ack" if self.view_acks() => Worth::Right,
            _ => choice.worth,
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

const YES: WrittenAs = WrittenAs::Bool(true);
const NO: WrittenAs = WrittenAs::Bool(false);

fn number_of<T: PartialEq>(all: &[T], value: T) -> SettingValue {
    SettingValue::Choice(all.iter().position(|other| *other == value).unwrap_or(all.len()))
}

const ACK: [AckAt; 2] = [AckAt::AfterSend, AckAt::OnReceipt];
const TRUE_FIRST: [bool; 2] = [true, false];
const FALSE_FIRST: [bool; 2] = [false, true];
const EDGE_BITS: [u32; 2] = [64, 2];
const ACKS: [Acks; 2] = [Acks::Distinct, Acks::Sum];
const OFFSETS: [Offsets; 3] = [Offsets::Prefix, Offsets::Highest, Offsets::Emitted];
const VIEWS: [ViewRule; 3] = [ViewRule::Anchored, ViewRule::Newest, ViewRule::LastArrival];
const VIEWS_ALONE: [ViewRule; 2] = [ViewRule::Newest, ViewRule::LastArrival];
const COUNTS: [Counts; 2] = [Counts::Memory, Counts::Durable];

const NEWEST: &str = "The newest by life and number stands.";
const LAST_ARRIVAL: &str = "What comes last stands, and an older row may be late.";

/// Those of at-least-once alone.
static TRACKED: &[Setting<Settings>] = &[
    Setting {
        key: "ack",
        about: "When a bolt acks a tuple.",
        choices: &[
            SettingChoice::right("after-send", "When it has applied it and passed it on."),
            SettingChoice::wrong("on-receipt", "Before it does anything with it."),
        ],
        length: None,
        get: |settings| number_of(&ACK, settings.ack),
        set: |settings, value| settings.ack = ACK[value.choice()],
    },
    Setting {
        key: "anchor",
        about: "Whether what a bolt passes on belongs to the tree of what it took.",
        choices: &[
            SettingChoice::right("", "The tree is open until that is acked, too.").written(YES),
            SettingChoice::wrong("", "The tree ends with what the spout sent.").written(NO),
        ],
        length: None,
        get: |settings| number_of(&TRUE_FIRST, settings.is_anchored),
        set: |settings, value| settings.is_anchored = TRUE_FIRST[value.choice()],
    },
    Setting {
        key: "edges",
        about: "How many bits the edges of a tree have.",
        choices: &[
            SettingChoice::right("", "No two edges are equal, and none is 0.")
                .written(WrittenAs::Number(64)),
            SettingChoice::wrong("", "One in four is 0, and completes a tree that is open.")
                .written(WrittenAs::Number(2)),
        ],
        length: None,
        get: |settings| number_of(&EDGE_BITS, settings.edge_bits),
        set: |settings, value| settings.edge_bits = EDGE_BITS[value.choice()],
    },
    Setting {
        key: "acks",
        about: "What the acker does with a message that comes twice.",
        choices: &[
            SettingChoice::right("distinct", "It takes each once."),
            SettingChoice::wrong("sum", "It adds it again, which takes it out of the sum."),
        ],
        length: None,
        get: |settings| number_of(&ACKS, settings.acks),
        set: |settings, value| settings.acks = ACKS[value.choice()],
    },
    Setting {
        key: "offsets",
        about: "Which offset a spout commits, to begin there after a crash.",
        choices: &[
            SettingChoice::right("prefix", "The first that is not complete."),
            SettingChoice::wrong("highest", "The one after the highest that is complete."),
            SettingChoice::wrong("emitted", "The one after what it is about to emit."),
        ],
        length: None,
        get: |settings| number_of(&OFFSETS, settings.offsets),
        set: |settings, value| settings.offsets = OFFSETS[value.choice()],
    },
    Setting {
        key: "view",
        about: "Which content of a result stands in the view.",
        choices: &[
            SettingChoice::right("anchored", "The newest, and the view acks it when it is there."),
            SettingChoice::wrong("newest", NEWEST),
            SettingChoice::wrong("last-arrival", LAST_ARRIVAL),
        ],
        length: None,
        get: |settings| number_of(&VIEWS, settings.view),
        set: |settings, value| settings.view = VIEWS[value.choice()],
    },
    Setting {
        key: "timeout",
        about: "How long a tree may take until its record is sent again.",
        choices: &[],
        length: Some(Length {
            about: "Longer than all that a record goes through.",
            may_be_zero: false,
        }),
        get: |settings| SettingValue::Length(settings.timeout),
        set: |settings, value| settings.timeout = value.length().unwrap_or(settings.timeout),
    },
];

/// That of best effort alone.
static SEEN_ALONE: &[Setting<Settings>] = &[Setting {
    key: "view",
    about: "Which content of a result stands in the view.",
    choices: &[
        SettingChoice::right("newest", NEWEST),
        SettingChoice::wrong("last-arrival", LAST_ARRIVAL),
    ],
    length: None,
    get: |settings| number_of(&VIEWS_ALONE, settings.view),
    set: |settings, value| settings.view = VIEWS_ALONE[value.choice()],
}];

/// Those of both.
static OF_BOTH: &[Setting<Settings>] = &[
    Setting {
        key: "counts",
        about: "Where counts are.",
        choices: &[
            SettingChoice::less("memory", "In the memory of a bolt, which a crash empties."),
            SettingChoice::right("durable", "In the store."),
        ],
        length: None,
        get: |settings| number_of(&COUNTS, settings.counts),
        set: |settings, value| settings.counts = COUNTS[value.choice()],
    },
    Setting {
        key: "distinct",
        about: "Whether a bolt counts a record that it knows by its id only once.",
        choices: &[
            SettingChoice::less("", "What is sent again counts again.").written(NO),
            SettingChoice::right("", "It keeps the ids beside its counts, where these are.")
                .written(YES),
        ],
        length: None,
        get: |settings| number_of(&FALSE_FIRST, settings.is_distinct),
        set: |settings, value| settings.is_distinct = FALSE_FIRST[value.choice()],
    },
    Setting {
        key: "keep",
        about: "How long after the end of its window a record is still counted.",
        choices: &[SettingChoice::right("forever", "However late it is.")],
        length: Some(Length {
            about: "As long, by the greatest event time that the bolt has seen.",
            may_be_zero: true,
        }),
        get: |settings| settings.keep.map_or(SettingValue::Choice(0), SettingValue::Length),
        set: |settings, value| settings.keep = value.length(),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_setting_is_what_it_was_set_to() {
        for guarantee in [Guarantee::BestEffort, Guarantee::AtLeastOnce] {
            for setting in Settings::table(guarantee) {
                let lengths = setting.length.map(|_| SettingValue::Length(7));
                let choices = (0..setting.choices.len()).map(SettingValue::Choice);
                for value in choices.chain(lengths) {
                    let mut settings = Settings::of(guarantee);
                    let before = (setting.get)(&settings);
                    (setting.set)(&mut settings, value);
                    assert_eq!((setting.get)(&settings), value, "{}", setting.key);
                    assert_eq!(settings == Settings::of(guarantee), value == before);
                }
            }
        }
    }

    #[test]
    fn what_a_strategy_begins_with_is_the_first_of_its_values_and_right() {
        for guarantee in [Guarantee::BestEffort, Guarantee::AtLeastOnce] {
            for setting in Settings::table(guarantee).filter(|setting| !setting.choices.is_empty())
            {
                let value = (setting.get)(&Settings::of(guarantee));
                assert_eq!(value, SettingValue::Choice(0), "{}", setting.key);
                assert_ne!(setting.choices[0].worth, Worth::Wrong, "{}", setting.key);
            }
        }
    }
}
