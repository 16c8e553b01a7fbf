//! The parts of the mechanisms that have some.

use super::super::dedup::{Bloom, BucketBy, Rebuild, Shape};
use super::super::{Dedup, DedupWindow, Gc, Mechanism, UnknownOld, UpdatedAt};
use crate::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs, number_of};
use onceproof_kernel::retry::CommitRetry;
use onceproof_kernel::time::Nanos;

const NO_TIMEOUT: [&str; 2] = ["a time-out of 0", "no answer can come before it"];
const NO_BUCKET: [&str; 2] = ["a bucket of no length", "no timestamp is in it"];

/// A length that breaks nothing; `zero` is said of one that is 0.
const fn length(zero: Option<[&'static str; 2]>) -> Option<Free> {
    Some(Free::Length { about: "As long.", zero, may_break: false })
}

/// A length after which an id is forgotten: one that is too short is wrong.
const UNTIL_FORGOTTEN: Option<Free> =
    Some(Free::Length { about: "As long.", zero: None, may_break: true });

/// A number from 1 on that breaks nothing.
const fn number(most: u32) -> Option<Free> {
    Some(Free::Number { about: "As many.", least: 1, most, may_break: false })
}

fn or_follows(length: Option<Nanos>) -> SettingValue {
    length.map_or(SettingValue::Follows, SettingValue::Length)
}

/// Those of `retry`.
pub(super) static RETRY: &[Setting<Mechanism>] = &[
    Setting {
        key: "timeout",
        about: "How long the first send waits for its answer.",
        choices: &[],
        free: length(Some(NO_TIMEOUT)),
        get: |all| SettingValue::Length(all.retry.timeout),
        set: |all, value| all.retry.timeout = value.length().unwrap_or(all.retry.timeout),
    },
    Setting {
        key: "backoff",
        about: "What each further wait is multiplied by.",
        choices: &[],
        free: number(u32::MAX),
        get: |all| SettingValue::Number(all.retry.backoff),
        set: |all, value| all.retry.backoff = value.number().unwrap_or(all.retry.backoff),
    },
    Setting {
        key: "max",
        about: "The longest wait.",
        choices: &[],
        free: length(None),
        get: |all| SettingValue::Length(all.retry.max),
        set: |all, value| all.retry.max = value.length().unwrap_or(all.retry.max),
    },
];

/// Those of `commit-retry`. What is not given follows from how long a commit takes.
pub(super) static COMMIT_RETRY: &[Setting<Mechanism>] = &[
    Setting {
        key: "timeout",
        about: "How long the first send waits for its answer; where it is not given twice as long as a commit and its \
                answer take, and at least `30ms`.",
        choices: &[],
        free: length(Some(NO_TIMEOUT)),
        get: |all| or_follows(all.commit_retry.timeout),
        set: |all, value| all.commit_retry.timeout = value.length(),
    },
    Setting {
        key: "backoff",
        about: "What each further wait is multiplied by; 2 where it is not given.",
        choices: &[],
        free: number(u32::MAX),
        get: |all| {
            let CommitRetry { backoff, .. } = all.commit_retry;
            backoff.map_or(SettingValue::Follows, SettingValue::Number)
        },
        set: |all, value| all.commit_retry.backoff = value.number(),
    },
    Setting {
        key: "max",
        about: "The longest wait; `1s` where it is not given, or the time-out if that is longer.",
        choices: &[],
        free: length(Some(NO_TIMEOUT)),
        get: |all| or_follows(all.commit_retry.max),
        set: |all, value| all.commit_retry.max = value.length(),
    },
];

/// What filters there are, where some are.
fn shape(all: &Mechanism) -> Shape {
    match all.dedup {
        Dedup::Bloom(Bloom { shape, .. }) | Dedup::BloomOnly(shape) => shape,
        Dedup::Catalog | Dedup::Window(_) | Dedup::Off => Shape::default(),
    }
}

fn change_shape(all: &mut Mechanism, change: impl FnOnce(&mut Shape)) {
    match &mut all.dedup {
        Dedup::Bloom(Bloom { shape, .. }) | Dedup::BloomOnly(shape) => change(shape),
        Dedup::Catalog | Dedup::Window(_) | Dedup::Off => {}
    }
}

fn bloom(all: &Mechanism) -> Bloom {
    match all.dedup {
        Dedup::Bloom(bloom) => bloom,
        Dedup::Catalog | Dedup::BloomOnly(_) | Dedup::Window(_) | Dedup::Off => Bloom::default(),
    }
}

fn change_bloom(all: &mut Mechanism, change: impl FnOnce(&mut Bloom)) {
    if let Dedup::Bloom(bloom) = &mut all.dedup {
        change(bloom);
    }
}

values! {
    BUCKET_BY: BucketBy { Stamp, Arrival }
    UNKNOWN_OLD: UnknownOld { Accept, Drop }
    UPDATED_AT: UpdatedAt { Commit, Receive }
}

/// How many records of a range make its ids be read, where the scenario says nothing.
const THRESHOLD: u32 = 100;

/// Those of filters.
pub(super) static FILTERS: &[Setting<Mechanism>] = &[
    Setting {
        key: "bucket",
        about: "How long a range is.",
        choices: &[],
        free: length(Some(NO_BUCKET)),
        get: |all| SettingValue::Length(shape(all).bucket),
        set: |all, value| {
            change_shape(all, |shape| shape.bucket = value.length().unwrap_or(shape.bucket));
        },
    },
    Setting {
        key: "bits-per-id",
        about: "How many bits there are for each id that is expected.",
        choices: &[],
        free: number(64),
        get: |all| SettingValue::Number(shape(all).bits_per_id),
        set: |all, value| {
            change_shape(all, |shape| {
                shape.bits_per_id = value.number().unwrap_or(shape.bits_per_id);
            });
        },
    },
    Setting {
        key: "hashes",
        about: "How many bits an id sets.",
        choices: &[],
        free: number(32),
        get: |all| SettingValue::Number(shape(all).hashes),
        set: |all, value| {
            change_shape(all, |shape| shape.hashes = value.number().unwrap_or(shape.hashes));
        },
    },
    Setting {
        key: "expect",
        about: "How many ids are expected in a range.",
        choices: &[],
        free: number(10_000_000),
        get: |all| SettingValue::Number(shape(all).expect),
        set: |all, value| {
            change_shape(all, |shape| shape.expect = value.number().unwrap_or(shape.expect));
        },
    },
    Setting {
        key: "bucket-by",
        about: "Of `bloom`: what decides the range of a record.",
        choices: &[
            SettingChoice::right("stamp", "The timestamp that its sender gave it."),
            SettingChoice::wrong("arrival", "When it arrives. Wrong."),
        ],
        free: None,
        get: |all| number_of(BUCKET_BY, bloom(all).bucket_by),
        set: |all, value| change_bloom(all, |bloom| bloom.bucket_by = BUCKET_BY[value.choice()]),
    },
    Setting {
        key: "rebuild",
        about: "Of `bloom`: how filters come back after a restart.",
        choices: &[
            SettingChoice::right("scan", "The boot reads all ids."),
            SettingChoice::right(
                "lazy",
                "The ids of a range are read once so many of its records have come; until then all are looked up in \
                 the catalog.",
            ),
            SettingChoice::wrong(
                "none",
                "Not at all: an empty filter is taken for a complete one. Wrong.",
            ),
        ],
        free: None,
        get: |all| match bloom(all).rebuild {
            Rebuild::Scan => SettingValue::Choice(0),
            Rebuild::Lazy { .. } => SettingValue::Choice(1),
            Rebuild::Nothing => SettingValue::Choice(2),
        },
        set: |all, value| {
            let all_rebuilds =
                [Rebuild::Scan, Rebuild::Lazy { threshold: THRESHOLD }, Rebuild::Nothing];
            change_bloom(all, |bloom| bloom.rebuild = all_rebuilds[value.choice()]);
        },
    },
    Setting {
        key: "threshold",
        about: "Of `bloom` with `rebuild = \"lazy\"`: the record of a range that makes its ids be read; 100 where it \
                is not given.",
        choices: &[],
        free: number(u32::MAX),
        get: |all| match bloom(all).rebuild {
            Rebuild::Lazy { threshold } => SettingValue::Number(threshold),
            Rebuild::Scan | Rebuild::Nothing => SettingValue::Follows,
        },
        set: |all, value| {
            change_bloom(all, |bloom| match &mut bloom.rebuild {
                Rebuild::Lazy { threshold } => *threshold = value.number().unwrap_or(*threshold),
                Rebuild::Scan | Rebuild::Nothing => {}
            });
        },
    },
];

/// A window that remembers nothing: its length is always given.
pub(super) const NO_WINDOW: DedupWindow = DedupWindow {
    length: 0,
    refresh_on_hit: false,
    unknown_old: UnknownOld::Accept,
    updated_at: UpdatedAt::Commit,
};

fn window(all: &Mechanism) -> DedupWindow {
    match all.dedup {
        Dedup::Window(window) => window,
        Dedup::Catalog | Dedup::Bloom(_) | Dedup::BloomOnly(_) | Dedup::Off => NO_WINDOW,
    }
}

fn change_window(all: &mut Mechanism, change: impl FnOnce(&mut DedupWindow)) {
    if let Dedup::Window(window) = &mut all.dedup {
        change(window);
    }
}

const UNKNOWN_OLD_CHOICES: &[SettingChoice] = &[
    SettingChoice::right("accept", "It is taken. Wrong for a late retry."),
    SettingChoice::right("drop", "It is dropped and acked. Wrong for a late first delivery."),
];
const ABOUT_UNKNOWN_OLD: &str =
    "What becomes of a record that is not in the catalog and older than the catalog remembers.";

/// Those of a finite window.
pub(super) static WINDOW: &[Setting<Mechanism>] = &[
    Setting {
        key: "length",
        about: "How long an id is remembered.",
        choices: &[],
        free: UNTIL_FORGOTTEN,
        get: |all| SettingValue::Length(window(all).length),
        set: |all, value| {
            change_window(all, |window| window.length = value.length().unwrap_or(window.length));
        },
    },
    Setting {
        key: "refresh-on-hit",
        about: "Whether a duplicate makes its id young again.",
        choices: &[
            SettingChoice::right("", "It stays as old as it is.").written(WrittenAs::Bool(false)),
            SettingChoice::right("", "It does.").written(WrittenAs::Bool(true)),
        ],
        free: None,
        get: |all| number_of(&[false, true], window(all).refresh_on_hit),
        set: |all, value| change_window(all, |window| window.refresh_on_hit = value.choice() == 1),
    },
    Setting {
        key: "unknown-old",
        about: ABOUT_UNKNOWN_OLD,
        choices: UNKNOWN_OLD_CHOICES,
        free: None,
        get: |all| number_of(UNKNOWN_OLD, window(all).unknown_old),
        set: |all, value| {
            change_window(all, |window| window.unknown_old = UNKNOWN_OLD[value.choice()]);
        },
    },
    Setting {
        key: "updated-at",
        about: "When an id is written.",
        choices: &[
            SettingChoice::right("commit", "In the commit of the record's effects."),
            SettingChoice::wrong("receive", "When the record is received. Wrong."),
        ],
        free: None,
        get: |all| number_of(UPDATED_AT, window(all).updated_at),
        set: |all, value| {
            change_window(all, |window| window.updated_at = UPDATED_AT[value.choice()]);
        },
    },
];

/// Those of forgetting by age.
pub(super) static TTL: &[Setting<Mechanism>] = &[
    Setting {
        key: "ttl",
        about: "How long after its commit.",
        choices: &[],
        free: UNTIL_FORGOTTEN,
        get: |all| match all.gc {
            Gc::Ttl { ttl, .. } => SettingValue::Length(ttl),
            Gc::Watermark | Gc::Never => SettingValue::Length(0),
        },
        set: |all, value| {
            if let Gc::Ttl { ttl, .. } = &mut all.gc {
                *ttl = value.length().unwrap_or(*ttl);
            }
        },
    },
    Setting {
        key: "unknown-old",
        about: ABOUT_UNKNOWN_OLD,
        choices: UNKNOWN_OLD_CHOICES,
        free: None,
        get: |all| match all.gc {
            Gc::Ttl { unknown_old, .. } => number_of(UNKNOWN_OLD, unknown_old),
            Gc::Watermark | Gc::Never => SettingValue::Choice(0),
        },
        set: |all, value| {
            if let Gc::Ttl { unknown_old, .. } = &mut all.gc {
                *unknown_old = UNKNOWN_OLD[value.choice()];
            }
        },
    },
];
