//! A file that a command makes beside its report, and that can be made again: a page, or a picture of a run.

use crate::ending::Error;
use onceproof::write::{may_renew, renew};
use std::io::{self, ErrorKind};
use std::path::Path;

/// A file that is to be made.
pub struct Made<'a> {
    path: &'a Path,
    sign: &'static str,
}

impl<'a> Made<'a> {
    /// A file that begins with this sign, so that it is known again.
    ///
    /// # Errors
    /// Something else has its name, or there is no such folder: what would be found out only after a long search.
    pub fn new(path: &'a Path, sign: &'static str) -> Result<Made<'a>, Error> {
        may_renew(path, sign).map_err(refused(path))?;
        Ok(Made { path, sign })
    }

    /// Writes it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, text: &str) -> Result<(), Error> {
        renew(self.path, self.sign, text).map_err(refused(self.path))
    }
}

/// What another file has the name of is bad usage.
fn refused(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |error| match error.kind() {
        ErrorKind::AlreadyExists => Error::Usage(format!("{}: {error}", path.display())),
        _ => Error::io(path)(error),
    }
}
