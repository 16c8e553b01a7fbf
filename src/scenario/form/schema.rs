//! The JSON Schema of the format, for editors: made from the types that the reader uses.

use super::raw::File;

/// The JSON Schema of a scenario file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}
