//! How one begins: a first scenario, one from standard input, completions and the manual.

use super::folder::{
    COMMANDS, DUPLICATED, EXACTLY_ONCE, Finished, Folder, LOST_ACK, NO_DEDUP, scenario,
};
use std::fs;
use std::io::{ErrorKind, Write};
use std::process::Stdio;

/// What came of the program with this on its standard input.
fn with_input(folder: &Folder, arguments: &[&str], input: &str) -> Finished {
    let mut command = folder.command(arguments);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a start");
    let written = child.stdin.take().expect("an input").write_all(input.as_bytes());
    // A program that takes no input may have ended before it is written.
    let is_unread = |error: std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    assert!(written.map_or_else(is_unread, |()| true), "{arguments:?}");
    Finished::of(child.wait_with_output().expect("an end"))
}

#[test]
fn a_first_scenario_holds_and_shows_what_breaks_it() {
    let folder = Folder::new("begin-new");
    let said = folder.onceproof(&["new"]).ends(0).stdout;
    let text = fs::read_to_string(folder.path().join("first.toml")).expect("a file");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.matches("\n# ").count() > 10, "it explains itself: {text}");
    assert_eq!(folder.onceproof(&["check", "first.toml"]).ends(0).stderr, "");
    // Each command that it names does what it says.
    let commands: Vec<&str> =
        said.lines().filter_map(|line| line.strip_prefix("  onceproof ")).collect();
    let ends = [0, 1, 0];
    assert_eq!(commands.len(), ends.len(), "{said}");
    for (command, code) in commands.iter().zip(ends) {
        let quoted = command.replace("'dedup = \"off\"'", "dedup=\"off\"");
        folder.onceproof(&quoted.split(' ').collect::<Vec<_>>()).ends(code);
    }
    // By hand: three records; the lost ack makes one retry, which the catalog knows; without it bob has 2.
    let run = folder.onceproof(&["run", "first.toml"]).ends(0).stdout;
    assert!(run.contains("exactly-once for 3 records") && run.contains("ann 2, bob 1"), "{run}");
    assert!(run.contains("retries 1,") && run.contains("duplicates dropped 1"), "{run}");
    let off = folder.onceproof(&["run", "first.toml", "--mechanism", "dedup = \"off\""]).ends(1);
    assert!(off.stdout.contains("ann 2, bob 2"), "{off:?}");
    // The odds that are out of use may be used.
    let odds = text.replace("# [faults]", "[faults]");
    let odds = ["drop-request", "drop-ack", "crash"]
        .iter()
        .fold(odds, |text, kind| text.replace(&format!("# {kind}"), kind));
    folder.write("odds.toml", odds);
    folder.onceproof(&["sweep", "odds.toml", "--seeds", "0..50"]).ends(0);
}

#[test]
fn a_first_scenario_is_not_written_over_what_is_there() {
    let folder = Folder::new("begin-there");
    folder.write("first.toml", "mine");
    let refused = folder.onceproof(&["new"]).ends(2);
    assert!(refused.stderr.contains("first.toml is there already"), "{refused:?}");
    assert_eq!(fs::read_to_string(folder.path().join("first.toml")).expect("a file"), "mine");
    folder.onceproof(&["new", "other.toml"]).ends(0);
    folder.onceproof(&["new", "none/other.toml"]).ends(6);
    let printed = folder.onceproof(&["new", "-"]).ends(0).stdout;
    let written = fs::read_to_string(folder.path().join("other.toml")).expect("a file");
    assert_eq!(printed, written);
}

