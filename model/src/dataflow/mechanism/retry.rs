//! `retry`: a request that is not answered is sent again, after a time-out that grows, until a success.
//! Only a success can be trusted: a time-out, a lost ack and an error may all hide a request that was
//! applied (*Streaming Systems*, ch. 5, "Ensuring Exactly Once in Shuffle").

use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};

/// When an unanswered request is sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retry {
    /// How long the first send waits for its answer.
    pub timeout: Nanos,
    /// What each further wait is multiplied by; at least 1.
    pub backoff: u32,
    /// The longest wait.
    pub max: Nanos,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry { timeout: 30 * MILLISECOND, backoff: 2, max: SECOND }
    }
}

impl Retry {
    /// How long send number `attempt` (from 1) waits for its answer.
    pub fn wait(&self, attempt: u32) -> Nanos {
        let mut wait = self.timeout;
        for _ in 1..attempt {
            if wait >= self.max || self.backoff <= 1 {
                break;
            }
            wait = wait.saturating_mul(Nanos::from(self.backoff));
        }
        wait.min(self.max.max(self.timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry::default();
        let waits: Vec<Nanos> = (1..=8).map(|n| retry.wait(n) / MILLISECOND).collect();
        // 30 ms doubled, and cut at 1 s.
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1000, 1000]);
    }

    #[test]
    fn a_long_timeout_is_never_shortened() {
        let retry = Retry { timeout: 5 * SECOND, backoff: 2, max: SECOND };
        assert_eq!(retry.wait(1), 5 * SECOND);
        assert_eq!(retry.wait(4), 5 * SECOND);
    }
}
