//! `dedup`: which of its designs, and the filters of those that have some.

use super::mechanism::number;
use crate::scenario::form::raw::{At, dedup as raw, forgetting, span};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use onceproof_model::dataflow::mechanism::dedup::{
    Bloom, BucketBy, Dedup, DedupWindow, Rebuild, Shape, UnknownOld, UpdatedAt,
};

/// How many records of a range make its ids be read, where the scenario says nothing.
const THRESHOLD: u32 = 100;

/// The design that is written.
///
/// # Errors
/// A value out of range, or one that the design does not have.
pub(in crate::scenario) fn dedup(
    source: &Source<'_>,
    given: &raw::Dedup,
) -> Result<Dedup, Diagnostic> {
    match given {
        raw::Dedup::Catalog => Ok(Dedup::Catalog),
        raw::Dedup::Bloom(filter) => bloom(source, filter).map(Dedup::Bloom),
        raw::Dedup::BloomOnly(filter) => {
            let raw::Filter { bucket_by, rebuild, threshold, .. } = filter;
            let not_its_own = span(bucket_by).or(span(rebuild)).or(span(threshold));
            if let Some(value) = not_its_own {
                let key = source.key_of(&value);
                return Err(source
                    .error(key, "`bloom-only` does not have this")
                    .label("only `bloom` has a choice here"));
            }
            shape(source, filter).map(Dedup::BloomOnly)
        }
        raw::Dedup::Window(forgetting::DedupWindow(window)) => Ok(Dedup::Window(DedupWindow {
            length: window.length.0,
            refresh_on_hit: window.refresh_on_hit,
            unknown_old: unknown_old(window.unknown_old),
            updated_at: match window.updated_at {
                forgetting::UpdatedAt::Commit => UpdatedAt::Commit,
                forgetting::UpdatedAt::Receive => UpdatedAt::Receive,
            },
        })),
        raw::Dedup::Off => Ok(Dedup::Off),
    }
}

/// What becomes of an unknown record that is older than ids are remembered.
pub(in crate::scenario) fn unknown_old(given: forgetting::UnknownOld) -> UnknownOld {
    match given {
        forgetting::UnknownOld::Accept => UnknownOld::Accept,
        forgetting::UnknownOld::Drop => UnknownOld::Drop,
    }
}

fn bloom(source: &Source<'_>, filter: &raw::Filter) -> Result<Bloom, Diagnostic> {
    let bucket_by = match filter.bucket_by.as_ref().map(|at| at.value) {
        None | Some(raw::BucketBy::Stamp) => BucketBy::Stamp,
        Some(raw::BucketBy::Arrival) => BucketBy::Arrival,
    };
    let threshold = match &filter.threshold {
        None => THRESHOLD,
        Some(threshold) => number(source, "threshold", threshold, 1..=u32::MAX.into())?,
    };
    let rebuild = match (filter.rebuild.as_ref().map(|at| at.value), &filter.threshold) {
        (Some(raw::Rebuild::Lazy), _) => Rebuild::Lazy { threshold },
        (_, Some(At { span, .. })) => {
            let key = source.key_of(span);
            return Err(source
                .error(key, "a threshold that nothing waits for")
                .label("only `rebuild = \"lazy\"` has one"));
        }
        (None | Some(raw::Rebuild::Scan), None) => Rebuild::Scan,
        (Some(raw::Rebuild::None), None) => Rebuild::Nothing,
    };
    Ok(Bloom { shape: shape(source, filter)?, bucket_by, rebuild })
}

fn shape(source: &Source<'_>, filter: &raw::Filter) -> Result<Shape, Diagnostic> {
    let mut shape = Shape::default();
    if let Some(bucket) = &filter.bucket {
        if bucket.value.0 == 0 {
            return Err(source
                .error(bucket.span.clone(), "a bucket of no length")
                .label("no timestamp is in it"));
        }
        shape.bucket = bucket.value.0;
    }
    if let Some(bits) = &filter.bits_per_id {
        shape.bits_per_id = number(source, "bits-per-id", bits, 1..=64)?;
    }
    if let Some(hashes) = &filter.hashes {
        shape.hashes = number(source, "hashes", hashes, 1..=32)?;
    }
    if let Some(ids) = &filter.expect {
        shape.expect = number(source, "expect", ids, 1..=10_000_000)?;
    }
    Ok(shape)
}
