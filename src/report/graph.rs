//! The pipeline before and after optimization: its steps as the file states them; then its stages, with what
//! is fused into each, what is sent between them, and what is added up before it is sent.

use super::table::fitted;
use crate::scenario::given;
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow::Design;
use onceproof_model::function::Function;
use onceproof_model::pipeline::{Edge, Step, StepKind};
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
pub fn text(design: &Design) -> String {
    let (before, after) = (edges(design), shuffles(design));
    let steps = design.pipeline.steps().len();
    let mut text =
        format!("before: {}, {}\n", count(steps, "step"), count(before.len(), "shuffle"));
    for step in all(design) {
        let Step { name, from, .. } = design.pipeline.step(step);
        let from: Vec<&str> = from.iter().map(|&from| self::name(design, from)).collect();
        let from = if from.is_empty() { String::new() } else { format!(" of {}", from.join(", ")) };
        text += &format!("  {name}  {}{from}\n", what(design, step));
    }
    let stages = heads(design).count();
    text += &format!("\nafter: {}, {}\n", count(stages, "stage"), count(after.len(), "shuffle"));
    for head in heads(design) {
        let stage = design.pipeline.step(head);
        let shards = count(design.layout.shards_of(head) as usize, "shard");
        text += &format!("  {}  {}, {shards}\n", stage.name, what(design, head));
        for mechanism in given(design.mechanism(head)) {
            text += &format!("    {mechanism}\n");
        }
        for step in fused(design, head) {
            let from = name(design, design.pipeline.step(step).from[0]);
            text += &format!("    + {}  {} of {from}\n", name(design, step), what(design, step));
        }
        for edge in after.iter().filter(|edge| design.stages().head(edge.from) == head) {
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

/// Both as a document.
pub fn json(design: &Design) -> Value {
    let edge =
        |edge: &Edge| json!({ "from": name(design, edge.from), "to": name(design, edge.to) });
    let step = |step: StepIndex| json!({ "name": name(design, step), "kind": design.pipeline.step(step).kind.word() });
    let shuffle = |edge: &Edge| {
        json!({
            "from": name(design, edge.from),
            "to": name(design, edge.to),
            "lifted": is_lifted(design, edge),
        })
    };
    let stage = |head: StepIndex| {
        json!({
            "head": name(design, head),
            "shards": design.layout.shards_of(head),
            "fused": fused(design, head).iter().map(|&step| name(design, step)).collect::<Vec<_>>(),
            "mechanisms": given(design.mechanism(head)),
        })
    };
    json!({
        "schema": "onceproof.graph/1",
        "before": {
            "steps": all(design).map(step).collect::<Vec<_>>(),
            "shuffles": edges(design).iter().map(edge).collect::<Vec<_>>(),
        },
        "after": {
            "stages": heads(design).map(stage).collect::<Vec<_>>(),
            "shuffles": shuffles(design).iter().map(shuffle).collect::<Vec<_>>(),
        },
    })
}

/// Both as one picture: every step, the stages as frames; what is fused is dashed, what is lifted is named.
pub fn picture(design: &Design, picture: Picture) -> String {
    let mut text = match picture {
        Picture::Dot => "digraph pipeline {\n  rankdir=LR\n  node [shape=box]\n".to_owned(),
        Picture::Mermaid => "flowchart LR\n".to_owned(),
    };
    for head in heads(design) {
        let shards = count(design.layout.shards_of(head) as usize, "shard");
        text += &match picture {
            Picture::Dot => {
                format!("  subgraph cluster_{} {{\n    label=\"{shards}\"\n", head.0)
            }
            Picture::Mermaid => format!("  subgraph stage{}[\"{shards}\"]\n", head.0),
        };
        for &step in design.stages().members(head) {
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
    for edge in edges(design) {
        let is_fused = design.stages().is_fused(edge.to);
        let (from, to) = (edge.from.0, edge.to.0);
        text += &match (picture, is_fused, is_lifted(design, &edge)) {
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
    (0..design.layout.steps()).map(|at| StepIndex(at as u16))
}

fn heads(design: &Design) -> impl Iterator<Item = StepIndex> {
    all(design).filter(|&step| !design.stages().is_fused(step))
}

fn fused(design: &Design, head: StepIndex) -> Vec<StepIndex> {
    design.stages().members(head).iter().copied().filter(|&step| step != head).collect()
}

fn edges(design: &Design) -> Vec<Edge> {
    all(design).flat_map(|step| design.pipeline.edges(step)).copied().collect()
}

fn shuffles(design: &Design) -> Vec<Edge> {
    all(design).flat_map(|step| design.stages().shuffles(step)).copied().collect()
}

/// Whether outputs that go this way can be added up before they are sent: an aggregate takes them, and a
/// bundle, or one record, may make several.
fn is_lifted(design: &Design, edge: &Edge) -> bool {
    let head = design.stages().head(edge.from);
    let (sender, receiver) = (design.mechanism(head), design.mechanism(edge.to));
    let is_aggregate = |step| design.pipeline.step(step).kind.windowing().is_some();
    let explodes = |&step: &StepIndex| {
        matches!(design.pipeline.step(step).kind, StepKind::Map(Function::Explode { .. }))
    };
    let members = design.stages().members(head);
    // Every pane has a commit of its own.
    let has_bundles = sender.bundle.records > 1 && !is_aggregate(head);
    let has_several = has_bundles || members.iter().any(explodes);
    has_several && is_aggregate(edge.to) && receiver.lift.is_due(sender)
}

fn name(design: &Design, step: StepIndex) -> &str {
    &design.pipeline.step(step).name
}

fn what(design: &Design, step: StepIndex) -> &'static str {
    design.pipeline.step(step).kind.word()
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

    fn design() -> Design {
        let scenario = Scenario::parse(FILE, Path::new("a.toml"));
        let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
        scenario.trial.design.dataflow().expect("Dataflow").clone()
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
