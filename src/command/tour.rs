//! `onceproof tour`: a find in a minute. A wrong design is caught by seeds, made small to one fault and one record, and the
//! right one is certified. Each is a command as anyone may give it, and is shown before what it says.

use super::dispatch;
use crate::cli::Cli;
use crate::ending::{Ending, Error};
use crate::output::Printer;
use clap::Parser;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// What the tour runs.
const SCENARIO: &str = include_str!("tour.toml");
const FILE: &str = "tour.toml";

/// A stop of the tour: what it is about, the command, and how it ends.
struct Stop {
    about: &'static str,
    command: &'static [&'static str],
    ends: Ending,
}

const WRONG: &str = "dedup = \"off\"";

const STOPS: [Stop; 3] = [
    Stop {
        about: "A wrong design: nobody asks whether a record was there before.",
        command: &["sweep", FILE, "--seeds", "0..1000", "--mechanism", WRONG],
        ends: Ending::Violated,
    },
    Stop {
        about: "Its first failure, made small: one fault and one record are left.",
        command: &["shrink", FILE, "--seed", "8", "--mechanism", WRONG],
        ends: Ending::AsExpected,
    },
    Stop {
        about: "The right design: no two faults break it, whatever they are.",
        command: &["exhaust", FILE, "--faults", "2"],
        ends: Ending::AsExpected,
    },
];

/// Goes on the tour, in a folder of its own that is gone afterwards.
///
/// # Errors
/// There is no room for the folder, or a command does not end as it should.
pub fn tour(output: &mut Printer) -> Result<Ending, Error> {
    let folder = Folder::new()?;
    let here = env::current_dir().map_err(Error::io(Path::new(".")))?;
    env::set_current_dir(&folder.0).map_err(Error::io(&folder.0))?;
    let ended = STOPS.iter().zip(1..).try_for_each(|(stop, number)| stop.show(number, output));
    env::set_current_dir(&here).map_err(Error::io(&here))?;
    ended?;
    output.text("Next: `onceproof new` writes a scenario that explains itself.\n");
    Ok(Ending::AsExpected)
}

impl Stop {
    fn show(&self, number: usize, output: &mut Printer) -> Result<(), Error> {
        let Stop { about, command, ends } = self;
        let shown: Vec<String> = command
            .iter()
            .map(|word| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() })
            .collect();
        output.text(&format!("{number}. {about}\n\n$ onceproof {}\n\n", shown.join(" ")));
        output.flush();
        let cli = Cli::try_parse_from(["onceproof"].iter().chain(*command))
            .map_err(|error| Error::Usage(error.to_string()))?;
        let ended = dispatch(&cli, output)?;
        output.text("\n");
        match ended == *ends {
            true => Ok(()),
            false => Err(Error::NotDeterministic(format!("{FILE} did not end as it should"))),
        }
    }
}

/// A folder with the scenario.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Folder, Error> {
        let path = env::temp_dir().join(format!("onceproof-tour-{}", process::id()));
        fs::create_dir(&path).map_err(Error::io(&path))?;
        let folder = Folder(path);
        let file = folder.0.join(FILE);
        fs::write(&file, SCENARIO).map_err(Error::io(&file))?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What the system keeps of it harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
