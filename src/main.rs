//! The command line of onceproof.

mod cli;
mod ending;
mod output;
mod paths;
mod command;

use cli::Cli;
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(ending) => return ending.code(),
    };
    let mut output = Output::new(cli.asked.common().color);
    let ended = command::dispatch(&cli, &mut output);
    output.close(ended).code()
}
