//! The pipeline before and after optimization as JSON. What is written has the types of the schema.

use super::{edges, fused, heads, is_lifted, mechanisms, name, settings_of, what};
use crate::report::parts_json::{schema_of, value};
use onceproof_systems::Design;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The pipeline of a scenario.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.graph/1", deny_unknown_fields)]
struct GraphDocument<'a> {
    /// `onceproof.graph/1`.
    schema: &'static str,
    /// As the file states it.
    before: Before<'a>,
    /// As it is run.
    after: After<'a>,
}

/// The pipeline as a file states it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Before<'a> {
    /// Its steps.
    steps: Vec<StepPart<'a>>,
    /// What goes from one to another.
    shuffles: Vec<EdgePart<'a>>,
}

/// A step.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct StepPart<'a> {
    /// Its name.
    name: &'a str,
    /// Its kind.
    kind: &'static str,
}

/// What goes from one step to another.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct EdgePart<'a> {
    /// From which.
    from: &'a str,
    /// To which.
    to: &'a str,
}

/// The pipeline as it is run.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct After<'a> {
    /// The settings of its strategy that are not the default.
    settings: Vec<String>,
    /// What is run together.
    stages: Vec<StagePart<'a>>,
    /// What is sent from one to another.
    shuffles: Vec<WayPart<'a>>,
}

/// Steps that are run together.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct StagePart<'a> {
    /// The first of them.
    head: &'a str,
    /// In how many shards they run.
    shards: u32,
    /// The others.
    fused: Vec<&'a str>,
    /// The mechanisms that are not the default.
    mechanisms: Vec<String>,
}

/// What is sent from one step to another.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct WayPart<'a> {
    /// From which.
    from: &'a str,
    /// To which.
    to: &'a str,
    /// Whether it is added up before it is sent.
    lifted: bool,
}

/// Both as a document.
pub fn json(design: &Design) -> Value {
    let edges = edges(design);
    let edges = edges
        .iter()
        .map(|edge| EdgePart { from: name(design, edge.from), to: name(design, edge.to) });
    let steps = design.pipeline().numbered();
    let steps =
        steps.map(|(step, _)| StepPart { name: name(design, step), kind: what(design, step) });
    let stages = heads(design).map(|head| StagePart {
        head: name(design, head),
        shards: design.layout().shards_of(head),
        fused: fused(design, head).iter().map(|&step| name(design, step)).collect(),
        mechanisms: mechanisms(design, head),
    });
    let ways = design.ways();
    let ways = ways.iter().map(|edge| WayPart {
        from: name(design, edge.from),
        to: name(design, edge.to),
        lifted: is_lifted(design, edge),
    });
    value(&GraphDocument {
        schema: "onceproof.graph/1",
        before: Before { steps: steps.collect(), shuffles: edges.collect() },
        after: After {
            settings: settings_of(design),
            stages: stages.collect(),
            shuffles: ways.collect(),
        },
    })
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schema_of::<GraphDocument>()
}
