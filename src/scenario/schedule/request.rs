//! Places of requests: whether any is sent there, and whether what a fault does can befall it.

use super::place::Places;
use super::record::Reach;
use crate::scenario::form::raw::place as raw;
use crate::scenario::form::raw::{At, span};
use crate::scenario::wrong::diagnostic::{Diagnostic, list};
use onceproof_kernel::layout::StepIndex;
use onceproof_model::pipeline::Edge;
use onceproof_sim::fault::{Kind, Leg, Place};

impl Places<'_> {
    /// A request goes along an edge that its record travels, to and from shards that there are.
    pub(super) fn check_request(
        &self,
        kind: &Kind,
        raw: &raw::Place,
        place: &Place,
    ) -> Result<(), Diagnostic> {
        let head = |step: StepIndex| self.layout().head(step);
        if let (Some(to), Some(At { span, .. })) = (place.to, &raw.to)
            && head(to) != to
        {
            let (to, head) = (self.name(to), self.name(head(to)));
            let title = format!("nobody sends to {to}: it is fused into {head}");
            let error = self.source.error(span.clone(), title);
            return Err(error.label(match self.design.keeps_apart() {
                Some(key) => format!("{key} keeps it apart"),
                None => "it runs in the same process".to_owned(),
            }));
        }
        let mut edges = self.design.ways();
        edges.retain(|edge| place.from.is_none_or(|from| head(from) == head(edge.from)));
        edges.retain(|edge| place.to.is_none_or(|to| to == edge.to));
        if edges.is_empty() {
            let at = span(&raw.to).or(span(&raw.from)).unwrap_or(0..0);
            let title = match (place.from, place.to) {
                (Some(from), Some(to)) => {
                    format!("{} sends nothing to {}", self.name(from), self.name(to))
                }
                (None, Some(to)) => format!("nobody sends to {}", self.name(to)),
                (Some(from), None) => format!("{} sends nothing", self.name(from)),
                (None, None) => "nobody sends anything".to_owned(),
            };
            let from = place.to.map(|to| self.layout().step(to).from.as_slice());
            let from = from.unwrap_or_default().iter();
            let names: Vec<&str> = from.map(|&from| self.layout().name(from)).collect();
            let error = self.source.error(at, title);
            return Err(match names.is_empty() {
                true => error,
                false => error.label(format!("it takes the outputs of {}", list(&names, "and"))),
            });
        }
        let reach = Reach::of(place.record.as_ref(), self.design);
        edges.retain(|edge| reach.sends(edge.from));
        if edges.is_empty() {
            return Err(self.never_there(raw, place));
        }
        // What goes over a channel comes in order and once, or the channel breaks; what travels by itself breaks nothing.
        let channels = self.design.channels();
        let may = |edge: &Edge| match kind {
            Kind::Disconnect => channels.contains(edge),
            Kind::Delay { leg: Leg::Request, .. } | Kind::Partition { .. } => true,
            _ => !channels.contains(edge),
        };
        edges.retain(may);
        if edges.is_empty() {
            let at = span(&raw.to).or(span(&raw.from)).or(span(&raw.record)).unwrap_or(0..0);
            let title = format!("`{}` can do nothing there", kind.name().word());
            let error = self.source.error(at, title);
            return Err(error.label(match kind {
                Kind::Disconnect => "there is no channel: each message travels by itself",
                _ => "what goes over a channel is late, or the channel breaks: `disconnect`",
            }));
        }
        let receivers: Vec<StepIndex> = edges.iter().map(|edge| edge.to).collect();
        self.check_shard(&raw.shard, &receivers)?;
        let senders: Vec<StepIndex> = edges.iter().map(|edge| edge.from).collect();
        self.check_shard(&raw.from_shard, &senders)
    }
}
