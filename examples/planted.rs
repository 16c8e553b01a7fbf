//! The planted bugs in figures: how many runs and how much time it takes to shrink a failing seed of each, and
//! how many seeds it takes to find it, with odds made for it, with all kinds of faults at one in 20, and in a
//! swarm. `cargo run --release --example planted`; the tables are Markdown.

#[path = "../tests/shrink/bugs.rs"]
mod bugs;

use bugs::Bug;
use onceproof::scenario::{Scenario, Weather};
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::shrink;
use onceproof::search::swarm::Swarm;
use onceproof_sim::outcome::Brief;
use std::time::Instant;

/// How many failing seeds each bug is shrunk from.
const SHRUNK: usize = 100;
/// How often the first failing seed is looked for, each time from another seed on.
const SEARCHES: u64 = 21;
/// After how many seeds a search ends.
const MOST_SEEDS: u64 = 5_000;

fn main() {
    let bugs = [
        bugs::one_lost_ack_without_a_catalog(),
        bugs::one_copy_without_a_catalog(),
        bugs::one_lost_request_when_the_first_send_is_the_last(),
        bugs::one_crash_after_an_ack_on_receipt(),
        bugs::one_lost_ack_that_is_never_given_again(),
        bugs::two_lost_requests_when_the_second_send_is_the_last(),
        bugs::two_sends_lost_or_refused(),
        bugs::two_lost_acks_outlive_the_second_retry(),
        bugs::a_late_commit_and_a_crash_without_fencing(),
        bugs::three_lost_requests_when_the_third_send_is_the_last(),
        bugs::three_refused_requests_when_the_third_send_is_the_last(),
        bugs::three_lost_acks_outlive_the_third_retry(),
        bugs::three_losses_outlive_the_third_retry(),
        bugs::two_slow_ways_that_only_a_seed_makes(),
    ];
    println!(
        "| bug | faults | runs, median | worst | ms, median | worst |\n|---|---|---|---|---|---|"
    );
    bugs.iter().for_each(print_shrinking);
    println!(
        "\n| bug | faults | seeds, its own odds | all kinds at 1/20 | swarm |\n|---|---|---|---|---|"
    );
    bugs.iter().for_each(print_finding);
}

/// The number of faults of the smallest set.
fn size(bug: &Bug) -> usize {
    bug.sets[0].len()
}

fn print_shrinking(bug: &Bug) {
    let Bug { scenario, name, class, .. } = bug;
    let mut simulator = scenario.trial.simulator();
    let is_failing = |seed: &Option<u64>| simulator.brief(*seed).classes.iter().eq([*class]);
    let failing: Vec<Option<u64>> =
        (0..1_000_000).map(Some).filter(is_failing).take(SHRUNK).collect();
    let (mut runs, mut micros) = (Vec::new(), Vec::new());
    for seed in failing {
        let start = now();
        let shrunk = shrink(scenario, seed, Watch::none()).expect("a failing seed");
        micros.push(start.elapsed().as_micros() as u64);
        runs.push(shrunk.runs);
    }
    runs.sort_unstable();
    micros.sort_unstable();
    let ms = |micros: u64| format!("{}.{}", micros / 1000, micros % 1000 / 100);
    let middle = runs.len() / 2;
    println!(
        "| `{name}` | {} | {} | {} | {} | {} |",
        size(bug),
        runs[middle],
        runs[runs.len() - 1],
        ms(micros[middle]),
        ms(micros[micros.len() - 1]),
    );
}

fn print_finding(bug: &Bug) {
    let Bug { scenario, name, .. } = bug;
    let kinds = scenario.latitude().kinds;
    let faults = kinds.into_iter().map(|kind| (kind, 20)).collect();
    let all = scenario.in_weather(&Weather { faults, ..Weather::default() });
    let all = all.expect("a weather of all its kinds");
    let swarm = Swarm::new(scenario);
    println!(
        "| `{name}` | {} | {} | {} | {} |",
        size(bug),
        seeds_to_find(bug, fixed(scenario)),
        seeds_to_find(bug, fixed(&all)),
        seeds_to_find(bug, |seed| {
            let weather = swarm.of(seed).expect("a weather");
            weather.trial.simulator().brief(Some(seed))
        }),
    );
}

fn fixed(scenario: &Scenario) -> impl FnMut(u64) -> Brief {
    let mut simulator = scenario.trial.simulator();
    move |seed| simulator.brief(Some(seed))
}

/// How many seeds it takes to find the class of a bug, in the median of the searches.
fn seeds_to_find(bug: &Bug, mut run: impl FnMut(u64) -> Brief) -> String {
    let mut search = |from: u64| {
        let found = |&number: &u64| run(from + number).classes.contains(bug.class);
        (0..MOST_SEEDS).find(found).map_or(MOST_SEEDS + 1, |number| number + 1)
    };
    let mut seeds: Vec<u64> = (0..SEARCHES).map(|number| search(number * MOST_SEEDS)).collect();
    seeds.sort_unstable();
    match seeds[seeds.len() / 2] {
        MOST_SEEDS.. => format!("more than {MOST_SEEDS}"),
        median => median.to_string(),
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is printed and decides nothing")]
fn now() -> Instant {
    Instant::now()
}
