//! Which scenarios a list of paths selects: files as they are named, and in folders every `*.toml`.

use crate::ending::Error;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder that failures are saved in, and replayed from. It is left out of a search, so that a sweep of the current
/// folder does not sweep what the last one saved.
pub const REGRESSIONS: &str = "onceproof-regressions";

/// The scenario files that these paths select, each once, in the order of the paths and sorted within a
/// folder.
///
/// # Errors
/// A path does not exist or cannot be read, or there is no scenario in any of them.
pub fn select(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        // Standard input is no path, so that a file of this name is `./-`.
        if path == Path::new(crate::cli::STANDARD_INPUT) {
            files.push(path.clone());
        } else if fs::metadata(path).map_err(Error::io(path))?.is_dir() {
            search(path, path, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.clone()));
    if files.is_empty() {
        let places: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let places = places.join(", ");
        return Err(Error::NothingSelected(format!("there is no scenario (*.toml) in {places}")));
    }
    Ok(files)
}

/// The failures that were saved in a folder; none if there is no such folder.
///
/// # Errors
/// The folder cannot be read.
pub fn saved(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    match fs::metadata(folder) {
        Ok(_) => search(folder, folder, &mut files)?,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
        Err(error) => return Err(Error::io(folder)(error)),
    }
    Ok(files)
}

/// Adds the scenarios of a folder and the folders in it. Links to folders are not followed, since they
/// may lead round in a circle, and links to files out of the folder that is searched are refused: whoever wrote
/// them may not be the one who may read there.
fn search(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(Error::io(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // In the current folder, a scenario is `a.toml` and not `./a.toml`.
        let path = if folder == Path::new(".") { entry.file_name().into() } else { entry.path() };
        let kind = entry.file_type().map_err(Error::io(&path))?;
        if kind.is_dir() {
            if entry.file_name() != REGRESSIONS {
                search(root, &path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            if kind.is_symlink() && !leads_below(&path, root)? {
                let (path, root) = (path.display(), root.display());
                let why = format!("{path} leads out of {root}; name it to have it read");
                return Err(Error::Usage(why));
            }
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a link leads to something below a folder.
fn leads_below(link: &Path, folder: &Path) -> Result<bool, Error> {
    let real = |path: &Path| path.canonicalize().map_err(Error::io(path));
    Ok(real(link)?.starts_with(real(folder)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_in_order_and_failures_left_out() {
        let name = format!("onceproof-paths-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let file = |name: &str| root.join(name);
        for folder in ["b", "b/deep", "b/onceproof-regressions", "empty"] {
            fs::create_dir_all(file(folder)).expect("a folder");
        }
        for name in
            ["c.toml", "a.toml", "b/deep/x.toml", "b/data.csv", "b/onceproof-regressions/f.toml"]
        {
            fs::write(file(name), "").expect("a file");
        }
        let all = select(std::slice::from_ref(&root)).expect("scenarios");
        assert_eq!(all, [file("a.toml"), file("b/deep/x.toml"), file("c.toml")]);
        let named = select(&[file("c.toml"), root.clone(), file("b/data.csv")]).expect("scenarios");
        assert_eq!(
            named,
            [file("c.toml"), file("a.toml"), file("b/deep/x.toml"), file("b/data.csv")]
        );
        let failures = select(&[file("b/onceproof-regressions")]).expect("scenarios");
        assert_eq!(failures, [file("b/onceproof-regressions/f.toml")]);
        assert!(matches!(select(&[file("empty")]), Err(Error::NothingSelected(_))));
        assert!(matches!(select(&[file("missing")]), Err(Error::Io { .. })));
        fs::remove_dir_all(&root).expect("removed");
    }
}
