//! What is done of a long command: kept in a file now and then while it runs, so that no more is lost than what was
//! done since; made in parts by several machines; and put together from those parts. All three are one thing: a command
//! asks what is done of each of its searches, makes the rest, and says what is done then.

use super::progress::{now, timed};
use crate::cli::{PartArgs, STANDARD_INPUT};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::report::Timing;
use onceproof::scenario::Scenario;
use onceproof::search::append::{Tallied, joined};
use onceproof::search::exhaust::Advance;
use onceproof::search::part::{Asked, Digested, Kept, Part, Parts};
use onceproof::search::resume::Done;
use onceproof::search::shard::Shard;
use onceproof::search::strategies::Comparison;
use onceproof::search::stretch::{Stretch, Tell, TellViolated};
use onceproof::search::sweep::Stop;
use onceproof::search::tally::{Seeds, Sweep};
use onceproof::write::replace;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, io};

/// How often a search that goes on is kept.
const EVERY: Duration = Duration::from_secs(10);

/// What is done of a command, and where that is kept.
pub struct Work {
    asked: Asked,
    /// Whether what is done is all that this process is to say.
    is_part: bool,
    /// The parts that it is put together from.
    parts: Option<Parts>,
    file: Option<PathBuf>,
    cancel: Arc<AtomicBool>,
    done: Mutex<BTreeMap<String, Kept>>,
    nanos: Mutex<BTreeMap<String, u64>>,
    /// The failures that were saved as they were found, by what is first of them.
    saved: Mutex<BTreeMap<String, PathBuf>>,
    /// When the file was written last; it is written with the first that is done.
    last: Mutex<Option<Instant>>,
    failed: Mutex<Option<io::Error>>,
}

