//! What a trace tells: in sentences, as documents, and which of them.

mod sentences;
mod lines;
mod documents;
mod perfetto;

use std::path::Path;
use std::process::Command;

/// What a command printed, and how it ended.
struct Printed {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

/// Runs the command line in the folder of the scenarios.
fn onceproof(arguments: &[&str]) -> Printed {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut command = Command::new(env!("CARGO_BIN_EXE_onceproof"));
    let printed = command.args(arguments).current_dir(folder).output().expect("a start");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Printed {
        stdout: text(&printed.stdout),
        stderr: text(&printed.stderr),
        code: printed.status.code(),
    }
}
