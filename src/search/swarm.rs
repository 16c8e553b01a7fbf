//! Swarm: each seed runs in a weather of its own, in which input, shards, workers and windows vary, too. What a seed drew
//! can be printed and pinned.

use super::chance::Chance;
use super::stretch::Stretch;
use super::sweep::{Runner, Stop, sweep_with};
use super::tally::{Seeds, Sweep};
use super::threads::Threads;
use super::weathers::weather;
use crate::scenario::{Latitude, Scenario, ScenarioError};
use onceproof_kernel::alphabet::Mark;
use onceproof_sim::fault::{Climate, KindName, Odds};
use onceproof_sim::outcome::{Brief, Outcome};
use std::sync::atomic::AtomicBool;

/// A scenario, and what may vary in it.
#[derive(Clone, Debug)]
pub struct Swarm<'a> {
    scenario: &'a Scenario,
    latitude: Latitude,
}

impl<'a> Swarm<'a> {
    /// Finds out what may vary.
    pub fn new(scenario: &'a Scenario) -> Swarm<'a> {
        Swarm { scenario, latitude: scenario.latitude() }
    }

    /// The scenario in the weather of a seed.
    ///
    /// # Errors
    /// It cannot have that weather.
    pub fn of(&self, seed: u64) -> Result<Scenario, ScenarioError> {
        self.scenario.in_weather(&weather(&self.latitude, seed))
    }

    /// Runs each seed of a stretch that is not done in its own weather; see [`super::sweep::sweep_on`].
    pub fn sweep(
        &self,
        threads: Threads,
        seeds: Seeds,
        stretch: &mut Stretch<'_, Sweep>,
        stop: Stop,
        cancel: &AtomicBool,
        progress: &(dyn Fn(&Brief) + Sync),
    ) -> Sweep {
        let mut sweep = sweep_with(threads, || Run(self), seeds, stretch, stop, cancel, progress);
        let faults = !self.latitude.kinds.is_empty();
        sweep.chance = Chance { weather: true, faults, ..Chance::of(&self.scenario.trial) };
        let never = |kind: &KindName| sweep.fired.count(*kind) == 0;
        sweep.never_fired = self.latitude.kinds.iter().copied().filter(never).collect();
        let odds = Odds { numerator: 1, denominator: 2 };
        let odds = self.latitude.kinds.iter().map(|kind| (kind.with_defaults(), odds)).collect();
        let climate = Climate { odds, others: Vec::new() };
        let trial = self.scenario.trial.with(|plan| plan.climate = climate);
        let is_missing = |mark: &Mark| sweep.runs > 0 && sweep.reached.runs(*mark) == 0;
        sweep.never_reached =
            super::marks::awaited(&trial).into_iter().filter(is_missing).collect();
        sweep
    }
}

/// Runs a seed in its weather.
struct Run<'a>(&'a Swarm<'a>);

impl Run<'_> {
    fn scenario(&self, seed: Option<u64>) -> Scenario {
        match self.0.of(seed.unwrap_or(0)) {
            Ok(scenario) => scenario,
            // Each part was tried when the latitude was found out.
            Err(error) => unreachable!("a weather that a scenario cannot have: {error}"),
        }
    }
}

impl Runner for Run<'_> {
    fn brief(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<(Brief, Vec<usize>)> {
        Runner::brief(&mut self.scenario(seed).trial.simulator(), seed, stop)
    }

    fn detail(&mut self, seed: Option<u64>) -> Outcome {
        self.scenario(seed).trial.simulator().detail(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// With one move before every eighth send, seeds 328 and 330 of this scenario booted without end at one
    /// and the same time. A run without a fault sends about 500 requests.
    #[test]
    fn no_weather_is_a_storm_that_nothing_comes_through() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"));
        let scenario = Scenario::load(&file.join("scenarios/random/branch-and-join.toml"));
        let scenario = scenario.expect("a scenario");
        let swarm = Swarm::new(&scenario);
        let never = AtomicBool::new(false);
        for seed in 300..400 {
            let (brief, _) = Run(&swarm).brief(Some(seed), &never).expect("a run to its end");
            assert!(brief.work.messages < 20_000, "seed {seed}: {:?}", brief.work);
        }
    }
}
