//! An event of a trace as JSON: one document on a line. Its keys are a promise: more may be added, these stay. What
//! is written has the types of the schema, so that the one is what the other says.

mod document;
mod words;
mod convert;
mod told;
#[cfg(feature = "schema")]
mod told_schema;

use document::Document;
use onceproof_sim::trace::Seen;
use serde_json::Value;

/// The document of an event.
pub fn event_json(seen: &Seen<'_>) -> Value {
    serde_json::to_value(Document::of(seen)).expect("texts and numbers")
}

/// The JSON Schema of the documents of events.
#[cfg(feature = "schema")]
pub fn schema() -> Value {
    schemars::schema_for!(Document).to_value()
}
