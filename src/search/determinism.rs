//! Whether a run is the same in another process, and if not, which event differs first. A run leaves a
//! fingerprint after every so many events. The first that differs names a block, and only that block is
//! looked at event by event, with the trace on.

use super::in_order::in_order;
use super::threads::Threads;
use onceproof_sim::simulator::EventSeen;
use onceproof_systems::{Simulator, Trial};
use std::convert::Infallible;
use std::ops::{ControlFlow, Range};

/// How many events there are between two checkpoints.
pub const EVERY: u64 = 1_000;

/// How many lines are shown before the first event that differs, and from it on.
const CONTEXT: usize = 3;

/// How many events are looked at before and after a block.
const MARGIN: u64 = 20;

/// Whoever can run the same plan again and say what happened.
pub trait Witness {
    /// Why it cannot say.
    type Error;
    /// The fingerprints of the runs under these seeds.
    ///
    /// # Errors
    /// It cannot be asked.
    fn fingerprints(&mut self, seeds: Range<u64>) -> Result<Vec<u128>, Self::Error>;
    /// The fingerprint of a run after every so many events, and at its end.
    ///
    /// # Errors
    /// It cannot be asked.
    fn checkpoints(&mut self, seed: Option<u64>, every: u64) -> Result<Vec<u128>, Self::Error>;
    /// The events of a run with these numbers.
    ///
    /// # Errors
    /// It cannot be asked.
    fn events(
        &mut self,
        seed: Option<u64>,
        numbers: Range<u64>,
    ) -> Result<Vec<EventSeen>, Self::Error>;
}

/// The most runs between two times of adding up.
const MOST_IN_CHUNK: u64 = 8192;

/// This process.
pub struct Here<F> {
    threads: Threads,
    /// Makes a simulator.
    make: F,
}

impl<'a, F: Fn() -> Simulator<'a> + Sync> Witness for Here<F> {
    type Error = Infallible;

    fn fingerprints(&mut self, seeds: Range<u64>) -> Result<Vec<u128>, Infallible> {
        let run =
            |simulator: &mut Simulator<'a>, seed| Some(simulator.brief(Some(seed)).fingerprint);
        let mut all = Vec::new();
        in_order(self.threads, seeds, MOST_IN_CHUNK, &self.make, run, |_, fingerprint| {
            all.push(fingerprint);
            ControlFlow::Continue(())
        });
        Ok(all)
    }

    fn checkpoints(&mut self, seed: Option<u64>, every: u64) -> Result<Vec<u128>, Infallible> {
        Ok((self.make)().checkpoints(seed, every))
    }

    fn events(
        &mut self,
        seed: Option<u64>,
        numbers: Range<u64>,
    ) -> Result<Vec<EventSeen>, Infallible> {
        Ok((self.make)().events(seed, numbers))
    }
}

/// Where two runs under one seed part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parting {
    /// The seed.
    pub seed: Option<u64>,
    /// The numbers of the events between the last checkpoint that agrees and the first that does not.
    pub block: Range<u64>,
    /// The first event that differs; none if the two agree once they are looked at closely.
    pub event: Option<Differing>,
}

/// The first event that differs between two runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Differing {
    /// Its number.
    pub number: u64,
    /// What both did before it.
    pub before: Vec<String>,
    /// What the one did from there on.
    pub first: Vec<String>,
    /// What the other did.
    pub again: Vec<String>,
}

/// The first seed under which two witnesses differ.
///
/// # Errors
/// The other witness cannot be asked.
pub fn first_seed<'a, W: Witness>(
    here: &mut Here<impl Fn() -> Simulator<'a> + Sync>,
    other: &mut W,
    seeds: Range<u64>,
) -> Result<Option<u64>, W::Error> {
    let Ok(ours) = here.fingerprints(seeds.clone());
    let theirs = other.fingerprints(seeds.clone())?;
    let differs = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
    Ok(differs.map(|at| seeds.start + at as u64))
}

