//! Which files are read: the scenario, and those that it names. Whoever runs a scenario may not know who wrote it.
//! So it may name files below the folder above its own, and others where the one who runs it allows their folder;
//! and what is no regular file is refused before it is opened, since a pipe would be waited for and a device may
//! have no end.

use super::form::raw::{self, At};
use super::rows::csv;
use super::wrong::diagnostic::{Diagnostic, Source, quote};
use super::{Scenario, ScenarioError};
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::user::SharedFunction;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most bytes of a scenario file: some 100,000 exact faults.
const MOST_BYTES: u64 = 16 << 20;

/// The most bytes of a file that a scenario names: 10,000,000 rows of 100 bytes.
const MOST_NAMED: u64 = 1 << 30;

/// What a scenario has beside its text: files that it may name beside those around it, and functions that stand in the
/// place of those of its maps.
#[derive(Clone, Debug, Default)]
pub struct Readable {
    /// Folders, without links.
    folders: Vec<PathBuf>,
    /// Scenarios whose surroundings may be read, too.
    scenarios: Vec<PathBuf>,
    /// By the names of the maps.
    functions: SortedMap<String, SharedFunction>,
}

impl Readable {
    /// The same, and these functions for the maps with these names, whatever the scenario says of theirs.
    pub fn with_functions(self, functions: SortedMap<String, SharedFunction>) -> Readable {
        Readable { functions, ..self }
    }

    /// Puts its functions in the place of those of maps.
    pub(super) fn put_functions(&self, file: &mut raw::File) {
        for At { value: step, .. } in &mut file.step {
            if let (Some(function), Some(stated)) =
                (self.functions.get(&step.name.value), &mut step.function)
            {
                stated.value = raw::Function::User(function.clone());
            }
        }
    }

    /// All that is below these folders.
    ///
    /// # Errors
    /// One of them is no folder.
    pub fn below(folders: &[PathBuf]) -> Result<Readable, ScenarioError> {
        let real = |folder: &PathBuf| {
            let real = folder.canonicalize().and_then(|real| match real.is_dir() {
                true => Ok(real),
                false => Err(io::Error::new(io::ErrorKind::NotADirectory, "it is no folder")),
            });
            real.map_err(|source| ScenarioError::Io { path: folder.clone(), source })
        };
        let folders = folders.iter().map(real).collect::<Result<_, _>>()?;
        Ok(Readable { folders, ..Readable::default() })
    }

    /// The same, and what the scenario in a file may read.
    pub fn and_around(mut self, scenario: &Path) -> Readable {
        if !self.scenarios.iter().any(|known| known == scenario) {
            self.scenarios.push(scenario.to_owned());
        }
        self
    }

    /// Whether the scenario in a file may read a file, whose path has no links.
    fn has(&self, scenario: &Path, file: &Path) -> bool {
        let around = std::iter::once(scenario).chain(self.scenarios.iter().map(PathBuf::as_path));
        self.folders.iter().any(|folder| file.starts_with(folder))
            || around
                .filter_map(|scenario| around_of(scenario).ok())
                .any(|folder| file.starts_with(folder))
    }
}

/// The folder below which the scenario in a file may read: the one above its own, without links. The root of all
/// files is too much, so there it is its own.
fn around_of(scenario: &Path) -> io::Result<PathBuf> {
    let own = match scenario.parent() {
        Some(own) if !own.as_os_str().is_empty() => own,
        Some(_) | None => Path::new("."),
    };
    let own = own.canonicalize()?;
    match own.parent() {
        Some(above) if above.parent().is_some() => Ok(above.to_owned()),
        Some(_) | None => Ok(own),
    }
}

/// Opens a regular file.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    match found.is_file() {
        true => File::open(path),
        false => {
            let what = if found.is_dir() { "it is a folder" } else { "it is no regular file" };
            Err(io::Error::new(io::ErrorKind::InvalidInput, what))
        }
    }
}

