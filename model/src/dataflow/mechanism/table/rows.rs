//! The rows of the table, in the order in which they are read, shrunk and tried.

use super::super::{
    Ack, Atomic, Fencing, Fuse, GiveUp, Ids, Lift, Mechanism, Outputs, ReAck, Settle, Stamps,
};
use super::ids::{DEDUP, DEDUP_DESIGNS, DEDUP_TRIES, GC, GC_DESIGNS, GC_TRIES};
use super::parts::{COMMIT_RETRY, RETRY};
use super::{MechanismRow, MechanismRule, MechanismSteps, MechanismTakes, MechanismTry, TryNeeds};
use crate::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs, number_of};

const YES: WrittenAs = WrittenAs::Bool(true);
const NO: WrittenAs = WrittenAs::Bool(false);

const RECOMPUTE: &str = "outputs = \"recompute\"";
const CHECKPOINT: &str = "outputs = \"checkpoint\"";

values! {
    ACK: Ack { AfterCommit, OnReceipt }
    OUTPUTS: Outputs { Checkpoint, Recompute }
    IDS: Ids { Derived, Fresh }
    STAMPS: Stamps { Stable, Fresh, WallClock }
    ATOMIC: Atomic { Together, StateFirst, IdFirst }
    RE_ACK: ReAck { Always, Never }
    SETTLE: Settle { Alone, WithNext }
    FENCING: Fencing { Token, Off }
    FUSE: Fuse { Together, Apart }
    LIFT: Lift { Sure, Never, Force }
}

/// Every field has a row: the compiler asks when one is new.
const _: fn(Mechanism) = |Mechanism {
                              retry: _,
                              commit_retry: _,
                              give_up: _,
                              ack: _,
                              dedup: _,
                              gc: _,
                              outputs: _,
                              ids: _,
                              stamps: _,
                              atomic: _,
                              re_ack: _,
                              bundle: _,
                              in_flight: _,
                              settle: _,
                              fencing: _,
                              fuse: _,
                              lift: _,
                          }| {};

/// A setting that is the value of a field, one of these.
macro_rules! chosen {
    ($field:ident of $values:ident, $key:literal, $about:literal, [$($choice:expr),+ $(,)?]) => {
        Setting {
            key: $key,
            about: $about,
            choices: &[$($choice),+],
            free: None,
            get: |all| number_of($values, all.$field),
            set: |all, value| all.$field = $values[value.choice()],
        }
    };
}

/// A row of one value, told at this place.
const fn value(told: Option<u8>, setting: Setting<Mechanism>) -> MechanismRow {
    row(told, MechanismTakes::Value(setting), &[])
}

const fn row(
    told: Option<u8>,
    takes: MechanismTakes,
    tries: &'static [MechanismTry],
) -> MechanismRow {
    let steps = MechanismSteps::All;
    MechanismRow { takes, told, rule: None, is_of_ids: false, steps, tries }
}

const fn with_tries(row: MechanismRow, tries: &'static [MechanismTry]) -> MechanismRow {
    MechanismRow { tries, ..row }
}

