//! `[mechanism]`: the defaults, then what the file says, then what a step says.

use super::dedup::{dedup, unknown_old};
use crate::figures::exact;
use crate::scenario::form::raw::{At, Chosen, Strategy, span};
use crate::scenario::form::raw::{forgetting, mechanism as raw};
use crate::scenario::form::units::Duration;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use crate::scenario::wrong::explain::out_of_range;
use onceproof_kernel::time::Nanos;
use onceproof_model::dataflow::mechanism::{
    Bundle, CommitRetry, Dedup, Gc, GiveUp, InFlight, Mechanism, Retry,
};
use std::ops::{Range, RangeInclusive};

/// Makes a mechanism what was chosen, if anything was.
fn choose<T>(mechanism: &mut T, given: Option<Chosen<T>>) {
    if let Some(Chosen(value)) = given {
        *mechanism = value;
    }
}

/// A number within a range.
pub(in crate::scenario) fn number(
    source: &Source<'_>,
    what: &str,
    given: &At<u64>,
    range: RangeInclusive<u64>,
) -> Result<u32, Diagnostic> {
    match u32::try_from(given.value) {
        Ok(number) if range.contains(&given.value) => Ok(number),
        _ => Err(out_of_range(source, given.span.clone(), what, &range)),
    }
}

const ANY: RangeInclusive<u64> = 1..=u32::MAX as u64;

/// Mechanisms, and whether a longest wait was given for their retries. A time-out may then not exceed it;
/// else the longest wait grows with it.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Mechanisms {
    pub all: Mechanism,
    max_given: bool,
    strategy: Strategy,
}

impl Mechanisms {
    /// What a strategy has where the file says nothing.
    pub fn of(strategy: Strategy) -> Mechanisms {
        // Whoever has none of these mechanisms has them beside his own, to be compared with.
        let all = match strategy.keeps_ids() {
            true => Mechanism::default(),
            false => Mechanism { dedup: Dedup::Off, ..Mechanism::default() },
        };
        Mechanisms { all, max_given: false, strategy }
    }

    /// That the strategy has what a table says.
    fn check_strategy(self, source: &Source<'_>, table: &raw::Mechanism) -> Result<(), Diagnostic> {
        let (key, given) = match (&table.dedup, &table.gc) {
            (Some(dedup), _) => ("dedup", &dedup.span),
            (None, Some(gc)) => ("gc", &gc.span),
            (None, None) => return Ok(()),
        };
        if self.strategy.keeps_ids() {
            return Ok(());
        }
        let title = format!("`{}` has no `{key}`", self.strategy.word());
        let error = source.error(source.key_of(given), title);
        let help = "`strategy = \"dataflow\"` has ids, and forgets them";
        Err(error.label("it keeps no ids").help(help))
    }

