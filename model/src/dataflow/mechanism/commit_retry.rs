//! `commit-retry`: a commit that is not answered is sent again, unchanged, after a time-out that grows. Whether it
//! was applied is not known, so the store applies its number once. A time-out that does not follow from the
//! commit's own latency repeats what is only slow: at 30 ms and a store that is 2 s away, 133 times.

use super::retry::Retry;
use onceproof_kernel::time::{MILLISECOND, Nanos};

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
    use onceproof_kernel::time::SECOND;

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
