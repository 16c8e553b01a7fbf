//! What came of the failures that were saved: in words where something is wrong, and as JSON.

use super::class_list;
use super::parts_json::path_text;
use crate::search::regressions::{Replay, Replayed};
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// What is wrong with a regression, if anything is.
pub fn regression_in_words(replayed: &Replayed) -> Option<String> {
    let path = replayed.path.display();
    match &replayed.result {
        Replay::Holds => None,
        Replay::Fails(classes) => {
            Some(format!("the regression {path} fails: {}", class_list(classes.iter())))
        }
        Replay::Inconclusive => Some(format!("the regression {path} is inconclusive")),
        Replay::Stale(why) => Some(format!("the regression {path} is stale: {}", why.trim_end())),
    }
}

/// A saved failure that was run again.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ReplayedPart<'a> {
    /// Its file.
    path: Cow<'a, str>,
    /// `holds`, `fails`, `inconclusive` or `stale`.
    result: &'static str,
    /// The classes in which it fails, with commas, if it does.
    classes: Option<String>,
    /// What is wrong, in words, if anything is.
    why: Option<String>,
}

impl ReplayedPart<'_> {
    /// The part that says what came of it.
    pub fn of(replayed: &Replayed) -> ReplayedPart<'_> {
        let (result, classes) = match &replayed.result {
            Replay::Holds => ("holds", None),
            Replay::Fails(classes) => ("fails", Some(class_list(classes.iter()))),
            Replay::Inconclusive => ("inconclusive", None),
            Replay::Stale(_) => ("stale", None),
        };
        ReplayedPart {
            path: path_text(&replayed.path),
            result,
            classes,
            why: regression_in_words(replayed),
        }
    }
}
