//! `onceproof schema`: the JSON Schema of the scenario format, for editors, or of a trace, for programs.

use crate::cli::{SchemaArgs, SchemaOf};
use crate::ending::{Ending, Error};
use crate::output::Output;

/// Prints the schema.
///
/// # Errors
/// None; the signature is that of a command.
pub fn schema(args: &SchemaArgs, output: &mut Output) -> Result<Ending, Error> {
    output.document(&match args.of {
        SchemaOf::Scenario => onceproof::scenario::schema(),
        SchemaOf::Trace => onceproof::report::trace_json::schema(),
    });
    Ok(Ending::AsExpected)
}
