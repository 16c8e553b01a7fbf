//! Commands that are ended, by a signal or a budget, and go on where they were.

use super::{LOSSY, NO_DEDUP, folder, forget, merged, parts, scenario, timeless, with};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// The commands that can be kept.
const COMMANDS: [&[&str]; 5] = [
    &["sweep", "scenarios/random/leases.toml", "--seeds", "0..500"],
    &["compare", "scenarios/compare/chapter5.toml", "--seeds", "0..20"],
    &["tune", "scenarios/studies/dedup-window.toml", "--seeds", "0..200"],
    &["necessity", "scenarios/random/mechanisms.toml", "--seeds", "0..30"],
    &[
        "exhaust",
        "scenarios/windows/late.toml",
        "--faults",
        "3",
        "--kinds",
        "drop-ack,crash,drop-request",
    ],
];

/// Waits until there is a file, or the program has ended.
fn wait_for(file: &Path, child: &mut Child) {
    while !file.exists() && child.try_wait().expect("a child").is_none() {
        #[expect(clippy::disallowed_methods, reason = "another process writes in real time")]
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What the file says that is kept.
fn kept(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("a file")).expect("JSON")
}

#[test]
fn what_is_killed_goes_on_and_comes_to_the_same() {
    for (number, command) in COMMANDS.into_iter().enumerate() {
        let folder = folder(&format!("killed-{number}"));
        let whole = folder.onceproof(command).ends(0);
        forget(&folder);
        let resumed = with(command, &["--resume", "kept.json", "--jobs", "1"]);
        let file = folder.path().join("kept.json");
        let mut child = folder.command(&resumed);
        let mut child =
            child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a start");
        wait_for(&file, &mut child);
        child.kill().expect("SIGKILL");
        let ended = child.wait_with_output().expect("an end");
        assert_eq!(ended.stdout, b"", "it was to be killed before it had a report");
        assert_eq!(kept(&file)["complete"], false, "{command:?}");
        let rest = folder.onceproof(&resumed).ends(0);
        forget(&folder);
        let says = |report: &str| {
            let report = timeless(report);
            // An exhaustive search says how much of it was done before.
            let is_same = |line: &&str| !line.contains("by an earlier search");
            report.lines().filter(is_same).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(says(&rest.stdout), says(&whole.stdout));
        assert_eq!(kept(&file)["complete"], true);
        // What is done is not done again, and says the same.
        let again = folder.onceproof(&resumed).ends(0);
        assert_eq!(says(&again.stdout), says(&whole.stdout));
    }
}

/// SIGTERM is how schedulers end what took too long.
#[cfg(unix)]
#[test]
fn what_is_asked_to_end_keeps_what_it_has_and_reports_it() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let folder = folder(&format!("ended{signal}"));
        let command = ["sweep", "scenarios/random/leases.toml", "--seeds", "0..1000000"];
        let mut child =
            folder.command(&with(&command, &["--resume", "kept.json", "--format", "json"]));
        let child = child.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().expect("a start");
        wait_for(&folder.path().join("kept.json"), &mut child);
        let pid = child.id().to_string();
        let kill = std::process::Command::new("kill").args([signal, &pid]).status();
        assert!(kill.expect("kill").success());
        let ended = super::Finished::of(child.wait_with_output().expect("an end")).ends(0);
        let document = ended.document();
        assert_eq!(document["interrupted"], true);
        let runs = document["runs"].as_u64().expect("runs");
        let kept = kept(&folder.path().join("kept.json"));
        let all = kept["work"]["scenarios/random/leases.toml"]["runs"].as_array().expect("runs");
        assert!(runs > 0 && all[all.len() - 1]["runs"] == runs, "{runs} of {kept}");
    }
}

#[test]
fn a_budget_of_time_ends_it_with_what_it_has() {
    for (number, command) in [
        &["sweep", "scenarios/random/leases.toml", "--seeds", "0..1000000000"][..],
        &["compare", "scenarios/compare/chapter5.toml", "--seeds", "0..1000000000"],
        &["necessity", "scenarios/random/leases.toml", "--seeds", "0..1000000000"],
        &["necessity", "scenarios/transactions/small.toml", "--faults", "3"],
    ]
    .into_iter()
    .enumerate()
    {
        let folder = folder(&format!("budget-{number}"));
        let ended = folder.onceproof(&with(command, &["--time", "250ms", "--resume", "kept.json"]));
        assert!(ended.code == Some(3) || number == 0, "{ended:?}");
        assert!(ended.stderr.contains("the budget of time ended it"), "{ended:?}");
        assert!(ended.stdout.contains("runs"), "{ended:?}");
        let part = with(command, &["--time", "250ms", "--shard", "2/3"]);
        let part = folder.onceproof(&part).ends(3);
        assert!(part.stderr.contains("the budget of time ended it"), "{part:?}");
        let part: Value = part.document();
        assert_eq!(part["complete"], false);
    }
}