pub(super) static TABLE: &[MechanismRow] = &[
    MechanismRow {
        rule: Some(MechanismRule::MaxGrows),
        ..row(
            Some(0),
            MechanismTakes::Parts {
                key: "retry",
                about: "When an unanswered request is sent again, and a function that failed runs again.",
                parts: RETRY,
                also: &["give-up"],
            },
            &[
                // Shorter than the round trip, and longer than most faults.
                MechanismTry::right("{ timeout = \"5ms\", backoff = 1 }"),
                MechanismTry::right("{ timeout = \"2s\" }"),
            ],
        )
    },
    MechanismRow {
        rule: Some(MechanismRule::MaxIsLongest),
        ..row(
            Some(1),
            MechanismTakes::Parts {
                key: "commit-retry",
                about: "When an unanswered commit is sent again.",
                parts: COMMIT_RETRY,
                also: &[],
            },
            &[MechanismTry::right("{ timeout = \"1ms\", backoff = 1 }")],
        )
    },
    with_tries(
        value(
            Some(2),
            Setting {
                key: "give-up",
                about: "After how many sends a sender gives up; never where it is not given.",
                choices: &[],
                free: Some(Free::Number {
                    about: "After as many. Wrong: what was lost stays lost.",
                    least: 1,
                    most: u32::MAX,
                    may_break: true,
                }),
                get: |all| match all.give_up {
                    GiveUp::Never => SettingValue::Follows,
                    GiveUp::After(sends) => SettingValue::Number(sends),
                },
                set: |all, value| all.give_up = value.number().map_or(GiveUp::Never, GiveUp::After),
            },
        ),
        &[MechanismTry::wrong("1")],
    )
    .at(MechanismSteps::Senders),
    value(
        Some(3),
        chosen!(ack of ACK, "ack", "When a record is acked.", [
            SettingChoice::right("after-commit", "When the commit of its effects is answered."),
            SettingChoice::wrong("on-receipt", "When it arrives. Wrong."),
        ]),
    )
    .at(MechanismSteps::Receivers),
    MechanismRow {
        rule: Some(MechanismRule::FiltersOfBloom),
        steps: MechanismSteps::Receivers,
        is_of_ids: true,
        ..row(
            Some(11),
            MechanismTakes::Designs { setting: DEDUP, designs: DEDUP_DESIGNS, is_named: true },
            DEDUP_TRIES,
        )
    },
    MechanismRow {
        rule: Some(MechanismRule::IdsToForget),
        steps: MechanismSteps::Receivers,
        is_of_ids: true,
        ..row(
            Some(12),
            MechanismTakes::Designs { setting: GC, designs: GC_DESIGNS, is_named: false },
            GC_TRIES,
        )
    },
    with_tries(
        value(
            Some(4),
            chosen!(
                outputs of OUTPUTS, "outputs", "Whether outputs are durable before they are sent.",
                [
                    SettingChoice::right("checkpoint", "Committed before they are sent."),
                    SettingChoice::wrong(
                        "recompute",
                        "Sent before anything is committed. Wrong for functions that are not deterministic.",
                    ),
                ]
            ),
        ),
        &[
            MechanismTry::wrong("\"recompute\""),
            MechanismTry::right("\"recompute\"").needs(TryNeeds::Repeatable).answers_alike(),
            MechanismTry::right("\"recompute\", bundle = 4")
                .needs(TryNeeds::Repeatable)
                .answers_alike(),
        ],
    )
    .at(MechanismSteps::Senders),
    with_tries(
        value(
            Some(5),
            chosen!(ids of IDS, "ids", "Where the ids of outputs come from.", [
                SettingChoice::right(
                    "derived",
                    "From the id of the input and the number of the output."
                ),
                SettingChoice::wrong("fresh", "New in each execution. Wrong."),
            ]),
        ),
        &[
            // Under checkpoint an output is made once, whatever its id.
            MechanismTry::wrong("\"fresh\"").under(RECOMPUTE).answers_alike(),
            // What is durable before it is sent is made once.
            MechanismTry::right("\"fresh\"").under(CHECKPOINT).needs(TryNeeds::Offsets),
        ],
    )
    .at(MechanismSteps::Senders),
    with_tries(
        value(
            Some(8),
            chosen!(stamps of STAMPS, "stamps", "Where the stamps of outputs come from.", [
                SettingChoice::right(
                    "stable",
                    "Strictly increasing and durable, or those of the inputs."
                ),
                SettingChoice::wrong(
                    "fresh",
                    "Given anew whenever an output is made or, after a restart, sent again. Wrong.",
                ),
                SettingChoice::wrong("wall-clock", "What the clock says. Wrong."),
            ]),
        ),
        &[
            MechanismTry::wrong("\"fresh\"").under(RECOMPUTE).answers_alike(),
            // Under checkpoint a stamp is given anew only when an output is resent after a crash.
            MechanismTry::wrong("\"fresh\"").rare(),
            MechanismTry::wrong("\"wall-clock\"").needs(TryNeeds::ClockSteps),
        ],
    )
    .at(MechanismSteps::Senders),
    value(
        Some(6),
        chosen!(
            atomic of ATOMIC, "atomic", "Whether id and state are committed in one commit.",
            [
                SettingChoice::right("", "In one.").written(YES),
                SettingChoice::wrong("state-first", "The id in a second one. Wrong."),
                SettingChoice::wrong("id-first", "State and outputs in a second one. Wrong."),
            ]
        ),
    )
    .at(MechanismSteps::Receivers),
    value(
        Some(7),
        chosen!(re_ack of RE_ACK, "re-ack", "Whether a duplicate is acked.", [
            SettingChoice::right("", "Like a record that was committed.").written(YES),
            SettingChoice::wrong("", "It is dropped in silence. Wrong.").written(NO),
        ]),
    )
    .at(MechanismSteps::Receivers),
    with_tries(
        value(
            Some(13),
            Setting {
                key: "bundle",
                about: "How many records share a commit.",
                choices: &[],
                free: Some(Free::Number {
                    about: "At most as many.",
                    least: 1,
                    most: 100_000,
                    may_break: false,
                }),
                get: |all| SettingValue::Number(all.bundle.records),
                set: |all, value| {
                    all.bundle.records = value.number().unwrap_or(all.bundle.records);
                },
            },
        ),
        &[MechanismTry::right("4"), MechanismTry::right("16")],
    ),
    with_tries(
        value(
            Some(14),
            Setting {
                key: "in-flight",
                about: "How many requests of a shard may be unacked.",
                choices: &[],
                free: Some(Free::Number {
                    about: "At most as many.",
                    least: 1,
                    most: 1_000_000,
                    may_break: false,
                }),
                get: |all| SettingValue::Number(all.in_flight.requests),
                set: |all, value| {
                    all.in_flight.requests = value.number().unwrap_or(all.in_flight.requests);
                },
            },
        ),
        &[MechanismTry::right("1")],
    )
    .at(MechanismSteps::Senders),
    MechanismRow {
        rule: Some(MechanismRule::OutputsToSettle),
        steps: MechanismSteps::Senders,
        ..with_tries(
            value(
                Some(15),
                chosen!(
                    settle of SETTLE, "settle", "By which commit an acked output is deleted.",
                    [
                        SettingChoice::right("alone", "By one of its own."),
                        SettingChoice::right(
                            "with-next",
                            "By the next one of its shard, or alone once nothing else is in work there.",
                        ),
                    ]
                ),
            ),
            // Where outputs are computed again, none is held.
            &[MechanismTry::right("\"with-next\"").under(CHECKPOINT)],
        )
    },
    value(
        Some(9),
        chosen!(
            fencing of FENCING, "fencing",
            "Whether the store refuses a commit of a worker that has lost its shard.",
            [
                SettingChoice::right("", "Refused, and its worker stops.").written(YES),
                SettingChoice::wrong("", "Applied like any other. Wrong.").written(NO),
            ]
        ),
    ),
    value(
        None,
        chosen!(
            fuse of FUSE, "fuse",
            "Whether a map or a sink runs in the stage of the step before it.",
            [
                SettingChoice::right("", "Where nothing else keeps it apart.").written(YES),
                SettingChoice::right("", "It is a stage of its own.").written(NO),
            ]
        ),
    )
    .at(MechanismSteps::Fusable),
    with_tries(
        value(
            Some(10),
            chosen!(
                lift of LIFT, "lift",
                "Whether partial aggregates for this aggregate are made before the shuffle.",
                [
                    SettingChoice::right("", "Where that is sure to be right.").written(YES),
                    SettingChoice::right("", "Nowhere: every record is sent.").written(NO),
                    SettingChoice::wrong(
                        "force",
                        "Everywhere. Wrong under `recompute` with bundles."
                    ),
                ]
            ),
        ),
        &[
            // Its bundles must be cut otherwise after a crash.
            MechanismTry::wrong("\"force\"")
                .under("outputs = \"recompute\", bundle = 4")
                .answers_alike()
                .rare(),
            MechanismTry::right("false"),
            // A bundle that is committed is cut once.
            MechanismTry::right("\"force\"").under("outputs = \"checkpoint\", bundle = 4"),
        ],
    )
    .at(MechanismSteps::Aggregates),
];
