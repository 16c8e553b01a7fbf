//! The command line of onceproof.

mod cli;
mod ending;
mod output;
mod paths;
mod command;

use cli::{Cli, Command};
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Cli { common, command } = match Cli::read() {
        Ok(cli) => cli,
        Err(ending) => return ending.code(),
    };
    let mut output = Output::new(common.color);
    let ended = match &command {
        Command::Run(args) => command::run::run(args, common, &mut output),
        Command::Sweep(args) => command::sweep::sweep(args, common, &mut output),
        Command::Replay(args) => command::replay::replay(args, common, &mut output),
        Command::Exhaust(args) => command::exhaust::exhaust(args, common, &mut output),
        Command::Necessity(args) => command::necessity::necessity(args, common, &mut output),
        Command::Shrink(args) => command::shrink::shrink(args, common, &mut output),
        Command::Test(args) => command::test::test(args, common, &mut output),
        Command::Check(args) => command::check::check(args, common, &mut output),
        Command::Graph(args) => command::graph::graph(args, common, &mut output),
        Command::Checkpoints(args) => command::determinism::checkpoints(args, &mut output),
        Command::Schema(args) => command::schema::schema(args, &mut output),
    };
    output.close(ended).code()
}
