//! Every value of every mechanism but the first, which is what holds where a scenario says nothing: the wrong
//! ones, and those that are right too and only cost more or less.
//!
//! Some values matter, or are right, only under another. Where outputs are recomputed, a function that answers
//! otherwise the second time is damage enough: it alone breaks a coin in nearly every seed. So `user-differs`
//! is left out there of the faults that are drawn, and what goes wrong is the value's own doing.
//! `ids = "fresh"` and `lift = "force"` are right under `checkpoint`, where an output is made once; `recompute`
//! is right where nothing but a fault makes an output differ.

use super::{Needs, Setting, Variant};
use onceproof_sim::fault::KindName;

const RECOMPUTE: &str = "outputs = \"recompute\"";
const RECOMPUTE_BUNDLES: &str = "outputs = \"recompute\", bundle = 4";
const DIFFERS: &[KindName] = &[KindName::UserDiffers];

/// Every wrong value. A time of 10 ms is shorter than any retry takes, and one of an hour longer; a filter of
/// one bit is full with its first record.
pub fn wrong() -> Vec<Variant> {
    vec![
        plain("give-up = 1"),
        plain("ack = \"on-receipt\""),
        plain("dedup = \"off\""),
        plain("dedup = { window = \"10ms\" }"),
        plain("dedup = { window = { length = \"10ms\", unknown-old = \"drop\" } }"),
        plain("dedup = { window = { length = \"1h\", updated-at = \"receive\" } }"),
        plain("dedup = { bloom-only = { bits-per-id = 1, hashes = 1, expect = 1 } }"),
        plain("dedup = { bloom = { bucket = \"10ms\", bucket-by = \"arrival\" } }"),
        plain("dedup = { bloom = { rebuild = \"none\" } }"),
        plain("gc = \"never\""),
        plain("gc = { ttl = \"10ms\" }"),
        plain("gc = { ttl = \"10ms\", unknown-old = \"drop\" }"),
        plain(RECOMPUTE),
        // Under checkpoint an output is made once, whatever its id.
        Variant { under: Some(RECOMPUTE), without: DIFFERS, ..plain("ids = \"fresh\"") },
        Variant { under: Some(RECOMPUTE), without: DIFFERS, ..plain("stamps = \"fresh\"") },
        // Under checkpoint a stamp is given anew only when an output is resent after a crash.
        Variant { is_rare: true, ..plain("stamps = \"fresh\"") },
        Variant { needs: Needs::Kind(KindName::ClockStep), ..plain("stamps = \"wall-clock\"") },
        plain("atomic = \"state-first\""),
        plain("atomic = \"id-first\""),
        plain("re-ack = false"),
        plain("fencing = false"),
        // Its bundles must be cut otherwise after a crash.
        Variant {
            under: Some(RECOMPUTE_BUNDLES),
            without: DIFFERS,
            is_rare: true,
            ..plain("lift = \"force\"")
        },
    ]
}

/// Every other value that is right, if at another cost.
pub fn right() -> Vec<Variant> {
    vec![
        // Shorter than the round trip, and longer than most faults.
        plain("retry = { timeout = \"5ms\", backoff = 1 }"),
        plain("retry = { timeout = \"2s\" }"),
        plain("commit-retry = { timeout = \"1ms\", backoff = 1 }"),
        plain("dedup = \"bloom\""),
        plain("dedup = { bloom = { bucket = \"20ms\", bits-per-id = 3, hashes = 2, expect = 2 } }"),
        plain("dedup = { bloom = { bucket = \"20ms\", rebuild = \"lazy\", threshold = 4 } }"),
        plain("dedup = { window = \"1h\" }"),
        plain("dedup = { window = { length = \"1h\", refresh-on-hit = true } }"),
        plain("dedup = { window = { length = \"1h\", unknown-old = \"drop\" } }"),
        plain("gc = { ttl = \"1h\" }"),
        plain("gc = { ttl = \"1h\", unknown-old = \"drop\" }"),
        repeatable(RECOMPUTE),
        repeatable(RECOMPUTE_BUNDLES),
        // What is durable before it is sent is made once.
        Variant {
            under: Some("outputs = \"checkpoint\""),
            needs: Needs::Offsets,
            ..plain("ids = \"fresh\"")
        },
        plain("bundle = 4"),
        plain("bundle = 16"),
        plain("in-flight = 1"),
        plain("fuse = false"),
        plain("lift = false"),
        // A bundle that is committed is cut once.
        Variant {
            under: Some("outputs = \"checkpoint\", bundle = 4"),
            ..plain("lift = \"force\"")
        },
    ]
}

fn plain(mechanism: &str) -> Variant {
    Variant::of(Setting::Mechanism(mechanism.to_owned()))
}

fn repeatable(mechanism: &str) -> Variant {
    Variant { without: DIFFERS, needs: Needs::Repeatable, ..plain(mechanism) }
}
