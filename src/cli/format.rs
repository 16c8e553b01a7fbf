//! How results are written. Each command has formats of its own; one that it has not is refused here, so that no command
//! meets it.

use super::schema::SchemaOf;
use super::{Cli, Command};
use clap::error::ErrorKind;
use clap::{CommandFactory, ValueEnum};

/// How results are asked to be written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// For people.
    Text,
    /// One document.
    Json,
    /// Markdown.
    Markdown,
    /// A file of JUnit, for Jenkins, GitLab and others.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// How the results of most commands are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For people.
    Text,
    /// One document.
    Json,
}

/// How test cases are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaseFormat {
    /// A table of Markdown.
    Markdown,
    /// A file of JUnit.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
}

impl Written {
    /// As most commands have it. Those that write Markdown or test cases look at that first.
    pub fn format(self) -> Format {
        match self {
            Written::Json => Format::Json,
            Written::Text | Written::Markdown | Written::Junit | Written::Github => Format::Text,
        }
    }

    /// As commands have it that write test cases.
    pub fn cases(self) -> Option<CaseFormat> {
        match self {
            Written::Text | Written::Json => None,
            Written::Markdown => Some(CaseFormat::Markdown),
            Written::Junit => Some(CaseFormat::Junit),
            Written::Github => Some(CaseFormat::Github),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Written::Text => "text",
            Written::Json => "json",
            Written::Markdown => "markdown",
            Written::Junit => "junit",
            Written::Github => "github",
        }
    }
}

impl Command {
    /// The name of a command that finds test cases.
    pub fn name_of_cases(&self) -> Option<&'static str> {
        match self {
            Command::Test(_) => Some("test"),
            Command::Check(_) => Some("check"),
            Command::Sweep(_) => Some("sweep"),
            Command::Exhaust(_) => Some("exhaust"),
            Command::Tour
            | Command::New(_)
            | Command::Run(_)
            | Command::Replay(_)
            | Command::Explain(_)
            | Command::Necessity(_)
            | Command::Compare(_)
            | Command::Tune(_)
            | Command::Merge(_)
            | Command::Shrink(_)
            | Command::Graph(_)
            | Command::Schema(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Checkpoints(_) => None,
        }
    }
}

/// The formats of a command, as it was asked for.
fn formats(command: &Command) -> &'static [Written] {
    use Written::{Github, Json, Junit, Markdown, Text};
    match command {
        // A merge has those of the command of its parts, which is asked again.
        Command::Test(_)
        | Command::Check(_)
        | Command::Sweep(_)
        | Command::Exhaust(_)
        | Command::Merge(_) => &[Text, Json, Markdown, Junit, Github],
        Command::Necessity(_) | Command::Compare(_) | Command::Tune(_) => &[Text, Json, Markdown],
        Command::Schema(args) if args.of == SchemaOf::Scenario => &[Text, Json, Markdown],
        Command::Graph(args) if args.picture.is_some() => &[Text],
        Command::Explain(args) if args.mermaid => &[Text],
        Command::Run(_)
        | Command::Replay(_)
        | Command::Explain(_)
        | Command::Shrink(_)
        | Command::Graph(_)
        | Command::Schema(_)
        | Command::Checkpoints(_) => &[Text, Json],
        Command::New(_) | Command::Tour | Command::Completions(_) | Command::Man(_) => &[Text],
    }
}

/// Refuses a format that a command has not.
///
/// # Errors
/// Which formats it has.
pub fn check(cli: &Cli) -> Result<(), clap::Error> {
    let (asked, formats) = (cli.asked.format, formats(&cli.command));
    if formats.contains(&asked) {
        return Ok(());
    }
    let words: Vec<&str> = formats.iter().map(|format| format.word()).collect();
    let message = format!(
        "--format {} is not for this command, as it is given: it has {}",
        asked.word(),
        words.join(", ")
    );
    Err(Cli::command().error(ErrorKind::ArgumentConflict, message))
}
