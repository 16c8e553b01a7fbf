//! Parts of the JSON Schema of the format, for documents that have faults as a file states them.

use super::raw::fault::{Do, Fault};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// The JSON Schema of a `[[fault]]`, as part of another one.
pub(crate) fn fault_schema(generator: &mut SchemaGenerator) -> Schema {
    as_read::<Fault>(generator)
}

/// The JSON Schema of what stands after `do` in a `[[fault]]`, as part of another one.
pub(crate) fn kind_schema(generator: &mut SchemaGenerator) -> Schema {
    as_read::<Do>(generator)
}

/// What is read may leave out what a document that is written has always.
fn as_read<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let mut reading = SchemaGenerator::default();
    let schema = reading.subschema_for::<T>();
    generator.definitions_mut().extend(reading.take_definitions(true));
    schema
}
