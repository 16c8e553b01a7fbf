//! On which lines a file states what it demands, for whoever shows there that it does not hold.

use super::stated::Figure;
use crate::scenario::Scenario;
use crate::scenario::form::raw;
use crate::scenario::form::raw::At;
use crate::scenario::wrong::diagnostic::Source;
use onceproof_kernel::layout::StepIndex;
use onceproof_systems::Design;
use std::collections::BTreeMap;

/// Something that a scenario file demands of its runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Demand {
    /// That all holds, or that these classes are found.
    Found,
    /// A figure of the ledger.
    Figure(Figure),
    /// How many rows of its data are left out.
    RowsSkipped,
    /// The results of a step.
    Results(StepIndex),
    /// That an exact fault fires, by its index.
    Fires(usize),
}

/// A demand that a scenario file makes and that is not met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unmet {
    /// Which.
    pub demand: Demand,
    /// What was expected and what was found, in words.
    pub words: String,
}

impl Unmet {
    /// That this demand is not met.
    pub fn new(demand: Demand, words: String) -> Unmet {
        Unmet { demand, words }
    }
}

/// The lines of a file on which its demands stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct DemandLines {
    /// The line of `expect`.
    expect: usize,
    /// Those of what has a line of its own.
    own: BTreeMap<Demand, usize>,
}

impl DemandLines {
    /// Those of a file that was read.
    pub fn of(source: &Source<'_>, file: &raw::File, design: &Design) -> DemandLines {
        let mut own = BTreeMap::new();
        let mut add = |demand, at: usize| {
            own.insert(demand, source.line(at));
        };
        for (index, fault) in file.fault.iter().enumerate() {
            add(Demand::Fires(index), fault.span.start);
        }
        if let raw::expect::Expect::Table(table) = &file.expect.value {
            let raw::expect::Table { holds, violates, rows_skipped, results, .. } = &**table;
            let found = raw::span(violates).or(raw::span(holds));
            found.into_iter().for_each(|span| add(Demand::Found, span.start));
            for (figure, given) in table.figures() {
                raw::span(given)
                    .into_iter()
                    .for_each(|span| add(Demand::Figure(figure), span.start));
            }
            raw::span(rows_skipped)
                .into_iter()
                .for_each(|span| add(Demand::RowsSkipped, span.start));
            for (At { value: name, span }, _) in results.iter().flat_map(|given| &given.value.0) {
                let step = design.layout().find(name);
                step.into_iter().for_each(|step| add(Demand::Results(step), span.start));
            }
        }
        DemandLines { expect: source.line(file.expect.span.start), own }
    }
}

impl Scenario {
    /// The line of its text on which it demands this, from 1; that of `expect` where no line says so by itself.
    pub fn line_of(&self, demand: Demand) -> usize {
        self.lines.own.get(&demand).copied().unwrap_or(self.lines.expect)
    }
}
