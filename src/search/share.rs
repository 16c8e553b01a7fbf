//! How large a part of all runs is, as far as so many of them say. All is worked out from integers, so that it is the
//! same to the last digit everywhere.

/// So many runs of so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// How many runs are meant.
    pub part: u64,
    /// Of how many.
    pub of: u64,
}

/// A million parts of a million are all of it.
pub const MILLION: u64 = 1_000_000;

/// The square of the 97.5th percentile of the normal distribution, in millionths: 95 % are as near to the middle.
const SQUARE: u128 = 3_841_459;

impl Share {
    /// In millionths, rounded half up; 0 of nothing.
    pub fn millionths(self) -> u64 {
        let of = u128::from(self.of.max(1));
        narrow((u128::from(self.part) * u128::from(MILLION) * 2 + of) / (2 * of))
    }

    /// Between how many millionths of all seeds the share lies with a confidence of 95 %: Wilson's score interval,
    /// rounded to the outside. None if there was no run.
    pub fn interval(self) -> Option<(u64, u64)> {
        if self.of == 0 {
            return None;
        }
        let million = u128::from(MILLION);
        let (part, of) = (u128::from(self.part), u128::from(self.of));
        // With p = part / of, z² = SQUARE and n = of, the limits are those of
        // (2 n p + z² ± z √(z² + 4 n p (1 − p))) / (2 (n + z²)), here a million times above and below.
        let middle = 2 * part * million + SQUARE;
        let spread = part.saturating_mul(of - part).saturating_mul(4 * million) / of;
        let half = (SQUARE * (SQUARE + spread)).isqrt();
        let half_outside = if half * half < SQUARE * (SQUARE + spread) { half + 1 } else { half };
        let by = 2 * (of * million + SQUARE);
        let least = middle.saturating_sub(half_outside) * million / by;
        let most = ((middle + half_outside) * million).div_ceil(by);
        Some((narrow(least), narrow(most.min(million))))
    }
}

fn narrow(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_that_of_wilson() {
        // Worked out with a table: z² = 3.841459, z = 1.959964.
        let check = |part, of, least, most| {
            let found = Share { part, of }.interval().expect("there are runs");
            assert_eq!(found, (least, most), "{part} of {of}");
        };
        // z² / (n + z²) = 3.841459 / 1003.841459 = 0.00382676.
        check(0, 1000, 0, 3827);
        check(1000, 1000, 996_173, MILLION);
        // Symmetric about the half: 0.5 ± z √(z² + n) / (2 (n + z²)) = 0.5 ± 0.0961544 for n = 100.
        check(50, 100, 403_831, 596_169);
        // One run says little: it is 0 to 0.793451 or 0.206549 to 1.
        check(0, 1, 0, 793_451);
        check(1, 1, 206_549, MILLION);
        assert_eq!(Share { part: 0, of: 0 }.interval(), None);
    }

    #[test]
    fn a_share_lies_in_its_interval() {
        for of in [1, 2, 7, 100, 12_345, 1 << 40] {
            for part in [0, 1, of / 3, of / 2, of - 1, of] {
                let share = Share { part, of };
                let (least, most) = share.interval().expect("there are runs");
                let found = share.millionths();
                assert!(least <= found && found <= most && most <= MILLION, "{share:?}");
            }
        }
    }
}
