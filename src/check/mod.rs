//! Checks for `cargo test`: what is to be exactly-once is searched for schedules of faults that break it, under many
//! seeds and, where that is asked for, through every schedule of a few faults. A check that fails panics with the
//! smallest schedule in words, the records that it damaged, and a line that runs it again.
//!
//! ```
//! use onceproof::check::{Check, Faults};
//!
//! Check::file("scenarios/dedup/lost-ack.toml")
//!     .faults(Faults::all())
//!     .seeds(0..100)
//!     .exactly_once();
//! ```

mod environment;
mod faults;
mod message;
mod saved;
mod search;
mod properties;
mod certificate;
mod one;
mod file;
mod unsaved;

pub use certificate::Certificate;
pub use faults::{Faults, OneKind};
pub use onceproof_sim::property::Committed;
pub use one::{One, Witness};
pub use properties::Expected;

use crate::scenario::Scenario;
use crate::search::threads::Threads;
use environment::{Environment, crate_folder, resolved, test_name};
use faults::Drawn;
use onceproof_sim::property::Properties;
use onceproof_systems::Trial;
use properties::Sight;
use saved::{FOLDER, Shelf, shrunk, told};
use search::{Found, Held, Search};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is put to the test, and how. It does nothing before its end: [`Check::exactly_once`], [`Check::exhaust`],
/// [`Check::expect`] or [`Check::one`].
///
/// The one who runs the test may ask for something else by variables of the environment: `ONCEPROOF_SEED=17` runs one
/// seed and `ONCEPROOF_SEEDS=0..100000` these, in place of those of the test; `ONCEPROOF_REPLAY=FILE` runs a saved
/// failure alone, prints its trace and explains it; `ONCEPROOF_JOBS=2` runs on two threads.
#[must_use = "a check does nothing before its end, such as `exactly_once()`"]
#[derive(Clone, Debug)]
pub struct Check {
    name: String,
    trial: Trial,
    wrong: Vec<(String, Trial)>,
    /// None for those of the file.
    faults: Option<Faults>,
    seeds: Range<u64>,
    folder: Option<PathBuf>,
    is_kept: bool,
    properties: Properties,
    sights: Vec<Sight>,
    scenario: Option<Box<Scenario>>,
}

impl Check {
    /// A check of this trial. Its name tells it from other checks of the same test: failures are saved under it.
    pub fn of(name: &str, trial: Trial) -> Check {
        Check {
            name: name.to_owned(),
            trial,
            wrong: Vec::new(),
            faults: Some(Faults::all()),
            seeds: 0..1_000,
            folder: None,
            is_kept: true,
            properties: Properties::default(),
            sights: Vec::new(),
            scenario: None,
        }
    }

    /// A design that must be found wrong by the same search. One that nothing breaks fails the test: then nothing here
    /// depends on what is wrong with it, or the search is too small to see it.
    pub fn wrong(mut self, name: &str, trial: Trial) -> Check {
        self.wrong.push((name.to_owned(), trial));
        self
    }

    /// The faults that may happen; all that can do something where this is not called.
    pub fn faults(mut self, faults: Faults) -> Check {
        self.faults = Some(faults);
        self
    }

    /// The seeds that are run; `0..1_000` where this is not called. They are run beside every schedule of
    /// [`Check::exhaust`], too, since what holds for two faults may break by three; `0..0` turns them off.
    pub fn seeds(mut self, seeds: Range<u64>) -> Check {
        self.seeds = seeds;
        self
    }

    /// Saves failures in this folder, and runs those again that are there: in place of `onceproof-regressions` beside
    /// the `Cargo.toml` of the crate.
    pub fn saved_in(mut self, folder: impl Into<PathBuf>) -> Check {
        self.folder = Some(folder.into());
        self
    }

    /// Saves no failure, and runs none again: for a check whose trial is another from one run of the test to the next, as
    /// under proptest. What was saved of one would be stale for the other.
    pub fn unsaved(mut self) -> Check {
        self.is_kept = false;
        self
    }

    /// Passes if each record is reflected exactly once in every run: of each seed, after those of the failures that
    /// were saved.
    ///
    /// # Panics
    /// A run breaks it, or it is not known whether one does; or nothing breaks a wrong design. A failure is shrunk and
    /// saved.
    #[track_caller]
    pub fn exactly_once(self) {
        // Not within a closure, so that the panic is told where the test calls this.
        if let Err(message) = self.run(None) {
            panic!("{message}");
        }
    }

    /// Passes if no schedule of at most so many faults breaks it, and no seed does.
    ///
    /// # Panics
    /// As [`Check::exactly_once`]; a schedule that is found is one with the fewest faults.
    #[track_caller]
    pub fn exhaust(self, most: u32) -> Certificate {
        match self.run(Some(most)) {
            Ok(Some(certificate)) => certificate,
            Ok(None) => unreachable!("a search that was asked for certifies or fails"),
            Err(message) => panic!("{message}"),
        }
    }

    /// Passes if some run is wrong in this way, a class or the name of a property: one of at most one fault, or else one of
    /// the seeds. Returns the smallest that was found.
    ///
    /// # Panics
    /// No run is, or there is no such property.
    #[track_caller]
    pub fn expect(self, wrong: impl Into<Expected>) -> Witness {
        let wrong = wrong.into();
        self.witness(&wrong).unwrap_or_else(|why| panic!("{}: {why}", self.name))
    }

