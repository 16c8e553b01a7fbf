//! `onceproof merge`: the report of a command of which several machines have made the parts. The command is given again,
//! with what all of them have done: so it leaves nothing to be done, and its report is that of the whole.

use super::of_parts;
use crate::cli::{Asked, Cli, Command, MergeArgs};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use clap::Parser;
use onceproof::search::part::{NoWhole, Part, Parts};
use std::fs;
use std::path::{Path, PathBuf};

/// Makes the report of the parts.
///
/// # Errors
/// A part cannot be read, is missing or of another whole; and those of the command.
pub fn merge(args: &MergeArgs, asked: Asked, output: &mut Printer) -> Result<Ending, Error> {
    let parts = args.parts.iter().map(|file| Ok((file.clone(), read(file)?)));
    let mut parts = parts.collect::<Result<Vec<(PathBuf, Part)>, Error>>()?;
    // The scenarios are read where the first part has them: one comes first that was made where they are on this machine.
    parts.sort_by_key(|(_, part)| !part.asked.scenarios.iter().all(|one| one.path.is_file()));
    let parts = Parts::of(parts).map_err(|why| match why {
        NoWhole::Apart(why) => Error::Usage(why),
        NoWhole::Differs(why) => Error::NotDeterministic(why),
        NoWhole::Missing(why) => Error::System(why),
    })?;
    let cli = command(&parts.asked.command, &args.options(), asked)?;
    of_parts(&cli, Some(parts), output)
}

fn read(file: &Path) -> Result<Part, Error> {
    let text = fs::read_to_string(file).map_err(Error::io(file))?;
    // What was to be written there is written at the end, and whoever was killed has not come to it.
    if text.trim().is_empty() {
        let file = file.display();
        return Err(Error::System(format!(
            "{file} is empty: the part that it was to hold did not end"
        )));
    }
    Part::read(&text).map_err(|why| Error::Usage(format!("{}: {why}", file.display())))
}

/// The command of which these are the parts, as it is given again.
fn command(words: &[String], options: &[String], asked: Asked) -> Result<Cli, Error> {
    let bad = |why: String| {
        Error::Usage(format!("the parts are of a command that cannot be given again: {why}"))
    };
    let (name, rest) = words.split_first().ok_or_else(|| bad("it has no word".to_owned()))?;
    let words = ["onceproof", name].into_iter().chain(options.iter().map(String::as_str));
    let cli = Cli::try_parse_from(words.chain(rest.iter().map(String::as_str)));
    let cli = cli.and_then(|cli| Cli { asked, ..cli }.checked());
    let cli =
        cli.map_err(|error| bad(error.to_string().trim_start_matches("error: ").to_owned()))?;
    match cli.command {
        Command::Sweep(_)
        | Command::Exhaust(_)
        | Command::Necessity(_)
        | Command::Compare(_)
        | Command::Tune(_) => Ok(cli),
        _ => Err(bad(format!("{name} is made in no parts"))),
    }
}
