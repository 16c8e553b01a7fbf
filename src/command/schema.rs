//! `onceproof schema`: the format of scenarios, as JSON Schema for editors and as a reference for people; and the JSON
//! Schema of each document that a command prints with `--format json`, for programs.

use crate::cli::{SchemaArgs, SchemaOf};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::explain::explanation_schema;
use onceproof::report::{
    compare_json, exhaust_json, graph, matrix_json, necessity_json, run_json, shrink_json,
    sweep_json, test_json, trace_json, tune_json,
};
use onceproof::scenario::{reference, schema as scenario_schema};
use serde_json::Value;

/// Prints the schema, or the reference, which is Markdown.
///
/// # Errors
/// None; the signature is that of a command.
pub fn schema(args: &SchemaArgs, is_markdown: bool, output: &mut Printer) -> Result<Ending, Error> {
    match (args.of, is_markdown) {
        (SchemaOf::Scenario, true) => output.text(&reference()),
        (of, _) => output.document(&of_document(of)),
    }
    Ok(Ending::AsExpected)
}

fn of_document(of: SchemaOf) -> Value {
    match of {
        SchemaOf::Scenario => scenario_schema(),
        SchemaOf::Run => run_json::schema(),
        SchemaOf::Trace => trace_json::schema(),
        SchemaOf::Sweep => sweep_json::schema(),
        SchemaOf::Sweeps => sweep_json::sweeps_schema(),
        SchemaOf::Exhaust => exhaust_json::schema(),
        SchemaOf::Necessity => necessity_json::schema(),
        SchemaOf::NecessitySeeds => matrix_json::schema(),
        SchemaOf::Compare => compare_json::schema(),
        SchemaOf::Tune => tune_json::schema(),
        SchemaOf::Shrink => shrink_json::schema(),
        SchemaOf::Explain => explanation_schema(),
        SchemaOf::Test => test_json::test_schema(),
        SchemaOf::Check => test_json::check_schema(),
        SchemaOf::Graph => graph::schema(),
    }
}
