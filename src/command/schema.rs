//! `onceproof schema`: the format of scenarios, as JSON Schema for editors and as a reference for people.

use crate::ending::{Ending, Error};
use crate::output::Output;
use onceproof::scenario::{reference, schema as json_schema};

/// Prints the schema, or the reference, which is Markdown.
///
/// # Errors
/// None; the signature is that of a command.
pub fn schema(is_markdown: bool, output: &mut Output) -> Result<Ending, Error> {
    match is_markdown {
        true => output.text(&reference()),
        false => output.document(&json_schema()),
    }
    Ok(Ending::AsExpected)
}
