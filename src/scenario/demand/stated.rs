//! The ledger that a scenario states beside what must be found: how many records are exact, lost and so on, and
//! what the results of a step are. So what was worked out by hand is checked, number by number.
//!
//! A stated ledger is that of each run. Where seeds draw the faults, a run that fails has another ledger than
//! one that holds. So beside `violates` only limits are allowed there, and results nowhere; and all runs of the
//! sweep are compared, so that no class that was found ends it. Whatever changes a scenario forgets what was
//! stated, since it was worked out for the file as it stood.

use crate::scenario::form::raw::At;
use crate::scenario::form::raw::expect as raw;
use crate::scenario::form::units::{Total, moment};
use crate::scenario::schedule::record::GLOBAL;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::wrong::explain::no_such;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{Span, Time};
use onceproof_model::pipeline::StepKind;
use onceproof_model::window::Windowing;
use onceproof_sim::outcome::{Class, LedgerFigures};
use onceproof_systems::Design;
use std::collections::BTreeMap;
use std::fmt;

/// A figure of the ledger that a scenario may state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Figure {
    /// How many source records are exact.
    Exact,
    /// How many are duplicated.
    Duplicated,
    /// The sum, over records, of the most reflections too many in any one step.
    Excess,
    /// How many are lost.
    Lost,
    /// How many are divergent.
    Divergent,
    /// How many are late.
    Late,
    /// How many are dead letters.
    DeadLettered,
}

impl Figure {
    /// All figures, in the order of the report.
    pub const ALL: [Figure; 7] = [
        Figure::Exact,
        Figure::Duplicated,
        Figure::Excess,
        Figure::Lost,
        Figure::Divergent,
        Figure::Late,
        Figure::DeadLettered,
    ];

    /// The key in a scenario file.
    pub fn word(self) -> &'static str {
        match self {
            Figure::Exact => "exact",
            Figure::Duplicated => "duplicated",
            Figure::Excess => "excess",
            Figure::Lost => "lost",
            Figure::Divergent => "divergent",
            Figure::Late => "late",
            Figure::DeadLettered => "dead-lettered",
        }
    }

    /// The figure of a ledger.
    pub fn of(self, ledger: &LedgerFigures) -> u64 {
        match self {
            Figure::Exact => ledger.exact,
            Figure::Duplicated => ledger.duplicated,
            Figure::Excess => ledger.excess,
            Figure::Lost => ledger.lost,
            Figure::Divergent => ledger.divergent,
            Figure::Late => ledger.late,
            Figure::DeadLettered => ledger.dead_lettered,
        }
    }

    /// The class of which there is a record exactly where this is not 0.
    fn class(self) -> Option<Class> {
        match self {
            Figure::Duplicated | Figure::Excess => Some(Class::Duplicated),
            Figure::Lost => Some(Class::Lost),
            Figure::Divergent => Some(Class::Divergent),
            Figure::Exact | Figure::Late | Figure::DeadLettered => None,
        }
    }
}

/// What a figure is stated to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// This number.
    Is(u64),
    /// At most this number, which is at least 1.
    AtMost(u64),
}

impl Bound {
    /// The most that is as stated.
    pub fn most(self) -> u64 {
        match self {
            Bound::Is(most) | Bound::AtMost(most) => most,
        }
    }

    /// Whether a figure is as stated.
    pub fn admits(self, found: u64) -> bool {
        match self {
            Bound::Is(stated) => found == stated,
            Bound::AtMost(most) => found <= most,
        }
    }
}

/// `2`, or `at most 2`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Is(stated) => stated.fmt(f),
            Bound::AtMost(most) => write!(f, "at most {most}"),
        }
    }
}

/// The totals of a step: of a key in the window that starts then, or over all its windows.
pub type Totals = BTreeMap<(String, Option<Time>), i128>;

/// What a scenario states of its ledger.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stated {
    /// The figures that are stated.
    pub figures: BTreeMap<Figure, Bound>,
    /// How many rows of csv files are left out.
    pub rows_skipped: Option<Bound>,
    /// The steps whose results are stated, each with all that it has.
    pub results: BTreeMap<StepIndex, Totals>,
}

/// What a stated ledger stands beside.
pub(in crate::scenario) struct Beside<'a> {
    pub source: &'a Source<'a>,
    pub design: &'a Design,
    /// The classes that must be found; none where all holds.
    pub violates: &'a [Class],
    /// Whether the seeds of a sweep draw the faults, so that there are many runs and many ledgers.
    pub is_swept: bool,
}

