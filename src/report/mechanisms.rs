//! The mechanisms of a step that are not the default, as a scenario file writes them.

use onceproof_model::mechanism::{
    Ack, Atomic, Dedup, Fuse, GiveUp, Ids, Lift, Mechanism, Outputs, ReAck, Retry,
};
use onceproof_model::time::Span;

/// Those that differ from the default, each as `name = value`. How a step joins others is seen in the graph
/// itself, and is not among them.
pub fn given(mechanism: &Mechanism) -> Vec<String> {
    let Mechanism {
        retry,
        give_up,
        ack,
        dedup,
        outputs,
        ids,
        atomic,
        re_ack,
        bundle,
        in_flight,
        fuse: Fuse::Together | Fuse::Apart,
        lift,
    } = *mechanism;
    let default = Mechanism::default();
    let mut given = Vec::new();
    if retry != default.retry {
        let Retry { timeout, backoff, max } = retry;
        let (timeout, max) = (Span(timeout), Span(max));
        given.push(format!(
            "retry = {{ timeout = \"{timeout}\", backoff = {backoff}, max = \"{max}\" }}"
        ));
    }
    match give_up {
        GiveUp::Never => {}
        GiveUp::After(sends) => given.push(format!("give-up = {sends}")),
    }
    let words = [
        match ack {
            Ack::AfterCommit => "",
            Ack::OnReceipt => "ack = \"on-receipt\"",
        },
        match dedup {
            Dedup::Catalog => "",
            Dedup::Off => "dedup = \"off\"",
        },
        match outputs {
            Outputs::Checkpoint => "",
            Outputs::Recompute => "outputs = \"recompute\"",
        },
        match ids {
            Ids::Derived => "",
            Ids::Fresh => "ids = \"fresh\"",
        },
        match atomic {
            Atomic::Together => "",
            Atomic::StateFirst => "atomic = \"state-first\"",
            Atomic::IdFirst => "atomic = \"id-first\"",
        },
        match re_ack {
            ReAck::Always => "",
            ReAck::Never => "re-ack = false",
        },
        match lift {
            Lift::Sure => "",
            Lift::Never => "lift = false",
            Lift::Force => "lift = \"force\"",
        },
    ];
    given.extend(words.into_iter().filter(|word| !word.is_empty()).map(str::to_owned));
    if bundle != default.bundle {
        given.push(format!("bundle = {}", bundle.records));
    }
    if in_flight != default.in_flight {
        given.push(format!("in-flight = {}", in_flight.requests));
    }
    given
}
