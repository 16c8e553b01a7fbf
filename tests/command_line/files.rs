//! Files that are written: what is there already is never lost, and no half of a file stays behind.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Finished, Folder, LOST_ACK, NO_DEDUP, scenario};
use std::collections::BTreeMap;
use std::fs;

/// Where failures are saved.
const SAVED: &str = "onceproof-regressions";

/// A scenario that fails in every run: its one fault is exact.
fn failing(name: &str) -> String {
    scenario(name, DUPLICATED, &[LOST_ACK, NO_DEDUP])
}

/// The files of a folder in the folder of a test, by name.
fn files(folder: &Folder, name: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder.path().join(name)).expect("a folder");
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().expect("a name");
        (name, fs::read_to_string(entry.path()).unwrap_or_default())
    };
    entries.map(|entry| file(entry.expect("an entry"))).collect()
}

/// Sweeps under seed 0, and says which file the failure stands in.
#[track_caller]
fn sweep(folder: &Folder, file: &str) -> String {
    let sweep = folder.onceproof(&["sweep", file, "--seeds", "0..1"]).ends(1);
    saved_file(&sweep)
}

/// Searches without its faults, and says which file the smallest cause stands in. What is saved already is not
/// read before.
#[track_caller]
fn search(folder: &Folder, file: &str) -> String {
    let arguments = ["exhaust", file, "--faults", "1", "--kinds", "drop-ack"];
    saved_file(&folder.onceproof(&arguments).ends(1))
}

#[track_caller]
fn saved_file(finished: &Finished) -> String {
    let saved = finished.last_line().strip_prefix(&format!("onceproof replay {SAVED}/"));
    saved.unwrap_or_else(|| panic!("a saved failure in {finished:?}")).to_owned()
}

#[test]
fn failures_of_two_scenarios_with_one_file_name_are_both_saved_and_each_once() {
    let folder = Folder::new("files-two");
    folder.write("a/x.toml", failing("of a"));
    folder.write("b/x.toml", failing("of b"));
    for _ in 0..2 {
        let of = ["a/x.toml", "b/x.toml"].map(|file| sweep(&folder, file));
        assert_eq!(of, ["x-duplicated-seed-0.toml", "x-duplicated-seed-0-2.toml"]);
        let files = files(&folder, SAVED);
        assert_eq!(files.len(), 2, "{files:?}");
        assert!(files[&of[0]].contains("name = \"of a\""), "{files:?}");
        assert!(files[&of[1]].contains("name = \"of b\""), "{files:?}");
    }
    // In one command it is the same.
    fs::remove_dir_all(folder.path().join(SAVED)).expect("a folder");
    folder.onceproof(&["sweep", "a", "b", "--seeds", "0..1"]).ends(1);
    assert_eq!(files(&folder, SAVED).len(), 2);
    // A search saves under another name, in the same way.
    let of = ["a/x.toml", "b/x.toml", "a/x.toml"].map(|file| search(&folder, file));
    let (first, second) = ("x-duplicated-no-seed.toml", "x-duplicated-no-seed-2.toml");
    assert_eq!(of, [first, second, first]);
    assert_eq!(files(&folder, SAVED).len(), 4);
}

#[test]
fn notes_by_hand_stay_and_so_does_a_file_that_says_something_else() {
    let folder = Folder::new("files-notes");
    folder.write("a.toml", failing("noted"));
    let (name, second) = ("a-duplicated-no-seed.toml", "a-duplicated-no-seed-2.toml");
    assert_eq!(search(&folder, "a.toml"), name);
    let text = files(&folder, SAVED)[name].clone();
    // A comment changes nothing of what is saved.
    let path = format!("{SAVED}/{name}");
    let noted = format!("# Seen in production.\n{text}");
    folder.write(&path, &noted);
    assert_eq!(search(&folder, "a.toml"), name);
    assert_eq!(files(&folder, SAVED), BTreeMap::from([(name.to_owned(), noted)]));
    // Another claim does, and so does what is no scenario.
    let claimed = text.replace("A claim.", "My own words.");
    assert_ne!(claimed, text);
    for there in [claimed.as_str(), "no scenario", ""] {
        folder.write(&path, there);
        assert_eq!(search(&folder, "a.toml"), second);
        let files = files(&folder, SAVED);
        assert_eq!((files.len(), files[name].as_str()), (2, there));
        assert_eq!(files[second], text);
    }
}

