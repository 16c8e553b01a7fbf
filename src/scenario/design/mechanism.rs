//! `[mechanism]`: the defaults, then what the file says, then what a step says. Which mechanisms there are says the table
//! of the model; here is what holds between them, or between their parts.

use crate::figures::exact;
use crate::scenario::form::raw::mechanism::{self as raw, Given, GivenParts};
use crate::scenario::form::raw::{At, GivenValue, Step, Strategy};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use crate::scenario::wrong::explain::out_of_range;
use onceproof_kernel::time::Nanos;
use onceproof_model::dataflow::mechanism::dedup::{Bloom, Rebuild};
use onceproof_model::dataflow::mechanism::table::{MechanismRow, MechanismRule, MechanismTakes};
use onceproof_model::dataflow::mechanism::{CommitRetry, Dedup, Fuse, Mechanism, Retry};
use onceproof_model::setting::{Free, Setting, SettingValue};
use std::ops::{Range, RangeInclusive};

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

    /// The mechanisms of a step. One that says how many shards it has wants its own placement, and one that needs a stable
    /// input its own commit behind a shuffle: neither is fused into the step before it.
    ///
    /// # Errors
    /// As those of [`Mechanisms::overlaid`].
    pub fn of_step(&self, source: &Source<'_>, step: &Step) -> Result<Mechanism, Diagnostic> {
        let mut mechanism = self.overlaid(source, step.mechanism.as_ref())?.all;
        let needs_stable_input = step.stable_input.as_ref().is_some_and(|at| at.value);
        if step.shards.is_some() || needs_stable_input {
            mechanism.fuse = Fuse::Apart;
        }
        Ok(mechanism)
    }

    /// These mechanisms with those of a table over them.
    ///
    /// # Errors
    /// A value out of range, or one that the strategy or another value forbids.
    pub fn overlaid(
        mut self,
        source: &Source<'_>,
        table: Option<&raw::Mechanism>,
    ) -> Result<Mechanisms, Diagnostic> {
        let Some(table) = table else { return Ok(self) };
        let rows = Mechanism::table().iter();
        let given: Vec<(&MechanismRow, &At<Given>)> =
            rows.filter_map(|row| Some((row, table.get(row.key())?))).collect();
        for (row, given) in &given {
            self.check_strategy(source, row, given)?;
        }
        for (row, given) in given {
            self.check_before(source, row, given, table)?;
            self.put(source, row, given)?;
            self.check_after(source, row, given)?;
        }
        Ok(self)
    }

    /// That the strategy has the mechanism.
    fn check_strategy(
        self,
        source: &Source<'_>,
        row: &MechanismRow,
        given: &At<Given>,
    ) -> Result<(), Diagnostic> {
        if !row.is_of_ids || self.strategy.keeps_ids() {
            return Ok(());
        }
        let title = format!("`{}` has no `{}`", self.strategy.word(), row.key());
        let error = source.error(source.key_of(&given.span), title);
        let help = "`strategy = \"dataflow\"` has ids, and forgets them";
        Err(error.label("it keeps no ids").help(help))
    }

    /// Makes a mechanism what is given.
    fn put(
        &mut self,
        source: &Source<'_>,
        row: &MechanismRow,
        given: &At<Given>,
    ) -> Result<(), Diagnostic> {
        match (&given.value, row.setting()) {
            (Given::Value(own), Some(setting)) => {
                let own = value(source, setting, *own, &given.span)?;
                (setting.set)(&mut self.all, own);
            }
            (Given::Design(choice, _), Some(setting)) => {
                (setting.set)(&mut self.all, SettingValue::Choice(*choice));
            }
            (Given::Value(_) | Given::Design(..), None) | (Given::Parts(_), _) => {}
        }
        for (part, At { value: own, span }) in &parts(given).0 {
            (part.set)(&mut self.all, value(source, part, *own, span)?);
        }
        Ok(())
    }

    /// What holds of all that is given, whatever its values.
    fn check_before(
        self,
        source: &Source<'_>,
        row: &MechanismRow,
        given: &At<Given>,
        table: &raw::Mechanism,
    ) -> Result<(), Diagnostic> {
        if let MechanismTakes::Parts { key, also, .. } = &row.takes {
            for other in also.iter().filter(|other| table.get(other).is_some()) {
                if let Some(span) = parts(given).span(other) {
                    let title = format!("`{other}` is given twice");
                    let error = source.error(source.key_of(&span), title);
                    return Err(error.label(format!("it stands beside `{key}` too")));
                }
            }
        }
        match (row.rule, &given.value) {
            (Some(MechanismRule::FiltersOfBloom), Given::Design(choice, given)) => {
                let setting = row.setting();
                let word = setting.map_or("", |setting| setting.choices[*choice].word());
                let own = ["bucket-by", "rebuild", "threshold"].iter();
                let own = own.filter_map(|key| given.span(key)).next();
                match own {
                    Some(span) if word == "bloom-only" => {
                        let title = format!("`{word}` does not have this");
                        let error = source.error(source.key_of(&span), title);
                        Err(error.label("only `bloom` has a choice here"))
                    }
                    Some(_) | None => Ok(()),
                }
            }
            // What a step is given lies over what the file has for all: that `dedup` leaves it nothing, either.
            (Some(MechanismRule::IdsToForget), ..) if row.is_idle(&self.all) => {
                let error = source.error(source.key_of(&given.span), "a `gc` that forgets nothing");
                let error = error.label("with this `dedup` there are no ids for it to forget");
                Err(error.help(use_of(row)))
            }
            _ => Ok(()),
        }
    }

    /// What holds between the values.
    fn check_after(
        &mut self,
        source: &Source<'_>,
        row: &MechanismRow,
        given: &At<Given>,
    ) -> Result<(), Diagnostic> {
        let (at, given) = (given.span.clone(), parts(given));
        let (timeout_at, max_at) = (given.span("timeout"), given.span("max"));
        match row.rule {
            Some(MechanismRule::FiltersOfBloom) => {
                match (self.all.dedup, given.span("threshold")) {
                    (Dedup::Bloom(Bloom { rebuild: Rebuild::Lazy { .. }, .. }), _) | (_, None) => {
                        Ok(())
                    }
                    (_, Some(span)) => {
                        let error = source
                            .error(source.key_of(&span), "a threshold that nothing waits for");
                        Err(error.label("only `rebuild = \"lazy\"` has one"))
                    }
                }
            }
            Some(MechanismRule::MaxGrows) => {
                self.max_given |= max_at.is_some();
                let retry = &mut self.all.retry;
                if !self.max_given {
                    retry.max = Retry::default().max.max(retry.timeout);
                }
                check_longest(source, retry.timeout, retry.max, max_at.or(timeout_at))
            }
            Some(MechanismRule::MaxIsLongest) => match self.all.commit_retry {
                CommitRetry { timeout: Some(timeout), max: Some(max), .. } => {
                    check_longest(source, timeout, max, max_at.or(timeout_at))
                }
                CommitRetry { .. } => Ok(()),
            },
            Some(MechanismRule::OutputsToSettle) if row.is_idle(&self.all) => {
                let error = source.error(source.key_of(&at), "a `settle` that deletes nothing");
                let label = "with `outputs = \"recompute\"` no output is held until it is acked";
                Err(error.label(label).help(use_of(row)))
            }
            Some(MechanismRule::OutputsToSettle | MechanismRule::IdsToForget) | None => Ok(()),
        }
    }
}

