//! The document that holds what is done of a command: of one that is to go on later, or of one of several parts that
//! several machines do. It says by which build, of which files and of what was asked for it is, so that only what belongs
//! together is put together; and a hash of what it holds, since all of that is followed blindly. A scenario is what it says
//! and reads: each machine may have it in a folder of its own.

use super::certificate::ENGINE;
use super::resume::Done;
use super::shard::Shard;
use super::strategies::Comparison;
use super::tally::Sweep;
use crate::scenario::Scenario;
use onceproof_kernel::mix;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What such a document calls itself.
const SCHEMA: &str = "onceproof.part/1";

/// What was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The command with what its result hangs on, word by word.
    pub command: Vec<String>,
    /// The scenarios, in the order in which they are run.
    pub scenarios: Vec<Digested>,
    /// Which part of how many.
    pub shard: Shard,
}

impl Asked {
    /// Whether the same is asked for, wherever the scenarios are.
    fn is_of_one_whole(&self, other: &Asked) -> bool {
        let digests = |asked: &Asked| {
            asked.scenarios.iter().map(|one| one.digest.clone()).collect::<Vec<_>>()
        };
        let is_same_command = self.without_paths().eq(other.without_paths());
        is_same_command && digests(self) == digests(other) && self.shard.of() == other.shard.of()
    }

    /// The words of the command without those that say where files are.
    fn without_paths(&self) -> impl Iterator<Item = &String> {
        let words = self.command.iter().take_while(|word| *word != "--");
        words.filter(|word| !word.starts_with("--allow-read="))
    }

    /// In words, what is asked for otherwise here than there.
    pub fn differs(&self, other: &Asked) -> String {
        let said =
            |what: &str, first: &str, second: &str| format!("{what} is {first}, and here {second}");
        if self.without_paths().ne(other.without_paths()) {
            return said("what was asked for", &self.command.join(" "), &other.command.join(" "));
        }
        let mut pairs = self.scenarios.iter().zip(&other.scenarios);
        if let Some((one, other)) = pairs.find(|(one, other)| one.digest != other.digest) {
            let [one, other] = [one, other].map(|one| one.path.display());
            return match one.to_string() == other.to_string() {
                true => format!("{one}, or a file that it reads, says something else"),
                false => {
                    format!("{one} and {other}, or files that they read, say different things")
                }
            };
        }
        if self.scenarios != other.scenarios {
            let paths = |asked: &Asked| {
                let paths = asked.scenarios.iter().map(|one| one.path.display().to_string());
                paths.collect::<Vec<_>>().join(", ")
            };
            return said("what was run", &paths(self), &paths(other));
        }
        said("the part", &self.shard.to_string(), &other.shard.to_string())
    }
}

/// A scenario by its path, and a hash of all that it says and reads.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digested {
    /// As it was given.
    pub path: PathBuf,
    /// The hash.
    pub digest: String,
}

impl Digested {
    /// That of a scenario.
    pub fn of(scenario: &Scenario) -> Digested {
        let Scenario { trial, seed, path, .. } = scenario;
        let digest = hash(&format!("{} {trial:?} {seed:?}", scenario.text()));
        Digested { path: path.clone(), digest }
    }
}

/// What is done of one of the searches that a command makes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// Runs of a sweep, as in [`super::stretch::Stretch::done`].
    Runs(Vec<Sweep>),
    /// Runs that were measured, the same.
    Measured(Vec<Comparison>),
    /// Schedules.
    Schedules(Done),
}

/// What is done of a command.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    schema: String,
    engine: String,
    /// What was asked for.
    pub asked: Asked,
    /// Whether all of it is done.
    pub complete: bool,
    /// How long each search took, in nanoseconds, where that is told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nanos: BTreeMap<String, u64>,
    /// The failures that were saved as they were found, by what is first of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub saved: BTreeMap<String, PathBuf>,
    check: String,
    /// What is done of each search, by its name.
    pub work: BTreeMap<String, Kept>,
}

impl Part {
    /// What is done, by this build.
    pub fn new(asked: Asked, complete: bool, work: BTreeMap<String, Kept>) -> Part {
        let (schema, engine) = (SCHEMA.to_owned(), ENGINE.to_owned());
        let (nanos, saved, check) = (BTreeMap::new(), BTreeMap::new(), String::new());
        let mut part = Part { schema, engine, asked, complete, nanos, saved, check, work };
        part.check = part.digest();
        part
    }

    /// The same as one that has its scenarios at these paths: what is done of a scenario has the path for its name.
    fn at(self, paths: &[Digested]) -> Part {
        let Part { asked, work, nanos, .. } = &self;
        let moved = |name: &String| {
            let at = asked.scenarios.iter().position(|one| one.path.to_string_lossy() == *name);
            let path = at.and_then(|at| paths.get(at)).map(|one| one.path.to_string_lossy());
            path.map_or_else(|| name.clone(), |path| path.into_owned())
        };
        let work = work.iter().map(|(name, kept)| (moved(name), kept.clone())).collect();
        let nanos = nanos.iter().map(|(name, nanos)| (moved(name), *nanos)).collect();
        Part { work, nanos, ..self }
    }

