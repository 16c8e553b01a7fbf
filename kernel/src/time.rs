//! Time as integers of nanoseconds. Nothing here reads a clock: the world outside says what time it
//! is, and everything that decides is an integer, so that a run is the same on every platform.

/// A length of time in nanoseconds.
pub type Nanos = u64;

/// One microsecond in nanoseconds.
pub const MICROSECOND: Nanos = 1_000;
/// One millisecond in nanoseconds.
pub const MILLISECOND: Nanos = 1_000_000;
/// One second in nanoseconds.
pub const SECOND: Nanos = 1_000_000_000;

/// A point in time in nanoseconds. Event times, arrivals, stamps and watermarks share one axis; its
/// zero is whatever the input says (unix time for a file, 0 s for records written by hand).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub i64);

impl Time {
    /// Before everything: the watermark of a sender that has promised nothing.
    pub const MIN: Time = Time(i64::MIN);
    /// After everything: the watermark at the end of the input.
    pub const MAX: Time = Time(i64::MAX);

    /// This point moved later by `by`, at most [`Time::MAX`]; [`Time::MIN`] stays where it is.
    pub fn plus(self, by: Nanos) -> Time {
        match self {
            Time::MIN => self,
            Time(at) => Time(at.saturating_add(i64::try_from(by).unwrap_or(i64::MAX))),
        }
    }

    /// This point moved earlier by `by`, at least [`Time::MIN`]; [`Time::MAX`] stays where it is.
    pub fn minus(self, by: Nanos) -> Time {
        match self {
            Time::MAX => self,
            Time(at) => Time(at.saturating_sub(i64::try_from(by).unwrap_or(i64::MAX))),
        }
    }

    /// In which step of this length the point lies, counted from zero.
    pub fn step_of(self, length: Nanos) -> i64 {
        self.0.div_euclid(i64::try_from(length).unwrap_or(i64::MAX))
    }

    /// One nanosecond earlier: the event time of a result is the end of its window less this.
    pub fn before(self) -> Time {
        self.minus(1)
    }
}

/// Written with the largest unit of `s`, `ms`, `us` and `ns` that divides it: `60s`, `1500ms`.
impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Time::MIN => write!(f, "-infinity"),
            Time::MAX => write!(f, "infinity"),
            Time(at) => {
                let sign = if at < 0 { "-" } else { "" };
                write!(f, "{sign}{}", Span(at.unsigned_abs()))
            }
        }
    }
}

/// A length of time that prints itself with its largest whole unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span(pub Nanos);

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (length, unit) = match self.0 {
            n if n % SECOND == 0 => (n / SECOND, "s"),
            n if n % MILLISECOND == 0 => (n / MILLISECOND, "ms"),
            n if n % MICROSECOND == 0 => (n / MICROSECOND, "us"),
            n => (n, "ns"),
        };
        write!(f, "{length}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_prints_its_largest_whole_unit() {
        let check = |nanos: i64, text: &str| assert_eq!(Time(nanos).to_string(), text);
        check(0, "0s");
        check(60_000_000_000, "60s");
        check(1_500_000_000, "1500ms");
        check(-2_000_000_000, "-2s");
        check(7, "7ns");
        check(2_000, "2us");
    }

    #[test]
    fn a_point_lies_in_the_step_that_began_last() {
        assert_eq!(
            [-6, -5, -1, 0, 4, 5, 12].map(|at| Time(at).step_of(5)),
            [-2, -1, -1, 0, 0, 1, 2]
        );
    }

    #[test]
    fn infinity_does_not_move() {
        assert_eq!(Time::MAX.minus(5), Time::MAX);
        assert_eq!(Time::MIN.plus(5), Time::MIN);
        assert_eq!(Time(3).plus(u64::MAX), Time::MAX);
    }
}
