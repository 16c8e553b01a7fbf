//! WholeUnits: what belongs together, such as all that a transaction writes into several logs. A process says of how many parts
//! a unit is when it asks for it to be seen; what readers see of it they see of rows, part by part. Seen in part once all
//! is over it is torn; what nobody asked for and is seen is a phantom.

use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::tell::WholeUnit;
use std::collections::BTreeMap;

/// All units of a run.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct WholeUnits {
    units: BTreeMap<WholeUnit, Parts>,
    /// Those of which readers saw some parts at a time when others were still to come.
    alone: Vec<WrongUnit>,
}

/// What is known of a unit.
#[derive(Clone, Copy, Debug, Default, Hash)]
struct Parts {
    /// How many parts it has, once that was asked for.
    intended: Option<u32>,
    seen: u32,
    /// Where the first part was seen that is about a record, and about which; and where one was meant to go.
    first: Option<(StepIndex, Name)>,
    meant: Option<(StepIndex, Name)>,
}

/// A unit that is not seen as it was meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct WrongUnit {
    /// Where a part of it is seen.
    pub step: StepIndex,
    /// The record that this is about.
    pub name: Name,
    /// How many parts are seen.
    pub seen: u32,
    /// Of how many; of none, if nobody asked for it.
    pub of: u32,
}

impl WholeUnits {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.units.clear();
        self.alone.clear();
    }

    /// A unit of so many parts is asked for.
    pub fn intends(&mut self, unit: WholeUnit, parts: u32, first: Option<(StepIndex, Name)>) {
        let of_unit = self.units.entry(unit).or_default();
        (of_unit.intended, of_unit.meant) = (Some(parts), first);
    }

    /// A part is seen.
    pub fn part(&mut self, unit: WholeUnit, step: StepIndex, name: Option<Name>) {
        let parts = self.units.entry(unit).or_default();
        parts.seen += 1;
        parts.first = parts.first.or(name.map(|name| (step, name)));
    }

    /// Some parts of a unit are seen while others are still to come, where a reader may look at any time.
    pub fn seen_alone(&mut self, unit: WrongUnit) {
        self.alone.push(unit);
    }

    /// The units that are seen in part, or were where they may not be for a while.
    pub fn torn(&self) -> impl Iterator<Item = WrongUnit> {
        let is_torn = |seen, of: Option<u32>| of.is_some_and(|of| (1..of).contains(&seen));
        self.wrong(is_torn).chain(self.alone.iter().copied())
    }

    /// The units that are seen, and that nobody asked for.
    pub fn unasked(&self) -> impl Iterator<Item = WrongUnit> {
        self.wrong(|seen, of| of.is_none() && seen > 0)
    }

    fn wrong(&self, is_wrong: fn(u32, Option<u32>) -> bool) -> impl Iterator<Item = WrongUnit> {
        let wrong = self.units.values().filter(move |parts| is_wrong(parts.seen, parts.intended));
        wrong.filter_map(|&Parts { intended, seen, first, meant }| {
            let (step, name) = first.or(meant)?;
            Some(WrongUnit { step, name, seen, of: intended.unwrap_or(0) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(intended: Option<u32>, seen: u32) -> WholeUnits {
        let mut units = WholeUnits::default();
        (0..seen).for_each(|_| units.part(WholeUnit(7), StepIndex(1), Some(Name(3))));
        intended.into_iter().for_each(|parts| units.intends(WholeUnit(7), parts, None));
        units
    }

    #[test]
    fn a_unit_is_torn_if_some_of_its_parts_are_seen_and_a_phantom_if_nobody_asked_for_it() {
        let check = |intended, seen, torn: Option<(u32, u32)>, unasked: Option<(u32, u32)>| {
            let units = units(intended, seen);
            let told = |wrong: WrongUnit| (wrong.seen, wrong.of);
            assert_eq!(units.torn().map(told).next(), torn, "{intended:?} {seen}");
            assert_eq!(units.unasked().map(told).next(), unasked, "{intended:?} {seen}");
        };
        check(Some(2), 0, None, None);
        check(Some(2), 1, Some((1, 2)), None);
        check(Some(2), 2, None, None);
        // Seen twice, a part is no torn unit: that its record counts twice is found where it counts.
        check(Some(2), 3, None, None);
        check(None, 1, None, Some((1, 0)));
    }
}
