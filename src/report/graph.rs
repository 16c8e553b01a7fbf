//! The pipeline before and after optimization: its steps as the file states them; then its stages, with what
//! is fused into each, what is sent between them, and what is added up before it is sent.

mod document;

use super::table::fitted;
use crate::scenario::{given, given_settings};
use onceproof_kernel::layout::StepIndex;
use onceproof_model::function::Function;
use onceproof_model::micro_batch;
use onceproof_model::pipeline::{Edge, Step, StepKind};
use onceproof_systems::Design;

pub use document::{json, schema};

/// How a picture is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
}

/// Both as text.
pub fn text(design: &Design) -> String {
    let (before, after) = (edges(design), design.ways());
    let steps = design.pipeline().steps().len();
    let mut text =
        format!("before: {}, {}\n", count(steps, "step"), count(before.len(), "shuffle"));
    for (step, Step { name, from, .. }) in design.pipeline().numbered() {
        let from: Vec<&str> = from.iter().map(|&from| self::name(design, from)).collect();
        let from = if from.is_empty() { String::new() } else { format!(" of {}", from.join(", ")) };
        text += &format!("  {name}  {}{from}\n", what(design, step));
    }
    let stages = heads(design).count();
    let (stage, way) = words(design);
    text += &format!("\nafter: {}, {}\n", count(stages, stage), count(after.len(), way));
    for setting in settings_of(design) {
        text += &format!("    {setting}\n");
    }
    for head in heads(design) {
        let shards = count(design.layout().shards_of(head) as usize, "shard");
        text += &format!("  {}  {}, {shards}\n", name(design, head), what(design, head));
        for mechanism in mechanisms(design, head) {
            text += &format!("    {mechanism}\n");
        }
        for step in fused(design, head) {
            let from = name(design, design.pipeline().step(step).from[0]);
            text += &format!("    + {}  {} of {from}\n", name(design, step), what(design, step));
        }
        for edge in after.iter().filter(|edge| design.layout().head(edge.from) == head) {
            let by = match edge.from == head {
                true => String::new(),
                false => format!(" from {}", name(design, edge.from)),
            };
            let lifted = if is_lifted(design, edge) { ", partial aggregates" } else { "" };
            text += &format!("    -> {}{by}{lifted}\n", name(design, edge.to));
        }
    }
    fitted(&text)
}

/// Both as one picture: every step, the stages as frames; what is fused is dashed, what is lifted is named.
pub fn picture(design: &Design, picture: Picture) -> String {
    let mut text = match picture {
        Picture::Dot => "digraph pipeline {\n  rankdir=LR\n  node [shape=box]\n".to_owned(),
        Picture::Mermaid => "flowchart LR\n".to_owned(),
    };
    for head in heads(design) {
        let shards = count(design.layout().shards_of(head) as usize, "shard");
        text += &match picture {
            Picture::Dot => {
                format!("  subgraph cluster_{} {{\n    label=\"{shards}\"\n", head.0)
            }
            Picture::Mermaid => format!("  subgraph stage{}[\"{shards}\"]\n", head.0),
        };
        for step in members(design, head) {
            let label = format!("{} ({})", name(design, step), what(design, step));
            text += &match picture {
                Picture::Dot => {
                    format!("    s{} [label=\"{}\"]\n", step.0, escaped(&label, "\\\""))
                }
                Picture::Mermaid => {
                    format!("    s{}[\"{}\"]\n", step.0, escaped(&label, "#quot;"))
                }
            };
        }
        text += match picture {
            Picture::Dot => "  }\n",
            Picture::Mermaid => "  end\n",
        };
    }
    let is_fused = |step: StepIndex| design.layout().head(step) != step;
    let fused = edges(design).into_iter().filter(|edge| is_fused(edge.to));
    let mut drawn: Vec<Edge> = design.ways();
    drawn.extend(fused);
    drawn.sort_by_key(|edge| (edge.from, edge.to));
    for edge in drawn {
        let (from, to) = (edge.from.0, edge.to.0);
        text += &match (picture, is_fused(edge.to), is_lifted(design, &edge)) {
            (Picture::Dot, true, _) => format!("  s{from} -> s{to} [style=dashed]\n"),
            (Picture::Dot, false, true) => format!("  s{from} -> s{to} [label=\"partial\"]\n"),
            (Picture::Dot, false, false) => format!("  s{from} -> s{to}\n"),
            (Picture::Mermaid, true, _) => format!("  s{from} -.-> s{to}\n"),
            (Picture::Mermaid, false, true) => format!("  s{from} -->|partial| s{to}\n"),
            (Picture::Mermaid, false, false) => format!("  s{from} --> s{to}\n"),
        };
    }
    if picture == Picture::Dot {
        text += "}\n";
    }
    text
}

