//! Writing files so that nothing is lost: neither what is there already nor a part of what is written. A file
//! is written under a name that nobody has. What is there stays, whatever it is, and nothing is written through
//! a link. Only the file that keeps a search is replaced, by a whole one.

use crate::scenario::said;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Writes a file that is not there yet.
///
/// # Errors
/// There is something of this name, or the file cannot be written; then there is no part of it.
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        // That it is unwritten is told; that a part of it stays behind matters less.
        let _ = fs::remove_file(path);
    })
}

/// Writes a failure as the first file of this name, with a number from 2 on where there is something else:
/// `a.toml`, `a-2.toml`. A file that says the same stays as it is, notes and all. Returns its path.
///
/// # Errors
/// The file cannot be written: which, and why not.
pub fn write_numbered(
    folder: &Path,
    stem: &str,
    text: &str,
) -> Result<PathBuf, (PathBuf, io::Error)> {
    let numbered = (2_u64..).map(|number| format!("{stem}-{number}.toml"));
    for name in std::iter::once(format!("{stem}.toml")).chain(numbered) {
        let path = folder.join(name);
        match write_new(&path, text) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if says_the_same(&path, text) {
                    return Ok(path);
                }
            }
            written => return written.map(|()| path.clone()).map_err(|error| (path, error)),
        }
    }
    unreachable!("names have no end")
}

/// How files of a kind are known that can be made again at any time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sign {
    /// What each of them begins with.
    pub begins: &'static str,
    /// What each of them is: `page`.
    pub what: &'static str,
}

/// Writes a file that can be made again, in place of one of its kind that was made before or of none. Any other that has
/// the name stays as it is.
///
/// # Errors
/// There is something else of this name, or the file cannot be written.
pub fn renew(path: &Path, sign: Sign, text: &str) -> io::Result<()> {
    may_renew(path, sign)?;
    debug_assert!(text.starts_with(sign.begins));
    replace(path, text)
}

/// The same with what is too long to be a text in memory: `write` writes it.
///
/// # Errors
/// Those of [`renew`], and those of `write`; then what is there is as it was.
pub fn renew_by(
    path: &Path,
    sign: Sign,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    may_renew(path, sign)?;
    let mut file = BufWriter::new(Beside::of(path)?);
    write(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.put(path)
}

/// Whether [`renew`] would write a file, as far as it can be seen before there is anything to write.
///
/// # Errors
/// Those of [`renew`].
pub fn may_renew(path: &Path, sign: Sign) -> io::Result<()> {
    let other = |what: &str| Err(io::Error::new(ErrorKind::AlreadyExists, what));
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // That there is no such folder is said of the file.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            return folder.map_or(Ok(()), |folder| fs::metadata(folder).map(|_| ()));
        }
        found => found?,
    };
    if !found.is_file() {
        return other(if found.is_symlink() { "is a link" } else { "is no file" });
    }
    let mut begins = Vec::new();
    File::open(path)?.take(sign.begins.len() as u64).read_to_end(&mut begins)?;
    match begins == sign.begins.as_bytes() {
        true => Ok(()),
        false => other(&format!("is there already and is no {}", sign.what)),
    }
}

/// Puts a new file in place of an old one, so that whatever happens one of them is whole.
///
/// # Errors
/// It cannot be written; then the old one is as it was.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = Beside::of(path)?;
    beside.write_all(text.as_bytes())?;
    beside.put(path)
}

/// A file that is written beside another one, under a name that nobody has. It is gone unless it is put in the place of
/// that.
#[derive(Debug)]
pub struct Beside {
    path: PathBuf,
    file: File,
    is_put: bool,
}

impl Beside {
    /// An empty one beside a file, which need not be there.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn of(path: &Path) -> io::Result<Beside> {
        let mut number = 1_u64;
        loop {
            let mut beside = OsString::from(path);
            beside.push(".new");
            if number > 1 {
                beside.push(number.to_string());
            }
            let beside = PathBuf::from(beside);
            let opened = File::options().read(true).write(true).create_new(true).open(&beside);
            match opened {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                opened => return Ok(Beside { file: opened?, path: beside, is_put: false }),
            }
        }
    }

    /// Puts it in the place of a file, or where none is.
    ///
    /// # Errors
    /// It cannot be written whole, or put there; then what is there is as it was.
    pub fn put(mut self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        self.is_put = true;
        Ok(())
    }
}

impl Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for Beside {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.file.read(bytes)
    }
}

impl Seek for Beside {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_put {
            // What failed is told; that a part of it stays behind matters less.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a file says what this scenario says, but for comments and layout. One that cannot be read does not.
fn says_the_same(path: &Path, text: &str) -> bool {
    // What has no end would be read for ever.
    if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let there = fs::read_to_string(path).ok().and_then(|there| said(&there));
    there.is_some() && there == said(text)
}
