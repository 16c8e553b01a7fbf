//! What came of the failures that were saved: in words where something is wrong, and as JSON.

use super::class_list;
use crate::search::regressions::{Replay, Replayed};
use serde_json::{Value, json};

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

/// The same as JSON.
pub fn regression_json(replayed: &Replayed) -> Value {
    let (result, classes) = match &replayed.result {
        Replay::Holds => ("holds", None),
        Replay::Fails(classes) => ("fails", Some(class_list(classes.iter()))),
        Replay::Inconclusive => ("inconclusive", None),
        Replay::Stale(_) => ("stale", None),
    };
    json!({
        "path": replayed.path.to_string_lossy(),
        "result": result,
        "classes": classes,
        "why": regression_in_words(replayed),
    })
}
