//! What is done with the ids that a receiver keeps: the designs of `dedup` and of `gc`.

use super::super::dedup::{Bloom, Shape};
use super::super::{Dedup, Gc, Mechanism, UnknownOld};
use super::parts::{FILTERS, NO_WINDOW, TTL, WINDOW};
use super::{MechanismDesign, MechanismTry};
use crate::setting::{Setting, SettingChoice, SettingValue};

/// How a duplicate is known.
pub(super) const DEDUP: Setting<Mechanism> = Setting {
    key: "dedup",
    about: "How a duplicate is known.",
    choices: &[
        SettingChoice::right("catalog", "By the exact catalog of its key."),
        SettingChoice::right("bloom", "By filters in front of the catalog."),
        SettingChoice::wrong(
            "bloom-only",
            "By filters alone, which are read again by every boot. Wrong.",
        ),
        SettingChoice::wrong(
            "window",
            "By a catalog that forgets after a while. Wrong once a retry comes later.",
        ),
        SettingChoice::wrong("off", "Not at all. Wrong."),
    ],
    free: None,
    get: |all| {
        SettingValue::Choice(match all.dedup {
            Dedup::Catalog => 0,
            Dedup::Bloom(_) => 1,
            Dedup::BloomOnly(_) => 2,
            Dedup::Window(_) => 3,
            Dedup::Off => 4,
        })
    },
    set: |all, value| {
        let designs = [
            Dedup::Catalog,
            Dedup::Bloom(Bloom::default()),
            Dedup::BloomOnly(Shape::default()),
            Dedup::Window(NO_WINDOW),
            Dedup::Off,
        ];
        all.dedup = designs[value.choice()];
    },
};

const ABOUT_FILTERS: &str = "Filters, one per range of the senders' timestamps.";

/// Those of `dedup` that have parts.
pub(super) static DEDUP_DESIGNS: &[MechanismDesign] = &[
    MechanismDesign {
        choice: 1,
        name: "Filters",
        about: ABOUT_FILTERS,
        parts: FILTERS,
        needs_first: false,
    },
    MechanismDesign {
        choice: 2,
        name: "Filters",
        about: ABOUT_FILTERS,
        parts: FILTERS,
        needs_first: false,
    },
    MechanismDesign {
        choice: 3,
        name: "Window",
        about: "A finite window.",
        parts: WINDOW,
        needs_first: true,
    },
];

/// A time of 10 ms is shorter than any retry takes, and one of an hour longer; a filter of one bit is full with its
/// first record.
pub(super) const DEDUP_TRIES: &[MechanismTry] = &[
    MechanismTry::wrong("\"off\""),
    MechanismTry::wrong("{ window = \"10ms\" }"),
    MechanismTry::wrong("{ window = { length = \"10ms\", unknown-old = \"drop\" } }"),
    MechanismTry::wrong("{ window = { length = \"1h\", updated-at = \"receive\" } }"),
    MechanismTry::wrong("{ bloom-only = { bits-per-id = 1, hashes = 1, expect = 1 } }"),
    MechanismTry::wrong("{ bloom = { bucket = \"10ms\", bucket-by = \"arrival\" } }"),
    MechanismTry::wrong("{ bloom = { rebuild = \"none\" } }"),
    MechanismTry::right("\"bloom\""),
    MechanismTry::right(
        "{ bloom = { bucket = \"20ms\", bits-per-id = 3, hashes = 2, expect = 2 } }",
    ),
    MechanismTry::right("{ bloom = { bucket = \"20ms\", rebuild = \"lazy\", threshold = 4 } }"),
    MechanismTry::right("{ window = \"1h\" }"),
    MechanismTry::right("{ window = { length = \"1h\", refresh-on-hit = true } }"),
    MechanismTry::right("{ window = { length = \"1h\", unknown-old = \"drop\" } }"),
];

/// When an id is forgotten.
pub(super) const GC: Setting<Mechanism> = Setting {
    key: "gc",
    about: "When an id is forgotten.",
    choices: &[
        SettingChoice::right(
            "watermark",
            "When the system watermark of its sender has passed its stamp.",
        ),
        SettingChoice::wrong("never", "Never: catalogs grow without bound. Wrong."),
        SettingChoice::wrong("ttl", "By age. Wrong once a record comes later."),
    ],
    free: None,
    get: |all| {
        SettingValue::Choice(match all.gc {
            Gc::Watermark => 0,
            Gc::Never => 1,
            Gc::Ttl { .. } => 2,
        })
    },
    set: |all, value| {
        let forgetting = Gc::Ttl { ttl: 0, unknown_old: UnknownOld::Accept };
        all.gc = [Gc::Watermark, Gc::Never, forgetting][value.choice()];
    },
};

/// That of `gc` that has parts.
pub(super) static GC_DESIGNS: &[MechanismDesign] =
    &[MechanismDesign { choice: 2, name: "Ttl", about: "By age.", parts: TTL, needs_first: true }];

/// What is tried of `gc`, by the same times.
pub(super) const GC_TRIES: &[MechanismTry] = &[
    MechanismTry::wrong("\"never\""),
    MechanismTry::wrong("{ ttl = \"10ms\" }"),
    MechanismTry::wrong("{ ttl = \"10ms\", unknown-old = \"drop\" }"),
    MechanismTry::right("{ ttl = \"1h\" }"),
    MechanismTry::right("{ ttl = \"1h\", unknown-old = \"drop\" }"),
];