/// Where the run under a seed parts from that of another witness, if it does.
///
/// # Errors
/// The other witness cannot be asked.
pub fn parting<'a, W: Witness>(
    here: &mut Here<impl Fn() -> Simulator<'a> + Sync>,
    other: &mut W,
    seed: Option<u64>,
    every: u64,
) -> Result<Option<Parting>, W::Error> {
    let Ok(ours) = here.checkpoints(seed, every);
    let theirs = other.checkpoints(seed, every)?;
    if ours == theirs {
        return Ok(None);
    }
    let same = ours.iter().zip(&theirs).take_while(|(ours, theirs)| ours == theirs).count() as u64;
    let block = same * every..(same + 1) * every;
    // Some events have no line in the trace, so the context takes more of them than it has lines.
    let looked_at = block.start.saturating_sub(MARGIN)..block.end + MARGIN;
    let Ok(ours) = here.events(seed, looked_at.clone());
    let theirs = other.events(seed, looked_at)?;
    Ok(Some(Parting { seed, block, event: first_event(&ours, &theirs) }))
}

fn first_event(ours: &[EventSeen], theirs: &[EventSeen]) -> Option<Differing> {
    let same = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours == theirs).count();
    let number = ours.get(same).or(theirs.get(same))?.number;
    let lines = |events: &[EventSeen]| -> Vec<String> {
        events.iter().flat_map(|event| event.lines.iter().cloned()).collect()
    };
    let from_there = |events: &[EventSeen]| -> Vec<String> {
        let mut lines = lines(&events[same.min(events.len())..]);
        lines.truncate(CONTEXT);
        lines
    };
    let mut before = lines(&ours[..same]);
    before.drain(..before.len().saturating_sub(CONTEXT));
    Some(Differing { number, before, first: from_there(ours), again: from_there(theirs) })
}

/// This process as a witness of a plan.
pub fn here<'a>(
    threads: Threads,
    trial: &'a Trial,
    planted: Option<(u64, u64)>,
) -> Here<impl Fn() -> Simulator<'a> + Sync> {
    let make = move || {
        let mut simulator = trial.simulator();
        if let Some((after, by)) = planted {
            simulator.plant_late_event(after, by);
        }
        simulator
    };
    Here { threads, make }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::search::threads::so_many;
    use onceproof_kernel::time::MILLISECOND;
    use std::path::Path;

    /// ann and bob, counted. In virtual time: the source commits both at 0 ms, which is applied at 1 ms and
    /// answered at 2 ms; the count receives them at 3 ms.
    const TWO: &str = r#"
format = 1
name   = "two"
claim  = "Two records."
expect = "exactly-once"
input  = { records = [ { key = "ann", at = "0s" }, { key = "bob", at = "0s" } ] }
step   = [ { name = "events", kind = "source" }, { name = "per-user", kind = "count", window = "1m" } ]
"#;

    #[test]
    fn two_runs_that_agree_do_not_part() {
        let scenario = Scenario::parse(TWO, Path::new("two.toml")).expect("a scenario");
        let (mut one, mut other) =
            (here(so_many(2), &scenario.trial, None), here(so_many(2), &scenario.trial, None));
        for every in [1, 2, 1_000] {
            assert_eq!(parting(&mut one, &mut other, None, every), Ok(None));
        }
        assert_eq!(first_seed(&mut one, &mut other, 0..9), Ok(None));
    }

    #[test]
    fn the_event_that_comes_late_is_the_first_that_differs_whatever_the_blocks() {
        let scenario = Scenario::parse(TWO, Path::new("two.toml")).expect("a scenario");
        let trial = &scenario.trial;
        let end = (here(Threads::ONE, trial, None).make)().events(None, 0..u64::MAX).len() as u64;
        let mut parted = 0;
        for after in 0..end - 1 {
            let found = |every: u64| {
                let mut late = here(so_many(2), trial, Some((after, MILLISECOND)));
                let Ok(parting) =
                    parting(&mut here(so_many(2), trial, None), &mut late, None, every);
                parting.map(|parting| parting.event.expect("an event"))
            };
            let close = found(1);
            for every in [3, 7, 1_000] {
                assert_eq!(found(every), close, "blocks of {every}");
            }
            // A timer that nobody waits for any more may come as late as it likes.
            let Some(close) = close else { continue };
            parted += 1;
            // The boot has number 0.
            assert!(close.number > after, "{close:?}");
            assert_ne!(close.first, close.again);
            let (mut one, mut late) = (
                here(so_many(2), trial, None),
                here(so_many(2), trial, Some((after, MILLISECOND))),
            );
            assert_eq!(first_seed(&mut one, &mut late, 4..6), Ok(Some(4)));
        }
        // All but the timers: the source's commits and their answers alone are four.
        assert!(parted >= 4, "{parted}");
    }
}
