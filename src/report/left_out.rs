//! What an exhaustive search leaves out, in words. A certificate speaks of what was searched, and of nothing else;
//! so it names the rest.

use super::ExhaustReport;
use crate::figures::counted;
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::{Kind, KindName};

/// Each thing that a search left out.
pub fn left_out(report: &ExhaustReport) -> Vec<String> {
    let ExhaustReport { subject, seed, found, left_out, .. } = *report;
    let mut all = Vec::new();
    if left_out > 0 {
        let faults = counted(left_out as u64, "fault");
        all.push(format!("{faults} of the file: the search places its own"));
    }
    let searched = |name: &KindName| found.kinds.iter().any(|kind: &Kind| kind.name() == *name);
    let others: Vec<&str> =
        KindName::searched().filter(|name| !searched(name)).map(KindName::word).collect();
    if !others.is_empty() {
        all.push(format!("faults of other kinds: {}", others.join(", ")));
    }
    all.push("other parameters than these".to_owned());
    all.push(format!("schedules of more than {}", counted(found.most.into(), "fault")));
    let network = subject.trial.plan.network;
    match seed {
        Some(seed) => all.push(format!("what other seeds than {seed} draw")),
        None if network.latency_max > network.latency_min => {
            all.push("latencies above the least, but for those of `delay`".to_owned());
        }
        None => {}
    }
    let steps = subject.trial.design.pipeline().steps().iter();
    let answers = steps.filter(|step| match &step.kind {
        StepKind::Map(function) => function.answers() > 1,
        _ => false,
    });
    let answers: Vec<&str> = answers.map(|step| step.name.as_str()).collect();
    if seed.is_none() && !answers.is_empty() {
        all.push(format!("first answers other than 0, of {}", answers.join(", ")));
    }
    all
}
