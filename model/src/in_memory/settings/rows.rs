//! The settings that a strategy has, a row each: those of the spouts, the acker and the bolts.

use super::{AckAt, Acks, Counts, Offsets, Settings, ViewRule};
use crate::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs, number_of};

pub(super) const YES: WrittenAs = WrittenAs::Bool(true);
pub(super) const NO: WrittenAs = WrittenAs::Bool(false);

const ACK: [AckAt; 2] = [AckAt::AfterSend, AckAt::OnReceipt];
const TRUE_FIRST: [bool; 2] = [true, false];
pub(super) const FALSE_FIRST: [bool; 2] = [false, true];
const EDGE_BITS: [u32; 2] = [64, 2];
const ACKS: [Acks; 2] = [Acks::Distinct, Acks::Sum];
const OFFSETS: [Offsets; 3] = [Offsets::Prefix, Offsets::Highest, Offsets::Emitted];
const VIEWS: [ViewRule; 3] = [ViewRule::Anchored, ViewRule::Newest, ViewRule::LastArrival];
const VIEWS_ALONE: [ViewRule; 2] = [ViewRule::Newest, ViewRule::LastArrival];
const COUNTS: [Counts; 2] = [Counts::Memory, Counts::Durable];

const NEWEST: &str = "The newest by life and number stands.";
const LAST_ARRIVAL: &str = "What comes last stands, and an older row may be late.";

/// Those of at-least-once alone.
pub(super) static TRACKED: &[Setting<Settings>] = &[
    Setting {
        key: "ack",
        about: "When a bolt acks a tuple.",
        choices: &[
            SettingChoice::right("after-send", "When it has applied it and passed it on."),
            SettingChoice::wrong(
                "on-receipt",
                "When its function has run, before others see anything of it.",
            ),
        ],
        free: None,
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
        free: None,
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
        free: None,
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
        free: None,
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
        free: None,
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
        free: None,
        get: |settings| number_of(&VIEWS, settings.view),
        set: |settings, value| settings.view = VIEWS[value.choice()],
    },
    Setting {
        key: "timeout",
        about: "How long a tree may take until its record is sent again.",
        choices: &[],
        free: Some(Free::Length {
            about: "Longer than all that a record goes through.",
            zero: Some(["`timeout` is 0", "it is at least 1ns"]),
            may_break: true,
        }),
        get: |settings| SettingValue::Length(settings.timeout),
        set: |settings, value| settings.timeout = value.length().unwrap_or(settings.timeout),
    },
];

/// That of best effort alone.
pub(super) static SEEN_ALONE: &[Setting<Settings>] = &[Setting {
    key: "view",
    about: "Which content of a result stands in the view.",
    choices: &[
        SettingChoice::right("newest", NEWEST),
        SettingChoice::wrong("last-arrival", LAST_ARRIVAL),
    ],
    free: None,
    get: |settings| number_of(&VIEWS_ALONE, settings.view),
    set: |settings, value| settings.view = VIEWS_ALONE[value.choice()],
}];

/// Those of both.
pub(super) static OF_BOTH: &[Setting<Settings>] = &[
    Setting {
        key: "counts",
        about: "Where counts are.",
        choices: &[
            SettingChoice::less("memory", "In the memory of a bolt, which a crash empties."),
            SettingChoice::right("durable", "In the store."),
        ],
        free: None,
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
        free: None,
        get: |settings| number_of(&FALSE_FIRST, settings.is_distinct),
        set: |settings, value| settings.is_distinct = FALSE_FIRST[value.choice()],
    },
    Setting {
        key: "keep",
        about: "How long after the end of its window a record is still counted.",
        choices: &[SettingChoice::right("forever", "However late it is.")],
        free: Some(Free::Length {
            about: "As long, by the greatest event time that the bolt has seen.",
            zero: None,
            may_break: true,
        }),
        get: |settings| settings.keep.map_or(SettingValue::Choice(0), SettingValue::Length),
        set: |settings, value| settings.keep = value.length(),
    },
];
