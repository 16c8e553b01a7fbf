//! How a command ends. This is the one place where that becomes an exit code.

use onceproof::scenario::ScenarioError;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fmt, io};

/// How a command ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// As expected.
    AsExpected,
    /// Violated, or an expected violation was not found.
    Violated,
    /// Bad usage or bad scenario.
    Bad,
    /// A limit was hit.
    Inconclusive,
    /// There was nothing to do.
    NothingSelected,
    /// The same run came out differently.
    NotDeterministic,
    /// Input or output failed.
    Io,
}

impl Ending {
    /// The exit code.
    pub fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }

    fn number(self) -> u8 {
        match self {
            Ending::AsExpected => 0,
            Ending::Violated => 1,
            Ending::Bad => 2,
            Ending::Inconclusive => 3,
            Ending::NothingSelected => 4,
            Ending::NotDeterministic => 5,
            Ending::Io => 6,
        }
    }

    /// How two things together end: the one that weighs more, and of two that weigh the same the first.
    pub fn and(self, later: Ending) -> Ending {
        if later.weight() > self.weight() { later } else { self }
    }

    fn weight(self) -> u8 {
        match self {
            Ending::NotDeterministic => 4,
            Ending::Violated => 3,
            Ending::Inconclusive => 2,
            Ending::Bad | Ending::NothingSelected | Ending::Io => 1,
            Ending::AsExpected => 0,
        }
    }
}

/// Why a command cannot go on.
#[derive(Debug)]
pub enum Error {
    /// These scenarios cannot be used; at least one.
    Scenarios(Vec<ScenarioError>),
    /// The arguments make no sense together with what they name.
    Usage(String),
    /// There is nothing to do.
    NothingSelected(String),
    /// The same run came out differently.
    NotDeterministic(String),
    /// A file or folder cannot be read or written.
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Anything else that the system refuses.
    System(String),
}

impl Error {
    /// That a file or folder cannot be read or written.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { path: path.to_owned(), source }
    }

    /// That this file cannot be read or written.
    pub fn of_file((path, source): (PathBuf, io::Error)) -> Error {
        Error::Io { path, source }
    }

    /// How a command that meets it ends.
    pub fn ending(&self) -> Ending {
        match self {
            Error::Scenarios(errors) => errors.first().map_or(Ending::Bad, scenario_ending),
            Error::Usage(_) => Ending::Bad,
            Error::NothingSelected(_) => Ending::NothingSelected,
            Error::NotDeterministic(_) => Ending::NotDeterministic,
            Error::Io { .. } | Error::System(_) => Ending::Io,
        }
    }
}

impl From<ScenarioError> for Error {
    fn from(error: ScenarioError) -> Error {
        Error::Scenarios(vec![error])
    }
}

/// How a command ends that cannot use a scenario.
pub fn scenario_ending(error: &ScenarioError) -> Ending {
    match error {
        ScenarioError::Bad(..) => Ending::Bad,
        ScenarioError::Io { .. } => Ending::Io,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Scenarios(errors) => {
                let messages: Vec<String> = errors.iter().map(ScenarioError::to_string).collect();
                let lines: Vec<&str> = messages.iter().map(|message| message.trim_end()).collect();
                write!(f, "{}", lines.join("\n"))
            }
            Error::Usage(text)
            | Error::NothingSelected(text)
            | Error::NotDeterministic(text)
            | Error::System(text) => write!(f, "error: {text}"),
            Error::Io { path, source } => write!(f, "error: {}: {source}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_endings_the_gravest_counts_and_else_the_first() {
        let check = |endings: &[Ending], code: u8| {
            let all = endings.iter().copied().fold(Ending::AsExpected, Ending::and);
            assert_eq!(all.number(), code);
        };
        check(&[], 0);
        check(&[Ending::Inconclusive, Ending::Violated, Ending::AsExpected], 1);
        check(&[Ending::Violated, Ending::NotDeterministic], 5);
        check(&[Ending::Io, Ending::Inconclusive], 3);
        check(&[Ending::Io, Ending::Bad], 6);
        check(&[Ending::Bad, Ending::Io], 2);
    }
}
