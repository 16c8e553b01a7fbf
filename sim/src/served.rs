//! How results that are served before they are certain differ from those that are certain, and from what is right of all
//! the input: in numbers of records, cells and windows of one run, and in times. A cell is a result of an aggregate: a
//! key in a window. Where an aggregate counts over all keys its cells are the windows; else all cells are.

use crate::times::Times;
use onceproof_kernel::time::Time;
use std::cmp::Ordering;

/// Part of a number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fraction {
    /// The part. It may be more than the number.
    pub part: u64,
    /// The number.
    pub of: u64,
}

impl Fraction {
    /// In millionths, rounded down; nothing of nothing is 0.
    pub fn millionths(self) -> u64 {
        let Fraction { part, of } = self;
        let millionths = (u128::from(part) * 1_000_000).checked_div(of.into());
        millionths.unwrap_or(0).try_into().unwrap_or(u64::MAX)
    }

    /// What one number is more than another one, in millionths of a third, rounded to 0.
    pub(crate) fn signed(more: u64, less: u64, of: u64) -> i64 {
        let part = i128::from(more) - i128::from(less);
        let millionths = (part * 1_000_000).checked_div(of.into()).unwrap_or(0);
        millionths.try_into().unwrap_or(if part < 0 { i64::MIN } else { i64::MAX })
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Fraction) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fraction {}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        let [a, b, c, d] = [self.part, self.of, other.part, other.of].map(u128::from);
        (a * d.max(1)).cmp(&(c * b.max(1)))
    }
}

/// How what was served in one run differs. Of each cell, what is right is what all of the input comes to; what was served
/// is what was shown last before it was certain; what is certain is what stands in the end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ServedFigures {
    /// How many cells have records by right.
    pub cells: u64,
    /// How many cells have none, and were served all the same.
    pub phantom_cells: u64,
    /// How many records all cells have by right.
    pub records: u64,
    /// By how many records the worst cell was off when it was served, of those that it has by right. A record too many
    /// and one too few cancel each other.
    pub worst_net: Fraction,
    /// The same, where they do not.
    pub worst_gross: Fraction,
    /// By how many records all windows together were off when they were served, of those that they have by right.
    pub total: Fraction,
    /// Over all cells, in how many records what was served and what is certain differ.
    pub apart_records: u64,
    /// In how many cells they do.
    pub apart_cells: u64,
    /// In how many cells what is certain has another number of records than is right.
    pub wrong_cells: u64,
    /// How many windows have records by right.
    pub windows: u64,
    /// Of each window, how many records more are certain than were served, in millionths of those that are right.
    pub corrections: Vec<i64>,
    /// How often the sign of that changes from one window of a key to the next; windows without a correction are left
    /// out.
    pub sign_changes: u64,
    /// How many windows have one before them.
    pub neighbours: u64,
    /// Of each window, from its end until something of it was served; 0 if that was before.
    pub first_served: Times,
    /// Of each window that is right for good at any time: from its end until then; 0 if that was before.
    pub right: Times,
    /// How many windows never are.
    pub never_right: u64,
    /// Of each window that is certain in the end: from its end until then.
    pub certain: Times,
    /// How often what is served of a window changes after its end, over all windows.
    pub changes: u64,
    /// For how long nothing was served of a window that had been served, over all windows.
    pub unserved: u64,
    served_in_windows: u64,
    right_in_windows: u64,
}

impl ServedFigures {
    /// Adds a cell: how many records it has by right, as served, as certain; and the differences from served to right
    /// and to certain.
    pub(crate) fn add_cell(
        &mut self,
        [right, served, certain]: [u64; 3],
        from_right: u64,
        from_certain: u64,
    ) {
        let net = Fraction { part: served.abs_diff(right), of: right };
        self.cells += 1;
        self.records += right;
        self.worst_net = self.worst_net.max(net);
        self.worst_gross = self.worst_gross.max(Fraction { part: from_right, of: right });
        self.apart_records += from_certain;
        self.apart_cells += u64::from(from_certain > 0);
        self.wrong_cells += u64::from(certain != right);
    }

