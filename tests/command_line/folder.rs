//! A folder of its own for each test, with scenarios in it, and the program run there.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The records of the lost ack, as a line of its `[input]`.
const RECORDS: &str = r#"records = [ { key = "ann", at = "0s" }, { key = "bob", at = "1s" }, { key = "ann", at = "2s" } ]"#;

/// The steps and records of the lost ack: ann at 0 s, bob at 1 s, ann at 2 s, counted per user.
const COUNT: &str = r#"
[input]
records = [ { key = "ann", at = "0s" }, { key = "bob", at = "1s" }, { key = "ann", at = "2s" } ]

[[step]]
name = "events"
kind = "source"

[[step]]
name   = "per-user"
kind   = "count"
shards = 2
window = "1m"
"#;

/// One exact fault: the first ack of bob's record is lost.
pub const LOST_ACK: &str = r#"
[[fault]]
at = { to = "per-user", record = "events/0#1", attempt = 1 }
do = "drop-ack"
"#;

/// A fault that never finds its place, since there is no attempt 99.
pub const NEVER: &str = r#"
[[fault]]
at = { to = "per-user", record = "events/0#1", attempt = 99 }
do = "drop-ack"
"#;

/// The mechanism whose absence makes a lost ack a duplicate.
pub const NO_DEDUP: &str = "\n[mechanism]\ndedup = \"off\"\n";

/// Requests and acks are lost half of the time.
pub const LOSSY: &str = "\n[faults]\ndrop-request = \"1/2\"\ndrop-ack = \"1/2\"\n";

/// What a scenario of the lost ack expects.
pub const EXACTLY_ONCE: &str = "\"exactly-once\"";
/// What a scenario of the lost ack expects.
pub const DUPLICATED: &str = "{ violates = \"duplicated\" }";

/// A scenario that counts, with more tables.
pub fn scenario(name: &str, expect: &str, tables: &[&str]) -> String {
    let tables = tables.concat();
    format!(
        "format = 1\nname = \"{name}\"\nclaim = \"A claim.\"\nexpect = {expect}\n{COUNT}{tables}"
    )
}

/// What people are shown to have the program do.
pub const COMMANDS: [&str; 18] = [
    "explain",
    "tour",
    "new",
    "run",
    "sweep",
    "replay",
    "exhaust",
    "necessity",
    "compare",
    "merge",
    "tune",
    "shrink",
    "test",
    "check",
    "graph",
    "schema",
    "completions",
    "man",
];

/// The same scenario on another input, given as a line of its `[input]`.
pub fn on_input(scenario: &str, input: &str) -> String {
    assert!(scenario.contains(RECORDS), "{scenario}");
    scenario.replace(RECORDS, input)
}

/// A folder that is removed again.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A new folder for the test of this name.
    pub fn new(test: &str) -> Folder {
        let name = format!("onceproof-{test}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Folder { path }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    /// The program with these arguments, in the folder, ready to start.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onceproof"));
        command.args(arguments).current_dir(&self.path).stdin(Stdio::null());
        // Where the tests themselves run on GitHub.
        command.env_remove("GITHUB_STEP_SUMMARY").env_remove("GITHUB_WORKSPACE");
        command
    }

    /// What came of the program with these arguments.
    pub fn onceproof(&self, arguments: &[&str]) -> Finished {
        Finished::of(self.command(arguments).output().expect("the program starts"))
    }

    /// What came of the program with these arguments, which is ended after ten seconds.
    #[cfg(target_os = "linux")]
    pub fn soon(&self, arguments: &[&str]) -> Finished {
        let mut command = Command::new("timeout");
        command.args(["10", env!("CARGO_BIN_EXE_onceproof")]).args(arguments);
        Finished::of(command.current_dir(&self.path).output().expect("a start"))
    }

    /// What came of the program with these arguments, which is interrupted after a second.
    #[cfg(unix)]
    pub fn interrupted(&self, arguments: &[&str]) -> Finished {
        let mut command = self.command(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a start");
        #[expect(clippy::disallowed_methods, reason = "a person presses Ctrl-C in real time")]
        std::thread::sleep(std::time::Duration::from_secs(1));
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
        Finished::of(child.wait_with_output().expect("an end"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind in the place for temporary files fails no test.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A program that has ended.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// What the program left.
    pub fn of(output: Output) -> Finished {
        Finished {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The same, after a look at the exit code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Finished {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// The one document on standard output.
    #[track_caller]
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The last line of standard output.
    pub fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}
