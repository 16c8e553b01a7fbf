//! The pipeline before and after optimization: its steps as the file states them; then its stages, with what
//! is fused into each, what is sent between them, and what is added up before it is sent.

use super::table::fitted;
use crate::scenario::given;
use onceproof_kernel::layout::StepIndex;
use onceproof_model::function::Function;
use onceproof_model::pipeline::{Edge, Pipeline, Step, StepKind};
use serde_json::{Value, json};

/// How a picture is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
}

/// Both as text.
pub fn text(pipeline: &Pipeline) -> String {
    let (before, after) = (edges(pipeline), shuffles(pipeline));
    let steps = pipeline.steps().len();
    let mut text =
        format!("before: {}, {}\n", count(steps, "step"), count(before.len(), "shuffle"));
    for step in all(pipeline) {
        let Step { name, from, .. } = pipeline.step(step);
        let from: Vec<&str> = from.iter().map(|&from| self::name(pipeline, from)).collect();
        let from = if from.is_empty() { String::new() } else { format!(" of {}", from.join(", ")) };
        text += &format!("  {name}  {}{from}\n", what(pipeline, step));
    }
    let stages = heads(pipeline).count();
    text += &format!("\nafter: {}, {}\n", count(stages, "stage"), count(after.len(), "shuffle"));
    for head in heads(pipeline) {
        let stage = pipeline.step(head);
        let shards = count(stage.shards as usize, "shard");
        text += &format!("  {}  {}, {shards}\n", stage.name, what(pipeline, head));
        for mechanism in given(&stage.mechanism) {
            text += &format!("    {mechanism}\n");
        }
        for step in fused(pipeline, head) {
            let from = name(pipeline, pipeline.step(step).from[0]);
            text +=
                &format!("    + {}  {} of {from}\n", name(pipeline, step), what(pipeline, step));
        }
        for edge in after.iter().filter(|edge| pipeline.stages().head(edge.from) == head) {
            let by = match edge.from == head {
                true => String::new(),
                false => format!(" from {}", name(pipeline, edge.from)),
            };
            let lifted = if is_lifted(pipeline, edge) { ", partial aggregates" } else { "" };
            text += &format!("    -> {}{by}{lifted}\n", name(pipeline, edge.to));
        }
    }
    fitted(&text)
}

/// Both as a document.
pub fn json(pipeline: &Pipeline) -> Value {
    let edge =
        |edge: &Edge| json!({ "from": name(pipeline, edge.from), "to": name(pipeline, edge.to) });
    let step = |step: StepIndex| json!({ "name": name(pipeline, step), "kind": pipeline.step(step).kind.word() });
    let shuffle = |edge: &Edge| {
        json!({
            "from": name(pipeline, edge.from),
            "to": name(pipeline, edge.to),
            "lifted": is_lifted(pipeline, edge),
        })
    };
    let stage = |head: StepIndex| {
        json!({
            "head": name(pipeline, head),
            "shards": pipeline.step(head).shards,
            "fused": fused(pipeline, head).iter().map(|&step| name(pipeline, step)).collect::<Vec<_>>(),
            "mechanisms": given(&pipeline.step(head).mechanism),
        })
    };
    json!({
        "schema": "onceproof.graph/1",
        "before": {
            "steps": all(pipeline).map(step).collect::<Vec<_>>(),
            "shuffles": edges(pipeline).iter().map(edge).collect::<Vec<_>>(),
        },
        "after": {
            "stages": heads(pipeline).map(stage).collect::<Vec<_>>(),
            "shuffles": shuffles(pipeline).iter().map(shuffle).collect::<Vec<_>>(),
        },
    })
}