#[test]
#[cfg(unix)]
fn nothing_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("files-link");
    let at = |name: &str| folder.path().join(name);
    folder.write("a.toml", failing("linked"));
    folder.write("precious.txt", "precious");
    fs::create_dir(at(SAVED)).expect("a folder");
    symlink(at("precious.txt"), at(SAVED).join("a-duplicated-no-seed.toml")).expect("a link");
    symlink(at("nowhere"), at(SAVED).join("a-duplicated-no-seed-2.toml")).expect("a link");
    assert_eq!(search(&folder, "a.toml"), "a-duplicated-no-seed-3.toml");
    // Nor is a result that is asked for by name, or a search that is kept.
    symlink(at("nowhere"), at("b.toml")).expect("a link");
    symlink(at("precious.txt"), at("c.toml")).expect("a link");
    for link in ["b.toml", "c.toml"] {
        let shrunk = folder.onceproof(&["shrink", "a.toml", "--out", link]).ends(2);
        assert!(shrunk.stderr.contains(&format!("{link} is there already")), "{shrunk:?}");
        let kept = ["exhaust", "a.toml", "--faults", "0", "--resume", link];
        let kept = folder.onceproof(&kept).ends(2);
        assert!(kept.stderr.contains(&format!("{link}: it is a link")), "{kept:?}");
    }
    assert_eq!(fs::read_to_string(at("precious.txt")).expect("a file"), "precious");
    assert!(!at("nowhere").exists());
}

#[test]
fn a_shrunk_failure_takes_the_place_of_no_file() {
    let folder = Folder::new("files-shrink");
    folder.write("a.toml", failing("small"));
    let shrink = ["shrink", "a.toml", "--out", "small.toml"];
    folder.write("small.toml", "mine");
    for all in [&[][..], &["--all"]] {
        let shrunk = folder.onceproof(&[&shrink[..], all].concat()).ends(2);
        assert!(shrunk.stderr.contains("small.toml is there already"), "{shrunk:?}");
        assert_eq!(shrunk.stdout, "");
    }
    // The scenario itself is a file like any other.
    folder.onceproof(&["shrink", "a.toml", "--out", "a.toml"]).ends(2);
    assert_eq!(files(&folder, ".")["small.toml"], "mine");
    assert_eq!(files(&folder, ".")["a.toml"], failing("small"));
    fs::remove_file(folder.path().join("small.toml")).expect("a file");
    folder.onceproof(&shrink).ends(0);
}

#[test]
fn a_search_is_kept_in_a_file_of_its_own_and_in_no_other() {
    let folder = Folder::new("files-resume");
    folder.write("a.toml", scenario("kept", EXACTLY_ONCE, &[]));
    folder.write("r.json.new", "mine");
    let search = |file: &str, code| {
        folder.onceproof(&["exhaust", "a.toml", "--faults", "0", "--resume", file]).ends(code)
    };
    search("r.json", 0);
    search("r.json", 0);
    let names: Vec<String> = files(&folder, ".").into_keys().collect();
    assert_eq!(names, ["a.toml", "r.json", "r.json.new"]);
    assert_eq!(files(&folder, ".")["r.json.new"], "mine");
    // A scenario is no search.
    search("a.toml", 2);
    assert_eq!(files(&folder, ".")["a.toml"], scenario("kept", EXACTLY_ONCE, &[]));
}

/// The program with these arguments where no file can grow: as on a full disk, each write fails.
#[cfg(target_os = "linux")]
fn on_a_full_disk(folder: &Folder, arguments: &[&str]) -> Finished {
    // Signal 25 tells of a file that is too large; without it the write itself fails.
    let limited = "trap '' 25; ulimit -f 0; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_onceproof")]).args(arguments);
    Finished::of(command.current_dir(folder.path()).output().expect("a start"))
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_written_leaves_no_half_of_a_file() {
    let folder = Folder::new("files-full");
    folder.write("a.toml", failing("full"));
    folder.write("b.toml", scenario("kept", EXACTLY_ONCE, &[]));
    let check = |arguments: &[&str], file: &str| {
        let finished = on_a_full_disk(&folder, arguments).ends(6);
        assert!(finished.stderr.contains(file), "{finished:?}");
    };
    check(&["sweep", "a.toml", "--seeds", "0..1"], "a-duplicated-seed-0.toml");
    check(&["exhaust", "a.toml", "--faults", "1", "--kinds", "drop-ack"], "no-seed.toml");
    check(&["shrink", "a.toml", "--out", "small.toml"], "small.toml");
    assert_eq!(files(&folder, SAVED).len(), 0);
    // What was kept before is as it was.
    let search = ["exhaust", "b.toml", "--faults", "0", "--resume", "r.json"];
    check(&search, "r.json");
    assert_eq!(files(&folder, ".").into_keys().collect::<Vec<_>>(), ["a.toml", "b.toml", SAVED]);
    folder.onceproof(&search).ends(0);
    let kept = files(&folder, ".")["r.json"].clone();
    check(&search, "r.json");
    assert_eq!(files(&folder, ".")["r.json"], kept);
}