impl Work {
    /// The work that a command has before it. Of what was done before it is that in the file, or in these parts.
    /// `command` is what its result hangs on, word by word. `cancel` is set where the file cannot be written.
    ///
    /// # Errors
    /// The file cannot be read, or what was done is no part of what is asked for.
    pub fn begin<'a>(
        args: &PartArgs,
        command: Vec<String>,
        scenarios: impl IntoIterator<Item = &'a Scenario>,
        parts: Option<Parts>,
        cancel: &Arc<AtomicBool>,
    ) -> Result<Work, Error> {
        let shard = args.shard.unwrap_or(Shard::WHOLE);
        let is_kept = args.shard.is_some() || args.resume.is_some() || parts.is_some();
        // To hash a long input takes time.
        let scenarios: Vec<Digested> = match is_kept {
            true => scenarios.into_iter().map(Digested::of).collect(),
            false => Vec::new(),
        };
        if args.shard.is_some()
            && scenarios.iter().any(|scenario| scenario.path == Path::new(STANDARD_INPUT))
        {
            let why =
                "a merge of the parts reads the scenario again, and standard input is read once";
            return Err(Error::Usage(format!("{why}: name a file")));
        }
        let asked = Asked { command, scenarios, shard };
        if let Some(parts) = &parts
            && parts.asked != asked
        {
            let why = parts.asked.differs(&asked);
            return Err(Error::Usage(format!("the parts are of another search: {why}")));
        }
        let kept = args.resume.as_ref().map(|file| read(file, &asked)).transpose()?.flatten();
        let (done, saved) = kept.map_or_else(Default::default, |kept| (kept.work, kept.saved));
        Ok(Work {
            asked,
            is_part: args.shard.is_some(),
            parts,
            file: args.resume.clone(),
            cancel: Arc::clone(cancel),
            done: Mutex::new(done),
            nanos: Mutex::default(),
            saved: Mutex::new(saved),
            last: Mutex::new(None),
            failed: Mutex::new(None),
        })
    }

    /// Whether this process makes one of several parts, and says nothing of the whole.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// Whether all was done before, by other processes.
    pub fn is_put_together(&self) -> bool {
        self.parts.is_some()
    }

    /// How many runs of a sweep are this process's.
    pub fn count(&self, seeds: &Seeds) -> u64 {
        let numbers = self.asked.shard.range(seeds.count());
        numbers.end - numbers.start
    }

    /// Makes the runs of a sweep that are not done.
    ///
    /// # Errors
    /// Of the parts that it is put together from one is not all it should be.
    pub fn runs<T: Stretched, R>(
        &self,
        name: &str,
        seeds: &Seeds,
        stop: Stop,
        make: impl FnOnce(&mut Stretch<'_, T>) -> R,
    ) -> Result<R, Error> {
        self.runs_and(name, seeds, stop, None, make)
    }

    /// The same, with someone who is told of each run that is violated.
    ///
    /// # Errors
    /// As above.
    pub fn runs_and<T: Stretched, R>(
        &self,
        name: &str,
        seeds: &Seeds,
        stop: Stop,
        violated: Option<&TellViolated<'_>>,
        make: impl FnOnce(&mut Stretch<'_, T>) -> R,
    ) -> Result<R, Error> {
        let done = match &self.parts {
            Some(parts) => {
                let all = parts.work.iter().map(|part| part.get(name).and_then(T::read));
                let all = all.collect::<Option<Vec<_>>>().ok_or_else(|| lacks(name, "nothing"))?;
                let all = joined(all, seeds, stop).map_err(|why| lacks(name, &why))?;
                all.into_iter().collect()
            }
            None => self.done_of(name).and_then(|kept| T::read(&kept)).unwrap_or_default(),
        };
        let keep = |turns: &[T], all: &T| {
            self.now_and_then(name, || T::kept(turns.iter().chain([all]).cloned().collect()));
        };
        let tell: Option<&Tell<'_, T>> = match self.file {
            Some(_) => Some(&keep),
            None => None,
        };
        let mut stretch = Stretch { shard: self.asked.shard, done, tell, violated };
        let made = make(&mut stretch);
        self.put(name, T::kept(stretch.done));
        Ok(made)
    }

    /// Makes the parts of an exhaustive search that are not done; it is for at most so many faults.
    ///
    /// # Errors
    /// As above, or two parts found something else of the same schedules.
    pub fn schedules<R>(
        &self,
        name: &str,
        most: u32,
        make: impl FnOnce(&mut Done, &(dyn Fn(Advance<'_>) + Sync)) -> R,
    ) -> Result<R, Error> {
        let read = |kept: &Kept| match kept {
            Kept::Schedules(done) => Some(done.clone()),
            Kept::Runs(_) | Kept::Measured(_) => None,
        };
        let mut done = match &self.parts {
            Some(parts) => {
                let all = parts.work.iter().map(|part| part.get(name).and_then(read));
                let all = all.collect::<Option<Vec<_>>>().ok_or_else(|| lacks(name, "nothing"))?;
                Done::joined(all, most).map_err(|why| {
                    Error::NotDeterministic(format!("the parts differ in {name}: {why}"))
                })?
            }
            None => {
                let kept = self.done_of(name).and_then(|kept| read(&kept));
                kept.unwrap_or_else(|| Done::of(self.asked.shard))
            }
        };
        let keep = |told: Advance<'_>| {
            if let Advance::Part(_, done) = told {
                self.now_and_then(name, || Kept::Schedules(done.clone()));
            }
        };
        let made = make(&mut done, &keep);
        self.put(name, Kept::Schedules(done));
        Ok(made)
    }

    /// Does some work, and says how long it took: in all parts together where it is put together from those.
    pub fn timed<T>(&self, name: &str, work: impl FnOnce() -> T) -> (T, Timing) {
        let (made, timing) = timed(work);
        let mut nanos = self.nanos.lock().expect("no thread has panicked");
        nanos.insert(name.to_owned(), timing.nanos);
        let before = self.parts.as_ref().and_then(|parts| parts.nanos.get(name).copied());
        (made, before.map_or(timing, |nanos| Timing { nanos }))
    }

    /// The work has ended, with all of it done or not. The file is written, and of a part its document.
    ///
    /// # Errors
    /// The file could not be written, now or earlier.
    pub fn end(&self, is_complete: bool, output: &mut Printer) -> Result<Ending, Error> {
        let written = match self.failed.lock().expect("no thread has panicked").take() {
            Some(error) => Err(error),
            None => self.write(is_complete),
        };
        if self.is_part {
            let mut part = self.part(is_complete);
            part.nanos = self.nanos.lock().expect("no thread has panicked").clone();
            output.line(&part.to_text());
        }
        let ending = if is_complete { Ending::AsExpected } else { Ending::Inconclusive };
        match (written, &self.file) {
            (Err(error), Some(file)) => Err(Error::io(file)(error)),
            _ => Ok(ending),
        }
    }

    fn part(&self, is_complete: bool) -> Part {
        let done = self.done.lock().expect("no thread has panicked").clone();
        let mut part = Part::new(self.asked.clone(), is_complete, done);
        part.saved.clone_from(&self.saved.lock().expect("no thread has panicked"));
        part
    }

    /// Saves a failure as it is found, if it is the first of its sort: what is found by a search that is kept is there
    /// also if that is killed.
    ///
    /// # Errors
    /// Those of `save`.
    pub fn save(
        &self,
        sort: &str,
        save: impl FnOnce() -> Result<PathBuf, Error>,
    ) -> Result<(), Error> {
        if self.file.is_none() || self.is_part {
            return Ok(());
        }
        {
            // Held until it is saved: two threads may find the first of a sort at one time, and save one.
            let mut saved = self.saved.lock().expect("no thread has panicked");
            if saved.contains_key(sort) {
                return Ok(());
            }
            saved.insert(sort.to_owned(), save()?);
        }
        // A search that goes on must know that it was saved by itself.
        *self.last.lock().expect("no thread has panicked") = None;
        Ok(())
    }

    /// Whether a failure was saved by this search: when it goes on, that is no regression of an earlier one.
    pub fn has_saved(&self, path: &Path) -> bool {
        self.saved.lock().expect("no thread has panicked").values().any(|saved| saved == path)
    }

    /// What is done of a search.
    fn done_of(&self, name: &str) -> Option<Kept> {
        self.done.lock().expect("no thread has panicked").get(name).cloned()
    }

    fn put(&self, name: &str, kept: Kept) {
        self.done.lock().expect("no thread has panicked").insert(name.to_owned(), kept);
    }

    /// Keeps what is done of a search, if the file was written some time ago. If that fails the search ends: one that
    /// cannot be kept as it was asked to is not gone on with.
    fn now_and_then(&self, name: &str, kept: impl FnOnce() -> Kept) {
        let mut last = self.last.lock().expect("no thread has panicked");
        if last.is_some_and(|last| now().duration_since(last) < EVERY) {
            return;
        }
        self.put(name, kept());
        if let Err(error) = self.write(false) {
            *self.failed.lock().expect("no thread has panicked") = Some(error);
            self.cancel.store(true, Ordering::Relaxed);
        }
        *last = Some(now());
    }

    fn write(&self, is_complete: bool) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        replace(file, &format!("{}\n", self.part(is_complete).to_text()))
    }
}

/// What is done, by a file that keeps it; none if there is no such file yet.
fn read(file: &Path, asked: &Asked) -> Result<Option<Part>, Error> {
    // What has no end would be read for ever, and a link would be replaced by a file.
    let no_file = fs::symlink_metadata(file).ok().filter(|found| !found.is_file());
    if let Some(found) = no_file {
        let what = if found.is_symlink() { "it is a link" } else { "it is no file" };
        return Err(Error::Usage(format!("cannot keep a search in {}: {what}", file.display())));
    }
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(file)(error)),
    };
    let part = Part::read(&text).and_then(|part| match part.asked == *asked {
        true => Ok(part),
        false => Err(format!("it belongs to another search: {}", part.asked.differs(asked))),
    });
    let cannot = |why| Error::Usage(format!("cannot go on with {}: {why}", file.display()));
    part.map(Some).map_err(cannot)
}

