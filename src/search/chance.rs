//! What seeds change in a plan. Where they change nothing, many seeds are one run, and say no more than it does.
//! It follows from the plan: that some runs were alike is no proof.

use onceproof_kernel::user::SharedFunction;
use onceproof_model::function::Function;
use onceproof_model::pipeline::StepKind;
use onceproof_sim::input::{Generate, SourceInput};
use onceproof_systems::Trial;

/// What a seed draws.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Chance {
    /// Which faults there may be and how often, and the shape of the scenario: each seed of a swarm has a weather
    /// of its own.
    pub weather: bool,
    /// Rows of generated input.
    pub input: bool,
    /// How long messages take.
    pub latency: bool,
    /// The first answers of functions, and what services say at first.
    pub answers: bool,
    /// Faults.
    pub faults: bool,
}

impl Chance {
    /// What a seed draws in a plan.
    pub fn of(trial: &Trial) -> Chance {
        let steps = trial.design.pipeline().steps();
        let network = trial.plan.network;
        let sends = !trial.design.ways().is_empty();
        Chance {
            weather: false,
            input: trial.plan.inputs.iter().any(|(_, input)| is_drawn(input)),
            latency: sends && network.latency_max > network.latency_min,
            answers: steps.iter().any(|step| match &step.kind {
                StepKind::Map(function) => has_first_answer(function),
                StepKind::Source { .. }
                | StepKind::Reshuffle
                | StepKind::Count(_)
                | StepKind::Sum(_)
                | StepKind::CountGlobally(_)
                | StepKind::Sink(_) => false,
            }),
            faults: !trial.plan.climate.drawn().is_empty(),
        }
    }

    /// Whether seeds change nothing.
    pub fn is_none(self) -> bool {
        self == Chance::default()
    }

    /// What is drawn, each with its name in a document and its words.
    pub fn drawn(self) -> Vec<(&'static str, &'static str)> {
        let Chance { weather, input, latency, answers, faults } = self;
        [
            (weather, ("weather", "weather")),
            (input, ("input", "input")),
            (latency, ("latency", "latency")),
            (answers, ("answers", "first answers")),
            (faults, ("faults", "faults")),
        ]
        .into_iter()
        .filter_map(|(is_drawn, words)| is_drawn.then_some(words))
        .collect()
    }
}

/// Whether two seeds may have two inputs.
fn is_drawn(input: &SourceInput) -> bool {
    match input {
        SourceInput::Rows(_) => false,
        SourceInput::Generate(Generate { users, out_of_order, late, values, .. }) => {
            *users > 1 || *out_of_order > 0 || late.is_some() || *values > 1
        }
    }
}

/// Whether chance decides what a function makes of a record at first.
fn has_first_answer(function: &Function) -> bool {
    match function {
        Function::Coin { .. } | Function::Lookup { .. } => true,
        Function::User(SharedFunction(user)) => {
            let asks = user.traits().asks;
            asks.chance || asks.service
        }
        Function::Identity
        | Function::KeyBy(_)
        | Function::Filter(_)
        | Function::Explode { .. }
        | Function::Clock { .. }
        | Function::Order { .. }
        | Function::Call(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use std::collections::BTreeSet;
    use std::path::Path;

    const NONE: Chance =
        Chance { weather: false, input: false, latency: false, answers: false, faults: false };
    const ROWS: &str =
        "records = [ { key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"0s\" } ]";
    const COUNT: &str = "[[step]]\nname = \"n\"\nkind = \"count\"\nwindow = \"1m\"\n";
    const SLOW: &str = "[network]\nlatency = { min = \"1ms\", max = \"9ms\" }\n";

    /// Whether a scenario with this input and these tables draws that, and whether runs under 20 seeds show it.
    fn check(input: &str, tables: &[&str], expected: Chance) {
        let tables = tables.concat();
        let text = format!(
            "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n[input]\n{input}\n\
             [[step]]\nname = \"s\"\nkind = \"source\"\n{tables}"
        );
        let scenario = Scenario::parse(&text, Path::new("a.toml"));
        let trial = scenario.unwrap_or_else(|error| panic!("{error}")).trial;
        let chance = Chance::of(&trial);
        assert_eq!(chance, expected, "{text}");
        let mut simulator = trial.simulator();
        let run = |seed| {
            let outcome = simulator.detail(Some(seed));
            let results = outcome.steps.into_iter().map(|step| step.results).collect::<Vec<_>>();
            (outcome.brief.fingerprint, results)
        };
        let runs: BTreeSet<_> = (0..20).map(run).collect();
        assert_eq!(runs.len() == 1, chance.is_none(), "{text}");
    }

    #[test]
    fn what_seeds_draw_follows_from_the_plan_and_is_seen_in_its_runs() {
        let map = |function: &str| {
            format!("[[step]]\nname = \"f\"\nkind = \"map\"\nfn = {{ {function} }}\n")
        };
        let generate = |more: &str| format!("generate = {{ records = 9, every = \"1s\", {more} }}");
        check(ROWS, &[COUNT], NONE);
        check(ROWS, &[COUNT, "[faults]\ndrop-ack = 0\n"], NONE);
        check(ROWS, &[COUNT, "[faults]\ndrop-ack = \"1/2\"\n"], Chance { faults: true, ..NONE });
        check(ROWS, &[COUNT, SLOW], Chance { latency: true, ..NONE });
        // What is fused sends nothing that could take long.
        check(ROWS, &["[[step]]\nname = \"t\"\nkind = \"sink\"\n", SLOW], NONE);
        check(ROWS, &[&map("coin = { sides = 2 }"), COUNT], Chance { answers: true, ..NONE });
        let lookup = map("lookup = { changes-every = \"1h\", values = 2 }");
        check(ROWS, &[&lookup, COUNT], Chance { answers: true, ..NONE });
        check(ROWS, &[&map("clock = { every = \"1h\" }"), COUNT], NONE);
        check(ROWS, &[&map("order = {}"), COUNT], NONE);
        check(&generate("users = 1"), &[COUNT], NONE);
        let sum = COUNT.replace("count", "sum");
        for more in ["users = 3", "values = 3", "out-of-order = \"9s\""] {
            check(&generate(more), &[&sum], Chance { input: true, ..NONE });
        }
    }
}