    /// Adds a window: how many records it has by right and as served, and how many a reader saw from which times on.
    pub(crate) fn add_window(
        &mut self,
        [right, served]: [u64; 2],
        seen: &[(Time, i64)],
        end: Time,
        certain: Option<Time>,
    ) {
        let after_end = |at: Time| at.0.saturating_sub(end.0).max(0) as u64;
        let is_right = |&(_, records): &(Time, i64)| i128::from(records) == i128::from(right);
        self.windows += 1;
        self.served_in_windows += served;
        self.right_in_windows += right;
        self.total = Fraction {
            part: self.served_in_windows.abs_diff(self.right_in_windows),
            of: self.right_in_windows,
        };
        if let Some(&(at, _)) = seen.iter().find(|(_, records)| *records != 0) {
            self.first_served.add(after_end(at));
        }
        // Before it is seen it has no records, and is not right.
        let wrong_until = seen.iter().rposition(|at| !is_right(at)).map_or(0, |at| at + 1);
        match seen.get(wrong_until) {
            Some(&(at, _)) => self.right.add(after_end(at)),
            None => self.never_right += 1,
        }
        if let Some(at) = certain {
            self.certain.add(after_end(at));
        }
        let mut before = 0;
        for &(at, records) in seen {
            self.changes += u64::from(records != before && at > end);
            before = records;
        }
    }

    /// Adds the corrections of the windows of one step and key, in order of time.
    pub(crate) fn correct(&mut self, corrections: &[i64]) {
        self.corrections.extend(corrections);
        let signs: Vec<i64> =
            corrections.iter().map(|correction| correction.signum()).filter(|&s| s != 0).collect();
        let changes = signs.windows(2).filter(|pair| pair[0] != pair[1]).count();
        self.sign_changes += changes as u64;
        self.neighbours += corrections.len().saturating_sub(1) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(right: u64, seen: &[(i64, i64)], certain: i64) -> ServedFigures {
        let seen: Vec<_> = seen.iter().map(|&(at, records)| (Time(at), records)).collect();
        let mut figures = ServedFigures::default();
        figures.add_window([right, right], &seen, Time(10), Some(Time(certain)));
        figures
    }

    fn first(times: &Times) -> Option<u64> {
        times.percentiles().map(|found| found.p50)
    }

    #[test]
    fn a_window_is_right_from_the_time_after_which_it_is_never_wrong() {
        // Right before its end, right again when it is certain.
        let figures = window(2, &[(3, 1), (4, 2), (40, 2)], 40);
        assert_eq!((first(&figures.right), figures.never_right, figures.changes), (Some(0), 0, 0));
        let figures = window(2, &[(3, 1), (4, 2), (20, 3), (40, 2)], 40);
        assert_eq!((first(&figures.right), first(&figures.certain)), (Some(30), Some(30)));
        assert_eq!((figures.changes, first(&figures.first_served)), (2, Some(0)));
        // Right while it was served, and wrong for good since it is certain.
        let figures = window(2, &[(4, 2), (40, 1)], 40);
        assert_eq!((figures.right.count(), figures.never_right, figures.changes), (0, 1, 1));
        assert_eq!(window(2, &[], 40).never_right, 1);
    }

    #[test]
    fn one_too_many_and_one_too_few_cancel_in_the_net_and_not_in_the_gross() {
        let mut figures = ServedFigures::default();
        figures.add_cell([4, 4, 4], 2, 2);
        figures.add_cell([10, 8, 9], 2, 1);
        assert_eq!(figures.worst_net, Fraction { part: 1, of: 5 });
        assert_eq!(figures.worst_gross, Fraction { part: 1, of: 2 });
        assert_eq!((figures.cells, figures.records, figures.wrong_cells), (2, 14, 1));
        assert_eq!((figures.apart_records, figures.apart_cells), (3, 2));
    }

    #[test]
    fn the_sign_of_a_correction_changes_between_the_windows_of_one_key() {
        let mut figures = ServedFigures::default();
        figures.correct(&[5, 0, -5, -1]);
        figures.correct(&[1, -1]);
        assert_eq!(
            (figures.sign_changes, figures.neighbours, figures.corrections.len()),
            (2, 4, 6)
        );
        assert_eq!(Fraction::signed(9, 10, 4), -250_000);
        assert_eq!(Fraction { part: 1, of: 3 }.millionths(), 333_333);
    }
}