impl Beside<'_> {
    /// Reads what a table states of the ledger.
    ///
    /// # Errors
    /// What cannot be, beside what must be found, or in this pipeline.
    pub fn stated(&self, table: &raw::Table) -> Result<Stated, Diagnostic> {
        let mut stated = Stated::default();
        for (figure, given) in table.figures() {
            if let Some(given) = given {
                stated.figures.insert(figure, self.bound(figure, given)?);
            }
        }
        if let Some(given) = &table.rows_skipped {
            stated.rows_skipped = Some(self.limit("rows-skipped", given)?);
        }
        if let Some(results) = &table.results {
            stated.results = self.results(results)?;
        }
        Ok(stated)
    }

    fn limit(&self, word: &str, given: &At<raw::Figure>) -> Result<Bound, Diagnostic> {
        match &given.value {
            raw::Figure::Is(number) => Ok(Bound::Is(*number)),
            raw::Figure::AtMost(At { value: 0, span }) => {
                let error = self.source.error(span.clone(), "a limit that leaves nothing open");
                Err(error.label(format!("such as `{word} = 0`")))
            }
            raw::Figure::AtMost(most) => Ok(Bound::AtMost(most.value)),
        }
    }

    fn bound(&self, figure: Figure, given: &At<raw::Figure>) -> Result<Bound, Diagnostic> {
        let word = figure.word();
        let wrong = |title: String| self.source.error(given.span.clone(), title);
        let bound = self.limit(word, given)?;
        match figure.class() {
            Some(class) if self.violates.contains(&class) && bound == Bound::Is(0) => {
                let word = class.word();
                Err(wrong(format!("nothing is {word}, and `violates` says otherwise"))
                    .label("at least 1"))
            }
            Some(class) if self.violates.is_empty() && bound != Bound::Is(0) => {
                let word = class.word();
                Err(wrong(format!("what is {word} is not exactly-once"))
                    .label(format!("0, or `violates = \"{word}\"` beside it")))
            }
            _ if self.is_swept && !self.violates.is_empty() && matches!(bound, Bound::Is(_)) => {
                let error = wrong(format!("`{word}` differs from seed to seed"));
                Err(error.label("`{ at-most = … }`, or a `seed` for one run"))
            }
            _ => Ok(bound),
        }
    }

    fn results(
        &self,
        given: &At<raw::Entries<At<raw::Entries<Total>>>>,
    ) -> Result<BTreeMap<StepIndex, Totals>, Diagnostic> {
        if self.is_swept {
            let error = self.source.error(given.span.clone(), "results differ from seed to seed");
            return Err(error.label("of one run: with a `seed`, or without odds"));
        }
        if given.value.0.is_empty() {
            let error = self.source.error(given.span.clone(), "`results` names no step");
            return Err(error.label("such as `{ per-user = { ann = 2 } }`"));
        }
        let mut results = BTreeMap::new();
        for (name, totals) in &given.value.0 {
            let step = self.step(name)?;
            let windows = windows(self.design, step);
            let mut found = Totals::new();
            for (key, Total(total)) in &totals.value.0 {
                let place = self.place(step, key, &windows)?;
                if found.insert(place, *total).is_some() {
                    return Err(self
                        .source
                        .error(key.span.clone(), "a window that is stated twice"));
                }
            }
            results.insert(step, found);
        }
        Ok(results)
    }

    /// A step that has results.
    fn step(&self, name: &At<String>) -> Result<StepIndex, Diagnostic> {
        let layout = self.design.layout();
        let mut with_results = layout.all().filter(|(_, step)| step.results.is_some());
        if let Some(step) = layout.find(&name.value) {
            if with_results.any(|(other, _)| other == step) {
                return Ok(step);
            }
            let title = format!("{} has no results", quote(&name.value));
            let kind = &self.design.pipeline().step(step).kind;
            let error = self.source.error(name.span.clone(), title);
            return Err(match kind.has_results() {
                // What a task counts is its own until a sink has written it.
                true => error.label("with this strategy a sink after it has"),
                false => {
                    error.label(format!("it is a {}; a count, a sum or a sink has", kind.word()))
                }
            });
        }
        let known: Vec<&str> = with_results.map(|(step, _)| layout.name(step)).collect();
        Err(no_such(self.source, name.span.clone(), "step", &name.value, &known))
    }

    /// `ann`, or `ann@60s` in one window. A key may hold anything, also an `@`: what follows the last one is a
    /// window only if it reads as a time.
    fn place(
        &self,
        step: StepIndex,
        given: &At<String>,
        windows: &[Windowing],
    ) -> Result<(String, Option<Time>), Diagnostic> {
        let (key, start) = match given.value.rsplit_once('@') {
            None => (given.value.as_str(), None),
            Some((key, time)) => match moment(time) {
                Ok(start) => (key, Some(start)),
                Err(message) if message.contains("did you mean") => {
                    return Err(crate::scenario::wrong::explain::custom(
                        self.source,
                        given.span.clone(),
                        &message,
                    ));
                }
                Err(_) => (given.value.as_str(), None),
            },
        };
        let wrong = |title: String| self.source.error(given.span.clone(), title);
        let at = self.design.pipeline().step(step);
        if matches!(at.kind, StepKind::CountGlobally(_)) && key != GLOBAL {
            return Err(wrong(format!("the only key of a `count-globally` is `{GLOBAL}`")));
        }
        if let Some(start) = start {
            if windows.is_empty() {
                let error = wrong(format!("{} has no windows", quote(&at.name)));
                return Err(error.label("its rows are made of source records"));
            }
            if !windows.iter().any(|windows| windows.start(start) == start) {
                let lengths: Vec<String> =
                    windows.iter().map(|windows| Span(windows.length).to_string()).collect();
                let length = lengths.join(" or ");
                return Err(wrong(format!("no window of {length} starts at {start}")));
            }
        }
        Ok((key.to_owned(), start))
    }
}

/// The windows of an aggregate; of a sink, those of the aggregates whose panes come to it.
fn windows(design: &Design, step: StepIndex) -> Vec<Windowing> {
    let mut windows: Vec<Windowing> = Vec::new();
    let mut is_met = vec![false; design.pipeline().steps().len()];
    let mut waiting = vec![step];
    while let Some(step) = waiting.pop() {
        if std::mem::replace(&mut is_met[step.at()], true) {
            continue;
        }
        match design.pipeline().step(step).kind.windowing() {
            Some(found) if windows.iter().any(|other| other.length == found.length) => {}
            Some(&found) => windows.push(found),
            None => waiting.extend(&design.pipeline().step(step).from),
        }
    }
    windows
}
