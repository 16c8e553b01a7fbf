//! What is printed fits 80 columns, but for commands to paste, which are whole, and for lines of a user's own.

use super::folder::{COMMANDS, Folder, LOSSY, LOST_ACK, NO_DEDUP, scenario};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const WIDTH: usize = 80;

/// A folder of the repository.
fn scenarios(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

#[track_caller]
fn fits(folder: &Folder, arguments: &[&str]) {
    let finished = folder.onceproof(arguments);
    for line in finished.stdout.lines().chain(finished.stderr.lines()) {
        let text = line.trim_start_matches(['#', ' ']);
        // Nor can what a scenario file has on a line.
        let is_of_file =
            ["name =", "claim =", "at =", "{ key ="].iter().any(|key| text.starts_with(key));
        let is_whole = text.starts_with("onceproof ") || is_of_file;
        assert!(is_whole || line.chars().count() <= WIDTH, "{arguments:?}:\n{line}");
    }
}

/// Files that say all that there is to say: late records, calls, filters, dead letters, panes, bundles, queues.
fn files() -> Vec<PathBuf> {
    let folders = [
        "bloom",
        "functions",
        "gc",
        "network",
        "side-effects",
        "sinks",
        "sources",
        "waits",
        "windows",
    ];
    folders.into_iter().flat_map(scenarios).collect()
}

#[test]
fn a_run_fits_whatever_it_found() {
    let folder = Folder::new("columns-run");
    for file in files().iter().chain(&scenarios("random")) {
        let file = file.to_str().expect("a path");
        fits(&folder, &["run", file]);
        fits(&folder, &["run", file, "--strict"]);
        fits(&folder, &["graph", file]);
    }
}

#[test]
fn a_sweep_fits_with_all_its_tables() {
    let folder = Folder::new("columns-sweep");
    for file in scenarios("random") {
        let path = file.to_str().expect("a path");
        let sweep = ["sweep", path, "--seeds", "0..40", "--reached"];
        fits(&folder, &sweep);
        // What did the damage is searched for, which takes two seconds of each sweep that fails. Three have most to say: calls
        // outside, every mechanism, and filters.
        if ["services.toml", "mechanisms.toml", "filters.toml"]
            .iter()
            .any(|name| file.ends_with(name))
        {
            fits(&folder, &[&sweep[..], &["--mechanism", "dedup = \"off\""]].concat());
        }
    }
}

#[test]
fn a_comparison_fits() {
    let folder = Folder::new("columns-compare");
    let queue = "[[step]]\nname = \"events\"\nkind = \"source\"\nqueue = {}";
    let text = scenario("lossy", "\"exactly-once\"", &[LOSSY, LOST_ACK]);
    folder
        .write("queue.toml", text.replace("[[step]]\nname = \"events\"\nkind = \"source\"", queue));
    folder.write("lossy.toml", text);
    fits(&folder, &["compare", "lossy.toml", "--seeds", "0..20"]);
    fits(&folder, &["compare", "queue.toml", "--seeds", "0..2"]);
    for file in scenarios("compare").iter().filter(|file| !file.ends_with("flights.toml")) {
        fits(&folder, &["compare", file.to_str().expect("a path"), "--seeds", "0..20"]);
    }
}

#[test]
fn what_searches_say_fits() {
    let folder = Folder::new("columns-search");
    folder.write("lossy.toml", scenario("lossy", "\"exactly-once\"", &[LOSSY]));
    folder.write(
        "broken.toml",
        scenario("no dedup", "{ violates = \"duplicated\" }", &[NO_DEDUP, LOST_ACK]),
    );
    for file in ["chapter/small.toml", "outputs/coin-checkpointed.toml", "sinks/append-crash.toml"]
    {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
        let file = file.to_str().expect("a path");
        fits(&folder, &["exhaust", file, "--faults", "1"]);
        fits(&folder, &["necessity", file, "--faults", "1"]);
    }
    fits(&folder, &["necessity", "lossy.toml", "--seeds", "0..20"]);
    fits(&folder, &["exhaust", "broken.toml", "--faults", "2", "--runs", "50"]);
    fits(&folder, &["exhaust", "broken.toml", "--faults", "1"]);
    fits(&folder, &["shrink", "broken.toml", "--all"]);
    fits(&folder, &["shrink", "broken.toml", "--all", "--out", "small.toml"]);
    fits(&folder, &["replay", "small.toml"]);
    fits(&folder, &["replay", "lossy.toml"]);
    fits(&folder, &["new", "first.toml"]);
    fits(&folder, &["new", "first.toml"]);
    fits(&folder, &["run", "lossy.toml", "--check-determinism"]);
    fits(&folder, &["sweep", "lossy.toml", "--seeds", "0..20", "--check-determinism"]);
    fits(&folder, &["test", "lossy.toml", "broken.toml"]);
    fits(&folder, &["check", "lossy.toml"]);
}

#[test]
fn help_fits() {
    let folder = Folder::new("columns-help");
    fits(&folder, &["--help"]);
    // None is forgotten, here or elsewhere.
    let help = folder.onceproof(&["--help"]).ends(0).stdout;
    let (_, listed) = help.split_once("\nCommands:\n").expect("a list of commands");
    let words = listed.lines().take_while(|line| !line.is_empty());
    let words = words.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let listed: BTreeSet<&str> = words.filter(|word| !["", "help"].contains(word)).collect();
    assert_eq!(listed, BTreeSet::from(COMMANDS));
    for command in COMMANDS {
        fits(&folder, &[command, "--help"]);
        fits(&folder, &[command, "-h"]);
    }
}
