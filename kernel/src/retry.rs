//! `retry`: a request that is not answered is sent again, after a time-out that grows, until a success.
//! Only a success can be trusted: a time-out, a lost ack and an error may all hide a request that was
//! applied (*Streaming Systems*, ch. 5, "Ensuring Exactly Once in Shuffle").
//!
//! `commit-retry`: a commit that is not answered is sent again, unchanged, after a time-out that grows. Whether it
//! was applied is not known, so the store applies its number once. A time-out that does not follow from the
//! commit's own latency repeats what is only slow: at 30 ms and a store that is 2 s away, 133 times.

use crate::time::{MILLISECOND, Nanos, SECOND};

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

/// When an unanswered commit is sent again. What is not given follows from how long a commit takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CommitRetry {
    /// How long the first send waits for its answer.
    pub timeout: Option<Nanos>,
    /// What each further wait is multiplied by; at least 1.
    pub backoff: Option<u32>,
    /// The longest wait.
    pub max: Option<Nanos>,
}

impl CommitRetry {
    /// The waits where a commit takes so long each way. What is not given is as for requests, but a time-out
    /// leaves twice the time that a commit and its answer take.
    pub fn waits(&self, way: Nanos) -> Retry {
        let CommitRetry { timeout, backoff, max } = *self;
        let default = Retry::default();
        let follows = way.saturating_mul(4).max(30 * MILLISECOND);
        let timeout = timeout.unwrap_or(follows.min(max.unwrap_or(Nanos::MAX)));
        Retry {
            timeout,
            backoff: backoff.unwrap_or(default.backoff),
            max: max.unwrap_or(default.max).max(timeout),
        }
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

    #[test]
    fn a_time_out_follows_from_the_latency_of_commits() {
        let waits = |way| {
            let Retry { timeout, max, .. } = CommitRetry::default().waits(way);
            [timeout / MILLISECOND, max / MILLISECOND]
        };
        assert_eq!(waits(MILLISECOND), [30, 1000]);
        assert_eq!(waits(20 * MILLISECOND), [80, 1000]);
        assert_eq!(waits(2 * SECOND), [8000, 8000]);
    }

    #[test]
    fn what_is_given_stands() {
        let given = CommitRetry { timeout: None, backoff: Some(1), max: Some(5 * MILLISECOND) };
        let waits = given.waits(SECOND);
        assert_eq!(waits, Retry { timeout: 5 * MILLISECOND, backoff: 1, max: 5 * MILLISECOND });
        let given = CommitRetry { timeout: Some(3 * SECOND), ..CommitRetry::default() };
        assert_eq!(given.waits(1), Retry { timeout: 3 * SECOND, backoff: 2, max: 3 * SECOND });
    }
}