fn all(design: &Design) -> impl Iterator<Item = StepIndex> {
    design.layout().all().map(|(step, _)| step)
}

fn heads(design: &Design) -> impl Iterator<Item = StepIndex> {
    all(design).filter(|&step| design.layout().head(step) == step)
}

fn members(design: &Design, head: StepIndex) -> impl Iterator<Item = StepIndex> {
    all(design).filter(move |&step| design.layout().head(step) == head)
}

fn fused(design: &Design, head: StepIndex) -> Vec<StepIndex> {
    members(design, head).filter(|&step| step != head).collect()
}

fn edges(design: &Design) -> Vec<Edge> {
    let pipeline = design.pipeline();
    pipeline.numbered().flat_map(|(step, _)| pipeline.edges(step)).copied().collect()
}

/// What runs steps together, and what goes between that.
fn words(design: &Design) -> (&'static str, &'static str) {
    match design {
        Design::Dataflow(_) => ("stage", "shuffle"),
        Design::InMemory(_)
        | Design::Transactions(_)
        | Design::Snapshot(_)
        | Design::MicroBatch(_)
        | Design::Own(_) => ("process", "way"),
    }
}

/// The mechanisms of a stage that are not the default.
fn mechanisms(design: &Design, head: StepIndex) -> Vec<String> {
    match design {
        Design::Dataflow(design) => given(design.mechanism(head)),
        Design::MicroBatch(design) => tasks(design, head),
        Design::InMemory(_) | Design::Transactions(_) | Design::Snapshot(_) | Design::Own(_) => {
            Vec::new()
        }
    }
}

/// The tasks of the stage that begins with a step: how many, what they read, and how far what they make is the same in each
/// attempt.
fn tasks(design: &micro_batch::Design, head: StepIndex) -> Vec<String> {
    let stages = design.stages();
    let Some(at) = stages.iter().position(|stage| stage.head == head) else { return Vec::new() };
    let stage = &stages[at];
    let names = |of: &[StepIndex]| {
        let names: Vec<&str> = of.iter().map(|&step| design.layout.name(step)).collect();
        names.join(", ")
    };
    let tasks = count(design.layout.shards_of(head) as usize, "task");
    let mut told = vec![format!("stage {at}: {tasks}, {}", stage.level.word())];
    if !stage.parents.is_empty() {
        let heads: Vec<StepIndex> =
            stage.parents.iter().map(|&parent| stages[parent].head).collect();
        told.push(format!("reads files of {}", names(&heads)));
    }
    if !stage.tables.is_empty() {
        told.push(format!("makes results of {}", names(&stage.tables)));
    }
    told
}

/// The settings of all stages that are not the default.
fn settings_of(design: &Design) -> Vec<String> {
    design.settings().as_ref().map(given_settings).unwrap_or_default()
}

