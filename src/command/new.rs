//! `onceproof new`: a first scenario, to begin with.

use crate::cli::{NewArgs, STANDARD_INPUT};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::report::shell::run_command;
use onceproof::write::write_new;
use std::io::ErrorKind;
use std::path::Path;

/// The scenario. Its comments say what each part is for.
const FIRST: &str = include_str!("first.toml");

/// Writes the scenario, or prints it where the file is `-`.
///
/// # Errors
/// There is such a file already, or it cannot be written.
pub fn new(args: &NewArgs, output: &mut Printer) -> Result<Ending, Error> {
    let path = args.file.as_path();
    if path == Path::new(STANDARD_INPUT) {
        output.text(FIRST);
        return Ok(Ending::AsExpected);
    }
    match write_new(path, FIRST) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let path = path.display();
            let why = format!("{path} is there already, and stays as it is; give another name");
            return Err(Error::Usage(why));
        }
        Err(error) => return Err(Error::io(path)(error)),
    }
    let run = run_command(path, None);
    let exhaust = run.replacen(" run ", " exhaust ", 1);
    output.text(&format!(
        "written: {}\n\n\
         It holds:\n  {run}\n\
         Without its catalog of ids it does not:\n  {run} --mechanism 'dedup = \"off\"'\n\
         No fault alone breaks it:\n  {exhaust} --faults 1\n",
        path.display()
    ));
    Ok(Ending::AsExpected)
}
