//! Why a scenario cannot be used: all that is wrong with its file, or that a file cannot be read.

use super::diagnostic::Diagnostic;
use crate::figures::counted;
use std::path::PathBuf;
use std::{fmt, io};

/// The most things wrong with one file that are told.
pub(in crate::scenario) const MOST_TOLD: usize = 20;

/// Why a scenario cannot be used.
#[derive(Debug)]
pub enum ScenarioError {
    /// It, or a file that it names, is wrong: at least one thing, in the order of the lines.
    Bad(Vec<Diagnostic>),
    /// It, or a file that it names, cannot be read.
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl ScenarioError {
    /// As several lines with colours for a terminal; [`fmt::Display`] gives them without.
    pub fn styled(&self) -> String {
        match self {
            ScenarioError::Bad(wrong) => told(wrong, Diagnostic::styled),
            ScenarioError::Io { .. } => self.to_string(),
        }
    }
}

impl ScenarioError {
    /// The file that is wrong or cannot be read.
    pub fn file(&self) -> PathBuf {
        match self {
            ScenarioError::Bad(wrong) => wrong.first().map(Diagnostic::file).unwrap_or_default(),
            ScenarioError::Io { path, .. } => path.clone(),
        }
    }

    /// The first thing that is wrong, in a sentence without its place.
    pub fn in_a_sentence(&self) -> String {
        match self {
            ScenarioError::Bad(wrong) => wrong.first().map(Diagnostic::reason).unwrap_or_default(),
            ScenarioError::Io { .. } => self.to_string(),
        }
    }
}

fn told(wrong: &[Diagnostic], one: impl Fn(&Diagnostic) -> String) -> String {
    let mut told: Vec<String> = wrong.iter().take(MOST_TOLD).map(one).collect();
    if let Some(more) = wrong.len().checked_sub(MOST_TOLD).filter(|&more| more > 0) {
        told.push(format!("and {}", counted(more as u64, "more error")));
    }
    told.join("\n\n")
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScenarioError::Bad(wrong) => f.write_str(&told(wrong, Diagnostic::to_string)),
            ScenarioError::Io { path, source } => {
                write!(f, "error: cannot read {}: {source}", path.display())
            }
        }
    }
}

impl std::error::Error for ScenarioError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ScenarioError::Bad(_) => None,
            ScenarioError::Io { source, .. } => Some(source),
        }
    }
}

impl From<Diagnostic> for ScenarioError {
    fn from(diagnostic: Diagnostic) -> ScenarioError {
        ScenarioError::Bad(vec![diagnostic])
    }
}

/// Puts what is wrong in the order in which it stands in the file. Whoever reads any type asks for it here, so that it is
/// compiled once, and not for each type.
pub(in crate::scenario) fn in_order(wrong: &mut [Diagnostic]) {
    wrong.sort_by_key(|error| (error.line(), error.column()));
}

/// What was found wrong so far, where what comes after it can still be read.
#[derive(Default)]
pub(in crate::scenario) struct Errors(Vec<Diagnostic>);

impl Errors {
    /// A value, or nothing where it is wrong.
    pub fn keep<T>(&mut self, read: Result<T, Diagnostic>) -> Option<T> {
        read.map_err(|error| self.0.push(error)).ok()
    }

    /// The same, of what several things may be wrong with.
    pub fn keep_all<T>(&mut self, read: Result<T, Vec<Diagnostic>>) -> Option<T> {
        read.map_err(|errors| self.0.extend(errors)).ok()
    }

    /// The same, where a file that cannot be read ends it all.
    ///
    /// # Errors
    /// A file cannot be read, and nothing else is wrong.
    pub fn keep_read<T>(
        &mut self,
        read: Result<T, ScenarioError>,
    ) -> Result<Option<T>, ScenarioError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(ScenarioError::Bad(errors)) => {
                self.0.extend(errors);
                Ok(None)
            }
            Err(error) if self.0.is_empty() => Err(error),
            // What is wrong with the scenario comes first: it may name another file when it is right.
            Err(ScenarioError::Io { .. }) => Ok(None),
        }
    }

    /// What was made, unless something is wrong; that stands in the order of the lines, each thing once.
    ///
    /// # Errors
    /// What is wrong.
    pub fn end<T>(mut self, made: Option<T>) -> Result<T, Vec<Diagnostic>> {
        in_order(&mut self.0);
        self.0.dedup();
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(self.0),
        }
    }
}