/// Both as one picture: every step, the stages as frames; what is fused is dashed, what is lifted is named.
pub fn picture(pipeline: &Pipeline, picture: Picture) -> String {
    let mut text = match picture {
        Picture::Dot => "digraph pipeline {\n  rankdir=LR\n  node [shape=box]\n".to_owned(),
        Picture::Mermaid => "flowchart LR\n".to_owned(),
    };
    for head in heads(pipeline) {
        let shards = count(pipeline.step(head).shards as usize, "shard");
        text += &match picture {
            Picture::Dot => {
                format!("  subgraph cluster_{} {{\n    label=\"{shards}\"\n", head.0)
            }
            Picture::Mermaid => format!("  subgraph stage{}[\"{shards}\"]\n", head.0),
        };
        for &step in pipeline.stages().members(head) {
            let label = format!("{} ({})", name(pipeline, step), what(pipeline, step));
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
    for edge in edges(pipeline) {
        let is_fused = pipeline.stages().is_fused(edge.to);
        let (from, to) = (edge.from.0, edge.to.0);
        text += &match (picture, is_fused, is_lifted(pipeline, &edge)) {
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

fn all(pipeline: &Pipeline) -> impl Iterator<Item = StepIndex> {
    (0..pipeline.steps().len()).map(|at| StepIndex(at as u16))
}

fn heads(pipeline: &Pipeline) -> impl Iterator<Item = StepIndex> {
    all(pipeline).filter(|&step| !pipeline.stages().is_fused(step))
}

fn fused(pipeline: &Pipeline, head: StepIndex) -> Vec<StepIndex> {
    pipeline.stages().members(head).iter().copied().filter(|&step| step != head).collect()
}

fn edges(pipeline: &Pipeline) -> Vec<Edge> {
    all(pipeline).flat_map(|step| pipeline.edges(step)).copied().collect()
}

fn shuffles(pipeline: &Pipeline) -> Vec<Edge> {
    all(pipeline).flat_map(|step| pipeline.stages().shuffles(step)).copied().collect()
}

/// Whether outputs that go this way can be added up before they are sent: an aggregate takes them, and a
/// bundle, or one record, may make several.
fn is_lifted(pipeline: &Pipeline, edge: &Edge) -> bool {
    let (sender, receiver) =
        (pipeline.step(pipeline.stages().head(edge.from)), pipeline.step(edge.to));
    let explodes = |&step: &StepIndex| {
        matches!(pipeline.step(step).kind, StepKind::Map(Function::Explode { .. }))
    };
    let members = pipeline.stages().members(pipeline.stages().head(edge.from));
    // Every pane has a commit of its own.
    let has_bundles = sender.mechanism.bundle.records > 1 && sender.kind.windowing().is_none();
    let has_several = has_bundles || members.iter().any(explodes);
    has_several
        && receiver.kind.windowing().is_some()
        && receiver.mechanism.lift.is_due(&sender.mechanism)
}

fn name(pipeline: &Pipeline, step: StepIndex) -> &str {
    &pipeline.step(step).name
}

fn what(pipeline: &Pipeline, step: StepIndex) -> &'static str {
    pipeline.step(step).kind.word()
}

fn escaped(label: &str, quote: &str) -> String {
    label.replace('\\', "\\\\").replace('"', quote)
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
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

    fn pipeline() -> Pipeline {
        let scenario = Scenario::parse(FILE, Path::new("a.toml"));
        scenario.unwrap_or_else(|error| panic!("{error}")).plan.pipeline
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
        assert_eq!(text(&pipeline()), expected);
    }

    #[test]
    fn a_graph_as_a_picture_has_a_frame_for_each_stage() {
        let dot = picture(&pipeline(), Picture::Dot);
        assert_eq!(dot.matches("subgraph cluster_").count(), 3, "{dot}");
        for line in [
            "  s0 -> s1 [style=dashed]\n",
            "  s1 -> s2 [label=\"partial\"]\n",
            "  s2 -> s3 [style=dashed]\n",
            "  s1 -> s4\n",
        ] {
            assert!(dot.contains(line), "{line} in {dot}");
        }
        let mermaid = picture(&pipeline(), Picture::Mermaid);
        assert_eq!(mermaid.matches("subgraph stage").count(), 3, "{mermaid}");
        for line in ["  s0 -.-> s1\n", "  s1 -->|partial| s2\n", "  s1 --> s4\n"] {
            assert!(mermaid.contains(line), "{line} in {mermaid}");
        }
    }

    #[test]
    fn a_graph_as_a_document_names_every_edge() {
        let document = json(&pipeline());
        assert_eq!(document["before"]["shuffles"].as_array().map(Vec::len), Some(4));
        assert_eq!(document["after"]["stages"][0]["fused"], serde_json::json!(["tag"]));
        let shuffle = serde_json::json!({ "from": "tag", "to": "per-user", "lifted": true });
        assert_eq!(document["after"]["shuffles"][0], shuffle);
    }
}