/// Why a scenario cannot be opened. Of a folder it is said which commands take one.
fn of_a_folder(path: &Path, error: io::Error) -> io::Error {
    match path.is_dir() {
        true => {
            let why = "it is a folder; `check`, `test` and `sweep` take folders";
            io::Error::new(error.kind(), why)
        }
        false => error,
    }
}

/// The bytes of a scenario file.
pub(super) fn scenario(path: &Path) -> Result<Vec<u8>, ScenarioError> {
    let io_error = |source| ScenarioError::Io { path: path.to_owned(), source };
    let mut file = open(path).map_err(|error| io_error(of_a_folder(path, error)))?;
    bytes(&mut file, path)
}

/// The bytes of a scenario that comes from anywhere.
pub(super) fn bytes(from: &mut dyn Read, path: &Path) -> Result<Vec<u8>, ScenarioError> {
    let io_error = |source| ScenarioError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(io_error)?;
    if bytes.len() as u64 > MOST_BYTES {
        let error = Diagnostic::at_line(path, 1, "a scenario of more than 16 MiB");
        return Err(error.help("many records are `generate`d, or stand in a csv file").into());
    }
    Ok(bytes)
}

/// Where a file is that a scenario names, without links.
pub(super) fn named(
    source: &Source<'_>,
    readable: &Readable,
    path: &At<String>,
) -> Result<PathBuf, ScenarioError> {
    let seen = csv::path(source.path, &path.value);
    let real = seen.canonicalize().map_err(|error| unread(source, &seen, &error))?;
    if readable.has(source.path, &real) {
        return Ok(real);
    }
    let title = format!("{} is out of bounds", quote(&path.value));
    let error = source.error(path.span.clone(), title);
    let error = error.label("not below the parent of the scenario's folder");
    Err(error.help("`--allow-read DIR` allows what is below DIR").into())
}

/// Opens a file that a scenario names. One that has no end of a row would be kept whole.
pub(super) fn open_named(path: &Path) -> io::Result<File> {
    let file = open(path)?;
    match file.metadata()?.len() > MOST_NAMED {
        true => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is larger than 1 GiB")),
        false => Ok(file),
    }
}

/// That a file which a scenario names cannot be read.
pub(super) fn unread(source: &Source<'_>, file: &Path, error: &io::Error) -> ScenarioError {
    let named = format!("{error} (it is the csv of {})", source.path.display());
    ScenarioError::Io { path: file.to_owned(), source: io::Error::new(error.kind(), named) }
}

impl Scenario {
    /// Reads a text that was made of this scenario, and the files that it names, for which it may be at another place.
    ///
    /// # Errors
    /// A text that is wrong, or a file that cannot be read.
    pub fn reread(&self, text: &str, path: &Path) -> Result<Scenario, ScenarioError> {
        let readable = self.readable.clone();
        let is_moved = path != self.path;
        let readable = if is_moved { readable.and_around(&self.path) } else { readable };
        Scenario::parse_with(text, path, &readable)
    }

    /// The folders that a command must allow to read this scenario.
    pub fn own_folders(&self) -> &[PathBuf] {
        &self.own_folders
    }

    /// The folders that a command must allow where this scenario stands in this file.
    pub fn folders_to_allow(&self, file: &Path) -> Vec<PathBuf> {
        folders_to_allow(file, &self.readable, &self.files)
    }
}

/// The folders that must be allowed so that a scenario in this file reads these: those that are allowed, else their own.
pub(super) fn folders_to_allow(
    scenario: &Path,
    readable: &Readable,
    files: &[PathBuf],
) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for file in files {
        let is_covered = folders.iter().any(|folder| file.starts_with(folder));
        if is_covered || Readable::default().has(scenario, file) {
            continue;
        }
        let allowed = readable.folders.iter().find(|folder| file.starts_with(folder));
        folders.extend(allowed.map(PathBuf::as_path).or(file.parent()).map(Path::to_owned));
    }
    folders
}
