//! What the one who runs a test asks of its checks, without a change of the test.

use crate::search::threads::Threads;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is asked by variables of the environment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Environment {
    /// `ONCEPROOF_SEED` or `ONCEPROOF_SEEDS`: the seeds, in place of those of the test.
    pub seeds: Option<Range<u64>>,
    /// `ONCEPROOF_REPLAY`: this saved failure, and no search.
    pub replay: Option<PathBuf>,
    /// `ONCEPROOF_JOBS`: on so many threads.
    pub jobs: Option<NonZeroUsize>,
}

impl Environment {
    /// Reads the variables.
    ///
    /// # Errors
    /// A value cannot be read: which, and what would be right.
    pub fn read() -> Result<Environment, String> {
        Environment::of(&variable)
    }

    /// On which threads: on one per core if nothing is asked.
    pub fn threads(&self) -> Threads {
        self.jobs.map_or_else(Threads::per_core, Threads::new)
    }

    fn of(variable: &dyn Fn(&str) -> Option<String>) -> Result<Environment, String> {
        let (seed, seeds) = (variable("ONCEPROOF_SEED"), variable("ONCEPROOF_SEEDS"));
        let seeds = match (seed, seeds) {
            (Some(_), Some(_)) => {
                return Err("ONCEPROOF_SEED and ONCEPROOF_SEEDS are both set: unset one".to_owned());
            }
            (Some(seed), None) => {
                let such_as = "one seed, such as ONCEPROOF_SEED=17";
                let read = number(&seed).and_then(|seed| Some(seed..seed.checked_add(1)?));
                Some(read.ok_or_else(|| wrong("ONCEPROOF_SEED", &seed, such_as))?)
            }
            (None, Some(seeds)) => {
                let such_as = "a range of seeds, such as ONCEPROOF_SEEDS=0..100000";
                let read = seeds.split_once("..").and_then(|(first, end)| {
                    let (first, end) = (number(first)?, number(end)?);
                    (first < end).then_some(first..end)
                });
                Some(read.ok_or_else(|| wrong("ONCEPROOF_SEEDS", &seeds, such_as))?)
            }
            (None, None) => None,
        };
        let jobs = variable("ONCEPROOF_JOBS").map(|jobs| {
            let such_as = "a number of threads, such as ONCEPROOF_JOBS=2";
            jobs.trim().parse().map_err(|_| wrong("ONCEPROOF_JOBS", &jobs, such_as))
        });
        let replay = variable("ONCEPROOF_REPLAY").map(|path| match path.trim() {
            "" => {
                let such_as = "the file of a saved failure";
                Err(wrong("ONCEPROOF_REPLAY", &path, such_as))
            }
            _ => Ok(PathBuf::from(path)),
        });
        Ok(Environment { seeds, replay: replay.transpose()?, jobs: jobs.transpose()? })
    }
}

/// `100000` or `100_000`.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
    text.replace('_', "").parse().ok().filter(|_| is_number)
}

fn wrong(name: &str, value: &str, such_as: &str) -> String {
    format!("{name}={value:?} cannot be read: it is {such_as}")
}

#[expect(clippy::disallowed_methods, reason = "no run sees it: it chooses which are made")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The folder of the crate whose tests run: that of its `Cargo.toml`; where Cargo does not run them, the current one.
pub(super) fn crate_folder() -> PathBuf {
    variable("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// A path as it is given where the tests of a crate run: below the current folder if there is such a file, else below
/// that of the crate.
pub(super) fn resolved(path: &Path) -> PathBuf {
    if path.is_absolute() || path.exists() { path.to_owned() } else { crate_folder().join(path) }
}

/// The name of the test that runs; empty if it is not known, as where all tests run on one thread.
#[expect(clippy::disallowed_methods, reason = "no run sees it: it names the file of a failure")]
pub(super) fn test_name() -> String {
    let thread = std::thread::current();
    thread.name().filter(|&name| name != "main").unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, String> {
        Environment::of(&|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|&(_, value)| value.to_owned())
        })
    }

    #[test]
    fn each_variable_asks_for_what_it_says() {
        assert_eq!(read(&[]), Ok(Environment::default()));
        let seeds = |variables| read(variables).expect("seeds").seeds;
        assert_eq!(seeds(&[("ONCEPROOF_SEED", "17")]), Some(17..18));
        assert_eq!(seeds(&[("ONCEPROOF_SEEDS", "3..100_000")]), Some(3..100_000));
        let all = read(&[("ONCEPROOF_REPLAY", "a/b.toml"), ("ONCEPROOF_JOBS", "2")]);
        let (replay, jobs) = (Some(PathBuf::from("a/b.toml")), NonZeroUsize::new(2));
        assert_eq!(all, Ok(Environment { seeds: None, replay, jobs }));
    }

    #[test]
    fn what_cannot_be_read_is_said_with_what_would_be_right() {
        let check = |name, value, such_as: &str| {
            let wrong = read(&[(name, value)]).expect_err("a value that is wrong");
            assert_eq!(wrong, format!("{name}={value:?} cannot be read: it is {such_as}"));
        };
        for value in ["", "-1", "+1", "_1", "1..2", "18446744073709551615"] {
            check("ONCEPROOF_SEED", value, "one seed, such as ONCEPROOF_SEED=17");
        }
        for value in ["", "7", "5..5", "0..=9", "..9"] {
            let such_as = "a range of seeds, such as ONCEPROOF_SEEDS=0..100000";
            check("ONCEPROOF_SEEDS", value, such_as);
        }
        for value in ["", "0", "all"] {
            check("ONCEPROOF_JOBS", value, "a number of threads, such as ONCEPROOF_JOBS=2");
        }
        check("ONCEPROOF_REPLAY", " ", "the file of a saved failure");
        assert!(read(&[("ONCEPROOF_SEED", "1"), ("ONCEPROOF_SEEDS", "1..2")]).is_err());
    }

    #[test]
    fn a_test_is_known_by_the_name_of_its_thread() {
        let end = "a_test_is_known_by_the_name_of_its_thread";
        let name = test_name();
        assert!(name.is_empty() || name.ends_with(end), "{name}");
    }
}
