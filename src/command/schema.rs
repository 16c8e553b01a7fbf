//! `onceproof schema`: the JSON Schema of the scenario format, for editors.

use crate::ending::{Ending, Error};
use crate::output::Output;

/// Prints the schema.
///
/// # Errors
/// None; the signature is that of a command.
pub fn schema(output: &mut Output) -> Result<Ending, Error> {
    output.document(&onceproof::scenario::schema());
    Ok(Ending::AsExpected)
}
