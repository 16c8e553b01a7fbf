//! Fixed windows of event time. A window `[start, end)` fires when the watermark reaches its end, and
//! again, as a late pane, for what comes within its lateness after that.

use onceproof_kernel::time::{Nanos, Time};

/// How an aggregate cuts event time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Windowing {
    /// The length of each window; at least 1 ns.
    pub length: Nanos,
    /// How long after a window's end a late record is still taken, measured by the watermark.
    pub lateness: Nanos,
}

impl Windowing {
    /// The start of the window that holds `at`.
    pub fn start(&self, at: Time) -> Time {
        let length = i64::try_from(self.length).unwrap_or(i64::MAX);
        Time(at.0.div_euclid(length).saturating_mul(length))
    }

    /// The end of the window that starts at `start`.
    pub fn end(&self, start: Time) -> Time {
        start.plus(self.length)
    }

    /// Whether a record of the window that starts at `start` comes too late under this watermark.
    pub fn is_late(&self, start: Time, watermark: Time) -> bool {
        self.end(start).plus(self.lateness) <= watermark
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::time::SECOND;

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let minute = Windowing { length: 60 * SECOND, lateness: 0 };
        let check = |at: i64, start: i64| assert_eq!(minute.start(Time(at)), Time(start));
        check(0, 0);
        check(59_999_999_999, 0);
        check(60_000_000_000, 60_000_000_000);
        check(-1, -60_000_000_000);
    }

    #[test]
    fn late_begins_where_the_watermark_reaches_end_and_lateness() {
        let windows = Windowing { length: 10, lateness: 5 };
        assert!(!windows.is_late(Time(0), Time(14)));
        assert!(windows.is_late(Time(0), Time(15)));
    }
}
