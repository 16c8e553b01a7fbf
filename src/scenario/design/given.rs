//! The mechanisms of a step that are not the default, as a scenario file writes them.

use onceproof_kernel::time::Span;
use onceproof_model::dataflow::mechanism::choices::MechanismChoice;
use onceproof_model::dataflow::mechanism::dedup::{
    Bloom, BucketBy, DedupWindow, Rebuild, Shape, UpdatedAt,
};
use onceproof_model::dataflow::mechanism::{
    CommitRetry, Dedup, Fuse, Gc, GiveUp, Mechanism, Retry, UnknownOld,
};

/// Those that differ from the default, each as `name = value`. How a step joins others is seen in the graph
/// itself, and is not among them.
pub fn given(mechanism: &Mechanism) -> Vec<String> {
    let Mechanism {
        retry,
        give_up,
        ack,
        dedup,
        gc,
        outputs,
        ids,
        stamps,
        atomic,
        re_ack,
        bundle,
        in_flight,
        commit_retry,
        fencing,
        fuse: Fuse::Together | Fuse::Apart,
        lift,
    } = *mechanism;
    let default = Mechanism::default();
    let mut given = Vec::new();
    if retry != default.retry {
        let Retry { timeout, backoff, max } = retry;
        let (timeout, max) = (Span(timeout), Span(max));
        given.push(format!(
            "retry = {{ timeout = \"{timeout}\", backoff = {backoff}, max = \"{max}\" }}"
        ));
    }
    given.extend(commit_retry_in_words(&commit_retry));
    match give_up {
        GiveUp::Never => {}
        GiveUp::After(sends) => given.push(format!("give-up = {sends}")),
    }
    let chosen = [
        chosen("ack", ack),
        chosen("outputs", outputs),
        chosen("ids", ids),
        chosen("atomic", atomic),
        chosen("re-ack", re_ack),
        chosen("stamps", stamps),
        chosen("fencing", fencing),
        chosen("lift", lift),
    ];
    given.extend(chosen.into_iter().flatten());
    given.extend(dedup_in_words(&dedup));
    given.extend(gc_in_words(gc));
    if bundle != default.bundle {
        given.push(format!("bundle = {}", bundle.records));
    }
    if in_flight != default.in_flight {
        given.push(format!("in-flight = {}", in_flight.requests));
    }
    given
}

fn chosen<T: MechanismChoice>(key: &str, value: T) -> Option<String> {
    (value != T::default()).then(|| format!("{key} = {}", value.written()))
}

fn commit_retry_in_words(commit_retry: &CommitRetry) -> Option<String> {
    let CommitRetry { timeout, backoff, max } = *commit_retry;
    let keys = [
        timeout.map(|timeout| format!("timeout = \"{}\"", Span(timeout))),
        backoff.map(|backoff| format!("backoff = {backoff}")),
        max.map(|max| format!("max = \"{}\"", Span(max))),
    ];
    let keys: Vec<String> = keys.into_iter().flatten().collect();
    (!keys.is_empty()).then(|| format!("commit-retry = {{ {} }}", keys.join(", ")))
}

/// How a duplicate is known, where it is not the default.
pub fn dedup_in_words(dedup: &Dedup) -> Option<String> {
    let table = |name: &str, keys: Vec<String>| match keys.is_empty() {
        true => format!("dedup = \"{name}\""),
        false => format!("dedup = {{ {name} = {{ {} }} }}", keys.join(", ")),
    };
    match *dedup {
        Dedup::Catalog => None,
        Dedup::Bloom(Bloom { shape, bucket_by, rebuild }) => {
            let mut keys = shape_in_words(&shape);
            match bucket_by {
                BucketBy::Stamp => {}
                BucketBy::Arrival => keys.push("bucket-by = \"arrival\"".to_owned()),
            }
            match rebuild {
                Rebuild::Scan => {}
                Rebuild::Lazy { threshold } => {
                    keys.push(format!("rebuild = \"lazy\", threshold = {threshold}"));
                }
                Rebuild::Nothing => keys.push("rebuild = \"none\"".to_owned()),
            }
            Some(table("bloom", keys))
        }
        Dedup::BloomOnly(shape) => Some(table("bloom-only", shape_in_words(&shape))),
        Dedup::Window(DedupWindow { length, refresh_on_hit, unknown_old, updated_at }) => {
            let mut keys = vec![format!("length = \"{}\"", Span(length))];
            if refresh_on_hit {
                keys.push("refresh-on-hit = true".to_owned());
            }
            keys.extend(unknown_old_in_words(unknown_old));
            match updated_at {
                UpdatedAt::Commit => {}
                UpdatedAt::Receive => keys.push("updated-at = \"receive\"".to_owned()),
            }
            Some(table("window", keys))
        }
        Dedup::Off => Some("dedup = \"off\"".to_owned()),
    }
}

fn shape_in_words(shape: &Shape) -> Vec<String> {
    let default = Shape::default();
    let mut keys = Vec::new();
    if shape.bucket != default.bucket {
        keys.push(format!("bucket = \"{}\"", Span(shape.bucket)));
    }
    let numbers = [
        ("bits-per-id", shape.bits_per_id, default.bits_per_id),
        ("hashes", shape.hashes, default.hashes),
        ("expect", shape.expect, default.expect),
    ];
    let given = numbers.into_iter().filter(|(_, given, default)| given != default);
    keys.extend(given.map(|(name, given, _)| format!("{name} = {given}")));
    keys
}

/// When ids are forgotten, where it is not the default.
pub fn gc_in_words(gc: Gc) -> Option<String> {
    match gc {
        Gc::Watermark => None,
        Gc::Never => Some("gc = \"never\"".to_owned()),
        Gc::Ttl { ttl, unknown_old } => {
            let mut keys = vec![format!("ttl = \"{}\"", Span(ttl))];
            keys.extend(unknown_old_in_words(unknown_old));
            Some(format!("gc = {{ {} }}", keys.join(", ")))
        }
    }
}

fn unknown_old_in_words(unknown_old: UnknownOld) -> Option<String> {
    match unknown_old {
        UnknownOld::Accept => None,
        UnknownOld::Drop => Some("unknown-old = \"drop\"".to_owned()),
    }
}
