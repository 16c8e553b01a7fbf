//! What a search or a sweep did not try, as JSON.

use super::share_json::number;
use super::untried::Untried;
use crate::figures::milliseconds;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;

/// What is remembered for a time that no faults outlast.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct UntriedPart {
    /// What is remembered: ids, insert ids or open transactions.
    memory: &'static str,
    /// The steps that remember it.
    steps: Vec<String>,
    /// For how long, in milliseconds.
    #[schemars(with = "f64")]
    kept_ms: Number,
    /// How long the faults keep anything back at most, in milliseconds.
    #[schemars(with = "f64")]
    kept_back_ms: Number,
}

impl UntriedPart {
    /// As JSON has it.
    pub fn of(untried: &Untried<'_>) -> UntriedPart {
        UntriedPart {
            memory: untried.memory(),
            steps: untried.steps().into_iter().map(str::to_owned).collect(),
            kept_ms: number(&milliseconds(untried.remembered.length)),
            kept_back_ms: number(&milliseconds(untried.kept_back)),
        }
    }
}