    /// These mechanisms with those of a table over them.
    ///
    /// # Errors
    /// A value out of range.
    pub fn overlaid(
        mut self,
        source: &Source<'_>,
        table: Option<&raw::Mechanism>,
    ) -> Result<Mechanisms, Diagnostic> {
        let Some(table) = table else { return Ok(self) };
        self.check_strategy(source, table)?;
        let all = &mut self.all;
        choose(&mut all.ack, table.ack);
        choose(&mut all.outputs, table.outputs);
        choose(&mut all.ids, table.ids);
        choose(&mut all.stamps, table.stamps);
        choose(&mut all.atomic, table.atomic);
        choose(&mut all.re_ack, table.re_ack);
        choose(&mut all.fencing, table.fencing);
        choose(&mut all.fuse, table.fuse);
        choose(&mut all.lift, table.lift);
        if let Some(given) = &table.dedup {
            all.dedup = dedup(source, &given.value)?;
        }
        if let Some(At { value: gc, span }) = &table.gc {
            if let (Some(_), Dedup::Window(_) | Dedup::Off) = (&table.dedup, all.dedup) {
                let error = source.error(source.key_of(span), "a `gc` that forgets nothing");
                return Err(error.label("with this `dedup` there are no ids for it to forget"));
            }
            all.gc = match *gc {
                forgetting::Gc::Watermark => Gc::Watermark,
                forgetting::Gc::Never => Gc::Never,
                forgetting::Gc::Ttl(table) => {
                    Gc::Ttl { ttl: table.ttl.0, unknown_old: unknown_old(table.unknown_old) }
                }
            };
        }
        if let Some(records) = &table.bundle {
            all.bundle = Bundle { records: number(source, "bundle", records, 1..=100_000)? };
        }
        if let Some(requests) = &table.in_flight {
            all.in_flight =
                InFlight { requests: number(source, "in-flight", requests, 1..=1_000_000)? };
        }
        if let Some(sends) = &table.give_up {
            all.give_up = GiveUp::After(number(source, "give-up", sends, ANY)?);
        }
        if let Some(retry) = &table.retry {
            self.overlay_retry(source, retry, table.give_up.is_some())?;
        }
        if let Some(table) = &table.commit_retry {
            self.all.commit_retry = overlaid_commit_retry(source, table, self.all.commit_retry)?;
        }
        Ok(self)
    }

    fn overlay_retry(
        &mut self,
        source: &Source<'_>,
        table: &raw::Retry,
        give_up_is_given: bool,
    ) -> Result<(), Diagnostic> {
        let all = &mut self.all;
        if let Some(sends) = &table.give_up {
            if give_up_is_given {
                let key = source.key_of(&sends.span);
                return Err(source
                    .error(key, "`give-up` is given twice")
                    .label("it stands beside `retry` too"));
            }
            all.give_up = GiveUp::After(number(source, "give-up", sends, ANY)?);
        }
        if let Some(backoff) = &table.backoff {
            all.retry.backoff = number(source, "backoff", backoff, ANY)?;
        }
        if let Some(given) = &table.timeout {
            all.retry.timeout = timeout(source, given)?;
        }
        if let Some(max) = &table.max {
            all.retry.max = max.value.0;
            self.max_given = true;
        }
        if !self.max_given {
            all.retry.max = all.retry.max.max(all.retry.timeout);
        }
        let Retry { timeout, max, .. } = all.retry;
        check_longest(source, timeout, max, span(&table.max).or(span(&table.timeout)))
    }
}

fn overlaid_commit_retry(
    source: &Source<'_>,
    table: &raw::CommitRetry,
    below: CommitRetry,
) -> Result<CommitRetry, Diagnostic> {
    let mut all = below;
    if let Some(given) = &table.timeout {
        all.timeout = Some(timeout(source, given)?);
    }
    if let Some(backoff) = &table.backoff {
        all.backoff = Some(number(source, "backoff", backoff, ANY)?);
    }
    if let Some(max) = &table.max {
        all.max = Some(timeout(source, max)?);
    }
    if let (Some(timeout), Some(max)) = (all.timeout, all.max) {
        check_longest(source, timeout, max, span(&table.max).or(span(&table.timeout)))?;
    }
    Ok(all)
}

fn timeout(source: &Source<'_>, given: &At<Duration>) -> Result<Nanos, Diagnostic> {
    let At { value: Duration(timeout), span } = given;
    match timeout {
        0 => {
            let error = source.error(span.clone(), "a time-out of 0");
            Err(error.label("no answer can come before it"))
        }
        &timeout => Ok(timeout),
    }
}

/// That the longest wait is no shorter than the first, where one of them was given here.
fn check_longest(
    source: &Source<'_>,
    timeout: Nanos,
    max: Nanos,
    given: Option<Range<usize>>,
) -> Result<(), Diagnostic> {
    match given {
        Some(span) if max < timeout => Err(source
            .error(span, "the longest wait of a retry is below its time-out")
            .label(format!("`timeout` is {}, `max` is {}", exact(timeout), exact(max)))),
        Some(_) | None => Ok(()),
    }
}
