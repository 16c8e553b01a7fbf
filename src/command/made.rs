//! A file that a command makes beside its report, and that can be made again: a page, a picture, or a timeline.

use crate::cli::PageArgs;
use crate::ending::Error;
use crate::output::complain;
use onceproof::page::{self, dashboard};
use onceproof::write::{Sign, may_renew, renew, renew_by};
use serde_json::Value;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that is to be made.
pub struct Made<'a> {
    path: &'a Path,
    sign: Sign,
}

impl<'a> Made<'a> {
    /// A file of the kind that has this sign.
    ///
    /// # Errors
    /// Something else has its name, or there is no such folder: what would be found out only after a long search.
    pub fn new(path: &'a Path, sign: Sign) -> Result<Made<'a>, Error> {
        may_renew(path, sign).map_err(refused(path))?;
        Ok(Made { path, sign })
    }

    /// The same, where a file was asked for.
    ///
    /// # Errors
    /// Those of [`Made::new`].
    pub fn asked(path: &'a Option<PathBuf>, sign: Sign) -> Result<Option<Made<'a>>, Error> {
        path.as_deref().map(|path| Made::new(path, sign)).transpose()
    }

    /// Writes it, and says where it is.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, text: &str) -> Result<(), Error> {
        renew(self.path, self.sign, text).map_err(refused(self.path))?;
        self.told();
        Ok(())
    }

    /// Has it written, and says where it is.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_by(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        renew_by(self.path, self.sign, write).map_err(refused(self.path))?;
        self.told();
        Ok(())
    }

    /// Its path, for what is kept beside it until it is written.
    pub fn path(&self) -> &Path {
        self.path
    }

    fn told(&self) {
        complain(&format!("the {} is in {}", self.sign.what, self.path.display()));
    }
}

/// A page that is to be made, if one was asked for.
pub struct MadePage<'a>(Option<Made<'a>>);

impl<'a> MadePage<'a> {
    /// The page that was asked for.
    ///
    /// # Errors
    /// Those of [`Made::new`].
    pub fn new(args: &'a PageArgs) -> Result<MadePage<'a>, Error> {
        Ok(MadePage(Made::asked(&args.html, page::SIGN)?))
    }

    /// Whether there is one.
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Writes it, of the document that is made for it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, document: impl FnOnce() -> Value) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |made| made.write(&dashboard(&document())))
    }
}

/// What another file has the name of is bad usage.
fn refused(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let help = "move it away, or give another name";
            Error::Usage(format!("{} {error}; {help}", path.display()))
        }
        _ => Error::io(path)(error),
    }
}
