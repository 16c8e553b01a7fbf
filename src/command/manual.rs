//! `onceproof completions` and `onceproof man`: what shells and the manual know of the command line. Both are made
//! from the command line itself.

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use onceproof::search::certificate::VERSION;

/// The name that the program is called by.
const NAME: &str = "onceproof";

/// Prints a script that completes the command line in a shell.
///
/// # Errors
/// None; the signature is that of a command.
pub fn completions(args: &CompletionsArgs, output: &mut Printer) -> Result<Ending, Error> {
    let mut script = Vec::new();
    let mut command = without_hidden(&Cli::command()).version(VERSION);
    clap_complete::generate(args.shell, &mut command, NAME, &mut script);
    output.text(&String::from_utf8_lossy(&script));
    Ok(Ending::AsExpected)
}

/// A command without what is hidden in it, which a shell would offer.
fn without_hidden(command: &Command) -> Command {
    let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set());
    let shown = Command::new(command.get_name().to_owned());
    let shown = shown.args(arguments.cloned()).subcommands(commands.map(without_hidden));
    match command.get_about() {
        Some(about) => shown.about(about.clone()),
        None => shown,
    }
}

/// Prints a page of the manual.
///
/// # Errors
/// There is no such command.
pub fn man(args: &ManArgs, output: &mut Printer) -> Result<Ending, Error> {
    let mut program = Cli::command();
    program.build();
    let page = match &args.command {
        None => Man::new(program),
        Some(name) => {
            let found = program.get_subcommands().find(|command| command.get_name() == name);
            let Some(command) = found.filter(|command| !command.is_hide_set()) else {
                let all = program.get_subcommands().filter(|command| !command.is_hide_set());
                let all: Vec<&str> = all.map(Command::get_name).collect();
                let why = format!("there is no command {name}; there are {}", all.join(", "));
                return Err(Error::Usage(why));
            };
            Man::new(command.clone()).title(format!("{NAME}-{name}"))
        }
    };
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| Error::System(format!("the page: {error}")))?;
    output.text(&String::from_utf8_lossy(&text));
    Ok(Ending::AsExpected)
}
