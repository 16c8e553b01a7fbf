//! On which lines a file states what it demands, for whoever shows there that it does not hold.

use super::stated::Figure;
use crate::scenario::Scenario;
use crate::scenario::form::raw;
use crate::scenario::form::raw::At;
use crate::scenario::wrong::diagnostic::Source;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_systems::Design;
use std::ops::Range;

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

/// Where the demands of a file stand in its text, in bytes. A line is counted for who asks: a file may have many faults,
/// and to count the line of each would take longer than to read them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct DemandPlaces {
    /// Where `expect` stands.
    expect: usize,
    /// Where that stands which has a place of its own.
    own: SortedMap<Demand, usize>,
}

impl DemandPlaces {
    /// Those of a file that was read.
    pub fn of(file: &raw::File, design: &Design) -> DemandPlaces {
        let faults = file.fault.iter().enumerate();
        let mut own: SortedMap<Demand, usize> =
            faults.map(|(index, fault)| (Demand::Fires(index), fault.span.start)).collect();
        if let raw::expect::Expect::Table(table) = &file.expect.value {
            let raw::expect::Table { holds, violates, rows_skipped, results, .. } = &**table;
            let mut add = |demand, span: Option<Range<usize>>| {
                own.extend(span.map(|span| (demand, span.start)));
            };
            add(Demand::Found, raw::span(violates).or(raw::span(holds)));
            add(Demand::RowsSkipped, raw::span(rows_skipped));
            for (figure, given) in table.figures() {
                add(Demand::Figure(figure), raw::span(given));
            }
            for (At { value: name, span }, _) in results.iter().flat_map(|given| &given.value.0) {
                if let Some(step) = design.layout().find(name) {
                    add(Demand::Results(step), Some(span.clone()));
                }
            }
        }
        DemandPlaces { expect: file.expect.span.start, own }
    }
}

impl Scenario {
    /// The line of its text on which it demands this, from 1; that of `expect` where nothing says so by itself.
    pub fn line_of(&self, demand: Demand) -> usize {
        let at = self.places.own.get(&demand).copied().unwrap_or(self.places.expect);
        Source { path: &self.path, text: &self.text }.line(at)
    }
}