/// Which steps have something to do for a mechanism that has nothing to do at others.
pub(super) fn use_of(row: &MechanismRow) -> String {
    let with = match row.rule {
        Some(MechanismRule::OutputsToSettle) => ", with `outputs = \"checkpoint\"`",
        Some(MechanismRule::IdsToForget) => ", with `dedup = \"catalog\"` or with filters",
        Some(
            MechanismRule::MaxGrows | MechanismRule::MaxIsLongest | MechanismRule::FiltersOfBloom,
        )
        | None => "",
    };
    format!("it is of use to {}{with}", row.steps.words())
}

/// The parts that are given.
fn parts(given: &At<Given>) -> &GivenParts {
    static NONE: GivenParts = GivenParts(Vec::new());
    match &given.value {
        Given::Parts(parts) | Given::Design(_, parts) => parts,
        Given::Value(_) => &NONE,
    }
}

/// The value of a mechanism, or of a part of one.
fn value(
    source: &Source<'_>,
    part: &Setting<Mechanism>,
    given: GivenValue,
    span: &Range<usize>,
) -> Result<SettingValue, Diagnostic> {
    match (given, part.free) {
        (GivenValue::Choice(number), _) => Ok(SettingValue::Choice(number)),
        (GivenValue::Length(0), Some(Free::Length { zero: Some([title, beside]), .. })) => {
            Err(source.error(span.clone(), title).label(beside))
        }
        (GivenValue::Length(length), _) => Ok(SettingValue::Length(length)),
        (GivenValue::Number(value), free) => {
            let (least, most) = match free {
                Some(Free::Number { least, most, .. }) => (least, most),
                Some(Free::Length { .. }) | None => (0, u32::MAX),
            };
            let given = At { value, span: span.clone() };
            number(source, part.key, &given, least.into()..=most.into()).map(SettingValue::Number)
        }
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