#[test]
fn a_scenario_is_read_from_standard_input() {
    let folder = Folder::new("begin-input");
    let text = scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]);
    // Its path is as long as the other, so that lines are broken at the same places.
    folder.write("x", &text);
    let fault = ["--faults", "0"];
    for (command, more, code) in [
        ("run", &[][..], 1),
        ("replay", &[], 1),
        ("graph", &[], 0),
        ("check", &[], 0),
        ("shrink", &[], 0),
        ("exhaust", &fault, 0),
        ("necessity", &fault, 1),
    ] {
        let input = with_input(&folder, &[&[command, "-"], more].concat(), &text);
        let file = folder.onceproof(&[&[command, "x"], more].concat());
        assert_eq!((input.code, file.code), (Some(code), Some(code)), "{input:?}\n{file:?}");
        let timeless = |text: &str, path: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| {
                !line.starts_with("time ")
                    && !line.starts_with("space")
                    && !line.starts_with("saved as ")
                    && !line.contains(" replay ")
            });
            let word = |word| if word == path { "PATH" } else { word };
            lines.map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" ")).collect()
        };
        assert_eq!(timeless(&input.stdout, "-"), timeless(&file.stdout, "x"), "{command}");
    }
    // What is wrong with it says where it came from; what is saved has a name.
    let wrong = with_input(&folder, &["run", "-"], "format = 2").ends(2);
    assert!(wrong.stderr.contains("standard input:1:10"), "{wrong:?}");
    for arguments in [
        &["run", "-", "--check-determinism"][..],
        &["sweep", "-", "--check-determinism"],
        &["test", "-"],
    ] {
        let wrong = with_input(&folder, arguments, &text).ends(2);
        assert!(wrong.stderr.contains("reads a scenario more than once"), "{wrong:?}");
    }
    let lossy = scenario("no dedup", DUPLICATED, &[NO_DEDUP]);
    let saved =
        with_input(&folder, &["exhaust", "-", "--faults", "1", "--kinds", "drop-ack"], &lossy);
    let replay = saved.ends(1).last_line().to_owned();
    assert!(replay.contains("standard-input-duplicated"), "{replay}");
    folder.onceproof(&replay.split(' ').skip(1).collect::<Vec<_>>()).ends(1);
    let swept = with_input(&folder, &["sweep", "-", "--seeds", "0..2"], &text).ends(1);
    assert!(swept.stdout.contains("violated: 2 of 2 runs"), "{swept:?}");
    // A file of this name is another thing.
    folder.write("-", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    folder.onceproof(&["run", "./-"]).ends(0);
}

#[test]
fn shells_and_the_manual_know_every_command_that_is_not_hidden() {
    let folder = Folder::new("begin-manual");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.onceproof(&["completions", shell]).ends(0).stdout;
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
        assert!(script.contains("check-determinism"), "{shell}");
        // Two of them have no words for the values of options.
        let values = script.contains("drop-request");
        assert!(values || ["elvish", "powershell"].contains(&shell), "{shell}");
        let hidden = ["checkpoints", "plant-nondeterminism"];
        assert!(!hidden.iter().any(|hidden| script.contains(hidden)), "{shell}");
    }
    folder.onceproof(&["completions", "csh"]).ends(2);
    let page = folder.onceproof(&["man"]).ends(0).stdout;
    assert!(page.contains(".TH onceproof 1") && page.contains("Exit codes"), "{page}");
    assert!(!page.contains("checkpoints"), "{page}");
    for command in COMMANDS {
        assert!(page.contains(&format!("onceproof\\-{command}(1)")), "{command} in {page}");
        let page = folder.onceproof(&["man", command]).ends(0).stdout;
        assert!(page.contains(&format!(".TH onceproof-{command} 1")), "{page}");
        assert!(!page.contains("plant"), "{page}");
    }
    let refused = folder.onceproof(&["man", "checkpoints"]).ends(2);
    assert!(refused.stderr.contains("there is no command checkpoints"), "{refused:?}");
    for command in ["new", "man"] {
        folder.onceproof(&[command, "--format", "json"]).ends(2);
    }
}

#[test]
fn the_tour_catches_a_wrong_design_makes_it_small_and_certifies_the_right_one() {
    let folder = Folder::new("begin-tour");
    let tour = folder.onceproof(&["tour"]).ends(0);
    let parts: Vec<&str> = tour.stdout.split("\n$ onceproof ").collect();
    let [_, caught, small, certified] = parts[..] else { panic!("{tour:?}") };
    assert!(caught.contains("\nviolated: "), "{caught}");
    assert!(caught.contains("\nthe first failing run, seed 8\n"), "what is made small: {caught}");
    assert_eq!(small.matches("\n[[fault]]\n").count(), 1, "{small}");
    assert!(small.contains("\nrecords = [ { key = \"ann\", at = \"0s\" } ]\n"), "{small}");
    assert!(certified.contains("\ncertified: no schedule of at most 2 "), "{certified}");
    // It leaves nothing behind, and changes nothing.
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    assert!(
        tour.stdout.lines().all(|l| l.chars().count() <= 80 || l.starts_with("claim")),
        "{tour:?}"
    );
}