/// Whether outputs that go this way can be added up before they are sent: an aggregate takes them, and a
/// bundle, or one record, may make several.
fn is_lifted(design: &Design, edge: &Edge) -> bool {
    let Design::Dataflow(design) = design else { return false };
    let head = design.stages().head(edge.from);
    let (sender, receiver) = (design.mechanism(head), design.mechanism(edge.to));
    let is_aggregate = |step| design.pipeline.step(step).kind.windowing().is_some();
    let explodes = |&step: &StepIndex| match &design.pipeline.step(step).kind {
        StepKind::Map(Function::Explode { .. }) => true,
        StepKind::Map(function) => function.copies() > 1,
        _ => false,
    };
    let members = design.stages().members(head);
    // Every pane has a commit of its own.
    let has_bundles = sender.bundle.records > 1 && !is_aggregate(head);
    let has_several = has_bundles || members.iter().any(explodes);
    has_several && is_aggregate(edge.to) && receiver.lift.is_due(sender)
}

fn name(design: &Design, step: StepIndex) -> &str {
    design.layout().name(step)
}

fn what(design: &Design, step: StepIndex) -> &'static str {
    match design.pipeline().steps().get(step.at()) {
        Some(step) => step.kind.word(),
        None => "process",
    }
}

fn escaped(label: &str, quote: &str) -> String {
    label.replace('\\', "\\\\").replace('"', quote)
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number if what.ends_with('s') => format!("{number} {what}es"),
        number => format!("{number} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use std::path::Path;

    const FILE: &str = r#"
format = 1
name = "a graph"
claim = "It is drawn."
expect = "exactly-once"
[input]
records = [ { key = "ann", at = "0s" } ]
[[step]]
name = "events"
kind = "source"
[[step]]
name = "tag"
kind = "map"
fn = "identity"
[[step]]
name = "per-user"
kind = "count"
shards = 2
window = "1m"
[[step]]
name = "table"
kind = "sink"
from = "per-user"
[[step]]
name = "log"
kind = "sink"
from = "tag"
mechanism = { fuse = false, dedup = "off" }
[mechanism]
bundle = 10
"#;

    fn design() -> Design {
        let scenario = Scenario::parse(FILE, Path::new("a.toml"));
        let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
        scenario.trial.design
    }

    /// The tag joins its source and the table its count; the log says that it stays apart. What the tag sends
    /// to the count is added up.
    #[test]
    fn a_graph_as_text_shows_steps_then_stages() {
        let expected = "\
before: 5 steps, 4 shuffles
  events  source
  tag  map of events
  per-user  count of tag
  table  sink of per-user
  log  sink of tag

after: 3 stages, 2 shuffles
  events  source, 1 shard
    bundle = 10
    + tag  map of events
    -> per-user from tag, partial aggregates
    -> log from tag
  per-user  count, 2 shards
    bundle = 10
    + table  sink of per-user
  log  sink, 1 shard
    dedup = \"off\"
    bundle = 10
";
        assert_eq!(text(&design()), expected);
    }

    #[test]
    fn a_graph_as_a_picture_has_a_frame_for_each_stage() {
        let dot = picture(&design(), Picture::Dot);
        assert_eq!(dot.matches("subgraph cluster_").count(), 3, "{dot}");
        for line in [
            "  s0 -> s1 [style=dashed]\n",
            "  s1 -> s2 [label=\"partial\"]\n",
            "  s2 -> s3 [style=dashed]\n",
            "  s1 -> s4\n",
        ] {
            assert!(dot.contains(line), "{line} in {dot}");
        }
        let mermaid = picture(&design(), Picture::Mermaid);
        assert_eq!(mermaid.matches("subgraph stage").count(), 3, "{mermaid}");
        for line in ["  s0 -.-> s1\n", "  s1 -->|partial| s2\n", "  s1 --> s4\n"] {
            assert!(mermaid.contains(line), "{line} in {mermaid}");
        }
    }

    #[test]
    fn a_graph_as_a_document_names_every_edge() {
        let document = json(&design());
        assert_eq!(document["before"]["shuffles"].as_array().map(Vec::len), Some(4));
        assert_eq!(document["after"]["stages"][0]["fused"], serde_json::json!(["tag"]));
        let shuffle = serde_json::json!({ "from": "tag", "to": "per-user", "lifted": true });
        assert_eq!(document["after"]["shuffles"][0], shuffle);
    }
}