/// The tasks of a cluster are killed, and begin again with what they kept.
#[test]
fn a_part_that_is_killed_goes_on() {
    let folder = folder("part-killed");
    let command = ["sweep", "scenarios/random/leases.toml", "--seeds", "0..900"];
    let whole = folder.onceproof(&command).ends(0);
    let mut files = parts(&folder, &command, 3);
    let part = with(&command, &["--shard", "2/3", "--resume", "kept.json", "--jobs", "1"]);
    let mut child = folder.command(&part);
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a start");
    wait_for(&folder.path().join("kept.json"), &mut child);
    child.kill().expect("SIGKILL");
    child.wait().expect("an end");
    files[1] = "kept.json".to_owned();
    let why = merged(&folder, &files, &[]).ends(6).stderr;
    assert!(why.contains("part 2/3, which kept.json did not end"), "{why}");
    folder.onceproof(&part).ends(0);
    // What is kept of a part that has ended is that part.
    let all = merged(&folder, &files, &[]).ends(0);
    assert_eq!(timeless(&all.stdout), timeless(&whole.stdout));
    let other = folder.onceproof(&with(&part[..4], &["--shard", "1/3", "--resume", "kept.json"]));
    assert!(other.ends(2).stderr.contains("it belongs to another search"));
}

/// A limit on the size of files stands for a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_what_was_found_is_reported_and_what_was_kept_stays() {
    let folder = folder("full");
    let command =
        ["sweep", "scenarios/random/leases.toml", "--seeds", "0..1000", "--resume", "kept.json"];
    let mut child = folder.command(&command);
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a start");
    wait_for(&folder.path().join("kept.json"), &mut child);
    child.kill().expect("SIGKILL");
    child.wait().expect("an end");
    let before = kept(&folder.path().join("kept.json"));
    let mut limited = std::process::Command::new("sh");
    limited.args([
        "-c",
        "trap '' XFSZ; ulimit -f 1; exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_onceproof"),
    ]);
    let limited = limited.args(command).current_dir(folder.path()).output().expect("a start");
    let ended = super::Finished::of(limited).ends(6);
    assert!(ended.stderr.contains("kept.json"), "{ended:?}");
    assert!(ended.stdout.contains("runs"), "{ended:?}");
    assert_eq!(kept(&folder.path().join("kept.json")), before);
}

/// What was found is there as soon as it was found, each cause once, and is no regression for the search that goes on.
#[test]
fn the_first_failure_of_each_sort_is_saved_as_it_is_found() {
    let folder = folder("saved");
    folder.write("a.toml", scenario("lossy", "\"exactly-once\"", &[LOSSY, NO_DEDUP]));
    let command = ["sweep", "a.toml", "--seeds", "0..30000"];
    let whole = folder.onceproof(&command).ends(1);
    forget(&folder);
    let resumed = with(&command, &["--resume", "kept.json", "--jobs", "1"]);
    let mut child = folder.command(&resumed);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a start");
    let file = folder.path().join("kept.json");
    let knows =
        |file: &Path| fs::read_to_string(file).is_ok_and(|kept| kept.contains("\"saved\":{"));
    while !knows(&file) && child.try_wait().expect("a child").is_none() {
        wait_for(&file, &mut child);
    }
    child.kill().expect("SIGKILL");
    assert_eq!(child.wait_with_output().expect("an end").stdout, b"", "it was to be killed");
    let saved =
        || fs::read_dir(folder.path().join("onceproof-regressions")).expect("a folder").count();
    assert_eq!(saved(), 1);
    let rest = folder.onceproof(&resumed).ends(1);
    assert_eq!(timeless(&rest.stdout), timeless(&whole.stdout));
    assert_eq!(saved(), 1);
    assert!(
        rest.last_line().starts_with("onceproof replay onceproof-regressions/a-duplicated-seed-")
    );
}

/// A search that is killed has no report: what it found is there all the same, and fails as it says.
#[test]
fn the_first_schedule_of_each_sort_that_a_search_finds_is_saved_at_once() {
    let folder = folder("first-found");
    let file = "scenarios/dedup/lost-ack-no-dedup.toml";
    let command = ["exhaust", file, "--faults", "2", "--resume", "kept.json", "--out", "saved"];
    folder.onceproof(&command).ends(1);
    let found = folder.path().join("saved/lost-ack-no-dedup-duplicated-first-found-no-seed.toml");
    let saved = found.to_str().expect("a path");
    folder.onceproof(&["replay", saved]).ends(1);
    let kept = kept(&folder.path().join("kept.json"));
    assert_eq!(
        kept["saved"]["duplicated"],
        "saved/lost-ack-no-dedup-duplicated-first-found-no-seed.toml"
    );
    // Without a file that it is kept in, a search saves its smallest cause alone.
    fs::remove_dir_all(folder.path().join("saved")).expect("the folder");
    folder.onceproof(&["exhaust", file, "--faults", "2", "--out", "saved"]).ends(1);
    assert!(!found.exists());
}