    /// A hash of what is done, and of what that is.
    fn digest(&self) -> String {
        let Part { asked, complete, work, .. } = self;
        hash(
            &serde_json::to_string(&(asked, complete, work))
                .expect("every field is a text or a number"),
        )
    }

    /// The document, on one line.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("every field is a text or a number")
    }

    /// Reads a document.
    ///
    /// # Errors
    /// In words, why it is none that this build could use.
    pub fn read(text: &str) -> Result<Part, String> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
            engine: String,
        }
        let head: Head = serde_json::from_str(text)
            .map_err(|_| "it holds nothing that was done of a search".to_owned())?;
        if head.schema != SCHEMA {
            return Err("it holds nothing that was done of a search".to_owned());
        }
        if head.engine != ENGINE {
            return Err(format!("it was written by {}, and this is {ENGINE}", head.engine));
        }
        let part: Part =
            serde_json::from_str(text).map_err(|error| format!("it is damaged: {error}"))?;
        match part.check == part.digest() {
            true => Ok(part),
            false => {
                Err("it is damaged: what it holds has another hash than was written".to_owned())
            }
        }
    }
}

fn hash(text: &str) -> String {
    format!("{:016x}", mix::text(text))
}

/// All parts of a command, in their order.
#[derive(Clone, PartialEq, Debug)]
pub struct Parts {
    /// What was asked for, of the whole.
    pub asked: Asked,
    /// What was done of each search, in each part.
    pub work: Vec<BTreeMap<String, Kept>>,
    /// How long each search took in all parts together, in nanoseconds.
    pub nanos: BTreeMap<String, u64>,
}

/// Why parts make no whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoWhole {
    /// They do not belong together.
    Apart(String),
    /// One part was done twice, and came out differently.
    Differs(String),
    /// Parts are missing.
    Missing(String),
}

impl Parts {
    /// Takes parts together, each with the file it was read from. One that is there twice counts once. The scenarios are
    /// where the first part has them.
    ///
    /// # Errors
    /// They are not all parts of one whole.
    pub fn of(parts: Vec<(PathBuf, Part)>) -> Result<Parts, NoWhole> {
        let Some((first_file, first)) = parts.first().cloned() else {
            return Err(NoWhole::Missing("there is no part".to_owned()));
        };
        let mut found: BTreeMap<Shard, (PathBuf, Part)> = BTreeMap::new();
        let mut incomplete = Vec::new();
        for (file, part) in parts {
            same_whole((&first_file, &first.asked), (&file, &part.asked))?;
            let part = part.at(&first.asked.scenarios);
            let shard = part.asked.shard;
            if !part.complete {
                incomplete.push((shard, file));
                continue;
            }
            match found.get(&shard) {
                Some((other, known)) if known.work != part.work => {
                    let [other, file] = [other, &file].map(|file| file.display());
                    return Err(NoWhole::Differs(format!(
                        "{other} and {file} are both part {shard}, and what they found differs"
                    )));
                }
                Some(_) => {}
                None => {
                    found.insert(shard, (file, part));
                }
            }
        }
        let of = first.asked.shard.of();
        let all = (1..=of).filter_map(|number| Shard::new(number, of).ok());
        let missing: Vec<String> = all
            .filter(|shard| !found.contains_key(shard))
            .map(|shard| match incomplete.iter().find(|(other, _)| *other == shard) {
                None => format!("part {shard}"),
                Some((_, file)) => format!("part {shard}, which {} did not end", file.display()),
            })
            .collect();
        if !missing.is_empty() {
            return Err(NoWhole::Missing(format!("there is no {}", missing.join(", no "))));
        }
        let mut whole = Parts {
            asked: Asked { shard: Shard::WHOLE, ..first.asked },
            work: Vec::new(),
            nanos: BTreeMap::new(),
        };
        // In the order of their numbers.
        for (_, part) in found.into_values() {
            whole.work.push(part.work);
            for (name, nanos) in part.nanos {
                *whole.nanos.entry(name).or_default() += nanos;
            }
        }
        Ok(whole)
    }
}

/// That two parts are of one whole.
fn same_whole(one: (&Path, &Asked), other: (&Path, &Asked)) -> Result<(), NoWhole> {
    if one.1.is_of_one_whole(other.1) {
        return Ok(());
    }
    let why = one.1.differs(other.1);
    let (one, other) = (one.0.display(), other.0.display());
    Err(NoWhole::Apart(format!("{one} and {other} are no parts of one whole: {why}")))
}
