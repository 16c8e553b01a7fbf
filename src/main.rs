//! The command line of onceproof.

mod cli;
mod ending;
mod output;
mod paths;
mod command;

use cli::{Cli, Command, Written};
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Cli { asked, command } = match Cli::read() {
        Ok(cli) => cli,
        Err(ending) => return ending.code(),
    };
    let common = asked.common();
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
        Command::New(args) => command::new::new(args, &mut output),
        Command::Completions(args) => command::manual::completions(args, &mut output),
        Command::Man(args) => command::manual::man(args, &mut output),
        Command::Schema(args) => {
            command::schema::schema(args, asked.format == Written::Markdown, &mut output)
        }
    };
    output.close(ended).code()
}
