//! The command line of onceproof.

mod cli;
mod ending;
mod output;
mod paths;
mod command;

use cli::Cli;
use output::Printer;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(ending) => return ending.code(),
    };
    let mut output = Printer::new(cli.asked.common().color);
    let ended = command::dispatch(&cli, &mut output);
    output.close(ended).code()
}