    fn witness(&self, wrong: &Expected) -> Result<Witness, String> {
        let threads = Environment::read()?.threads();
        let (trial, class) = self.breaking(wrong)?;
        let drawn = self.drawn(&trial)?;
        match self.search(threads, &trial, &drawn, None, &self.seeds).of_class(class) {
            Found::Fails(failing) => {
                let shrunk = shrunk(&failing, &[class])?;
                let told = told(&self.name, &shrunk, &failing.origin);
                Ok(Witness::new(&shrunk, told))
            }
            Found::Unsure(why) => Err(why),
            Found::Holds(_) => unreachable!("what is looked for is found or not"),
        }
    }

    /// One run under a seed, with the faults that it draws, whatever comes of it.
    ///
    /// # Panics
    /// A kind of fault that was asked for can do nothing.
    #[track_caller]
    pub fn one(self, seed: u64) -> One {
        let drawn = self.drawn(&self.trial).unwrap_or_else(|why| panic!("{}: {why}", self.name));
        let trial = self.with_properties(&self.trial);
        let search = self.search(Threads::ONE, &trial, &drawn, None, &self.seeds);
        One::of(search.trial_of(seed), seed)
    }

    fn search<'a>(
        &self,
        threads: Threads,
        trial: &'a Trial,
        drawn: &'a Drawn,
        most: Option<u32>,
        seeds: &'a Range<u64>,
    ) -> Search<'a> {
        Search { threads, trial, drawn, most, seeds }
    }

    fn drawn(&self, trial: &Trial) -> Result<Drawn, String> {
        match &self.faults {
            Some(faults) => faults.in_trial(trial),
            None => Ok(Drawn::own(trial)),
        }
    }

    fn run(&self, most: Option<u32>) -> Result<Option<Certificate>, String> {
        let shelf = Shelf {
            folder: self.folder.clone().unwrap_or_else(|| crate_folder().join(FOLDER)),
            shown: self.folder.clone().unwrap_or_else(|| PathBuf::from(FOLDER)),
            test: test_name(),
            check: self.name.clone(),
        };
        self.judged(most, &Environment::read()?, &shelf)
    }

    fn judged(
        &self,
        most: Option<u32>,
        environment: &Environment,
        shelf: &Shelf,
    ) -> Result<Option<Certificate>, String> {
        let prefixed = |why: String| format!("{}: {why}", self.name);
        let drawn = self.drawn(&self.trial).map_err(prefixed)?;
        let (trial, seen) = self.watched();
        if let Some(path) = &environment.replay
            && let Some(failure) = shelf.asked_for(&resolved(path))?
        {
            shelf.replay(&failure, &trial, true)?;
            println!("{}: {} holds now", self.name, path.display());
            // A certificate needs its search.
            if most.is_none() {
                return Ok(None);
            }
        }
        let saved = if self.is_kept { shelf.own()? } else { Vec::new() };
        for failure in saved {
            shelf.replay(&failure, &trial, false)?;
        }
        let seeds = environment.seeds.as_ref().unwrap_or(&self.seeds);
        let held = match self.search(environment.threads(), &trial, &drawn, most, seeds).run() {
            Found::Holds(held) => *held,
            Found::Fails(failing) if self.is_kept => return Err(shelf.keep(&failing)),
            Found::Fails(failing) => {
                let shrunk = shrunk(&failing, &[])?;
                return Err(told(&self.name, &shrunk, &failing.origin));
            }
            Found::Unsure(why) => return Err(prefixed(why)),
        };
        if let (Some(missing), None) = (seen.missing(), &environment.seeds) {
            return Err(prefixed(format!("`{missing}` is shown at the end of no run")));
        }
        let mut broken = Vec::new();
        for (name, trial) in &self.wrong {
            broken.push((name.clone(), self.breaks(environment.threads(), name, trial, most)?));
        }
        let Held { found, seeds } = held;
        Ok(found.map(|found| Certificate::new(&self.name, &self.trial, found, seeds, broken)))
    }

    /// What breaks a wrong design: in words, where it was found. It is searched as the test says, whoever runs it.
    fn breaks(
        &self,
        threads: Threads,
        name: &str,
        trial: &Trial,
        most: Option<u32>,
    ) -> Result<String, String> {
        let of = |why: &str| format!("{}: the wrong design `{name}`: {why}", self.name);
        let drawn = self.drawn(trial).map_err(|why| of(&why))?;
        let trial = &self.with_properties(trial);
        match self.search(threads, trial, &drawn, most, &self.seeds).run() {
            Found::Fails(failing) => Ok(failing.origin),
            Found::Unsure(why) => Err(of(&why)),
            Found::Holds(_) => Err(of(
                "no run breaks it. Either nothing here depends on what is wrong with it, or the search is too \
                 small: more faults, more seeds, other records",
            )),
        }
    }

    /// A path as the test gives it: from the folder of its crate.
    fn path_of(path: &Path) -> PathBuf {
        resolved(path)
    }
}
