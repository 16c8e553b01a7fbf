//! Wrong values that follow from the file's own: its dedup window without what makes it hold, half of it, and what
//! outlives it.

use super::{Setting, Variant};
use crate::scenario::{given, written_sink};
use onceproof_kernel::time::{Nanos, Span};
use onceproof_model::dataflow;
use onceproof_model::dataflow::mechanism::dedup::DedupWindow;
use onceproof_model::dataflow::mechanism::{Dedup, Gc, Mechanism};
use onceproof_model::pipeline::{InsertId, Sink, Step, StepKind};
use onceproof_systems::Trial;

/// Every wrong value that follows from the times that a plan's steps and tables remember something for.
pub(super) fn wrong(trial: &Trial) -> Vec<Variant> {
    let Some(design) = trial.design.dataflow() else { return Vec::new() };
    let mut variants = of_receivers(design);
    let mechanisms = design.mechanisms().iter();
    let remembered = mechanisms.filter_map(|mechanism| Some(mechanism.forgets_after()?.0)).max();
    if let Some(longest) = remembered {
        let timeout = Span(outliving(longest));
        variants.push(mechanism(format!("retry = {{ timeout = \"{timeout}\" }}")));
    }
    for step in design.pipeline.steps() {
        match (&step.kind, remembered) {
            // What is handed out again after its id was forgotten is new.
            (StepKind::Source { queue: Some(queue), .. }, Some(longest))
                if queue.deadline <= longest =>
            {
                let deadline = Span(outliving(longest));
                variants.push(of_step(step, format!("queue.deadline = \"{deadline}\"")));
            }
            (StepKind::Sink(Sink::InsertId(InsertId { window, from })), _) => {
                let half = Sink::InsertId(InsertId { window: half(*window), from: *from });
                variants.push(of_step(step, written_sink(&half)));
                let timeout = Span(outliving(*window));
                let keys = format!("mechanism.retry = {{ timeout = \"{timeout}\" }}");
                variants.push(of_step(step, keys));
            }
            (StepKind::Sink(Sink::TwoPhase { timeout }), _) => {
                variants
                    .push(of_step(step, written_sink(&Sink::TwoPhase { timeout: half(*timeout) })));
            }
            _ => {}
        }
    }
    variants
}

/// Those of how receivers forget: at every step, where all receivers forget alike, else at each of them.
fn of_receivers(design: &dataflow::Design) -> Vec<Variant> {
    let is_source = |step: &Step| matches!(step.kind, StepKind::Source { .. });
    let receivers: Vec<(&Step, &Mechanism)> =
        design.steps().filter(|(step, _)| !is_source(step)).collect();
    let forgetting = |mechanism: &Mechanism| (mechanism.dedup, mechanism.gc);
    let Some((_, first)) = receivers.first() else { return Vec::new() };
    if receivers.iter().all(|(_, own)| forgetting(own) == forgetting(first)) {
        return shorter(first).into_iter().map(mechanism).collect();
    }
    let of = |&(step, own): &(&Step, &Mechanism)| {
        let keys = shorter(own).into_iter().map(|value| format!("mechanism.{value}"));
        keys.map(|keys| of_step(step, keys)).collect::<Vec<_>>()
    };
    receivers.iter().flat_map(of).collect()
}

/// What forgets sooner than these mechanisms do, if they forget by time alone.
fn shorter(own: &Mechanism) -> Vec<String> {
    let mut sooner = Vec::new();
    let first = Mechanism::default();
    let of_window = |window| given(&Mechanism { dedup: Dedup::Window(window), ..first });
    match (own.dedup, own.gc) {
        (Dedup::Window(window), _) => {
            if window.refresh_on_hit {
                sooner.extend(of_window(DedupWindow { refresh_on_hit: false, ..window }));
            }
            sooner.extend(of_window(DedupWindow { length: half(window.length), ..window }));
        }
        (Dedup::Catalog | Dedup::Bloom(_) | Dedup::BloomOnly(_), Gc::Ttl { ttl, unknown_old }) => {
            let gc = Gc::Ttl { ttl: half(ttl), unknown_old };
            sooner.extend(given(&Mechanism { gc, ..first }));
        }
        (Dedup::Catalog | Dedup::Bloom(_) | Dedup::BloomOnly(_), Gc::Watermark | Gc::Never)
        | (Dedup::Off, _) => {}
    }
    sooner
}

fn half(length: Nanos) -> Nanos {
    (length / 2).max(1)
}

/// What is longer than a time by more than messages and commits take.
fn outliving(length: Nanos) -> Nanos {
    length.saturating_mul(2)
}

fn mechanism(value: String) -> Variant {
    Variant::of(Setting::Mechanism(value))
}

fn of_step(step: &Step, keys: String) -> Variant {
    Variant::of(Setting::Step { step: step.name.clone(), keys })
}
