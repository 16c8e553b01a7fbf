//! Keeping what a long search has done: now and then while it runs, so that no more is lost than what was done
//! since, and at its end.

use super::progress::now;
use crate::ending::Error;
use onceproof::search::resume::Done;
use onceproof::write::replace;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, io};

/// How often a search that goes on is kept.
pub const EVERY: Duration = Duration::from_secs(10);

/// A file that holds what a search has done.
pub struct Keep<'a> {
    file: &'a Path,
    /// The search that it belongs to.
    space: u64,
    every: Duration,
    cancel: &'a AtomicBool,
    last: Mutex<Instant>,
    failed: Mutex<Option<io::Error>>,
}

impl<'a> Keep<'a> {
    /// Keeps a search in a file, every so often. If that fails, `cancel` is set: a search that cannot be kept
    /// as it was asked to is not gone on with.
    pub fn new(file: &'a Path, space: u64, every: Duration, cancel: &'a AtomicBool) -> Keep<'a> {
        let (last, failed) = (Mutex::new(now()), Mutex::new(None));
        Keep { file, space, every, cancel, last, failed }
    }

    /// What is done already, if there is such a file yet.
    ///
    /// # Errors
    /// The file cannot be read, or belongs to another search.
    pub fn read(&self) -> Result<Done, Error> {
        // What has no end would be read for ever, and a link would be replaced by a file.
        let no_file = fs::symlink_metadata(self.file).ok().filter(|found| !found.is_file());
        if let Some(found) = no_file {
            let file = self.file.display();
            let what = if found.is_symlink() { "it is a link" } else { "it is no file" };
            return Err(Error::Usage(format!("cannot keep a search in {file}: {what}")));
        }
        let text = match fs::read_to_string(self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Done::default()),
            Err(error) => return Err(Error::io(self.file)(error)),
        };
        let document = serde_json::from_str(&text).map_err(|error| error.to_string());
        let done = document.and_then(|document| Done::from_json(&document, self.space));
        done.map_err(|why| {
            Error::Usage(format!("cannot go on with {}: {why}", self.file.display()))
        })
    }

    /// One part more is done.
    pub fn part(&self, done: &Done) {
        let mut last = self.last.lock().expect("no thread has panicked");
        if now().duration_since(*last) < self.every {
            return;
        }
        if let Err(error) = self.write(done) {
            *self.failed.lock().expect("no thread has panicked") = Some(error);
            self.cancel.store(true, Ordering::Relaxed);
        }
        *last = now();
    }

    /// The search has ended.
    ///
    /// # Errors
    /// The file could not be written, now or earlier.
    pub fn end(self, done: &Done) -> Result<(), Error> {
        let failed = self.failed.lock().expect("no thread has panicked").take();
        failed.map_or_else(|| self.write(done), Err).map_err(Error::io(self.file))
    }

    fn write(&self, done: &Done) -> io::Result<()> {
        replace(self.file, &format!("{:#}\n", done.to_json(self.space)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps a search without any part in `name` in a folder of this test's own, and says whether a part that
    /// is done makes a file, and whether the search is asked to end.
    fn after_a_part(name: &str, every: Duration) -> (bool, bool, Result<(), Error>) {
        let of = format!("onceproof-keep-{}-{}", std::process::id(), name.replace('/', "-"));
        let folder = std::env::temp_dir().join(of);
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(name);
        let cancel = AtomicBool::new(false);
        let keep = Keep::new(&file, 7, every, &cancel);
        keep.part(&Done::default());
        let is_there = file.exists();
        let is_cancelled = cancel.load(Ordering::Relaxed);
        let end = keep.end(&Done::default());
        if end.is_ok() {
            let again = Keep::new(&file, 7, every, &cancel).read();
            assert_eq!(again.ok(), Some(Done::default()));
        }
        fs::remove_dir_all(&folder).expect("the folder");
        (is_there, is_cancelled, end)
    }

    #[test]
    fn a_search_is_kept_now_and_then_and_at_its_end() {
        let (is_there, is_cancelled, end) = after_a_part("at-once.json", Duration::ZERO);
        assert!(is_there && !is_cancelled && end.is_ok());
        let (is_there, is_cancelled, end) = after_a_part("later.json", EVERY);
        assert!(!is_there && !is_cancelled && end.is_ok());
    }

    #[test]
    fn a_search_that_cannot_be_kept_ends() {
        let (is_there, is_cancelled, end) = after_a_part("nowhere/a.json", Duration::ZERO);
        assert!(!is_there && is_cancelled && end.is_err());
    }
}