/// That the parts are not all there is of a search.
fn lacks(name: &str, why: &str) -> Error {
    Error::System(format!("the parts are not all there is of {name}: {why}"))
}

/// What runs come to, as it is kept.
pub trait Stretched: Tallied + Sync {
    /// Of something else it is nothing.
    fn read(kept: &Kept) -> Option<Vec<Self>>;

    /// The same the other way round.
    fn kept(done: Vec<Self>) -> Kept;
}

impl Stretched for Sweep {
    fn read(kept: &Kept) -> Option<Vec<Sweep>> {
        match kept {
            Kept::Runs(done) => Some(done.clone()),
            Kept::Measured(_) | Kept::Schedules(_) => None,
        }
    }

    fn kept(done: Vec<Sweep>) -> Kept {
        Kept::Runs(done)
    }
}

impl Stretched for Comparison {
    fn read(kept: &Kept) -> Option<Vec<Comparison>> {
        match kept {
            Kept::Measured(done) => Some(done.clone()),
            Kept::Runs(_) | Kept::Schedules(_) => None,
        }
    }

    fn kept(done: Vec<Comparison>) -> Kept {
        Kept::Measured(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps a search without any part in `name` in a folder of this test's own, and says whether a part that is done
    /// makes a file, and whether the search is asked to end.
    fn after_a_part(name: &str) -> (bool, bool, Result<(), Error>) {
        let of = format!("onceproof-keep-{}-{}", std::process::id(), name.replace('/', "-"));
        let folder = std::env::temp_dir().join(of);
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(name);
        let cancel = Arc::new(AtomicBool::new(false));
        let args = PartArgs { resume: Some(file.clone()), ..PartArgs::default() };
        let begin = || Work::begin(&args, vec!["exhaust".to_owned()], [], None, &cancel);
        let work = begin().expect("a beginning");
        let is_there = work.schedules("all", 1, |done, tell| {
            tell(Advance::Part(1, done));
            file.exists()
        });
        let is_cancelled = cancel.load(Ordering::Relaxed);
        let end = work.write(true).map_err(Error::io(&file));
        if end.is_ok() {
            let again = begin().expect("the file");
            assert_eq!(again.done_of("all"), Some(Kept::Schedules(Done::default())));
        }
        fs::remove_dir_all(&folder).expect("the folder");
        (is_there.expect("no parts"), is_cancelled, end)
    }

    #[test]
    fn a_search_is_kept_with_the_first_that_is_done_and_at_its_end() {
        let (is_there, is_cancelled, end) = after_a_part("at-once.json");
        assert!(is_there && !is_cancelled && end.is_ok());
    }

    #[test]
    fn a_search_that_cannot_be_kept_ends() {
        let (is_there, is_cancelled, end) = after_a_part("nowhere/a.json");
        assert!(!is_there && is_cancelled && end.is_err());
    }
}
