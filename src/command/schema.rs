//! `onceproof schema`: the format of scenarios, as JSON Schema for editors and as a reference for people; and the JSON
//! Schemas of a trace, of a comparison and of an explanation, for programs.

use crate::cli::{SchemaArgs, SchemaOf};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::explain::explanation_schema;
use onceproof::report::compare_json::schema as compare_schema;
use onceproof::report::trace_json::schema as trace_schema;
use onceproof::report::tune_json::schema as tune_schema;
use onceproof::scenario::{reference, schema as json_schema};

/// Prints the schema, or the reference, which is Markdown.
///
/// # Errors
/// None; the signature is that of a command.
pub fn schema(args: &SchemaArgs, is_markdown: bool, output: &mut Printer) -> Result<Ending, Error> {
    match (args.of, is_markdown) {
        (SchemaOf::Scenario, true) => output.text(&reference()),
        (SchemaOf::Scenario, false) => output.document(&json_schema()),
        (SchemaOf::Compare, _) => output.document(&compare_schema()),
        (SchemaOf::Tune, _) => output.document(&tune_schema()),
        (SchemaOf::Explain, _) => output.document(&explanation_schema()),
        (SchemaOf::Trace, _) => output.document(&trace_schema()),
    }
    Ok(Ending::AsExpected)
}
