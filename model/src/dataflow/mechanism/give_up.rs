//! `give-up`: a sender that stops after so many sends forgets a record that may never have arrived.

/// How many sends it takes to give up. A watermark that travels alone is never given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GiveUp {
    /// Until a success.
    #[default]
    Never,
    /// After so many sends without a success, at least 1. Wrong: what was lost stays lost.
    After(u32),
}

impl GiveUp {
    /// Whether a record that was sent `sends` times is given up.
    pub fn is_due(self, sends: u32) -> bool {
        match self {
            GiveUp::Never => false,
            GiveUp::After(limit) => sends >= limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sends_are_enough_for_two() {
        assert!(!GiveUp::After(2).is_due(1));
        assert!(GiveUp::After(2).is_due(2));
        assert!(!GiveUp::Never.is_due(u32::MAX));
    }
}
