//! Bad usage, and ways out that are closed or full.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Finished, Folder, LOST_ACK, NO_DEDUP, scenario};
use std::process::Stdio;

#[test]
fn bad_usage_ends_with_2_and_prints_no_results() {
    let folder = Folder::new("usage");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let check = |arguments: &[&str]| {
        let finished = folder.onceproof(arguments).ends(2);
        assert_eq!(finished.stdout, "", "{finished:?}");
        assert_ne!(finished.stderr, "");
    };
    check(&[]);
    check(&["shout"]);
    check(&["run"]);
    check(&["run", "a.toml", "--seed", "minus-one"]);
    check(&["run", "a.toml", "--seed", "18446744073709551616"]);
    for chosen in [["--record", "events/0#0"], ["--from", "1s"], ["--until", "1s"]] {
        check(&[&["run", "a.toml"], &chosen[..]].concat());
    }
    check(&["run", "a.toml", "--trace", "--from", "soon"]);
    check(&["run", "a.toml", "--trace", "--from", "2s", "--until", "1s"]);
    check(&["run", "a.toml", "--trace", "--record", "events/0#9"]);
    check(&["run", "a.toml", "--trace", "--record", "per-user/ann@0s#7"]);
    check(&["run", "a.toml", "--format", "yaml"]);
    check(&["sweep"]);
    for seeds in ["7", "5..3", "0..", "..9", "0..=9", "-1..4", "a..b"] {
        check(&["sweep", "a.toml", &format!("--seeds={seeds}")]);
    }
    check(&["sweep", "a.toml", "--jobs", "0"]);
    check(&["sweep", "a.toml", "--max-fail", "0"]);
}

#[test]
fn help_and_version_are_results() {
    let folder = Folder::new("help");
    let help = folder.onceproof(&["--help"]).ends(0);
    for word in [
        "run",
        "sweep",
        "replay",
        "exhaust",
        "necessity",
        "compare",
        "test",
        "check",
        "schema",
        "Exit codes",
    ] {
        assert!(help.stdout.contains(word), "{word} in {help:?}");
    }
    assert!(folder.onceproof(&["--version"]).ends(0).stdout.starts_with("onceproof "));
}

#[test]
fn the_format_is_told_to_editors_and_to_people() {
    let folder = Folder::new("schema");
    assert_eq!(folder.onceproof(&["schema"]).ends(0).document()["title"], "onceproof scenario");
    let reference = folder.onceproof(&["schema", "--format", "markdown"]).ends(0).stdout;
    assert_eq!(reference, onceproof::scenario::reference());
    assert!(reference.starts_with("# The format of scenarios\n"), "{reference}");
}

#[test]
fn a_path_that_is_not_there_ends_with_6_and_an_empty_folder_with_4() {
    let folder = Folder::new("paths");
    folder.write("empty/notes.txt", "no scenario");
    for command in ["run", "replay", "sweep", "test", "check"] {
        let missing = folder.onceproof(&[command, "missing.toml"]).ends(6);
        assert!(missing.stderr.contains("missing.toml"), "{missing:?}");
    }
    for command in ["sweep", "test", "check"] {
        let empty = folder.onceproof(&[command, "empty"]).ends(4);
        assert!(empty.stderr.contains("empty"), "{empty:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new("pipe");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("b.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let check = |arguments: &[&str], code: i32| {
        let mut command = folder.command(arguments);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a start");
        drop(child.stdout.take());
        let finished = Finished::of(child.wait_with_output().expect("an end")).ends(code);
        assert_eq!(finished.stderr, "");
    };
    check(&["run", "a.toml", "--trace"], 0);
    check(&["run", "b.toml", "--trace"], 1);
    check(&["sweep", "a.toml", "--seeds", "0..50"], 0);
    check(&["test", "a.toml"], 0);
    check(&["check", "a.toml"], 0);
    check(&["schema"], 0);
    check(&["--help"], 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_ends_with_6_and_says_what_could_not_be_written() {
    let folder = Folder::new("full");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let check = |arguments: &[&str]| {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a full disk");
        let finished = folder.command(arguments).stdout(full).output().expect("a start");
        let finished = Finished::of(finished).ends(6);
        assert!(finished.stderr.contains("standard output"), "{finished:?}");
    };
    check(&["run", "a.toml"]);
    check(&["run", "a.toml", "--trace"]);
    check(&["sweep", "a.toml", "--seeds", "0..4", "--format", "json"]);
    check(&["test", "a.toml"]);
    check(&["check", "a.toml"]);
    check(&["schema"]);
    check(&["--help"]);
}
