//! Saving a failure as a scenario of its own: the seed fixes latencies and input, and the faults that
//! fired stand in it one by one. Before it is written it is read back and run, and must fail in the very
//! same way.

use crate::cli::STANDARD_INPUT;
use crate::ending::Error;
use onceproof::report::class_list;
use onceproof::scenario::Scenario;
use onceproof::search::compare::first_difference;
use onceproof::search::tally::Failure;
use onceproof::write::write_numbered;
use onceproof_sim::marks::{Marks, Strikes};
use onceproof_sim::outcome::{Brief, Fired, Work};
use std::fs;
use std::path::{Path, PathBuf};

/// Where failures are saved.
pub struct Saved {
    folder: PathBuf,
    sort: SortOfSaved,
}

/// What sort of failure is saved, which its name says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SortOfSaved {
    /// Of the scenario as its file states it.
    AsStated,
    /// Of a weather of its own.
    Swarm,
    /// The first of its classes that a search met, which need not be the smallest.
    FirstFound,
}

impl Saved {
    /// Files in this folder, which is made when it is needed, of failures of this sort.
    pub fn new(folder: &Path, sort: SortOfSaved) -> Saved {
        Saved { folder: folder.to_owned(), sort }
    }

    /// Saves a failure of a scenario and returns the path of its file. A failure that is saved already stays
    /// where it is, and no other is written over.
    ///
    /// # Errors
    /// The file cannot be written, or what it says does not fail in the same way.
    pub fn save(&self, scenario: &Scenario, failure: &Failure) -> Result<PathBuf, Error> {
        fs::create_dir_all(&self.folder).map_err(Error::io(&self.folder))?;
        let stem = self.stem(scenario, failure);
        let path = self.folder.join(format!("{stem}.toml"));
        let classes = failure.outcome.brief.classes;
        let faults = &failure.outcome.schedule;
        let text = scenario.saved_failure(failure.seed, faults, classes, &path);
        fails_again(scenario, &text, &path, failure)?;
        write_numbered(&self.folder, &stem, &text).map_err(Error::of_file)
    }

    /// `lost-ack-duplicated-seed-7`
    fn stem(&self, scenario: &Scenario, failure: &Failure) -> String {
        let stem = scenario.path.file_stem().unwrap_or_default().to_string_lossy();
        let mut stem = match scenario.path == Path::new(STANDARD_INPUT) {
            true => "standard-input".to_owned(),
            false => stem.into_owned(),
        };
        for class in failure.outcome.brief.classes.iter() {
            stem.push_str(&format!("-{}", class.word()));
        }
        stem.push_str(match self.sort {
            SortOfSaved::AsStated => "",
            SortOfSaved::Swarm => "-swarm",
            SortOfSaved::FirstFound => "-first-found",
        });
        match failure.seed {
            Some(seed) => format!("{stem}-seed-{seed}"),
            None => format!("{stem}-no-seed"),
        }
    }
}

/// Whether the text that is to be saved says the run that failed.
fn fails_again(
    scenario: &Scenario,
    text: &str,
    path: &Path,
    failure: &Failure,
) -> Result<(), Error> {
    let saved = scenario.reread(text, path)?;
    let outcome = saved.trial.simulator().detail(saved.seed);
    let found =
        |brief: &Brief| format!("{} ({})", brief.verdict.word(), class_list(brief.classes.iter()));
    if let Some(difference) =
        first_difference(failure.seed, &same(&failure.outcome.brief), &same(&outcome.brief))
    {
        return Err(Error::NotDeterministic(format!(
            "the failure saved from {} does not replay: it was {} and is {}; {} was {} and is {}",
            seed_in_words(failure.seed),
            found(&failure.outcome.brief),
            found(&outcome.brief),
            difference.field,
            difference.first,
            difference.again,
        )));
    }
    if let Some(&fault) = outcome.unfired.first() {
        return Err(Error::NotDeterministic(format!(
            "the failure saved from {} does not replay: its fault number {} does not fire",
            seed_in_words(failure.seed),
            fault + 1,
        )));
    }
    Ok(())
}

fn seed_in_words(seed: Option<u64>) -> String {
    seed.map_or_else(|| "the run without a seed".to_owned(), |seed| format!("seed {seed}"))
}

/// What of a run must be the same whether its faults were drawn or stated: what it found, and its trace.
fn same(brief: &Brief) -> Brief {
    Brief {
        alphabet: &onceproof_model::dataflow::point::ALPHABET,
        fired: Fired::default(),
        strikes: Strikes::default(),
        marks: Marks::default(),
        work: Work::default(),
        virtual_time: 0,
        ..*brief
    }
}
