//! Mechanisms that do nothing where they were drawn, which no file may say.

use super::file::{File, Kind, Step};

/// Leaves out what a step has nothing to do for, and what would hold for no step.
pub fn leave_out(file: &mut File) {
    let all = file.mechanism.clone();
    for step in &mut file.steps {
        let here = step.clone();
        step.mechanism.retain(|line| is_of_use(line, &here, &all));
    }
    file.mechanism.retain(|line| {
        let mut steps = file.steps.iter();
        steps.any(|step| own(&step.mechanism, key(line)).is_none() && is_of_use(line, step, &all))
    });
}

/// Whether a step has something to do for what a line says, where all steps have these mechanisms.
fn is_of_use(line: &str, step: &Step, all: &[String]) -> bool {
    let of_step = |key: &str| own(&step.mechanism, key).or_else(|| own(all, key));
    let is_source = matches!(step.kind, Kind::Source { .. });
    // Shards of its own, a stable input, and what may be given up keep it apart, as does a call.
    let has_own = step.shards.is_some() || step.stable_input || step.kind.calls();
    let is_apart = has_own || step.poison.is_some() || step.dead_letter.is_some();
    match key(line) {
        "dedup" => !is_source,
        "gc" => {
            let forgets_alone = of_step("dedup").is_some_and(|dedup| dedup.starts_with("{ window"));
            !is_source && !forgets_alone
        }
        "ack" | "atomic" | "re-ack" => !is_source,
        "outputs" | "ids" | "stamps" | "in-flight" | "settle" => {
            let recomputes = of_step("outputs").as_deref() == Some("\"recompute\"");
            let is_sure = is_apart || of_step("fuse").as_deref() == Some("false");
            let settles_nothing = line == "settle = \"with-next\"" && recomputes;
            let sends_nothing = matches!(step.kind, Kind::Sink(_)) && is_sure;
            !settles_nothing && !sends_nothing
        }
        "fuse" => matches!(step.kind, Kind::Map(_) | Kind::Sink(_)) && !is_apart,
        "lift" => step.kind.windows().is_some(),
        _ => true,
    }
}

/// What lines give a key.
fn own(lines: &[String], key: &str) -> Option<String> {
    let found = lines.iter().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    found.map(str::to_owned)
}

fn key(line: &str) -> &str {
    line.split(" = ").next().unwrap_or_default()
}
