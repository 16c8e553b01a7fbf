//! A check of which nothing is saved: for tests whose input is another one each time.

use super::Check;
use super::environment::Environment;
use super::saved::{shrunk, told};
use super::search::Found;

impl Check {
    /// Whether each record is reflected exactly once in every run of the seeds, and each wrong design is found wrong. No
    /// failure is saved, and none is run again: for a test that draws what it checks, as a `proptest!` does.
    ///
    /// # Errors
    /// What [`Check::exactly_once`] panics with, without a file: the schedule is shrunk.
    pub fn holds(self) -> Result<(), String> {
        let environment = Environment::read()?;
        let threads = environment.threads();
        let prefixed = |why: String| format!("{}: {why}", self.name);
        let drawn = self.drawn(&self.trial).map_err(prefixed)?;
        let (trial, _) = self.watched();
        let seeds = environment.seeds.as_ref().unwrap_or(&self.seeds);
        match self.search(threads, &trial, &drawn, None, seeds).run() {
            Found::Holds(_) => {}
            Found::Fails(failing) => {
                let shrunk = shrunk(&failing, &[]).map_err(prefixed)?;
                return Err(told(&self.name, &shrunk, &failing.origin));
            }
            Found::Unsure(why) => return Err(prefixed(why)),
        }
        let mut wrong = self.wrong.iter();
        wrong.try_for_each(|(name, trial)| self.breaks(threads, name, trial, None).map(drop))
    }
}
